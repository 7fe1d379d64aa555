//! Who may see what: TLP 2.0, purpose and recipients on every intake.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Traffic Light Protocol 2.0, from the widest to the strictest. Never translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tlp {
    /// `TLP:CLEAR`
    #[serde(rename = "TLP:CLEAR")]
    Clear,
    /// `TLP:GREEN`
    #[serde(rename = "TLP:GREEN")]
    Green,
    /// `TLP:AMBER`
    #[serde(rename = "TLP:AMBER")]
    Amber,
    /// `TLP:AMBER+STRICT`
    #[serde(rename = "TLP:AMBER+STRICT")]
    AmberStrict,
    /// `TLP:RED`
    #[serde(rename = "TLP:RED")]
    Red,
}

impl Tlp {
    /// The closed list, widest first.
    pub const ALL: [Tlp; 5] = [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red];

    /// The label in its original form.
    pub fn as_str(self) -> &'static str {
        match self {
            Tlp::Clear => "TLP:CLEAR",
            Tlp::Green => "TLP:GREEN",
            Tlp::Amber => "TLP:AMBER",
            Tlp::AmberStrict => "TLP:AMBER+STRICT",
            Tlp::Red => "TLP:RED",
        }
    }

    /// Exact match against the closed list: look-alike letters are not a label.
    pub fn parse(text: &str) -> Option<Tlp> {
        Tlp::ALL.into_iter().find(|t| t.as_str() == text)
    }
}

/// What may leave at the level of single incident rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowRelease {
    /// Rows may leave under the label.
    Releasable,
    /// Only totals may leave: the default for third-party incident rows.
    #[default]
    NotReleasable,
}

/// The label of an intake, and of everything derived from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Traffic Light Protocol 2.0.
    pub tlp: Tlp,
    /// What it may be used for.
    #[serde(default = "analysis")]
    pub purpose: String,
    /// Who may receive it; empty means nobody was named yet, `*` means anybody.
    #[serde(default)]
    pub recipients: BTreeSet<String>,
    /// Whether single rows may leave.
    #[serde(default)]
    pub rows: RowRelease,
}

fn analysis() -> String {
    "analysis".into()
}

impl Label {
    /// The label of something derived from both: the strictest marking, the intersection of
    /// recipients (`*` gives way to names), the union of purposes' limits as text.
    #[must_use]
    pub fn combine(&self, other: &Label) -> Label {
        let recipients = match (self.recipients.contains("*"), other.recipients.contains("*")) {
            (true, _) => other.recipients.clone(),
            (_, true) => self.recipients.clone(),
            _ => self.recipients.intersection(&other.recipients).cloned().collect(),
        };
        let purpose = if self.purpose == other.purpose {
            self.purpose.clone()
        } else {
            let mut both = [self.purpose.as_str(), other.purpose.as_str()];
            both.sort_unstable();
            both.join(" and ")
        };
        Label { tlp: self.tlp.max(other.tlp), purpose, recipients, rows: self.rows.max(other.rows) }
    }
}

/// What somebody may be shown: the widest label up to which, and as whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clearance {
    /// The strictest marking shown.
    pub tlp: Tlp,
    /// Whether this is a desk of the observatory itself: recipients are not asked for, and single
    /// rows that may not leave are shown.
    #[serde(default)]
    pub inside: bool,
    /// The recipients this is one of, by the names that labels use.
    #[serde(default)]
    pub recipients: BTreeSet<String>,
}

impl Clearance {
    /// Whoever holds the folder holds all of it.
    pub fn owner() -> Clearance {
        Clearance { tlp: Tlp::Red, inside: true, recipients: BTreeSet::new() }
    }

    /// Anybody: only what is marked `TLP:CLEAR` and meant for everybody.
    pub fn public() -> Clearance {
        Clearance { tlp: Tlp::Clear, inside: false, recipients: BTreeSet::new() }
    }

    /// Whether totals under this label may be shown. A label that names nobody is for nobody
    /// outside the observatory.
    pub fn sees(&self, label: &Label) -> bool {
        let named = || label.recipients.contains("*") || !label.recipients.is_disjoint(&self.recipients);
        label.tlp <= self.tlp && (self.inside || named())
    }

    /// Whether nothing is hidden from it.
    pub fn sees_all(&self) -> bool {
        self.inside && self.tlp == Tlp::Red
    }

    /// Whether it sees at least what `other` sees.
    pub fn covers(&self, other: &Clearance) -> bool {
        other.tlp <= self.tlp && (self.inside || !other.inside && other.recipients.is_subset(&self.recipients))
    }

    /// Whether single rows under this label may be shown.
    pub fn sees_rows(&self, label: &Label) -> bool {
        self.sees(label) && (self.inside || label.rows == RowRelease::Releasable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(tlp: Tlp, to: &[&str]) -> Label {
        Label { tlp, purpose: "analysis".into(), recipients: to.iter().map(|s| (*s).to_string()).collect(), rows: RowRelease::Releasable }
    }

    #[test]
    fn derived_takes_the_strictest_marking_and_the_common_recipients() {
        let a = label(Tlp::Green, &["*"]);
        let b = label(Tlp::Amber, &["PE", "US"]);
        let c = label(Tlp::Clear, &["US", "CO"]);
        let all = a.combine(&b).combine(&c);
        assert_eq!(all.tlp, Tlp::Amber);
        assert_eq!(all.recipients.into_iter().collect::<Vec<_>>(), ["US"]);
    }

    #[test]
    fn look_alike_letters_are_not_a_label() {
        assert_eq!(Tlp::parse("TLP:CLEAR"), Some(Tlp::Clear));
        assert_eq!(Tlp::parse("TLP:CLE\u{410}R"), None); // Cyrillic A
        assert_eq!(Tlp::parse("tlp:clear"), None);
    }

    #[test]
    fn a_label_that_names_nobody_is_shown_to_nobody_outside() {
        let outside = |tlp, to: &[&str]| Clearance { tlp, inside: false, recipients: to.iter().map(|s| (*s).to_string()).collect() };
        assert!(!outside(Tlp::Red, &["PE"]).sees(&label(Tlp::Clear, &[])));
        assert!(outside(Tlp::Clear, &[]).sees(&label(Tlp::Clear, &["*"])));
        assert!(outside(Tlp::Amber, &["US"]).sees(&label(Tlp::Amber, &["PE", "US"])));
        assert!(!outside(Tlp::Amber, &["US"]).sees(&label(Tlp::AmberStrict, &["US"])));
        assert!(Clearance::owner().sees(&label(Tlp::Red, &[])));
    }

    #[test]
    fn one_clearance_covers_another_only_in_every_respect() {
        let outside = |tlp, to: &[&str]| Clearance { tlp, inside: false, recipients: to.iter().map(|s| (*s).to_string()).collect() };
        assert!(Clearance::owner().covers(&outside(Tlp::Red, &["PE"])) && Clearance::owner().sees_all());
        assert!(!outside(Tlp::Red, &["PE"]).covers(&Clearance::owner()) && !outside(Tlp::Red, &["PE"]).sees_all());
        assert!(outside(Tlp::Amber, &["PE", "CO"]).covers(&outside(Tlp::Green, &["CO"])));
        assert!(!outside(Tlp::Amber, &["PE"]).covers(&outside(Tlp::Green, &["CO"])));
        assert!(!outside(Tlp::Green, &[]).covers(&outside(Tlp::Amber, &[])));
    }

    #[test]
    fn rows_that_may_not_leave_are_shown_inside_only() {
        let kept = Label { rows: RowRelease::NotReleasable, ..label(Tlp::Clear, &["*"]) };
        assert!(Clearance::public().sees(&kept) && !Clearance::public().sees_rows(&kept));
        assert!(Clearance::owner().sees_rows(&kept));
    }
}

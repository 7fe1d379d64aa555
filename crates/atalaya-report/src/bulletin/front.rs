//! The head of a bulletin's text: what stands between the two lines `+++`.

use std::collections::BTreeSet;

use atalaya_kernel::{Both, Clearance, Date, Label, Problem, Tlp, both};
use serde::{Deserialize, Serialize};

/// What the head says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Front {
    /// The title on the cover.
    pub title: String,
    /// The line under it.
    #[serde(default)]
    pub subtitle: String,
    /// The time it is about, in words.
    #[serde(default)]
    pub period: String,
    /// The number of the issue.
    #[serde(default)]
    pub issue: String,
    /// Who publishes it.
    #[serde(default)]
    pub publisher: String,
    /// The desk that answers questions; never a person.
    #[serde(default)]
    pub contact: String,
    /// The day it was prepared; else the day of the newest intake used.
    #[serde(default)]
    pub prepared: Option<String>,
    /// Whether the methods stand at its end even if the text does not ask for them.
    #[serde(default = "yes")]
    pub methods: bool,
    /// Whether the caveats stand at its end even if the text does not ask for them.
    #[serde(default = "yes")]
    pub caveats: bool,
    /// Figures that moved by more percent than this since the last edition are listed.
    #[serde(default = "ten")]
    pub threshold: f64,
    /// For whom it is.
    pub audience: Audience,
}

fn yes() -> bool {
    true
}

fn ten() -> f64 {
    10.0
}

/// For whom a bulletin is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// The marking on every page.
    pub tlp: Tlp,
    /// Who receives it, as labels name them; `*` is anybody.
    #[serde(default)]
    pub recipients: BTreeSet<String>,
    /// Whether it stays in this organisation.
    #[serde(default)]
    pub inside: bool,
}

impl Audience {
    /// Whether each of its readers may see what carries this label.
    pub fn sees(&self, label: &Label) -> bool {
        let as_one = |recipients| Clearance { tlp: self.tlp, inside: self.inside, recipients };
        if self.inside || self.recipients.is_empty() {
            return as_one(BTreeSet::new()).sees(label);
        }
        self.recipients.iter().all(|r| as_one(BTreeSet::from([r.clone()])).sees(label))
    }

    /// The label the bulletin itself carries.
    pub fn label(&self) -> Label {
        Label { tlp: self.tlp, purpose: "information".into(), recipients: self.recipients.clone(), rows: Default::default() }
    }
}

/// The head, and the text behind it with the number of its first line.
///
/// # Errors
/// `bulletin-head`.
pub fn split<'a>(place: &str, text: &'a str) -> Result<(Front, &'a str, usize), Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let todo = || {
        Both::new(
            "begin the text with +++, then the keys of the head, then +++; docs/bulletins.md has an example",
            "empiece el texto con +++, luego las claves del encabezado, luego +++; docs/bulletins.md tiene un ejemplo",
        )
    };
    let mut lines = text.split_inclusive('\n');
    let missing = |line: usize| {
        let found = Both::new("there is no head between two lines +++", "no hay un encabezado entre dos líneas +++");
        Problem::new("bulletin-head", format!("{place} line {line}"), found, todo())
    };
    let first = lines.next().filter(|l| l.trim_end() == "+++").ok_or_else(|| missing(1))?;
    let (mut head, mut at, mut closed) = (String::new(), first.len(), false);
    for line in lines {
        at += line.len();
        if line.trim_end() == "+++" {
            closed = true;
            break;
        }
        head.push_str(line);
    }
    if !closed {
        return Err(missing(1));
    }
    let front: Front = toml::from_str(&head).map_err(|e| {
        let line = e.span().map_or(1, |s| 2 + head[..s.start.min(head.len())].matches('\n').count());
        let message = e.message().to_string();
        Problem::new("bulletin-head", format!("{place} line {line}"), both!("{message}", "{message}"), todo())
    })?;
    if let Some(day) = front.prepared.as_deref().filter(|d| Date::parse_iso(d).is_none()) {
        let found = both!("prepared = {day:?} is not a day", "prepared = {day:?} no es un día");
        let line = 2 + head.lines().position(|l| l.trim_start().starts_with("prepared")).unwrap_or(0);
        let todo = Both::new("write it as 2026-01-31", "escríbalo como 2026-01-31");
        return Err(Problem::new("bulletin-head", format!("{place} line {line}"), found, todo));
    }
    Ok((front, &text[at..], text[..at].matches('\n').count()))
}

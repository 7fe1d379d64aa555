//! A compact: what parties promise each other, by when, and how anybody will know. `compacts/ID/compact.toml`.

use std::fs;
use std::path::PathBuf;

use atalaya_kernel::{Both, Date, Decimal, Label, Problem, Tlp, both};
use atalaya_store::sha256_text;
use serde::{Deserialize, Serialize};

use crate::Observatory;
use crate::evaluate::design::Better;

/// The folder of the compacts.
const FOLDER: &str = "compacts";
/// The text in the folder of each.
const TEXT: &str = "compact.toml";

/// `compacts/ID/compact.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Compact {
    /// What it is called.
    pub title: Both,
    /// Who promises, by code: `PE`, `US`.
    pub parties: Vec<String>,
    /// A word about it: that it is made up, where its text is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Both>,
    /// Who may see it; `TLP:AMBER` and nobody outside if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tlp: Option<Tlp>,
    /// When it was agreed: `2026-03-01`.
    pub agreed: String,
    /// The days on which it is reviewed.
    #[serde(default)]
    pub reviews: Vec<String>,
    /// Designs that ask what it changed, by id.
    #[serde(default)]
    pub designs: Vec<String>,
    /// What is promised.
    #[serde(default, rename = "promise")]
    pub promises: Vec<Promise>,
}

/// One promise: who does what by when, and how anybody will know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Promise {
    /// Its id within the compact.
    pub id: String,
    /// The party.
    pub by: String,
    /// What is promised.
    pub what: Both,
    /// By when.
    pub due: String,
    /// What should change, in the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<Indicator>,
    /// What is delivered, counted by whoever delivers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Output>,
}

/// A series that should move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Indicator {
    /// The series as `key` names one: `coca-area PE source=devida-coca`. One line must be left.
    pub series: String,
    /// The definition, where the source has several, as the source words it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// The year it is measured from.
    pub baseline: i64,
    /// Where it should come.
    pub target: Decimal,
    /// Which way is good.
    pub better: Better,
}

/// A count of what was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Output {
    /// How many were promised.
    pub planned: Decimal,
    /// How many are delivered; none if nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Decimal>,
    /// Of what.
    pub unit: Both,
    /// Who says so.
    pub source: Both,
    /// As of which day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
}

/// A compact as it is written now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its id: its folder.
    pub id: String,
    /// SHA-256 of its text.
    pub hash: String,
    /// What the text says.
    pub compact: Compact,
    /// Who may see it.
    pub label: Label,
}

/// Where a compact lies. Only ids of small letters, digits, `-` and `_` are looked up.
///
/// # Errors
/// `compact-id`.
pub(crate) fn folder(observatory: &Observatory, id: &str) -> Result<PathBuf, Problem> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !id.is_empty() && id.len() <= 64 && id.chars().all(fits) {
        return Ok(observatory.root().join(FOLDER).join(id));
    }
    Err(Problem::new(
        "compact-id",
        id,
        Both::new("no compact can have this id", "ningún acuerdo puede tener este código"),
        Both::new("use small letters, digits and `-`: pe-us-2026", "use minúsculas, cifras y `-`: pe-us-2026"),
    ))
}

/// A compact that may be seen here.
///
/// # Errors
/// `compact-id`, `unknown-compact`, `compact-text` with what is wrong.
pub fn written(observatory: &Observatory, id: &str) -> Result<Written, Problem> {
    let path = folder(observatory, id)?.join(TEXT);
    let text = fs::read_to_string(&path).map_err(|_| unknown(id))?;
    match parse(&text, id) {
        Ok(written) if observatory.clearance().sees(&written.label) => Ok(written),
        Err(problem) if observatory.clearance().sees_all() => Err(problem),
        // Outside, what cannot be seen and what is not there are one.
        _ => Err(unknown(id)),
    }
}

/// The compacts that may be seen here, by id. Of those that cannot be read, why.
pub fn compacts(observatory: &Observatory) -> Vec<(String, Result<Written, Problem>)> {
    let Ok(found) = fs::read_dir(observatory.root().join(FOLDER)) else { return Vec::new() };
    let mut ids: Vec<String> = found
        .filter_map(Result::ok)
        .filter(|e| e.path().join(TEXT).is_file())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    ids.sort();
    let seen = ids.into_iter().map(|id| {
        let written = written(observatory, &id);
        (id, written)
    });
    seen.filter(|(_, w)| !matches!(w, Err(p) if p.id == "unknown-compact" || p.id == "compact-id")).collect()
}

fn unknown(id: &str) -> Problem {
    Problem::new(
        "unknown-compact",
        id,
        Both::new("there is no compact of this id", "no existe un acuerdo con este código"),
        Both::new("`atalaya assess` names them", "`atalaya assess` los nombra"),
    )
}

/// A day that is none.
fn odd_day(compact: &Compact) -> Option<String> {
    let days = compact.reviews.iter().chain([&compact.agreed]).chain(compact.promises.iter().map(|p| &p.due));
    days.into_iter().find(|d| Date::parse_iso(d).is_none()).cloned()
}

/// Reads the text of a compact and checks what it says.
///
/// # Errors
/// `compact-text`.
pub(crate) fn parse(text: &str, id: &str) -> Result<Written, Problem> {
    let place = format!("{FOLDER}/{id}/{TEXT}");
    let wrong = |place: String, found: Both| {
        let todo = Both::new("docs/assessing.md says what each key means", "docs/assessing.md dice qué significa cada clave");
        Problem::new("compact-text", place, found, todo)
    };
    let compact: Compact = toml::from_str(text).map_err(|e| {
        let message = e.message().to_string();
        let line = e.span().map_or(0, |s| text[..s.start.min(text.len())].matches('\n').count() + 1);
        wrong(format!("{place} line {line}"), both!("{message}", "{message}"))
    })?;
    if let Some(day) = odd_day(&compact) {
        return Err(wrong(place, both!("{day} is no day: write 2026-12-31", "{day} no es un día: escriba 2026-12-31")));
    }
    for promise in &compact.promises {
        let (id, by) = (&promise.id, &promise.by);
        if compact.promises.iter().filter(|p| p.id == *id).count() > 1 {
            return Err(wrong(place, both!("two promises are called {id}", "dos promesas se llaman {id}")));
        }
        if !compact.parties.contains(by) {
            return Err(wrong(place, both!("{by}, who promises {id}, is no party", "{by}, que promete {id}, no es una parte")));
        }
    }
    let recipients = compact.tlp.map(|_| "*".to_string()).into_iter().collect();
    let label = Label {
        tlp: compact.tlp.unwrap_or(Tlp::Amber),
        purpose: "analysis".into(),
        recipients,
        rows: atalaya_kernel::label::RowRelease::Releasable,
    };
    Ok(Written { id: id.into(), hash: sha256_text(text), compact, label })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Two parties, an outcome and an output.
    pub const TEXT: &str = r#"
title = { en = "A made-up compact", es = "Un acuerdo ficticio" }
parties = ["PE", "US"]
tlp = "TLP:CLEAR"
agreed = "2021-01-15"
reviews = ["2022-12-31", "2030-12-31"]

[[promise]]
id = "coca"
by = "PE"
what = { en = "Less coca", es = "Menos coca" }
due = "2023-12-31"
[promise.indicator]
series = "coca-area PE source=own-coca"
baseline = 2019
target = "50000"
better = "lower"

[[promise]]
id = "training"
by = "US"
what = { en = "Training", es = "Capacitación" }
due = "2022-06-30"
[promise.output]
planned = "400"
done = "250"
unit = { en = "people trained", es = "personas capacitadas" }
source = { en = "a made-up report", es = "un informe ficticio" }
"#;

    #[test]
    fn a_compact_is_read_and_what_is_wrong_with_it_is_said() {
        let written = parse(TEXT, "x").unwrap();
        assert_eq!(written.compact.promises.len(), 2);
        assert!(written.label.recipients.contains("*"));
        let wrong = |from: &str, to: &str| parse(&TEXT.replace(from, to), "x").unwrap_err();
        assert_eq!(wrong("2023-12-31", "soon").id, "compact-text");
        assert!(wrong("id = \"training\"", "id = \"coca\"").found.en.contains("two promises"));
        assert!(wrong("by = \"US\"", "by = \"BO\"").found.en.contains("no party"));
        assert!(wrong("baseline", "base").place.contains("line "));
    }

    #[test]
    fn without_a_label_nobody_outside_sees_it() {
        let written = parse(&TEXT.replace("tlp = \"TLP:CLEAR\"\n", ""), "x").unwrap();
        assert!(written.label.recipients.is_empty() && written.label.tlp == Tlp::Amber);
    }
}

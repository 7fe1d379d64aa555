//! What stands beside a published bulletin: its files by hash, its figures, its last edition.

use std::fs;
use std::path::Path;

use atalaya_kernel::{Both, Decimal, Label, Lang, Problem, both};
use atalaya_report::bulletin::{Audience, number};
use serde::{Deserialize, Serialize};

use super::approval::Approval;
use super::edition::{Cell, Said};

/// Its name.
pub const MANIFEST: &str = "manifest.json";

/// The manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Manifest {
    /// What made it.
    pub made_by: String,
    /// The bulletin.
    pub id: String,
    /// Its title, by language; a language that was not made says the other's.
    pub title: Both,
    /// The number of the issue.
    pub issue: String,
    /// Whether every page says so.
    pub draft: bool,
    /// Who signed it off, when and why; none for a draft.
    pub approved: Option<Signed>,
    /// The day it was prepared.
    pub prepared: String,
    /// Up to when the data count.
    pub cut_off: Option<String>,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// For whom it is.
    pub audience: Audience,
    /// The label of what is in it, from its sources.
    pub label: Option<Label>,
    /// The files.
    pub files: Vec<Made>,
    /// The numbers said in it.
    pub figures: Vec<Said>,
    /// The last edition that was signed off.
    pub edition: Option<Last>,
}

/// A signature as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The desk or role.
    pub by: String,
    /// The day.
    pub on: String,
    /// Why.
    pub reason: String,
}

impl Signed {
    /// Of an approval.
    pub(super) fn of(approval: &Approval) -> Signed {
        Signed { by: approval.by.clone(), on: approval.on.clone(), reason: approval.reason.clone() }
    }
}

/// A file of a bulletin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// Its language; none for both.
    pub lang: Option<Lang>,
    /// Its size.
    pub bytes: usize,
    /// Its SHA-256.
    pub sha256: String,
}

/// The last edition that was signed off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// The number of the issue.
    pub issue: String,
    /// The day it was prepared.
    pub prepared: String,
    /// The day it was signed off.
    pub on: String,
    /// Its numbers.
    pub figures: Vec<Said>,
}

/// A number that moved since the last edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// What it is.
    pub question: Both,
    /// What the last edition said; empty if absent.
    pub was: String,
    /// What it is now; empty if absent.
    pub now: String,
    /// By how many percent, where both are there and the first is not zero.
    pub percent: Option<String>,
}

impl Manifest {
    /// The manifest in a folder, if there is one that can be read.
    pub fn read(folder: &Path) -> Option<Manifest> {
        serde_json::from_str(&fs::read_to_string(folder.join(MANIFEST)).ok()?).ok()
    }

    /// As it is written.
    pub(super) fn text(&self) -> String {
        serde_json::to_string_pretty(self).map(|t| t + "\n").unwrap_or_default()
    }
}

/// The numbers that moved by more than `threshold` percent, appeared or vanished.
pub(super) fn moved(last: &Last, now: &[Said], threshold: f64) -> Vec<Moved> {
    let mut out = Vec::new();
    for said in now {
        let Some(before) = last.figures.iter().find(|f| f.ask == said.ask) else { continue };
        if before.value == said.value {
            continue;
        }
        let percent = match (Decimal::parse(&before.value), Decimal::parse(&said.value)) {
            (Ok(was), Ok(now)) => super::numbers::percent(now - was, was),
            _ => None,
        };
        if percent.is_some_and(|p| p.to_f64().abs() <= threshold) {
            continue;
        }
        let percent = percent.map(|p| number::rounded(p, 1, true));
        out.push(Moved { question: said.question.clone(), was: before.value.clone(), now: said.value.clone(), percent });
    }
    out
}

impl Moved {
    /// One line.
    pub fn say(&self, lang: Lang) -> String {
        let value = |v: &str| if v.is_empty() { number::absent("", lang).to_string() } else { number::full(v, lang) };
        let percent = self.percent.as_ref().map_or(String::new(), |p| format!(" ({} %)", number::full(p, lang)));
        format!("{}: {} → {}{percent}", self.question.in_lang(lang), value(&self.was), value(&self.now))
    }
}

/// `figures.csv`: every cell with its figure, value, unit and sources.
pub(super) fn figures_csv(cells: &[Cell]) -> Vec<u8> {
    let quoted = |text: &str| {
        let text = atalaya_report::defuse(text);
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.into_owned() }
    };
    let mut out = String::from("figure,value,missing,unit,question_en,question_es,sources\n");
    for cell in cells {
        let sources = cell.sources.join(" ");
        // The value is a plain decimal: a minus before digits is a number, not a formula.
        let fields = [&cell.missing, &cell.unit, &cell.question.en, &cell.question.es, &sources].map(|t| quoted(t)).join(",");
        out += &format!("{},{},{fields}\n", cell.figure, cell.value);
    }
    out.into_bytes()
}

/// What an edition without a text in one language says there.
pub(super) fn missing_language(lang: Lang) -> Problem {
    let name = match lang {
        Lang::En => Both::new("English", "inglés"),
        Lang::Es => Both::new("Spanish", "español"),
    };
    let (en, es) = (name.en, name.es);
    Problem::new(
        "bulletin-language",
        "--languages",
        both!("there is no text in {en}", "no hay texto en {es}"),
        Both::new("write it, or choose the other language", "escríbalo, o elija el otro idioma"),
    )
}

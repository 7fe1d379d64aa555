//! What came out of a fit, for programs and for people.

use atalaya_kernel::{Both, Lang, Problem};
use serde::Serialize;

use super::finding::{Plots, Size};
use super::options::unknown;
use super::words::word;
use crate::verbs::{Say, aligned};

/// Lines of a section that are printed; the others are in files and for programs.
const SHOWN: usize = 40;

/// An estimate with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitLine {
    /// What is estimated: an age, a cohort, a regressor.
    pub term: String,
    /// The estimate.
    pub estimate: Option<f64>,
    /// Its standard error; none where it is zero by construction.
    pub se: Option<f64>,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
    /// Its p-value.
    pub p: Option<f64>,
    /// A weight, where estimates are parts of a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
}

/// Estimates of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// Its name for programs: `dynamic`.
    pub id: String,
    /// What it holds.
    pub title: Both,
    /// Its estimates.
    pub lines: Vec<FitLine>,
}

/// Something that vouches for an answer: convergence, rank, components, draws.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fact {
    /// Its name for programs: `components`.
    pub id: &'static str,
    /// What it is.
    pub label: Both,
    /// What was found.
    pub value: serde_json::Value,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fitted {
    /// The method, as typed.
    pub method: String,
    /// The method, in words.
    pub name: Both,
    /// The outcome.
    pub outcome: String,
    /// Rows used.
    pub rows: usize,
    /// The level of intervals, in per cent.
    pub level: f64,
    /// The answer in one line; none where a method only takes others apart.
    pub effect: Option<FitLine>,
    /// Units, treated units, periods.
    pub size: Size,
    /// Estimates, the most important first.
    pub sections: Vec<Section>,
    /// What vouches for them.
    pub certificate: Vec<Fact>,
    /// What a reader must know.
    pub notes: Vec<Both>,
    /// What is drawn: paths, event points, donors, placebos.
    pub plots: Plots,
}

impl FitLine {
    /// An estimate alone.
    pub(super) fn of(term: impl Into<String>, estimate: f64) -> FitLine {
        FitLine { term: term.into(), estimate: Some(estimate), se: None, interval: None, p: None, weight: None }
    }

    /// A weight alone.
    pub(super) fn weighing(term: impl Into<String>, weight: f64) -> FitLine {
        FitLine { term: term.into(), estimate: None, se: None, interval: None, p: None, weight: Some(weight) }
    }

    /// The same with a standard error, an interval and a p-value.
    pub(super) fn with(self, se: Option<f64>, interval: Option<[f64; 2]>, p: Option<f64>) -> FitLine {
        FitLine { se, interval, p, ..self }
    }
}

impl Section {
    /// Estimates under a title.
    pub(super) fn new(id: &str, en: &'static str, es: &'static str, lines: Vec<FitLine>) -> Section {
        Section { id: id.into(), title: Both::new(en, es), lines }
    }
}

impl Fitted {
    /// A section of that id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|s| s.id == id)
    }

    /// Refuses another level than 95 % where the method's intervals have that one.
    pub(super) fn ninety_five(&self) -> Result<(), Problem> {
        if self.level == 95.0 { Ok(()) } else { Err(unknown("level", &self.level.to_string(), "95")) }
    }

    /// Adds something that vouches for the answer.
    pub(super) fn fact(&mut self, id: &'static str, en: &'static str, es: &'static str, value: impl Into<serde_json::Value>) {
        self.certificate.push(Fact { id, label: Both::new(en, es), value: value.into() });
    }
}

impl Say for Fitted {
    fn say(&self, lang: Lang) -> String {
        let number = |v: Option<f64>, digits: usize| v.filter(|v| v.is_finite()).map_or("-".to_string(), |v| set(v, digits, lang));
        let mut out = format!("{}: {}\n", self.name.in_lang(lang), self.outcome);
        let level = set(self.level, 0, lang);
        let weighed = self.sections.iter().flat_map(|s| &s.lines).any(|l| l.weight.is_some());
        let head = match lang {
            Lang::En => ["", "estimate", "std. error", "low", "high", "p", "weight"],
            Lang::Es => ["", "estimación", "error est.", "desde", "hasta", "p", "peso"],
        };
        for section in &self.sections {
            out += &format!("\n{}\n", section.title.in_lang(lang));
            let row = |l: &FitLine| {
                let [low, high] = l.interval.map_or([None; 2], |i| i.map(Some));
                let mut cells =
                    vec![format!("  {}", l.term), number(l.estimate, 5), number(l.se, 5), number(low, 5), number(high, 5), number(l.p, 4)];
                if weighed {
                    cells.push(number(l.weight, 5));
                }
                cells
            };
            let rows: Vec<Vec<String>> = section.lines.iter().take(SHOWN).map(row).collect();
            out += &aligned(&head[..if weighed { 7 } else { 6 }], &rows);
            if section.lines.len() > SHOWN {
                let more = section.lines.len() - SHOWN;
                out += &match lang {
                    Lang::En => format!("  ... and {more} more: --json or --out\n"),
                    Lang::Es => format!("  ... y {more} más: --json o --out\n"),
                };
            }
        }
        out += &match lang {
            Lang::En => format!("\nIntervals of {level} %. {} rows.\n", self.rows),
            Lang::Es => format!("\nIntervalos del {level} %. {} filas.\n", self.rows),
        };
        for fact in &self.certificate {
            let value = match &fact.value {
                serde_json::Value::String(s) => word(s, lang).to_string(),
                serde_json::Value::Bool(b) => {
                    Both::new(if *b { "yes" } else { "no" }, if *b { "sí" } else { "no" }).in_lang(lang).to_string()
                }
                serde_json::Value::Number(n) if n.is_f64() => n.as_f64().map_or_else(String::new, |v| set(v, 4, lang)),
                other => other.to_string(),
            };
            out += &format!("  {}: {value}\n", fact.label.in_lang(lang));
        }
        for note in &self.notes {
            out += &format!("! {}\n", note.in_lang(lang));
        }
        out
    }
}

/// A number with some decimals and the reader's decimal sign; tiny ones in powers of ten.
pub(super) fn set(value: f64, digits: usize, lang: Lang) -> String {
    let small = value != 0.0 && digits > 0 && value.abs() < 0.5 * 0.1f64.powi(digits as i32);
    let text = if small { format!("{value:.1e}") } else { format!("{value:.digits$}") };
    if lang == Lang::Es { text.replace('.', ",") } else { text }
}

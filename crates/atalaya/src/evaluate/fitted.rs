//! What came out of a fit, for programs and for people.

use atalaya_kernel::{Both, Lang};
use serde::Serialize;

use crate::verbs::{Say, aligned};

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
    /// Estimates, the most important first.
    pub sections: Vec<Section>,
    /// What vouches for them.
    pub certificate: Vec<Fact>,
    /// What a reader must know.
    pub notes: Vec<Both>,
}

impl Fitted {
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
            let rows: Vec<Vec<String>> = section.lines.iter().map(row).collect();
            out += &aligned(&head[..if weighed { 7 } else { 6 }], &rows);
        }
        out += &match lang {
            Lang::En => format!("\nIntervals of {level} %. {} rows.\n", self.rows),
            Lang::Es => format!("\nIntervalos del {level} %. {} filas.\n", self.rows),
        };
        for fact in &self.certificate {
            let value = match &fact.value {
                serde_json::Value::String(s) => s.clone(),
                serde_json::Value::Bool(b) => {
                    Both::new(if *b { "yes" } else { "no" }, if *b { "sí" } else { "no" }).in_lang(lang).to_string()
                }
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
fn set(value: f64, digits: usize, lang: Lang) -> String {
    let small = value != 0.0 && digits > 0 && value.abs() < 0.5 * 0.1f64.powi(digits as i32);
    let text = if small { format!("{value:.1e}") } else { format!("{value:.digits$}") };
    if lang == Lang::Es { text.replace('.', ",") } else { text }
}

//! The answer to a question: one shape for the command line, the API and every export.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Label, Lang};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnKind {
    /// A text or code.
    Text,
    /// A whole number.
    Count,
    /// A decimal, as text.
    Decimal,
    /// A figure's id.
    Figure,
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name in rows.
    pub id: String,
    /// Its heading.
    pub label: Both,
    /// What it holds.
    pub kind: ColumnKind,
    /// Its unit, empty if it has none.
    pub unit: String,
}

impl Column {
    /// A column.
    pub fn new(id: &str, kind: ColumnKind, unit: &str, en: &str, es: &str) -> Column {
        Column { id: id.into(), label: Both::new(en, es), kind, unit: unit.into() }
    }
}

/// A source as it is named beside a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    /// Its id.
    pub id: String,
    /// What it is.
    pub title: Both,
    /// Who publishes it.
    pub producer: String,
    /// On what terms.
    pub licence: String,
    /// The vintages used.
    pub vintages: Vec<String>,
    /// Up to when the data count.
    pub cut_off: Option<String>,
    /// When it was prepared.
    pub prepared: Option<String>,
    /// Whether it is made up.
    pub simulated: bool,
    /// Its label.
    pub label: Label,
}

/// How many reports, and how many events they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Records: the credit of whoever reported them.
    pub records: u64,
    /// Events, each once.
    pub events: u64,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What it shows.
    pub title: Both,
    /// The id of the whole answer, which `verify` computes again.
    #[serde(default)]
    pub figure: String,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// The label everything in it carries.
    pub label: Option<Label>,
    /// Where it comes from.
    pub sources: Vec<SourceLine>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows: column id to value.
    pub rows: Vec<BTreeMap<String, Value>>,
    /// What codes mean: column, code, label.
    pub labels: BTreeMap<String, BTreeMap<String, Both>>,
    /// What a reader should know.
    pub notes: Vec<Both>,
    /// Rows there are, if only a page of them is here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
    /// Of records: both totals over all rows. An event in several rows is counted once here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
}

impl Answer {
    /// A cell as text; empty where absent.
    pub fn text(row: &BTreeMap<String, Value>, column: &str) -> String {
        match row.get(column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }

    /// Remembers what a code of a column means.
    pub(crate) fn label(&mut self, column: &str, code: &str, label: impl FnOnce() -> Option<Both>) {
        let known = self.labels.entry(column.into()).or_default();
        if !code.is_empty()
            && !known.contains_key(code)
            && let Some(label) = label()
        {
            known.insert(code.into(), label);
        }
    }

    /// `Source: ...` as it stands under every table and chart.
    pub fn source_line(&self, lang: Lang) -> String {
        let head = if lang == Lang::Es { "Fuente" } else { "Source" };
        let each: Vec<String> = self
            .sources
            .iter()
            .map(|s| {
                let simulated = match (s.simulated, lang) {
                    (false, _) => "",
                    (true, Lang::En) => " (SIMULATED)",
                    (true, Lang::Es) => " (SIMULADO)",
                };
                format!("{}{simulated}, {} [{}]", s.producer, s.title.in_lang(lang), s.vintages.join(", "))
            })
            .collect();
        format!("{head}: {}", each.join("; "))
    }
}

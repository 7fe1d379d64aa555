//! What an edition rests on: the lines of its table of figures, every cell used, what was refused.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Lang, Tlp};
use atalaya_report::bulletin::FigureLine;
use serde::{Deserialize, Serialize};

/// A cell used, as `figures.csv` writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The figure's id.
    pub figure: String,
    /// What it is.
    pub question: Both,
    /// The value as published; empty if absent.
    pub value: String,
    /// Which kind of absent; empty if there is a value.
    pub missing: String,
    /// The unit's id.
    pub unit: String,
    /// The sources, by id.
    pub sources: Vec<String>,
}

/// Cells in the order they were first used.
#[derive(Debug, Default)]
pub(super) struct Cells {
    known: BTreeMap<String, usize>,
    pub all: Vec<Cell>,
}

impl Cells {
    pub fn add(&mut self, figure: &str, question: &Both, value: &str, missing: &str, unit: &str, sources: &[String]) {
        let key = format!("{figure} {unit}");
        if self.known.contains_key(&key) {
            return;
        }
        self.known.insert(key, self.all.len());
        self.all.push(Cell {
            figure: figure.into(),
            question: question.clone(),
            value: value.into(),
            missing: missing.into(),
            unit: unit.into(),
            sources: sources.to_vec(),
        });
    }
}

/// A cell the audience may not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub place: String,
    pub question: Both,
    pub source: String,
    pub tlp: Tlp,
}

/// A line of the table of figures, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What it is.
    pub question: Both,
    /// The number as it is read, in the language of this edition.
    pub text: String,
    /// The figures it rests on.
    pub figures: Vec<String>,
    /// How it was computed.
    pub formula: String,
    /// The sources, by id.
    pub sources: Vec<String>,
}

/// The table of figures.
#[derive(Debug, Default)]
pub(super) struct Lines {
    all: Vec<Line>,
}

impl Lines {
    /// The number of a line, from 1; the same line once.
    pub fn number(&mut self, line: Line) -> usize {
        if let Some(at) = self.all.iter().position(|l| *l == line) {
            return at + 1;
        }
        self.all.push(line);
        self.all.len()
    }

    /// As a document shows them.
    pub fn shown(&self, lang: Lang) -> Vec<FigureLine> {
        let one = |l: &Line| FigureLine {
            value: l.text.clone(),
            question: l.question.in_lang(lang).into(),
            figures: l.figures.clone(),
            formula: l.formula.clone(),
            sources: l.sources.clone(),
        };
        self.all.iter().map(one).collect()
    }
}

/// A number said in the text, as the next edition compares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Said {
    /// The ask, in its canonical form: what stays the same between editions.
    pub ask: String,
    /// What it is.
    pub question: Both,
    /// The value; empty if absent.
    pub value: String,
    /// The unit's id.
    pub unit: String,
    /// The figures it rests on.
    pub figures: Vec<String>,
}

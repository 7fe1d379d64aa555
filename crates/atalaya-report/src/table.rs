//! A table on its way out, and all that must stand beside it.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Label};
use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// A text or a code.
    Text,
    /// A whole number that fits 64 bits.
    Count,
    /// A decimal, as plain decimal text.
    Decimal,
    /// A day `2016-01-31`, or a longer period `2016-01`, `2016`.
    Date,
    /// A figure's id.
    Figure,
}

impl FieldKind {
    /// Whether its cells are numbers.
    pub fn is_number(self) -> bool {
        matches!(self, FieldKind::Count | FieldKind::Decimal)
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name in files: letters, digits, `-` and `_`.
    pub id: String,
    /// Its heading.
    pub label: Both,
    /// What it holds.
    pub kind: FieldKind,
    /// Its unit, empty if it has none.
    pub unit: String,
}

/// A source as it is named beside a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceNote {
    /// Its id.
    pub id: String,
    /// What it is.
    pub title: Both,
    /// Who publishes it.
    pub producer: String,
    /// On what terms, in the publisher's words.
    pub licence: String,
    /// The vintages used.
    pub vintages: Vec<String>,
    /// Up to when the data count.
    pub cut_off: Option<String>,
    /// When it was prepared.
    pub prepared: Option<String>,
    /// Whether it is made up.
    pub simulated: bool,
}

/// What a reader must know about a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct About {
    /// The id of the whole answer, empty if it is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub figure: String,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// The label everything in it carries.
    pub label: Option<Label>,
    /// Where it comes from.
    pub sources: Vec<SourceNote>,
    /// What else a reader should know.
    pub notes: Vec<Both>,
    /// What codes mean: column, code, label.
    pub codes: BTreeMap<String, BTreeMap<String, Both>>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name in files: small letters, digits and hyphens.
    pub id: String,
    /// What it shows.
    pub title: Both,
    /// Its columns.
    pub columns: Vec<Field>,
    /// Its rows, one cell a column; `None` is absent.
    pub rows: Vec<Vec<Option<String>>>,
    /// What must stand beside it.
    pub about: About,
}

impl Table {
    /// Position of a column.
    pub fn column(&self, id: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.id == id)
    }

    /// What a code of a column means, if that is known.
    pub fn meaning(&self, column: &str, code: &str) -> Option<&Both> {
        self.about.codes.get(column)?.get(code)
    }

    /// Whether anything in it is made up.
    pub fn simulated(&self) -> bool {
        self.about.sources.iter().any(|s| s.simulated)
    }
}

/// Written in every file that stands beside a table: what tells our files from others'.
pub(crate) const MADE_BY: &str = "atalaya";

/// The facts about a table as every JSON form writes them, in this order.
#[derive(Debug, Serialize)]
pub(crate) struct Facts<'a> {
    #[serde(rename = "made-by")]
    made_by: &'static str,
    id: &'a str,
    title: &'a Both,
    #[serde(flatten)]
    about: &'a About,
}

impl<'a> Facts<'a> {
    /// The facts about a table.
    pub(crate) fn of(table: &'a Table) -> Facts<'a> {
        Facts { made_by: MADE_BY, id: &table.id, title: &table.title, about: &table.about }
    }
}

//! National tables as a workbook in the shape that observatories send: modules A06, A08 and A09
//! of the UNODC annual report questionnaire. The layout is ours; the modules' ids are theirs.
//!
//! A sheet of a module has a title, headings in one language, a hidden row of ids that are the
//! same in both, and one row a value. The source `arq-workbook` reads it back by those ids.

mod about;
mod columns;
mod lists;
mod write;

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Missing};

pub use columns::{Column, Holds, MODULES, Module};
pub use write::workbook;

use crate::table::About;

/// How an absence is written in a cell: its kind, English, Spanish.
pub const ABSENT: [(Missing, &str, &str); 3] = [
    (Missing::NotKnown, "--", "--"),
    (Missing::Suppressed, "suppressed", "reservado"),
    (Missing::NotApplicable, "not applicable", "no aplica"),
];

/// One cell of a module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Cell {
    /// Nothing stands here: nothing was reported, which is not an answer.
    #[default]
    Blank,
    /// A plain decimal.
    Number(String),
    /// Absent, and how.
    Absent(Missing),
    /// A text or code.
    Text(String),
    /// A name, written in the workbook's language.
    Named(Both),
}

/// The figure a cell rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureNote {
    /// The column's id.
    pub column: &'static str,
    /// The figure's id.
    pub figure: String,
    /// Reported, or a sum of what.
    pub basis: Both,
    /// The vintages it rests on.
    pub vintage: String,
    /// What a reader should know of it.
    pub note: Both,
}

/// One row of a module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Cells by column id.
    pub cells: BTreeMap<&'static str, Cell>,
    /// The figures behind its numbers.
    pub figures: Vec<FigureNote>,
    /// Whether other rows say something else of the same thing.
    pub rival: bool,
}

/// One module with its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The module.
    pub module: &'static Module,
    /// Its rows.
    pub lines: Vec<Line>,
}

/// A cell that changed by more than the threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The module's id.
    pub module: &'static str,
    /// Where it stands now: row of the module counted from 0, column id.
    pub at: Option<(usize, &'static str)>,
    /// What is measured.
    pub what: Both,
    /// Of which drug.
    pub drug: Both,
    /// When.
    pub period: String,
    /// By which definition.
    pub definition: String,
    /// By which source.
    pub source: String,
    /// What stood there.
    pub before: Cell,
    /// What stands there now.
    pub now: Cell,
    /// The change in per cent of what stood there.
    pub percent: Option<String>,
    /// Against what it is compared.
    pub since: Both,
}

/// A workbook of national tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// The reporting state or area.
    pub area: Both,
    /// The year reported.
    pub year: String,
    /// Snapshot, label, sources and notes.
    pub about: About,
    /// The modules.
    pub sheets: Vec<Sheet>,
    /// What changed.
    pub changes: Vec<Change>,
    /// From how many per cent on a change is listed.
    pub threshold: u32,
    /// The source under which the workbook is collected again.
    pub collect_as: String,
}

/// The row of a module's first value, counted from 0.
pub const FIRST_ROW: u32 = 3;

/// `D7`: where a cell of a module stands in its sheet.
pub fn place(module: &Module, line: usize, column: &str) -> String {
    let at = module.columns.iter().position(|c| c.id == column).unwrap_or(0);
    let letter = |n: usize| char::from(b'A' + (n % 26) as u8);
    let name = if at < 26 { letter(at).to_string() } else { format!("{}{}", letter(at / 26 - 1), letter(at)) };
    format!("{name}{}", FIRST_ROW as usize + line + 1)
}

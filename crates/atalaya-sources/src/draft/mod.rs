//! `recipe draft`: looks at somebody's own spreadsheet and proposes a recipe for it.
//!
//! The draft says what it took each column for and why. What it cannot tell it does not guess:
//! it says so in a comment (`# DOUBT:`, `# DUDA:`), and reads the column so that the rows in
//! question are held until a person decides.

mod choices;
mod column;
mod explain;
mod keys;
mod look;
mod numbers;
mod places;
mod plan;
mod space;
mod time;
mod values;
pub(crate) mod words;
mod write;

use std::path::Path;

use atalaya_kernel::{Both, Problem, both};
use serde::Serialize;

use crate::recipe::Recipe;

pub use choices::{Choice, Choices, ROLES};
pub use explain::explain;
pub use keys::{KEYS, Key, TABLES};

/// What a person must look at before the recipe is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// The file, sheet or column.
    pub place: String,
    /// What was found.
    pub found: Both,
    /// What to do about it.
    pub todo: Both,
}

/// What a column was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DraftedColumn {
    /// Its name as it stands in the file.
    pub name: String,
    /// The field of the recipe; `None` if it is left unread.
    pub field: Option<String>,
    /// Whether name and cells agree; if not, a doubt says what to check.
    pub sure: bool,
    /// Up to three of its texts, control characters escaped.
    pub examples: Vec<String>,
    /// Why.
    pub why: Both,
}

/// A drafted recipe and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// TOML that [`Recipe::parse`] accepts, with comments.
    pub recipe: String,
    /// What a person must look at.
    pub doubts: Vec<Doubt>,
    /// Every column of every table that is read.
    pub columns: Vec<DraftedColumn>,
    /// Rows looked at, headers not counted.
    pub rows_looked_at: u64,
    /// What a text file is encoded in.
    pub encoding: String,
    /// The separator of a text file.
    pub delimiter: Option<char>,
    /// Line of the header, from 1.
    pub header_row: u64,
    /// Sheets or members that are read.
    pub sheets: Vec<String>,
}

/// Looks at the file at `path`, called `name` in messages, and drafts a recipe for source `id`.
///
/// # Errors
/// `persons` with the columns named, `empty-file`, `source-id`, and those of the formats.
pub fn draft(path: &Path, name: &str, id: &str) -> Result<Draft, Problem> {
    draft_as(path, name, id, &Choices::default())
}

/// The same, with what a person said about it.
///
/// # Errors
/// As [`draft`], and `choice` and `why-needed` for what was said.
pub fn draft_as(path: &Path, name: &str, id: &str, said: &Choices) -> Result<Draft, Problem> {
    check_id(id)?;
    said.check()?;
    let mut tables = look::tables(path, name)?;
    said.put(&mut tables);
    let plan = plan::plan(&tables, name, said);
    let (recipe, mut doubts) = write::write(&plan, name, id, said);
    let parsed = Recipe::parse(&recipe, name)?;
    if let Err(problem) = crate::map::check(&parsed, path, name) {
        doubts.push(Doubt { place: problem.place, found: problem.found, todo: problem.todo });
    }
    let main = &tables[plan.main];
    Ok(Draft {
        recipe,
        doubts,
        rows_looked_at: tables.iter().map(|t| t.rows).sum(),
        encoding: main.encoding.clone(),
        delimiter: main.delimiter,
        header_row: main.header_row,
        sheets: plan.layouts.iter().flat_map(|l| l.parts.clone()).filter(|s| !s.is_empty()).collect(),
        columns: plan.columns,
    })
}

/// A source's id names its folder, so it is a word that cannot lead elsewhere.
///
/// # Errors
/// `source-id`.
pub fn check_id(id: &str) -> Result<(), Problem> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.is_empty() && id.len() <= 64 && id.chars().all(plain) && !id.starts_with('-') {
        return Ok(());
    }
    let shown = atalaya_kernel::both::shown(id);
    Err(Problem::new(
        "source-id",
        shown.clone(),
        both!("“{shown}” is not a source's name", "“{shown}” no es un nombre de fuente"),
        Both::new("use lower-case letters, digits and hyphens: --id my-source", "use minúsculas, dígitos y guiones: --id mi-fuente"),
    ))
}

//! From rows as they stand in a file to coded rows, with an account of every one.

mod checks;
mod dates;
mod fit;
mod leaf;
mod numbers;
mod observations;
mod records;
mod shape;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use atalaya_kernel::record::{Batch, Terms};
use atalaya_kernel::{Both, Problem};

use crate::format::archive;
use crate::recipe::{Kind, Recipe};

pub use dates::{DateEvidence, month_number, parse_date};
pub use fit::{Fitted, Part, fit, parts_of};
pub(crate) use fit::{cells, name_blank_columns, nothing_in};
pub use numbers::{NumberEvidence, plain_number};
pub use shape::{Missing, Shape, fitting, shape};

/// What persons decided about one file of a source.
#[derive(Debug, Clone, Default)]
pub struct Rulings {
    /// (field, text) to what it means.
    pub map: BTreeMap<(String, String), String>,
    /// Rows accepted as they stand: part of the file, row.
    pub accept: BTreeSet<(u32, u32)>,
    /// Rows rejected.
    pub reject: BTreeSet<(u32, u32)>,
}

/// A part of a file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRead {
    /// The member or sheet; empty for a plain file.
    pub name: String,
    /// The layout that fitted.
    pub layout: String,
    /// Rows read.
    pub rows: u64,
}

/// Where the rows of one vintage go.
pub trait Slice {
    /// A vintage begins; answers with the dictionary to code into.
    ///
    /// # Errors
    /// Whatever the taker meets.
    fn begin(&mut self, vintage: Option<&str>) -> Result<Terms, Problem>;

    /// A piece of it.
    ///
    /// # Errors
    /// Whatever the taker meets.
    fn batch(&mut self, batch: Batch) -> Result<(), Problem>;

    /// It is complete.
    ///
    /// # Errors
    /// Whatever the taker meets.
    fn end(&mut self, members: Vec<MemberRead>, notices: Vec<Both>) -> Result<(), Problem>;
}

/// What a reading needs besides the file.
pub struct Context<'a> {
    /// The recipe.
    pub recipe: &'a Recipe,
    /// What was decided about this file.
    pub rulings: &'a Rulings,
    /// Called now and then with the number of rows read so far.
    pub progress: &'a mut dyn FnMut(u64),
}

/// What a reading did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// Vintages handed on.
    pub vintages: usize,
    /// Members no layout fitted, with the columns they have.
    pub unread: Vec<(String, Vec<String>)>,
}

/// Reads the file at `path` under the recipe and hands its rows to `slice`.
///
/// Nothing is handed on before the file is known to be whole text or a whole workbook.
///
/// # Errors
/// `layout` if no layout fits any member, with the columns found; `persons`; and the errors of
/// the formats and of the taker.
pub fn read(context: &mut Context<'_>, path: &Path, name: &str, slice: &mut dyn Slice) -> Result<Reading, Problem> {
    let mut fitted = Vec::new();
    let mut unread = Vec::new();
    for member in archive::members(path, name)? {
        fit::fit_member(context.recipe, &member, &mut fitted, &mut unread)?;
    }
    if fitted.is_empty() {
        return Err(fit::nothing_fits(context.recipe, name, &unread));
    }
    let vintages = match context.recipe.kind {
        Kind::Records | Kind::Purchases => records::read(context, &fitted, name, slice)?,
        Kind::Observations => observations::read(context, &fitted, name, slice)?,
    };
    Ok(Reading { vintages, unread })
}

/// Whether the file can be read at all: safe, free of persons, and of a shape the recipe knows.
///
/// # Errors
/// As [`read`], before any row.
pub fn check(recipe: &Recipe, path: &Path, name: &str) -> Result<(), Problem> {
    let (mut fitted, mut unread) = (Vec::new(), Vec::new());
    for member in archive::members(path, name)? {
        fit::fit_member(recipe, &member, &mut fitted, &mut unread)?;
    }
    if fitted.is_empty() { Err(fit::nothing_fits(recipe, name, &unread)) } else { Ok(()) }
}

/// The vintage a file's name or shape tells, if the recipe says how.
fn vintage_of(recipe: &Recipe, layout: &crate::recipe::Layout, name: &str) -> Option<String> {
    let by_name = recipe.vintage.file_name.as_deref().and_then(|pattern| {
        let pattern = regex::Regex::new(pattern).ok()?;
        let found = pattern.captures(name)?;
        let mut called = String::new();
        found.expand(recipe.vintage.called.as_deref().unwrap_or("$1"), &mut called);
        Some(called)
    });
    by_name.or_else(|| layout.vintage.clone())
}

//! Opening a file to look at it: its parts, their header rows, and the cells below them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use atalaya_kernel::Problem;
use atalaya_kernel::area::is_total;

use super::column::Column;
use super::words::read_name;
use crate::format::{RawRow, archive};
use crate::map::{Part, cells, name_blank_columns, nothing_in, parts_of};
use crate::persons::{refuse_persons, words};
use crate::recipe::Format;

/// Rows of one table looked at.
pub(super) const MAX_LOOK: u64 = 400_000;
/// Rows at the end among which notes are looked for.
const TAIL: usize = 40;

/// A table of a file: a sheet, a text, a JSON list.
pub(super) struct Table {
    /// `file › sheet`.
    pub place: String,
    /// The sheets or members with this header.
    pub names: Vec<String>,
    /// The format.
    pub format: Format,
    /// What a text is encoded in.
    pub encoding: String,
    /// The separator of a text.
    pub delimiter: Option<char>,
    /// Line of the header, from 1.
    pub header_row: u64,
    /// Whether rows stand above the header.
    pub has_title: bool,
    /// What those rows say.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// Rows below the header looked at.
    pub rows: u64,
    /// Whether that is all of them.
    pub whole: bool,
    /// Beginnings of the rows at the end that are totals or notes.
    pub notes_begin: Vec<String>,
    /// Columns of a sheet where numbers stand as text.
    pub typed: BTreeSet<usize>,
}

/// Every table of the file at `path` that has a header; sheets with the same header are one.
///
/// # Errors
/// `persons`, `empty-file`, and those of the formats.
pub(super) fn tables(path: &Path, name: &str) -> Result<Vec<Table>, Problem> {
    let mut tables: Vec<Table> = Vec::new();
    for member in archive::members(path, name)? {
        for part in parts_of(&member)? {
            let Some(at) = header_at(&part.head) else { continue };
            let mut names = cells(&part.head[at]);
            name_blank_columns(&mut names);
            refuse_persons(names.iter().map(String::as_str), &BTreeMap::new(), &part.place)?;
            let same = |t: &Table| t.format == part.format && t.columns.iter().map(|c| &c.name).eq(&names);
            let known = tables.iter().position(same);
            let which = known.unwrap_or_else(|| {
                tables.push(table(&part, at, &names));
                tables.len() - 1
            });
            tables[which].look(&part, at)?;
        }
    }
    if tables.is_empty() { Err(nothing_in(name)) } else { Ok(tables) }
}

fn table(part: &Part, at: usize, names: &[String]) -> Table {
    let above: Vec<String> = part.head[..at].iter().flat_map(cells).filter(|c| !c.is_empty()).collect();
    let (encoding, delimiter) = part.text_facts().map_or(("UTF-8", None), |(e, d)| (e, Some(d)));
    Table {
        place: part.place.clone(),
        names: Vec::new(),
        format: part.format,
        encoding: encoding.into(),
        delimiter,
        header_row: part.head[at].line.max(1),
        has_title: !above.is_empty(),
        title: above.join(" "),
        columns: names.iter().enumerate().map(|(at, name)| Column::new(at, name)).collect(),
        rows: 0,
        whole: true,
        notes_begin: Vec::new(),
        typed: BTreeSet::new(),
    }
}

impl Table {
    /// Counts the cells of a part below its header.
    fn look(&mut self, part: &Part, at: usize) -> Result<(), Problem> {
        self.names.push(part.name.clone());
        self.typed.extend(&part.typed);
        let (mut rows, mut row) = (part.rows(at + 1)?, RawRow::default());
        let mut tail: Vec<String> = Vec::new();
        while rows.next(&mut row)? {
            if row.is_blank() {
                continue;
            }
            if self.rows == MAX_LOOK {
                self.whole = false;
                return Ok(());
            }
            self.rows += 1;
            self.columns.iter_mut().for_each(|c| c.see(row.cell(c.at)));
            if tail.len() == TAIL {
                tail.remove(0);
            }
            tail.push((0..row.cells.len()).map(|at| row.cell(at).trim()).find(|c| !c.is_empty()).unwrap_or("").to_string());
        }
        for begin in notes(&tail) {
            if !self.notes_begin.contains(&begin) {
                self.notes_begin.push(begin);
            }
        }
        Ok(())
    }
}

/// The header: the row whose cells are best known as names of columns; if none is known, the
/// first that is as wide as the table and is no data.
fn header_at(head: &[RawRow]) -> Option<usize> {
    let known = |row: &RawRow| {
        let texts = cells(row);
        let years = texts.iter().filter(|t| is_year(t)).count();
        texts.iter().filter(|t| read_name(t).1.is_some()).count() + if years > 1 { years } else { 0 }
    };
    let filled = |row: &RawRow| cells(row).iter().filter(|t| !t.is_empty()).count();
    let best = head.iter().map(known).max().unwrap_or(0);
    if best >= 2 {
        return head.iter().position(|row| known(row) == best);
    }
    let widest = head.iter().map(filled).max().unwrap_or(0);
    head.iter()
        .position(|row| filled(row) * 10 >= widest * 7 && cells(row).iter().filter(|t| t.parse::<f64>().is_ok()).count() * 2 <= filled(row))
        .filter(|_| widest > 0)
        .or_else(|| head.iter().position(|row| !row.is_blank()))
}

/// A year as a column's name.
pub(super) fn is_year(text: &str) -> bool {
    text.len() == 4 && text.parse::<u32>().is_ok_and(|y| (1900..=2100).contains(&y))
}

/// How the rows at the end begin that are totals or notes.
fn notes(tail: &[String]) -> Vec<String> {
    const WORDS: [&str; 12] =
        ["fuente", "fuentes", "source", "sources", "nota", "notas", "note", "notes", "elaboracion", "elaborado", "prepared", "total"];
    let mut begins = Vec::new();
    for first in tail.iter().rev() {
        let word = words(first).into_iter().next().unwrap_or_default();
        if !(is_total(first) || WORDS.contains(&word.as_str()) || first.starts_with('*')) {
            break;
        }
        let start: String = first.split([':', ' ']).next().unwrap_or(first).to_string();
        if !start.is_empty() && !begins.contains(&start) {
            begins.push(start);
        }
    }
    begins.reverse();
    begins
}

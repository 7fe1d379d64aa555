//! Workbooks: every sheet as rows of text, numbers in their shortest exact form, dates in ISO.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use atalaya_kernel::{Both, Problem, both};
use calamine::{Cell, DataRef, Reader, Xlsx, XlsxError};

use super::archive::Member;
use super::workbook;
use super::{MAX_CELL, MAX_CELLS, MAX_COLUMNS, RawRow, cell_too_long, refused, table_too_large, too_many_columns};

/// Largest workbook.
const MAX_WORKBOOK: u64 = 512 << 20;

/// Blank rows in a row that are kept.
const MAX_GAP: u64 = 1_000;

/// A sheet.
#[derive(Debug)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its rows that hold anything.
    pub rows: Vec<RawRow>,
    /// Columns where a number with a point or comma stands as text, so that how it is written matters.
    pub typed: BTreeSet<usize>,
    /// Rows by line in which a formula stands, with the first column it stands in.
    pub formulas: BTreeMap<u64, usize>,
}

/// Every visible sheet whose name fits `wanted` (all if empty); with `formulas`, where they stand.
///
/// # Errors
/// `sheet-broken`, `cell-too-long`, `too-many-columns`.
pub fn read(member: &Member, wanted: &[String], formulas: bool) -> Result<Vec<Sheet>, Problem> {
    let place = member.place();
    let mut bytes = Vec::new();
    member.open()?.take(MAX_WORKBOOK + 1).read_to_end(&mut bytes).map_err(|e| super::text::reading(&place, &e))?;
    if bytes.len() as u64 > MAX_WORKBOOK {
        return Err(too_large(&place));
    }
    let bytes: Arc<[u8]> = bytes.into();
    workbook::vet(&bytes, &place)?;
    // The library is not ours: should a file still make it panic, that is the file's refusal.
    let read = catch_unwind(AssertUnwindSafe(|| all_sheets(bytes, wanted, formulas, &place)));
    read.unwrap_or_else(|_| Err(broken(&place, &"it does not hold together")))
}

fn broken(place: &str, e: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        "sheet-broken",
        place,
        both!("cannot be read as a workbook ({e})", "no se puede leer como libro de cálculo ({e})"),
        Both::new(
            "open it in a spreadsheet program and save it again as xlsx",
            "ábralo en una hoja de cálculo y guárdelo de nuevo como xlsx",
        ),
    )
}

fn all_sheets(bytes: Arc<[u8]>, wanted: &[String], formulas: bool, place: &str) -> Result<Vec<Sheet>, Problem> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| broken(place, &e))?;
    let names: Vec<String> =
        book.sheet_names().iter().filter(|n| wanted.is_empty() || wanted.iter().any(|w| fits(n, w))).cloned().collect();
    let mut texts = 0;
    let mut sheets = Vec::new();
    for name in names {
        let place = format!("{place} › {name}");
        let mut cells = Cells::default();
        match book.worksheet_cells_reader(&name) {
            // Charts and macros have names too, and no cells.
            Err(XlsxError::NotAWorksheet(_)) => {}
            Err(e) => return Err(broken(&place, &e)),
            Ok(mut reader) => {
                while let Some(cell) = reader.next_cell().map_err(|e| broken(&place, &e))? {
                    cells.take(&cell, &mut texts, &place)?;
                }
            }
        }
        if formulas {
            cells.formulas = formulas_of(&mut book, &name, &place)?;
        }
        sheets.push(cells.sheet(name, &place)?);
    }
    Ok(sheets)
}

/// Where formulas stand in a sheet: the first column of each such row.
fn formulas_of<R: std::io::Read + std::io::Seek>(book: &mut Xlsx<R>, name: &str, place: &str) -> Result<BTreeMap<u32, u32>, Problem> {
    let mut found = BTreeMap::new();
    let Ok(mut reader) = book.worksheet_cells_reader(name) else { return Ok(found) };
    while let Some(cell) = reader.next_formula().map_err(|e| broken(place, &e))? {
        if !cell.get_value().is_empty() {
            let (row, column) = cell.get_position();
            found.entry(row).or_insert(column);
        }
    }
    Ok(found)
}

/// The cells of a sheet that hold something.
#[derive(Default)]
struct Cells {
    cells: Vec<(u32, u32, String)>,
    typed: BTreeSet<u32>,
    formulas: BTreeMap<u32, u32>,
}

impl Cells {
    fn take(&mut self, cell: &Cell<DataRef<'_>>, texts: &mut u64, place: &str) -> Result<(), Problem> {
        let ((row, column), value) = (cell.get_position(), cell.get_value());
        if matches!(value, DataRef::Empty) {
            return Ok(());
        }
        let text = text(value);
        if text.len() > MAX_CELL {
            return Err(cell_too_long(place, u64::from(row) + 1, text.len()));
        }
        // One shared text may stand in a million cells.
        *texts += text.len() as u64;
        if *texts > MAX_WORKBOOK || self.cells.len() as u64 >= MAX_CELLS {
            return Err(too_large(place));
        }
        if is_typed_number(value) {
            self.typed.insert(column);
        }
        self.cells.push((row, column, text));
        Ok(())
    }

    fn sheet(mut self, name: String, place: &str) -> Result<Sheet, Problem> {
        if !self.cells.is_sorted_by_key(|(row, column, _)| (*row, *column)) {
            self.cells.sort_by_key(|(row, column, _)| (*row, *column));
        }
        let first = self.cells.iter().map(|(_, column, _)| *column).min().unwrap_or(0);
        let width = self.cells.iter().map(|(_, column, _)| column - first + 1).max().unwrap_or(0) as usize;
        if width > MAX_COLUMNS {
            return Err(too_many_columns(place, width));
        }
        let filled = self.cells.chunk_by(|a, b| a.0 == b.0).count() as u64;
        if filled * width as u64 > MAX_CELLS {
            return Err(table_too_large(place, filled, width as u64));
        }
        let mut rows: Vec<RawRow> = Vec::new();
        for cells in self.cells.chunk_by(|a, b| a.0 == b.0) {
            let line = u64::from(cells[0].0) + 1;
            let next = rows.last().map_or(line, |r| r.line + 1);
            // A few blank rows are part of the table's look; a cell a million rows down is not.
            if line - next <= MAX_GAP {
                rows.extend((next..line).map(|line| RawRow { line, cells: vec![""; width].into() }));
            }
            let mut texts = vec![""; width];
            cells.iter().for_each(|(_, column, text)| texts[(column - first) as usize] = text);
            rows.push(RawRow { line, cells: texts.into() });
        }
        let typed = self.typed.iter().map(|column| (column - first) as usize).collect();
        let formulas = self.formulas.iter().map(|(row, column)| (u64::from(*row) + 1, column.saturating_sub(first) as usize)).collect();
        Ok(Sheet { name, rows, typed, formulas })
    }
}

fn too_large(place: &str) -> Problem {
    refused("file-too-large", place, both!("a workbook of more than {MAX_WORKBOOK} bytes", "un libro de más de {MAX_WORKBOOK} bytes"))
}

fn is_typed_number(cell: &DataRef<'_>) -> bool {
    let text = match cell {
        DataRef::String(s) => s.as_str(),
        DataRef::SharedString(s) => s,
        _ => return false,
    };
    text.contains(['.', ',']) && text.contains(|c: char| c.is_ascii_digit())
}

/// `*` at either end stands for anything.
pub fn fits(name: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) if pattern.len() < 3 => true,
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (Some(_), Some(_)) => name.contains(pattern.trim_matches('*')),
        (None, None) => name == pattern,
    }
}

fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => s.clone(),
        DataRef::SharedString(s) => (*s).to_string(),
        DataRef::Float(f) => number(*f),
        DataRef::Int(i) => i.to_string(),
        DataRef::Bool(b) => b.to_string(),
        DataRef::Error(e) => format!("{e}"),
        DataRef::DateTime(date) => iso(date),
    }
}

fn number(value: f64) -> String {
    // Excel keeps 15 digits; the shortest text that reads back as the same float says no more.
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{value:.0}") } else { value.to_string() }
}

fn iso(date: &calamine::ExcelDateTime) -> String {
    if !date.is_datetime() {
        return number(date.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let days = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { days } else { format!("{days}T{hour:02}:{minute:02}:{second:02}") }
}

//! Workbooks: every sheet as rows of text, numbers in their shortest exact form, dates in ISO.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use atalaya_kernel::{Both, Problem, both};
use calamine::{Data, Reader, Xlsx};

use super::archive::Member;
use super::{MAX_CELL, MAX_COLUMNS, RawRow, cell_too_long, refused, too_many_columns};

/// Largest workbook.
const MAX_WORKBOOK: u64 = 512 << 20;

/// A sheet.
#[derive(Debug)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its rows that hold anything.
    pub rows: Vec<RawRow>,
    /// Columns where a number with a point or comma stands as text, so that how it is written matters.
    pub typed: BTreeSet<usize>,
}

/// Every visible sheet whose name fits `wanted` (all if empty).
///
/// # Errors
/// `sheet-broken`, `cell-too-long`, `too-many-columns`.
pub fn read(member: &Member, wanted: &[String]) -> Result<Vec<Sheet>, Problem> {
    let place = member.place();
    let mut bytes = Vec::new();
    member.open()?.take(MAX_WORKBOOK + 1).read_to_end(&mut bytes).map_err(|e| super::text::reading(&place, &e))?;
    if bytes.len() as u64 > MAX_WORKBOOK {
        return Err(refused(
            "file-too-large",
            &place,
            both!("a workbook of more than {MAX_WORKBOOK} bytes", "un libro de más de {MAX_WORKBOOK} bytes"),
        ));
    }
    let broken = |e: &dyn std::fmt::Display| {
        Problem::new(
            "sheet-broken",
            &place,
            both!("cannot be read as a workbook ({e})", "no se puede leer como libro de cálculo ({e})"),
            Both::new(
                "open it in a spreadsheet program and save it again as xlsx",
                "ábralo en una hoja de cálculo y guárdelo de nuevo como xlsx",
            ),
        )
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    let names: Vec<String> =
        book.sheet_names().iter().filter(|n| wanted.is_empty() || wanted.iter().any(|w| fits(n, w))).cloned().collect();
    let mut sheets = Vec::new();
    for name in names {
        let range = book.worksheet_range(&name).map_err(|e| broken(&e))?;
        let first = range.start().map_or(0, |(row, _)| row);
        let (mut rows, mut typed) = (Vec::new(), BTreeSet::new());
        for (at, cells) in range.rows().enumerate() {
            let line = u64::from(first) + at as u64 + 1;
            let used = cells.iter().rposition(|c| !matches!(c, Data::Empty)).map_or(0, |last| last + 1);
            if used > MAX_COLUMNS {
                return Err(too_many_columns(&format!("{place} › {name}"), used));
            }
            let row = RawRow { line, cells: cells.iter().map(|c| text(c).into_bytes()).collect() };
            if let Some(long) = row.cells.iter().find(|c| c.len() > MAX_CELL) {
                return Err(cell_too_long(&format!("{place} › {name}"), line, long.len()));
            }
            typed.extend(cells.iter().enumerate().filter(|(_, c)| is_typed_number(c)).map(|(at, _)| at));
            rows.push(row);
        }
        sheets.push(Sheet { name, rows, typed });
    }
    Ok(sheets)
}

fn is_typed_number(cell: &Data) -> bool {
    matches!(cell, Data::String(s) if s.contains(['.', ',']) && s.contains(|c: char| c.is_ascii_digit()))
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

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(s) | Data::DateTimeIso(s) | Data::DurationIso(s) => s.clone(),
        Data::Float(f) => number(*f),
        Data::Int(i) => i.to_string(),
        Data::Bool(b) => b.to_string(),
        Data::Error(e) => format!("{e}"),
        Data::DateTime(date) => iso(date),
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

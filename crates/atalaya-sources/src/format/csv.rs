//! Delimited text.

use std::io::Read;

use atalaya_kernel::{Both, Problem, both};

use super::archive::Member;
use super::text::{self, Facts};
use super::{MAX_CELL, RawRow, Rows, cell_too_long};

/// The rows of a delimited text.
pub struct CsvRows {
    reader: csv::Reader<Box<dyn Read>>,
    place: String,
}

impl CsvRows {
    /// Opens a member.
    ///
    /// # Errors
    /// `csv-quote` for a quote that never closes, `io`.
    pub fn open(member: &Member, facts: &Facts, delimiter: u8) -> Result<CsvRows, Problem> {
        if facts.odd_quotes {
            refuse_open_quote(member, facts, delimiter)?;
        }
        Ok(CsvRows { reader: reader(text::open(member, facts)?, delimiter), place: member.place() })
    }
}

fn reader(input: Box<dyn Read>, delimiter: u8) -> csv::Reader<Box<dyn Read>> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(1 << 17).from_reader(input)
}

impl Rows for CsvRows {
    fn next(&mut self, row: &mut RawRow) -> Result<bool, Problem> {
        let more = self.reader.read_byte_record(&mut row.cells).map_err(|e| match e.into_kind() {
            csv::ErrorKind::Io(e) => text::reading(&self.place, &e),
            other => Problem::new(
                "csv",
                &self.place,
                both!("cannot be read as CSV ({other:?})", "no se puede leer como CSV ({other:?})"),
                Both::default(),
            ),
        })?;
        if more {
            row.line = row.cells.position().map_or(0, csv::Position::line);
            if row.cells.as_slice().len() > MAX_CELL
                && let Some(long) = row.cells.iter().find(|c| c.len() > MAX_CELL)
            {
                return Err(cell_too_long(&self.place, row.line, long.len()));
            }
        }
        Ok(more)
    }
}

/// A quote that opens and never closes swallows the rest of the file into one cell: say where.
fn refuse_open_quote(member: &Member, facts: &Facts, delimiter: u8) -> Result<(), Problem> {
    let mut rows = CsvRows { reader: reader(text::open(member, facts)?, delimiter), place: member.place() };
    let (mut row, mut last) = (RawRow::default(), RawRow::default());
    while rows.next(&mut row)? {
        std::mem::swap(&mut row, &mut last);
    }
    let swallowed = last.cells.iter().next_back().is_some_and(|c| c.contains(&b'\n') || c.contains(&b'\r') || c.contains(&delimiter));
    if !swallowed {
        return Ok(());
    }
    Err(Problem::new(
        "csv-quote",
        format!("{} line {}", member.place(), last.line),
        Both::new(
            "a quote opens here and never closes, so the rest of the file reads as one cell",
            "aquí se abre una comilla que no se cierra, así que el resto del archivo se lee como una celda",
        ),
        Both::new(
            "close or remove the quote at its origin; no row was kept",
            "cierre o quite la comilla en su origen; no se conservó ninguna fila",
        ),
    ))
}

/// The separator that splits the first lines most evenly.
pub fn sniff_delimiter(head: &str) -> u8 {
    let lines: Vec<&str> = head.lines().filter(|l| !l.trim().is_empty()).take(20).collect();
    let score = |d: char| {
        let counts: Vec<usize> = lines.iter().map(|l| outside_quotes(l, d)).collect();
        let first = counts.first().copied().unwrap_or(0);
        let even = counts.iter().filter(|c| **c == first).count();
        if first > 0 { (even * 100 / counts.len().max(1), first) } else { (0, 0) }
    };
    [';', '\t', ',', '|'].into_iter().max_by_key(|d| score(*d)).filter(|d| score(*d).1 > 0).unwrap_or(',') as u8
}

fn outside_quotes(line: &str, delimiter: char) -> usize {
    let mut quoted = false;
    line.chars()
        .filter(|c| {
            quoted ^= *c == '"';
            *c == delimiter && !quoted
        })
        .count()
}

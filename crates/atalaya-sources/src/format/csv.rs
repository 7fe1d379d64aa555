//! Delimited text.

use std::io::Read;

use atalaya_kernel::{Both, Problem, both};

use super::archive::Member;
use super::text::{self, Facts};
use super::{MAX_CELL, MAX_COLUMNS, RawRow, Rows, cell_too_long, too_many_columns};

/// The rows of a delimited text.
pub struct CsvRows {
    reader: csv::Reader<Box<dyn Read>>,
    place: String,
}

impl CsvRows {
    /// Opens a member whose every row keeps to the caps.
    ///
    /// # Errors
    /// `csv-quote` for a quote that never closes, `cell-too-long`, `too-many-columns`, `io`.
    pub fn open(member: &Member, facts: &Facts, delimiter: u8) -> Result<CsvRows, Problem> {
        let wide = facts.encoding == encoding_rs::UTF_16LE || facts.encoding == encoding_rs::UTF_16BE;
        // A row shorter than the cap on columns can break no cap, so most files are read once.
        if facts.odd_quotes || wide || facts.longest_row > MAX_COLUMNS as u64 {
            walk(member, facts, delimiter)?;
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

/// Where a walk through a text stands.
#[derive(Default)]
struct Walk {
    cell: usize,
    columns: usize,
    row_line: u64,
    /// Whether the cell holds what only a quote lets in.
    swallows: bool,
}

/// Walks through a text without keeping any of it, so that a row of any length is refused before
/// it fills the memory and before a single row is handed on.
fn walk(member: &Member, facts: &Facts, delimiter: u8) -> Result<(), Problem> {
    let place = member.place();
    let mut input = text::open(member, facts)?;
    let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    let (mut bytes, mut out) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut walk = Walk { row_line: 1, ..Walk::default() };
    loop {
        let n = input.read(&mut bytes).map_err(|e| text::reading(&place, &e))?;
        let mut from = 0;
        // Nothing more to read means the end to the parser, so it is only told when it is.
        while from < n || n == 0 {
            let (result, read, written) = reader.read_field(&bytes[from..n], &mut out);
            from += read;
            walk.see(&out[..written], delimiter, facts.odd_quotes, &place)?;
            match result {
                csv_core::ReadFieldResult::InputEmpty => break,
                csv_core::ReadFieldResult::OutputFull => {}
                csv_core::ReadFieldResult::Field { record_end } => {
                    // The last field ends with the file: if a quote never closed, it swallowed the rest.
                    if n == 0 && walk.swallows && facts.odd_quotes {
                        return Err(open_quote(&place, walk.row_line));
                    }
                    walk.next(record_end, reader.line(), &place)?;
                }
                csv_core::ReadFieldResult::End => return Ok(()),
            }
        }
    }
}

impl Walk {
    fn see(&mut self, text: &[u8], delimiter: u8, odd_quotes: bool, place: &str) -> Result<(), Problem> {
        self.cell += text.len();
        self.swallows |= text.iter().any(|b| matches!(b, b'\n' | b'\r') || *b == delimiter);
        match self.cell > MAX_CELL {
            false => Ok(()),
            true if self.swallows && odd_quotes => Err(open_quote(place, self.row_line)),
            true => Err(cell_too_long(place, self.row_line, self.cell)),
        }
    }

    fn next(&mut self, record_end: bool, line: u64, place: &str) -> Result<(), Problem> {
        self.columns += 1;
        if self.columns > MAX_COLUMNS {
            return Err(too_many_columns(&format!("{place} line {}", self.row_line), self.columns));
        }
        (self.cell, self.swallows) = (0, false);
        if record_end {
            (self.columns, self.row_line) = (0, line);
        }
        Ok(())
    }
}

fn open_quote(place: &str, line: u64) -> Problem {
    Problem::new(
        "csv-quote",
        format!("{place} line {line}"),
        Both::new(
            "a quote opens here and never closes, so the rest of the file reads as one cell",
            "aquí se abre una comilla que no se cierra, así que el resto del archivo se lee como una celda",
        ),
        Both::new(
            "close or remove the quote at its origin; no row was kept",
            "cierre o quite la comilla en su origen; no se conservó ninguna fila",
        ),
    )
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

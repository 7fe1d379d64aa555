//! File formats, opened under caps.

pub mod archive;
pub mod columns;
pub mod csv;
mod directory;
pub(crate) mod fault;
pub mod json;
pub mod sheet;
pub mod text;
mod workbook;

use atalaya_kernel::{Both, Exit, Problem, both};

/// Longest cell.
pub const MAX_CELL: usize = 1 << 20;
/// Most columns.
pub const MAX_COLUMNS: usize = 4096;
/// Largest file after decompression.
pub const MAX_BYTES: u64 = 8 << 30;
/// Most times a packed file may grow, once it is past [`FREE_BYTES`].
pub const MAX_RATIO: u64 = 200;
/// Growth below this size is never suspicious.
pub const FREE_BYTES: u64 = 16 << 20;
/// Most entries of an archive.
pub const MAX_ENTRIES: u64 = 10_000;
/// Most cells of a table that is held in memory: rows times columns.
pub const MAX_CELLS: u64 = 50_000_000;
/// Most rows of a table that is read whole.
pub const MAX_ROWS: usize = 4_000_000;

/// A row as it stands in a file.
#[derive(Debug, Clone, Default)]
pub struct RawRow {
    /// Line (or sheet row) where it begins, from 1.
    pub line: u64,
    /// Its cells, UTF-8.
    pub cells: ::csv::ByteRecord,
}

impl RawRow {
    /// A cell as text; empty if there is none.
    pub fn cell(&self, at: usize) -> &str {
        self.cells.get(at).and_then(|c| std::str::from_utf8(c).ok()).unwrap_or("")
    }

    /// Whether no cell holds anything.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|c| c.trim_ascii().is_empty())
    }
}

/// Rows one after the other.
pub trait Rows {
    /// Reads the next row; `false` at the end.
    ///
    /// # Errors
    /// `csv-*`, `json-*`, `cell-too-long`, `io`: with the line.
    fn next(&mut self, row: &mut RawRow) -> Result<bool, Problem>;
}

/// Rows already in memory: a sheet, a JSON list.
#[derive(Debug)]
pub struct MemoryRows {
    rows: std::vec::IntoIter<RawRow>,
}

impl MemoryRows {
    /// Rows from a list.
    pub fn new(rows: Vec<RawRow>) -> MemoryRows {
        MemoryRows { rows: rows.into_iter() }
    }
}

impl Rows for MemoryRows {
    fn next(&mut self, row: &mut RawRow) -> Result<bool, Problem> {
        match self.rows.next() {
            Some(next) => {
                *row = next;
                Ok(true)
            }
            None => Ok(false),
        }
    }
}

/// Refused for its size or shape.
pub(crate) fn refused(id: &str, place: &str, found: Both) -> Problem {
    Problem::new(
        id,
        place,
        found,
        Both::new(
            "nothing of it was kept; ask its producer for a plain file",
            "no se conservó nada; pida a quien lo produce un archivo simple",
        ),
    )
    .exits(Exit::Refused)
}

/// More cells than [`MAX_CELLS`].
pub(crate) fn table_too_large(place: &str, rows: u64, columns: u64) -> Problem {
    refused(
        "table-too-large",
        place,
        both!(
            "{rows} rows by {columns} columns; the cap is {MAX_CELLS} cells",
            "{rows} filas por {columns} columnas; el límite es de {MAX_CELLS} celdas"
        ),
    )
}

/// A cell longer than [`MAX_CELL`].
pub(crate) fn cell_too_long(place: &str, line: u64, bytes: usize) -> Problem {
    refused(
        "cell-too-long",
        &format!("{place} line {line}"),
        both!("a cell of {bytes} bytes; the cap is {MAX_CELL}", "una celda de {bytes} bytes; el límite es {MAX_CELL}"),
    )
}

/// More columns than [`MAX_COLUMNS`].
pub(crate) fn too_many_columns(place: &str, columns: usize) -> Problem {
    refused(
        "too-many-columns",
        place,
        both!("{columns} columns; the cap is {MAX_COLUMNS}", "{columns} columnas; el límite es {MAX_COLUMNS}"),
    )
}

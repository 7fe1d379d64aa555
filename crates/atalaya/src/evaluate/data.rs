//! The columns of a CSV file, and the rows that have what a method needs.

use std::collections::BTreeMap;
use std::path::Path;

use atalaya_kernel::{Both, Problem, both};
use atalaya_sources::format::archive::members;
use atalaya_sources::format::csv::{CsvRows, sniff_delimiter};
use atalaya_sources::format::text::inspect;
use atalaya_sources::format::{RawRow, Rows};

/// A table of text; rows leave it when a method needs a cell that is not there.
pub(super) struct Data {
    place: String,
    names: Vec<String>,
    columns: Vec<Vec<String>>,
    kept: Vec<usize>,
    /// Rows left out for a missing cell.
    pub left_out: usize,
}

impl Data {
    /// Reads a file whole.
    pub fn read(path: &Path) -> Result<Data, Problem> {
        let place = path.display().to_string();
        let all = members(path, &place)?;
        let Some(member) = all.first() else { return Err(empty(&place)) };
        let facts = inspect(member, None)?;
        let mut rows = CsvRows::open(member, &facts, sniff_delimiter(&facts.head))?;
        let mut row = RawRow::default();
        if !rows.next(&mut row)? {
            return Err(empty(&place));
        }
        let names: Vec<String> = (0..row.cells.len()).map(|at| row.cell(at).trim().trim_start_matches('\u{feff}').to_string()).collect();
        let mut columns = vec![Vec::new(); names.len()];
        while rows.next(&mut row)? {
            if !row.is_blank() {
                columns.iter_mut().enumerate().for_each(|(at, column)| column.push(row.cell(at).trim().to_string()));
            }
        }
        let count = columns.first().map_or(0, Vec::len);
        if count == 0 {
            return Err(empty(&place));
        }
        Ok(Data { place, names, columns, kept: (0..count).collect(), left_out: 0 })
    }

    /// A table in memory: a name and a list of cells for each column, numbers as text, nothing where unknown.
    ///
    /// # Errors
    /// `no-rows`.
    pub fn of_columns(place: &str, names: Vec<String>, columns: Vec<Vec<String>>) -> Result<Data, Problem> {
        let count = columns.iter().map(Vec::len).min().unwrap_or(0);
        if count == 0 || names.len() != columns.len() {
            return Err(empty(place));
        }
        Ok(Data { place: place.into(), names, columns, kept: (0..count).collect(), left_out: 0 })
    }

    /// Names and cells as they were read.
    pub fn into_columns(self) -> (Vec<String>, Vec<Vec<String>>) {
        (self.names, self.columns)
    }

    /// Leaves out rows in which one of these columns has no cell.
    pub fn need(&mut self, columns: &[&str]) -> Result<(), Problem> {
        let at: Vec<usize> = columns.iter().map(|c| self.at(c)).collect::<Result<_, _>>()?;
        let before = self.kept.len();
        let (kept, columns) = (std::mem::take(&mut self.kept), &self.columns);
        self.kept = kept.into_iter().filter(|&row| at.iter().all(|&c| !missing(&columns[c][row]))).collect();
        self.left_out += before - self.kept.len();
        if self.kept.is_empty() { Err(empty(&self.place)) } else { Ok(()) }
    }

    /// Rows in use.
    pub fn rows(&self) -> usize {
        self.kept.len()
    }

    fn at(&self, name: &str) -> Result<usize, Problem> {
        self.names.iter().position(|n| n == name).ok_or_else(|| {
            let known = self.names.join(", ");
            Problem::new(
                "unknown-column",
                format!("{}, {name}", self.place),
                Both::new("the file has no column of this name", "el archivo no tiene una columna con este nombre"),
                both!("it has: {known}", "tiene: {known}"),
            )
        })
    }

    fn cells(&self, name: &str) -> Result<impl Iterator<Item = (usize, &str)>, Problem> {
        let column = &self.columns[self.at(name)?];
        Ok(self.kept.iter().map(move |&row| (row, column[row].as_str())))
    }

    fn odd(&self, name: &str, row: usize, text: &str, todo: Both) -> Problem {
        let place = format!("{} line {}, column {name}", self.place, row + 2);
        Problem::new(
            "not-a-number",
            place,
            both!("{text:?} is not what this column must hold", "{text:?} no es lo que esta columna debe contener"),
            todo,
        )
    }

    /// A column as numbers.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, Problem> {
        let todo = || Both::new("give numbers with a decimal point, NA where missing", "dé números con punto decimal, NA donde falten");
        self.cells(name)?.map(|(row, text)| number(text).ok_or_else(|| self.odd(name, row, text, todo()))).collect()
    }

    /// A column as whole numbers.
    pub fn periods(&self, name: &str) -> Result<Vec<i64>, Problem> {
        let todo = || Both::new("number the periods: 2019, or 1, 2, 3 ...", "numere los periodos: 2019, o 1, 2, 3 ...");
        self.cells(name)?
            .map(|(row, text)| number(text).filter(|v| v.fract() == 0.0).map(|v| v as i64).ok_or_else(|| self.odd(name, row, text, todo())))
            .collect()
    }

    /// A column of first treated periods; 0, infinity and what is missing mean never.
    pub fn cohorts(&self, name: &str) -> Result<Vec<Option<i64>>, Problem> {
        let todo = || Both::new("give the first treated period, or 0 for never", "dé el primer periodo con tratamiento, o 0 si nunca");
        let read = |(row, text): (usize, &str)| match number(text) {
            _ if missing(text) || text.eq_ignore_ascii_case("inf") => Ok(None),
            Some(v) if v.is_infinite() || v == 0.0 => Ok(None),
            Some(v) if v.fract() == 0.0 => Ok(Some(v as i64)),
            _ => Err(self.odd(name, row, text, todo())),
        };
        self.cells(name)?.map(read).collect()
    }

    /// A column as codes: each distinct text a number, in the order of the texts.
    pub fn codes(&self, name: &str) -> Result<Vec<u32>, Problem> {
        let cells: Vec<&str> = self.cells(name)?.map(|(_, text)| text).collect();
        let known: BTreeMap<&str, ()> = cells.iter().map(|t| (*t, ())).collect();
        let known: BTreeMap<&str, u32> = known.into_keys().zip(0..).collect();
        Ok(cells.iter().map(|t| known[t]).collect())
    }
}

/// A cell as a number.
pub(super) fn number(text: &str) -> Option<f64> {
    match text {
        "TRUE" | "true" | "True" => Some(1.0),
        "FALSE" | "false" | "False" => Some(0.0),
        text => text.parse().ok(),
    }
}

/// Whether a cell says that nothing is known.
pub(super) fn missing(text: &str) -> bool {
    matches!(text, "" | "NA" | "NaN" | "nan" | "." | "null")
}

fn empty(place: &str) -> Problem {
    Problem::new(
        "no-rows",
        place,
        Both::new("there are no rows with everything the method needs", "no hay filas con todo lo que el método necesita"),
        Both::new("check the columns named and their missing cells", "revise las columnas indicadas y sus celdas vacías"),
    )
}

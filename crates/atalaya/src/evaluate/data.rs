//! The columns of a CSV or Parquet file, or of a panel in memory, and the rows that have what a method needs.

use std::collections::BTreeMap;
use std::path::Path;

use atalaya_kernel::{Both, Exit, Problem, both};
use atalaya_sources::format::MAX_CELLS;
use atalaya_sources::format::columns::ColumnFile;

/// A table of text; rows leave it when a method needs a cell that is not there.
#[derive(Clone)]
pub struct Data {
    place: String,
    names: Vec<String>,
    columns: Vec<Vec<String>>,
    kept: Vec<usize>,
    /// Rows left out for a missing cell.
    pub(super) left_out: usize,
}

impl Data {
    /// Reads a file whole: Parquet by its first bytes, else delimited text.
    pub(super) fn read(path: &Path) -> Result<Data, Problem> {
        let place = path.display().to_string();
        let file = ColumnFile::open(path)?;
        let names: Vec<String> = file.columns().iter().map(|n| n.trim_start_matches('\u{feff}').to_string()).collect();
        let mut columns = vec![Vec::new(); names.len()];
        let all: Vec<usize> = (0..names.len()).collect();
        let mut count = 0u64;
        file.read(&all, &mut |_, cells| {
            count += 1;
            if count.saturating_mul(names.len() as u64) > MAX_CELLS {
                return Err(too_large(&place));
            }
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push((*cell).to_string()));
            Ok(())
        })?;
        Data::of_columns(&place, names, columns)
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
    pub(super) fn into_columns(self) -> (Vec<String>, Vec<Vec<String>>) {
        (self.names, self.columns)
    }

    /// Leaves out rows in which one of these columns has no cell.
    pub(super) fn need(&mut self, columns: &[&str]) -> Result<(), Problem> {
        let at: Vec<usize> = columns.iter().map(|c| self.at(c)).collect::<Result<_, _>>()?;
        let before = self.kept.len();
        let (kept, columns) = (std::mem::take(&mut self.kept), &self.columns);
        self.kept = kept.into_iter().filter(|&row| at.iter().all(|&c| !missing(&columns[c][row]))).collect();
        self.left_out += before - self.kept.len();
        if self.kept.is_empty() { Err(empty(&self.place)) } else { Ok(()) }
    }

    /// Leaves out rows of units that are not wanted; each must be there.
    pub(super) fn exclude(&mut self, column: &str, units: &[String]) -> Result<(), Problem> {
        let at = self.at(column)?;
        for unit in units {
            self.known_unit(column, unit)?;
        }
        self.kept.retain(|&row| !units.contains(&self.columns[at][row]));
        if self.kept.is_empty() { Err(empty(&self.place)) } else { Ok(()) }
    }

    /// Refuses a unit that no row has.
    pub(super) fn known_unit(&self, column: &str, unit: &str) -> Result<(), Problem> {
        let at = self.at(column)?;
        if self.columns[at].iter().any(|u| u == unit) {
            return Ok(());
        }
        Err(Problem::new(
            "unknown-unit-name",
            format!("{}, column {column}", self.place),
            both!("no row is of {unit:?}", "ninguna fila es de {unit:?}"),
            Both::new("write the name as the file has it", "escriba el nombre como está en el archivo"),
        ))
    }

    /// Turns a column into something else, cell by cell; what is missing stays so.
    pub(super) fn turn(&mut self, name: &str, f: impl Fn(f64) -> f64) -> Result<(), Problem> {
        let (at, all) = (self.at(name)?, self.numbers_or_missing(name)?);
        for (&row, value) in self.kept.iter().zip(all) {
            let made = f(value);
            if value.is_finite() && !made.is_finite() {
                let found = self.columns[at][row].clone();
                let todo = Both::new("use --transform asinh, or --method poisson", "use --transform asinh, o --method poisson");
                return Err(Problem::new(
                    "refused-logarithm",
                    format!("{} line {}, column {name}", self.place, row + 2),
                    both!("{found} has no logarithm", "{found} no tiene logaritmo"),
                    todo,
                )
                .exits(Exit::Refused));
            }
            self.columns[at][row] = if made.is_finite() { made.to_string() } else { String::new() };
        }
        Ok(())
    }

    /// Rows in use.
    pub(super) fn rows(&self) -> usize {
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

    /// A column as text.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&str>, Problem> {
        Ok(self.cells(name)?.map(|(_, text)| text).collect())
    }

    /// A column as numbers.
    pub(super) fn numbers(&self, name: &str) -> Result<Vec<f64>, Problem> {
        let todo = || Both::new("give numbers with a decimal point, NA where missing", "dé números con punto decimal, NA donde falten");
        self.cells(name)?.map(|(row, text)| number(text).ok_or_else(|| self.odd(name, row, text, todo()))).collect()
    }

    /// A column as numbers, not a number where a cell is missing.
    pub(super) fn numbers_or_missing(&self, name: &str) -> Result<Vec<f64>, Problem> {
        let todo = || Both::new("give numbers with a decimal point, NA where missing", "dé números con punto decimal, NA donde falten");
        let read = |(row, text): (usize, &str)| match missing(text) {
            true => Ok(f64::NAN),
            false => number(text).ok_or_else(|| self.odd(name, row, text, todo())),
        };
        self.cells(name)?.map(read).collect()
    }

    /// A column as whole numbers.
    pub(super) fn periods(&self, name: &str) -> Result<Vec<i64>, Problem> {
        let todo = || Both::new("number the periods: 2019, or 1, 2, 3 ...", "numere los periodos: 2019, o 1, 2, 3 ...");
        self.cells(name)?
            .map(|(row, text)| number(text).filter(|v| v.fract() == 0.0).map(|v| v as i64).ok_or_else(|| self.odd(name, row, text, todo())))
            .collect()
    }

    /// A column of first treated periods; 0, infinity and what is missing mean never.
    pub(super) fn cohorts(&self, name: &str) -> Result<Vec<Option<i64>>, Problem> {
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
    pub(super) fn codes(&self, name: &str) -> Result<Vec<u32>, Problem> {
        let cells: Vec<&str> = self.cells(name)?.map(|(_, text)| text).collect();
        let known: BTreeMap<&str, ()> = cells.iter().map(|t| (*t, ())).collect();
        let known: BTreeMap<&str, u32> = known.into_keys().zip(0..).collect();
        Ok(cells.iter().map(|t| known[t]).collect())
    }
}

/// A text as a number; yes and no as 1 and 0.
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

fn too_large(place: &str) -> Problem {
    Problem::new(
        "table-too-large",
        place,
        both!("it has more than {MAX_CELLS} cells", "tiene más de {MAX_CELLS} celdas"),
        Both::new("keep the columns and rows in use", "conserve solo las columnas y filas que se usan"),
    )
}

fn empty(place: &str) -> Problem {
    Problem::new(
        "no-rows",
        place,
        Both::new("there are no rows with everything the method needs", "no hay filas con todo lo que el método necesita"),
        Both::new("check the columns named and their missing cells", "revise las columnas indicadas y sus celdas vacías"),
    )
}

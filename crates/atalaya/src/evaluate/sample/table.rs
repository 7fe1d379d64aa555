//! The table a panel is read from: a file beside the design, or a series of the observatory.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use atalaya_kernel::{Both, Exit, Label, Problem, both};
use atalaya_store::{sha256_bytes, sha256_text};

use super::{Beside, Revised, held, series};
use crate::Observatory;
use crate::answer::SourceLine;
use crate::evaluate::data::{Data, missing, number};
use crate::evaluate::design::Design;
use crate::evaluate::register::{Written, file_label, folder};

/// Columns of text with where they come from.
pub(super) struct Table {
    /// What problems name.
    pub place: String,
    pub names: Vec<String>,
    pub columns: Vec<Vec<String>>,
    /// Whether the outcome from the start on was emptied.
    pub cut: bool,
    /// The last period with an outcome.
    pub last_held: Option<i64>,
    pub sources: Vec<SourceLine>,
    pub label: Option<Label>,
    pub data: String,
    pub revised: Option<Revised>,
}

impl Table {
    /// Reads the file or the series of a design.
    pub fn read(observatory: &Observatory, written: &Written, as_of: Option<i64>) -> Result<Table, Problem> {
        let mut table = match (&written.design.data.file, &written.design.data.series) {
            (Some(file), None) => Table::of_file(observatory, written, file)?,
            (None, Some(series)) => series::read(observatory, series, as_of)?,
            _ => {
                return Err(Problem::new(
                    "design-data",
                    "data",
                    Both::new("it names both a file and a series, or neither", "nombra un archivo y una serie a la vez, o ninguno"),
                    Both::new("give one of: file, series", "dé uno de: file, series"),
                ));
            }
        };
        table.narrow(&written.design.data.only)?;
        table.look(&written.design)?;
        Ok(table)
    }

    /// Keeps the rows whose columns hold these texts.
    fn narrow(&mut self, only: &BTreeMap<String, String>) -> Result<(), Problem> {
        for (name, wanted) in only {
            let keep: Vec<bool> = self.columns[self.at(name)?].iter().map(|cell| cell == wanted).collect();
            if !keep.contains(&true) {
                return Err(Problem::new(
                    "no-rows",
                    format!("{}, {name}", self.place),
                    both!("no row says `{wanted}`", "ninguna fila dice `{wanted}`"),
                    Both::new("write it as it stands in the file", "escríbalo tal como está en el archivo"),
                ));
            }
            for column in &mut self.columns {
                let mut kept = keep.iter();
                column.retain(|_| kept.next() == Some(&true));
            }
        }
        Ok(())
    }

    /// The last period with an outcome: whether there is one, not what it is.
    fn look(&mut self, design: &Design) -> Result<(), Problem> {
        let (at, periods) = (self.at(&design.outcome.column)?, self.periods(&design.data.time)?);
        self.last_held = self.columns[at].iter().zip(&periods).filter(|(cell, _)| held(cell)).map(|(_, p)| *p).max();
        Ok(())
    }

    /// A table that was read before.
    pub fn of_columns(names: Vec<String>, columns: Vec<Vec<String>>, beside: Beside, design: &Design) -> Result<Table, Problem> {
        let Beside { sources, label, data, revised } = beside;
        let mut table = Table { place: "data.csv".into(), names, columns, cut: false, last_held: None, sources, label, data, revised };
        table.look(design)?;
        Ok(table)
    }

    fn of_file(observatory: &Observatory, written: &Written, file: &str) -> Result<Table, Problem> {
        let inside = Path::new(file).components().all(|c| matches!(c, Component::Normal(_)));
        if !inside {
            return Err(Problem::new(
                "file-elsewhere",
                file,
                Both::new("the file is not in the design's folder", "el archivo no está en la carpeta del diseño"),
                Both::new("put it beside design.toml", "póngalo junto a design.toml"),
            )
            .exits(Exit::Refused));
        }
        let path = folder(observatory, &written.id)?.join(file);
        let bytes = std::fs::read(&path).map_err(|e| Problem::io(path.display().to_string(), &e))?;
        let (names, columns) = Data::read(&path)?.into_columns();
        Ok(Table {
            place: file.into(),
            names,
            columns,
            cut: false,
            last_held: None,
            sources: Vec::new(),
            label: Some(file_label(&written.design)),
            data: sha256_bytes(&bytes),
            revised: None,
        })
    }

    /// Empties every cell from the start on but those that say who, when and who is treated. What
    /// follows cannot look at what is not there.
    pub fn cut(&mut self, design: &Design) -> Result<(), Problem> {
        let kept =
            [Some(&design.data.unit), Some(&design.data.time), design.programme.cohort.as_ref(), design.programme.treatment.as_ref()];
        let periods = self.periods(&design.data.time)?;
        for (name, column) in self.names.iter().zip(&mut self.columns) {
            if !kept.iter().flatten().any(|k| *k == name) {
                column.iter_mut().zip(&periods).filter(|(_, p)| **p >= design.programme.start).for_each(|(cell, _)| cell.clear());
            }
        }
        (self.cut, self.revised) = (true, None);
        Ok(())
    }

    /// SHA-256 of the rows before the start: names and cells as they stand, in the order of the rows.
    pub fn fingerprint(&self, design: &Design) -> Result<String, Problem> {
        let periods = self.periods(&design.data.time)?;
        let mut lines: Vec<String> = (0..periods.len())
            .filter(|row| periods[*row] < design.programme.start)
            .map(|row| self.columns.iter().map(|c| c[row].as_str()).collect::<Vec<_>>().join("\u{1f}"))
            .collect();
        lines.sort();
        Ok(sha256_text(&format!("{}\n{}", self.names.join("\u{1f}"), lines.join("\n"))))
    }

    fn at(&self, name: &str) -> Result<usize, Problem> {
        self.names.iter().position(|n| n == name).ok_or_else(|| unknown_column(&self.place, name, &self.names))
    }

    /// A column as text.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, Problem> {
        Ok(self.columns[self.at(name)?].clone())
    }

    /// A column as numbers; none where nothing is known.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>, Problem> {
        let read = |(row, cell): (usize, &String)| match number(cell).filter(|v| v.is_finite()) {
            _ if missing(cell) => Ok(None),
            Some(value) => Ok(Some(value)),
            None => Err(self.odd(name, row, cell)),
        };
        self.columns[self.at(name)?].iter().enumerate().map(read).collect()
    }

    /// A column as whole numbers.
    pub fn periods(&self, name: &str) -> Result<Vec<i64>, Problem> {
        let read = |(row, cell): (usize, &String)| {
            number(cell).filter(|v| v.fract() == 0.0).map(|v| v as i64).ok_or_else(|| self.odd(name, row, cell))
        };
        self.columns[self.at(name)?].iter().enumerate().map(read).collect()
    }

    /// A column of first treated periods; 0, infinity and what is missing mean never.
    pub fn cohorts(&self, name: &str) -> Result<Vec<Option<i64>>, Problem> {
        let read = |(row, cell): (usize, &String)| match number(cell) {
            _ if missing(cell) || cell.eq_ignore_ascii_case("inf") => Ok(None),
            Some(v) if v == 0.0 || v.is_infinite() => Ok(None),
            Some(v) if v.fract() == 0.0 => Ok(Some(v as i64)),
            _ => Err(self.odd(name, row, cell)),
        };
        self.columns[self.at(name)?].iter().enumerate().map(read).collect()
    }

    fn odd(&self, name: &str, row: usize, cell: &str) -> Problem {
        Problem::new(
            "not-a-number",
            format!("{} line {}, column {name}", self.place, row + 2),
            both!("{cell:?} is not what this column must hold", "{cell:?} no es lo que esta columna debe contener"),
            Both::new("give numbers with a decimal point, NA where missing", "dé números con punto decimal, NA donde falten"),
        )
    }
}

/// A column that is not there.
pub(super) fn unknown_column(place: &str, name: &str, names: &[String]) -> Problem {
    let known = names.join(", ");
    Problem::new(
        "unknown-column",
        format!("{place}, {name}"),
        Both::new("there is no column of this name", "no hay una columna con este nombre"),
        both!("there are: {known}", "hay: {known}"),
    )
}

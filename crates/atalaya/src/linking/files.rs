//! The files of a linkage, read into one stacked table.

use std::path::Path;

use atalaya_kernel::{Both, Problem, both};
use atalaya_methods::link::tables::table::{ABSENT, Column, Interner, Table};
use atalaya_methods::link::text::fold;
use atalaya_sources::format::columns::ColumnFile;

use super::recipe::{ColumnRecipe, Read};
use crate::observatory::Progress;

/// Most rows of both tables together: rows are numbered in 32 bits.
const MOST_ROWS: usize = u32::MAX as usize - 1;

/// What was read.
pub(super) struct Data {
    /// Both tables stacked.
    pub table: Table,
    /// The column that names a record.
    pub ids: Option<Column>,
    /// Rows of each file.
    pub rows: Vec<usize>,
}

/// A column while it is read: what is joined, and what a text becomes.
struct Reading {
    recipe: ColumnRecipe,
    interner: Interner,
    /// Code of each text as it stands in the file.
    raw: Interner,
    prepared: Vec<u32>,
    from: Vec<usize>,
}

/// Reads one file, or two to be linked with each other.
pub(super) fn read(recipe: &Read<'_>, files: &[impl AsRef<Path>], progress: &mut dyn Progress) -> Result<Data, Problem> {
    let wanted = recipe.columns()?;
    let mut readings: Vec<Reading> = wanted.iter().map(|name| Reading::new(name.get_ref(), recipe)).collect();
    let mut ids = recipe.recipe.id.as_ref().map(|_| Interner::new("id"));
    let mut rows = Vec::new();
    for (second, path) in files.iter().enumerate() {
        let path = path.as_ref();
        let file = ColumnFile::open(path)?;
        let mut pick: Vec<usize> = Vec::new();
        for (reading, name) in readings.iter_mut().zip(&wanted) {
            let froms = reading.recipe.names(name.get_ref(), second == 1);
            reading.from.clear();
            for from in froms {
                let at = file.columns().iter().position(|c| *c == from);
                let at = at.ok_or_else(|| recipe.at(name, unknown(&from, path, file.columns())))?;
                reading.from.push(pick.len());
                pick.push(at);
            }
        }
        let id_at = match &recipe.recipe.id {
            Some(id) => {
                let at = file.columns().iter().position(|c| c == id.get_ref());
                pick.push(at.ok_or_else(|| recipe.at(id, unknown(id.get_ref(), path, file.columns())))?);
                Some(pick.len() - 1)
            }
            None => None,
        };
        let (mut n, name) = (0usize, path.display().to_string());
        file.read(&pick, &mut |_, cells| {
            readings.iter_mut().for_each(|reading| reading.push(cells));
            if let (Some(ids), Some(at)) = (&mut ids, id_at) {
                ids.push(cells[at]);
            }
            n += 1;
            if n % 65_536 == 0 {
                progress.at(&name, n as u64);
            }
            if n > MOST_ROWS {
                return Err(too_many(&name));
            }
            Ok(())
        })?;
        progress.done(&name);
        rows.push(n);
    }
    let split = (rows.len() == 2).then(|| rows[0]);
    let table = Table { rows: rows.iter().sum(), split, columns: readings.into_iter().map(|r| r.interner.finish()).collect() };
    Ok(Data { table, ids: ids.map(Interner::finish), rows })
}

impl ColumnRecipe {
    /// The file's columns that make this one.
    fn names(&self, own: &str, second: bool) -> Vec<String> {
        match (second, self.second.is_empty(), self.from.is_empty()) {
            (true, false, _) => self.second.clone(),
            (_, _, false) => self.from.clone(),
            _ => vec![own.to_owned()],
        }
    }
}

impl Reading {
    fn new(name: &str, recipe: &Read<'_>) -> Reading {
        Reading {
            recipe: recipe.recipe.columns.get(name).cloned().unwrap_or_default(),
            interner: Interner::new(name),
            raw: Interner::new(name),
            prepared: Vec::new(),
            from: Vec::new(),
        }
    }

    fn push(&mut self, cells: &[&str]) {
        let plain = !self.recipe.fold && self.recipe.absent.is_empty();
        match self.from.as_slice() {
            [one] if plain => self.interner.push(cells[*one]),
            [one] => self.push_prepared(cells[*one]),
            several => {
                let parts: Vec<&str> = several.iter().map(|at| cells[*at]).filter(|c| !c.is_empty()).collect();
                self.push_prepared(&parts.join(" "));
            }
        }
    }

    /// Prepares each distinct text once.
    fn push_prepared(&mut self, text: &str) {
        let raw = self.raw.code(text) as usize;
        if raw == self.prepared.len() {
            let absent = text.is_empty() || self.recipe.absent.iter().any(|a| a == text);
            let folded = if self.recipe.fold && !absent { fold(text) } else { text.to_owned() };
            let code = if absent || folded.is_empty() { ABSENT } else { self.interner.code(&folded) };
            self.prepared.push(code);
        }
        self.interner.push_code(self.prepared[raw]);
    }
}

fn unknown(column: &str, path: &Path, columns: &[String]) -> Both {
    let (file, known) = (path.display(), columns.join(", "));
    both!("{file} has no column {column}; it has {known}", "{file} no tiene la columna {column}; tiene {known}")
}

fn too_many(place: &str) -> Problem {
    Problem::new(
        "too-many-rows",
        place,
        both!("more than {MOST_ROWS} rows", "más de {MOST_ROWS} filas"),
        Both::new("link it in parts that cannot match each other", "enlácelo por partes que no puedan coincidir entre sí"),
    )
}

//! SQL for people who know it: read only, on a connection of its own.

use atalaya_kernel::{Both, Exit, Problem, both};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::Store;

/// Columns and rows of texts.
pub type SqlRows = (Vec<String>, Vec<Vec<Option<String>>>);

impl Store {
    /// Runs one reading statement.
    ///
    /// # Errors
    /// `sql` with SQLite's own message.
    pub fn read_sql(&self, statement: &str) -> Result<SqlRows, Problem> {
        if !self.clearance().sees_all() {
            return Err(Problem::new(
                "sql-inside",
                "--sql",
                Both::new("SQL reads every label at once", "SQL lee todas las etiquetas a la vez"),
                Both::new(
                    "ask with `query`, or in the observatory's own folder",
                    "pregunte con `query`, o en la carpeta misma del observatorio",
                ),
            )
            .exits(Exit::Refused));
        }
        let wrong = |e: rusqlite::Error| {
            Problem::new(
                "sql",
                "--sql",
                both!("{e}", "{e}"),
                Both::new(
                    "tables to read are records, observations, held, intake, intake_file, decision, figure; nothing can be written",
                    "las tablas que se pueden leer son records, observations, held, intake, intake_file, decision, figure; no se puede escribir",
                ),
            )
        };
        let path = self.root().join(Store::FILE);
        let connection =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(wrong)?;
        let mut prepared = connection.prepare(statement).map_err(wrong)?;
        let columns: Vec<String> = prepared.column_names().map(str::to_string).collect();
        let mut rows = prepared.query([]).map_err(wrong)?;
        let mut out = Vec::new();
        while let Some(row) = rows.next().map_err(wrong)? {
            let cells = (0..columns.len()).map(|at| row.get_ref(at).map(text)).collect::<Result<Vec<_>, _>>().map_err(wrong)?;
            out.push(cells);
        }
        Ok((columns, out))
    }
}

fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(n) => Some(n.to_string()),
        ValueRef::Real(x) => Some(x.to_string()),
        ValueRef::Text(t) => Some(String::from_utf8_lossy(t).into_owned()),
        ValueRef::Blob(b) => Some(crate::hex(b)),
    }
}

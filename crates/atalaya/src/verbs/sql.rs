//! SQL over the store, read only.

use atalaya_kernel::{Lang, Problem};
use serde::Serialize;

use super::Say;
use super::say::table;
use crate::Observatory;

/// What a statement gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SqlAnswer {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows of texts; `None` for NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Runs a reading statement over the store; the views `records` and `observations` read as text.
///
/// # Errors
/// `sql` with SQLite's message; anything that writes is refused.
pub fn sql(observatory: &Observatory, statement: &str) -> Result<SqlAnswer, Problem> {
    let (columns, rows) = observatory.store().read_sql(statement)?;
    Ok(SqlAnswer { columns, rows })
}

impl Say for SqlAnswer {
    fn say(&self, _lang: Lang) -> String {
        let head: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        let rows: Vec<Vec<String>> = self.rows.iter().map(|r| r.iter().map(|c| c.clone().unwrap_or_default()).collect()).collect();
        table(&head, &rows)
    }
}

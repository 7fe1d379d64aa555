//! Is the store whole? Said by name, never swallowed.

use atalaya_kernel::{Both, Exit, Problem, both};
use serde::Serialize;

use crate::store::{Store, sql};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Integrity {
    /// Nothing is damaged.
    pub ok: bool,
    /// Raw files whose bytes were read again.
    pub checked: u64,
    /// What is damaged.
    pub problems: Vec<Problem>,
}

impl Store {
    /// Checks SQLite's pages, every raw file's hash, and that every intake adds up.
    ///
    /// # Errors
    /// `store` only if the check itself cannot run.
    pub fn integrity(&self) -> Result<Integrity, Problem> {
        let mut problems = Vec::new();
        let answer: String = self.connection().query_row("PRAGMA quick_check(1)", [], |r| r.get(0)).map_err(|e| sql(&e))?;
        if answer != "ok" {
            problems.push(damaged(&answer));
        }
        let mut files: Vec<String> = self.strings("SELECT sha256 FROM raw_file ORDER BY sha256")?;
        files.extend(self.strings("SELECT sha256 FROM recipe ORDER BY sha256")?);
        let mut checked = 0;
        for sha256 in files {
            match self.raw().check(&sha256) {
                Ok(_) => checked += 1,
                Err(problem) => problems.push(problem),
            }
        }
        problems.extend(self.counted_rows()?);
        Ok(Integrity { ok: problems.is_empty(), checked, problems })
    }

    fn strings(&self, query: &str) -> Result<Vec<String>, Problem> {
        let mut statement = self.connection().prepare(query).map_err(|e| sql(&e))?;
        let rows = statement.query_map([], |r| r.get(0)).map_err(|e| sql(&e))?;
        rows.collect::<Result<_, _>>().map_err(|e| sql(&e))
    }

    /// Intakes whose stored rows are not as many as their receipt says.
    fn counted_rows(&self) -> Result<Vec<Problem>, Problem> {
        let mut problems = Vec::new();
        for intake in self.every_intake()? {
            let table = crate::intake::table_of(&intake.kind);
            let count = |query: &str, a: i64, b: i64| -> Result<u64, Problem> {
                self.connection().query_row(query, (a, b), |r| r.get(0)).map_err(|e| sql(&e))
            };
            let items = count(&format!("SELECT count(*) FROM {table} WHERE id BETWEEN ? AND ?"), intake.first_item, intake.last_item)?;
            let kept = count("SELECT count(*) FROM held WHERE intake BETWEEN ? AND ?", intake.stored, intake.stored)?;
            let (expected, id) = (intake.counts.held + intake.counts.rejected, intake.id);
            if items != intake.counts.items || kept != expected {
                let promised = intake.counts.items;
                problems.push(damaged(&format!("intake {id}: {items} of {promised} items, {kept} of {expected} held rows")));
            }
        }
        Ok(problems)
    }
}

fn damaged(what: &str) -> Problem {
    Problem::new(
        "store-damaged",
        Store::FILE,
        both!("the store is damaged: {what}", "el almacén está dañado: {what}"),
        Both::new("move it away and run `atalaya rebuild`", "apártelo y ejecute `atalaya rebuild`"),
    )
    .exits(Exit::No)
}

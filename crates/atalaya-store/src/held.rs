//! Rows that were not accepted, each with where, what and why.

use atalaya_kernel::{Action, Both, Problem, rule};
use serde::Serialize;

use crate::store::{Store, sql};
use crate::{Intake, IntakeFile};

/// Which held rows to list.
#[derive(Debug, Clone, Default)]
pub struct HeldFilter {
    /// Only this rule.
    pub rule: Option<String>,
    /// Skip this many.
    pub offset: u64,
    /// At most this many.
    pub limit: u64,
}

/// One row as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldEntry {
    /// The intake.
    pub intake: i64,
    /// Name of the file.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Held or rejected.
    pub status: String,
    /// Which part of the file, from 1.
    pub part: u32,
    /// Its row, from 1.
    pub ordinal: u32,
    /// The line where it begins, from 1; 0 for sheets.
    pub line: u64,
    /// The column of an unpivoted table, from 1; 0 otherwise.
    pub cell: u32,
    /// The rule.
    pub rule: String,
    /// The field in question.
    pub field: String,
    /// What stood there.
    pub found: String,
    /// What else helps.
    pub detail: String,
    /// The row as read: column name and text.
    pub raw: Vec<(String, String)>,
}

/// How many rows met a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    /// The rule.
    pub rule: String,
    /// Held, or rejected.
    pub action: Action,
    /// Rows.
    pub count: u64,
    /// What was found.
    pub title: Both,
    /// What to do.
    pub todo: Both,
}

/// The account of what was not accepted in an intake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldSummary {
    /// By rule, most rows first.
    pub by_rule: Vec<RuleCount>,
    /// Rows that fit the filter.
    pub total: u64,
    /// The rows asked for.
    pub rows: Vec<HeldEntry>,
}

fn name_of(file: &IntakeFile) -> String {
    if file.member.is_empty() { file.name.clone() } else { format!("{} › {}", file.name, file.member) }
}

impl Store {
    /// What an intake did not accept.
    ///
    /// # Errors
    /// `store`.
    pub fn held(&self, intake: &Intake, filter: &HeldFilter) -> Result<HeldSummary, Problem> {
        let by_rule = self.held_by_rule(intake.stored)?;
        let wanted = filter.rule.as_deref().unwrap_or("%");
        let total = self
            .connection()
            .query_row("SELECT count(*) FROM held WHERE intake = ? AND rule LIKE ?", (intake.stored, wanted), |r| r.get(0))
            .map_err(|e| sql(&e))?;
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT file, ordinal, line, cell, status, rule, field, found, detail, raw FROM held \
                 WHERE intake = ? AND rule LIKE ? ORDER BY id LIMIT ? OFFSET ?",
            )
            .map_err(|e| sql(&e))?;
        let rows = statement
            .query_map((intake.stored, wanted, filter.limit, filter.offset), |r| {
                let part: u32 = r.get(0)?;
                let file = intake.files.get(part as usize);
                let raw: String = r.get(9)?;
                Ok(HeldEntry {
                    intake: intake.id,
                    file: file.map_or_else(String::new, name_of),
                    sha256: file.map_or_else(String::new, |f| f.sha256.clone()),
                    status: r.get(4)?,
                    part: part + 1,
                    ordinal: r.get(1)?,
                    line: r.get(2)?,
                    cell: r.get(3)?,
                    rule: r.get(5)?,
                    field: r.get(6)?,
                    found: r.get(7)?,
                    detail: r.get(8)?,
                    raw: serde_json::from_str(&raw).unwrap_or_default(),
                })
            })
            .map_err(|e| sql(&e))?;
        Ok(HeldSummary { by_rule, total, rows: rows.collect::<Result<_, _>>().map_err(|e| sql(&e))? })
    }

    fn held_by_rule(&self, intake: i64) -> Result<Vec<RuleCount>, Problem> {
        let mut statement = self
            .connection()
            .prepare_cached("SELECT rule, count(*) FROM held WHERE intake = ? GROUP BY rule ORDER BY count(*) DESC, rule")
            .map_err(|e| sql(&e))?;
        let counts = statement.query_map([intake], |r| Ok((r.get::<_, String>(0)?, r.get::<_, u64>(1)?))).map_err(|e| sql(&e))?;
        let mut by_rule = Vec::new();
        for entry in counts {
            let (id, count) = entry.map_err(|e| sql(&e))?;
            let known = rule::rule(&id);
            by_rule.push(RuleCount {
                action: known.map_or(Action::Hold, |r| r.action),
                title: known.map_or_else(|| Both::same(id.clone()), rule::Rule::title),
                todo: known.map_or_else(Both::default, rule::Rule::todo),
                rule: id,
                count,
            });
        }
        Ok(by_rule)
    }
}

//! Decisions: who ruled what, when and why. Undoing is a decision too; nothing is deleted.

use atalaya_kernel::Problem;
use serde::{Deserialize, Serialize};

use crate::link::Linking;
use crate::store::{Store, sql};

/// What was ruled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum DecisionBody {
    /// In this source, this text of this field means this code, value or date.
    Map {
        /// The field, `area`, `substance`, `unit`, `date`, `amount` ...
        field: String,
        /// The text as it stands in the file.
        found: String,
        /// What it means.
        to: String,
    },
    /// These rows are accepted as they stand.
    Accept {
        /// The file's hash.
        file: String,
        /// Which part of it: its position in the receipt.
        member: u32,
        /// Its rows, from 1.
        ordinals: Vec<u32>,
    },
    /// These rows are rejected.
    Reject {
        /// The file's hash.
        file: String,
        /// Which part of it: its position in the receipt.
        member: u32,
        /// Its rows, from 1.
        ordinals: Vec<u32>,
    },
    /// A field of the recipe goes by another column name from now on.
    Rename {
        /// The field.
        field: String,
        /// The new column name.
        column: String,
    },
    /// These pairs of records are reports of one event each.
    Same(Box<Linking>),
    /// These pairs of records are reports of two events each.
    Apart(Box<Linking>),
    /// What an analyst makes of a finding of `reconcile`.
    Finding {
        /// The finding.
        finding: String,
        /// The digest of the numbers ruled on.
        numbers: String,
        /// `explained`, `error`, `open`, `accepted`.
        ruling: String,
        /// What was found, as it stood.
        says: String,
    },
    /// A design is registered as it stands: what is asked and how it will be answered. It is never
    /// undone; a later registration stands beside it.
    Design {
        /// The design's id: its folder.
        design: String,
        /// SHA-256 of its text.
        sha256: String,
        /// Its text, so that later changes can be told one by one.
        text: String,
        /// SHA-256 of the rows before the start, as they stood.
        before: String,
        /// The last period of the outcome that was held then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_period: Option<i64>,
    },
    /// An earlier decision no longer holds.
    Undo {
        /// Its number.
        decision: i64,
    },
}

/// A decision as logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its number, from 1.
    pub id: i64,
    /// When, RFC 3339.
    pub decided_at: String,
    /// Which desk or role.
    pub who: String,
    /// The reason, in the words of who decided.
    pub why: String,
    /// The source it is about; empty where it is about pairs of records, which name their own.
    pub source: String,
    /// What was ruled.
    pub body: DecisionBody,
}

/// A decision before it has a number.
#[derive(Debug, Clone)]
pub struct NewDecision {
    /// When, RFC 3339.
    pub decided_at: String,
    /// Which desk or role.
    pub who: String,
    /// The reason.
    pub why: String,
    /// The source it is about; empty where it is about pairs of records, which name their own.
    pub source: String,
    /// What was ruled.
    pub body: DecisionBody,
}

impl Store {
    /// Logs a decision.
    ///
    /// # Errors
    /// `busy`, `io`, `store`.
    pub fn decide(&mut self, new: NewDecision) -> Result<Decision, Problem> {
        let transaction = self.connection_mut().transaction().map_err(|e| sql(&e))?;
        let decision = log(&transaction, new)?;
        transaction.commit().map_err(|e| sql(&e))?;
        self.heal_journal()?;
        Ok(decision)
    }

    /// Logs several decisions: all of them or none.
    ///
    /// # Errors
    /// `busy`, `io`, `store`.
    pub fn decide_all(&mut self, new: Vec<NewDecision>) -> Result<Vec<Decision>, Problem> {
        let transaction = self.connection_mut().transaction().map_err(|e| sql(&e))?;
        let logged = new.into_iter().map(|one| log(&transaction, one)).collect::<Result<Vec<_>, _>>()?;
        transaction.commit().map_err(|e| sql(&e))?;
        self.heal_journal()?;
        Ok(logged)
    }

    /// Every decision up to `upto` (all if `None`), in order, undone ones included.
    ///
    /// # Errors
    /// `store`.
    pub fn decisions(&self, upto: Option<i64>) -> Result<Vec<Decision>, Problem> {
        let mut statement = self
            .connection()
            .prepare("SELECT id, decided_at, who, why, source, body FROM decision WHERE id <= ? ORDER BY id")
            .map_err(|e| sql(&e))?;
        let rows = statement
            .query_map([upto.unwrap_or(i64::MAX)], |r| {
                let body: String = r.get(5)?;
                Ok(Decision {
                    id: r.get(0)?,
                    decided_at: r.get(1)?,
                    who: r.get(2)?,
                    why: r.get(3)?,
                    source: r.get(4)?,
                    body: serde_json::from_str(&body)
                        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(5, rusqlite::types::Type::Text, Box::new(e)))?,
                })
            })
            .map_err(|e| sql(&e))?;
        rows.collect::<Result<_, _>>().map_err(|e| sql(&e))
    }

    /// The decisions that hold at `upto`, for one source: those not undone.
    ///
    /// # Errors
    /// `store`.
    pub fn decisions_in_force(&self, source: &str, upto: Option<i64>) -> Result<Vec<Decision>, Problem> {
        let all = self.decisions(upto)?;
        let undone: std::collections::BTreeSet<i64> =
            all.iter().filter_map(|d| if let DecisionBody::Undo { decision } = d.body { Some(decision) } else { None }).collect();
        Ok(all
            .into_iter()
            .filter(|d| d.source == source && !undone.contains(&d.id) && !matches!(d.body, DecisionBody::Undo { .. }))
            .collect())
    }
}

fn log(transaction: &rusqlite::Transaction<'_>, new: NewDecision) -> Result<Decision, Problem> {
    let NewDecision { decided_at, who, why, source, body } = new;
    let text = serde_json::to_string(&body).unwrap_or_default();
    transaction
        .execute("INSERT INTO decision(decided_at, who, why, source, body) VALUES (?,?,?,?,?)", (&decided_at, &who, &why, &source, &text))
        .map_err(|e| sql(&e))?;
    Ok(Decision { id: transaction.last_insert_rowid(), decided_at, who, why, source, body })
}

//! Figures: published numbers by the hash of what they rest on.

use atalaya_kernel::{Clearance, Problem};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Query;
use crate::intake::sha256_text;
use crate::store::{Store, sql};

/// A number with all it takes to compute it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// `fig-` and sixteen hexadecimal digits of [`Figure::digest`].
    pub id: String,
    /// The question, narrowed to this one cell.
    pub query: Query,
    /// The newest intake then.
    pub as_of: i64,
    /// The snapshot root then.
    pub snapshot: String,
    /// What came out.
    pub value: Value,
}

impl Figure {
    /// The id of the answer to `query` on `snapshot` under these list versions and this label:
    /// SHA-256 of canonical JSON (keys sorted, no spaces).
    pub fn digest(query: &Query, snapshot: &str, lists: &[(&str, &str)], label: &str) -> String {
        let inputs = serde_json::json!({
            "label": label,
            "lists": lists.iter().map(|(k, v)| ((*k).to_string(), Value::from(*v))).collect::<serde_json::Map<_, _>>(),
            "query": query,
            "snapshot": snapshot,
        });
        format!("fig-{}", &sha256_text(&inputs.to_string())[..16])
    }
}

impl Store {
    /// Remembers figures computed under `clearance`, so that `verify` finds them; known ones stay
    /// as they were first.
    ///
    /// # Errors
    /// `busy`, `store`.
    pub fn keep_figures(&mut self, figures: &[Figure], clearance: &Clearance) -> Result<(), Problem> {
        let view = (!clearance.sees_all()).then(|| serde_json::to_string(clearance).unwrap_or_default());
        let transaction = self.connection_mut().transaction().map_err(|e| sql(&e))?;
        for figure in figures {
            let new = transaction
                .prepare_cached("INSERT OR IGNORE INTO figure(id, query, as_of, snapshot, value) VALUES (?,?,?,?,?)")
                .and_then(|mut insert| {
                    let query = serde_json::to_string(&figure.query).unwrap_or_default();
                    insert.execute((&figure.id, query, figure.as_of, &figure.snapshot, figure.value.to_string()))
                })
                .map_err(|e| sql(&e))?;
            if let Some(view) = view.as_ref().filter(|_| new > 0) {
                transaction
                    .prepare_cached("INSERT OR IGNORE INTO figure_view(id, clearance) VALUES (?,?)")
                    .and_then(|mut insert| insert.execute((&figure.id, view)))
                    .map_err(|e| sql(&e))?;
            }
        }
        transaction.commit().map_err(|e| sql(&e))
    }

    /// A figure by its id, and as whom it was computed. One that rests on anything which may not
    /// be seen is unknown.
    ///
    /// # Errors
    /// `store`.
    pub fn figure(&self, id: &str) -> Result<Option<(Figure, Clearance)>, Problem> {
        let found = self
            .connection()
            .query_row(
                "SELECT id, query, as_of, snapshot, value, (SELECT clearance FROM figure_view v WHERE v.id = f.id) FROM figure f WHERE id = ?",
                [id],
                |r| {
                    let view = r.get::<_, Option<String>>(5)?;
                    Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?, r.get(2)?, r.get(3)?, r.get::<_, String>(4)?, view))
                },
            )
            .optional()
            .map_err(|e| sql(&e))?;
        let read = found.and_then(|(id, query, as_of, snapshot, value, view)| {
            let view = view.map_or_else(|| Some(Clearance::owner()), |v| serde_json::from_str(&v).ok())?;
            Some((
                Figure { id, query: serde_json::from_str(&query).ok()?, as_of, snapshot, value: serde_json::from_str(&value).ok()? },
                view,
            ))
        });
        match read {
            Some((figure, view)) if self.knows(&figure, &view)? => Ok(Some((figure, view))),
            _ => Ok(None),
        }
    }

    /// Whether a figure computed as `view` may be known here: this clearance sees all that view
    /// sees, or exactly the same rows.
    ///
    /// # Errors
    /// `store`.
    pub fn knows(&self, figure: &Figure, view: &Clearance) -> Result<bool, Problem> {
        Ok(self.clearance().covers(view) || self.snapshot(Some(figure.as_of))? == figure.snapshot)
    }
}

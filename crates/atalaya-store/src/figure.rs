//! Figures: published numbers by the hash of what they rest on.

use std::collections::BTreeMap;

use atalaya_kernel::{Clearance, Problem};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::intake::sha256_text;
use crate::store::{Store, sql};
use crate::{Dim, Query};

/// A number with all it takes to compute it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// `fig-` and sixteen hexadecimal digits of [`Figure::digest`].
    pub id: String,
    /// The question, narrowed to this one cell.
    pub query: Query,
    /// The newest intake then.
    pub as_of: i64,
    /// The last link decision counted; 0 for none.
    #[serde(default)]
    pub links: i64,
    /// The snapshot root then.
    pub snapshot: String,
    /// What came out.
    pub value: Value,
}

impl Figure {
    /// The id of the answer to `query` on `snapshot` under these list versions and this label:
    /// SHA-256 of canonical JSON (keys sorted, no spaces).
    pub fn digest(query: &Query, snapshot: &str, lists: &[(&str, &str)], label: &str) -> String {
        id_of(&Figure::canonical(query, snapshot, lists, label))
    }

    fn canonical(query: &Query, snapshot: &str, lists: &[(&str, &str)], label: &str) -> String {
        let inputs = serde_json::json!({
            "label": label,
            "lists": lists.iter().map(|(k, v)| ((*k).to_string(), Value::from(*v))).collect::<serde_json::Map<_, _>>(),
            "query": query,
            "snapshot": snapshot,
        });
        inputs.to_string()
    }
}

/// Ids of many cells of one question: all but where the cell stands is written once.
#[derive(Debug)]
pub struct Digester {
    before: String,
    after: String,
    none: String,
}

impl Digester {
    /// For the cells of `query`, whose own `at` is not looked at.
    pub fn new(query: &Query, snapshot: &str, lists: &[(&str, &str)], label: &str) -> Digester {
        // No code holds a control character, so this stands nowhere else.
        const HERE: &str = "\u{1}here\u{1}";
        let text = |at| Figure::canonical(&Query { at, ..query.clone() }, snapshot, lists, label);
        let marked = text(BTreeMap::from([(Dim::Year, HERE.to_string())]));
        let at = Value::from(serde_json::Map::from_iter([(Dim::Year.name().to_string(), Value::from(HERE))])).to_string();
        let (before, after) = marked.split_once(&at).unwrap_or((&marked, ""));
        Digester { before: before.into(), after: after.into(), none: text(BTreeMap::new()) }
    }

    /// The id of the cell at these coordinates: that of [`Figure::digest`] for the question
    /// narrowed to them.
    pub fn id(&self, at: &BTreeMap<Dim, String>) -> String {
        if at.is_empty() {
            return id_of(&self.none);
        }
        let at: BTreeMap<&str, &str> = at.iter().map(|(dim, code)| (dim.name(), code.as_str())).collect();
        let at = serde_json::to_string(&at).unwrap_or_default();
        id_of(&[&self.before, at.as_str(), &self.after].concat())
    }
}

fn id_of(canonical: &str) -> String {
    format!("fig-{}", &sha256_text(canonical)[..16])
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
            if new > 0 && figure.links > 0 {
                transaction
                    .prepare_cached("INSERT OR IGNORE INTO figure_links(id, decision) VALUES (?,?)")
                    .and_then(|mut insert| insert.execute((&figure.id, figure.links)))
                    .map_err(|e| sql(&e))?;
            }
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
                "SELECT id, query, as_of, snapshot, value, (SELECT clearance FROM figure_view v WHERE v.id = f.id), \
                 coalesce((SELECT decision FROM figure_links l WHERE l.id = f.id), 0) FROM figure f WHERE id = ?",
                [id],
                |r| {
                    let view = r.get::<_, Option<String>>(5)?;
                    Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?, r.get(2)?, r.get(3)?, r.get::<_, String>(4)?, view, r.get(6)?))
                },
            )
            .optional()
            .map_err(|e| sql(&e))?;
        let read = found.and_then(|(id, query, as_of, snapshot, value, view, links)| {
            let view = view.map_or_else(|| Some(Clearance::owner()), |v| serde_json::from_str(&v).ok())?;
            Some((
                Figure { id, query: serde_json::from_str(&query).ok()?, as_of, links, snapshot, value: serde_json::from_str(&value).ok()? },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_the_same_id_however_it_is_made() {
        let query = Query { what: "coca-area".into(), area: vec!["PE".into()], from: Some("2012-01-01".into()), ..Query::default() };
        let (lists, label) = ([("areas", "1"), ("units", "2")], "{\"tlp\":\"AMBER\"}");
        let digester = Digester::new(&query, "abc", &lists, label);
        let places = ["", "Lima", "a \"quoted\" \\ place", "Ñuñoa\n"];
        let mut ids: Vec<String> = Vec::new();
        for place in places {
            for at in [
                BTreeMap::new(),
                BTreeMap::from([(Dim::Place, place.to_string())]),
                Dim::ALL.iter().map(|d| (*d, place.to_string())).collect(),
            ] {
                let narrowed = Query { at: at.clone(), ..query.clone() };
                assert_eq!(digester.id(&at), Figure::digest(&narrowed, "abc", &lists, label), "{at:?}");
                ids.push(digester.id(&at));
            }
        }
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 1 + 2 * places.len(), "every place is another figure");
    }
}

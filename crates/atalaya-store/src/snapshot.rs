//! Which intakes can be seen at a moment, and one hash that stands for all of them.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::Problem;

use crate::merkle::{Merkle, hex, leaf_hash};
use crate::{Intake, Store};

impl Store {
    /// The intakes in force after intake `as_of` (all if `None`), by source and then from the
    /// oldest vintage to the newest. A replay hides what it replays; a source that `replace`s
    /// shows its newest vintage only.
    ///
    /// # Errors
    /// `store`.
    pub fn visible(&self, as_of: Option<i64>) -> Result<Vec<Intake>, Problem> {
        Ok(in_force(self.intakes()?, as_of))
    }

    /// The intakes of one source that no replay hides, replaced vintages included.
    ///
    /// # Errors
    /// `store`.
    pub fn visible_of(&self, source: &str) -> Result<Vec<Intake>, Problem> {
        let intakes = self.intakes()?;
        let replayed: BTreeSet<i64> = intakes.iter().filter_map(|i| i.supersedes).collect();
        let mut own: Vec<Intake> = intakes.into_iter().filter(|i| i.source == source && !replayed.contains(&i.id)).collect();
        own.sort_by(|a, b| (&a.vintage, a.id).cmp(&(&b.vintage, b.id)));
        Ok(own)
    }

    /// The number of the newest intake, 0 if there is none.
    ///
    /// # Errors
    /// `store`.
    pub fn last_intake(&self) -> Result<i64, Problem> {
        Ok(self.intakes()?.last().map_or(0, |i| i.id))
    }

    /// The snapshot root after intake `as_of`: RFC 6962 over what was read, not over when.
    ///
    /// # Errors
    /// `store`.
    pub fn snapshot(&self, as_of: Option<i64>) -> Result<String, Problem> {
        let mut tree = Merkle::default();
        for intake in self.intakes()?.iter().filter(|i| as_of.is_none_or(|limit| i.id <= limit)) {
            tree.push(intake.leaf());
        }
        Ok(hex(&tree.root()))
    }
}

impl Intake {
    /// The leaf of this intake in the snapshot tree: what was read, not when and by whom.
    pub fn leaf(&self) -> [u8; 32] {
        let files: Vec<_> = self.files.iter().map(|f| (&f.sha256, &f.member, f.rows)).collect();
        let leaf = serde_json::json!([
            self.id,
            self.source,
            self.vintage,
            self.kind,
            self.keeps,
            self.recipe,
            self.supersedes,
            self.label,
            self.root,
            files
        ]);
        leaf_hash(leaf.to_string().as_bytes())
    }
}

fn in_force(intakes: Vec<Intake>, as_of: Option<i64>) -> Vec<Intake> {
    let candidates: Vec<Intake> = intakes.into_iter().filter(|i| as_of.is_none_or(|limit| i.id <= limit)).collect();
    let replayed: BTreeSet<i64> = candidates.iter().filter_map(|i| i.supersedes).collect();
    let mut by_source: BTreeMap<String, Vec<Intake>> = BTreeMap::new();
    for intake in candidates.into_iter().filter(|i| !replayed.contains(&i.id)) {
        by_source.entry(intake.source.clone()).or_default().push(intake);
    }
    let mut visible = Vec::new();
    for mut vintages in by_source.into_values() {
        vintages.sort_by(|a, b| (&a.vintage, a.id).cmp(&(&b.vintage, b.id)));
        let newest_only = vintages.last().is_some_and(|i| i.keeps == "replace");
        let from = if newest_only { vintages.len() - 1 } else { 0 };
        visible.extend(vintages.drain(from..));
    }
    visible
}

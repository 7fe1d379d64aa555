//! The vintages of a source in memory: loaded once for all who ask, and compared once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use atalaya_kernel::Problem;
use atalaya_kernel::record::Terms;
use atalaya_store::{Intake, Observations};

use crate::observatory::Observatory;
use crate::table::Revision;
use crate::verbs::Difference;

/// What each vintage of one source changed against what stood before it.
#[derive(Debug, Default)]
pub(crate) struct SourceHistory {
    /// By intake.
    pub changed: BTreeMap<i64, Difference>,
    /// The cells given anew.
    pub revisions: Vec<Revision>,
}

/// The vintages of one source. What two of them differ in never changes.
#[derive(Debug)]
pub(crate) struct Vintages {
    /// The intakes, in order.
    pub intakes: Vec<Intake>,
    /// Their rows.
    pub rows: Arc<Observations>,
}

/// What each vintage changed, once somebody has asked.
#[derive(Debug)]
pub(crate) struct Compared {
    /// The intakes compared.
    pub intakes: Vec<Intake>,
    /// What came out.
    pub history: OnceLock<Arc<SourceHistory>>,
}

impl Observatory {
    /// The intakes of one source that no replay hides, as they are seen now.
    ///
    /// # Errors
    /// `store`.
    pub(crate) fn intakes_of(&self, source: &str) -> Result<Vec<Intake>, Problem> {
        let standing = self.standing()?;
        let replayed: BTreeSet<i64> = standing.intakes.iter().filter_map(|i| i.supersedes).collect();
        let mut own: Vec<Intake> = standing.intakes.iter().filter(|i| i.source == source && !replayed.contains(&i.id)).cloned().collect();
        own.sort_by(|a, b| (&a.vintage, a.id).cmp(&(&b.vintage, b.id)));
        Ok(own)
    }

    /// The dictionary as of now or later, read once for each state of the store.
    ///
    /// # Errors
    /// `store`.
    pub(crate) fn terms(&self) -> Result<Arc<Terms>, Problem> {
        let stamp = self.store().stamp()?;
        if let Some(terms) = self.shelf().terms(stamp) {
            return Ok(terms);
        }
        let terms = Arc::new(self.store().terms()?);
        self.shelf().put_terms(stamp, &terms);
        Ok(terms)
    }

    /// The rows of vintages of one source.
    ///
    /// # Errors
    /// `store`.
    pub(crate) fn vintages(&self, intakes: &[Intake]) -> Result<Arc<Observations>, Problem> {
        if let Some(rows) = self.shelf().vintages(intakes) {
            return Ok(rows);
        }
        let rows = Arc::new(self.store().observations_with(self.terms()?, intakes)?);
        self.shelf().put_vintages(Vintages { intakes: intakes.to_vec(), rows: Arc::clone(&rows) });
        Ok(rows)
    }
}

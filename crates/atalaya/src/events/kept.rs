//! The log of link decisions and the events they make, worked out once for each state of the store.

use std::sync::Arc;

use atalaya_kernel::{Both, Problem, both};
use atalaya_store::LinkLog;

use super::{Events, changed};
use crate::observatory::{Eye, Observatory};
use crate::shelf::{EventsOf, LogOf};

impl Observatory {
    /// The link decisions that may be seen here.
    ///
    /// # Errors
    /// `store`.
    pub fn links(&self) -> Result<Arc<LinkLog>, Problem> {
        let of = LogOf { clearance: self.clearance().clone(), intakes: self.store().stamp()?, decisions: self.store().decision_stamp()? };
        if let Some(log) = self.shelf().links(&of) {
            return Ok(log);
        }
        let log = Arc::new(self.store().links()?);
        self.shelf().put_links(of, &log);
        Ok(log)
    }

    /// The events among the rows of `eye`, as linked after decision `links`: the last one if
    /// `None`, none at all if 0.
    ///
    /// # Errors
    /// `no-link-decision`, `store`.
    pub fn events(&self, eye: &Eye, links: Option<i64>) -> Result<Arc<Events>, Problem> {
        let log = self.links()?;
        let newest = log.upto;
        if let Some(asked) = links.filter(|n| *n < 0 || *n > newest) {
            return Err(Problem::new(
                "no-link-decision",
                format!("--links {asked}"),
                both!("the last link decision is {newest}", "la última decisión de vinculación es la {newest}"),
                Both::new("`atalaya link decisions` lists them", "`atalaya link decisions` las lista"),
            ));
        }
        if log.decisions.is_empty() || links == Some(0) {
            return Ok(Arc::default());
        }
        let log = if links.is_none_or(|n| n == newest) { log } else { Arc::new(log.until(links)) };
        let of = EventsOf {
            clearance: self.clearance().clone(),
            snapshot: Arc::clone(&eye.snapshot),
            upto: log.upto,
            root: log.root.clone(),
            decisions: self.store().decision_stamp()?,
        };
        if let Some(events) = self.shelf().events(&of) {
            return Ok(events);
        }
        let mut events = Events::resolve(eye, &log, &self.standing()?.intakes);
        changed::settle(self, eye, &mut events)?;
        let events = Arc::new(events);
        // An eye made for one comparison has no snapshot, and is not asked twice.
        if !eye.snapshot.is_empty() {
            self.shelf().put_events(of, &events);
        }
        Ok(events)
    }

    /// What stands for all that an answer may depend on: the rows that may be seen, and the rulings
    /// about them.
    ///
    /// # Errors
    /// `store`.
    pub fn state(&self) -> Result<Arc<str>, Problem> {
        let (snapshot, log) = (Arc::clone(&self.standing()?.snapshot), self.links()?);
        if log.upto == 0 {
            return Ok(snapshot);
        }
        Ok(format!("{snapshot}+{}+{}", log.upto, log.root).into())
    }
}

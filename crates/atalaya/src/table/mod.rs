//! Tables one can filter, sort, count and page through: rows as codes, texts only when shown.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use atalaya_kernel::{Both, Problem, both};

use crate::events::Events;
use crate::observatory::{Eye, Observatory};
use crate::reconcile::Book;

mod condition;
mod facet;
mod frame;
mod intakes;
mod observations;
mod records;
mod revisions;
mod select;

pub(crate) use condition::Condition;
pub(crate) use facet::{FacetOf, facet};
pub(crate) use frame::{Column, Frame, Kind};
pub(crate) use observations::figures;
pub(crate) use revisions::{History, Revision};
pub(crate) use select::{Selection, select, sort};

/// The tables there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// Published values as they stand.
    Observations,
    /// Single seizures and purchases.
    Records,
    /// Every intake with the account of its rows.
    Vintages,
    /// Every cell a newer vintage changed.
    Revisions,
}

impl Name {
    /// The tables, in the order of the page.
    pub const ALL: [Name; 4] = [Name::Observations, Name::Records, Name::Vintages, Name::Revisions];

    /// Its name on every surface.
    pub fn as_str(self) -> &'static str {
        match self {
            Name::Observations => "observations",
            Name::Records => "records",
            Name::Vintages => "vintages",
            Name::Revisions => "revisions",
        }
    }

    /// Reads [`Name::as_str`].
    ///
    /// # Errors
    /// `unknown-table`.
    pub fn parse(text: &str) -> Result<Name, Problem> {
        Name::ALL.into_iter().find(|n| n.as_str() == text).ok_or_else(|| {
            let known = Name::ALL.map(Name::as_str).join(", ");
            Problem::new(
                "unknown-table",
                text,
                Both::new("there is no table of this name", "no existe una tabla con este nombre"),
                both!("tables: {known}", "tablas: {known}"),
            )
        })
    }

    /// Its title.
    pub fn title(self) -> Both {
        match self {
            Name::Observations => Both::new("Observations", "Observaciones"),
            Name::Records => Both::new("Records", "Registros"),
            Name::Vintages => Both::new("Vintages", "Ediciones"),
            Name::Revisions => Both::new("Revisions", "Revisiones"),
        }
    }
}

/// The tables of one state of the store, each made when it is first asked for.
#[derive(Debug, Default)]
pub struct Tables {
    /// The last one is the table of vintages as a desk of the observatory sees it, with its files.
    frames: [OnceLock<Arc<Frame>>; 5],
    history: OnceLock<Arc<History>>,
    book: OnceLock<Arc<Book>>,
    /// Held while one is made, so that who comes second waits and does not make it too.
    making: [Mutex<()>; 5],
    comparing: Mutex<()>,
    reconciling: Mutex<()>,
}

impl Tables {
    /// What the figures say of each other, worked out once.
    ///
    /// # Errors
    /// Those of `make`.
    pub(crate) fn book(&self, make: impl FnOnce() -> Result<Book, Problem>) -> Result<Arc<Book>, Problem> {
        if let Some(book) = self.book.get() {
            return Ok(Arc::clone(book));
        }
        let _once = self.reconciling.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(book) = self.book.get() {
            return Ok(Arc::clone(book));
        }
        let made = make()?;
        Ok(Arc::clone(self.book.get_or_init(|| Arc::new(made))))
    }
}

/// A table of what `eye` sees; of records, with these events.
///
/// # Errors
/// Those of the store.
pub(crate) fn frame(observatory: &Observatory, eye: &Eye, events: &Events, name: Name) -> Result<Arc<Frame>, Problem> {
    let inside = name == Name::Vintages && observatory.clearance().inside;
    let at = if inside { 4 } else { name as usize };
    // Rows stay while links change: only a table of linked records is kept with its links.
    let cell = if name == Name::Records && !events.linked.is_empty() { &events.frame } else { &eye.tables.frames[at] };
    if let Some(frame) = cell.get() {
        return Ok(Arc::clone(frame));
    }
    let _once = eye.tables.making[at].lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(frame) = cell.get() {
        return Ok(Arc::clone(frame));
    }
    let made = match name {
        Name::Observations => observations::frame(observatory, eye),
        Name::Records => records::frame(observatory, eye, events),
        Name::Vintages => intakes::frame(observatory, eye)?,
        Name::Revisions => revisions::frame(observatory, eye)?,
    };
    Ok(Arc::clone(cell.get_or_init(|| Arc::new(made))))
}

impl Observatory {
    /// Loads what is held and makes its tables, so that nobody waits for them.
    ///
    /// # Errors
    /// Those of the store.
    pub fn warm(&self) -> Result<(), Problem> {
        let eye = self.eye(None)?;
        // The first page says what changed.
        history(self, &eye)?;
        let events = self.events(&eye, None)?;
        Name::ALL.into_iter().try_for_each(|name| frame(self, &eye, &events, name).map(drop))
    }
}

/// What each vintage changed, worked out once for what `eye` sees.
///
/// # Errors
/// Those of the store.
pub(crate) fn history(observatory: &Observatory, eye: &Eye) -> Result<Arc<History>, Problem> {
    if let Some(history) = eye.tables.history.get() {
        return Ok(Arc::clone(history));
    }
    let _once = eye.tables.comparing.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(history) = eye.tables.history.get() {
        return Ok(Arc::clone(history));
    }
    let made = revisions::history(observatory, eye)?;
    Ok(Arc::clone(eye.tables.history.get_or_init(|| Arc::new(made))))
}

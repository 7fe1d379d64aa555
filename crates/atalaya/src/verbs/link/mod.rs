//! Ruling which records report one event, and what came of it.

mod decide;
mod decisions;
mod events;
mod name;

pub use decide::{LinkAccept, LinkDecide, LinkReject, LinkUndo, Linked};
pub use decisions::{LinkDecisions, LinkDecisionsPage, LinkedDecision, ToDecideAgain};
pub use events::{EventRecord, LinkEvents, LinkEventsPage, LinkedEvent};

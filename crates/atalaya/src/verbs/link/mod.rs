//! Ruling which records report one event, and what came of it.

mod decide;
mod decisions;
mod events;
mod name;
mod pairs;
mod said;
mod show;

pub use decide::{LinkAccept, LinkDecide, LinkReject, LinkUndo, Linked};
pub use decisions::{LinkDecisions, LinkDecisionsPage, LinkedDecision, ToDecideAgain};
pub use events::{EventRecord, LinkEvents, LinkEventsPage, LinkedEvent};
pub use pairs::{LinkBatch, LinkCount, LinkPage, LinkPair, LinkPairs, LinkSide, LinkSummary, PairsFile, WaitingLinks};
pub use show::{LinkBatchPage, LinkHistory, LinkPairPage, LinkShow, LinkShown, ShownStep, ShownWaterfall};

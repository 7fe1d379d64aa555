//! The memory of Atalaya.
//!
//! One SQLite file, append-only; raw files beside it by hash; a journal of intakes and decisions
//! from which all of it can be derived again; and the cube that reads records fast. Only this
//! crate knows SQL.

mod cube;
mod decision;
mod figure;
mod held;
mod intake;
mod integrity;
mod journal;
mod link;
mod load;
mod merkle;
mod observations;
mod query;
mod raw;
mod schema;
mod snapshot;
mod sql;
mod store;

pub use cube::{Axis, Counted, Cube, CubeBuilder, Group, Plan};
pub use decision::{Decision, DecisionBody, NewDecision};
pub use figure::{Digester, Figure};
pub use held::{HeldEntry, HeldFilter, HeldSummary, RuleCount, TextCount};
pub use intake::{Counts, Intake, IntakeFile, IntakeWriter, NewIntake, sha256_bytes, sha256_text};
pub use integrity::Integrity;
pub use journal::{Entry, Journal};
pub use link::{CONTENT_DIGITS, LinkDecision, LinkLog, LinkedRecord, Linking, Ruling, Scope};
pub use merkle::{Merkle, hex, leaf_hash};
pub use observations::{CellKey, Observations, ObservedCell};
pub use query::{Dim, Query};
pub use raw::{RawFile, RawStore, Staged};
pub use store::Store;

//! Flows between places: what was recorded, what follows from it, and how sure that is.

pub mod balance;
pub mod change;
pub mod cleaning;
pub mod dirichlet;
pub mod gravity;
pub mod indicators;
pub mod joint;
pub mod measures;
pub mod network;
pub mod published;
pub mod rates;
pub mod record;
pub mod severity;
pub mod unseen;
pub mod validate;
pub mod weight;
pub mod worlds;

pub use record::{LinkKind, RouteRecord};

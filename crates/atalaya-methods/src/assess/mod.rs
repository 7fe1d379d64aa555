//! What may be said when the same question is asked again each time data arrive.

pub mod confidence_sequence;
pub mod group_sequential;
pub mod look;

pub use look::{AssessError, Look};

//! From records to events: which records are reports of one and the same thing.

pub mod amount;
pub mod batches;
pub mod blocking;
pub mod candidates;
pub mod chance;
pub mod choose;
pub mod clusters;
pub mod compare;
pub mod coverage;
pub mod crossing;
pub mod differs;
pub mod engine;
pub mod estimate;
pub mod excess;
pub mod fellegi_sunter;
pub mod frequencies;
pub mod model;
pub mod one_to_one;
pub mod place;
pub mod placebo;
pub mod prepare;
pub mod records;
pub mod reports;
mod stretch;
pub mod table;
pub mod text;
pub mod threshold;
pub mod twins;
pub mod waterfall;
pub mod words;

pub use records::{Field, Records};
pub use waterfall::{Step, Waterfall};

/// Why records cannot be compared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LinkError {
    /// A column is not as long as the others.
    #[error("column {column} has {rows} rows where {expected} are expected")]
    Ragged {
        /// Its name.
        column: &'static str,
        /// How long it is.
        rows: usize,
        /// How long the others are.
        expected: usize,
    },
}

/// Two rows that were compared: the smaller row, the larger one, bits with the prior.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The smaller row.
    pub a: u32,
    /// The larger row.
    pub b: u32,
    /// Evidence and prior together.
    pub bits: f32,
}

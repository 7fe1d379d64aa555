//! From records to events: which records are reports of one and the same thing.

pub mod amount;
pub mod batches;
pub mod candidates;
pub mod chance;
pub mod crossing;
pub mod differs;
pub mod estimate;
pub mod excess;
pub mod model;
pub mod place;
pub mod placebo;
pub mod prepare;
pub mod records;
pub mod reports;
mod stretch;
pub mod text;
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

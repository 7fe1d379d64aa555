//! Records that report one event: lists loaded twice first, then pairs against what chance gives.

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
pub mod reports;
pub mod rows;
mod stretch;
pub mod twins;
pub mod words;

pub use rows::{Field, Records};

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

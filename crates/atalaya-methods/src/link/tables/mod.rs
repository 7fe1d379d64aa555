//! Any tables, linked under a recipe: blocking, comparison, learning without labels, clusters.

pub mod blocking;
pub mod choose;
pub mod clusters;
pub mod compare;
pub mod coverage;
pub mod engine;
pub mod fellegi_sunter;
pub mod frequencies;
pub mod one_to_one;
pub mod table;
pub mod threshold;

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

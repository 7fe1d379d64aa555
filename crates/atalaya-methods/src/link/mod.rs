//! From records to events: which records are reports of one and the same thing.

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
pub mod text;
pub mod threshold;
pub mod waterfall;

pub use waterfall::{Step, Waterfall};

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

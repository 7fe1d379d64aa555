//! From records to events: which records are reports of one and the same thing.

pub mod blocking;
pub mod compare;
pub mod coverage;
pub mod fellegi_sunter;
pub mod frequencies;
pub mod table;
pub mod text;
pub mod threshold;
pub mod waterfall;

pub use waterfall::{Step, Waterfall};

//! From records to events: which records are reports of one and the same thing.

pub mod text;
pub mod waterfall;

pub use waterfall::{Step, Waterfall};

//! From records to events: which records are reports of one and the same thing.
//!
//! `tables` links any tables under a recipe (Fellegi-Sunter); `records` links the records of an
//! observatory, whose lists, amounts and chance it knows. Both compare texts alike and show a score
//! as a waterfall.

pub mod records;
pub mod tables;
pub mod text;
pub mod waterfall;

pub use waterfall::{Step, Waterfall};

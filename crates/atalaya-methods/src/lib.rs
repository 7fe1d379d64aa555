//! The mathematics of Atalaya: arrays, options and a seed in, numbers out.
//!
//! Nothing here reads a file, the clock, the environment or the network, so an answer depends on
//! its arguments alone: not on the day, the machine or the number of threads. A method is one
//! file with seven headings and a [`Card`]; its card is one line in [`METHODS`].

pub mod assess;
pub mod card;
pub mod evaluate;
pub mod link;
pub mod num;
pub mod reconcile;
pub mod routes;

pub use card::{Card, METHODS};

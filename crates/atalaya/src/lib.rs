//! The verbs of Atalaya: the public Rust API, and the only place where the siblings meet.
//!
//! A verb is one request struct and one outcome. The command line, the HTTP API and Python parse
//! the same struct, call [`Verb::run`] and print the same outcome; they decide nothing.

pub mod answer;
pub mod assess;
pub mod bulletin;
pub mod demo;
pub mod evaluate;
pub mod events;
pub mod geometry;
pub mod link;
pub mod linking;
pub mod observatory;
pub mod publication;
pub mod reconcile;
pub mod routes;
pub mod shelf;
pub mod source;
pub mod verbs;
mod vintages;

mod chart;
mod national;
mod query;
mod reading;
mod site;
mod table;
mod writer;

pub use answer::{Answer, Column};
pub use observatory::{Caller, Observatory, Quiet, Still};
pub use verbs::{VERBS, Verb};

//! The verbs on a real observatory in a temporary folder.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod bulletin;
mod collect;
mod real;
mod schemas;
mod support;

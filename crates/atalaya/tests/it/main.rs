//! The verbs on a real observatory in a temporary folder.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod answers;
mod bulletin;
mod collect;
mod inbox;
mod real;
mod routes;
mod schemas;
mod site;
mod support;
mod tables;

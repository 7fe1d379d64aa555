//! The verbs on a real observatory in a temporary folder.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod answers;
mod assess;
mod bulletin;
mod cases;
mod collect;
mod designs;
mod evaluations;
mod events;
mod inbox;
mod indicators;
mod linking;
mod linking_tables;
mod real;
mod reconcile;
mod routes;
mod routes_store;
mod schemas;
mod site;
mod support;
mod tables;

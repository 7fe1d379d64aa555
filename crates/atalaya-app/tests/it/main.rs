//! The program as a person or a script meets it.
#![allow(clippy::unwrap_used)]

mod chart;
mod commands;
mod kill;
mod program;
mod writers;

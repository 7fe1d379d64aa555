//! The program as a person or a script meets it.
#![allow(clippy::unwrap_used)]

mod attack;
mod chart;
mod commands;
mod crowd;
mod door;
mod http;
mod kill;
mod mixed;
mod program;
mod publishing;
mod tls;
mod writers;

//! `evaluate fit` from the outside: small worlds of our own, and the reference grid.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "helpers of tests: they may fail loudly and must say what they skip"
)]

mod controls;
mod frame;
mod grid;
mod panels;
mod regressions;
mod studies;
mod worlds;

//! Worlds with known truth: for tests, benchmarks and the demo. Everything here is made up.

pub mod incidents;
pub mod joint;

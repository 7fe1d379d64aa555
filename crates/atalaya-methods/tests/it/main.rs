//! The methods against answers of other programs, on real files and on worlds whose truth is known.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod honest;
mod ids;
mod reference;
mod regressions;
mod reports;
mod routes;
mod shared;
mod small;
mod speed;
mod staggered;
mod table;

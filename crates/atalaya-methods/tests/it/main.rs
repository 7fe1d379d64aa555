//! The methods against answers of other programs, and against worlds whose truth is known.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod honest;
mod reference;
mod regressions;
mod small;
mod speed;
mod staggered;
mod table;

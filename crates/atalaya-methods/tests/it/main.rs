//! The methods against answers of other programs, on real files and on worlds whose truth is known.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod honest;
mod ids;
mod reference;
mod reference_augmented;
mod reference_factors;
mod reference_meta;
mod reference_predictors;
mod reference_series;
mod reference_synth;
mod regressions;
mod reports;
mod routes;
mod shared;
mod small;
mod speed;
mod speed_synth;
mod staggered;
mod table;
mod vintages;

//! The methods against answers of other programs, and against worlds whose truth is known.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod honest;
mod reference;
mod reference_augmented;
mod reference_factors;
mod reference_meta;
mod reference_predictors;
mod reference_series;
mod reference_synth;
mod regressions;
mod small;
mod speed_synth;
mod staggered;
mod table;

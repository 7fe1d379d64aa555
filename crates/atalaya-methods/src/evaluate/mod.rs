//! Whether something worked: what happened, against an estimate of what would have happened otherwise.

pub mod augmented_control;
pub mod block;
pub mod chance;
pub mod conformal;
pub mod discontinuity;
pub mod donors;
pub mod effect_sizes;
pub mod grid;
pub mod interactive_effects;
pub mod interrupted_series;
pub mod meta_analysis;
pub mod meta_bias;
pub mod meta_multilevel;
pub mod robust_control;
pub mod simplex;
pub mod structural_series;
pub mod synthetic_control;
pub mod synthetic_control_predictors;
pub mod synthetic_did;

//! What a programme changed: estimators for panels, their uncertainty and their limits.

pub mod covariance;
pub mod effects;
pub mod fixed_effects;
pub mod refusal;

pub use refusal::Refusal;

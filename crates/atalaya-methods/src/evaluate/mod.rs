//! What a programme changed: estimators for panels, their uncertainty and their limits.

pub mod callaway_santanna;
pub mod covariance;
pub mod effects;
pub mod event_study;
pub mod fixed_effects;
pub mod influence;
pub mod poisson;
pub mod refusal;
pub mod staggered;
pub mod sun_abraham;

pub use refusal::Refusal;

//! What a programme changed: estimators for panels, their uncertainty and their limits.

pub mod bacon;
pub mod callaway_santanna;
pub mod covariance;
pub mod effects;
pub mod event_study;
pub mod extended_twfe;
pub mod fixed_effects;
pub mod groups;
pub mod honest;
pub mod imputation;
pub mod influence;
pub mod poisson;
pub mod refusal;
pub mod staggered;
pub mod sun_abraham;
pub mod two_by_two;
pub mod wild_bootstrap;

pub use refusal::Refusal;

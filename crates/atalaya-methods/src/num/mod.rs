//! What several methods compute with: draws from distributions, small dense systems, quantiles.

pub mod chance;
pub mod linear;
pub mod quantile;

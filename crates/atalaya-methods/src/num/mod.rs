//! What several methods compute with: small dense systems, the usual distributions, draws and quantiles.

pub mod chance;
pub mod cholesky;
pub mod distribution;
pub mod linear;
pub mod matrix;
pub mod qr;
pub mod quantile;
pub mod special;
pub mod symmetric;

pub use cholesky::{Cholesky, NotPositive};
pub use matrix::{Matrix, axpy, dot};
pub use qr::{LeastSquares, least_squares};

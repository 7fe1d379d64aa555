//! What several methods compute with: small dense systems and the usual distributions.

pub mod cholesky;
pub mod distribution;
pub mod matrix;
pub mod qr;
pub mod special;
pub mod symmetric;

pub use cholesky::{Cholesky, NotPositive};
pub use matrix::{Matrix, axpy, dot};
pub use qr::{LeastSquares, least_squares};

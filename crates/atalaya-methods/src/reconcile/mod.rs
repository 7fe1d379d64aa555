//! Rival figures: whether they agree, whether one follows from others, and what may be said of
//! them together. Nothing here averages.

pub mod agreement;
pub mod growth;
pub mod least_squares;
pub mod printed;
pub mod purity;
pub mod standing;
pub mod subtotal;

mod chi_square;

pub use printed::Printed;

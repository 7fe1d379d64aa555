//! From records of the store to networks of places.

pub mod atlas;
pub(crate) mod centre;
pub(crate) mod figures;
pub(crate) mod group;
pub(crate) mod read;

pub use group::{Group, group};

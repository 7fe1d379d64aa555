//! From records of the store to networks of places.

pub mod atlas;
pub(crate) mod centre;
pub mod country;
pub(crate) mod draw;
pub(crate) mod figures;
pub(crate) mod group;
pub(crate) mod read;
pub(crate) mod table;

pub use group::{Group, group};

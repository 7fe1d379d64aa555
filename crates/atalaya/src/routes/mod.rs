//! From records of the store to networks of places.

pub mod atlas;
pub(crate) mod centre;
pub(crate) mod figures;
pub(crate) mod ground;
pub(crate) mod group;
pub(crate) mod read;

pub use ground::RoutesBasis;
pub use group::{Group, group};

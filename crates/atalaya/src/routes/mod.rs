//! From records of the store to networks of places.

pub(crate) mod account;
pub mod atlas;
pub(crate) mod centre;
mod demand;
mod doubled;
pub(crate) mod figures;
pub(crate) mod fill;
pub(crate) mod ground;
pub(crate) mod group;
pub(crate) mod lift;
pub(crate) mod make;
pub(crate) mod question;
pub(crate) mod read;
mod series;
pub(crate) mod stage;
pub(crate) mod stock;
mod supply;

pub use ground::RoutesBasis;
pub use group::{Group, group};
pub use make::atlas;

//! From records of the store to networks of places.

pub(crate) mod account;
pub mod atlas;
pub(crate) mod centre;
pub mod country;
mod demand;
mod doubled;
pub(crate) mod draw;
pub(crate) mod figures;
pub(crate) mod fill;
pub(crate) mod ground;
pub(crate) mod group;
pub(crate) mod lift;
#[cfg(test)]
mod made;
pub(crate) mod make;
pub(crate) mod question;
pub(crate) mod read;
mod series;
pub(crate) mod stage;
pub(crate) mod stock;
mod supply;
pub(crate) mod table;

pub use ground::RoutesBasis;
pub use group::{Group, group};
pub use make::atlas;

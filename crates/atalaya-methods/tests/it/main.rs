//! Tests of the methods on real files, which the project itself does not hold.

mod ids;
mod routes;
mod shared;

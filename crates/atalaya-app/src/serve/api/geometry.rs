//! `GET /api/v1/geometry`: which outlines there are.

use atalaya::verbs::Geometry;
use axum::Router;
use axum::routing::get;

use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// The routes of outlines.
pub fn routes() -> Router<Shared> {
    Router::new().route("/api/v1/geometry", get(geometry))
}

/// `GET /api/v1/geometry`
async fn geometry(seat: Seat) -> Reply {
    seat.run(Geometry::default()).await
}

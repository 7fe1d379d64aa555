//! Link decisions, and the events they make.

use atalaya::verbs::{LinkDecide, LinkDecisions, LinkEvents, LinkUndo};
use axum::extract::Query;
use axum::routing::{get, post};
use axum::{Json, Router};

use super::{Parts, number};
use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// Events or decisions on one page at most.
const MOST: usize = 500;

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/link/decide", post(decide))
        .route("/api/v1/link/undo", post(undo))
        .route("/api/v1/link/decisions", get(decisions))
        .route("/api/v1/link/events", get(events))
}

/// `POST /api/v1/link/decide`
async fn decide(seat: Seat, Json(verb): Json<LinkDecide>) -> Reply {
    seat.run(verb).await
}

/// `POST /api/v1/link/undo`
async fn undo(seat: Seat, Json(verb): Json<LinkUndo>) -> Reply {
    seat.run(verb).await
}

/// `GET /api/v1/link/decisions`
async fn decisions(seat: Seat, Query(parts): Parts) -> Reply {
    let limit = number(&parts, "limit", 50)?.min(MOST);
    seat.run(LinkDecisions { offset: number(&parts, "offset", 0)?, limit }).await
}

/// `GET /api/v1/link/events`
async fn events(seat: Seat, Query(parts): Parts) -> Reply {
    let limit = number(&parts, "limit", 50)?.min(MOST);
    seat.run(LinkEvents { min_records: number(&parts, "min_records", 2)?, offset: number(&parts, "offset", 0)?, limit }).await
}

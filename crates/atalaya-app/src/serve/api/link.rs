//! Which records report one event: proposals, decisions, and the events they make.

use atalaya::verbs::{LinkDecide, LinkDecisions, LinkEvents, LinkPairs, LinkShow, LinkUndo};
use axum::extract::Query;
use axum::routing::{get, post};
use axum::{Json, Router};

use super::{Parts, needed, number, one};
use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// Events or decisions on one page at most.
const MOST: usize = 500;

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/link", get(proposals))
        .route("/api/v1/link/pair", get(show))
        .route("/api/v1/link/batch", get(show))
        .route("/api/v1/link/decide", post(decide))
        .route("/api/v1/link/undo", post(undo))
        .route("/api/v1/link/decisions", get(decisions))
        .route("/api/v1/link/events", get(events))
}

/// `GET /api/v1/link`: batches, pairs that stand alone, and how many double reports there are.
async fn proposals(seat: Seat, Query(parts): Parts) -> Reply {
    let usual = LinkPairs::default();
    let text = |name: &str| one(&parts, name);
    seat.run(LinkPairs {
        status: text("status").unwrap_or(usual.status),
        kind: text("kind"),
        source: text("source"),
        area: text("area"),
        substance: text("substance"),
        min: number(&parts, "min", usual.min)?,
        offset: number(&parts, "offset", 0)?,
        limit: number(&parts, "limit", 50)?.min(MOST),
        format: None,
        out: None,
    })
    .await
}

/// `GET /api/v1/link/pair`, `GET /api/v1/link/batch`
async fn show(seat: Seat, Query(parts): Parts) -> Reply {
    seat.run(LinkShow { id: needed(&parts, "id")? }).await
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

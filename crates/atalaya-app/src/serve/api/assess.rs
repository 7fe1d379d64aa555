//! How designs and compacts stand, what turned, and a compact's page.

use atalaya::verbs::{Assess, AssessAlerts, AssessCompact, AssessDigest, AssessList, AssessLog};
use axum::extract::Query;
use axum::routing::get;
use axum::{Json, Router};

use super::{Parts, needed, one};
use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// The routes of assessing.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/assess", get(standings).post(assess))
        .route("/api/v1/assess/log", get(log))
        .route("/api/v1/assess/alerts", get(alerts))
        .route("/api/v1/assess/compact", get(compact))
}

/// `GET /api/v1/assess`
async fn standings(seat: Seat) -> Reply {
    seat.run(AssessList {}).await
}

/// `POST /api/v1/assess`
async fn assess(seat: Seat, Json(verb): Json<Assess>) -> Reply {
    seat.run(verb).await
}

/// `GET /api/v1/assess/log`
async fn log(seat: Seat, Query(parts): Parts) -> Reply {
    seat.run(AssessLog { id: needed(&parts, "id")? }).await
}

/// `GET /api/v1/assess/alerts`: all of them, or those since a day.
async fn alerts(seat: Seat, Query(parts): Parts) -> Reply {
    match one(&parts, "since") {
        Some(since) => seat.run(AssessDigest { since }).await,
        None => seat.run(AssessAlerts {}).await,
    }
}

/// `GET /api/v1/assess/compact`
async fn compact(seat: Seat, Query(parts): Parts) -> Reply {
    seat.run(AssessCompact { id: needed(&parts, "id")? }).await
}

//! Rival figures side by side, rulings on findings, and the account of a country.

use atalaya::verbs::{Account, Reconcile, RuleFindings, UndoRuling};
use axum::extract::Query;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::routing::{get, post};
use axum::{Json, Router};

use super::{Parts, needed, number, one};
use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// Findings on one page at most.
const MOST: usize = 500;

/// The routes of reconciling.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/reconcile", get(reconcile))
        .route("/api/v1/reconcile/account", get(account))
        .route("/api/v1/reconcile/rule", post(rule))
        .route("/api/v1/reconcile/undo", post(undo))
}

/// `GET /api/v1/reconcile`
async fn reconcile(seat: Seat, Query(parts): Parts) -> Reply {
    let verb = Reconcile {
        what: one(&parts, "what"),
        area: one(&parts, "area"),
        substance: one(&parts, "substance"),
        from: one(&parts, "from"),
        to: one(&parts, "to"),
        check: one(&parts, "check"),
        base: one(&parts, "base"),
        error: parts.iter().filter(|(k, v)| k == "error" && !v.is_empty()).map(|(_, v)| v.clone()).collect(),
        status: one(&parts, "status"),
        offset: number(&parts, "offset", 0)?,
        limit: number(&parts, "limit", 20)?.min(MOST),
    };
    let mut response = seat.run(verb).await?;
    // Rulings change without a new snapshot.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /api/v1/reconcile/account`
async fn account(seat: Seat, Query(parts): Parts) -> Reply {
    seat.run(Account { area: needed(&parts, "area")?, year: number(&parts, "year", 0)?, purity: one(&parts, "purity") }).await
}

/// `POST /api/v1/reconcile/rule`
async fn rule(seat: Seat, Json(verb): Json<RuleFindings>) -> Reply {
    seat.run(verb).await
}

/// `POST /api/v1/reconcile/undo`
async fn undo(seat: Seat, Json(verb): Json<UndoRuling>) -> Reply {
    seat.run(verb).await
}

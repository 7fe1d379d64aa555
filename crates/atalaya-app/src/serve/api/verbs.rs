//! The verbs, each by `GET` with the parts of the address and by `POST` with its request struct.

use std::fs;
use std::path::{Path, PathBuf};

use atalaya::verbs::{self, Ask, Collect, Diff, Held, Records, Status, Verify};
use atalaya_kernel::{Both, Exit, Problem};
use axum::extract::Query;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::routing::{get, post};
use axum::{Json, Router};

use super::{Parts, ask, json, needed, number, one};
use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// Records on one page at most: all of them are an export.
const MOST_ROWS: usize = 5_000;

/// The routes of the verbs.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/status", get(status).post(post_status))
        .route("/api/v1/coverage", get(coverage))
        .route("/api/v1/facets", get(facets))
        .route("/api/v1/held", get(held).post(post_held))
        .route("/api/v1/query", get(query).post(post_query))
        .route("/api/v1/records", get(records).post(post_records))
        .route("/api/v1/verify", get(verify).post(post_verify))
        .route("/api/v1/diff", get(diff).post(post_diff))
        .route("/api/v1/collect", post(post_collect))
}

/// `GET /api/v1/status`
async fn status(seat: Seat, Query(parts): Parts) -> Reply {
    let quick = one(&parts, "quick").is_some();
    let mut response = seat.run(Status { quick }).await?;
    if !quick {
        // Whether files are whole is looked at each time.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// `POST /api/v1/status`
async fn post_status(seat: Seat, Json(verb): Json<Status>) -> Reply {
    seat.run(verb).await
}

/// `GET /api/v1/coverage`
async fn coverage(seat: Seat, Query(parts): Parts) -> Reply {
    let source = needed(&parts, "source")?;
    Ok(json(seat.with(move |o| verbs::coverage(o, &source)).await?))
}

/// `GET /api/v1/facets`
async fn facets(seat: Seat) -> Reply {
    Ok(json(seat.with(verbs::facets).await?))
}

/// `GET /api/v1/held`
async fn held(seat: Seat, Query(parts): Parts) -> Reply {
    let verb = Held {
        source: needed(&parts, "source")?,
        rule: one(&parts, "rule"),
        vintage: one(&parts, "vintage"),
        offset: number(&parts, "offset", 0)?,
        limit: number(&parts, "limit", 50)?,
        ..Held::default()
    };
    seat.run(verb).await
}

/// `POST /api/v1/held`
async fn post_held(seat: Seat, Json(verb): Json<Held>) -> Reply {
    seat.run(verb).await
}

/// `GET /api/v1/query`
async fn query(seat: Seat, Query(parts): Parts) -> Reply {
    seat.run(ask(&parts)?).await
}

/// `POST /api/v1/query`
async fn post_query(seat: Seat, Json(verb): Json<Ask>) -> Reply {
    seat.run(verb).await
}

/// `GET /api/v1/records`
async fn records(seat: Seat, Query(parts): Parts) -> Reply {
    let limit = number(&parts, "limit", 100)?.min(MOST_ROWS);
    seat.run(Records { ask: ask(&parts)?, offset: number(&parts, "offset", 0)?, limit }).await
}

/// `POST /api/v1/records`
async fn post_records(seat: Seat, Json(verb): Json<Records>) -> Reply {
    seat.run(Records { limit: verb.limit.min(MOST_ROWS), ..verb }).await
}

/// `GET /api/v1/verify`
async fn verify(seat: Seat, Query(parts): Parts) -> Reply {
    seat.run(Verify { figure: needed(&parts, "figure")? }).await
}

/// `POST /api/v1/verify`
async fn post_verify(seat: Seat, Json(verb): Json<Verify>) -> Reply {
    seat.run(verb).await
}

/// `GET /api/v1/diff`
async fn diff(seat: Seat, Query(parts): Parts) -> Reply {
    let verb =
        Diff { source: needed(&parts, "source")?, from: one(&parts, "from"), to: one(&parts, "to"), limit: number(&parts, "limit", 200)? };
    seat.run(verb).await
}

/// `POST /api/v1/diff`
async fn post_diff(seat: Seat, Json(verb): Json<Diff>) -> Reply {
    seat.run(verb).await
}

/// `POST /api/v1/collect`
async fn post_collect(seat: Seat, Json(verb): Json<Collect>) -> Reply {
    let from = verb.from.map(|name| in_inbox(&seat.hall.root, &name)).transpose()?;
    seat.run(Collect { source: verb.source, from }).await
}

/// A file of the observatory's inbox by its plain name: a path that a caller gives never reaches
/// the file system.
fn in_inbox(root: &Path, name: &Path) -> Result<PathBuf, Problem> {
    let plain = name.to_str().filter(|n| !n.starts_with('.') && !n.contains(['/', '\\', '\0', ':']) && !n.is_empty());
    let path = plain.map(|n| root.join("inbox").join(n));
    path.filter(|p| fs::symlink_metadata(p).is_ok_and(|m| m.is_file())).ok_or_else(|| {
        Problem::new(
            "inbox",
            "from",
            Both::new("no file of the inbox has this name", "ningún archivo de la bandeja tiene este nombre"),
            Both::new(
                "name a file that lies in the observatory's inbox folder",
                "nombre un archivo que esté en la carpeta inbox del observatorio",
            ),
        )
        .exits(Exit::Refused)
    })
}

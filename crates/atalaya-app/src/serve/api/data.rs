//! Tables, what changed, key series and the page of one figure.

use atalaya::verbs::{Changes, Figure, Key, Table};
use atalaya_kernel::Lang;
use axum::extract::Query;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::{Parts, all, json, needed, number, one};
use crate::serve::seat::Seat;
use crate::serve::{Refusal, Reply, Shared};

/// The routes of the data pages.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/table", get(table).post(post_table))
        .route("/api/v1/changes", get(changes))
        .route("/api/v1/key", get(key))
        .route("/api/v1/figure", get(figure))
}

/// The table an address asks for. Conditions are not split at commas: a place may have one.
fn asked(parts: &[(String, String)]) -> Result<Table, Refusal> {
    let every = |name: &str| parts.iter().filter(|(k, v)| k == name && !v.is_empty()).map(|(_, v)| v.clone()).collect();
    Ok(Table {
        table: one(parts, "table").unwrap_or_default(),
        conditions: every("where"),
        find: one(parts, "find"),
        sort: one(parts, "sort"),
        facet: all(parts, "facet"),
        columns: all(parts, "columns"),
        offset: number(parts, "offset", 0)?,
        limit: number(parts, "limit", 50)?,
        as_of: one(parts, "as_of").map(|_| number(parts, "as_of", 0)).transpose()?,
        format: one(parts, "format"),
        out: None,
        internal: one(parts, "internal").is_some(),
    })
}

/// The language an address asks for, else the server's.
fn lang(parts: &[(String, String)], seat: &Seat) -> Lang {
    one(parts, "lang").map_or_else(|| seat.lang(), |tag| Lang::from_tag(&tag))
}

/// `GET /api/v1/table`: a page of it, or with `format` all of it as a file.
async fn table(seat: Seat, Query(parts): Parts) -> Reply {
    let verb = asked(&parts)?;
    let lang = lang(&parts, &seat);
    if verb.format.is_some() {
        let file = seat.with(move |observatory| verb.file(observatory, lang)).await?;
        return Ok(attached(&file.name, file.media_type, file.bytes));
    }
    let page = seat
        .act(move |observatory, caller| {
            caller.lang = lang;
            atalaya::Verb::run(&verb, observatory, caller)
        })
        .await?;
    Ok(json(page))
}

/// `POST /api/v1/table`
async fn post_table(seat: Seat, Json(verb): Json<Table>) -> Reply {
    // A request names no file on this machine.
    seat.run(Table { out: None, format: None, ..verb }).await
}

/// `GET /api/v1/changes`
async fn changes(seat: Seat, Query(parts): Parts) -> Reply {
    seat.run(Changes { since: one(&parts, "since"), limit: number(&parts, "limit", 5)? }).await
}

/// `GET /api/v1/key`
async fn key(seat: Seat) -> Reply {
    seat.run(Key {}).await
}

/// `GET /api/v1/figure`
async fn figure(seat: Seat, Query(parts): Parts) -> Reply {
    seat.run(Figure { id: needed(&parts, "id")?, offset: number(&parts, "offset", 0)?, limit: number(&parts, "limit", 20)? }).await
}

/// A file to save.
fn attached(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    // A whole table is not kept in memory for the next reader.
    let mut response = ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-store")], bytes).into_response();
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

//! Bulletins: what there is, making one, and the files that were published.

use atalaya::Verb;
use atalaya::bulletin::published_file;
use atalaya::verbs::{Bulletin, Bulletins};
use atalaya_kernel::{Both, Exit, Problem};
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::json;
use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// The routes of bulletins.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/bulletins", get(bulletins))
        .route("/api/v1/publish/bulletin", post(publish))
        .route("/api/v1/published/{id}/{name}", get(published))
}

/// `GET /api/v1/bulletins`
async fn bulletins(seat: Seat) -> Reply {
    seat.run(Bulletin::default()).await
}

/// What may be asked for over HTTP: no folder of the machine, and no signature.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    id: String,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    new: bool,
    #[serde(default)]
    check: bool,
}

/// `POST /api/v1/publish/bulletin`
async fn publish(seat: Seat, Json(order): Json<Order>) -> Reply {
    let Order { id, languages, new, check } = order;
    let verb = Bulletin { id: Some(id), languages, new, check, ..Bulletin::default() };
    let done = seat.act(move |observatory, caller| verb.run(observatory, caller)).await?;
    // Where files lie on this machine is nobody's concern: they are fetched by name.
    Ok(json(match done {
        Bulletins::Made(mut made) => {
            made.files = made.manifest.files.iter().map(|f| f.name.clone().into()).collect();
            Bulletins::Made(made)
        }
        Bulletins::Started { texts, id } => {
            Bulletins::Started { texts: texts.iter().filter_map(|f| f.file_name()).map(Into::into).collect(), id }
        }
        listed @ Bulletins::Listed { .. } => listed,
    }))
}

/// `GET /api/v1/published/{id}/{name}`
async fn published(seat: Seat, Path((id, name)): Path<(String, String)>) -> Reply {
    let (mime, bytes) = seat.with(move |observatory| published_file(observatory, &id, &name)).await?;
    let mime = header::HeaderValue::from_str(&mime).map_err(|_| {
        Problem::new("unknown-published", "", Both::new("its type is not known", "su tipo no se conoce"), Both::default()).exits(Exit::No)
    })?;
    Ok(([(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache"))], bytes).into_response())
}

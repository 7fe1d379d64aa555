//! Evaluations: what was asked, what was found, its drawings, its appendix and its folder.

use atalaya::Verb;
use atalaya::evaluate::{evaluation, evaluations, zipped};
use atalaya::verbs::{EvaluateAppendix, EvaluateDraw, EvaluateFolder};
use atalaya_kernel::{Both, Exit, Lang, Problem};
use axum::Router;
use axum::extract::Query;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;

use super::{Parts, json, needed, number, one};
use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// The whole folder as one file.
const WHOLE: &str = "folder.zip";

/// The routes of evaluations.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/evaluations", get(list))
        .route("/api/v1/evaluations/one", get(show))
        .route("/api/v1/evaluations/drawing", get(drawing))
        .route("/api/v1/evaluations/appendix", get(appendix))
        .route("/api/v1/evaluations/file", get(file))
}

/// `GET /api/v1/evaluations`
async fn list(seat: Seat) -> Reply {
    Ok(json(seat.act(|observatory, caller| evaluations(observatory, caller)).await?))
}

/// `GET /api/v1/evaluations/one`
async fn show(seat: Seat, Query(parts): Parts) -> Reply {
    let id = needed(&parts, "id")?;
    Ok(json(seat.act(move |observatory, caller| evaluation(observatory, &id, caller)).await?))
}

/// `GET /api/v1/evaluations/drawing`
async fn drawing(seat: Seat, Query(parts): Parts) -> Reply {
    let format = one(&parts, "format").unwrap_or_else(|| "json".into());
    let verb = EvaluateDraw {
        id: needed(&parts, "id")?,
        what: one(&parts, "what"),
        width: one(&parts, "width").map(|_| number(&parts, "width", 800)).transpose()?,
        theme: one(&parts, "theme"),
        // The picture is in the JSON as well: a second copy of it is not made.
        format: Some(if format == "json" { "svg".into() } else { format.clone() }),
        out: None,
    };
    let lang = one(&parts, "lang").map(|tag| Lang::from_tag(&tag));
    let drawn = seat
        .act(move |observatory, caller| {
            caller.lang = lang.unwrap_or(caller.lang);
            verb.run(observatory, caller)
        })
        .await?;
    match drawn.file {
        Some(file) if format != "json" => Ok(attached(&file.name, file.media_type, file.bytes)),
        _ => Ok(json(drawn)),
    }
}

/// `GET /api/v1/evaluations/appendix`
async fn appendix(seat: Seat, Query(parts): Parts) -> Reply {
    let verb = EvaluateAppendix { id: needed(&parts, "id")? };
    let lang = one(&parts, "lang").map(|tag| Lang::from_tag(&tag));
    let text = seat
        .act(move |observatory, caller| {
            caller.lang = lang.unwrap_or(caller.lang);
            verb.run(observatory, caller)
        })
        .await?;
    Ok(json(text))
}

/// `GET /api/v1/evaluations/file`
async fn file(seat: Seat, Query(parts): Parts) -> Reply {
    let (id, name) = (needed(&parts, "id")?, needed(&parts, "name")?);
    let verb = EvaluateFolder { id: id.clone(), out: None };
    let mut files = seat.act(move |observatory, caller| verb.files(observatory, caller)).await?;
    if name == WHOLE {
        return Ok(attached(&format!("{id}.zip"), "application/zip", zipped(&id, &files)?));
    }
    // Only names that the folder has: no path of a caller reaches the disk.
    let bytes = files.remove(&name).ok_or_else(|| {
        Problem::new(
            "unknown-file",
            "name",
            Both::new("the folder of this evaluation has no such file", "la carpeta de esta evaluación no tiene ese archivo"),
            Both::new("MANIFEST lists them", "MANIFEST los enumera"),
        )
        .exits(Exit::No)
    })?;
    let short = name.rsplit('/').next().unwrap_or(&name);
    Ok(attached(short, media_type(short), bytes))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("csv") => "text/csv; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "text/plain; charset=utf-8",
    }
}

fn attached(name: &str, media_type: &'static str, bytes: Vec<u8>) -> axum::response::Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, media_type.to_string()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

//! Files in and out of the browser: one taken in, drafted, its recipe kept and collected with
//! progress; an answer handed on as csv or xlsx.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use atalaya::Caller;
use atalaya::observatory::Progress;
use atalaya::verbs::{self, Choices, Export, MAX_INBOX_BYTES};
use atalaya_kernel::{Both, Exit, Lang, Problem, both};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Extension, Query};
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json as object;

use super::{Parts, ask, json, needed, number, one};
use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// How far the files being read have come, by name.
#[derive(Clone, Default)]
struct Pace(Arc<Mutex<BTreeMap<String, u64>>>);

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/draft", post(draft).layer(DefaultBodyLimit::max(MAX_INBOX_BYTES)))
        .route("/api/v1/draft/again", post(again))
        .route("/api/v1/recipe", get(recipe).post(save))
        .route("/api/v1/shape", get(shape))
        .route("/api/v1/codes", get(codes))
        .route("/api/v1/load", get(progress).post(load))
        .route("/api/v1/query/file", get(answer))
        .layer(Extension(Pace::default()))
}

/// `POST /api/v1/draft?name=FILE`, the file as the body.
async fn draft(seat: Seat, Query(parts): Parts, body: Result<Bytes, BytesRejection>) -> Reply {
    let name = needed(&parts, "name")?;
    let bytes = body.map_err(|_| too_large(&name))?;
    Ok(json(seat.act(move |observatory, _| verbs::arrive(observatory, &name, &bytes)).await?))
}

fn too_large(name: &str) -> Problem {
    let most = MAX_INBOX_BYTES / 1024 / 1024;
    Problem::new(
        "too-large",
        atalaya_kernel::both::shown(name),
        both!("more than {most} MB, or cut off on its way", "más de {most} MB, o se cortó en el camino"),
        Both::new(
            "put it on this computer and read it with: atalaya collect SOURCE --from FILE",
            "póngalo en esta computadora y léalo con: atalaya collect FUENTE --from ARCHIVO",
        ),
    )
    .exits(Exit::Usage)
}

/// Drafting again with what a person said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    file: String,
    id: String,
    #[serde(default)]
    said: Choices,
}

/// `POST /api/v1/draft/again`
async fn again(seat: Seat, Json(Again { file, id, said }): Json<Again>) -> Reply {
    Ok(json(seat.act(move |observatory, _| verbs::redraft(observatory, &file, &id, &said)).await?))
}

/// `GET /api/v1/recipe?source=ID`
async fn recipe(seat: Seat, Query(parts): Parts) -> Reply {
    let source = needed(&parts, "source")?;
    let text = seat.act(move |observatory, _| verbs::recipe_text(observatory, &source)).await?;
    Ok(json(object!({ "recipe": text })))
}

/// A recipe to keep.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keep {
    recipe: String,
    file: String,
}

/// `POST /api/v1/recipe`
async fn save(seat: Seat, Json(Keep { recipe, file }): Json<Keep>) -> Reply {
    Ok(json(seat.act(move |observatory, _| verbs::save_recipe(observatory, &recipe, &file)).await?))
}

/// `GET /api/v1/shape?source=ID&file=FILE`
async fn shape(seat: Seat, Query(parts): Parts) -> Reply {
    let (source, file) = (needed(&parts, "source")?, needed(&parts, "file")?);
    Ok(json(seat.act(move |observatory, _| verbs::shape_of(observatory, &source, &file)).await?))
}

/// `GET /api/v1/codes?list=area&find=TEXT`
async fn codes(_seat: Seat, Query(parts): Parts) -> Reply {
    let limit = number(&parts, "limit", 20_usize)?.min(100);
    Ok(json(verbs::codes(&needed(&parts, "list")?, &one(&parts, "find").unwrap_or_default(), limit)?))
}

/// `GET /api/v1/query/file?format=csv|xlsx|json|parquet&…`: the answer of a query, to save.
async fn answer(seat: Seat, Query(parts): Parts) -> Reply {
    let export = Export { ask: ask(&parts)?, format: Some(one(&parts, "format").unwrap_or_else(|| "csv".into())), ..Export::default() };
    let lang = one(&parts, "lang").map_or_else(|| seat.lang(), |tag| Lang::from_tag(&tag));
    let file = seat
        .act(move |observatory, caller| {
            caller.lang = lang;
            export.file(observatory, caller)
        })
        .await?;
    // The name is made of plain letters, digits and hyphens.
    let disposition = format!("attachment; filename=\"{}\"", file.name);
    Ok(([(header::CONTENT_TYPE, file.media_type.to_string()), (header::CONTENT_DISPOSITION, disposition)], file.bytes).into_response())
}

/// A file of the inbox to collect.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Load {
    source: String,
    file: String,
}

/// `POST /api/v1/load`
async fn load(seat: Seat, Extension(pace): Extension<Pace>, Json(Load { source, file }): Json<Load>) -> Reply {
    let key = file.clone();
    let mut steps = Steps { pace: pace.clone(), key: key.clone() };
    let done = seat
        .act(move |observatory, caller| {
            let mut caller =
                Caller { now: caller.now.clone(), who: caller.who.clone(), lang: caller.lang, progress: &mut steps, pace: caller.pace };
            verbs::load(observatory, &mut caller, &source, &file)
        })
        .await;
    pace.set(&key, None);
    Ok(json(done?))
}

/// `GET /api/v1/load?file=FILE`: rows read so far, `null` while none is being read.
async fn progress(_seat: Seat, Extension(pace): Extension<Pace>, Query(parts): Parts) -> Reply {
    let rows = pace.0.lock().unwrap_or_else(PoisonError::into_inner).get(&needed(&parts, "file")?).copied();
    Ok(json(object!({ "rows": rows })))
}

impl Pace {
    fn set(&self, file: &str, rows: Option<u64>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match rows {
            Some(rows) => all.insert(file.to_string(), rows),
            None => all.remove(file),
        };
    }
}

/// Writes down how far a reading has come.
struct Steps {
    pace: Pace,
    key: String,
}

impl Progress for Steps {
    fn at(&mut self, _what: &str, rows: u64) {
        self.pace.set(&self.key, Some(rows));
    }
    fn done(&mut self, _what: &str) {}
}

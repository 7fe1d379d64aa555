//! One function a route: parse, call, answer. See `docs/api.md`.

use atalaya::verbs::{self, Ask, Collect, Diff, Held, Records, Status, Verify};
use atalaya::{Caller, Observatory, Quiet, Verb};
use atalaya_kernel::{Both, Problem, both};
use axum::Json;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use serde::Serialize;

use super::{Reply, Shared, with};
use crate::clock;

/// The parts of an address's question, in order.
type Parts = Query<Vec<(String, String)>>;

/// Runs a verb for the browser's user.
async fn run<V>(shared: &Shared, verb: V) -> Reply
where
    V: Verb + Send + 'static,
    V::Outcome: Send + 'static,
{
    let lang = shared.lang;
    let outcome = with(shared, move |observatory: &mut Observatory| {
        let mut quiet = Quiet;
        verb.run(
            observatory,
            &mut Caller { now: clock::now(), who: "analyst".into(), lang, progress: &mut quiet, pace: &clock::Ticking::new() },
        )
    })
    .await?;
    Ok(json(outcome))
}

fn json<T: Serialize>(outcome: T) -> axum::response::Response {
    Json(outcome).into_response()
}

/// All values of a name, comma lists split.
fn all(parts: &[(String, String)], name: &str) -> Vec<String> {
    let values = parts.iter().filter(|(k, _)| k == name).flat_map(|(_, v)| v.split(','));
    values.map(str::trim).filter(|v| !v.is_empty()).map(str::to_string).collect()
}

/// The first value of a name.
fn one(parts: &[(String, String)], name: &str) -> Option<String> {
    parts.iter().find(|(k, v)| k == name && !v.is_empty()).map(|(_, v)| v.clone())
}

/// A number; `default` if it is not given.
fn number<T: std::str::FromStr>(parts: &[(String, String)], name: &str, default: T) -> Result<T, Problem> {
    match one(parts, name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .map_err(|_| Problem::new("number", name, both!("{text:?} is not a number", "{text:?} no es un número"), Both::default())),
    }
}

fn ask(parts: &[(String, String)]) -> Result<Ask, Problem> {
    let as_of = one(parts, "as_of").map(|_| number(parts, "as_of", 0)).transpose()?;
    Ok(Ask {
        what: one(parts, "what").unwrap_or_else(|| "seizures".into()),
        substance: all(parts, "substance"),
        area: all(parts, "area"),
        source: all(parts, "source"),
        by: all(parts, "by"),
        from: one(parts, "from"),
        to: one(parts, "to"),
        level: one(parts, "level"),
        without: all(parts, "without"),
        as_of,
    })
}

fn needed(parts: &[(String, String)], name: &str) -> Result<String, Problem> {
    one(parts, name).ok_or_else(|| Problem::new("parameter", name, both!("`{name}` is needed", "falta `{name}`"), Both::default()))
}

/// `GET /api/v1/status`
pub async fn status(State(shared): State<Shared>, Query(parts): Parts) -> Reply {
    run(&shared, Status { quick: one(&parts, "quick").is_some() }).await
}

/// `POST /api/v1/status`
pub async fn post_status(State(shared): State<Shared>, Json(verb): Json<Status>) -> Reply {
    run(&shared, verb).await
}

/// `GET /api/v1/coverage`
pub async fn coverage(State(shared): State<Shared>, Query(parts): Parts) -> Reply {
    let source = needed(&parts, "source")?;
    Ok(json(with(&shared, move |o| verbs::coverage(o, &source)).await?))
}

/// `GET /api/v1/facets`
pub async fn facets(State(shared): State<Shared>) -> Reply {
    Ok(json(with(&shared, verbs::facets).await?))
}

/// `GET /api/v1/held`
pub async fn held(State(shared): State<Shared>, Query(parts): Parts) -> Reply {
    let verb = Held {
        source: needed(&parts, "source")?,
        rule: one(&parts, "rule"),
        vintage: one(&parts, "vintage"),
        offset: number(&parts, "offset", 0)?,
        limit: number(&parts, "limit", 50)?,
        ..Held::default()
    };
    run(&shared, verb).await
}

/// `POST /api/v1/held`
pub async fn post_held(State(shared): State<Shared>, Json(verb): Json<Held>) -> Reply {
    run(&shared, verb).await
}

/// `GET /api/v1/query`
pub async fn query(State(shared): State<Shared>, Query(parts): Parts) -> Reply {
    run(&shared, ask(&parts)?).await
}

/// `POST /api/v1/query`
pub async fn post_query(State(shared): State<Shared>, Json(verb): Json<Ask>) -> Reply {
    run(&shared, verb).await
}

/// `GET /api/v1/records`
pub async fn records(State(shared): State<Shared>, Query(parts): Parts) -> Reply {
    run(&shared, Records { ask: ask(&parts)?, offset: number(&parts, "offset", 0)?, limit: number(&parts, "limit", 100)? }).await
}

/// `POST /api/v1/records`
pub async fn post_records(State(shared): State<Shared>, Json(verb): Json<Records>) -> Reply {
    run(&shared, verb).await
}

/// `GET /api/v1/verify`
pub async fn verify(State(shared): State<Shared>, Query(parts): Parts) -> Reply {
    run(&shared, Verify { figure: needed(&parts, "figure")? }).await
}

/// `POST /api/v1/verify`
pub async fn post_verify(State(shared): State<Shared>, Json(verb): Json<Verify>) -> Reply {
    run(&shared, verb).await
}

/// `GET /api/v1/diff`
pub async fn diff(State(shared): State<Shared>, Query(parts): Parts) -> Reply {
    let verb =
        Diff { source: needed(&parts, "source")?, from: one(&parts, "from"), to: one(&parts, "to"), limit: number(&parts, "limit", 200)? };
    run(&shared, verb).await
}

/// `POST /api/v1/diff`
pub async fn post_diff(State(shared): State<Shared>, Json(verb): Json<Diff>) -> Reply {
    run(&shared, verb).await
}

/// `POST /api/v1/collect`
pub async fn post_collect(State(shared): State<Shared>, Json(verb): Json<Collect>) -> Reply {
    run(&shared, verb).await
}

//! The HTTP API: one file a group of routes, one function a route: parse, call, answer.
//! See `docs/api.md`.

use atalaya::verbs::Ask;
use atalaya_kernel::{Both, Problem, both};
use axum::Router;
use axum::extract::Query;
use axum::response::IntoResponse;
use serde::Serialize;

use super::Shared;

mod account;
mod assess;
mod bulletins;
mod chart;
mod data;
mod drawing;
mod evaluate;
mod geometry;
mod link;
mod load;
mod publish;
mod reconcile;
mod routes;
pub mod table;
mod verbs;

/// Every route of the API. Each is also a line of [`table::ROUTES`], which says who may use it.
pub fn routes() -> Router<Shared> {
    let pages = data::routes()
        .merge(assess::routes())
        .merge(bulletins::routes())
        .merge(chart::routes())
        .merge(drawing::routes())
        .merge(evaluate::routes())
        .merge(geometry::routes())
        .merge(link::routes())
        .merge(load::routes())
        .merge(publish::routes())
        .merge(reconcile::routes())
        .merge(routes::routes());
    verbs::routes().merge(account::routes()).merge(pages)
}

/// The parts of an address's question, in order.
pub type Parts = Query<Vec<(String, String)>>;

/// An outcome as JSON.
pub fn json<T: Serialize>(outcome: T) -> axum::response::Response {
    axum::Json(outcome).into_response()
}

/// All values of a name, comma lists split.
pub fn all(parts: &[(String, String)], name: &str) -> Vec<String> {
    let values = parts.iter().filter(|(k, _)| k == name).flat_map(|(_, v)| v.split(','));
    values.map(str::trim).filter(|v| !v.is_empty()).map(str::to_string).collect()
}

/// The first value of a name.
pub fn one(parts: &[(String, String)], name: &str) -> Option<String> {
    parts.iter().find(|(k, v)| k == name && !v.is_empty()).map(|(_, v)| v.clone())
}

/// A number; `default` if it is not given.
pub fn number<T: std::str::FromStr>(parts: &[(String, String)], name: &str, default: T) -> Result<T, Problem> {
    match one(parts, name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .map_err(|_| Problem::new("number", name, both!("{text:?} is not a number", "{text:?} no es un número"), Both::default())),
    }
}

/// The question an address asks.
pub fn ask(parts: &[(String, String)]) -> Result<Ask, Problem> {
    let as_of = one(parts, "as_of").map(|_| number(parts, "as_of", 0)).transpose()?;
    let links = one(parts, "links").map(|_| number(parts, "links", 0)).transpose()?;
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
        links,
    })
}

/// The first value of a name that must be there.
pub fn needed(parts: &[(String, String)], name: &str) -> Result<String, Problem> {
    one(parts, name).ok_or_else(|| Problem::new("parameter", name, both!("`{name}` is needed", "falta `{name}`"), Both::default()))
}

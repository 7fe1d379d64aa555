//! Routes between places: the atlas, and the records behind one of its links.

use atalaya::verbs::{RoutesAtlas, RoutesRecords};
use axum::Router;
use axum::extract::Query;
use axum::routing::get;

use super::{Parts, all, needed, number, one};
use crate::serve::seat::Seat;
use crate::serve::{Refusal, Reply, Shared};

/// Draws at most: more are for the command line.
const MOST_DRAWS: usize = 1_000;
/// Records on one page at most.
const MOST_ROWS: usize = 5_000;

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new().route("/api/v1/routes", get(atlas)).route("/api/v1/routes/records", get(records))
}

/// The atlas an address asks for. It names no file of this machine.
pub(super) fn asked(parts: &[(String, String)]) -> Result<RoutesAtlas, Refusal> {
    Ok(RoutesAtlas {
        group: one(parts, "group").unwrap_or_default(),
        method: one(parts, "method").unwrap_or_default(),
        links: all(parts, "links"),
        min_kg: one(parts, "min_kg"),
        from: one(parts, "from"),
        to: one(parts, "to"),
        checks: all(parts, "checks"),
        repeats_from_kg: one(parts, "repeats_from_kg").unwrap_or_default(),
        not_in: all(parts, "not_in"),
        transport: parts.iter().filter(|(k, v)| k == "transport" && !v.is_empty()).map(|(_, v)| v.clone()).collect(),
        source: all(parts, "source"),
        places: one(parts, "places").unwrap_or_default(),
        unit_demand: one(parts, "unit_demand").is_some(),
        draws: number(parts, "draws", 0)?.min(MOST_DRAWS),
        seed: number(parts, "seed", 1)?,
        ..RoutesAtlas::default()
    })
}

/// `GET /api/v1/routes`
async fn atlas(seat: Seat, Query(parts): Parts) -> Reply {
    seat.run(asked(&parts)?).await
}

/// `GET /api/v1/routes/records`
async fn records(seat: Seat, Query(parts): Parts) -> Reply {
    let verb = RoutesRecords {
        from_place: needed(&parts, "from_place")?,
        to_place: needed(&parts, "to_place")?,
        year: one(&parts, "year").map(|_| number(&parts, "year", 0)).transpose()?,
        offset: number(&parts, "offset", 0)?,
        limit: number(&parts, "limit", 100)?.min(MOST_ROWS),
        ask: asked(&parts)?,
    };
    seat.run(verb).await
}

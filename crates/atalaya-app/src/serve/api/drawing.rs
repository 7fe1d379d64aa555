//! Routes drawn, and one country in sentences.

use atalaya::Verb;
use atalaya::verbs::{RoutesCountry, RoutesDraw};
use atalaya_kernel::Lang;
use axum::Router;
use axum::extract::Query;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;

use super::routes::asked;
use super::{Parts, json, needed, number, one};
use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new().route("/api/v1/routes/drawing", get(drawing)).route("/api/v1/routes/country", get(country))
}

/// `GET /api/v1/routes/drawing`
async fn drawing(seat: Seat, Query(parts): Parts) -> Reply {
    let format = one(&parts, "format").unwrap_or_else(|| "json".into());
    let verb = RoutesDraw {
        ask: asked(&parts)?,
        what: one(&parts, "what").unwrap_or_default(),
        area: one(&parts, "area"),
        year: one(&parts, "year").map(|_| number(&parts, "year", 0)).transpose()?,
        most: number(&parts, "most", 0)?,
        width: one(&parts, "width").map(|_| number(&parts, "width", 900)).transpose()?,
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
        Some(file) if format != "json" => {
            let name = format!("attachment; filename=\"{}\"", file.name);
            Ok(([(CONTENT_TYPE, file.media_type.to_string()), (CONTENT_DISPOSITION, name)], file.bytes).into_response())
        }
        _ => Ok(json(drawn)),
    }
}

/// `GET /api/v1/routes/country`
async fn country(seat: Seat, Query(parts): Parts) -> Reply {
    seat.run(RoutesCountry { area: needed(&parts, "area")?, ask: asked(&parts)? }).await
}

//! `GET /api/v1/chart`: the answer to a question, drawn.

use atalaya::Verb;
use atalaya::verbs::Draw;
use atalaya_kernel::Lang;
use axum::Router;
use axum::extract::Query;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;

use super::{Parts, ask, json, number, one};
use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// The routes of charts.
pub fn routes() -> Router<Shared> {
    Router::new().route("/api/v1/chart", get(chart))
}

/// `GET /api/v1/chart`
async fn chart(seat: Seat, Query(parts): Parts) -> Reply {
    let format = one(&parts, "format").unwrap_or_else(|| "json".into());
    let verb = Draw {
        ask: ask(&parts)?,
        kind: one(&parts, "kind"),
        value: one(&parts, "value"),
        year: one(&parts, "year"),
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
        Some(file) if format != "json" => {
            let name = format!("attachment; filename=\"{}\"", file.name);
            Ok(([(CONTENT_TYPE, file.media_type.to_string()), (CONTENT_DISPOSITION, name)], file.bytes).into_response())
        }
        _ => Ok(json(drawn)),
    }
}

//! National tables and the static site: written below `published/` of the observatory.

use std::path::PathBuf;

use atalaya::Verb;
use atalaya::verbs::{PublishSite, PublishTables};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;

use super::json;
use crate::serve::seat::Seat;
use crate::serve::{Reply, Shared};

/// The routes of publishing beside bulletins.
pub fn routes() -> Router<Shared> {
    Router::new().route("/api/v1/publish/tables", post(tables)).route("/api/v1/publish/site", post(site))
}

/// What may be asked for over HTTP: no folder of the machine.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    area: String,
    year: String,
    #[serde(default)]
    modules: Vec<String>,
    threshold: Option<u32>,
}

/// `POST /api/v1/publish/tables`
async fn tables(seat: Seat, Json(order): Json<Tables>) -> Reply {
    let usual = PublishTables::default();
    let Tables { area, year, modules, threshold } = order;
    let verb = PublishTables { area, year, modules, threshold: threshold.unwrap_or(usual.threshold), ..usual };
    let mut done = seat.act(move |observatory, caller| verb.run(observatory, caller)).await?;
    // Where files lie on this machine is nobody's concern: they are fetched by folder and name.
    let two: Vec<_> = done.file.components().rev().take(2).collect();
    done.file = two.into_iter().rev().collect::<PathBuf>();
    Ok(json(done))
}

/// For whom the site is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    tlp: Option<String>,
}

/// `POST /api/v1/publish/site`
async fn site(seat: Seat, Json(Site { tlp }): Json<Site>) -> Reply {
    let verb = PublishSite { tlp, out: None };
    let mut done = seat.act(move |observatory, caller| verb.run(observatory, caller)).await?;
    done.folder = done.folder.components().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect();
    Ok(json(done))
}

//! The page: tables as csv, xlsx, Parquet, JSON, Data Package and SDMX-CSV; charts as svg and png.
//!
//! A [`Table`] comes in with everything a reader must know about it; [`export()`] writes it in one of
//! the [`FORMATS`], and [`render`] gives the same bytes without touching a disk. The same table
//! gives the same bytes, today and in ten years: nothing here reads a clock.

// A problem carries its sentences in both languages: an export that fails fails once.
#![allow(clippy::result_large_err)]

pub mod arq;
pub mod bulletin;
pub mod chart;
mod check;
mod defuse;
pub mod export;
mod network;
mod place;
pub mod publication;
mod said;
pub mod sdmx;
pub mod site;
mod table;

pub use defuse::{DEFUSED, defuse, restore};
pub use export::{FORMATS, Format, FormatRow, Piece, export, export_geojson, render};
pub use network::export_network;
pub use table::{About, Field, FieldKind, SourceNote, Table};

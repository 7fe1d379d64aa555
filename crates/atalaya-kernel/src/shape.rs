//! Shapes of areas: rings of longitude and latitude. Where they come from stands beside them.

use serde::{Deserialize, Serialize};

use crate::Both;

mod outlines;
mod weigh;

pub use outlines::{Corner, Outline, Outlines};

/// A ring of `[longitude, latitude]` in degrees (WGS 84); the first point is not repeated.
pub type Ring = Vec<[f64; 2]>;

/// The outline of one area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// The area's code, as the list of areas has it: `PE`, `ubigeo:150101`, `divipola:05001`;
    /// empty for land that has none there.
    pub area: String,
    /// Its polygons, each an outer ring and then its holes.
    pub polygons: Vec<Vec<Ring>>,
}

/// Outlines of one level, with their source.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Shapes {
    /// Its id: `world`, `peru-districts`.
    pub id: String,
    /// The level its areas have: `country`, `admin1`, `admin2`, `admin3`.
    pub level: String,
    /// What the borders are and who drew them; stands under every map.
    pub source: Both,
    /// On what terms they may be used.
    pub licence: String,
    /// The outlines, by code.
    pub shapes: Vec<Shape>,
}

//! Outlines of areas: GeoJSON read under caps, matched to the list of areas, and the countries of
//! the world that come with the program.

mod geojson;
mod matching;
mod ring;
mod world;

pub use geojson::{Feature, MAX_FEATURES, MAX_GEOMETRY, MAX_POINTS, read};
pub use matching::{Matched, Reading, Sureness, match_areas};
pub use world::{pack, unpack, world};

use atalaya_kernel::shape::Ring;

/// West, south, east and north of rings, in degrees; `None` where there is no point.
pub fn bounds<'a>(rings: impl IntoIterator<Item = &'a Ring>) -> Option<[f64; 4]> {
    let mut points = rings.into_iter().flatten();
    let first = points.next()?;
    Some(points.fold([first[0], first[1], first[0], first[1]], |b, p| [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]))
}

//! Where a country is drawn on a map of flows: the centre of its largest piece of land.

use std::collections::BTreeMap;

use atalaya_kernel::area::areas;
use atalaya_kernel::shape::{Ring, Shapes};
use atalaya_methods::routes::gravity::great_circle_km;

use crate::geometry::world;

/// As far as half the countries of the world are from each other.
const FAR_KM: f64 = 8_000.0;

/// Kilometres between two places, by position; those that lie nowhere are far.
pub(crate) fn distances(names: &[String]) -> impl Fn(usize, usize) -> f64 + use<> {
    let codes: Vec<&str> = names.iter().map(String::as_str).collect();
    let centres = centres(&world().shapes, &codes);
    let middles: Vec<Option<[f64; 2]>> = codes.iter().map(|c| centres.get(*c).copied()).collect();
    move |a: usize, b: usize| match (middles[a], middles[b]) {
        (Some(a), Some(b)) => great_circle_km((a[1], a[0]), (b[1], b[0])),
        _ => FAR_KM,
    }
}

/// Longitude and latitude of countries: of those with an outline its centre, of the others the
/// mean of their neighbours in the same part of a continent.
pub(crate) fn centres(shapes: &Shapes, codes: &[&str]) -> BTreeMap<String, [f64; 2]> {
    let drawn: BTreeMap<&str, [f64; 2]> = shapes
        .shapes
        .iter()
        .filter_map(|shape| {
            let largest = shape.polygons.iter().filter_map(|rings| centre(rings.first()?)).max_by(|a, b| a.0.total_cmp(&b.0));
            largest.map(|(_, at)| (shape.area.as_str(), at))
        })
        .collect();
    let beside = |code: &str| {
        let parent = areas().get(code)?.parent?;
        let near: Vec<[f64; 2]> = areas().children(parent).iter().filter_map(|a| drawn.get(a.code)).copied().collect();
        let n = near.len() as f64;
        (!near.is_empty()).then(|| [0, 1].map(|axis| near.iter().map(|p| p[axis]).sum::<f64>() / n))
    };
    codes.iter().filter_map(|code| Some((code.to_string(), drawn.get(code).copied().or_else(|| beside(code))?))).collect()
}

/// Area and centre of a ring, in degrees; `None` of what has no area.
fn centre(ring: &Ring) -> Option<(f64, [f64; 2])> {
    let (mut doubled, mut x, mut y) = (0.0, 0.0, 0.0);
    for (at, a) in ring.iter().enumerate() {
        let b = ring[(at + 1) % ring.len()];
        let cross = a[0] * b[1] - b[0] * a[1];
        doubled += cross;
        x += (a[0] + b[0]) * cross;
        y += (a[1] + b[1]) * cross;
    }
    (doubled.abs() > 1e-12).then(|| (doubled.abs() / 2.0, [x / (3.0 * doubled), y / (3.0 * doubled)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_lie_where_they_should() {
        let found = centres(&world().shapes, &["PE", "ES", "LC"]);
        let near = |code: &str, [lon, lat]: [f64; 2], degrees: f64| {
            let at = found[code];
            assert!((at[0] - lon).hypot(at[1] - lat) < degrees, "{code}: {at:?}");
        };
        near("PE", [-74.4, -9.2], 1.0);
        near("ES", [-3.6, 40.3], 1.0);
        near("LC", [-61.0, 13.9], 15.0);
    }
}

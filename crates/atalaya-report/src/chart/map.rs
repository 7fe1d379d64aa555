//! Areas coloured by class.

use super::stage::{Piece, Stage};
use super::{Bar, Bars, Body, ChartKind, MapBody, bars};

/// The row of maps.
pub const KIND: ChartKind = ChartKind {
    id: "map",
    label: ("Map", "Mapa"),
    draw: |body, stage| if let Body::Map(map) = body { draw(map, stage) } else { Piece::default() },
    say: |body, stage| if let Body::Map(map) = body { say(map, stage) } else { String::new() },
};

/// Draws the areas of a map.
pub fn draw(map: &MapBody, stage: &Stage<'_>) -> Piece {
    // Without outlines the values are shown by size.
    bars::draw(&by_size(map), stage)
}

/// The key of a map, drawn once over several small maps.
pub fn legend(_map: &MapBody, _stage: &Stage<'_>) -> Option<Piece> {
    None
}

/// The class limits for the values of all years drawn: equally many values in each of five
/// classes.
pub fn limits(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite() && *v > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |share: usize| sorted.get((sorted.len() * share / 5).min(sorted.len().saturating_sub(1))).copied();
    let mut limits: Vec<f64> = (1..5).filter_map(at).collect();
    limits.dedup();
    limits
}

/// What a map shows, in words.
pub fn say(map: &MapBody, stage: &Stage<'_>) -> String {
    bars::say(&by_size(map), stage)
}

fn by_size(map: &MapBody) -> Bars {
    let mut bars: Vec<Bar> = map.values.iter().map(|v| Bar { name: v.name.clone(), point: v.point.clone() }).collect();
    let size = |bar: &Bar| bar.point.value.as_ref().and_then(|v| v.parse::<f64>().ok()).unwrap_or(f64::NEG_INFINITY);
    bars.sort_by(|a, b| size(b).total_cmp(&size(a)));
    Bars { bars }
}

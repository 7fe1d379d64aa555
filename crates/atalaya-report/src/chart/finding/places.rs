//! Exposure and effect by place: two maps of the same ground.

use atalaya_kernel::Both;
use serde::Serialize;

use super::super::map;
use super::super::stage::{Piece, Stage};
use super::super::svg::Svg;
use super::super::text::Type;
use super::super::{AreaValue, MapBody, key};

const HEAD: Type = Type::bold(14.0);
const GAP: f64 = 26.0;
/// Areas past which, without outlines, only the largest are named.
const MOST: usize = 20;

/// Exposure and effect by place.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Places {
    /// How exposed each place is.
    pub exposure: MapBody,
    /// In what unit.
    pub exposure_unit: Both,
    /// The change of each place against what would have been.
    pub effect: MapBody,
    /// In what unit.
    pub effect_unit: Both,
}

/// Draws both maps, beside each other where there is room.
pub fn draw(places: &Places, stage: &Stage<'_>) -> Piece {
    let parts = [
        (stage.say("Exposure", "Exposición"), &places.exposure, &places.exposure_unit),
        (stage.say("Change against what would have been", "Cambio frente a lo que habría sido"), &places.effect, &places.effect_unit),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|(_, map, _)| !map.values.is_empty()).collect();
    let columns = if stage.width >= 640.0 { parts.len().max(1) } else { 1 };
    let width = (stage.width - GAP * (columns - 1) as f64) / columns as f64;
    let mut svg = Svg::new();
    let (mut top, mut tall) = (0.0, 0.0_f64);
    for (at, (head, body, unit)) in parts.iter().enumerate() {
        let column = at % columns;
        if column == 0 {
            top += tall;
            tall = 0.0;
        }
        let piece = one(head, body, &Stage { width, unit, ..*stage });
        svg.place(column as f64 * (width + GAP), top, &piece.svg);
        tall = tall.max(piece.height + 12.0);
    }
    Piece { svg, height: top + tall }
}

/// A heading and a map; bars of the largest where there are no outlines.
fn one(head: &str, body: &MapBody, stage: &Stage<'_>) -> Piece {
    let mut svg = Svg::new();
    // The key of a map says the unit; bars have no key.
    let unit = stage.unit.in_lang(stage.lang);
    let head = if outlined(body) || unit.is_empty() { head.to_string() } else { format!("{head} ({unit})") };
    let lines = HEAD.wrap(&head, stage.width);
    let y = svg.paragraph(0.0, HEAD.size, HEAD, stage.ink.ink, &lines) - HEAD.size + 4.0;
    let (few, left) = if outlined(body) { (body.clone(), 0) } else { largest(body) };
    let piece = map::draw(&few, stage);
    svg.place(0.0, y, &piece.svg);
    let said = atalaya_kernel::both!("and {left} more places, with smaller values", "y {left} lugares más, con valores menores");
    let notes = if left > 0 { vec![said.in_lang(stage.lang).to_string()] } else { Vec::new() };
    let height = key::notes(&mut svg, stage, &notes, y + piece.height);
    Piece { svg, height }
}

/// Whether any value has an outline.
fn outlined(body: &MapBody) -> bool {
    let has = |v: &AreaValue| body.outlines.iter().any(|o| o.level == body.level && o.areas.iter().any(|a| a.area == v.area));
    body.values.iter().any(has)
}

/// The largest values by size, and how many are left out.
fn largest(body: &MapBody) -> (MapBody, usize) {
    let size = |v: &AreaValue| v.point.value.as_ref().and_then(|t| t.parse::<f64>().ok()).map_or(-1.0, f64::abs);
    let mut values = body.values.clone();
    values.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.area.cmp(&b.area)));
    let left = values.len().saturating_sub(MOST);
    values.truncate(MOST);
    (MapBody { values, outlines: Vec::new(), ..body.clone() }, left)
}

/// What the maps show, in words.
pub fn say(places: &Places, stage: &Stage<'_>) -> String {
    let part = |head: &str, body: &MapBody| format!("{head}: {}", map::say(&largest(body).0, stage));
    [
        part(stage.say("Exposure", "Exposición"), &places.exposure),
        part(stage.say("Change against what would have been", "Cambio frente a lo que habría sido"), &places.effect),
    ]
    .join(". ")
}

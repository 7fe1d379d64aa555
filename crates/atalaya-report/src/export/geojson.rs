//! GeoJSON (RFC 7946): a feature a row, with the outline of its area where there is one.
//!
//! An area without an outline has a null geometry and is never left out. Outer rings run
//! counter-clockwise, holes clockwise, coordinates have six decimals. Decimals are numbers here,
//! because maps are coloured by them; the figure's id beside them leads to the exact text.

use std::collections::BTreeMap;

use atalaya_kernel::shape::{Ring, Shapes};
use atalaya_kernel::{Both, Lang, Problem};
use serde_json::{Map, Value, json};

use super::{Piece, json_file};
use crate::table::{Facts, FieldKind, Table};

/// `NAME.geojson` without outlines.
pub(super) fn make(table: &Table, lang: Lang, name: &str) -> Result<Vec<Piece>, Problem> {
    geojson(table, &[], lang, name)
}

/// `NAME.geojson`: the rows of a table with the outlines of their areas, those of the first
/// shapes that have them.
///
/// # Errors
/// `export-failed`.
pub fn geojson(table: &Table, shapes: &[&Shapes], lang: Lang, name: &str) -> Result<Vec<Piece>, Problem> {
    let area = table.column("area");
    let mut outlines: BTreeMap<&str, (usize, &Vec<Vec<Ring>>)> = BTreeMap::new();
    for (at, shapes) in shapes.iter().enumerate() {
        for shape in shapes.shapes.iter().filter(|s| !s.area.is_empty()) {
            outlines.entry(&shape.area).or_insert((at, &shape.polygons));
        }
    }
    let mut used = vec![false; shapes.len()];
    let mut features = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let code = area.and_then(|at| row[at].as_deref()).unwrap_or("");
        let geometry = outlines.get(code).map_or(Value::Null, |(at, polygons)| {
            used[*at] = true;
            json!({ "type": "MultiPolygon", "coordinates": polygons.iter().map(|rings| polygon(rings)).collect::<Vec<_>>() })
        });
        features.push(json!({ "type": "Feature", "properties": properties(table, row, code, lang), "geometry": geometry }));
    }
    let drawn = shapes.iter().zip(&used).filter(|(_, used)| **used);
    let outlines: Vec<Value> = drawn.map(|(s, _)| json!({ "id": s.id, "source": s.source, "licence": s.licence })).collect();
    let document = json!({
        "type": "FeatureCollection",
        "about": Facts::of(table),
        "outlines": outlines,
        "features": features,
    });
    Ok(vec![json_file(name, &document)?])
}

fn properties(table: &Table, row: &[Option<String>], code: &str, lang: Lang) -> Map<String, Value> {
    let mut out = Map::new();
    for (field, cell) in table.columns.iter().zip(row) {
        let value = match (cell, field.kind) {
            (None, _) => Value::Null,
            (Some(text), FieldKind::Count | FieldKind::Decimal) => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.clone())),
            (Some(text), _) => Value::from(text.clone()),
        };
        out.insert(field.id.clone(), value);
    }
    if let Some(name) = table.meaning("area", code) {
        out.insert("area_name".into(), Value::from(name.in_lang(lang)));
    }
    let sources: Vec<&str> = table.about.sources.iter().map(|s| s.producer.as_str()).collect();
    out.entry("producer").or_insert_with(|| Value::from(sources.join("; ")));
    if let Some(label) = &table.about.label {
        out.insert("label".into(), Value::from(label.tlp.as_str()));
    }
    out
}

/// A polygon's rings: closed, the outer one counter-clockwise, the holes clockwise.
fn polygon(rings: &[Ring]) -> Vec<Vec<[f64; 2]>> {
    let six = |v: f64| (v * 1e6).round() / 1e6;
    let turn = |(at, ring): (usize, &Ring)| {
        let mut points: Vec<[f64; 2]> = ring.iter().map(|p| p.map(six)).collect();
        if (doubled(&points) > 0.0) != (at == 0) {
            points.reverse();
        }
        points.extend(points.first().copied());
        points
    };
    rings.iter().enumerate().filter(|(_, r)| r.len() > 2).map(turn).collect()
}

/// Twice the area of a ring in square degrees, positive where it runs counter-clockwise.
fn doubled(ring: &[[f64; 2]]) -> f64 {
    let next = |at: usize| ring[(at + 1) % ring.len()];
    ring.iter().enumerate().map(|(at, p)| p[0] * next(at)[1] - next(at)[0] * p[1]).sum()
}

/// Refused before anything is written: nothing of such a table can be put on a map.
pub(super) fn no_area(name: &str) -> Problem {
    Problem::new(
        "geojson-no-area",
        name,
        Both::new(
            "this table is not by area, so nothing of it can be put on a map",
            "esta tabla no es por área, así que nada puede ponerse en un mapa",
        ),
        Both::new("ask for it with --by area", "pídala con --by area"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_are_closed_and_turn_as_the_standard_says() {
        let clockwise: Ring = vec![[0.0, 0.0], [0.0, 3.0], [3.0, 3.0], [3.0, 0.0]];
        let hole: Ring = vec![[1.0, 1.0], [2.0, 1.0], [2.0, 2.000_000_04], [1.0, 2.0]];
        let got = polygon(&[clockwise, hole]);
        assert!(doubled(&got[0]) > 0.0 && doubled(&got[1]) < 0.0, "{got:?}");
        assert!(got.iter().all(|r| r.first() == r.last() && r.len() == 5));
        assert!(got[1].contains(&[2.0, 2.0]), "six decimals");
    }
}

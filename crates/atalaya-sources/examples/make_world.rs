//! Packs the countries of the world: `data/world-50m.bin` out of the TopoJSON of world-atlas.
//!
//! `npm pack world-atlas@2.0.2`, then
//! `cargo run -p atalaya-sources --example make_world -- package/countries-50m.json`
//!
//! Codes are ours by way of M49; polygons across the antimeridian are cut there; the overseas
//! departments that Natural Earth draws as France, the Caribbean Netherlands and Svalbard get the
//! codes ISO 3166 gives them. Land without a code in the list of areas keeps an empty one.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::shape::{Outlines, Ring, Shape, Shapes};
use atalaya_sources::geometry::{bounds, pack, unpack};
use serde_json::Value;

/// Steps a degree of the packed file.
const STEPS: f64 = 500.0;

/// Parts with a code of their own: drawn as, ours, west, south, east, north.
const PARTS: [(&str, &str, [f64; 4]); 11] = [
    ("FR", "GF", [-55.0, 1.5, -51.0, 6.5]),
    ("FR", "GP", [-62.0, 15.75, -60.9, 16.7]),
    ("FR", "MQ", [-61.4, 14.3, -60.6, 15.0]),
    ("FR", "RE", [55.0, -21.6, 56.0, -20.7]),
    ("FR", "YT", [44.8, -13.2, 45.5, -12.5]),
    ("NL", "BQ", [-69.0, 11.9, -62.5, 17.8]),
    ("NO", "SJ", [-10.0, 70.5, -7.0, 71.5]),
    ("NO", "SJ", [9.0, 74.0, 36.0, 82.0]),
    ("NO", "BV", [3.0, -55.0, 4.0, -54.0]),
    ("", "CX", [105.0, -11.0, 106.0, -10.0]),
    ("", "CC", [96.0, -13.0, 97.5, -11.0]),
];

type Fault = Box<dyn std::error::Error>;

fn main() -> Result<(), Fault> {
    let path = std::env::args().nth(1).ok_or("usage: make_world countries-50m.json")?;
    let topology: Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let arcs = arcs(&topology).ok_or("no arcs")?;
    let mut by_code: BTreeMap<String, Vec<Vec<Ring>>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for country in topology["objects"]["countries"]["geometries"].as_array().ok_or("no countries")? {
        let name = country["properties"]["name"].as_str().unwrap_or("");
        let code = country["id"].as_str().and_then(by_m49).or_else(|| (name == "Kosovo").then_some("XK")).unwrap_or("");
        if code.is_empty() {
            unknown.push(name);
        }
        for polygon in polygons(country, &arcs) {
            for piece in cut(&polygon) {
                by_code.entry(part(code, &piece).into()).or_default().push(piece);
            }
        }
    }
    let shapes = by_code.into_iter().map(|(area, polygons)| Shape { area, polygons }).collect();
    let shapes = Shapes { shapes, ..Shapes::default() };
    let packed = pack(&Outlines::of(&shapes));
    let kept = unpack(&packed).ok_or("the pack does not open")?;
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/world-50m.bin");
    std::fs::write(&out, &packed)?;
    let without: Vec<&str> = areas()
        .iter()
        .filter(|a| a.level == Level::Country && a.valid_to.is_none() && !kept.iter().any(|s| s.area == a.code))
        .map(|a| a.code)
        .collect();
    let bytes = packed.len();
    writeln!(std::io::stdout(), "{} shapes, {bytes} bytes\nno outline: {without:?}\nno code: {unknown:?}", kept.len())?;
    Ok(())
}

fn by_m49(id: &str) -> Option<&'static str> {
    areas().iter().find(|a| a.m49 == Some(id) && a.level == Level::Country).map(|a| a.code)
}

fn part(code: &'static str, polygon: &[Ring]) -> &'static str {
    let Some([west, south, east, north]) = bounds(polygon) else { return code };
    let within = |b: &[f64; 4]| west >= b[0] && south >= b[1] && east <= b[2] && north <= b[3];
    PARTS.iter().find(|(from, _, bounds)| *from == code && within(bounds)).map_or(code, |(_, to, _)| to)
}

/// The arcs of a quantised topology, in degrees on our grid.
fn arcs(topology: &Value) -> Option<Vec<Ring>> {
    let pair = |v: &Value| Some([v[0].as_f64()?, v[1].as_f64()?]);
    let (scale, from) = (pair(&topology["transform"]["scale"])?, pair(&topology["transform"]["translate"])?);
    let mut out = Vec::new();
    for arc in topology["arcs"].as_array()? {
        let mut at = [0.0; 2];
        let mut ring = Ring::new();
        for step in arc.as_array()? {
            let step = pair(step)?;
            at = [at[0] + step[0], at[1] + step[1]];
            ring.push([0, 1].map(|i| ((at[i] * scale[i] + from[i]) * STEPS).round() / STEPS));
        }
        out.push(ring);
    }
    Some(out)
}

fn polygons(geometry: &Value, arcs: &[Ring]) -> Vec<Vec<Ring>> {
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    let ring = |refs: &Value| -> Ring {
        let mut out = Ring::new();
        for at in list(refs).iter().filter_map(Value::as_i64) {
            let arc = &arcs[(if at < 0 { !at } else { at }) as usize];
            if at < 0 {
                out.extend(arc.iter().rev())
            } else {
                out.extend(arc)
            }
            out.pop();
        }
        out
    };
    let polygon = |rings: &Value| -> Vec<Ring> { list(rings).iter().map(ring).collect() };
    match geometry["type"].as_str() {
        Some("Polygon") => vec![polygon(&geometry["arcs"])],
        Some("MultiPolygon") => list(&geometry["arcs"]).iter().map(polygon).collect(),
        _ => Vec::new(),
    }
}

/// A polygon cut at the antimeridian, where it crosses it.
fn cut(polygon: &[Ring]) -> Vec<Vec<Ring>> {
    let rings: Vec<Ring> = polygon.iter().map(|r| unroll(r)).collect();
    let Some([west, _, east, _]) = bounds(&rings) else { return Vec::new() };
    if west >= -180.0 && east <= 180.0 {
        return vec![rings];
    }
    let mut out = Vec::new();
    for turn in -1..=1 {
        let shift = f64::from(turn) * 360.0;
        let window: Vec<Ring> = rings
            .iter()
            .map(|ring| {
                let moved: Ring = ring.iter().map(|p| [p[0] - shift, p[1]]).collect();
                clip(&clip(&moved, -180.0, 1.0), 180.0, -1.0)
            })
            .filter(|ring| bounds([ring]).is_some_and(|b| b[2] - b[0] > 1e-9))
            .collect();
        if !window.is_empty() {
            out.push(window);
        }
    }
    out
}

/// Longitudes without jumps; a ring around a pole goes down to it at both ends.
fn unroll(ring: &[[f64; 2]]) -> Ring {
    let mut out = Ring::new();
    let mut turn = 0.0;
    for (at, point) in ring.iter().enumerate() {
        if at > 0 {
            let step = point[0] - ring[at - 1][0];
            turn += if step > 180.0 {
                -360.0
            } else if step < -180.0 {
                360.0
            } else {
                0.0
            };
        }
        out.push([point[0] + turn, point[1]]);
    }
    let (first, last) = (out[0], out[out.len() - 1]);
    let step = ring[0][0] - ring[ring.len() - 1][0];
    let closing = turn
        + if step > 180.0 {
            -360.0
        } else if step < -180.0 {
            360.0
        } else {
            0.0
        };
    if closing != 0.0 {
        let pole = if first[1] < 0.0 { -90.0 } else { 90.0 };
        out.extend([[first[0] + closing, first[1]], [last[0].max(first[0] + closing), pole], [first[0], pole]]);
    }
    out
}

/// The part of a ring on one side of a meridian (Sutherland & Hodgman 1974).
fn clip(ring: &[[f64; 2]], at: f64, side: f64) -> Ring {
    let inside = |p: &[f64; 2]| (p[0] - at) * side >= 0.0;
    let mut out = Ring::new();
    for (i, b) in ring.iter().enumerate() {
        let a = &ring[(i + ring.len() - 1) % ring.len()];
        if inside(a) != inside(b) {
            let y = a[1] + (b[1] - a[1]) * (at - a[0]) / (b[0] - a[0]);
            out.push([at, (y * STEPS).round() / STEPS]);
        }
        if inside(b) {
            out.push(*b);
        }
    }
    out
}

//! The countries of the world, packed: borders once, as steps from point to point.
//!
//! Natural Earth 1:50 million (public domain), by way of the npm package world-atlas 2.0.2 (ISC),
//! packed by `cargo run -p atalaya-sources --example make_world -- countries-50m.json`.

use std::sync::OnceLock;

use atalaya_kernel::Both;
use atalaya_kernel::shape::{Outlines, Ring, Shape, Shapes};

/// Steps a degree: a step is about 220 m at the equator.
pub const STEPS: f64 = 500.0;
const MARK: &[u8; 4] = b"ATW1";
const WORLD: &[u8] = include_bytes!("../../data/world-50m.bin");

/// The outlines of the world's countries and territories.
pub fn world() -> &'static Shapes {
    static SHAPES: OnceLock<Shapes> = OnceLock::new();
    // The file is part of the program; a test reads it.
    SHAPES.get_or_init(|| Shapes {
        id: "world".into(),
        level: "country".into(),
        source: Both::new(
            "Natural Earth 1:50 million; borders as drawn there, which implies no opinion on any territory",
            "Natural Earth 1:50 millones; fronteras como allí se trazan, sin que implique opinión sobre ningún territorio",
        ),
        licence: "public domain".into(),
        shapes: unpack(WORLD).unwrap_or_default(),
    })
}

/// Packs outlines whose points lie on the grid of [`STEPS`].
pub fn pack(outlines: &Outlines) -> Vec<u8> {
    let mut out = MARK.to_vec();
    put(&mut out, outlines.arcs.len() as u64);
    for arc in &outlines.arcs {
        put(&mut out, arc.len() as u64);
        let mut last = [0_i64; 2];
        for corner in arc {
            for (axis, last) in last.iter_mut().enumerate() {
                let now = (corner.at[axis] * STEPS).round() as i64;
                put(&mut out, zigzag(now - *last));
                *last = now;
            }
        }
    }
    put(&mut out, outlines.areas.len() as u64);
    for area in &outlines.areas {
        put(&mut out, area.area.len() as u64);
        out.extend_from_slice(area.area.as_bytes());
        put(&mut out, area.polygons.len() as u64);
        for rings in &area.polygons {
            put(&mut out, rings.len() as u64);
            for arcs in rings {
                put(&mut out, arcs.len() as u64);
                arcs.iter().for_each(|arc| put(&mut out, zigzag(i64::from(*arc))));
            }
        }
    }
    out
}

/// The shapes of a pack; `None` where it is cut off or no pack.
pub fn unpack(bytes: &[u8]) -> Option<Vec<Shape>> {
    let mut bytes = bytes.strip_prefix(MARK)?;
    let n = take(&mut bytes)?;
    let mut arcs: Vec<Ring> = Vec::new();
    for _ in 0..n {
        let points = take(&mut bytes)?;
        let mut last = [0_i64; 2];
        let mut arc = Ring::new();
        for _ in 0..points {
            for last in &mut last {
                *last = last.checked_add(unzigzag(take(&mut bytes)?))?;
            }
            arc.push(last.map(|steps| steps as f64 / STEPS));
        }
        arcs.push(arc);
    }
    let mut shapes = Vec::new();
    for _ in 0..take(&mut bytes)? {
        let length = take(&mut bytes)? as usize;
        let area = std::str::from_utf8(bytes.get(..length)?).ok()?.to_string();
        bytes = bytes.get(length..)?;
        let mut polygons = Vec::new();
        for _ in 0..take(&mut bytes)? {
            let mut rings = Vec::new();
            for _ in 0..take(&mut bytes)? {
                rings.push(ring(&arcs, &mut bytes)?);
            }
            polygons.push(rings);
        }
        shapes.push(Shape { area, polygons });
    }
    bytes.is_empty().then_some(shapes)
}

fn ring(arcs: &[Ring], bytes: &mut &[u8]) -> Option<Ring> {
    let mut out = Ring::new();
    for _ in 0..take(bytes)? {
        let at = unzigzag(take(bytes)?);
        let arc = arcs.get(usize::try_from(if at < 0 { !at } else { at }).ok()?)?;
        if at < 0 {
            out.extend(arc.iter().rev())
        } else {
            out.extend(arc)
        }
        out.pop();
    }
    Some(out)
}

fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)) as u64
}

fn unzigzag(n: u64) -> i64 {
    (n >> 1) as i64 ^ -((n & 1) as i64)
}

/// Seven bits a byte, the low ones first.
fn put(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut out = 0_u64;
    for shift in (0..63).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        out |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(out);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again_and_what_is_cut_off_does_not() {
        let ring: Ring = vec![[-75.002, -12.5], [-70.0, 0.002], [179.998, 89.998]];
        let shapes = vec![Shape { area: "PE".into(), polygons: vec![vec![ring]] }];
        let packed = pack(&Outlines::of(&Shapes { shapes: shapes.clone(), ..Shapes::default() }));
        let out = unpack(&packed).unwrap();
        assert_eq!(out[0].area, "PE");
        let mut got = out[0].polygons[0][0].clone();
        let mut wanted = shapes[0].polygons[0][0].clone();
        got.sort_by(|a, b| a[0].total_cmp(&b[0]));
        wanted.sort_by(|a, b| a[0].total_cmp(&b[0]));
        assert_eq!(got, wanted);
        assert!((0..packed.len()).all(|cut| unpack(&packed[..cut]).is_none()));
    }
}

//! Outlines whose borders are kept once: neighbours share an arc, so that it is thinned the same
//! way for both and no gap opens between them.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::weigh::weigh;
use super::{Ring, Shapes};
use crate::Both;

/// Steps a degree: six decimals, about a tenth of a metre.
const STEPS: f64 = 1e6;

type Spot = (i32, i32);

/// A point of a border and how much it matters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corner {
    /// Longitude and latitude in degrees.
    pub at: [f64; 2],
    /// Area the border loses without it, in square degrees at the equator; endless for the ends
    /// of an arc, which are never left out.
    pub weight: f64,
}

/// Where an area's borders run.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// The area's code; empty where the list of areas has none.
    pub area: String,
    /// Polygons, each an outer ring and then its holes; a ring is a list of arcs, `!i` for arc
    /// `i` run backwards.
    pub polygons: Vec<Vec<Vec<i32>>>,
}

/// The outlines of one level, ready to be drawn at any size.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outlines {
    /// Its id.
    pub id: String,
    /// The level its areas have.
    pub level: String,
    /// What the borders are and who drew them.
    pub source: Both,
    /// On what terms they may be used.
    pub licence: String,
    /// The borders, each once.
    pub arcs: Vec<Vec<Corner>>,
    /// The areas, in the order of the file.
    pub areas: Vec<Outline>,
}

impl Outlines {
    /// Finds the borders that areas share and weighs every point of them. O(n log n) for n points.
    pub fn of(shapes: &Shapes) -> Outlines {
        let mut cutter = Cutter::new(shapes);
        let polygons = |cutter: &mut Cutter, polygons: &[Vec<Ring>]| {
            polygons.iter().map(|rings| rings.iter().map(|ring| cutter.cut(&snap(ring))).collect()).collect()
        };
        let areas = shapes.shapes.iter().map(|s| Outline { area: s.area.clone(), polygons: polygons(&mut cutter, &s.polygons) }).collect();
        let arcs = cutter.arcs.iter().map(|arc| weigh(&arc.iter().map(degrees).collect::<Vec<_>>())).collect();
        Outlines {
            id: shapes.id.clone(),
            level: shapes.level.clone(),
            source: shapes.source.clone(),
            licence: shapes.licence.clone(),
            arcs,
            areas,
        }
    }

    /// The points of a ring that weigh at least `least`, the first not repeated.
    pub fn ring(&self, arcs: &[i32], least: f64) -> Ring {
        let mut out: Ring = Vec::new();
        for &at in arcs {
            let arc = &self.arcs[(if at < 0 { !at } else { at }) as usize];
            let kept = arc.iter().filter(|c| c.weight >= least).map(|c| c.at);
            // The last point of an arc is the first of the next.
            if at < 0 {
                out.extend(kept.rev())
            } else {
                out.extend(kept)
            }
            out.pop();
        }
        out
    }

    /// How many points its borders have, each border once.
    pub fn points(&self) -> usize {
        self.arcs.iter().map(Vec::len).sum()
    }
}

fn degrees(spot: &Spot) -> [f64; 2] {
    [f64::from(spot.0) / STEPS, f64::from(spot.1) / STEPS]
}

/// A ring on the grid, without repeated points.
fn snap(ring: &Ring) -> Vec<Spot> {
    let mut out: Vec<Spot> = ring.iter().map(|p| ((p[0] * STEPS).round() as i32, (p[1] * STEPS).round() as i32)).collect();
    out.dedup();
    while out.len() > 1 && out.first() == out.last() {
        out.pop();
    }
    out
}

/// Cuts rings where borders meet, and keeps each piece once.
struct Cutter {
    /// The two neighbours of a point; equal to the point itself where borders meet.
    meets: HashMap<Spot, (Spot, Spot), FixedState>,
    known: HashMap<Vec<Spot>, i32, FixedState>,
    arcs: Vec<Vec<Spot>>,
}

impl Cutter {
    fn new(shapes: &Shapes) -> Cutter {
        let mut meets: HashMap<Spot, (Spot, Spot), FixedState> = HashMap::default();
        for ring in shapes.shapes.iter().flat_map(|s| &s.polygons).flatten() {
            let ring = snap(ring);
            let n = ring.len();
            for at in 0..n {
                let (before, here, after) = (ring[(at + n - 1) % n], ring[at], ring[(at + 1) % n]);
                let pair = (before.min(after), before.max(after));
                let seen = meets.entry(here).or_insert(pair);
                if *seen != pair {
                    *seen = (here, here);
                }
            }
        }
        Cutter { meets, known: HashMap::default(), arcs: Vec::new() }
    }

    fn is_meeting(&self, spot: Spot) -> bool {
        self.meets.get(&spot).is_some_and(|pair| *pair == (spot, spot))
    }

    /// The arcs of a ring, in order.
    fn cut(&mut self, ring: &[Spot]) -> Vec<i32> {
        if ring.is_empty() {
            return Vec::new();
        }
        // A ring without a meeting is one arc, begun at its least point so that a hole and the
        // area in it are the same arc.
        let least = || ring.iter().enumerate().min_by_key(|(_, spot)| **spot).map_or(0, |(at, _)| at);
        let start = ring.iter().position(|s| self.is_meeting(*s)).unwrap_or_else(least);
        let mut out = Vec::new();
        let mut piece = vec![ring[start]];
        for step in 1..=ring.len() {
            let spot = ring[(start + step) % ring.len()];
            piece.push(spot);
            if step == ring.len() || self.is_meeting(spot) {
                out.push(self.keep(std::mem::replace(&mut piece, vec![spot])));
            }
        }
        out
    }

    fn keep(&mut self, mut piece: Vec<Spot>) -> i32 {
        let backwards = piece.iter().rev().lt(piece.iter());
        if backwards {
            piece.reverse();
        }
        let next = self.arcs.len() as i32;
        let at = *self.known.entry(piece).or_insert_with_key(|piece| {
            self.arcs.push(piece.clone());
            next
        });
        if backwards { !at } else { at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Shape;

    fn of(rings: &[&[[f64; 2]]]) -> Outlines {
        let shape = |(at, ring): (usize, &&[[f64; 2]])| Shape { area: format!("a{at}"), polygons: vec![vec![ring.to_vec()]] };
        Outlines::of(&Shapes { shapes: rings.iter().enumerate().map(shape).collect(), ..Shapes::default() })
    }

    #[test]
    fn neighbours_share_their_border_once() {
        let left = [[0.0, 0.0], [1.0, 0.0], [1.1, 0.5], [1.0, 1.0], [0.0, 1.0]];
        let right = [[1.0, 0.0], [2.0, 0.0], [2.0, 1.0], [1.0, 1.0], [1.1, 0.5]];
        let outlines = of(&[&left, &right]);
        assert_eq!(outlines.arcs.len(), 3);
        let [a, b] = [0, 1].map(|at| &outlines.areas[at].polygons[0][0]);
        let shared: Vec<&i32> = a.iter().filter(|arc| b.contains(&!**arc)).collect();
        assert_eq!(shared.len(), 1, "{a:?} {b:?}");
        assert_eq!(outlines.ring(a, 0.0).len(), left.len());
        // Thinned as far as it goes, both sides still end at the same two points.
        let [a, b] = [a, b].map(|ring| outlines.ring(ring, 1e9));
        assert!(a.contains(&[1.0, 0.0]) && b.contains(&[1.0, 0.0]) && !a.contains(&[1.1, 0.5]) && !b.contains(&[1.1, 0.5]));
    }

    #[test]
    fn a_hole_and_the_area_in_it_are_one_arc() {
        let hole = [[1.0, 1.0], [1.0, 2.0], [2.0, 2.0], [2.0, 1.0]];
        let inner = [[2.0, 2.0], [1.0, 2.0], [1.0, 1.0], [2.0, 1.0]];
        let around = vec![vec![vec![[0.0, 0.0], [3.0, 0.0], [3.0, 3.0], [0.0, 3.0]], hole.to_vec()]];
        let shapes = vec![Shape { area: "a".into(), polygons: around }, Shape { area: "b".into(), polygons: vec![vec![inner.to_vec()]] }];
        let outlines = Outlines::of(&Shapes { shapes, ..Shapes::default() });
        assert_eq!(outlines.arcs.len(), 2);
    }
}

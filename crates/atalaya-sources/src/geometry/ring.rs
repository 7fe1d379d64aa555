//! One ring: closed, in range, of at least three points, and not across itself.

use atalaya_kernel::shape::Ring;
use atalaya_kernel::{Both, Problem, both};

use super::geojson::Advice;
use crate::format::refused;

/// Most pairs of edges looked at for one ring: an honest coastline needs a fraction of it.
const MAX_PAIRS: u64 = 40_000_000;

/// Refuses what is no ring.
///
/// # Errors
/// `geometry-range`, `geometry-ring`, `geometry-crossing`.
pub(super) fn check(ring: &Ring, place: &str) -> Result<(), Problem> {
    for (at, point) in ring.iter().enumerate() {
        in_range(*point, &format!("{place} point {}", at + 1))?;
    }
    if ring.len() < 4 || ring.first() != ring.last() {
        let found = if ring.len() < 4 {
            Both::new("a ring of fewer than four points", "un anillo de menos de cuatro puntos")
        } else {
            Both::new("a ring that does not end where it begins", "un anillo que no termina donde empieza")
        };
        return Err(refused("geometry-ring", place, found).todo(
            "close it at its origin: the last point must be the first one again",
            "ciérrelo en su origen: el último punto debe repetir el primero",
        ));
    }
    // An edge along a pole joins both ends of the antimeridian.
    let around = |w: &[[f64; 2]]| (w[0][0] - w[1][0]).abs() > 180.0 && w.iter().any(|p| p[0].abs() < 180.0);
    if let Some(at) = ring.windows(2).position(around) {
        let found = Both::new("an edge runs around the world", "un borde da la vuelta al mundo");
        return Err(refused("geometry-ring", &format!("{place} point {}", at + 1), found).todo(
            "cut it at the antimeridian, as RFC 7946 section 3.1.9 says",
            "córtelo en el antimeridiano, como dice RFC 7946 sección 3.1.9",
        ));
    }
    match crossing(ring) {
        Ok(None) => Ok(()),
        Ok(Some((a, b))) => Err(refused(
            "geometry-crossing",
            place,
            both!("the ring crosses itself: edge {a} and edge {b}", "el anillo se cruza a sí mismo: borde {a} y borde {b}"),
        )
        .todo(
            "mend it at its origin, for example with “fix geometries” of QGIS",
            "repárelo en su origen, por ejemplo con «corregir geometrías» de QGIS",
        )),
        Err(()) => Err(refused(
            "geometry-too-large",
            place,
            Both::new("the ring is too tangled to be checked", "el anillo es demasiado enredado para revisarlo"),
        )
        .todo("thin it out first, for example with mapshaper", "simplifíquelo antes, por ejemplo con mapshaper")),
    }
}

/// A ring without its repeated last point.
pub(super) fn open(mut ring: Ring) -> Ring {
    ring.pop();
    ring
}

fn in_range([x, y]: [f64; 2], place: &str) -> Result<(), Problem> {
    if x.is_finite() && y.is_finite() && (-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y) {
        return Ok(());
    }
    let swapped = (-90.0..=90.0).contains(&x) && (-180.0..=180.0).contains(&y);
    let (en, es) = if swapped {
        (
            "longitude and latitude look swapped: write longitude first",
            "parece que longitud y latitud están invertidas: escriba primero la longitud",
        )
    } else {
        (
            "export it again in WGS 84 (EPSG:4326), in degrees, longitude first",
            "expórtelo de nuevo en WGS 84 (EPSG:4326), en grados, primero la longitud",
        )
    };
    Err(refused("geometry-range", place, both!("{x}, {y} is no place in degrees", "{x}, {y} no es un lugar en grados")).todo(en, es))
}

/// The numbers, from 1, of two edges that cross; an error when there are too many to look at.
fn crossing(ring: &Ring) -> Result<Option<(usize, usize)>, ()> {
    let mut edges: Vec<(f64, f64, usize)> =
        ring.windows(2).enumerate().map(|(at, w)| (w[0][0].min(w[1][0]), w[0][0].max(w[1][0]), at)).collect();
    edges.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    let mut looked = 0_u64;
    for (at, (_, end, i)) in edges.iter().enumerate() {
        for (start, _, j) in &edges[at + 1..] {
            if start > end {
                break;
            }
            looked += 1;
            if looked > MAX_PAIRS {
                return Err(());
            }
            if cross([ring[*i], ring[i + 1]], [ring[*j], ring[j + 1]]) {
                return Ok(Some((i.min(j) + 1, i.max(j) + 1)));
            }
        }
    }
    Ok(None)
}

/// Whether two edges cross within both; to touch is not to cross.
fn cross([a, b]: [[f64; 2]; 2], [c, d]: [[f64; 2]; 2]) -> bool {
    let side = |p: [f64; 2], q: [f64; 2], r: [f64; 2]| (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
    // Sides nearer than this to nothing are the rounding of the file's digits.
    let opposite = |x: f64, y: f64| x.abs() > 1e-12 && y.abs() > 1e-12 && (x > 0.0) != (y > 0.0);
    opposite(side(a, b, c), side(a, b, d)) && opposite(side(c, d, a), side(c, d, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(points: &[[f64; 2]]) -> String {
        check(&points.to_vec(), "t").map_or_else(|p| p.id, |()| "fine".into())
    }

    #[test]
    fn a_ring_is_closed_in_range_and_does_not_cross_itself() {
        assert_eq!(id(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]), "fine");
        assert_eq!(id(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), "geometry-ring");
        assert_eq!(id(&[[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]), "geometry-ring");
        assert_eq!(id(&[[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]), "geometry-crossing");
        assert_eq!(id(&[[0.0, 0.0], [1e9, 0.0], [0.0, 1.0], [0.0, 0.0]]), "geometry-range");
        assert_eq!(id(&[[170.0, 0.0], [-170.0, 0.0], [-170.0, 1.0], [170.0, 0.0]]), "geometry-ring");
        // Two loops that touch in a point are drawn alike by everyone.
        assert_eq!(id(&[[0.0, 0.0], [1.0, 1.0], [2.0, 0.0], [2.0, 2.0], [1.0, 1.0], [0.0, 2.0], [0.0, 0.0]]), "fine");
    }

    #[test]
    fn swapped_coordinates_are_named() {
        let problem = check(&vec![[-12.0, -99.0], [0.0, 0.0], [1.0, 1.0], [-12.0, -99.0]], "t").unwrap_err();
        assert!(problem.todo.en.contains("swapped"), "{problem}");
    }

    #[test]
    fn a_tangle_ends() {
        let zigzag: Ring = (0..20_001).map(|i| [if i % 2 == 0 { 0.0 } else { 1.0 }, f64::from(i) / 1000.0]).collect();
        let mut ring = zigzag;
        ring.push([2.0, 10.0]);
        ring.push(ring[0]);
        assert!(matches!(id(&ring).as_str(), "geometry-too-large" | "geometry-crossing"));
    }
}

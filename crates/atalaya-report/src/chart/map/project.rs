//! Equal-area projections: areas on the page compare as areas on the ground.
//!
//! # Answers
//! Where on the page does a place lie, so that an area twice as large is drawn twice as large?
//!
//! # Source
//! World: Šavrič, Patterson & Jenny (2018), The Equal Earth map projection, International Journal
//! of Geographical Information Science 33(3), 454-465, equations 2 to 10. Country or region:
//! Snyder (1987), Map Projections: A Working Manual, USGS Professional Paper 1395, pages 182-190,
//! Lambert azimuthal equal-area, equations 24-2 to 24-4. The ellipsoid is carried over to the
//! sphere of the same area by the authalic latitude, Snyder equations 3-11 and 3-12.
//!
//! # Assumes
//! WGS 84 degrees.
//!
//! # Shapes and units
//! `[longitude, latitude]` in degrees to `[x, y]` in radii of the authalic sphere (6,371,007 m),
//! `y` to the north.
//!
//! # Cost
//! O(1) a point: one logarithm and a few sines.
//!
//! # Does not
//! Keep shapes or directions; place the point opposite to the centre of the azimuthal one; turn
//! the page back into degrees.
//!
//! # Checked by
//! `equal_earth_has_the_published_extent`, `lambert_meets_snyders_example`,
//! `areas_are_kept_everywhere`.

use atalaya_kernel::{Both, both};

/// First eccentricity of WGS 84, squared.
const E2: f64 = 0.006_694_379_990_14;

/// How the round earth is laid flat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Projection {
    /// Equal Earth about Greenwich.
    EqualEarth,
    /// Lambert azimuthal equal-area about a point in degrees.
    Lambert {
        /// Longitude of the middle.
        lon: f64,
        /// Latitude of the middle.
        lat: f64,
    },
}

impl Projection {
    /// Where a point lies on the page.
    pub fn place(self, [lon, lat]: [f64; 2]) -> [f64; 2] {
        let beta = authalic(lat);
        match self {
            Projection::EqualEarth => equal_earth(lon.to_radians(), beta),
            Projection::Lambert { lon: middle, lat: at } => lambert(authalic(at), (lon - middle).to_radians(), beta),
        }
    }

    /// What it is called under a map.
    pub fn name(self) -> Both {
        match self {
            Projection::EqualEarth => Both::new("Equal Earth projection (areas compare)", "proyección Equal Earth (las áreas se comparan)"),
            Projection::Lambert { lon, lat } => {
                let (lat_en, lon_en) = (degrees(lat, "N", "S"), degrees(lon, "E", "W"));
                let (lat_es, lon_es) = (degrees(lat, "N", "S"), degrees(lon, "E", "O"));
                both!(
                    "Lambert equal-area projection about {lat_en} {lon_en} (areas compare)",
                    "proyección equivalente de Lambert en torno a {lat_es} {lon_es} (las áreas se comparan)"
                )
            }
        }
    }
}

fn degrees(value: f64, plus: &str, minus: &str) -> String {
    format!("{:.0}°\u{a0}{}", value.abs(), if value < 0.0 { minus } else { plus })
}

/// The latitude on the sphere of the same area, in radians.
fn authalic(lat: f64) -> f64 {
    let e = E2.sqrt();
    let q = |sine: f64| (1.0 - E2) * (sine / (1.0 - E2 * sine * sine) - ((1.0 - e * sine) / (1.0 + e * sine)).ln() / (2.0 * e));
    (q(lat.to_radians().sin()) / q(1.0)).clamp(-1.0, 1.0).asin()
}

fn equal_earth(lambda: f64, beta: f64) -> [f64; 2] {
    const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
    let root = 3.0_f64.sqrt();
    let theta = (root / 2.0 * beta.sin()).asin();
    let (t2, t6) = (theta.powi(2), theta.powi(6));
    let slope = 9.0 * A[3] * t2 * t6 + 7.0 * A[2] * t6 + 3.0 * A[1] * t2 + A[0];
    let y = theta * (A[3] * t2 * t6 + A[2] * t6 + A[1] * t2 + A[0]);
    [2.0 * root * lambda * theta.cos() / (3.0 * slope), y]
}

fn lambert(middle: f64, lambda: f64, beta: f64) -> [f64; 2] {
    let near = 1.0 + middle.sin() * beta.sin() + middle.cos() * beta.cos() * lambda.cos();
    // The point opposite to the middle is a circle; nothing is drawn as far away as that.
    let k = (2.0 / near.max(1e-9)).sqrt();
    [k * beta.cos() * lambda.sin(), k * (middle.cos() * beta.sin() - middle.sin() * beta.cos() * lambda.cos())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: [f64; 2], b: [f64; 2], tolerance: f64) {
        assert!((a[0] - b[0]).abs() < tolerance && (a[1] - b[1]).abs() < tolerance, "{a:?} {b:?}");
    }

    /// The coefficients of the paper give a map 2.0546 times as wide as high (its section 3); PROJ
    /// gives x = 17,243,959.06 m at 180 degrees on WGS 84.
    #[test]
    fn equal_earth_has_the_published_extent() {
        let [x, y] = [Projection::EqualEarth.place([180.0, 0.0])[0], Projection::EqualEarth.place([0.0, 90.0])[1]];
        assert!((x / y - 2.0546).abs() < 5e-5, "{}", x / y);
        assert!((x * 6_371_007.180_9 - 17_243_959.06).abs() < 0.1, "{}", x * 6_371_007.180_9);
        near(Projection::EqualEarth.place([0.0, 0.0]), [0.0, 0.0], 1e-12);
    }

    /// Snyder page 332, sphere of radius 3, middle 40 N 100 W, point 20 S 100 E: -4.2339303, 4.0257775.
    #[test]
    fn lambert_meets_snyders_example() {
        let [x, y] = lambert(40_f64.to_radians(), 200_f64.to_radians(), (-20_f64).to_radians());
        near([3.0 * x, 3.0 * y], [-4.233_930_3, 4.025_777_5], 1e-7);
    }

    /// The map of a small square is as large as the square itself, wherever it lies.
    #[test]
    fn areas_are_kept_everywhere() {
        let step = 1e-4;
        for projection in [Projection::EqualEarth, Projection::Lambert { lon: -75.0, lat: -9.0 }] {
            for (lon, lat) in [(-75.0, -9.0), (-70.0, 12.0), (0.0, 0.0), (20.0, 64.0), (140.0, -38.0)] {
                let at = |dx: f64, dy: f64| projection.place([lon + dx, lat + dy]);
                let ([w, e], [s, n]) = ([at(-step, 0.0), at(step, 0.0)], [at(0.0, -step), at(0.0, step)]);
                let drawn = ((e[0] - w[0]) * (n[1] - s[1]) - (e[1] - w[1]) * (n[0] - s[0])).abs();
                let band = authalic(lat + step).sin() - authalic(lat - step).sin();
                let ground = (2.0 * step).to_radians() * band;
                assert!((drawn / ground - 1.0).abs() < 1e-5, "{projection:?} {lon} {lat}: {}", drawn / ground);
            }
        }
    }

    /// Snyder table 3 gives 44.9 degrees of authalic latitude, to a tenth, at 45 degrees.
    #[test]
    fn the_authalic_latitude_is_a_little_lower() {
        assert!((authalic(45.0).to_degrees() - 44.872).abs() < 1e-3);
        assert!((authalic(90.0).to_degrees() - 90.0).abs() < 1e-6);
    }
}

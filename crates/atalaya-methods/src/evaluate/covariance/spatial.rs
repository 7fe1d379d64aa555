//! Dependence over space: rows nearer than a cutoff may depend on each other (Conley).

use super::{Covariance, Leverage, Small, parameters, scores};
use crate::evaluate::fixed_effects::Fit;
use crate::evaluate::refusal::Refusal;
use crate::num::Matrix;

/// The mean radius of the Earth in kilometres.
const RADIUS: f64 = 6_371.008_8;

/// Where and when a row is, and how far dependence reaches.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// Degrees north.
    pub latitude: &'a [f64],
    /// Degrees east.
    pub longitude: &'a [f64],
    /// Where given, only rows of one period depend on each other.
    pub period: Option<&'a [i64]>,
    /// Kilometres.
    pub cutoff: f64,
    /// Whether dependence falls in a straight line to zero at the cutoff; otherwise it is whole up to there.
    pub bartlett: bool,
}

/// Kilometres between two places in degrees, along a great circle (haversine).
pub fn kilometres(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [p, q] = [a[0].to_radians(), b[0].to_radians()];
    let dl = (b[1] - a[1]).to_radians();
    let h = (0.5 * (q - p)).sin().powi(2) + p.cos() * q.cos() * (0.5 * dl).sin().powi(2);
    2.0 * RADIUS * h.sqrt().min(1.0).asin()
}

/// The variance with dependence among rows nearer than the cutoff.
///
/// # Errors
/// [`Refusal::Length`], [`Refusal::OutOfRange`] for a cutoff that is not positive.
pub fn conley(fit: &Fit, places: &Places<'_>, small: Small) -> Result<Covariance, Refusal> {
    let n = fit.rows();
    for (name, len) in
        [("latitude", places.latitude.len()), ("longitude", places.longitude.len()), ("period", places.period.map_or(n, <[i64]>::len))]
    {
        if len != n {
            return Err(Refusal::Length { column: name.into(), found: len, expected: n });
        }
    }
    if places.cutoff.is_nan() || places.cutoff <= 0.0 {
        return Err(Refusal::OutOfRange { what: "the cutoff", found: places.cutoff, wanted: "a distance in kilometres above 0" });
    }
    let s = scores(fit, Leverage::Ignored);
    let k = s.cols();
    // Sorted by period and latitude, neighbours lie in a window.
    let mut order: Vec<usize> = (0..n).collect();
    let key = |i: usize| places.period.map_or(0, |p| p[i]);
    order.sort_by(|&a, &b| key(a).cmp(&key(b)).then(places.latitude[a].total_cmp(&places.latitude[b])).then(a.cmp(&b)));
    let window = (places.cutoff / RADIUS).to_degrees() * (1.0 + 1e-9);
    let mut middle = s.gram(None);
    for (at, &i) in order.iter().enumerate() {
        for &j in &order[at + 1..] {
            if key(j) != key(i) || places.latitude[j] - places.latitude[i] > window {
                break;
            }
            let d = kilometres([places.latitude[i], places.longitude[i]], [places.latitude[j], places.longitude[j]]);
            if d <= places.cutoff {
                let weight = if places.bartlett { 1.0 - d / places.cutoff } else { 1.0 };
                add_both(&mut middle, &s, i, j, weight, k);
            }
        }
    }
    let freedom = n as f64 - parameters(fit, super::Counted::Full, &[]) as f64;
    let small = Small { counted: small.counted_alone(), ..small };
    Ok(Covariance::sandwich(fit, &middle, small.factor(fit, &[]), freedom, "Conley", Vec::new()).repair())
}

fn add_both(middle: &mut Matrix, s: &Matrix, i: usize, j: usize, weight: f64, k: usize) {
    for a in 0..k {
        for b in 0..k {
            *middle.at_mut(a, b) += weight * (s.at(i, a) * s.at(j, b) + s.at(j, a) * s.at(i, b));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::covariance::{clustered::clustered, heteroskedastic};
    use crate::evaluate::fixed_effects::Regression;

    fn line() -> Fit {
        let names = ["x".to_string()];
        let y = [1.0, 3.0, 4.0, 4.0];
        Regression { y: &y, names: &names, x: &[&[0.0, 1.0, 2.0, 3.0]], effects: &[], weights: None, set_aside: false }.fit().unwrap()
    }

    /// A quarter of the meridian is 10,008 km on the mean sphere.
    #[test]
    fn a_quarter_of_the_way_round() {
        assert!((kilometres([0.0, 30.0], [90.0, 0.0]) - 10_007.557).abs() < 0.01);
        assert!((kilometres([0.0, -179.5], [0.0, 179.5]) - kilometres([0.0, 0.0], [0.0, 1.0])).abs() < 1e-9);
    }

    #[test]
    fn far_apart_is_independent_and_on_one_spot_is_a_cluster() {
        let fit = line();
        let places = |latitude, cutoff| Places { latitude, longitude: &[0.0; 4], period: None, cutoff, bartlett: false };
        let far = conley(&fit, &places(&[0.0, 10.0, 20.0, 30.0], 50.0), Small::NONE).unwrap();
        assert!((far.matrix.at(0, 0) - heteroskedastic(&fit, Leverage::Ignored, Small::NONE).matrix.at(0, 0)).abs() < 1e-15);
        let near = conley(&fit, &places(&[0.0, 0.0, 20.0, 20.0], 50.0), Small::NONE).unwrap();
        let pairs = clustered(&fit, &[&[0, 0, 1, 1]], Leverage::Ignored, Small::NONE).unwrap();
        assert!((near.matrix.at(0, 0) - pairs.matrix.at(0, 0)).abs() < 1e-15);
    }

    #[test]
    fn a_cutoff_of_nothing_is_refused() {
        let places = Places { latitude: &[0.0; 4], longitude: &[0.0; 4], period: None, cutoff: 0.0, bartlett: true };
        assert!(matches!(conley(&line(), &places, Small::NONE).unwrap_err(), Refusal::OutOfRange { .. }));
        let short = Places { latitude: &[0.0; 2], cutoff: 1.0, ..places };
        assert!(matches!(conley(&line(), &short, Small::NONE).unwrap_err(), Refusal::Length { .. }));
    }
}

//! Regression discontinuity: what happens at a line that decides who is treated.
//!
//! # Answers
//! How far apart are outcomes just on either side of a border, a score or a date that decides treatment?
//!
//! # Source
//! Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6), 2295-2326: the local linear estimate less its
//! estimated bias, with errors that allow for that estimate; the bandwidth is that of Imbens and Kalyanaraman
//! (2012), Review of Economic Studies 79(3), 933-959, section 4.2.
//!
//! # Assumes
//! - Nobody places himself on one side on purpose; all else changes smoothly across the line.
//!
//! # Shapes and units
//! `x`: the distance to the line, treated at 0 and above; `y`: the outcome. The bandwidth is in the unit of `x`.
//!
//! # Cost
//! O(n log n) for neighbours, O(n) for the fits.
//!
//! # Does not
//! Speak of anybody far from the line, nor handle treatment that the line makes only likelier.
//!
//! # Checked by
//! Broken lines by hand; a polynomial that bias correction takes out; coverage in a curved world; each refusal.

use super::donors::mean;
use crate::card::Card;
use crate::num::distribution::{normal_quantile, normal_tail};
use crate::num::{Cholesky, Matrix, dot};

/// What the method is.
pub const CARD: Card = Card {
    id: "discontinuity",
    verb: "evaluate",
    name: ["Regression discontinuity", "Regresión discontinua"],
    answers: [
        "How far apart are outcomes just on either side of a line that decides treatment?",
        "¿Cuánto difieren los resultados justo a ambos lados de una línea que decide el tratamiento?",
    ],
    source: "Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6), 2295-2326",
};

/// Why no answer is given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscontinuityError {
    /// Lists of different length.
    #[error("{distances} distances and {outcomes} outcomes: give one of each a unit")]
    Lengths {
        /// Distances.
        distances: usize,
        /// Outcomes.
        outcomes: usize,
    },
    /// A cell that is no number.
    #[error("unit {unit} has a distance or an outcome that is not finite: drop it, and say so")]
    NotFinite {
        /// Its position.
        unit: usize,
    },
    /// Too few on one side.
    #[error("{below} units below the line and {above} above within reach: {needed} on each side are needed, at distances that differ")]
    TooFew {
        /// Below.
        below: usize,
        /// Above.
        above: usize,
        /// Needed on each side.
        needed: usize,
    },
    /// A bandwidth that is none.
    #[error("a bandwidth of {bandwidth}: give one above 0, or none to have it chosen")]
    Bandwidth {
        /// What was given.
        bandwidth: f64,
    },
}

/// What may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    /// The bandwidth of the estimate; chosen where absent.
    pub bandwidth: Option<f64>,
    /// The bandwidth of the bias; that of the estimate where absent.
    pub bias_bandwidth: Option<f64>,
}

/// The jump at the line.
#[derive(Debug, Clone, PartialEq)]
pub struct Discontinuity {
    /// The local linear estimate.
    pub conventional: f64,
    /// Its standard error, which leaves bias out.
    pub conventional_se: f64,
    /// The estimate less its bias.
    pub estimate: f64,
    /// Its standard error, which allows for the estimate of the bias.
    pub se: f64,
    /// Its interval of 95 %.
    pub interval: [f64; 2],
    /// Twice the tail.
    pub p_value: f64,
    /// The bandwidths.
    pub bandwidths: [f64; 2],
    /// Units within the bandwidth, below and above.
    pub units: [usize; 2],
}

/// Units needed on each side.
const NEEDED: usize = 5;
/// Neighbours that tell the noise of a unit.
const NEIGHBOURS: usize = 3;

/// The jump at 0.
///
/// # Errors
/// [`DiscontinuityError`].
pub fn discontinuity(x: &[f64], y: &[f64], options: &Options) -> Result<Discontinuity, DiscontinuityError> {
    if x.len() != y.len() {
        return Err(DiscontinuityError::Lengths { distances: x.len(), outcomes: y.len() });
    }
    if let Some(unit) = (0..x.len()).find(|&i| !x[i].is_finite() || !y[i].is_finite()) {
        return Err(DiscontinuityError::NotFinite { unit });
    }
    for bandwidth in [options.bandwidth, options.bias_bandwidth].into_iter().flatten() {
        if bandwidth.is_nan() || bandwidth <= 0.0 {
            return Err(DiscontinuityError::Bandwidth { bandwidth });
        }
    }
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&i, &j| x[i].total_cmp(&x[j]));
    let sorted: Vec<(f64, f64)> = order.iter().map(|&i| (x[i], y[i])).collect();
    let line = sorted.partition_point(|(x, _)| *x < 0.0);
    let few = |h: f64| {
        let inside = |side: &[(f64, f64)]| side.iter().filter(|(x, _)| x.abs() < h).count();
        DiscontinuityError::TooFew { below: inside(&sorted[..line]), above: inside(&sorted[line..]), needed: NEEDED }
    };
    if line < NEEDED || sorted.len() - line < NEEDED {
        return Err(few(f64::INFINITY));
    }
    let h = match options.bandwidth {
        Some(h) => h,
        None => bandwidth(&sorted, line).ok_or_else(|| few(f64::INFINITY))?,
    };
    let b = options.bias_bandwidth.unwrap_or(h);
    let (mut plain, mut corrected, mut variance, mut robust) = ([0.0; 2], [0.0; 2], 0.0, 0.0);
    let mut units = [0; 2];
    for (at, side) in [&sorted[..line], &sorted[line..]].into_iter().enumerate() {
        let weights = Weights::of(side, h, b).ok_or_else(|| few(h.min(b)))?;
        let noise = noise(side);
        for (i, (_, y)) in side.iter().enumerate() {
            plain[at] += weights.plain[i] * y;
            corrected[at] += weights.corrected[i] * y;
            variance += weights.plain[i].powi(2) * noise[i];
            robust += weights.corrected[i].powi(2) * noise[i];
        }
        units[at] = side.iter().filter(|(x, _)| x.abs() < h).count();
    }
    let (estimate, se) = (corrected[1] - corrected[0], robust.sqrt());
    let critical = -normal_quantile(0.025);
    Ok(Discontinuity {
        conventional: plain[1] - plain[0],
        conventional_se: variance.sqrt(),
        estimate,
        se,
        interval: [estimate - critical * se, estimate + critical * se],
        p_value: 2.0 * normal_tail((estimate / se).abs()),
        bandwidths: [h, b],
        units,
    })
}

/// What each outcome of one side counts in the value at the line: linear, and less the bias of curvature.
struct Weights {
    plain: Vec<f64>,
    corrected: Vec<f64>,
}

impl Weights {
    fn of(side: &[(f64, f64)], h: f64, b: f64) -> Option<Weights> {
        let linear = local(side, h, 1, 0)?;
        let curvature = local(side, b, 2, 2)?;
        // The linear fit's value at the line for a unit of curvature.
        let bias: f64 = side.iter().zip(&linear).map(|((x, _), w)| w * x * x).sum();
        let corrected = linear.iter().zip(&curvature).map(|(w, c)| w - bias * c).collect();
        Some(Weights { plain: linear, corrected })
    }
}

/// The weights with which a local polynomial's coefficient is a sum of outcomes; `None` where distances do not suffice.
fn local(side: &[(f64, f64)], h: f64, degree: usize, coefficient: usize) -> Option<Vec<f64>> {
    let kernel = |x: f64| (1.0 - x.abs() / h).max(0.0);
    let k: Vec<f64> = side.iter().map(|(x, _)| kernel(*x)).collect();
    if k.iter().filter(|w| **w > 0.0).count() < NEEDED.max(degree + 1) {
        return None;
    }
    let x = Matrix::from_fn(side.len(), degree + 1, |i, j| (side[i].0 / h).powi(j as i32));
    let mut unit = vec![0.0; degree + 1];
    unit[coefficient] = h.powi(-(coefficient as i32));
    let along = Cholesky::new(&x.gram(Some(&k)), 1e-10).ok()?.solve(&unit);
    Some(x.times_vector(&along).iter().zip(&k).map(|(a, k)| a * k).collect())
}

/// The variance of each outcome, from its neighbours in distance on the same side.
fn noise(side: &[(f64, f64)]) -> Vec<f64> {
    let n = side.len();
    let one = |i: usize| {
        let (mut low, mut high) = (i, i);
        while high - low < NEIGHBOURS.min(n - 1) {
            let left = if low == 0 { f64::INFINITY } else { side[i].0 - side[low - 1].0 };
            let right = if high + 1 == n { f64::INFINITY } else { side[high + 1].0 - side[i].0 };
            if left <= right { low -= 1 } else { high += 1 }
        }
        let count = (high - low) as f64;
        let others = (low..=high).filter(|j| *j != i).map(|j| side[j].1).sum::<f64>() / count;
        count / (count + 1.0) * (side[i].1 - others).powi(2)
    };
    (0..n).map(one).collect()
}

/// Imbens and Kalyanaraman's bandwidth for the triangular kernel.
fn bandwidth(sorted: &[(f64, f64)], line: usize) -> Option<f64> {
    let n = sorted.len() as f64;
    let distances: Vec<f64> = sorted.iter().map(|(x, _)| *x).collect();
    let centre = mean(&distances);
    let spread = (distances.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let pilot = 1.84 * spread * n.powf(-0.2);
    let sides = [&sorted[..line], &sorted[line..]];
    let near = |side: &[(f64, f64)]| side.iter().filter(|(x, _)| x.abs() <= pilot).map(|(_, y)| *y).collect::<Vec<f64>>();
    let (below, above) = (near(sides[0]), near(sides[1]));
    if below.len() < 2 || above.len() < 2 {
        return None;
    }
    let squares = |y: &[f64]| y.iter().map(|v| (v - mean(y)).powi(2)).sum::<f64>();
    let density = (below.len() + above.len()) as f64 / (2.0 * n * pilot);
    let variance = (squares(&below) + squares(&above)) / (below.len() + above.len()) as f64;
    let third = cubic(sorted, line)?;
    let mut curvatures = [0.0; 2];
    let mut penalty = 0.0;
    for (curvature, side) in curvatures.iter_mut().zip(sides) {
        let reach = 3.56 * (variance / (density * third * third)).powf(1.0 / 7.0) * (side.len() as f64).powf(-1.0 / 7.0);
        let inside: Vec<(f64, f64)> = side.iter().filter(|(x, _)| x.abs() <= reach).copied().collect();
        let inside = if inside.len() < 2 * NEEDED { side } else { &inside[..] };
        let reach = inside.iter().map(|(x, _)| x.abs()).fold(0.0, f64::max);
        *curvature = 2.0 * quadratic(inside)?;
        penalty += 2160.0 * variance / (inside.len() as f64 * reach.powi(4));
    }
    let bend = (curvatures[1] - curvatures[0]).powi(2) + penalty;
    Some(3.4375 * (2.0 * variance / (density * bend)).powf(0.2) * n.powf(-0.2))
}

fn fit(rows: &[(f64, f64)], columns: &[Vec<f64>], wanted: usize) -> Option<f64> {
    let x = Matrix::from_columns(rows.len(), columns);
    let y: Vec<f64> = rows.iter().map(|r| r.1).collect();
    let factor = Cholesky::new(&x.gram(None), 1e-12).ok()?;
    Some(factor.solve(&(0..columns.len()).map(|j| dot(x.col(j), &y)).collect::<Vec<_>>())[wanted])
}

fn quadratic(side: &[(f64, f64)]) -> Option<f64> {
    let power = |k: i32| side.iter().map(|(x, _)| x.powi(k)).collect::<Vec<f64>>();
    fit(side, &[power(0), power(1), power(2)], 2)
}

/// The third derivative of a cubic with a jump.
fn cubic(sorted: &[(f64, f64)], line: usize) -> Option<f64> {
    let power = |k: i32| sorted.iter().map(|(x, _)| x.powi(k)).collect::<Vec<f64>>();
    let jump = (0..sorted.len()).map(|i| f64::from(u8::from(i >= line))).collect();
    fit(sorted, &[power(0), jump, power(1), power(2), power(3)], 4).map(|c| 6.0 * c)
}

#[cfg(test)]
mod tests {
    use super::super::chance::Normals;
    use super::*;
    use atalaya_kernel::Seed;

    fn world(seed: u64, n: usize, curve: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<f64>) {
        let mut stream = Seed(seed).stream(0);
        let mut chance = Normals::new(move || stream.unit());
        let x: Vec<f64> = (0..n).map(|_| 2.0 * chance.unit() - 1.0).collect();
        let y = x.iter().map(|x| curve(*x) + 0.3 * chance.normal() + if *x >= 0.0 { 1.0 } else { 0.0 }).collect();
        (x, y)
    }

    /// Two lines that are 3 apart at the line, to the digit; with curvature the correction is, the plain fit is not.
    #[test]
    fn broken_lines_and_parabolas_by_hand() {
        let x: Vec<f64> = (-20..20).map(|i| (f64::from(i) + 0.5) / 10.0).collect();
        let options = Options { bandwidth: Some(1.5), bias_bandwidth: None };
        let lines: Vec<f64> = x.iter().map(|x| if *x >= 0.0 { 5.0 + 2.0 * x } else { 2.0 - x }).collect();
        let found = discontinuity(&x, &lines, &options).unwrap();
        assert!((found.conventional - 3.0).abs() < 1e-10 && (found.estimate - 3.0).abs() < 1e-10, "{found:?}");
        let bent: Vec<f64> = x.iter().map(|x| if *x >= 0.0 { 5.0 + 2.0 * x + 4.0 * x * x } else { 2.0 - x }).collect();
        let found = discontinuity(&x, &bent, &options).unwrap();
        assert!((found.conventional - 3.0).abs() > 0.1 && (found.estimate - 3.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn the_unit_of_distance_changes_nothing_but_the_bandwidth() {
        let (x, y) = world(1, 400, |x| x.sin());
        let far: Vec<f64> = x.iter().map(|x| 1e3 * x).collect();
        let (a, b) = (discontinuity(&x, &y, &Options::default()).unwrap(), discontinuity(&far, &y, &Options::default()).unwrap());
        assert!((a.estimate - b.estimate).abs() < 1e-8 && (1e3 * a.bandwidths[0] - b.bandwidths[0]).abs() < 1e-6);
    }

    #[test]
    fn robust_intervals_cover_in_a_curved_world() {
        let inside = |s: u64| {
            let (x, y) = world(s, 500, |x| (3.0 * x).sin() + 2.0 * x * x);
            let [a, b] = discontinuity(&x, &y, &Options::default()).unwrap().interval;
            (a..=b).contains(&1.0)
        };
        let covered = (0..400).filter(|s| inside(*s)).count();
        assert!((366..=394).contains(&covered), "{covered} of 400");
    }

    #[test]
    fn each_fault_is_named() {
        let (x, y) = world(1, 40, |_| 0.0);
        let run = |x: &[f64], y: &[f64], options: Options| discontinuity(x, y, &options).map(|_| ());
        assert_eq!(run(&x, &y[1..], Options::default()), Err(DiscontinuityError::Lengths { distances: 40, outcomes: 39 }));
        let mut holed = y.clone();
        holed[7] = f64::NAN;
        assert_eq!(run(&x, &holed, Options::default()), Err(DiscontinuityError::NotFinite { unit: 7 }));
        let one_side: Vec<f64> = x.iter().map(|x| x.abs()).collect();
        assert!(matches!(run(&one_side, &y, Options::default()), Err(DiscontinuityError::TooFew { below: 0, .. })));
        assert!(matches!(run(&x, &y, Options { bandwidth: Some(1e-6), ..Options::default() }), Err(DiscontinuityError::TooFew { .. })));
        assert_eq!(
            run(&x, &y, Options { bandwidth: Some(0.0), ..Options::default() }),
            Err(DiscontinuityError::Bandwidth { bandwidth: 0.0 })
        );
    }
}

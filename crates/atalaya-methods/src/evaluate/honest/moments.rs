//! Relative magnitudes: a hybrid test of moment inequalities at each value of a grid.
//!
//! For each earlier change that could be the largest, and each of its signs, the restriction is a cone
//! `A delta <= 0`; a value is kept if any of them keeps it.

use atalaya_kernel::seed::Stream;

use super::program::Program;
use super::{EventStudy, Grid};
use crate::num::distribution::{normal_quantile, normal_tail};
use crate::num::symmetric::eigen;
use crate::num::{Matrix, dot};

pub(super) fn interval(study: &EventStudy<'_>, mbar: f64, alpha: f64, grid: &Grid) -> ([f64; 2], f64) {
    let (p, n) = (study.earlier, study.estimates.len());
    let later = Matrix::from_fn(n - p, n - p, |i, j| study.covariance.at(p + i, p + j));
    let reach = 20.0 * later.quadratic(study.weights).sqrt();
    let step = 2.0 * reach / (grid.points - 1) as f64;
    let root = eigen(study.covariance).map(0.0, |v| v.max(0.0).sqrt());
    let mut cones: Vec<Cone> = Vec::new();
    for largest in 0..p {
        for sign in [1.0, -1.0] {
            let id = cones.len() as u64;
            cones.push(Cone::new(study, &restriction(p, n, mbar, largest, sign), &root, alpha, grid, id));
        }
    }
    let value = |i: usize| -reach + step * i as f64;
    let mut kept = |i: usize| cones.iter_mut().any(|c| c.keeps(value(i), alpha));
    let Some(low) = (0..grid.points).find(|&i| kept(i)) else { return ([f64::NAN; 2], step) };
    let high = (low..grid.points).rev().find(|&i| kept(i)).unwrap_or(low);
    let ends = [if low == 0 { f64::NEG_INFINITY } else { value(low) }, if high + 1 == grid.points { f64::INFINITY } else { value(high) }];
    (ends, step)
}

/// Rows `A` with `A delta <= 0`: every change within `largest` of the earlier ones, times Mbar later on.
fn restriction(p: usize, n: usize, mbar: f64, largest: usize, sign: f64) -> Vec<Vec<f64>> {
    // Changes between neighbours in a list with the reference, whose deviation is 0, at position p.
    let change = |r: usize| -> Vec<f64> {
        let mut row = vec![0.0; n + 1];
        row[r] = -1.0;
        row[r + 1] = 1.0;
        row
    };
    let cap = change(largest);
    let mut rows = Vec::new();
    for side in [1.0, -1.0] {
        for r in 0..n {
            let factor = sign * if r < p { 1.0 } else { mbar };
            let mut row: Vec<f64> = change(r).iter().zip(&cap).map(|(d, c)| side * d - factor * c).collect();
            row.remove(p);
            // Only moments of later periods say anything of the effect.
            if row[p..].iter().any(|v| *v != 0.0) {
                rows.push(row);
            }
        }
    }
    rows
}

/// One cone, ready to be tested at any value.
struct Cone {
    /// `A beta`, and how it moves with the effect.
    moments: Vec<f64>,
    slope: Vec<f64>,
    variance: Matrix,
    program: Option<Program>,
    critical: f64,
    kappa: f64,
}

impl Cone {
    fn new(study: &EventStudy<'_>, rows: &[Vec<f64>], root: &Matrix, alpha: f64, grid: &Grid, id: u64) -> Cone {
        let (p, m) = (study.earlier, rows.len());
        let a = Matrix::from_fn(m, study.estimates.len(), |i, j| rows[i][j]);
        let variance = a.times(study.covariance).times(&a.transposed());
        // Later effects are written as the effect asked for and the others; the first with a weight makes room.
        let pivot = study.weights.iter().position(|w| *w != 0.0).unwrap_or(0);
        let slope: Vec<f64> = rows.iter().map(|r| r[p + pivot] / study.weights[pivot]).collect();
        let others = (0..study.weights.len()).filter(|t| *t != pivot);
        let w: Vec<Vec<f64>> = (0..m)
            .map(|i| {
                let rest = others.clone().map(|t| rows[i][p + t] - slope[i] * study.weights[t]);
                std::iter::once(variance.at(i, i).max(0.0).sqrt()).chain(rest).collect()
            })
            .collect();
        let mut cone = Cone {
            moments: a.times_vector(study.estimates),
            slope,
            variance,
            program: Program::new(w),
            critical: f64::INFINITY,
            kappa: alpha / 10.0,
        };
        let scatter = a.times(root);
        if let Some(program) = &mut cone.program {
            let mut values: Vec<f64> = (0..grid.draws)
                .map(|draw| {
                    let mut stream = grid.seed.stream((id << 32) | draw as u64);
                    let z: Vec<f64> = (0..scatter.cols()).map(|_| normal(&mut stream)).collect();
                    program.solve(&scatter.times_vector(&z))
                })
                .collect();
            values.sort_by(f64::total_cmp);
            let at = (1.0 - cone.kappa) * (values.len() - 1) as f64;
            let (low, part) = (at.floor() as usize, at.fract());
            cone.critical = values[low] + part * (values[(low + 1).min(values.len() - 1)] - values[low]);
        }
        cone
    }

    /// Whether a value of the effect is kept: first against the least favourable draw, then given which moments bind.
    fn keeps(&mut self, value: f64, alpha: f64) -> bool {
        let y: Vec<f64> = self.moments.iter().zip(&self.slope).map(|(m, s)| m - s * value).collect();
        let Some(program) = &mut self.program else { return true };
        let eta = program.solve(&y);
        if eta > self.critical {
            return false;
        }
        let size = (alpha - self.kappa) / (1.0 - self.kappa);
        let g = program.weights();
        let through = self.variance.times_vector(&g);
        let variance = dot(&g, &through);
        if variance < 1e-20 {
            return eta <= 0.0;
        }
        let direction: Vec<f64> = through.iter().map(|t| t / variance).collect();
        let [low, high] = if program.degenerate() { searched(program, &y, &direction, eta) } else { binding(program, &y, &direction, eta) };
        let sd = variance.sqrt();
        let (low, high, eta) = (low / sd, high.min(self.critical) / sd, eta / sd);
        if !(low <= eta + 1e-9 && eta <= high + 1e-9) {
            return true;
        }
        eta <= truncated(1.0 - size, low, high).max(0.0)
    }
}

/// How far the statistic can move along a direction before another moment binds.
fn binding(program: &Program, y: &[f64], direction: &[f64], eta: f64) -> [f64; 2] {
    let (at, moves) = (program.prices(y), program.prices(direction));
    let mut ends = [f64::NEG_INFINITY, f64::INFINITY];
    for i in program.outside() {
        let slack = dot(&at, program.row(i)) - y[i];
        let rate = dot(&moves, program.row(i)) - direction[i];
        if rate > 1e-12 {
            ends[0] = ends[0].max(eta - slack / rate);
        } else if rate < -1e-12 {
            ends[1] = ends[1].min(eta - slack / rate);
        }
    }
    ends
}

/// The same where several bases share the weights: the value of the program against the statistic, by tangents.
fn searched(program: &mut Program, y: &[f64], direction: &[f64], eta: f64) -> [f64; 2] {
    let still: Vec<f64> = y.iter().zip(direction).map(|(y, d)| y - d * eta).collect();
    [-1.0, 1.0].map(|side| {
        let mut t = side * eta.abs().max(1.0) * 1e4;
        for _ in 0..50 {
            let moved: Vec<f64> = still.iter().zip(direction).map(|(s, d)| s + d * t).collect();
            if program.solve(&moved) <= t + 1e-9 * t.abs().max(1e-3) {
                break;
            }
            let g = program.weights();
            let next = dot(&g, &still) / (1.0 - dot(&g, direction));
            if !next.is_finite() {
                break;
            }
            t = next;
        }
        let far = t.abs() >= 0.99 * eta.abs().max(1.0) * 1e4;
        if far { side * f64::INFINITY } else { t }
    })
}

/// The quantile of a standard normal between two ends.
fn truncated(p: f64, low: f64, high: f64) -> f64 {
    if low >= high {
        return low;
    }
    // From the side with the smaller tail, where digits are.
    if low > 0.0 {
        let (a, b) = (normal_tail(low), normal_tail(high));
        return (-normal_quantile(a - p * (a - b))).clamp(low, high);
    }
    let (a, b) = (normal_tail(-low), normal_tail(-high));
    normal_quantile(a + p * (b - a)).clamp(low, high)
}

/// A standard normal draw (Box and Muller 1958).
fn normal(stream: &mut Stream) -> f64 {
    let radius = (-2.0 * (1.0 - stream.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * stream.unit()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncated_quantiles_stay_within_and_meet_the_normal() {
        assert!((truncated(0.95, f64::NEG_INFINITY, f64::INFINITY) - normal_quantile(0.95)).abs() < 1e-12);
        assert!((truncated(0.5, -1.0, 1.0)).abs() < 1e-12);
        let far = truncated(0.5, 12.0, 13.0);
        assert!(far > 12.0 && far < 12.1);
    }

    /// One earlier and two later periods, the earlier change the largest: |change| <= Mbar times it.
    #[test]
    fn the_cone_holds_what_it_should() {
        let rows = restriction(1, 3, 1.0, 0, 1.0);
        let holds = |delta: [f64; 3]| rows.iter().all(|r| dot(r, &delta) <= 1e-12);
        assert!(holds([-1.0, 1.0, 2.0]) && holds([-1.0, -1.0, 0.0]));
        assert!(!holds([-1.0, 1.5, 2.0]) && !holds([-1.0, 1.0, 2.5]));
    }
}

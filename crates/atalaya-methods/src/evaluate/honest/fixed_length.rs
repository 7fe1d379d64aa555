//! The shortest interval of fixed length around an affine estimator, under bounded second differences.
//!
//! Written in what each second difference of the deviation moves the estimator by, the worst bias is
//! M times a sum of absolute values and a straight deviation is one fixed number: variance and bias
//! are traded by a lasso, whose penalty is searched for the shortest interval.

use super::EventStudy;
use crate::num::distribution::{normal_cdf, normal_quantile};
use crate::num::{Matrix, dot};

pub(super) fn interval(study: &EventStudy<'_>, m: f64, alpha: f64) -> [f64; 2] {
    let p = study.earlier;
    let later = study.weights;
    // What a kink after period k moves the later part by, and what a straight line does.
    let moved = |k: usize| later.iter().enumerate().map(|(i, l)| l * (i as f64 + 1.0 - k as f64).max(0.0)).sum::<f64>();
    let bias: f64 = (0..later.len()).map(|k| moved(k).abs()).sum();
    let design = Design::new(study, moved(0));
    let length = |c: &[f64]| {
        let sd = design.variance(c).max(0.0).sqrt();
        sd * folded(alpha, m * (bias + c.iter().map(|c| c.abs()).sum::<f64>()) / sd)
    };
    let top = design.start.iter().fold(0.0f64, |t, g| t.max(g.abs()));
    let mut c = vec![0.0; p - 1];
    let mut best = (f64::INFINITY, c.clone());
    // From heavy to light penalty, each solution starting from the one before.
    let steps = if m == 0.0 { 0 } else { 400 };
    for step in 0..=steps {
        let penalty = if step == steps { 0.0 } else { top * (1.0 - step as f64 / steps as f64).powi(3) };
        design.lasso(&mut c, penalty);
        let value = length(&c);
        if value < best.0 {
            best = (value, c.clone());
        }
    }
    let weights = design.weights(&best.1);
    let centre = dot(&weights, study.estimates);
    [centre - best.0, centre + best.0]
}

/// The variance of the estimator as a quadratic in the kinks c: `v0 + 2 s'c + c'Qc`.
struct Design {
    quadratic: Matrix,
    start: Vec<f64>,
    constant: f64,
    earlier: usize,
    line: f64,
    later: Vec<f64>,
}

impl Design {
    fn new(study: &EventStudy<'_>, line: f64) -> Design {
        let p = study.earlier;
        let mut design =
            Design { quadratic: Matrix::zeros(0, 0), start: Vec::new(), constant: 0.0, earlier: p, line, later: study.weights.to_vec() };
        let base = design.weights(&vec![0.0; p - 1]);
        let unit = |k: usize| -> Vec<f64> {
            let mut c = vec![0.0; p - 1];
            c[k] = 1.0;
            design.weights(&c).iter().zip(&base).map(|(a, b)| a - b).collect()
        };
        let directions: Vec<Vec<f64>> = (0..p - 1).map(unit).collect();
        let through: Vec<Vec<f64>> = directions.iter().map(|d| study.covariance.times_vector(d)).collect();
        design.quadratic = Matrix::from_fn(p - 1, p - 1, |i, j| dot(&directions[i], &through[j]));
        design.start = through.iter().map(|t| dot(t, &base)).collect();
        design.constant = study.covariance.quadratic(&base);
        design
    }

    /// Weights of all periods from the kinks: second differences give back the weights of earlier periods.
    fn weights(&self, c: &[f64]) -> Vec<f64> {
        let at = |k: usize| if k == 0 { self.line } else { c.get(k - 1).copied().unwrap_or(0.0) };
        // Weight of the period t before the reference; the list runs from the earliest.
        let earlier = (1..=self.earlier).rev().map(|t| at(t - 1) - 2.0 * at(t) + at(t + 1));
        earlier.chain(self.later.iter().copied()).collect()
    }

    fn variance(&self, c: &[f64]) -> f64 {
        self.constant + 2.0 * dot(&self.start, c) + self.quadratic.quadratic(c)
    }

    /// Half the variance plus the penalty times the sum of absolute values, by coordinates.
    fn lasso(&self, c: &mut [f64], penalty: f64) {
        let scale = self.start.iter().fold(0.0f64, |t, g| t.max(g.abs())).max(f64::MIN_POSITIVE);
        for _ in 0..20_000 {
            let mut change = 0.0f64;
            for k in 0..c.len() {
                let own = self.quadratic.at(k, k);
                if own <= 0.0 {
                    continue;
                }
                let rest = self.start[k] + dot(self.quadratic.col(k), c) - own * c[k];
                let new = -(rest.abs() - penalty).max(0.0).copysign(rest) / own;
                change = change.max((new - c[k]).abs() * own);
                c[k] = new;
            }
            if change <= 1e-13 * scale {
                break;
            }
        }
    }
}

/// The value that the absolute value of a normal with this mean and variance 1 exceeds with probability alpha.
fn folded(alpha: f64, mean: f64) -> f64 {
    if !mean.is_finite() {
        return f64::INFINITY;
    }
    let (mut low, mut high) = (0.0, mean + normal_quantile(1.0 - 0.5 * alpha) + 1.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if normal_cdf(middle - mean) - normal_cdf(-middle - mean) < 1.0 - alpha { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folded_normal_at_its_ends() {
        assert!((folded(0.05, 0.0) - normal_quantile(0.975)).abs() < 1e-10);
        assert!((folded(0.05, 8.0) - 8.0 - normal_quantile(0.95)).abs() < 1e-10);
    }

    /// Weights of earlier periods undo a straight deviation whatever the kinks.
    #[test]
    fn a_straight_line_is_taken_out() {
        let v = Matrix::identity(5);
        let study = EventStudy { estimates: &[0.0; 5], covariance: &v, earlier: 3, weights: &[0.5, 0.5] };
        let design = Design::new(&study, 1.5);
        let weights = design.weights(&[0.3, -0.7]);
        assert!(dot(&weights, &[-3.0, -2.0, -1.0, 1.0, 2.0]).abs() < 1e-14);
        assert!((design.variance(&[0.3, -0.7]) - dot(&weights, &weights)).abs() < 1e-13);
    }
}

//! One pass over the studies at a given variance between them: all sums that estimators need.

use super::{MetaError, Studies};
use crate::num::{Cholesky, Matrix};

/// Sums at one variance. `P = W - W X (X'WX)^-1 X'W` is never formed.
#[derive(Debug, Clone)]
pub struct Pass {
    pub beta: Vec<f64>,
    /// `(X'WX)^-1`.
    pub covariance: Matrix,
    /// `y'Py`.
    pub q: f64,
    /// `y'PPy`.
    pub q2: f64,
    /// `tr P`.
    pub trace: f64,
    /// `tr PP`.
    pub trace2: f64,
    /// The sum of weights and that of their squares.
    pub sums: [f64; 2],
    /// The sum of `log(v + tau2)`, and `log |X'WX|`.
    logs: [f64; 2],
    studies: usize,
}

impl Pass {
    pub fn at(studies: &Studies<'_>, tau2: f64) -> Result<Pass, MetaError> {
        match studies.x {
            None => Ok(Pass::mean(studies, tau2)),
            Some(x) => Pass::general(studies, x, tau2),
        }
    }

    fn mean(studies: &Studies<'_>, tau2: f64) -> Pass {
        let (mut s1, mut s2, mut s3, mut sy, mut product) = (0.0, 0.0, 0.0, 0.0, 1.0f64);
        let mut log_sum = 0.0;
        for (y, v) in studies.y.iter().zip(studies.v) {
            let w = 1.0 / (v + tau2);
            s1 += w;
            s2 += w * w;
            s3 += w * w * w;
            sy += w * y;
            product *= w;
            // One logarithm serves many factors, as long as their product is a number.
            if !(1e-200..1e200).contains(&product) {
                log_sum -= product.ln();
                product = 1.0;
            }
        }
        log_sum -= product.ln();
        let mean = sy / s1;
        let (mut q, mut q2) = (0.0, 0.0);
        for (y, v) in studies.y.iter().zip(studies.v) {
            let (w, e) = (1.0 / (v + tau2), y - mean);
            q += w * e * e;
            q2 += (w * e) * (w * e);
        }
        Pass {
            beta: vec![mean],
            covariance: Matrix::from_fn(1, 1, |_, _| 1.0 / s1),
            q,
            q2,
            trace: s1 - s2 / s1,
            trace2: s2 - 2.0 * s3 / s1 + (s2 / s1).powi(2),
            sums: [s1, s2],
            logs: [log_sum, s1.ln()],
            studies: studies.y.len(),
        }
    }

    fn general(studies: &Studies<'_>, x: &Matrix, tau2: f64) -> Result<Pass, MetaError> {
        let weights: Vec<f64> = studies.v.iter().map(|v| 1.0 / (v + tau2)).collect();
        let power = |n: i32| -> Vec<f64> { weights.iter().map(|w| w.powi(n)).collect() };
        let factor = Cholesky::new(&x.gram(Some(&weights)), 1e-13).map_err(|e| MetaError::Collinear { column: e.column })?;
        let weighted: Vec<f64> = weights.iter().zip(studies.y).map(|(w, y)| w * y).collect();
        let beta = factor.solve(&x.transposed_times_vector(&weighted));
        let fitted = x.times_vector(&beta);
        let (mut q, mut q2) = (0.0, 0.0);
        for ((w, y), f) in weights.iter().zip(studies.y).zip(&fitted) {
            q += w * (y - f).powi(2);
            q2 += (w * (y - f)).powi(2);
        }
        let (second, third) = (factor.solve_columns(&x.gram(Some(&power(2)))), factor.solve_columns(&x.gram(Some(&power(3)))));
        let trace = |m: &Matrix| (0..m.cols()).map(|j| m.at(j, j)).sum::<f64>();
        let sums = [weights.iter().sum::<f64>(), weights.iter().map(|w| w * w).sum::<f64>()];
        Ok(Pass {
            beta,
            q,
            q2,
            trace: sums[0] - trace(&second),
            trace2: sums[1] - 2.0 * trace(&third) + trace(&second.times(&second)),
            sums,
            logs: [-weights.iter().map(|w| w.ln()).sum::<f64>(), factor.log_determinant()],
            covariance: factor.inverse(),
            studies: studies.y.len(),
        })
    }

    /// The log-likelihood at this variance.
    pub fn log_likelihood(&self, restricted: bool) -> f64 {
        let constants = std::f64::consts::TAU.ln() * (self.studies - if restricted { self.beta.len() } else { 0 }) as f64;
        -0.5 * (constants + self.logs[0] + self.q + if restricted { self.logs[1] } else { 0.0 })
    }
}

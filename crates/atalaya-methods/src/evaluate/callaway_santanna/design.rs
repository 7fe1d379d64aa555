//! Rows of covariates with an intercept, and the two regressions that a comparison needs.

use crate::num::{Cholesky, Matrix, NotPositive};

/// Rows of regressors, the first of them 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// Regressors a row.
    pub k: usize,
    /// Row after row.
    pub cells: Vec<f64>,
}

impl Design {
    /// Each row.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.cells.chunks_exact(self.k)
    }

    /// `X' diag(v) X`.
    pub fn gram(&self, v: &[f64]) -> Matrix {
        let mut out = Matrix::zeros(self.k, self.k);
        for (row, v) in self.rows().zip(v) {
            if *v != 0.0 {
                for i in 0..self.k {
                    let scaled = v * row[i];
                    (0..=i).for_each(|j| *out.at_mut(i, j) += scaled * row[j]);
                }
            }
        }
        (0..self.k).for_each(|i| (0..i).for_each(|j| *out.at_mut(j, i) = out.at(i, j)));
        out
    }

    /// `X' v`.
    pub fn sums(&self, v: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut out = vec![0.0; self.k];
        self.rows().zip(v).for_each(|(row, v)| out.iter_mut().zip(row).for_each(|(o, x)| *o += v * x));
        out
    }

    /// `X b`.
    pub fn times(&self, b: &[f64]) -> Vec<f64> {
        self.rows().map(|row| row.iter().zip(b).map(|(x, b)| x * b).sum()).collect()
    }
}

/// A regression on the rows with weight: fitted values for all rows, and the inverse of its `X'WX`.
pub struct Outcome {
    /// Fitted values of every row.
    pub fitted: Vec<f64>,
    /// `(X'WX)^-1`.
    pub bread: Matrix,
}

/// Weighted least squares of y, predicted for every row.
pub fn outcome(x: &Design, y: &[f64], w: &[f64]) -> Result<Outcome, NotPositive> {
    let factor = Cholesky::new(&x.gram(w), 1e-12)?;
    let mut b = factor.solve(&x.sums(y.iter().zip(w).map(|(y, w)| y * w)));
    let first = x.times(&b);
    // One refinement: what rounding left in the first solution.
    let change = factor.solve(&x.sums((0..y.len()).map(|i| w[i] * (y[i] - first[i]))));
    b.iter_mut().zip(change).for_each(|(b, c)| *b += c);
    Ok(Outcome { fitted: x.times(&b), bread: factor.inverse() })
}

/// The probability of treatment given covariates.
#[derive(Debug, Clone)]
pub struct Propensity {
    /// One a row.
    pub p: Vec<f64>,
    /// The inverse of the information.
    pub bread: Matrix,
    /// Newton's steps.
    pub steps: usize,
}

/// A logit of d by Newton's steps, to rounding; `None` where treatment and comparison are separated.
pub fn propensity(x: &Design, d: &[bool], w: &[f64]) -> Option<Propensity> {
    let total: f64 = w.iter().sum();
    let share = d.iter().zip(w).map(|(d, w)| if *d { *w } else { 0.0 }).sum::<f64>() / total;
    let mut b = vec![0.0; x.k];
    b[0] = (share / (1.0 - share)).ln();
    let mut p = vec![share; d.len()];
    let mut v = vec![0.0; d.len()];
    for steps in 1..=60 {
        v.iter_mut().zip(&p).zip(w).for_each(|((v, p), w)| *v = w * p * (1.0 - p));
        let factor = Cholesky::new(&x.gram(&v), 1e-12).ok()?;
        let score = x.sums((0..d.len()).map(|i| w[i] * (f64::from(u8::from(d[i])) - p[i])));
        let change = factor.solve(&score);
        b.iter_mut().zip(&change).for_each(|(b, c)| *b += c);
        for (p, row) in p.iter_mut().zip(x.rows()) {
            let eta: f64 = row.iter().zip(&b).map(|(x, b)| x * b).sum();
            if eta.abs() > 36.0 {
                return None;
            }
            *p = 1.0 / (1.0 + (-eta).exp());
        }
        // The decrement is twice what the likelihood can still gain.
        if score.iter().zip(&change).map(|(s, c)| s * c).sum::<f64>() < 1e-18 * total {
            v.iter_mut().zip(&p).zip(w).for_each(|((v, p), w)| *v = w * p * (1.0 - p));
            let factor = Cholesky::new(&x.gram(&v), 1e-12).ok()?;
            return Some(Propensity { p, bread: factor.inverse(), steps });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With a binary covariate the logit reproduces the two shares: 1 of 4, and 3 of 4.
    #[test]
    fn shares_come_out_and_separation_is_seen() {
        let x = Design { k: 2, cells: (0..8).flat_map(|i| [1.0, f64::from(u8::from(i > 3))]).collect() };
        let d = [true, false, false, false, true, true, true, false];
        let fit = propensity(&x, &d, &[1.0; 8]).unwrap();
        assert!((fit.p[0] - 0.25).abs() < 1e-12 && (fit.p[7] - 0.75).abs() < 1e-12);
        assert!(propensity(&x, &[false, false, false, false, true, true, true, true], &[1.0; 8]).is_none());
    }

    #[test]
    fn an_outcome_is_regressed_where_there_is_weight() {
        let x = Design { k: 2, cells: (0..5).flat_map(|i| [1.0, f64::from(i)]).collect() };
        let fit = outcome(&x, &[1.0, 3.0, 4.0, 4.0, 99.0], &[1.0, 1.0, 1.0, 1.0, 0.0]).unwrap();
        assert!((fit.fitted[4] - 5.5).abs() < 1e-13);
    }
}

//! Augmented synthetic control: a mixture of donors, and a ridge regression for what it leaves.
//!
//! # Answers
//! What would the treated have done, if no mixture of donors fits their past well and some extrapolation, as
//! little as helps, must make up for it?
//!
//! # Source
//! Ben-Michael, Feller and Rothstein (2021), Journal of the American Statistical Association 116(536),
//! 1789-1803, sections 3 to 5; the choice of the penalty is theirs: leave one period out, one standard
//! error above the least.
//!
//! # Assumes
//! - As `synthetic_control`, with the fit's failure linear in the past.
//!
//! # Shapes and units
//! A [`Block`], and covariates with a value a unit. The penalty is in squared units of the outcome.
//!
//! # Cost
//! One eigenproblem of the shorter side for all penalties, and one small programme a period for the choice.
//!
//! # Does not
//! Keep weights above 0: those below are summed and said.
//!
//! # Checked by
//! The Kansas tax cut against R's `augsynth`; a shift common to all; a world without good mixtures; each refusal.

use super::block::{Block, BlockError};
use super::donors::{Mixture, mean};
use super::simplex::{Kkt, Quadratic, Workspace, gram, solve};
use crate::card::Card;
use crate::num::symmetric::{Svd, svd};
use crate::num::{Matrix, axpy, dot, least_squares};

/// What the method is.
pub const CARD: Card = Card {
    id: "augmented_control",
    verb: "evaluate",
    name: ["Augmented synthetic control", "Control sintético aumentado"],
    answers: [
        "What would the treated have done, if no mixture of other units fits their past and a regression helps out?",
        "¿Qué habría pasado con los tratados, si ninguna mezcla se ajusta a su pasado y una regresión la completa?",
    ],
    source: "Ben-Michael, Feller and Rothstein (2021), JASA 116(536), 1789-1803",
};

/// Why no answer is given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AugmentedError {
    /// A covariate of another length than the panel, the same for all donors, or not a number.
    #[error("covariate {covariate} must have a finite value for each of {units} units, not the same for all donors")]
    Covariate {
        /// Its position.
        covariate: usize,
        /// Units of the panel.
        units: usize,
    },
    /// A penalty that is none.
    #[error("a penalty of {penalty}: give one above 0, or none to have it chosen")]
    Penalty {
        /// What was given.
        penalty: f64,
    },
    /// As for any block.
    #[error(transparent)]
    Block(#[from] BlockError),
}

/// How covariates enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Covariates {
    /// Beside the past outcomes, scaled to vary as those do.
    #[default]
    Beside,
    /// Regressed out of the past outcomes first, and balanced to the digit at the end.
    Residualised,
}

/// What may be chosen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// The penalty; chosen by leaving out one period at a time where absent.
    pub penalty: Option<f64>,
    /// Covariates, each with one value a unit.
    pub covariates: Vec<Vec<f64>>,
    /// How they enter.
    pub enter: Covariates,
}

/// The augmented mixture beside the plain one.
#[derive(Debug, Clone, PartialEq)]
pub struct Augmented {
    /// The augmented mixture.
    pub mixture: Mixture,
    /// The plain one, of the same rows.
    pub plain: Mixture,
    /// The penalty.
    pub penalty: f64,
    /// The effect by the plain mixture less that by the augmented one: the estimated bias.
    pub bias: f64,
    /// The root of the summed squared gaps before the start.
    pub imbalance: f64,
    /// By how much that is less than with equal weights, in percent.
    pub improvement: f64,
    /// Penalties tried, with the mean squared error of the period left out and its standard error.
    pub path: Vec<[f64; 3]>,
}

/// Rows to be matched: donors' and the treated's, centred by row over donors.
struct Rows {
    count: usize,
    donors: usize,
    /// Row after row.
    cells: Vec<f64>,
    target: Vec<f64>,
}

impl Rows {
    fn row(&self, r: usize) -> &[f64] {
        &self.cells[r * self.donors..(r + 1) * self.donors]
    }

    /// A row more, centred over donors.
    fn push(&mut self, donors: &[f64], target: f64) {
        let centre = mean(donors);
        self.cells.extend(donors.iter().map(|y| y - centre));
        self.target.push(target - centre);
        self.count += 1;
    }

    fn without(&self, row: usize) -> Rows {
        let kept: Vec<usize> = (0..self.count).filter(|r| *r != row).collect();
        Rows {
            count: kept.len(),
            donors: self.donors,
            cells: kept.iter().flat_map(|&r| self.row(r).iter().copied()).collect(),
            target: kept.iter().map(|&r| self.target[r]).collect(),
        }
    }

    /// The mixture on the simplex.
    fn mixture(&self) -> Result<(Vec<f64>, Kkt), BlockError> {
        let (n, k) = (self.donors, self.count);
        let near: Vec<f64> = (0..n).flat_map(|j| (0..k).map(move |r| self.cells[r * n + j] - self.target[r])).collect();
        let products = gram(&near, n);
        let mut weights = vec![0.0; n];
        let problem = Quadratic { gram: &products, linear: &vec![0.0; n], ridge: 0.0, allowed: &[] };
        let kkt = solve(&problem, &mut Workspace::default(), &mut weights)?;
        Ok((weights, kkt))
    }

    fn svd(&self) -> Svd {
        svd(&Matrix::from_fn(self.count, self.donors, |r, j| self.cells[r * self.donors + j]))
    }

    /// What the mixture leaves, row by row.
    fn left(&self, weights: &[f64]) -> Vec<f64> {
        (0..self.count).map(|r| self.target[r] - dot(self.row(r), weights)).collect()
    }
}

/// The ridge regression's addition to the weights, `X (X'X + penalty)^-1` times what is left.
fn addition(parts: &Svd, left: &[f64], penalty: f64) -> Vec<f64> {
    let along = parts.u.transposed_times_vector(left);
    let scaled: Vec<f64> = along.iter().zip(&parts.s).map(|(a, s)| a * s / (s * s + penalty)).collect();
    parts.v.times_vector(&scaled)
}

/// Penalties from the largest squared singular value down by eight powers of ten, in twenty steps.
fn penalties(parts: &Svd) -> Vec<f64> {
    (0..=20).map(|i| parts.s[0].powi(2) * 1e-8f64.powf(f64::from(i) / 20.0)).collect()
}

/// The mean squared error of each row left out in turn, for each penalty, with its standard error.
fn path(rows: &Rows, penalties: &[f64]) -> Result<Vec<[f64; 3]>, BlockError> {
    let mut errors = vec![Vec::new(); penalties.len()];
    for out in 0..rows.count - 1 {
        let kept = rows.without(out);
        let weights = kept.mixture()?.0;
        let (parts, left) = (kept.svd(), kept.left(&weights));
        for (errors, penalty) in errors.iter_mut().zip(penalties) {
            let mut all = weights.clone();
            axpy(1.0, &addition(&parts, &left, *penalty), &mut all);
            errors.push((rows.target[out] - dot(rows.row(out), &all)).powi(2));
        }
    }
    let summary = |(errors, penalty): (&Vec<f64>, &f64)| {
        let (centre, n) = (mean(errors), errors.len() as f64);
        let spread = (errors.iter().map(|e| (e - centre).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        [*penalty, centre, spread / n.sqrt()]
    };
    Ok(errors.iter().zip(penalties).map(summary).collect())
}

/// The largest penalty whose error is within one standard error of the least.
fn one_error_above(path: &[[f64; 3]]) -> f64 {
    let least = path.iter().fold(path[0], |a, b| if b[1] < a[1] { *b } else { a });
    path.iter().filter(|p| p[1] <= least[1] + least[2]).map(|p| p[0]).fold(least[0], f64::max)
}

/// The augmented mixture.
///
/// # Errors
/// [`AugmentedError`].
pub fn augmented_control(block: &Block, options: &Options) -> Result<Augmented, AugmentedError> {
    if let Some(penalty) = options.penalty.filter(|p| p.is_nan() || *p <= 0.0) {
        return Err(AugmentedError::Penalty { penalty });
    }
    let donors = block.donors();
    let mut rows = Rows { count: 0, donors: donors.len(), cells: Vec::new(), target: Vec::new() };
    let treated = block.treated_mean();
    for (t, target) in treated.iter().enumerate().take(block.start()) {
        rows.push(&donors.iter().map(|&i| block.series(i)[t]).collect::<Vec<_>>(), *target);
    }
    let covariates = covariate_rows(block, &donors, options)?;
    match options.enter {
        Covariates::Beside => beside(&mut rows, &covariates),
        Covariates::Residualised => residualise(&mut rows, &covariates),
    }
    let parts = rows.svd();
    let (path, penalty) = match options.penalty {
        Some(penalty) => (Vec::new(), penalty),
        None => {
            let path = path(&rows, &penalties(&parts))?;
            let penalty = one_error_above(&path);
            (path, penalty)
        }
    };
    let (mixed, kkt) = rows.mixture()?;
    let mut weights = mixed.clone();
    axpy(1.0, &addition(&parts, &rows.left(&mixed), penalty), &mut weights);
    if options.enter == Covariates::Residualised && covariates.count > 0 {
        balance(&covariates, &mut weights);
    }
    let mixture = Mixture::new(block, donors.clone(), weights, 0.0, None);
    let plain = Mixture::new(block, donors.clone(), mixed, 0.0, Some(kkt));
    let equal = Mixture::new(block, donors.clone(), vec![1.0 / donors.len() as f64; donors.len()], 0.0, None);
    let root = (block.start() as f64).sqrt();
    Ok(Augmented {
        bias: plain.att - mixture.att,
        imbalance: mixture.rmspe_before * root,
        improvement: 100.0 * (1.0 - mixture.rmspe_before / equal.rmspe_before),
        penalty,
        path,
        mixture,
        plain,
    })
}

fn covariate_rows(block: &Block, donors: &[usize], options: &Options) -> Result<Rows, AugmentedError> {
    let mut rows = Rows { count: 0, donors: donors.len(), cells: Vec::new(), target: Vec::new() };
    for (covariate, z) in options.covariates.iter().enumerate() {
        let units = block.units();
        if z.len() != units || z.iter().any(|z| !z.is_finite()) {
            return Err(AugmentedError::Covariate { covariate, units });
        }
        let treated = block.treated().iter().map(|&i| z[i]).sum::<f64>() / block.treated().len() as f64;
        rows.push(&donors.iter().map(|&i| z[i]).collect::<Vec<_>>(), treated);
        if rows.row(covariate).iter().all(|z| z.abs() <= 1e-14 * treated.abs().max(1e-300)) {
            return Err(AugmentedError::Covariate { covariate, units });
        }
    }
    Ok(rows)
}

/// The standard deviation of centred numbers.
fn spread(cells: &[f64]) -> f64 {
    let centre = mean(cells);
    (cells.iter().map(|c| (c - centre).powi(2)).sum::<f64>() / (cells.len() - 1) as f64).sqrt()
}

fn beside(rows: &mut Rows, covariates: &Rows) {
    let scale = spread(&rows.cells);
    for r in 0..covariates.count {
        let factor = scale / spread(covariates.row(r));
        rows.push(&covariates.row(r).iter().map(|z| z * factor).collect::<Vec<_>>(), covariates.target[r] * factor);
    }
}

/// Takes from each row what the covariates explain of it over donors, and the same of the treated.
fn residualise(rows: &mut Rows, covariates: &Rows) {
    if covariates.count == 0 {
        return;
    }
    let z = Matrix::from_fn(covariates.donors, covariates.count, |j, r| covariates.row(r)[j]);
    for r in 0..rows.count {
        let fit = least_squares(&z, rows.row(r), 1e-10);
        rows.target[r] -= dot(&fit.filled(), &covariates.target);
        rows.cells[r * rows.donors..(r + 1) * rows.donors].copy_from_slice(&fit.residuals);
    }
}

/// Adds what balances the covariates to the digit, in the least-squares way.
fn balance(covariates: &Rows, weights: &mut [f64]) {
    let (parts, left) = (covariates.svd(), covariates.left(weights));
    axpy(1.0, &addition(&parts, &left, 0.0), weights);
}

#[cfg(test)]
mod tests;

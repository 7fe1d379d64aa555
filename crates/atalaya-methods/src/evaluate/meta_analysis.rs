//! Meta-analysis: the average effect over studies, how much effects differ, and what explains it.
//!
//! # Answers
//! What do several evaluations say together, how far do their true effects lie apart, and where would the
//! next one fall?
//!
//! # Source
//! The normal-normal model as laid out by Viechtbauer (2005), Journal of Educational and Behavioral
//! Statistics 30(3), 261-293; the estimators of the variance between studies are those of the papers
//! named at [`Between`]; Knapp and Hartung (2003), Statistics in Medicine 22(17), 2693-2710; the profile
//! of Q is that of Viechtbauer (2007), Statistics in Medicine 26(1), 37-52.
//!
//! # Assumes
//! - Estimates are independent, normal and unbiased; their variances are known.
//! - True effects are normal about a mean that the moderators explain.
//!
//! # Shapes and units
//! `y`, `v`: `k` estimates and their variances, all above 0. `x`: `k` by `p` moderators, the constant
//! among them. Effects are in the unit of the estimates.
//!
//! # Cost
//! O(k p²) a pass over the studies, no matrix of `k` by `k`; five to twenty passes.
//!
//! # Does not
//! Handle estimates that depend on one another (see `meta_multilevel`) or judge which studies are missing
//! (see `meta_bias`).
//!
//! # Checked by
//! BCG vaccine, stroke care, passive smoking, conscientiousness and teacher expectancy against R's
//! `metafor`; a shift of all effects; coverage in a world of known variance; each refusal.

use crate::card::Card;
use crate::num::distribution::{chi2_quantile, chi2_tail, normal_quantile, normal_tail, t_quantile, t_two_sided};
use crate::num::{Cholesky, Matrix};

mod between;
mod pass;

pub use between::{Between, Stop};
use pass::Pass;

/// What the method is.
pub const CARD: Card = Card {
    id: "meta_analysis",
    verb: "evaluate",
    name: ["Meta-analysis", "Metaanálisis"],
    answers: [
        "What do several evaluations say together, and how far do their effects lie apart?",
        "¿Qué dicen varias evaluaciones en conjunto y cuánto difieren sus efectos?",
    ],
    source: "Viechtbauer (2005), JEBS 30(3), 261-293",
};

/// Why no answer is given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MetaError {
    /// Lists of different length.
    #[error("{estimates} estimates, {variances} variances and {moderators} rows of moderators: give one of each a study")]
    Lengths {
        /// Estimates.
        estimates: usize,
        /// Variances.
        variances: usize,
        /// Rows of moderators.
        moderators: usize,
    },
    /// A study without an estimate or with a variance that is none.
    #[error("study {study}: an estimate must be finite and its variance above 0; drop it, and say so")]
    Study {
        /// Its position.
        study: usize,
    },
    /// Too few studies.
    #[error("{studies} studies for {coefficients} coefficients and a variance between studies: too few")]
    TooFew {
        /// Studies.
        studies: usize,
        /// Coefficients.
        coefficients: usize,
    },
    /// A moderator that the others explain.
    #[error("moderator {column} is explained by those before it: drop it")]
    Collinear {
        /// Its position.
        column: usize,
    },
    /// An iteration that does not come to rest.
    #[error("the variance between studies did not settle in {steps} steps: use Paule-Mandel, which always does")]
    NotSettled {
        /// Steps taken.
        steps: usize,
    },
}

/// The estimates to be put together.
#[derive(Debug, Clone, Copy)]
pub struct Studies<'a> {
    /// The estimates.
    pub y: &'a [f64],
    /// Their variances.
    pub v: &'a [f64],
    /// Moderators, the constant among them; a constant alone where absent.
    pub x: Option<&'a Matrix>,
}

/// What may be chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// How the variance between studies is estimated.
    pub between: Between,
    /// Where iterations end.
    pub stop: Stop,
    /// Errors scaled by the fit and t quantiles, after Knapp and Hartung.
    pub knapp_hartung: bool,
    /// The level of intervals.
    pub level: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options { between: Between::RestrictedLikelihood, stop: Stop::AtOptimum, knapp_hartung: true, level: 0.95 }
    }
}

/// A coefficient with its error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Its interval.
    pub interval: [f64; 2],
    /// Twice the tail beyond it.
    pub p_value: f64,
}

/// What the studies say together.
#[derive(Debug, Clone, PartialEq)]
pub struct Meta {
    /// One a column of moderators; the average effect where there is none.
    pub coefficients: Vec<Coefficient>,
    /// The variance between studies, left over from the moderators.
    pub tau2: f64,
    /// The share of the variance that is between studies, in percent.
    pub i2: f64,
    /// The total variance over that within studies.
    pub h2: f64,
    /// Cochran's Q and the tail beyond it.
    pub q: (f64, f64),
    /// Where the true effect of the next study falls; only without moderators.
    pub prediction: Option<[f64; 2]>,
    /// Iterations taken.
    pub steps: usize,
    /// The log-likelihood, restricted where the estimator is.
    pub log_likelihood: f64,
}

/// Everything about the studies.
///
/// # Errors
/// [`MetaError`].
pub fn meta_analysis(studies: &Studies<'_>, options: &Options) -> Result<Meta, MetaError> {
    check(studies, options.between)?;
    let fixed = Pass::at(studies, 0.0)?;
    let (tau2, steps) = between::tau2(studies, &fixed, options)?;
    let pass = if options.between == Between::None { fixed.clone() } else { Pass::at(studies, tau2)? };
    let (k, p) = (studies.y.len(), pass.beta.len());
    let df = (k - p) as f64;
    let scale = if options.knapp_hartung { pass.q / df } else { 1.0 };
    let tail = 0.5 * (1.0 - options.level);
    let critical = if options.knapp_hartung { -t_quantile(tail, df) } else { -normal_quantile(tail) };
    let coefficient = |j: usize| {
        let (estimate, se) = (pass.beta[j], (scale * pass.covariance.at(j, j)).sqrt());
        let z = estimate / se;
        let p_value = if options.knapp_hartung { t_two_sided(z, df) } else { 2.0 * normal_tail(z.abs()) };
        Coefficient { estimate, se, interval: [estimate - critical * se, estimate + critical * se], p_value }
    };
    let coefficients: Vec<Coefficient> = (0..p).map(coefficient).collect();
    let within = df / fixed.trace;
    let none = options.between == Between::None;
    let spread = (tau2 + coefficients[0].se.powi(2)).sqrt();
    let mean = coefficients[0].estimate;
    Ok(Meta {
        i2: if none { 100.0 * (1.0 - df / fixed.q).max(0.0) } else { 100.0 * tau2 / (within + tau2) },
        h2: if none { fixed.q / df } else { tau2 / within + 1.0 },
        q: (fixed.q, chi2_tail(fixed.q, df)),
        prediction: (studies.x.is_none() && !none).then_some([mean - critical * spread, mean + critical * spread]),
        log_likelihood: pass.log_likelihood(options.between != Between::Likelihood && !none),
        coefficients,
        tau2,
        steps,
    })
}

fn check(studies: &Studies<'_>, between: Between) -> Result<(), MetaError> {
    let (k, rows) = (studies.y.len(), studies.x.map_or(studies.y.len(), Matrix::rows));
    if k != studies.v.len() || rows != k {
        return Err(MetaError::Lengths { estimates: k, variances: studies.v.len(), moderators: rows });
    }
    let moderators = |i: usize| studies.x.is_none_or(|x| (0..x.cols()).all(|j| x.at(i, j).is_finite()));
    let good = |i: usize| studies.y[i].is_finite() && studies.v[i].is_finite() && studies.v[i] > 0.0 && moderators(i);
    if let Some(study) = (0..k).find(|&i| !good(i)) {
        return Err(MetaError::Study { study });
    }
    let coefficients = studies.x.map_or(1, Matrix::cols);
    let needed = coefficients + usize::from(between != Between::None);
    if k < needed.max(2) {
        return Err(MetaError::TooFew { studies: k, coefficients });
    }
    if let Some(x) = studies.x {
        Cholesky::new(&x.gram(None), 1e-12).map_err(|e| MetaError::Collinear { column: e.column })?;
    }
    Ok(())
}

/// The interval of the variance between studies by the profile of Q; `None` where even no variance at all
/// leaves less disagreement than chance would.
///
/// # Errors
/// [`MetaError`].
pub fn tau2_interval(studies: &Studies<'_>, level: f64, stop: Stop) -> Result<Option<[f64; 2]>, MetaError> {
    check(studies, Between::PauleMandel)?;
    let fixed = Pass::at(studies, 0.0)?;
    let df = (studies.y.len() - fixed.beta.len()) as f64;
    let tail = 0.5 * (1.0 - level);
    let (low, high) = (chi2_quantile(tail, df), chi2_quantile(1.0 - tail, df));
    if fixed.q < low {
        return Ok(None);
    }
    let lower = if fixed.q > high { between::profile(studies, high, 0.0, stop)?.0 } else { 0.0 };
    Ok(Some([lower, between::profile(studies, low, if stop == Stop::AsUniroot { 0.0 } else { lower }, stop)?.0]))
}

/// How much of the variance between studies the moderators explain, in percent.
///
/// # Errors
/// [`MetaError`].
pub fn explained(studies: &Studies<'_>, options: &Options) -> Result<f64, MetaError> {
    let all = meta_analysis(&Studies { x: None, ..*studies }, options)?.tau2;
    let left = meta_analysis(studies, options)?.tau2;
    Ok(if all > 0.0 { 100.0 * (1.0 - left / all).max(0.0) } else { 0.0 })
}

#[cfg(test)]
mod tests;

//! What reads a trial: an estimator and the test that belongs to it.

use atalaya_kernel::Seed;

use super::{Plan, PowerError, Reading, Trial, TrialError};
use crate::evaluate::block::{Block, BlockError};
use crate::evaluate::callaway_santanna::aggregate::Aggregation;
use crate::evaluate::callaway_santanna::{self, Control, Shape, callaway_santanna};
use crate::evaluate::covariance::few_clusters::crv3;
use crate::evaluate::covariance::{Leverage, Small, clustered::clustered};
use crate::evaluate::fixed_effects::Regression;
use crate::evaluate::imputation::{self, imputation};
use crate::evaluate::synthetic_control::{self, Pool, space_placebos, synthetic_control};
use crate::evaluate::synthetic_did::{self, Draws, Kind, placebos, synthetic_did};
use crate::num::distribution::{normal_quantile, t_quantile};

/// An estimator, with its own inference.
#[derive(Clone, Copy)]
pub enum Estimator<'a> {
    /// Two-way fixed effects; errors clustered on the unit (CRV1), t with clusters less one.
    Twfe,
    /// The same with the cluster jackknife (CRV3), made for few clusters.
    TwfeJackknife,
    /// Callaway and Sant'Anna, compared with those not yet treated; analytic errors, normal.
    Did,
    /// Borusyak, Jaravel and Spiess; conservative errors, normal.
    Imputation,
    /// Synthetic control with placebos in space: by the ratio of errors for one treated unit, by the gap for more.
    SyntheticControl,
    /// Synthetic difference in differences with the placebo error, normal.
    SyntheticDid,
    /// One of the caller's.
    Own(&'a (dyn Fn(&Trial, f64) -> Result<Reading, TrialError> + Sync)),
}

/// Placebos of synthetic estimators in a trial with many sets: enough for a quantile of 5 %.
const PLACEBOS: usize = 199;

impl std::fmt::Debug for Estimator<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Estimator<'_> {
    /// What it is called.
    pub fn name(&self) -> &'static str {
        match self {
            Estimator::Twfe => "two-way fixed effects",
            Estimator::TwfeJackknife => "two-way fixed effects with the cluster jackknife",
            Estimator::Did => "Callaway and Sant'Anna",
            Estimator::Imputation => "imputation",
            Estimator::SyntheticControl => "synthetic control",
            Estimator::SyntheticDid => "synthetic difference in differences",
            Estimator::Own(_) => "an estimator of the caller's",
        }
    }

    /// Whether the estimator is made for the plan.
    pub(super) fn check(&self, plan: &Plan) -> Result<(), PowerError> {
        let mut starts = plan.starts.clone();
        starts.sort_unstable();
        starts.dedup();
        let one = matches!(self, Estimator::SyntheticControl | Estimator::SyntheticDid);
        if one && starts.len() > 1 { Err(PowerError::ManyStarts { estimator: self.name(), starts: starts.len() }) } else { Ok(()) }
    }

    /// What it says of a trial, at a level of false alarms.
    ///
    /// # Errors
    /// Those of the estimator.
    pub fn read(&self, trial: &Trial, alpha: f64, seed: Seed) -> Result<Reading, TrialError> {
        match self {
            Estimator::Twfe => twfe(trial, alpha, false),
            Estimator::TwfeJackknife => twfe(trial, alpha, true),
            Estimator::Did => {
                let whole = trial.outcome.iter().all(|y| y.is_finite());
                let shape = if whole { Shape::Balanced } else { Shape::Unbalanced };
                let options = callaway_santanna::Options { control: Control::NotYet, shape, ..Default::default() };
                let overall = trial.staggered(|p| Ok(callaway_santanna(p, &options)?.aggregate(Aggregation::Simple)?.overall))?;
                let se = overall.se.ok_or(TrialError::Own("no standard error".into()))?;
                Ok(about(overall.att, normal_quantile(1.0 - 0.5 * alpha) * se))
            }
            Estimator::Imputation => {
                let made = trial.staggered(|p| imputation(p, imputation::Options { leave_out: true }))?;
                Ok(about(made.horizons[0].att, normal_quantile(1.0 - 0.5 * alpha) * made.horizons[0].se))
            }
            Estimator::SyntheticControl => control(&trial.block()?, alpha, seed),
            Estimator::SyntheticDid => {
                let block = trial.block()?;
                let how = Draws { draws: PLACEBOS, seed, ..Draws::default() };
                let options = synthetic_did::Options::default();
                let se = placebos(&block, &options, &how)?.se;
                Ok(about(synthetic_did(&block, &options)?.estimate, normal_quantile(1.0 - 0.5 * alpha) * se))
            }
            Estimator::Own(read) => read(trial, alpha),
        }
    }
}

/// A test that is silent while the estimate is within a half-width of 0.
fn about(estimate: f64, half: f64) -> Reading {
    Reading { estimate, silent: [-half - estimate, half - estimate] }
}

fn twfe(trial: &Trial, alpha: f64, jackknife: bool) -> Result<Reading, TrialError> {
    trial.staggered(|p| {
        let names = ["treated".to_string()];
        let time: Vec<u32> = p.period.iter().map(|t| *t as u32).collect();
        let d: Vec<f64> = (0..p.y.len()).map(|r| f64::from(u8::from(p.treated(r)))).collect();
        let regression = Regression { y: p.y, names: &names, x: &[&d], effects: &[p.unit, &time], weights: None, set_aside: false };
        let fit = regression.fit()?;
        let v = if jackknife { crv3(&regression, &fit, p.unit)? } else { clustered(&fit, &[p.unit], Leverage::Ignored, Small::default())? };
        Ok(about(fit.coef[0], t_quantile(1.0 - 0.5 * alpha, v.freedom[0]) * v.se(0)))
    })
}

fn control(block: &Block, alpha: f64, seed: Seed) -> Result<Reading, TrialError> {
    let options = synthetic_control::Options::default();
    let fit = synthetic_control(block, &options)?;
    if block.treated().len() > 1 {
        let how = Draws { draws: PLACEBOS, seed, ..Draws::default() };
        let own = synthetic_did::Options { kind: Kind::Control, ..Default::default() };
        let sizes = placebos(block, &own, &how)?.estimates.iter().map(|(_, v)| v.abs()).collect();
        let estimate = synthetic_did(block, &own)?.estimate;
        return Ok(about(estimate, beyond(sizes, alpha)));
    }
    if block.donors().len() < 3 {
        return Err(BlockError::NoDonors { donors: block.donors().len(), needed: 3 }.into());
    }
    let found = space_placebos(block, &options, Pool::Untreated)?;
    let critical = beyond(found.ratios()[1..].to_vec(), alpha);
    // The mean square of gaps since the start is (effect + att)^2 and what lies about it: silent between two roots.
    let about_mean = fit.rmspe_after.powi(2) - fit.att.powi(2);
    let square = (critical * fit.rmspe_before).powi(2) - about_mean;
    Ok(about(fit.att, if square.is_nan() { f64::INFINITY } else { square.max(0.0).sqrt() }))
}

/// The size that a statistic must exceed for its rank among these to be a share `alpha` or less; infinite where too few.
fn beyond(mut sizes: Vec<f64>, alpha: f64) -> f64 {
    sizes.sort_by(|a, b| b.total_cmp(a));
    // With k sizes at least as large the p-value is (1 + k) / (1 + all).
    let may = (alpha * (1 + sizes.len()) as f64 + 1e-9).floor() as usize;
    if may == 0 { f64::INFINITY } else { sizes.get(may - 1).copied().unwrap_or(0.0) }
}

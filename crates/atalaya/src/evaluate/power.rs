//! What a design could see, tried on what came before it.

use atalaya_kernel::Seed;
use atalaya_methods::evaluate::covariance::clustered::clustered;
use atalaya_methods::evaluate::covariance::{Leverage, Line, Small};
use atalaya_methods::evaluate::fixed_effects::Regression;
use atalaya_methods::evaluate::power::{Estimator, Options, Past, Plan, Power, Reading, Source, Trial, TrialError, power};
use serde::Serialize;

use super::design::{Design, Transformation};
use super::sample::{Sample, turned};

/// Trials of small and of large panels.
const TRIALS: [usize; 2] = [500, 100];
/// Cells from which on a panel is large.
const LARGE: usize = 5_000;
/// Units from which on mixtures are tried seldom: each trial mixes anew for every placebo.
const MANY: usize = 60;
/// How often then.
const SELDOM: usize = 50;
/// Periods after the start that are planned where the design names no last one.
const PLANNED: usize = 3;

/// What was tried and what it could see.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tried {
    /// The estimator.
    pub estimator: &'static str,
    /// Periods before and after the start in a trial.
    pub periods: [usize; 2],
    /// The smallest effects down and up that 8 of 10 studies would find.
    pub detectable: [Option<f64>; 2],
    /// The share of trials without an effect that cry one.
    pub false_alarms: f64,
    /// Effects and the share of studies that would find them.
    pub curve: Vec<[f64; 2]>,
    /// Trials made.
    pub trials: usize,
    /// Whether they are all there are.
    pub enumerated: bool,
}

/// Tries a design on the panel before its start.
///
/// # Errors
/// What the method refuses, in its own words.
pub(super) fn tried(sample: &Sample, design: &Design) -> Result<Tried, String> {
    let (outcome, periods) = rectangle(sample, design)?;
    let past = Past { outcome: &outcome, units: sample.units.len(), periods: periods.len() };
    let from = design.data.from.unwrap_or(i64::MIN);
    let before = periods.iter().filter(|p| **p >= from).count().max(1);
    let start = design.programme.start;
    let after = design.data.to.map_or(PLANNED, |to| usize::try_from(to - start + 1).unwrap_or(1).max(1));
    // A past longer than the plan has windows of its own; a shorter one is drawn in blocks.
    let spare = periods.len() > before + after;
    let plan = Plan { starts: starts(sample, after), before, after, eligible: Vec::new() };
    let own = |trial: &Trial, alpha: f64| exposed(sample, trial, alpha);
    let estimator = match (sample.exposure.is_some(), design.method.id.as_str()) {
        (true, _) => Estimator::Own(&own),
        (_, "twfe" | "poisson") => Estimator::Twfe,
        (_, "wild") => Estimator::TwfeJackknife,
        (_, "imputation") => Estimator::Imputation,
        (_, "sc" | "sc-predictors" | "augsynth" | "robust-sc") => Estimator::SyntheticControl,
        (_, "synthdid" | "gsynth" | "mc") => Estimator::SyntheticDid,
        _ => Estimator::Did,
    };
    let options = Options {
        source: if spare { Source::Windows } else { Source::Blocks(periods.len().min(2)) },
        alpha: 1.0 - design.method.level.unwrap_or(95.0) / 100.0,
        draws: match estimator {
            Estimator::SyntheticControl | Estimator::SyntheticDid if past.units > MANY => SELDOM,
            _ => TRIALS[usize::from(outcome.len() > LARGE)],
        },
        seed: Seed(design.method.seed),
        ..Options::new(estimator)
    };
    let name = if sample.exposure.is_some() { "two-way fixed effects on exposure" } else { estimator.name() };
    power(&past, &plan, &options).map(|p| told(&p, name, [before, after])).map_err(|e| e.to_string())
}

fn told(power: &Power, estimator: &'static str, periods: [usize; 2]) -> Tried {
    Tried {
        estimator,
        periods,
        detectable: power.detectable,
        false_alarms: power.false_alarms,
        curve: power.curve.iter().map(|p| [p.effect, p.power]).collect(),
        trials: power.trials,
        enumerated: power.enumerated,
    }
}

/// The outcome before the start, unit after unit, on the design's scale; Poisson effects in units.
fn rectangle(sample: &Sample, design: &Design) -> Result<(Vec<f64>, Vec<i64>), String> {
    let by = match design.outcome.transformation {
        Transformation::Poisson => Transformation::Levels,
        other => other,
    };
    let periods: Vec<i64> = sample.periods().into_iter().filter(|p| *p < design.programme.start).collect();
    let mut out = vec![f64::NAN; sample.units.len() * periods.len()];
    for row in sample.rows.iter().filter(|r| r.period < design.programme.start) {
        if let Some(y) = row.y {
            let at = row.unit * periods.len() + periods.partition_point(|p| *p < row.period);
            out[at] = turned(by, y).map_err(|e| e.found.en)?;
        }
    }
    Ok((out, periods))
}

/// When each treated unit starts, counted from the first of them; those after the plan's end do not.
fn starts(sample: &Sample, after: usize) -> Vec<usize> {
    if sample.exposure.is_some() {
        return vec![0];
    }
    let first = sample.first.iter().flatten().min().copied().unwrap_or(0);
    sample.first.iter().flatten().filter_map(|g| usize::try_from(g - first).ok()).filter(|g| *g < after).collect()
}

/// The regression of a design of exposure on a trial: every unit starts with the one drawn.
fn exposed(sample: &Sample, trial: &Trial, alpha: f64) -> Result<Reading, TrialError> {
    let own = |e: &dyn std::fmt::Display| TrialError::Own(e.to_string());
    let exposure = sample.exposure.as_deref().unwrap_or_default();
    let start = trial.starts.iter().flatten().copied().min().unwrap_or(0);
    let cells: Vec<usize> = (0..trial.outcome.len()).filter(|c| trial.outcome[*c].is_finite()).collect();
    let y: Vec<f64> = cells.iter().map(|c| trial.outcome[*c]).collect();
    let unit: Vec<u32> = cells.iter().map(|c| (c / trial.periods) as u32).collect();
    let time: Vec<u32> = cells.iter().map(|c| (c % trial.periods) as u32).collect();
    let x: Vec<f64> = unit.iter().zip(&time).map(|(u, t)| if *t as usize >= start { exposure[*u as usize] } else { 0.0 }).collect();
    let names = ["exposure".to_string()];
    let regression = Regression { y: &y, names: &names, x: &[&x], effects: &[&unit, &time], weights: None, set_aside: false };
    let fit = regression.fit().map_err(|e| own(&e))?;
    let covariance = clustered(&fit, &[&unit], Leverage::Ignored, Small::default()).map_err(|e| own(&e))?;
    let line = Line::new("exposure", fit.coef[0], covariance.se(0), covariance.freedom[0], 1.0 - alpha);
    // An effect moves the estimate by itself: these leave zero inside the interval.
    Ok(Reading { estimate: line.estimate, silent: [-line.interval[1], -line.interval[0]] })
}

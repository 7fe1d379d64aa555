//! Power before the fact: what an evaluation could have seen, tried on what came before the programme.
//!
//! # Answers
//! How large must an effect be for this design to see it, and how often would it see one that is not there?
//!
//! # Source
//! Bertrand, Duflo and Mullainathan (2004), QJE 119(1), 249-275, section III, for placebo programmes on real
//! panels; Bloom (1995), Evaluation Review 19(5), 547-556, for the minimum detectable effect; Burlig, Preonas and
//! Woerman (2020), J. Development Economics 144, 102458, for power of panels simulated on their own past; blocks
//! of residuals after Künsch (1989), Annals of Statistics 17(3), 1217-1241.
//!
//! # Assumes
//! - What moves units after the start is like what moved them before.
//! - The effect is the same number in every treated period. Then the estimate moves by that number and its error
//!   stays as it is, which holds for every estimator here.
//!
//! # Shapes and units
//! A rectangle of outcomes before the start, unit after unit, empty cells not a number; effects in its units.
//!
//! # Cost
//! One fit a trial, whatever the number of effects: each trial says from which effect on it would speak.
//!
//! # Does not
//! Read anything since the start, or know of effects that grow or fade.
//!
//! # Checked by
//! `a_test_of_differences_has_its_textbook_power`, `one_fit_tells_every_effect`, `too_few_clusters_cry_wolf_and_it_shows`,
//! `few_placebos_are_all_tried`, `threads_change_nothing`, `blocks_lengthen_a_short_past`, `each_refusal_is_provoked`.

mod estimators;
mod trial;

use atalaya_kernel::Seed;
use rayon::prelude::*;

use super::block::BlockError;
use super::donors::mean;
use super::refusal::Refusal;
use crate::card::Card;

pub use estimators::Estimator;
pub use trial::Trial;

/// What the method is.
pub const CARD: Card = Card {
    id: "power",
    verb: "evaluate",
    name: ["Power and minimum detectable effect", "Potencia y efecto mínimo detectable"],
    answers: [
        "How large must an effect be for this design to see it, and how often would it see one that is not there?",
        "¿Qué tan grande debe ser un efecto para que este diseño lo vea, y cuántas veces vería uno que no existe?",
    ],
    source: "Bertrand, Duflo and Mullainathan (2004), QJE 119(1), 249-275; Bloom (1995), Evaluation Review 19(5)",
};

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PowerError {
    /// The numbers do not fill the panel.
    #[error("{found} outcomes for {units} units and {periods} periods: give {units} x {periods}, unit after unit")]
    Shape {
        /// Numbers given.
        found: usize,
        /// Units.
        units: usize,
        /// Periods.
        periods: usize,
    },
    /// The plan treats nobody.
    #[error("the plan treats nobody: say how many units start, and when")]
    NoTreated,
    /// Nobody is left to compare with.
    #[error("{treated} of {units} units are to be treated: {needed} must be left to compare with")]
    NoDonors {
        /// Units in the panel.
        units: usize,
        /// Units to be treated.
        treated: usize,
        /// Units needed beside them.
        needed: usize,
    },
    /// A past shorter than the plan.
    #[error("{periods} periods before the start, the plan tried on them needs {needed}: plan a shorter one or resample blocks of periods")]
    ShortPast {
        /// Periods there are.
        periods: usize,
        /// Periods needed.
        needed: usize,
    },
    /// An estimator of one start for several.
    #[error("{estimator} has one start, the plan has {starts}: try each start by itself")]
    ManyStarts {
        /// The estimator.
        estimator: &'static str,
        /// Different starts.
        starts: usize,
    },
    /// A quantity outside its range.
    #[error("{what} is {found}: it must be {wanted}")]
    OutOfRange {
        /// What was given.
        what: &'static str,
        /// What it was.
        found: f64,
        /// What it may be.
        wanted: &'static str,
    },
    /// The estimator answered in no trial.
    #[error("the estimator refused all {trials} trials, the first because: {first}")]
    AllRefused {
        /// Trials made.
        trials: usize,
        /// What it said in the first.
        first: TrialError,
    },
}

/// Why a trial has no reading.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TrialError {
    /// As a panel is refused.
    #[error(transparent)]
    Panel(#[from] Refusal),
    /// As a block is refused.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// What an estimator of the caller's says.
    #[error("{0}")]
    Own(String),
}

/// The outcome before the start.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// Outcomes unit after unit; a cell not observed is not a number.
    pub outcome: &'a [f64],
    /// Units.
    pub units: usize,
    /// Periods.
    pub periods: usize,
}

/// What is tried on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// For each treated unit, how many periods after the first of them it starts: 0 for those that start first.
    pub starts: Vec<usize>,
    /// Periods before the first start.
    pub before: usize,
    /// Periods from the first start on.
    pub after: usize,
    /// The units that may be treated in a trial; all where empty.
    pub eligible: Vec<usize>,
}

/// Where the periods of a trial come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Runs of the past as they were.
    Windows,
    /// Blocks of so many periods, all units together, of what unit and period effects leave.
    Blocks(usize),
}

/// How it is tried.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The estimator, with its own inference.
    pub estimator: Estimator<'a>,
    /// Where periods come from.
    pub source: Source,
    /// The share of false alarms that its test is to have, 0.05.
    pub alpha: f64,
    /// The power at which an effect counts as detectable, 0.8.
    pub power: f64,
    /// How many trials; where all there are do not exceed them, each is made once.
    pub draws: usize,
    /// Where draws come from.
    pub seed: Seed,
    /// Effects of the curve; 41 about 0 that reach beyond the detectable where empty.
    pub effects: &'a [f64],
}

impl Options<'_> {
    /// The usual choices for an estimator.
    pub fn new(estimator: Estimator<'_>) -> Options<'_> {
        Options { estimator, source: Source::Windows, alpha: 0.05, power: 0.8, draws: 1_000, seed: Seed(1), effects: &[] }
    }
}

/// What an estimator says of one trial without an effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The estimate.
    pub estimate: f64,
    /// The effects that, added to the outcome of the treated, would leave its test silent.
    pub silent: [f64; 2],
}

/// A point of the power curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The effect.
    pub effect: f64,
    /// The share of trials that see it, on its own side of 0; at 0, that see anything.
    pub power: f64,
    /// The error of that share from the number of trials.
    pub error: f64,
}

/// Effects detectable downward and upward; none where no effect is.
pub type Detectable = [Option<f64>; 2];

/// What the design can see.
#[derive(Debug, Clone, PartialEq)]
pub struct Power {
    /// The curve, in the order of its effects.
    pub curve: Vec<Point>,
    /// The least effects down and up that are seen with the power asked.
    pub detectable: Detectable,
    /// The share of trials without an effect that see one.
    pub false_alarms: f64,
    /// The error of that share from the number of trials.
    pub false_alarms_error: f64,
    /// The factor on the test's own interval at which false alarms would be as stated.
    pub stretch: f64,
    /// The detectable effects once intervals are stretched so: what can be claimed if `false_alarms` is too high.
    pub detectable_stretched: Detectable,
    /// The mean of the estimates without an effect: bias.
    pub bias: f64,
    /// Their standard deviation.
    pub spread: f64,
    /// Trials made.
    pub trials: usize,
    /// Whether they are all there are.
    pub enumerated: bool,
    /// Trials the estimator refused; they count as seeing nothing.
    pub refused: usize,
}

/// Power, tried on the past.
///
/// # Errors
/// [`PowerError`].
pub fn power(past: &Past<'_>, plan: &Plan, options: &Options<'_>) -> Result<Power, PowerError> {
    check(past, plan, options)?;
    let maker = trial::Maker::new(past, plan, options)?;
    let read = |t: usize| options.estimator.read(&maker.trial(t), options.alpha, options.seed);
    let all: Vec<Result<Reading, TrialError>> = (0..maker.trials).into_par_iter().map(read).collect();
    let readings: Vec<Reading> = all.iter().filter_map(|r| r.as_ref().ok().copied()).collect();
    match all.iter().find_map(|r| r.as_ref().err()) {
        Some(first) if readings.is_empty() => Err(PowerError::AllRefused { trials: maker.trials, first: first.clone() }),
        _ => Ok(summary(&readings, &maker, options)),
    }
}

fn check(past: &Past<'_>, plan: &Plan, options: &Options<'_>) -> Result<(), PowerError> {
    let Past { units, periods, .. } = *past;
    if past.outcome.len() != units * periods || past.outcome.is_empty() {
        return Err(PowerError::Shape { found: past.outcome.len(), units, periods });
    }
    let treated = plan.starts.len();
    if treated == 0 {
        return Err(PowerError::NoTreated);
    }
    let able = if plan.eligible.is_empty() { units } else { plan.eligible.iter().filter(|i| **i < units).count() };
    if able < treated || units < treated + 2 {
        return Err(PowerError::NoDonors { units: able, treated, needed: 2 });
    }
    let range = |ok: bool, what, found, wanted| if ok { Ok(()) } else { Err(PowerError::OutOfRange { what, found, wanted }) };
    range(options.alpha > 0.0 && options.alpha < 1.0, "the level of false alarms", options.alpha, "between 0 and 1")?;
    range(options.power > 0.0 && options.power < 1.0, "the power", options.power, "between 0 and 1")?;
    range(options.draws > 0, "the number of trials", 0.0, "1 or more")?;
    let last = plan.starts.iter().copied().max().unwrap_or(0);
    range(last < plan.after, "the last start", last as f64, "before the last period of the plan")?;
    if plan.before < 2 {
        return Err(PowerError::ShortPast { periods: plan.before, needed: 2 });
    }
    if let Source::Blocks(length) = options.source {
        range(length > 0 && length <= periods, "the length of blocks", length as f64, "1 or more and at most the periods of the past")?;
    }
    if options.source == Source::Windows && periods < plan.before + plan.after {
        return Err(PowerError::ShortPast { periods, needed: plan.before + plan.after });
    }
    options.estimator.check(plan)
}

fn summary(readings: &[Reading], maker: &trial::Maker<'_>, options: &Options<'_>) -> Power {
    let trials = maker.trials;
    let share = |count: usize| count as f64 / trials as f64;
    let error = |p: f64| (p * (1.0 - p) / trials as f64).sqrt();
    let false_alarms = share(readings.iter().filter(|r| r.silent[0] > 0.0 || r.silent[1] < 0.0).count());
    let seen = |effect: f64| {
        let sees = |r: &&Reading| if effect > 0.0 { effect > r.silent[1] } else { effect < r.silent[0] };
        if effect == 0.0 { false_alarms } else { share(readings.iter().filter(sees).count()) }
    };
    let stretch = stretch(readings, trials, options.alpha);
    let stretched: Vec<Reading> = readings.iter().map(|r| Reading { silent: stretched(r.silent, stretch), ..*r }).collect();
    let plain = detectable(readings, trials, options.power);
    let estimates: Vec<f64> = readings.iter().map(|r| r.estimate).collect();
    let bias = mean(&estimates);
    let spread = mean(&estimates.iter().map(|e| (e - bias).powi(2)).collect::<Vec<f64>>()).sqrt();
    let reach = plain.iter().flatten().map(|m| m.abs()).fold(0.0, f64::max);
    let step = if reach > 0.0 { reach / 15.0 } else { spread / 5.0 };
    let effects: Vec<f64> =
        if options.effects.is_empty() { (-20..=20).map(|k| f64::from(k) * step).collect() } else { options.effects.to_vec() };
    let point = |effect: &f64| Point { effect: *effect, power: seen(*effect), error: error(seen(*effect)) };
    Power {
        curve: effects.iter().map(point).collect(),
        detectable: plain,
        false_alarms,
        false_alarms_error: error(false_alarms),
        stretch,
        detectable_stretched: detectable(&stretched, trials, options.power),
        bias,
        spread,
        trials,
        enumerated: maker.enumerated,
        refused: trials - readings.len(),
    }
}

/// The effects down and up from which on a share of trials speaks.
fn detectable(readings: &[Reading], trials: usize, power: f64) -> Detectable {
    let needed = (power * trials as f64 - 1e-9).ceil().max(1.0) as usize;
    let at = |side: f64, end: usize| {
        // The trial itself still keeps silent at its bound: the least effect seen is next to it.
        let mut bounds: Vec<f64> = readings.iter().map(|r| (side * r.silent[end]).max(0.0)).collect();
        bounds.sort_by(f64::total_cmp);
        bounds.get(needed - 1).filter(|b| b.is_finite()).map(|b| side * b)
    };
    [at(-1.0, 0), at(1.0, 1)]
}

/// The factor on the half-widths that leaves a share `alpha` of all trials without 0 in their silent range.
fn stretch(readings: &[Reading], trials: usize, alpha: f64) -> f64 {
    let ratio = |r: &Reading| {
        let (centre, half) = (0.5 * (r.silent[0] + r.silent[1]), 0.5 * (r.silent[1] - r.silent[0]));
        if half.is_finite() && half > 0.0 { centre.abs() / half } else { 0.0 }
    };
    let mut ratios: Vec<f64> = readings.iter().map(ratio).collect();
    ratios.resize(trials, 0.0);
    ratios.sort_by(f64::total_cmp);
    ratios[(((1.0 - alpha) * trials as f64).ceil() as usize).clamp(1, trials) - 1]
}

fn stretched(silent: [f64; 2], factor: f64) -> [f64; 2] {
    if !(silent[1] - silent[0]).is_finite() {
        return silent;
    }
    let (centre, half) = (0.5 * (silent[0] + silent[1]), 0.5 * (silent[1] - silent[0]));
    [centre - factor * half, centre + factor * half]
}

#[cfg(test)]
mod tests;

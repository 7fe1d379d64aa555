//! Synthetic control on outcomes: the mixture of untreated units whose past is that of the treated.
//!
//! # Answers
//! What would the treated have done without the programme, if units that moved like them before it go on
//! doing so? The gap to that mixture is the effect, period by period.
//!
//! # Source
//! Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105(490),
//! 493-505, section 2, with every outcome before the start as a predictor of equal weight; the intercept
//! is that of Doudchenko and Imbens (2016), NBER 22791, equation 5; the penalty that of Abadie and L'Hour
//! (2021), Journal of the American Statistical Association 116(536), 1817-1834, equation 5.
//!
//! # Assumes
//! - The outcomes of the treated without the programme are a mixture of those of the donors.
//! - Donors are untouched by the programme: no spill-over.
//! - Nobody reacts before the start.
//!
//! # Shapes and units
//! A [`Block`]; several treated units count as their mean. One unit of measure throughout.
//!
//! # Cost
//! O(n² t) for the products of n donors over t periods before, then O(n s) a step with s donors in the
//! mixture. All placebos share the products.
//!
//! # Does not
//! Use covariates (see `synthetic_control_predictors`), extrapolate (see `augmented_control`), or weigh
//! periods (see `synthetic_did`).
//!
//! # Checked by
//! Proposition 99, Basque Country and German reunification against an interior-point solver; a shift
//! common to all; a world of three factors; each refusal.

use rayon::prelude::*;

use super::block::{Block, BlockError};
use super::donors::{Mixture, mean};
use super::simplex::{Quadratic, Workspace, gram, solve};
use crate::card::Card;

/// What the method is.
pub const CARD: Card = Card {
    id: "synthetic_control",
    verb: "evaluate",
    name: ["Synthetic control", "Control sintético"],
    answers: [
        "What would the treated have done without the programme, if units with the same past go on as they were?",
        "¿Qué habría pasado sin el programa, si las unidades con el mismo pasado siguen como venían?",
    ],
    source: "Abadie, Diamond and Hainmueller (2010), JASA 105(490), 493-505",
};

/// How the mixture is made.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    /// A constant difference to the mixture is allowed: the past is matched in its movements, not its level.
    pub intercept: bool,
    /// What is added for each donor's own distance to the treated: large values give near neighbours.
    pub penalty: f64,
    /// What is added for the sum of squared weights: large values spread the weights.
    pub ridge: f64,
}

/// The past of all units as the programme sees it: centred in each period, and by unit where an intercept
/// takes up its level.
fn past(block: &Block, options: &Options) -> (Vec<f64>, Vec<f64>) {
    let (n, before) = (block.units(), block.start());
    let mut series = Vec::with_capacity(n * before);
    let mut levels = Vec::with_capacity(n);
    for i in 0..n {
        let own = &block.series(i)[..before];
        let level = if options.intercept { mean(own) } else { 0.0 };
        series.extend(own.iter().map(|y| y - level));
        levels.push(mean(own));
    }
    for t in 0..before {
        // A constant taken from all in a period changes no weight; it keeps digits in the products.
        let centre = (0..n).map(|i| series[i * before + t]).sum::<f64>() / n as f64;
        (0..n).for_each(|i| series[i * before + t] -= centre);
    }
    (series, levels)
}

/// The optimal mixture for the mean of the treated.
///
/// # Errors
/// [`BlockError::NotSolved`].
pub fn synthetic_control(block: &Block, options: &Options) -> Result<Mixture, BlockError> {
    let donors = block.donors();
    let (series, levels) = past(block, options);
    let before = block.start();
    let at = |i: usize| &series[i * before..(i + 1) * before];
    let share = 1.0 / block.treated().len() as f64;
    let mut target = vec![0.0; before];
    block.treated().iter().for_each(|&i| crate::num::axpy(share, at(i), &mut target));
    // Distances to the treated: nothing is lost to cancellation, and the linear term is the penalty alone.
    let near: Vec<f64> = donors.iter().flat_map(|&i| at(i).iter().zip(&target).map(|(y, x)| y - x)).collect();
    let products = gram(&near, donors.len());
    let n = donors.len();
    let linear: Vec<f64> = (0..n).map(|j| -0.5 * options.penalty * products[j * n + j]).collect();
    let problem = Quadratic { gram: &products, linear: &linear, ridge: options.ridge, allowed: &[] };
    let mut weights = vec![0.0; n];
    let kkt = solve(&problem, &mut Workspace::default(), &mut weights)?;
    let level = mean(&block.treated_mean()[..before]);
    let mixed: f64 = donors.iter().zip(&weights).map(|(&i, w)| w * levels[i]).sum();
    Ok(Mixture::new(block, donors, weights, if options.intercept { level - mixed } else { 0.0 }, Some(kkt)))
}

/// Which units a placebo may mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pool {
    /// All others, the treated among them: the test of Abadie, Diamond and Hainmueller, exact if nothing happened.
    #[default]
    All,
    /// Those never treated: an effect on the treated does not reach the placebos.
    Untreated,
}

/// The same for each unit in turn as if it alone had been treated: the treated first, then every donor. One set
/// of products serves them all.
#[derive(Debug, Clone, PartialEq)]
pub struct SpacePlacebos {
    /// The units, in the order of the answers.
    pub units: Vec<usize>,
    /// Mean gap from the start on.
    pub att: Vec<f64>,
    /// Root mean squared gap before the start.
    pub rmspe_before: Vec<f64>,
    /// Root mean squared gap from the start on.
    pub rmspe_after: Vec<f64>,
    /// Outcome less mixture of each, in every period.
    pub gaps: Vec<Vec<f64>>,
    /// The largest relative duality gap among all.
    pub relative_gap: f64,
}

impl SpacePlacebos {
    /// The error after over that before, of each unit.
    pub fn ratios(&self) -> Vec<f64> {
        self.rmspe_after.iter().zip(&self.rmspe_before).map(|(a, b)| a / b).collect()
    }

    /// The rank of the treated among all by ratio, 1 the largest, and its share of all: the p-value of
    /// Abadie, Diamond and Hainmueller. It is exact: every unit has been tried.
    pub fn rank_of_treated(&self) -> (usize, f64) {
        let ratios = self.ratios();
        let rank = ratios.iter().filter(|r| **r >= ratios[0]).count();
        (rank, rank as f64 / ratios.len() as f64)
    }
}

/// Every unit tried as if it had been treated. The block must have one treated unit.
///
/// # Errors
/// [`BlockError::NotSolved`]; [`BlockError::NoTreated`] where several units are treated;
/// [`BlockError::NoDonors`] where one donor would be left.
pub fn space_placebos(block: &Block, options: &Options, pool: Pool) -> Result<SpacePlacebos, BlockError> {
    let &[treated] = block.treated() else { return Err(BlockError::NoTreated) };
    if block.units() < 4 {
        return Err(BlockError::NoDonors { donors: block.units() - 2, needed: 2 });
    }
    let units: Vec<usize> = std::iter::once(treated).chain(block.donors()).collect();
    let (series, levels) = past(block, options);
    let products = gram(&series, block.units());
    let shut = (pool == Pool::Untreated).then_some(treated);
    let shared = Shared { block, options, products: &products, levels: &levels, shut };
    let found: Result<Vec<Tried>, BlockError> = if block.units() * block.start() < 20_000 {
        let mut space = Scratch::default();
        units.iter().map(|&i| shared.one(i, &mut space)).collect()
    } else {
        units.par_iter().map_init(Scratch::default, |space, &i| shared.one(i, space)).collect()
    };
    let found = found?;
    let column = |k: usize| found.iter().map(|(row, _)| row[k]).collect();
    let relative_gap = found.iter().map(|(row, _)| row[3]).fold(0.0, f64::max);
    let (att, rmspe_before, rmspe_after) = (column(0), column(1), column(2));
    let gaps = found.into_iter().map(|(_, gaps)| gaps).collect();
    Ok(SpacePlacebos { units, att, rmspe_before, rmspe_after, gaps, relative_gap })
}

/// Mean gap after, errors before and after, relative duality gap; and the gaps.
type Tried = ([f64; 4], Vec<f64>);

#[derive(Default)]
struct Scratch {
    space: Workspace,
    allowed: Vec<bool>,
    linear: Vec<f64>,
    weights: Vec<f64>,
    gaps: Vec<f64>,
}

struct Shared<'a> {
    block: &'a Block,
    options: &'a Options,
    products: &'a [f64],
    levels: &'a [f64],
    /// A unit that is never mixed.
    shut: Option<usize>,
}

impl Shared<'_> {
    /// One unit as if it had been treated.
    fn one(&self, unit: usize, scratch: &mut Scratch) -> Result<Tried, BlockError> {
        let (n, before) = (self.block.units(), self.block.start());
        let own = &self.products[unit * n..(unit + 1) * n];
        scratch.allowed.clear();
        scratch.allowed.extend((0..n).map(|j| j != unit && Some(j) != self.shut));
        scratch.linear.clear();
        let penalty = self.options.penalty;
        let distance = |j: usize| self.products[j * n + j] - 2.0 * own[j] + own[unit];
        scratch.linear.extend((0..n).map(|j| if penalty > 0.0 { own[j] - 0.5 * penalty * distance(j) } else { own[j] }));
        scratch.weights.resize(n, 0.0);
        let problem = Quadratic { gram: self.products, linear: &scratch.linear, ridge: self.options.ridge, allowed: &scratch.allowed };
        let kkt = solve(&problem, &mut scratch.space, &mut scratch.weights)?;
        scratch.gaps.clear();
        scratch.gaps.extend_from_slice(self.block.series(unit));
        let mut intercept = self.levels[unit];
        for (j, &w) in scratch.weights.iter().enumerate().filter(|(_, w)| **w > 0.0) {
            crate::num::axpy(-w, self.block.series(j), &mut scratch.gaps);
            intercept -= w * self.levels[j];
        }
        if self.options.intercept {
            scratch.gaps.iter_mut().for_each(|g| *g -= intercept);
        }
        let (past, since) = scratch.gaps.split_at(before);
        let numbers = [mean(since), super::donors::root_mean_square(past), super::donors::root_mean_square(since), kkt.relative_gap];
        Ok((numbers, scratch.gaps.clone()))
    }
}

/// A placebo in time: the same mixture as if the start had been earlier, on the periods before the start alone.
///
/// # Errors
/// As [`Block::new`] for the shorter panel, and [`BlockError::NotSolved`].
pub fn time_placebo(block: &Block, start: usize, options: &Options) -> Result<Mixture, BlockError> {
    synthetic_control(&block.earlier(start)?, options)
}

/// The effect without each donor that carries weight, in turn: how much of it hangs on one unit.
///
/// # Errors
/// As [`synthetic_control`], and [`BlockError::NoDonors`] where too few are left.
pub fn leave_one_out(block: &Block, options: &Options) -> Result<Vec<(usize, f64)>, BlockError> {
    let full = synthetic_control(block, options)?;
    let carrying = full.donors.iter().zip(&full.weights).filter(|(_, w)| **w > 1e-9).map(|(&i, _)| i);
    carrying.map(|i| Ok((i, synthetic_control(&block.without(&[i])?, options)?.att))).collect()
}

#[cfg(test)]
mod tests;

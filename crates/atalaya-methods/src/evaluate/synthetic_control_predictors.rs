//! Synthetic control on predictors: a mixture like the treated in what predicts the outcome, each predictor
//! weighted by how far it helps the past outcome.
//!
//! # Answers
//! What would the treated have done without the programme, if units alike in income, prices, age or past
//! levels go on alike? And how far does the answer hang on how those are weighted?
//!
//! # Source
//! Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105(490),
//! 493-505, sections 2.3 and 3; weights from a regression: Abadie, Diamond and Hainmueller (2011), Journal
//! of Statistical Software 42(13), section 2.
//!
//! # Assumes
//! - As `synthetic_control`, and that the predictors are not touched by the programme.
//!
//! # Shapes and units
//! Each predictor has one value a unit of the [`Block`]; it is divided by its standard deviation over units.
//!
//! # Cost
//! O(k n²) an evaluation with k predictors and n donors; the search takes some thousand.
//!
//! # Does not
//! Prove that no other weights of predictors do better: the search is global by many starts, not by proof. It
//! says where the floor of weights is, as below it the inner programme has no unique answer.
//!
//! # Checked by
//! Proposition 99, Basque Country and German reunification against R's `Synth` and an interior-point solver; a
//! predictor's unit; a world; each refusal.

use atalaya_kernel::Seed;

use super::block::{Block, BlockError};
use super::donors::Mixture;
use super::simplex::{Kkt, Quadratic, Workspace, gram, solve, solve_from_last};
use crate::card::Card;
use crate::num::{Matrix, axpy, dot, least_squares};

mod search;

pub use search::Near;

/// What the method is.
pub const CARD: Card = Card {
    id: "synthetic_control_predictors",
    verb: "evaluate",
    name: ["Synthetic control on predictors", "Control sintético con predictores"],
    answers: [
        "What would the treated have done, if units alike in what predicts the outcome go on alike?",
        "¿Qué habría pasado con los tratados, si las unidades parecidas en lo que predice el resultado siguen igual?",
    ],
    source: "Abadie, Diamond and Hainmueller (2010), JASA 105(490), 493-505",
};

/// Why no answer is given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PredictorError {
    /// No predictor, or one of another length than the panel, or a cell that is no number.
    #[error("predictor {predictor} must have a finite value for each of {units} units")]
    Predictor {
        /// Its position.
        predictor: usize,
        /// Units of the panel.
        units: usize,
    },
    /// A predictor that is the same for all.
    #[error("predictor {predictor} is the same for all units: it tells none from another; drop it")]
    Constant {
        /// Its position.
        predictor: usize,
    },
    /// Weights of predictors that are none.
    #[error("{found} weights for {predictors} predictors: give one each, 0 or more, not all 0")]
    Weights {
        /// Weights given.
        found: usize,
        /// Predictors.
        predictors: usize,
    },
    /// Periods to fit that are not before the start.
    #[error("periods {from} to {to} are to be fitted, but the start is at {start}: fit periods before it")]
    Window {
        /// First.
        from: usize,
        /// One past the last.
        to: usize,
        /// The start.
        start: usize,
    },
    /// As for any block.
    #[error(transparent)]
    Block(#[from] BlockError),
}

/// How predictors are weighted.
#[derive(Debug, Clone, PartialEq)]
pub enum Importance {
    /// All alike.
    Equal,
    /// By the sum of squared coefficients in regressions of each period's outcome on the predictors.
    Regression,
    /// As given.
    Given(Vec<f64>),
    /// So that the mixture fits the past outcome best, none below `exp(floor)` of the largest.
    Search {
        /// The logarithm of the least weight over the largest, below 0.
        floor: f64,
        /// Where the starts come from.
        seed: Seed,
    },
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The outcome.
    pub block: &'a Block,
    /// The predictors, each over all units.
    pub predictors: &'a [Vec<f64>],
    /// The periods in which the mixture should fit the outcome, all before the start.
    pub window: std::ops::Range<usize>,
    /// What is added for each donor's own distance in predictors, as in `synthetic_control`.
    pub penalty: f64,
}

/// The mixture with the weights of predictors it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicted {
    /// The mixture; its error before the start is over all periods before it.
    pub mixture: Mixture,
    /// The weights of predictors, adding to one.
    pub importance: Vec<f64>,
    /// The mean squared error of the outcome in the window.
    pub loss_outcome: f64,
    /// The weighted squared distance in predictors.
    pub loss_predictors: f64,
    /// How many weights of predictors were tried, and how different answers with nearly as good a fit are.
    pub near: Option<Near>,
}

/// The mixture.
///
/// # Errors
/// [`PredictorError`].
pub fn synthetic_control_predictors(question: &Question<'_>, importance: &Importance) -> Result<Predicted, PredictorError> {
    let problem = Inner::new(question)?;
    let k = question.predictors.len();
    let mut space = Scratch::default();
    let (logs, near) = match importance {
        Importance::Equal => (vec![0.0; k], None),
        Importance::Regression => (problem.regression(question).iter().map(|v| v.ln()).collect(), None),
        Importance::Given(v) => {
            if v.len() != k || v.iter().any(|v| !(v.is_finite() && *v >= 0.0)) || v.iter().all(|v| *v == 0.0) {
                return Err(PredictorError::Weights { found: v.len(), predictors: k });
            }
            (v.iter().map(|v| v.ln()).collect(), None)
        }
        Importance::Search { floor, seed } => {
            let found = search::search(&problem, &problem.regression(question), floor.min(-1e-3), *seed)?;
            let [logs, weights] = found.0;
            space.space.begin_at(&weights);
            (logs, Some(found.1))
        }
    };
    let total: f64 = logs.iter().map(|l| l.exp()).sum();
    let importance: Vec<f64> = logs.iter().map(|l| l.exp() / total).collect();
    let kkt = problem.solve(&importance, &mut space, near.is_some())?;
    let loss_outcome = problem.loss(&space.weights);
    let distance = problem.distance(&space.weights);
    let loss_predictors = importance.iter().zip(&distance).map(|(v, d)| v * d * d).sum();
    let mixture = Mixture::new(question.block, question.block.donors(), space.weights, 0.0, Some(kkt));
    Ok(Predicted { mixture, importance, loss_outcome, loss_predictors, near })
}

#[derive(Default)]
struct Scratch {
    space: Workspace,
    gram: Vec<f64>,
    linear: Vec<f64>,
    weights: Vec<f64>,
}

/// The programme over donors for given weights of predictors, and the fit that results.
struct Inner {
    donors: usize,
    penalty: f64,
    /// Donors less the treated, in units of spread, predictor after predictor.
    apart: Vec<Vec<f64>>,
    /// Donors' outcome less that of the treated in the window: their products, over the number of periods.
    outcomes: Vec<f64>,
    /// What each donor adds to the effect.
    effects: Vec<f64>,
    /// Scaled predictors of all units.
    scaled: Vec<Vec<f64>>,
}

impl Inner {
    fn new(question: &Question<'_>) -> Result<Inner, PredictorError> {
        let (block, window) = (question.block, &question.window);
        if window.is_empty() || window.end > block.start() {
            return Err(PredictorError::Window { from: window.start, to: window.end, start: block.start() });
        }
        let units = block.units();
        let mut scaled = Vec::new();
        for (predictor, x) in question.predictors.iter().enumerate() {
            if x.len() != units || x.iter().any(|x| !x.is_finite()) {
                return Err(PredictorError::Predictor { predictor, units });
            }
            let centre = super::donors::mean(x);
            let spread = (x.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / (units - 1) as f64).sqrt();
            if spread <= 1e-14 * centre.abs() {
                return Err(PredictorError::Constant { predictor });
            }
            scaled.push(x.iter().map(|x| x / spread).collect::<Vec<f64>>());
        }
        if scaled.is_empty() {
            return Err(PredictorError::Predictor { predictor: 0, units });
        }
        let (donors, treated) = (block.donors(), block.treated());
        let of_treated = |x: &Vec<f64>| treated.iter().map(|&i| x[i]).sum::<f64>() / treated.len() as f64;
        let apart = scaled.iter().map(|x| donors.iter().map(|&i| x[i] - of_treated(x)).collect()).collect();
        let mean = block.treated_mean();
        let length = window.len() as f64;
        let gap = |i: usize| {
            window.clone().map(move |t| (block.series(i)[t], t)).map(|(y, t)| (y - mean[t]) / length.sqrt()).collect::<Vec<f64>>()
        };
        let series: Vec<f64> = donors.iter().flat_map(|&i| gap(i)).collect();
        let after = |y: &[f64]| super::donors::mean(&y[block.start()..]);
        let effects = donors.iter().map(|&i| after(&mean) - after(block.series(i))).collect();
        Ok(Inner { donors: donors.len(), penalty: question.penalty, apart, outcomes: gram(&series, donors.len()), effects, scaled })
    }

    /// The optimal mixture, left in the scratch; `again` begins at the last one.
    fn solve(&self, importance: &[f64], scratch: &mut Scratch, again: bool) -> Result<Kkt, BlockError> {
        let n = self.donors;
        scratch.gram.clear();
        scratch.gram.resize(n * n, 0.0);
        for (j, row) in scratch.gram.chunks_exact_mut(n).enumerate() {
            for (v, d) in importance.iter().zip(&self.apart).filter(|(v, _)| **v > 0.0) {
                axpy(v * d[j], d, row);
            }
        }
        scratch.linear.clear();
        scratch.linear.extend((0..n).map(|j| -0.5 * self.penalty * scratch.gram[j * n + j]));
        scratch.weights.resize(n, 0.0);
        let problem = Quadratic { gram: &scratch.gram, linear: &scratch.linear, ridge: 0.0, allowed: &[] };
        Ok(if again { solve_from_last } else { solve }(&problem, &mut scratch.space, &mut scratch.weights)?)
    }

    /// The mean squared error of the outcome in the window.
    fn loss(&self, weights: &[f64]) -> f64 {
        let n = self.donors;
        let used = || (0..n).filter(|&j| weights[j] != 0.0);
        used().map(|j| used().map(|k| weights[j] * weights[k] * self.outcomes[j * n + k]).sum::<f64>()).sum()
    }

    /// The distance in each predictor.
    fn distance(&self, weights: &[f64]) -> Vec<f64> {
        self.apart.iter().map(|d| dot(d, weights)).collect()
    }

    /// The effect that weights give.
    fn effect(&self, weights: &[f64]) -> f64 {
        dot(&self.effects, weights)
    }

    /// The sum of squared coefficients of each predictor, over the periods of the window.
    fn regression(&self, question: &Question<'_>) -> Vec<f64> {
        let (units, k) = (question.block.units(), self.scaled.len());
        let columns: Vec<Vec<f64>> = std::iter::once(vec![1.0; units]).chain(self.scaled.iter().cloned()).collect();
        let x = Matrix::from_columns(units, &columns);
        let mut sums = vec![0.0; k];
        for t in question.window.clone() {
            let y: Vec<f64> = (0..units).map(|i| question.block.series(i)[t]).collect();
            let squares: Vec<f64> = least_squares(&x, &y, 1e-10).filled()[1..].iter().map(|b| b * b).collect();
            axpy(1.0, &squares, &mut sums);
        }
        sums.iter().map(|s| s.max(1e-300)).collect()
    }
}

#[cfg(test)]
mod tests;

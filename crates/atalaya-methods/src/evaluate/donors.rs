//! A mixture of donors beside the treated, period by period, with what must be said about it.

use super::block::Block;
use super::simplex::Kkt;
use crate::num::axpy;

/// What a reader must know of a mixture of donors before he believes it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Caution {
    /// One donor carries it all: the comparison is with a single unit.
    OneDonor {
        /// The donor, as a position in the panel.
        unit: usize,
    },
    /// Other weights fit the past as well: the answer is one of many.
    NotUnique {
        /// Donors that could take a share at no cost.
        ties: usize,
    },
    /// Before the start, the treated lie outside what any mixture reaches.
    PoorFit {
        /// The root mean squared error before the start, over the spread of the treated in that time.
        share_of_spread: f64,
    },
    /// Fewer periods before the start than donors in the mixture can be told apart by.
    ShortPast {
        /// Periods before the start.
        before: usize,
        /// Donors that may be used.
        donors: usize,
    },
    /// Weights below 0 reach outside what the donors span: an extrapolation.
    Extrapolates {
        /// The sum of the weights below 0.
        negative: f64,
    },
}

/// The treated, their counterfactual, and what lies between.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    /// Donors as positions in the panel.
    pub donors: Vec<usize>,
    /// One weight a donor.
    pub weights: Vec<f64>,
    /// What is added to the mixture in every period.
    pub intercept: f64,
    /// The treated less the mixture, in every period.
    pub gaps: Vec<f64>,
    /// The mean gap from the start on: the effect.
    pub att: f64,
    /// The root mean squared gap before the start.
    pub rmspe_before: f64,
    /// The root mean squared gap from the start on.
    pub rmspe_after: f64,
    /// What proves the weights, where they are an optimum on the simplex.
    pub kkt: Option<Kkt>,
    /// What must be said.
    pub cautions: Vec<Caution>,
}

impl Mixture {
    /// The mixture with these weights, and an intercept that is added throughout.
    pub fn new(block: &Block, donors: Vec<usize>, weights: Vec<f64>, intercept: f64, kkt: Option<Kkt>) -> Mixture {
        let treated = block.treated_mean();
        let mut gaps: Vec<f64> = treated.iter().map(|y| y - intercept).collect();
        for (&i, &w) in donors.iter().zip(&weights) {
            if w != 0.0 {
                axpy(-w, block.series(i), &mut gaps);
            }
        }
        let (before, after) = gaps.split_at(block.start());
        let (att, rmspe_before, rmspe_after) = (mean(after), root_mean_square(before), root_mean_square(after));
        let mut mixture = Mixture { donors, weights, intercept, gaps, att, rmspe_before, rmspe_after, kkt, cautions: Vec::new() };
        mixture.cautions = mixture.judge(block, &treated[..block.start()]);
        mixture
    }

    /// The weight of a unit of the panel, 0 for one that is no donor.
    pub fn weight_of(&self, unit: usize) -> f64 {
        self.donors.iter().position(|d| *d == unit).map_or(0.0, |at| self.weights[at])
    }

    /// The ratio of errors after and before the start, the usual statistic of placebos.
    pub fn ratio(&self) -> f64 {
        self.rmspe_after / self.rmspe_before
    }

    fn judge(&self, block: &Block, past: &[f64]) -> Vec<Caution> {
        let mut out = Vec::new();
        if let Some(at) = self.weights.iter().position(|w| *w >= 1.0 - 1e-9) {
            out.push(Caution::OneDonor { unit: self.donors[at] });
        }
        if let Some(kkt) = self.kkt.filter(|k| k.ties > 0) {
            out.push(Caution::NotUnique { ties: kkt.ties });
        }
        let level = mean(past);
        let spread = (past.iter().map(|y| (y - level).powi(2)).sum::<f64>() / past.len() as f64).sqrt();
        if spread > 0.0 && self.rmspe_before > 0.25 * spread {
            out.push(Caution::PoorFit { share_of_spread: self.rmspe_before / spread });
        }
        if past.len() < self.donors.len() && self.kkt.is_some_and(|k| k.support > past.len()) {
            out.push(Caution::ShortPast { before: past.len(), donors: self.donors.len() });
        }
        let negative: f64 = self.weights.iter().filter(|w| **w < 0.0).sum();
        if negative < -1e-12 {
            out.push(Caution::Extrapolates { negative });
        }
        debug_assert_eq!(self.gaps.len(), block.periods());
        out
    }
}

/// The arithmetic mean; 0 of nothing.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The root of the mean square.
pub fn root_mean_square(values: &[f64]) -> f64 {
    (values.iter().map(|v| v * v).sum::<f64>() / values.len().max(1) as f64).sqrt()
}

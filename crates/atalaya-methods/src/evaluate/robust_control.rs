//! Robust synthetic control: donors cleaned of noise by their leading singular directions, then a ridge regression.
//!
//! # Answers
//! What would the treated have done, as a regression on donors predicts it from their common movements?
//!
//! # Source
//! Amjad, Shah and Shen (2018), Journal of Machine Learning Research 19(22), 1-51, algorithm 1.
//!
//! # Assumes
//! - Outcomes are of low rank plus noise; the treated is a linear, not necessarily convex, mix of donors.
//!
//! # Shapes and units
//! A [`Block`]. Donors enter uncentred, as in the source.
//!
//! # Cost
//! One singular value decomposition of donors by periods.
//!
//! # Does not
//! Keep to the span of the donors: weights may be negative and need not add to one, which is an extrapolation
//! and is said.
//!
//! # Checked by
//! Proposition 99 against pysyncon; a mix that exists; a world of two factors; each refusal.

use super::block::{Block, BlockError};
use super::donors::Mixture;
use crate::card::Card;
use crate::num::symmetric::svd;
use crate::num::{Cholesky, Matrix};

/// What the method is.
pub const CARD: Card = Card {
    id: "robust_control",
    verb: "evaluate",
    name: ["Robust synthetic control", "Control sintético robusto"],
    answers: [
        "What would the treated have done, as donors cleaned of noise predict it?",
        "¿Qué habría pasado con los tratados, según lo predicen las demás unidades libres de ruido?",
    ],
    source: "Amjad, Shah and Shen (2018), JMLR 19(22), 1-51",
};

/// Why no answer is given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RobustError {
    /// More directions than there are.
    #[error("{asked} directions asked for, there are {there}: ask for 1 to {there}")]
    Rank {
        /// Asked for.
        asked: usize,
        /// There are.
        there: usize,
    },
    /// A penalty that is none.
    #[error("a penalty of {penalty} leaves the regression without a single answer: give one above 0")]
    Penalty {
        /// What was given.
        penalty: f64,
    },
    /// As for any block.
    #[error(transparent)]
    Block(#[from] BlockError),
}

/// The mixture from `rank` directions with a ridge of `penalty`.
///
/// # Errors
/// [`RobustError`].
pub fn robust_control(block: &Block, rank: usize, penalty: f64) -> Result<Mixture, RobustError> {
    let donors = block.donors();
    let (n, periods, before) = (donors.len(), block.periods(), block.start());
    if rank == 0 || rank > n.min(periods) {
        return Err(RobustError::Rank { asked: rank, there: n.min(periods) });
    }
    if penalty.is_nan() || penalty <= 0.0 {
        return Err(RobustError::Penalty { penalty });
    }
    let parts = svd(&Matrix::from_fn(periods, n, |t, j| block.series(donors[j])[t]));
    let clean = |t: usize, j: usize| (0..rank).map(|k| parts.u.at(t, k) * parts.s[k] * parts.v.at(j, k)).sum();
    let past = Matrix::from_fn(before, n, clean);
    let mut system = past.gram(None);
    (0..n).for_each(|j| *system.at_mut(j, j) += penalty);
    let factor = Cholesky::new(&system, 0.0).map_err(|_| RobustError::Penalty { penalty })?;
    let weights = factor.solve(&past.transposed_times_vector(&block.treated_mean()[..before]));
    Ok(Mixture::new(block, donors, weights, 0.0, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use atalaya_kernel::Seed;

    fn world(seed: u64, effect: f64, noise: f64) -> Block {
        let mut stream = Seed(seed).stream(0);
        let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
        let factors: Vec<f64> = (0..60).map(|_| normal()).collect();
        let mut outcome = Vec::new();
        for i in 0..15 {
            let (a, b) = (normal(), normal());
            for t in 0..30 {
                outcome.push(a * factors[t] + b * factors[30 + t] + noise * normal() + if i == 0 && t >= 22 { effect } else { 0.0 });
            }
        }
        Block::new(outcome, 15, &[0], 22).unwrap()
    }

    /// Without noise the treated is a linear mix of any two donors, and the effect comes out but for the penalty.
    #[test]
    fn a_mix_that_exists_is_found() {
        let found = robust_control(&world(1, 2.0, 0.0), 2, 1e-8).unwrap();
        assert!((found.att - 2.0).abs() < 1e-6, "{}", found.att);
        assert!(found.kkt.is_none());
    }

    #[test]
    fn a_unit_of_measure_changes_nothing_but_itself() {
        let block = world(2, 1.0, 0.3);
        let scaled: Vec<f64> = (0..15).flat_map(|i| block.series(i).iter().map(|y| 7.0 * y)).collect();
        let scaled = Block::new(scaled, 15, &[0], 22).unwrap();
        let (a, b) = (robust_control(&block, 2, 0.1).unwrap(), robust_control(&scaled, 2, 4.9).unwrap());
        assert!((7.0 * a.att - b.att).abs() < 1e-9);
    }

    #[test]
    fn the_effect_of_a_world_is_recovered_on_average() {
        let errors: Vec<f64> = (0..100).map(|s| robust_control(&world(s, 1.0, 0.3), 2, 0.1).unwrap().att - 1.0).collect();
        let (mean, spread) = (crate::evaluate::donors::mean(&errors), crate::evaluate::donors::root_mean_square(&errors));
        assert!(mean.abs() < 3.5 * spread / 10.0 && spread < 0.5, "{mean} {spread}");
    }

    #[test]
    fn each_fault_is_named() {
        let block = world(1, 0.0, 0.3);
        assert_eq!(robust_control(&block, 0, 0.1), Err(RobustError::Rank { asked: 0, there: 14 }));
        assert_eq!(robust_control(&block, 15, 0.1), Err(RobustError::Rank { asked: 15, there: 14 }));
        assert_eq!(robust_control(&block, 2, 0.0), Err(RobustError::Penalty { penalty: 0.0 }));
    }
}

//! Conformal inference: is what came after the start like what came before, under the effect one supposes?
//!
//! # Answers
//! Could an effect of this size, or none, have produced the gaps that were seen, if gaps without an effect come
//! in any order?
//!
//! # Source
//! Chernozhukov, Wüthrich and Zhu (2021), Journal of the American Statistical Association 116(536),
//! 1849-1864, section 2; the t-test is that of the same authors (2018), arXiv 1812.10820, algorithm 1.
//!
//! # Assumes
//! - Without an effect, the errors of the counterfactual are stationary and weakly dependent; for all orders,
//!   exchangeable.
//!
//! # Shapes and units
//! A [`Block`]; the effect supposed is one number a period since the start.
//!
//! # Cost
//! One fit on all periods a supposed effect; one fit a point of the grid and period for intervals.
//!
//! # Does not
//! Need many units: its randomness is over time. With `t` periods no p-value can be below `1 / t`.
//!
//! # Checked by
//! Proposition 99 against the `scinference` package; a supposed effect moved with the data; size in a world;
//! each refusal.

use super::block::{Block, BlockError};
use super::donors::{Mixture, mean};
use super::simplex::{Quadratic, Workspace, gram, solve};
use super::synthetic_control::{Options, synthetic_control};
use crate::card::Card;
use crate::num::axpy;
use crate::num::distribution::{t_quantile, t_two_sided};

/// What the method is.
pub const CARD: Card = Card {
    id: "conformal",
    verb: "evaluate",
    name: ["Conformal inference", "Inferencia conforme"],
    answers: [
        "Could an effect of this size, or none, have produced the gaps that were seen?",
        "¿Un efecto de este tamaño, o ninguno, podría haber producido las diferencias observadas?",
    ],
    source: "Chernozhukov, Wüthrich and Zhu (2021), JASA 116(536), 1849-1864",
};

/// Why no answer is given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConformalError {
    /// An effect for another number of periods.
    #[error("{found} supposed effects for {periods} periods since the start: give one each")]
    Effects {
        /// Given.
        found: usize,
        /// Periods since the start.
        periods: usize,
    },
    /// Folds that the past cannot give.
    #[error("{folds} folds of a past of {before} periods: give 2 or more, each of a period at least, and one left over")]
    Folds {
        /// Asked for.
        folds: usize,
        /// Periods before.
        before: usize,
    },
    /// As for any block.
    #[error(transparent)]
    Block(#[from] BlockError),
}

/// How the counterfactual is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proxy {
    /// The mean of donors and a constant.
    Differences,
    /// Synthetic control.
    Control,
    /// A regression on donors and a constant, absolute weights adding to at most one.
    ConstrainedLasso,
}

/// A test by moving blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The share of shifts of the errors whose last block is at least as large as that seen.
    pub p_value: f64,
    /// All shifts there are: they are enumerated.
    pub shifts: usize,
    /// The errors under the effect supposed.
    pub errors: Vec<f64>,
}

/// Two sums are the same if they differ by rounding.
const SAME: f64 = 1e-10;

/// The p-value of an effect, by all cyclic shifts of the errors.
///
/// # Errors
/// [`ConformalError`].
pub fn moving_blocks(block: &Block, effect: &[f64], proxy: Proxy) -> Result<Test, ConformalError> {
    let (start, periods) = (block.start(), block.periods());
    let errors = errors_under(block, effect, proxy)?;
    let after = periods - start;
    let sum = |from: usize| (from..from + after).map(|t| errors[t % periods].abs()).sum::<f64>();
    let seen = sum(start);
    let extreme = (0..periods).filter(|s| sum(*s) >= seen * (1.0 - SAME)).count();
    Ok(Test { p_value: extreme as f64 / periods as f64, shifts: periods, errors })
}

/// The errors of all periods when the effect supposed is taken from the treated and the counterfactual is fitted to all.
fn errors_under(block: &Block, effect: &[f64], proxy: Proxy) -> Result<Vec<f64>, ConformalError> {
    let after = block.periods() - block.start();
    if effect.len() != after {
        return Err(ConformalError::Effects { found: effect.len(), periods: after });
    }
    let mut treated = block.treated_mean();
    treated[block.start()..].iter_mut().zip(effect).for_each(|(y, e)| *y -= e);
    let donors = block.donors();
    let series: Vec<&[f64]> = donors.iter().map(|&i| block.series(i)).collect();
    Ok(fit(&treated, &series, proxy).map_err(BlockError::from)?.0)
}

/// The errors over the periods given, and the weights.
fn fit(treated: &[f64], donors: &[&[f64]], proxy: Proxy) -> Result<(Vec<f64>, Vec<f64>), super::simplex::NotSolved> {
    let n = donors.len();
    let centred = |y: &[f64]| y.iter().map(|x| x - if proxy == Proxy::Control { 0.0 } else { mean(y) }).collect::<Vec<f64>>();
    let (target, columns): (Vec<f64>, Vec<Vec<f64>>) = (centred(treated), donors.iter().map(|d| centred(d)).collect());
    let weights = match proxy {
        Proxy::Differences => vec![1.0 / n as f64; n],
        Proxy::Control => {
            let near: Vec<f64> = columns.iter().flat_map(|c| c.iter().zip(&target).map(|(y, x)| y - x)).collect();
            on_simplex(&near, n)?
        }
        Proxy::ConstrainedLasso => {
            // The ball is the hull of each donor, its mirror and nought.
            let corner = |sign: f64, c: &Vec<f64>| c.iter().zip(&target).map(|(y, x)| sign * y - x).collect::<Vec<f64>>();
            let corners: Vec<f64> = columns
                .iter()
                .map(|c| corner(1.0, c))
                .chain(columns.iter().map(|c| corner(-1.0, c)))
                .flatten()
                .chain(target.iter().map(|x| -x))
                .collect();
            let w = on_simplex(&corners, 2 * n + 1)?;
            (0..n).map(|j| w[j] - w[n + j]).collect()
        }
    };
    let mut errors = target;
    columns.iter().zip(&weights).for_each(|(c, w)| axpy(-w, c, &mut errors));
    Ok((errors, weights))
}

fn on_simplex(near: &[f64], n: usize) -> Result<Vec<f64>, super::simplex::NotSolved> {
    let mut weights = vec![0.0; n];
    let problem = Quadratic { gram: &gram(near, n), linear: &vec![0.0; n], ridge: 0.0, allowed: &[] };
    solve(&problem, &mut Workspace::default(), &mut weights)?;
    Ok(weights)
}

/// The effects in one period since the start that a test at `level` does not reject, the least and the largest of
/// `grid`; `None` where it rejects them all.
///
/// # Errors
/// [`ConformalError`].
pub fn period_interval(block: &Block, after: usize, grid: &[f64], level: f64, proxy: Proxy) -> Result<Option<[f64; 2]>, ConformalError> {
    let (start, periods) = (block.start(), block.periods());
    if after >= periods - start {
        return Err(ConformalError::Effects { found: after + 1, periods: periods - start });
    }
    let short = |y: &[f64]| y[..start].iter().copied().chain([y[start + after]]).collect::<Vec<f64>>();
    let donors: Vec<Vec<f64>> = block.donors().iter().map(|&i| short(block.series(i))).collect();
    let series: Vec<&[f64]> = donors.iter().map(Vec::as_slice).collect();
    let mut kept: Option<[f64; 2]> = None;
    for &effect in grid {
        let mut treated = short(&block.treated_mean());
        treated[start] -= effect;
        let errors = fit(&treated, &series, proxy).map_err(BlockError::from)?.0;
        let seen = errors[start].abs();
        let p = errors.iter().filter(|e| e.abs() >= seen * (1.0 - SAME)).count() as f64 / errors.len() as f64;
        if p > 1.0 - level {
            kept = Some(kept.map_or([effect; 2], |[a, b]| [a.min(effect), b.max(effect)]));
        }
    }
    Ok(kept)
}

/// The mean effect less its bias, measured on blocks of the past left out, with a t-test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Debiased {
    /// The mean effect.
    pub att: f64,
    /// Its standard error.
    pub se: f64,
    /// The interval of 95 %, by t with as many degrees of freedom as folds less one.
    pub interval: [f64; 2],
    /// Twice the tail.
    pub p_value: f64,
}

/// The t-test with so many blocks of the past, two or three as the source advises.
///
/// # Errors
/// [`ConformalError`].
pub fn debiased(block: &Block, folds: usize, proxy: Proxy) -> Result<Debiased, ConformalError> {
    let (start, after) = (block.start(), block.periods() - block.start());
    let length = if folds < 2 { 0 } else { (start / folds).min(after) };
    if length == 0 || start - length < 1 {
        return Err(ConformalError::Folds { folds, before: start });
    }
    let treated = block.treated_mean();
    let donors = block.donors();
    let mut effects = Vec::new();
    for k in 0..folds {
        let out = start - length * folds + k * length..start - length * folds + (k + 1) * length;
        let keep = |y: &[f64]| (0..start).filter(|t| !out.contains(t)).map(|t| y[t]).collect::<Vec<f64>>();
        let kept: Vec<Vec<f64>> = donors.iter().map(|&i| keep(block.series(i))).collect();
        let weights = fit(&keep(&treated), &kept.iter().map(Vec::as_slice).collect::<Vec<_>>(), proxy).map_err(BlockError::from)?.1;
        let gaps = Mixture::new(block, donors.clone(), weights, 0.0, None).gaps;
        effects.push(mean(&gaps[start..]) - mean(&gaps[out]));
    }
    let (att, k) = (mean(&effects), folds as f64);
    let spread = (effects.iter().map(|e| (e - att).powi(2)).sum::<f64>() / (k - 1.0)).sqrt();
    let se = (1.0 + k * length as f64 / after as f64).sqrt() * spread / k.sqrt();
    let critical = t_quantile(0.975, k - 1.0);
    Ok(Debiased { att, se, interval: [att - critical * se, att + critical * se], p_value: t_two_sided(att / se, k - 1.0) })
}

/// The effect by period as a plain synthetic control finds it: the centre of a grid for [`period_interval`].
///
/// # Errors
/// [`ConformalError`].
pub fn centre(block: &Block) -> Result<Vec<f64>, ConformalError> {
    Ok(synthetic_control(block, &Options::default())?.gaps[block.start()..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::super::chance::Normals;
    use super::*;
    use atalaya_kernel::Seed;

    fn world(seed: u64, effect: f64) -> Block {
        let mut stream = Seed(seed).stream(0);
        let mut chance = Normals::new(move || stream.unit());
        let (n, periods, start) = (8, 25, 20);
        let donors: Vec<Vec<f64>> = (0..n).map(|_| (0..periods).map(|_| chance.normal()).collect()).collect();
        let mut outcome: Vec<f64> = (0..periods)
            .map(|t| 0.5 * donors[0][t] + 0.5 * donors[1][t] + 0.3 * chance.normal() + if t >= start { effect } else { 0.0 })
            .collect();
        outcome.extend(donors.concat());
        Block::new(outcome, n + 1, &[0], start).unwrap()
    }

    /// Errors 1, 2, 3 and then 4 with equal weights: only the shift that was seen is as large, p = 1/4.
    #[test]
    fn a_last_error_larger_than_all_has_the_least_p_value() {
        let donor = [0.0; 4];
        let block = Block::new([&[1.0, -1.0, 1.0, 20.0], &donor[..], &donor].concat(), 3, &[0], 3).unwrap();
        assert_eq!(moving_blocks(&block, &[0.0], Proxy::Differences).unwrap().p_value, 0.25);
        assert_eq!(moving_blocks(&block, &[0.0], Proxy::Control).unwrap().p_value, 0.25);
    }

    #[test]
    fn an_effect_moved_with_the_data_has_the_same_p_value() {
        let block = world(1, 0.0);
        let moved: Vec<f64> = (0..9)
            .flat_map(|i| block.series(i).iter().enumerate().map(move |(t, y)| y + if i == 0 && t >= 20 { 3.0 } else { 0.0 }))
            .collect();
        let moved = Block::new(moved, 9, &[0], 20).unwrap();
        for proxy in [Proxy::Differences, Proxy::Control, Proxy::ConstrainedLasso] {
            let (a, b) = (moving_blocks(&block, &[0.0; 5], proxy).unwrap(), moving_blocks(&moved, &[3.0; 5], proxy).unwrap());
            assert_eq!(a.p_value, b.p_value, "{proxy:?}");
        }
    }

    #[test]
    fn tests_reject_as_often_as_they_say_and_see_an_effect() {
        for proxy in [Proxy::Control, Proxy::ConstrainedLasso] {
            let small = |effect: f64, from: u64| {
                (from..from + 300).filter(|s| moving_blocks(&world(*s, effect), &[0.0; 5], proxy).unwrap().p_value <= 0.1).count()
            };
            assert!((12..=48).contains(&small(0.0, 0)), "{} of 300 at 8 %", small(0.0, 0));
            assert!(small(1.0, 1_000) > 200);
        }
        let covered = (0..300)
            .filter(|s| {
                (debiased(&world(*s, 1.0), 3, Proxy::Control).unwrap().interval[0]
                    ..=debiased(&world(*s, 1.0), 3, Proxy::Control).unwrap().interval[1])
                    .contains(&1.0)
            })
            .count();
        assert!((270..=299).contains(&covered), "{covered} of 300");
        let grid: Vec<f64> = (-40..=60).map(|g| f64::from(g) / 10.0).collect();
        let inside = (0..100)
            .filter(|s| period_interval(&world(*s, 1.0), 2, &grid, 0.9, Proxy::Control).unwrap().is_some_and(|[a, b]| a <= 1.0 && b >= 1.0))
            .count();
        assert!((82..=99).contains(&inside), "{inside} of 100");
    }

    #[test]
    fn each_fault_is_named() {
        let block = world(1, 0.0);
        assert_eq!(moving_blocks(&block, &[0.0], Proxy::Control), Err(ConformalError::Effects { found: 1, periods: 5 }));
        assert!(matches!(period_interval(&block, 5, &[0.0], 0.9, Proxy::Control), Err(ConformalError::Effects { .. })));
        assert_eq!(debiased(&block, 1, Proxy::Control), Err(ConformalError::Folds { folds: 1, before: 20 }));
        assert_eq!(debiased(&block, 30, Proxy::Control), Err(ConformalError::Folds { folds: 30, before: 20 }));
        assert_eq!(centre(&block).unwrap().len(), 5);
    }
}

//! Bayesian structural time series: a level that drifts and a regression on series that were not treated.
//!
//! # Answers
//! What would one series have been without the programme, given how it moved with others before, and how sure
//! can one be?
//!
//! # Source
//! Brodersen, Gallusser, Koehler, Remy and Scott (2015), Annals of Applied Statistics 9(1), 247-274; states
//! by forward filtering and backward sampling, Frühwirth-Schnatter (1994), Journal of Time Series
//! Analysis 15(2), 183-202; which series enter, George and McCulloch (1997), Statistica Sinica 7, 339-373.
//!
//! # Assumes
//! - The other series are untouched by the programme, and move with this one as before.
//! - Errors are normal and independent given the level; priors as in the source's package.
//!
//! # Shapes and units
//! `y`: one number a period; `x`: series of the same length. `start` is the first treated period.
//!
//! # Cost
//! O(n) a draw for the level, O(k³) for each series that may enter.
//!
//! # Does not
//! Handle seasons: give them as series. Missing outcomes before the start must be filled or cut.
//!
//! # Checked by
//! A simulated series against another program; a unit of measure; coverage in its own world; each refusal.

use atalaya_kernel::Seed;

use super::chance::Normals;
use super::donors::mean;
use crate::card::Card;
use crate::num::{Cholesky, Matrix, dot};

/// What the method is.
pub const CARD: Card = Card {
    id: "structural_series",
    verb: "evaluate",
    name: ["Bayesian structural time series", "Series de tiempo estructurales bayesianas"],
    answers: [
        "What would one series have been without the programme, given how it moved with others before?",
        "¿Qué habría sido de una serie sin el programa, dado cómo se movía antes con otras?",
    ],
    source: "Brodersen, Gallusser, Koehler, Remy and Scott (2015), AOAS 9(1), 247-274",
};

/// Why no answer is given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SeriesError {
    /// Series of different length.
    #[error("series {series} has {found} periods, the outcome {periods}: give the same")]
    Length {
        /// Its position among the others.
        series: usize,
        /// Its length.
        found: usize,
        /// The outcome's length.
        periods: usize,
    },
    /// A cell that is no number.
    #[error("period {period} is not a finite number in some series: fill or cut it, and say so")]
    NotFinite {
        /// Its position.
        period: usize,
    },
    /// Too little before the start, or nothing after.
    #[error("the start is at period {start} of {periods}: {needed} before and one after are needed")]
    Start {
        /// The first treated period.
        start: usize,
        /// Periods in all.
        periods: usize,
        /// Periods needed before.
        needed: usize,
    },
    /// An outcome that does not vary before the start.
    #[error("the outcome is the same in all periods before the start: nothing to learn from")]
    Flat,
}

/// What may be chosen. The defaults are those of the source's package.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Draws kept.
    pub draws: usize,
    /// Draws before that.
    pub burn_in: usize,
    /// The level's standard deviation one expects, over that of the outcome.
    pub level_sd: f64,
    /// How many series one expects to matter.
    pub model_size: f64,
    /// The level of intervals.
    pub level: f64,
    /// Where draws come from.
    pub seed: Seed,
}

impl Default for Options {
    fn default() -> Options {
        Options { draws: 900, burn_in: 100, level_sd: 0.01, model_size: 3.0, level: 0.95, seed: Seed(1) }
    }
}

/// A quantity with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// The posterior mean.
    pub mean: f64,
    /// The interval between equal tails.
    pub interval: [f64; 2],
}

/// What the draws say.
#[derive(Debug, Clone, PartialEq)]
pub struct Structural {
    /// What each period since the start would have been.
    pub counterfactual: Vec<Band>,
    /// The mean effect over those periods.
    pub average: Band,
    /// The summed effect.
    pub cumulative: Band,
    /// The mean effect over the mean counterfactual.
    pub relative: Band,
    /// The share of counterfactual sums beyond the one seen, on the nearer side.
    pub p_value: f64,
    /// How often each series was in.
    pub inclusion: Vec<f64>,
    /// Draws kept, and how many independent ones the mean effect's are worth.
    pub draws: usize,
    /// The effective number of draws of the mean effect.
    pub effective: f64,
}

/// The prior on the share of variance that the regression explains, and how many observations it is worth.
const EXPECTED_R2: f64 = 0.8;
const R2_WEIGHT: f64 = 50.0;
/// How many observations the prior on the level's drift is worth.
const DRIFT_WEIGHT: f64 = 32.0;

/// The counterfactual of a series from `start` on.
///
/// # Errors
/// [`SeriesError`].
pub fn structural_series(y: &[f64], x: &[Vec<f64>], start: usize, options: &Options) -> Result<Structural, SeriesError> {
    check(y, x, start)?;
    let scale = Scale::of(&y[..start]).ok_or(SeriesError::Flat)?;
    let target: Vec<f64> = y[..start].iter().map(|v| scale.apply(*v)).collect();
    let columns: Vec<Vec<f64>> =
        x.iter().map(|c| Scale::of(&c[..start]).map_or(vec![0.0; c.len()], |s| c.iter().map(|v| s.apply(*v)).collect())).collect();
    let mut stream = options.seed.stream(0);
    let mut sampler = Sampler::new(&target, &columns, start, options, Normals::new(move || stream.unit()));
    let after = y.len() - start;
    let mut paths = vec![Vec::with_capacity(options.draws); after];
    let mut inclusion = vec![0.0; x.len()];
    let mut sums = Vec::with_capacity(options.draws);
    for draw in 0..options.burn_in + options.draws {
        sampler.sweep();
        if draw < options.burn_in {
            continue;
        }
        inclusion.iter_mut().zip(&sampler.included).for_each(|(n, i)| *n += f64::from(u8::from(*i)) / options.draws as f64);
        let path = sampler.predict(after);
        path.iter().zip(&mut paths).for_each(|(v, p)| p.push(scale.undo(*v)));
        sums.push(path.iter().map(|v| scale.undo(*v)).sum::<f64>());
    }
    Ok(summarise(&y[start..], &paths, &sums, inclusion, options))
}

fn check(y: &[f64], x: &[Vec<f64>], start: usize) -> Result<(), SeriesError> {
    let periods = y.len();
    if let Some(series) = x.iter().position(|c| c.len() != periods) {
        return Err(SeriesError::Length { series, found: x[series].len(), periods });
    }
    if start < 3 || start >= periods {
        return Err(SeriesError::Start { start, periods, needed: 3 });
    }
    match (0..periods).find(|&t| !y[t].is_finite() || x.iter().any(|c| !c[t].is_finite())) {
        Some(period) => Err(SeriesError::NotFinite { period }),
        None => Ok(()),
    }
}

/// Centre and spread of a series before the start.
struct Scale {
    centre: f64,
    spread: f64,
}

impl Scale {
    fn of(past: &[f64]) -> Option<Scale> {
        let centre = mean(past);
        let spread = (past.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / (past.len() - 1) as f64).sqrt();
        (spread > 1e-12 * centre.abs().max(1e-300)).then_some(Scale { centre, spread })
    }

    fn apply(&self, v: f64) -> f64 {
        (v - self.centre) / self.spread
    }

    fn undo(&self, v: f64) -> f64 {
        v * self.spread + self.centre
    }
}

struct Sampler<'a, S> {
    y: &'a [f64],
    x: &'a [Vec<f64>],
    start: usize,
    chance: Normals<S>,
    level: Vec<f64>,
    beta: Vec<f64>,
    included: Vec<bool>,
    noise: f64,
    drift: f64,
    level_sd: f64,
    inclusion: f64,
    products: Matrix,
    filtered: Vec<[f64; 2]>,
    left: Vec<f64>,
}

impl<'a, S: FnMut() -> f64> Sampler<'a, S> {
    fn new(y: &'a [f64], x: &'a [Vec<f64>], start: usize, options: &Options, chance: Normals<S>) -> Sampler<'a, S> {
        let pasts: Vec<&[f64]> = x.iter().map(|c| &c[..start]).collect();
        Sampler {
            products: Matrix::from_columns(start, &pasts).gram(None),
            level: vec![0.0; start],
            beta: vec![0.0; x.len()],
            included: vec![false; x.len()],
            noise: 1.0 - EXPECTED_R2,
            drift: options.level_sd.powi(2),
            level_sd: options.level_sd,
            inclusion: (options.model_size / x.len().max(1) as f64).min(1.0),
            filtered: Vec::with_capacity(start),
            left: Vec::with_capacity(start),
            y,
            x,
            start,
            chance,
        }
    }

    /// One draw of everything given the rest.
    fn sweep(&mut self) {
        self.draw_regression();
        self.draw_level();
        self.draw_drift();
    }

    /// Which series are in, the noise, and the coefficients, given the level.
    fn draw_regression(&mut self) {
        self.left.clear();
        self.left.extend(self.y.iter().zip(&self.level).map(|(y, l)| y - l));
        let across: Vec<f64> = self.x.iter().map(|c| dot(&c[..self.start], &self.left)).collect();
        let own = dot(&self.left, &self.left);
        let odds = self.inclusion / (1.0 - self.inclusion);
        for j in 0..self.x.len() {
            if self.inclusion >= 1.0 {
                self.included[j] = self.products.at(j, j) > 0.0;
                continue;
            }
            let mut evidence = [0.0; 2];
            for (value, state) in evidence.iter_mut().zip([false, true]) {
                self.included[j] = state && self.products.at(j, j) > 0.0;
                *value = self.slab(&across, own).evidence;
            }
            let log_odds = odds.ln() + evidence[1] - evidence[0];
            self.included[j] = self.products.at(j, j) > 0.0 && self.chance.unit() < 1.0 / (1.0 + (-log_odds).exp());
        }
        let slab = self.slab(&across, own);
        self.noise = slab.sum_squares / 2.0 / self.chance.gamma(slab.df / 2.0);
        self.beta.fill(0.0);
        if let Some(factor) = &slab.factor {
            let mut z: Vec<f64> = slab.which.iter().map(|_| self.chance.normal() * self.noise.sqrt()).collect();
            factor.backward(&mut z);
            slab.which.iter().zip(&slab.centre).zip(&z).for_each(|((&j, c), z)| self.beta[j] = c + z);
        }
    }

    /// The posterior of the coefficients of the series that are in. Their prior is worth one observation, half of
    /// it along the data's own products and half along their diagonal.
    fn slab(&self, across: &[f64], own: f64) -> Slab {
        let which: Vec<usize> = (0..across.len()).filter(|&j| self.included[j]).collect();
        let df = R2_WEIGHT + self.start as f64;
        let prior = R2_WEIGHT * (1.0 - EXPECTED_R2);
        let share = 1.0 / self.start as f64;
        let inner = |scale: [f64; 2]| {
            Matrix::from_fn(which.len(), which.len(), |a, b| {
                let cell = self.products.at(which[a], which[b]);
                cell * if a == b { scale[0] + scale[1] } else { scale[0] }
            })
        };
        let prior_precision = inner([0.5 * share, 0.5 * share]);
        let factor = Cholesky::new(&inner([1.0 + 0.5 * share, 0.5 * share]), 0.0);
        let (Ok(factor), Ok(before)) = (factor, Cholesky::new(&prior_precision, 0.0)) else {
            return Slab { which: Vec::new(), centre: Vec::new(), factor: None, sum_squares: prior + own, df, evidence: f64::NEG_INFINITY };
        };
        let target: Vec<f64> = which.iter().map(|&j| across[j]).collect();
        let centre = factor.solve(&target);
        let sum_squares = (prior + own - dot(&target, &centre)).max(1e-12 * own.max(1e-300));
        let evidence = 0.5 * (before.log_determinant() - factor.log_determinant()) - 0.5 * df * sum_squares.ln();
        Slab { which, centre, factor: Some(factor), sum_squares, df, evidence }
    }

    /// The level by a filter forwards and draws backwards.
    fn draw_level(&mut self) {
        self.left.clear();
        self.left.extend_from_slice(self.y);
        for (column, b) in self.x.iter().zip(&self.beta).filter(|(_, b)| **b != 0.0) {
            crate::num::axpy(-b, &column[..self.start], &mut self.left);
        }
        self.filtered.clear();
        let (mut m, mut c) = (self.left[0], 1.0);
        for &z in &self.left {
            let k = c / (c + self.noise);
            m += k * (z - m);
            c *= 1.0 - k;
            self.filtered.push([m, c]);
            c += self.drift;
        }
        let mut next = f64::NAN;
        for t in (0..self.start).rev() {
            let [m, c] = self.filtered[t];
            let (centre, variance) = if t + 1 == self.start {
                (m, c)
            } else {
                let gain = c / (c + self.drift);
                (m + gain * (next - m), c * (1.0 - gain))
            };
            next = centre + variance.sqrt() * self.chance.normal();
            self.level[t] = next;
        }
    }

    /// The variance of the level's steps, which is not let above that of the outcome.
    fn draw_drift(&mut self) {
        let steps: f64 = self.level.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum();
        let (df, sum) = (DRIFT_WEIGHT + (self.start - 1) as f64, DRIFT_WEIGHT * self.level_sd.powi(2) + steps);
        let found = sum / 2.0 / self.chance.gamma(df / 2.0);
        self.drift = found.min(1.0);
    }

    /// The outcome of the periods after, drawn.
    fn predict(&mut self, after: usize) -> Vec<f64> {
        let mut level = self.level[self.start - 1];
        let (drift, noise) = (self.drift.sqrt(), self.noise.sqrt());
        (0..after)
            .map(|s| {
                level += drift * self.chance.normal();
                let regression: f64 = self.x.iter().zip(&self.beta).map(|(c, b)| b * c[self.start + s]).sum();
                level + regression + noise * self.chance.normal()
            })
            .collect()
    }
}

struct Slab {
    which: Vec<usize>,
    centre: Vec<f64>,
    factor: Option<Cholesky>,
    sum_squares: f64,
    df: f64,
    evidence: f64,
}

fn summarise(seen: &[f64], paths: &[Vec<f64>], sums: &[f64], inclusion: Vec<f64>, options: &Options) -> Structural {
    let band = |values: &mut Vec<f64>| {
        let centre = mean(values);
        values.sort_by(f64::total_cmp);
        let tail = 0.5 * (1.0 - options.level);
        Band { mean: centre, interval: [quantile(values, tail), quantile(values, 1.0 - tail)] }
    };
    let (total, n) = (seen.iter().sum::<f64>(), seen.len() as f64);
    let map = |f: &dyn Fn(f64) -> f64| sums.iter().map(|s| f(*s)).collect::<Vec<f64>>();
    let below = sums.iter().filter(|s| **s <= total).count();
    let side = below.min(sums.len() - below);
    Structural {
        counterfactual: paths.iter().map(|p| band(&mut p.clone())).collect(),
        average: band(&mut map(&|s| (total - s) / n)),
        cumulative: band(&mut map(&|s| total - s)),
        relative: band(&mut map(&|s| total / s - 1.0)),
        p_value: (1 + side) as f64 / (1 + sums.len()) as f64,
        inclusion,
        draws: sums.len(),
        effective: effective(sums),
    }
}

/// The quantile of sorted numbers, between neighbours in proportion.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let at = p * (sorted.len() - 1) as f64;
    let low = at.floor() as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (at - low as f64) * (sorted[high] - sorted[low])
}

/// The effective number of draws, by Geyer's initial positive sequence (1992, Statistical Science 7(4), 473-483).
fn effective(draws: &[f64]) -> f64 {
    let n = draws.len();
    let centre = mean(draws);
    let at = |lag: usize| (lag..n).map(|i| (draws[i] - centre) * (draws[i - lag] - centre)).sum::<f64>() / n as f64;
    let own = at(0);
    if own <= 0.0 {
        return n as f64;
    }
    let mut sum = -1.0;
    for pair in 0..n / 4 {
        let both = (at(2 * pair) + at(2 * pair + 1)) / own;
        if both <= 0.0 {
            break;
        }
        sum += 2.0 * both;
    }
    n as f64 / sum.max(1.0 / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(seed: u64, effect: f64, extra: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
        let mut stream = Seed(seed).stream(9);
        let mut chance = Normals::new(move || stream.unit());
        let mut walk = |step: f64| {
            let mut at = 10.0;
            (0..80)
                .map(|_| {
                    at += step * chance.normal();
                    at
                })
                .collect::<Vec<f64>>()
        };
        let x: Vec<Vec<f64>> = (0..=extra).map(|_| walk(0.5)).collect();
        let noise = walk(0.0);
        let mut stream = Seed(seed).stream(10);
        let mut chance = Normals::new(move || stream.unit());
        let y = (0..80).map(|t| 1.2 * x[0][t] + noise[t] + 0.5 * chance.normal() + if t >= 60 { effect } else { 0.0 }).collect();
        (y, x)
    }

    /// The effect is 5 by construction; the draws' interval must hold it and exclude 0.
    #[test]
    fn a_large_effect_is_seen_and_the_series_that_matters_is_in() {
        let (y, x) = world(1, 5.0, 6);
        let found = structural_series(&y, &x, 60, &Options::default()).unwrap();
        assert!((found.average.mean - 5.0).abs() < 0.7 && found.average.interval[0] > 2.0, "{:?}", found.average);
        assert!(found.inclusion[0] > 0.99 && found.inclusion[1..].iter().sum::<f64>() < 3.0, "{:?}", found.inclusion);
        assert!(found.p_value < 0.01 && found.effective > 50.0);
    }

    #[test]
    fn a_unit_of_measure_changes_nothing_but_itself() {
        let (y, x) = world(2, 1.0, 1);
        let other: Vec<f64> = y.iter().map(|v| 1e3 * v - 7.0).collect();
        let (a, b) =
            (structural_series(&y, &x, 60, &Options::default()).unwrap(), structural_series(&other, &x, 60, &Options::default()).unwrap());
        assert!((1e3 * a.average.mean - b.average.mean).abs() < 1e-4 && a.p_value == b.p_value);
    }

    #[test]
    fn intervals_cover_as_often_as_they_say() {
        let covered = (0..200)
            .filter(|s| {
                let (y, x) = world(*s, 1.0, 0);
                let found = structural_series(&y, &x, 60, &Options { draws: 400, ..Options::default() }).unwrap().average;
                (found.interval[0]..=found.interval[1]).contains(&1.0)
            })
            .count();
        assert!((182..=199).contains(&covered), "{covered} of 200");
    }

    #[test]
    fn each_fault_is_named() {
        let (y, x) = world(1, 0.0, 0);
        let run = |y: &[f64], x: &[Vec<f64>], start| structural_series(y, x, start, &Options::default()).map(|_| ());
        assert_eq!(run(&y, &[vec![1.0]], 60), Err(SeriesError::Length { series: 0, found: 1, periods: 80 }));
        assert_eq!(run(&y, &x, 2), Err(SeriesError::Start { start: 2, periods: 80, needed: 3 }));
        assert_eq!(run(&y, &x, 80), Err(SeriesError::Start { start: 80, periods: 80, needed: 3 }));
        assert_eq!(run(&[1.0; 80], &x, 60), Err(SeriesError::Flat));
        let mut holed = y.clone();
        holed[4] = f64::NAN;
        assert_eq!(run(&holed, &x, 60), Err(SeriesError::NotFinite { period: 4 }));
    }
}

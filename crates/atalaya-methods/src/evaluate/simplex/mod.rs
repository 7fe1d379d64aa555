//! The exact answer to a convex quadratic programme over weights that are not negative and add to one.
//!
//! `minimise w'(G + r I)w / 2 - c'w` by Wolfe's algorithm for the nearest point of a polytope: a support
//! that grows by the weight that promises most and shrinks by those that would turn negative, with one
//! small triangular system a step. It ends at the optimum itself, and says how far from it rounding has
//! left it: the duality gap, which bounds what any other weights could gain.
//!
//! Source: Wolfe (1976), Mathematical Programming 11, 128-149, "Finding the nearest point in a polytope".

mod factor;

use rayon::prelude::*;

use crate::num::{axpy, dot};
use factor::Factor;

/// A programme: `G` and `c` come from data, so that many programmes can share one `G`.
#[derive(Debug, Clone, Copy)]
pub struct Quadratic<'a> {
    /// `G`, `n` by `n`, symmetric and convex on differences of weights.
    pub gram: &'a [f64],
    /// `c`, of length `n`.
    pub linear: &'a [f64],
    /// What is added to the diagonal.
    pub ridge: f64,
    /// Which weights may differ from 0; all where it is empty.
    pub allowed: &'a [bool],
}

/// What proves the weights: read it as "no weights do better than this by more than `gap`".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kkt {
    /// The duality gap in the unit of the objective.
    pub gap: f64,
    /// The same, as a share of the scale of the objective.
    pub relative_gap: f64,
    /// How often the support changed.
    pub steps: usize,
    /// How many weights are above 0.
    pub support: usize,
    /// How many weights are 0 but could take a share at no cost: with any, the answer is one of many.
    pub ties: usize,
}

/// The programme that could not be solved to rounding.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the weights are not optimal after {steps} steps: a relative gap of {relative_gap:e} is left; rescale the series")]
pub struct NotSolved {
    /// Steps taken.
    pub steps: usize,
    /// The gap that is left.
    pub relative_gap: f64,
}

/// Memory that one programme leaves to the next.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    factor: Factor,
    support: Vec<usize>,
    inside: Vec<bool>,
    gradient: Vec<f64>,
    row: Vec<f64>,
    ones: Vec<f64>,
    target: Vec<f64>,
    weights: Vec<f64>,
}

impl Workspace {
    /// Makes these weights the last answer.
    pub fn begin_at(&mut self, weights: &[f64]) {
        self.support = (0..weights.len()).filter(|&j| weights[j] > 0.0).collect();
        self.weights = self.support.iter().map(|&j| weights[j]).collect();
    }
}

/// A row with less than this share of its own left is explained by the support.
const DEPENDENT: f64 = 1e-13;
/// A relative gap that is rounding.
const ROUNDING: f64 = 1e-15;
/// A relative gap above which the answer is refused.
const REFUSED: f64 = 1e-9;

/// The optimal weights, written to `weights` (one a column of `G`), and what proves them.
///
/// # Errors
/// [`NotSolved`] where rounding keeps the gap open, which takes columns of very different size.
pub fn solve(problem: &Quadratic<'_>, space: &mut Workspace, weights: &mut [f64]) -> Result<Kkt, NotSolved> {
    let n = problem.linear.len();
    finish(Run::new(problem, space, n), weights)
}

/// As [`solve`], from the answer of the last programme in this workspace, which was over the same weights: a few
/// steps where the two are alike.
///
/// # Errors
/// [`NotSolved`].
pub fn solve_from_last(problem: &Quadratic<'_>, space: &mut Workspace, weights: &mut [f64]) -> Result<Kkt, NotSolved> {
    let n = problem.linear.len();
    finish(Run::from_last(problem, space, n), weights)
}

fn finish(mut run: Run<'_, '_>, weights: &mut [f64]) -> Result<Kkt, NotSolved> {
    let n = run.n;
    let limit = 20 * n + 200;
    let mut best = f64::INFINITY;
    let mut stalled = 0;
    loop {
        let (enter, gap) = run.most_promising();
        let relative = gap / run.scale;
        // Rounding can make the gap wander about its floor: the second time it fails to fall, it is the floor.
        stalled = if gap < 0.5 * best { 0 } else { stalled + 1 };
        best = best.min(gap);
        let done = relative <= ROUNDING || (relative <= REFUSED && stalled > 2) || run.space.inside[enter];
        if done || run.steps >= limit {
            let kkt = run.finish(weights, gap);
            return if relative <= REFUSED { Ok(kkt) } else { Err(NotSolved { steps: kkt.steps, relative_gap: relative }) };
        }
        run.enter(enter);
        run.descend();
        run.refresh();
    }
}

struct Run<'a, 'b> {
    problem: &'a Quadratic<'a>,
    space: &'b mut Workspace,
    n: usize,
    scale: f64,
    lift: f64,
    steps: usize,
}

impl<'a, 'b> Run<'a, 'b> {
    fn new(problem: &'a Quadratic<'a>, space: &'b mut Workspace, n: usize) -> Run<'a, 'b> {
        let mut run = Run::empty(problem, space, n);
        let value = |j: usize| 0.5 * run.diagonal(j) - problem.linear[j];
        let start = (0..n).filter(|&j| run.may(j)).fold(None, |best, j| match best {
            Some((_, least)) if value(j) >= least => best,
            _ => Some((j, value(j))),
        });
        let start = start.map_or(0, |(j, _)| j);
        let own = run.diagonal(start) + run.lift;
        run.space.factor.push(&[], own, 0.0);
        run.space.support.push(start);
        run.space.weights.push(1.0);
        run.space.inside[start] = true;
        run.refresh();
        run
    }

    /// Begins on the support of the last programme; from scratch where its columns now explain one another.
    fn from_last(problem: &'a Quadratic<'a>, space: &'b mut Workspace, n: usize) -> Run<'a, 'b> {
        let (support, weights) = (std::mem::take(&mut space.support), std::mem::take(&mut space.weights));
        let mut run = Run::empty(problem, space, n);
        for (at, &j) in support.iter().enumerate() {
            let (column, lift) = (run.column(j), run.lift);
            run.space.row.clear();
            run.space.row.extend(support[..at].iter().map(|&k| column[k] + lift));
            let own = run.diagonal(j) + lift;
            if !run.space.factor.push(&run.space.row, own, DEPENDENT) {
                return Run::new(problem, run.space, n);
            }
        }
        if support.is_empty() {
            return Run::new(problem, run.space, n);
        }
        support.iter().for_each(|&j| run.space.inside[j] = true);
        (run.space.support, run.space.weights) = (support, weights);
        run.descend();
        run.refresh();
        run
    }

    fn empty(problem: &'a Quadratic<'a>, space: &'b mut Workspace, n: usize) -> Run<'a, 'b> {
        space.factor.clear();
        space.support.clear();
        space.weights.clear();
        space.inside.clear();
        space.inside.resize(n, false);
        space.gradient.clear();
        space.gradient.resize(n, 0.0);
        let mut run = Run { problem, space, n, scale: f64::MIN_POSITIVE, lift: 0.0, steps: 0 };
        let (mut total, mut count) = (0.0, 0.0);
        for j in 0..n {
            if !run.may(j) {
                continue;
            }
            let own = run.diagonal(j).abs();
            run.scale = run.scale.max(own).max(problem.linear[j].abs());
            total += own;
            count += 1.0;
        }
        // A constant added to every cell of G changes no answer and makes the system of any support definite.
        run.lift = (total / f64::max(count, 1.0)).max(f64::MIN_POSITIVE);
        run
    }

    fn may(&self, j: usize) -> bool {
        self.problem.allowed.is_empty() || self.problem.allowed[j]
    }

    fn diagonal(&self, j: usize) -> f64 {
        self.problem.gram[j * self.n + j] + self.problem.ridge
    }

    fn column(&self, j: usize) -> &'a [f64] {
        &self.problem.gram[j * self.n..(j + 1) * self.n]
    }

    /// The gradient at the weights as they stand.
    fn refresh(&mut self) {
        let mut gradient = std::mem::take(&mut self.space.gradient);
        for (g, c) in gradient.iter_mut().zip(self.problem.linear) {
            *g = -c;
        }
        for (&j, &w) in self.space.support.iter().zip(&self.space.weights) {
            axpy(w, self.column(j), &mut gradient);
            gradient[j] += self.problem.ridge * w;
        }
        self.space.gradient = gradient;
    }

    /// The weight whose growth gains most, and the duality gap.
    fn most_promising(&self) -> (usize, f64) {
        let space = &self.space;
        let level: f64 = space.support.iter().zip(&space.weights).map(|(&j, w)| w * space.gradient[j]).sum();
        let (mut at, mut least) = (space.support[0], f64::INFINITY);
        for (j, &g) in space.gradient.iter().enumerate() {
            if g < least && self.may(j) {
                (at, least) = (j, g);
            }
        }
        // Not a number is no proof.
        (at, if (level - least).is_nan() { f64::INFINITY } else { (level - least).max(0.0) })
    }

    /// Takes a weight into the support; where the support explains it, another one leaves first.
    fn enter(&mut self, k: usize) {
        let column = self.column(k);
        self.space.row.clear();
        let lift = self.lift;
        let across = self.space.support.iter().map(|&j| column[j] + lift);
        self.space.row.extend(across);
        let own = column[k] + self.problem.ridge + lift;
        let mut weight = 0.0;
        while !self.space.factor.push(&self.space.row, own, DEPENDENT) && !self.space.support.is_empty() {
            // The new column is a mixture of those within: shares flow to it until one of them is spent.
            let mut mix = self.space.row.clone();
            self.space.factor.solve(&mut mix);
            let spent = mix.iter().zip(&self.space.weights).map(|(m, w)| if *m > 0.0 { w / m } else { f64::INFINITY });
            let (at, flow) = least(spent);
            for (w, m) in self.space.weights.iter_mut().zip(&mix) {
                *w = (*w - flow * m).max(0.0);
            }
            weight += flow;
            self.leave(at);
            self.space.row.remove(at);
        }
        self.space.support.push(k);
        self.space.weights.push(weight);
        self.space.inside[k] = true;
        self.steps += 1;
    }

    fn leave(&mut self, at: usize) {
        let j = self.space.support.remove(at);
        self.space.weights.remove(at);
        self.space.inside[j] = false;
        self.space.factor.remove(at);
        self.steps += 1;
    }

    /// Moves to the optimum of the support, dropping each weight that would turn negative on the way.
    fn descend(&mut self) {
        loop {
            let space = &mut *self.space;
            space.ones.clear();
            space.ones.resize(space.support.len(), 1.0);
            space.factor.solve(&mut space.ones);
            space.target.clear();
            space.target.extend(space.support.iter().map(|&j| self.problem.linear[j]));
            space.factor.solve(&mut space.target);
            let level = (1.0 - space.target.iter().sum::<f64>()) / space.ones.iter().sum::<f64>();
            for (t, o) in space.target.iter_mut().zip(&space.ones) {
                *t += level * o;
            }
            if space.target.iter().all(|t| *t > 0.0) {
                space.weights.copy_from_slice(&space.target);
                return;
            }
            let steps = space.target.iter().zip(&space.weights).map(|(t, w)| if *t > 0.0 { f64::INFINITY } else { w / (w - t) });
            let (at, step) = least(steps);
            let step = if step.is_nan() { 0.0 } else { step };
            for (w, t) in space.weights.iter_mut().zip(&space.target) {
                *w = (*w + step * (t - *w)).max(0.0);
            }
            self.leave(at);
        }
    }

    fn finish(self, weights: &mut [f64], gap: f64) -> Kkt {
        weights.fill(0.0);
        for (&j, &w) in self.space.support.iter().zip(&self.space.weights) {
            weights[j] = w;
        }
        let level = dot(&self.space.gradient, weights);
        let free = |j: &usize| !self.space.inside[*j] && self.may(*j);
        let ties = (0..self.n).filter(free).filter(|&j| self.space.gradient[j] - level <= 1e-10 * self.scale).count();
        Kkt { gap, relative_gap: gap / self.scale, steps: self.steps, support: self.space.support.len(), ties }
    }
}

/// The place and the size of the least number; the first of equals.
fn least(values: impl Iterator<Item = f64>) -> (usize, f64) {
    values.enumerate().fold((0, f64::INFINITY), |best, (at, v)| if v < best.1 || v.is_nan() { (at, v) } else { best })
}

/// Products of columns: `G[j, k]` is the sum over rows of `a[j, t] a[k, t]`, for `n` series of length `t`.
pub fn gram(series: &[f64], n: usize) -> Vec<f64> {
    let length = series.len() / n.max(1);
    let of = |j: usize| &series[j * length..(j + 1) * length];
    let mut out = vec![0.0; n * n];
    let row = |j: usize, row: &mut [f64]| (0..=j).for_each(|k| row[k] = dot(of(j), of(k)));
    if n * n * length < 1_000_000 {
        out.chunks_mut(n.max(1)).enumerate().for_each(|(j, cells)| row(j, cells));
    } else {
        out.par_chunks_mut(n).enumerate().for_each(|(j, cells)| row(j, cells));
    }
    for j in 0..n {
        for k in 0..j {
            out[k * n + j] = out[j * n + k];
        }
    }
    out
}

#[cfg(test)]
mod tests;

//! Interactive fixed effects and matrix completion: the untreated cells of a panel tell what the treated would have been.
//!
//! # Answers
//! What would the treated cells have been, if units differ by a level and by how they respond to a few common
//! forces that change over time?
//!
//! # Source
//! Xu (2017), Political Analysis 25(1), 57-76 (factors from those never treated); Liu, Wang and Xu (2024),
//! American Journal of Political Science 68(1), 160-176 (from all untreated cells); Bai (2009),
//! Econometrica 77(4), 1229-1279; Athey, Bayati, Doudchenko, Imbens and Khosravi (2021), Journal of the
//! American Statistical Association 116(536), 1716-1730 (a penalty on the sum of singular values).
//!
//! # Assumes
//! - Outcomes without the programme are levels, common changes, covariates and the factors, plus noise.
//! - Treatment is unrelated to that noise, past and future; no anticipation, no spill-over.
//!
//! # Shapes and units
//! A [`Grid`]. The penalty of matrix completion is per cell: singular values fall by it times `n t`.
//!
//! # Cost
//! A step is one symmetric eigenproblem of the shorter side; tens of steps, as the slow iteration for missing
//! cells is accelerated.
//!
//! # Does not
//! Prove that no other factors fit better: with factors the fit is a local optimum, reached from the additive
//! one. Matrix completion is convex and has one.
//!
//! # Checked by
//! Proposition 99, election-day registration and a simulated panel against R's `fect`; a shift common to a
//! unit or a period; a world of two factors; each refusal.

use atalaya_kernel::Seed;
use rayon::prelude::*;

use super::grid::{Effects, Grid, GridError};
use crate::card::Card;
use crate::num::symmetric::eigen;
use crate::num::{Cholesky, Matrix, axpy, dot};

mod settle;

pub use settle::Rest;
use settle::settle;

/// What the method is.
pub const CARD: Card = Card {
    id: "interactive_effects",
    verb: "evaluate",
    name: ["Interactive fixed effects and matrix completion", "Efectos fijos interactivos y completación de matrices"],
    answers: [
        "What would the treated have been, if units respond in their own way to a few common forces?",
        "¿Qué habría pasado con los tratados, si cada unidad responde a su modo a unas pocas fuerzas comunes?",
    ],
    source: "Liu, Wang and Xu (2024), AJPS 68(1), 160-176",
};

/// What is common to the units beside levels and changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Structure {
    /// So many factors; 0 for levels and changes alone.
    Factors(usize),
    /// As many as pay this penalty per cell.
    Penalty(f64),
}

/// Where common forces are learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learn {
    /// Every untreated cell.
    Untreated,
    /// Units never treated; the loadings of the treated come from their past alone.
    NeverTreated,
}

/// How the iteration that fills in cells is brought to rest.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Settling {
    /// By mixing its last steps, to rounding.
    #[default]
    Accelerated,
    /// Step by step until the fit moves by less than this share of itself, as R's `fect` does. Kept to reproduce
    /// its printed digits: steps are short where the iteration is slow, and it stops short of the fixed point.
    Plain(f64),
}

/// What may be chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// What is common to the units.
    pub structure: Structure,
    /// Where it is learnt from.
    pub learn: Learn,
    /// How the iteration ends.
    pub settling: Settling,
}

impl Options {
    /// From every untreated cell, to rounding.
    pub fn new(structure: Structure) -> Options {
        Options { structure, learn: Learn::Untreated, settling: Settling::Accelerated }
    }
}

/// A counterfactual and what follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Counterfactual {
    /// What each cell would have been untreated.
    pub fit: Vec<f64>,
    /// The effects.
    pub effects: Effects,
    /// The coefficients of covariates.
    pub beta: Vec<f64>,
    /// The variance of what is left in untreated cells.
    pub sigma2: f64,
    /// How many singular values are above 0.
    pub rank: usize,
    /// Where the iteration came to rest.
    pub rest: Rest,
}

const LIMIT: usize = 20_000;
const TOLERANCE: f64 = 1e-12;
/// A change that is accepted where rounding allows no less.
const ACCEPTED: f64 = 1e-7;

/// The counterfactual of a panel.
///
/// # Errors
/// [`GridError`].
pub fn interactive_effects(grid: &Grid, options: &Options) -> Result<Counterfactual, GridError> {
    let needed = match options.structure {
        Structure::Factors(r) => r + 1,
        Structure::Penalty(_) => 1,
    };
    grid.check(needed)?;
    match options.learn {
        Learn::Untreated => from_cells(grid, options),
        Learn::NeverTreated => from_never_treated(grid, options),
    }
}

fn from_cells(grid: &Grid, options: &Options) -> Result<Counterfactual, GridError> {
    let model = Model::new(grid)?;
    let (model, part, fit, rest) = model.solve(options)?;
    let residuals = (0..fit.len()).filter(|c| grid.control(*c)).map(|c| (grid.outcome[c] - fit[c]).powi(2)).sum::<f64>();
    let count = (0..fit.len()).filter(|c| grid.control(*c)).count() as f64;
    let (n, t, p) = (grid.units as f64, grid.periods as f64, grid.covariates.len() as f64);
    let sigma2 = match options.structure {
        Structure::Factors(r) => {
            let r = r as f64;
            residuals / (count - (r * (n + t) - r * r + p + 1.0 + (n - 1.0) + (t - 1.0) - 2.0 * r))
        }
        Structure::Penalty(_) => residuals / count,
    };
    Ok(Counterfactual { effects: grid.effects(&fit), beta: model.beta, sigma2, rank: part.rank, fit, rest })
}

/// Factors of those never treated; each treated unit's level and loadings from its own past.
fn from_never_treated(grid: &Grid, options: &Options) -> Result<Counterfactual, GridError> {
    let never = grid.never_treated();
    let periods = grid.periods;
    let controls = grid.pick(&never);
    let (model, part, control_fit, rest) = Model::new(&controls)?.solve(options)?;
    let forces: Vec<Vec<f64>> = std::iter::once(vec![1.0; periods]).chain(part.factors).collect();
    let without = |unit: usize, t: usize| {
        let cell = unit * periods + t;
        let covariates: f64 = grid.covariates.iter().zip(&model.beta).map(|(x, b)| b * x[cell]).sum();
        covariates + part.changes[t]
    };
    let mut fit = vec![0.0; grid.outcome.len()];
    for unit in 0..grid.units {
        let row = &mut fit[unit * periods..(unit + 1) * periods];
        if let Ok(at) = never.binary_search(&unit) {
            row.copy_from_slice(&control_fit[at * periods..(at + 1) * periods]);
            continue;
        }
        let past: Vec<usize> = (0..periods).filter(|t| grid.control(unit * periods + t)).collect();
        let x = Matrix::from_fn(past.len(), forces.len(), |i, j| forces[j][past[i]]);
        let y: Vec<f64> = past.iter().map(|&t| grid.outcome[unit * periods + t] - without(unit, t)).collect();
        let loadings = crate::num::least_squares(&x, &y, 1e-10).filled();
        for (t, cell) in row.iter_mut().enumerate() {
            *cell = without(unit, t) + forces.iter().zip(&loadings).map(|(f, l)| l * f[t]).sum::<f64>();
        }
    }
    let residuals: Vec<f64> = controls.outcome.iter().zip(&control_fit).filter(|(y, _)| y.is_finite()).map(|(y, f)| y - f).collect();
    let sigma2 = dot(&residuals, &residuals) / residuals.len() as f64;
    Ok(Counterfactual { effects: grid.effects(&fit), beta: model.beta, sigma2, rank: part.rank, fit, rest })
}

/// A complete matrix taken apart.
struct Part {
    /// Levels, changes and common part, cell by cell.
    fit: Vec<f64>,
    /// What all share in each period, the grand mean within.
    changes: Vec<f64>,
    /// One series a factor.
    factors: Vec<Vec<f64>>,
    rank: usize,
}

struct Model<'a> {
    grid: &'a Grid,
    missing: Vec<usize>,
    beta: Vec<f64>,
    covariates: Option<Cholesky>,
}

impl<'a> Model<'a> {
    fn new(grid: &'a Grid) -> Result<Model<'a>, GridError> {
        let missing = (0..grid.outcome.len()).filter(|c| !grid.control(*c)).collect();
        let columns: Vec<Vec<f64>> = grid.covariates.iter().map(|x| zero_filled(x)).collect();
        let mut covariates = None;
        if !columns.is_empty() {
            let within: Vec<Vec<f64>> = columns.iter().map(|x| apart(x, grid).0).collect();
            let check = Matrix::from_columns(grid.outcome.len(), &within).gram(None);
            let raw = Matrix::from_columns(grid.outcome.len(), &columns).gram(None);
            // What is left of a covariate within units and periods, over the whole of it.
            let thin = (0..columns.len()).find(|&j| check.at(j, j) <= 1e-14 * raw.at(j, j));
            let factor = Cholesky::new(&check, 1e-10).map_err(|e| GridError::Collinear { covariate: e.column })?;
            if let Some(covariate) = thin {
                return Err(GridError::Collinear { covariate });
            }
            covariates = Some(factor);
        }
        Ok(Model { grid, missing, beta: vec![0.0; columns.len()], covariates })
    }

    /// The fixed point of filling in and taking apart, from the additive fit.
    fn solve(mut self, options: &Options) -> Result<(Model<'a>, Part, Vec<f64>, Rest), GridError> {
        let centre = {
            let seen: Vec<f64> = self.grid.outcome.iter().enumerate().filter(|(c, _)| self.grid.control(*c)).map(|(_, y)| *y).collect();
            super::donors::mean(&seen)
        };
        let mut state: Vec<f64> = vec![centre; self.missing.len()];
        state.extend(&self.beta);
        let mut rest = self.rest(&mut state, Structure::Factors(0), 1)?;
        let structure = options.structure;
        let accepted = match options.settling {
            Settling::Plain(tolerance) => tolerance.max(ACCEPTED),
            Settling::Accelerated => ACCEPTED,
        };
        match options.settling {
            _ if structure == Structure::Factors(0) => {}
            Settling::Accelerated => rest = self.rest(&mut state, structure, 30)?,
            Settling::Plain(tolerance) => rest = self.plain(&mut state, structure, tolerance),
        }
        if rest.change > accepted {
            return Err(GridError::NotSettled { steps: rest.steps, change: rest.change });
        }
        let filled = self.filled(&state);
        self.beta = state[self.missing.len()..].to_vec();
        let part = take_apart(&filled, self.grid, structure);
        let fit = (0..filled.len()).map(|c| part.fit[c] + self.explained(&self.beta, c)).collect();
        Ok((self, part, fit, rest))
    }

    fn rest(&self, state: &mut Vec<f64>, structure: Structure, plain: usize) -> Result<Rest, GridError> {
        settle(state, plain, LIMIT, TOLERANCE, |state| Ok(self.step(state, structure)))
    }

    /// Steps as they come, until the fit of all cells hardly moves.
    fn plain(&self, state: &mut Vec<f64>, structure: Structure, tolerance: f64) -> Rest {
        let fit = |state: &[f64], structure: Structure| take_apart(&self.filled(state), self.grid, structure).fit;
        let mut last = fit(state, Structure::Factors(0));
        let mut rest = Rest { steps: 0, change: f64::INFINITY };
        while rest.change > tolerance && rest.steps < LIMIT {
            let next = fit(state, structure);
            let moved: f64 = next.iter().zip(&last).map(|(a, b)| (a - b).powi(2)).sum();
            rest = Rest { steps: rest.steps + 1, change: (moved / dot(&last, &last)).sqrt() };
            last = next;
            *state = self.step(state, structure);
        }
        rest
    }

    /// What covariates explain in a cell.
    fn explained(&self, beta: &[f64], cell: usize) -> f64 {
        self.grid.covariates.iter().zip(beta).map(|(x, b)| if x[cell].is_finite() { b * x[cell] } else { 0.0 }).sum()
    }

    /// The outcome less what covariates explain, missing cells filled in from the state.
    fn filled(&self, state: &[f64]) -> Vec<f64> {
        let (cells, beta) = state.split_at(self.missing.len());
        let mut filled = self.grid.outcome.clone();
        self.missing.iter().zip(cells).for_each(|(&c, y)| filled[c] = *y);
        if !beta.is_empty() {
            (0..filled.len()).for_each(|c| filled[c] -= self.explained(beta, c));
        }
        filled
    }

    fn step(&self, state: &[f64], structure: Structure) -> Vec<f64> {
        let filled = self.filled(state);
        let part = take_apart(&filled, self.grid, structure);
        let beta = &state[self.missing.len()..];
        let mut next_beta = beta.to_vec();
        if let Some(factor) = &self.covariates {
            // What is left, on covariates within units and periods: a Newton step in them.
            let left: Vec<f64> = filled.iter().zip(&part.fit).map(|(y, f)| y - f).collect();
            let within: Vec<f64> = self.grid.covariates.iter().map(|x| dot(&apart(&zero_filled(x), self.grid).0, &left)).collect();
            axpy(1.0, &factor.solve(&within), &mut next_beta);
        }
        let mut next: Vec<f64> = self.missing.iter().map(|&c| part.fit[c] + self.explained(&next_beta, c)).collect();
        next.extend(next_beta);
        next
    }
}

fn zero_filled(x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| if x.is_finite() { *x } else { 0.0 }).collect()
}

/// A complete matrix less its levels and changes, the levels, and the changes with the grand mean within.
fn apart(filled: &[f64], grid: &Grid) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let (n, t) = (grid.units, grid.periods);
    let mut changes = vec![0.0; t];
    filled.chunks(t).for_each(|row| axpy(1.0 / n as f64, row, &mut changes));
    let grand = super::donors::mean(&changes);
    let levels: Vec<f64> = filled.chunks(t).map(|row| super::donors::mean(row) - grand).collect();
    let within = filled.iter().enumerate().map(|(c, y)| y - levels[c / t] - changes[c % t]).collect();
    (within, levels, changes)
}

/// Levels, changes, and the best approximation of what is left.
fn take_apart(filled: &[f64], grid: &Grid, structure: Structure) -> Part {
    let (n, t) = (grid.units, grid.periods);
    let (within, levels, changes) = apart(filled, grid);
    let mut fit: Vec<f64> = (0..filled.len()).map(|c| levels[c / t] + changes[c % t]).collect();
    let mut factors = Vec::new();
    if structure == Structure::Factors(0) {
        return Part { fit, changes, factors, rank: 0 };
    }
    // Rows of the shorter side: the common part is the projection on their leading directions.
    let tall = n >= t;
    let products = if tall { Matrix::from_fn(t, n, |i, j| within[j * t + i]) } else { Matrix::from_fn(n, t, |i, j| within[i * t + j]) };
    let products = products.times(&products.transposed());
    let found = eigen(&products);
    let side = found.values.len();
    let keep = |k: usize, value: f64| match structure {
        Structure::Factors(r) => f64::from(u8::from(k < r)),
        Structure::Penalty(p) => (1.0 - p * (n * t) as f64 / value.max(0.0).sqrt().max(1e-300)).max(0.0),
    };
    for k in 0..side {
        let share = keep(k, found.values[side - 1 - k]);
        if share == 0.0 {
            break;
        }
        let direction = found.vectors.col(side - 1 - k);
        let series: Vec<f64> =
            if tall { direction.to_vec() } else { (0..t).map(|s| (0..n).map(|i| direction[i] * within[i * t + s]).sum()).collect() };
        for i in 0..n {
            let loading = if tall { dot(&within[i * t..(i + 1) * t], direction) } else { direction[i] };
            axpy(share * loading, &series, &mut fit[i * t..(i + 1) * t]);
        }
        factors.push(series);
    }
    Part { fit, changes, rank: factors.len(), factors }
}

/// The effect on units drawn with replacement, the treated among the treated: estimates, and their standard deviation.
///
/// # Errors
/// [`GridError`]; one treated unit alone cannot be drawn from: use a placebo.
pub fn bootstrap(grid: &Grid, options: &Options, draws: usize, seed: Seed) -> Result<(Vec<f64>, f64), GridError> {
    let never = grid.never_treated();
    let ever: Vec<usize> = (0..grid.units).filter(|i| never.binary_search(i).is_err()).collect();
    if ever.len() < 2 {
        return Err(GridError::NoTreated);
    }
    let one = |draw: usize| {
        let mut stream = seed.stream(draw as u64);
        let mut some = |from: &[usize]| (0..from.len()).map(|_| *stream.pick(from)).collect::<Vec<_>>();
        let mut units = some(&ever);
        units.extend(some(&never));
        Ok(interactive_effects(&grid.pick(&units), options)?.effects.att)
    };
    let found: Result<Vec<f64>, GridError> = (0..draws).into_par_iter().map(one).collect();
    let found = found?;
    let centre = super::donors::mean(&found);
    let se = (found.iter().map(|e| (e - centre).powi(2)).sum::<f64>() / (found.len().max(2) - 1) as f64).sqrt();
    Ok((found, se))
}

#[cfg(test)]
mod tests;

//! Least squares with any number of fixed effects, exact in one pass.
//!
//! # Answers
//! By how much does the outcome differ with a regressor among rows that share units, periods and
//! whatever else has an effect of its own?
//! # Source
//! Frisch and Waugh (1933), Econometrica 1, 387-401; Lovell (1963), JASA 58, 993-1010. Counting of
//! parameters: Abowd, Creecy and Kramarz (2002), LEHD TP-2002-06, for connected components.
//! # Assumes
//! The outcome is the sum of the effects, the regressors and noise without relation to either; in a
//! two-way design with staggered dates, that effects are the same for all cohorts and at all ages
//! (see `bacon` for what happens otherwise).
//! # Shapes and units
//! Columns of n finite numbers; effects as n codes each; weights n numbers above 0. Coefficients
//! are in units of the outcome per unit of the regressor.
//! # Cost
//! O(n) a column in a complete panel; otherwise one Cholesky factor of the levels besides the
//! largest effect (up to 1,500), conjugate gradients above that.
//! # Does not
//! Choose regressors, absorb slopes, or report the effects themselves as estimates with errors.
//! # Checked by
//! `a_regressor_between_two_effects_by_hand`, `dummies_give_the_same`, `the_truth_lies_within`,
//! `every_refusal_is_provoked`, and the rows `fixest::feols*` and `plm_*` of the reference file.

use rayon::prelude::*;

use super::effects::{Effects, Groups, Solved};
use super::refusal::Refusal;
use crate::card::Card;
use crate::num::{Cholesky, Matrix, axpy, dot};

/// What the method is.
pub const CARD: Card = Card {
    id: "fixed_effects",
    verb: "evaluate",
    name: ["Regression with fixed effects", "Regresión con efectos fijos"],
    answers: [
        "How does the outcome differ with a regressor among rows of the same unit and the same period?",
        "¿Cuánto cambia el resultado con un regresor, a igualdad de unidad y de periodo?",
    ],
    source: "Frisch and Waugh (1933); Lovell (1963); Abowd, Creecy and Kramarz (2002)",
};

/// Less than this share of a regressor's squares left means that the others explain it.
const COLLINEAR: f64 = 1e-10;

/// What is regressed on what.
#[derive(Debug, Clone, Copy)]
pub struct Regression<'a> {
    /// The outcome.
    pub y: &'a [f64],
    /// Names of the regressors.
    pub names: &'a [String],
    /// The regressors.
    pub x: &'a [&'a [f64]],
    /// Codes of each fixed effect; none means an intercept.
    pub effects: &'a [&'a [u32]],
    /// How much a row stands for.
    pub weights: Option<&'a [f64]>,
    /// Whether regressors that others explain are set aside; otherwise they are refused.
    pub set_aside: bool,
}

/// A fitted regression with all that a variance needs.
#[derive(Debug, Clone)]
pub struct Fit {
    /// Names of the regressors used.
    pub names: Vec<String>,
    /// Their coefficients.
    pub coef: Vec<f64>,
    /// Names of the regressors set aside because others explain them.
    pub set_aside: Vec<String>,
    /// The regressors with the effects taken out, one column each.
    pub x: Matrix,
    /// What the fit leaves.
    pub residuals: Vec<f64>,
    /// How much a row stands for.
    pub weights: Option<Vec<f64>>,
    /// `(X'WX)^-1` once the effects are taken out.
    pub bread: Matrix,
    /// The effects.
    pub effects: Vec<Groups>,
    /// Independent parameters among the effects.
    pub effect_rank: usize,
    /// Connected components of the two largest effects.
    pub components: usize,
    /// Levels with one row, for each effect.
    pub singletons: Vec<usize>,
    /// How the effects were taken out.
    pub solved: Solved,
    /// Whether p-values use the normal distribution, as with a quasi-likelihood.
    pub normal: bool,
}

impl Fit {
    /// Rows.
    pub fn rows(&self) -> usize {
        self.residuals.len()
    }

    /// The position of a regressor.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// The weighted sum of squared residuals.
    pub fn rss(&self) -> f64 {
        match &self.weights {
            None => dot(&self.residuals, &self.residuals),
            Some(w) => self.residuals.iter().zip(w).map(|(e, w)| w * e * e).sum(),
        }
    }

    /// The scores: weight times residual times regressor, one column a regressor.
    pub fn scores(&self) -> Matrix {
        let mut scores = self.x.clone();
        for j in 0..scores.cols() {
            let column = scores.col_mut(j);
            column.iter_mut().zip(&self.residuals).for_each(|(s, e)| *s *= e);
            if let Some(w) = &self.weights {
                column.iter_mut().zip(w).for_each(|(s, w)| *s *= w);
            }
        }
        scores
    }
}

impl Regression<'_> {
    /// Whether all columns have the rows of the outcome and hold numbers.
    ///
    /// # Errors
    /// [`Refusal::Length`], [`Refusal::NotFinite`], [`Refusal::Weight`], [`Refusal::Empty`].
    pub fn check(&self) -> Result<(), Refusal> {
        let n = self.y.len();
        if n == 0 {
            return Err(Refusal::Empty);
        }
        finite("outcome", self.y)?;
        for (name, column) in self.names.iter().zip(self.x) {
            if column.len() != n {
                return Err(Refusal::Length { column: name.clone(), found: column.len(), expected: n });
            }
            finite(name, column)?;
        }
        if let Some(w) = self.weights {
            if w.len() != n {
                return Err(Refusal::Length { column: "weights".into(), found: w.len(), expected: n });
            }
            finite("weights", w)?;
            if let Some(row) = w.iter().position(|w| *w <= 0.0) {
                return Err(Refusal::Weight { row: row + 1 });
            }
        }
        Ok(())
    }

    /// The effects of the regression; an intercept where there are none.
    ///
    /// # Errors
    /// As [`Effects::new`].
    pub fn absorbed(&self) -> Result<Effects, Refusal> {
        let constant = vec![0; if self.effects.is_empty() { self.y.len() } else { 0 }];
        let columns: Vec<&[u32]> = if self.effects.is_empty() { vec![&constant] } else { self.effects.to_vec() };
        if let Some(odd) = columns.iter().find(|c| c.len() != self.y.len()) {
            return Err(Refusal::Length { column: "effect".into(), found: odd.len(), expected: self.y.len() });
        }
        Effects::new(&columns, self.weights)
    }

    /// The fit.
    ///
    /// # Errors
    /// Those of [`Regression::check`], [`Refusal::Collinear`], [`Refusal::NoFreedom`], [`Refusal::NotConverged`].
    pub fn fit(&self) -> Result<Fit, Refusal> {
        self.check()?;
        let effects = self.absorbed()?;
        self.fit_with(self.y, effects)
    }

    /// The fit of another outcome under effects made ready before.
    pub(super) fn fit_with(&self, y: &[f64], effects: Effects) -> Result<Fit, Refusal> {
        let n = y.len();
        let sizes: Vec<f64> = self.x.iter().map(|c| dot(c, c)).collect();
        let mut cells = Vec::with_capacity(n * self.x.len());
        self.x.iter().for_each(|c| cells.extend_from_slice(c));
        let mut residuals = y.to_vec();
        let columns = cells.par_chunks_mut(n).chain(residuals.par_chunks_mut(n));
        let solved = columns.map(|c| effects.take_out(c)).collect::<Result<Vec<Solved>, Refusal>>()?;
        let solved = solved.into_iter().max_by(|a, b| a.gap.total_cmp(&b.gap)).ok_or(Refusal::Empty)?;
        let weights = effects.weights().map(<[f64]>::to_vec);
        let mut x = Matrix::from_cells(n, self.x.len(), cells);
        let mut gram = x.gram(weights.as_deref());
        let (kept, set_aside) = self.independent(&x, &gram, &sizes)?;
        if !set_aside.is_empty() {
            x = x.pick_columns(&kept);
            gram = Matrix::from_fn(kept.len(), kept.len(), |i, j| gram.at(kept[i], kept[j]));
        }
        let parameters = kept.len() + effects.rank;
        if parameters >= residuals.len() {
            return Err(Refusal::NoFreedom { rows: residuals.len(), parameters });
        }
        let gram = Cholesky::new(&gram, 0.0).map_err(|e| Refusal::Collinear { column: self.names[kept[e.column]].clone() })?;
        let mut coef = vec![0.0; kept.len()];
        // The second round is a refinement: it takes out what rounding left in the first.
        for _ in 0..if residuals.len() > 1_000_000 { 1 } else { 2 } {
            let weighted: Vec<f64>;
            let target = match &weights {
                None => &residuals,
                Some(w) => {
                    weighted = residuals.iter().zip(w).map(|(e, w)| e * w).collect();
                    &weighted
                }
            };
            let step = gram.solve(&x.transposed_times_vector(target));
            step.iter().enumerate().for_each(|(j, b)| axpy(-b, x.col(j), &mut residuals));
            axpy(1.0, &step, &mut coef);
        }
        Ok(Fit {
            names: kept.iter().map(|&j| self.names[j].clone()).collect(),
            coef,
            set_aside,
            x,
            residuals,
            bread: gram.inverse(),
            effect_rank: effects.rank,
            components: effects.components,
            singletons: effects.singletons(),
            effects: effects.dims,
            weights,
            solved,
            normal: false,
        })
    }

    /// The regressors that say something of their own, and the names of the others.
    fn independent(&self, x: &Matrix, gram: &Matrix, sizes: &[f64]) -> Result<(Vec<usize>, Vec<String>), Refusal> {
        let scale: Vec<f64> = (0..x.cols())
            .map(|j| {
                let rest = dot(x.col(j), x.col(j));
                if rest > COLLINEAR * sizes[j] && rest > 0.0 { 1.0 / gram.at(j, j).sqrt() } else { 0.0 }
            })
            .collect();
        let scaled = Matrix::from_fn(x.cols(), x.cols(), |i, j| gram.at(i, j) * scale[i] * scale[j]);
        let (_, dropped) = Cholesky::pinned(&scaled, COLLINEAR);
        if let (Some(&first), false) = (dropped.first(), self.set_aside) {
            return Err(Refusal::Collinear { column: self.names[first].clone() });
        }
        let kept = (0..x.cols()).filter(|j| !dropped.contains(j)).collect();
        Ok((kept, dropped.iter().map(|&j| self.names[j].clone()).collect()))
    }
}

/// Whether a column holds numbers only.
pub(super) fn finite(name: &str, column: &[f64]) -> Result<(), Refusal> {
    match column.iter().position(|v| !v.is_finite()) {
        Some(row) => Err(Refusal::NotFinite { column: name.into(), row: row + 1 }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::least_squares;
    use atalaya_kernel::seed::Seed;

    fn regression<'a>(y: &'a [f64], names: &'a [String], x: &'a [&'a [f64]], effects: &'a [&'a [u32]]) -> Regression<'a> {
        Regression { y, names, x, effects, weights: None, set_aside: false }
    }

    /// Two units, two periods, one treated in the second: (5 - 3) - (2 - 1) = 1.
    #[test]
    fn a_regressor_between_two_effects_by_hand() {
        let names = ["d".to_string()];
        let (unit, time) = ([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1]);
        let fit = regression(&[3.0, 5.0, 1.0, 2.0, 1.0, 2.0], &names, &[&[0.0, 1.0, 0.0, 0.0, 0.0, 0.0]], &[&unit, &time]).fit().unwrap();
        assert!((fit.coef[0] - 1.0).abs() < 1e-14);
        assert_eq!((fit.effect_rank, fit.components, fit.solved.by), (4, 1, "closed form"));
    }

    #[test]
    fn dummies_give_the_same() {
        let mut stream = Seed(3).stream(0);
        let n = 80;
        let [a, b]: [Vec<u32>; 2] = [7, 5].map(|s| (0..n).map(|_| stream.below(s) as u32).collect());
        let [y, x, z, w]: [Vec<f64>; 4] = [0; 4].map(|_| (0..n).map(|_| stream.unit() + 0.1).collect());
        let names = ["x".to_string(), "z".to_string()];
        let fit = Regression { y: &y, names: &names, x: &[&x, &z], effects: &[&a, &b], weights: Some(&w), set_aside: false }.fit().unwrap();
        let wide = Matrix::from_fn(n, 14, |i, j| {
            w[i].sqrt()
                * match j {
                    0 => x[i],
                    1 => z[i],
                    j if j < 9 => f64::from(u8::from(a[i] == j as u32 - 2)),
                    j => f64::from(u8::from(b[i] == j as u32 - 9)),
                }
        });
        let target: Vec<f64> = y.iter().zip(&w).map(|(y, w)| y * w.sqrt()).collect();
        let dense = least_squares(&wide, &target, 1e-9);
        assert_eq!(dense.rank(), 2 + fit.effect_rank);
        for j in 0..2 {
            assert!((fit.coef[j] - dense.coef[j].unwrap()).abs() < 1e-11);
            assert!((fit.bread.at(j, j) - dense.bread.at(j, j)).abs() < 1e-11);
        }
    }

    #[test]
    fn the_truth_lies_within() {
        let mut stream = Seed(9).stream(0);
        let n = 20_000;
        let unit: Vec<u32> = (0..n).map(|_| stream.below(2_000) as u32).collect();
        let time: Vec<u32> = (0..n).map(|_| stream.below(12) as u32).collect();
        let x: Vec<f64> = unit.iter().map(|u| stream.unit() + f64::from(u % 7)).collect();
        let y: Vec<f64> = (0..n).map(|i| 0.3 * x[i] + f64::from(unit[i] % 11) - f64::from(time[i]) + stream.unit()).collect();
        let names = ["x".to_string()];
        let fit = regression(&y, &names, &[&x], &[&unit, &time]).fit().unwrap();
        let se = (fit.bread.at(0, 0) / 12.0).sqrt();
        assert!((fit.coef[0] - 0.3).abs() < 4.0 * se, "{} {se}", fit.coef[0]);
    }

    #[test]
    fn every_refusal_is_provoked() {
        let names = ["x".to_string()];
        let (y, unit) = ([1.0, 2.0, 4.0, 3.0], [0, 0, 1, 1]);
        let refused = |y: &[f64], x: &[f64], w: Option<&[f64]>| {
            Regression { y, names: &names, x: &[x], effects: &[&unit[..y.len().min(4)]], weights: w, set_aside: false }.fit().unwrap_err()
        };
        let x = [0.0, 1.0, 0.0, 1.0];
        assert_eq!(refused(&[], &[], None), Refusal::Empty);
        assert_eq!(refused(&y, &x[..3], None), Refusal::Length { column: "x".into(), found: 3, expected: 4 });
        assert_eq!(refused(&[1.0, f64::NAN, 0.0, 0.0], &x, None), Refusal::NotFinite { column: "outcome".into(), row: 2 });
        assert_eq!(refused(&y, &x, Some(&[1.0, 1.0, 0.0, 1.0])), Refusal::Weight { row: 3 });
        assert_eq!(refused(&y, &[1.0, 1.0, 2.0, 2.0], None), Refusal::Collinear { column: "x".into() });
        assert_eq!(refused(&y[..2], &x[..2], None), Refusal::NoFreedom { rows: 2, parameters: 2 });
    }
}

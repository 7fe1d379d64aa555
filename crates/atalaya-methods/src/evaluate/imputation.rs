//! Imputation: what treated rows would have been, predicted from all untreated rows.
//!
//! # Answers
//! What did treatment do on average, by age and overall, and did treated units differ before?
//! # Source
//! Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91, 3253-3285: theorem 2 for the
//! estimator, theorem 3 and equation (8) for its conservative variance, test 1 for earlier trends.
//! # Assumes
//! Untreated outcomes are unit effect plus period effect (plus covariates) plus noise; no anticipation.
//! # Shapes and units
//! A staggered panel, gaps allowed. Effects in units of the outcome, averaged over treated rows.
//! # Cost
//! One elimination of unit and period effects, then O(rows) a horizon.
//! # Does not
//! Impute rows whose unit or period is never seen untreated: they are refused, or left out and counted.
//! # Checked by
//! `two_by_two_by_hand`, `weights_balance_every_effect`, `coverage_in_its_own_world`, `refusals_by_name`,
//! and the rows `didimputation` and `diff_diff.ImputationDiD` of the reference file.

use std::collections::BTreeMap;

use super::covariance::{Leverage, Line, Small, clustered::clustered};
use super::effects::{Effects, Groups, components};
use super::fixed_effects::Regression;
use super::influence::Influence;
use super::refusal::Refusal;
use super::staggered::Staggered;
use crate::card::Card;
use crate::num::{Cholesky, Matrix, axpy, dot};

/// What the method is.
pub const CARD: Card = Card {
    id: "imputation",
    verb: "evaluate",
    name: ["Imputation (Borusyak, Jaravel and Spiess)", "Imputación (Borusyak, Jaravel y Spiess)"],
    answers: [
        "What did treatment do, against what untreated rows predict for the treated?",
        "¿Qué hizo el tratamiento, frente a lo que las filas no tratadas predicen para las tratadas?",
    ],
    source: "Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91, 3253-3285",
};

/// An average over treated rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Horizon {
    /// The age since treatment; none for all treated rows.
    pub age: Option<i64>,
    /// The effect.
    pub att: f64,
    /// Its standard error.
    pub se: f64,
    /// Treated rows behind it.
    pub rows: usize,
}

/// Effects by imputation.
#[derive(Debug, Clone, PartialEq)]
pub struct Imputed {
    /// First all treated rows, then each age.
    pub horizons: Vec<Horizon>,
    /// Shares of clusters in their errors.
    pub influence: Influence,
    /// The effect of each treated row: its number in the panel and the effect.
    pub effects: Vec<(usize, f64)>,
    /// Treated rows left out because nothing predicts them.
    pub left_out: usize,
    /// Connected components among untreated rows.
    pub components: usize,
    /// The relative gap of the elimination.
    pub gap: f64,
}

/// Whether rows that cannot be imputed are left out, instead of refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Left out and counted.
    pub leave_out: bool,
}

/// The untreated rows, and how the whole panel maps onto their effects.
pub(super) struct Untreated<'a> {
    panel: &'a Staggered<'a>,
    rows: Vec<usize>,
    pub effects: Effects,
    /// For each row of the panel, the level of its unit and period among untreated rows.
    unit: Vec<u32>,
    time: Vec<u32>,
    /// The rows that share an average in the variance, numbered: those of one cohort and period.
    cell: Vec<u32>,
    /// How many of them.
    cells: usize,
    /// Covariates of untreated rows with the effects taken out, and the factor of their squares.
    x: Option<(Matrix, Cholesky)>,
    weights: Option<Vec<f64>>,
}

pub(super) const ABSENT: u32 = u32::MAX;

/// The effects.
///
/// # Errors
/// Those of a panel; [`Refusal::NotImputable`], [`Refusal::Collinear`].
pub fn imputation(panel: &Staggered<'_>, options: Options) -> Result<Imputed, Refusal> {
    let layout = panel.layout()?;
    let rows = (0..panel.y.len()).filter(|&r| !panel.treated(r)).collect();
    let base = untreated(panel, [&layout.unit.code, &layout.time], rows, numbered(panel))?;
    let (treated, unable): (Vec<usize>, Vec<usize>) = (0..panel.y.len()).filter(|&r| panel.treated(r)).partition(|&r| base.able(r));
    if treated.is_empty() || (!unable.is_empty() && !options.leave_out) {
        return Err(Refusal::NotImputable { cells: unable.len().max(1) });
    }
    let (left, gap) = base.left()?;
    let cluster = Groups::new(panel.cluster.unwrap_or(panel.unit));
    let mut ages: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    treated.iter().for_each(|&r| ages.entry(panel.age(r).unwrap_or(0)).or_default().push(r));
    let sets: Vec<(Option<i64>, &[usize])> =
        std::iter::once((None, treated.as_slice())).chain(ages.iter().map(|(a, rows)| (Some(*a), rows.as_slice()))).collect();
    let mut horizons = Vec::with_capacity(sets.len());
    let mut columns = Vec::with_capacity(sets.len());
    for (age, rows) in sets {
        let (att, shares) = base.horizon(rows, &left, &cluster)?;
        horizons.push(Horizon { age, att, se: dot(&shares, &shares).sqrt(), rows: rows.len() });
        columns.push(shares);
    }
    Ok(Imputed {
        horizons,
        influence: Influence { shares: Matrix::from_columns(cluster.count, &columns) },
        effects: treated.iter().map(|&r| (r, left[r])).collect(),
        left_out: unable.len(),
        components: components(&base.effects.dims[0], &base.effects.dims[1]),
        gap,
    })
}

/// Makes ready the rows that are to predict the others, from the positions of units and periods; `cell` numbers the
/// averages of predicted rows, and how many they are.
pub(super) fn untreated<'a>(
    panel: &'a Staggered<'a>,
    [unit, time]: [&[u32]; 2],
    rows: Vec<usize>,
    (cell, cells): (Vec<u32>, usize),
) -> Result<Untreated<'a>, Refusal> {
    let weights: Option<Vec<f64>> = panel.weights.map(|w| rows.iter().map(|&r| w[r]).collect());
    let columns = [unit, time].map(|c| rows.iter().map(|&r| c[r]).collect::<Vec<u32>>());
    let effects = Effects::new(&[&columns[0], &columns[1]], weights.as_deref()).map_err(|_| Refusal::NoPrePeriod)?;
    let levels = |dim: &Groups, whole: &[u32]| {
        let mut of = vec![ABSENT; whole.iter().max().map_or(0, |m| *m as usize + 1)];
        dim.label.iter().zip(0..).for_each(|(label, level)| of[*label as usize] = level);
        whole.iter().map(|c| of[*c as usize]).collect::<Vec<u32>>()
    };
    let (unit, time) = (levels(&effects.dims[0], unit), levels(&effects.dims[1], time));
    let mut x = None;
    if !panel.x.is_empty() {
        let mut columns: Vec<Vec<f64>> = panel.x.iter().map(|c| rows.iter().map(|&r| c[r]).collect()).collect();
        let sizes: Vec<f64> = columns.iter().map(|c| dot(c, c)).collect();
        for (j, column) in columns.iter_mut().enumerate() {
            effects.take_out(column)?;
            if dot(column, column) <= 1e-10 * sizes[j] {
                return Err(Refusal::Collinear { column: panel.names[j].clone() });
            }
        }
        let m = Matrix::from_columns(rows.len(), &columns);
        let factor =
            Cholesky::new(&m.gram(weights.as_deref()), 1e-10).map_err(|e| Refusal::Collinear { column: panel.names[e.column].clone() })?;
        x = Some((m, factor));
    }
    Ok(Untreated { panel, rows, effects, unit, time, cell, cells, x, weights })
}

/// Numbers the cohorts and periods of treated rows.
fn numbered(panel: &Staggered<'_>) -> (Vec<u32>, usize) {
    let mut known: BTreeMap<(Option<i64>, i64), u32> = BTreeMap::new();
    let mut cell = vec![ABSENT; panel.y.len()];
    for (r, cell) in cell.iter_mut().enumerate().filter(|(r, _)| panel.treated(*r)) {
        let next = known.len() as u32;
        *cell = *known.entry((panel.cohort[r], panel.period[r])).or_insert(next);
    }
    (cell, known.len())
}

impl Untreated<'_> {
    /// Whether a row's unit and period are both seen untreated.
    pub fn able(&self, row: usize) -> bool {
        self.unit[row] != ABSENT && self.time[row] != ABSENT
    }

    /// What each row is beyond its prediction, and the relative gap of the elimination.
    pub fn left(&self) -> Result<(Vec<f64>, f64), Refusal> {
        let y: Vec<f64> = self.rows.iter().map(|&r| self.panel.y[r]).collect();
        let (levels, solved) = self.effects.coefficients(&y)?;
        let predicted = self.predict(&y, levels)?;
        Ok((self.panel.y.iter().zip(&predicted).map(|(y, p)| y - p).collect(), solved.gap))
    }

    fn weight(&self, row: usize) -> f64 {
        self.panel.weights.map_or(1.0, |w| w[row])
    }

    /// Predictions for every row of the panel that can be predicted.
    fn predict(&self, y: &[f64], mut levels: Vec<Vec<f64>>) -> Result<Vec<f64>, Refusal> {
        let mut b = Vec::new();
        if let Some((x, factor)) = &self.x {
            let mut left = y.to_vec();
            self.effects.subtract(&levels, &mut left);
            if let Some(w) = &self.weights {
                left.iter_mut().zip(w).for_each(|(l, w)| *l *= w);
            }
            b = factor.solve(&x.transposed_times_vector(&left));
            let rest: Vec<f64> = self.rows.iter().zip(y).map(|(&r, y)| y - dot(&b, &self.covariates(r))).collect();
            levels = self.effects.coefficients(&rest)?.0;
        }
        let at = |level: &[f64], l: u32| level.get(l as usize).copied().unwrap_or(0.0);
        let row = |r: usize| {
            at(&levels[0], self.unit[r]) + at(&levels[1], self.time[r]) + if b.is_empty() { 0.0 } else { dot(&b, &self.covariates(r)) }
        };
        Ok((0..self.panel.y.len()).map(row).collect())
    }

    fn covariates(&self, row: usize) -> Vec<f64> {
        self.panel.x.iter().map(|x| x[row]).collect()
    }

    /// The average effect over some treated rows, and the shares of clusters in its error.
    pub fn horizon(&self, rows: &[usize], left: &[f64], cluster: &Groups) -> Result<(f64, Vec<f64>), Refusal> {
        let total: f64 = rows.iter().map(|&r| self.weight(r)).sum();
        let w = |r: usize| self.weight(r) / total;
        let att = rows.iter().map(|&r| w(r) * left[r]).sum();
        let mut shares = vec![0.0; cluster.count];
        // Treated rows around the average of their cohort at their age (equation 8).
        let mut cells = vec![[0.0; 2]; self.cells];
        for &r in rows {
            let [top, bottom] = &mut cells[self.cell[r] as usize];
            *top += w(r) * w(r) * left[r];
            *bottom += w(r) * w(r);
        }
        for &r in rows {
            let [top, bottom] = cells[self.cell[r] as usize];
            shares[cluster.code[r] as usize] += w(r) * (left[r] - top / bottom);
        }
        // Untreated rows by the weight with which they predict the treated ones.
        let (levels, b) = self.leaning(rows, &w)?;
        for (i, &r) in self.rows.iter().enumerate() {
            let mut v = levels[0][self.effects.dims[0].code[i] as usize] + levels[1][self.effects.dims[1].code[i] as usize];
            if !b.is_empty() {
                v += dot(&b, &self.covariates(r));
            }
            shares[cluster.code[r] as usize] -= self.weight(r) * v * left[r];
        }
        Ok((att, shares))
    }

    /// `(Z0'WZ0)^-1 Z1'w`: how an average of predictions leans on each coefficient.
    fn leaning(&self, rows: &[usize], w: &impl Fn(usize) -> f64) -> Result<(Vec<Vec<f64>>, Vec<f64>), Refusal> {
        let mut rhs = vec![vec![0.0; self.effects.dims[0].count], vec![0.0; self.effects.dims[1].count]];
        for &r in rows {
            rhs[0][self.unit[r] as usize] += w(r);
            rhs[1][self.time[r] as usize] += w(r);
        }
        let (levels, _) = self.effects.solve(&rhs)?;
        let Some((_, factor)) = &self.x else { return Ok((levels, Vec::new())) };
        // The covariates of the treated beyond what effects of untreated rows say of them.
        let mut beyond = vec![0.0; self.panel.x.len()];
        rows.iter().for_each(|&r| axpy(w(r), &self.covariates(r), &mut beyond));
        for (i, &r) in self.rows.iter().enumerate() {
            let v = levels[0][self.effects.dims[0].code[i] as usize] + levels[1][self.effects.dims[1].code[i] as usize];
            axpy(-self.weight(r) * v, &self.covariates(r), &mut beyond);
        }
        let b = factor.solve(&beyond);
        for (i, &r) in self.rows.iter().enumerate() {
            let v = self.weight(r) * dot(&b, &self.covariates(r));
            rhs[0][self.effects.dims[0].code[i] as usize] -= v;
            rhs[1][self.effects.dims[1].code[i] as usize] -= v;
        }
        Ok((self.effects.solve(&rhs)?.0, b))
    }
}

/// Ages before treatment in a regression of untreated rows alone (test 1): one line an age.
///
/// # Errors
/// Those of a panel and of a regression.
pub fn earlier(panel: &Staggered<'_>, ages: &[i64], level: f64) -> Result<Vec<Line>, Refusal> {
    let layout = panel.layout()?;
    let rows: Vec<usize> = (0..panel.y.len()).filter(|&r| !panel.treated(r)).collect();
    let pick = |c: &[f64]| -> Vec<f64> { rows.iter().map(|&r| c[r]).collect() };
    let mut x: Vec<Vec<f64>> = ages.iter().map(|a| rows.iter().map(|&r| f64::from(u8::from(panel.age(r) == Some(*a)))).collect()).collect();
    x.extend(panel.x.iter().map(|c| pick(c)));
    let names: Vec<String> = ages.iter().map(i64::to_string).chain(panel.names.iter().cloned()).collect();
    let codes = |c: &[u32]| -> Vec<u32> { rows.iter().map(|&r| c[r]).collect() };
    let (unit, time, cluster) = (codes(panel.unit), codes(&layout.time), codes(panel.cluster.unwrap_or(panel.unit)));
    let columns: Vec<&[f64]> = x.iter().map(Vec::as_slice).collect();
    let (y, w) = (pick(panel.y), panel.weights.map(pick));
    let regression = Regression { y: &y, names: &names, x: &columns, effects: &[&unit, &time], weights: w.as_deref(), set_aside: true };
    let fit = regression.fit()?;
    let cov = clustered(&fit, &[&cluster], Leverage::Ignored, Small::default())?;
    Ok(cov.table(&fit, level).into_iter().filter(|l| ages.iter().any(|a| a.to_string() == l.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::staggered::tests::World;

    /// One treated unit, two others: 5 - 2 less the mean change (1 + 2) / 2.
    #[test]
    fn two_by_two_by_hand() {
        let panel = Staggered {
            y: &[2.0, 5.0, 1.0, 2.0, 0.0, 2.0],
            unit: &[5, 5, 6, 6, 7, 7],
            period: &[1, 2, 1, 2, 1, 2],
            cohort: &[Some(2), Some(2), None, None, None, None],
            names: &[],
            x: &[],
            weights: None,
            cluster: None,
        };
        let made = imputation(&panel, Options::default()).unwrap();
        assert!((made.horizons[0].att - 1.5).abs() < 1e-13);
        // Untreated rows of units 6 and 7 have residuals of a quarter and lean by a half: 2 (1/4)^2.
        assert!((made.horizons[0].se - 0.125f64.sqrt()).abs() < 1e-13);
        assert_eq!((made.effects.len(), made.left_out, made.components), (1, 0, 1));
    }

    /// Adding any unit or period effect, or a multiple of the covariate, changes no effect.
    #[test]
    fn weights_balance_every_effect() {
        let mut w = World::new(60, 8, 4, |age| 1.0 + age as f64);
        let z: Vec<f64> = (0..w.y.len()).map(|i| ((i * 7919) % 101) as f64 / 50.0).collect();
        let columns: [&[f64]; 1] = [&z];
        let weights: Vec<f64> = (0..w.y.len()).map(|i| 1.0 + (i % 3) as f64).collect();
        let names = w.names.clone();
        let run = |w: &World| {
            imputation(&Staggered { names: &names, x: &columns, weights: Some(&weights), ..w.panel() }, Options::default()).unwrap()
        };
        let before = run(&w);
        for (i, z) in z.iter().enumerate() {
            w.y[i] += f64::from(w.unit[i] * w.unit[i]) - 3.0 * w.period[i] as f64 + 2.5 * z;
        }
        for (a, b) in before.horizons.iter().zip(&run(&w).horizons) {
            assert!((a.att - b.att).abs() < 1e-8 && (a.se - b.se).abs() < 1e-8, "{a:?} {b:?}");
        }
    }

    #[test]
    fn coverage_in_its_own_world() {
        let held = (0..200).filter(|&seed| {
            let w = World::new(150, 8, 1_000 + seed, |_| 1.0);
            let made = &imputation(&w.panel(), Options::default()).unwrap().horizons[0];
            (made.att - 1.0).abs() < 1.96 * made.se
        });
        let held = held.count();
        assert!((180..=199).contains(&held), "{held} of 200 intervals hold the truth");
    }

    #[test]
    fn refusals_by_name() {
        let mut w = World::new(30, 7, 6, |_| 1.0);
        let lines = earlier(&w.panel(), &[-2, -1], 0.95).unwrap();
        assert!(lines.len() == 2 && lines.iter().all(|l| l.estimate.abs() < 4.5 * l.se));
        w.cohort.iter_mut().for_each(|g| *g = Some(g.unwrap_or(6)));
        let refused = imputation(&w.panel(), Options::default()).unwrap_err();
        assert!(matches!(refused, Refusal::NotImputable { cells } if cells == 60), "{refused:?}");
        assert_eq!(imputation(&w.panel(), Options { leave_out: true }).unwrap().left_out, 60);
        let columns: [&[f64]; 1] = [&w.x];
        let fixed = Staggered { names: &w.names, x: &columns, ..w.panel() };
        assert!(matches!(imputation(&fixed, Options { leave_out: true }), Err(Refusal::Collinear { .. })));
        w.cohort.iter_mut().for_each(|g| *g = Some(1));
        assert_eq!(imputation(&w.panel(), Options::default()).unwrap_err(), Refusal::NoPrePeriod);
    }
}

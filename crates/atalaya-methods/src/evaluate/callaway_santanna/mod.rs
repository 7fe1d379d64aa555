//! Group-time effects: each cohort in each period against those not treated, then averaged.
//!
//! # Answers
//! What did treatment do to each cohort in each period, and on average by age, by cohort, by period?
//! # Source
//! Callaway and Sant'Anna (2021), J. Econometrics 225, 200-230; Sant'Anna and Zhao (2020), J.
//! Econometrics 219, 101-122, for the estimators of one comparison.
//! # Assumes
//! Parallel trends between a cohort and its comparison (given covariates, if any), no anticipation
//! beyond the periods stated, and for weighting that no covariate decides treatment for sure.
//! # Shapes and units
//! A staggered panel; effects in units of the outcome. Covariates are those of the earlier period.
//! # Cost
//! O(units) a cohort and period, and a logit where weights are needed.
//! # Does not
//! Estimate cells without comparison or without an earlier period: they are listed as skipped.
//! # Checked by
//! `a_cell_by_hand`, `the_methods_agree_where_covariates_say_nothing`, `effects_of_a_known_world`,
//! `refusals_by_name`, and the rows `did::att_gt*`, `csdid*`, `moderndid*` and `diff_diff.CallawaySantAnna*`.

pub mod aggregate;
mod cells;
mod design;
mod two_periods;

use super::influence::Influence;
use super::refusal::Refusal;
use super::staggered::Staggered;
use crate::card::Card;
use crate::num::distribution::chi2_tail;
use crate::num::{Cholesky, Matrix, dot};

/// What the method is.
pub const CARD: Card = Card {
    id: "callaway_santanna",
    verb: "evaluate",
    name: ["Callaway and Sant'Anna's group-time effects", "Efectos por cohorte y periodo de Callaway y Sant'Anna"],
    answers: [
        "What did treatment do to each cohort in each period, and on average?",
        "¿Qué hizo el tratamiento con cada cohorte en cada periodo, y en promedio?",
    ],
    source: "Callaway and Sant'Anna (2021), J. Econometrics 225; Sant'Anna and Zhao (2020), J. Econometrics 219",
};

/// How covariates are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// By weighting and regression: right if either is.
    #[default]
    DoublyRobust,
    /// The same with weights divided by the number treated and not by their sum, as `diff-diff` has it.
    Augmented,
    /// By inverse probability weighting, normalised.
    Weighting,
    /// By a regression of the comparison.
    Regression,
}

/// Who is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Control {
    /// Units never treated.
    #[default]
    Never,
    /// Units not treated yet, and those never treated.
    NotYet,
}

/// What a period before treatment is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Base {
    /// The period before it.
    #[default]
    Varying,
    /// The last period before treatment, as after it.
    Universal,
}

/// What is done with rows that are not a complete panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// A complete panel, or a refusal.
    #[default]
    Balanced,
    /// Units with a gap are left out, and counted.
    Complete,
    /// Every row counts; periods are compared as cross-sections, units hold their rows together.
    Unbalanced,
    /// Every row is a unit of its own.
    CrossSections,
}

/// What is done with comparison rows that look treated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Overlap {
    /// Those with at least this propensity are left out.
    Trim(f64),
    /// Propensities are moved into `[limit, 1 - limit]`.
    Clip(f64),
}

impl Default for Overlap {
    fn default() -> Overlap {
        Overlap::Trim(0.995)
    }
}

/// Options by the names of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    /// How covariates are used.
    pub method: Method,
    /// Who is compared with.
    pub control: Control,
    /// What early periods are compared with.
    pub base: Base,
    /// How many periods ahead units may react.
    pub anticipation: i64,
    /// What is done with gaps.
    pub shape: Shape,
    /// What is done where covariates all but decide treatment.
    pub overlap: Overlap,
}

/// The effect on a cohort in a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// First treated period of the cohort.
    pub cohort: i64,
    /// The period.
    pub period: i64,
    /// The effect.
    pub att: f64,
    /// Its standard error; none for the base period, where the effect is 0 by construction.
    pub se: Option<f64>,
}

/// Effects of all cells, and what is needed to average them.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupTime {
    /// One a cohort and period, in that order.
    pub cells: Vec<Cell>,
    /// Shares of units in the errors of cells.
    pub influence: Influence,
    /// The cohort of each unit behind the influence; none if never treated.
    pub cohort: Vec<Option<i64>>,
    /// Weight of each unit behind the influence, with mean 1.
    pub weight: Vec<f64>,
    /// The cluster of each unit, where clusters were given.
    pub cluster: Option<Vec<u32>>,
    /// Cohorts and periods without comparison or without an earlier period.
    pub skipped: Vec<(i64, i64)>,
    /// Cohorts treated from the first period on, left out.
    pub always_treated: Vec<i64>,
    /// Units left out for their gaps.
    pub incomplete: usize,
    /// Comparison rows left out for their propensity, over all cells.
    pub trimmed: usize,
    /// The most Newton steps a logit took.
    pub steps: usize,
}

/// A test that all effects before treatment are zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PreTest {
    /// Wald's statistic.
    pub wald: f64,
    /// Its degrees of freedom.
    pub freedom: usize,
    /// Its p-value.
    pub p: f64,
}

/// The effects of all cells.
///
/// # Errors
/// Those of a panel; [`Refusal::NoNeverTreated`], [`Refusal::NoPrePeriod`], [`Refusal::Unbalanced`],
/// [`Refusal::NoComparison`], [`Refusal::SeparatedLogit`], [`Refusal::Collinear`].
pub fn callaway_santanna(panel: &Staggered<'_>, options: &Options) -> Result<GroupTime, Refusal> {
    cells::estimate(panel, options)
}

impl GroupTime {
    /// Shares of clusters in the errors where clusters were given, of units otherwise.
    pub fn clustered(&self, influence: &Influence) -> Influence {
        match &self.cluster {
            Some(cluster) => influence.clustered(cluster),
            None => influence.clone(),
        }
    }

    /// Wald's test of the periods before treatment; none where there are none or they are collinear.
    pub fn pre_test(&self) -> Option<PreTest> {
        let before: Vec<usize> =
            (0..self.cells.len()).filter(|&j| self.cells[j].period < self.cells[j].cohort && self.cells[j].se.is_some()).collect();
        let influence = self.clustered(&Influence { shares: self.influence.shares.pick_columns(&before) });
        let att: Vec<f64> = before.iter().map(|&j| self.cells[j].att).collect();
        let v: Matrix = influence.covariance();
        let factor = Cholesky::new(&v, 1e-10).ok().filter(|_| !att.is_empty())?;
        let wald = dot(&att, &factor.solve(&att));
        Some(PreTest { wald, freedom: att.len(), p: chi2_tail(wald, att.len() as f64) })
    }
}

#[cfg(test)]
mod tests {
    use super::aggregate::Aggregation;
    use super::*;
    use crate::evaluate::staggered::tests::World;

    #[test]
    fn a_cell_by_hand() {
        let w = World::new(40, 8, 2, |age| age as f64);
        let effects = callaway_santanna(&w.panel(), &Options::default()).unwrap();
        let mean = |cohort: Option<i64>, t: i64| {
            let rows: Vec<f64> = (0..w.y.len()).filter(|&i| w.cohort[i] == cohort && w.period[i] == t).map(|i| w.y[i]).collect();
            rows.iter().sum::<f64>() / rows.len() as f64
        };
        for cell in &effects.cells {
            let base = if cell.period < cell.cohort { cell.period - 1 } else { cell.cohort - 1 };
            let g = Some(cell.cohort);
            let by_hand = mean(g, cell.period) - mean(g, base) - mean(None, cell.period) + mean(None, base);
            assert!((cell.att - by_hand).abs() < 1e-12);
        }
        assert_eq!((effects.cells.len(), effects.pre_test().unwrap().freedom), (14, 6));
    }

    #[test]
    fn the_methods_agree_where_covariates_say_nothing() {
        let w = World::new(2_000, 7, 6, |_| 1.0);
        let x: [&[f64]; 1] = [&w.x];
        let panel = Staggered { names: &w.names, x: &x, ..w.panel() };
        let effect = |method, shape| {
            let options = Options { method, shape, control: Control::NotYet, ..Options::default() };
            callaway_santanna(&panel, &options).unwrap().aggregate(Aggregation::Simple).unwrap()
        };
        let dr = effect(Method::DoublyRobust, Shape::Balanced);
        for method in [Method::Weighting, Method::Regression, Method::DoublyRobust] {
            for shape in [Shape::Balanced, Shape::Unbalanced] {
                let other = effect(method, shape);
                assert!((other.overall.att - dr.overall.att).abs() < 0.3 * dr.overall.se.unwrap(), "{method:?} {shape:?}");
                assert!((other.overall.se.unwrap() / dr.overall.se.unwrap() - 1.0).abs() < 0.1, "{method:?} {shape:?}");
            }
        }
    }

    #[test]
    fn effects_of_a_known_world() {
        let w = World::new(3_000, 9, 8, |age| 1.0 + age as f64);
        let effects = callaway_santanna(&w.panel(), &Options { base: Base::Universal, ..Options::default() }).unwrap();
        for item in effects.aggregate(Aggregation::Dynamic { balance: None }).unwrap().items {
            let truth = if item.at < 0 { 0.0 } else { 1.0 + item.at as f64 };
            assert!((item.att - truth).abs() <= 4.5 * item.se.unwrap_or(0.0), "{item:?}");
        }
    }

    #[test]
    fn refusals_by_name() {
        let mut w = World::new(30, 7, 6, |_| 1.0);
        w.cohort.iter_mut().for_each(|g| *g = Some(g.unwrap_or(6)));
        assert_eq!(callaway_santanna(&w.panel(), &Options::default()).unwrap_err(), Refusal::NoNeverTreated);
        assert!(callaway_santanna(&w.panel(), &Options { control: Control::NotYet, ..Options::default() }).is_ok());
        w.cohort.iter_mut().for_each(|g| *g = Some(1));
        assert_eq!(callaway_santanna(&w.panel(), &Options::default()).unwrap_err(), Refusal::NoPrePeriod);
        w.cohort.iter_mut().for_each(|g| *g = Some(6));
        let alone = callaway_santanna(&w.panel(), &Options { control: Control::NotYet, base: Base::Universal, ..Options::default() });
        assert!(matches!(alone, Err(Refusal::NoComparison { cohort: 6, .. })), "nobody is left to compare with");
        let mut w = World::new(30, 7, 6, |_| 1.0);
        let x: Vec<f64> = w.cohort.iter().map(|g| f64::from(u8::from(g.is_some()))).collect();
        let columns: [&[f64]; 1] = [&x];
        let panel = Staggered { names: &w.names, x: &columns, ..w.panel() };
        let apart = callaway_santanna(&panel, &Options { method: Method::Weighting, ..Options::default() });
        assert!(matches!(apart, Err(Refusal::SeparatedLogit { .. })));
        let same = callaway_santanna(&panel, &Options { method: Method::Regression, ..Options::default() });
        assert!(matches!(same, Err(Refusal::Collinear { .. })));
        for column in [&mut w.y, &mut w.x] {
            column.pop();
        }
        w.unit.pop();
        w.period.pop();
        w.cohort.pop();
        assert_eq!(
            callaway_santanna(&w.panel(), &Options::default()).unwrap_err(),
            Refusal::Unbalanced { units: 30, periods: 7, missing: 1 }
        );
        let left = callaway_santanna(&w.panel(), &Options { shape: Shape::Complete, ..Options::default() }).unwrap();
        assert_eq!(left.incomplete, 1);
    }
}

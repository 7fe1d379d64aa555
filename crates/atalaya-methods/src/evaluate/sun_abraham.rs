//! Event-study effects that do not mix cohorts: one coefficient a cohort and age, then averaged.
//!
//! # Answers
//! What was the effect at each age since treatment, on average over the cohorts seen at that age?
//! # Source
//! Sun and Abraham (2021), J. Econometrics 225, 175-199, section 4.
//! # Assumes
//! Parallel trends between each cohort and the comparison (the never treated; the last cohort before
//! its treatment where nobody is never treated), and no anticipation.
//! # Shapes and units
//! A staggered panel; a cohort is seen before its treatment. In units of the outcome.
//! # Cost
//! A regression with one regressor a cohort and age.
//! # Does not
//! Count the shares of cohorts as estimated: as in `fixest`, they are weights.
//! # Checked by
//! `without_a_never_treated_the_last_cohort_serves`, `the_average_of_cells_by_hand`,
//! `different_cohorts_do_not_mix`, and the rows `fixest::sunab*` and `diff_diff.SunAbraham`.

use std::collections::BTreeMap;

use super::covariance::{Covariance, Line};
use super::fixed_effects::{Fit, Regression};
use super::refusal::Refusal;
use super::staggered::Staggered;
use crate::card::Card;
use crate::num::dot;

/// What the method is.
pub const CARD: Card = Card {
    id: "sun_abraham",
    verb: "evaluate",
    name: ["Sun and Abraham's event study", "Estudio de eventos de Sun y Abraham"],
    answers: [
        "What was the effect at each age since treatment, averaged over the cohorts seen at that age?",
        "¿Cuál fue el efecto a cada edad del tratamiento, en promedio de las cohortes vistas a esa edad?",
    ],
    source: "Sun and Abraham (2021), Journal of Econometrics 225, 175-199",
};

/// What cells are averaged into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// One effect an age.
    Age,
    /// One effect a cohort, over its treated rows.
    Cohort,
    /// One effect over all treated rows.
    All,
}

/// The interacted regression, and the rows behind each of its cells.
#[derive(Debug, Clone)]
pub struct Interacted {
    /// The regression; its first regressors are the cells.
    pub fit: Fit,
    /// The row numbers of the panel that were used.
    pub rows: Vec<usize>,
    /// Cohort and age of each cell, with the weight of its rows.
    pub cells: Vec<(i64, i64, f64)>,
    /// Cohorts left out because they are never seen untreated.
    pub always_treated: Vec<i64>,
}

/// The interacted regression with the age before treatment as reference.
///
/// # Errors
/// Those of a panel and of a regression; [`Refusal::NoPrePeriod`], [`Refusal::NoNeverTreated`] where one cohort stands alone.
pub fn sun_abraham(panel: &Staggered<'_>, reference: i64) -> Result<Interacted, Refusal> {
    let layout = panel.layout()?;
    let first = layout.periods[0];
    let (mut cohorts, always_treated): (Vec<i64>, Vec<i64>) = layout.cohorts().into_iter().partition(|g| *g > first);
    if cohorts.is_empty() {
        return Err(Refusal::NoPrePeriod);
    }
    let last = layout.periods[layout.periods.len() - 1];
    let never = layout.cohort.iter().any(|g| g.is_none_or(|g| g > last));
    // Without never treated units, the last cohort before its treatment is the comparison.
    let end = if never { i64::MAX } else { cohorts.pop().unwrap_or(first) };
    if cohorts.is_empty() {
        return Err(Refusal::NoNeverTreated);
    }
    let used = |row: &usize| panel.period[*row] < end && !panel.cohort[*row].is_some_and(|g| always_treated.contains(&g));
    let rows: Vec<usize> = (0..panel.y.len()).filter(used).collect();
    let weight = |row: usize| panel.weights.map_or(1.0, |w| w[row]);
    let mut columns: BTreeMap<(i64, i64), (Vec<f64>, f64)> = BTreeMap::new();
    for (i, &row) in rows.iter().enumerate() {
        let Some(cohort) = panel.cohort[row].filter(|g| cohorts.contains(g)) else { continue };
        let age = panel.period[row] - cohort;
        if age != reference {
            let (column, sum) = columns.entry((cohort, age)).or_insert_with(|| (vec![0.0; rows.len()], 0.0));
            column[i] = 1.0;
            *sum += weight(row);
        }
    }
    let pick = |c: &[f64]| -> Vec<f64> { rows.iter().map(|&r| c[r]).collect() };
    let (y, w) = (pick(panel.y), panel.weights.map(pick));
    let covariates: Vec<Vec<f64>> = panel.x.iter().map(|c| pick(c)).collect();
    let effects: [Vec<u32>; 2] = [panel.unit, &layout.time].map(|c| rows.iter().map(|&r| c[r]).collect());
    let names: Vec<String> = columns.keys().map(|(g, e)| format!("{g}:{e}")).chain(panel.names.iter().cloned()).collect();
    let x: Vec<&[f64]> = columns.values().map(|(c, _)| c.as_slice()).chain(covariates.iter().map(Vec::as_slice)).collect();
    let regression =
        Regression { y: &y, names: &names, x: &x, effects: &[&effects[0], &effects[1]], weights: w.as_deref(), set_aside: true };
    let fit = regression.fit()?;
    let known = |(cohort, age): (i64, i64)| fit.position(&format!("{cohort}:{age}")).is_some();
    let cells = columns.iter().filter(|(key, _)| known(**key)).map(|((g, e), (_, sum))| (*g, *e, *sum)).collect();
    Ok(Interacted { fit, rows, cells, always_treated })
}

impl Interacted {
    /// The averages with their errors under a covariance of the regression, by name.
    pub fn average(&self, cov: &Covariance, by: By, level: f64) -> Vec<Line> {
        let mut sets: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for (j, (cohort, age, weight)) in self.cells.iter().enumerate() {
            let key = match by {
                By::Age => *age,
                By::Cohort => *cohort,
                By::All => 0,
            };
            if by == By::Age || *age >= 0 {
                sets.entry(key).or_insert_with(|| vec![0.0; self.fit.coef.len()])[j] = *weight;
            }
        }
        let line = |(key, mut share): (i64, Vec<f64>)| {
            let sum: f64 = share.iter().sum();
            share.iter_mut().for_each(|s| *s /= sum);
            let name = if by == By::All { "ATT".to_string() } else { key.to_string() };
            Line::new(&name, dot(&share, &self.fit.coef), cov.matrix.quadratic(&share).sqrt(), cov.freedom[0], level)
        };
        sets.into_iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::covariance::{Leverage, Small, clustered::clustered};
    use crate::evaluate::staggered::tests::World;

    fn lines(w: &World, by: By) -> Vec<Line> {
        let fitted = sun_abraham(&w.panel(), -1).unwrap();
        let unit: Vec<u32> = fitted.rows.iter().map(|&r| w.unit[r]).collect();
        let cov = clustered(&fitted.fit, &[&unit], Leverage::Ignored, Small::default()).unwrap();
        fitted.average(&cov, by, 0.95)
    }

    /// In a complete panel without covariates each cell is the change of its cohort less that of the never treated.
    #[test]
    fn the_average_of_cells_by_hand() {
        let w = World::new(40, 8, 2, |age| age as f64);
        let mean = |cohort: Option<i64>, t: i64| {
            let rows: Vec<f64> = (0..w.y.len()).filter(|&i| w.cohort[i] == cohort && w.period[i] == t).map(|i| w.y[i]).collect();
            (rows.iter().sum::<f64>() / rows.len() as f64, rows.len() as f64)
        };
        let cell = |g: i64, t: i64| mean(Some(g), t).0 - mean(Some(g), g - 1).0 - mean(None, t).0 + mean(None, g - 1).0;
        let (n4, n6) = (mean(Some(4), 1).1, mean(Some(6), 1).1);
        let by_hand = (n4 * cell(4, 5) + n6 * cell(6, 7)) / (n4 + n6);
        let line = lines(&w, By::Age).into_iter().find(|l| l.name == "1").unwrap();
        assert!((line.estimate - by_hand).abs() < 1e-12);
    }

    #[test]
    fn different_cohorts_do_not_mix() {
        let mut w = World::new(900, 8, 2, |_| 0.0);
        for i in 0..w.y.len() {
            w.y[i] += f64::from(u8::from(w.cohort[i] == Some(4) && w.period[i] >= 4)) * 2.0;
        }
        let cohorts = lines(&w, By::Cohort);
        assert!((cohorts[0].estimate - 2.0).abs() < 4.0 * cohorts[0].se && cohorts[1].estimate.abs() < 4.0 * cohorts[1].se);
        let early: Vec<Line> = lines(&w, By::Age).into_iter().filter(|l| l.name.starts_with('-')).collect();
        assert!(early.iter().all(|l| l.estimate.abs() < 4.0 * l.se), "no effect before treatment");
        assert_eq!(lines(&w, By::All).len(), 1);
    }

    #[test]
    fn without_a_never_treated_the_last_cohort_serves() {
        let mut w = World::new(60, 8, 3, |_| 1.0);
        w.cohort.iter_mut().for_each(|g| *g = Some(g.unwrap_or(6)));
        let fitted = sun_abraham(&w.panel(), -1).unwrap();
        assert!(fitted.rows.iter().all(|&r| w.period[r] < 6) && fitted.cells.iter().all(|c| c.0 == 4));
        w.cohort.iter_mut().for_each(|g| *g = Some(4));
        assert_eq!(sun_abraham(&w.panel(), -1).unwrap_err(), Refusal::NoNeverTreated);
        w.cohort.iter_mut().for_each(|g| *g = Some(1));
        assert_eq!(sun_abraham(&w.panel(), -1).unwrap_err(), Refusal::NoPrePeriod);
    }
}

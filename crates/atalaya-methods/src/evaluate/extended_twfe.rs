//! Extended two-way regression: a coefficient for each cohort in each treated period.
//!
//! # Answers
//! What was the effect on average, in one regression that lets every cohort and period differ?
//! # Source
//! Wooldridge (2021), "Two-way fixed effects, the two-way Mundlak regression, and difference-in-
//! differences estimators", equations (5.1) and (6.33) for covariates.
//! # Assumes
//! As `imputation`, whose point estimates it has; all untreated rows are the comparison.
//! # Shapes and units
//! A staggered panel; covariates constant within units, centred on their cohort. In units of the outcome.
//! # Cost
//! A regression with one regressor a cohort and treated period (and as many a covariate).
//! # Does not
//! Count shares of cohorts as estimated.
//! # Checked by
//! `it_is_imputation_by_other_means`, `covariates_are_centred`, `a_known_world`, `no_untreated_is_refused`,
//! and the rows `diff_diff.WooldridgeDiD` of the reference file.

use std::collections::BTreeMap;

use super::fixed_effects::Regression;
use super::refusal::Refusal;
use super::staggered::Staggered;
use super::sun_abraham::Interacted;
use crate::card::Card;

/// What the method is.
pub const CARD: Card = Card {
    id: "extended_twfe",
    verb: "evaluate",
    name: ["Extended two-way fixed effects", "Doble vía extendida"],
    answers: [
        "What was the effect on average, in one regression that lets every cohort and period differ?",
        "¿Cuál fue el efecto medio, en una regresión en la que cada cohorte y periodo puede diferir?",
    ],
    source: "Wooldridge (2021), Two-way fixed effects, the two-way Mundlak regression, and difference-in-differences estimators",
};

/// The regression; average its cells by age, by cohort or over all.
///
/// # Errors
/// Those of a panel and of a regression; [`Refusal::NoPrePeriod`] where no cohort is seen untreated.
pub fn extended_twfe(panel: &Staggered<'_>) -> Result<Interacted, Refusal> {
    let layout = panel.layout()?;
    let first = layout.periods[0];
    let (cohorts, always_treated): (Vec<i64>, Vec<i64>) = layout.cohorts().into_iter().partition(|g| *g > first);
    let rows: Vec<usize> = (0..panel.y.len()).filter(|&r| !panel.cohort[r].is_some_and(|g| always_treated.contains(&g))).collect();
    if cohorts.is_empty() {
        return Err(Refusal::NoPrePeriod);
    }
    let n = rows.len();
    let weight = |r: usize| panel.weights.map_or(1.0, |w| w[r]);
    let mut cells: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (i, &r) in rows.iter().enumerate() {
        if let Some(age) = panel.age(r).filter(|a| *a >= 0) {
            cells.entry((panel.period[r] - age, age)).or_default().push(i);
        }
    }
    let mut names: Vec<String> = Vec::new();
    let mut x: Vec<Vec<f64>> = Vec::new();
    for ((g, e), members) in &cells {
        names.push(format!("{g}:{e}"));
        let mut column = vec![0.0; n];
        members.iter().for_each(|&i| column[i] = 1.0);
        x.push(column);
    }
    for (name, values) in panel.names.iter().zip(panel.x) {
        for (t, period) in layout.periods.iter().enumerate().skip(1) {
            names.push(format!("{name}:{period}"));
            x.push(rows.iter().map(|&r| if layout.time[r] as usize == t { values[r] } else { 0.0 }).collect());
        }
        for ((g, e), members) in &cells {
            let total: f64 = members.iter().map(|&i| weight(rows[i])).sum();
            let centre = members.iter().map(|&i| weight(rows[i]) * values[rows[i]]).sum::<f64>() / total;
            let mut column = vec![0.0; n];
            members.iter().for_each(|&i| column[i] = values[rows[i]] - centre);
            names.push(format!("{name}:{g}:{e}"));
            x.push(column);
        }
    }
    let codes = |c: &[u32]| -> Vec<u32> { rows.iter().map(|&r| c[r]).collect() };
    let (unit, time) = (codes(panel.unit), codes(&layout.time));
    let y: Vec<f64> = rows.iter().map(|&r| panel.y[r]).collect();
    let w: Option<Vec<f64>> = panel.weights.map(|w| rows.iter().map(|&r| w[r]).collect());
    let columns: Vec<&[f64]> = x.iter().map(Vec::as_slice).collect();
    let fit = Regression { y: &y, names: &names, x: &columns, effects: &[&unit, &time], weights: w.as_deref(), set_aside: true }.fit()?;
    let kept = cells.into_iter().filter(|((g, e), _)| fit.position(&format!("{g}:{e}")).is_some());
    let cells = kept.map(|((g, e), members)| (g, e, members.iter().map(|&i| weight(rows[i])).sum())).collect();
    Ok(Interacted { fit, rows, cells, always_treated })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::covariance::{Covariance, Leverage, Small, clustered::clustered};
    use crate::evaluate::imputation::{self, imputation};
    use crate::evaluate::staggered::tests::World;
    use crate::evaluate::sun_abraham::By;

    fn cov(w: &World, made: &Interacted) -> Covariance {
        let unit: Vec<u32> = made.rows.iter().map(|&r| w.unit[r]).collect();
        clustered(&made.fit, &[&unit], Leverage::Ignored, Small::default()).unwrap()
    }

    #[test]
    fn it_is_imputation_by_other_means() {
        let w = World::new(80, 8, 2, |age| 1.0 + age as f64);
        let made = extended_twfe(&w.panel()).unwrap();
        let imputed = imputation(&w.panel(), imputation::Options::default()).unwrap();
        let all = made.average(&cov(&w, &made), By::All, 0.95);
        assert!((all[0].estimate - imputed.horizons[0].att).abs() < 1e-11);
        for (a, b) in made.average(&cov(&w, &made), By::Age, 0.95).iter().zip(&imputed.horizons[1..]) {
            assert!((a.estimate - b.att).abs() < 1e-11);
        }
    }

    /// A shift of the covariate changes nothing.
    #[test]
    fn covariates_are_centred() {
        let w = World::new(80, 8, 2, |_| 1.0);
        let shifted: Vec<f64> = w.x.iter().map(|x| x + 5.0).collect();
        let run = |x: &[f64]| {
            let columns = [x];
            let made = extended_twfe(&Staggered { names: &w.names, x: &columns, ..w.panel() }).unwrap();
            made.average(&cov(&w, &made), By::All, 0.95)[0].estimate
        };
        assert!((run(&w.x) - run(&shifted)).abs() < 1e-8);
    }

    #[test]
    fn a_known_world() {
        let w = World::new(1_500, 8, 9, |_| 0.7);
        let made = extended_twfe(&w.panel()).unwrap();
        let line = &made.average(&cov(&w, &made), By::All, 0.95)[0];
        assert!((line.estimate - 0.7).abs() < 4.0 * line.se);
    }

    #[test]
    fn no_untreated_is_refused() {
        let mut w = World::new(30, 8, 9, |_| 0.7);
        w.cohort.iter_mut().for_each(|g| *g = Some(1));
        assert_eq!(extended_twfe(&w.panel()).unwrap_err(), Refusal::NoPrePeriod);
    }
}

//! An event study in one regression: a coefficient for each period before and after treatment.
//!
//! # Answers
//! How did treated units differ from the others, period by period around their treatment?
//! # Source
//! Jacobson, LaLonde and Sullivan (1993), AER 83, 685-709; Sun and Abraham (2021), J. Econometrics
//! 225, 175-199, for what its coefficients mix when effects differ by cohort.
//! # Assumes
//! Parallel trends, and effects that depend on age alone, not on the cohort.
//! # Shapes and units
//! A staggered panel; ages at or beyond the ends may be pooled. In units of the outcome.
//! # Cost
//! A regression with one regressor an age.
//! # Does not
//! Separate cohorts: `sun_abraham` and `callaway_santanna` do.
//! # Checked by
//! `one_cohort_is_a_difference_of_differences`, `a_known_path_comes_out`, `bad_references_are_refused`,
//! and the rows `fixest::feols_*eventstudy*` of the reference file.

use std::collections::BTreeMap;

use super::fixed_effects::{Fit, Regression};
use super::refusal::Refusal;
use super::staggered::Staggered;
use crate::card::Card;

/// What the method is.
pub const CARD: Card = Card {
    id: "event_study",
    verb: "evaluate",
    name: ["Event study", "Estudio de eventos"],
    answers: [
        "How did treated units differ from the others, period by period around their treatment?",
        "¿Cómo se apartaron las unidades tratadas de las demás, periodo a periodo, antes y después?",
    ],
    source: "Jacobson, LaLonde and Sullivan (1993), AER 83; Sun and Abraham (2021), J. Econometrics 225",
};

/// Which ages have a coefficient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Ages without a coefficient: what the others are compared with.
    pub reference: Vec<i64>,
    /// The ages at which earlier and later ones are pooled, where they are.
    pub pool: Option<[i64; 2]>,
}

impl Default for Window {
    fn default() -> Window {
        Window { reference: vec![-1], pool: None }
    }
}

/// The fit; its regressors are named by age, `-3`, `0`, `2`, and followed by the covariates.
///
/// # Errors
/// Those of a panel and of a regression; [`Refusal::OutOfRange`] where no treated row has a reference age.
pub fn event_study(panel: &Staggered<'_>, window: &Window) -> Result<Fit, Refusal> {
    panel.layout()?;
    let pooled = |e: i64| window.pool.map_or(e, |[low, high]| e.clamp(low, high));
    let mut columns: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    let mut referred = false;
    for row in 0..panel.y.len() {
        let Some(age) = panel.age(row).map(pooled) else { continue };
        if window.reference.contains(&age) {
            referred = true;
        } else {
            columns.entry(age).or_insert_with(|| vec![0.0; panel.y.len()])[row] = 1.0;
        }
    }
    if !referred {
        let found = window.reference.first().map_or(f64::NAN, |e| *e as f64);
        return Err(Refusal::OutOfRange { what: "the reference age", found, wanted: "an age that some treated unit is seen at" });
    }
    let names: Vec<String> = columns.keys().map(i64::to_string).chain(panel.names.iter().cloned()).collect();
    let x: Vec<&[f64]> = columns.values().map(Vec::as_slice).chain(panel.x.iter().copied()).collect();
    let time: Vec<u32> = panel.layout()?.time;
    Regression { y: panel.y, names: &names, x: &x, effects: &[panel.unit, &time], weights: panel.weights, set_aside: true }.fit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::staggered::tests::World;

    #[test]
    fn one_cohort_is_a_difference_of_differences() {
        let y = [1.0, 4.0, 2.0, 3.0];
        let panel = Staggered {
            y: &y,
            unit: &[0, 0, 1, 1],
            period: &[1, 2, 1, 2],
            cohort: &[Some(2), Some(2), None, None],
            names: &[],
            x: &[],
            weights: None,
            cluster: None,
        };
        // Four rows and four parameters: the coefficient is exact, so a third unit gives it freedom.
        assert!(matches!(event_study(&panel, &Window::default()), Err(Refusal::NoFreedom { .. })));
        let y = [1.0, 4.0, 2.0, 3.0, 0.0, 2.0];
        let panel = Staggered {
            y: &y,
            unit: &[0, 0, 1, 1, 2, 2],
            period: &[1, 2, 1, 2, 1, 2],
            cohort: &[Some(2), Some(2), None, None, None, None],
            ..panel
        };
        let fit = event_study(&panel, &Window::default()).unwrap();
        assert_eq!(fit.names, ["0"]);
        assert!((fit.coef[0] - (3.0 - 1.5)).abs() < 1e-14);
    }

    #[test]
    fn a_known_path_comes_out() {
        let w = World::new(600, 9, 5, |age| 1.0 + 0.5 * age as f64);
        let fit = event_study(&w.panel(), &Window::default()).unwrap();
        for (name, coef) in fit.names.iter().zip(&fit.coef) {
            let age: i64 = name.parse().unwrap();
            let truth = if age < 0 { 0.0 } else { 1.0 + 0.5 * age as f64 };
            assert!((coef - truth).abs() < 0.12, "{age}: {coef}");
        }
    }

    #[test]
    fn bad_references_are_refused() {
        let w = World::new(20, 9, 5, |_| 0.0);
        let window = Window { reference: vec![-50], pool: None };
        assert!(matches!(event_study(&w.panel(), &window).unwrap_err(), Refusal::OutOfRange { .. }));
    }
}

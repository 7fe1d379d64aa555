//! Stacked comparison: each cohort with its own clean comparison in its own window, all in one regression.
//!
//! # Answers
//! What did treatment do around its start, if each cohort is compared only with units untreated in its whole window?
//! # Source
//! Wing, Freedman and Hollingsworth (2024), "Stacked difference-in-differences", NBER working paper 32054, sections
//! 3 and 4: windows, clean comparisons, and the weights under which the regression is the average over treated units.
//! # Assumes
//! Parallel trends of each cohort and its comparison within the window; no anticipation before its last period.
//! # Shapes and units
//! A staggered panel. Effects in units of the outcome; the average is over ages from 0 on, all alike.
//! # Cost
//! A regression with two regressors an age, over the stacked rows.
//! # Does not
//! Use cohorts whose window leaves the data: they are dropped and named. Take weights of rows.
//! # Checked by
//! `one_cohort_by_hand`, `a_shift_of_units_and_periods`, `a_known_world`, `refusals_by_name`, and the rows
//! `diff_diff.StackedDiD` of the reference file.

use std::collections::BTreeSet;

use super::covariance::{Covariance, Line};
use super::fixed_effects::{Fit, Regression};
use super::refusal::Refusal;
use super::staggered::Staggered;
use crate::card::Card;
use crate::num::dot;

/// What the method is.
pub const CARD: Card = Card {
    id: "stacked",
    verb: "evaluate",
    name: ["Stacked comparison (Wing, Freedman and Hollingsworth)", "Comparación apilada (Wing, Freedman y Hollingsworth)"],
    answers: [
        "What did treatment do around its start, each cohort against units untreated in its whole window?",
        "¿Qué hizo el tratamiento en torno a su inicio, cada cohorte frente a unidades sin tratar en toda su ventana?",
    ],
    source: "Wing, Freedman and Hollingsworth (2024), NBER working paper 32054",
};

/// The window around each start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Periods before it, of which the last is what others are compared with.
    pub before: i64,
    /// Ages after the first treated period.
    pub after: i64,
}

impl Default for Window {
    fn default() -> Window {
        Window { before: 1, after: 1 }
    }
}

/// The stacked regression.
#[derive(Debug, Clone)]
pub struct Stacked {
    /// The regression.
    pub fit: Fit,
    /// The row of the panel behind each of its rows; one may stand in several stacks.
    pub rows: Vec<usize>,
    /// Ages with an effect.
    pub ages: Vec<i64>,
    /// Cohorts used.
    pub cohorts: Vec<i64>,
    /// Cohorts whose window leaves the data or that have no clean comparison.
    pub dropped: Vec<i64>,
}

/// One cohort with its comparison: rows of the panel, which of them are treated, and the units on each side.
struct Stack {
    cohort: i64,
    rows: Vec<(usize, bool)>,
    treated: f64,
    clean: f64,
}

/// The regression.
///
/// # Errors
/// Those of a panel and of a regression; [`Refusal::OutOfRange`] for the window, [`Refusal::Weight`] where rows have
/// weights, [`Refusal::NoPrePeriod`] where no cohort's window is seen.
pub fn stacked(panel: &Staggered<'_>, window: Window) -> Result<Stacked, Refusal> {
    let layout = panel.layout()?;
    if window.before < 1 || window.after < 0 {
        let found = window.before.min(window.after) as f64;
        return Err(Refusal::OutOfRange { what: "the window", found, wanted: "1 or more periods before, 0 or more after" });
    }
    if panel.weights.is_some() {
        return Err(Refusal::Weight { row: 1 });
    }
    let (first, last) = (layout.periods[0], layout.periods[layout.periods.len() - 1]);
    let seen = |g: &i64| g - window.before >= first && g + window.after <= last;
    let (inside, mut dropped): (Vec<i64>, Vec<i64>) = layout.cohorts().into_iter().partition(seen);
    let mut stacks = Vec::new();
    for cohort in inside {
        match stack(panel, window, cohort) {
            Some(stack) => stacks.push(stack),
            None => dropped.push(cohort),
        }
    }
    if stacks.is_empty() {
        return Err(Refusal::NoPrePeriod);
    }
    dropped.sort_unstable();
    let (fit, ages) = regressed(panel, window, &stacks)?;
    let rows = stacks.iter().flat_map(|s| s.rows.iter().map(|r| r.0)).collect();
    Ok(Stacked { fit, rows, ages, cohorts: stacks.iter().map(|s| s.cohort).collect(), dropped })
}

/// A cohort with the units that are untreated throughout its window.
fn stack(panel: &Staggered<'_>, window: Window, cohort: i64) -> Option<Stack> {
    let (from, to) = (cohort - window.before, cohort + window.after);
    let mut stack = Stack { cohort, rows: Vec::new(), treated: 0.0, clean: 0.0 };
    let mut units: [BTreeSet<u32>; 2] = Default::default();
    for row in (0..panel.y.len()).filter(|&r| (from..=to).contains(&panel.period[r])) {
        let own = panel.cohort[row] == Some(cohort);
        if own || panel.cohort[row].is_none_or(|g| g > to) {
            stack.rows.push((row, own));
            units[usize::from(own)].insert(panel.unit[row]);
        }
    }
    (stack.clean, stack.treated) = (units[0].len() as f64, units[1].len() as f64);
    (stack.clean > 0.0 && stack.treated > 0.0).then_some(stack)
}

fn regressed(panel: &Staggered<'_>, window: Window, stacks: &[Stack]) -> Result<(Fit, Vec<i64>), Refusal> {
    let all: Vec<(usize, bool, i64, f64)> = {
        let treated: f64 = stacks.iter().map(|s| s.treated).sum();
        let clean: f64 = stacks.iter().map(|s| s.clean).sum();
        // Comparisons count as much as the treated units they stand for.
        let weight = |s: &Stack, own: bool| if own { 1.0 } else { s.treated / treated * clean / s.clean };
        stacks.iter().flat_map(|s| s.rows.iter().map(move |&(r, own)| (r, own, panel.period[r] - s.cohort, weight(s, own)))).collect()
    };
    let ages: Vec<i64> = (-window.before..=window.after).filter(|a| *a != -1).collect();
    let mark = |f: &dyn Fn(bool, i64) -> bool| all.iter().map(|&(_, own, age, _)| f64::from(u8::from(f(own, age)))).collect::<Vec<f64>>();
    let mut names: Vec<String> = vec!["treated".into()];
    let mut columns = vec![mark(&|own, _| own)];
    for age in &ages {
        names.push(format!("time {age}"));
        columns.push(mark(&|_, a| a == *age));
    }
    for age in &ages {
        names.push(age.to_string());
        columns.push(mark(&|own, a| own && a == *age));
    }
    names.extend(panel.names.iter().cloned());
    columns.extend(panel.x.iter().map(|c| all.iter().map(|s| c[s.0]).collect::<Vec<f64>>()));
    let x: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let y: Vec<f64> = all.iter().map(|s| panel.y[s.0]).collect();
    let weights: Vec<f64> = all.iter().map(|s| s.3).collect();
    let fit = Regression { y: &y, names: &names, x: &x, effects: &[], weights: Some(&weights), set_aside: false }.fit()?;
    Ok((fit, ages))
}

impl Stacked {
    /// The mean over ages from 0 on.
    pub fn average(&self, cov: &Covariance, level: f64) -> Line {
        let later: Vec<&i64> = self.ages.iter().filter(|a| **a >= 0).collect();
        let mut share = vec![0.0; self.fit.coef.len()];
        for j in later.iter().filter_map(|a| self.fit.position(&a.to_string())) {
            share[j] = 1.0 / later.len() as f64;
        }
        Line::new("ATT", dot(&share, &self.fit.coef), cov.matrix.quadratic(&share).sqrt(), cov.freedom[0], level)
    }

    /// The effect at each age.
    pub fn by_age(&self, cov: &Covariance, level: f64) -> Vec<Line> {
        let effect = |l: &Line| self.ages.iter().any(|a| a.to_string() == l.name);
        cov.table(&self.fit, level).into_iter().filter(effect).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::covariance::{Leverage, Small, clustered::clustered};
    use crate::evaluate::staggered::tests::World;

    fn att(panel: &Staggered<'_>, window: Window) -> Line {
        let made = stacked(panel, window).unwrap();
        let unit: Vec<u32> = made.rows.iter().map(|&r| panel.unit[r]).collect();
        let cov = clustered(&made.fit, &[&unit], Leverage::Ignored, Small::default()).unwrap();
        made.average(&cov, 0.95)
    }

    /// Treated rise by 5 and 7, the others by 1 and 3: 6 less 2.
    #[test]
    fn one_cohort_by_hand() {
        let panel = Staggered {
            y: &[1.0, 6.0, 2.0, 9.0, 0.0, 1.0, 4.0, 7.0],
            unit: &[0, 0, 1, 1, 2, 2, 3, 3],
            period: &[1, 2, 1, 2, 1, 2, 1, 2],
            cohort: &[Some(2), Some(2), Some(2), Some(2), None, None, None, None],
            names: &[],
            x: &[],
            weights: None,
            cluster: None,
        };
        assert!((att(&panel, Window { before: 1, after: 0 }).estimate - 4.0).abs() < 1e-12);
    }

    #[test]
    fn a_shift_of_units_and_periods() {
        let mut w = World::new(80, 9, 4, |age| 1.0 + age as f64);
        let before = att(&w.panel(), Window::default()).estimate;
        for i in 0..w.y.len() {
            w.y[i] += f64::from(w.unit[i] % 7) - 3.0 * w.period[i] as f64;
        }
        assert!((att(&w.panel(), Window::default()).estimate - before).abs() < 1e-9);
    }

    #[test]
    fn a_known_world() {
        let held = (0..100).filter(|&seed| {
            let w = World::new(150, 8, 5_000 + seed, |_| 1.0);
            let line = att(&w.panel(), Window::default());
            (line.estimate - 1.0).abs() < 1.96 * line.se
        });
        let held = held.count();
        assert!((87..=100).contains(&held), "{held} of 100 intervals hold the truth");
    }

    #[test]
    fn refusals_by_name() {
        let w = World::new(30, 7, 6, |_| 1.0);
        assert!(matches!(stacked(&w.panel(), Window { before: 0, after: 1 }), Err(Refusal::OutOfRange { .. })));
        assert_eq!(stacked(&w.panel(), Window { before: 40, after: 1 }).unwrap_err(), Refusal::NoPrePeriod);
        let ones = vec![1.0; w.y.len()];
        let weighted = Staggered { weights: Some(&ones), ..w.panel() };
        assert_eq!(stacked(&weighted, Window::default()).unwrap_err(), Refusal::Weight { row: 1 });
        // A window that only the first cohort fits names the other.
        let made = stacked(&w.panel(), Window { before: 1, after: 2 }).unwrap();
        assert!(!made.cohorts.is_empty() && made.cohorts.iter().all(|g| !made.dropped.contains(g)));
    }
}

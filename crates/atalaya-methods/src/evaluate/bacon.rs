//! What a two-way regression averages: every comparison of two groups, with its weight.
//!
//! # Answers
//! From which comparisons does a two-way estimate come, and how much from already treated units?
//! # Source
//! Goodman-Bacon (2021), J. Econometrics 225, 254-277, theorem 1.
//! # Assumes
//! A complete panel without covariates or weights; then the decomposition is an identity.
//! # Shapes and units
//! A staggered panel; estimates in units of the outcome, weights that add to 1.
//! # Cost
//! O(rows) and O(cohorts^2 periods).
//! # Does not
//! Handle covariates, weights or gaps: they are refused.
//! # Checked by
//! `the_parts_add_up_to_the_regression`, `one_cohort_is_one_comparison`, `a_later_cohort_pulls_down`,
//! `gaps_are_refused`, and the rows `diff_diff.Bacon` of the reference file.

use std::collections::BTreeMap;

use super::refusal::Refusal;
use super::staggered::Staggered;
use crate::card::Card;

/// What the method is.
pub const CARD: Card = Card {
    id: "bacon",
    verb: "evaluate",
    name: ["Goodman-Bacon decomposition", "Descomposición de Goodman-Bacon"],
    answers: [
        "From which comparisons does a two-way estimate come, and how much from already treated units?",
        "¿De qué comparaciones sale un estimador de doble vía, y cuánto de unidades ya tratadas?",
    ],
    source: "Goodman-Bacon (2021), Journal of Econometrics 225, 254-277",
};

/// What kind of comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Treated against never treated.
    Never,
    /// Treated against those treated from the first period on.
    Always,
    /// Earlier treated against later treated, before the latter's treatment.
    EarlierLater,
    /// Later treated against earlier treated, after the latter's treatment: where bias enters.
    LaterEarlier,
}

/// A comparison of two groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The treated cohort.
    pub treated: i64,
    /// The cohort compared with; none if never treated.
    pub against: Option<i64>,
    /// What kind it is.
    pub kind: Kind,
    /// The difference of differences.
    pub estimate: f64,
    /// Its weight; all add to 1.
    pub weight: f64,
}

/// A group: its cohort, units, the share of periods treated, and its mean outcome in each period.
struct Group {
    cohort: Option<i64>,
    units: f64,
    start: usize,
    means: Vec<f64>,
}

/// The decomposition; the two-way estimate is the weighted sum.
///
/// # Errors
/// Those of a panel; [`Refusal::Unbalanced`], [`Refusal::NoComparison`], [`Refusal::Weight`] for a weighted panel.
pub fn bacon(panel: &Staggered<'_>) -> Result<Vec<Comparison>, Refusal> {
    let layout = panel.layout()?;
    if panel.weights.is_some() {
        return Err(Refusal::Weight { row: 1 });
    }
    let (units, periods) = (layout.unit.count, layout.periods.len());
    if layout.missing() > 0 {
        return Err(Refusal::Unbalanced { units, periods, missing: layout.missing() });
    }
    let last = layout.periods[periods - 1];
    let mut sums: BTreeMap<Option<i64>, (f64, Vec<f64>)> = BTreeMap::new();
    for u in 0..units {
        let (count, sum) = sums.entry(layout.cohort[u].filter(|g| *g <= last)).or_insert_with(|| (0.0, vec![0.0; periods]));
        *count += 1.0;
        (0..periods).for_each(|t| sum[t] += layout.row(u, t).map_or(0.0, |r| panel.y[r]));
    }
    let groups: Vec<Group> = sums
        .into_iter()
        .map(|(cohort, (n, sum))| Group {
            cohort,
            units: n,
            start: cohort.map_or(periods, |g| layout.periods.partition_point(|t| *t < g)),
            means: sum.iter().map(|s| s / n).collect(),
        })
        .collect();
    let mut out = Vec::new();
    for a in &groups {
        for b in &groups {
            out.extend(compare(a, b, units as f64, periods));
        }
    }
    let total: f64 = out.iter().map(|c| c.weight).sum();
    if total == 0.0 {
        return Err(Refusal::NoComparison { cohort: groups[0].cohort.unwrap_or(0), period: last });
    }
    out.iter_mut().for_each(|c| c.weight /= total);
    out.sort_by_key(|c| (c.kind, c.treated, c.against));
    Ok(out)
}

/// The comparison of `a` as treated with `b`, if `a` changes while `b` does not.
fn compare(a: &Group, b: &Group, units: f64, periods: usize) -> Option<Comparison> {
    let treated = a.cohort.filter(|_| a.start > 0 && a.start < periods)?;
    if a.start == b.start {
        return None;
    }
    let t = periods as f64;
    let (da, db) = ((t - a.start as f64) / t, (t - b.start as f64) / t);
    let (na, nb) = (a.units / units, b.units / units);
    let share = na / (na + nb);
    let both = (na + nb).powi(2) * share * (1.0 - share);
    let (kind, weight, window) = if b.start == periods {
        (Kind::Never, both * da * (1.0 - da), 0..periods)
    } else if b.start == 0 {
        (Kind::Always, both * da * (1.0 - da), 0..periods)
    } else if a.start < b.start {
        // Before b is treated; weights of equations (10e) and (10f), up to the common scale.
        (Kind::EarlierLater, both * (da - db) * (1.0 - da), 0..b.start)
    } else {
        (Kind::LaterEarlier, both * da * (db - da), b.start..periods)
    };
    let mean = |g: &Group, range: std::ops::Range<usize>| g.means[range.clone()].iter().sum::<f64>() / range.len() as f64;
    let change = |g: &Group| mean(g, a.start..window.end) - mean(g, window.start..a.start);
    Some(Comparison { treated, against: b.cohort, kind, estimate: change(a) - change(b), weight })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::fixed_effects::Regression;
    use crate::evaluate::staggered::tests::World;

    #[test]
    fn the_parts_add_up_to_the_regression() {
        let mut w = World::new(50, 9, 3, |age| 1.0 + age as f64);
        w.cohort.iter_mut().zip(&w.unit).for_each(|(g, u)| *g = if u % 7 == 0 { Some(1) } else { *g });
        let names = ["d".to_string()];
        let d: Vec<f64> = (0..w.y.len()).map(|i| f64::from(u8::from(w.panel().treated(i)))).collect();
        let time: Vec<u32> = w.period.iter().map(|t| *t as u32).collect();
        let twfe =
            Regression { y: &w.y, names: &names, x: &[&d], effects: &[&w.unit, &time], weights: None, set_aside: false }.fit().unwrap();
        let parts = bacon(&w.panel()).unwrap();
        let sum: f64 = parts.iter().map(|c| c.weight * c.estimate).sum();
        assert!((sum - twfe.coef[0]).abs() < 1e-12, "{sum} {}", twfe.coef[0]);
        assert_eq!(parts.len(), 6);
    }

    #[test]
    fn one_cohort_is_one_comparison() {
        let mut w = World::new(30, 6, 3, |_| 2.0);
        w.cohort.iter_mut().for_each(|g| *g = g.filter(|g| *g == 4));
        let parts = bacon(&w.panel()).unwrap();
        assert_eq!((parts.len(), parts[0].kind, parts[0].weight), (1, Kind::Never, 1.0));
    }

    /// Effects that grow by 2 a period: the later cohort is compared with one that still grows.
    #[test]
    fn a_later_cohort_pulls_down() {
        let w = World::new(900, 8, 3, |age| 2.0 * age as f64);
        let parts = bacon(&w.panel()).unwrap();
        let late = parts.iter().find(|c| c.kind == Kind::LaterEarlier).unwrap();
        // Truth for cohort 6 in periods 6 to 8 is 2 on average; its comparison grew by 5 meanwhile.
        assert!((late.estimate - (2.0 - 5.0)).abs() < 0.2, "{}", late.estimate);
    }

    #[test]
    fn gaps_are_refused() {
        let mut w = World::new(30, 6, 3, |_| 2.0);
        w.y.pop();
        w.unit.pop();
        w.period.pop();
        w.cohort.pop();
        assert!(matches!(bacon(&w.panel()).unwrap_err(), Refusal::Unbalanced { missing: 1, .. }));
        let ones = vec![1.0; w.y.len()];
        assert!(matches!(bacon(&Staggered { weights: Some(&ones), ..w.panel() }).unwrap_err(), Refusal::Weight { .. }));
        let mut w = World::new(30, 6, 3, |_| 2.0);
        w.cohort.iter_mut().for_each(|g| *g = Some(4));
        assert!(matches!(bacon(&w.panel()).unwrap_err(), Refusal::NoComparison { cohort: 4, .. }));
    }
}

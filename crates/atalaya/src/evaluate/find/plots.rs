//! What is drawn: paths, effects by age, places.

use super::estimate::{Choice, means};
use super::leads::Leads;
use crate::evaluate::design::{Design, Transformation};
use crate::evaluate::finding::{PathPoint, PlaceEffect, Plots};
use crate::evaluate::sample::{Sample, turned};

/// The plots of a finding: those of a method that builds what would have been from other places, else
/// means and the event study.
pub(crate) fn plots(sample: &Sample, design: &Design, choice: &Choice, made: &Plots, leads: Option<&Leads>) -> Plots {
    let places = places(sample, design, choice);
    if made.donors.is_empty() && made.placebos.is_empty() {
        let events = leads.map(|l| l.events.clone()).unwrap_or_default();
        return Plots { paths: paths(sample, design, choice), events, places, ..Plots::default() };
    }
    Plots { places, ..made.clone() }
}

/// Poisson effects are shown in units.
fn shown_in(choice: &Choice) -> Transformation {
    if choice.transformation == Transformation::Poisson { Transformation::Levels } else { choice.transformation }
}

/// The mean of the treated (or more exposed), and that of the others moved to the level the treated
/// had before the start.
fn paths(sample: &Sample, design: &Design, choice: &Choice) -> Vec<PathPoint> {
    let by = shown_in(choice);
    let [treated, others] = sample.sides();
    let (with, without) = (means(sample, choice, &treated, by), means(sample, choice, &others, by));
    let gaps: Vec<f64> =
        with.iter().filter(|(p, _)| **p < design.programme.start).filter_map(|(p, v)| without.get(p).map(|w| v - w)).collect();
    let gap = if gaps.is_empty() { None } else { Some(gaps.iter().sum::<f64>() / gaps.len() as f64) };
    let periods: std::collections::BTreeSet<i64> = with.keys().chain(without.keys()).copied().collect();
    periods
        .into_iter()
        .map(|period| PathPoint {
            period,
            treated: with.get(&period).copied(),
            comparison: without.get(&period).zip(gap).map(|(v, g)| v + g),
            interval: None,
        })
        .collect()
}

/// Each place's exposure, and its change from before to after less the mean change of the untreated
/// (or less exposed).
fn places(sample: &Sample, design: &Design, choice: &Choice) -> Vec<PlaceEffect> {
    let by = shown_in(choice);
    let mut sums = vec![[(0.0, 0.0); 2]; sample.units.len()];
    for row in sample.rows.iter().filter(|r| choice.uses(r)) {
        let start = sample.first[row.unit].unwrap_or(design.programme.start);
        if let Some(y) = row.y.and_then(|y| turned(by, y).ok()) {
            let side = &mut sums[row.unit][usize::from(row.period >= start)];
            *side = (side.0 + y, side.1 + 1.0);
        }
    }
    let changes: Vec<Option<f64>> = sums.iter().map(|[a, b]| (a.1 > 0.0 && b.1 > 0.0).then(|| b.0 / b.1 - a.0 / a.1)).collect();
    let others: Vec<f64> = sample.sides()[1].iter().filter_map(|u| changes[*u]).collect();
    let usual = if others.is_empty() { None } else { Some(others.iter().sum::<f64>() / others.len() as f64) };
    (0..sample.units.len())
        .map(|unit| PlaceEffect {
            area: sample.units[unit].clone(),
            exposure: Some(match &sample.exposure {
                Some(exposure) => exposure[unit],
                None => f64::from(u8::from(sample.first[unit].is_some())),
            }),
            effect: changes[unit].zip(usual).map(|(c, u)| c - u),
        })
        .collect()
}

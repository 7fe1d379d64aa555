//! Leave one out: how much of an answer hangs on a single unit.
//!
//! # Answers
//! Would the answer be the same without any one of the treated, or any one of those they are compared with?
//!
//! # Source
//! Abadie, Diamond and Hainmueller (2015), American Journal of Political Science 59(2), 495-510, leave-one-out
//! distribution; Belsley, Kuh and Welsch (1980), Regression Diagnostics, chapter 2, for the change without a row.
//!
//! # Assumes
//! Nothing beyond what the estimator assumes.
//!
//! # Shapes and units
//! A panel with the start of each unit; effects in its units.
//!
//! # Cost
//! One fit a unit.
//!
//! # Does not
//! Leave out two at a time, which may matter where two units mask each other.
//!
//! # Checked by
//! `one_odd_unit_is_named`, `a_unit_alone_says_why_not`, `nobody_treated_is_refused`.

use atalaya_kernel::Seed;
use rayon::prelude::*;

use super::placebo_time::Found;
use super::power::{Estimator, Reading, Trial, TrialError};
use crate::card::Card;

/// What the method is.
pub const CARD: Card = Card {
    id: "leave_one_out",
    verb: "evaluate",
    name: ["Leave one out", "Dejar uno fuera"],
    answers: ["Would the answer be the same without any one of the units?", "¿La respuesta sería la misma sin alguna de las unidades?"],
    source: "Abadie, Diamond and Hainmueller (2015), AJPS 59(2); Belsley, Kuh and Welsch (1980)",
};

/// The answer without a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Without {
    /// The unit.
    pub unit: usize,
    /// Whether it is treated.
    pub treated: bool,
    /// The answer without it, or why there is none.
    pub found: Result<Found, TrialError>,
}

/// The answer with all, and without each.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// With all units.
    pub full: Found,
    /// Without each, in their order.
    pub without: Vec<Without>,
    /// The least and the largest estimate without one.
    pub range: [f64; 2],
    /// The unit whose absence moves the estimate most.
    pub most: Option<usize>,
    /// Units without which the test says something else, or the other sign.
    pub flips: Vec<usize>,
}

/// The answer without each unit in turn.
///
/// # Errors
/// Those of the estimator on the whole panel.
pub fn leave_one_out(panel: &Trial, estimator: &Estimator<'_>, alpha: f64, seed: Seed) -> Result<LeftOut, TrialError> {
    let found = |r: Reading| Found { estimate: r.estimate, interval: [-r.silent[1], -r.silent[0]] };
    let full = found(estimator.read(panel, alpha, seed)?);
    let one = |unit: usize| {
        let found = estimator.read(&panel.without(unit), alpha, seed).map(found);
        Without { unit, treated: panel.starts[unit].is_some(), found }
    };
    let without: Vec<Without> = (0..panel.units).into_par_iter().map(one).collect();
    let answers: Vec<(usize, Found)> = without.iter().filter_map(|w| Some((w.unit, *w.found.as_ref().ok()?))).collect();
    let ends = |range: [f64; 2], e: f64| [range[0].min(e), range[1].max(e)];
    let other = |f: &Found| f.alarm() != full.alarm() || (full.alarm() && f.estimate.signum() != full.estimate.signum());
    let moved = |f: &Found| (f.estimate - full.estimate).abs();
    Ok(LeftOut {
        range: answers.iter().fold([full.estimate; 2], |range, (_, f)| ends(range, f.estimate)),
        // Of equals the first: the order of units is that of the panel.
        most: answers.iter().rev().max_by(|a, b| moved(&a.1).total_cmp(&moved(&b.1))).map(|(unit, _)| *unit),
        flips: answers.iter().filter(|(_, f)| other(f)).map(|(unit, _)| *unit).collect(),
        full,
        without,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::refusal::Refusal;

    /// Twelve units of six periods, four treated; the first of them by far the most.
    fn panel(first: f64) -> Trial {
        let noise = |i: usize, t: usize| ((i * 7_919 + t * 10_007 + i * t * 13) % 97) as f64 / 97.0;
        let effect = |i: usize, t: usize| {
            if t < 3 {
                0.0
            } else if i == 0 {
                first
            } else {
                0.0
            }
        };
        let outcome = (0..72).map(|c| noise(c / 6, c % 6) + effect(c / 6, c % 6)).collect();
        Trial { outcome, units: 12, periods: 6, starts: (0..12).map(|i| (i < 4).then_some(3)).collect() }
    }

    #[test]
    fn one_odd_unit_is_named() {
        let made = leave_one_out(&panel(20.0), &Estimator::Did, 0.05, Seed(1)).unwrap();
        assert_eq!((made.most, made.without.len()), (Some(0), 12));
        let without = made.without[0].found.as_ref().unwrap().estimate;
        assert!(made.full.estimate > 4.0 && without.abs() < 0.6 && made.range[0] == without, "{made:?}");
        assert!(made.without[0].treated && !made.without[5].treated);
        let all = leave_one_out(&panel(0.0), &Estimator::Did, 0.05, Seed(1)).unwrap();
        assert!((all.range[1] - all.range[0]) < 1.0);
    }

    #[test]
    fn a_unit_alone_says_why_not() {
        let mut one = panel(2.0);
        one.starts[1..4].fill(None);
        let made = leave_one_out(&one, &Estimator::SyntheticControl, 0.1, Seed(1)).unwrap();
        assert!(made.without[0].found.is_err() && made.without[3].found.is_ok() && made.most != Some(0));
    }

    #[test]
    fn nobody_treated_is_refused() {
        let none = Trial { starts: vec![None; 12], ..panel(0.0) };
        let refused = leave_one_out(&none, &Estimator::Did, 0.05, Seed(1)).unwrap_err();
        assert_eq!(refused, TrialError::Panel(Refusal::NoTreated));
    }
}

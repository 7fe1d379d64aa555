//! What pairs of records look like when they cannot be one event: the same comparison, dates shifted.
//!
//! # Answers
//! How do places, circumstances and routes agree between records that chance alone
//! has put side by side?
//!
//! # Source
//! Negative controls by shifted dates, as in the study of UNODC individual seizures
//! 2011-2016; as a null model, target-decoy search (Elias and Gygi 2007, Nature Methods 4, 207-214).
//!
//! # Assumes
//! Records `8` to `28` days apart are two events and are otherwise like records of one
//! day. Three whole weeks are taken, so each day of the week stands against each equally often.
//!
//! # Shapes and units
//! Pairs in; shares of levels by area out, shrunk towards all areas.
//!
//! # Cost
//! O(pairs at 21 lags); common amounts are taken at one lag only.
//!
//! # Does not
//! Know parcels of one event: they lie on one day and are no chance.
//!
//! # Checked by
//! `reports` in this folder.

use super::candidates::{Candidate, Pass, across_substances, within_strata};
use super::model::{Circumstance, Pattern};
use super::place::Nearness;
use super::prepare::Prepared;
use crate::Card;

/// What this file does, as data.
pub const CARD: Card = Card {
    id: "placebo",
    verb: "link",
    name: ["Chance by shifted dates", "Azar por fechas desplazadas"],
    answers: [
        "How do records agree that chance alone has put side by side?",
        "¿Cómo coinciden los registros que solo el azar ha puesto juntos?",
    ],
    source: "Elias and Gygi 2007, Target-decoy search strategy, Nature Methods 4(3), 207-214; study of UNODC individual seizures 2011-2016",
};

/// Lags that are taken: three whole weeks, a week away from the event. In months where dates are.
pub(super) const LAGS: std::ops::RangeInclusive<i32> = 8..=28;
/// The lag at which common amounts are taken, too.
pub(super) const COMMON_LAG: i32 = 11;
/// Months apart that are taken where dates are months.
pub(super) const MONTHS: std::ops::RangeInclusive<i32> = 1..=6;

/// Placebo pairs.
pub(super) fn pairs(prepared: &Prepared<'_>) -> Vec<Candidate> {
    let monthly = |c: &Candidate| prepared.area_of[prepared.area[c.a as usize] as usize].1;
    let mut all = Vec::new();
    for lag in LAGS {
        let pass = Pass { lag, common: lag == COMMON_LAG };
        all.extend(within_strata(prepared, pass).into_iter().filter(|c| !monthly(c)));
        all.extend(across_substances(prepared, lag).into_iter().filter(|c| !monthly(c)));
    }
    if prepared.area_of.iter().any(|a| a.1) {
        for lag in MONTHS {
            all.extend(within_strata(prepared, Pass { lag, common: true }).into_iter().filter(monthly));
            all.extend(across_substances(prepared, lag).into_iter().filter(monthly));
        }
    }
    all
}

/// What a placebo pair stands for, by area: how many pairs 0 to 3 days apart there were to pick
/// from, for one at the placebo lags.
pub(super) struct Exposure {
    /// By area, by days apart, rare and common amounts.
    weights: Vec<[[f64; 2]; 4]>,
}

impl Exposure {
    /// Counts pairs of records of one stratum at every lag.
    pub fn new(prepared: &Prepared<'_>) -> Exposure {
        let mut near = vec![[0.0; 4]; prepared.areas];
        let mut far = vec![[0.0; 2]; prepared.areas];
        for group in &prepared.groups {
            let area = prepared.stratum_area[group.stratum as usize] as usize;
            let size = f64::from(group.to - group.from);
            let at = |lag: i32| prepared.group_at(group.stratum, group.block + lag).map_or(0.0, |g| size * prepared.rows(g).len() as f64);
            near[area][0] += size * (size - 1.0) / 2.0;
            (1..4).for_each(|lag| near[area][lag] += at(lag as i32));
            if prepared.area_of[area].1 {
                let sum: f64 = MONTHS.map(at).sum();
                far[area] = [far[area][0] + sum, far[area][1] + sum];
            } else {
                far[area] = [far[area][0] + LAGS.map(at).sum::<f64>(), far[area][1] + at(COMMON_LAG)];
            }
        }
        let ratio = |near: f64, far: f64| if far > 0.0 { near / far } else { 0.0 };
        let weights = near.iter().zip(&far).map(|(n, f)| n.map(|n| [ratio(n, f[0]), ratio(n, f[1])])).collect();
        Exposure { weights }
    }

    /// How many pairs `lag` days apart a placebo pair stands for.
    pub fn of(&self, prepared: &Prepared<'_>, pair: &Candidate, lag: usize) -> f64 {
        let common = |row: u32| prepared.common[row as usize] > super::candidates::COMMON;
        let one_lag = usize::from(common(pair.a) || common(pair.b));
        self.weights[prepared.area[pair.a as usize] as usize][lag][one_lag]
    }
}

/// Shares of levels among placebo pairs of each area.
#[derive(Debug, Clone)]
pub(super) struct Null {
    /// By area: of the pairs that both name a place or division.
    pub place: Vec<[f64; 4]>,
    /// By area and by whether the place agrees: of the pairs that both say something.
    pub how: Vec<[[f64; 4]; 2]>,
    pub route: Vec<[[f64; 4]; 2]>,
}

/// Pairs of all areas that an area's own are weighed against.
const SHRINK: f64 = 50.0;

impl Null {
    /// Counts the patterns of placebo pairs.
    pub fn new(prepared: &Prepared<'_>, pairs: &[(Candidate, Pattern)]) -> Null {
        let mut place = vec![[0.0; 4]; prepared.areas];
        let mut how = vec![[[0.0; 4]; 2]; prepared.areas];
        let mut route = how.clone();
        for (pair, pattern) in pairs {
            let area = prepared.area[pair.a as usize] as usize;
            if let Some(level) = place_level(pattern.place) {
                place[area][level] += 1.0;
            }
            let near = usize::from(pattern.one_place());
            if let Some(level) = circumstance_level(pattern.how) {
                how[area][near][level] += 1.0;
            }
            if let Some(level) = circumstance_level(pattern.route) {
                route[area][near][level] += 1.0;
            }
        }
        let halves = |table: &[[[f64; 4]; 2]]| -> Vec<[[f64; 4]; 2]> {
            let far = shrunk(&table.iter().map(|t| t[0]).collect::<Vec<_>>());
            let near = shrunk(&table.iter().map(|t| t[1]).collect::<Vec<_>>());
            far.into_iter().zip(near).map(|(far, near)| [far, near]).collect()
        };
        Null { place: shrunk(&place), how: halves(&how), route: halves(&route) }
    }
}

/// The level among those that both name a place, if they do.
pub(super) fn place_level(nearness: Nearness) -> Option<usize> {
    match nearness {
        Nearness::Same => Some(0),
        Nearness::Alike => Some(1),
        Nearness::Division => Some(2),
        Nearness::Different => Some(3),
        Nearness::OneAbsent | Nearness::BothAbsent => None,
    }
}

/// The level among those that both say something, if they do.
pub(super) fn circumstance_level(circumstance: Circumstance) -> Option<usize> {
    match circumstance {
        Circumstance::Silent => None,
        Circumstance::Agree => Some(0),
        Circumstance::Mixed => Some(1),
        Circumstance::Conflict => Some(2),
        Circumstance::Contradict => Some(3),
    }
}

/// Shares by area, each shrunk towards the mean of the areas. An area counts by its pairs up to
/// [`SHRINK`], so that the largest does not speak for all.
fn shrunk<const N: usize>(counts: &[[f64; N]]) -> Vec<[f64; N]> {
    let mut mean = [1.0; N];
    for area in counts {
        let all: f64 = area.iter().sum();
        let weight = if all > 0.0 { all.min(SHRINK) / all } else { 0.0 };
        area.iter().zip(&mut mean).for_each(|(c, m)| *m += c * weight);
    }
    let total: f64 = mean.iter().sum();
    let of = |area: &[f64; N]| -> [f64; N] {
        let all: f64 = area.iter().sum();
        std::array::from_fn(|level| (area[level] + SHRINK * mean[level] / total) / (all + SHRINK))
    };
    counts.iter().map(of).collect()
}

//! Did the flow change, or the reporting? A country's own reports against what others say of it.
//!
//! # Answers
//! When what a country seizes falls or rises between two periods, did less flow, or was less
//! found and reported?
//!
//! # Source
//! Mirror statistics, as trade between two countries is checked by what its partner reports:
//! Morgenstern (1963), On the Accuracy of Economic Observations, chapter 9; intervals by the
//! Bayesian bootstrap of Rubin (1981), Annals of Statistics 9(1), 130-134.
//!
//! # Assumes
//! - Partners that reported in every year of both periods kept on looking alike; their records
//!   that name a place are compared with all theirs that name any, so a general fall cancels.
//! - A record's weight is its own: events reported twice by one country count twice.
//!
//! # Shapes and units
//! Records; two periods of whole years, each given by first and last. Ratios of yearly means,
//! after over before.
//!
//! # Cost
//! O(draws records).
//!
//! # Does not
//! Tell reporting from effort: a country may have found less or sent less. Say anything where
//! steady partners name the place in fewer than five records of a period.
//!
//! # Checked by
//! Planted falls of either kind in `tests` here; Colombia 2013 to 2016 in
//! `tests/it/routes/validation.rs`.

use std::collections::BTreeSet;

use atalaya_kernel::Seed;
use rayon::prelude::*;

use super::record::RouteRecord;
use crate::Card;
use crate::num::chance::exponential;
use crate::num::quantile::Interval;

/// What this method is.
pub const CARD: Card = Card {
    id: "change",
    verb: "routes",
    name: ["Change in flow or in reporting", "Cambio en el flujo o en el reporte"],
    answers: [
        "When what a country seizes changes, did the flow change, or what it finds and reports?",
        "Cuando cambia lo que un país incauta, ¿cambió el flujo, o lo que encuentra y reporta?",
    ],
    source: "Morgenstern (1963), On the Accuracy of Economic Observations, chapter 9; Rubin (1981)",
};

/// Fewer records of partners than this in a period say nothing.
const LEAST: usize = 5;

/// What the two accounts say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The country's own reports changed and its partners' did not follow.
    Reporting,
    /// Both changed in one direction, and alike.
    Flow,
    /// Neither is clear of no change.
    NoChange,
    /// Too little is known.
    CannotTell,
}

/// How a place's reports changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its own kilograms a year, before and after.
    pub own_kg: (f64, f64),
    /// Its own records, before and after.
    pub own_records: (usize, usize),
    /// After over before, of its own kilograms.
    pub own: Interval,
    /// Partners that reported in every year.
    pub partners: usize,
    /// Their records that name it as origin, before and after.
    pub partner_records: (usize, usize),
    /// After over before, of its part in the partners' records.
    pub mirror: Interval,
    /// Own over mirror: 1 where both tell one story.
    pub apart: Interval,
    /// What follows.
    pub verdict: Verdict,
}

/// Compares two periods, each a first and a last year.
pub fn change(records: &[RouteRecord], place: usize, before: (i32, i32), after: (i32, i32), draws: usize, seed: Seed) -> Change {
    let steady = steady(records, place, [before, after]);
    let which = |r: &RouteRecord| {
        let within = |p: (i32, i32)| (p.0..=p.1).contains(&r.year);
        if within(before) { Some(0) } else { within(after).then_some(1) }
    };
    let names = |r: &RouteRecord| r.departure == Some(place) || r.producing == Some(place);
    let named = |r: &RouteRecord| r.departure.is_some() || r.producing.is_some();
    let own: Vec<(usize, f64)> =
        records.iter().filter(|r| r.seized == Some(place)).filter_map(|r| Some((which(r)?, r.kg.map_or(0.0, |kg| kg.to_f64())))).collect();
    let theirs: Vec<(usize, bool)> = records
        .iter()
        .filter(|r| r.seized.is_some_and(|s| steady.contains(&s)) && named(r))
        .filter_map(|r| Some((which(r)?, names(r))))
        .collect();
    let years = [before, after].map(|p| f64::from((p.1 - p.0).max(0) + 1));
    let ratios: Vec<(f64, f64)> = (0..draws.max(1) as u64)
        .into_par_iter()
        .map(|draw| {
            let mut stream = seed.stream(draw);
            let (mut kg, mut all, mut of_place) = ([0.0; 2], [0.0; 2], [0.0; 2]);
            own.iter().for_each(|(at, mass)| kg[*at] += mass * exponential(&mut stream));
            for (at, names) in &theirs {
                let weight = exponential(&mut stream);
                all[*at] += weight;
                of_place[*at] += if *names { weight } else { 0.0 };
            }
            ((kg[1] / years[1]) / (kg[0] / years[0]), (of_place[1] / all[1]) / (of_place[0] / all[0]))
        })
        .collect();
    let count = |at: usize| own.iter().filter(|o| o.0 == at).count();
    let mass = |at: usize| own.iter().filter(|o| o.0 == at).map(|o| o.1).sum::<f64>() / years[at];
    let partner = |at: usize| theirs.iter().filter(|t| t.0 == at && t.1).count();
    let known = |of: &dyn Fn(&(f64, f64)) -> f64| Interval::of(ratios.iter().map(of).filter(|r| r.is_finite()));
    let mut out = Change {
        own_kg: (mass(0), mass(1)),
        own_records: (count(0), count(1)),
        own: known(&|r| r.0),
        partners: steady.len(),
        partner_records: (partner(0), partner(1)),
        mirror: known(&|r| r.1),
        apart: known(&|r| r.0 / r.1),
        verdict: Verdict::CannotTell,
    };
    out.verdict = verdict(&out);
    out
}

/// Reporters with a record in every year of all periods, the place itself left out.
fn steady(records: &[RouteRecord], place: usize, periods: [(i32, i32); 2]) -> BTreeSet<usize> {
    let seen: BTreeSet<(usize, i32)> = records.iter().filter_map(|r| Some((r.seized?, r.year))).collect();
    let years: Vec<i32> = periods.iter().flat_map(|p| p.0..=p.1).collect();
    let reporters: BTreeSet<usize> = seen.iter().map(|s| s.0).filter(|r| *r != place).collect();
    reporters.into_iter().filter(|r| years.iter().all(|y| seen.contains(&(*r, *y)))).collect()
}

fn verdict(of: &Change) -> Verdict {
    let few = of.partner_records.0.min(of.partner_records.1) < LEAST || of.own_records.0.min(of.own_records.1) < LEAST;
    let moved = |i: &Interval| !i.holds(1.0);
    if few {
        Verdict::CannotTell
    } else if moved(&of.own) && moved(&of.apart) && (of.own.median < 1.0) == (of.apart.median < 1.0) {
        Verdict::Reporting
    } else if moved(&of.own) && moved(&of.mirror) && !moved(&of.apart) {
        Verdict::Flow
    } else if !moved(&of.own) && !moved(&of.mirror) {
        Verdict::NoChange
    } else {
        Verdict::CannotTell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atalaya_kernel::Decimal;

    /// Place 0 seizes `own`, partner 1 seizes `theirs` from 0 and 200 from 2, a year each.
    fn world(own: (usize, usize), theirs: (usize, usize)) -> Vec<RouteRecord> {
        let record = |seized, departure, year| RouteRecord {
            seized: Some(seized),
            departure,
            year,
            kg: Some(Decimal::whole(10)),
            ..RouteRecord::default()
        };
        let year = |own, theirs, year| {
            let mine = std::iter::repeat_n(record(0, None, year), own);
            let named = std::iter::repeat_n(record(1, Some(0), year), theirs);
            mine.chain(named).chain(std::iter::repeat_n(record(1, Some(2), year), 200)).collect::<Vec<_>>()
        };
        [year(own.0, theirs.0, 2013), year(own.1, theirs.1, 2016)].concat()
    }

    fn found(own: (usize, usize), theirs: (usize, usize)) -> Change {
        change(&world(own, theirs), 0, (2013, 2013), (2016, 2016), 400, Seed(1))
    }

    #[test]
    fn a_fall_that_partners_do_not_see_is_one_of_reporting() {
        let found = found((400, 100), (100, 105));
        assert_eq!(found.verdict, Verdict::Reporting, "{found:?}");
        assert!((found.own.median - 0.25).abs() < 0.03 && found.mirror.holds(1.0));
        assert_eq!((found.own_kg, found.partners), ((4_000.0, 1_000.0), 1));
    }

    #[test]
    fn a_fall_that_partners_see_is_one_of_flow() {
        assert_eq!(found((400, 140), (200, 50)).verdict, Verdict::Flow);
    }

    #[test]
    fn no_change_and_no_knowledge_are_two_things() {
        assert_eq!(found((400, 405), (100, 104)).verdict, Verdict::NoChange);
        assert_eq!(found((400, 100), (3, 2)).verdict, Verdict::CannotTell);
        assert_eq!(change(&[], 0, (2013, 2013), (2016, 2016), 10, Seed(1)).verdict, Verdict::CannotTell);
    }

    #[test]
    fn threads_do_not_matter() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(pool.install(|| found((40, 10), (20, 21))), found((40, 10), (20, 21)));
    }
}

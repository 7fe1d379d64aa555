//! How many records repeat another one, with an interval.
//!
//! # Answers
//! How many double reports are there in all, and in each area?
//!
//! # Source
//! The sum of match probabilities (Fellegi and Sunter 1969, section 3); bootstrap over
//! months of areas with Poisson weights (Hanley and MacGibbon 2006, Statistics in Medicine 25).
//!
//! # Assumes
//! Months of an area are independent of each other. Lists found are facts that a
//! resampling would not lose; they vary by their own doubtful pairs only.
//!
//! # Shapes and units
//! Probabilities with their area and month in; records out.
//!
//! # Cost
//! O(draws x cells).
//!
//! # Does not
//! Cover what the rules of `candidates` never compare, nor the doubt whether equal
//! parcels of one day are one: that is what people decide.
//!
//! # Checked by
//! The tests below.

use std::collections::BTreeMap;

use atalaya_kernel::Seed;

use crate::Card;

/// What this file does, as data.
pub const CARD: Card = Card {
    id: "estimate",
    verb: "link",
    name: ["Double reports in all", "Informes dobles en total"],
    answers: ["How many records repeat another one?", "¿Cuántos registros repiten a otro?"],
    source: "Fellegi and Sunter 1969, JASA 64(328); Hanley and MacGibbon 2006, Statistics in Medicine 25, Poisson bootstrap",
};

/// How many, with a 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Best estimate.
    pub best: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Probabilities of pairs, summed.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// By area and month: pairs that stand alone.
    alone: BTreeMap<(u32, i32), f64>,
    /// By area: pairs of lists, and their variance.
    listed: BTreeMap<u32, (f64, f64)>,
}

const DRAWS: u64 = 1000;

impl Tally {
    /// A pair that stands alone.
    pub fn alone(&mut self, area: u32, month: i32, probability: f64) {
        *self.alone.entry((area, month)).or_default() += probability;
    }

    /// A pair of a list.
    pub fn listed(&mut self, area: u32, probability: f64) {
        let sum = self.listed.entry(area).or_default();
        *sum = (sum.0 + probability, sum.1 + probability * (1.0 - probability));
    }

    /// In all.
    pub fn total(&self, seed: Seed) -> Interval {
        let cells: Vec<f64> = self.alone.values().copied().collect();
        interval(&cells, self.listed.values().fold((0.0, 0.0), |s, l| (s.0 + l.0, s.1 + l.1)), seed)
    }

    /// By area, those with any.
    pub fn by_area(&self, seed: Seed) -> Vec<(u32, Interval)> {
        let mut areas: Vec<u32> = self.alone.keys().map(|k| k.0).chain(self.listed.keys().copied()).collect();
        areas.sort_unstable();
        areas.dedup();
        let of = |area: u32| {
            let cells: Vec<f64> = self.alone.range((area, i32::MIN)..=(area, i32::MAX)).map(|c| *c.1).collect();
            (area, interval(&cells, self.listed.get(&area).copied().unwrap_or_default(), seed))
        };
        areas.into_iter().map(of).collect()
    }
}

fn interval(cells: &[f64], (listed, variance): (f64, f64), seed: Seed) -> Interval {
    let alone: f64 = cells.iter().sum();
    let mut draws: Vec<f64> = (0..DRAWS)
        .map(|draw| {
            let mut chance = seed.stream(draw);
            cells.iter().map(|c| c * f64::from(poisson(chance.unit()))).sum()
        })
        .collect();
    draws.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| draws[((DRAWS as f64 * share) as usize).min(DRAWS as usize - 1)];
    let reach = |end: f64| ((end - alone).powi(2) + 1.96f64.powi(2) * variance).sqrt();
    let best = alone + listed;
    Interval { best, low: (best - reach(at(0.025).min(alone))).max(0.0), high: best + reach(at(0.975).max(alone)) }
}

/// A draw of a Poisson variable of mean 1 by inversion.
fn poisson(unit: f64) -> u32 {
    let (mut k, mut term) = (0, (-1.0f64).exp());
    let mut below = term;
    while unit > below && k < 20 {
        k += 1;
        term /= f64::from(k);
        below += term;
    }
    k
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sum of 400 independent cells of 1: variance 400 under Poisson weights, so 1.96 x 20 = 39.
    #[test]
    fn the_interval_is_that_of_the_sum() {
        let mut tally = Tally::default();
        (0..400).for_each(|month| tally.alone(7, month, 1.0));
        let found = tally.total(Seed(1));
        assert_eq!(found.best, 400.0);
        assert!((found.low - 361.0).abs() < 5.0 && (found.high - 439.0).abs() < 5.0, "{found:?}");
        assert_eq!(tally.by_area(Seed(1)), [(7, found)]);
        assert_eq!(tally.total(Seed(1)), found);
    }

    #[test]
    fn a_list_varies_by_its_doubtful_pairs_only() {
        let mut tally = Tally::default();
        (0..100).for_each(|_| tally.listed(1, 0.9));
        let found = tally.total(Seed(1));
        // 100 x 0.9 x 0.1 = 9: three either way, times 1.96.
        assert!((found.best - 90.0).abs() < 1e-9 && (found.high - found.best - 5.88).abs() < 1e-6, "{found:?}");
        assert_eq!(Tally::default().total(Seed(1)), Interval { best: 0.0, low: 0.0, high: 0.0 });
    }
}

//! Links nobody has seen: at least how many there are.
//!
//! # Answers
//! How many links exist at least, those that no record has shown included?
//!
//! # Source
//! Chao (1984), Scandinavian Journal of Statistics 11, 265-270, in the bias-corrected form
//! `S + f1 (f1 - 1) / (2 (f2 + 1))`; Chao (1987), Biometrics 43, 783-791, for occasions; Good
//! (1953), Biometrika 40, 237-264, for coverage.
//!
//! # Assumes
//! - Records (or years) are drawn independently. Where reporters differ in how much they report,
//!   and they do, more is unseen than this says: it is a lower bound, and shown as "at least".
//!
//! # Shapes and units
//! One count a link seen: its records, or the years in which it was seen.
//!
//! # Cost
//! O(links).
//!
//! # Does not
//! Say which links are missing.
//!
//! # Checked by
//! `tests` here (1,070.1 of 750, 289 and 129; 1,143.1 by years); the file of UNODC in
//! `tests/it/real.rs`; a planted world where the bound holds.

use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "unseen",
    verb: "routes",
    name: ["Links nobody has seen", "Enlaces que nadie ha visto"],
    answers: ["How many links exist at least?", "¿Cuántos enlaces existen, como mínimo?"],
    source: "Chao (1984), Scandinavian Journal of Statistics 11, 265-270; Chao (1987), Biometrics 43, 783-791",
};

/// How much has not been seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unseen {
    /// Links seen.
    pub seen: u64,
    /// Links seen once.
    pub once: u64,
    /// Links seen twice.
    pub twice: u64,
    /// At least so many links.
    pub at_least: f64,
    /// Share of sightings that fall on links seen before (Good and Turing); NaN of none.
    pub coverage: f64,
}

/// At least how many links there are, by how many records each one seen has.
pub fn by_records(records: impl IntoIterator<Item = u64>) -> Unseen {
    chao(records, 1.0)
}

/// The same by the number of years in which each was seen, of `years` watched.
pub fn by_occasions(seen_in: impl IntoIterator<Item = u64>, years: u64) -> Unseen {
    chao(seen_in, if years > 0 { (years - 1) as f64 / years as f64 } else { 1.0 })
}

fn chao(counts: impl IntoIterator<Item = u64>, factor: f64) -> Unseen {
    let (mut seen, mut once, mut twice, mut total) = (0u64, 0u64, 0u64, 0u64);
    for count in counts.into_iter().filter(|c| *c > 0) {
        seen += 1;
        total += count;
        once += u64::from(count == 1);
        twice += u64::from(count == 2);
    }
    let (f1, f2) = (once as f64, twice as f64);
    let at_least = seen as f64 + factor * f1 * (f1 - 1.0).max(0.0) / (2.0 * (f2 + 1.0));
    Unseen { seen, once, twice, at_least, coverage: 1.0 - f1 / total as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::chance::poisson;
    use atalaya_kernel::Seed;

    fn counts(once: usize, twice: usize, more: usize) -> Vec<u64> {
        [vec![1; once], vec![2; twice], vec![5; more]].concat()
    }

    /// T5: 750 links, 289 of one record, 129 of two; by years 416 and 182 of six.
    #[test]
    fn the_counts_of_the_reference() {
        let found = by_records(counts(289, 129, 332));
        assert!((found.at_least - 1_070.1).abs() < 0.05, "{found:?}");
        assert!((by_occasions(counts(416, 182, 152), 6).at_least - 1_143.1).abs() < 0.05);
    }

    #[test]
    fn nothing_seen_is_nothing_said() {
        let none = by_records([]);
        assert_eq!((none.seen, none.at_least), (0, 0.0));
        assert!(none.coverage.is_nan());
        assert_eq!(by_records([1]).at_least, 1.0);
        assert_eq!(by_occasions([], 0).at_least, 0.0);
    }

    /// 400 links of which each is found 0, 1, 2 ... times, some much more often than others.
    #[test]
    fn the_bound_lies_between_what_is_seen_and_what_is_there() {
        for seed in 1..=20 {
            let mut stream = Seed(seed).stream(1);
            let counts: Vec<u64> = (0..400).map(|i| poisson(&mut stream, if i % 2 == 0 { 0.4 } else { 4.0 })).collect();
            let found = by_records(counts);
            assert!((found.seen as f64) < found.at_least && found.at_least < 440.0, "{found:?}");
        }
    }
}

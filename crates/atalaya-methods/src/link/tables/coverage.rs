//! Coverage: how many true pairs no blocking rule makes.
//!
//! # Answers
//! How much recall does blocking cost, and how much does each rule bring?
//!
//! # Source
//! Chao (1987), Biometrics 43(4), 783-791: a lower bound from capture-recapture; for blocking,
//! Herzog, Scheuren & Winkler (2007), Data Quality and Record Linkage Techniques, chapter 14.
//!
//! # Assumes
//! Rules catch true pairs as traps catch animals, some pairs more easily than others. Pairs are
//! weighted by the probability that they are true.
//!
//! # Shapes and units
//! Expected true pairs per set of rules. With f1 caught by one rule and f2 by two, about
//! `f1 (f1 - 1) / (2 (f2 + 1))` were caught by none.
//!
//! # Cost
//! Linear in distinct sets of rules.
//!
//! # Does not
//! See pairs that agree on nothing a rule could use: the loss is a lower bound.
//!
//! # Checked by
//! `chao_by_hand`, `independent_rules_of_a_planted_world`, `a_rule_more_never_raises_the_pairs_missed_by_all`.

use std::collections::BTreeMap;

use crate::card::Card;

/// The method in a few words.
pub const CARD: Card = Card {
    id: "coverage",
    verb: "link",
    name: ["Coverage of blocking", "Cobertura del bloqueo"],
    answers: ["How many true pairs does no blocking rule make?", "¿Cuántos pares verdaderos no genera ninguna regla de bloqueo?"],
    source: "Chao (1987), Biometrics 43(4), 783-791",
};

/// What blocking lets through.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Coverage {
    /// Expected true pairs among those made.
    pub made: f64,
    /// Estimated true pairs made by no rule, at least.
    pub missed: f64,
    /// Per rule: expected true pairs it makes.
    pub by_rule: Vec<f64>,
    /// Per rule: expected true pairs no other rule makes.
    pub alone: Vec<f64>,
}

impl Coverage {
    /// The share of true pairs that are lost.
    pub fn loss(&self) -> f64 {
        if self.made > 0.0 { self.missed / (self.made + self.missed) } else { 0.0 }
    }
}

/// Coverage from expected true pairs per set of rules; bit `r` of a set is rule `r`.
pub fn coverage(sets: &BTreeMap<u64, f64>, rules: usize) -> Coverage {
    let mut coverage = Coverage { by_rule: vec![0.0; rules], alone: vec![0.0; rules], ..Coverage::default() };
    let (mut once, mut twice) = (0.0, 0.0);
    for (&set, &pairs) in sets {
        coverage.made += pairs;
        (0..rules).filter(|r| set >> r & 1 == 1).for_each(|r| coverage.by_rule[r] += pairs);
        match set.count_ones() {
            1 => {
                once += pairs;
                coverage.alone[set.trailing_zeros() as usize] += pairs;
            }
            2 => twice += pairs,
            _ => {}
        }
    }
    if rules > 1 {
        coverage.missed = (once * (once - 1.0)).max(0.0) / (2.0 * (twice + 1.0));
    }
    coverage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chao_by_hand() {
        let found = coverage(&BTreeMap::from([(0b01, 6.0), (0b10, 4.0), (0b11, 8.0)]), 2);
        assert_eq!(found.missed, 10.0 * 9.0 / (2.0 * 9.0));
        assert_eq!((found.by_rule, found.alone, found.made), (vec![14.0, 12.0], vec![6.0, 4.0], 18.0));
        assert!((Coverage { made: 15.0, missed: 5.0, ..Coverage::default() }.loss() - 0.25).abs() < 1e-12);
        assert_eq!(coverage(&BTreeMap::new(), 2).loss(), 0.0);
    }

    /// Two independent rules that catch half each: a quarter is missed, and Chao finds it.
    #[test]
    fn independent_rules_of_a_planted_world() {
        let found = coverage(&BTreeMap::from([(0b01, 25_000.0), (0b10, 25_000.0), (0b11, 25_000.0)]), 2);
        // Of two traps Chao's formula expects f1^2 / (2 f2): 2 x 25,000 here, an upper estimate.
        assert!(found.missed >= 25_000.0);
        let four: BTreeMap<u64, f64> = (1..16u64).map(|set| (set, 100_000.0 / 16.0)).collect();
        let found = coverage(&four, 4);
        assert!((found.missed / (100_000.0 / 16.0) - 4.0 / 3.0).abs() < 0.01, "{}", found.missed);
    }

    #[test]
    fn a_rule_more_never_raises_the_pairs_missed_by_all() {
        let few = coverage(&BTreeMap::from([(0b01, 50.0), (0b10, 50.0), (0b11, 100.0)]), 2);
        let more = coverage(&BTreeMap::from([(0b001, 10.0), (0b010, 10.0), (0b101, 40.0), (0b110, 40.0), (0b111, 100.0)]), 3);
        assert!(more.missed <= few.missed);
    }
}

//! Term frequencies: agreeing on a rare value says more than agreeing on a common one.
//!
//! # Answers
//! How much more, or less, does this value's agreement weigh than the average one of its level?
//!
//! # Source
//! Winkler (1989), "Frequency-based matching in Fellegi-Sunter model of record linkage", Bureau of
//! the Census; Newcombe et al. (1959), Science 130, 954-959.
//!
//! # Assumes
//! A value's share of all rows is the chance that a record of somebody else has it.
//!
//! # Shapes and units
//! A share per code of a column; adjustments in bits, added to the weight of the level.
//!
//! # Cost
//! One pass over a column; a look-up per pair.
//!
//! # Does not
//! Know which values are near which: at a level of likeness short of equality the commoner of the
//! two values counts, and half in bits, because the values near it are partly others.
//!
//! # Checked by
//! `winkler_by_hand`, `the_average_adjustment_leaves_the_chance_of_agreement`.

use crate::card::Card;
use crate::link::tables::compare::{Comparison, Measure};
use crate::link::tables::table::{ABSENT, Column, Table};

/// The method in a few words.
pub const CARD: Card = Card {
    id: "frequencies",
    verb: "link",
    name: ["Term frequencies", "Frecuencia de los valores"],
    answers: [
        "How much more does agreeing on a rare value weigh than agreeing on a common one?",
        "¿Cuánto más pesa coincidir en un valor raro que en uno común?",
    ],
    source: "Winkler (1989), Frequency-based matching in Fellegi-Sunter model of record linkage",
};

/// The share of each value of a column, and the chance that two rows agree.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// `log2` of the share of rows with a value that have this one, per code.
    pub bits: Vec<f32>,
    /// `log2` of the chance that two rows that have a value agree.
    pub agree: f32,
}

/// Shares of a column's values.
pub fn shares(column: &Column) -> Shares {
    let mut counts = vec![0u64; column.texts.len()];
    for &code in column.codes.iter().filter(|c| **c != ABSENT) {
        counts[code as usize] += 1;
    }
    let rows = counts.iter().sum::<u64>() as f64;
    let agree: f64 = counts.iter().map(|&n| (n as f64 / rows).powi(2)).sum();
    Shares { bits: counts.iter().map(|&n| (n as f64 / rows).log2() as f32).collect(), agree: agree.log2() as f32 }
}

/// Adjustments of all comparisons: for each, for each level, the columns that count and how much.
#[derive(Debug)]
pub struct Rarity {
    shares: Vec<Option<Shares>>,
    by_level: Vec<Vec<Vec<(usize, f32)>>>,
}

impl Rarity {
    /// Counts the columns that some comparison wants.
    pub fn new(table: &Table, comparisons: &[Comparison]) -> Rarity {
        let wanted = |c: usize| comparisons.iter().any(|k| k.rarity.contains(&c));
        let shares = table.columns.iter().enumerate().map(|(c, column)| wanted(c).then(|| shares(column))).collect();
        Rarity { shares, by_level: comparisons.iter().map(by_level).collect() }
    }

    /// What a pair's values add to the weight of a comparison's level, in bits.
    pub fn bits(&self, comparison: usize, level: u8, a: &[u32], b: &[u32]) -> f32 {
        let columns = self.by_level[comparison].get(usize::from(level)).map_or(&[][..], Vec::as_slice);
        let mut sum = 0.0;
        for &(column, factor) in columns {
            if let Some(shares) = &self.shares[column]
                && a[column] != ABSENT
                && b[column] != ABSENT
            {
                let commoner = shares.bits[a[column] as usize].max(shares.bits[b[column] as usize]);
                sum += factor * (shares.agree - commoner);
            }
        }
        sum
    }
}

/// Per level the rarity columns its conditions look at: whole where equal, half where alike.
fn by_level(comparison: &Comparison) -> Vec<Vec<(usize, f32)>> {
    let of_level = |any: &Vec<Vec<crate::link::tables::compare::Condition>>| {
        let mut columns: Vec<(usize, f32)> = Vec::new();
        for condition in any.first().into_iter().flatten() {
            let (looked_at, factor): (Vec<usize>, f32) = match condition.measure {
                Measure::Equal(c) => (vec![c], 1.0),
                Measure::Swapped(c, d) => (vec![c, d], 0.5),
                Measure::JaroWinkler(c) | Measure::Levenshtein(c) | Measure::DamerauLevenshtein(c) | Measure::Begins(c) => (vec![c], 0.5),
                _ => (vec![], 0.0),
            };
            columns.extend(looked_at.into_iter().filter(|c| comparison.rarity.contains(c)).map(|c| (c, factor)));
        }
        columns
    };
    comparison.levels.iter().map(|level| of_level(&level.any)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::tables::compare::{Condition, Level};
    use crate::link::tables::table::Interner;

    fn names() -> Table {
        let mut interner = Interner::new("surname");
        // Shares 1/2, 1/4, 1/8, 1/8: agreement by chance 1/4 + 1/16 + 1/64 + 1/64 = 11/32.
        ["smith", "smith", "smith", "smith", "jones", "jones", "huxley", "zabrinsky", ""].iter().for_each(|n| interner.push(n));
        Table { columns: vec![interner.finish()], rows: 9, split: None }
    }

    fn comparison(measure: Measure) -> Comparison {
        let level = Level { name: "x".into(), any: vec![vec![Condition { measure, low: 1.0, high: 1.0 }]] };
        Comparison { name: "surname".into(), columns: vec![0], levels: vec![level], rarity: vec![0] }
    }

    /// log2 of 11/32 over the value's share.
    #[test]
    fn winkler_by_hand() {
        let table = names();
        let rarity = Rarity::new(&table, &[comparison(Measure::Equal(0))]);
        let expected = |share: f64| ((11.0 / 32.0) / share).log2() as f32;
        assert!((rarity.bits(0, 0, &[0], &[0]) - expected(0.5)).abs() < 1e-6);
        assert!((rarity.bits(0, 0, &[3], &[3]) - expected(0.125)).abs() < 1e-6);
        assert_eq!(rarity.bits(0, 1, &[3], &[3]), 0.0, "anything else is not adjusted");
        assert_eq!(rarity.bits(0, 0, &[ABSENT], &[3]), 0.0);
        let alike = Rarity::new(&table, &[comparison(Measure::JaroWinkler(0))]);
        assert!((alike.bits(0, 0, &[0], &[3]) - expected(0.5) / 2.0).abs() < 1e-6, "the commoner counts, by half");
    }

    /// Weighted by how often a value agrees by chance, the adjusted chances add up to the level's.
    #[test]
    fn the_average_adjustment_leaves_the_chance_of_agreement() {
        let shares = shares(&names().columns[0]);
        let total: f64 = shares.bits.iter().map(|b| f64::from(*b).exp2().powi(2)).sum();
        assert!((total.log2() - f64::from(shares.agree)).abs() < 1e-6);
    }
}

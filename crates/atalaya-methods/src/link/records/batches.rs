//! Lists loaded twice, seen by their even numbers.
//!
//! # Answers
//! Over which days does every row of an area stand there an even number of times?
//!
//! # Source
//! The batch test of the study of UNODC individual seizures 2011-2016 (share of
//! distinct rows with even multiplicity), as a likelihood-ratio scan (Kulldorff 1997, Communications
//! in Statistics 26(6), with a Bernoulli model).
//!
//! # Assumes
//! Rows doubled by loading are equal in every field; chance repeats of an area are
//! even at one rate, which is measured outside the stretches found.
//!
//! # Shapes and units
//! Rows in; stretches of days with their distinct and even rows, and pairs.
//!
//! # Cost
//! O(rows log rows).
//!
//! # Does not
//! See a list entered again with changes (`twins` does).
//!
//! # Checked by
//! The tests below, and the real file in `crates/atalaya/tests/it/linking.rs`.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::prepare::Prepared;
use super::rows::Field;
use super::stretch::{least, stretches};
use crate::Card;

/// What this file does, as data.
pub const CARD: Card = Card {
    id: "batches",
    verb: "link",
    name: ["Lists loaded twice", "Listas cargadas dos veces"],
    answers: [
        "Over which days does every row of an area stand there an even number of times?",
        "¿En qué días cada fila de un área figura un número par de veces?",
    ],
    source: "Kulldorff 1997, A spatial scan statistic, Communications in Statistics 26(6), Bernoulli model, on even multiplicity",
};

/// Share of rows that stay odd in a doubled list: late corrections, rows typed again.
const STRAY: f64 = 0.03;
/// Distinct rows a stretch needs: fewer are pairs, not a list.
const FEWEST: u64 = 5;
/// Rounds of measuring chance outside what was found.
const ROUNDS: usize = 4;

/// What makes two rows one row: all but texts that only say how an area or a substance was written.
const IDENTITY: [Field; 15] = [
    Field::Source,
    Field::Agency,
    Field::Area,
    Field::Admin,
    Field::Place,
    Field::Substance,
    Field::Amount,
    Field::Unit,
    Field::Producing,
    Field::Departure,
    Field::Destination,
    Field::Transport,
    Field::Routing,
    Field::Hiding,
    Field::Installation,
];

/// Equal rows of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copies {
    /// Source and area.
    pub list: (u32, u32),
    pub block: i32,
    /// In file order.
    pub rows: Vec<u32>,
}

/// A list that was loaded twice.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubled {
    /// Code of its source.
    pub source: u32,
    /// Area, by the numbers of the preparation.
    pub(super) area: u32,
    /// First block.
    pub(super) from: i32,
    /// Last block.
    pub(super) to: i32,
    /// Rows in the stretch.
    pub rows: u64,
    /// Distinct rows.
    pub distinct: u64,
    /// Distinct rows that stand there an even number of times.
    pub even: u64,
    /// The share of even rows by chance, outside.
    pub chance: f64,
    /// The k-th copy with the k-th: pairs of rows.
    pub pairs: Vec<(u32, u32)>,
}

impl Doubled {
    /// Share of its distinct rows that are doubled, kept off 0 and 1.
    pub fn share(&self) -> f64 {
        (self.even as f64 + 0.5) / (self.distinct as f64 + 1.0)
    }
}

/// Equal rows of every day, by source, area and day.
pub(super) fn copies(prepared: &Prepared<'_>) -> Vec<Copies> {
    let records = prepared.records;
    let hasher = FixedState::default();
    let identity = |row: u32| IDENTITY.map(|f| records.code(row as usize, f));
    let mut keyed: Vec<(u32, u32, i32, u64, u32)> = (0..records.len() as u32)
        .filter(|r| records.day[*r as usize] != atalaya_kernel::record::NO_DAY)
        .map(|r| {
            let at = r as usize;
            (records.code(at, Field::Source), prepared.area[at], prepared.block[at], hasher.hash_one(identity(r)), r)
        })
        .collect();
    keyed.sort_unstable();
    let mut all: Vec<Copies> = Vec::new();
    for (source, area, block, _, row) in keyed {
        let same = all.last().is_some_and(|c| c.list == (source, area) && c.block == block && identity(c.rows[0]) == identity(row));
        match all.last_mut() {
            Some(last) if same => last.rows.push(row),
            _ => all.push(Copies { list: (source, area), block, rows: vec![row] }),
        }
    }
    all
}

/// Every list loaded twice, by source, area and day.
pub(super) fn doubled(all: &[Copies]) -> Vec<Doubled> {
    let lists: Vec<&[Copies]> = all.chunk_by(|a, b| a.list == b.list).collect();
    lists.iter().flat_map(|list| of_list(list, lists.len())).collect()
}

fn of_list(list: &[Copies], searches: usize) -> Vec<Doubled> {
    let days: Vec<&[Copies]> = list.chunk_by(|a, b| a.block == b.block).collect();
    let counts: Vec<(u64, u64)> =
        days.iter().map(|day| (day.iter().filter(|c| c.rows.len() % 2 == 0).count() as u64, day.len() as u64)).collect();
    let needed = least(days.len(), searches);
    let mut inside = vec![false; days.len()];
    let (mut found, mut chance) = (Vec::new(), 0.0);
    for _ in 0..ROUNDS {
        chance = chance_of_even(&counts, &inside);
        let score =
            |(even, all): &(u64, u64)| *even as f64 * ((1.0 - STRAY) / chance).ln() + (all - even) as f64 * (STRAY / (1.0 - chance)).ln();
        let scores: Vec<f64> = counts.iter().map(score).collect();
        found = stretches(&scores, needed);
        let mut now = vec![false; days.len()];
        found.iter().for_each(|s| now[s.from..s.to].fill(true));
        if now == inside {
            break;
        }
        inside = now;
    }
    let doubled = found.iter().map(|s| doubled_list(&days[s.from..s.to], chance));
    doubled.filter(|d| d.distinct >= FEWEST).collect()
}

/// The share of distinct rows that are even outside of `inside`, kept off 0 and off a half.
fn chance_of_even(counts: &[(u64, u64)], inside: &[bool]) -> f64 {
    let outside = counts.iter().zip(inside).filter(|(_, inside)| !**inside).map(|(c, _)| c);
    let (even, all) = outside.fold((0, 0), |sum, c| (sum.0 + c.0, sum.1 + c.1));
    // A prior worth 50 rows at 2 %, so that a short list has a chance rate, too.
    ((even as f64 + 1.0) / (all as f64 + 50.0)).clamp(0.001, 0.5)
}

fn doubled_list(days: &[&[Copies]], chance: f64) -> Doubled {
    let first = &days[0][0];
    let all = || days.iter().flat_map(|d| d.iter());
    let pairs = all().flat_map(|c| {
        let half = c.rows.len() / 2;
        (0..half).map(move |k| (c.rows[k], c.rows[k + half + c.rows.len() % 2]))
    });
    Doubled {
        source: first.list.0,
        area: first.list.1,
        from: first.block,
        to: days.last().map_or(first.block, |d| d[0].block),
        rows: all().map(|c| c.rows.len() as u64).sum(),
        distinct: all().count() as u64,
        even: all().filter(|c| c.rows.len() % 2 == 0).count() as u64,
        chance,
        pairs: pairs.collect(),
    }
}

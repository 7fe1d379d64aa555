//! Lists entered twice with changes: other units, another script, fields left out, codes shifted.
//!
//! # Answers
//! Over which days does nearly every record of an area have a twin?
//!
//! # Source
//! A likelihood-ratio scan over days (Kulldorff 1997, Communications in Statistics 26(6),
//! Bernoulli model); within a stretch, Fellegi-Sunter with the list's own m probabilities.
//!
//! # Assumes
//! In a list entered twice three records in four have a twin; elsewhere twins are as
//! rare as double reports are in all areas. What differs systematically between the two copies is
//! learned from the list and does not speak against a pair of it.
//!
//! # Shapes and units
//! Compared pairs in; stretches of days with their pairs, one to one, out.
//!
//! # Cost
//! O(rows + pairs log pairs).
//!
//! # Does not
//! Find a list of fewer than three twins, or one repeated by another agency.
//!
//! # Checked by
//! The tests of `reports`; the real file in `crates/atalaya/tests/it/linking.rs`.

use std::collections::BTreeMap;

use super::amount::Agreement;
use super::model::{Compared, Model, Sums};
use super::placebo::Null;
use super::prepare::{Kinship, NONE, Prepared};
use super::rows::Field;
use super::stretch::{least, stretches};
use crate::Card;
use crate::link::waterfall::probability;

/// What this file does, as data.
pub const CARD: Card = Card {
    id: "twins",
    verb: "link",
    name: ["Lists entered twice with changes", "Listas ingresadas dos veces con cambios"],
    answers: [
        "Over which days does nearly every record of an area have a twin?",
        "¿En qué días casi cada registro de un área tiene un gemelo?",
    ],
    source: "Kulldorff 1997, A spatial scan statistic, Communications in Statistics 26(6), Bernoulli model",
};

/// Share of the records of a list entered twice that have a twin.
const TWINNED: f64 = 0.75;
/// Bits from which a pair is a twin, if half of the records had one.
const TWIN: f64 = 3.0;
/// A place that differs counts no more than this against a twin: places are written anew.
const PLACE: f64 = -2.0;
/// Chance partners a record may have before nothing can be told of it.
const TOLD: f64 = 0.1;
/// Pairs a list has at least.
const FEWEST: usize = 3;
/// Matches from elsewhere that a list's own are weighed against.
const STRENGTH: f64 = 5.0;

/// A list entered twice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Twinned {
    pub source: u32,
    pub area: u32,
    pub from: i32,
    pub to: i32,
    /// Its rows, sorted.
    pub rows: Vec<u32>,
    /// Pairs, with prior and weights in bits.
    pub pairs: Vec<(Compared, [f64; 7])>,
    /// What its two copies agree in.
    pub model: Model,
}

/// What is known so far.
pub(super) struct Known<'a> {
    pub pairs: &'a [Compared],
    pub model: &'a Model,
    pub null: &'a Null,
    /// By row, whether it is in a list loaded twice as it was.
    pub doubled: &'a [bool],
    /// By row, records of its day that chance gives its amount.
    pub partners: &'a [f64],
}

/// Every list entered twice with changes.
pub(super) fn twinned(prepared: &Prepared<'_>, known: &Known<'_>) -> Vec<Twinned> {
    let records = prepared.records;
    let mut best: Vec<Option<(f64, u32)>> = vec![None; records.len()];
    for (at, compared) in known.pairs.iter().enumerate() {
        let bits = twin_bits(prepared, known, compared);
        if bits < TWIN || !may_be_twins(compared) {
            continue;
        }
        for row in [compared.pair.a, compared.pair.b] {
            let held = &mut best[row as usize];
            if held.is_none_or(|(b, _)| bits > b) {
                *held = Some((bits, at as u32));
            }
        }
    }
    let mut lists: BTreeMap<(u32, u32), BTreeMap<i32, Vec<u32>>> = BTreeMap::new();
    for row in 0..records.len() {
        if prepared.group[row] != NONE && !known.doubled[row] {
            let key = (records.code(row, Field::Source), prepared.area[row]);
            lists.entry(key).or_default().entry(prepared.block[row]).or_default().push(row as u32);
        }
    }
    let searches = lists.len();
    let mut by_list: BTreeMap<(u32, u32), Vec<&Compared>> = BTreeMap::new();
    for compared in known.pairs.iter().filter(|c| may_be_twins(c)) {
        let row = compared.pair.a as usize;
        by_list.entry((records.code(row, Field::Source), prepared.area[row])).or_default().push(compared);
    }
    let empty = Vec::new();
    lists.iter().flat_map(|(key, days)| of_list(prepared, known, *key, days, &best, by_list.get(key).unwrap_or(&empty), searches)).collect()
}

/// One reporter, a day apart at most, amounts that agree.
fn may_be_twins(compared: &Compared) -> bool {
    let pattern = &compared.pattern;
    !pattern.two_reporters && pattern.lag <= 1 && pattern.amount <= Agreement::Digits && pattern.kinship <= Kinship::Group
}

/// What speaks for a pair in a list in which half of the records repeat another: amount and place.
fn twin_bits(prepared: &Prepared<'_>, known: &Known<'_>, compared: &Compared) -> f64 {
    let weights = known.model.weights(prepared, compared, known.null, 0.5);
    weights[0] + weights[3] + weights[4].max(PLACE)
}

fn of_list(
    prepared: &Prepared<'_>,
    known: &Known<'_>,
    key: (u32, u32),
    days: &BTreeMap<i32, Vec<u32>>,
    best: &[Option<(f64, u32)>],
    pairs: &[&Compared],
    searches: usize,
) -> Vec<Twinned> {
    let elsewhere = (2.0 * known.model.overall).clamp(0.02, 0.2);
    let score = |row: &u32| match best[*row as usize] {
        _ if known.partners[*row as usize] > TOLD => 0.0,
        Some(_) => (TWINNED / elsewhere).ln(),
        None => ((1.0 - TWINNED) / (1.0 - elsewhere)).ln(),
    };
    let blocks: Vec<(&i32, &Vec<u32>)> = days.iter().collect();
    let scores: Vec<f64> = blocks.iter().map(|(_, rows)| rows.iter().map(score).sum()).collect();
    let found = stretches(&scores, least(days.len(), searches));
    let listed = found.iter().filter_map(|s| {
        let (from, to) = (*blocks[s.from].0, *blocks[s.to - 1].0);
        let mut rows: Vec<u32> = blocks[s.from..s.to].iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
        rows.sort_unstable();
        let inside: Vec<Compared> =
            pairs.iter().filter(|c| [c.pair.a, c.pair.b].iter().all(|r| rows.binary_search(r).is_ok())).map(|c| **c).collect();
        let (pairs, model) = matched(prepared, known, &inside, best, rows.len());
        (pairs.len() >= FEWEST).then_some(Twinned { source: key.0, area: key.1, from, to, rows, pairs, model })
    });
    listed.collect()
}

/// The pairs of a list, one to one, the best first, under the list's own model.
fn matched(
    prepared: &Prepared<'_>,
    known: &Known<'_>,
    inside: &[Compared],
    best: &[Option<(f64, u32)>],
    rows: usize,
) -> (Vec<(Compared, [f64; 7])>, Model) {
    let is_best = |row: u32, c: &Compared| best[row as usize].is_some_and(|(_, at)| known.pairs[at as usize].pair == c.pair);
    let mutual: Vec<&Compared> = inside.iter().filter(|c| is_best(c.pair.a, c) && is_best(c.pair.b, c)).collect();
    let mut sums = Sums::default();
    mutual.iter().for_each(|c| sums.add(&c.pattern, 1.0));
    let model = sums.of_list(known.model, STRENGTH);
    let repeats = (mutual.len() as f64 / rows.max(1) as f64).clamp(0.05, 0.49);
    let mut scored: Vec<(f64, Compared, [f64; 7])> = inside
        .iter()
        .map(|c| {
            let weights = model.weights(prepared, c, known.null, repeats);
            (weights.iter().sum(), *c, weights)
        })
        .collect();
    scored.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1.pair.a, x.1.pair.b).cmp(&(y.1.pair.a, y.1.pair.b))));
    let mut taken: Vec<u32> = Vec::new();
    let mut pairs = Vec::new();
    for (bits, compared, weights) in scored {
        let rows = [compared.pair.a, compared.pair.b];
        if probability(bits) >= 0.5 && !rows.iter().any(|r| taken.contains(r)) {
            taken.extend(rows);
            pairs.push((compared, weights));
        }
    }
    pairs.sort_by_key(|(c, _)| (c.pair.a, c.pair.b));
    (pairs, model)
}

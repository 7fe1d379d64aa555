//! How often chance makes two amounts agree.
//!
//! # Answers
//! What share of the records of other days would agree with this one as closely?
//!
//! # Source
//! Absolute discounting with back-off (Ney, Essen and Kneser 1994, Computer Speech and
//! Language 8, 1-38): values seen count by what was seen, values never seen share what seen ones
//! are discounted by; term frequencies in record linkage, Winkler 2000.
//!
//! # Assumes
//! Within area, substance and place an amount is as common on one day as on others.
//!
//! # Shapes and units
//! Prepared records and a pair in; a probability out.
//!
//! # Cost
//! O(log rows) a pair, O(rows log rows) once.
//!
//! # Does not
//! Know of amounts that go with one day, as equal parcels of one consignment do.
//!
//! # Checked by
//! The tests of `reports`.

use rayon::prelude::*;

use super::amount::{Agreement, Amount};
use super::candidates::Candidate;
use super::prepare::{Kinship, Prepared};
use crate::Card;

/// What this file does, as data.
pub const CARD: Card = Card {
    id: "chance",
    verb: "link",
    name: ["Chance of equal amounts", "Azar de cantidades iguales"],
    answers: [
        "What share of the records of other days would agree with this one as closely?",
        "¿Qué proporción de los registros de otros días coincidiría tanto con este?",
    ],
    source: "Ney, Essen and Kneser 1994, On structuring probabilistic dependences, Computer Speech and Language 8, 1-38",
};

/// What a value seen is discounted by, in records.
const DISCOUNT: f64 = 0.5;
/// Amounts a tenth larger and smaller tell how many lie near.
const NEAR: f64 = 0.1;
/// Digits amounts may carry, at most.
const DIGITS: usize = 16;

/// Sorted values, how many are distinct, and how many digits they carry.
struct Values {
    sorted: Vec<f64>,
    distinct: usize,
    carrying: [u32; DIGITS],
}

impl Values {
    fn new(mut values: Vec<(f64, usize)>) -> Values {
        values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut carrying = [0; DIGITS];
        values.iter().for_each(|v| carrying[v.1] += 1);
        let sorted: Vec<f64> = values.into_iter().map(|v| v.0).collect();
        let distinct = sorted.chunk_by(|a, b| b - a <= b * 1e-9).count();
        Values { sorted, distinct, carrying }
    }

    fn within(&self, (from, to): (f64, f64)) -> usize {
        self.sorted.partition_point(|v| *v <= to) - self.sorted.partition_point(|v| *v < from)
    }
}

/// Discounted share of what was seen, and the rest by what is expected elsewhere.
fn backed(seen: usize, all: usize, distinct: usize, elsewhere: f64) -> f64 {
    let known = (seen as f64 - DISCOUNT).max(0.0) / (all as f64).max(1.0);
    let new = ((distinct as f64 * DISCOUNT + 1.0) / (all as f64 + 1.0)).min(1.0);
    (known + new * elsewhere).min(1.0)
}

/// A stratum at one place: its part of [`Chance::placed`] and its distinct values.
#[derive(Debug, Clone, Copy)]
struct Spot {
    key: (u32, u32),
    from: usize,
    to: usize,
    distinct: usize,
}

/// How common amounts are: by stratum, by substance in all areas, and by place.
pub(super) struct Chance {
    strata: Vec<Values>,
    pools: Vec<Values>,
    pool_of: Vec<u32>,
    /// Stratum, place, value, block.
    placed: Vec<(u32, u32, u32, i32)>,
    spots: Vec<Spot>,
    /// What a chance of 2^-n turned out to be.
    borne_out: Vec<f64>,
}

/// Powers of one half that chances are told apart by.
const POWERS: usize = 40;
/// Agreements by chance that the model itself is given before it is held against placebo.
const FAITH: f64 = 0.05;

fn power(chance: f64) -> usize {
    (-chance.log2()).floor().clamp(0.0, POWERS as f64 - 1.0) as usize
}

impl Chance {
    pub fn new(prepared: &Prepared<'_>) -> Chance {
        let first = |s: usize| prepared.rows(prepared.groups_of[s].0 as usize)[0];
        let key = |s: usize| (prepared.substance[first(s) as usize], prepared.amount_of(first(s)).quantity);
        let keys: Vec<_> = (0..prepared.strata).map(key).collect();
        let (pool_of, distinct) = super::prepare::dense(&keys);
        let mut strata: Vec<Vec<(f64, usize)>> = vec![Vec::new(); prepared.strata];
        let mut pools: Vec<Vec<(f64, usize)>> = vec![Vec::new(); distinct.len()];
        let mut placed = Vec::with_capacity(prepared.order.len());
        for &row in &prepared.order {
            let (at, amount) = (row as usize, prepared.amount_of(row));
            let value = (amount.value, carried(amount));
            let stratum = prepared.groups[prepared.group[at] as usize].stratum;
            strata[stratum as usize].push(value);
            pools[pool_of[stratum as usize] as usize].push(value);
            placed.push((stratum, prepared.name[at], prepared.value[at], prepared.block[at]));
        }
        placed.par_sort_unstable();
        let mut spots: Vec<Spot> = Vec::new();
        for (at, row) in placed.iter().enumerate() {
            let key = (row.0, row.1);
            match spots.last_mut() {
                Some(spot) if spot.key == key => {
                    spot.distinct += usize::from(placed[at - 1].2 != row.2);
                    spot.to = at + 1;
                }
                _ => spots.push(Spot { key, from: at, to: at + 1, distinct: 1 }),
            }
        }
        Chance {
            strata: strata.into_par_iter().map(Values::new).collect(),
            pools: pools.into_par_iter().map(Values::new).collect(),
            pool_of,
            placed,
            spots,
            borne_out: (0..POWERS).map(|n| 0.75 * (-(n as f64)).exp2()).collect(),
        }
    }

    /// Holds the chances against placebo pairs: of the records that stood `8` to `28` days from one
    /// whose amount had a chance of about 2^-n, how many had it? A smooth tail makes rare amounts
    /// too rare, since some (ten pounds in grams) are nobody's choice and come again.
    pub fn hold_against(&mut self, prepared: &Prepared<'_>, placebo: &[Candidate], lags: std::ops::RangeInclusive<i32>) {
        let daily = |row: u32| !prepared.area_of[prepared.area[row as usize] as usize].1;
        let rare = |row: u32| daily(row) && prepared.common[row as usize] <= super::candidates::COMMON;
        let (mut met, mut stood) = (vec![0.0; POWERS], vec![0.0; POWERS]);
        for pair in placebo.iter().filter(|p| p.kinship == Kinship::Same && p.amount <= Agreement::Converted && rare(p.a) && rare(p.b)) {
            met[power(self.unheld(prepared, pair))] += 1.0;
        }
        for &row in prepared.order.iter().filter(|r| rare(**r)) {
            let stratum = prepared.groups[prepared.group[row as usize] as usize].stratum;
            let beside = lags.clone().filter_map(|lag| prepared.group_at(stratum, prepared.block[row as usize] + lag));
            stood[power(self.of_row(prepared, row))] += beside.map(|g| prepared.rows(g).len() as f64).sum::<f64>();
        }
        let rate = |n: usize| {
            let own = 0.75 * (-(n as f64)).exp2();
            (met[n] + FAITH) / (stood[n] + met[n] + FAITH / own)
        };
        self.borne_out = falling((0..POWERS).map(|n| (rate(n), stood[n] + 1.0)).collect());
    }

    /// The chance that another record of the stratum has this record's amount.
    pub fn of_row(&self, prepared: &Prepared<'_>, row: u32) -> f64 {
        let alone = Candidate { a: row, b: row, lag: 0, amount: Agreement::Same, kinship: Kinship::Same };
        self.unheld(prepared, &alone)
    }

    fn unheld(&self, prepared: &Prepared<'_>, pair: &Candidate) -> f64 {
        (self.one_way(prepared, pair, pair.a, pair.b) + self.one_way(prepared, pair, pair.b, pair.a)) / 2.0
    }

    /// A chance as placebo bears it out.
    pub fn held(&self, chance: f64) -> f64 {
        let n = power(chance);
        let scale = chance / (0.75 * (-(n as f64)).exp2());
        if n + 1 == POWERS { self.borne_out[n] } else { (self.borne_out[n] * scale).clamp(self.borne_out[n + 1], 1.0) }
    }

    /// The chance that the amounts of a pair agree as they do; `at_place` where both name one place.
    pub fn of(&self, prepared: &Prepared<'_>, pair: &Candidate, at_place: bool) -> f64 {
        let chance = self.held(self.unheld(prepared, pair));
        let equal = matches!(pair.amount, Agreement::Same | Agreement::Converted);
        if at_place && equal && pair.kinship == Kinship::Same { self.at_place(prepared, pair, chance) } else { chance }
    }

    /// The chance that another record of `b`'s stratum agrees with `a` at this level, records of
    /// their own days left out.
    fn one_way(&self, prepared: &Prepared<'_>, pair: &Candidate, a: u32, b: u32) -> f64 {
        let (amount, other) = (prepared.amount_of(a), prepared.amount_of(b));
        let seen_from = match pair.amount {
            Agreement::CutOrRounded if other.step > amount.step => other,
            // A slip: what has these digits where `b` is measured.
            Agreement::Digits => other,
            _ => amount,
        };
        let range = seen_from.range(pair.amount);
        let stratum = prepared.groups[prepared.group[b as usize] as usize].stratum;
        let (own, pool) = (&self.strata[stratum as usize], &self.pools[self.pool_of[stratum as usize] as usize]);
        let mut days = vec![prepared.group[b as usize]];
        days.extend(prepared.group_at(stratum, prepared.block[a as usize]).map(|g| g as u32));
        days.sort_unstable();
        days.dedup();
        let (mut here, mut rows) = (0, 0);
        for day in days {
            let day = prepared.rows(day as usize);
            let from = day.partition_point(|r| prepared.amount_of(*r).value < range.0);
            here += day[from..].iter().take_while(|r| prepared.amount_of(**r).value <= range.1).count();
            rows += day.len();
        }
        let equal = matches!(pair.amount, Agreement::Same | Agreement::Converted | Agreement::Digits);
        let smooth = density(pool, seen_from, range, equal);
        let everywhere = backed(pool.within(range) - here, pool.sorted.len() - rows, pool.distinct, smooth);
        backed(own.within(range) - here, own.sorted.len() - rows, own.distinct, everywhere)
    }

    fn at_place(&self, prepared: &Prepared<'_>, pair: &Candidate, chance: f64) -> f64 {
        let row = pair.a as usize;
        let stratum = prepared.groups[prepared.group[row] as usize].stratum;
        let key = (stratum, prepared.name[row]);
        let Ok(at) = self.spots.binary_search_by_key(&key, |s| s.key) else { return chance };
        let spot = self.spots[at];
        let all = &self.placed[spot.from..spot.to];
        let value = prepared.value[row];
        let alike = &all[all.partition_point(|p| p.2 < value)..all.partition_point(|p| p.2 <= value)];
        let days = [prepared.block[row], prepared.block[pair.b as usize]];
        let elsewhen = alike.iter().filter(|p| !days.contains(&p.3)).count();
        backed(elsewhen, all.len() - (alike.len() - elsewhen), spot.distinct, chance)
    }
}

/// The falling sequence nearest to weighted values (pool adjacent violators).
fn falling(values: Vec<(f64, f64)>) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (value, weight) in values {
        pools.push((value, weight, 1));
        while let [.., a, b] = pools[..] {
            if a.0 >= b.0 {
                break;
            }
            pools.truncate(pools.len() - 2);
            pools.push(((a.0 * a.1 + b.0 * b.1) / (a.1 + b.1), a.1 + b.1, a.2 + b.2));
        }
    }
    pools.iter().flat_map(|p| std::iter::repeat_n(p.0, p.2)).collect()
}

/// How many digits an amount carries: 3 for 0.341, 1 for 200.
pub(super) fn carried(amount: &Amount) -> usize {
    (amount.digits.max(1).ilog10() as usize + 1).min(DIGITS - 1)
}

/// What a smooth distribution of amounts would put into a range. For equal figures, onto one of the
/// figures of so many digits that lie near: of 153 there are nine times as many as of 150.
fn density(pool: &Values, amount: &Amount, range: (f64, f64), equal: bool) -> f64 {
    let near = pool.within((amount.value * (1.0 - NEAR), amount.value * (1.0 + NEAR)));
    let near = (near as f64 + 0.5) / (pool.sorted.len() as f64 + 1.0);
    let span = 2.0 * NEAR * amount.value;
    if !equal {
        return near * ((range.1 - range.0) / span).min(1.0);
    }
    let digits = carried(amount);
    let alike = (f64::from(pool.carrying[digits]) + 0.5) / (pool.sorted.len() as f64 + DIGITS as f64 / 2.0);
    // The step of its last digit that is not zero, and how many figures of so many digits lie near.
    let step = amount.value / amount.digits as f64;
    near * alike / (0.9 * span / step).max(1.0)
}

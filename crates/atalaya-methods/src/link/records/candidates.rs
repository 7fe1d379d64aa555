//! Which records are compared, and how often chance would bring such a pair about.
//!
//! # Answers
//! Which pairs could be two reports of one event, and what is left out?
//!
//! # Source
//! Blocking rules of Fellegi and Sunter 1969 (JASA 64, 1183-1210), section 2.4; amounts
//! within 1 % as in the study of UNODC individual seizures 2011-2016.
//!
//! # Assumes
//! Two reports of one event give amounts within 1 %, or equal to the printed precision,
//! or equal in their digits, on days at most three apart.
//!
//! # Shapes and units
//! Prepared records and a lag in days (months) in; pairs out.
//!
//! # Cost
//! O(rows log rows + pairs).
//!
//! # Does not
//! Compare common amounts (of more than 30 records in an area) under two names of a
//! substance or on two days: chance would bring about nearly all of them. They are counted.
//!
//! # Checked by
//! The tests below.

use rayon::prelude::*;

use super::amount::Agreement;
use super::prepare::{Kinship, NONE, Prepared};
use crate::Card;

/// What this file does, as data.
pub const CARD: Card = Card {
    id: "candidates",
    verb: "link",
    name: ["Pairs worth comparing", "Pares que conviene comparar"],
    answers: ["Which pairs could be two reports of one event?", "¿Qué pares podrían ser dos informes de un mismo hecho?"],
    source: "Fellegi and Sunter 1969, A theory for record linkage, JASA 64(328), 1183-1210",
};

/// Days two reports of one event may lie apart.
pub const DAYS: i32 = 3;
/// Records of an area that may share an amount for it to be compared across days and substances.
pub const COMMON: u32 = 30;

/// Two records to compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// The smaller row.
    pub a: u32,
    pub b: u32,
    /// Days (months) between them.
    pub lag: i32,
    pub amount: Agreement,
    pub kinship: Kinship,
}

impl Candidate {
    fn new(x: u32, y: u32, lag: i32, amount: Agreement, kinship: Kinship) -> Candidate {
        Candidate { a: x.min(y), b: x.max(y), lag, amount, kinship }
    }
}

/// What a pass takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass {
    /// Days (months) apart.
    pub lag: i32,
    /// Common amounts as well.
    pub common: bool,
}

/// Pairs of one substance, `lag` apart, in the order of strata and days.
pub(super) fn within_strata(prepared: &Prepared<'_>, pass: Pass) -> Vec<Candidate> {
    let found: Vec<Vec<Candidate>> = (0..prepared.groups.len())
        .into_par_iter()
        .with_min_len(64)
        .map(|at| {
            let group = prepared.groups[at];
            let other = if pass.lag == 0 { Some(at) } else { prepared.group_at(group.stratum, group.block + pass.lag) };
            let mut found = Vec::new();
            if let Some(other) = other {
                between(prepared, prepared.rows(at), prepared.rows(other), pass, &mut found);
            }
            found
        })
        .collect();
    found.concat()
}

/// Pairs of two sorted groups. The coarser amount of a pair looks for the finer one.
fn between(prepared: &Prepared<'_>, left: &[u32], right: &[u32], pass: Pass, out: &mut Vec<Candidate>) {
    let one_day = pass.lag == 0;
    for &row in left {
        seek(prepared, row, right, pass, &mut |found, coarser| coarser || if one_day { row < found } else { true }, out);
    }
    if !one_day {
        for &row in right {
            seek(prepared, row, left, pass, &mut |_, coarser| coarser, out);
        }
    }
}

/// Rows whose amounts `row` agrees with, of those at least as fine: `keep(row found, strictly finer)`.
fn seek(prepared: &Prepared<'_>, row: u32, among: &[u32], pass: Pass, keep: &mut dyn FnMut(u32, bool) -> bool, out: &mut Vec<Candidate>) {
    if !pass.common && prepared.common[row as usize] > COMMON {
        return;
    }
    let amount = prepared.amount_of(row);
    let reach = amount.reach() * (1.0 + 1e-9);
    let from = among.partition_point(|r| prepared.amount_of(*r).value < amount.value - reach);
    for &other in &among[from..] {
        let finer = prepared.amount_of(other);
        if finer.value > amount.value + reach {
            break;
        }
        if other == row || finer.step > amount.step * (1.0 + 1e-9) {
            continue;
        }
        if !pass.common && prepared.common[other as usize] > COMMON {
            continue;
        }
        let strictly = finer.step < amount.step * (1.0 - 1e-9);
        if keep(other, strictly)
            && let Some(level) = agreement(prepared, row, other)
        {
            out.push(Candidate::new(row, other, pass.lag, level, Kinship::Same));
        }
    }
}

fn agreement(prepared: &Prepared<'_>, a: u32, b: u32) -> Option<Agreement> {
    let unit = |r: u32| prepared.records.code(r as usize, super::Field::Unit);
    prepared.amount_of(a).agrees(prepared.amount_of(b), unit(a) == unit(b))
}

/// Pairs of one area, `lag` apart, under two names of a substance or with a slip of the unit.
/// Rare amounts only, and never merely close ones.
pub(super) fn across_substances(prepared: &Prepared<'_>, lag: i32) -> Vec<Candidate> {
    let mut rows: Vec<(u32, i32, u64, u32)> = prepared
        .order
        .iter()
        .filter(|r| prepared.common[**r as usize] <= COMMON && prepared.amount_of(**r).digits >= 10)
        .map(|r| (prepared.area[*r as usize], prepared.block[*r as usize], prepared.amount_of(*r).digits, *r))
        .collect();
    rows.sort_unstable();
    let days: Vec<&[(u32, i32, u64, u32)]> = rows.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)).collect();
    let found: Vec<Vec<Candidate>> = days
        .par_iter()
        .with_min_len(64)
        .map(|day| {
            let mut found = Vec::new();
            let key = (day[0].0, day[0].1 + lag);
            let Ok(at) = days.binary_search_by_key(&key, |d| (d[0].0, d[0].1)) else { return found };
            for left in day.iter() {
                alike(prepared, left.3, days[at], lag, &mut found);
            }
            found
        })
        .collect();
    found.concat()
}

/// Equal digits are looked up; figures cut or rounded begin with the same two digits and are
/// compared one by one, since a day of an area has few rare amounts.
fn alike(prepared: &Prepared<'_>, row: u32, among: &[(u32, i32, u64, u32)], lag: i32, out: &mut Vec<Candidate>) {
    for (.., other) in among {
        let other = *other;
        if other == row || (lag == 0 && other < row) {
            continue;
        }
        let kinship = prepared.kinship(row as usize, other as usize);
        let Some(level) = agreement(prepared, row, other) else { continue };
        let wanted = match level {
            Agreement::Digits => kinship <= Kinship::Within,
            Agreement::Close => false,
            _ => kinship != Kinship::Same,
        };
        if wanted {
            out.push(Candidate::new(row, other, lag, level, kinship));
        }
    }
}

/// Rows of the area on the same day (month), all substances and quantities.
pub(super) fn company(prepared: &Prepared<'_>) -> Vec<u32> {
    let rows = prepared.records.len();
    let keys: Vec<(u32, i32)> = (0..rows).map(|r| (prepared.area[r], prepared.block[r])).collect();
    let (codes, distinct) = super::prepare::dense(&keys);
    let mut counts = vec![0u32; distinct.len()];
    for (row, code) in codes.iter().enumerate() {
        counts[*code as usize] += u32::from(prepared.group[row] != NONE);
    }
    codes.iter().map(|c| counts[*c as usize]).collect()
}

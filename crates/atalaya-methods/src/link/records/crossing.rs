//! One consignment, reported where it left and where it was caught.
//!
//! # Answers
//! Which records of two areas may be reports of one consignment?
//!
//! # Source
//! Observed less placebo at shifted dates, as for pairs of one area (see `placebo`); the
//! transit-aware comparison is ours.
//!
//! # Assumes
//! A consignment reported twice has one amount in both reports, of at least three
//! digits, is reported at most `14` days apart, and one of the reports names the other's area on
//! its route. Pairs `31` to `59` days apart, as many days on either side, are chance.
//!
//! # Shapes and units
//! Prepared records in; pairs with a probability out.
//!
//! # Cost
//! O(rows log rows + pairs of equal amounts).
//!
//! # Does not
//! Compare amounts that more than 30 records of a substance share.
//!
//! # Checked by
//! The tests of `reports`.

use super::amount::Agreement;
use super::candidates::{COMMON, Candidate};
use super::prepare::{Kinship, Prepared};
use super::rows::Field;
use crate::Card;

/// What this file does, as data.
pub const CARD: Card = Card {
    id: "crossing",
    verb: "link",
    name: ["Consignments across borders", "Envíos a través de fronteras"],
    answers: [
        "Which records of two areas may be reports of one consignment?",
        "¿Qué registros de dos áreas pueden ser informes de un mismo envío?",
    ],
    source: "Elias and Gygi 2007, Nature Methods 4(3), 207-214, for observed less placebo; route rule ours",
};

/// Days a consignment may be reported apart.
const TRANSIT: i32 = 14;
/// Days apart at which pairs are chance: as many as those of transit.
const PLACEBO: std::ops::RangeInclusive<i32> = 31..=59;
/// Pairs chance is given before any is seen.
const STRENGTH: f64 = 5.0;

/// Pairs of two areas and the probability that they are one consignment.
pub(super) fn crossing(prepared: &Prepared<'_>) -> Vec<(Candidate, f64)> {
    let mut rows: Vec<(u32, u32, u32)> = prepared
        .order
        .iter()
        .filter(|r| prepared.amount_of(**r).digits >= 100 && !prepared.area_of[prepared.area[**r as usize] as usize].1)
        .map(|r| (prepared.value[*r as usize], prepared.substance[*r as usize], *r))
        .collect();
    rows.sort_unstable();
    let (mut near, mut placebo) = (Vec::new(), 0.0);
    for alike in rows.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)).filter(|a| a.len() <= COMMON as usize) {
        for (at, x) in alike.iter().enumerate() {
            for y in &alike[at + 1..] {
                let (a, b) = (x.2.min(y.2), x.2.max(y.2));
                let apart = (prepared.records.day[a as usize] - prepared.records.day[b as usize]).abs();
                if (apart > TRANSIT && !PLACEBO.contains(&apart)) || !names_the_other(prepared, a as usize, b as usize) {
                    continue;
                }
                if apart > TRANSIT {
                    placebo += 1.0;
                } else {
                    near.push(Candidate { a, b, lag: apart, amount: Agreement::Same, kinship: Kinship::Same });
                }
            }
        }
    }
    // 14 days on either side and the day itself are 29 days; the placebo's, 58.
    let expected = placebo * f64::from(2 * TRANSIT + 1) / (2.0 * PLACEBO.count() as f64);
    let observed = near.len() as f64;
    let share = ((observed - expected) / (observed + STRENGTH)).max(0.5 / (observed + STRENGTH));
    near.sort_unstable_by_key(|c| (c.a, c.b));
    near.into_iter().map(|c| (c, share)).collect()
}

/// Whether one record's route names the area of the other.
fn names_the_other(prepared: &Prepared<'_>, a: usize, b: usize) -> bool {
    let records = prepared.records;
    if prepared.area[a] == prepared.area[b] {
        return false;
    }
    let names = |x: usize, y: usize| {
        let area = records.code(y, Field::Area);
        [Field::Departure, Field::Destination].iter().any(|f| area != 0 && records.code(x, *f) == area)
    };
    names(a, b) || names(b, a)
}

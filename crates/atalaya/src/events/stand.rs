//! Which record of an event stands for its amount and date. One that was reported does: an
//! average would be a number nobody reported.
//!
//! In this order: a record whose kilograms are known; the finest printed amount (341.61 g before
//! 0.341 kg); the finest date; the most fields filled; the smallest key.

use std::cmp::Reverse;

use atalaya_kernel::record::{NO_DAY, RECORD_FIELDS, RecordKey};
use atalaya_kernel::{Both, Decimal, unit};
use atalaya_store::Cube;

use super::find::key_of;
use crate::observatory::Eye;

/// Significant digits past which a number was computed, not printed: 0.11699999999999999.
const PRINTED: usize = 14;

/// By which step of the rule the first record of an event comes before the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It alone has kilograms.
    Kilograms,
    /// Its amount is printed finest.
    Amount,
    /// Its date is finest.
    Date,
    /// It has most fields filled.
    Fields,
    /// All else is equal: its key is the smallest.
    Key,
}

impl Reason {
    /// In words.
    pub fn say(self) -> Both {
        match self {
            Reason::Kilograms => Both::new("the others have no amount in kilograms", "los demás no tienen cantidad en kilogramos"),
            Reason::Amount => Both::new("its amount is printed finest", "su cantidad está escrita con más detalle"),
            Reason::Date => Both::new("its date is the most exact", "su fecha es la más exacta"),
            Reason::Fields => Both::new("it has most fields filled", "tiene más campos llenos"),
            Reason::Key => {
                Both::new("all else is equal: the first by file and row", "en lo demás son iguales: el primero por archivo y fila")
            }
        }
    }
}

/// What records of an event are ordered by.
type Rank = (bool, Decimal, (bool, u8), Reverse<usize>, RecordKey);

fn rank(eye: &Eye, cube: &Cube, row: u32) -> Rank {
    let at = row as usize;
    let text = |field: &str| cube.column(field).map_or("", |c| cube.text(at, c));
    let day = cube.column("day").map_or(NO_DAY, |c| cube.number(at, c) as i32);
    let filled = RECORD_FIELDS.iter().filter(|f| !text(f).is_empty()).count();
    let last = last_digit(text("amount"), text("unit"), text("substance"));
    (cube.kg(at).is_none(), last, (day == NO_DAY, cube.precision(at)), Reverse(filled), key_of(eye, row))
}

/// Puts the row that stands for the event first.
pub(super) fn order(eye: &Eye, cube: &Cube, rows: &mut [u32]) {
    rows.sort_by_cached_key(|row| rank(eye, cube, *row));
}

/// Why the first row comes before the second.
pub(crate) fn reason(eye: &Eye, rows: &[u32]) -> Reason {
    let [first, second, ..] = rows else { return Reason::Key };
    let (a, b) = (rank(eye, &eye.cube, *first), rank(eye, &eye.cube, *second));
    if a.0 != b.0 {
        Reason::Kilograms
    } else if a.1 != b.1 {
        Reason::Amount
    } else if a.2 != b.2 {
        Reason::Date
    } else if a.3 != b.3 {
        Reason::Fields
    } else {
        Reason::Key
    }
}

/// What the last printed digit of an amount is worth, in kilograms where its unit converts. An
/// amount that is absent is coarser than any.
fn last_digit(amount: &str, unit: &str, substance: &str) -> Decimal {
    let Some(places) = places(amount) else { return Decimal(i128::MAX) };
    let one = Decimal(10i128.pow(9 - places.min(9)));
    let factor = unit::conversion(unit, substance).and_then(|c| Decimal::parse(c.best).ok());
    factor.and_then(|f| one.times(f)).unwrap_or(one)
}

/// How many decimal places an amount is printed with. A number with more digits than anybody
/// prints is the trace of a computation: it counts as the shortest number that is as good.
fn places(amount: &str) -> Option<u32> {
    Decimal::parse(amount).ok()?;
    if amount.contains(['e', 'E']) {
        return Some(9);
    }
    let Some((whole, fraction)) = amount.split_once('.') else { return Some(0) };
    let significant = [whole, fraction].concat().trim_start_matches(['0', '-', '+']).len();
    if significant <= PRINTED {
        return Some(fraction.len() as u32);
    }
    let rounded = format!("{:.*}", PRINTED - 2, amount.parse::<f64>().ok()?);
    let fraction = rounded.split_once('.').map_or("", |(_, f)| f.trim_end_matches('0'));
    Some(fraction.len() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_printed_digit_is_weighed_in_kilograms() {
        let kg = |amount, unit| last_digit(amount, unit, "cocaine-hcl").0;
        assert!(kg("341.61", "g") < kg("0.341", "kg"), "a hundredth of a gram is finer than a gram");
        assert_eq!(kg("341", "g"), kg("0.341", "kg"));
        assert!(kg("12.5", "kg") < kg("12", "kg"));
        assert!(kg("", "kg") > kg("1", "kg"), "no amount is coarser than any");
    }

    #[test]
    fn the_trace_of_a_computation_is_not_detail() {
        assert_eq!(places("0.11699999999999999"), Some(3));
        assert_eq!(places("0.117"), Some(3));
        assert_eq!(places("12"), Some(0));
        assert_eq!(places("many"), None);
    }
}

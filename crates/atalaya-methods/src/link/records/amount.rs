//! Amounts compared as printed figures, not as numbers.
//!
//! # Answers
//! Could these two printed amounts be one weighing?
//!
//! # Source
//! Cut and rounded figures as observed in UNODC individual seizures 2011-2016 (0.341 kg
//! beside 341.61 g); rounding half up, BIPM SI brochure 9 (2019) for the factors.
//!
//! # Assumes
//! The last printed decimal is the precision; whole numbers are printed to the unit.
//!
//! # Shapes and units
//! A text and a unit in; grams (mass), litres (volume), items (count) out.
//!
//! # Cost
//! Constant.
//!
//! # Does not
//! Convert between mass, volume and items; read intervals ("2 to 3 kg").
//!
//! # Checked by
//! The tests below; `records` in this folder.

use atalaya_kernel::unit::{self, Quantity, units};

use crate::Card;

/// What this file does, as data.
pub const CARD: Card = Card {
    id: "amount",
    verb: "link",
    name: ["Amounts by printed precision", "Cantidades según la precisión impresa"],
    answers: ["Could two printed amounts be one weighing?", "¿Pueden dos cantidades impresas ser un mismo pesaje?"],
    source: "Rounding half up and truncation at the coarser of two printed units (BIPM, SI Brochure, 9th ed., 2019)",
};

/// An amount as printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    /// What it measures; amounts of different quantities are never equal.
    pub quantity: Quantity,
    /// The amount in grams, litres or items.
    pub value: f64,
    /// One step of its last printed digit, same unit as `value`.
    pub step: f64,
    /// Its digits without point and without zeros at either end: 341 for 0.341 and for 3410.
    pub digits: u64,
}

/// How two amounts agree, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// The same figure in the same unit.
    Same,
    /// The same amount in another unit.
    Converted,
    /// One is the other, cut or rounded at its last printed digit.
    CutOrRounded,
    /// The same three digits or more, a power of ten or a kind of unit apart: a slip.
    Digits,
    /// Within 1 %, and the printed digits contradict each other.
    Close,
}

/// Part by which amounts may differ and still be [`Agreement::Close`].
pub const CLOSE: f64 = 0.01;
/// Steps a rounded amount must be worth for its rounding to say something.
const STEPS: f64 = 10.0;
const SAME: f64 = 1e-9;

impl Amount {
    /// Reads a plain number; `None` where it is none, or not above zero.
    ///
    /// * `unit`: its id in the unit lists; one they do not know counts items.
    pub fn parse(text: &str, unit: &str) -> Option<Amount> {
        let number: f64 = text.parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0)?;
        // Fifteen digits: what a binary number carries, so 0.11699999999999999 is 0.117 again.
        let shown = format!("{number:.14e}");
        let (mantissa, power) = shown.split_once('e')?;
        let power: i32 = power.parse().ok()?;
        let kept = mantissa.replace('.', "");
        let kept = kept.trim_end_matches('0');
        let last = power + 1 - kept.len() as i32;
        let (quantity, factor) = scale(unit);
        let exact: f64 = format!("{kept}e{last}").parse().ok()?;
        let step = format!("1e{}", last.min(0)).parse::<f64>().ok()?;
        Some(Amount { quantity, value: exact * factor, step: step * factor, digits: kept.parse().ok()? })
    }

    /// How it agrees with another one; `None` if not at all.
    pub fn agrees(&self, other: &Amount, same_unit: bool) -> Option<Agreement> {
        let (small, large) = if self.value < other.value { (self.value, other.value) } else { (other.value, self.value) };
        if self.quantity == other.quantity {
            if large - small <= large * SAME {
                return Some(if same_unit { Agreement::Same } else { Agreement::Converted });
            }
            if self.cut_or_rounded(other) {
                return Some(Agreement::CutOrRounded);
            }
        }
        if self.digits == other.digits && self.digits >= 100 && (self.quantity != other.quantity || is_power_of_ten(large / small)) {
            return Some(Agreement::Digits);
        }
        (self.quantity == other.quantity && large - small <= large * CLOSE).then_some(Agreement::Close)
    }

    fn cut_or_rounded(&self, other: &Amount) -> bool {
        let (coarse, fine) = if self.step > other.step { (self, other) } else { (other, self) };
        if coarse.step <= fine.step * (1.0 + SAME) || coarse.value < coarse.step * (STEPS - SAME) {
            return false;
        }
        let (printed, exact) = ((coarse.value / coarse.step).round(), fine.value / coarse.step);
        // A hair for what binary numbers lose: 1.5 may be held as 1.4999999999.
        let cut = (exact + 1e-6).floor();
        let rounded = (exact + 0.5 + 1e-6).floor();
        printed == cut || printed == rounded
    }

    /// The widest range in which another amount may lie and agree as figures of this precision do.
    pub fn reach(&self) -> f64 {
        let close = self.value * CLOSE / (1.0 - CLOSE);
        if self.value < self.step * (STEPS - SAME) { close } else { close.max(self.step) }
    }

    /// The range of amounts that agree with it at a level: from, to (both included).
    pub fn range(&self, level: Agreement) -> (f64, f64) {
        let around = match level {
            Agreement::Same | Agreement::Converted | Agreement::Digits => self.value * SAME,
            Agreement::CutOrRounded => return (self.value - self.step / 2.0, self.value + self.step * (1.0 - SAME)),
            Agreement::Close => self.value * CLOSE,
        };
        (self.value - around, self.value + around)
    }
}

fn is_power_of_ten(ratio: f64) -> bool {
    let power = ratio.log10();
    power > 0.5 && (power - power.round()).abs() < 1e-9
}

/// What a unit measures, and how many grams, litres or items it is.
fn scale(id: &str) -> (Quantity, f64) {
    let quantity = units().get(id).map_or(Quantity::Count, |u| u.quantity);
    let per_kg = || unit::conversion(id, "").and_then(|c| c.best.parse::<f64>().ok());
    let factor = match quantity {
        Quantity::Mass => per_kg().map_or(1.0, |f| f * 1000.0),
        // By convention the lists count a litre as a kilogram.
        Quantity::Volume => per_kg().unwrap_or(1.0),
        Quantity::Count if id.starts_with("thousand-") => 1000.0,
        Quantity::Count if id.starts_with("hundred-") => 100.0,
        _ => 1.0,
    };
    (quantity, factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(a: (&str, &str), b: (&str, &str)) -> Option<Agreement> {
        let read = |(text, unit): (&str, &str)| Amount::parse(text, unit).unwrap();
        let found = read(a).agrees(&read(b), a.1 == b.1);
        assert_eq!(found, read(b).agrees(&read(a), a.1 == b.1), "both ways");
        found
    }

    #[test]
    fn a_weight_cut_or_rounded_at_the_coarser_unit_agrees() {
        assert_eq!(of(("0.341", "kg"), ("341.61", "g")), Some(Agreement::CutOrRounded));
        assert_eq!(of(("0.342", "kg"), ("341.61", "g")), Some(Agreement::CutOrRounded));
        assert_eq!(of(("1.078", "kg"), ("1078.6", "g")), Some(Agreement::CutOrRounded));
        assert_eq!(of(("300", "g"), ("299.5", "g")), Some(Agreement::CutOrRounded));
        assert_eq!(of(("0.1042", "kg"), ("104.14", "g")), Some(Agreement::Close));
        assert_eq!(of(("0.343", "kg"), ("341.61", "g")), Some(Agreement::Close));
        assert_eq!(of(("0.3", "kg"), ("341.61", "g")), None, "one digit says nothing");
    }

    #[test]
    fn units_and_noise_of_binary_numbers_do_not_matter() {
        assert_eq!(of(("0.11699999999999999", "kg"), ("117", "g")), Some(Agreement::Converted));
        assert_eq!(of(("0.45821999999999996", "kg"), ("458.22", "g")), Some(Agreement::Converted));
        assert_eq!(of(("490.0", "tablet"), ("490", "tablet")), Some(Agreement::Same));
        assert_eq!(of(("18", "piece"), ("18", "unit")), Some(Agreement::Converted));
        assert_eq!(of(("2", "thousand-tablets"), ("2000", "tablet")), Some(Agreement::Converted));
    }

    #[test]
    fn a_slip_keeps_the_digits() {
        assert_eq!(of(("2786", "tablet"), ("2.786", "kg")), Some(Agreement::Digits));
        assert_eq!(of(("341", "kg"), ("341", "g")), Some(Agreement::Digits));
        assert_eq!(of(("11", "g"), ("11", "unit")), None, "two digits are chance");
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for text in ["", "-1", "0", "two", "inf"] {
            assert_eq!(Amount::parse(text, "kg"), None, "{text}");
        }
    }
}

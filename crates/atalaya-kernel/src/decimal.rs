//! Exact decimals for amounts that are summed and published.
//!
//! A [`Decimal`] is a whole number of billionths. Kilograms are then held to the microgram,
//! hectares to a tenth of a square centimetre. The amount as written stays beside it in the
//! store, so nothing is lost by the last digit.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

/// Billionths in one unit.
pub const SCALE: i128 = 1_000_000_000;

/// An exact decimal with nine places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(pub i128);

/// Why a text is not a decimal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not a number in the plain form `-12.5` or `1e-07`.
    #[error("{0:?} is not a number written with a decimal point")]
    NotANumber(String),
    /// Larger than can be held without rounding to infinity.
    #[error("{0:?} is larger than 1e27: check the unit")]
    TooLarge(String),
}

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal(0);

    /// A whole number.
    pub fn whole(n: i64) -> Decimal {
        Decimal(i128::from(n) * SCALE)
    }

    /// Reads `12`, `-0.5`, `.5`, `1e-07`. Digits past the ninth place round half to even.
    ///
    /// # Errors
    /// [`DecimalError::NotANumber`], [`DecimalError::TooLarge`].
    pub fn parse(text: &str) -> Result<Decimal, DecimalError> {
        let bad = || DecimalError::NotANumber(text.into());
        let (body, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().map_err(|_| bad())?),
            None => (text, 0),
        };
        let (negative, digits) = match body.as_bytes().first() {
            Some(b'-') => (true, &body[1..]),
            Some(b'+') => (false, &body[1..]),
            _ => (false, body),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() || !(whole.bytes().chain(fraction.bytes())).all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let shift = i64::from(exponent) + 9 - fraction.len() as i64;
        let value = scaled(whole, fraction, shift).ok_or_else(|| DecimalError::TooLarge(text.into()))?;
        Ok(Decimal(if negative { -value } else { value }))
    }

    /// The nearest `f64`.
    pub fn to_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// The product, rounded half to even to nine places; `None` if it does not fit.
    pub fn times(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_mul(other.0).map(|p| Decimal(round_div(p, SCALE)))
    }

    /// Whether two values differ by less than printing noise (1e-12 of the larger).
    pub fn same_but_for_printing(self, other: Decimal) -> bool {
        let gap = (self.0 - other.0).abs();
        gap == 0 || gap <= 1 || gap.saturating_mul(1_000_000_000_000) <= self.0.abs().max(other.0.abs())
    }
}

/// All digits of `whole.fraction` times ten to `shift`, rounded half to even.
fn scaled(whole: &str, fraction: &str, shift: i64) -> Option<i128> {
    let mut value: i128 = 0;
    let mut cut = Cut::default();
    let total = (whole.len() + fraction.len()) as i64;
    for (at, digit) in whole.bytes().chain(fraction.bytes()).enumerate() {
        // Digits from this place on fall below a billionth.
        if shift < 0 && at as i64 >= total + shift {
            cut.push(digit - b'0', at as i64 == total + shift);
        } else {
            value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        }
    }
    if shift < -total {
        return Some(0);
    }
    for _ in 0..shift.max(0) {
        value = value.checked_mul(10)?;
        if value == 0 {
            break;
        }
    }
    let value = if cut.rounds_up(value) { value + 1 } else { value };
    (value <= 1_000_000_000_000_000_000_000_000_000 * SCALE).then_some(value)
}

/// The digits cut off, seen from left to right.
#[derive(Default)]
struct Cut {
    first: u8,
    rest: bool,
}

impl Cut {
    fn push(&mut self, digit: u8, is_first: bool) {
        if is_first {
            self.first = digit;
        } else {
            self.rest |= digit != 0;
        }
    }

    fn rounds_up(&self, kept: i128) -> bool {
        self.first > 5 || self.first == 5 && (self.rest || kept % 2 != 0)
    }
}

/// `a / b` rounded half to even, `b > 0`.
fn round_div(a: i128, b: i128) -> i128 {
    let (q, r) = (a.div_euclid(b), a.rem_euclid(b));
    match (r * 2).cmp(&b) {
        std::cmp::Ordering::Less => q,
        std::cmp::Ordering::Greater => q + 1,
        std::cmp::Ordering::Equal => q + (q & 1),
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, value) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let (whole, fraction) = (value / SCALE as u128, value % SCALE as u128);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{fraction:09}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

impl std::str::FromStr for Decimal {
    type Err = DecimalError;
    fn from_str(text: &str) -> Result<Decimal, DecimalError> {
        Decimal::parse(text)
    }
}

impl Add for Decimal {
    type Output = Decimal;
    fn add(self, other: Decimal) -> Decimal {
        Decimal(self.0 + other.0)
    }
}

impl Sub for Decimal {
    type Output = Decimal;
    fn sub(self, other: Decimal) -> Decimal {
        Decimal(self.0 - other.0)
    }
}

impl AddAssign for Decimal {
    fn add_assign(&mut self, other: Decimal) {
        self.0 += other.0;
    }
}

impl Sum for Decimal {
    fn sum<I: Iterator<Item = Decimal>>(items: I) -> Decimal {
        items.fold(Decimal::ZERO, Add::add)
    }
}

impl serde::Serialize for Decimal {
    /// As text: JSON numbers are floats for most readers.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Decimal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_agencies_write() {
        for (text, printed) in [
            ("0.11699999999999999", "0.117"),
            ("14733068", "14733068"),
            ("1e-07", "0.0000001"),
            ("1.4000000000000001e-05", "0.000014"),
            ("-5", "-5"),
            (".5", "0.5"),
            ("0", "0"),
            ("490.0", "490"),
            ("1e-12", "0"),
            ("2.5e3", "2500"),
            ("0.0000000005", "0"),
            ("0.0000000015", "0.000000002"),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), printed, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_a_plain_number() {
        for text in ["", "-", "1,5", "NaN", "inf", "1e400", "0x10", "1.2.3", "- 0", "8.832,92", "1e"] {
            assert!(Decimal::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sums_do_not_depend_on_the_order() {
        let parts: Vec<Decimal> = ["0.1", "0.2", "0.3", "1000000.000000001"].iter().map(|t| Decimal::parse(t).unwrap()).collect();
        let forward: Decimal = parts.iter().copied().sum();
        let backward: Decimal = parts.iter().rev().copied().sum();
        assert_eq!(forward, backward);
        assert_eq!(forward.to_string(), "1000000.600000001");
    }

    #[test]
    fn printing_noise_is_not_a_revision() {
        let a = Decimal::parse("29.29707567359661").unwrap();
        let b = Decimal::parse("29.2970756735966").unwrap();
        assert!(a.same_but_for_printing(b));
        assert!(!a.same_but_for_printing(Decimal::parse("29.298").unwrap()));
    }
}

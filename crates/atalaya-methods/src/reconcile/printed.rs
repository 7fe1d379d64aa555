//! A number as it is printed, and how far the number behind it may lie from it.

use atalaya_kernel::Decimal;
use atalaya_kernel::decimal::SCALE;

/// Digits that stay significant when zeros at the end are taken for rounding: nobody rounds a
/// figure to fewer.
const KEPT: u32 = 2;

/// A number as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Printed {
    /// The number.
    pub value: Decimal,
    /// One unit of its last digit: 1 for `64000`, 0.01 for `428417.55`.
    pub unit: Decimal,
    /// One unit of its last digit if zeros at its end come from rounding: 1,000 for `64000`.
    pub rounded: Decimal,
}

impl Printed {
    /// Reads a number in the plain form `64000`, `428417.55`.
    pub fn parse(text: &str) -> Option<Printed> {
        let value = Decimal::parse(text).ok()?;
        let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
        let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len()).min(9) as u32;
        let exponent: i32 = text.split(['e', 'E']).nth(1).and_then(|e| e.parse().ok()).unwrap_or(0);
        let unit = ten(9 - places as i32 + exponent);
        Some(Printed { value, unit: Decimal(unit), rounded: Decimal(rounding(value.0, unit)) })
    }

    /// A sum that was never printed: its digits are those of its parts.
    pub fn sum(parts: &[Printed]) -> Printed {
        let total = |f: fn(&Printed) -> Decimal| parts.iter().map(f).sum();
        Printed { value: total(|p| p.value), unit: total(|p| p.unit), rounded: total(|p| p.rounded) }
    }

    /// A count: its zeros come from counting, not from rounding.
    pub fn counted(self) -> Printed {
        Printed { rounded: self.unit, ..self }
    }

    /// The same number in another unit, of which one of its own is `factor`; `None` if it is too large.
    pub fn times(self, factor: Decimal) -> Option<Printed> {
        if factor == Decimal::whole(1) {
            return Some(self);
        }
        let [value, unit, rounded] = [self.value, self.unit, self.rounded].map(|d| d.times(factor));
        Some(Printed { value: value?, unit: unit?, rounded: rounded? })
    }

    /// What the number behind it lies between.
    pub fn bounds(self) -> (Decimal, Decimal) {
        (Decimal(self.value.0 - self.unit.0 / 2), Decimal(self.value.0 + self.unit.0 / 2))
    }
}

/// Ten to a power, in billionths; at least one of them.
fn ten(power: i32) -> i128 {
    10i128.pow(power.clamp(0, 27) as u32)
}

/// The unit of the last digit that is not a zero, with [`KEPT`] digits kept.
fn rounding(value: i128, unit: i128) -> i128 {
    let digits = |n: i128| n.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
    let mut rounded = unit;
    // Zeros behind the decimal sign were printed on purpose.
    while rounded >= SCALE && value != 0 && value % (rounded * 10) == 0 && digits(value / (rounded * 10)) >= KEPT {
        rounded *= 10;
    }
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_digit_says_how_finely_a_number_is_known() {
        for (text, unit, rounded) in [
            ("428417.55", "0.01", "0.01"),
            ("428418", "1", "1"),
            ("64000", "1", "1000"),
            ("64400", "1", "100"),
            ("60000", "1", "1000"),
            ("100", "1", "10"),
            ("50", "1", "1"),
            ("0", "1", "1"),
            ("490.0", "0.1", "0.1"),
            ("11.5", "0.1", "0.1"),
            ("2.5e3", "100", "100"),
        ] {
            let printed = Printed::parse(text).unwrap();
            assert_eq!((printed.unit.to_string(), printed.rounded.to_string()), (unit.into(), rounded.into()), "{text}");
        }
        assert_eq!(Printed::parse("n/a"), None);
    }

    #[test]
    fn a_sum_is_as_uncertain_as_its_parts_together() {
        let parts: Vec<Printed> = ["1.5", "2", "300"].iter().map(|t| Printed::parse(t).unwrap()).collect();
        let sum = Printed::sum(&parts);
        assert_eq!((sum.value.to_string(), sum.unit.to_string(), sum.rounded.to_string()), ("303.5".into(), "2.1".into(), "11.1".into()));
    }
}

//! Whether two figures for one thing agree, and by how much they do not.
//!
//! # Answers
//! Are these two printed numbers the same, the same but for rounding, or different; by how much;
//! and does the difference look like a unit taken for another?
//!
//! # Source
//! Interval arithmetic on the last printed digit: Kulisch & Miranker (1981), "Computer Arithmetic in
//! Theory and Practice", ch. 1. Factors: NIST Special Publication 811 (2008), appendix B.8.
//!
//! # Assumes
//! - A number is rounded to its last printed digit; zeros at its end may come from rounding as
//!   long as two digits stay.
//! - Both are about the same thing: whoever calls has matched area, period, substance and unit.
//!
//! # Shapes and units
//! Two numbers in one unit. The difference is the second less the first, in that unit; the
//! percentage is of the first.
//!
//! # Cost
//! O(1).
//!
//! # Does not
//! Say which of the two is right, or test a hypothesis: printed figures carry no sampling error.
//!
//! # Checked by
//! UNODC and SIMCI for Colombia 2010-11; UNODC's annex and its file of 1970-2019; symmetry; a world
//! of roundings; figures that were a thousand times too large.

use atalaya_kernel::Decimal;

use super::Printed;
use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "agreement",
    verb: "reconcile",
    name: ["Agreement of two printed figures", "Concordancia de dos cifras publicadas"],
    answers: [
        "Are two figures the same, the same but for rounding, or different, and by how much?",
        "¿Son dos cifras iguales, iguales salvo redondeo o distintas, y en cuánto?",
    ],
    source: "Kulisch & Miranker (1981), Computer Arithmetic in Theory and Practice, ch. 1; NIST SP 811 (2008), B.8",
};

/// A number by which one unit is mistaken for another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// Its name: `1000`, `lb-kg`.
    pub id: &'static str,
    /// How many times.
    pub times: f64,
}

/// Units mistaken for each other: a decimal place, tonnes and kilograms, grams and tonnes, pounds
/// and kilograms, acres and hectares.
pub const FACTORS: [Factor; 6] = [
    Factor { id: "10", times: 10.0 },
    Factor { id: "100", times: 100.0 },
    Factor { id: "1000", times: 1_000.0 },
    Factor { id: "1000000", times: 1_000_000.0 },
    Factor { id: "lb-kg", times: 1.0 / 0.453_592_37 },
    Factor { id: "acre-ha", times: 1.0 / 0.404_685_642_24 },
];

/// The widest a ratio may be known, as a share of itself, to be taken for a factor: with less than
/// three digits any two numbers may stand in such a ratio.
const SHARP: f64 = 0.01;

/// How two figures stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// The same number.
    Same,
    /// The same number if one of them was rounded to this unit.
    Rounded {
        /// The unit.
        to: Decimal,
    },
    /// Different numbers.
    Differ,
}

/// Two figures compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// Whether they agree.
    pub agreement: Agreement,
    /// The second less the first.
    pub difference: Decimal,
    /// The same in per cent of the first; absent if that is zero.
    pub percent: Option<f64>,
    /// The factor that would make them one, where they differ by one.
    pub factor: Option<Factor>,
}

/// Two figures for one thing, compared.
pub fn compare(first: Printed, second: Printed) -> Gap {
    let difference = second.value - first.value;
    let percent = percent_of(first.value, difference);
    let apart = difference.0.abs();
    let agreement = if first.value.same_but_for_printing(second.value) {
        Agreement::Same
    } else if apart * 2 < first.unit.0 + second.unit.0 {
        Agreement::Rounded { to: first.unit.max(second.unit) }
    } else if apart * 2 <= first.rounded.0.max(second.rounded.0) {
        // One was rounded from the other: the finer one must lie within half a unit of the coarser.
        Agreement::Rounded { to: first.rounded.max(second.rounded) }
    } else {
        Agreement::Differ
    };
    let factor = if agreement == Agreement::Differ { factor(first, second) } else { None };
    Gap { agreement, difference, percent, factor }
}

/// A difference in per cent of what it is a difference to; absent if that is zero.
pub fn percent_of(base: Decimal, difference: Decimal) -> Option<f64> {
    (base.0 != 0).then(|| difference.to_f64() / base.to_f64().abs() * 100.0)
}

/// The factor between two figures, where their printed digits are sharp enough to tell.
fn factor(first: Printed, second: Printed) -> Option<Factor> {
    let (small, large) = if first.value.0.abs() < second.value.0.abs() { (first, second) } else { (second, first) };
    let ((low, high), (least, most)) = (small.bounds(), large.bounds());
    if low.0 <= 0 || least.0 <= 0 {
        return None;
    }
    let (low, high) = (least.to_f64() / high.to_f64(), most.to_f64() / low.to_f64());
    let sharp = (high - low) / low <= SHARP;
    FACTORS.into_iter().find(|f| sharp && low <= f.times && f.times <= high)
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::Seed;

    use super::*;

    fn gap(first: &str, second: &str) -> Gap {
        compare(Printed::parse(first).unwrap(), Printed::parse(second).unwrap())
    }

    /// UNODC World Drug Report 2025, annex 6.1.1 against the sums of SIMCI's municipalities.
    #[test]
    fn colombia_2010_and_2011_agree_to_the_thousand() {
        for (simci, unodc) in [("61811", "62000"), ("63765", "64000")] {
            assert_eq!(gap(simci, unodc).agreement, Agreement::Rounded { to: Decimal::whole(1_000) });
        }
    }

    /// UNODC, cocaine seized in 2019: annex 7.1 of 2025 against the file of 1970-2019.
    #[test]
    fn annex_and_file_agree_to_the_kilogram() {
        for (annex, file) in [("428417.55", "428418"), ("25049.66", "25050")] {
            assert!(matches!(gap(annex, file).agreement, Agreement::Rounded { .. }));
        }
    }

    /// La República, 24 October 2021: 61,777 and 88,200 ha, +42.8 % (88,200 / 61,777 - 1).
    #[test]
    fn peru_2020_differs_by_42_8_per_cent() {
        let gap = gap("61777", "88200");
        assert_eq!((gap.agreement, gap.difference), (Agreement::Differ, Decimal::whole(26_423)));
        assert_eq!(format!("{:.1}", gap.percent.unwrap()), "42.8");
        assert_eq!(gap.factor, None);
    }

    #[test]
    fn a_thousandfold_looks_like_another_unit() {
        assert_eq!(gap("25049.66", "25049660").factor.map(|f| f.id), Some("1000"));
        assert_eq!(gap("2204.6", "1000.0").factor.map(|f| f.id), Some("lb-kg"));
        // One digit tells nothing.
        assert_eq!(gap("3", "30").factor, None);
        assert_eq!(gap("0", "30").factor, None);
    }

    /// World: a number printed coarsely agrees with itself printed finely, in either order.
    #[test]
    fn whatever_is_rounded_agrees_with_what_it_was_rounded_from() {
        let mut stream = Seed(42).stream(1);
        for _ in 0..10_000 {
            let fine = 10_000 + stream.below(900_000);
            let coarse = (fine + 50) / 100 * 100;
            let (a, b) = (gap(&fine.to_string(), &coarse.to_string()), gap(&coarse.to_string(), &fine.to_string()));
            assert_ne!(a.agreement, Agreement::Differ, "{fine} {coarse}");
            assert_eq!(a.agreement, b.agreement);
            assert_eq!(a.difference.0, -b.difference.0);
        }
    }

    #[test]
    fn neighbouring_whole_numbers_are_two_numbers() {
        assert_eq!(gap("10", "11").agreement, Agreement::Differ);
        assert!(matches!(gap("10.5", "11").agreement, Agreement::Rounded { .. }));
    }

    #[test]
    fn of_zero_there_is_no_percentage() {
        assert_eq!(gap("0", "5").percent, None);
        assert_eq!(gap("0", "0").agreement, Agreement::Same);
    }
}

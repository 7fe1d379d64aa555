//! Whether parts add up to their whole.
//!
//! # Answers
//! Do the published parts add up to the published total, as far as their digits can tell?
//!
//! # Source
//! Cox, L. H. & Ernst, L. R. (1982), "Controlled rounding", INFOR 20(4), 423-432: the sum of n
//! rounded parts lies within (n + 1) / 2 units of its rounded total.
//!
//! # Assumes
//! - Parts do not overlap and are on the definition of the whole.
//! - Each number is rounded to its last printed digit; zeros at its end may come from rounding.
//!
//! # Shapes and units
//! One whole, one part or more, one unit.
//!
//! # Cost
//! O(parts).
//!
//! # Does not
//! Know whether every part was published: parts that fall short may be parts not published.
//!
//! # Checked by
//! Colombia 2020 (142,784 ha and its rounding to 143,000); parts in any order; a world of rounded
//! parts that never raises the alarm; no parts refused.

use atalaya_kernel::Decimal;

use super::Printed;
use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "subtotal",
    verb: "reconcile",
    name: ["Parts against their whole", "Partes frente a su total"],
    answers: ["Do the published parts add up to the published total?", "¿Suman las partes publicadas el total publicado?"],
    source: "Cox & Ernst (1982), INFOR 20(4), 423-432",
};

/// Why there is nothing to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubtotalError {
    /// A whole without parts.
    #[error("the whole has no parts: nothing can be added; give at least one")]
    NoParts,
}

/// How parts stand to their whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They add up, or the last digits explain it.
    AddsUp,
    /// They add up if zeros at the end come from rounding.
    Rounding,
    /// More than the whole.
    Exceeds,
    /// Less than the whole.
    FallsShort,
}

/// Parts added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subtotal {
    /// The sum of the parts.
    pub sum: Decimal,
    /// The sum less the whole.
    pub gap: Decimal,
    /// What the last printed digits allow.
    pub tolerance: Decimal,
    /// What to think of it.
    pub verdict: Verdict,
}

/// Parts added up and held against their whole.
///
/// # Errors
/// [`SubtotalError::NoParts`].
pub fn check(whole: Printed, parts: &[Printed]) -> Result<Subtotal, SubtotalError> {
    if parts.is_empty() {
        return Err(SubtotalError::NoParts);
    }
    let sum = Printed::sum(parts);
    let gap = sum.value - whole.value;
    let tolerance = Decimal((whole.unit.0 + sum.unit.0) / 2);
    let wide = (whole.rounded.0 + sum.rounded.0) / 2;
    let verdict = if gap.0.abs() <= tolerance.0 {
        Verdict::AddsUp
    } else if gap.0.abs() <= wide {
        Verdict::Rounding
    } else if gap.0 > 0 {
        Verdict::Exceeds
    } else {
        Verdict::FallsShort
    };
    Ok(Subtotal { sum: sum.value, gap, tolerance, verdict })
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::Seed;

    use super::*;

    fn printed(text: &str) -> Printed {
        Printed::parse(text).unwrap()
    }

    fn verdict(whole: &str, parts: &[&str]) -> Verdict {
        check(printed(whole), &parts.iter().map(|p| printed(p)).collect::<Vec<_>>()).unwrap().verdict
    }

    /// SIMCI's sum for Colombia 2020 is 142,784 ha; UNODC's annex prints 143,000.
    #[test]
    fn colombia_2020_adds_up_to_the_thousand() {
        assert_eq!(verdict("143000", &["142784"]), Verdict::Rounding);
        assert_eq!(verdict("142784", &["100000.4", "42783.8"]), Verdict::AddsUp);
    }

    #[test]
    fn parts_may_exceed_or_fall_short() {
        assert_eq!(verdict("61777", &["30001", "31999"]), Verdict::Exceeds);
        assert_eq!(verdict("61777", &["30001", "21999"]), Verdict::FallsShort);
        assert_eq!(verdict("61777", &["21999", "30001"]), Verdict::FallsShort, "in any order");
    }

    /// World: parts rounded one by one and a whole rounded by itself never raise the alarm.
    #[test]
    fn rounding_alone_is_no_finding() {
        let mut stream = Seed(11).stream(0);
        for _ in 0..2_000 {
            let exact: Vec<f64> = (0..=stream.below(30)).map(|_| stream.unit() * 500.0).collect();
            let parts: Vec<Printed> = exact.iter().map(|x| printed(&format!("{x:.0}"))).collect();
            let whole = printed(&format!("{:.0}", exact.iter().sum::<f64>()));
            assert!(matches!(check(whole, &parts).unwrap().verdict, Verdict::AddsUp | Verdict::Rounding));
        }
    }

    #[test]
    fn a_whole_without_parts_is_refused() {
        assert_eq!(check(printed("1"), &[]), Err(SubtotalError::NoParts));
    }
}

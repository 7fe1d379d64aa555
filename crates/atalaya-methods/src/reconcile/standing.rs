//! More eradicated than stood.
//!
//! # Answers
//! Is more area reported eradicated in a period than was reported standing before it?
//!
//! # Source
//! An account of a stock: what is taken out cannot exceed what was there and what came in. United
//! Nations (2014), System of Environmental-Economic Accounting, Central Framework, table 5.13 (land
//! cover: opening stock, additions, reductions, closing stock).
//!
//! # Assumes
//! - Both are about one area; the standing area is that at the beginning of the period, or the
//!   nearest survey before its end.
//!
//! # Shapes and units
//! Two areas in one unit.
//!
//! # Cost
//! O(1).
//!
//! # Does not
//! Accuse: one hectare eradicated three times is three hectares of eradication, and planting in
//! the year adds to the stock. It gives the least that planting or repeats would have to be.
//!
//! # Checked by
//! Ucayali 2014-15 (332 ha standing, 4,766 ha eradicated); the answer does not depend on the unit;
//! a world of stocks without repeats that never raises the alarm; negative areas refused.

use atalaya_kernel::Decimal;

use super::Printed;
use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "standing",
    verb: "reconcile",
    name: ["Eradicated against standing area", "Superficie erradicada frente a la existente"],
    answers: [
        "Is more area reported eradicated than was reported standing?",
        "¿Se informa más superficie erradicada que la que había en pie?",
    ],
    source: "United Nations (2014), SEEA Central Framework, table 5.13",
};

/// Why areas cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StandingError {
    /// An area below nothing.
    #[error("area {0} is negative: check the sign")]
    Negative(Decimal),
}

/// Eradicated against standing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// Whether more was eradicated than stood, rounding allowed for.
    pub exceeds: bool,
    /// The least that must have been planted in the period or eradicated more than once.
    pub unexplained: Decimal,
    /// How many times the standing area was eradicated; absent where none stood.
    pub times: Option<f64>,
}

/// Eradicated area held against standing area.
///
/// # Errors
/// [`StandingError::Negative`].
pub fn check(standing: Printed, eradicated: Printed) -> Result<Standing, StandingError> {
    if let Some(area) = [standing.value, eradicated.value].into_iter().find(|a| a.0 < 0) {
        return Err(StandingError::Negative(area));
    }
    let gap = eradicated.value - standing.value;
    let slack = (standing.rounded.0 + eradicated.rounded.0) / 2;
    let times = (standing.value.0 != 0).then(|| eradicated.value.to_f64() / standing.value.to_f64());
    Ok(Standing { exceeds: gap.0 > slack, unexplained: gap.max(Decimal::ZERO), times })
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::Seed;

    use super::*;

    fn of(standing: &str, eradicated: &str) -> Standing {
        check(Printed::parse(standing).unwrap(), Printed::parse(eradicated).unwrap()).unwrap()
    }

    /// InSight Crime, "Challenging the cocaine figures, part III: Peru": Ucayali, 332 ha under coca
    /// in December 2014, 4,766 ha eradicated in 2015.
    #[test]
    fn ucayali_2015_exceeds() {
        let found = of("332", "4766");
        assert!(found.exceeds);
        assert_eq!(found.unexplained, Decimal::whole(4_434));
        assert_eq!(format!("{:.1}", found.times.unwrap()), "14.4");
        let in_km2 = of("3.32", "47.66");
        assert!(in_km2.exceeds && (in_km2.times.unwrap() - found.times.unwrap()).abs() < 1e-9);
    }

    #[test]
    fn rounding_is_allowed_for() {
        assert!(!of("62000", "62300").exceeds, "62,000 may be 62,499");
        assert!(of("0", "12").exceeds && of("0", "12").times.is_none());
    }

    /// World: where each hectare is eradicated at most once and nothing is planted, no alarm.
    #[test]
    fn a_stock_without_repeats_never_exceeds() {
        let mut stream = Seed(5).stream(0);
        for _ in 0..5_000 {
            let standing = stream.unit() * 9_000.0;
            let eradicated = standing * stream.unit();
            assert!(!of(&format!("{standing:.0}"), &format!("{eradicated:.0}")).exceeds);
        }
    }

    #[test]
    fn negative_areas_are_refused() {
        let minus = Printed::parse("-1").unwrap();
        assert_eq!(check(minus, minus), Err(StandingError::Negative(Decimal::whole(-1))));
    }
}

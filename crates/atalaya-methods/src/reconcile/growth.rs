//! Growth computed again from two levels, and where a published growth can come from.
//!
//! # Answers
//! By how many per cent did it grow, as far as the printed levels tell; and from which base and
//! which levels does the published percentage follow, if from any?
//!
//! # Source
//! United Nations (2014), Handbook on Rapid Estimates / IMF (2017), Quarterly National Accounts
//! Manual, ch. 1 (growth rates); Törnqvist, Vartia & Vartia (1985), "How should relative changes be
//! measured?", The American Statistician 39(1), 43-46 (the rival bases).
//!
//! # Assumes
//! - Levels and percentage are rounded to their last printed digit.
//! - Levels are positive.
//!
//! # Shapes and units
//! Levels in one unit, growth in per cent. `pairs`: candidates for (earlier, later), the series' own
//! first, then those of other vintages, definitions and sources.
//!
//! # Cost
//! O(pairs x bases).
//!
//! # Does not
//! Say who erred: it names every base that reproduces the number, or none.
//!
//! # Checked by
//! Peru 2019-2020 (54,655 to 61,777 ha, published 11.5 %); each base found again in a world of
//! random levels; levels scaled alike change nothing; a zero and a negative level refused.

use atalaya_kernel::Decimal;

use super::Printed;
use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "growth",
    verb: "reconcile",
    name: ["Growth computed again", "Crecimiento recalculado"],
    answers: [
        "Does a published growth rate follow from the published levels, and from which base?",
        "¿Se sigue una tasa de crecimiento publicada de los niveles publicados, y con qué base?",
    ],
    source: "Törnqvist, Vartia & Vartia (1985), The American Statistician 39(1), 43-46",
};

/// Why growth cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GrowthError {
    /// No growth from nothing.
    #[error("the earlier level is zero: growth from it is not a number; say the change in the unit instead")]
    FromZero,
    /// Levels are amounts.
    #[error("level {0} is negative: growth is of amounts; check the sign")]
    Negative(Decimal),
}

/// What a change is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    /// The earlier level: what "growth" means.
    Start,
    /// The later level.
    End,
    /// The mean of both.
    Mean,
    /// None: the difference of natural logarithms.
    Logarithm,
    /// The later level as a percentage of the earlier one, 113 for +13 %.
    Index,
}

impl Base {
    /// Every base, the proper one first.
    pub const ALL: [Base; 5] = [Base::Start, Base::End, Base::Mean, Base::Logarithm, Base::Index];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Base::Start => "start",
            Base::End => "end",
            Base::Mean => "mean",
            Base::Logarithm => "logarithm",
            Base::Index => "index",
        }
    }

    /// The percentage this base gives.
    fn of(self, from: f64, to: f64) -> f64 {
        100.0
            * match self {
                Base::Start => (to - from) / from,
                Base::End => (to - from) / to,
                Base::Mean => (to - from) / ((from + to) / 2.0),
                Base::Logarithm => (to / from).ln(),
                Base::Index => to / from,
            }
    }
}

/// Growth and what rounding leaves open, in per cent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// From the numbers as printed.
    pub percent: f64,
    /// The least the digits allow.
    pub low: f64,
    /// The most.
    pub high: f64,
}

/// A way to a published percentage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Way {
    /// The levels: a place in `pairs`.
    pub pair: usize,
    /// The base.
    pub base: Base,
    /// What comes out.
    pub growth: Growth,
}

/// Growth from one level to another.
///
/// # Errors
/// [`GrowthError::FromZero`], [`GrowthError::Negative`].
pub fn recompute(from: Printed, to: Printed) -> Result<Growth, GrowthError> {
    on(Base::Start, from, to)
}

/// The same change on another base. Every base grows with the later level and falls with the
/// earlier one, so the ends of the interval lie at the ends of the digits.
///
/// # Errors
/// [`GrowthError::FromZero`], [`GrowthError::Negative`].
pub fn on(base: Base, from: Printed, to: Printed) -> Result<Growth, GrowthError> {
    if let Some(level) = [from.value, to.value].into_iter().find(|v| v.0 < 0) {
        return Err(GrowthError::Negative(level));
    }
    if from.value.0 == 0 {
        return Err(GrowthError::FromZero);
    }
    let number = |d: Decimal| d.to_f64().max(f64::MIN_POSITIVE);
    let ((from_low, from_high), (to_low, to_high)) = (from.bounds(), to.bounds());
    Ok(Growth {
        percent: base.of(number(from.value), number(to.value)),
        low: base.of(number(from_high), number(to_low)),
        high: base.of(number(from_low), number(to_high)),
    })
}

/// Every way from a pair of levels to the published percentage, in the order of `pairs` and of
/// [`Base::ALL`]. Pairs without a growth are passed over.
pub fn ways(published: Printed, pairs: &[(Printed, Printed)]) -> Vec<Way> {
    let (low, high) = published.bounds();
    let (low, high) = (low.to_f64(), high.to_f64());
    let mut found = Vec::new();
    for (pair, (from, to)) in pairs.iter().enumerate() {
        for base in Base::ALL {
            if let Ok(growth) = on(base, *from, *to)
                && growth.low <= high
                && low <= growth.high
            {
                found.push(Way { pair, base, growth });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::Seed;

    use super::*;

    fn printed(text: &str) -> Printed {
        Printed::parse(text).unwrap()
    }

    /// La República, 24 October 2021, citing DEVIDA: 54,655 ha (2019) to 61,777 ha (2020), "11,5%".
    #[test]
    fn peru_2020_grew_by_13_and_11_5_has_the_later_year_as_base() {
        let pair = (printed("54655"), printed("61777"));
        let growth = recompute(pair.0, pair.1).unwrap();
        assert_eq!(format!("{:.1}", growth.percent), "13.0");
        let found = ways(printed("11.5"), &[pair]);
        assert_eq!(found.iter().map(|w| w.base).collect::<Vec<_>>(), [Base::End], "{found:?}");
        // 7,122 / 61,777 = 0.11529.
        assert!((found[0].growth.percent - 11.529).abs() < 5e-4);
        assert_eq!(ways(printed("13.0"), &[pair])[0].base, Base::Start);
        assert!(ways(printed("20.0"), &[pair]).is_empty());
    }

    #[test]
    fn levels_of_another_vintage_are_tried() {
        let pairs = [(printed("100"), printed("200")), (printed("54655"), printed("61777"))];
        let found = ways(printed("13.0"), &pairs);
        assert_eq!((found[0].pair, found[0].base), (1, Base::Start));
    }

    /// World: whichever base a percentage was made with is among those found.
    #[test]
    fn the_base_that_made_it_is_found() {
        let mut stream = Seed(3).stream(0);
        for _ in 0..5_000 {
            let (from, to) = (1_000 + stream.below(90_000), 1_000 + stream.below(90_000));
            let pair = (printed(&from.to_string()), printed(&to.to_string()));
            let base = *stream.pick(&Base::ALL);
            let said = format!("{:.1}", base.of(from as f64, to as f64));
            assert!(ways(printed(&said), &[pair]).iter().any(|w| w.base == base), "{from} {to} {said} {base:?}");
        }
    }

    #[test]
    fn growth_has_no_unit() {
        let (ha, km2) = (recompute(printed("54655"), printed("61777")).unwrap(), recompute(printed("546.55"), printed("617.77")).unwrap());
        assert!((ha.percent - km2.percent).abs() < 1e-12 && (ha.low - km2.low).abs() < 1e-12);
    }

    #[test]
    fn zero_and_negative_levels_are_refused() {
        assert_eq!(recompute(printed("0"), printed("5")), Err(GrowthError::FromZero));
        assert_eq!(recompute(printed("5"), printed("-1")), Err(GrowthError::Negative(Decimal::whole(-1))));
        assert!(ways(printed("10"), &[(printed("0"), printed("5"))]).is_empty());
    }
}

//! What share of what was made was seized: only where purity is stated, and as an interval.
//!
//! # Answers
//! Which share of a potential production at full purity can a seized mass of stated purity be?
//!
//! # Source
//! UNODC, World Drug Report 2012, methodology and ch. I (694 t of cocaine seized in 2010 at street
//! to wholesale purity, 788-1,060 t made at 100 %: "could be misleading"). Interval arithmetic:
//! Moore (1966), Interval Analysis, ch. 2.
//!
//! # Assumes
//! - Both are about the same year, the same substance as base or salt, and the same territory.
//! - Seizures were counted once.
//! - Purity is the mean over mass, not over samples.
//!
//! # Shapes and units
//! Masses in one unit; purity as a share in (0, 1]; all as `[low, high]`. The result is a share.
//!
//! # Cost
//! O(1).
//!
//! # Does not
//! Give a single number, nor any without purity: bulk mass over pure mass is not a share.
//!
//! # Checked by
//! The numbers of the source (naively 65 to 88 %); a wider purity never narrows the answer; a world
//! in which the truth lies in the interval; one refusal for each error.

use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "purity",
    verb: "reconcile",
    name: ["Seized share at stated purity", "Proporción incautada con pureza declarada"],
    answers: [
        "Which share of potential production can a seized mass of stated purity be?",
        "¿Qué proporción de la producción potencial puede ser una masa incautada de pureza declarada?",
    ],
    source: "UNODC, World Drug Report 2012, ch. I; Moore (1966), Interval Analysis, ch. 2",
};

/// Why there is no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PurityError {
    /// Bulk over pure.
    #[error("purity of what was seized is not stated: bulk mass over pure mass is not a share; state purity as an interval")]
    NotStated,
    /// Purity is a share.
    #[error("purity is not an interval within 0 and 1: write 0.6 to 0.85")]
    OutOfRange,
    /// Masses are amounts.
    #[error("a mass is negative, not finite, or its low end above its high end: check the interval")]
    NotAMass,
    /// Nothing made.
    #[error("production may be zero: no share of nothing; narrow its interval")]
    NothingMade,
}

/// Low and high end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Low end.
    pub low: f64,
    /// High end.
    pub high: f64,
}

impl Interval {
    /// A number known exactly.
    pub fn exact(value: f64) -> Interval {
        Interval { low: value, high: value }
    }

    fn is_mass(self) -> bool {
        self.low >= 0.0 && self.high.is_finite() && self.low <= self.high
    }
}

/// The ratio nobody should print: bulk over pure, to say what is refused.
pub fn naive(seized: Interval, made: Interval) -> Option<Interval> {
    (seized.is_mass() && made.is_mass() && made.low > 0.0).then(|| Interval { low: seized.low / made.high, high: seized.high / made.low })
}

/// The share of `made` (pure) that `seized` (bulk) can be.
///
/// # Errors
/// [`PurityError::NotStated`], [`PurityError::OutOfRange`], [`PurityError::NotAMass`],
/// [`PurityError::NothingMade`].
pub fn share(seized: Interval, made: Interval, purity: Option<Interval>) -> Result<Interval, PurityError> {
    if !seized.is_mass() || !made.is_mass() {
        return Err(PurityError::NotAMass);
    }
    let purity = purity.ok_or(PurityError::NotStated)?;
    if !(purity.low > 0.0 && purity.low <= purity.high && purity.high <= 1.0) {
        return Err(PurityError::OutOfRange);
    }
    if made.low <= 0.0 {
        return Err(PurityError::NothingMade);
    }
    Ok(Interval { low: seized.low * purity.low / made.high, high: seized.high * purity.high / made.low })
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::Seed;

    use super::*;

    const SEIZED: Interval = Interval { low: 694.0, high: 694.0 };
    const MADE: Interval = Interval { low: 788.0, high: 1_060.0 };

    /// UNODC: 694 t seized against 788 to 1,060 t made; the naive ratio is 65 to 88 %.
    #[test]
    fn the_naive_ratio_is_what_unodc_warns_of() {
        let naive = naive(SEIZED, MADE).unwrap();
        assert_eq!((format!("{:.0}", naive.low * 100.0), format!("{:.0}", naive.high * 100.0)), ("65".into(), "88".into()));
        assert_eq!(share(SEIZED, MADE, None), Err(PurityError::NotStated));
        let stated = share(SEIZED, MADE, Some(Interval { low: 0.5, high: 0.8 })).unwrap();
        // 694 x 0.5 / 1,060 and 694 x 0.8 / 788, by hand.
        assert!((stated.low - 0.327_358).abs() < 1e-6 && (stated.high - 0.704_569).abs() < 1e-6, "{stated:?}");
    }

    #[test]
    fn a_wider_purity_never_narrows_the_answer() {
        let narrow = share(SEIZED, MADE, Some(Interval { low: 0.6, high: 0.7 })).unwrap();
        let wide = share(SEIZED, MADE, Some(Interval { low: 0.5, high: 0.8 })).unwrap();
        assert!(wide.low <= narrow.low && narrow.high <= wide.high);
    }

    /// World: production, purity and the seized share are known; the share lies in the interval.
    #[test]
    fn the_truth_lies_in_the_interval() {
        let mut stream = Seed(9).stream(0);
        for _ in 0..5_000 {
            let (made, purity, part) = (1.0 + 999.0 * stream.unit(), 0.1 + 0.8 * stream.unit(), stream.unit());
            let bulk = made * part / purity;
            let about = |x: f64, by: f64| Interval { low: x * (1.0 - by), high: x * (1.0 + by) };
            let found = share(Interval::exact(bulk), about(made, 0.2), Some(about(purity, 0.1))).unwrap();
            assert!(found.low <= part + 1e-12 && part <= found.high + 1e-12);
        }
    }

    #[test]
    fn what_is_no_share_is_refused() {
        let half = Some(Interval::exact(0.5));
        assert_eq!(share(SEIZED, MADE, Some(Interval { low: 0.5, high: 1.2 })), Err(PurityError::OutOfRange));
        assert_eq!(share(Interval::exact(-1.0), MADE, half), Err(PurityError::NotAMass));
        assert_eq!(share(SEIZED, Interval { low: 0.0, high: 5.0 }, half), Err(PurityError::NothingMade));
    }
}

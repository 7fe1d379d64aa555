//! The rate of interdiction, refused where the two numbers are not of one kind.
//!
//! # Answers
//! What share of what was produced was seized, and how sure is that?
//!
//! # Source
//! UNODC, World Drug Report, chapter on cocaine: purity-adjusted seizures over potential
//! production. The agency itself doubts its figures where purity is not known and where maritime
//! seizures are counted by several countries.
//!
//! # Assumes
//! - Purity, double counting and production are independent of each other.
//! - Purity is Beta about its mean, production lognormal about its median.
//!
//! # Shapes and units
//! Masses in kilograms of one year; shares between 0 and 1.
//!
//! # Cost
//! O(draws).
//!
//! # Does not
//! Mix a global rate, the rate of a corridor and the chance that one shipment is caught: these are
//! three numbers. Divide bulk kilograms by pure ones.
//!
//! # Checked by
//! 864 t at 60 % of 1,125 t is 46 %, in `tests` here; one refusal for each kind of unlike bases.

use atalaya_kernel::Seed;

use crate::Card;
use crate::num::chance::{beta, lognormal};
use crate::num::quantile::Interval;

/// What this method is.
pub const CARD: Card = Card {
    id: "indicators",
    verb: "routes",
    name: ["Interdiction rate", "Tasa de interdicción"],
    answers: ["What share of what was produced was seized?", "¿Qué parte de lo producido fue incautada?"],
    source: "UNODC, World Drug Report, cocaine market chapter: purity-adjusted seizures over potential production",
};

/// How a mass is weighed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Basis {
    /// As seized, with what it is cut with.
    Bulk,
    /// Purity known: a mean and how concentrated it is about it (the sum of both Beta parameters).
    BulkOfPurity {
        /// Mean purity, between 0 and 1.
        mean: f64,
        /// Concentration about it.
        concentration: f64,
    },
    /// Pure substance.
    Pure,
}

/// Of what a mass is a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The world.
    World,
    /// One place's own territory.
    Territory(usize),
    /// What moves along one corridor.
    Corridor(usize),
}

/// A mass, and what it is a mass of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mass {
    /// Kilograms.
    pub kg: f64,
    /// Coefficient of variation; 0 where it was counted.
    pub cv: f64,
    /// How it is weighed.
    pub basis: Basis,
    /// Of what it is a total.
    pub scope: Scope,
    /// Calendar year.
    pub year: i32,
}

/// Why there is no rate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RateError {
    /// Bulk over pure.
    #[error("seizures are in bulk kilograms, production in pure ones: give the purity of what was seized, with its spread")]
    UnlikeBasis,
    /// The totals are of different things.
    #[error("seizures are of {seized:?}, production of {produced:?}: a global rate and that of a corridor are two numbers")]
    UnlikeScope {
        /// Of what seizures are a total.
        seized: Scope,
        /// Of what production is.
        produced: Scope,
    },
    /// Different years.
    #[error("seizures are of {seized}, production of {produced}: use one year")]
    UnlikeYear {
        /// Year of seizures.
        seized: i32,
        /// Year of production.
        produced: i32,
    },
    /// A number out of its range.
    #[error("{what} is {value}: it must lie {range}")]
    OutOfRange {
        /// Which number.
        what: &'static str,
        /// What was found.
        value: f64,
        /// Where it must lie.
        range: &'static str,
    },
}

/// Seizures over production, with its interval. It may pass 1: then one of the two is wrong.
///
/// * `doubled`: lowest and highest share of seized mass that is counted more than once.
///
/// # Errors
/// [`RateError`].
pub fn interdiction_rate(seized: &Mass, produced: &Mass, doubled: (f64, f64), draws: usize, seed: Seed) -> Result<Interval, RateError> {
    if seized.basis == Basis::Bulk && produced.basis == Basis::Pure || produced.basis == Basis::Bulk && seized.basis != Basis::Bulk {
        return Err(RateError::UnlikeBasis);
    }
    if seized.scope != produced.scope {
        return Err(RateError::UnlikeScope { seized: seized.scope, produced: produced.scope });
    }
    if seized.year != produced.year {
        return Err(RateError::UnlikeYear { seized: seized.year, produced: produced.year });
    }
    within("seized mass", seized.kg, 0.0, f64::MAX, "at 0 or above")?;
    within("production", produced.kg, f64::MIN_POSITIVE, f64::MAX, "above 0")?;
    within("the lowest share counted twice", doubled.0, 0.0, 1.0, "between 0 and 1")?;
    within("the highest share counted twice", doubled.1, doubled.0, 1.0, "between the lowest and 1")?;
    for mass in [seized, produced] {
        if let Basis::BulkOfPurity { mean, concentration } = mass.basis {
            within("mean purity", mean, f64::MIN_POSITIVE, 1.0 - f64::EPSILON, "between 0 and 1")?;
            within("concentration of purity", concentration, f64::MIN_POSITIVE, f64::MAX, "above 0")?;
        }
    }
    let rates = (0..draws.max(1) as u64).map(|draw| {
        let mut stream = seed.stream(draw);
        let mut pure = |mass: &Mass| {
            let kg = lognormal(&mut stream, mass.kg, mass.cv);
            match mass.basis {
                Basis::BulkOfPurity { mean, concentration } => kg * beta(&mut stream, mean, concentration),
                Basis::Bulk | Basis::Pure => kg,
            }
        };
        let (numerator, denominator) = (pure(seized), pure(produced));
        let once = 1.0 - (doubled.0 + (doubled.1 - doubled.0) * stream.unit());
        numerator * once / denominator
    });
    Ok(Interval::of(rates))
}

fn within(what: &'static str, value: f64, low: f64, high: f64, range: &'static str) -> Result<(), RateError> {
    if (low..=high).contains(&value) { Ok(()) } else { Err(RateError::OutOfRange { what, value, range }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seized(basis: Basis) -> Mass {
        Mass { kg: 864e3, cv: 0.0, basis, scope: Scope::World, year: 2015 }
    }

    fn produced(cv: f64) -> Mass {
        Mass { kg: 1_125e3, cv, basis: Basis::Pure, scope: Scope::World, year: 2015 }
    }

    const CERTAIN: Basis = Basis::BulkOfPurity { mean: 0.6, concentration: 1e12 };

    /// Flows note, section 2.4: 864 t at 60 % of 1,125 t.
    #[test]
    fn the_rate_of_2015_at_sixty_percent() {
        let rate = interdiction_rate(&seized(CERTAIN), &produced(0.0), (0.0, 0.0), 200, Seed(1)).unwrap();
        assert!((rate.median - 0.4608).abs() < 1e-4 && rate.high - rate.low < 1e-4, "{rate:?}");
    }

    #[test]
    fn doubt_widens_it_and_double_counting_lowers_it() {
        let basis = Basis::BulkOfPurity { mean: 0.6, concentration: 30.0 };
        let rate = interdiction_rate(&seized(basis), &produced(0.15), (0.0, 0.2), 4_000, Seed(1)).unwrap();
        assert!(rate.low < 0.35 && rate.high > 0.5 && rate.median < 0.4608, "{rate:?}");
    }

    #[test]
    fn unlike_bases_are_refused() {
        let ask = |s: &Mass, p: &Mass, d| interdiction_rate(s, p, d, 10, Seed(1)).unwrap_err();
        assert_eq!(ask(&seized(Basis::Bulk), &produced(0.1), (0.0, 0.0)), RateError::UnlikeBasis);
        let corridor = Mass { scope: Scope::Corridor(3), ..seized(CERTAIN) };
        assert!(matches!(ask(&corridor, &produced(0.1), (0.0, 0.0)), RateError::UnlikeScope { .. }));
        let later = Mass { year: 2016, ..seized(CERTAIN) };
        assert_eq!(ask(&later, &produced(0.1), (0.0, 0.0)), RateError::UnlikeYear { seized: 2016, produced: 2015 });
        let nothing = Mass { kg: 0.0, ..produced(0.1) };
        assert!(matches!(ask(&seized(CERTAIN), &nothing, (0.0, 0.0)), RateError::OutOfRange { what: "production", .. }));
        assert!(matches!(ask(&seized(CERTAIN), &produced(0.1), (0.5, 0.2)), RateError::OutOfRange { .. }));
    }

    #[test]
    fn bulk_over_bulk_is_a_rate_too() {
        let bulk = Mass { basis: Basis::Bulk, ..produced(0.0) };
        let rate = interdiction_rate(&seized(Basis::Bulk), &bulk, (0.0, 0.0), 10, Seed(1)).unwrap();
        assert!((rate.median - 0.768).abs() < 1e-9);
    }
}

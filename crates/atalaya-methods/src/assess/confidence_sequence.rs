//! Confidence sequences: intervals that hold together, however often one looks.
//!
//! # Answers
//! Which effects are still possible when the data are looked at each time they grow, and nobody says when to stop?
//!
//! # Source
//! Robbins (1970), Annals of Mathematical Statistics 41(5), 1397-1409, for the mixture over normal means; Howard,
//! Ramdas, McAuliffe and Sekhon (2021), Annals of Statistics 49(2), 1055-1080, for where it is tightest; Waudby-Smith,
//! Arbour, Sinha, Kennedy and Ramdas (2024), Annals of Statistics 52(6), 2613-2640, for estimates that are normal only
//! in the limit; Pocock (1977), Biometrika 64(2), 191-199, for taking the same tail of t where errors are estimated
//! with few degrees of freedom.
//!
//! # Assumes
//! - At each look the estimate over its standard error is near normal (or t) if there is no effect.
//! - The estimate times its information moves like a Brownian motion in the information: new data are not tied to
//!   what was found before. It holds exactly for means with a common baseline and independent errors; errors that
//!   persist, and revised cells, were tried in worlds (see below).
//! - The planned information is set before the effect is read.
//!
//! # Shapes and units
//! A look in the outcome's unit; information is one over its square. Levels in per cent.
//!
//! # Cost
//! O(1) a look.
//!
//! # Does not
//! Intersect the intervals of several looks: an average effect changes as periods are added. Repair a standard
//! error that is wrong at one look. Reject at all where a permutation of few units cannot.
//!
//! # Checked by
//! Robbins's bound by hand; tightest at the planned look; Brownian paths never leave more often than stated;
//! null panels and a synthetic control re-assessed at 40 vintages, with revised cells (`tests/it/vintages.rs`).

use super::look::{AssessError, Look};
use crate::card::Card;
use crate::num::distribution::{normal_quantile, t_two_sided};

/// What the method is.
pub const CARD: Card = Card {
    id: "confidence_sequence",
    verb: "assess",
    name: ["Confidence sequence", "Secuencia de confianza"],
    answers: [
        "Which effects are still possible, however often one looks?",
        "¿Qué efectos siguen siendo posibles, por más veces que se mire?",
    ],
    source: "Robbins (1970), AMS 41; Howard et al. (2021), AoS 49; Waudby-Smith et al. (2024), AoS 52",
};

/// What is fixed before the first look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sequence {
    /// Share of worlds without effect in which any look errs: 0.05 at 95 %.
    alpha: f64,
    /// The precision of the mixture.
    rho: f64,
}

impl Sequence {
    /// A sequence that is tightest where the information is what is planned.
    ///
    /// # Errors
    /// [`AssessError::Level`], [`AssessError::Information`].
    pub fn planned(level: f64, information: f64) -> Result<Sequence, AssessError> {
        normal_quantile_of(level)?;
        usable(information)?;
        let alpha = 1.0 - level / 100.0;
        Ok(Sequence { alpha, rho: information / (tightest(alpha) - 1.0) })
    }

    /// How many standard errors, for the normal, an estimate with this information may be off.
    ///
    /// # Errors
    /// [`AssessError::Information`].
    pub fn critical(&self, information: f64) -> Result<f64, AssessError> {
        usable(information)?;
        let ratio = self.rho / information;
        Ok(((1.0 + ratio) * ((1.0 / ratio).ln_1p() - 2.0 * self.alpha.ln())).sqrt())
    }

    /// The interval at a look.
    ///
    /// # Errors
    /// [`AssessError::Information`].
    pub fn interval(&self, look: &Look) -> Result<[f64; 2], AssessError> {
        Ok(look.interval(self.critical(look.information())?))
    }

    /// The p-value of no effect at a look: at most `p` in a share `p` of worlds without one, over all looks.
    ///
    /// # Errors
    /// [`AssessError::Information`].
    pub fn p_value(&self, look: &Look) -> Result<f64, AssessError> {
        usable(look.information())?;
        let tail = t_two_sided(look.estimate / look.se, look.freedom);
        let z = -normal_quantile(0.5 * tail);
        let ratio = self.rho / look.information();
        // The mixture's likelihood ratio against no effect, inverted.
        let log = 0.5 * (1.0 / ratio).ln_1p() - 0.5 * z * z / (1.0 + ratio);
        Ok(log.min(0.0).exp())
    }
}

/// The information expected `planned` periods after the start, from that of a look `after` periods after it, if all
/// periods tell as much: errors of the mean after and of the mean `before` add up.
pub fn information_ahead(information: f64, before: usize, after: usize, planned: usize) -> f64 {
    let parts = |after: usize| 1.0 / before.max(1) as f64 + 1.0 / after.max(1) as f64;
    information * parts(after) / parts(planned)
}

/// The normal quantile of a level in per cent.
pub(super) fn normal_quantile_of(level: f64) -> Result<f64, AssessError> {
    if !(50.0..100.0).contains(&level) {
        return Err(AssessError::Level { level });
    }
    Ok(normal_quantile(0.5 + level / 200.0))
}

fn usable(information: f64) -> Result<(), AssessError> {
    if information.is_finite() && information > 0.0 { Ok(()) } else { Err(AssessError::Information { information }) }
}

/// The squared critical value where it is least: `x - ln x = 1 - 2 ln alpha`, by Newton's steps from above.
fn tightest(alpha: f64) -> f64 {
    let target = 1.0 - 2.0 * alpha.ln();
    let mut x = 2.0 * target;
    for _ in 0..50 {
        x -= (x - x.ln() - target) / (1.0 - 1.0 / x);
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::chance::normal;
    use atalaya_kernel::Seed;

    /// Robbins (1970): |S_n| < sqrt((n + m)(a^2 + ln(n / m + 1))) for all n with probability 1 - exp(-a^2 / 2).
    /// By hand for n = m = 1 and 5 %: sqrt(2 (5.991465 + 0.693147)) = 3.656395.
    #[test]
    fn the_bound_is_that_of_robbins() {
        let sequence = Sequence { alpha: 0.05, rho: 1.0 };
        assert!((sequence.critical(1.0).unwrap() - 3.656_395).abs() < 1e-6);
        let n: f64 = 7.0;
        let robbins = ((n + 1.0) * (-2.0 * 0.05f64.ln() + (n + 1.0).ln())).sqrt() / n.sqrt();
        assert!((sequence.critical(n).unwrap() - robbins).abs() < 1e-12);
    }

    #[test]
    fn it_is_tightest_at_the_planned_look() {
        let sequence = Sequence::planned(95.0, 40.0).unwrap();
        let at = |i: f64| sequence.critical(i).unwrap();
        assert!((30..50).all(|i| at(f64::from(i)) >= at(40.0)));
        assert!((at(40.0).powi(2) - tightest(0.05)).abs() < 1e-9);
        assert!((3.0..3.1).contains(&at(40.0)));
    }

    /// Ten periods before, one after: 0.1 + 1 in parts; ten after: 0.2; so 5.5 times as much.
    #[test]
    fn information_grows_until_the_time_before_is_all_that_is_left_unknown() {
        assert!((information_ahead(2.0, 10, 1, 10) - 11.0).abs() < 1e-12);
        assert!(information_ahead(2.0, 10, 1, 100_000) < 22.0);
    }

    #[test]
    fn interval_and_p_value_agree() {
        let sequence = Sequence::planned(95.0, 4.0).unwrap();
        for freedom in [4.0, 30.0, f64::INFINITY] {
            for estimate in [0.0, 1.0, 1.4, 1.6, 2.0, 4.0] {
                let look = Look::new(estimate, 0.5, freedom).unwrap();
                let out = sequence.interval(&look).unwrap()[0] > 0.0;
                assert_eq!(out, sequence.p_value(&look).unwrap() < 0.05, "{estimate} {freedom}");
            }
        }
    }

    #[test]
    fn brownian_paths_leave_no_more_often_than_stated() {
        let (worlds, looks) = (4000u32, 400u32);
        let sequence = Sequence::planned(95.0, 50.0).unwrap();
        let leaves = |world: u32, effect: f64| {
            let mut stream = Seed(3).stream(u64::from(world));
            let mut sum = 0.0;
            (1..=looks).any(|n| {
                let n = f64::from(n);
                sum += effect + normal(&mut stream);
                let interval = sequence.interval(&Look::new(sum / n, n.powf(-0.5), f64::INFINITY).unwrap()).unwrap();
                interval[0] > effect || interval[1] < effect
            })
        };
        let out = (0..worlds).filter(|w| leaves(*w, 0.3)).count() as f64 / f64::from(worlds);
        assert!((0.005..=0.05).contains(&out), "{out}");
    }

    #[test]
    fn what_cannot_be_planned_is_refused() {
        assert!(matches!(Sequence::planned(101.0, 1.0), Err(AssessError::Level { .. })));
        assert!(matches!(Sequence::planned(95.0, 0.0), Err(AssessError::Information { .. })));
        assert!(matches!(Sequence { alpha: 0.05, rho: 1.0 }.critical(f64::INFINITY), Err(AssessError::Information { .. })));
    }
}

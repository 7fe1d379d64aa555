//! Group-sequential boundaries: a number of looks planned, the error spent over them.
//!
//! # Answers
//! How far out must an estimate be at the k-th of a planned number of looks, so that all together err as seldom as one?
//!
//! # Source
//! Armitage, McPherson and Rowe (1969), JRSS A 132(2), 235-244, for the recursion; Pocock (1977), Biometrika 64(2),
//! 191-199; O'Brien and Fleming (1979), Biometrics 35(3), 549-556; Lan and DeMets (1983), Biometrika 70(3), 659-663,
//! and (1989), Biometrics 45(3), 1017-1020, for spending by the calendar; Jennison and Turnbull (2000), Group
//! Sequential Methods, tables 2.1 and 2.3 and chapter 9 (repeated intervals).
//!
//! # Assumes
//! - As [`super::confidence_sequence`]: estimate times information moves like a Brownian motion.
//! - The number of looks does not depend on what was found.
//!
//! # Shapes and units
//! Information of each look in any unit, increasing; shares of the error spent, in `(0, 1]`. Boundaries are two-sided,
//! in standard errors of the normal.
//!
//! # Cost
//! O(n^2) a look, n some dozens of Gauss-Legendre nodes.
//!
//! # Does not
//! Stop for want of effect; correct the estimate for having been looked at.
//!
//! # Checked by
//! The constants of Jennison and Turnbull and the boundaries of Lan and DeMets; simulated paths; each refusal.

use super::look::AssessError;
use crate::card::Card;
use crate::num::distribution::{normal_density, normal_quantile, normal_tail};

/// What the method is.
pub const CARD: Card = Card {
    id: "group_sequential",
    verb: "assess",
    name: ["Group-sequential boundaries", "Límites secuenciales por grupos"],
    answers: [
        "How far out must an estimate be at each of a planned number of looks?",
        "¿Qué tan lejos debe estar una estimación en cada una de las revisiones previstas?",
    ],
    source: "O'Brien and Fleming (1979), Biometrics 35; Lan and DeMets (1983), Biometrika 70",
};

/// Looks up to which boundaries are computed.
pub const MOST_LOOKS: usize = 500;
/// Beyond so many standard errors there is nothing to integrate.
const FAR: f64 = 9.0;

/// How the error is spread over the looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// Hardly any at first, nearly all at the last.
    #[default]
    OBrienFleming,
    /// Evenly.
    Pocock,
}

impl Shape {
    /// The two-sided error spent when a share of the plan is done (Lan and DeMets 1983).
    pub fn spent(self, alpha: f64, share: f64) -> f64 {
        let share = share.clamp(0.0, 1.0);
        match self {
            _ if share == 0.0 => 0.0,
            Shape::OBrienFleming => 4.0 * normal_tail(-normal_quantile(0.25 * alpha) / share.sqrt()),
            Shape::Pocock => alpha * (1.0 + (std::f64::consts::E - 1.0) * share).ln(),
        }
    }
}

/// One look of a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Planned {
    /// Its information.
    pub information: f64,
    /// The share of the plan that is done with it: `k / K`, or the share of the information.
    pub share: f64,
}

/// Boundaries of Lan and DeMets for looks so far.
///
/// A look that adds no information (a revision that widens the error) pays for itself alone, which is right
/// however it depends on the others.
///
/// # Errors
/// [`AssessError::Level`], [`AssessError::Looks`], [`AssessError::Information`], [`AssessError::Share`].
pub fn boundaries(shape: Shape, level: f64, looks: &[Planned]) -> Result<Vec<f64>, AssessError> {
    super::confidence_sequence::normal_quantile_of(level)?;
    if looks.is_empty() || looks.len() > MOST_LOOKS {
        return Err(AssessError::Looks { looks: looks.len(), most: MOST_LOOKS });
    }
    let alpha = 1.0 - level / 100.0;
    let (mut inside, mut spent, mut before) = (Inside::start(), 0.0, 0.0);
    let mut out = Vec::with_capacity(looks.len());
    for look in looks {
        if !(look.information.is_finite() && look.information > 0.0) {
            return Err(AssessError::Information { information: look.information });
        }
        if !(look.share > before && look.share <= 1.0) {
            return Err(AssessError::Share { share: look.share, before });
        }
        let total = shape.spent(alpha, look.share);
        let now = total - spent;
        if look.information > inside.information * (1.0 + 1e-9) {
            let boundary = solve(now, |b| inside.leaves(look.information, b));
            inside = inside.step(look.information, boundary);
            out.push(boundary);
        } else {
            out.push(-normal_quantile(0.5 * now));
        }
        (spent, before) = (total, look.share);
    }
    Ok(out)
}

/// The boundaries of O'Brien and Fleming or of Pocock for so many evenly spaced looks.
///
/// # Errors
/// [`AssessError::Level`], [`AssessError::Looks`].
pub fn classical(shape: Shape, level: f64, looks: usize) -> Result<Vec<f64>, AssessError> {
    super::confidence_sequence::normal_quantile_of(level)?;
    if looks == 0 || looks > MOST_LOOKS {
        return Err(AssessError::Looks { looks, most: MOST_LOOKS });
    }
    let at = |constant: f64, k: usize| match shape {
        Shape::Pocock => constant,
        Shape::OBrienFleming => constant * (looks as f64 / k as f64).sqrt(),
    };
    let leaves = |constant: f64| {
        let mut inside = Inside::start();
        let mut sum = 0.0;
        for k in 1..=looks {
            sum += inside.leaves(k as f64, at(constant, k));
            inside = inside.step(k as f64, at(constant, k));
        }
        sum
    };
    let constant = solve(1.0 - level / 100.0, leaves);
    Ok((1..=looks).map(|k| at(constant, k)).collect())
}

/// Where a falling probability is `target`: halving, to the last digits.
fn solve(target: f64, probability: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 40.0);
    while high - low > 1e-10 {
        let middle = 0.5 * (low + high);
        if probability(middle) > target { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// Paths that have not left: the density of the sum at nodes, times the weights of the nodes.
struct Inside {
    information: f64,
    nodes: Vec<(f64, f64)>,
}

impl Inside {
    /// All paths begin at zero.
    fn start() -> Inside {
        Inside { information: 0.0, nodes: vec![(0.0, 1.0)] }
    }

    /// The probability to be inside until now and outside at the next look.
    fn leaves(&self, information: f64, boundary: f64) -> f64 {
        let (edge, step) = (boundary * information.sqrt(), (information - self.information).sqrt());
        self.nodes.iter().map(|(at, mass)| mass * (normal_tail((edge - at) / step) + normal_tail((edge + at) / step))).sum()
    }

    /// The paths still inside after the next look.
    fn step(&self, information: f64, boundary: f64) -> Inside {
        let (edge, step) = (boundary.min(FAR) * information.sqrt(), (information - self.information).sqrt());
        let nodes = legendre(24 + (6.0 * edge / step).min(2000.0) as usize);
        let mass = |at: f64| self.nodes.iter().map(|(from, mass)| mass * normal_density((at - from) / step)).sum::<f64>() / step;
        let nodes = nodes.iter().map(|(x, w)| (x * edge, w * edge * mass(x * edge))).collect();
        Inside { information, nodes }
    }
}

/// Nodes and weights of Gauss and Legendre on `(-1, 1)`, by Newton's steps on the polynomial.
fn legendre(n: usize) -> Vec<(f64, f64)> {
    let mut out = Vec::with_capacity(n);
    for i in 0..n {
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..8 {
            let (mut last, mut value) = (1.0, x);
            for k in 2..=n {
                let k = k as f64;
                (last, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * last) / k);
            }
            slope = n as f64 * (x * value - last) / (x * x - 1.0);
            x -= value / slope;
        }
        out.push((x, 2.0 / ((1.0 - x * x) * slope * slope)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::chance::normal;
    use atalaya_kernel::Seed;

    fn near(found: &[f64], printed: &[f64], tolerance: f64) {
        assert_eq!(found.len(), printed.len());
        for (a, b) in found.iter().zip(printed) {
            assert!((a - b).abs() <= tolerance, "{found:?} {printed:?}");
        }
    }

    fn even(looks: usize) -> Vec<Planned> {
        (1..=looks).map(|k| Planned { information: k as f64 / looks as f64, share: k as f64 / looks as f64 }).collect()
    }

    /// O'Brien and Fleming: 4.56, 3.23, 2.63, 2.28, 2.04; Pocock's constants 2.178, 2.413 and 2.555 for 2, 5 and 10
    /// looks; O'Brien and Fleming's 2.087 for 10 (Jennison and Turnbull 2000, tables 2.1 and 2.3).
    #[test]
    fn the_constants_of_the_textbook_come_out() {
        near(&classical(Shape::OBrienFleming, 95.0, 5).unwrap(), &[4.56, 3.23, 2.63, 2.28, 2.04], 5e-3);
        for (looks, constant) in [(2, 2.178), (5, 2.413), (10, 2.555)] {
            near(&classical(Shape::Pocock, 95.0, looks).unwrap()[..1], &[constant], 5e-4);
        }
        near(&classical(Shape::OBrienFleming, 95.0, 10).unwrap()[9..], &[2.087], 5e-4);
        near(&classical(Shape::Pocock, 95.0, 1).unwrap(), &[1.959_964], 1e-6);
    }

    /// Boundaries by spending for five looks, two-sided 5 %, as the program of Reboussin, DeMets, Kim and Lan prints them.
    #[test]
    fn spending_gives_the_boundaries_of_lan_and_demets() {
        near(&boundaries(Shape::OBrienFleming, 95.0, &even(5)).unwrap(), &[4.877, 3.357, 2.680, 2.290, 2.031], 5e-4);
        near(&boundaries(Shape::Pocock, 95.0, &even(5)).unwrap(), &[2.438, 2.427, 2.410, 2.397, 2.386], 5e-4);
    }

    #[test]
    fn spent_error_ends_at_the_level() {
        for shape in [Shape::OBrienFleming, Shape::Pocock] {
            assert!((shape.spent(0.05, 1.0) - 0.05).abs() < 1e-12);
            assert!((1..100).all(|k| shape.spent(0.05, f64::from(k) / 100.0) < shape.spent(0.05, f64::from(k + 1) / 100.0)));
            assert_eq!(shape.spent(0.05, 0.0), 0.0);
        }
    }

    /// Looks by the calendar while information comes unevenly, and one that adds none.
    #[test]
    fn paths_leave_as_often_as_stated_when_information_is_uneven() {
        let information = [0.2, 0.25, 0.6, 0.7, 1.4];
        let looks: Vec<Planned> =
            information.iter().zip(1..).map(|(&i, k)| Planned { information: i, share: f64::from(k) / 5.0 }).collect();
        let bounds = boundaries(Shape::OBrienFleming, 90.0, &looks).unwrap();
        let worlds = 40_000u64;
        let leaves = |world: u64| {
            let mut stream = Seed(5).stream(world);
            let (mut sum, mut at) = (0.0, 0.0);
            information.iter().zip(&bounds).any(|(&i, b)| {
                sum += normal(&mut stream) * f64::sqrt(i - at);
                at = i;
                sum.abs() > b * i.sqrt()
            })
        };
        let out = (0..worlds).filter(|w| leaves(*w)).count() as f64 / worlds as f64;
        assert!((out - 0.10).abs() < 4.0 * (0.09f64 / worlds as f64).sqrt(), "{out}");
        let stale = [looks[0], Planned { information: 0.1, share: 0.4 }];
        let alone = boundaries(Shape::Pocock, 95.0, &stale).unwrap()[1];
        assert!((2.0 * normal_tail(alone) - (Shape::Pocock.spent(0.05, 0.4) - Shape::Pocock.spent(0.05, 0.2))).abs() < 1e-12);
    }

    #[test]
    fn forty_looks_cost_little() {
        let bounds = boundaries(Shape::OBrienFleming, 95.0, &even(40)).unwrap();
        assert!(bounds.windows(2).all(|w| w[0] > w[1]) && (2.0..2.2).contains(&bounds[39]), "{bounds:?}");
    }

    #[test]
    fn a_plan_that_is_none_is_refused() {
        let planned = |information, share| boundaries(Shape::Pocock, 95.0, &[Planned { information, share }]);
        assert!(matches!(planned(1.0, 0.0), Err(AssessError::Share { .. })));
        assert!(matches!(planned(1.0, 1.1), Err(AssessError::Share { .. })));
        assert!(matches!(planned(0.0, 0.5), Err(AssessError::Information { .. })));
        assert!(matches!(boundaries(Shape::Pocock, 95.0, &[]), Err(AssessError::Looks { .. })));
        assert!(matches!(classical(Shape::Pocock, 95.0, 0), Err(AssessError::Looks { .. })));
        assert!(matches!(classical(Shape::Pocock, 10.0, 3), Err(AssessError::Level { .. })));
    }
}

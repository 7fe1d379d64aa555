//! Reconciled estimates: figures with stated variances made to satisfy what must hold among them.
//!
//! # Answers
//! If these figures have these errors, and these sums must hold, what are the most likely values,
//! how certain are they, and is the discrepancy larger than the stated errors allow?
//!
//! # Source
//! Stone, Champernowne & Meade (1942), "The precision of national income estimates", Review of
//! Economic Studies 9(2), 111-125: `x* = x + V A'(A V A')^-1 (b - A x)`, `V* = V - V A'(A V A')^-1 A V`.
//! One constraint after the other, which gives the same (Byron 1978, JRSS A 141(3), 359-367).
//!
//! # Assumes
//! - Each figure is unbiased, with the variance that is stated; a variance of 0 fixes it.
//! - Errors of different figures are independent.
//! - Constraints are linear and exact.
//!
//! # Shapes and units
//! `values`, `variances`: one a figure, in its unit and its square. A constraint is a list of
//! (figure, coefficient) and what they add up to.
//!
//! # Cost
//! O(constraints x figures^2) time, figures^2 memory.
//!
//! # Does not
//! Decide which source is right, invent variances, or average: it is an estimate with a name, and
//! its own test says when the figures are too far apart for it to mean anything.
//!
//! # Checked by
//! The worked example of two figures (10, 7 with variances 4, 1: 7.6 and 0.8); constraints in any
//! order; a world in which intervals cover the truth; one refusal for each error.

use super::chi_square;
use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "least_squares",
    verb: "reconcile",
    name: ["Stone's reconciliation by least squares", "Conciliación de Stone por mínimos cuadrados"],
    answers: [
        "Given stated errors and sums that must hold, what are the most likely values, and do the figures allow it?",
        "Con errores declarados y sumas que deben cumplirse, ¿cuáles son los valores más probables, y lo permiten las cifras?",
    ],
    source: "Stone, Champernowne & Meade (1942), Review of Economic Studies 9(2), 111-125",
};

/// A share of the variance a constraint began with below which it is taken to be used up.
const NOTHING: f64 = 1e-10;

/// Something that must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraint {
    /// Figures and their coefficients.
    pub terms: Vec<(usize, f64)>,
    /// What they add up to.
    pub total: f64,
}

/// Why figures cannot be reconciled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoneError {
    /// Nothing is assumed about errors.
    #[error("figure {figure} has no stated variance: state one, or leave the figure out; none is assumed")]
    NoVariance {
        /// Which.
        figure: usize,
    },
    /// Not a variance.
    #[error("figure {figure} has a negative variance or is not finite: check it")]
    NotANumber {
        /// Which.
        figure: usize,
    },
    /// The lists do not fit.
    #[error("{values} values, {variances} variances, and constraints about {figures} figures: make them one list")]
    Shape {
        /// Values.
        values: usize,
        /// Variances.
        variances: usize,
        /// Figures named.
        figures: usize,
    },
    /// Two constraints say two things.
    #[error("constraint {constraint} contradicts those before it whatever the figures: drop or correct one")]
    Inconsistent {
        /// Which.
        constraint: usize,
    },
    /// Figures held fixed that do not add up.
    #[error("constraint {constraint} is broken by figures held fixed: state a variance for one of them")]
    Fixed {
        /// Which.
        constraint: usize,
    },
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconciled {
    /// The estimates.
    pub values: Vec<f64>,
    /// Their variances: never more than stated.
    pub variances: Vec<f64>,
    /// Each adjustment in its standard errors: beyond 2, a figure moved more than its error allows.
    /// 0 where nothing could move.
    pub adjustments: Vec<f64>,
    /// The weighted sum of squared discrepancies.
    pub chi_square: f64,
    /// Its degrees of freedom: constraints that said something new.
    pub degrees: usize,
    /// The probability of a discrepancy at least as large if the stated errors are right.
    pub probability: f64,
}

/// Figures with stated variances, made to satisfy the constraints.
///
/// # Errors
/// [`StoneError::Shape`], [`StoneError::NoVariance`], [`StoneError::NotANumber`],
/// [`StoneError::Inconsistent`], [`StoneError::Fixed`].
pub fn reconcile(values: &[f64], variances: &[Option<f64>], constraints: &[Constraint]) -> Result<Reconciled, StoneError> {
    let n = values.len();
    let stated = stated(values, variances, constraints)?;
    let mut x = values.to_vec();
    let mut v = vec![0.0; n * n];
    (0..n).for_each(|at| v[at * n + at] = stated[at]);
    let (mut chi_square, mut degrees) = (0.0, 0);
    for (at, constraint) in constraints.iter().enumerate() {
        // V a, and a'V a: what the discrepancy may be.
        let va: Vec<f64> = (0..n).map(|i| constraint.terms.iter().map(|(j, c)| v[i * n + j] * c).sum()).collect();
        let spread: f64 = constraint.terms.iter().map(|(j, c)| va[*j] * c).sum();
        let discrepancy = constraint.total - constraint.terms.iter().map(|(j, c)| x[*j] * c).sum::<f64>();
        let initial: f64 = constraint.terms.iter().map(|(j, c)| stated[*j] * c * c).sum();
        if spread <= NOTHING * initial || initial <= 0.0 {
            let size = constraint.terms.iter().map(|(j, c)| (x[*j] * c).abs()).fold(constraint.total.abs(), f64::max);
            if discrepancy.abs() <= 1e-9 * size.max(1e-9) {
                continue; // It holds already and says nothing new.
            }
            return Err(if initial <= 0.0 { StoneError::Fixed { constraint: at } } else { StoneError::Inconsistent { constraint: at } });
        }
        let gain = discrepancy / spread;
        for i in 0..n {
            x[i] += va[i] * gain;
            for j in 0..n {
                v[i * n + j] -= va[i] * va[j] / spread;
            }
        }
        chi_square += discrepancy * gain;
        degrees += 1;
    }
    let left: Vec<f64> = (0..n).map(|i| v[i * n + i].max(0.0)).collect();
    let moved = |i: usize| {
        let by = (stated[i] - left[i]).max(0.0).sqrt();
        if by > 0.0 { (x[i] - values[i]) / by } else { 0.0 }
    };
    let adjustments = (0..n).map(moved).collect();
    let probability = chi_square::tail(chi_square, degrees);
    Ok(Reconciled { values: x, variances: left, adjustments, chi_square, degrees, probability })
}

/// The variances, each stated.
fn stated(values: &[f64], variances: &[Option<f64>], constraints: &[Constraint]) -> Result<Vec<f64>, StoneError> {
    let figures = constraints.iter().flat_map(|c| c.terms.iter().map(|(at, _)| at + 1)).max().unwrap_or(0);
    if values.len() != variances.len() || figures > values.len() {
        return Err(StoneError::Shape { values: values.len(), variances: variances.len(), figures });
    }
    let one = |(figure, (value, variance)): (usize, (&f64, &Option<f64>))| match variance {
        None => Err(StoneError::NoVariance { figure }),
        Some(v) if !v.is_finite() || *v < 0.0 || !value.is_finite() => Err(StoneError::NotANumber { figure }),
        Some(v) => Ok(*v),
    };
    values.iter().zip(variances).enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::Seed;

    use super::*;

    fn equal(a: usize, b: usize) -> Constraint {
        Constraint { terms: vec![(a, 1.0), (b, -1.0)], total: 0.0 }
    }

    /// By the formula of the source: x = (10, 7), V = diag(4, 1), x1 - x2 = 0 gives 10 - 4/5 * 3 = 7.6 for
    /// both, with variance 4 - 16/5 = 0.8; chi-square 9 / 5.
    #[test]
    fn two_figures_for_one_thing() {
        let found = reconcile(&[10.0, 7.0], &[Some(4.0), Some(1.0)], &[equal(0, 1)]).unwrap();
        for at in 0..2 {
            assert!((found.values[at] - 7.6).abs() < 1e-12 && (found.variances[at] - 0.8).abs() < 1e-12, "{found:?}");
        }
        assert!((found.chi_square - 1.8).abs() < 1e-12 && found.degrees == 1);
        // Both moved by 3 / sqrt(5) standard errors of the discrepancy.
        assert!((found.adjustments[0].abs() - 3.0 / 5f64.sqrt()).abs() < 1e-12);
        assert!((found.probability - 0.179_712).abs() < 1e-6);
    }

    #[test]
    fn the_order_of_constraints_and_what_says_nothing_new_do_not_matter() {
        let values = [100.0, 42.0, 55.0, 20.0, 30.0];
        let variances = [4.0, 9.0, 1.0, 2.0, 0.0].map(Some);
        let adds = |whole: usize, parts: &[usize]| Constraint {
            terms: std::iter::once((whole, -1.0)).chain(parts.iter().map(|p| (*p, 1.0))).collect(),
            total: 0.0,
        };
        let (a, b) = (adds(0, &[1, 2]), adds(1, &[3, 4]));
        let one = reconcile(&values, &variances, &[a.clone(), b.clone()]).unwrap();
        let two = reconcile(&values, &variances, &[b, a.clone(), a]).unwrap();
        assert_eq!(one.degrees, two.degrees);
        for at in 0..5 {
            assert!((one.values[at] - two.values[at]).abs() < 1e-9 && (one.variances[at] - two.variances[at]).abs() < 1e-9);
        }
        assert_eq!((one.values[4], one.variances[4], one.adjustments[4]), (30.0, 0.0, 0.0), "fixed is fixed");
        assert!((one.values[1] + one.values[2] - one.values[0]).abs() < 1e-9);
    }

    /// World: a whole and three parts measured with known errors. The estimates are nearer to the
    /// truth, 95 % intervals cover it 95 times in 100, and the test rejects 5 times in 100.
    #[test]
    fn intervals_cover_the_truth_as_often_as_they_say() {
        let truth = [60.0, 10.0, 20.0, 30.0];
        let errors = [3.0, 2.0, 4.0, 1.0];
        let constraint = Constraint { terms: vec![(0, -1.0), (1, 1.0), (2, 1.0), (3, 1.0)], total: 0.0 };
        let mut stream = Seed(1942).stream(0);
        // The sum of twelve uniform numbers less six: close to normal.
        let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
        let (mut covered, mut rejected, mut before, mut after) = (0, 0, 0.0, 0.0);
        let worlds = 4_000u32;
        for _ in 0..worlds {
            let x: Vec<f64> = truth.iter().zip(errors).map(|(t, e)| t + e * normal()).collect();
            let found = reconcile(&x, &errors.map(|e| Some(e * e)), std::slice::from_ref(&constraint)).unwrap();
            for at in 0..4 {
                covered += u32::from((found.values[at] - truth[at]).abs() <= 1.959_964 * found.variances[at].sqrt());
                before += (x[at] - truth[at]).powi(2);
                after += (found.values[at] - truth[at]).powi(2);
            }
            rejected += u32::from(found.probability < 0.05);
        }
        let (cover, reject) = (f64::from(covered) / f64::from(4 * worlds), f64::from(rejected) / f64::from(worlds));
        assert!((cover - 0.95).abs() < 0.01 && (reject - 0.05).abs() < 0.012, "{cover} {reject}");
        assert!(after < before);
    }

    #[test]
    fn what_cannot_be_reconciled_is_refused() {
        let two = [10.0, 7.0];
        let sure = [Some(1.0), Some(1.0)];
        assert_eq!(reconcile(&two, &[Some(1.0), None], &[]), Err(StoneError::NoVariance { figure: 1 }));
        assert_eq!(reconcile(&two, &[Some(-1.0), Some(1.0)], &[]), Err(StoneError::NotANumber { figure: 0 }));
        assert_eq!(reconcile(&two, &[Some(1.0)], &[]), Err(StoneError::Shape { values: 2, variances: 1, figures: 0 }));
        let other = Constraint { terms: vec![(0, 1.0), (1, -1.0)], total: 5.0 };
        assert_eq!(reconcile(&two, &sure, &[equal(0, 1), other]), Err(StoneError::Inconsistent { constraint: 1 }));
        assert_eq!(reconcile(&two, &[Some(0.0), Some(0.0)], &[equal(0, 1)]), Err(StoneError::Fixed { constraint: 0 }));
        assert!(reconcile(&[7.0, 7.0], &[Some(0.0), Some(0.0)], &[equal(0, 1)]).is_ok());
    }
}

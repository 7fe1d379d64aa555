//! Two groups, two periods: a difference of differences of means.
//!
//! # Answers
//! By how much more did a group change than another between two periods?
//! # Source
//! Card and Krueger (1994), AER 84, 772-793, tables 3 and 4; Welch (1947), Biometrika 34, for the error.
//! # Assumes
//! Both groups would have changed alike; units are independent.
//! # Shapes and units
//! For each unit its group, and an outcome before and after that may be absent. In units of the outcome.
//! # Cost
//! O(units).
//! # Does not
//! Use covariates or more periods: `callaway_santanna` does.
//! # Checked by
//! `by_hand`, `absent_outcomes_count_where_they_are_not_needed`, `nobody_to_compare_is_refused`,
//! `half_the_intervals_at_half_the_level`, and the rows `DiD_2x2_means` of the reference file.

use super::covariance::Line;
use super::influence::Influence;
use super::refusal::Refusal;
use crate::card::Card;
use crate::num::Matrix;

/// What the method is.
pub const CARD: Card = Card {
    id: "two_by_two",
    verb: "evaluate",
    name: ["Difference of differences of two groups", "Diferencia en diferencias de dos grupos"],
    answers: [
        "By how much more did a group change than another between two periods?",
        "¿Cuánto más cambió un grupo que otro entre dos periodos?",
    ],
    source: "Card and Krueger (1994), AER 84, 772-793",
};

/// Means of four cells and what follows from them.
#[derive(Debug, Clone, PartialEq)]
pub struct TwoByTwo {
    /// Mean of treated before, treated after, others before, others after: all outcomes there are.
    pub means: [f64; 4],
    /// The difference of their differences.
    pub all: f64,
    /// The same over units seen in both periods, with unequal variances and Welch's degrees of freedom.
    pub balanced: Line,
    /// Shares of units seen twice in its error.
    pub influence: Influence,
}

/// The comparison.
///
/// # Errors
/// [`Refusal::Length`]; [`Refusal::NoTreated`] and [`Refusal::NoNeverTreated`] where fewer than two units of a group are seen twice.
pub fn two_by_two(treated: &[bool], before: &[Option<f64>], after: &[Option<f64>], level: f64) -> Result<TwoByTwo, Refusal> {
    let n = treated.len();
    for (name, column) in [("before", before), ("after", after)] {
        if column.len() != n {
            return Err(Refusal::Length { column: name.into(), found: column.len(), expected: n });
        }
    }
    let mean = |group: bool, column: &[Option<f64>]| {
        let values: Vec<f64> = (0..n).filter(|&i| treated[i] == group).filter_map(|i| column[i]).collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    let means = [mean(true, before), mean(true, after), mean(false, before), mean(false, after)];
    let changes: Vec<(bool, f64)> = (0..n).filter_map(|i| Some((treated[i], after[i]? - before[i]?))).collect();
    let (mean_t, var_t, n_t) = moments(&changes, true).ok_or(Refusal::NoTreated)?;
    let (mean_c, var_c, n_c) = moments(&changes, false).ok_or(Refusal::NoNeverTreated)?;
    let (a, b) = (var_t / n_t, var_c / n_c);
    let freedom = (a + b).powi(2) / (a * a / (n_t - 1.0) + b * b / (n_c - 1.0));
    // Each share is scaled so that its squares add up to the unbiased variance.
    let share = |(group, change): &(bool, f64)| match group {
        true => (change - mean_t) / (n_t * (n_t - 1.0)).sqrt(),
        false => -(change - mean_c) / (n_c * (n_c - 1.0)).sqrt(),
    };
    let shares: Vec<f64> = changes.iter().map(share).collect();
    Ok(TwoByTwo {
        means,
        all: means[1] - means[0] - means[3] + means[2],
        balanced: Line::new("did", mean_t - mean_c, (a + b).sqrt(), freedom, level),
        influence: Influence { shares: Matrix::from_columns(shares.len(), &[shares]) },
    })
}

/// Mean, variance and number of the changes of a group; none below two.
fn moments(changes: &[(bool, f64)], group: bool) -> Option<(f64, f64, f64)> {
    let of: Vec<f64> = changes.iter().filter(|c| c.0 == group).map(|c| c.1).collect();
    let n = of.len() as f64;
    let mean = of.iter().sum::<f64>() / n;
    (of.len() > 1).then(|| (mean, of.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0), n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use atalaya_kernel::seed::Seed;

    const TREATED: [bool; 4] = [true, true, false, false];

    /// Changes 2 and 4 against 1 and 1: 2, with variance 2 / 2.
    #[test]
    fn by_hand() {
        let made = two_by_two(&TREATED, &[Some(1.0); 4], &[Some(3.0), Some(5.0), Some(2.0), Some(2.0)], 0.95).unwrap();
        assert_eq!((made.means, made.all, made.balanced.estimate, made.balanced.se), ([1.0, 4.0, 1.0, 2.0], 2.0, 2.0, 1.0));
        assert!((made.influence.se(0) - made.balanced.se).abs() < 1e-15);
    }

    #[test]
    fn absent_outcomes_count_where_they_are_not_needed() {
        let treated = [true, true, true, false, false];
        let before = [Some(1.0), Some(1.0), Some(7.0), Some(1.0), Some(1.0)];
        let after = [Some(3.0), Some(5.0), None, Some(2.0), Some(2.0)];
        let made = two_by_two(&treated, &before, &after, 0.95).unwrap();
        assert_eq!((made.means[0], made.all, made.balanced.estimate), (3.0, 0.0, 2.0));
    }

    #[test]
    fn half_the_intervals_at_half_the_level() {
        let held = (0..400u64).filter(|&seed| {
            let mut s = Seed(seed).stream(1);
            let treated: Vec<bool> = (0..30).map(|i| i < 10).collect();
            let draw: Vec<Option<f64>> = (0..30).map(|_| Some(s.unit())).collect();
            let line = two_by_two(&treated, &vec![Some(0.0); 30], &draw, 0.5).unwrap().balanced;
            line.interval[0] < 0.0 && line.interval[1] > 0.0
        });
        let held = held.count();
        assert!((160..=240).contains(&held), "{held} of 400");
    }

    #[test]
    fn nobody_to_compare_is_refused() {
        let one = [Some(1.0); 4];
        assert_eq!(two_by_two(&[true; 4], &one, &one, 0.9).unwrap_err(), Refusal::NoNeverTreated);
        assert_eq!(two_by_two(&[false; 4], &one, &one, 0.9).unwrap_err(), Refusal::NoTreated);
        assert!(matches!(two_by_two(&TREATED, &one[..2], &one, 0.9).unwrap_err(), Refusal::Length { .. }));
    }
}

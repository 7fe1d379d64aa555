//! Interrupted time series: one series, a line before, another after, and errors that remember.
//!
//! # Answers
//! Did the level or the slope of one series change when the programme began, beyond what its own past and the
//! season foretold?
//!
//! # Source
//! Wagner, Soumerai, Zhang and Ross-Degnan (2002), Journal of Clinical Pharmacy and Therapeutics 27(4),
//! 299-309; standard errors of Newey and West (1987), Econometrica 55(3), 703-708, with the lag of their
//! 1994 rule, Review of Economic Studies 61(4), 631-653.
//!
//! # Assumes
//! - Without the programme the line, the season and the covariates would have gone on.
//! - Nothing else began at the same time.
//!
//! # Shapes and units
//! One number a period; covariates of the same length. The slope is per period, counted from the start.
//!
//! # Cost
//! One least-squares fit, O(n k²), and O(n k² lags) for errors.
//!
//! # Does not
//! Compare with anybody: where there are other series, use one of the synthetic controls or `structural_series`.
//!
//! # Checked by
//! Lines by hand; a straight line added; coverage under autocorrelated errors; each refusal.

use super::donors::mean;
use crate::card::Card;
use crate::num::distribution::{t_quantile, t_two_sided};
use crate::num::{Matrix, dot, least_squares};

/// What the method is.
pub const CARD: Card = Card {
    id: "interrupted_series",
    verb: "evaluate",
    name: ["Interrupted time series", "Serie de tiempo interrumpida"],
    answers: [
        "Did the level or the slope of one series change when the programme began?",
        "¿Cambió el nivel o la pendiente de una serie cuando empezó el programa?",
    ],
    source: "Wagner, Soumerai, Zhang and Ross-Degnan (2002), JCPT 27(4), 299-309",
};

/// Why no answer is given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InterruptedError {
    /// A covariate of another length.
    #[error("covariate {covariate} has {found} periods, the series {periods}: give the same")]
    Length {
        /// Its position.
        covariate: usize,
        /// Its length.
        found: usize,
        /// The series' length.
        periods: usize,
    },
    /// A cell that is no number.
    #[error("period {period} is not a finite number in some series: fill or cut it, and say so")]
    NotFinite {
        /// Its position.
        period: usize,
    },
    /// Too little on one side of the start.
    #[error("{before} periods before the start and {after} since: {needed} are needed on each side")]
    TooShort {
        /// Before.
        before: usize,
        /// Since.
        after: usize,
        /// Needed on each side.
        needed: usize,
    },
    /// A covariate that the lines explain.
    #[error("column {column} is explained by those before it: drop that season or covariate")]
    Collinear {
        /// Its position: 0 constant, 1 time, 2 level, 3 slope, then seasons and covariates.
        column: usize,
    },
}

/// What may be chosen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// Periods in a year, for seasons as pairs of waves; none where 0.
    pub season: usize,
    /// Pairs of waves a year.
    pub waves: usize,
    /// Periods over which errors are correlated; by rule where absent.
    pub lags: Option<usize>,
    /// Covariates.
    pub covariates: Vec<Vec<f64>>,
}

/// A coefficient with its error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Its interval of 95 %.
    pub interval: [f64; 2],
    /// Twice the tail.
    pub p_value: f64,
}

/// What changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Interrupted {
    /// The level at the start.
    pub level: Change,
    /// The slope since.
    pub slope: Change,
    /// The mean over the periods since.
    pub mean: Change,
    /// What each period since would have been.
    pub counterfactual: Vec<f64>,
    /// Lags that the errors allow for.
    pub lags: usize,
    /// The correlation of neighbouring residuals.
    pub autocorrelation: f64,
    /// Durbin and Watson's statistic.
    pub durbin_watson: f64,
}

/// Periods needed on each side.
const NEEDED: usize = 3;

/// The change at `start`.
///
/// # Errors
/// [`InterruptedError`].
pub fn interrupted_series(y: &[f64], start: usize, options: &Options) -> Result<Interrupted, InterruptedError> {
    let n = y.len();
    if let Some(covariate) = options.covariates.iter().position(|c| c.len() != n) {
        return Err(InterruptedError::Length { covariate, found: options.covariates[covariate].len(), periods: n });
    }
    if let Some(period) = (0..n).find(|&t| !y[t].is_finite() || options.covariates.iter().any(|c| !c[t].is_finite())) {
        return Err(InterruptedError::NotFinite { period });
    }
    let after = n.saturating_sub(start);
    let columns = design(n, start, options);
    if start < NEEDED || after < NEEDED || n <= columns.len() + 1 {
        return Err(InterruptedError::TooShort { before: start, after, needed: NEEDED });
    }
    let x = Matrix::from_columns(n, &columns);
    let fit = least_squares(&x, y, 1e-9);
    if let Some(column) = (0..columns.len()).find(|j| !fit.kept.contains(j)) {
        return Err(InterruptedError::Collinear { column });
    }
    let lags = options.lags.unwrap_or((4.0 * (n as f64 / 100.0).powf(2.0 / 9.0)) as usize).min(n - 1);
    let covariance = newey_west(&x, &fit.residuals, &fit.bread, lags);
    let beta = fit.filled();
    let df = (n - columns.len()) as f64;
    let change = |weights: &[f64]| {
        let (estimate, se) = (dot(weights, &beta), covariance.quadratic(weights).sqrt());
        let critical = t_quantile(0.975, df);
        Change { estimate, se, interval: [estimate - critical * se, estimate + critical * se], p_value: t_two_sided(estimate / se, df) }
    };
    let contrast = |level: f64, slope: f64| {
        let mut weights = vec![0.0; columns.len()];
        (weights[2], weights[3]) = (level, slope);
        change(&weights)
    };
    let fitted = x.times_vector(&beta);
    let e = &fit.residuals;
    let own = dot(e, e).max(f64::MIN_POSITIVE);
    Ok(Interrupted {
        level: contrast(1.0, 0.0),
        slope: contrast(0.0, 1.0),
        mean: contrast(1.0, (after - 1) as f64 / 2.0),
        counterfactual: (start..n).map(|t| fitted[t] - beta[2] - beta[3] * (t - start) as f64).collect(),
        lags,
        autocorrelation: dot(&e[1..], &e[..n - 1]) / own,
        durbin_watson: e.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum::<f64>() / own,
    })
}

/// Constant, time, level and slope since the start, waves, covariates.
fn design(n: usize, start: usize, options: &Options) -> Vec<Vec<f64>> {
    let column = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
    let since = |t: usize| (t as f64 - start as f64).max(0.0);
    let mut out =
        vec![column(&|_| 1.0), column(&|t| t as f64 - start as f64), column(&|t| f64::from(u8::from(t >= start))), column(&since)];
    if options.season > 1 {
        for wave in 1..=options.waves {
            let angle = |t: usize| std::f64::consts::TAU * (wave * (t % options.season)) as f64 / options.season as f64;
            out.push(column(&|t| angle(t).cos()));
            if 2 * wave != options.season {
                out.push(column(&|t| angle(t).sin()));
            }
        }
    }
    out.extend(options.covariates.iter().map(|c| {
        let centre = mean(c);
        c.iter().map(|v| v - centre).collect()
    }));
    out
}

/// Newey and West's covariance, with n / (n - k).
fn newey_west(x: &Matrix, residuals: &[f64], inverse: &Matrix, lags: usize) -> Matrix {
    let (n, k) = (x.rows(), x.cols());
    let scores = Matrix::from_fn(n, k, |t, j| x.at(t, j) * residuals[t]);
    let lagged = |lag: usize| Matrix::from_fn(k, k, |i, j| dot(&scores.col(i)[lag..], &scores.col(j)[..n - lag]));
    let mut meat = lagged(0);
    for lag in 1..=lags {
        let weight = 1.0 - lag as f64 / (lags + 1) as f64;
        let cross = lagged(lag);
        meat = meat.plus(weight, &cross).plus(weight, &cross.transposed());
    }
    inverse.times(&meat).times(inverse).scaled(n as f64 / (n - k) as f64)
}

#[cfg(test)]
mod tests {
    use super::super::chance::Normals;
    use super::*;
    use atalaya_kernel::Seed;

    fn world(seed: u64, memory: f64, n: usize) -> Vec<f64> {
        let mut stream = Seed(seed).stream(0);
        let mut chance = Normals::new(move || stream.unit());
        let mut e = 0.0;
        (0..n)
            .map(|t| {
                e = memory * e + chance.normal();
                10.0 + 0.1 * t as f64 + e + if t >= n / 2 { 2.0 + 0.05 * (t - n / 2) as f64 } else { 0.0 }
            })
            .collect()
    }

    /// A line of slope 1 that jumps by 5 and goes on with slope 3, to the digit.
    #[test]
    fn two_lines_by_hand() {
        let y: Vec<f64> = (0..12).map(|t| f64::from(t) + if t >= 6 { 5.0 + 2.0 * f64::from(t - 6) } else { 0.0 }).collect();
        let found = interrupted_series(&y, 6, &Options::default()).unwrap();
        assert!((found.level.estimate - 5.0).abs() < 1e-10 && (found.slope.estimate - 2.0).abs() < 1e-10, "{found:?}");
        assert!((found.mean.estimate - 10.0).abs() < 1e-10 && (found.counterfactual[0] - 6.0).abs() < 1e-10);
    }

    #[test]
    fn a_straight_line_and_a_season_added_change_nothing() {
        let y = world(1, 0.3, 60);
        let options = Options { season: 12, waves: 2, ..Default::default() };
        let moved: Vec<f64> =
            y.iter().enumerate().map(|(t, v)| v + 4.0 - 0.7 * t as f64 + (std::f64::consts::TAU * t as f64 / 12.0).cos()).collect();
        let (a, b) = (interrupted_series(&y, 30, &options).unwrap(), interrupted_series(&moved, 30, &options).unwrap());
        assert!((a.level.estimate - b.level.estimate).abs() < 1e-9 && (a.mean.se - b.mean.se).abs() < 1e-9);
    }

    #[test]
    fn intervals_cover_under_errors_that_remember_where_plain_ones_do_not() {
        let covered = |lags: usize| {
            let options = Options { lags: Some(lags), ..Default::default() };
            let inside = |s: u64| {
                let [a, b] = interrupted_series(&world(s, 0.5, 400), 200, &options).unwrap().level.interval;
                (a..=b).contains(&2.0)
            };
            (0..300).filter(|s| inside(*s)).count()
        };
        let (plain, robust) = (covered(0), covered(12));
        assert!(plain < 250 && robust > 268, "{plain} {robust} of 300");
    }

    #[test]
    fn each_fault_is_named() {
        let y = world(1, 0.0, 20);
        let run = |y: &[f64], start, options: &Options| interrupted_series(y, start, options).map(|_| ());
        let with = |covariates| Options { covariates, ..Default::default() };
        assert_eq!(run(&y, 10, &with(vec![vec![1.0]])), Err(InterruptedError::Length { covariate: 0, found: 1, periods: 20 }));
        assert_eq!(run(&y, 2, &Options::default()), Err(InterruptedError::TooShort { before: 2, after: 18, needed: 3 }));
        assert_eq!(run(&y, 25, &Options::default()), Err(InterruptedError::TooShort { before: 25, after: 0, needed: 3 }));
        let line = (0..20).map(f64::from).collect();
        assert_eq!(run(&y, 10, &with(vec![line])), Err(InterruptedError::Collinear { column: 4 }));
        let mut holed = y.clone();
        holed[3] = f64::INFINITY;
        assert_eq!(run(&holed, 10, &Options::default()), Err(InterruptedError::NotFinite { period: 3 }));
    }
}

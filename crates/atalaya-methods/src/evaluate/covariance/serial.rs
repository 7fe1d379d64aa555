//! Dependence over time: Driscoll-Kraay across all units, Newey-West within each.

use std::collections::BTreeMap;

use super::{Covariance, Small, clustered::summed, scores};
use crate::evaluate::covariance::Leverage;
use crate::evaluate::effects::Groups;
use crate::evaluate::fixed_effects::Fit;
use crate::evaluate::refusal::Refusal;
use crate::num::{Matrix, axpy};

/// Periods numbered from 0 in their order.
fn ordered(periods: &[i64]) -> Groups {
    let order: BTreeMap<i64, u32> = periods.iter().map(|t| (*t, 0)).collect();
    let order: BTreeMap<i64, u32> = order.into_keys().zip(0..).collect();
    Groups { code: periods.iter().map(|t| order[t]).collect(), count: order.len(), label: Vec::new() }
}

/// `S'S` with Bartlett weights on the lags of the rows of S, which are in order of time.
fn bartlett(sums: &Matrix, lags: usize) -> Matrix {
    let (t, k) = (sums.rows(), sums.cols());
    let mut middle = sums.gram(None);
    for lag in 1..=lags.min(t.saturating_sub(1)) {
        let weight = 1.0 - lag as f64 / (lags as f64 + 1.0);
        let cross = Matrix::from_fn(k, k, |i, j| (lag..t).map(|s| sums.at(s, i) * sums.at(s - lag, j)).sum());
        middle = middle.plus(weight, &cross).plus(weight, &cross.transposed());
    }
    middle
}

/// The variance with any dependence among units in a period, and over time up to some lags.
///
/// # Errors
/// [`Refusal::Length`], [`Refusal::FewClusters`] where there is one period.
pub fn driscoll_kraay(fit: &Fit, periods: &[i64], lags: usize, small: Small) -> Result<Covariance, Refusal> {
    let time = checked(fit, periods)?;
    let middle = bartlett(&summed(&scores(fit, Leverage::Ignored), &time), lags);
    let t = time.count as f64;
    let factor = small.factor(fit, &[&time.code]) * if small.clusters { t / (t - 1.0) } else { 1.0 };
    Ok(Covariance::sandwich(fit, &middle, factor, t - 1.0, "Driscoll-Kraay", vec![time.count]).repair())
}

/// The variance with dependence over time within each unit, up to some lags, and none among units.
///
/// # Errors
/// As [`driscoll_kraay`].
pub fn newey_west(fit: &Fit, units: &[u32], periods: &[i64], lags: usize, small: Small) -> Result<Covariance, Refusal> {
    let time = checked(fit, periods)?;
    let unit = Groups::new(units);
    let s = scores(fit, Leverage::Ignored);
    let mut cells: Vec<Vec<(u32, usize)>> = vec![Vec::new(); unit.count];
    unit.code.iter().enumerate().for_each(|(row, &u)| cells[u as usize].push((time.code[row], row)));
    let mut middle = Matrix::zeros(s.cols(), s.cols());
    for cell in cells {
        let mut sums = Matrix::zeros(time.count, s.cols());
        for (t, row) in cell {
            (0..s.cols()).for_each(|j| *sums.at_mut(t as usize, j) += s.at(row, j));
        }
        axpy(1.0, bartlett(&sums, lags).cells(), middle.cells_mut());
    }
    let t = time.count as f64;
    let factor = small.factor(fit, &[&unit.code, &time.code]) * if small.clusters { t / (t - 1.0) } else { 1.0 };
    Ok(Covariance::sandwich(fit, &middle, factor, t - 1.0, "Newey-West", vec![unit.count, time.count]).repair())
}

fn checked(fit: &Fit, periods: &[i64]) -> Result<Groups, Refusal> {
    if periods.len() != fit.rows() {
        return Err(Refusal::Length { column: "period".into(), found: periods.len(), expected: fit.rows() });
    }
    let time = ordered(periods);
    if time.count < 2 { Err(Refusal::FewClusters { found: time.count }) } else { Ok(time) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::fixed_effects::Regression;

    fn line() -> Fit {
        let names = ["x".to_string()];
        let y = [1.0, 3.0, 4.0, 4.0];
        Regression { y: &y, names: &names, x: &[&[0.0, 1.0, 2.0, 3.0]], effects: &[], weights: None, set_aside: false }.fit().unwrap()
    }

    /// Scores .75, -.25, .25, -.75: squares 1.25, neighbours -.1875 - .0625 - .1875, half of them twice.
    #[test]
    fn one_lag_by_hand() {
        let cov = driscoll_kraay(&line(), &[1, 2, 3, 4], 1, Small::NONE).unwrap();
        assert!((cov.matrix.at(0, 0) - (1.25 - 0.4375) / 25.0).abs() < 1e-14);
        let same = newey_west(&line(), &[7; 4], &[1, 2, 3, 4], 1, Small::NONE).unwrap();
        assert!((cov.matrix.at(0, 0) - same.matrix.at(0, 0)).abs() < 1e-15, "one unit: both are the same");
    }

    #[test]
    fn one_period_is_refused() {
        assert_eq!(driscoll_kraay(&line(), &[1; 4], 1, Small::NONE).unwrap_err(), Refusal::FewClusters { found: 1 });
        assert!(matches!(driscoll_kraay(&line(), &[1; 3], 1, Small::NONE).unwrap_err(), Refusal::Length { .. }));
    }
}

//! Honest sensitivity: what is left of an effect when trends may differ by so much.
//!
//! # Answers
//! If treated units could have drifted away even without treatment, which effects remain possible?
//! # Source
//! Rambachan and Roth (2023), Review of Economic Studies 90, 2555-2591: smoothness (2.3), relative
//! magnitudes (2.4); Armstrong and Kolesár (2018), Econometrica 86, for intervals of fixed length; Andrews,
//! Roth and Pakes (2023), Review of Economic Studies 90, for the hybrid test of moment inequalities.
//! # Assumes
//! Estimates of an event study are jointly normal with the covariance given; the reference period is
//! the last before treatment and stands between the earlier and the later ones.
//! # Shapes and units
//! Estimates by period, earlier ones first, without the reference; their covariance; a weight for
//! each later period. M is in units of the outcome a period squared, Mbar a pure number.
//! # Cost
//! Smoothness: a lasso of the size of the earlier periods, some hundred times. Relative magnitudes: a small
//! linear program a grid point and a simulated draw, for each earlier period and sign.
//! # Does not
//! Restrict the sign or the monotonicity of deviations.
//! # Checked by
//! `without_deviations_it_is_the_usual_interval`, `intervals_widen`, `coverage_under_a_trend`,
//! `refusals_by_name`, and the rows `HonestDiD*` of the reference file.

mod fixed_length;
mod moments;
mod program;

use atalaya_kernel::seed::Seed;

use super::refusal::Refusal;
use crate::card::Card;
use crate::num::Matrix;

/// What the method is.
pub const CARD: Card = Card {
    id: "honest",
    verb: "evaluate",
    name: ["Honest parallel trends (Rambachan and Roth)", "Tendencias paralelas honestas (Rambachan y Roth)"],
    answers: [
        "If treated units could have drifted away even without treatment, which effects remain possible?",
        "Si las tratadas hubieran podido apartarse aun sin tratamiento, ¿qué efectos siguen siendo posibles?",
    ],
    source: "Rambachan and Roth (2023), Review of Economic Studies 90, 2555-2591",
};

/// An event study and what is asked of it.
#[derive(Debug, Clone, Copy)]
pub struct EventStudy<'a> {
    /// Estimates, earlier periods first, without the reference.
    pub estimates: &'a [f64],
    /// Their covariance.
    pub covariance: &'a Matrix,
    /// How many are of earlier periods.
    pub earlier: usize,
    /// Weights of later periods in the effect asked for; 1, 0, 0 ... for the first.
    pub weights: &'a [f64],
}

/// How the test of relative magnitudes is run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Points between 20 standard errors below and above zero.
    pub points: usize,
    /// Draws for the critical value of the first stage.
    pub draws: usize,
    /// Where chance begins.
    pub seed: Seed,
}

impl Default for Grid {
    fn default() -> Grid {
        Grid { points: 1_000, draws: 4_000, seed: Seed(1) }
    }
}

/// Effects that remain possible.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Honest {
    /// The bound that was set: M or Mbar.
    pub bound: f64,
    /// The interval; infinite where the grid ends before it.
    pub interval: [f64; 2],
    /// The distance of grid points; 0 where there is no grid.
    pub step: f64,
}

impl EventStudy<'_> {
    fn check(&self, bound: f64, level: f64) -> Result<(), Refusal> {
        let n = self.estimates.len();
        if self.earlier == 0 || self.earlier >= n {
            return Err(Refusal::NoPrePeriod);
        }
        let sizes = [
            ("covariance", self.covariance.rows(), n),
            ("covariance", self.covariance.cols(), n),
            ("weights", self.weights.len(), n - self.earlier),
        ];
        if let Some((column, found, expected)) = sizes.into_iter().find(|(_, found, expected)| found != expected) {
            return Err(Refusal::Length { column: column.into(), found, expected });
        }
        super::fixed_effects::finite("estimates", self.estimates)?;
        super::fixed_effects::finite("covariance", self.covariance.cells())?;
        if bound.is_nan() || bound < 0.0 {
            return Err(Refusal::OutOfRange { what: "the bound", found: bound, wanted: "0 or more" });
        }
        if level.is_nan() || level <= 0.5 || level >= 1.0 {
            return Err(Refusal::OutOfRange { what: "the level", found: level, wanted: "between 0.5 and 1" });
        }
        Ok(())
    }

    /// The interval when second differences of the deviation are at most M: the shortest of fixed length.
    ///
    /// # Errors
    /// [`Refusal::NoPrePeriod`], [`Refusal::Length`], [`Refusal::NotFinite`], [`Refusal::OutOfRange`].
    pub fn smoothness(&self, m: f64, level: f64) -> Result<Honest, Refusal> {
        self.check(m, level)?;
        Ok(Honest { bound: m, interval: fixed_length::interval(self, m, 1.0 - level), step: 0.0 })
    }

    /// The interval when each later change of the deviation is at most Mbar times the largest earlier one.
    ///
    /// # Errors
    /// As [`EventStudy::smoothness`]; [`Refusal::OutOfRange`] for a grid without points or draws.
    pub fn relative_magnitudes(&self, mbar: f64, level: f64, grid: &Grid) -> Result<Honest, Refusal> {
        self.check(mbar, level)?;
        if grid.points < 2 || grid.draws < 1 {
            return Err(Refusal::OutOfRange { what: "the grid", found: grid.points as f64, wanted: "2 points and 1 draw or more" });
        }
        let (interval, step) = moments::interval(self, mbar, 1.0 - level, grid);
        Ok(Honest { bound: mbar, interval, step })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study(estimates: &[f64]) -> (Vec<f64>, Matrix) {
        let n = estimates.len();
        (estimates.to_vec(), Matrix::from_fn(n, n, |i, j| if i == j { 0.01 } else { 0.005 }))
    }

    /// With M = 0 and one earlier period the estimator takes out a line: 0.5 - (-1)(-0.1), variance by hand.
    #[test]
    fn without_deviations_it_is_the_usual_interval() {
        let (beta, v) = study(&[-0.1, 0.5]);
        let s = EventStudy { estimates: &beta, covariance: &v, earlier: 1, weights: &[1.0] };
        let [low, high] = s.smoothness(0.0, 0.95).unwrap().interval;
        let half = 1.959_963_984_540_054 * (0.01f64 + 0.01 + 2.0 * 0.005).sqrt();
        assert!((0.5 * (low + high) - 0.4).abs() < 1e-12 && (0.5 * (high - low) - half).abs() < 1e-9);
        let none = s.relative_magnitudes(0.0, 0.95, &Grid::default()).unwrap();
        assert!((none.interval[0] - (0.5 - 0.196)).abs() < 0.03 && (none.interval[1] - (0.5 + 0.196)).abs() < 0.03, "{none:?}");
    }

    #[test]
    fn intervals_widen() {
        let (beta, v) = study(&[0.02, -0.05, 0.01, 0.5, 0.6]);
        let s = EventStudy { estimates: &beta, covariance: &v, earlier: 3, weights: &[1.0, 0.0] };
        let width = |h: Honest| h.interval[1] - h.interval[0];
        let smooth: Vec<f64> = [0.0, 0.05, 0.2].iter().map(|m| width(s.smoothness(*m, 0.95).unwrap())).collect();
        let relative: Vec<f64> =
            [0.5, 1.0, 2.0].iter().map(|m| width(s.relative_magnitudes(*m, 0.95, &Grid::default()).unwrap())).collect();
        assert!(smooth.is_sorted() && relative.is_sorted(), "{smooth:?} {relative:?}");
        assert_eq!(s.relative_magnitudes(1.0, 0.95, &Grid::default()), s.relative_magnitudes(1.0, 0.95, &Grid::default()));
    }

    /// A straight deviation is no deviation for smoothness: the truth is held as often as promised.
    #[test]
    fn coverage_under_a_trend() {
        let v = Matrix::from_fn(4, 4, |i, j| if i == j { 0.01 } else { 0.0 });
        let held = (0..400u64).filter(|&seed| {
            let mut stream = Seed(seed).stream(3);
            let mut noise = || 0.1 * (0..12).map(|_| stream.unit()).sum::<f64>() - 0.6;
            let beta: Vec<f64> = [-3.0, -2.0, -1.0, 1.0].iter().map(|t| 0.3 * t + noise()).collect();
            let s = EventStudy { estimates: &beta, covariance: &v, earlier: 3, weights: &[1.0] };
            let [low, high] = s.smoothness(0.0, 0.9).unwrap().interval;
            low < 0.0 && high > 0.0
        });
        let held = held.count();
        assert!((338..=380).contains(&held), "{held} of 400 at 90 per cent");
    }

    #[test]
    fn refusals_by_name() {
        let (beta, v) = study(&[0.1, 0.5]);
        let s = EventStudy { estimates: &beta, covariance: &v, earlier: 1, weights: &[1.0] };
        assert_eq!(EventStudy { earlier: 0, ..s }.smoothness(0.0, 0.95).unwrap_err(), Refusal::NoPrePeriod);
        assert!(matches!(EventStudy { weights: &[], ..s }.smoothness(0.0, 0.95).unwrap_err(), Refusal::Length { .. }));
        assert!(matches!(EventStudy { estimates: &[0.1, f64::NAN], ..s }.smoothness(0.0, 0.95).unwrap_err(), Refusal::NotFinite { .. }));
        assert!(matches!(s.smoothness(-1.0, 0.95).unwrap_err(), Refusal::OutOfRange { .. }));
        assert!(matches!(s.smoothness(0.0, 0.3).unwrap_err(), Refusal::OutOfRange { .. }));
        assert!(matches!(s.relative_magnitudes(1.0, 0.9, &Grid { points: 1, ..Grid::default() }).unwrap_err(), Refusal::OutOfRange { .. }));
    }
}

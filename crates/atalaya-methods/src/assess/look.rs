//! One look: an estimate as it stands on one state of the data, and how far out a tail is.

use crate::num::distribution::{normal_tail, t_quantile};

/// Why no answer is given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AssessError {
    /// An estimate or error that cannot be used.
    #[error("an estimate of {estimate} with a standard error of {se}: both must be finite, the error above 0")]
    NotUsable {
        /// The estimate.
        estimate: f64,
        /// Its standard error.
        se: f64,
    },
    /// A level that is none.
    #[error("a level of {level} per cent: give one between 50 and 100")]
    Level {
        /// What was given.
        level: f64,
    },
    /// Information that is none.
    #[error("an information of {information}: it is one over a squared standard error, finite and above 0")]
    Information {
        /// What was given.
        information: f64,
    },
    /// No looks, or too many.
    #[error("{looks} looks: plan 1 to {most}")]
    Looks {
        /// How many.
        looks: usize,
        /// The most there may be.
        most: usize,
    },
    /// A share of the error that is none, or falls.
    #[error("a share spent of {share} after {before}: shares rise from look to look and end at 1")]
    Share {
        /// What was given.
        share: f64,
        /// The one before.
        before: f64,
    },
}

/// An estimate with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Degrees of freedom of the error; infinite for the normal.
    pub freedom: f64,
}

impl Look {
    /// A look, checked.
    ///
    /// # Errors
    /// [`AssessError::NotUsable`].
    pub fn new(estimate: f64, se: f64, freedom: f64) -> Result<Look, AssessError> {
        if !(estimate.is_finite() && se.is_finite() && se > 0.0) {
            return Err(AssessError::NotUsable { estimate, se });
        }
        Ok(Look { estimate, se, freedom: if freedom.is_nan() { f64::INFINITY } else { freedom.max(1.0) } })
    }

    /// A look from the interval its own method gives for one look: its longer arm is taken for both,
    /// and what it has beyond the normal tells the degrees of freedom.
    ///
    /// # Errors
    /// [`AssessError::NotUsable`], [`AssessError::Level`].
    pub fn of_interval(estimate: f64, se: Option<f64>, interval: [f64; 2], level: f64) -> Result<Look, AssessError> {
        let arm = (interval[1] - estimate).max(estimate - interval[0]);
        let normal = super::confidence_sequence::normal_quantile_of(level)?;
        let Some(se) = se.filter(|se| se.is_finite() && *se > 0.0) else { return Look::new(estimate, arm / normal, f64::INFINITY) };
        if !arm.is_finite() || arm <= se * normal * (1.0 + 1e-9) {
            // A method whose interval is shorter than its own error allows is not trusted beyond it.
            return Look::new(estimate, se, f64::INFINITY);
        }
        Look::new(estimate, se, freedom_of(arm / se, level))
    }

    /// One over the squared standard error.
    pub fn information(&self) -> f64 {
        self.se.powi(-2)
    }

    /// Estimate and `critical` errors to both sides, where `critical` is for the normal: fewer degrees of
    /// freedom take the quantile of t that leaves out as much.
    pub fn interval(&self, critical: f64) -> [f64; 2] {
        let arm = self.se * at_freedom(critical, self.freedom);
        [self.estimate - arm, self.estimate + arm]
    }
}

/// The quantile of t that leaves out as much as `critical` does for the normal.
pub fn at_freedom(critical: f64, freedom: f64) -> f64 {
    if freedom > 1e6 || critical > 37.0 {
        return critical;
    }
    // Through the lower tail: one less a tiny tail is 1.
    -t_quantile(normal_tail(critical), freedom)
}

/// The degrees of freedom at which t needs this quantile at a level in per cent.
fn freedom_of(quantile: f64, level: f64) -> f64 {
    let p = 0.5 + level / 200.0;
    let (mut low, mut high) = (1.0f64, 1e6f64);
    if t_quantile(p, low) <= quantile {
        return low;
    }
    for _ in 0..60 {
        let middle = (low * high).sqrt();
        if t_quantile(p, middle) > quantile { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_tells_its_degrees_of_freedom() {
        // t(10) at 95 %: 2.228 (NIST/SEMATECH, table 1.3.6.7.2).
        let look = Look::of_interval(1.0, Some(0.5), [1.0 - 0.5 * 2.228, 1.0 + 0.5 * 2.228], 95.0).unwrap();
        assert!((look.freedom - 10.0).abs() < 0.05, "{look:?}");
        let again = look.interval(1.959_963_985);
        assert!((again[1] - 2.114).abs() < 1e-3, "{again:?}");
        let normal = Look::of_interval(1.0, None, [0.02, 1.5], 95.0).unwrap();
        assert!((normal.se - 0.5).abs() < 1e-4 && normal.freedom.is_infinite(), "{normal:?}");
        let short = Look::of_interval(1.0, Some(0.5), [0.9, 1.1], 95.0).unwrap();
        assert_eq!((short.se, short.freedom), (0.5, f64::INFINITY));
    }

    #[test]
    fn few_degrees_of_freedom_leave_out_as_much() {
        for freedom in [3.0, 12.0, 200.0] {
            let t = at_freedom(3.0, freedom);
            assert!((crate::num::distribution::t_tail(t, freedom) / normal_tail(3.0) - 1.0).abs() < 1e-9);
            assert!(t > 3.0);
        }
        assert_eq!(at_freedom(3.0, f64::INFINITY), 3.0);
    }

    #[test]
    fn what_is_no_estimate_is_refused() {
        assert!(matches!(Look::new(f64::NAN, 1.0, 5.0), Err(AssessError::NotUsable { .. })));
        assert!(matches!(Look::new(1.0, 0.0, 5.0), Err(AssessError::NotUsable { .. })));
        assert!(matches!(Look::of_interval(1.0, None, [1.0, 1.0], 95.0), Err(AssessError::NotUsable { .. })));
        assert!(matches!(Look::of_interval(1.0, None, [0.0, 2.0], 20.0), Err(AssessError::Level { .. })));
    }
}

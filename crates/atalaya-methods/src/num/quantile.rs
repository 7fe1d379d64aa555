//! Quantiles of draws.

/// Quantile `p` of values sorted from small to large, linear between neighbours (type 7 of
/// Hyndman and Fan 1996, the one of R and NumPy); NaN of none.
pub fn sorted_quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = p.clamp(0.0, 1.0) * last as f64;
    let (low, high) = (at.floor() as usize, at.ceil() as usize);
    sorted[low] + (at - low as f64) * (sorted[high] - sorted[low])
}

/// The 5 %, 50 % and 95 % points of draws, in any order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// 5 %.
    pub low: f64,
    /// 50 %.
    pub median: f64,
    /// 95 %.
    pub high: f64,
}

impl Interval {
    /// Of some draws; NaN of none.
    pub fn of(draws: impl IntoIterator<Item = f64>) -> Interval {
        let mut sorted: Vec<f64> = draws.into_iter().collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Interval { low: sorted_quantile(&sorted, 0.05), median: sorted_quantile(&sorted, 0.5), high: sorted_quantile(&sorted, 0.95) }
    }

    /// Whether a value lies within, ends included.
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_linear_between_neighbours() {
        let values = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(sorted_quantile(&values, 0.5), 2.5);
        assert_eq!(sorted_quantile(&values, 0.0), 1.0);
        assert_eq!(sorted_quantile(&values, 1.0), 4.0);
        assert!(sorted_quantile(&[], 0.5).is_nan());
        let interval = Interval::of((0..=100).rev().map(f64::from));
        assert_eq!((interval.low, interval.median, interval.high), (5.0, 50.0, 95.0));
        assert!(interval.holds(5.0) && !interval.holds(96.0));
    }
}

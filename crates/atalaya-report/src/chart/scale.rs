//! From values to places on the plate: honest axes with round steps.

/// A straight scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    /// The values at both ends.
    pub domain: (f64, f64),
    /// The places of both ends.
    pub range: (f64, f64),
}

impl Linear {
    /// Where a value lies.
    pub fn at(&self, value: f64) -> f64 {
        let (a, b) = self.domain;
        let share = if b == a { 0.5 } else { (value - a) / (b - a) };
        self.range.0 + share * (self.range.1 - self.range.0)
    }
}

/// An axis of values.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Lowest and highest value.
    pub domain: (f64, f64),
    /// Where it is marked.
    pub ticks: Vec<f64>,
    /// Whether it leaves out zero; the reader is told.
    pub cut: bool,
}

/// The axis for values between `low` and `high` with about `count` steps. It starts at zero, but
/// where all values lie so close that they would be one flat line.
pub fn axis(low: f64, high: f64, count: usize) -> Axis {
    let (low, high) = if low.is_finite() && high.is_finite() { (low.min(high), low.max(high)) } else { (0.0, 1.0) };
    // Below an eighth of the whole height differences are thinner than a line of text.
    let cut = low > 0.0 && high > low && (high - low) / high < 0.125;
    let (mut from, mut to) = if cut { (low, high) } else { (low.min(0.0), high.max(0.0)) };
    if from == to {
        to = from + 1.0;
    }
    let step = round_step((to - from) / count.max(2) as f64);
    from = (from / step).floor() * step;
    // A value a hair above the last mark needs no further step.
    to = ((to - from) / step - 0.05).ceil().max(1.0) * step + from;
    let to = to.max(high);
    let steps = ((to - from) / step + 1e-9).floor() as usize;
    let ticks = (0..=steps.min(40)).map(|k| from + k as f64 * step).map(|t| if t.abs() < step * 1e-9 { 0.0 } else { t }).collect();
    Axis { domain: (from, to), ticks, cut }
}

/// The round number nearest above: 1, 2, 2.5 or 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let share = rough / power;
    let round = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|r| share <= r + 1e-9).unwrap_or(10.0);
    round * power
}

/// The years to mark between two times when there is room for `most` labels.
pub fn years(from: f64, to: f64, most: usize) -> Vec<f64> {
    let (first, last) = (from.ceil() as i64, to.floor() as i64);
    if last < first {
        return Vec::new();
    }
    let span = (last - first) as usize;
    let most = most.max(1);
    let step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000].into_iter().find(|s| span / s < most).unwrap_or(1000) as i64;
    let start = if step <= 2 { first } else { first.div_euclid(step) * step + if first.rem_euclid(step) == 0 { 0 } else { step } };
    let mut ticks: Vec<f64> = (0..).map(|k| start + k * step).take_while(|y| *y <= last).map(|y| y as f64).collect();
    if ticks.is_empty() {
        ticks.push(first as f64);
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_magnitude_starts_at_zero() {
        let axis = axis(28_700.0, 61_777.0, 5);
        assert_eq!((axis.domain.0, axis.cut), (0.0, false));
        assert!(axis.ticks.len() >= 4 && axis.domain.1 >= 61_777.0);
    }

    #[test]
    fn a_range_too_narrow_to_read_is_cut_and_said() {
        let axis = axis(95.0, 99.0, 5);
        assert!(axis.cut && axis.domain.0 >= 94.0 && axis.domain.1 >= 99.0);
    }

    #[test]
    fn losses_reach_below_zero_and_one_value_has_room() {
        assert!(axis(-4.0, 9.0, 5).ticks.contains(&0.0));
        assert_eq!(axis(0.0, 0.0, 5).domain, (0.0, 1.0));
        assert_eq!(axis(f64::INFINITY, f64::NEG_INFINITY, 5).domain, (0.0, 1.0));
        assert!(axis(7.0, 7.0, 5).domain.1 >= 7.0);
    }

    #[test]
    fn years_are_marked_in_round_steps() {
        assert_eq!(years(2001.0, 2004.0, 8), [2001.0, 2002.0, 2003.0, 2004.0]);
        assert_eq!(years(2001.0, 2024.0, 5), [2005.0, 2010.0, 2015.0, 2020.0]);
        assert_eq!(years(2014.1, 2014.9, 5), Vec::<f64>::new());
        assert_eq!(years(2014.0, 2014.0, 1), [2014.0]);
    }
}

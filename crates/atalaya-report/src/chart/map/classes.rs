//! Classes of values: few, with round limits, the same for every year, and never quantiles.

use atalaya_kernel::{Both, Missing};
use serde::Serialize;

use crate::chart::Point;

/// The most classes beside zero and what is missing: one a shade.
pub const MOST: usize = 7;
/// Past this ratio of the largest value to the middle one, equal steps would leave most areas in
/// the lowest class.
const SKEWED: f64 = 8.0;

/// How limits were chosen; said in the legend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// All steps alike.
    Equal,
    /// Each limit some times the one before, because a few areas are far larger.
    Steps,
    /// Three classes on each side of zero, the good side in the colour of all maps.
    Sides(Good),
}

/// Which side of zero is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Good {
    /// Below it.
    Low,
    /// Above it.
    High,
}

impl Method {
    /// As the legend says it.
    pub fn said(self) -> Both {
        match self {
            Method::Equal => Both::new("equal steps", "pasos iguales"),
            Method::Steps => {
                Both::new("steps that grow, as a few areas are far larger", "pasos crecientes, pues pocas áreas son mucho mayores")
            }
            Method::Sides(_) => Both::new("green for the better, brown for the worse", "verde a mejor, marrón a peor"),
        }
    }
}

/// The classes of a map or of a series of maps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classes {
    /// The limits between classes, ascending; each belongs to the class above it.
    pub limits: Vec<f64>,
    /// How they were chosen.
    pub method: Method,
}

/// What an area is on a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The `n`-th class, from 0.
    Of(usize),
    /// A reported zero.
    Zero,
    /// Asked and not known.
    NotKnown,
    /// Known and withheld.
    Suppressed,
    /// The question does not apply there.
    NotApplicable,
    /// Nothing was reported.
    Nothing,
}

impl Class {
    /// Its name in frames: `c1`, `zero`, `not-known`, `suppressed`, `not-applicable`, `nothing`.
    pub fn id(self) -> String {
        match self {
            Class::Of(at) => format!("c{}", at + 1),
            Class::Zero => "zero".into(),
            Class::NotKnown => Missing::NotKnown.code().into(),
            Class::Suppressed => Missing::Suppressed.code().into(),
            Class::NotApplicable => Missing::NotApplicable.code().into(),
            Class::Nothing => "nothing".into(),
        }
    }
}

impl Classes {
    /// Classes for values, or with limits that were given.
    pub fn of(values: &[f64], given: &[f64]) -> Classes {
        if !given.is_empty() {
            let widths: Vec<f64> = given.windows(2).map(|w| w[1] - w[0]).collect();
            let alike = widths.iter().all(|w| (w - widths[0]).abs() <= widths[0].abs() * 1e-6);
            return Classes { limits: given.to_vec(), method: if alike { Method::Equal } else { Method::Steps } };
        }
        let mut known: Vec<f64> = values.iter().copied().filter(|v| v.is_finite() && *v != 0.0).collect();
        known.sort_unstable_by(f64::total_cmp);
        let (Some(&low), Some(&high)) = (known.first(), known.last()) else {
            return Classes { limits: Vec::new(), method: Method::Equal };
        };
        if low > 0.0 && high / known[known.len() / 2] > SKEWED {
            return Classes { limits: growing(&known), method: Method::Steps };
        }
        Classes { limits: equal(low, high), method: Method::Equal }
    }

    /// Three classes on each side of zero with the same limits, so that gains and losses compare.
    pub fn sides(values: &[f64], good: Good) -> Classes {
        let mut sizes: Vec<f64> = values.iter().map(|v| v.abs()).filter(|v| v.is_finite() && *v > 0.0).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let Some(&most) = sizes.last() else { return Classes { limits: Vec::new(), method: Method::Sides(good) } };
        let middle = sizes[sizes.len() / 2];
        // A few areas far larger than the others must not leave all others in the palest class.
        let (rough, factor) = if most / middle > SKEWED { (middle, 5.0) } else { (most / 3.0, 2.0) };
        let power = rough.log10().floor() as i32;
        let mantissa = [1.0, 2.0, 2.5, 5.0].into_iter().rev().find(|m| round(*m, power) <= rough).unwrap_or(1.0);
        let limits = [-factor, -1.0, 0.0, 1.0, factor].map(|by| round(mantissa * by, power));
        Classes { limits: limits.to_vec(), method: Method::Sides(good) }
    }

    /// How many classes there are.
    pub fn len(&self) -> usize {
        self.limits.len() + 1
    }

    /// Whether there is no limit.
    pub fn is_empty(&self) -> bool {
        self.limits.is_empty()
    }

    /// The class of a value.
    pub fn class(&self, point: &Point) -> Class {
        match (point.value.as_deref().and_then(|v| v.parse::<f64>().ok()).filter(|v| v.is_finite()), point.missing) {
            (Some(0.0), _) => Class::Zero,
            (Some(value), _) => Class::Of(self.limits.iter().filter(|limit| value >= **limit).count().min(MOST - 1)),
            (None, Some(Missing::Suppressed)) => Class::Suppressed,
            (None, Some(Missing::NotApplicable)) => Class::NotApplicable,
            (None, _) => Class::NotKnown,
        }
    }

    /// Which of the seven shades a class has: the first and the last, and even steps between.
    pub fn shade(&self, class: usize) -> usize {
        let last = self.len() - 1;
        (class * (MOST - 1) + last / 2).checked_div(last).unwrap_or(4)
    }
}

/// A limit without the noise of its computation.
fn round(mantissa: f64, power: i32) -> f64 {
    format!("{mantissa}e{power}").parse().unwrap_or(mantissa)
}

/// The smallest round step that needs no more than seven classes.
fn equal(low: f64, high: f64) -> Vec<f64> {
    let from = ((high - low).max(high.abs() * 1e-6) / 10.0).log10().floor() as i32;
    let steps = (from..from + 4).flat_map(|power| [1.0, 2.0, 2.5, 5.0].map(|m| (m, power)));
    for (mantissa, power) in steps {
        let step = round(mantissa, power);
        let (first, last) = ((low / step).floor() as i64 + 1, (high / step).ceil() as i64 - 1);
        // A largest value on a limit is a class of its own above it.
        let last = if (high / step).fract() == 0.0 && (last - first + 2) < MOST as i64 { last + 1 } else { last };
        if last - first + 2 <= MOST as i64 {
            return (first..=last).map(|n| round(mantissa * n as f64, power)).collect();
        }
    }
    Vec::new()
}

/// Limits 1-2-5, 1-5 or 1-10: the first that leaves no more than a third of the areas in the
/// lowest class, else the one that leaves the fewest there.
fn growing(known: &[f64]) -> Vec<f64> {
    let (low, high) = (known[0], known[known.len() - 1]);
    let mut best: Option<(usize, Vec<f64>)> = None;
    for mantissas in [&[1.0, 2.0, 5.0][..], &[1.0, 5.0], &[1.0]] {
        let powers = (low.log10().floor() as i32)..=(high.log10().floor() as i32);
        let all = powers.flat_map(|power| mantissas.iter().map(move |m| round(*m, power)));
        let mut limits: Vec<f64> = all.filter(|limit| *limit > low && *limit <= high).collect();
        limits.drain(..limits.len().saturating_sub(MOST - 1));
        let lowest = limits.first().map_or(known.len(), |first| known.iter().filter(|v| *v < first).count());
        if lowest * 3 <= known.len() {
            return limits;
        }
        if best.as_ref().is_none_or(|(least, _)| lowest < *least) {
            best = Some((lowest, limits));
        }
    }
    best.map(|(_, limits)| limits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(value: Option<&str>, missing: Option<Missing>) -> Point {
        Point { value: value.map(String::from), missing, ..Point::default() }
    }

    #[test]
    fn gains_and_losses_have_the_same_limits() {
        let classes = Classes::sides(&[-9.0, 3.0, 1.0, 0.0], Good::Low);
        assert_eq!(classes.limits, [-5.0, -2.5, 0.0, 2.5, 5.0]);
        let skewed = Classes::sides(&[1.0, 1.2, -1.1, 900.0], Good::High);
        assert_eq!(skewed.limits, [-5.0, -1.0, 0.0, 1.0, 5.0]);
        assert!(Classes::sides(&[0.0, f64::NAN], Good::Low).is_empty());
    }

    #[test]
    fn even_values_get_equal_round_steps() {
        let values: Vec<f64> = (1..=60).map(f64::from).collect();
        let classes = Classes::of(&values, &[]);
        assert_eq!((classes.method, classes.limits.as_slice()), (Method::Equal, &[10.0, 20.0, 30.0, 40.0, 50.0, 60.0][..]));
        let decimals = Classes::of(&[0.1, 0.25, 0.3, 0.44], &[]);
        assert_eq!(decimals.limits, [0.15, 0.2, 0.25, 0.3, 0.35, 0.4], "no noise of floats");
    }

    #[test]
    fn few_large_areas_get_steps_that_grow() {
        let values: Vec<f64> = (0..200).map(|i| 1.05_f64.powi(i)).collect();
        let classes = Classes::of(&values, &[]);
        assert_eq!(classes.method, Method::Steps);
        assert!((5..=MOST).contains(&classes.len()), "{classes:?}");
        let ratios: Vec<f64> = classes.limits.windows(2).map(|w| w[1] / w[0]).collect();
        assert!(ratios.iter().all(|r| [2.0, 2.5, 5.0, 10.0].iter().any(|x| (r - x).abs() < 1e-9)), "{ratios:?}");
    }

    #[test]
    fn zero_and_each_kind_of_missing_are_no_class_of_values() {
        let classes = Classes::of(&[], &[10.0, 20.0]);
        assert_eq!(classes.class(&point(Some("0"), None)), Class::Zero);
        assert_eq!(classes.class(&point(Some("10"), None)), Class::Of(1), "a limit belongs to the class above");
        assert_eq!(classes.class(&point(Some("9.99"), None)), Class::Of(0));
        assert_eq!(classes.class(&point(None, Some(Missing::Suppressed))), Class::Suppressed);
        assert_eq!(classes.class(&point(None, None)), Class::NotKnown);
    }

    #[test]
    fn nothing_one_value_and_hostile_numbers_end() {
        assert!(Classes::of(&[], &[]).is_empty());
        for values in
            [vec![5.0], vec![5.0, 5.0], vec![f64::NAN, f64::INFINITY], vec![-3.0, 4.0], vec![1e-300, 1e300], vec![1e12, 1e12 + 1.0]]
        {
            let classes = Classes::of(&values, &[]);
            assert!(classes.len() <= MOST && classes.limits.is_sorted(), "{values:?}: {classes:?}");
        }
    }

    #[test]
    fn shades_go_from_the_first_to_the_last() {
        let classes = |n: usize| Classes { limits: (0..n).map(|i| i as f64).collect(), method: Method::Equal };
        assert_eq!((0..7).map(|c| classes(6).shade(c)).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!((0..5).map(|c| classes(4).shade(c)).collect::<Vec<_>>(), [0, 2, 3, 5, 6]);
        assert_eq!(classes(0).shade(0), 4);
    }
}

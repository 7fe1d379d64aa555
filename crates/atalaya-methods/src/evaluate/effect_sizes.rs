//! Effect sizes: from what a study prints to an estimate with its variance.
//!
//! # Answers
//! Which effect, and how sure, does a table of two groups, a pair of means or a correlation report?
//!
//! # Source
//! Hedges and Olkin (1985), Statistical Methods for Meta-Analysis, chapters 5 and 11; Fleiss and Berlin
//! (2009), in The Handbook of Research Synthesis and Meta-Analysis, 237-253; Yusuf, Peto, Lewis, Collins
//! and Sleight (1985), Progress in Cardiovascular Diseases 27(5), 335-371.
//!
//! # Assumes
//! - Counts are binomial or Poisson, means and correlations come from normal data.
//!
//! # Shapes and units
//! One study a call. Ratios come out as natural logarithms, differences in their own unit, standardised
//! differences in standard deviations.
//!
//! # Cost
//! O(1).
//!
//! # Does not
//! Add anything to a table without an empty cell; to one with an empty cell it adds a half to each, and
//! only for ratios.
//!
//! # Checked by
//! The BCG trials against R's `metafor`; groups swapped turn the sign; each refusal.

use crate::card::Card;
use crate::num::special::ln_gamma;

/// What the method is.
pub const CARD: Card = Card {
    id: "effect_sizes",
    verb: "evaluate",
    name: ["Effect sizes", "Tamaños del efecto"],
    answers: ["Which effect, and how sure, does a study report?", "¿Qué efecto informa un estudio y con cuánta certeza?"],
    source: "Hedges and Olkin (1985), Statistical Methods for Meta-Analysis",
};

/// Why no effect comes out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EffectError {
    /// A number that cannot be: a count below 0, a group of too few, a spread of 0, a correlation beyond 1.
    #[error("{what} is {found}: it must be {wanted}; look at the study again")]
    Impossible {
        /// What it is.
        what: &'static str,
        /// What was found.
        found: f64,
        /// What it must be.
        wanted: &'static str,
    },
}

/// An estimate with its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The estimate.
    pub y: f64,
    /// Its variance.
    pub v: f64,
}

/// Events and persons without one, in two groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoByTwo {
    /// Treated with the event.
    pub a: f64,
    /// Treated without.
    pub b: f64,
    /// Controls with the event.
    pub c: f64,
    /// Controls without.
    pub d: f64,
}

/// A group with a mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// Persons.
    pub n: f64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub sd: f64,
}

fn must(good: bool, what: &'static str, found: f64, wanted: &'static str) -> Result<(), EffectError> {
    if good { Ok(()) } else { Err(EffectError::Impossible { what, found, wanted }) }
}

impl TwoByTwo {
    fn checked(self) -> Result<TwoByTwo, EffectError> {
        let least = self.a.min(self.b).min(self.c).min(self.d);
        must(least >= 0.0, "a cell", least, "0 or more")?;
        let groups = (self.a + self.b).min(self.c + self.d);
        must(groups > 0.0, "a group", groups, "above 0")?;
        Ok(self)
    }

    fn filled(self) -> Result<TwoByTwo, EffectError> {
        let t = self.checked()?;
        if t.a > 0.0 && t.b > 0.0 && t.c > 0.0 && t.d > 0.0 {
            return Ok(t);
        }
        Ok(TwoByTwo { a: t.a + 0.5, b: t.b + 0.5, c: t.c + 0.5, d: t.d + 0.5 })
    }
}

/// The logarithm of the ratio of risks.
///
/// # Errors
/// [`EffectError`].
pub fn log_risk_ratio(table: TwoByTwo) -> Result<Effect, EffectError> {
    let TwoByTwo { a, b, c, d } = table.filled()?;
    Ok(Effect { y: (a / (a + b) / (c / (c + d))).ln(), v: 1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d) })
}

/// The logarithm of the ratio of odds.
///
/// # Errors
/// [`EffectError`].
pub fn log_odds_ratio(table: TwoByTwo) -> Result<Effect, EffectError> {
    let TwoByTwo { a, b, c, d } = table.filled()?;
    Ok(Effect { y: (a * d / (b * c)).ln(), v: 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d })
}

/// The difference of risks.
///
/// # Errors
/// [`EffectError`].
pub fn risk_difference(table: TwoByTwo) -> Result<Effect, EffectError> {
    let full = table.filled()?;
    let variance = |x: f64, n: f64| x / n * (1.0 - x / n) / n;
    let v = variance(full.a, full.a + full.b) + variance(full.c, full.c + full.d);
    Ok(Effect { y: full.a / (full.a + full.b) - full.c / (full.c + full.d), v })
}

/// Peto's logarithm of the ratio of odds.
///
/// # Errors
/// [`EffectError`].
pub fn peto_log_odds_ratio(table: TwoByTwo) -> Result<Effect, EffectError> {
    let (gap, information) = peto_parts(table.checked()?);
    must(information > 0.0, "the number of events or of non-events", 0.0, "above 0")?;
    Ok(Effect { y: gap / information, v: 1.0 / information })
}

/// Events less those expected, and their variance if the groups were alike.
fn peto_parts(t: TwoByTwo) -> (f64, f64) {
    let (treated, controls, events) = (t.a + t.b, t.c + t.d, t.a + t.c);
    let n = treated + controls;
    (t.a - events * treated / n, events * (n - events) * treated * controls / (n * n * (n - 1.0)))
}

/// The logarithm of the ratio of rates: events `x` in time `t`, treated first.
///
/// # Errors
/// [`EffectError`].
pub fn log_rate_ratio([x1, t1]: [f64; 2], [x2, t2]: [f64; 2]) -> Result<Effect, EffectError> {
    must(x1.min(x2) >= 0.0, "a number of events", x1.min(x2), "0 or more")?;
    must(t1.min(t2) > 0.0, "a time at risk", t1.min(t2), "above 0")?;
    let add = if x1 > 0.0 && x2 > 0.0 { 0.0 } else { 0.5 };
    let (x1, x2) = (x1 + add, x2 + add);
    Ok(Effect { y: (x1 / t1 / (x2 / t2)).ln(), v: 1.0 / x1 + 1.0 / x2 })
}

/// The difference of means.
///
/// # Errors
/// [`EffectError`].
pub fn mean_difference(treated: Group, controls: Group) -> Result<Effect, EffectError> {
    check_groups(&[treated, controls])?;
    Ok(Effect { y: treated.mean - controls.mean, v: treated.sd.powi(2) / treated.n + controls.sd.powi(2) / controls.n })
}

/// Hedges' g: the difference of means in standard deviations, without its bias in small samples.
///
/// # Errors
/// [`EffectError`].
pub fn standardised_mean_difference(treated: Group, controls: Group) -> Result<Effect, EffectError> {
    check_groups(&[treated, controls])?;
    let df = treated.n + controls.n - 2.0;
    let pooled = (((treated.n - 1.0) * treated.sd.powi(2) + (controls.n - 1.0) * controls.sd.powi(2)) / df).sqrt();
    must(pooled > 0.0, "the standard deviation", pooled, "above 0")?;
    let correction = (ln_gamma(df / 2.0) - ln_gamma((df - 1.0) / 2.0)).exp() / (df / 2.0).sqrt();
    let y = correction * (treated.mean - controls.mean) / pooled;
    Ok(Effect { y, v: 1.0 / treated.n + 1.0 / controls.n + y * y / (2.0 * (treated.n + controls.n)) })
}

fn check_groups(groups: &[Group]) -> Result<(), EffectError> {
    for group in groups {
        must(group.n >= 2.0, "a group", group.n, "2 or more")?;
        must(group.sd >= 0.0, "a standard deviation", group.sd, "0 or more")?;
    }
    Ok(())
}

/// Fisher's transformation of a correlation.
///
/// # Errors
/// [`EffectError`].
pub fn fisher_z(r: f64, n: f64) -> Result<Effect, EffectError> {
    must(r.abs() < 1.0, "a correlation", r, "between -1 and 1")?;
    must(n > 3.0, "a group", n, "above 3")?;
    Ok(Effect { y: r.atanh(), v: 1.0 / (n - 3.0) })
}

/// The logarithm of the odds of an event in one group.
///
/// # Errors
/// [`EffectError`].
pub fn logit_proportion(events: f64, n: f64) -> Result<Effect, EffectError> {
    must(n > 0.0, "a group", n, "above 0")?;
    must((0.0..=n).contains(&events), "a number of events", events, "between 0 and the group")?;
    let add = if events > 0.0 && events < n { 0.0 } else { 0.5 };
    let (x, rest) = (events + add, n - events + add);
    Ok(Effect { y: (x / rest).ln(), v: 1.0 / x + 1.0 / rest })
}

/// Mantel and Haenszel's logarithm of the ratio of risks over several tables, with the variance of Greenland
/// and Robins (1985), Biometrics 41(1), 55-68.
///
/// # Errors
/// [`EffectError`].
pub fn mantel_haenszel_risk_ratio(tables: &[TwoByTwo]) -> Result<Effect, EffectError> {
    let (mut r, mut s, mut p) = (0.0, 0.0, 0.0);
    for t in tables {
        let t = t.checked()?;
        let (treated, controls, n) = (t.a + t.b, t.c + t.d, t.a + t.b + t.c + t.d);
        r += t.a * controls / n;
        s += t.c * treated / n;
        p += (treated * controls * (t.a + t.c) - t.a * t.c * n) / (n * n);
    }
    must(r > 0.0 && s > 0.0, "the number of events in a group, over all tables", 0.0, "above 0")?;
    Ok(Effect { y: (r / s).ln(), v: p / (r * s) })
}

/// Peto's logarithm of the ratio of odds over several tables.
///
/// # Errors
/// [`EffectError`].
pub fn peto(tables: &[TwoByTwo]) -> Result<Effect, EffectError> {
    let (mut gap, mut information) = (0.0, 0.0);
    for t in tables {
        let (g, i) = peto_parts(t.checked()?);
        gap += g;
        information += i;
    }
    must(information > 0.0, "the number of events or of non-events, over all tables", 0.0, "above 0")?;
    Ok(Effect { y: gap / information, v: 1.0 / information })
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: TwoByTwo = TwoByTwo { a: 4.0, b: 119.0, c: 11.0, d: 128.0 };

    /// Aronson (1948), the first of the BCG trials: risks 4/123 and 11/139.
    #[test]
    fn a_table_by_hand() {
        let found = log_risk_ratio(T).unwrap();
        assert!((found.y - (4.0 * 139.0 / (123.0 * 11.0f64)).ln()).abs() < 1e-15);
        assert!((found.v - (1.0 / 4.0 - 1.0 / 123.0 + 1.0 / 11.0 - 1.0 / 139.0)).abs() < 1e-15);
        assert!((risk_difference(T).unwrap().y - (4.0 / 123.0 - 11.0 / 139.0)).abs() < 1e-15);
        assert!((fisher_z(0.5, 28.0).unwrap().y - 0.549_306_144_334_054_8).abs() < 1e-14);
        let half = Group { n: 10.0, mean: 1.0, sd: 2.0 };
        assert_eq!(mean_difference(half, Group { mean: 0.0, ..half }).unwrap(), Effect { y: 1.0, v: 0.8 });
    }

    #[test]
    fn groups_swapped_turn_the_sign() {
        let swapped = TwoByTwo { a: T.c, b: T.d, c: T.a, d: T.b };
        for f in [log_risk_ratio, log_odds_ratio, risk_difference, peto_log_odds_ratio] {
            let (a, b) = (f(T).unwrap(), f(swapped).unwrap());
            assert!((a.y + b.y).abs() < 1e-12 && (a.v - b.v).abs() < 1e-12);
        }
        for f in [mantel_haenszel_risk_ratio, peto] {
            assert!((f(&[T, T]).unwrap().y + f(&[swapped, swapped]).unwrap().y).abs() < 1e-12);
        }
        let (a, b) = (log_rate_ratio([3.0, 7.0], [2.0, 5.0]).unwrap(), log_rate_ratio([2.0, 5.0], [3.0, 7.0]).unwrap());
        assert!((a.y + b.y).abs() < 1e-12);
    }

    /// In a world where both groups are alike, the standardised difference is 0 on average with its variance.
    #[test]
    fn a_world_of_equal_groups_gives_its_variance() {
        let mut stream = atalaya_kernel::Seed(1).stream(0);
        let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
        let mut group = || {
            let x: Vec<f64> = (0..20).map(|_| normal()).collect();
            let mean = x.iter().sum::<f64>() / 20.0;
            Group { n: 20.0, mean, sd: (x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 19.0).sqrt() }
        };
        let found: Vec<Effect> = (0..4_000).map(|_| standardised_mean_difference(group(), group()).unwrap()).collect();
        let spread = found.iter().map(|e| e.y * e.y).sum::<f64>() / 4_000.0;
        let said = found.iter().map(|e| e.v).sum::<f64>() / 4_000.0;
        assert!((spread / said - 1.0).abs() < 0.08, "{spread} {said}");
    }

    #[test]
    fn impossible_numbers_are_refused() {
        let refused = |found: Result<Effect, EffectError>| matches!(found, Err(EffectError::Impossible { .. }));
        assert!(refused(log_risk_ratio(TwoByTwo { a: -1.0, ..T })));
        assert!(refused(log_odds_ratio(TwoByTwo { a: 0.0, b: 0.0, ..T })));
        assert!(refused(peto(&[TwoByTwo { a: 0.0, c: 0.0, ..T }])));
        assert!(refused(mantel_haenszel_risk_ratio(&[TwoByTwo { a: 0.0, ..T }])));
        assert!(refused(fisher_z(1.0, 9.0)) && refused(fisher_z(0.0, 3.0)));
        assert!(refused(logit_proportion(4.0, 3.0)) && refused(log_rate_ratio([1.0, 0.0], [1.0, 1.0])));
        let bad = Group { n: 1.0, mean: 0.0, sd: 1.0 };
        assert!(refused(mean_difference(bad, bad)));
        assert!(logit_proportion(0.0, 9.0).is_ok() && log_risk_ratio(TwoByTwo { a: 0.0, ..T }).is_ok());
    }
}

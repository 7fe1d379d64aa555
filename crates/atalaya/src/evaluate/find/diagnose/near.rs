//! What a mixture of donors makes of the past, and what moved next door.

use atalaya_kernel::Both;

use super::Case;
use crate::evaluate::find::words::said;
use crate::evaluate::finding::Grave;
use crate::evaluate::sample::moments;

/// Methods that build what would have been from other places.
const MIXTURES: [&str; 7] = ["sc", "sc-predictors", "augsynth", "robust-sc", "synthdid", "gsynth", "mc"];

/// Whether the design's method builds what would have been from other places.
pub(super) fn mixture(case: &Case<'_>) -> bool {
    MIXTURES.contains(&case.made.fitted.method.as_str())
}

/// A mixture that misses the past by as much as its effect forbids a verdict; treated places outside
/// the range of the others in some earlier period call for care.
pub(super) fn extrapolation(case: &Case<'_>) -> Option<(Grave, Both)> {
    if !mixture(case) {
        return None;
    }
    let start = case.design.programme.start;
    let before = case.made.fitted.plots.paths.iter().filter(|p| p.period < start);
    let gaps: Vec<f64> = before.filter_map(|p| Some(p.treated? - p.comparison?)).collect();
    if gaps.len() < 2 {
        return Some((Grave::Unchecked, Both::new("the past is too short to look", "el pasado es muy corto para mirarlo")));
    }
    // A constant difference is allowed: what counts is how the gap moves.
    let miss = moments(&gaps).1;
    let effect = case.made.effect.estimate.abs();
    let (outside, periods) = outside(case);
    let found = said!(
        "before the start the mixture of other places misses by {miss} (effect: {effect}); in {outside} of {periods} periods the treated were above or below every other place",
        "antes del inicio la combinación de otros lugares se aparta en {miss} (efecto: {effect}); en {outside} de {periods} periodos los tratados estaban por encima o por debajo de todos los demás",
        miss = miss,
        effect = case.made.effect.estimate,
        outside = outside,
        periods = periods
    );
    let grave = if miss >= effect {
        Grave::Forbids
    } else if outside > 0 {
        Grave::Care
    } else {
        Grave::Fine
    };
    Some((grave, found))
}

/// Periods before the start in which the mean of the treated lies outside the range of the others.
fn outside(case: &Case<'_>) -> (usize, usize) {
    let treated = case.sample.treated();
    let mut spans: std::collections::BTreeMap<i64, ([f64; 2], f64, f64)> = std::collections::BTreeMap::new();
    for row in case.sample.rows.iter().filter(|r| case.choice.uses(r) && r.period < case.design.programme.start) {
        let Some(y) = row.y else { continue };
        let span = spans.entry(row.period).or_insert(([f64::INFINITY, f64::NEG_INFINITY], 0.0, 0.0));
        if treated.binary_search(&row.unit).is_ok() {
            (span.1, span.2) = (span.1 + y, span.2 + 1.0);
        } else {
            span.0 = [span.0[0].min(y), span.0[1].max(y)];
        }
    }
    let beyond = |(range, sum, n): &([f64; 2], f64, f64)| *n > 0.0 && !(range[0]..=range[1]).contains(&(sum / n));
    (spans.values().filter(|s| beyond(s)).count(), spans.len())
}

/// Displacement that is clear calls for care; it forbids a verdict where the total with what moved no
/// longer differs from zero on the side of the effect.
pub(super) fn displacement(case: &Case<'_>) -> Option<(Grave, Both)> {
    let asked = &case.design.spillover;
    if asked.rings.is_empty() && !asked.borders && asked.network.is_none() {
        return Some((
            Grave::Unchecked,
            Both::new(
                "the design does not say where effects could have moved to, so nobody looked",
                "el diseño no dice adónde podrían haberse movido los efectos, así que nadie miró",
            ),
        ));
    }
    let worst = case.displaced.tests.iter().min_by(|a, b| a.p.total_cmp(&b.p));
    let Some(worst) = worst else {
        let why = case.displaced.problems.first().cloned().unwrap_or_default();
        return Some((Grave::Unchecked, said!("it could not be looked at: {why}", "no se pudo mirar: {why}", why = why)));
    };
    let lost =
        worst.net.estimate.signum() != worst.direct.estimate.signum() || (worst.net.interval[0] <= 0.0 && worst.net.interval[1] >= 0.0);
    let grave = match (worst.p < 0.05, lost) {
        (true, true) => Grave::Forbids,
        (true, false) => Grave::Care,
        _ => Grave::Fine,
    };
    let found = said!(
        "{direct} where the programme was, {net} with what moved next door (p {p} that nothing moved)",
        "{direct} donde estuvo el programa, {net} con lo que se movió al lado (p {p} de que nada se movió)",
        direct = worst.direct.estimate,
        net = worst.net.estimate,
        p = worst.p
    );
    Some((grave, found))
}

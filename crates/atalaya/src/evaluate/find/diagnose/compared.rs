//! Who is compared with whom.

use atalaya_kernel::Both;

use super::Case;
use crate::evaluate::find::estimate::{Choice, estimate_raw};
use crate::evaluate::find::words::said;
use crate::evaluate::finding::Grave;
use crate::evaluate::sample::moments;

/// Methods whose errors rest on many independent treated places.
const CLUSTERED: [&str; 6] = ["did", "sunab", "imputation", "etwfe", "twfe", "poisson"];
/// Treated places below which such errors are wrong, and below which they are doubtful.
const TOO_FEW: usize = 3;
const FEW: usize = 10;
/// A difference of this many standard deviations between groups makes comparisons depend on the model
/// (Imbens and Rubin 2015, 14.2).
const FAR: f64 = 0.25;

/// The mean of each unit before the start, on the design's scale.
fn levels(case: &Case<'_>) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0.0); case.sample.units.len()];
    let start = case.design.programme.start;
    for row in case.sample.rows.iter().filter(|r| case.choice.uses(r) && r.period < start) {
        if let Some(y) = row.y.and_then(|y| crate::evaluate::sample::turned(case.choice.transformation, y).ok()) {
            sums[row.unit] = (sums[row.unit].0 + y, sums[row.unit].1 + 1.0);
        }
    }
    sums.into_iter().map(|(sum, n)| (n > 0.0).then(|| sum / n)).collect()
}

/// How many equal places would carry the contrast in exposure: Kish's number of the squared distances
/// from the mean.
fn carriers(exposure: &[f64]) -> f64 {
    let mean = moments(exposure).0;
    let (two, four) = exposure.iter().map(|x| (x - mean).powi(2)).fold((0.0, 0.0), |(a, b), s| (a + s, b + s * s));
    two * two / four
}

/// Treated places outside the range of the others, or far from them in standard deviations, call for care.
pub(super) fn overlap(case: &Case<'_>) -> Option<(Grave, Both)> {
    if case.sample.exposure.is_some() {
        return None;
    }
    let levels = levels(case);
    let [with, without] = case
        .sample
        .sides()
        .map(|units| -> Vec<f64> { units.into_iter().filter(|u| !case.choice.without.contains(u)).filter_map(|u| levels[u]).collect() });
    if without.len() < 2 || with.is_empty() {
        return Some((
            Grave::Unchecked,
            Both::new("there is nobody without the programme to look at", "no hay nadie sin el programa con quien mirarlo"),
        ));
    }
    let (low, high) = without.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let outside = with.iter().filter(|v| **v < low || **v > high).count();
    let ((mean_with, sd_with), (mean, sd)) = (moments(&with), moments(&without));
    let spread = if sd_with.is_finite() { ((sd_with.powi(2) + sd.powi(2)) / 2.0).sqrt() } else { sd };
    let apart = (mean_with - mean) / spread;
    let found = said!(
        "before the start the {n} with the programme were {apart} standard deviations from the {others} without; {outside} of them lie outside the range of those",
        "antes del inicio, los {n} con el programa estaban a {apart} desviaciones estándar de los {others} sin él; {outside} quedan fuera del rango de estos",
        n = with.len(),
        apart = apart.abs(),
        others = without.len(),
        outside = outside
    );
    Some((if outside > 0 || apart.abs() > FAR { Grave::Care } else { Grave::Fine }, found))
}

/// Fewer than three treated places forbid a verdict by a method whose errors need many, and so few other
/// places that no placebo test could ever find anything; fewer than ten treated call for care.
pub(super) fn few_treated(case: &Case<'_>) -> Option<(Grave, Both)> {
    if let Some(exposure) = &case.sample.exposure {
        let n = carriers(exposure).round();
        let found = said!(
            "{units} places; the contrast in exposure rests on as much as {n} equal ones",
            "{units} lugares; el contraste de exposición descansa en el equivalente a {n} iguales",
            units = exposure.len(),
            n = n
        );
        return Some((grave_of(n as usize), found));
    }
    let n = case.made.size.treated;
    let method = case.made.fitted.method.as_str();
    if let Some(tried) = case.made.fitted.section("placebos").map(|s| s.lines.len()).filter(|t| *t > 0) {
        let (least, level) = (1.0 / tried as f64, 1.0 - case.made.fitted.level / 100.0);
        let found = said!(
            "{n} with the programme among {tried} places tried in its stead: the smallest p-value there can be is {least}",
            "{n} con el programa entre {tried} lugares probados en su lugar: el menor valor p posible es {least}",
            n = n,
            tried = tried,
            least = least
        );
        return Some((if least > level { Grave::Forbids } else { Grave::Care }, found));
    }
    if !CLUSTERED.contains(&method) {
        let found = said!(
            "{n} with the programme; the method {method} compares them with what happens to others, one by one",
            "{n} con el programa; el método {method} los compara con lo que pasa en otros, uno por uno",
            n = n,
            method = method
        );
        return Some((if n < FEW { Grave::Care } else { Grave::Fine }, found));
    }
    let found = said!(
        "{n} places with the programme; errors of the method {method} need many",
        "{n} lugares con el programa; los errores del método {method} necesitan muchos",
        n = n,
        method = method
    );
    Some((grave_of(n), found))
}

fn grave_of(n: usize) -> Grave {
    match n {
        n if n < TOO_FEW => Grave::Forbids,
        n if n < FEW => Grave::Care,
        _ => Grave::Fine,
    }
}

/// Comparisons with places that already have the programme: forbidding where the clean ones alone say
/// the opposite.
pub(super) fn negative_weights(case: &Case<'_>) -> Option<(Grave, Both)> {
    if !case.staggered() {
        return None;
    }
    let method = case.made.fitted.method.as_str();
    if !["twfe", "poisson", "wild"].contains(&method) {
        let found = said!(
            "places start at different times; the method {method} never compares them with places that already have the programme",
            "los lugares empiezan en fechas distintas; el método {method} nunca los compara con lugares que ya tienen el programa",
            method = method
        );
        return Some((Grave::Fine, found));
    }
    let parts = estimate_raw(case.sample, case.design, &Choice { method: "bacon".into(), covariates: false, ..case.choice.clone() }).ok();
    let Some(parts) = parts else {
        return Some((
            Grave::Unchecked,
            Both::new("the panel has gaps: the weights cannot be told", "el panel tiene huecos: los pesos no se pueden conocer"),
        ));
    };
    let (mut late, mut clean, mut clean_weight) = (0.0, 0.0, 0.0);
    for section in parts.sections.iter().skip(1) {
        for line in &section.lines {
            let (Some(weight), Some(estimate)) = (line.weight, line.estimate) else { continue };
            if section.id == "later-earlier" {
                late += weight;
            } else {
                clean += weight * estimate;
                clean_weight += weight;
            }
        }
    }
    let clean = clean / clean_weight;
    let opposite = clean.signum() != case.made.effect.estimate.signum();
    let grave = if opposite {
        Grave::Forbids
    } else if late > 0.0 {
        Grave::Care
    } else {
        Grave::Fine
    };
    let found = said!(
        "{late} % of the answer compares with places that already have the programme; without those comparisons it is {clean} instead of {effect}",
        "el {late} % de la respuesta compara con lugares que ya tienen el programa; sin esas comparaciones es {clean} en vez de {effect}",
        late = (100.0 * late).round(),
        clean = clean,
        effect = case.made.effect.estimate
    );
    Some((grave, found))
}

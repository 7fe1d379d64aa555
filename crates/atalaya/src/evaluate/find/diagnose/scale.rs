//! Whether levels, logarithms, asinh and Poisson say the same.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Lang};

use super::Case;
use crate::evaluate::find::specify::word;
use crate::evaluate::find::words::{Spoken, said};
use crate::evaluate::finding::{Grave, Specification};

/// Scales forbid a verdict where one says up and another down and at least one of them clearly;
/// where they agree on the direction and not on whether it is clear, they call for care.
pub(super) fn scale(case: &Case<'_>) -> Option<(Grave, Both)> {
    let window = format!("{}-{}", case.choice.window.0, case.choice.window.1);
    let own = case.specifications.iter().find(|s| s.chosen)?;
    // Everything as designed but the scale, and with Poisson the estimator that goes with it.
    let same = |s: &&Specification| {
        let differs = |key: &str| s.choices.get(key) != own.choices.get(key);
        s.choices.get("window") == Some(&window)
            && !["comparison", "covariates", "without"].into_iter().any(differs)
            && (!differs("estimator") || s.choices.get("transformation").is_some_and(|t| t == "poisson"))
    };
    let scales: BTreeMap<&str, &Specification> =
        case.specifications.iter().filter(same).map(|s| (s.choices["transformation"].as_str(), s)).collect();
    if scales.len() < 2 {
        return None;
    }
    let clear = |s: &&&Specification| s.effect.interval.is_some_and(|[low, high]| low > 0.0 || high < 0.0);
    let (up, down): (Vec<&&Specification>, Vec<_>) = scales.values().partition(|s| s.effect.estimate > 0.0);
    let some_clear = scales.values().filter(|s| clear(s)).count();
    let grave = match (up.is_empty() || down.is_empty(), some_clear) {
        (false, 1..) => Grave::Forbids,
        (false, 0) => Grave::Care,
        (true, n) if n == 0 || n == scales.len() => Grave::Fine,
        (true, _) => Grave::Care,
    };
    Some((grave, said_of(case, &scales)))
}

/// A scale in words.
fn in_words(scale: &str) -> Both {
    match scale {
        "levels" => Both::new("levels", "niveles"),
        "log" => Both::new("logarithm", "logaritmo"),
        "poisson" => Both::same("Poisson"),
        other => Both::same(other),
    }
}

fn said_of(case: &Case<'_>, scales: &BTreeMap<&str, &Specification>) -> Both {
    let zeros = case.sample.rows.iter().filter(|r| case.choice.uses(r)).filter_map(|r| r.y);
    let (zero, all) = zeros.fold((0usize, 0usize), |(z, n), y| (z + usize::from(y == 0.0), n + 1));
    let list = |lang: Lang| {
        let one = |(name, s): (&&str, &&Specification)| {
            let error = s.effect.se.map_or_else(|| "-".to_string(), |e| e.spoken(lang));
            format!("{} {} (± {error})", in_words(name).in_lang(lang), s.effect.estimate.spoken(lang))
        };
        scales.iter().map(one).collect::<Vec<_>>().join("; ")
    };
    said!(
        "{list}. Standard errors in brackets; {zero} of {all} values are zero; the design uses {own}",
        "{list}. Errores estándar entre paréntesis; {zero} de {all} valores son cero; el diseño usa {own}",
        list = Both::new(list(Lang::En), list(Lang::Es)),
        zero = zero,
        all = all,
        own = in_words(word(case.choice.transformation))
    )
}

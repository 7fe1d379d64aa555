//! What the numbers themselves are made of: which places, chosen how, counted by whom, revised how often.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::Both;

use super::Case;
use crate::evaluate::design::{Design, Transformation};
use crate::evaluate::find::estimate::{Choice, estimate};
use crate::evaluate::find::words::said;
use crate::evaluate::finding::{Grave, NamedEffect};

/// Places that are not seen in every period call for care; they forbid a verdict where those seen
/// throughout say the opposite, clearly.
pub(super) fn composition(case: &Case<'_>) -> Option<(Grave, Both)> {
    let mut seen: BTreeMap<usize, BTreeSet<i64>> = BTreeMap::new();
    for row in case.sample.rows.iter().filter(|r| case.choice.uses(r) && r.y.is_some()) {
        seen.entry(row.unit).or_default().insert(row.period);
    }
    let periods: BTreeSet<i64> = seen.values().flatten().copied().collect();
    let gaps: Vec<usize> = seen.iter().filter(|(_, p)| p.len() < periods.len()).map(|(u, _)| *u).collect();
    let (n, all) = (gaps.len(), seen.len());
    if n == 0 {
        return Some((
            Grave::Fine,
            said!("all {all} places are seen in every period", "los {all} lugares se observan en todos los periodos", all = all),
        ));
    }
    let whole = estimate(case.sample, case.design, &Choice { without: gaps, ..case.choice.clone() }).ok();
    let Some(whole) = whole else {
        let found = said!(
            "{n} of {all} places are not seen in every period, and without them there is no answer",
            "{n} de {all} lugares no se observan en todos los periodos, y sin ellos no hay respuesta",
            n = n,
            all = all
        );
        return Some((Grave::Care, found));
    };
    let clear = whole.effect.interval.is_some_and(|[low, high]| low > 0.0 || high < 0.0);
    let opposite = clear && whole.effect.estimate.signum() != case.made.effect.estimate.signum();
    let found = said!(
        "{n} of {all} places are not seen in every period; without them the effect is {whole} instead of {effect}",
        "{n} de {all} lugares no se observan en todos los periodos; sin ellos el efecto es {whole} en vez de {effect}",
        n = n,
        all = all,
        whole = whole.effect.estimate,
        effect = case.made.effect.estimate
    );
    Some((if opposite { Grave::Forbids } else { Grave::Care }, found))
}

/// Whether exposure is the outcome's own past.
fn own_past(design: &Design) -> Option<(i64, i64)> {
    let exposure = design.programme.exposure.as_ref()?;
    (exposure.column == "outcome" || exposure.column == design.outcome.column).then_some((exposure.from, exposure.to))
}

/// The design moved back: from the periods exposure is measured in to those between them and the start.
fn moved_back(case: &Case<'_>, from: i64, to: i64) -> Option<(f64, Option<f64>)> {
    let start = case.design.programme.start;
    if to + 1 >= start {
        return None;
    }
    let mut sample = case.sample.clone();
    sample.first.iter_mut().for_each(|f| *f = Some(to + 1));
    let transformation =
        if case.choice.transformation == Transformation::Poisson { Transformation::Levels } else { case.choice.transformation };
    let method = if case.choice.method == "poisson" { "twfe".into() } else { case.choice.method.clone() };
    let choice = Choice { window: (from, start - 1), transformation, method, ..case.choice.clone() };
    let made = estimate(&sample, case.design, &choice).ok()?;
    Some((made.effect.estimate, made.effect.p))
}

/// Exposure by the outcome's own past calls for care, and forbids a verdict where the outcome returned
/// by as much as what matters before the programme began. A panel in which every place had the outcome
/// at some time, though most values are zero, was chosen by it too.
pub(super) fn selected(case: &Case<'_>) -> Option<(Grave, Both)> {
    let ever = ever_had(case);
    let Some((from, to)) = own_past(case.design) else {
        return Some(ever.map_or_else(
            || {
                (
                    Grave::Fine,
                    Both::new(
                        "nothing shows that places were chosen by the outcome",
                        "nada indica que los lugares se eligieran por el resultado",
                    ),
                )
            },
            |found| (Grave::Care, found),
        ));
    };
    let head = said!(
        "exposure is the outcome's own level in {from}-{to}",
        "la exposición es el propio nivel del resultado en {from}-{to}",
        from = from,
        to = to
    );
    let (mut grave, mut found) = (Grave::Care, head);
    if let Some((placebo, p)) = moved_back(case, from, to) {
        let sure = p.is_some_and(|p| p < 0.05);
        if sure && placebo.abs() >= case.matters() {
            grave = Grave::Forbids;
        }
        found = said!(
            "{head}; between then and the start, when there was no programme yet, the same calculation gives {placebo} (p {p})",
            "{head}; entre entonces y el inicio, cuando aún no había programa, el mismo cálculo da {placebo} (p {p})",
            head = found,
            placebo = placebo,
            p = p.unwrap_or(f64::NAN)
        );
    }
    if let Some(ever) = ever {
        found = said!("{found}; {ever}", "{found}; {ever}", found = found, ever = ever);
    }
    Some((grave, found))
}

/// Every place had some, though many values are zero: places that never had any are not in the data.
fn ever_had(case: &Case<'_>) -> Option<Both> {
    let mut some = vec![false; case.sample.units.len()];
    let (mut zeros, mut all) = (0usize, 0usize);
    for row in &case.sample.rows {
        let Some(y) = row.y else { continue };
        some[row.unit] |= y != 0.0;
        all += 1;
        zeros += usize::from(y == 0.0);
    }
    let share = zeros as f64 / all.max(1) as f64;
    (share > 0.1 && some.iter().all(|s| *s)).then(|| {
        said!(
            "only places that had some at some time are in the data, though {share} % of values are zero",
            "solo están en los datos lugares que alguna vez tuvieron, aunque el {share} % de los valores es cero",
            share = (100.0 * share).round()
        )
    })
}

/// A number that enforcement makes forbids a verdict on what it stands for.
pub(super) fn enforcement(case: &Case<'_>) -> Option<(Grave, Both)> {
    case.design.outcome.driven_by_enforcement.then(|| {
        (
            Grave::Forbids,
            said!(
                "the design says that enforcement itself makes this number: {name}",
                "el diseño dice que la propia acción policial produce este número: {name}",
                name = case.design.outcome.name
            ),
        )
    })
}

/// Revisions forbid a verdict where the values as first published do not show the effect, clearly and on
/// its side; other revisions, and rows before the start that are not those registered, call for care.
pub(super) fn revised(case: &Case<'_>) -> Option<(Grave, Both)> {
    let other = case.first.is_some_and(|e| !e.before.is_empty() && e.before != case.sample.before);
    let Some(revised) = case.sample.revised else {
        return Some(if other {
            let found = Both::new(
                "the rows before the start are not those that were registered",
                "las filas anteriores al inicio no son las que se registraron",
            );
            (Grave::Care, found)
        } else {
            let found = Both::new(
                "the rows before the start are those that were registered",
                "las filas anteriores al inicio son las que se registraron",
            );
            (Grave::Fine, found)
        });
    };
    if revised.changed == 0 {
        let found = said!(
            "{twice} values are in more than one edition, none of them changed",
            "{twice} valores están en más de una edición, ninguno cambió",
            twice = revised.twice
        );
        return Some((if other { Grave::Care } else { Grave::Fine }, found));
    }
    let then = case.sample.as_first_published().and_then(|s| estimate(&s, case.design, case.choice).ok())?;
    let side = |e: &NamedEffect| e.interval.filter(|[low, high]| *low > 0.0 || *high < 0.0).map(|_| e.estimate > 0.0);
    let now = &case.made.effect;
    let lost = side(now).is_some() && side(now) != side(&then.effect);
    let found = said!(
        "{changed} of {twice} values in more than one edition changed, by {mean} on average; with the values as first published the effect is {then} instead of {now}",
        "{changed} de {twice} valores en más de una edición cambiaron, en promedio en {mean}; con los valores como se publicaron primero el efecto es {then} en vez de {now}",
        changed = revised.changed,
        twice = revised.twice,
        mean = revised.mean,
        then = then.effect.estimate,
        now = now.estimate
    );
    Some((if lost { Grave::Forbids } else { Grave::Care }, found))
}

//! What moved before the start, and what could have been seen.

use atalaya_kernel::Both;
use atalaya_methods::evaluate::pre_trends::{self, PreTrends};
use atalaya_methods::num::distribution::normal_quantile;

use super::Case;
use crate::evaluate::find::leads::Leads;
use crate::evaluate::find::words::said;
use crate::evaluate::finding::Grave;
use crate::evaluate::sample::median;

/// Below this p-value the movement before the start is not chance.
const CHANCE: f64 = 0.05;
/// Share of studies that should find an effect that is there.
const POWER: f64 = 0.8;

/// How many standard errors an effect must have to be found that often at a level.
fn detectable(level: f64) -> f64 {
    normal_quantile(0.5 + level / 200.0) + normal_quantile(POWER)
}

/// Movement before the start forbids a verdict where it is not chance and as large as what matters
/// or as the effect itself; where it could not have been seen, it calls for care.
pub(super) fn before(case: &Case<'_>) -> Option<(Grave, Both)> {
    if super::near::mixture(case) {
        // Its fit to the past is looked at as such.
        return None;
    }
    if case.sample.exposure.is_none() && case.made.size.treated < 3 {
        return Some((
            Grave::Unchecked,
            Both::new("too few places have the programme to test it", "muy pocos lugares tienen el programa para probarlo"),
        ));
    }
    let Some((leads, p, largest)) = case.leads.and_then(|l| Some((l, l.p?, l.largest?))) else {
        return Some((
            Grave::Unchecked,
            Both::new(
                "there are too few periods before the start, or too few places, to look",
                "hay muy pocos periodos antes del inicio, o muy pocos lugares, para mirarlo",
            ),
        ));
    };
    let n = leads.before().count();
    if p < CHANCE {
        let apart = leads.before().filter(|e| e.interval.is_some_and(|[low, high]| low > 0.0 || high < 0.0)).count();
        let grave = if largest >= case.matters() { Grave::Forbids } else { Grave::Care };
        return Some((
            grave,
            said!(
                "the more and the less treated were moving apart already: {apart} of {n} earlier periods differ clearly, the most by {largest} (effect: {effect}; p {p})",
                "los más y los menos tratados ya se apartaban antes: {apart} de {n} periodos previos difieren con claridad, el que más en {largest} (efecto: {effect}; p {p})",
                apart = apart,
                n = n,
                largest = largest,
                effect = case.made.effect.estimate,
                p = p
            ),
        ));
    }
    let smallest = case.design.outcome.smallest.abs();
    if let Some((slope, bias)) = missed(leads) {
        let found = said!(
            "no clear movement in {n} earlier periods (p {p}); a steady drift of {slope} a period would have been seen in 8 of 10 such studies, and unseen would leave {bias} in the effect",
            "sin movimiento claro en {n} periodos previos (p {p}); una deriva constante de {slope} por periodo se habría visto en 8 de cada 10 estudios así, y sin verse dejaría {bias} en el efecto",
            n = n,
            p = p,
            slope = slope,
            bias = bias
        );
        return Some((if bias > smallest { Grave::Care } else { Grave::Fine }, found));
    }
    let visible = detectable(case.design.method.level.unwrap_or(95.0)) * median(&leads.errors);
    let found = said!(
        "no clear movement in {n} earlier periods (p {p}); a movement of {visible} would usually have been seen",
        "sin movimiento claro en {n} periodos previos (p {p}); un movimiento de {visible} se habría visto por lo general",
        n = n,
        p = p,
        visible = visible
    );
    Some((if visible > smallest { Grave::Care } else { Grave::Fine }, found))
}

/// The drift that the test of earlier periods sees in 8 of 10 studies, and the bias it leaves in the mean effect.
fn missed(leads: &Leads) -> Option<(f64, f64)> {
    let covariance = leads.covariance.as_ref()?;
    let early: Vec<(i64, f64)> = leads.before().map(|e| (e.age, e.estimate)).collect();
    let (ages, estimates): (Vec<i64>, Vec<f64>) = early.into_iter().unzip();
    let asked = pre_trends::Leads { ages: &ages, estimates: &estimates, covariance, reference: -1 };
    let slope = pre_trends::pre_trends(&asked, CHANCE, &[POWER]).ok()?.slopes.first()?.joint;
    let after: Vec<i64> = leads.events.iter().map(|e| e.age).filter(|a| *a >= 0).collect();
    Some((slope, PreTrends::bias(slope, -1, &after)))
}

/// The smallest effect that a study of this spread would usually find, beside the smallest that matters.
pub(super) fn power(case: &Case<'_>) -> Option<(Grave, Both)> {
    let Some(se) = case.made.effect.se else {
        return Some((Grave::Unchecked, Both::new("the method gives no standard error", "el método no da un error estándar")));
    };
    let (visible, smallest) = (detectable(case.design.method.level.unwrap_or(95.0)) * se, case.design.outcome.smallest.abs());
    let found = said!(
        "an effect of {visible} would be found in 8 studies of 10; the smallest that matters is {smallest}",
        "un efecto de {visible} se hallaría en 8 de cada 10 estudios; el menor que importa es {smallest}",
        visible = visible,
        smallest = smallest
    );
    Some((if visible > smallest { Grave::Care } else { Grave::Fine }, found))
}

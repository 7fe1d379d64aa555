//! The whole in two plain sentences: what may be said, and what it rests on.

use atalaya_kernel::Both;

use super::verdict::deciding;
use super::words::said;
use crate::evaluate::design::{Better, Design, Transformation};
use crate::evaluate::finding::{Diagnostic, Effect, Grave, Verdict};

/// The two sentences.
pub(crate) fn sentences(design: &Design, effect: &Effect, verdict: Verdict, rule: &str, diagnostics: &[Diagnostic]) -> [Both; 2] {
    [first(design, effect, verdict), second(design, effect, verdict, rule, diagnostics)]
}

/// A name as it is written, within a sentence that need not know its gender or its article.
fn inside(name: &Both) -> Both {
    Both::new(format!("“{}”", name.en), format!("«{}»", name.es))
}

fn first(design: &Design, effect: &Effect, verdict: Verdict) -> Both {
    let (outcome, programme) = (inside(&design.outcome.name), inside(&design.programme.name));
    let up = effect.estimate > 0.0;
    match verdict {
        Verdict::CannotTell => said!(
            "These data cannot tell whether {programme} changed {outcome}.",
            "Con estos datos no se puede saber si {programme} cambió {outcome}.",
            programme = programme,
            outcome = outcome
        ),
        Verdict::NoDetectableChange => said!(
            "No change in {outcome} that would matter followed from {programme}.",
            "No se detecta que {programme} haya producido un cambio que importe en {outcome}.",
            programme = programme,
            outcome = outcome
        ),
        Verdict::Improved | Verdict::Worse => {
            let better = match (verdict, up) {
                (Verdict::Improved, true) => Both::new("rose, which is for the better", "subió, lo que es una mejora"),
                (Verdict::Improved, false) => Both::new("fell, which is for the better", "bajó, lo que es una mejora"),
                (_, true) => Both::new("rose, which is for the worse", "subió, lo que es un deterioro"),
                (_, false) => Both::new("fell, which is for the worse", "bajó, lo que es un deterioro"),
            };
            said!(
                "With {programme}, {outcome} {better}, compared with what would have been expected without it.",
                "Con {programme}, {outcome} {better}, en comparación con lo que se habría esperado sin ello.",
                programme = programme,
                outcome = outcome,
                better = better
            )
        }
    }
}

/// The size of the effect in the outcome's own words.
fn size(design: &Design, value: f64) -> Both {
    let exposure = design.programme.exposure.as_ref();
    let each = match exposure.map(|e| e.standardised) {
        Some(true) => Both::new(" for each standard deviation more of exposure", " por cada desviación estándar más de exposición"),
        Some(false) => Both::new(" for each unit more of exposure", " por cada unidad más de exposición"),
        None => Both::default(),
    };
    match design.outcome.transformation {
        Transformation::Levels => {
            said!("{value} {unit}{each}", "{value} {unit}{each}", value = value, unit = design.outcome.unit, each = each)
        }
        Transformation::Asinh => {
            said!("{value} on the asinh scale{each}", "{value} en la escala asinh{each}", value = value, each = each)
        }
        Transformation::Log | Transformation::Poisson => {
            said!("{value} %{each}", "{value} %{each}", value = 100.0 * value.exp_m1(), each = each)
        }
    }
}

fn second(design: &Design, effect: &Effect, verdict: Verdict, rule: &str, diagnostics: &[Diagnostic]) -> Both {
    let grave: Vec<&Diagnostic> = diagnostics.iter().filter(|d| d.grave == Grave::Forbids).collect();
    if let Some(worst) = grave.first().filter(|_| rule == "forbidden") {
        let more = grave.len() - 1;
        let rest = match more {
            0 => Both::default(),
            1 => Both::new(" (and one more check)", " (y una verificación más)"),
            _ => said!(" (and {more} more checks)", " (y {more} verificaciones más)", more = more),
        };
        return said!(
            "The calculation gives {size}, but a check forbids reading it as an effect{rest}: {reason}",
            "El cálculo da {size}, pero una verificación impide leerlo como efecto{rest}: {reason}",
            size = size(design, effect.estimate),
            rest = rest,
            reason = reason(&worst.id)
        );
    }
    let Some([low, high]) = deciding(effect) else {
        return said!(
            "The calculation gives {size}, without an interval that would say how sure that is.",
            "El cálculo da {size}, sin un intervalo que diga qué tan seguro es.",
            size = size(design, effect.estimate)
        );
    };
    let range = (size(design, effect.estimate), size(design, low), size(design, high), size(design, effect.smallest));
    match (verdict, rule) {
        (_, "changed-answer") => Both::new(
            "The design was changed after it was registered, and the answer depends on that change.",
            "El diseño se cambió después de registrarse, y la respuesta depende de ese cambio.",
        ),
        (Verdict::CannotTell, _) => said!(
            "The best estimate is {estimate}, but anything from {low} to {high} fits the data, and only {smallest} or more would matter.",
            "La mejor estimación es {estimate}, pero los datos admiten desde {low} hasta {high}, y solo importaría {smallest} o más.",
            estimate = range.0,
            low = range.1,
            high = range.2,
            smallest = range.3
        ),
        (Verdict::NoDetectableChange, _) => said!(
            "Whatever the change was, it lies between {low} and {high}, less than the {smallest} that would matter.",
            "Cualquiera que haya sido el cambio, está entre {low} y {high}, menos que {smallest}, lo que importaría.",
            low = range.1,
            high = range.2,
            smallest = range.3
        ),
        _ => said!(
            "The best estimate is {estimate}; the data leave room from {low} to {high}, and {better} is better.",
            "La mejor estimación es {estimate}; los datos admiten desde {low} hasta {high}, y {better} es mejor.",
            estimate = range.0,
            low = range.1,
            high = range.2,
            better = if design.outcome.better == Better::Lower { Both::new("less", "menos") } else { Both::new("more", "más") }
        ),
    }
}

/// Why a check forbids, in words for anybody.
fn reason(id: &str) -> Both {
    match id {
        "pre-trends" => Both::new(
            "the places compared were already moving apart before it began.",
            "los lugares que se comparan ya se apartaban antes de que empezara.",
        ),
        "few-treated" => Both::new("it rests on too few places.", "descansa en muy pocos lugares."),
        "negative-weights" => Both::new(
            "it compares places with others that already had the programme.",
            "compara lugares con otros que ya tenían el programa.",
        ),
        "composition" => {
            Both::new("it depends on places that come and go in the data.", "depende de lugares que entran y salen de los datos.")
        }
        "selected-on-outcome" => Both::new(
            "the places were chosen by their own earlier level, and were returning to the usual before it began.",
            "los lugares se eligieron por su propio nivel anterior, y ya volvían a lo usual antes de que empezara.",
        ),
        "driven-by-enforcement" => Both::new(
            "the number counts what the authorities did, not how much there was.",
            "el número cuenta lo que hicieron las autoridades, no cuánto había.",
        ),
        "revised" => {
            Both::new("later corrections of the numbers are as large.", "las correcciones posteriores de los números son igual de grandes.")
        }
        "scale" => Both::new(
            "counted in units it points one way, in proportion the other.",
            "contado en unidades apunta a un lado, en proporción al otro.",
        ),
        "extrapolation" => Both::new(
            "no mix of other places resembled them before it began.",
            "ninguna combinación de otros lugares se les parecía antes de que empezara.",
        ),
        _ => Both::new("see the checks below.", "vea las verificaciones abajo."),
    }
}

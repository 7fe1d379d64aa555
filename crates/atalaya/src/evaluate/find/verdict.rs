//! The verdict: an ordered list of rules, the first that fits decides.

use atalaya_kernel::Both;

use super::words::said;
use crate::evaluate::design::Better;
use crate::evaluate::finding::{Diagnostic, Effect, Grave, Verdict};

/// A rule of the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerdictRule {
    /// Its id.
    pub id: &'static str,
    /// What it leads to.
    pub verdict: Verdict,
    /// When it fits.
    pub when: [&'static str; 2],
}

/// The rules, in order. The interval is the one that stays right however often one looks, where the
/// design says so; the smallest effect that matters is the design's.
pub const VERDICT_RULES: [VerdictRule; 7] = [
    VerdictRule {
        id: "forbidden",
        verdict: Verdict::CannotTell,
        when: ["a check forbids a verdict", "una verificación impide un veredicto"],
    },
    VerdictRule {
        id: "changed-answer",
        verdict: Verdict::CannotTell,
        when: [
            "the design changed after it was registered, and as first registered it says something else",
            "el diseño cambió después de registrarse, y como se registró primero dice otra cosa",
        ],
    },
    VerdictRule {
        id: "no-interval", verdict: Verdict::CannotTell, when: ["the method gives no interval", "el método no da un intervalo"]
    },
    VerdictRule {
        id: "too-small",
        verdict: Verdict::NoDetectableChange,
        when: [
            "the whole interval is smaller than the smallest effect that matters, either way",
            "todo el intervalo es menor que el menor efecto que importa, en ambos sentidos",
        ],
    },
    VerdictRule {
        id: "good",
        verdict: Verdict::Improved,
        when: [
            "the whole interval is on the good side of zero, and the estimate is at least the smallest effect that matters",
            "todo el intervalo está del lado bueno del cero, y la estimación es al menos el menor efecto que importa",
        ],
    },
    VerdictRule {
        id: "bad",
        verdict: Verdict::Worse,
        when: [
            "the whole interval is on the bad side of zero, and the estimate is at least the smallest effect that matters",
            "todo el intervalo está del lado malo del cero, y la estimación es al menos el menor efecto que importa",
        ],
    },
    VerdictRule {
        id: "open",
        verdict: Verdict::CannotTell,
        when: [
            "anything else: the interval holds both effects that matter and effects that do not",
            "todo lo demás: el intervalo contiene efectos que importan y efectos que no",
        ],
    },
];

/// The interval that decides.
pub(crate) fn deciding(effect: &Effect) -> Option<[f64; 2]> {
    effect.anytime.or(effect.interval)
}

/// The verdict, the rule that fits, and the rules that were looked at in words.
pub(crate) fn verdict(effect: &Effect, diagnostics: &[Diagnostic], first: Option<Verdict>) -> (Verdict, &'static str, Vec<Both>) {
    let mut because = Vec::new();
    for rule in &VERDICT_RULES {
        if let Some(why) = fits(rule, effect, diagnostics, first) {
            because.extend(why);
            return (rule.verdict, rule.id, because);
        }
        because.extend(passed(rule.id, effect));
    }
    (Verdict::CannotTell, "open", because)
}

/// Why a rule fits; none where it does not.
fn fits(rule: &VerdictRule, effect: &Effect, diagnostics: &[Diagnostic], first: Option<Verdict>) -> Option<Vec<Both>> {
    let smallest = effect.smallest.abs();
    let interval = deciding(effect);
    let (good, zero_free) = match interval {
        Some([low, high]) => {
            let side = if low > 0.0 {
                1.0
            } else if high < 0.0 {
                -1.0
            } else {
                0.0
            };
            (side * if effect.better == Better::Higher { 1.0 } else { -1.0 }, side != 0.0)
        }
        None => (0.0, false),
    };
    let large = effect.estimate.abs() >= smallest;
    match rule.id {
        "forbidden" => {
            let grave: Vec<Both> = diagnostics
                .iter()
                .filter(|d| d.grave == Grave::Forbids)
                .map(|d| said!("{title}: {found}", "{title}: {found}", title = d.title, found = d.found))
                .collect();
            (!grave.is_empty()).then_some(grave)
        }
        "changed-answer" => {
            let own = without_log(effect, diagnostics);
            first.filter(|v| *v != own).map(|v| {
                vec![said!(
                    "as first registered the answer is: {then}; as it is written now: {now}",
                    "como se registró primero la respuesta es: {then}; como está escrito ahora: {now}",
                    then = word(v),
                    now = word(own)
                )]
            })
        }
        "no-interval" => interval.is_none().then(|| vec![Both::new(rule.when[0], rule.when[1])]),
        "too-small" => interval.filter(|i| i[0] > -smallest && i[1] < smallest).map(|i| vec![compared(rule, i, smallest)]),
        "good" if zero_free && good > 0.0 && large => interval.map(|i| vec![compared(rule, i, smallest)]),
        "bad" if zero_free && good < 0.0 && large => interval.map(|i| vec![compared(rule, i, smallest)]),
        "open" => interval.map(|i| vec![open(effect, i, smallest)]),
        _ => None,
    }
}

/// The verdict of the interval alone.
fn without_log(effect: &Effect, diagnostics: &[Diagnostic]) -> Verdict {
    let mut rules = VERDICT_RULES.iter().filter(|r| r.id != "changed-answer");
    rules.find(|r| fits(r, effect, diagnostics, None).is_some()).map_or(Verdict::CannotTell, |r| r.verdict)
}

fn compared(rule: &VerdictRule, interval: [f64; 2], smallest: f64) -> Both {
    said!(
        "{when} (from {low} to {high}; the smallest that matters is {smallest})",
        "{when} (de {low} a {high}; el menor que importa es {smallest})",
        when = Both::new(rule.when[0], rule.when[1]),
        low = interval[0],
        high = interval[1],
        smallest = smallest
    )
}

fn open(effect: &Effect, [low, high]: [f64; 2], smallest: f64) -> Both {
    if low > 0.0 || high < 0.0 {
        return said!(
            "there is an effect, from {low} to {high}, but the estimate of {estimate} is below the smallest that matters, {smallest}",
            "hay un efecto, de {low} a {high}, pero la estimación de {estimate} es menor que el menor que importa, {smallest}",
            low = low,
            high = high,
            estimate = effect.estimate,
            smallest = smallest
        );
    }
    said!(
        "the interval from {low} to {high} holds zero as well as effects of {smallest} or more: both remain possible",
        "el intervalo de {low} a {high} contiene el cero y también efectos de {smallest} o más: ambas cosas siguen siendo posibles",
        low = low,
        high = high,
        smallest = smallest
    )
}

/// What a rule that did not fit leaves to say.
fn passed(id: &str, effect: &Effect) -> Option<Both> {
    match id {
        "forbidden" => Some(Both::new("no check forbids a verdict", "ninguna verificación impide un veredicto")),
        "no-interval" if effect.anytime.is_some() => Some(Both::new(
            "the interval that stays right however often one looks is used",
            "se usa el intervalo que sigue siendo correcto por más veces que se mire",
        )),
        _ => None,
    }
}

/// A verdict in words.
pub fn word(verdict: Verdict) -> Both {
    match verdict {
        Verdict::Improved => Both::new("improved", "mejoró"),
        Verdict::Worse => Both::new("worse", "empeoró"),
        Verdict::NoDetectableChange => Both::new("no detectable change", "sin cambio detectable"),
        Verdict::CannotTell => Both::new("cannot tell", "no se puede saber"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::finding::Size;

    fn effect(estimate: f64, interval: Option<[f64; 2]>) -> Effect {
        Effect {
            estimate,
            se: None,
            interval,
            anytime: None,
            p: None,
            level: 95.0,
            relative: None,
            better: Better::Lower,
            smallest: 1.0,
            size: Size::default(),
        }
    }

    fn says(estimate: f64, interval: Option<[f64; 2]>) -> (Verdict, &'static str) {
        let (verdict, rule, because) = verdict(&effect(estimate, interval), &[], None);
        assert!(!because.is_empty());
        (verdict, rule)
    }

    #[test]
    fn each_rule_decides_where_it_should() {
        assert_eq!(says(-2.0, Some([-3.0, -0.5])), (Verdict::Improved, "good"));
        assert_eq!(says(2.0, Some([0.5, 3.0])), (Verdict::Worse, "bad"));
        assert_eq!(says(0.2, Some([-0.5, 0.9])), (Verdict::NoDetectableChange, "too-small"));
        assert_eq!(says(0.4, Some([0.1, 0.9])), (Verdict::NoDetectableChange, "too-small"), "an effect that does not matter");
        assert_eq!(says(0.8, Some([0.1, 1.5])), (Verdict::CannotTell, "open"), "an effect that may not matter");
        assert_eq!(says(-0.5, Some([-3.0, 2.0])), (Verdict::CannotTell, "open"));
        assert_eq!(says(-2.0, None), (Verdict::CannotTell, "no-interval"));
    }

    #[test]
    fn what_forbids_comes_first_and_a_changed_answer_before_the_interval() {
        let grave = Diagnostic {
            id: "scale".into(),
            title: Both::same("scale"),
            grave: Grave::Forbids,
            found: Both::same("they disagree"),
            explain: Both::default(),
        };
        let strong = effect(-2.0, Some([-3.0, -1.0]));
        assert_eq!(verdict(&strong, std::slice::from_ref(&grave), None).1, "forbidden");
        assert_eq!(verdict(&strong, &[], Some(Verdict::Worse)).1, "changed-answer");
        assert_eq!(verdict(&strong, &[], Some(Verdict::Improved)).1, "good");
    }

    #[test]
    fn the_interval_of_many_looks_decides_where_there_is_one() {
        let mut strong = effect(-2.0, Some([-3.0, -1.0]));
        strong.anytime = Some([-4.5, 0.5]);
        assert_eq!(verdict(&strong, &[], None).0, Verdict::CannotTell);
    }
}

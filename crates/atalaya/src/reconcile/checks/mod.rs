//! The checks: one file and one row each.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Problem};
use atalaya_methods::reconcile::agreement::{Agreement, Gap};

use super::figures::{Figure, Ground, Thing};
use super::{Book, Meeting, Severity, words};

mod breaks;
mod growth;
mod production;
pub(crate) use production::interval;
mod rivals;
mod standing;
mod subtotal;
mod vintages;

/// A check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Check {
    /// Its id on every surface.
    pub id: &'static str,
    /// Its name, English and Spanish.
    pub name: [&'static str; 2],
    /// What it looks for, English and Spanish.
    pub asks: [&'static str; 2],
    /// Writes what it finds.
    pub run: fn(&Ground<'_>, &mut Book) -> Result<(), Problem>,
}

/// Every check, those that find contradictions first. `unit` and `overlap` are found on the way of
/// comparing rivals: their rows run nothing of their own.
pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "growth",
        name: ["Growth that does not recompute", "Crecimiento que no se reproduce"],
        asks: [
            "Does a published growth rate follow from the published levels, on the base of the earlier year?",
            "¿Se sigue una tasa de crecimiento publicada de los niveles publicados, con base en el año anterior?",
        ],
        run: growth::run,
    },
    Check {
        id: "standing",
        name: ["Eradicated exceeds standing area", "Lo erradicado supera lo existente"],
        asks: [
            "Is more area reported eradicated than was reported standing before?",
            "¿Se informa más superficie erradicada que la que se informó en pie antes?",
        ],
        run: standing::run,
    },
    Check {
        id: "subtotal",
        name: ["Parts that do not add up", "Partes que no suman el total"],
        asks: [
            "Do the parts a source publishes add up to its own total, as far as the printed digits tell?",
            "¿Suman las partes que publica una fuente su propio total, hasta donde dicen los dígitos impresos?",
        ],
        run: subtotal::run,
    },
    Check {
        id: "production",
        name: ["Seizures beside production", "Incautaciones junto a la producción"],
        asks: [
            "Is more seized than could be made; and if a ratio is wanted, what would have to be equal?",
            "¿Se incauta más de lo que podría producirse? Y si se quiere una razón, ¿qué tendría que ser igual?",
        ],
        run: production::run,
    },
    Check {
        id: "unit",
        name: ["A factor between two figures", "Un factor entre dos cifras"],
        asks: [
            "Do two figures for one thing differ by exactly ten, a thousand, or pounds to kilograms?",
            "¿Difieren dos cifras de lo mismo en exactamente diez, mil o el paso de libras a kilogramos?",
        ],
        run: nothing,
    },
    Check {
        id: "rivals",
        name: ["Sources that disagree", "Fuentes que discrepan"],
        asks: ["Do two sources give different figures for the same thing?", "¿Dan dos fuentes cifras distintas de lo mismo?"],
        run: rivals::run,
    },
    Check {
        id: "overlap",
        name: ["Two definitions at once", "Dos definiciones a la vez"],
        asks: [
            "Does one source give two figures for the same thing under two definitions?",
            "¿Da una fuente dos cifras de lo mismo según dos definiciones?",
        ],
        run: nothing,
    },
    Check {
        id: "vintages",
        name: ["Vintages that disagree", "Ediciones que discrepan"],
        asks: [
            "Does a later vintage of a source give other figures than an earlier one?",
            "¿Da una edición posterior de una fuente cifras distintas de las de una anterior?",
        ],
        run: vintages::run,
    },
    Check {
        id: "break",
        name: ["A definition that changes", "Una definición que cambia"],
        asks: [
            "Does a series change what it counts, so that growth across the change is none?",
            "¿Cambia una serie lo que cuenta, de modo que el crecimiento a través del cambio no es tal?",
        ],
        run: breaks::run,
    },
];

impl Check {
    /// The check of that id.
    pub fn get(id: &str) -> Option<&'static Check> {
        CHECKS.iter().find(|c| c.id == id)
    }

    /// Its name in both languages.
    pub fn both(&self) -> Both {
        Both::new(self.name[0], self.name[1])
    }

    /// What it looks for, in both languages.
    pub fn question(&self) -> Both {
        Both::new(self.asks[0], self.asks[1])
    }
}

fn nothing(_: &Ground<'_>, _: &mut Book) -> Result<(), Problem> {
    Ok(())
}

/// How serious a difference is: a tenth or more, one per cent or more, less. Where the sources state
/// intervals and one holds the other figure, it is as they said.
fn severity(gap: &Gap, within: bool) -> Severity {
    match gap.percent.map(f64::abs) {
        _ if within => Severity::Minor,
        Some(percent) if percent < 1.0 => Severity::Minor,
        Some(percent) if percent < 10.0 => Severity::Notable,
        _ => Severity::Serious,
    }
}

/// Meetings as they are counted up.
#[derive(Default)]
struct Tally<K: Ord> {
    counts: BTreeMap<K, [u64; 4]>,
}

impl<K: Ord> Tally<K> {
    fn count(&mut self, key: K, agreement: Agreement) {
        let counts = self.counts.entry(key).or_default();
        counts[0] += 1;
        counts[match agreement {
            Agreement::Same => 1,
            Agreement::Rounded { .. } => 2,
            Agreement::Differ => 3,
        }] += 1;
    }
}

fn meeting(check: &str, measure: &str, what: Both, sides: [Both; 2], counts: [u64; 4]) -> Meeting {
    let [one, other] = sides;
    let [shared, same, rounded, differ] = counts;
    Meeting { check: check.into(), measure: measure.into(), what, one, other, shared, same, rounded, differ }
}

/// A figure in the words of a sentence: "61,777 ha (devida-coca, 2020)".
fn said(ground: &Ground<'_>, figure: &Figure<'_>, thing: &Thing<'_>) -> Both {
    let amount = words::amount(figure.value.value, &crate::query::after_a_number(thing.unit));
    let who = words::who(figure.source(), &ground.definition(&figure.cell));
    Both::new(format!("{} ({})", amount.en, who.en), format!("{} ({})", amount.es, who.es))
}

//! A pair's weights in words: the waterfall a person reads.

use atalaya_kernel::Both;

use super::amount::Agreement;
use super::model::{Circumstance, Pattern};
use super::place::Nearness;
use super::prepare::Kinship;
use super::reports::{Pair, Relation};
use crate::link::waterfall::{Step, Waterfall};

/// The waterfall of a pair.
pub fn waterfall(pair: &Pair) -> Waterfall {
    let [prior, date, substance, amount, place, how, route, list] = pair.weights;
    let mut steps = Vec::new();
    let mut add = |comparison: (&str, &str), level: Both, bits: f64| {
        steps.push(Step { comparison: Both::new(comparison.0, comparison.1), level, bits });
    };
    if let Some(pattern) = pair.pattern.filter(|_| pair.relation != Relation::Crossing) {
        add(("Date", "Fecha"), of_date(&pattern), date);
        add(("Substance", "Sustancia"), of_substance(pattern.kinship), substance);
        add(("Amount", "Cantidad"), of_amount(pattern.amount), amount);
        add(("Place", "Lugar"), of_place(pattern.place), place);
        add(("Circumstances", "Circunstancias"), of_circumstance(pattern.how), how);
        add(("Route", "Ruta"), of_circumstance(pattern.route), route);
    }
    if pair.list.is_some() {
        add(("List", "Lista"), Both::new("its list stands there twice", "su lista figura dos veces"), list);
    } else if list != 0.0 {
        let level = Both::new("what chance gives on one day at one place", "lo que da el azar en un mismo día y lugar");
        add(("Chance", "Azar"), level, list);
    }
    Waterfall { prior, steps }
}

fn of_date(pattern: &Pattern) -> Both {
    match pattern.lag {
        0 => Both::new("the same", "la misma"),
        1 => Both::new("one day apart", "un día de diferencia"),
        lag => Both::new(format!("{lag} days apart"), format!("{lag} días de diferencia")),
    }
}

fn of_substance(kinship: Kinship) -> Both {
    match kinship {
        Kinship::Same => Both::new("the same", "la misma"),
        Kinship::Within => Both::new("one is a kind of the other", "una es una clase de la otra"),
        Kinship::Group => Both::new("two of one group", "dos de un mismo grupo"),
        Kinship::Other => Both::new("two", "dos distintas"),
    }
}

fn of_amount(agreement: Agreement) -> Both {
    match agreement {
        Agreement::Same => Both::new("the same figure, as rare as it is here", "la misma cifra, con lo rara que es aquí"),
        Agreement::Converted => Both::new("the same in another unit", "la misma en otra unidad"),
        Agreement::CutOrRounded => Both::new("the same, cut or rounded", "la misma, truncada o redondeada"),
        Agreement::Digits => Both::new("the same digits, another unit", "los mismos dígitos, otra unidad"),
        Agreement::Close => Both::new("within 1 %, but other digits", "a menos de 1 %, pero con otros dígitos"),
    }
}

fn of_place(nearness: Nearness) -> Both {
    match nearness {
        Nearness::Same => Both::new("one name", "un mismo nombre"),
        Nearness::Alike => Both::new("names that share what matters", "nombres que comparten lo esencial"),
        Nearness::Division => Both::new("one division", "una misma división"),
        Nearness::OneAbsent => Both::new("absent in one", "ausente en uno"),
        Nearness::BothAbsent => Both::new("absent in both", "ausente en ambos"),
        Nearness::Different => Both::new("two places", "dos lugares"),
    }
}

fn of_circumstance(circumstance: Circumstance) -> Both {
    match circumstance {
        Circumstance::Silent => Both::new("nothing filled in both", "nada consignado en ambos"),
        Circumstance::Agree => Both::new("what both say agrees", "lo que ambos dicen coincide"),
        Circumstance::Mixed => Both::new("some agrees, some does not", "parte coincide y parte no"),
        Circumstance::Conflict => Both::new("one field contradicts", "un campo se contradice"),
        Circumstance::Contradict => Both::new("several fields contradict", "varios campos se contradicen"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_add_up_to_the_score() {
        let pattern = Pattern {
            lag: 0,
            kinship: Kinship::Same,
            amount: Agreement::Same,
            place: Nearness::Same,
            how: Circumstance::Silent,
            route: Circumstance::Agree,
            two_reporters: false,
            one_unit: true,
        };
        let weights = [-9.0, -0.1, 0.0, 12.0, 3.0, 0.0, 0.5, -1.0];
        let pair = Pair { a: 0, b: 1, weights, pattern: Some(pattern), relation: Relation::Twice, list: None };
        let read = waterfall(&pair);
        assert_eq!((read.prior, read.steps.len()), (-9.0, 7));
        assert!((read.bits() - pair.bits()).abs() < 1e-12);
        let crossing = Pair { relation: Relation::Crossing, weights: [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], ..pair };
        assert_eq!(waterfall(&crossing).bits(), 1.0);
    }
}

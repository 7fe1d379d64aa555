//! Four checks of route reports: each flags, explains, and can be switched off.
//!
//! # Answers
//! Which records and links contradict themselves, or are likely errors of writing?
//!
//! # Source
//! Research note of this project on the published flow method (section 4.4). The checks were
//! chosen after an artefact was seen (a flow from Saudi Arabia to Ecuador that rested on one
//! record), so they are post hoc: justified by logic, not by an independent study.
//!
//! # Assumes
//! - R1: a consignment does not depart from the place it is bound for.
//! - R2: nothing flows into a primary producer. Seizures on the high sea break this: what a
//!   producer's navy takes off another coast looks like an inflow.
//! - R3: no aircraft of a commercial line carries that many kilograms in one seizure; the unit is
//!   the likely error.
//! - R4: two rows alike in every field, above a mass, are one event sent twice.
//!
//! # Shapes and units
//! Records in the caller's order; findings by position in it. Masses in kilograms.
//!
//! # Cost
//! O(records).
//!
//! # Does not
//! Correct or rescale anything, and does not delete: what is flagged is set aside only where the
//! caller says so, and stays listed.
//!
//! # Checked by
//! `tests` here; the counts 52, 91, 2 and 3,902 and the records of Ghana, Armenia and Saudi
//! Arabia in `tests/it/real.rs`.

use std::collections::BTreeSet;

use atalaya_kernel::{Both, Decimal};

use super::record::{LinkKind, RouteRecord};
use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "cleaning",
    verb: "routes",
    name: ["Checks of route reports", "Controles de los reportes de rutas"],
    answers: [
        "Which route reports contradict themselves or are likely errors of writing?",
        "¿Qué reportes de rutas se contradicen o parecen errores de escritura?",
    ],
    source: "Atalaya, research note on the published flow method, section 4.4 (rules R1-R4)",
};

/// A check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Departure is destination, and neither is where it was seized.
    RoundTrip,
    /// A link into a primary producer.
    IntoProducer,
    /// More by air than aircraft carry.
    TooHeavyForAir,
    /// A row alike in every field to an earlier one.
    Repeat,
}

impl Check {
    /// Every check, in order.
    pub const ALL: [Check; 4] = [Check::RoundTrip, Check::IntoProducer, Check::TooHeavyForAir, Check::Repeat];

    /// Its name: `R1`.
    pub fn code(self) -> &'static str {
        match self {
            Check::RoundTrip => "R1",
            Check::IntoProducer => "R2",
            Check::TooHeavyForAir => "R3",
            Check::Repeat => "R4",
        }
    }

    /// The check of that name, in any case.
    pub fn parse(code: &str) -> Option<Check> {
        Check::ALL.into_iter().find(|check| check.code().eq_ignore_ascii_case(code))
    }

    /// What it finds, in one sentence.
    pub fn why(self) -> Both {
        match self {
            Check::RoundTrip => Both::new(
                "departs from the country it is bound for, and was seized in a third one",
                "sale del mismo país al que va, y fue incautada en un tercero",
            ),
            Check::IntoProducer => Both::new(
                "flows into a country of primary production; seizures on the high sea look like this",
                "entra a un país productor primario; así se ven las incautaciones en altamar",
            ),
            Check::TooHeavyForAir => Both::new(
                "heavier than what a flight carries: the unit is probably wrong",
                "pesa más de lo que lleva un vuelo: probablemente la unidad está equivocada",
            ),
            Check::Repeat => Both::new(
                "alike in every field to an earlier row: one event may have been sent twice",
                "idéntica en todos los campos a una fila anterior: un hecho pudo enviarse dos veces",
            ),
        }
    }
}

/// Limits of the checks.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Primary producers, for R2.
    pub producers: BTreeSet<usize>,
    /// R3 flags more than this by air, kilograms.
    pub air_kg: Decimal,
    /// R4 looks at rows from this mass on, kilograms; `None` looks at all, those without mass too.
    pub repeat_from_kg: Option<Decimal>,
}

impl Limits {
    /// 2,000 kg by air, repeats from 1 kg on.
    pub fn usual(producers: impl IntoIterator<Item = usize>) -> Limits {
        Limits { producers: producers.into_iter().collect(), air_kg: Decimal::whole(2_000), repeat_from_kg: Some(Decimal::whole(1)) }
    }
}

/// What the checks say of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u8);

impl Marks {
    /// Whether a check flags the record. Never so for R2, which speaks of links.
    pub fn has(self, check: Check) -> bool {
        self.0 & (1 << check as u8) != 0
    }

    /// Whether any of these checks flags it.
    pub fn any(self, checks: &[Check]) -> bool {
        checks.iter().any(|check| self.has(*check))
    }
}

/// The marks of every record by R1, R3 and R4, in the records' order.
pub fn marks(records: &[RouteRecord], limits: &Limits) -> Vec<Marks> {
    let mut seen: BTreeSet<u32> = BTreeSet::new();
    records
        .iter()
        .map(|record| {
            let mut mark = 0;
            let trip = record.departure.is_some() && record.departure == record.destination && record.departure != record.seized;
            if trip {
                mark |= 1 << Check::RoundTrip as u8;
            }
            if record.by_air && record.kg.is_some_and(|kg| kg > limits.air_kg) {
                mark |= 1 << Check::TooHeavyForAir as u8;
            }
            let heavy = limits.repeat_from_kg.is_none_or(|least| record.kg.is_some_and(|kg| kg >= least));
            let first = record.alike.is_none_or(|group| seen.insert(group));
            if !first && heavy {
                mark |= 1 << Check::Repeat as u8;
            }
            Marks(mark)
        })
        .collect()
}

/// Whether R2 flags a link, which is one that ends in a primary producer.
pub fn into_producer(record: &RouteRecord, kind: LinkKind, limits: &Limits) -> bool {
    kind.ends(record).is_some_and(|(_, to)| limits.producers.contains(&to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(departure: Option<usize>, seized: usize, destination: Option<usize>, kg: i64) -> RouteRecord {
        RouteRecord { seized: Some(seized), departure, destination, year: 2014, kg: Some(Decimal::whole(kg)), ..RouteRecord::default() }
    }

    #[test]
    fn each_check_flags_its_own() {
        let records = [
            record(Some(5), 1, Some(5), 891),
            RouteRecord { by_air: true, ..record(None, 2, None, 14_733) },
            RouteRecord { alike: Some(9), ..record(None, 2, None, 6_910) },
            RouteRecord { alike: Some(9), ..record(None, 2, None, 6_910) },
            RouteRecord { alike: Some(4), ..record(None, 2, None, 0) },
            RouteRecord { alike: Some(4), ..record(None, 2, None, 0) },
            record(Some(2), 2, Some(2), 1),
        ];
        let found = marks(&records, &Limits::usual([0]));
        let codes: Vec<Vec<&str>> = found.iter().map(|m| Check::ALL.into_iter().filter(|c| m.has(*c)).map(Check::code).collect()).collect();
        let none: Vec<&str> = Vec::new();
        assert_eq!(codes, [vec!["R1"], vec!["R3"], none.clone(), vec!["R4"], none.clone(), none.clone(), none]);
        let all = marks(&records, &Limits { repeat_from_kg: None, ..Limits::usual([0]) });
        assert!(all[5].has(Check::Repeat) && !all[4].has(Check::Repeat));
    }

    #[test]
    fn an_inflow_is_a_link_and_not_a_record() {
        let limits = Limits::usual([0]);
        let record = record(Some(3), 0, Some(4), 10);
        assert!(into_producer(&record, LinkKind::DepartedSeized, &limits));
        assert!(!into_producer(&record, LinkKind::SeizedDestined, &limits));
    }

    #[test]
    fn every_check_has_a_name_that_reads_back() {
        assert!(Check::ALL.into_iter().all(|check| Check::parse(check.code()) == Some(check)));
        assert_eq!(Check::parse("R9"), None);
    }
}

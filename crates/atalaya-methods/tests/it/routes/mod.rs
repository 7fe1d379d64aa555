//! Routes on the file of UNODC: the reference's counts, edges, flows and measures.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests may fail loudly, and print what they reach")]

mod counts;
mod edges;
mod reference;
mod validation;

use atalaya_kernel::Decimal;
use atalaya_methods::routes::cleaning::{Check, Limits};
use atalaya_methods::routes::network::{Rule, Threshold};
use atalaya_methods::routes::{LinkKind, RouteRecord};

use crate::ids::Ids;

pub const DS_ST: [LinkKind; 2] = [LinkKind::DepartedSeized, LinkKind::SeizedDestined];
pub const PRODUCERS: [&str; 3] = ["BO", "CO", "PE"];

pub fn limits(ids: &Ids) -> Limits {
    Limits::usual(PRODUCERS.map(|c| ids.at(c)))
}

pub fn rule(ids: &Ids, kinds: &[LinkKind], threshold: Threshold) -> Rule {
    Rule { kinds: kinds.to_vec(), threshold, checks: Vec::new(), limits: limits(ids) }
}

pub fn at_least(kg: &str) -> Threshold {
    Threshold::AtLeast(Decimal::parse(kg).unwrap())
}

/// The rule of the reference run: R1 to R4, departure and destination, more than nothing.
pub fn checked(ids: &Ids) -> Rule {
    Rule { checks: Check::ALL.to_vec(), ..rule(ids, &DS_ST, Threshold::Positive) }
}

/// Bulk kilograms of a record, 0 where not known.
pub fn bulk(record: &RouteRecord) -> f64 {
    record.bulk_kg.map_or(0.0, Decimal::to_f64)
}

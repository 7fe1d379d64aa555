//! What earlier vintages said of values that were later revised.

use std::collections::BTreeMap;

use atalaya_kernel::measure::measures;
use atalaya_store::{Dim, ObservedCell, Query};

use super::series;
use super::sieve::Sieve;
use crate::observatory::Eye;

/// A value since revised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Said {
    /// What it is about: dimension to code, times aside.
    pub about: BTreeMap<&'static str, String>,
    /// The time, as the answer says it.
    pub at: String,
    /// What was said.
    pub value: String,
    /// The vintage that said it.
    pub vintage: String,
}

/// The values a question is about that an earlier intake gave differently, oldest first. Sums have
/// none: only single cells are compared.
pub(crate) fn of(eye: &Eye, query: &Query) -> Vec<Said> {
    let Some(measure) = measures().get(&query.what) else { return Vec::new() };
    let mut cells: BTreeMap<_, Vec<ObservedCell<'_>>> = BTreeMap::new();
    let sieve = Sieve::of(query);
    for cell in eye.observations.all_of(measure.id).filter(|c| sieve.wants(c)) {
        cells.entry((cell.intake.source.as_str(), cell.key())).or_default().push(cell);
    }
    let mut said = Vec::new();
    for versions in cells.into_values() {
        let Some((now, before)) = versions.split_last() else { continue };
        let mut known = vec![now.text("value")];
        for cell in before {
            let value = cell.text("value");
            if value.is_empty() || known.contains(&value) {
                continue;
            }
            known.push(value);
            let at = series::coordinates(cell, query, measure);
            let time = at.iter().find(|(d, _)| d.is_time()).map(|(_, t)| t.to_string()).unwrap_or_default();
            let about =
                at.into_iter().filter(|(d, c)| !d.is_time() && !c.is_empty()).map(|(d, c)| (Dim::name(d), c.into_owned())).collect();
            said.push(Said { about, at: time, value: value.into(), vintage: cell.intake.vintage.clone() });
        }
    }
    said.sort();
    said
}

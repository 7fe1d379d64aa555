//! Which places the texts of a column name.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::area::{AreaError, Level, Scheme, Scope, areas, is_no_area, is_total};
use atalaya_kernel::substance::substances;
use atalaya_kernel::unit::units;

use super::column::Column;

/// Distinct texts looked up.
const MAX_LOOKUPS: usize = 60;

/// How a column of codes is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coded {
    /// `ubigeo` or `divipola`.
    pub scheme: &'static str,
    /// Digits a code has.
    pub pad: usize,
    /// Digits at its beginning that name the place, if it is longer.
    pub take: Option<usize>,
    /// Whether some codes lost a zero.
    pub lost_zeros: bool,
}

fn named(column: &Column) -> impl Iterator<Item = &str> {
    column.texts().map(|(text, _)| text).filter(|t| !is_no_area(t) && !is_total(t)).take(MAX_LOOKUPS)
}

fn share(column: &Column, fits: impl Fn(&str) -> bool) -> f64 {
    let (mut all, mut fitting) = (0u32, 0u32);
    for text in named(column) {
        all += 1;
        fitting += u32::from(fits(text));
    }
    if all == 0 { 0.0 } else { f64::from(fitting) / f64::from(all) }
}

/// The share of a column's texts that name countries or regions of the world.
pub(super) fn countries(column: &Column) -> f64 {
    share(column, |t| areas().resolve(t, None, None).is_ok_and(|r| r.area.level <= Level::Country))
}

/// The share that name any one place.
pub(super) fn anywhere(column: &Column) -> f64 {
    share(column, |t| areas().resolve(t, None, None).is_ok())
}

/// The share that name a place in one country.
pub(super) fn in_country(column: &Column, country: &str) -> f64 {
    share(column, |t| areas().resolve_within(t, country, None).is_ok())
}

/// The country whose parts a column names, with the share; `None` if several fit as well.
pub(super) fn parts_of_a_country(column: &Column) -> Option<(&'static str, f64)> {
    let mut fits: BTreeMap<&'static str, u32> = BTreeMap::new();
    let mut all = 0u32;
    for text in named(column) {
        all += 1;
        for country in countries_with_part(text) {
            *fits.entry(country).or_default() += 1;
        }
    }
    let best = fits.values().copied().max()?;
    let mut winners = fits.iter().filter(|(_, n)| **n == best);
    let winner = winners.next()?.0;
    winners.next().is_none().then(|| (*winner, f64::from(best) / f64::from(all)))
}

/// Whether a text names a part of the first order of a country.
pub(super) fn is_first_in(text: &str, country: &str) -> bool {
    areas().resolve_within(text, country, None).is_ok_and(|r| r.area.level == Level::First)
}

/// Countries one of whose departments or states has that name.
fn countries_with_part(text: &str) -> BTreeSet<&'static str> {
    let parent = |code: &str| areas().get(code).and_then(|a| a.parent).filter(|p| p.len() == 2);
    match areas().find(text, Scope { level: Some(Level::First), ..Scope::default() }, None) {
        Ok(found) => parent(found.area.code).into_iter().collect(),
        Err(AreaError::Ambiguous { candidates, .. }) => candidates.into_iter().filter_map(parent).collect(),
        Err(_) => BTreeSet::new(),
    }
}

/// How the codes of a column are to be read, if nine of ten then name a place.
///
/// Several readings are tried because a spreadsheet cuts leading zeros off: `5031` is `05031`,
/// and the police of Colombia add three digits (`5031000`).
pub(super) fn coded(column: &Column, scheme: &str) -> Option<Coded> {
    let widest = *column.widths.keys().next_back()?;
    let tries: &[(&'static str, usize, Option<usize>)] = match (scheme, widest) {
        ("ubigeo", 5..=6) => &[("ubigeo", 6, None)],
        ("ubigeo", 3..=4) => &[("ubigeo", 4, None)],
        ("ubigeo", 1..=2) => &[("ubigeo", 2, None)],
        ("divipola", 7..=8) => &[("divipola", 8, Some(5))],
        ("divipola", 4..=5) => &[("divipola", 5, None)],
        ("divipola", 1..=2) => &[("divipola", 2, None)],
        _ => &[],
    };
    let readable = |&(scheme, pad, take): &(&'static str, usize, Option<usize>)| {
        let by = Scheme::parse(scheme)?;
        let fits = share(column, |t| {
            let padded = format!("{t:0>pad$}");
            areas().resolve_code(by, take.and_then(|n| padded.get(..n)).unwrap_or(&padded)).is_ok()
        });
        (fits >= 0.9).then_some(Coded { scheme, pad, take, lost_zeros: column.widths.keys().any(|w| *w < pad) })
    };
    tries.iter().find_map(readable)
}

/// The first texts of a column that name no place, read as the reader will.
pub(super) fn unknown<'a>(column: &'a Column, within: Option<&str>) -> Vec<&'a str> {
    let found = |t: &str| match within {
        Some(within) => areas().resolve_within(t, within, None).is_ok(),
        None => areas().resolve(t, None, None).is_ok(),
    };
    named(column).filter(|t| !found(t)).collect()
}

/// The share of a column's texts that are known as substances, and those that are not.
pub(super) fn substances_in(column: &Column) -> (f64, Vec<&str>) {
    known(column, |t| substances().resolve(t).is_some())
}

/// The share of a column's texts that are known as units, and those that are not.
pub(super) fn units_in(column: &Column) -> (f64, Vec<&str>) {
    known(column, |t| units().resolve(t).is_some())
}

fn known(column: &Column, is: impl Fn(&str) -> bool) -> (f64, Vec<&str>) {
    let unknown: Vec<&str> = column.texts().map(|(t, _)| t).filter(|t| !is(t)).collect();
    let all = column.distinct().max(1);
    ((all - unknown.len()) as f64 / all as f64, unknown)
}

//! From where a record says it was to the places of a network: countries, departments, ports, or
//! corridors that a user draws.

use std::collections::BTreeMap;
use std::path::Path;

use atalaya_kernel::area::{self, areas};
use atalaya_kernel::{Both, Problem};
use serde::{Deserialize, Serialize};

use super::figures::rows;
use super::question::no_such;
use crate::query::area_named;

/// What a place of a network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// Countries.
    Country,
    /// Departments, states: where a record names one; else its country.
    Department,
    /// The place written beside a seizure at a port or an airport; else its country.
    Port,
}

impl Level {
    /// Its name on every surface.
    pub fn name(self) -> &'static str {
        match self {
            Level::Country => "country",
            Level::Department => "department",
            Level::Port => "port",
        }
    }

    /// Reads [`Level::name`]; countries of nothing.
    ///
    /// # Errors
    /// `unknown-places`.
    pub fn parse(text: &str) -> Result<Level, Problem> {
        match text {
            "" => Ok(Level::Country),
            other => [Level::Country, Level::Department, Level::Port]
                .into_iter()
                .find(|l| l.name() == other)
                .ok_or_else(|| no_such("places", other, "country, department, port")),
        }
    }
}

/// A code and those it lies in, from near to far.
fn upwards(code: &str) -> impl Iterator<Item = &'static area::Area> {
    let register = areas();
    std::iter::successors(register.get(code), |a| a.parent.and_then(|up| register.get(up))).take(10)
}

/// The country a code lies in; itself where it is one. Regions of a country report for it.
pub(crate) fn country(code: &str) -> Option<&'static str> {
    upwards(code).find(|a| a.level == area::Level::Country).map(|a| a.code)
}

/// The place of a network that an area belongs to: a user's corridor before anything else.
pub(crate) fn lifted(code: &str, level: Level, corridors: &BTreeMap<String, String>) -> Option<String> {
    if let Some(corridor) = upwards(code).find_map(|a| corridors.get(a.code)) {
        return Some(corridor.clone());
    }
    let first = || upwards(code).find(|a| a.level == area::Level::First).map(|a| a.code);
    match level {
        Level::Department => first().or_else(|| country(code)),
        Level::Country | Level::Port => country(code),
    }
    .map(String::from)
}

/// What a place is called.
pub(crate) fn name(code: &str) -> Both {
    if let Some((country, port)) = code.split_once(": ") {
        let of = areas().get(country).map_or_else(|| Both::same(country), |a| a.both());
        return Both::new(format!("{port}, {}", of.en), format!("{port}, {}", of.es));
    }
    areas().get(code).map_or_else(|| Both::same(code), |a| a.both())
}

/// Reads `area,corridor`, a header first: areas and what lies within them, and the name of the
/// corridor they belong to.
///
/// # Errors
/// `io`, `bad-figures`, `unknown-area`.
pub(crate) fn corridors(path: &Path) -> Result<BTreeMap<String, String>, Problem> {
    let mut out = BTreeMap::new();
    for row in rows(path, &["area", "corridor"])? {
        out.insert(area_named(&row.text[0], "--corridors")?.into(), row.text[1].clone());
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_lifted() {
        let none = BTreeMap::new();
        assert_eq!(lifted("PE-AYA", Level::Country, &none).as_deref(), Some("PE"));
        assert_eq!(lifted("PE-AYA", Level::Department, &none).as_deref(), Some("PE-AYA"));
        assert_eq!(lifted("ubigeo:080910", Level::Department, &none).as_deref(), Some("PE-CUS"));
        assert_eq!(lifted("PE", Level::Department, &none).as_deref(), Some("PE"));
        let drawn = BTreeMap::from([("PE-AYA".to_string(), "VRAEM".to_string()), ("CL".into(), "Southern cone".into())]);
        assert_eq!(lifted("PE-AYA", Level::Country, &drawn).as_deref(), Some("VRAEM"));
        assert_eq!(lifted("CL", Level::Country, &drawn).as_deref(), Some("Southern cone"));
        assert_eq!(lifted("PE", Level::Country, &drawn).as_deref(), Some("PE"));
        assert_eq!(lifted("", Level::Country, &none), None);
    }

    #[test]
    fn places_have_names() {
        assert_eq!(name("PE").es, "Perú");
        assert_eq!(name("PE: Callao").en, "Callao, Peru");
        assert_eq!(name("VRAEM").en, "VRAEM");
    }
}

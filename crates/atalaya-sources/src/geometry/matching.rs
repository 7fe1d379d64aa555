//! Which property of the features holds their code: the one whose values name the most areas that
//! lie where the features lie.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::area::{AreaError, Level, Scheme, Scope, areas};
use atalaya_kernel::{Both, Problem, both};
use serde::{Deserialize, Serialize};

use super::geojson::{Advice, Feature};
use super::{bounds, world};
use crate::format::refused;

/// Codes that are tried, in this order.
const SCHEMES: [Scheme; 6] = [Scheme::Ubigeo, Scheme::Divipola, Scheme::Iso3166_2, Scheme::Iso3166_1, Scheme::Iso3, Scheme::M49];
/// How far a feature may lie outside its country's outline, which is coarse, in degrees.
const MARGIN: f64 = 4.0;

/// How the values of a property are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Canonical codes of the list of areas.
    Canonical,
    /// Codes of one scheme.
    Code(Scheme),
    /// Names of areas of one level, in the country where the features lie.
    Name(Level),
}

impl Reading {
    /// `ubigeo`, `code`, `name`.
    pub fn as_str(self) -> &'static str {
        match self {
            Reading::Canonical => "code",
            Reading::Code(scheme) => scheme.as_str(),
            Reading::Name(_) => "name",
        }
    }
}

/// How far a match may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    /// Nine in ten features have a code of the list, and lie in its country.
    Sure,
    /// Half of them, or codes that had lost their leading zeros.
    Likely,
    /// Names, or fewer than half.
    Doubtful,
}

/// Features and their areas.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched {
    /// The property.
    pub property: String,
    /// How it was read.
    pub reading: Reading,
    /// The level of the areas.
    pub level: Level,
    /// How far to trust it.
    pub sure: Sureness,
    /// Codes that had lost their leading zeros.
    pub padded: usize,
    /// The area of each feature, in their order; none where two features claim one.
    pub areas: Vec<Option<&'static str>>,
}

impl Matched {
    /// How many features have an area.
    pub fn count(&self) -> usize {
        self.areas.iter().flatten().count()
    }
}

/// Finds the property that holds the codes, or reads the one given.
///
/// # Errors
/// `geometry-no-match` where no property names areas; `geometry-swapped` where longitude and
/// latitude are; `geometry-duplicate` where two features are one area.
pub fn match_areas(features: &[Feature], property: Option<&str>, place: &str) -> Result<Matched, Problem> {
    let names: BTreeSet<&str> = features.iter().flat_map(|f| f.properties.keys()).map(String::as_str).collect();
    if let Some(wanted) = property.filter(|p| !names.contains(p)) {
        let shown = atalaya_kernel::both::shown(wanted);
        return Err(no_match(place, &names, both!("no feature has a property {shown:?}", "ningún elemento tiene la propiedad {shown:?}")));
    }
    let ground = Ground::of(features);
    let tried: Vec<&str> = names.iter().copied().filter(|n| property.is_none_or(|p| p == *n)).collect();
    let enough = if property.is_some() { 1 } else { features.len().div_ceil(10) };
    let Some(mut matched) = best(features, &tried, &ground).filter(|m| m.distinct() >= enough) else {
        let turned = Ground::turned(features);
        if best(features, &tried, &turned).is_some_and(|m| m.distinct() >= enough) {
            return Err(swapped(place));
        }
        return Err(no_match(place, &names, Both::new("no property names areas we know", "ninguna propiedad nombra áreas conocidas")));
    };
    no_area_twice(features, &mut matched, place)?;
    Ok(matched)
}

/// The reading that names the most areas. Names are looked up only where no code names half of
/// the features, because looking up a name that is none takes long.
fn best(features: &[Feature], names: &[&str], ground: &Ground) -> Option<Matched> {
    let codes = best_of(features, names, &readings(ground, false), ground);
    if codes.as_ref().is_some_and(|m| m.distinct() * 2 >= features.len()) {
        return codes;
    }
    let by_name = best_of(features, names, &readings(ground, true), ground);
    let more = by_name.as_ref().map_or(0, Matched::distinct) > codes.as_ref().map_or(0, Matched::distinct);
    if more { by_name } else { codes }
}

/// The first of equals: properties by name, then fewer zeros put back.
fn best_of(features: &[Feature], names: &[&str], readings: &[Reading], ground: &Ground) -> Option<Matched> {
    let each = names.iter().flat_map(|name| readings.iter().map(move |r| (*name, *r)));
    let rank = |m: &Matched| (m.distinct(), std::cmp::Reverse(m.padded));
    each.filter_map(|(name, reading)| read_as(features, name, reading, ground)).fold(None, |best: Option<Matched>, next| match best {
        Some(best) if rank(&best) >= rank(&next) => Some(best),
        _ => Some(next),
    })
}

fn readings(ground: &Ground, names: bool) -> Vec<Reading> {
    if !names {
        return std::iter::once(Reading::Canonical).chain(SCHEMES.map(Reading::Code)).collect();
    }
    let below = [Level::First, Level::Second, Level::Third].into_iter().filter(|_| ground.home.is_some());
    std::iter::once(Level::Country).chain(below).map(Reading::Name).collect()
}

/// Reads one property one way; `None` where it names nothing.
fn read_as(features: &[Feature], property: &str, reading: Reading, ground: &Ground) -> Option<Matched> {
    const LOOK: usize = 40;
    let texts = || features.iter().filter_map(|f| f.properties.get(property)).map(|t| t.trim()).filter(|t| !t.is_empty());
    if texts().take(LOOK).all(|text| area_of(text, reading, ground).is_none()) {
        return None;
    }
    let mut padded = 0;
    let found: Vec<Option<&'static atalaya_kernel::area::Area>> = features
        .iter()
        .enumerate()
        .map(|(at, feature)| {
            let text = feature.properties.get(property)?.trim();
            let (area, zero) = area_of(text, reading, ground)?;
            ground.lies(at, area.code).then(|| padded += usize::from(zero))?;
            Some(area)
        })
        .collect();
    let mut levels: BTreeMap<Level, usize> = BTreeMap::new();
    found.iter().flatten().for_each(|a| *levels.entry(a.level).or_default() += 1);
    let (level, _) = levels.into_iter().filter(|(l, _)| *l >= Level::Country).max_by_key(|(level, n)| (*n, *level))?;
    let areas: Vec<Option<&'static str>> = found.into_iter().map(|a| a.filter(|a| a.level == level).map(|a| a.code)).collect();
    let mut matched = Matched { property: property.into(), reading, level, sure: Sureness::Doubtful, padded, areas };
    let share = matched.distinct() as f64 / features.len() as f64;
    matched.sure = match reading {
        Reading::Name(_) => Sureness::Doubtful,
        _ if share >= 0.9 && padded == 0 => Sureness::Sure,
        _ if share >= 0.5 => Sureness::Likely,
        _ => Sureness::Doubtful,
    };
    Some(matched)
}

impl Matched {
    fn distinct(&self) -> usize {
        self.areas.iter().flatten().collect::<BTreeSet<_>>().len()
    }
}

fn area_of(text: &str, reading: Reading, ground: &Ground) -> Option<(&'static atalaya_kernel::area::Area, bool)> {
    match reading {
        Reading::Canonical => Some((areas().get(text)?, false)),
        Reading::Code(scheme) => match areas().resolve_code(scheme, text) {
            Ok(area) => Some((area, false)),
            // A code that went through a spreadsheet as a number.
            Err(AreaError::Shape { .. }) if matches!(scheme, Scheme::Ubigeo | Scheme::Divipola) => {
                areas().resolve_code(scheme, &format!("0{text}")).ok().map(|area| (area, true))
            }
            Err(_) => None,
        },
        Reading::Name(level) => {
            if text.len() < 3 {
                return None;
            }
            let within = if level == Level::Country { None } else { Some(ground.home?) };
            areas().find(text, Scope { scheme: None, within, level: Some(level) }, None).ok().map(|r| (r.area, false))
        }
    }
}

/// Where the features lie.
struct Ground {
    /// The middle of each feature.
    middles: Vec<Option<[f64; 2]>>,
    /// The country most of them lie in.
    home: Option<&'static str>,
    /// The box of every country.
    boxes: BTreeMap<&'static str, [f64; 4]>,
}

impl Ground {
    fn of(features: &[Feature]) -> Ground {
        Ground::at(features.iter().map(middle).collect())
    }

    /// The same with longitude and latitude turned around.
    fn turned(features: &[Feature]) -> Ground {
        Ground::at(features.iter().map(|f| middle(f).map(|[x, y]| [y, x])).collect())
    }

    fn at(middles: Vec<Option<[f64; 2]>>) -> Ground {
        let mut boxes = BTreeMap::new();
        for shape in &world().shapes {
            if let (Some(area), Some(bounds)) = (areas().get(&shape.area), bounds(shape.polygons.iter().flatten())) {
                boxes.insert(area.code, bounds);
            }
        }
        let mut votes: BTreeMap<&'static str, usize> = BTreeMap::new();
        for point in middles.iter().flatten() {
            let boxed =
                |code: &str| boxes.get(code).is_some_and(|[w, s, e, n]| (*w..=*e).contains(&point[0]) && (*s..=*n).contains(&point[1]));
            let inside = |shape: &&atalaya_kernel::shape::Shape| {
                boxed(&shape.area) && shape.polygons.iter().any(|p| p.first().is_some_and(|r| holds(r, *point)))
            };
            if let Some(area) = world().shapes.iter().find(inside).and_then(|s| areas().get(&s.area)) {
                *votes.entry(area.code).or_default() += 1;
            }
        }
        let known = middles.iter().flatten().count();
        let home = votes.into_iter().max_by_key(|(_, n)| *n).filter(|(_, n)| n * 10 >= known * 8).map(|(code, _)| code);
        Ground { middles, home, boxes }
    }

    /// Whether a feature lies in the country of an area; true where either is not known.
    fn lies(&self, at: usize, area: &str) -> bool {
        let Some([x, y]) = self.middles[at] else { return true };
        let Some(country) = country_of(area) else { return true };
        let Some([west, south, east, north]) = self.boxes.get(country) else { return true };
        (west - MARGIN..=east + MARGIN).contains(&x) && (south - MARGIN..=north + MARGIN).contains(&y)
    }
}

fn middle(feature: &Feature) -> Option<[f64; 2]> {
    bounds(feature.polygons.iter().flatten()).map(|[w, s, e, n]| [(w + e) / 2.0, (s + n) / 2.0])
}

fn country_of(area: &str) -> Option<&'static str> {
    let mut at = areas().get(area)?;
    while at.level > Level::Country {
        at = areas().get(at.parent?)?;
    }
    Some(at.code)
}

/// Whether a point lies in a ring, by the even-odd rule.
fn holds(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let mut inside = false;
    for (at, a) in ring.iter().enumerate() {
        let b = ring[(at + 1) % ring.len()];
        if (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0] {
            inside = !inside;
        }
    }
    inside
}

/// Two features of one area are neither: both are left without one, and listed. More than a tenth
/// of them is the wrong property.
fn no_area_twice(features: &[Feature], matched: &mut Matched, place: &str) -> Result<(), Problem> {
    let mut claims: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
    for (at, area) in matched.areas.iter().enumerate() {
        claims.entry(area.unwrap_or_default()).or_default().push(at);
    }
    let twice: Vec<(&str, Vec<usize>)> = claims.into_iter().filter(|(area, at)| !area.is_empty() && at.len() > 1).collect();
    let many: usize = twice.iter().map(|(_, at)| at.len()).sum();
    let Some((area, at)) = twice.first() else { return Ok(()) };
    if many * 10 > features.len() {
        let (first, second, property) = (features[at[0]].at, features[at[1]].at, &matched.property);
        return Err(refused(
            "geometry-duplicate",
            &format!("{place} feature {second}"),
            both!(
                "features {first} and {second} are both {area} by {property}",
                "los elementos {first} y {second} son ambos {area} según {property}"
            ),
        )
        .todo(
            "make one MultiPolygon of them, or name another property with --property",
            "únalos en un MultiPolygon, o indique otra propiedad con --property",
        ));
    }
    twice.iter().flat_map(|(_, at)| at).for_each(|at| matched.areas[*at] = None);
    Ok(())
}

fn swapped(place: &str) -> Problem {
    refused(
        "geometry-swapped",
        place,
        Both::new(
            "longitude and latitude are swapped: the areas would lie in another country",
            "longitud y latitud están invertidas: las áreas quedarían en otro país",
        ),
    )
    .todo("write longitude first, as RFC 7946 says", "escriba primero la longitud, como dice RFC 7946")
}

fn no_match(place: &str, names: &BTreeSet<&str>, found: Both) -> Problem {
    let shown: Vec<String> = names.iter().take(30).map(|n| atalaya_kernel::both::shown(n)).collect();
    let list = shown.join(", ");
    refused("geometry-no-match", place, found).todo(
        &format!(
            "its properties are: {list}; codes of ISO 3166, ubigeo and divipola and names of areas are read; name one with --property"
        ),
        &format!("sus propiedades son: {list}; se leen códigos ISO 3166, ubigeo y divipola y nombres de áreas; indique una con --property"),
    )
}

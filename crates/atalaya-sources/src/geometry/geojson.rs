//! GeoJSON (RFC 7946) under caps: what is not a collection of closed polygons in WGS 84 degrees is
//! refused with its place, and nothing of it is kept.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use atalaya_kernel::shape::Ring;
use atalaya_kernel::{Both, Problem, both};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::ring;
use crate::format::refused;

/// Largest file.
pub const MAX_GEOMETRY: u64 = 96 << 20;
/// Most features.
pub const MAX_FEATURES: usize = 100_000;
/// Most points of all features.
pub const MAX_POINTS: usize = 4_000_000;
/// Most properties of a feature.
const MAX_PROPERTIES: usize = 1_024;
/// Longest property.
const MAX_TEXT: usize = 1 << 16;

/// A feature as it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Its number in the file, from 1.
    pub at: usize,
    /// Its properties as text; lists and objects are left out.
    pub properties: BTreeMap<String, String>,
    /// Its polygons; none where the file gives it no geometry.
    pub polygons: Vec<Vec<Ring>>,
}

/// The features of a GeoJSON text.
///
/// # Errors
/// `file-too-large`, `bad-encoding` with the byte, `json` with line and column, `geometry-kind`,
/// `geometry-crs`, `geometry-range`, `geometry-ring`, `geometry-crossing`, `geometry-too-large`.
pub fn read(bytes: &[u8], place: &str) -> Result<Vec<Feature>, Problem> {
    if bytes.len() as u64 > MAX_GEOMETRY {
        return Err(too_large(place, both!("more than {MAX_GEOMETRY} bytes", "más de {MAX_GEOMETRY} bytes")));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let found = Both::new("GeoJSON must be UTF-8; this byte is not", "GeoJSON debe ser UTF-8; este byte no lo es");
        refused("bad-encoding", &format!("{place} byte {}", e.valid_up_to()), found)
    })?;
    let top: Object<'_> = parse(text.trim_start_matches('\u{feff}'), place)?;
    expect_kind(&top, "FeatureCollection", place)?;
    check_crs(&top, place)?;
    let Some(features) = top.get("features") else { return Err(kind(place, "no features", "sin elementos")) };
    let features: Vec<&RawValue> = parse(features.get(), &format!("{place} features"))?;
    if features.is_empty() {
        return Err(kind(place, "a collection without features", "una colección sin elementos"));
    }
    let n = features.len();
    if n > MAX_FEATURES {
        return Err(too_large(place, both!("{n} features; the cap is {MAX_FEATURES}", "{n} elementos; el límite es {MAX_FEATURES}")));
    }
    let mut points = 0;
    features.into_iter().enumerate().map(|(at, raw)| feature(raw.get(), at + 1, place, &mut points)).collect()
}

fn feature(raw: &str, at: usize, place: &str, points: &mut usize) -> Result<Feature, Problem> {
    let place = format!("{place} feature {at}");
    let feature: Object<'_> = parse(raw, &place)?;
    expect_kind(&feature, "Feature", &place)?;
    let properties = match feature.get("properties").map(|p| p.get()) {
        None | Some("null") => BTreeMap::new(),
        Some(raw) => properties(raw, &place)?,
    };
    let polygons = match feature.get("geometry").map(|g| g.get()) {
        None | Some("null") => Vec::new(),
        Some(raw) => geometry(raw, &place)?,
    };
    *points += polygons.iter().flatten().map(Vec::len).sum::<usize>();
    if *points > MAX_POINTS {
        return Err(too_large(&place, both!("more than {MAX_POINTS} points", "más de {MAX_POINTS} puntos")));
    }
    for (polygon, rings) in polygons.iter().enumerate() {
        for (at, points) in rings.iter().enumerate() {
            ring::check(points, &format!("{place} polygon {} ring {}", polygon + 1, at + 1))?;
        }
    }
    Ok(Feature { at, properties, polygons: polygons.into_iter().map(|p| p.into_iter().map(ring::open).collect()).collect() })
}

fn properties(raw: &str, place: &str) -> Result<BTreeMap<String, String>, Problem> {
    let object: Object<'_> = parse(raw, &format!("{place} properties"))?;
    let n = object.0.len();
    if n > MAX_PROPERTIES {
        return Err(too_large(
            place,
            both!("{n} properties; the cap is {MAX_PROPERTIES}", "{n} propiedades; el límite es {MAX_PROPERTIES}"),
        ));
    }
    let mut out = BTreeMap::new();
    for (key, value) in object.0 {
        let raw = value.get();
        if raw.len() > MAX_TEXT || key.len() > MAX_TEXT {
            let bytes = raw.len().max(key.len());
            return Err(too_large(place, both!("a property of {bytes} bytes", "una propiedad de {bytes} bytes")));
        }
        let text = match raw.as_bytes().first() {
            Some(b'"') => parse(raw, place)?,
            Some(b'-' | b'0'..=b'9') => raw.to_string(),
            _ => continue,
        };
        out.insert(key, text);
    }
    Ok(out)
}

fn geometry(raw: &str, place: &str) -> Result<Vec<Vec<Ring>>, Problem> {
    let geometry: Object<'_> = parse(raw, &format!("{place} geometry"))?;
    check_crs(&geometry, place)?;
    let kind_of: String = geometry.get("type").map(|t| parse(t.get(), place)).transpose()?.unwrap_or_default();
    let coordinates = geometry.get("coordinates").map_or("null", |c| c.get());
    let place = format!("{place} coordinates");
    match kind_of.as_str() {
        "Polygon" => Ok(vec![parse::<Vec<Vec<Position>>>(coordinates, &place)?.into_iter().map(plain).collect()]),
        "MultiPolygon" => {
            let polygons: Vec<Vec<Vec<Position>>> = parse(coordinates, &place)?;
            Ok(polygons.into_iter().map(|rings| rings.into_iter().map(plain).collect()).collect())
        }
        other => {
            let shown = atalaya_kernel::both::shown(other.get(..40).unwrap_or(other));
            Err(kind(&place, &format!("a geometry of type {shown:?}"), &format!("una geometría de tipo {shown:?}")))
        }
    }
}

fn plain(ring: Vec<Position>) -> Ring {
    ring.into_iter().map(|p| p.0).collect()
}

/// Only degrees of WGS 84 are read, said in any of the ways files say it.
fn check_crs(object: &Object<'_>, place: &str) -> Result<(), Problem> {
    let Some(crs) = object.get("crs").map(|c| c.get()).filter(|c| *c != "null") else { return Ok(()) };
    let known = ["crs84", "epsg:4326", "epsg::4326", "wgs84", "wgs 84"];
    let low = crs.to_ascii_lowercase();
    if known.iter().any(|k| low.contains(k)) {
        return Ok(());
    }
    let shown = atalaya_kernel::both::shown(crs.get(..80).unwrap_or("..."));
    Err(refused(
        "geometry-crs",
        place,
        both!("its coordinates are in {shown}, not in WGS 84", "sus coordenadas están en {shown}, no en WGS 84"),
    )
    .todo("export it again in WGS 84 (EPSG:4326), in degrees", "expórtelo de nuevo en WGS 84 (EPSG:4326), en grados"))
}

fn expect_kind(object: &Object<'_>, wanted: &str, place: &str) -> Result<(), Problem> {
    let found: String = object.get("type").map(|t| parse(t.get(), place)).transpose()?.unwrap_or_default();
    if found == wanted {
        return Ok(());
    }
    let shown = atalaya_kernel::both::shown(found.get(..40).unwrap_or(&found));
    Err(kind(place, &format!("type {shown:?} where {wanted:?} should be"), &format!("tipo {shown:?} donde debe estar {wanted:?}")))
}

fn kind(place: &str, en: &str, es: &str) -> Problem {
    refused("geometry-kind", place, Both::new(en, es)).todo(
        "a FeatureCollection of Polygon and MultiPolygon is needed: export areas, not points or lines",
        "se necesita una FeatureCollection de Polygon y MultiPolygon: exporte áreas, no puntos ni líneas",
    )
}

fn too_large(place: &str, found: Both) -> Problem {
    refused("geometry-too-large", place, found).todo(
        "thin it out first, for example with mapshaper, or load it in parts",
        "simplifíquelo antes, por ejemplo con mapshaper, o cárguelo por partes",
    )
}

/// The same refusal with another advice.
pub(super) trait Advice {
    /// What to do about it.
    fn todo(self, en: &str, es: &str) -> Self;
}

impl Advice for Problem {
    fn todo(mut self, en: &str, es: &str) -> Problem {
        self.todo = Both::new(en, es);
        self
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str, place: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|e| {
        let place = format!("{place} line {} column {}", e.line(), e.column());
        refused("json", &place, both!("is not GeoJSON ({e})", "no es GeoJSON ({e})"))
            .todo("correct it at its origin; nothing of it was kept", "corríjalo en su origen; no se conservó nada")
    })
}

/// An object whose keys stand once each: two readers must not see two different ones.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Object<'a> {
    fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| *v)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Keys(PhantomData))
    }
}

struct Keys<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for Keys<'a> {
    type Value = Object<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'a>, A::Error> {
        let mut seen = std::collections::BTreeSet::new();
        let mut out = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
            if !seen.insert(key.clone()) {
                return Err(de::Error::custom(format!("the key {key:?} stands twice")));
            }
            out.push((key, value));
        }
        Ok(Object(out))
    }
}

/// Longitude and latitude; a height is passed over.
struct Position([f64; 2]);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Position, D::Error> {
        deserializer.deserialize_seq(Numbers)
    }
}

struct Numbers;

impl<'de> Visitor<'de> for Numbers {
    type Value = Position;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("longitude and latitude")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Position, A::Error> {
        let mut next = || numbers.next_element::<f64>()?.ok_or_else(|| de::Error::custom("a position has two numbers"));
        let at = [next()?, next()?];
        if numbers.next_element::<f64>()?.is_some() && numbers.next_element::<f64>()?.is_some() {
            return Err(de::Error::custom("a position has at most three numbers"));
        }
        Ok(Position(at))
    }
}

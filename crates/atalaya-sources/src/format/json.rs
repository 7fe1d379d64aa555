//! JSON: a list of flat objects. Numbers keep the digits they were written with; a key that
//! stands twice is refused, because two readers would see two different rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read;

use atalaya_kernel::{Both, Decimal, Problem, both};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::archive::Member;
use super::{MAX_CELL, MAX_CELLS, MAX_COLUMNS, RawRow, cell_too_long, refused, table_too_large, too_many_columns};

/// Largest JSON file read whole.
const MAX_JSON: u64 = 256 << 20;

type Object = BTreeMap<String, String>;

/// The rows of a member: first the header row, then one row an object.
///
/// # Errors
/// `json` with line and column, `bad-encoding` with the offset, `json-number`.
pub fn read(member: &Member) -> Result<Vec<RawRow>, Problem> {
    let place = member.place();
    let mut bytes = Vec::new();
    member.open()?.take(MAX_JSON + 1).read_to_end(&mut bytes).map_err(|e| super::text::reading(&place, &e))?;
    if bytes.len() as u64 > MAX_JSON {
        return Err(refused(
            "file-too-large",
            &place,
            both!("a JSON file of more than {MAX_JSON} bytes", "un archivo JSON de más de {MAX_JSON} bytes"),
        ));
    }
    let text = std::str::from_utf8(&bytes).map_err(|e| {
        let offset = e.valid_up_to();
        Problem::new(
            "bad-encoding",
            format!("{place} byte {offset}"),
            Both::new("JSON must be UTF-8; this byte is not", "JSON debe ser UTF-8; este byte no lo es"),
            Both::new("export it again as UTF-8", "expórtelo de nuevo como UTF-8"),
        )
    })?;
    let mut deserializer = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    let objects = List.deserialize(&mut deserializer).and_then(|list| deserializer.end().map(|()| list)).map_err(|e| {
        Problem::new(
            "json",
            format!("{place} line {} column {}", e.line(), e.column()),
            both!("is not a list of flat objects ({e})", "no es una lista de objetos planos ({e})"),
            Both::new("correct it at its origin; nothing of it was kept", "corríjalo en su origen; no se conservó nada"),
        )
    })?;
    table(&objects, &place)
}

fn table(objects: &[Object], place: &str) -> Result<Vec<RawRow>, Problem> {
    let columns: BTreeSet<&str> = objects.iter().flat_map(|o| o.keys().map(String::as_str)).collect();
    if columns.len() > MAX_COLUMNS {
        return Err(too_many_columns(place, columns.len()));
    }
    let (rows, width) = (objects.len() as u64, columns.len() as u64);
    if rows.saturating_mul(width) > MAX_CELLS {
        return Err(table_too_large(place, rows, width));
    }
    for (at, object) in objects.iter().enumerate() {
        if let Some(long) = object.iter().flat_map(|(key, value)| [key, value]).find(|text| text.len() > MAX_CELL) {
            return Err(cell_too_long(place, at as u64 + 1, long.len()));
        }
    }
    let header = RawRow { line: 0, cells: columns.iter().map(|c| c.as_bytes()).collect() };
    let rows = objects.iter().enumerate().map(|(at, object)| RawRow {
        line: at as u64 + 1,
        cells: columns.iter().map(|c| object.get(*c).map_or(&b""[..], |v| v.as_bytes())).collect(),
    });
    Ok(std::iter::once(header).chain(rows).collect())
}

/// A list of objects, or one object.
struct List;

impl<'de> DeserializeSeed<'de> for List {
    type Value = Vec<Object>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Object>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List {
    type Value = Vec<Object>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Object>, A::Error> {
        let mut objects = Vec::new();
        while let Some(object) = list.next_element_seed(Flat)? {
            objects.push(object);
        }
        Ok(objects)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<Object>, A::Error> {
        Ok(vec![Flat.visit_map(map)?])
    }
}

/// One object, its keys once each, its values as text.
struct Flat;

impl<'de> DeserializeSeed<'de> for Flat {
    type Value = Object;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Flat {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object::new();
        while let Some(key) = map.next_key::<String>()? {
            let value: Box<RawValue> = map.next_value()?;
            let text = plain(value.get()).map_err(de::Error::custom)?;
            if object.insert(key.clone(), text).is_some() {
                return Err(de::Error::custom(format!("the key {key:?} stands twice")));
            }
        }
        Ok(object)
    }
}

/// A value as text: strings unescaped, numbers as written, null empty, the rest as JSON.
fn plain(raw: &str) -> Result<String, String> {
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw).map_err(|e| e.to_string()),
        Some(b'n') => Ok(String::new()),
        Some(b'-' | b'0'..=b'9') => match Decimal::parse(raw) {
            Ok(_) => Ok(raw.to_string()),
            Err(e) => Err(e.to_string()),
        },
        _ => Ok(raw.to_string()),
    }
}

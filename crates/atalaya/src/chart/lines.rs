//! Rows of an answer put together to lines.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Both, Missing, Problem, both};
use atalaya_report::chart::{Ghost, Line, Point};
use atalaya_store::{Dim, Query};

use super::{breaks, time};
use crate::answer::Answer;
use crate::query::ghosts::Said;

/// A line with what it is about: dimension to code.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// What it is about.
    pub about: BTreeMap<&'static str, String>,
    /// Its points.
    pub line: Line,
    /// The times whose value is one published cell, not a sum.
    pub single: BTreeSet<String>,
}

/// All lines of an answer.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    /// The lines, largest last value first, areas in the order they were asked for.
    pub kept: Vec<Kept>,
    /// Whether rows have times.
    pub timed: bool,
    /// What must be said.
    pub notes: Vec<Both>,
}

impl Kept {
    /// Its code of a dimension.
    pub(super) fn key(&self, dim: &str) -> String {
        self.about.get(dim).cloned().unwrap_or_default()
    }

    /// Its last value.
    fn last(&self) -> f64 {
        self.line.points.iter().rev().find_map(|p| p.value.as_ref()?.parse().ok()).unwrap_or(f64::NEG_INFINITY)
    }
}

/// The columns whose numbers are drawn: value, low, high.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// A published value with its interval.
    Series,
    /// Kilograms with the bounds of conversions.
    Kilograms,
    /// How many records.
    Records,
    /// Kilograms, each event once.
    Unique,
    /// How many events.
    Events,
}

/// The column asked for, else kilograms where they may be added, else records.
pub(super) fn value_column(answer: &Answer, asked: Option<&str>) -> Result<Value, Problem> {
    let has = |id: &str| answer.columns.iter().any(|c| c.id == id);
    let value = match asked {
        Some("records") if has("records") => Some(Value::Records),
        Some("kg") if has("kg") => Some(Value::Kilograms),
        Some("events") if has("events") => Some(Value::Events),
        Some("kg_unique") if has("kg_unique") => Some(Value::Unique),
        Some("value") if has("value") => Some(Value::Series),
        Some(_) => None,
        None if has("value") => Some(Value::Series),
        None if has("kg") => Some(Value::Kilograms),
        None => Some(Value::Records),
    };
    value.ok_or_else(|| {
        let asked = asked.unwrap_or_default();
        let known: Vec<&str> = ["records", "events", "kg", "kg_unique", "value"].into_iter().filter(|id| has(id)).collect();
        let known = known.join(", ");
        Problem::new(
            "unknown-value",
            format!("--value {asked}"),
            Both::new("this answer has no such value", "esta respuesta no tiene ese valor"),
            both!(
                "it has: {known}; kilograms need one substance, or a breakdown by substance",
                "tiene: {known}; los kilogramos requieren una sustancia, o un desglose por sustancia"
            ),
        )
    })
}

/// The lines of an answer.
pub(super) fn of(answer: &Answer, query: &Query, value: Value) -> Drawn {
    let time_columns: Vec<&str> = Dim::ALL.iter().filter(|d| d.is_time()).map(|d| d.name()).collect();
    let dims: Vec<&'static str> = Dim::ALL.iter().filter(|d| !d.is_time()).map(|d| d.name()).collect();
    let at_of = |row: &BTreeMap<String, serde_json::Value>| {
        let asked = query.by.iter().filter(|d| d.is_time()).map(|d| d.name());
        asked.chain(time_columns.iter().copied()).map(|c| Answer::text(row, c)).find(|t| !t.is_empty())
    };
    let mut lines: BTreeMap<Vec<String>, Kept> = BTreeMap::new();
    let (mut timed, mut untimed, mut without_kg) = (false, 0usize, 0u64);
    for row in &answer.rows {
        let at = at_of(row);
        timed |= at.is_some();
        let key: Vec<String> = dims.iter().map(|d| Answer::text(row, d)).collect();
        let x = at.as_deref().and_then(time::x);
        if x.is_none() && query.by.iter().any(|d| d.is_time()) {
            untimed += 1;
            continue;
        }
        without_kg += row.get("without_kg").and_then(serde_json::Value::as_u64).unwrap_or(0);
        let kept = lines.entry(key.clone()).or_insert_with(|| Kept {
            about: dims.iter().copied().zip(key).filter(|(_, code)| !code.is_empty()).collect(),
            line: Line::default(),
            single: BTreeSet::new(),
        });
        if Answer::text(row, "basis") == "reported" {
            kept.single.extend(at.clone());
        }
        kept.line.points.push(point(row, value, at.unwrap_or_default(), x.unwrap_or(0.0)));
    }
    let mut kept: Vec<Kept> = lines.into_values().collect();
    for one in &mut kept {
        one.line.points.sort_by(|a, b| a.x.total_cmp(&b.x).then_with(|| a.at.cmp(&b.at)));
    }
    let mut notes = Vec::new();
    let mut kept = whole(kept, query, &mut notes);
    sort(&mut kept, query);
    if untimed > 0 {
        notes.push(both!("{untimed} rows without a date are not drawn", "{untimed} filas sin fecha no se dibujan"));
    }
    if matches!(value, Value::Kilograms | Value::Unique) && without_kg > 0 {
        notes.push(both!(
            "{without_kg} records have no amount that converts to kilograms and are not in the sums",
            "{without_kg} registros no tienen una cantidad convertible a kilogramos y no están en las sumas"
        ));
    }
    Drawn { kept, timed, notes }
}

/// Areas in the order they were asked for, then the largest last value first.
fn sort(kept: &mut [Kept], query: &Query) {
    let place = |kept: &Kept| query.area.iter().position(|a| *a == kept.key("area")).unwrap_or(usize::MAX);
    kept.sort_by(|a, b| place(a).cmp(&place(b)).then(b.last().total_cmp(&a.last())).then_with(|| a.about.cmp(&b.about)));
}

/// Where a source gives a whole beside its parts (days of the week, sexes) and nobody asked for
/// parts, the whole is drawn, and that is said.
fn whole(kept: Vec<Kept>, query: &Query, notes: &mut Vec<Both>) -> Vec<Kept> {
    let asked = query.by.contains(&Dim::Breakdown) || query.at.contains_key(&Dim::Breakdown);
    if asked || !kept.iter().any(|k| k.key("breakdown").is_empty()) {
        return kept;
    }
    let (whole, parts): (Vec<Kept>, Vec<Kept>) = kept.into_iter().partition(|k| k.key("breakdown").is_empty());
    let count = parts.len();
    if count > 0 {
        notes.push(both!(
            "only totals are drawn; {count} lines of their parts are shown with a breakdown by “breakdown”",
            "solo se dibujan los totales; {count} líneas de sus partes se muestran con un desglose por «breakdown»"
        ));
    }
    whole
}

/// A row as a point.
fn point(row: &BTreeMap<String, serde_json::Value>, value: Value, at: String, x: f64) -> Point {
    let text = |column: &str| Some(Answer::text(row, column)).filter(|t| !t.is_empty());
    let figure = text("figure");
    match value {
        Value::Records => Point { x, at, value: text("records"), figure, ..Point::default() },
        Value::Events => Point { x, at, value: text("events"), figure, ..Point::default() },
        Value::Unique => {
            let value = text("kg_unique");
            let missing = value.is_none().then_some(Missing::NotKnown);
            Point { x, at, value, missing, figure, ..Point::default() }
        }
        Value::Kilograms => {
            let (value, low, high) = (text("kg"), text("kg_low"), text("kg_high"));
            let exact = low == high;
            let missing = value.is_none().then_some(Missing::NotKnown);
            Point { x, at, value, low: low.filter(|_| !exact), high: high.filter(|_| !exact), missing, figure, ..Point::default() }
        }
        Value::Series => {
            let value = text("value");
            let missing = text("missing").and_then(|m| Missing::from_code(&m));
            let missing = if value.is_none() { missing.or(Some(Missing::NotKnown)) } else { None };
            let provisional = Answer::text(row, "status") == "P";
            Point { x, at, value, low: text("low"), high: text("high"), missing, provisional, figure, ..Point::default() }
        }
    }
}

impl Drawn {
    /// The times there are, in order.
    pub(super) fn times(&self) -> Vec<String> {
        let mut times: Vec<(f64, &String)> = self.kept.iter().flat_map(|k| k.line.points.iter().map(|p| (p.x, &p.at))).collect();
        times.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
        times.dedup_by(|a, b| a.1 == b.1);
        times.into_iter().map(|(_, at)| at.clone()).filter(|at| !at.is_empty()).collect()
    }

    /// Lines that follow each other under different definitions become one with a break.
    pub(super) fn join_definitions(&mut self, answer: &Answer, query: &Query) {
        self.kept = breaks::chain(std::mem::take(&mut self.kept), answer);
        sort(&mut self.kept, query);
    }

    /// Keeps what has a place at one time; says what has none.
    pub(super) fn keep_time(&mut self, at: &str) -> Option<Both> {
        let before = self.kept.len();
        self.kept.retain(|k| at.is_empty() || k.line.points.iter().any(|p| p.at == at));
        let gone = before - self.kept.len();
        (gone > 0).then(|| {
            both!(
                "{gone} lines have values of other times only, none of {at}: another year shows them",
                "{gone} líneas solo tienen valores de otras fechas, ninguno de {at}: otro año las muestra"
            )
        })
    }

    /// Puts beside each line what earlier vintages said of its points.
    pub(super) fn add_ghosts(&mut self, said: &[Said]) {
        for one in said {
            let same = |kept: &&mut Kept| {
                let dims = kept.about.keys().chain(one.about.keys());
                dims.into_iter().filter(|d| **d != "definition").all(|d| kept.about.get(d) == one.about.get(d))
                    && kept.single.contains(&one.at)
            };
            let Some(x) = time::x(&one.at) else { continue };
            for kept in self.kept.iter_mut().filter(same).filter(|k| breaks::defined_as(k, one.about.get("definition"))) {
                kept.line.ghosts.push(Ghost { x, at: one.at.clone(), value: one.value.clone(), vintage: one.vintage.clone() });
            }
        }
    }
}

//! Questions about records: counts, and kilograms where they may be added.

use std::collections::BTreeMap;

use atalaya_kernel::area::areas;
use atalaya_kernel::rule::{Rule, rule};
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, Date, Lang, Problem, both};
use atalaya_store::{Axis, Counted, Cube, Dim, Group, Plan, Query};
use serde_json::{Value, json};

use super::{Cell, PURCHASES, dims, kind_of, unknown};
use crate::answer::{Answer, Column, ColumnKind, Totals};
use crate::events::Events;
use crate::observatory::Eye;
use crate::verbs::count;

/// Groups past which an answer is refused.
const MAX_GROUPS: usize = 200_000;

/// The answer to a question about records, and its cells.
pub(super) fn answer(eye: &Eye, events: &Events, query: &Query) -> Result<(Answer, Vec<Cell>), Problem> {
    let cube = &eye.cube;
    let by = effective_dims(cube, query);
    let axes: Vec<(Dim, Axis, Vec<String>)> = by.iter().map(|dim| axis(cube, *dim)).collect();
    let plan = Plan { filters: filters(eye, query)?, axes: axes.iter().map(|(_, a, _)| a.clone()).collect() };
    let Counted { mut groups, events: distinct } = cube.count(&plan, events.rows());
    if groups.len() > MAX_GROUPS {
        return Err(Problem::new(
            "too-many-groups",
            "--by",
            both!("the answer would have more than {MAX_GROUPS} rows", "la respuesta tendría más de {MAX_GROUPS} filas"),
            Both::new("break down by less, or narrow the question", "desglose menos, o acote la pregunta"),
        ));
    }
    let names: Vec<&Vec<String>> = axes.iter().map(|(_, _, names)| names).collect();
    groups.sort_by_cached_key(|g| g.key.iter().zip(&names).map(|(k, n)| n[*k as usize].clone()).collect::<Vec<_>>());
    let may_add = by.contains(&Dim::Substance) || query.at.contains_key(&Dim::Substance) || !query.substance.is_empty();
    let mut answer = empty(query, &by, may_add);
    let mut cells = Vec::new();
    for group in &groups {
        let coordinates: BTreeMap<Dim, String> =
            by.iter().zip(&group.key).zip(&names).map(|((d, k), n)| (*d, n[*k as usize].clone())).collect();
        for (dim, code) in &coordinates {
            answer.label(dim.name(), code, || dims::label(*dim, code));
        }
        let value = value_of(group, may_add);
        let mut row: BTreeMap<String, Value> = coordinates.iter().map(|(d, c)| (d.name().to_string(), Value::from(c.clone()))).collect();
        if let Value::Object(fields) = &value {
            row.extend(fields.clone());
        }
        answer.rows.push(row);
        cells.push(Cell { at: query.at.clone().into_iter().chain(coordinates).collect(), value });
    }
    answer.totals = Some(Totals { records: groups.iter().map(|g| g.records).sum(), events: distinct });
    answer.notes.extend(totals(&groups, distinct, events));
    if !may_add {
        answer.notes.push(Both::new(
            "kilograms of different substances are not added; name a substance or break down by substance",
            "los kilogramos de sustancias distintas no se suman; nombre una sustancia o desglose por sustancia",
        ));
    }
    Ok((answer, cells))
}

/// The dimensions asked for; substance joins them where amounts could not be added without it.
fn effective_dims(cube: &Cube, query: &Query) -> Vec<Dim> {
    let mut by = query.by.clone();
    by.dedup();
    let narrowed = query.at.contains_key(&Dim::Substance);
    if !query.substance.is_empty() && !by.contains(&Dim::Substance) && !narrowed && !classes_within(cube, query) {
        by.push(Dim::Substance);
    }
    by
}

/// Whether all records of the substances asked for are of one additivity class.
fn classes_within(cube: &Cube, query: &Query) -> bool {
    let Some(column) = cube.column("substance") else { return false };
    let mut classes: Vec<&str> = cube
        .texts(column)
        .filter(|s| query.substance.iter().any(|w| substances().is_within(s, w)))
        .filter_map(|s| substances().get(s).map(|s| s.adds_with))
        .collect();
    classes.sort_unstable();
    classes.dedup();
    classes.len() <= 1
}

fn empty(query: &Query, by: &[Dim], may_add: bool) -> Answer {
    let mut columns: Vec<Column> = by.iter().map(|d| dims::column(*d)).collect();
    columns.push(Column::new("records", ColumnKind::Count, "", "Records", "Registros"));
    columns.push(Column::new("events", ColumnKind::Count, "", "Events", "Hechos"));
    if may_add {
        columns.push(Column::new("kg", ColumnKind::Decimal, "kg", "Kilograms", "Kilogramos"));
        columns.push(Column::new("kg_low", ColumnKind::Decimal, "kg", "Low", "Mínimo"));
        columns.push(Column::new("kg_high", ColumnKind::Decimal, "kg", "High", "Máximo"));
        columns.push(Column::new("kg_unique", ColumnKind::Decimal, "kg", "Kilograms, each event once", "Kilogramos, cada hecho una vez"));
        columns.push(Column::new("without_kg", ColumnKind::Count, "", "Without kg", "Sin kg"));
    }
    columns.push(Column::new("figure", ColumnKind::Figure, "", "Figure", "Cifra"));
    let (substance, area) = (query.substance.join(", "), query.area.join(", "));
    let tail: String = [substance, area].iter().filter(|p| !p.is_empty()).map(|p| format!(", {p}")).collect();
    let title = if query.what == PURCHASES {
        both!("Purchases{tail}", "Compras{tail}")
    } else {
        both!("Reported seizures{tail}", "Incautaciones informadas{tail}")
    };
    Answer {
        title,
        figure: String::new(),
        snapshot: String::new(),
        label: None,
        sources: Vec::new(),
        columns,
        rows: Vec::new(),
        labels: BTreeMap::new(),
        notes: Vec::new(),
        total: None,
        totals: None,
    }
}

fn value_of(group: &Group, may_add: bool) -> Value {
    if may_add {
        json!({
            "records": group.records, "events": group.events, "kg": group.kg, "kg_low": group.kg_low, "kg_high": group.kg_high,
            "kg_unique": group.kg_unique, "without_kg": group.without_kg
        })
    } else {
        json!({ "records": group.records, "events": group.events })
    }
}

/// Both totals in words: what sources report, and how many events that is.
fn totals(groups: &[Group], distinct: u64, events: &Events) -> Vec<Both> {
    let records: u64 = groups.iter().map(|g| g.records).sum();
    let cells: u64 = groups.iter().map(|g| g.events).sum();
    let [en, es] = [Lang::En, Lang::Es].map(|lang| [records, distinct, cells].map(|n| count(n, lang)));
    let mut notes = Vec::new();
    if distinct == records {
        notes.push(Both::new(
            format!("{} records, none linked yet: one event may be several records", en[0]),
            format!("{} registros, ninguno vinculado aún: un hecho puede ser varios registros", es[0]),
        ));
    } else {
        notes.push(Both::new(
            format!("{} records, {} events: “records” and “kg” are what each source reports; “events” and “kg_unique” count once what was decided to be one event", en[0], en[1]),
            format!("{} registros, {} hechos: «records» y «kg» son lo que informa cada fuente; «events» y «kg_unique» cuentan una sola vez lo que se decidió que es un mismo hecho", es[0], es[1]),
        ));
    }
    if cells > distinct {
        notes.push(Both::new(
            format!(
                "an event reported in several rows is counted in each of them: the rows add up to {} events, there are {}",
                en[2], en[1]
            ),
            format!("un hecho informado en varias filas se cuenta en cada una: las filas suman {} hechos y hay {}", es[2], es[1]),
        ));
    }
    let again = events.again.len();
    if again > 0 {
        notes.push(both!(
            "{again} link rulings do not hold as the records now stand and are to be decided again: `atalaya link decisions`",
            "{again} decisiones de vinculación no rigen con los registros actuales y deben tomarse de nuevo: `atalaya link decisions`"
        ));
    }
    notes
}

/// The groups of a dimension: where each distinct value of its column falls, and their names.
fn axis(cube: &Cube, dim: Dim) -> (Dim, Axis, Vec<String>) {
    let column = cube.column(dims::field(dim)).unwrap_or(0);
    let values: Vec<String> = if dim.is_time() {
        cube.days().map(|d| d.map_or_else(String::new, |d| dims::time_of(dim, d))).collect()
    } else {
        cube.texts(column).map(str::to_string).collect()
    };
    let mut names: Vec<String> = values.clone();
    names.sort_unstable();
    names.dedup();
    let groups = values.iter().map(|v| names.binary_search(v).ok().map(|at| at as u32)).collect();
    let len = names.len() as u32;
    (dim, Axis { column, groups, len }, names)
}

/// The conditions of a question, as tables over the columns' values.
pub(super) fn filters(eye: &Eye, query: &Query) -> Result<Vec<Axis>, Problem> {
    let cube: &Cube = &eye.cube;
    let mut filters = Vec::new();
    let kind = kind_of(&query.what);
    let of_kind: Vec<&str> = eye.intakes.iter().filter(|i| i.kind == kind).map(|i| i.source.as_str()).collect();
    let mut keep = |field: &str, ok: &dyn Fn(&str) -> bool| {
        if let Some(column) = cube.column(field) {
            filters.push(Axis { column, groups: cube.texts(column).map(|t| ok(t).then_some(0)).collect(), len: 1 });
        }
    };
    keep("source", &|s| of_kind.contains(&s));
    if !query.substance.is_empty() {
        keep("substance", &|s| query.substance.iter().any(|w| substances().is_within(s, w)));
    }
    if !query.area.is_empty() {
        keep("area", &|a| query.area.iter().any(|w| areas().is_within(a, w)));
    }
    if !query.source.is_empty() {
        keep("source", &|s| query.source.iter().any(|w| w == s));
    }
    for (dim, wanted) in query.at.iter().filter(|(d, _)| !d.is_time()) {
        keep(dims::field(*dim), &|v| v == wanted);
    }
    let days: Vec<Option<i32>> = cube.days().collect();
    let day_of = |text: &Option<String>| text.as_deref().and_then(Date::parse_iso).map(|d| d.0);
    let (from, to) = (day_of(&query.from), day_of(&query.to));
    let in_time = |day: &Option<i32>| match day {
        None => from.is_none() && to.is_none() && !query.at.keys().any(|d| d.is_time()),
        Some(day) => {
            from.is_none_or(|f| *day >= f)
                && to.is_none_or(|t| *day <= t)
                && query.at.iter().filter(|(d, _)| d.is_time()).all(|(d, wanted)| dims::time_of(*d, *day) == *wanted)
        }
    };
    if let Some(column) = cube.column("day") {
        filters.push(Axis { column, groups: days.iter().map(|d| in_time(d).then_some(0)).collect(), len: 1 });
    }
    if !query.without.is_empty() {
        let mut mask = 0;
        for id in &query.without {
            mask |= rule(id).map(Rule::mask).filter(|m| *m != 0).ok_or_else(|| unknown("without", id, "`docs/rules.md`"))?;
        }
        if let Some(column) = cube.column("flags") {
            filters.push(Axis { column, groups: cube.numbers(column).iter().map(|f| (f & mask == 0).then_some(0)).collect(), len: 1 });
        }
    }
    Ok(filters)
}

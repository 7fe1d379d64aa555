//! What stands behind a figure: its rows in their files, and the same cell in other vintages.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::measure::measures;
use atalaya_kernel::record::NO_DAY;
use atalaya_kernel::{Both, Date, Label, Period, Precision, Problem};
use atalaya_store::{CellKey, Dim, Figure, Intake, ObservedCell, Query};
use serde::Serialize;
use serde_json::Value;

use super::sieve::Sieve;
use super::{PURCHASES, events_for, kind_of, label_of, on_eye, records, series};
use crate::answer::{Answer, Column, ColumnKind};
use crate::observatory::{Eye, Observatory};
use crate::verbs::InVintage;

/// A page of the rows behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Behind {
    /// Rows behind it, if all of them may be seen.
    pub total: Option<usize>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, `null` where absent.
    pub rows: Vec<Vec<Option<String>>>,
    /// What codes mean.
    pub labels: BTreeMap<String, BTreeMap<String, Both>>,
}

/// Whether a question is about a measure of series.
pub(crate) fn is_series(what: &str) -> bool {
    kind_of(what) == "observations"
}

/// What a question is about, in words.
pub(crate) fn title_of(what: &str) -> Both {
    match what {
        PURCHASES => Both::new("Purchases", "Compras"),
        _ if is_series(what) => measures().get(what).map_or_else(|| Both::same(what), |m| m.both()),
        _ => Both::new("Reported seizures", "Incautaciones informadas"),
    }
}

/// The unit a measure is kept in, as it stands after a number.
pub(crate) fn unit_name(what: &str) -> Both {
    measures().get(what).map_or_else(Both::default, |m| after_a_number(m.unit))
}

/// A unit as it stands after a number: a symbol where there is one, nothing after a bare count.
pub(crate) fn after_a_number(unit: &str) -> Both {
    match unit {
        "ha" | "kg" | "g" | "mg" | "t" => Both::same(unit),
        "percent" => Both::same("%"),
        "count" | "" => Both::default(),
        other => label_of("unit", other).unwrap_or_else(|| Both::same(other)),
    }
}

/// The answer a figure was read from, its rows left out.
///
/// # Errors
/// Those of the store.
pub(crate) fn again(observatory: &Observatory, eye: &Eye, query: &Query) -> Result<Answer, Problem> {
    on_eye(observatory, eye, &*events_for(observatory, eye, query)?, query).map(|(answer, _)| answer)
}

/// What a narrowed question answers on another state of the store; kept, so that it can be opened.
///
/// # Errors
/// Those of the store.
pub(crate) fn figure_now(observatory: &mut Observatory, eye: &Eye, query: &Query) -> Result<Option<Figure>, Problem> {
    let (_, figures) = on_eye(observatory, eye, &*events_for(observatory, eye, query)?, query)?;
    let Some(figure) = figures.into_iter().next() else { return Ok(None) };
    // Where somebody is collecting it is not remembered, and can be asked for again.
    let _ = observatory.keep_figures(std::slice::from_ref(&figure));
    Ok(Some(figure))
}

/// The rows behind a figure whose label `may` be shown singly.
///
/// # Errors
/// Those of the store.
pub(crate) fn behind(
    observatory: &Observatory,
    eye: &Eye,
    query: &Query,
    offset: usize,
    limit: usize,
    may: &dyn Fn(&Label) -> bool,
) -> Result<Behind, Problem> {
    let _ = observatory;
    if is_series(&query.what) { of_series(eye, query, offset, limit, may) } else { of_records(eye, query, offset, limit, may) }
}

/// The link decisions behind those events of which two records or more fit a question.
///
/// # Errors
/// Those of the store.
pub(crate) fn decisions_behind(observatory: &Observatory, eye: &Eye, query: &Query) -> Result<BTreeSet<i64>, Problem> {
    let events = events_for(observatory, eye, query)?;
    if events.linked.is_empty() {
        return Ok(BTreeSet::new());
    }
    let filters = records::filters(eye, query)?;
    let within = |rows: &[u32]| rows.iter().filter(|row| eye.cube.passes(&filters, **row as usize)).count() > 1;
    Ok(events.linked.iter().filter(|e| within(&e.rows)).flat_map(|e| e.decisions.iter().copied()).collect())
}

fn column(id: &str, kind: ColumnKind, en: &str, es: &str) -> Column {
    Column::new(id, kind, "", en, es)
}

/// Where a row stands: source, vintage, file, row.
fn place(intake: &Intake, file: usize, ordinal: u32) -> Vec<Option<String>> {
    let name = intake.files.get(file).map(|f| if f.member.is_empty() { f.name.clone() } else { format!("{} › {}", f.name, f.member) });
    vec![Some(intake.source.clone()), Some(intake.vintage.clone()), name, Some(ordinal.to_string())]
}

fn place_columns() -> Vec<Column> {
    vec![
        column("source", ColumnKind::Text, "Source", "Fuente"),
        column("vintage", ColumnKind::Text, "Vintage", "Edición"),
        column("file", ColumnKind::Text, "File", "Archivo"),
        column("ordinal", ColumnKind::Count, "Row", "Fila"),
    ]
}

fn period(day: i32, precision: u8) -> String {
    let precision = Precision::from_code(precision).unwrap_or(Precision::Day);
    if day == NO_DAY { String::new() } else { Period { start: Date(day), precision }.to_string() }
}

fn remember(labels: &mut BTreeMap<String, BTreeMap<String, Both>>, field: &str, code: &str) {
    if let Some(label) = label_of(field, code) {
        labels.entry(field.into()).or_default().insert(code.into(), label);
    }
}

fn of_series(eye: &Eye, query: &Query, offset: usize, limit: usize, may: &dyn Fn(&Label) -> bool) -> Result<Behind, Problem> {
    let cells = series::chosen_now(eye, query)?;
    let mut columns = place_columns();
    columns.push(column("column", ColumnKind::Count, "Column", "Columna"));
    let fields = [
        ("area", "Area", "Área"),
        ("area_reported", "As reported", "Según se informó"),
        ("place", "Place", "Lugar"),
        ("value", "Value", "Valor"),
        ("low", "Low", "Mínimo"),
        ("high", "High", "Máximo"),
        ("missing", "Missing", "Ausente"),
        ("unit", "Unit", "Unidad"),
    ];
    columns.push(column("period", ColumnKind::Text, "Period", "Periodo"));
    let number = |id: &str| if matches!(id, "value" | "low" | "high") { ColumnKind::Decimal } else { ColumnKind::Text };
    columns.extend(fields.iter().map(|(id, en, es)| column(id, number(id), en, es)));
    let seen: Vec<&ObservedCell<'_>> = cells.iter().filter(|c| may(&c.intake.label)).collect();
    let mut labels = BTreeMap::new();
    let rows = seen.iter().skip(offset).take(limit).map(|c| {
        let mut row = place(c.intake, c.row.file as usize, c.row.ordinal);
        row.push(Some(c.row.cell).filter(|n| *n > 0).map(|n| n.to_string()));
        row.push(Some(period(c.row.day, c.row.precision)).filter(|t| !t.is_empty()));
        for (id, _, _) in fields {
            remember(&mut labels, id, c.text(id));
            row.push(Some(c.text(id).to_string()).filter(|t| !t.is_empty()));
        }
        row
    });
    let rows = rows.collect();
    let total = (seen.len() == cells.len()).then_some(seen.len());
    Ok(used(Behind { total, columns, rows, labels }))
}

fn of_records(eye: &Eye, query: &Query, offset: usize, limit: usize, may: &dyn Fn(&Label) -> bool) -> Result<Behind, Problem> {
    let cube = &eye.cube;
    let filters = records::filters(eye, query)?;
    let intake_at = cube.column("intake").unwrap_or(0);
    let hidden: Vec<u32> = eye.intakes.iter().filter(|i| !may(&i.label)).filter_map(|i| u32::try_from(i.id).ok()).collect();
    let shown = atalaya_store::Axis {
        column: intake_at,
        groups: cube.numbers(intake_at).iter().map(|n| (!hidden.contains(n)).then_some(0)).collect(),
        len: 1,
    };
    let all = cube.rows(&filters, 0, 0).0;
    let (total, page) = cube.rows(&[filters, vec![shown]].concat(), offset, limit);
    Ok(of_rows(eye, &page, (total == all).then_some(total)))
}

/// Some rows of the cube as rows behind a figure; `total` of them, if all may be seen.
pub(crate) fn of_rows(eye: &Eye, page: &[usize], total: Option<usize>) -> Behind {
    let cube = &eye.cube;
    let fields = [
        ("area", "Area", "Área"),
        ("place", "Place", "Lugar"),
        ("substance", "Substance", "Sustancia"),
        ("substance_reported", "As reported", "Según se informó"),
        ("amount", "Amount", "Cantidad"),
        ("unit", "Unit", "Unidad"),
    ];
    let mut columns = place_columns();
    columns.push(column("period", ColumnKind::Text, "Date", "Fecha"));
    columns
        .extend(fields.iter().map(|(id, en, es)| column(id, if *id == "amount" { ColumnKind::Decimal } else { ColumnKind::Text }, en, es)));
    columns.push(column("kg", ColumnKind::Decimal, "Kilograms", "Kilogramos"));
    let mut labels = BTreeMap::new();
    let mut rows = Vec::new();
    for row in page.iter().copied() {
        let number = |field: &str| cube.column(field).map_or(0, |c| cube.number(row, c));
        let (file, ordinal) = cube.place(row);
        let Some(intake) = eye.intakes.iter().find(|i| i.id == i64::from(number("intake"))) else { continue };
        let mut out = place(intake, usize::from(file), ordinal);
        out.push(Some(period(number("day") as i32, cube.precision(row))).filter(|t| !t.is_empty()));
        for (id, _, _) in fields {
            let text = cube.column(id).map_or("", |c| cube.text(row, c));
            remember(&mut labels, id, text);
            out.push(Some(text.to_string()).filter(|t| !t.is_empty()));
        }
        out.push(cube.kg(row).map(|k| k.to_string()));
        rows.push(out);
    }
    used(Behind { total, columns, rows, labels })
}

/// Leaves out columns that no row uses.
fn used(behind: Behind) -> Behind {
    let keep: Vec<bool> = (0..behind.columns.len()).map(|at| behind.rows.iter().any(|r| r.get(at).is_some_and(Option::is_some))).collect();
    let kept = |at: &usize| keep[*at];
    let columns = behind.columns.into_iter().enumerate().filter(|(at, _)| kept(at)).map(|(_, c)| c).collect();
    let rows = behind.rows.into_iter().map(|r| r.into_iter().enumerate().filter(|(at, _)| kept(at)).map(|(_, c)| c).collect()).collect();
    Behind { columns, rows, ..behind }
}

/// The cell of a figure in every vintage that has it, oldest first. Where vintages extend the
/// account, a value is what stood after that vintage came in.
///
/// # Errors
/// Those of the store.
pub(crate) fn by_vintage(observatory: &Observatory, query: &Query) -> Result<Vec<InVintage>, Problem> {
    let source = match (query.at.get(&Dim::Source), query.source.as_slice()) {
        (Some(source), _) => source,
        (None, [source]) => source,
        _ => return Ok(Vec::new()),
    };
    let all = observatory.intakes_of(source)?;
    if !is_series(&query.what) {
        return of_record_vintages(observatory, query, &all);
    }
    let observations = observatory.vintages(&all)?;
    let mut by_intake: BTreeMap<i64, Vec<ObservedCell<'_>>> = BTreeMap::new();
    let sieve = Sieve::of(query);
    for cell in observations.all_of(&query.what) {
        // A vintage that has the measure but not the cell counts: in it the cell does not stand.
        let own = by_intake.entry(cell.intake.id).or_default();
        if sieve.wants(&cell) {
            own.push(cell);
        }
    }
    let mut standing: BTreeMap<CellKey, ObservedCell<'_>> = BTreeMap::new();
    let mut vintages = Vec::new();
    for intake in &all {
        let Some(own) = by_intake.get(&intake.id) else { continue };
        if intake.keeps != "extend" {
            standing.clear();
        }
        standing.extend(own.iter().map(|c| (c.key(), *c)));
        let cells: Vec<ObservedCell<'_>> = standing.values().copied().collect();
        let chosen = series::chosen(&cells, query)?;
        if chosen.iter().any(|c| c.intake.id == intake.id) {
            vintages.push(in_vintage(intake, series::value_of(&chosen.iter().collect::<Vec<_>>()).0));
        }
    }
    Ok(vintages)
}

/// Vintages of records: each is counted by itself, the newest few only, since each is read again.
fn of_record_vintages(observatory: &Observatory, query: &Query, all: &[Intake]) -> Result<Vec<InVintage>, Problem> {
    if all.len() < 2 || all.iter().any(|i| i.keeps == "extend") {
        return Ok(Vec::new());
    }
    const MOST: usize = 5;
    let mut vintages = Vec::new();
    for intake in &all[all.len().saturating_sub(MOST)..] {
        let only = std::slice::from_ref(intake);
        let eye = Eye {
            as_of: intake.id,
            snapshot: "".into(),
            intakes: vec![intake.clone()].into(),
            cube: observatory.store().cube(only)?.into(),
            observations: observatory.store().observations(&[])?.into(),
            tables: Default::default(),
        };
        let (_, cells) = records::answer(&eye, &*events_for(observatory, &eye, query)?, query)?;
        vintages.extend(cells.into_iter().next().map(|cell| in_vintage(intake, cell.value)));
    }
    Ok(vintages)
}

fn in_vintage(intake: &Intake, value: Value) -> InVintage {
    InVintage {
        intake: intake.id,
        source: intake.source.clone(),
        vintage: intake.vintage.clone(),
        collected_at: intake.collected_at.clone(),
        cut_off: intake.cut_off.clone(),
        prepared: intake.prepared.clone(),
        value,
    }
}

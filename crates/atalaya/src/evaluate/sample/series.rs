//! A series of the observatory as a table: its areas by its years, as this clearance sees them.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::area::areas;
use atalaya_kernel::record::observation_field;
use atalaya_kernel::{Both, Date, Exit, Precision, Problem, both};
use atalaya_store::{Intake, ObservedCell};

use super::table::Table;
use super::{FIRST_PUBLISHED, Revised};
use crate::Observatory;
use crate::evaluate::design::SeriesData;
use crate::query::source_lines;

const AREA: usize = observation_field("area");
const PLACE: usize = observation_field("place");
const SUBSTANCE: usize = observation_field("substance");
const DEFINITION: usize = observation_field("definition");
const BREAKDOWN: usize = observation_field("breakdown");
const UNIT: usize = observation_field("unit");
const VALUE: usize = observation_field("value");

/// The value of each area and year of a series.
///
/// # Errors
/// `no-series` where nothing fits, `several-series` where more than one definition, unit, source or
/// level is left; those of the store.
pub(super) fn read(observatory: &Observatory, series: &SeriesData, as_of: Option<i64>) -> Result<Table, Problem> {
    let eye = observatory.eye(as_of)?;
    let cells: Vec<ObservedCell<'_>> = eye.observations.current_of(&series.measure).filter(|c| fits(series, c)).collect();
    if cells.is_empty() {
        return Err(nothing(series));
    }
    exactly_one(&cells)?;
    let first = first_published(eye.observations.all_of(&series.measure).filter(|c| fits(series, c)));
    let mut columns = vec![Vec::new(); 4];
    for cell in &cells {
        let value = if cell.text("missing").is_empty() { cell.text_at(VALUE) } else { "" };
        let (unit, year) = (unit_of(cell), year_of(cell));
        let then = first.get(&(unit.clone(), year)).map_or_else(String::new, |f| f.0.clone());
        columns.iter_mut().zip([unit, year.to_string(), value.to_string(), then]).for_each(|(column, text)| column.push(text));
    }
    let used: BTreeMap<i64, &Intake> = cells.iter().map(|c| (c.intake.id, c.intake)).collect();
    let used: Vec<Intake> = used.into_values().cloned().collect();
    let revised = revisions(&columns, &first);
    Ok(Table {
        place: series.measure.clone(),
        names: ["area", "year", "value", FIRST_PUBLISHED].map(String::from).to_vec(),
        columns,
        cut: false,
        last_held: None,
        label: used.iter().map(|i| i.label.clone()).reduce(|a, b| a.combine(&b)),
        sources: source_lines(observatory, &used),
        data: eye.snapshot.to_string(),
        revised: Some(revised),
    })
}

/// Whole years of one area, without a breakdown.
fn fits(series: &SeriesData, cell: &ObservedCell<'_>) -> bool {
    let area = cell.text_at(AREA);
    let precision = Precision::from_code(cell.row.precision);
    (series.source.is_empty() || series.source.contains(&cell.intake.source))
        && precision == Some(Precision::Year)
        && cell.text_at(BREAKDOWN).is_empty()
        && series.substance.as_ref().is_none_or(|s| s == cell.text_at(SUBSTANCE))
        && series.definition.as_ref().is_none_or(|d| d == cell.text_at(DEFINITION))
        && series.within.as_ref().is_none_or(|w| area != w && areas().is_within(area, w))
        && series.level.as_ref().is_none_or(|l| level_of(area) == l)
}

fn level_of(area: &str) -> &'static str {
    areas().get(area).map_or("", |a| a.level.as_str())
}

fn unit_of(cell: &ObservedCell<'_>) -> String {
    let (area, place) = (cell.text_at(AREA), cell.text_at(PLACE));
    if place.is_empty() { area.into() } else { format!("{area} {place}") }
}

fn year_of(cell: &ObservedCell<'_>) -> i32 {
    Date(cell.row.day).ymd().0
}

/// Rival figures are never averaged and never chosen among: one line must be left.
fn exactly_one(cells: &[ObservedCell<'_>]) -> Result<(), Problem> {
    let parts: [(&str, BTreeSet<&str>); 5] = [
        ("source", cells.iter().map(|c| c.intake.source.as_str()).collect()),
        ("substance", cells.iter().map(|c| c.text_at(SUBSTANCE)).collect()),
        ("definition", cells.iter().map(|c| c.text_at(DEFINITION)).collect()),
        ("unit", cells.iter().map(|c| c.text_at(UNIT)).collect()),
        ("level", cells.iter().map(|c| level_of(c.text_at(AREA))).collect()),
    ];
    let Some((name, found)) = parts.into_iter().find(|(_, found)| found.len() > 1) else { return Ok(()) };
    let found = found.into_iter().map(|f| if f.is_empty() { "-" } else { f }).collect::<Vec<_>>().join(", ");
    Err(Problem::new(
        "several-series",
        format!("data.series, {name}"),
        both!("more than one is left: {found}", "queda más de una: {found}"),
        both!("name one: {name} = '...'", "indique una: {name} = '...'"),
    )
    .exits(Exit::Refused))
}

fn nothing(series: &SeriesData) -> Problem {
    let measure = &series.measure;
    Problem::new(
        "no-series",
        format!("data.series, {}", series.measure),
        Both::new("the observatory has no yearly values that fit", "el observatorio no tiene valores anuales que correspondan"),
        both!("see what there is: atalaya query {measure}", "vea lo que hay: atalaya query {measure}"),
    )
}

/// The value of each unit and year in the first vintage that has it, with the number of vintages.
fn first_published<'a>(cells: impl Iterator<Item = ObservedCell<'a>>) -> BTreeMap<(String, i32), (String, usize)> {
    let mut out: BTreeMap<(String, i32), (String, usize)> = BTreeMap::new();
    for cell in cells.filter(|c| c.text("missing").is_empty() && !c.text_at(VALUE).is_empty()) {
        out.entry((unit_of(&cell), year_of(&cell))).or_insert_with(|| (cell.text_at(VALUE).to_string(), 0)).1 += 1;
    }
    out
}

/// How much newer vintages changed.
fn revisions(columns: &[Vec<String>], first: &BTreeMap<(String, i32), (String, usize)>) -> Revised {
    let twice = first.values().filter(|(_, n)| *n > 1).count();
    let changes = columns[2].iter().zip(&columns[3]).filter_map(|(now, then)| Some(now.parse::<f64>().ok()? - then.parse::<f64>().ok()?));
    let changed: Vec<f64> = changes.filter(|d| *d != 0.0).map(f64::abs).collect();
    let mean = if changed.is_empty() { 0.0 } else { changed.iter().sum::<f64>() / changed.len() as f64 };
    Revised { twice, changed: changed.len(), mean }
}

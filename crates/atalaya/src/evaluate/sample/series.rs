//! A series of the observatory as a table: its areas by its years, as this clearance sees them.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::area::areas;
use atalaya_kernel::record::observation_field;
use atalaya_kernel::{Both, Date, Exit, Precision, Problem, both};
use atalaya_store::{Intake, ObservedCell};

use super::Revised;
use super::table::Table;
use crate::Observatory;
use crate::evaluate::design::{Design, SeriesData};
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
pub(super) fn read(observatory: &Observatory, design: &Design, series: &SeriesData, as_of: Option<i64>) -> Result<Table, Problem> {
    let eye = observatory.eye(as_of)?;
    let cells: Vec<ObservedCell<'_>> = eye.observations.current_of(&series.measure).filter(|c| fits(series, c)).collect();
    if cells.is_empty() {
        return Err(nothing(series));
    }
    exactly_one(&cells)?;
    let mut columns = vec![Vec::new(); 3];
    for cell in &cells {
        let value = if cell.text("missing").is_empty() { cell.text_at(VALUE) } else { "" };
        for (column, text) in columns.iter_mut().zip([unit_of(cell), year_of(cell).to_string(), value.to_string()]) {
            column.push(text);
        }
    }
    let used: BTreeMap<i64, &Intake> = cells.iter().map(|c| (c.intake.id, c.intake)).collect();
    let used: Vec<Intake> = used.into_values().cloned().collect();
    let revised = revisions(eye.observations.all_of(&series.measure).filter(|c| fits(series, c)), design.programme.start);
    Ok(Table {
        place: series.measure.clone(),
        names: ["area", "year", "value"].map(String::from).to_vec(),
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

/// What newer vintages made of cells that older ones gave.
fn revisions<'a>(cells: impl Iterator<Item = ObservedCell<'a>>, start: i64) -> Revised {
    let mut values: BTreeMap<(String, i32), Vec<f64>> = BTreeMap::new();
    for cell in cells {
        if let Ok(value) = cell.text_at(VALUE).parse() {
            values.entry((unit_of(&cell), year_of(&cell))).or_default().push(value);
        }
    }
    let twice: Vec<(i32, f64)> =
        values.into_iter().filter(|(_, v)| v.len() > 1).map(|((_, year), v)| (year, v[v.len() - 1] - v[0])).collect();
    let changed: Vec<f64> = twice.iter().map(|(_, d)| *d).filter(|d| *d != 0.0).collect();
    let mean = |v: &[f64]| if v.is_empty() { 0.0 } else { v.iter().sum::<f64>() / v.len() as f64 };
    let side = |after: bool| mean(&twice.iter().filter(|(y, _)| (i64::from(*y) >= start) == after).map(|(_, d)| *d).collect::<Vec<_>>());
    Revised {
        twice: twice.len(),
        changed: changed.len(),
        mean: mean(&changed.iter().map(|d| d.abs()).collect::<Vec<_>>()),
        shift: side(true) - side(false),
    }
}

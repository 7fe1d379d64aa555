//! The table of observations: published values as they stand, each a figure.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use atalaya_kernel::measure::measures;
use atalaya_kernel::record::{NO_DAY, observation_field};
use atalaya_kernel::rule::flags_of;
use atalaya_kernel::{Both, Date, Decimal, Period, Precision};
use atalaya_sources::Recipe;
use atalaya_store::{Dim, Figure, ObservedCell, Query};

use super::frame::{Cells, Coder, Column, Frame, Kind, texts};
use super::records::titles;
use crate::observatory::{Eye, Observatory};
use crate::query::{figure_of_cell, label_of};

/// The table of the cells `eye` sees.
pub(super) fn frame(observatory: &Observatory, eye: &Eye) -> Frame {
    let cells: Vec<ObservedCell<'_>> = eye.observations.current().collect();
    let coded = |id: &'static str, kind, head| {
        let at = observation_field(id);
        let mut coder: Coder<u32> = Coder::new();
        for cell in &cells {
            coder.push(cell.row.codes[at], || cell.text(id).to_string());
        }
        coder.column(id, kind, head)
    };
    let titles = titles(observatory, eye);
    let words = words(observatory, eye, &cells);
    let measure = |id: &str| measures().get(id).map(|m| m.both());
    let said = |text: &str| words.get(text).cloned();
    let columns = vec![
        period(&cells).usual(),
        texts("year", Kind::Count, ("Year", "Año"), cells.iter().map(|c| year_of(c.row.day))),
        coded("area", Kind::Code, ("Area", "Área")).named(|c| label_of("area", c)).usual(),
        coded("place", Kind::Text, ("Place", "Lugar")),
        coded("measure", Kind::Code, ("Measure", "Medida")).named(measure).usual(),
        coded("substance", Kind::Code, ("Substance", "Sustancia")).named(|c| label_of("substance", c)).usual(),
        coded("definition", Kind::Text, ("Definition", "Definición")).named(said).usual(),
        coded("breakdown", Kind::Text, ("Breakdown", "Desglose")).named(said),
        coded("value", Kind::Decimal, ("Value", "Valor")).usual(),
        coded("low", Kind::Decimal, ("Low", "Mínimo")).usual(),
        coded("high", Kind::Decimal, ("High", "Máximo")).usual(),
        coded("unit", Kind::Code, ("Unit", "Unidad")).named(|c| label_of("unit", c)).usual(),
        coded("missing", Kind::Code, ("Missing", "Ausente")).named(missing).usual(),
        coded("status", Kind::Code, ("Status", "Estado")).named(status),
        flags(&cells),
        texts("source", Kind::Code, ("Source", "Fuente"), cells.iter().map(|c| &c.intake.source))
            .named(|id| titles.get(id).cloned())
            .usual(),
        texts("vintage", Kind::Text, ("Vintage", "Edición"), cells.iter().map(|c| &c.intake.vintage)),
        texts("intake", Kind::Count, ("Intake", "Lectura"), cells.iter().map(|c| c.intake.id.to_string())),
        place("part", ("Part", "Parte"), cells.iter().map(|c| c.row.file + 1).collect()),
        place("ordinal", ("Row", "Fila"), cells.iter().map(|c| c.row.ordinal).collect()),
        place("cell", ("Column of the file", "Columna del archivo"), cells.iter().map(|c| c.row.cell).collect()),
        coded("area_reported", Kind::Text, ("Area as reported", "Área según se informó")),
        Column::coded("figure", Kind::Figure, ("Figure", "Cifra"), Cells::Own(Vec::new()), Vec::new()).usual(),
    ];
    Frame { len: cells.len(), columns, order: "-date" }
}

fn year_of(day: i32) -> String {
    if day == NO_DAY { String::new() } else { Date(day).ymd().0.to_string() }
}

/// The period of a cell, as text.
pub(super) fn period_of(cell: &ObservedCell<'_>) -> String {
    let precision = Precision::from_code(cell.row.precision).unwrap_or(Precision::Year);
    if cell.row.day == NO_DAY { String::new() } else { Period { start: Date(cell.row.day), precision }.to_string() }
}

fn period(cells: &[ObservedCell<'_>]) -> Column {
    let mut coder: Coder<(i32, u8)> = Coder::new();
    for cell in cells {
        coder.push((cell.row.day, cell.row.precision), || period_of(cell));
    }
    coder.column("date", Kind::Date, ("Period", "Periodo"))
}

fn flags(cells: &[ObservedCell<'_>]) -> Column {
    let mut coder: Coder<u32> = Coder::new();
    for cell in cells {
        coder.push(cell.row.flags, || flags_of(cell.row.flags).map(|r| r.id).collect::<Vec<_>>().join(" "));
    }
    coder.column("flags", Kind::Words, ("Flags", "Marcas"))
}

fn place(id: &'static str, head: (&str, &str), numbers: Vec<u32>) -> Column {
    Column::numbers(id, Kind::Count, head, move |row| numbers.get(row).filter(|n| **n > 0).map(|n| Decimal::whole(i64::from(*n))))
}

/// A kind of missing in words.
pub(super) fn missing(code: &str) -> Option<Both> {
    Some(match code {
        "not-known" => Both::new("not known", "no se sabe"),
        "suppressed" => Both::new("suppressed", "suprimido"),
        "not-applicable" => Both::new("not applicable", "no aplica"),
        _ => return None,
    })
}

fn status(code: &str) -> Option<Both> {
    Some(match code {
        "P" => Both::new("provisional", "provisional"),
        "A" => Both::new("final", "definitivo"),
        _ => return None,
    })
}

/// Definitions and breakdowns in both languages, in the words of the recipes.
fn words(observatory: &Observatory, eye: &Eye, cells: &[ObservedCell<'_>]) -> BTreeMap<String, Both> {
    let recipes: BTreeMap<i64, Option<Arc<Recipe>>> =
        eye.intakes.iter().filter(|i| i.kind == "observations").map(|i| (i.id, observatory.recipe_of(i))).collect();
    let mut words = BTreeMap::new();
    for cell in cells {
        for text in [cell.text("definition"), cell.text("breakdown")] {
            if !text.is_empty() && !words.contains_key(text) {
                let both = recipes.get(&cell.intake.id).and_then(Option::as_ref).map_or_else(|| Both::same(text), |r| r.in_both(text));
                words.insert(text.to_string(), both);
            }
        }
    }
    words
}

/// The figures of rows of the table: each cell as the question that it alone answers. A cell that
/// shares its coordinates with another one is no figure by itself.
pub(crate) fn figures(eye: &Eye, rows: &[u32]) -> Vec<Option<Figure>> {
    let cells: Vec<Option<ObservedCell<'_>>> = rows.iter().map(|row| eye.observations.current_at(*row as usize)).collect();
    // Which other cells answer the same question: of its measures, first by area alone, since most
    // are elsewhere.
    let measures: BTreeSet<&str> = cells.iter().flatten().map(|c| c.text("measure")).collect();
    let mut areas: Vec<u32> = cells.iter().flatten().map(|c| c.row.codes[observation_field("area")]).collect();
    areas.sort_unstable();
    areas.dedup();
    let mut alike: HashMap<[u32; 7], Vec<ObservedCell<'_>>> = cells.iter().flatten().map(|c| (coordinates(c), Vec::new())).collect();
    let those = measures.into_iter().flat_map(|m| eye.observations.current_of(m));
    for cell in those.filter(|c| areas.binary_search(&c.row.codes[observation_field("area")]).is_ok()) {
        if let Some(group) = alike.get_mut(&coordinates(&cell)) {
            group.push(cell);
        }
    }
    let alone = |cell: &ObservedCell<'_>, dim: Dim| {
        let time = crate::query::time(cell, dim);
        let same = |c: &&ObservedCell<'_>| c.intake.source == cell.intake.source && crate::query::time(c, dim) == time;
        alike.get(&coordinates(cell)).is_some_and(|group| group.iter().filter(same).count() == 1)
    };
    cells
        .iter()
        .map(|cell| {
            let cell = cell.as_ref()?;
            let dim = time_dim(cell)?;
            alone(cell, dim).then(|| figure_of_cell(eye, question(cell, dim), cell))
        })
        .collect()
}

/// What makes a cell but for its source and period.
fn coordinates(cell: &ObservedCell<'_>) -> [u32; 7] {
    ["area", "place", "substance", "measure", "definition", "breakdown", "unit"].map(|f| cell.row.codes[observation_field(f)])
}

/// The dimension that names a cell's period; none for single days, which no question is narrowed to.
fn time_dim(cell: &ObservedCell<'_>) -> Option<Dim> {
    Some(match Precision::from_code(cell.row.precision)? {
        Precision::Day => return None,
        Precision::Month => Dim::Month,
        Precision::Quarter => Dim::Quarter,
        Precision::Year => Dim::Year,
        _ => Dim::FiscalYear,
    })
}

/// The question that a cell answers.
fn question(cell: &ObservedCell<'_>, time: Dim) -> Query {
    let mut at: BTreeMap<Dim, String> = [Dim::Area, Dim::Substance, Dim::Unit, Dim::Place, Dim::Definition, Dim::Breakdown]
        .into_iter()
        .map(|dim| (dim, cell.text(dim.name()).to_string()))
        .collect();
    at.insert(Dim::Source, cell.intake.source.clone());
    at.insert(time, crate::query::time(cell, time));
    Query { what: cell.text("measure").into(), source: vec![cell.intake.source.clone()], at, ..Query::default() }
}

//! The table of observations: published values as they stand, each a figure.

use std::collections::BTreeMap;
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
    let mut recipes: BTreeMap<i64, Option<Recipe>> = BTreeMap::new();
    for intake in eye.intakes.iter().filter(|i| i.kind == "observations") {
        let recipe = observatory.store().recipe(&intake.recipe).ok().and_then(|text| Recipe::parse(&text, &intake.source).ok());
        recipes.insert(intake.id, recipe);
    }
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
    let cells: Vec<ObservedCell<'_>> = eye.observations.current().collect();
    let asked: Vec<Option<Arc<Query>>> = rows.iter().map(|row| cells.get(*row as usize).and_then(question).map(Arc::new)).collect();
    let mut holders: BTreeMap<String, usize> = BTreeMap::new();
    let wanted: std::collections::HashSet<[u32; 3]> = rows.iter().filter_map(|r| cells.get(*r as usize)).map(near).collect();
    for cell in cells.iter().filter(|c| wanted.contains(&near(c))) {
        if let Some(query) = question(cell) {
            *holders.entry(serde_json::to_string(&query).unwrap_or_default()).or_default() += 1;
        }
    }
    let alone = |query: &Query| holders.get(&serde_json::to_string(query).unwrap_or_default()) == Some(&1);
    rows.iter()
        .zip(asked)
        .map(|(row, query)| query.filter(|q| alone(q)).and_then(|q| Some(figure_of_cell(eye, (*q).clone(), cells.get(*row as usize)?))))
        .collect()
}

/// A quick test before the long one.
fn near(cell: &ObservedCell<'_>) -> [u32; 3] {
    ["area", "measure", "substance"].map(|f| cell.row.codes[observation_field(f)])
}

/// The question that a cell answers; none for single days, which no question can be narrowed to.
fn question(cell: &ObservedCell<'_>) -> Option<Query> {
    let time = match Precision::from_code(cell.row.precision)? {
        Precision::Day => return None,
        Precision::Month => Dim::Month,
        Precision::Quarter => Dim::Quarter,
        Precision::Year => Dim::Year,
        _ => Dim::FiscalYear,
    };
    let mut at: BTreeMap<Dim, String> = [Dim::Area, Dim::Substance, Dim::Unit, Dim::Place, Dim::Definition, Dim::Breakdown]
        .into_iter()
        .map(|dim| (dim, cell.text(dim.name()).to_string()))
        .collect();
    at.insert(Dim::Source, cell.intake.source.clone());
    at.insert(time, crate::query::time(cell, time));
    Some(Query { what: cell.text("measure").into(), source: vec![cell.intake.source.clone()], at, ..Query::default() })
}

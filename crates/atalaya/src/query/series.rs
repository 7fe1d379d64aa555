//! Questions about series: published values as they stand, side by side, never averaged.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::measure::{Measure, measures};
use atalaya_kernel::record::observation_field;
use atalaya_kernel::rule::flags_of;
use atalaya_kernel::{Both, Date, Decimal, Period, Precision, Problem, both};
use atalaya_store::{Dim, ObservedCell, Query};
use serde_json::{Value, json};

use super::sieve::Sieve;
use super::{Cell, dims, unknown};
use crate::answer::{Answer, Column, ColumnKind};
use crate::observatory::{Eye, Observatory};

/// Dimensions every answer about series shows: rival figures stand side by side.
const ALWAYS: [Dim; 4] = [Dim::Source, Dim::Definition, Dim::Substance, Dim::Unit];

/// Where a cell belongs; its codes are borrowed from the dictionary.
type Coordinates<'a> = BTreeMap<Dim, Cow<'a, str>>;

const AREA: usize = observation_field("area");
const PLACE: usize = observation_field("place");
const DEFINITION: usize = observation_field("definition");
const BREAKDOWN: usize = observation_field("breakdown");
const SUBSTANCE: usize = observation_field("substance");
const UNIT: usize = observation_field("unit");

/// The answer to a question about a measure, and its cells.
pub(super) fn answer(observatory: &Observatory, eye: &Eye, query: &Query) -> Result<(Answer, Vec<Cell>), Problem> {
    let measure = measures().get(&query.what).ok_or_else(|| unknown("what", &query.what, ""))?;
    let cells = wanted(eye, query, measure);
    let chosen = at_level(&cells, query, measure)?;
    let groups = grouped(&chosen, query, measure);
    let mut answer = empty(query, measure);
    let mut out = Vec::new();
    for (at, cells) in &groups {
        let (value, basis) = value_of(cells);
        answer.label("basis", &basis.en, || Some(basis.clone()));
        push(&mut answer, &mut out, query, at, value);
    }
    name_definitions(observatory, &groups, &mut answer);
    fill_zeros(observatory, eye, query, measure, &mut answer);
    show_used_columns(&mut answer);
    Ok((answer, out))
}

/// The cells a narrowed question rests on.
///
/// # Errors
/// `unknown-what`, `unknown-level`.
pub(super) fn chosen_now<'b>(eye: &'b Eye, query: &'b Query) -> Result<Vec<ObservedCell<'b>>, Problem> {
    let measure = measures().get(&query.what).ok_or_else(|| unknown("what", &query.what, ""))?;
    Ok(at_level(&wanted(eye, query, measure), query, measure)?.into_iter().copied().collect())
}

/// Those of `all` that a narrowed question rests on; they are about its measure.
///
/// # Errors
/// `unknown-what`, `unknown-level`.
pub(super) fn chosen<'b>(all: &[ObservedCell<'b>], query: &'b Query) -> Result<Vec<ObservedCell<'b>>, Problem> {
    let measure = measures().get(&query.what).ok_or_else(|| unknown("what", &query.what, ""))?;
    let sieve = Sieve::of(query);
    let cells: Vec<ObservedCell<'b>> = all.iter().filter(|c| sieve.wants(c)).copied().collect();
    Ok(at_level(&cells, query, measure)?.into_iter().copied().collect())
}

/// The cells of a measure that fit a question, as they stand.
fn wanted<'b>(eye: &'b Eye, query: &Query, measure: &Measure) -> Vec<ObservedCell<'b>> {
    let sieve = Sieve::of(query);
    eye.observations.current_of(measure.id).filter(|c| sieve.wants(c)).collect()
}

/// The level a cell is published at: its area's, or `place` where a place is named.
fn level_of(cell: &ObservedCell<'_>) -> &'static str {
    if cell.code(PLACE) != 0 {
        return "place";
    }
    match areas().get(cell.text_at(AREA)).map(|a| a.level) {
        Some(Level::Zone) => "zone",
        Some(Level::First) => "admin1",
        Some(Level::Second) => "admin2",
        Some(Level::Third) => "admin3",
        Some(Level::Country) => "country",
        _ => "world",
    }
}

/// The cells an answer rests on. With `level`, those published at it. Without, those published
/// for the areas asked for (for countries where none is); and where a source published none, its
/// coarsest level below, if the measure may be added over areas.
fn at_level<'a, 'b>(cells: &'a [ObservedCell<'b>], query: &'b Query, measure: &Measure) -> Result<Vec<&'a ObservedCell<'b>>, Problem> {
    if let Some(level) = &query.level {
        if !LEVELS.contains(&level.as_str()) {
            return Err(unknown("level", level, &LEVELS.join(", ")));
        }
        return Ok(cells.iter().filter(|c| level_of(c) == level).collect());
    }
    let by_place = query.by.contains(&Dim::Place) || query.at.contains_key(&Dim::Place);
    // What an area is, looked up once for all its cells: its level, whether it is one asked for,
    // and the one asked for that it belongs to.
    let mut known: HashMap<(u32, bool), (&str, bool, &str)> = HashMap::new();
    let mut about = |c: &ObservedCell<'b>| {
        *known.entry((c.code(AREA), c.code(PLACE) == 0)).or_insert_with(|| {
            let (area, level) = (c.text_at(AREA), level_of(c));
            let asked = match (query.at.get(&Dim::Area), query.area.is_empty()) {
                (Some(at), _) => area == at,
                (None, false) => query.area.iter().any(|a| a == area),
                (None, true) => matches!(level, "country" | "world"),
            };
            (level, asked && (by_place || level != "place"), rolled_area(c, query))
        })
    };
    let (mut chosen, mut others) = (Vec::new(), Vec::new());
    let mut answered: HashSet<(&str, u32, &str)> = HashSet::new();
    for cell in cells {
        let (level, exact, rolled) = about(cell);
        let root = (cell.intake.source.as_str(), cell.code(DEFINITION), rolled);
        if exact {
            chosen.push(cell);
            answered.insert(root);
        } else {
            others.push((root, rank(level), cell));
        }
    }
    // What must have been published at the level asked for before its parts are added up.
    others.retain(|(root, ..)| !answered.contains(root));
    let mut coarsest: HashMap<(&str, u32, &str), usize> = HashMap::new();
    for (root, rank, _) in &others {
        coarsest.entry(*root).and_modify(|least| *least = (*rank).min(*least)).or_insert(*rank);
    }
    others.retain(|(root, level, _)| {
        let least = coarsest.get(root).copied().unwrap_or(*level);
        *level == least && (measure.adds_over_areas || least == rank("place"))
    });
    without_single_parts(&mut others);
    // By source, definition and area, as they are said.
    others.sort_by_key(|((source, _, rolled), _, cell)| (*source, cell.text_at(DEFINITION), *rolled));
    chosen.extend(others.into_iter().map(|(.., cell)| cell));
    Ok(chosen)
}

/// Leaves out what one part of a country says where it is the only part its source speaks of: that
/// is not the country. Asked for by its own name it is there.
fn without_single_parts(others: &mut Vec<((&str, u32, &str), usize, &ObservedCell<'_>)>) {
    let mut parts: HashMap<(&str, u32, &str), (u32, bool)> = HashMap::new();
    for (root, _, cell) in others.iter() {
        let area = cell.code(AREA);
        parts.entry(*root).and_modify(|(first, several)| *several |= *first != area).or_insert((area, false));
    }
    let country = |area: &str| areas().get(area).is_some_and(|a| a.level == Level::Country);
    others.retain(|(root, level, cell)| {
        let alone = parts.get(root).is_some_and(|(_, several)| !several);
        *level == rank("place") || !alone || cell.text_at(AREA) == root.2 || !country(root.2)
    });
}

/// Levels by name, coarsest first.
const LEVELS: [&str; 7] = ["world", "country", "admin1", "zone", "admin2", "admin3", "place"];

fn rank(level: &str) -> usize {
    LEVELS.iter().position(|l| *l == level).unwrap_or(LEVELS.len())
}

/// The area of the question that a cell belongs to.
fn rolled_area<'a>(cell: &ObservedCell<'a>, query: &'a Query) -> &'a str {
    let area = cell.text_at(AREA);
    if let Some(at) = query.at.get(&Dim::Area) {
        return at;
    }
    if let Some(asked) = query.area.iter().find(|a| areas().is_within(area, a)) {
        return asked;
    }
    area.split(['-', ':']).next().filter(|c| c.len() == 2).unwrap_or_else(|| country_of(area))
}

fn country_of(area: &str) -> &str {
    let mut at = area;
    while let Some(found) = areas().get(at) {
        match (found.level, found.parent) {
            (Level::Country, _) | (_, None) => return at,
            (_, Some(parent)) => at = parent,
        }
    }
    area
}

fn coordinate<'a>(cell: &ObservedCell<'a>, dim: Dim) -> Cow<'a, str> {
    match dim {
        Dim::Source => Cow::Borrowed(&cell.intake.source),
        dim if dim.is_time() => Cow::Owned(time(cell, dim)),
        dim => Cow::Borrowed(cell.text(dims::field(dim))),
    }
}

/// The time of a cell: its own period where it is longer than what is asked for.
pub(crate) fn time(cell: &ObservedCell<'_>, dim: Dim) -> String {
    let precision = Precision::from_code(cell.row.precision).unwrap_or(Precision::Year);
    let fits = match dim {
        Dim::Month => matches!(precision, Precision::Day | Precision::Month),
        Dim::Quarter => matches!(precision, Precision::Day | Precision::Month | Precision::Quarter),
        Dim::FiscalYear => !matches!(precision, Precision::Year),
        _ => true,
    };
    if fits { dims::time_of(dim, cell.row.day) } else { Period { start: Date(cell.row.day), precision }.to_string() }
}

/// Cells by where they belong, in the order they came. Coordinates are written once for all cells
/// that are alike in what they are made of.
fn grouped<'a, 'b>(
    chosen: &[&'a ObservedCell<'b>],
    query: &'b Query,
    measure: &Measure,
) -> BTreeMap<Coordinates<'b>, Vec<&'a ObservedCell<'b>>> {
    let used = |dim: Dim, at: usize, cell: &ObservedCell<'_>| {
        if !measure.adds_over_areas || query.by.contains(&dim) { cell.code(at) } else { 0 }
    };
    let mut rolled: HashMap<u32, &str> = HashMap::new();
    let mut known: HashMap<_, usize> = HashMap::new();
    let mut found: BTreeMap<Coordinates<'b>, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&'a ObservedCell<'b>>> = Vec::new();
    for cell in chosen {
        let whole = measure.adds_over_areas && query.level.is_none();
        let area = cell.code(AREA);
        let area = *rolled.entry(area).or_insert_with(|| if whole { rolled_area(cell, query) } else { cell.text_at(AREA) });
        let codes = [
            used(Dim::Place, PLACE, cell),
            used(Dim::Breakdown, BREAKDOWN, cell),
            cell.code(DEFINITION),
            cell.code(SUBSTANCE),
            cell.code(UNIT),
        ];
        let alike = (cell.row.day, cell.row.precision, cell.intake.source.as_str(), area, codes);
        let at = *known.entry(alike).or_insert_with(|| {
            *found.entry(coordinates(cell, query, measure)).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            })
        });
        groups[at].push(cell);
    }
    found.into_iter().map(|(coordinates, at)| (coordinates, std::mem::take(&mut groups[at]))).collect()
}

/// Where a cell belongs: the dimensions asked for and all along which it may not be added.
pub(super) fn coordinates<'a>(cell: &ObservedCell<'a>, query: &'a Query, measure: &Measure) -> Coordinates<'a> {
    let mut at: Coordinates<'a> = query.by.iter().map(|d| (*d, coordinate(cell, *d))).collect();
    at.extend(ALWAYS.iter().map(|d| (*d, coordinate(cell, *d))));
    at.extend(query.at.iter().map(|(d, v)| (*d, Cow::Borrowed(v.as_str()))));
    if !query.by.contains(&Dim::Area) && !query.at.contains_key(&Dim::Area) {
        let area = if measure.adds_over_areas && query.level.is_none() { rolled_area(cell, query) } else { cell.text_at(AREA) };
        at.insert(Dim::Area, Cow::Borrowed(area));
    } else if query.level.is_none() && measure.adds_over_areas {
        at.insert(Dim::Area, Cow::Borrowed(rolled_area(cell, query)));
    }
    if !at.keys().any(|d| d.is_time()) {
        let own = if cell.row.precision <= Precision::Month.code() { Dim::Month } else { Dim::Year };
        at.insert(own, Cow::Owned(time(cell, own)));
    }
    if !measure.adds_over_areas {
        at.insert(Dim::Place, Cow::Borrowed(cell.text_at(PLACE)));
        at.insert(Dim::Breakdown, Cow::Borrowed(cell.text_at(BREAKDOWN)));
    }
    at
}

/// One value, or the sum of the cells of a group; absent only if all are.
pub(super) fn value_of(cells: &[&ObservedCell<'_>]) -> (Value, Both) {
    let sum = |field: &str| -> Option<Decimal> {
        let known: Vec<Decimal> = cells.iter().filter_map(|c| Decimal::parse(c.text(field)).ok()).collect();
        (!known.is_empty() && (field == "value" || known.len() == cells.len())).then(|| known.into_iter().sum())
    };
    let flags = cells.iter().fold(0, |f, c| f | c.row.flags);
    let flags: Vec<&str> = flags_of(flags).map(|r| r.id).collect();
    let absent = cells.iter().filter(|c| !c.text("missing").is_empty()).count();
    let missing = if absent == cells.len() { cells[0].text("missing") } else { "" };
    let places: BTreeSet<(&str, &str)> = cells.iter().map(|c| (c.text("area"), c.text("place"))).collect();
    let basis = match (cells.len(), places.len(), absent) {
        (1, ..) => Both::new("reported", "informado"),
        (n, 1, _) => both!("sum of {n} values", "suma de {n} valores"),
        (_, n, 0) => both!("sum of {n} areas", "suma de {n} áreas"),
        (_, n, absent) => both!("sum of {n} areas, {absent} not known", "suma de {n} áreas, {absent} no conocidas"),
    };
    let status = if cells.iter().any(|c| c.text("status") == "P") { "P" } else { "A" };
    let vintages: BTreeSet<&str> = cells.iter().map(|c| c.intake.vintage.as_str()).collect();
    let vintage = vintages.into_iter().collect::<Vec<_>>().join(", ");
    let value = json!({
        "value": sum("value"), "low": sum("low"), "high": sum("high"), "missing": missing, "status": status, "basis": basis.en,
        "vintage": vintage, "flags": flags.join(" "),
    });
    (value, basis)
}

/// Says definitions and breakdowns in both languages, in the words of the recipes.
fn name_definitions(observatory: &Observatory, groups: &BTreeMap<Coordinates<'_>, Vec<&ObservedCell<'_>>>, answer: &mut Answer) {
    let mut recipes = BTreeMap::new();
    let mut said = HashSet::new();
    for cell in groups.values().flatten() {
        // Once for each way an intake says it.
        if !said.insert((cell.intake.id, cell.code(DEFINITION), cell.code(BREAKDOWN))) {
            continue;
        }
        let recipe = recipes.entry(&cell.intake.recipe).or_insert_with(|| observatory.recipe_of(cell.intake));
        let Some(recipe) = recipe else { continue };
        for column in ["definition", "breakdown"] {
            let text = cell.text(column);
            answer.label(column, text, || Some(recipe.in_both(text)));
        }
    }
}

fn push(answer: &mut Answer, out: &mut Vec<Cell>, query: &Query, at: &Coordinates<'_>, value: Value) {
    let mut row: BTreeMap<String, Value> = at.iter().map(|(d, c)| (d.name().to_string(), Value::from(c.as_ref()))).collect();
    for (dim, code) in at {
        answer.label(dim.name(), code, || dims::label(*dim, code));
    }
    if let Value::Object(fields) = &value {
        row.extend(fields.clone());
    }
    answer.rows.push(row);
    let own = at.iter().map(|(dim, code)| (*dim, code.to_string()));
    out.push(Cell { at: query.at.clone().into_iter().chain(own).collect(), value });
}

fn empty(query: &Query, measure: &Measure) -> Answer {
    let mut columns: Vec<Column> = Dim::ALL.iter().map(|d| dims::column(*d)).collect();
    let (en, es) = (measure.label_en, measure.label_es);
    columns.push(Column::new("value", ColumnKind::Decimal, measure.unit, en, es));
    columns.push(Column::new("low", ColumnKind::Decimal, measure.unit, "Low", "Mínimo"));
    columns.push(Column::new("high", ColumnKind::Decimal, measure.unit, "High", "Máximo"));
    columns.push(Column::new("missing", ColumnKind::Text, "", "Missing", "Ausente"));
    columns.push(Column::new("status", ColumnKind::Text, "", "Status", "Estado"));
    columns.push(Column::new("basis", ColumnKind::Text, "", "Basis", "Base"));
    columns.push(Column::new("vintage", ColumnKind::Text, "", "Vintage", "Edición"));
    columns.push(Column::new("flags", ColumnKind::Text, "", "Flags", "Marcas"));
    columns.push(Column::new("figure", ColumnKind::Figure, "", "Figure", "Cifra"));
    let tail: String =
        [query.substance.join(", "), query.area.join(", ")].iter().filter(|p| !p.is_empty()).map(|p| format!(", {p}")).collect();
    Answer {
        title: both!("{en}{tail}", "{es}{tail}"),
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

/// Where a source says that an absent row is zero, the years it covers and lacks are shown as
/// such. They are not reported values and carry no figure of their own.
fn fill_zeros(observatory: &Observatory, eye: &Eye, query: &Query, measure: &Measure, answer: &mut Answer) {
    let yearly = query.by.contains(&Dim::Year) && query.at.is_empty();
    let small = query.area.iter().all(|a| areas().get(a).is_some_and(|a| a.level > Level::Country)) && !query.area.is_empty();
    if !yearly || !small {
        return;
    }
    let by_definition: BTreeSet<&str> = eye
        .intakes
        .iter()
        .filter(|i| observatory.source(&i.source).is_ok_and(|s| s.recipe.absent.is_some_and(|a| a.means == "zero")))
        .map(|i| i.source.as_str())
        .collect();
    let sieve = Sieve::of(query);
    let covered: BTreeSet<(String, i32)> = eye
        .observations
        .current_of(measure.id)
        .filter(|c| by_definition.contains(c.intake.source.as_str()) && sieve.in_time(c))
        .map(|c| (c.intake.source.clone(), Date(c.row.day).ymd().0))
        .collect();
    let have: BTreeSet<(String, String, String)> =
        answer.rows.iter().map(|r| (Answer::text(r, "source"), Answer::text(r, "area"), Answer::text(r, "year"))).collect();
    for area in &query.area {
        for (source, year) in covered.iter().filter(|(s, _)| query.source.is_empty() || query.source.contains(s)) {
            if !have.contains(&(source.clone(), area.clone(), year.to_string())) {
                let row = json!({ "source": source, "area": area, "year": year.to_string(), "unit": measure.unit, "value": "0", "missing": "", "status": "A", "basis": "zero by definition" });
                if let Value::Object(fields) = row {
                    answer.rows.push(fields.into_iter().collect());
                }
            }
        }
    }
    if !covered.is_empty() {
        answer.label("basis", "zero by definition", || Some(Both::new("zero by definition", "cero por definición")));
        answer.notes.push(Both::new(
            "rows this source does not have are zero by its definition; they are marked “zero by definition”",
            "las filas que esta fuente no tiene son cero por definición; se marcan “zero by definition”",
        ));
    }
}

/// Leaves out columns that no row uses.
fn show_used_columns(answer: &mut Answer) {
    let used: BTreeSet<String> = answer
        .rows
        .iter()
        .flat_map(|r| r.iter().filter(|(_, v)| !v.is_null() && v.as_str() != Some("")).map(|(k, _)| k.clone()))
        .chain(["value".to_string(), "figure".to_string()])
        .collect();
    answer.columns.retain(|c| used.contains(&c.id));
}

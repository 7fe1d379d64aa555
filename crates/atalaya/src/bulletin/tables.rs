//! Tables by query: rows as they stand, rivals side by side, one dimension along the top if asked.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Decimal, Lang, Problem, both};
use atalaya_report::bulletin::{Grid, GridCell, PictureAsk, number};
use serde_json::Value;

use super::cell::{Asker, Found, named, said, says, unit_name};
use super::edition::{Line, Lines};
use super::numbers::usual;
use crate::answer::Answer;
use crate::verbs::Ask;

/// Rows past which a table is refused.
const MAX_ROWS: usize = 120;

/// Columns up to which definitions and sources stand side by side.
const MOST_COLUMNS: usize = 6;

/// Dimensions in the order of columns.
const DIMS: [&str; 17] = [
    "year",
    "quarter",
    "month",
    "fiscal-year",
    "area",
    "place",
    "admin",
    "substance",
    "breakdown",
    "transport",
    "departure",
    "destination",
    "producing",
    "agency",
    "source",
    "definition",
    "unit",
];

type Row = BTreeMap<String, Value>;

/// The question of a picture.
pub(super) fn ask_of(picture: &PictureAsk) -> Ask {
    let text = |t: &String| Some(t.clone()).filter(|t| !t.is_empty());
    let by = if picture.by.is_empty() { vec!["year".to_string()] } else { picture.by.clone() };
    let mut by = by;
    if !picture.breakdown.is_empty() && !by.iter().any(|d| d == "breakdown") {
        by.push("breakdown".into());
    }
    Ask {
        what: picture.what.clone(),
        substance: picture.substance.clone(),
        area: picture.area.clone(),
        source: picture.source.clone(),
        by,
        from: text(&picture.from),
        to: text(&picture.to),
        level: text(&picture.level),
        without: picture.without.clone(),
        as_of: None,
        links: None,
    }
}

/// The rows that fit the definition and breakdown asked for.
pub(super) fn fitting(answer: &Answer, picture: &PictureAsk) -> Vec<Row> {
    let wanted = [("definition", &picture.definition), ("breakdown", &picture.breakdown)];
    let fits = |row: &&Row| wanted.iter().all(|(dim, want)| want.is_empty() || says(answer, row, dim, want));
    answer.rows.iter().filter(fits).cloned().collect()
}

/// What is shown of records: kilograms where they add up, unless something else is asked for.
pub(super) fn keys_of(picture: &PictureAsk) -> BTreeMap<String, String> {
    Some(picture.show.clone()).filter(|s| !s.is_empty()).map(|s| ("show".to_string(), s)).into_iter().collect()
}

/// A table's rows with their numbers found.
struct Body<'a> {
    answer: &'a Answer,
    rows: Vec<(Row, Found)>,
    digits: u32,
    lang: Lang,
}

impl Body<'_> {
    fn code(&self, row: &Row, dim: &str) -> String {
        Answer::text(row, dim)
    }

    fn name(&self, row: &Row, dim: &str) -> String {
        match dim {
            "source" => {
                let id = Answer::text(row, dim);
                self.answer.sources.iter().find(|s| s.id == id).map_or(id.clone(), |s| format!("{} [{id}]", s.producer))
            }
            "unit" => unit_name(&Answer::text(row, dim), self.lang),
            _ => said(self.answer, row, dim).in_lang(self.lang).to_string(),
        }
    }

    /// The dimensions in use, and whether their values differ.
    fn dims(&self) -> Vec<(&'static str, bool)> {
        let of = |dim: &&'static str| {
            let codes: BTreeSet<String> = self.rows.iter().map(|(r, _)| self.code(r, dim)).collect();
            (!codes.iter().all(String::is_empty)).then_some((*dim, codes.len() > 1))
        };
        DIMS.iter().filter_map(of).collect()
    }

    fn cell(&self, found: &Found) -> GridCell {
        let (text, absent) = match found.value {
            Some(value) => (number::full(&number::rounded(value, self.digits, true), self.lang), false),
            None => (number::absent(&found.missing, self.lang).to_string(), true),
        };
        GridCell { text, figure: found.figure.clone(), absent }
    }
}

/// A table in one language.
///
/// # Errors
/// `bulletin-table` for one that is empty or too long, and those of asking.
pub(super) fn table(asker: &mut Asker<'_>, lines: &mut Lines, picture: &PictureAsk, lang: Lang, place: &str) -> Result<Grid, Problem> {
    let ask = ask_of(picture);
    let answer = asker.answer(&ask, place)?;
    asker.shown.add(&ask, &answer);
    let rows = fitting(&answer, picture);
    let refuse = |found: Both, todo: Both| Err(Problem::new("bulletin-table", place, found, todo));
    if rows.is_empty() {
        return refuse(
            Both::new("nothing was reported for this question", "no se informó nada para esta pregunta"),
            Both::new(
                "ask it with `atalaya query` first, or leave the table out",
                "pregúntelo antes con `atalaya query`, o quite la tabla",
            ),
        );
    }
    if rows.len() > MAX_ROWS * 6 {
        let n = rows.len();
        return refuse(
            both!("the table would have {n} cells", "la tabla tendría {n} celdas"),
            Both::new("narrow it: from, to, area, by", "acótela: from, to, area, by"),
        );
    }
    let keys = keys_of(picture);
    let rows: Vec<(Row, Found)> = rows
        .into_iter()
        .map(|row| {
            let found = asker.found(&answer, &row, &keys, &ask);
            (row, found)
        })
        .collect();
    let digits = picture.digits.unwrap_or_else(|| digits_of(&rows));
    let body = Body { answer: &answer, rows, digits, lang };
    let dims = body.dims();
    if !picture.across.is_empty() && !dims.iter().any(|(d, _)| *d == picture.across) {
        let known = dims.iter().map(|(d, _)| *d).collect::<Vec<_>>().join(", ");
        let across = &picture.across;
        return refuse(
            both!("nothing goes across: the rows have no {across:?}", "no hay qué poner a lo ancho: las filas no tienen {across:?}"),
            both!("known here: {known}; name it in `by` too", "aquí se conocen: {known}; nómbrela también en `by`"),
        );
    }
    let mut grid = if picture.across.is_empty() { long(&body, &dims) } else { wide(&body, &dims, &picture.across) };
    if grid.rows.len() > MAX_ROWS {
        let n = grid.rows.len();
        return refuse(
            both!("the table would have {n} rows", "la tabla tendría {n} filas"),
            both!("narrow it to {MAX_ROWS}: from, to, area, by", "acótela a {MAX_ROWS}: from, to, area, by"),
        );
    }
    head(&mut grid, picture, &body, &dims, &ask);
    grid.lines = Some(whole(lines, &grid.title, &answer));
    Ok(grid)
}

fn digits_of(rows: &[(Row, Found)]) -> u32 {
    let largest = rows.iter().filter_map(|(_, f)| f.value).map(|v| v.0.abs()).max().unwrap_or(0);
    usual(Decimal(largest)).min(2)
}

/// One row a cell.
fn long(body: &Body<'_>, dims: &[(&'static str, bool)]) -> Grid {
    let keys: Vec<&'static str> = dims.iter().filter(|(d, varies)| *varies || matches!(*d, "year")).map(|(d, _)| *d).collect();
    let interval = body.rows.iter().any(|(_, f)| f.interval.as_ref().is_some_and(|(l, h)| l != h));
    let mut head: Vec<String> = keys.iter().map(|d| column(d, body.lang)).collect();
    let mut numeric = vec![false; keys.len()];
    head.push(unit_name(&body.rows[0].1.unit, body.lang));
    numeric.push(true);
    if interval {
        head.push(Both::new("Low–high", "Mínimo–máximo").in_lang(body.lang).into());
        numeric.push(true);
    }
    let end =
        |text: &str| Decimal::parse(text).map(|v| number::full(&number::rounded(v, body.digits, true), body.lang)).unwrap_or_default();
    let row = |(row, found): &(Row, Found)| {
        let mut cells: Vec<GridCell> = keys.iter().map(|d| GridCell { text: body.name(row, d), ..GridCell::default() }).collect();
        cells.push(body.cell(found));
        if interval {
            let text = found.interval.as_ref().map_or_else(String::new, |(l, h)| format!("{}–{}", end(l), end(h)));
            cells.push(GridCell { text, ..GridCell::default() });
        }
        cells
    };
    Grid { head, numeric, rows: body.rows.iter().map(row).collect(), ..Grid::default() }
}

/// Which dimensions of a wide table stand where.
struct Layout {
    /// Of these each column has one: they go into a note.
    noted: Vec<&'static str>,
    /// These stand along the top, beside the one asked for.
    beside: Vec<&'static str>,
    /// These name the rows.
    keys: Vec<&'static str>,
}

fn layout(body: &Body<'_>, dims: &[(&'static str, bool)], across: &str) -> Layout {
    let told = |dim: &str| {
        let pairs: BTreeSet<(String, String)> = body.rows.iter().map(|(r, _)| (body.code(r, across), body.code(r, dim))).collect();
        let tops: BTreeSet<&String> = pairs.iter().map(|(top, _)| top).collect();
        pairs.len() == tops.len()
    };
    let varying = dims.iter().filter(|(d, varies)| *d != across && *varies).map(|(d, _)| *d);
    let (noted, keys): (Vec<&'static str>, Vec<&'static str>) = varying.partition(|d| told(d));
    // A few definitions or sources stand side by side as columns, rather than as rows full of gaps.
    let (beside, others): (Vec<&'static str>, Vec<&'static str>) =
        keys.iter().copied().partition(|d| ["definition", "breakdown", "source", "unit"].contains(d));
    let columns: BTreeSet<Vec<String>> = body.rows.iter().map(|(r, _)| above(body, r, across, &beside)).collect();
    let (beside, keys) = if columns.len() <= MOST_COLUMNS { (beside, others) } else { (Vec::new(), keys) };
    // With nothing else that varies, the time or the first dimension still names the row.
    let first = || dims.iter().map(|(d, _)| *d).filter(|d| *d != across && !beside.contains(d)).take(1).collect();
    let keys = if keys.is_empty() { first() } else { keys };
    Layout { noted, beside, keys }
}

/// The codes of a row's column.
fn above(body: &Body<'_>, row: &Row, across: &str, beside: &[&'static str]) -> Vec<String> {
    std::iter::once(body.code(row, across)).chain(beside.iter().map(|d| body.code(row, d))).collect()
}

/// One dimension along the top.
fn wide(body: &Body<'_>, dims: &[(&'static str, bool)], across: &str) -> Grid {
    let Layout { noted, beside, keys } = layout(body, dims, across);
    let columns: BTreeSet<Vec<String>> = body.rows.iter().map(|(r, _)| above(body, r, across, &beside)).collect();
    let several = |code: &String| columns.iter().filter(|c| c.first() == Some(code)).count() > 1;
    let mut top: BTreeMap<Vec<String>, String> = BTreeMap::new();
    let mut sides: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    let mut cells: BTreeMap<(Vec<String>, Vec<String>), GridCell> = BTreeMap::new();
    for (row, found) in &body.rows {
        let side: Vec<String> = keys.iter().map(|d| body.code(row, d)).collect();
        let above = above(body, row, across, &beside);
        top.entry(above.clone()).or_insert_with(|| {
            let names = beside.iter().filter(|_| several(&above[0])).map(|d| body.name(row, d));
            [body.name(row, across)].into_iter().chain(names).filter(|n| !n.is_empty()).collect::<Vec<_>>().join(" · ")
        });
        sides.entry(side.clone()).or_insert_with(|| keys.iter().map(|d| body.name(row, d)).collect());
        cells.insert((side, above), body.cell(found));
    }
    let mut gaps = false;
    let rows = sides
        .iter()
        .map(|(side, names)| {
            let mut row: Vec<GridCell> = names.iter().map(|n| GridCell { text: n.clone(), ..GridCell::default() }).collect();
            row.extend(top.keys().map(|above| {
                cells.get(&(side.clone(), above.clone())).cloned().unwrap_or_else(|| {
                    gaps = true;
                    GridCell { text: "–".into(), absent: true, figure: None }
                })
            }));
            row
        })
        .collect();
    let head = keys.iter().map(|d| column(d, body.lang)).chain(top.values().cloned()).collect();
    let numeric = keys.iter().map(|_| false).chain(top.values().map(|_| true)).collect();
    let mut notes = Vec::new();
    for dim in noted {
        let each: BTreeMap<String, String> = body.rows.iter().map(|(r, _)| (body.name(r, across), body.name(r, dim))).collect();
        notes.push(each.into_iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| format!("{k}: {v}")).collect::<Vec<_>>().join(" · "));
    }
    if gaps {
        notes.push(Both::new("–  nothing reported, which is not zero.", "–  nada informado, que no es cero.").in_lang(body.lang).into());
    }
    Grid { head, numeric, rows, notes, ..Grid::default() }
}

/// Title, unit, definition, notes and source of a table.
fn head(grid: &mut Grid, picture: &PictureAsk, body: &Body<'_>, dims: &[(&'static str, bool)], ask: &Ask) {
    let lang = body.lang;
    grid.title = if picture.title.is_empty() { title_of(body.answer, ask, lang) } else { picture.title.clone() };
    let first = &body.rows[0];
    let fixed = |dim: &str| dims.iter().any(|(d, varies)| *d == dim && !varies);
    let mut parts = Vec::new();
    if !dims.iter().any(|(d, varies)| *d == "unit" && *varies) {
        parts.push(capital(&unit_name(&first.1.unit, lang)));
    }
    for dim in ["substance", "definition", "breakdown"] {
        if fixed(dim) && first.0.get(dim).and_then(Value::as_str) != Some("coca-bush") {
            parts.push(body.name(&first.0, dim));
        }
    }
    grid.subtitle = parts.join(" · ");
    if !picture.caption.is_empty() {
        grid.notes.insert(0, picture.caption.clone());
    }
    if body.rows.iter().any(|(r, _)| Answer::text(r, "status") == "P") {
        grid.notes.push(Both::new("Some values are provisional.", "Algunos valores son provisionales.").in_lang(lang).into());
    }
    let without: u64 = body.rows.iter().filter_map(|(r, _)| r.get("without_kg").and_then(Value::as_u64)).sum();
    if without > 0 && first.1.unit == "kg" {
        let text = both!(
            "{without} reported seizures have no mass and are not in the kilograms.",
            "{without} incautaciones informadas no tienen masa y no están en los kilogramos."
        );
        grid.notes.push(text.in_lang(lang).into());
    }
    grid.source = body.answer.source_line(lang);
}

/// What an answer shows, its places by name.
pub(super) fn title_of(answer: &Answer, ask: &Ask, lang: Lang) -> String {
    let head = measures()
        .get(&ask.what)
        .map_or_else(|| answer.title.in_lang(lang).split(',').next().unwrap_or("").to_string(), |m| m.label(lang).into());
    let parts = [head, named(&ask.substance, "substance", lang), named(&ask.area, "area", lang)];
    parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The line of a whole table or chart.
fn whole(lines: &mut Lines, title: &str, answer: &Answer) -> (usize, usize) {
    let n = lines.number(Line {
        question: both!("Table: {title}", "Tabla: {title}"),
        text: String::new(),
        figures: vec![answer.figure.clone()],
        formula: String::new(),
        sources: answer.sources.iter().map(|s| s.id.clone()).collect(),
    });
    (n, n)
}

fn column(dim: &str, lang: Lang) -> String {
    let both = match dim {
        "year" => Both::new("Year", "Año"),
        "quarter" => Both::new("Quarter", "Trimestre"),
        "month" => Both::new("Month", "Mes"),
        "fiscal-year" => Both::new("US fiscal year", "Año fiscal de EE. UU."),
        "area" => Both::new("Area", "Área"),
        "place" => Both::new("Place", "Lugar"),
        "admin" => Both::new("Division", "División"),
        "substance" => Both::new("Substance", "Sustancia"),
        "breakdown" => Both::new("Breakdown", "Desglose"),
        "transport" => Both::new("Transport", "Transporte"),
        "departure" => Both::new("Departure", "Salida"),
        "destination" => Both::new("Destination", "Destino"),
        "producing" => Both::new("Production", "Producción"),
        "agency" => Both::new("Agency", "Agencia"),
        "source" => Both::new("Source", "Fuente"),
        "definition" => Both::new("Definition", "Definición"),
        "unit" => Both::new("Unit", "Unidad"),
        other => Both::same(other),
    };
    both.in_lang(lang).into()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

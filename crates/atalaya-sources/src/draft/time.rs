//! When: the column of dates, the year in a column, a sheet's name, or one column a year.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use atalaya_kernel::{Both, both};
use regex::Regex;

use super::Doubt;
use super::column::{Column, Written};
use super::look::{Table, is_year};
use super::plan::{Desk, FieldPlan, LayoutPlan, by_name_and_cells, list, quoted};
use crate::recipe::{DateStyle, Kind};

/// Keys that hold a sheet's year.
const BY_SHEET: [&str; 2] = ["value", "assume_year"];

/// Where the table says when.
pub(super) struct When {
    /// Whether days are known.
    pub by_day: bool,
    /// Columns that are years, if the table is wide.
    pub wide: Vec<usize>,
    keys: Vec<(&'static str, String)>,
    doubts: Vec<Doubt>,
}

/// Finds out when the rows of a table are.
pub(super) fn find(desk: &mut Desk<'_>) -> When {
    let mut when = When { by_day: false, wide: Vec::new(), keys: Vec::new(), doubts: Vec::new() };
    vintage(desk);
    if let Some(column) = date_column(desk) {
        of_dates(desk, column, &mut when);
    } else if wide(desk, &mut when) {
    } else if let Some(column) = year_column(desk) {
        of_years(desk, column, &mut when);
    } else if !desk.layout.parts.is_empty() && desk.layout.parts.iter().all(|p| sheet_year(p).is_some()) {
        of_sheets(desk, &mut when);
    }
    when
}

fn vintage(desk: &mut Desk<'_>) {
    if let Some(column) = desk.one("vintage") {
        desk.take(
            column,
            "vintage",
            true,
            Both::new("one file, several vintages: it names the edition", "un archivo, varias ediciones: nombra la edición"),
        );
        desk.vintage = Some(column.name.clone());
    }
}

/// The column of dates: by its name, or else the only one whose cells are dates.
fn date_column<'a>(desk: &Desk<'a>) -> Option<&'a Column> {
    use Written::{Iso, IsoMonth, Ordered, Serial, ShortYear};
    let named = desk.all("date");
    if desk.table.rows == 0 {
        return named.first().copied();
    }
    let dated = |c: &&Column| c.date_share(&[Iso, IsoMonth, Written::Year, Ordered, ShortYear, Serial, Written::YearAndText]) > 0.5;
    let best =
        named.iter().copied().filter(dated).max_by_key(|c| (c.date_share(&[Iso, Ordered]) * 1000.0) as u32 * 1000 + 999 - c.at as u32);
    best.or_else(|| desk.unnamed().find(|c| c.date_share(&[Iso, Ordered]) >= 0.95))
}

fn of_dates(desk: &mut Desk<'_>, column: &Column, when: &mut When) {
    use Written::{Iso, Ordered, Serial, ShortYear, YearAndText};
    let name = &column.name;
    when.keys.push(("from", list(&[name])));
    when.by_day = column.date_share(&[Iso, Ordered, ShortYear, Serial]) > 0.5;
    let mut why = by_name_and_cells();
    let has = |w: &Written| column.dates.contains_key(w);
    if column.date_share(&[Serial]) > 0.5 {
        when.keys.push(("dates", quoted("excel")));
        why = Both::new("its cells look like a spreadsheet's day numbers", "sus celdas parecen números de día de una hoja de cálculo");
        when.doubts.push(desk.doubt(
            column,
            why.clone(),
            Both::new("check one of them: 42461 is 2016-04-01", "verifique uno: 42461 es 2016-04-01"),
        ));
    } else if has(&Ordered) || has(&ShortYear) {
        of_ordered(desk, column, when, &mut why);
    } else if has(&YearAndText) {
        when.keys.push(("dates", quoted("year")));
    } else {
        why = Both::new(format!("{}: year first", why.en), format!("{}: año primero", why.es));
    }
    let strange =
        column.filled - column.dates.iter().filter(|(w, _)| **w != Written::Month).map(|(_, n)| n).sum::<u64>().min(column.filled);
    if strange > 0 {
        when.doubts.push(desk.doubt(
            column,
            both!("{strange} cells are no date; their rows are held", "{strange} celdas no son una fecha; sus filas quedan retenidas"),
            Both::new("see them with `atalaya held` after collecting", "véalas con `atalaya held` después de recoger"),
        ));
    }
    if column.word.is_none() {
        when.doubts.push(desk.doubt(
            column,
            Both::new("its cells are dates, its name does not say of what", "sus celdas son fechas, su nombre no dice de qué"),
            Both::new("check that it is the date of the event", "verifique que sea la fecha del hecho"),
        ));
    }
    let sure = when.doubts.is_empty();
    desk.years = column.years;
    desk.take(column, "date", sure, why);
}

fn of_ordered(desk: &Desk<'_>, column: &Column, when: &mut When, why: &mut Both) {
    let style = match column.order.decide() {
        Some(DateStyle::MonthFirst) => "month-first",
        Some(_) => "day-first",
        None => "column",
    };
    when.keys.push(("dates", quoted(style)));
    let example = column.texts().map(|(t, _)| t).find(|t| t.contains(['/', '-', '.'])).unwrap_or("").to_string();
    if style == "column" && column.ambiguous_dates > 0 {
        when.doubts.push(desk.doubt(
            column,
            both!(
                "“{example}”: day or month first? Nothing in the column tells, so such rows are held",
                "“{example}”: ¿día o mes primero? Nada en la columna lo dice, así que esas filas quedan retenidas"
            ),
            Both::new(
                "ask who wrote the file, then declare dates = \"day-first\" or \"month-first\"",
                "pregunte a quien escribió el archivo y declare dates = \"day-first\" o \"month-first\"",
            ),
        ));
    } else if style != "column" {
        let order = if style == "day-first" { Both::new("day first", "día primero") } else { Both::new("month first", "mes primero") };
        *why = Both::new(
            format!("{}: {}, as some cells prove", why.en, order.en),
            format!("{}: {}, como prueban algunas celdas", why.es, order.es),
        );
    }
    if column.dates.contains_key(&Written::ShortYear) {
        when.doubts.push(desk.doubt(
            column,
            Both::new("years of two digits; such rows are held", "años de dos cifras; esas filas quedan retenidas"),
            Both::new("export the file again with years of four digits", "exporte de nuevo el archivo con años de cuatro cifras"),
        ));
    }
}

fn year_column<'a>(desk: &Desk<'a>) -> Option<&'a Column> {
    let years = |c: &&Column| desk.table.rows == 0 || c.date_share(&[Written::Year, Written::YearAndText]) > 0.5;
    desk.one("year").filter(years).or_else(|| desk.one("fiscal-year").filter(years)).or_else(|| {
        desk.unnamed()
            .find(|c| c.filled > 1 && c.date_share(&[Written::Year]) == 1.0 && c.years.is_some_and(|(from, to)| from >= 1950 && to <= 2050))
    })
}

fn of_years(desk: &mut Desk<'_>, column: &Column, when: &mut When) {
    when.keys.push(("from", list(&[&column.name])));
    let fiscal = column.word.is_some_and(|w| w.role == "fiscal-year");
    let month = desk.one("month");
    if fiscal {
        when.doubts.push(desk.doubt(
            column,
            Both::new("a fiscal year: read as that of the United States, October to September, if a month stands beside it, else as a calendar year", "un año fiscal: se lee como el de Estados Unidos, octubre a septiembre, si hay un mes al lado; si no, como año calendario"),
            Both::new("say dates = \"year-month\" if the year is a calendar year", "diga dates = \"year-month\" si el año es calendario"),
        ));
    }
    match month {
        Some(month) => {
            when.keys.push(("dates", quoted(if fiscal { "us-fiscal-month" } else { "year-month" })));
            when.keys.push(("month", quoted(&month.name)));
            desk.take(month, "date", !fiscal, Both::new("the month of the year beside it", "el mes del año de al lado"));
        }
        None if fiscal || column.dates.contains_key(&Written::YearAndText) => when.keys.push(("dates", quoted("year"))),
        None => {}
    }
    if column.dates.contains_key(&Written::YearAndText) {
        when.keys.push(("provisional", quoted("(")));
        let text = column.texts().map(|(t, _)| t).find(|t| !is_year(t)).unwrap_or("").to_string();
        when.doubts.push(desk.doubt(
            column,
            both!(
                "“{text}”: a year and something else; a bracket is taken as “provisional”",
                "“{text}”: un año y algo más; un paréntesis se toma como “provisional”"
            ),
            Both::new("change `provisional` to the text that marks such years", "cambie `provisional` por el texto que marca esos años"),
        ));
    }
    if column.word.is_none() {
        when.doubts.push(desk.doubt(
            column,
            Both::new("its cells are years, its name does not say so", "sus celdas son años, su nombre no lo dice"),
            Both::new("check it", "verifíquelo"),
        ));
    }
    desk.years = column.years;
    desk.take(column, "date", when.doubts.is_empty(), by_name_and_cells());
}

/// One column a year: `2001 2002 ...`, `coca_2001 ...`, `hom90 hom91 ...`.
fn wide(desk: &mut Desk<'_>, when: &mut When) -> bool {
    let mut families: BTreeMap<(String, String, usize), Vec<usize>> = BTreeMap::new();
    for column in &desk.table.columns {
        if let Some((before, digits, after)) = split_year(&column.name) {
            families.entry((before, after, digits)).or_default().push(column.at);
        }
    }
    let all_numbers =
        |at: &Vec<usize>| at.iter().all(|i| desk.table.columns[*i].filled == 0 || desk.table.columns[*i].number_share() > 0.5);
    let enough = |key: &(String, String, usize), at: &Vec<usize>| at.len() >= if key.0.is_empty() && key.2 == 4 { 2 } else { 3 };
    families.retain(|key, at| enough(key, at) && all_numbers(at));
    let told =
        |key: &(String, String, usize)| u8::from(super::words::measured(&key.0).is_some() || super::words::measured(&key.1).is_some());
    let first = |at: &Vec<usize>| std::cmp::Reverse(at.first().copied().unwrap_or(0));
    let best = families.iter().max_by_key(|(key, at)| (told(key), at.len(), first(at))).map(|(k, at)| (k.clone(), at.clone()));
    let Some(((before, after, digits), at)) = best else { return false };
    let year = if digits == 4 { r"((?:19|20)\d\d)" } else { r"(\d\d)" };
    let dates = at.iter().any(|i| desk.table.columns[*i].name.len() == 10);
    let after_year = if dates { r"(?:-01-\d\d)?".to_string() } else { regex::escape(&after) };
    let pattern = format!("^{}{year}{after_year}$", regex::escape(&before));
    desk.layout.footnotes = has_footnotes(desk.table, &at);
    desk.layout.unpivot = Some((pattern, (digits == 2).then_some([50, 1900])));
    for i in &at {
        let column = &desk.table.columns[*i];
        desk.take(
            column,
            "@cell",
            true,
            Both::new("its name is a year, its cells are numbers", "su nombre es un año, sus celdas son números"),
        );
    }
    when.wide = at;
    true
}

/// Whether columns without a name, right of a year, hold marks of footnotes.
fn has_footnotes(table: &Table, years: &[usize]) -> bool {
    let marks = |c: &Column| c.name.starts_with("(column ") && c.filled > 0 && c.texts().all(|(t, _)| t.len() < 4);
    years.iter().any(|at| table.columns.get(at + 1).is_some_and(marks))
}

/// The texts before and after the year in a name, and its digits. A spreadsheet may have made
/// the date `2010-01-04` of a year.
fn split_year(name: &str) -> Option<(String, usize, String)> {
    if name.get(..4).is_some_and(is_year) && name.get(4..8) == Some("-01-") && name.len() == 10 {
        return Some((String::new(), 4, String::new()));
    }
    static PATTERNS: OnceLock<Option<[Regex; 2]>> = OnceLock::new();
    let compiled = || Some([Regex::new(r"^(.*?)((?:19|20)\d\d)(\D*)$").ok()?, Regex::new(r"^(\D+)(\d\d)$").ok()?]);
    let [four, two] = PATTERNS.get_or_init(compiled).as_ref()?;
    let found = four.captures(name).map(|c| (c[1].to_string(), 4, c[3].to_string()));
    let found = found.filter(|(before, ..)| !before.contains(|c: char| c.is_ascii_digit()));
    found.or_else(|| two.captures(name).map(|c| (c[1].to_string(), 2, String::new())))
}

/// The year of a table is in the names of its sheets, perhaps with a column of months.
fn of_sheets(desk: &mut Desk<'_>, when: &mut When) {
    let Some(month) = desk.one("month") else {
        when.keys.push(("value", quoted("{sheet}")));
        return;
    };
    desk.take(month, "date", true, Both::new("months; the year is in the sheet's name", "meses; el año está en el nombre de la hoja"));
    when.keys = vec![("from", list(&[&month.name])), ("dates", quoted("month-only")), ("assume_year", "{sheet}".into())];
}

/// The one year in a sheet's name.
fn sheet_year(name: &str) -> Option<i32> {
    let years: Vec<i32> = name.split(|c: char| !c.is_ascii_digit()).filter(|w| is_year(w)).filter_map(|w| w.parse().ok()).collect();
    if let [year] = years[..] { Some(year) } else { None }
}

/// Writes the field of time.
pub(super) fn write(desk: &mut Desk<'_>, when: &When, kind: Kind) {
    if !when.wide.is_empty() {
        return;
    }
    let name = if kind == Kind::Records { "date" } else { "period" };
    if when.keys.is_empty() {
        desk.hold(
            name,
            Both::new("no column says when, so every row is held", "ninguna columna dice cuándo, así que toda fila queda retenida"),
            Both::new(
                "put the year in `value` (\"2016\"), or the column in `from`",
                "ponga el año en `value` (\"2016\"), o la columna en `from`",
            ),
        );
        return;
    }
    let mut keys = when.keys.clone();
    keys.push(("required", "true".into()));
    desk.layout.fields.push(FieldPlan { name, keys, doubts: when.doubts.clone() });
}

/// A layout whose year is the sheet's name becomes one layout a sheet.
pub(super) fn one_a_sheet(layout: LayoutPlan, left: &mut Vec<String>) -> Vec<LayoutPlan> {
    let by_sheet = layout.fields.iter().any(|f| f.keys.iter().any(|(k, v)| BY_SHEET.contains(k) && v.contains("{sheet}")));
    if !by_sheet {
        return vec![layout];
    }
    let mut layouts = Vec::new();
    for part in &layout.parts {
        let Some(year) = sheet_year(part) else {
            left.push(part.clone());
            continue;
        };
        let mut one = layout.clone();
        one.parts = vec![part.clone()];
        one.name_parts = true;
        for (_, value) in one.fields.iter_mut().flat_map(|f| f.keys.iter_mut()).filter(|(k, _)| BY_SHEET.contains(k)) {
            *value = value.replace("{sheet}", &year.to_string());
        }
        layouts.push(one);
    }
    layouts
}

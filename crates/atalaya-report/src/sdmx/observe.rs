//! The observations of a table, and the codes they use.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::both::shown;
use atalaya_kernel::period::fiscal_start;
use atalaya_kernel::{Both, Missing, Period, Precision, Problem, both};

use super::id::{ABSENT, code_of_id, id_of_code};
use super::shape::{Numbers, Part, Shape};
use super::words;
use crate::check::period;
use crate::defuse::defuse;
use crate::table::{FieldKind, Table};

/// What a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A dimension with a code list.
    Dimension,
    /// The dimension of time.
    Time,
    /// The value.
    Value,
    /// An attribute with a code list.
    Coded,
    /// An attribute that is a number.
    Number,
    /// An attribute that is a text.
    Text,
    /// A text that is the same for all.
    Common,
}

/// A component: a column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Component {
    pub(crate) id: String,
    pub(crate) role: Role,
    pub(crate) label: Both,
    /// Codes used: id, what it means.
    pub(crate) codes: BTreeMap<String, Both>,
    /// The column of the table whose codes these are, empty if none.
    column: String,
}

/// The observations of a table.
#[derive(Debug)]
pub(crate) struct Observed {
    /// In the order of the file.
    pub(crate) components: Vec<Component>,
    /// One cell a component.
    pub(crate) rows: Vec<Vec<String>>,
}

/// Every number of a table as an observation. No row is left out.
///
/// # Errors
/// `sdmx-no-time`, `sdmx-no-number`, `sdmx-time`, `sdmx-status`, `sdmx-twice`.
pub(crate) fn observe(table: &Table) -> Result<Observed, Problem> {
    let first = with(table, &Shape::of(table, false)?);
    match first {
        Err(problem) if problem.id == "sdmx-twice" => with(table, &Shape::of(table, true)?),
        other => other,
    }
}

fn with(table: &Table, shape: &Shape) -> Result<Observed, Problem> {
    let mut components = components(table, shape);
    let mut rows = Vec::new();
    let mut keys = BTreeSet::new();
    let key_of = |row: &[String]| components_key(&components, row);
    for (at, cells) in table.rows.iter().enumerate() {
        for number in &shape.numbers {
            let row = observation(table, shape, at, cells, number)?;
            if !keys.insert(key_of(&row)) {
                let place = format!("{} row {}", table.id, at + 1);
                let what = Both::new("stands at the same coordinates as another row", "está en las mismas coordenadas que otra fila");
                let todo = Both::new(
                    "group by one more dimension, or export to another format",
                    "agrupe por una dimensión más o exporte a otro formato",
                );
                return Err(Problem::new("sdmx-twice", place, what, todo));
            }
            rows.push(row);
        }
    }
    for (at, component) in components.iter_mut().enumerate().filter(|(_, c)| matches!(c.role, Role::Dimension | Role::Coded)) {
        component.codes = rows.iter().map(|r| (r[at].clone(), meaning(table, shape, component, &r[at]))).collect();
    }
    Ok(Observed { components, rows })
}

fn components_key(components: &[Component], row: &[String]) -> Vec<String> {
    components.iter().zip(row).filter(|(c, _)| matches!(c.role, Role::Dimension | Role::Time)).map(|(_, cell)| cell.clone()).collect()
}

/// The components, in the order of the file: dimensions, time, value, attributes.
fn components(table: &Table, shape: &Shape) -> Vec<Component> {
    let fixed = |id: &str, role: Role, column: &str| Component {
        id: id.into(),
        role,
        label: words::concept(id).unwrap_or_default(),
        codes: BTreeMap::new(),
        column: column.into(),
    };
    let of = |part: &Part, role: Role| {
        let field = &table.columns[part.column];
        Component { label: field.label.clone(), ..fixed(&part.id, role, &field.id) }
    };
    let (places, others): (Vec<&Part>, Vec<&Part>) = shape.dimensions.iter().partition(|d| d.id == "REF_AREA" || d.id == "SUBSTANCE");
    let mut all = vec![fixed("FREQ", Role::Dimension, "")];
    all.extend(places.into_iter().map(|d| of(d, Role::Dimension)));
    all.push(fixed("MEASURE", Role::Dimension, "measure"));
    all.extend(others.into_iter().map(|d| of(d, Role::Dimension)));
    all.push(fixed("TIME_PERIOD", Role::Time, ""));
    all.push(fixed("OBS_VALUE", Role::Value, ""));
    all.push(fixed("UNIT_MEASURE", Role::Coded, "unit"));
    all.push(fixed("OBS_STATUS", Role::Coded, ""));
    all.push(fixed("CONF_STATUS", Role::Coded, ""));
    if shape.bounded() {
        all.extend(["OBS_LOW", "OBS_HIGH"].map(|id| fixed(id, Role::Number, "")));
    }
    all.push(fixed("SOURCE_ID", Role::Text, ""));
    if shape.figure.is_some() {
        all.push(fixed("FIGURE_ID", Role::Text, ""));
    }
    all.extend(shape.describe.iter().map(|d| of(d, Role::Text)));
    all.push(fixed("SNAPSHOT", Role::Common, ""));
    all
}

/// One row of the file, in the order of [`components`].
fn observation(table: &Table, shape: &Shape, at: usize, cells: &[Option<String>], number: &Numbers) -> Result<Vec<String>, Problem> {
    let text = |column: usize| cells[column].as_deref().unwrap_or("");
    let optional = |column: Option<usize>| column.map_or("", text);
    let (freq, time) = time(table, shape, at, cells)?;
    let field = &table.columns[number.column];
    let value = text(number.column);
    let mut row = vec![freq.to_string()];
    let (places, others): (Vec<&Part>, Vec<&Part>) = shape.dimensions.iter().partition(|d| d.id == "REF_AREA" || d.id == "SUBSTANCE");
    row.extend(places.into_iter().map(|d| id_of_code(text(d.column))));
    row.push(match shape.measure {
        Some(measure) if field.id == "value" => id_of_code(text(measure)),
        _ => number.code.clone(),
    });
    row.extend(others.into_iter().map(|d| id_of_code(text(d.column))));
    let unit = match (optional(shape.unit), field.unit.as_str()) {
        (unit, _) if field.id == "value" && !unit.is_empty() => unit,
        (_, "") if field.kind == FieldKind::Count => "1",
        (_, unit) => unit,
    };
    let status = status(table, at, value, optional(shape.status), optional(shape.missing))?;
    row.extend([time, value.into(), id_of_code(unit), status, words::confidentiality(table.about.label.as_ref()).into()]);
    if shape.bounded() {
        row.extend(number.bounds.map(|b| optional(b).to_string()));
    }
    let all_sources = || table.about.sources.iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join(" ");
    row.push(defuse(&shape.source.map_or_else(all_sources, |s| text(s).to_string())).into_owned());
    row.extend(shape.figure.map(|f| defuse(text(f)).into_owned()));
    row.extend(shape.describe.iter().map(|d| defuse(text(d.column)).into_owned()));
    row.push(defuse(&table.about.snapshot).into_owned());
    Ok(row)
}

/// `FREQ` and `TIME_PERIOD`. A fiscal year is a range with its first day, `2018-10-01/P1Y`: the
/// number of a reporting year alone means different years to different readers.
fn time(table: &Table, shape: &Shape, at: usize, cells: &[Option<String>]) -> Result<(&'static str, String), Problem> {
    let column = &table.columns[shape.time].id;
    let text = cells[shape.time].as_deref().unwrap_or("");
    let country = || {
        let area = table.column("area").and_then(|a| cells[a].as_deref()).and_then(|a| a.get(..2));
        // The column `fiscal-year` is that of the US, 31 U.S.C. 1102.
        if column.starts_with("fiscal") { Some("US") } else { area }.filter(|c| fiscal_start(c).is_some())
    };
    let fiscal = || Period::fiscal_year(country()?, text.strip_prefix("FY")?.parse().ok()?);
    let Some(period) = period(text).or_else(fiscal) else {
        let (place, text) = (format!("{} row {} column {column}", table.id, at + 1), shown(text));
        let what = both!("{text:?} is no period that SDMX can hold", "{text:?} no es un período que SDMX admita");
        let todo =
            Both::new("leave out rows without a date, or export to another format", "excluya las filas sin fecha o exporte a otro formato");
        return Err(Problem::new("sdmx-time", place, what, todo));
    };
    Ok(match period.precision {
        Precision::Day => ("D", period.to_string()),
        Precision::Month => ("M", period.to_string()),
        Precision::Quarter => ("Q", period.to_string()),
        Precision::Year => ("A", period.to_string()),
        Precision::FiscalYear => ("A", format!("{}/P1Y", period.start)),
    })
}

/// `OBS_STATUS`: of an absent value why it is absent, of a present one what the source says.
fn status(table: &Table, at: usize, value: &str, status: &str, missing: &str) -> Result<String, Problem> {
    let unknown = |found: &str| {
        let (place, found) = (format!("{} row {}", table.id, at + 1), shown(found));
        let what = both!("{found:?} is no status of an observation", "{found:?} no es un estado de una observación");
        Problem::new("sdmx-status", place, what, Both::new("export to another format", "exporte a otro formato"))
    };
    match (value.is_empty(), missing, status) {
        (true, "", _) => Ok(Missing::NotKnown.obs_status().into()),
        (true, missing, _) => Missing::from_code(missing).map(|m| m.obs_status().into()).ok_or_else(|| unknown(missing)),
        (false, _, "") => Ok("A".into()),
        (false, _, status) if words::is_status(status) => Ok(status.into()),
        (false, _, status) => Err(unknown(status)),
    }
}

/// What a code means: a fixed word, the heading of a number, or what the table says of it.
fn meaning(table: &Table, shape: &Shape, component: &Component, id: &str) -> Both {
    let number = || shape.numbers.iter().find(|n| component.id == "MEASURE" && n.code == id).map(|n| table.columns[n.column].label.clone());
    let code = code_of_id(id);
    let told = || table.meaning(&component.column, &code).cloned();
    let otherwise = || if id == ABSENT { Both::same(ABSENT) } else { Both::same(shown(&code)) };
    words::code(&component.id, id).or_else(number).or_else(told).unwrap_or_else(otherwise)
}

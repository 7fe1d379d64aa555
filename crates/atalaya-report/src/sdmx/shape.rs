//! Which column of a table becomes what.

use std::collections::BTreeSet;

use atalaya_kernel::{Both, Problem};

use super::id::component;
use crate::table::{FieldKind, Table};

/// Times, the finest first: a table that has a month and a year is monthly.
const TIMES: [&str; 7] = ["day", "month", "quarter", "year", "fiscal-year", "fiscal_year", "period"];

/// Texts that describe an observation and do not tell it apart from others.
const DESCRIBE: [&str; 3] = ["basis", "vintage", "flags"];

/// A column and the component it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The component.
    pub(super) id: String,
    /// Position of the column.
    pub(super) column: usize,
}

/// A column of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbers {
    /// Code of the dimension `MEASURE`.
    pub(super) code: String,
    /// Position of the column.
    pub(super) column: usize,
    /// Position of its lower and upper bounds.
    pub(super) bounds: [Option<usize>; 2],
}

/// What each column becomes.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) time: usize,
    pub(super) dimensions: Vec<Part>,
    pub(super) numbers: Vec<Numbers>,
    pub(super) describe: Vec<Part>,
    pub(super) measure: Option<usize>,
    pub(super) source: Option<usize>,
    pub(super) unit: Option<usize>,
    pub(super) status: Option<usize>,
    pub(super) missing: Option<usize>,
    pub(super) figure: Option<usize>,
}

impl Shape {
    /// Gives each column its part. `unit_apart` makes the unit a dimension, too.
    ///
    /// # Errors
    /// `sdmx-no-time`, `sdmx-no-number`.
    pub(super) fn of(table: &Table, unit_apart: bool) -> Result<Shape, Problem> {
        let lacks = |id: &str, en: &str, es: &str| {
            let todo = Both::new("group by year, or export to another format", "agrupe por año o exporte a otro formato");
            Problem::new(id, &table.id, Both::new(en, es), todo)
        };
        let time = TIMES.iter().find_map(|id| table.column(id));
        let Some(time) = time else {
            return Err(lacks("sdmx-no-time", "has no column of time, which SDMX needs", "no tiene columna de tiempo, que SDMX exige"));
        };
        let mut shape = Shape { time, ..Shape::default() };
        let mut taken: BTreeSet<String> = RESERVED.iter().map(|id| (*id).to_string()).collect();
        for (column, field) in table.columns.iter().enumerate().filter(|(at, _)| *at != time) {
            let text = !field.kind.is_number();
            match field.id.as_str() {
                "area" if text => shape.dimensions.push(Part { id: "REF_AREA".into(), column }),
                "substance" if text => shape.dimensions.push(Part { id: "SUBSTANCE".into(), column }),
                "measure" if text => shape.measure = Some(column),
                "unit" if text => shape.unit = Some(column),
                "status" if text => shape.status = Some(column),
                "missing" if text => shape.missing = Some(column),
                _ if !text => shape.number(table, column),
                _ if field.kind == FieldKind::Figure && shape.figure.is_none() => shape.figure = Some(column),
                id if field.kind == FieldKind::Figure || DESCRIBE.contains(&id) => {
                    shape.describe.push(Part { id: free(&mut taken, id), column });
                }
                id => {
                    if id == "source" {
                        shape.source = Some(column);
                    }
                    shape.dimensions.push(Part { id: free(&mut taken, id), column });
                }
            }
        }
        if shape.numbers.is_empty() {
            return Err(lacks("sdmx-no-number", "has no column of numbers", "no tiene columna de números"));
        }
        // What the unit of a count or of a conversion is, its own column says.
        let unit_apart = unit_apart || shape.numbers.iter().any(|n| table.columns[n.column].id != "value");
        if let Some(column) = shape.unit.filter(|_| unit_apart) {
            shape.dimensions.push(Part { id: free(&mut taken, "unit"), column });
        }
        shape.dimensions.sort_by_key(|d| (d.id != "REF_AREA", d.id != "SUBSTANCE"));
        Ok(shape)
    }

    /// A column of numbers, unless it is a bound of another.
    fn number(&mut self, table: &Table, column: usize) {
        let id = &table.columns[column].id;
        let number = |id: &str| table.column(id).filter(|at| table.columns[*at].kind.is_number());
        let whole = match id.as_str() {
            "low" | "high" => Some("value"),
            id => id.strip_suffix("_low").or_else(|| id.strip_suffix("_high")),
        };
        if whole.and_then(number).is_none() {
            let bound = |end: &str| number(&if id == "value" { end.to_string() } else { format!("{id}_{end}") });
            self.numbers.push(Numbers { code: component(id), column, bounds: [bound("low"), bound("high")] });
        }
    }

    /// Whether any number has bounds.
    pub(super) fn bounded(&self) -> bool {
        self.numbers.iter().any(|n| n.bounds.iter().any(Option::is_some))
    }
}

/// Names that are no longer free.
const RESERVED: [&str; 16] = [
    "FREQ",
    "REF_AREA",
    "SUBSTANCE",
    "MEASURE",
    "TIME_PERIOD",
    "OBS_VALUE",
    "OBS_LOW",
    "OBS_HIGH",
    "UNIT_MEASURE",
    "OBS_STATUS",
    "CONF_STATUS",
    "SOURCE_ID",
    "FIGURE_ID",
    "SNAPSHOT",
    "STRUCTURE",
    "ACTION",
];

/// The component of a column, numbered if its name is taken.
fn free(taken: &mut BTreeSet<String>, column: &str) -> String {
    let base = component(column);
    let mut id = base.clone();
    let mut n = 2;
    while !taken.insert(id.clone()) {
        id = format!("{base}_{n}");
        n += 1;
    }
    id
}

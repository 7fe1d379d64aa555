//! The panel of a design: units by periods with the outcome, who is treated when, and how exposed.
//!
//! Before its registration is in the log a design sees nothing of the outcome from the start on: the
//! cells of those rows are emptied as the first thing after the table is there, before any is read.

mod series;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Both, Label, Problem, both};

use self::table::Table;
use super::data::{missing, number};
use super::design::{Absent, Design, Exposure, Transformation};
use super::register::{Entry, Written, is_registered, not_registered};
use crate::Observatory;
use crate::answer::SourceLine;

/// A unit in a period.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// Position of the unit in [`Sample::units`].
    pub unit: usize,
    /// The period.
    pub period: i64,
    /// The outcome; none where nobody knows.
    pub y: Option<f64>,
    /// Position of the row in the columns; none where an absent row means zero.
    pub at: Option<usize>,
}

/// The panel.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// The units, in order.
    pub units: Vec<String>,
    /// The rows by unit and period.
    pub rows: Vec<Row>,
    /// The first treated period of each unit; all of them the start where exposure differs.
    pub first: Vec<Option<i64>>,
    /// How exposed each unit is, in designs of exposure.
    pub exposure: Option<Vec<f64>>,
    /// Names of the other columns.
    pub names: Vec<String>,
    /// Their cells as they stand.
    pub columns: Vec<Vec<String>>,
    /// Rows that were absent and stand for zero.
    pub filled: usize,
    /// SHA-256 of the rows before the start.
    pub before: String,
    /// The last period that has an outcome, whatever it is.
    pub last_held: Option<i64>,
    /// Where the data come from.
    pub sources: Vec<SourceLine>,
    /// What everything made of them carries.
    pub label: Option<Label>,
    /// The state of the data.
    pub data: String,
    /// Of a series: cells that newer vintages revised.
    pub revised: Option<Revised>,
}

/// What newer vintages made of older cells.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Revised {
    /// Cells that more than one vintage gives.
    pub twice: usize,
    /// Of them those with another value.
    pub changed: usize,
    /// The mean size of a change among those.
    pub mean: f64,
}

/// What stands beside the columns of a panel.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    /// Where the data come from.
    pub sources: Vec<SourceLine>,
    /// Their label.
    pub label: Option<Label>,
    /// Their state.
    pub data: String,
    /// What newer vintages revised.
    pub revised: Option<Revised>,
}

/// The column of a series that holds each value as it was first published.
const FIRST_PUBLISHED: &str = "first published";

impl Sample {
    /// The panel whole. The registration is the key: without one that fits there is no panel.
    ///
    /// # Errors
    /// `not-registered`; those of the table and of the columns.
    pub fn whole(observatory: &Observatory, written: &Written, log: &[Entry], as_of: Option<i64>) -> Result<Sample, Problem> {
        if !is_registered(written, log) {
            return Err(not_registered(&written.id, !log.is_empty()));
        }
        Sample::of(Table::read(observatory, written, as_of)?, &written.design)
    }

    /// The panel before the start.
    ///
    /// # Errors
    /// Those of the table and of the columns.
    pub fn before(observatory: &Observatory, written: &Written, as_of: Option<i64>) -> Result<Sample, Problem> {
        let mut table = Table::read(observatory, written, as_of)?;
        table.cut(&written.design)?;
        Sample::of(table, &written.design)
    }

    /// The panel of columns that were read before, with what stood beside them.
    ///
    /// # Errors
    /// Those of the columns.
    pub fn of_columns((names, columns): (Vec<String>, Vec<Vec<String>>), beside: Beside, design: &Design) -> Result<Sample, Problem> {
        Sample::of(Table::of_columns(names, columns, beside, design)?, design)
    }

    fn of(table: Table, design: &Design) -> Result<Sample, Problem> {
        let (data, outcome) = (&design.data, &design.outcome.column);
        let last_held = table.last_held;
        let before = table.fingerprint(design)?;
        let (unit, period) = (table.texts(&data.unit)?, table.periods(&data.time)?);
        let y = table.numbers(outcome)?;
        let wanted: BTreeSet<&str> = unit.iter().map(String::as_str).filter(|u| !u.is_empty()).collect();
        named_are_there(&design.programme.places, &wanted, "programme.places")?;
        named_are_there(&design.method.exclude, &wanted, "method.exclude")?;
        let units: Vec<String> = wanted.into_iter().filter(|u| !design.method.exclude.iter().any(|e| e == u)).map(str::to_string).collect();
        let known: BTreeMap<&str, usize> = units.iter().map(String::as_str).zip(0..).collect();
        let mut rows: Vec<Row> = (0..unit.len())
            .filter_map(|at| Some(Row { unit: *known.get(unit[at].as_str())?, period: period[at], y: y[at], at: Some(at) }))
            .collect();
        // Rows that were cut carry no outcome and are gone before anything counts them.
        if table.cut {
            rows.retain(|r| r.period < design.programme.start);
        }
        rows.sort_by_key(|r| (r.unit, r.period));
        if let Some(pair) = rows.windows(2).find(|w| (w[0].unit, w[0].period) == (w[1].unit, w[1].period)) {
            return Err(twice(&units[pair[0].unit], pair[0].period));
        }
        let filled = if data.absent == Absent::Zero { fill(&mut rows, units.len()) } else { 0 };
        let first = treated(&table, design, &units, &known, &unit, &period)?;
        let mut sample = Sample {
            units,
            rows,
            first,
            exposure: None,
            filled,
            before,
            last_held,
            sources: table.sources,
            label: table.label,
            data: table.data,
            revised: table.revised,
            names: table.names,
            columns: table.columns,
        };
        if let Some(exposure) = &design.programme.exposure {
            sample.exposure = Some(sample.exposed(design, exposure)?);
        }
        Ok(sample)
    }

    /// The periods there are.
    pub fn periods(&self) -> Vec<i64> {
        self.rows.iter().map(|r| r.period).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// A column's cell of a row; nothing for rows that were absent.
    pub fn cell(&self, row: &Row, column: usize) -> &str {
        row.at.map_or("", |at| self.columns[column][at].as_str())
    }

    /// Units that are treated at some time, or more exposed than the middle one.
    pub fn treated(&self) -> Vec<usize> {
        match &self.exposure {
            None => (0..self.units.len()).filter(|u| self.first[*u].is_some()).collect(),
            Some(exposure) => {
                let middle = median(exposure);
                (0..self.units.len()).filter(|u| exposure[*u] > middle).collect()
            }
        }
    }

    /// Those among [`Sample::treated`], and the others.
    pub fn sides(&self) -> [Vec<usize>; 2] {
        let treated = self.treated();
        let others = (0..self.units.len()).filter(|u| treated.binary_search(u).is_err()).collect();
        [treated, others]
    }

    /// How exposed each unit is: its mean over the stated periods, transformed, in standard deviations if asked.
    fn exposed(&self, design: &Design, exposure: &Exposure) -> Result<Vec<f64>, Problem> {
        if exposure.to >= design.programme.start || exposure.from > exposure.to {
            return Err(Problem::new(
                "exposure-periods",
                format!("programme.exposure, {}-{}", exposure.from, exposure.to),
                Both::new("exposure is not measured before the start", "la exposición no se mide antes del inicio"),
                Both::new("average it over periods that end before the start", "promédiela sobre periodos que terminen antes del inicio"),
            ));
        }
        let own = exposure.column == "outcome" || exposure.column == design.outcome.column;
        let column = if own { None } else { Some(self.column(&exposure.column)?) };
        let mut sums = vec![(0.0, 0.0); self.units.len()];
        for row in self.rows.iter().filter(|r| (exposure.from..=exposure.to).contains(&r.period)) {
            let value = match column {
                None => row.y,
                Some(column) => number(self.cell(row, column)),
            };
            if let Some(value) = value {
                sums[row.unit].0 += value;
                sums[row.unit].1 += 1.0;
            }
        }
        if let Some(unit) = sums.iter().position(|s| s.1 == 0.0) {
            return Err(unexposed(&self.units[unit], exposure));
        }
        let mut out = sums.iter().map(|(sum, n)| turned(exposure.transformation, sum / n)).collect::<Result<Vec<f64>, _>>()?;
        let (mean, sd) = moments(&out);
        if sd == 0.0 || sd.is_nan() {
            return Err(same_exposure());
        }
        if exposure.standardised {
            out.iter_mut().for_each(|v| *v = (*v - mean) / sd);
        }
        Ok(out)
    }

    /// The panel as it was first published; none where the data have no earlier editions.
    pub fn as_first_published(&self) -> Option<Sample> {
        let column = self.names.iter().position(|n| n == FIRST_PUBLISHED).filter(|_| self.revised.is_some())?;
        let mut out = self.clone();
        for row in out.rows.iter_mut().filter(|r| r.at.is_some()) {
            row.y = number(self.cell(row, column));
        }
        Some(out)
    }

    /// The position of a column.
    pub fn column(&self, name: &str) -> Result<usize, Problem> {
        self.names.iter().position(|n| n == name).ok_or_else(|| table::unknown_column("design.toml", name, &self.names))
    }
}

/// Mean and standard deviation (n - 1).
pub(crate) fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

/// The middle value; the lower of two.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// An amount transformed; the logarithm of zero is refused.
pub(crate) fn turned(by: Transformation, value: f64) -> Result<f64, Problem> {
    match by {
        Transformation::Levels | Transformation::Poisson => Ok(value),
        Transformation::Asinh => Ok(value.asinh()),
        Transformation::Log if value > 0.0 => Ok(value.ln()),
        Transformation::Log => Err(Problem::new(
            "log-of-zero",
            "transformation = \"log\"",
            both!("{value} has no logarithm", "{value} no tiene logaritmo"),
            Both::new("use levels, asinh or poisson where zeros exist", "use levels, asinh o poisson donde haya ceros"),
        )),
    }
}

/// The first treated period of each unit.
fn treated(
    table: &Table,
    design: &Design,
    units: &[String],
    known: &BTreeMap<&str, usize>,
    unit: &[String],
    period: &[i64],
) -> Result<Vec<Option<i64>>, Problem> {
    let (programme, mut first) = (&design.programme, vec![None; units.len()]);
    let ways = [!programme.places.is_empty(), programme.cohort.is_some(), programme.treatment.is_some(), programme.exposure.is_some()];
    if ways.iter().filter(|w| **w).count() != 1 {
        return Err(Problem::new(
            "who-is-treated",
            "programme",
            Both::new("it is not said in exactly one way who is treated", "no se dice de una sola manera quién recibe el programa"),
            Both::new("give one of: places, cohort, treatment, exposure", "dé uno de: places, cohort, treatment, exposure"),
        ));
    }
    let start = programme.start;
    if programme.exposure.is_some() {
        return Ok(vec![Some(start); units.len()]);
    }
    for place in &programme.places {
        if let Some(at) = known.get(place.as_str()) {
            first[*at] = Some(start);
        }
    }
    if let Some(column) = &programme.cohort {
        for (at, cell) in table.cohorts(column)?.into_iter().enumerate() {
            let (Some(unit), Some(cell)) = (known.get(unit[at].as_str()), cell) else { continue };
            first[*unit] = Some(first[*unit].map_or(cell, |f: i64| f.min(cell)));
        }
    }
    if let Some(column) = &programme.treatment {
        for (at, cell) in table.numbers(column)?.into_iter().enumerate() {
            let (Some(unit), true) = (known.get(unit[at].as_str()), cell.is_some_and(|d| d != 0.0)) else { continue };
            first[*unit] = Some(first[*unit].map_or(period[at], |f: i64| f.min(period[at])));
        }
    }
    Ok(first)
}

/// Adds a zero for each period in which a unit has no row; how many.
fn fill(rows: &mut Vec<Row>, units: usize) -> usize {
    let periods: BTreeSet<i64> = rows.iter().map(|r| r.period).collect();
    let there: BTreeSet<(usize, i64)> = rows.iter().map(|r| (r.unit, r.period)).collect();
    let absent: Vec<Row> = (0..units)
        .flat_map(|unit| periods.iter().map(move |period| (unit, *period)))
        .filter(|at| !there.contains(at))
        .map(|(unit, period)| Row { unit, period, y: Some(0.0), at: None })
        .collect();
    let filled = absent.len();
    rows.extend(absent);
    rows.sort_by_key(|r| (r.unit, r.period));
    filled
}

fn named_are_there(named: &[String], there: &BTreeSet<&str>, key: &str) -> Result<(), Problem> {
    let absent: Vec<&str> = named.iter().map(String::as_str).filter(|n| !there.contains(n)).collect();
    if absent.is_empty() {
        return Ok(());
    }
    let list = absent.join(", ");
    Err(Problem::new(
        "place-without-data",
        key,
        both!("the data have no unit called {list}", "los datos no tienen una unidad llamada {list}"),
        Both::new("write the code as the data have it", "escriba el código como está en los datos"),
    ))
}

fn twice(unit: &str, period: i64) -> Problem {
    Problem::new(
        "unit-twice",
        format!("{unit}, {period}"),
        Both::new("the panel has two rows for it", "el panel tiene dos filas para esto"),
        Both::new("add them up or choose one", "súmelas o elija una"),
    )
}

fn unexposed(unit: &str, exposure: &Exposure) -> Problem {
    let (from, to) = (exposure.from, exposure.to);
    Problem::new(
        "no-exposure",
        unit,
        both!("it has no value from {from} to {to}", "no tiene valor de {from} a {to}"),
        Both::new("exclude it, or choose other periods", "exclúyala, o elija otros periodos"),
    )
}

fn same_exposure() -> Problem {
    Problem::new(
        "same-exposure",
        "programme.exposure",
        Both::new("every unit is exposed alike: nothing can be compared", "toda unidad está igual de expuesta: no hay qué comparar"),
        Both::new("choose another column", "elija otra columna"),
    )
}

/// Whether a cell holds something.
fn held(text: &str) -> bool {
    !missing(text)
}

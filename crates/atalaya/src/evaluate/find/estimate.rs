//! One answer to a design: a choice of transformation, window, method and comparison, handed to a
//! method of `evaluate fit`.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Problem, both};
use serde_json::{Map, Value, json};

use crate::evaluate::data::Data;
use crate::evaluate::design::{Design, Transformation};
use crate::evaluate::finding::{NamedEffect, Size};
use crate::evaluate::sample::{Row, Sample, turned};
use crate::evaluate::{Fit, Fitted};

/// Options that take several columns.
const LISTS: [&str; 5] = ["covariates", "effects", "cluster", "place", "aggregate"];
/// What the design says elsewhere, and options may not say again.
const TAKEN: [&str; 9] = ["method", "data", "unit", "time", "outcome", "cohort", "treatment", "level", "seed"];
/// Methods that take exposure of any size.
pub(crate) const REGRESSIONS: [&str; 3] = ["twfe", "poisson", "wild"];

/// What a design left open, decided.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    /// What the outcome is turned into.
    pub transformation: Transformation,
    /// The method.
    pub method: String,
    /// First and last period.
    pub window: (i64, i64),
    /// Units left out, by position.
    pub without: Vec<usize>,
    /// Whether covariates are used.
    pub covariates: bool,
    /// Another comparison group.
    pub control: Option<String>,
}

impl Choice {
    /// The design's own.
    pub fn of(design: &Design, sample: &Sample) -> Choice {
        let periods = sample.periods();
        let (first, last) = (periods.first().copied().unwrap_or(0), periods.last().copied().unwrap_or(0));
        Choice {
            transformation: design.outcome.transformation,
            method: design.method.id.clone(),
            window: (design.data.from.unwrap_or(first).max(first), design.data.to.unwrap_or(last).min(last)),
            without: Vec::new(),
            covariates: true,
            control: None,
        }
    }

    /// Whether a row is used.
    pub fn uses(&self, row: &Row) -> bool {
        (self.window.0..=self.window.1).contains(&row.period) && !self.without.contains(&row.unit)
    }
}

/// What came out.
#[derive(Debug, Clone)]
pub(crate) struct Estimate {
    /// The effect.
    pub effect: NamedEffect,
    /// Everything the method says.
    pub fitted: Fitted,
    /// How much there is.
    pub size: Size,
    /// Units left out because all their rows are zero, which say nothing to a Poisson regression.
    pub silent: usize,
}

/// Estimates.
///
/// # Errors
/// `method-for-exposure`, `design-option`, `log-of-zero`, `no-rows`, and the refusals of the method.
pub(crate) fn estimate(sample: &Sample, design: &Design, choice: &Choice) -> Result<Estimate, Problem> {
    let made = answered(sample, design, choice)?;
    let effect = effect_of(&made.fitted, design)?;
    Ok(Estimate { effect, ..made })
}

/// All that a method says, which may be more than one effect.
///
/// # Errors
/// Those of [`estimate`].
pub(crate) fn estimate_raw(sample: &Sample, design: &Design, choice: &Choice) -> Result<Fitted, Problem> {
    answered(sample, design, choice).map(|made| made.fitted)
}

fn answered(sample: &Sample, design: &Design, choice: &Choice) -> Result<Estimate, Problem> {
    let poisson = choice.transformation == Transformation::Poisson;
    let method = if poisson { "poisson" } else { choice.method.as_str() };
    if sample.exposure.is_some() && !REGRESSIONS.contains(&method) {
        return Err(only_regressions(method));
    }
    let mut rows: Vec<(&Row, f64)> = Vec::new();
    for row in sample.rows.iter().filter(|r| choice.uses(r)) {
        if let Some(y) = row.y {
            rows.push((row, turned(choice.transformation, y)?));
        }
    }
    let silent = if method == "poisson" { drop_silent(&mut rows, sample.units.len()) } else { 0 };
    let request = request(sample, design, choice, method)?;
    let data = table(sample, design, &request, &rows)?;
    let fitted = crate::evaluate::estimate(method, &request, data)?;
    let effect = NamedEffect { name: design.outcome.name.clone(), estimate: f64::NAN, se: None, interval: None, p: None };
    Ok(Estimate { effect, size: size(sample, design, &rows), fitted, silent })
}

/// The request a method gets.
fn request(sample: &Sample, design: &Design, choice: &Choice, method: &str) -> Result<Fit, Problem> {
    let mut map = Map::new();
    for (key, value) in &design.method.options {
        let key = key.replace('-', "_");
        if TAKEN.contains(&key.as_str()) || key == "draws" && method != design.method.id {
            if TAKEN.contains(&key.as_str()) {
                return Err(bad_option(&key, "the design says it elsewhere"));
            }
            continue;
        }
        let value = serde_json::to_value(value).map_err(|e| bad_option(&key, &e.to_string()))?;
        let value = match value {
            Value::String(list) if LISTS.contains(&key.as_str()) => json!(list.split(',').map(str::trim).collect::<Vec<_>>()),
            other => other,
        };
        map.insert(key, value);
    }
    if !choice.covariates {
        map.remove("covariates");
    }
    if let Some(control) = &choice.control {
        map.insert("control".into(), json!(control));
    }
    map.insert("method".into(), json!(method));
    map.insert("unit".into(), json!("design.unit"));
    map.insert("time".into(), json!("design.period"));
    map.insert("outcome".into(), json!("design.outcome"));
    map.insert("seed".into(), json!(design.method.seed));
    map.insert("level".into(), json!(design.method.level.unwrap_or(95.0)));
    if sample.exposure.is_none() {
        map.insert("cohort".into(), json!("design.cohort"));
    }
    map.insert("treatment".into(), json!("design.treated"));
    serde_json::from_value(Value::Object(map)).map_err(|e| bad_option("method.options", &e.to_string()))
}

/// The rows as the method reads them.
fn table(sample: &Sample, design: &Design, request: &Fit, rows: &[(&Row, f64)]) -> Result<Data, Problem> {
    let mut names: Vec<String> =
        ["design.unit", "design.period", "design.outcome", "design.cohort", "design.treated"].map(String::from).to_vec();
    let treated = |row: &Row| {
        let after = sample.first[row.unit].is_some_and(|g| row.period >= g);
        match &sample.exposure {
            Some(exposure) if after => exposure[row.unit],
            _ => f64::from(u8::from(after && sample.exposure.is_none())),
        }
    };
    let cohort = |row: &Row| sample.first[row.unit].map_or_else(|| "0".to_string(), |g| g.to_string());
    let mut columns: Vec<Vec<String>> = vec![
        rows.iter().map(|(r, _)| sample.units[r.unit].clone()).collect(),
        rows.iter().map(|(r, _)| r.period.to_string()).collect(),
        rows.iter().map(|(_, y)| y.to_string()).collect(),
        rows.iter().map(|(r, _)| cohort(r)).collect(),
        rows.iter().map(|(r, _)| treated(r).to_string()).collect(),
    ];
    let used = [&request.covariates, &request.effects, &request.cluster, &request.place];
    for name in used.into_iter().flatten().chain(&request.weights) {
        if names.contains(name) {
            continue;
        }
        let column = sample.column(name)?;
        names.push(name.clone());
        columns.push(rows.iter().map(|(row, _)| carried(sample, design, row, column)).collect());
    }
    Data::of_columns("design", names, columns)
}

/// A cell of a row; where the row was absent, what the unit has in all its rows.
fn carried(sample: &Sample, design: &Design, row: &Row, column: usize) -> String {
    if row.at.is_some() {
        return sample.cell(row, column).to_string();
    }
    if sample.names[column] == design.data.time {
        return row.period.to_string();
    }
    let from = sample.rows.partition_point(|r| r.unit < row.unit);
    let own = sample.rows[from..].iter().take_while(|r| r.unit == row.unit);
    let mut cells = own.filter(|r| r.at.is_some()).map(|r| sample.cell(r, column));
    let first = cells.next().unwrap_or("");
    if cells.all(|c| c == first) { first.to_string() } else { String::new() }
}

/// Leaves out units whose rows are all zero; how many.
fn drop_silent(rows: &mut Vec<(&Row, f64)>, units: usize) -> usize {
    let (mut seen, mut some) = (vec![false; units], vec![false; units]);
    for (row, y) in rows.iter() {
        seen[row.unit] = true;
        some[row.unit] |= *y != 0.0;
    }
    rows.retain(|(row, _)| some[row.unit]);
    (0..units).filter(|u| seen[*u] && !some[*u]).count()
}

fn size(sample: &Sample, design: &Design, rows: &[(&Row, f64)]) -> Size {
    let units: std::collections::BTreeSet<usize> = rows.iter().map(|(r, _)| r.unit).collect();
    let periods: std::collections::BTreeSet<i64> = rows.iter().map(|(r, _)| r.period).collect();
    Size {
        treated: sample.treated().iter().filter(|u| units.contains(u)).count(),
        units: units.len(),
        before: periods.iter().filter(|p| **p < design.programme.start).count(),
        periods: periods.len(),
        rows: rows.len(),
    }
}

/// The one effect that a method gives. Where it gives no interval but the effects of placebos, the
/// interval holds the effects that a test against them would not reject.
fn effect_of(fitted: &Fitted, design: &Design) -> Result<NamedEffect, Problem> {
    let line = fitted.effect.as_ref().and_then(|l| Some((l, l.estimate?))).filter(|(_, e)| e.is_finite());
    let Some((line, estimate)) = line else {
        let method = &fitted.method;
        return Err(Problem::new(
            "no-single-effect",
            format!("method.id = {method:?}"),
            Both::new("this method gives no single effect", "este método no da un efecto único"),
            Both::new("use did, sunab, imputation, twfe, synthdid ...", "use did, sunab, imputation, twfe, synthdid ..."),
        ));
    };
    let finite = |v: Option<f64>| v.filter(|v| v.is_finite());
    let interval = line
        .interval
        .filter(|i| i.iter().all(|v| v.is_finite()))
        .or_else(|| among_placebos(fitted, estimate, design.method.level.unwrap_or(95.0)));
    Ok(NamedEffect { name: design.outcome.name.clone(), estimate, se: finite(line.se), interval, p: finite(line.p) })
}

/// The estimate give or take the size that so many per cent of placebo effects stay below; none where
/// there are too few placebos for the level.
fn among_placebos(fitted: &Fitted, estimate: f64, level: f64) -> Option<[f64; 2]> {
    // The first line is the treated unit itself.
    let lines = fitted.section("placebos")?.lines.get(1..)?;
    let mut sizes: Vec<f64> = lines.iter().filter_map(|l| l.estimate).map(f64::abs).collect();
    sizes.sort_by(f64::total_cmp);
    // The place that a share `level` of all units, the treated one with them, does not pass.
    let place = (level / 100.0 * (sizes.len() + 1) as f64).ceil() as usize;
    let half = sizes.get(place.checked_sub(1)?)?;
    Some([estimate - half, estimate + half])
}

fn only_regressions(method: &str) -> Problem {
    let known = REGRESSIONS.join(", ");
    Problem::new(
        "method-for-exposure",
        format!("method.id = {method:?}"),
        Both::new(
            "it compares treated with untreated, not more with less exposed",
            "compara tratados con no tratados, no más con menos expuestos",
        ),
        both!("with `exposure` use one of: {known}", "con `exposure` use uno de: {known}"),
    )
}

fn bad_option(key: &str, message: &str) -> Problem {
    Problem::new(
        "design-option",
        format!("method.options, {key}"),
        both!("{message}", "{message}"),
        Both::new("options are those of `atalaya evaluate fit --help`", "las opciones son las de `atalaya evaluate fit --help`"),
    )
}

/// The mean of the outcome, turned as stated, of a group in some periods.
pub(crate) fn means(sample: &Sample, choice: &Choice, units: &[usize], by: Transformation) -> BTreeMap<i64, f64> {
    let mut wanted = vec![false; sample.units.len()];
    units.iter().for_each(|u| wanted[*u] = true);
    let mut sums: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for row in sample.rows.iter().filter(|r| wanted[r.unit] && choice.uses(r)) {
        if let Some(y) = row.y.and_then(|y| turned(by, y).ok()) {
            let sum = sums.entry(row.period).or_default();
            *sum = (sum.0 + y, sum.1 + 1.0);
        }
    }
    sums.into_iter().map(|(period, (sum, n))| (period, sum / n)).collect()
}

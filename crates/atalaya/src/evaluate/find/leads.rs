//! How far apart the more and the less treated moved in each period: the event study of a design,
//! and the test of what was apart before the start.

use atalaya_kernel::Problem;
use atalaya_methods::evaluate::covariance::clustered::clustered;
use atalaya_methods::evaluate::covariance::few_clusters::crv3;
use atalaya_methods::evaluate::covariance::{Leverage, Line, Small};
use atalaya_methods::evaluate::fixed_effects::Regression;
use atalaya_methods::num::distribution::f_tail;
use atalaya_methods::num::{Cholesky, Matrix};

use super::estimate::{Choice, estimate};
use crate::evaluate::design::{Design, Transformation};
use crate::evaluate::finding::EventPoint;
use crate::evaluate::refused::refused;
use crate::evaluate::sample::{Row, Sample, turned};

/// Places below which errors leave out each place in turn (CRV3).
const FEW_CLUSTERS: usize = 50;

/// The event study.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leads {
    /// The effect at each age; that of the reference is zero.
    pub events: Vec<EventPoint>,
    /// The p-value of no difference in any period before the start.
    pub p: Option<f64>,
    /// The largest difference before the start.
    pub largest: Option<f64>,
    /// Standard errors of the differences before the start, in the order of the events.
    pub errors: Vec<f64>,
    /// Their covariance, where the last period before the start is the reference.
    pub covariance: Option<Matrix>,
}

impl Leads {
    /// The points before the reference.
    pub fn before(&self) -> impl Iterator<Item = &EventPoint> {
        self.events.iter().filter(|e| e.age < -1)
    }
}

/// The event study of a choice: by the method of group-time effects where units start at different
/// times, else one regression of the outcome on exposure in each period.
///
/// # Errors
/// The refusals of the regression.
pub(crate) fn leads(sample: &Sample, design: &Design, choice: &Choice) -> Result<Leads, Problem> {
    let starts: std::collections::BTreeSet<i64> = sample.first.iter().flatten().copied().collect();
    // Data before the window that the design measures exposure in are part of its past.
    let from = design.programme.exposure.as_ref().map_or(choice.window.0, |e| e.from.min(choice.window.0));
    let choice = &Choice { window: (from, choice.window.1), ..choice.clone() };
    let mut leads = if starts.len() > 1 { staggered(sample, design, choice)? } else { at_once(sample, design, choice)? };
    let largest = leads.before().map(|e| e.estimate.abs()).fold(f64::NEG_INFINITY, f64::max);
    leads.largest = Some(largest).filter(|l| l.is_finite());
    Ok(leads)
}

/// Several starts: group-time effects by age, with their own test.
fn staggered(sample: &Sample, design: &Design, choice: &Choice) -> Result<Leads, Problem> {
    let mut design = design.clone();
    design.method.options = toml::Table::from_iter([
        ("panel".to_string(), toml::Value::from("unbalanced")),
        ("control".to_string(), toml::Value::from("not-yet")),
        ("base".to_string(), toml::Value::from("universal")),
    ]);
    let choice = Choice {
        method: "did".into(),
        transformation: in_units(choice.transformation),
        covariates: false,
        control: None,
        ..choice.clone()
    };
    let made = estimate(sample, &design, &choice)?.fitted;
    let ages = made.sections.iter().find(|s| s.id == "dynamic").map(|s| s.lines.as_slice()).unwrap_or_default();
    let mut leads = Leads::default();
    for line in ages {
        let (Ok(age), Some(estimate)) = (line.term.parse::<i64>(), line.estimate) else { continue };
        leads.events.push(EventPoint { age, estimate, interval: line.interval });
        if age < -1 {
            leads.errors.extend(line.se);
        }
    }
    leads.p = made.certificate.iter().find(|f| f.id == "pre-trend-p").and_then(|f| f.value.as_f64());
    Ok(leads)
}

/// Poisson effects have no paths in units: those are shown in levels.
fn in_units(by: Transformation) -> Transformation {
    if by == Transformation::Poisson { Transformation::Levels } else { by }
}

/// One start: exposure, or being treated, times each period but the last one before the start.
fn at_once(sample: &Sample, design: &Design, choice: &Choice) -> Result<Leads, Problem> {
    let by = in_units(choice.transformation);
    let start = sample.first.iter().flatten().copied().next().unwrap_or(design.programme.start);
    let mut rows: Vec<(&Row, f64)> = Vec::new();
    for row in sample.rows.iter().filter(|r| choice.uses(r)) {
        if let Some(y) = row.y {
            rows.push((row, turned(by, y)?));
        }
    }
    let periods: Vec<i64> = rows.iter().map(|(r, _)| r.period).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    let Some(reference) = periods.iter().copied().filter(|p| *p < start).max() else { return Ok(Leads::default()) };
    let others: Vec<i64> = periods.iter().copied().filter(|p| *p != reference).collect();
    let weight = |unit: usize| match &sample.exposure {
        Some(exposure) => exposure[unit],
        None => f64::from(u8::from(sample.first[unit].is_some())),
    };
    let x: Vec<Vec<f64>> =
        others.iter().map(|p| rows.iter().map(|(r, _)| if r.period == *p { weight(r.unit) } else { 0.0 }).collect()).collect();
    let y: Vec<f64> = rows.iter().map(|(_, y)| *y).collect();
    let unit: Vec<u32> = rows.iter().map(|(r, _)| r.unit as u32).collect();
    let time: Vec<u32> = rows.iter().map(|(r, _)| periods.partition_point(|p| *p < r.period) as u32).collect();
    let names: Vec<String> = others.iter().map(i64::to_string).collect();
    let columns: Vec<&[f64]> = x.iter().map(Vec::as_slice).collect();
    let regression = Regression { y: &y, names: &names, x: &columns, effects: &[&unit, &time], weights: None, set_aside: false };
    let fit = regression.fit().map_err(|e| refused(&e))?;
    let clusters = unit.iter().collect::<std::collections::BTreeSet<_>>().len();
    let usual = || clustered(&fit, &[&unit], Leverage::Ignored, Small::default());
    // With few places the usual errors find movement where there is none; a place that alone is treated
    // cannot be left out.
    let covariance = if clusters < FEW_CLUSTERS { crv3(&regression, &fit, &unit).or_else(|_| usual()) } else { usual() };
    let covariance = covariance.map_err(|e| refused(&e))?;
    let level = design.method.level.unwrap_or(95.0) / 100.0;
    let mut leads = Leads::default();
    let mut early = Vec::new();
    for (j, (period, line)) in others.iter().zip(covariance.table(&fit, level)).enumerate() {
        leads.events.push(point(period - start, &line));
        if *period < start {
            early.push(j);
            leads.errors.push(line.se);
        }
    }
    leads.events.push(EventPoint { age: reference - start, estimate: 0.0, interval: None });
    leads.events.sort_by_key(|e| e.age);
    leads.p = together(&fit.coef, &covariance.matrix, &early, clusters);
    leads.covariance =
        (reference == start - 1).then(|| Matrix::from_fn(early.len(), early.len(), |i, j| covariance.matrix.at(early[i], early[j])));
    Ok(leads)
}

fn point(age: i64, line: &Line) -> EventPoint {
    EventPoint { age, estimate: line.estimate, interval: (line.se > 0.0).then_some(line.interval) }
}

/// The p-value that all of these are zero: Wald over its rank, against F with clusters less one.
pub(crate) fn together(coef: &[f64], matrix: &Matrix, at: &[usize], clusters: usize) -> Option<f64> {
    let q = at.len();
    if q == 0 || clusters <= q + 1 {
        return None;
    }
    let block = Matrix::from_fn(q, q, |i, j| matrix.at(at[i], at[j]));
    let b: Vec<f64> = at.iter().map(|j| coef[*j]).collect();
    let solved = Cholesky::new(&block, 1e-12).ok()?.solve(&b);
    let wald: f64 = b.iter().zip(&solved).map(|(x, y)| x * y).sum();
    Some(f_tail(wald / q as f64, q as f64, (clusters - 1) as f64))
}

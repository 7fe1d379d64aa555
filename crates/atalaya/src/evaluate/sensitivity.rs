//! What is left of an event study when trends may differ: honest parallel trends.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Problem};
use atalaya_methods::evaluate::callaway_santanna::aggregate::Aggregation;
use atalaya_methods::evaluate::callaway_santanna::{Base, callaway_santanna};
use atalaya_methods::evaluate::covariance::Covariance;
use atalaya_methods::evaluate::event_study::{Window, event_study};
use atalaya_methods::evaluate::honest::{EventStudy, Grid};
use atalaya_methods::evaluate::sun_abraham::sun_abraham;
use atalaya_methods::num::Matrix;

use super::columns::Columns;
use super::data::Data;
use super::finding::EventPoint;
use super::options::{normal_line, pick, unknown};
use super::refused::refused;
use super::{Fit, FitLine, Fitted, Section, begun};

/// Ages in order without the reference, their estimates, and the covariance.
struct Study {
    ages: Vec<i64>,
    estimates: Vec<f64>,
    covariance: Matrix,
}

impl Study {
    /// Estimates by age from weighted sums of others.
    fn summed(shares: &BTreeMap<i64, Vec<f64>>, estimates: &[f64], covariance: &Matrix) -> Study {
        let rows: Vec<&Vec<f64>> = shares.values().collect();
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let half: Vec<Vec<f64>> = rows.iter().map(|r| covariance.times_vector(r)).collect();
        Study {
            ages: shares.keys().copied().collect(),
            estimates: rows.iter().map(|r| product(r, estimates)).collect(),
            covariance: Matrix::from_fn(rows.len(), rows.len(), |i, j| product(rows[i], &half[j])),
        }
    }

    /// Group-time effects by age, with the last period before treatment as base throughout.
    fn of_did(fit: &Fit, columns: &Columns) -> Result<Study, Problem> {
        let options = atalaya_methods::evaluate::callaway_santanna::Options { base: Base::Universal, ..fit.group_time()? };
        let averages = columns.staggered(fit, |panel| {
            let effects = callaway_santanna(panel, &options).map_err(|e| refused(&e))?;
            effects.aggregate(Aggregation::Dynamic { balance: fit.balance.map(i64::from) }).map_err(|e| refused(&e))
        })?;
        let covariance = averages.influence.covariance();
        let free: Vec<usize> = (0..averages.items.len()).filter(|&i| averages.items[i].se.is_some()).collect();
        Ok(Study {
            ages: free.iter().map(|&i| averages.items[i].at).collect(),
            estimates: free.iter().map(|&i| averages.items[i].att).collect(),
            // The first share is that of the overall average.
            covariance: Matrix::from_fn(free.len(), free.len(), |i, j| covariance.at(free[i] + 1, free[j] + 1)),
        })
    }

    fn of_sunab(fit: &Fit, columns: &Columns) -> Result<Study, Problem> {
        let made = columns.staggered(fit, |panel| sun_abraham(panel, -1).map_err(|e| refused(&e)))?;
        let cov = columns.interacted(fit, &made)?;
        let mut shares: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for (j, (_, age, weight)) in made.cells.iter().enumerate() {
            shares.entry(*age).or_insert_with(|| vec![0.0; made.fit.coef.len()])[j] = *weight;
        }
        for share in shares.values_mut() {
            let sum: f64 = share.iter().sum();
            share.iter_mut().for_each(|s| *s /= sum);
        }
        Ok(Study::summed(&shares, &made.fit.coef, &cov.matrix))
    }

    fn of_events(fit: &Fit, data: &Data, columns: &Columns) -> Result<Study, Problem> {
        let window = Window { reference: vec![-1], pool: None };
        let made = columns.staggered(fit, |panel| event_study(panel, &window).map_err(|e| refused(&e)))?;
        let cov: Covariance = columns.covariance(fit, data, None, &made)?;
        let mut shares: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for (j, name) in made.names.iter().enumerate() {
            if let Ok(age) = name.parse() {
                let mut one = vec![0.0; made.coef.len()];
                one[j] = 1.0;
                shares.insert(age, one);
            }
        }
        Ok(Study::summed(&shares, &made.coef, &cov.matrix))
    }

    /// A table of estimates: a row an age, a column of covariances each.
    fn of_table(fit: &Fit, data: &mut Data) -> Result<Study, Problem> {
        let (time, outcome) = (fit.column("time", &fit.time)?, fit.outcome()?);
        let columns: Vec<&str> = fit.covariates.iter().map(String::as_str).collect();
        data.need(&[&[time, outcome], columns.as_slice()].concat())?;
        let n = data.rows();
        if columns.len() != n {
            return Err(unknown("covariates", &columns.join(","), &n.to_string()));
        }
        let cells = columns.iter().map(|c| data.numbers(c)).collect::<Result<Vec<_>, _>>()?;
        let (ages, y) = (data.periods(time)?, data.numbers(outcome)?);
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&i| ages[i]);
        Ok(Study {
            ages: order.iter().map(|&i| ages[i]).collect(),
            estimates: order.iter().map(|&i| y[i]).collect(),
            covariance: Matrix::from_fn(n, n, |i, j| cells[order[j]][order[i]]),
        })
    }
}

/// How large a deviation is thought of where nobody says: shares of the largest error for smoothness.
fn bounds(fit: &Fit, study: &Study, relative: bool) -> Vec<f64> {
    if !fit.bounds.is_empty() {
        return fit.bounds.clone();
    }
    let unit = if relative { 1.0 } else { study.estimates.len().checked_sub(1).map_or(1.0, |i| study.covariance.at(i, i).sqrt()) };
    [0.0, 0.5, 1.0, 1.5, 2.0].iter().map(|b| b * unit).collect()
}

/// Honest parallel trends.
pub(super) fn honest(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let on = fit.on.as_deref().unwrap_or("did");
    let (study, mut out) = if on == "estimates" {
        (Study::of_table(fit, data)?, begun(fit, data)?)
    } else {
        let columns = Columns::read(fit, data)?;
        let study = match on {
            "did" => Study::of_did(fit, &columns)?,
            "sunab" => Study::of_sunab(fit, &columns)?,
            "event-study" => Study::of_events(fit, data, &columns)?,
            other => return Err(unknown("on", other, "did, sunab, event-study, estimates")),
        };
        (study, columns.begin(fit, data)?)
    };
    let level = fit.share()?;
    let earlier = study.ages.iter().filter(|a| **a < 0).count();
    let age = fit.age.unwrap_or(0);
    let Some(at) = study.ages[earlier..].iter().position(|a| *a == age) else {
        return Err(unknown("age", &age.to_string(), &study.ages[earlier..].iter().map(i64::to_string).collect::<Vec<_>>().join(", ")));
    };
    let mut weights = vec![0.0; study.ages.len() - earlier];
    weights[at] = 1.0;
    let events = EventStudy { estimates: &study.estimates, covariance: &study.covariance, earlier, weights: &weights };
    let relative = pick("restriction", &fit.restriction, &[("relative", true), ("smoothness", false)])?;
    let usual = Grid::default();
    let grid = Grid {
        points: fit.grid_points.map_or(usual.points, |p| p as usize),
        draws: fit.draws.map_or(usual.draws, |d| d as usize),
        seed: fit.seed(),
    };
    let mut lines = Vec::new();
    for bound in bounds(fit, &study, relative) {
        let found = if relative { events.relative_magnitudes(bound, level, &grid) } else { events.smoothness(bound, level) };
        let found = found.map_err(|e| refused(&e))?;
        let name = if relative { "Mbar" } else { "M" };
        let line = FitLine { interval: Some(found.interval), estimate: None, ..FitLine::of(format!("{name} {bound}"), 0.0) };
        lines.push(line);
    }
    told(&mut out, &study, earlier + at, lines, level);
    out.fact("earlier", "ages before treatment", "edades antes del tratamiento", earlier);
    if relative {
        out.fact("grid", "points of the grid", "puntos de la cuadrícula", grid.points);
    }
    Ok(out)
}

fn told(out: &mut Fitted, study: &Study, at: usize, lines: Vec<FitLine>, level: f64) {
    let each = |i: usize| normal_line(&study.ages[i].to_string(), study.estimates[i], study.covariance.at(i, i).sqrt(), level);
    let ages: Vec<FitLine> = (0..study.ages.len()).map(each).collect();
    // The largest bound under which the effect keeps its sign.
    let holds = |l: &&FitLine| l.interval.is_some_and(|[low, high]| low > 0.0 || high < 0.0);
    match lines.iter().rfind(holds) {
        Some(line) => {
            let term = line.term.clone();
            out.fact(
                "breakdown",
                "largest bound of these under which the sign is sure",
                "mayor cota de estas con que el signo es seguro",
                term,
            );
        }
        None => out.notes.push(Both::new(
            "under none of these bounds is the sign of the effect sure",
            "con ninguna de estas cotas es seguro el signo del efecto",
        )),
    }
    out.effect = Some(ages[at].clone());
    out.sections.push(Section::new("honest", "Effects that remain possible", "Efectos que siguen siendo posibles", lines));
    out.plots.events = study
        .ages
        .iter()
        .zip(&ages)
        .filter_map(|(age, l)| Some(EventPoint { age: *age, estimate: l.estimate?, interval: l.interval }))
        .collect();
    out.sections.push(Section::new("age", "By age since treatment", "Por edad del tratamiento", ages));
}

//! How long synthetic controls of every kind take: the least of several runs, on as many threads as RAYON_NUM_THREADS says.
//!
//! `RAYON_NUM_THREADS=1 cargo run --release -p atalaya-methods --example synthetic [large]`
#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::Instant;

use atalaya_kernel::Seed;
use atalaya_methods::evaluate::block::Block;
use atalaya_methods::evaluate::effect_sizes::{TwoByTwo, log_risk_ratio};
use atalaya_methods::evaluate::meta_analysis::{Options as MetaOptions, Studies, meta_analysis};
use atalaya_methods::evaluate::structural_series::{Options as SeriesOptions, structural_series};
use atalaya_methods::evaluate::synthetic_control::{Options, Pool, space_placebos, synthetic_control};
use atalaya_methods::evaluate::synthetic_control_predictors::{Importance, Question, synthetic_control_predictors};
use atalaya_methods::evaluate::synthetic_did::{Draws, Options as DidOptions, placebos, synthetic_did};

/// The least time of some runs, in milliseconds, and what the last gave.
fn least<T>(label: &str, runs: usize, mut work: impl FnMut() -> T) -> T {
    let mut best = f64::INFINITY;
    let mut last = None;
    for _ in 0..runs {
        let start = Instant::now();
        last = Some(black_box(work()));
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    println!("{best:12.4} ms  {label}");
    last.unwrap()
}

/// Columns of a CSV file of the shared development data; empty where it is not present.
fn read(name: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let text = std::fs::read_to_string(format!("../shared/data/causal/{name}.csv")).ok()?;
    let mut lines = text.lines().map(|l| l.split(',').map(|c| c.trim_matches('"').to_owned()).collect::<Vec<_>>());
    let names = lines.next()?;
    Some(lines.map(|cells| names.iter().cloned().zip(cells).collect()).collect())
}

/// Outcomes of units by periods, names sorted.
fn wide(rows: &[BTreeMap<String, String>], unit: &str, period: &str, column: &str) -> (Vec<String>, usize, Vec<f64>) {
    let units: Vec<String> = rows.iter().map(|r| r[unit].clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let periods: Vec<String> = rows.iter().map(|r| r[period].clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let mut cells = vec![f64::NAN; units.len() * periods.len()];
    for row in rows {
        let at = units.binary_search(&row[unit]).unwrap() * periods.len() + periods.binary_search(&row[period]).unwrap();
        cells[at] = row[column].parse().unwrap_or(f64::NAN);
    }
    (units, periods.len(), cells)
}

fn simulated(units: usize, periods: usize) -> Block {
    let mut stream = Seed(1).stream(0);
    let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
    let factors: Vec<f64> = (0..4 * periods).map(|_| normal()).collect();
    let mut outcome = Vec::with_capacity(units * periods);
    for _ in 0..units {
        let loads: Vec<f64> = (0..4).map(|_| normal()).collect();
        outcome.extend((0..periods).map(|t| (0..4).map(|k| loads[k] * factors[k * periods + t]).sum::<f64>() + 0.5 * normal()));
    }
    Block::new(outcome, units, &[0], periods * 3 / 4).unwrap()
}

fn main() {
    let large = std::env::args().any(|a| a == "large");
    proposition_99();
    predictors();
    meta();
    series();
    let sizes: &[(usize, usize)] = if large { &[(100, 200), (200, 50), (300, 200), (1_000, 200), (3_000, 200)] } else { &[(200, 50)] };
    for &(n, t) in sizes {
        let block = simulated(n, t);
        let all = least(&format!("all placebos of {n} units, {t} periods"), if n > 500 { 1 } else { 3 }, || {
            space_placebos(&block, &Options::default(), Pool::All).unwrap()
        });
        println!("              largest relative duality gap {:e}", all.relative_gap);
    }
}

fn proposition_99() {
    let Some(rows) = read("prop99") else { return println!("SKIPPED: ../shared/data/causal/prop99.csv is not present") };
    let (units, _, outcome) = wide(&rows, "State", "Year", "PacksPerCapita");
    let treated = units.iter().position(|u| u == "California").unwrap();
    let n = units.len();
    let block = least("Proposition 99: the block", 50, || Block::new(outcome.clone(), n, &[treated], 19).unwrap());
    let fit = least("synthetic control", 200, || synthetic_control(&block, &Options::default()).unwrap());
    let all = least("synthetic control and all 38 placebos", 200, || {
        (synthetic_control(&block, &Options::default()).unwrap(), space_placebos(&block, &Options::default(), Pool::All).unwrap())
    });
    println!("              effect {:.7}, p {:.7}, gap {:e}", fit.att, all.1.rank_of_treated().1, all.1.relative_gap);
    let did = least("synthetic difference in differences", 200, || synthetic_did(&block, &DidOptions::default()).unwrap());
    let placebo =
        least("the same and 38 placebos fitted anew", 100, || placebos(&block, &DidOptions::default(), &Draws::default()).unwrap());
    println!("              estimate {:.7}, se {:.7}, p {:.7}", did.estimate, placebo.se, placebo.p_value);
}

fn predictors() {
    let Some(rows) = read("smoking_cov") else { return };
    let of = |column: &str| wide(&rows, "state", "year", column);
    let (units, t, outcome) = of("cigsale");
    let treated = units.iter().position(|u| u == "California").unwrap();
    let block = Block::new(outcome, units.len(), &[treated], 19).unwrap();
    let mean = |column: &str, from: usize, to: usize| {
        let cells = of(column).2;
        (0..units.len())
            .map(|i| {
                let seen: Vec<f64> = (from..=to).map(|y| cells[i * t + y - 1970]).filter(|x| x.is_finite()).collect();
                seen.iter().sum::<f64>() / seen.len() as f64
            })
            .collect::<Vec<f64>>()
    };
    let predictors = [
        mean("lnincome", 1980, 1988),
        mean("retprice", 1980, 1988),
        mean("age15to24", 1980, 1988),
        mean("beer", 1984, 1988),
        mean("cigsale", 1975, 1975),
        mean("cigsale", 1980, 1980),
        mean("cigsale", 1988, 1988),
    ];
    let question = Question { block: &block, predictors: &predictors, window: 0..19, penalty: 0.0 };
    for seed in 1..=3 {
        let importance = Importance::Search { floor: -9.0, seed: Seed(seed) };
        let found = least("search for the weights of 7 predictors, floor e^-9", 5, || {
            synthetic_control_predictors(&question, &importance).unwrap()
        });
        let near = found.near.unwrap();
        println!("              loss {:.7}, {} tried, effects within 1 % of it {:?}", found.loss_outcome, near.tried, near.effects);
    }
}

fn meta() {
    let Some(rows) = read("meta_bcg") else { return };
    let number = |row: &BTreeMap<String, String>, name: &str| row[name].parse::<f64>().unwrap();
    let effects: Vec<(f64, f64)> = rows
        .iter()
        .map(|r| TwoByTwo { a: number(r, "tpos"), b: number(r, "tneg"), c: number(r, "cpos"), d: number(r, "cneg") })
        .map(|t| log_risk_ratio(t).unwrap())
        .map(|e| (e.y, e.v))
        .collect();
    let (y, v): (Vec<f64>, Vec<f64>) = effects.into_iter().unzip();
    let studies = Studies { y: &y, v: &v, x: None };
    let plain = MetaOptions { knapp_hartung: false, ..MetaOptions::default() };
    let found = least("REML on BCG", 1_000, || meta_analysis(&studies, &plain).unwrap());
    println!("              mean {:.7}, tau2 {:.7}, {} steps", found.coefficients[0].estimate, found.tau2, found.steps);
    least("REML on BCG, Knapp-Hartung", 1_000, || meta_analysis(&studies, &MetaOptions::default()).unwrap());
}

fn series() {
    let mut stream = Seed(1).stream(0);
    let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
    let mut at = 100.0;
    let x: Vec<f64> = (0..100)
        .map(|_| {
            at += 0.5 * normal();
            at
        })
        .collect();
    let y: Vec<f64> = (0..100).map(|t| 1.2 * x[t] + normal() + if t >= 70 { 10.0 } else { 0.0 }).collect();
    let found = least("structural series, 100 points, 1,000 draws", 20, || {
        structural_series(&y, std::slice::from_ref(&x), 70, &SeriesOptions::default()).unwrap()
    });
    println!("              effect {:.3}, {} draws worth {:.0}", found.average.mean, found.draws, found.effective);
}

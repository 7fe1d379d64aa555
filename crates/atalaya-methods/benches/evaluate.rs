//! What estimators cost and what they answer: what `bench/evaluate.sh` runs beside other programs.
//!
//! `evaluate CASE FILE` prints `milliseconds of processor, answer, error` of one case on one file; `evaluate scale UNITS
//! PERIODS` and `evaluate draws REPLICATIONS FILE` print a point of a curve, with a digest of every number in it, so
//! that runs on other numbers of threads can be told to be the same.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "it prints what it measures, and measures time")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use atalaya_kernel::Seed;
use atalaya_methods::evaluate::block::Block;
use atalaya_methods::evaluate::callaway_santanna::aggregate::Aggregation;
use atalaya_methods::evaluate::callaway_santanna::{Options as GroupTimeOptions, callaway_santanna};
use atalaya_methods::evaluate::covariance::{Leverage, Small, clustered::clustered};
use atalaya_methods::evaluate::effect_sizes::{TwoByTwo, log_risk_ratio};
use atalaya_methods::evaluate::fixed_effects::Regression;
use atalaya_methods::evaluate::imputation::{self, imputation};
use atalaya_methods::evaluate::meta_analysis::{Options as MetaOptions, Studies, meta_analysis};
use atalaya_methods::evaluate::staggered::Staggered;
use atalaya_methods::evaluate::structural_series::{Options as SeriesOptions, structural_series};
use atalaya_methods::evaluate::synthetic_control::{Options, Pool, space_placebos, synthetic_control};
use atalaya_methods::evaluate::synthetic_control_predictors::{Importance, Question, synthetic_control_predictors};
use atalaya_methods::evaluate::synthetic_did::{Draws, Options as DidOptions, placebos, synthetic_did};
use atalaya_methods::evaluate::wild_bootstrap::{self, wild_bootstrap};

type Failure = Box<dyn std::error::Error>;
/// Two numbers that other programs can be compared by.
type Answer = [f64; 2];

/// Columns of a CSV file without quoted commas.
struct Csv {
    names: Vec<String>,
    columns: Vec<Vec<String>>,
}

impl Csv {
    fn read(path: &str) -> Result<Csv, Failure> {
        let text = std::fs::read_to_string(path)?;
        let mut lines = text.lines().map(|l| l.split(',').map(|c| c.trim_matches('"').to_string()).collect::<Vec<String>>());
        let names = lines.next().ok_or("an empty file")?;
        let mut columns = vec![Vec::new(); names.len()];
        lines.for_each(|line| line.into_iter().zip(&mut columns).for_each(|(cell, column)| column.push(cell)));
        Ok(Csv { names, columns })
    }

    fn text(&self, name: &str) -> Result<&[String], Failure> {
        let at = self.names.iter().position(|n| n == name).ok_or(format!("no column {name}"))?;
        Ok(&self.columns[at])
    }

    fn numbers(&self, name: &str) -> Result<Vec<f64>, Failure> {
        Ok(self.text(name)?.iter().map(|t| t.parse().unwrap_or(f64::NAN)).collect())
    }

    fn codes(&self, name: &str) -> Result<Vec<u32>, Failure> {
        let mut of: BTreeMap<&String, u32> = self.text(name)?.iter().map(|t| (t, 0)).collect();
        of.values_mut().zip(0..).for_each(|(code, k)| *code = k);
        Ok(self.text(name)?.iter().map(|t| of[t]).collect())
    }

    /// The panel of a unit and a year column, unit after unit in the order of names.
    fn wide(&self, unit: &str, year: &str, column: &str) -> Result<(Vec<String>, Vec<f64>), Failure> {
        let (units, years) = (self.codes(unit)?, self.numbers(year)?);
        let first = years.iter().copied().fold(f64::INFINITY, f64::min);
        let t = years.iter().map(|y| (y - first) as usize).max().unwrap_or(0) + 1;
        let mut names: Vec<String> = self.text(unit)?.to_vec();
        names.sort();
        names.dedup();
        let mut cells = vec![f64::NAN; names.len() * t];
        for ((u, y), v) in units.iter().zip(&years).zip(self.numbers(column)?) {
            cells[*u as usize * t + (y - first) as usize] = v;
        }
        Ok((names, cells))
    }
}

/// Seconds this process spent on a processor, all its threads together.
fn cpu() -> f64 {
    let of = |f: std::fs::DirEntry| std::fs::read_to_string(f.path().join("schedstat")).ok()?.split(' ').next()?.parse::<f64>().ok();
    std::fs::read_dir("/proc/self/task").map_or(0.0, |tasks| tasks.flatten().filter_map(of).sum::<f64>() / 1e9)
}

/// The mean cost of some runs, and what the last gave; as many runs as fit a second or so, at most `most`.
fn timed(most: usize, mut work: impl FnMut() -> Result<Answer, Failure>) -> Result<(), Failure> {
    let begin = Instant::now();
    let mut answer = black_box(work()?);
    let runs = ((1.0 / begin.elapsed().as_secs_f64().max(1e-9)) as usize).clamp(1, most);
    let (start, wall) = (cpu(), Instant::now());
    for _ in 0..runs {
        answer = black_box(work()?);
    }
    let each = |total: f64| 1e3 * total / runs as f64;
    println!("{:.4},{:.4},{},{}", each(cpu() - start), each(wall.elapsed().as_secs_f64()), answer[0], answer[1]);
    Ok(())
}

fn smoking(csv: &Csv) -> Result<Block, Failure> {
    let state = if csv.names.iter().any(|n| n == "State") { ["State", "Year", "PacksPerCapita"] } else { ["state", "year", "cigsale"] };
    let (names, cells) = csv.wide(state[0], state[1], state[2])?;
    let california = names.iter().position(|n| n == "California").ok_or("no California")?;
    Ok(Block::new(cells, names.len(), &[california], 19)?)
}

fn predictors(csv: &Csv) -> Result<Vec<Vec<f64>>, Failure> {
    let parts: [(&str, std::ops::Range<usize>); 7] = [
        ("lnincome", 10..19),
        ("retprice", 10..19),
        ("age15to24", 10..19),
        ("beer", 14..19),
        ("cigsale", 5..6),
        ("cigsale", 10..11),
        ("cigsale", 18..19),
    ];
    let mean = |(column, over): (&str, std::ops::Range<usize>)| -> Result<Vec<f64>, Failure> {
        let (names, cells) = csv.wide("state", "year", column)?;
        let t = cells.len() / names.len();
        let of = |i: usize| {
            let seen: Vec<f64> = over.clone().map(|s| cells[i * t + s]).filter(|x| x.is_finite()).collect();
            seen.iter().sum::<f64>() / seen.len() as f64
        };
        Ok((0..names.len()).map(of).collect())
    };
    parts.into_iter().map(mean).collect()
}

/// Columns of a staggered panel.
struct Panel {
    y: Vec<f64>,
    unit: Vec<u32>,
    period: Vec<i64>,
    cohort: Vec<Option<i64>>,
}

impl Panel {
    fn read(csv: &Csv, [y, unit, time, cohort]: [&str; 4]) -> Result<Panel, Failure> {
        Ok(Panel {
            y: csv.numbers(y)?,
            unit: csv.codes(unit)?,
            period: csv.numbers(time)?.iter().map(|t| *t as i64).collect(),
            cohort: csv.numbers(cohort)?.iter().map(|g| (*g > 0.0).then_some(*g as i64)).collect(),
        })
    }

    fn with<'a>(&'a self, names: &'a [String], x: &'a [&'a [f64]]) -> Staggered<'a> {
        Staggered { y: &self.y, unit: &self.unit, period: &self.period, cohort: &self.cohort, names, x, weights: None, cluster: None }
    }
}

fn case(name: &str, csv: &Csv) -> Result<(), Failure> {
    match name {
        "sc-placebos" => {
            let block = smoking(csv)?;
            timed(500, || {
                let fit = synthetic_control(&block, &Options::default())?;
                Ok([fit.att, space_placebos(&block, &Options::default(), Pool::All)?.rank_of_treated().1])
            })
        }
        "sdid-placebos" => {
            let block = smoking(csv)?;
            timed(300, || {
                let fit = synthetic_did(&block, &DidOptions::default())?;
                Ok([fit.estimate, placebos(&block, &DidOptions::default(), &Draws::default())?.se])
            })
        }
        "predictor-search" => {
            let (block, series) = (smoking(csv)?, predictors(csv)?);
            let question = Question { block: &block, predictors: &series, window: 0..19, penalty: 0.0 };
            timed(20, || {
                let found = synthetic_control_predictors(&question, &Importance::Search { floor: -9.0, seed: Seed(1) })?;
                Ok([found.mixture.att, found.loss_outcome])
            })
        }
        "cs-1000-draws" => group_time(csv),
        "imputation" => {
            let panel = Panel::read(csv, ["y", "unit", "time", "g"])?;
            timed(20, || {
                let made = imputation(&panel.with(&[], &[]), imputation::Options { leave_out: true })?;
                Ok([made.horizons[0].att, made.horizons[0].se])
            })
        }
        "wild-9999" | "twfe" => regressed(name, csv),
        "reml" => {
            let [a, b, c, d] = ["tpos", "tneg", "cpos", "cneg"].map(|n| csv.numbers(n));
            let (a, b, c, d) = (a?, b?, c?, d?);
            let effects = (0..a.len()).map(|i| log_risk_ratio(TwoByTwo { a: a[i], b: b[i], c: c[i], d: d[i] }));
            let (y, v): (Vec<f64>, Vec<f64>) = effects.collect::<Result<Vec<_>, _>>()?.iter().map(|e| (e.y, e.v)).unzip();
            let options = MetaOptions { knapp_hartung: false, ..MetaOptions::default() };
            timed(20_000, || {
                let found = meta_analysis(&Studies { y: &y, v: &v, x: None }, &options)?;
                Ok([found.coefficients[0].estimate, found.tau2])
            })
        }
        "bsts" => {
            let (y, x) = (csv.numbers("y")?, vec![csv.numbers("x1")?]);
            timed(50, || {
                let found = structural_series(&y, &x, 70, &SeriesOptions::default())?;
                Ok([found.average.mean, found.average.interval[1] - found.average.interval[0]])
            })
        }
        other => Err(format!("no case {other}").into()),
    }
}

fn group_time(csv: &Csv) -> Result<(), Failure> {
    let (panel, x) = (Panel::read(csv, ["lemp", "countyreal", "year", "first.treat"])?, csv.numbers("lpop")?);
    let names = ["lpop".to_string()];
    let columns = [x.as_slice()];
    timed(300, || {
        let effects = callaway_santanna(&panel.with(&names, &columns), &GroupTimeOptions::default())?;
        let averages = effects.aggregate(Aggregation::Simple)?;
        let all = effects.influence.bootstrap(Seed(1), 1_000, 0.95);
        Ok([averages.overall.att, averages.influence.bootstrap(Seed(2), 1_000, 0.95).se[0] + 0.0 * all.critical])
    })
}

fn regressed(name: &str, csv: &Csv) -> Result<(), Failure> {
    let (y, d, x) = (csv.numbers("y")?, csv.numbers("D")?, csv.numbers("x")?);
    let (unit, time, state) = (csv.codes("unit")?, csv.codes("time")?, csv.codes("state")?);
    let names = ["D".to_string(), "x".to_string()];
    let columns: [&[f64]; 2] = [&d, &x];
    let effects: [&[u32]; 2] = [&unit, &time];
    let effects = if name == "twfe" { &effects[..] } else { &[] };
    let regression = Regression { y: &y, names: &names, x: &columns, effects, weights: None, set_aside: false };
    timed(50, || {
        if name == "twfe" {
            let fit = regression.fit()?;
            let cov = clustered(&fit, &[&unit], Leverage::Ignored, Small::default())?;
            return Ok([fit.coef[0], cov.se(0)]);
        }
        let made = wild_bootstrap(&regression, "D", &state, &wild_bootstrap::Options::default())?;
        Ok([made.estimate, made.p])
    })
}

/// All placebos of a made-up panel of four common forces.
fn scale(units: usize, periods: usize) -> Result<(), Failure> {
    let mut stream = Seed(1).stream(0);
    let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
    let forces: Vec<f64> = (0..4 * periods).map(|_| normal()).collect();
    let mut cells = Vec::with_capacity(units * periods);
    for _ in 0..units {
        let loads: Vec<f64> = (0..4).map(|_| normal()).collect();
        cells.extend((0..periods).map(|t| (0..4).map(|k| loads[k] * forces[k * periods + t]).sum::<f64>() + 0.5 * normal()));
    }
    let block = Block::new(cells, units, &[0], periods * 3 / 4)?;
    let (start, wall) = (cpu(), Instant::now());
    let all = space_placebos(&block, &Options::default(), Pool::All)?;
    let (spent, wall) = (cpu() - start, wall.elapsed().as_secs_f64());
    let numbers = all.gaps.iter().flatten().chain(&all.att).chain(&all.rmspe_after);
    println!("{:.1},{:.1},{:016x},{:.1e}", 1e3 * spent, 1e3 * wall, digest(numbers), all.relative_gap);
    Ok(())
}

/// So many multiplier draws of all group-time effects.
fn draws(count: usize, csv: &Csv) -> Result<(), Failure> {
    let panel = Panel::read(csv, ["lemp", "countyreal", "year", "first.treat"])?;
    let effects = callaway_santanna(&panel.with(&[], &[]), &GroupTimeOptions::default())?;
    let (start, wall) = (cpu(), Instant::now());
    let made = effects.influence.bootstrap(Seed(1), count, 0.95);
    let (spent, wall) = (cpu() - start, wall.elapsed().as_secs_f64());
    println!("{:.2},{:.2},{:016x},0", 1e3 * spent, 1e3 * wall, digest(made.se.iter().chain([&made.critical])));
    Ok(())
}

/// A digest of the bits of numbers (FNV-1a).
fn digest<'a>(numbers: impl Iterator<Item = &'a f64>) -> u64 {
    let bytes = numbers.flat_map(|v| v.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn main() -> Result<(), Failure> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    match given.as_slice() {
        ["scale", units, periods] => scale(units.parse()?, periods.parse()?),
        ["draws", count, file] => draws(count.parse()?, &Csv::read(file)?),
        [name, file] => case(name, &Csv::read(file)?),
        _ => Err("usage: evaluate CASE FILE | scale UNITS PERIODS | draws REPLICATIONS FILE".into()),
    }
}

//! How long synthetic controls of every kind take: the least of several runs, on as many threads as RAYON_NUM_THREADS says.
//!
//! `RAYON_NUM_THREADS=1 cargo test --release -p atalaya-methods --test it speed -- --ignored --nocapture --test-threads 1`
#![allow(clippy::disallowed_methods)]

use std::hint::black_box;
use std::time::Instant;

use atalaya_kernel::Seed;
use atalaya_methods::evaluate::block::Block;
use atalaya_methods::evaluate::meta_analysis::{Options as MetaOptions, Studies, meta_analysis};
use atalaya_methods::evaluate::structural_series::{Options as SeriesOptions, structural_series};
use atalaya_methods::evaluate::synthetic_control::{Options, Pool, space_placebos, synthetic_control};
use atalaya_methods::evaluate::synthetic_control_predictors::{Importance, Question, synthetic_control_predictors};
use atalaya_methods::evaluate::synthetic_did::{Draws, Options as DidOptions, placebos, synthetic_did};

use crate::reference_meta::studies;
use crate::reference_predictors::smoking_predictors;
use crate::reference_synth::prop99;

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

#[test]
#[ignore = "a measure, for a release build and a quiet machine"]
fn speed_of_placebos() {
    for (n, t) in [(100, 200), (200, 50), (300, 200), (1_000, 200), (3_000, 200)] {
        let block = simulated(n, t);
        let runs = if n > 500 { 1 } else { 3 };
        let all = least(&format!("all placebos of {n} units, {t} periods"), runs, || {
            space_placebos(&block, &Options::default(), Pool::All).unwrap()
        });
        println!("              largest relative duality gap {:e}", all.relative_gap);
    }
}

#[test]
#[ignore = "a measure, for a release build and a quiet machine"]
fn speed_on_proposition_99() {
    let Some((_, block)) = prop99() else { return };
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

#[test]
#[ignore = "a measure, for a release build and a quiet machine"]
fn speed_of_the_search_for_predictors() {
    let Some((block, predictors)) = smoking_predictors() else { return };
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

#[test]
#[ignore = "a measure, for a release build and a quiet machine"]
fn speed_of_meta_analysis() {
    let Some((y, v)) = studies("bcg_RR") else { return };
    let studies = Studies { y: &y, v: &v, x: None };
    let plain = MetaOptions { knapp_hartung: false, ..MetaOptions::default() };
    let found = least("REML on BCG", 1_000, || meta_analysis(&studies, &plain).unwrap());
    println!("              mean {:.7}, tau2 {:.7}, {} steps", found.coefficients[0].estimate, found.tau2, found.steps);
    least("REML on BCG, Knapp-Hartung", 1_000, || meta_analysis(&studies, &MetaOptions::default()).unwrap());
}

#[test]
#[ignore = "a measure, for a release build and a quiet machine"]
fn speed_of_structural_series() {
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

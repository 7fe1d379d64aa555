//! Planted worlds: the truth is known, so bias and coverage can be counted.
//!
//! Few worlds of each kind are a test. All of them are a table, which `docs/coverage.md` prints:
//! `cargo test --release -p atalaya-methods --test planted -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod adoption;
mod mixtures;
mod series;
mod worlds;

use std::collections::BTreeMap;

use rayon::prelude::*;

/// What an estimator said of one world: how far it was off, its error where it has one, and whether its interval held.
#[derive(Clone, Copy)]
struct Said {
    off: f64,
    se: f64,
    held: bool,
}

impl Said {
    /// From an estimate with an interval.
    fn interval(estimate: f64, se: f64, [low, high]: [f64; 2], truth: f64) -> Said {
        Said { off: estimate - truth, se, held: low <= truth && truth <= high }
    }
}

/// Answers of one world, by the name of the estimator and its inference; none where it refused.
type Answers = Vec<(&'static str, Option<Said>)>;

/// Worlds of one kind.
struct Kind {
    name: &'static str,
    /// How many make the table.
    worlds: u64,
    answers: Box<dyn Fn(u64) -> Answers + Sync>,
}

/// What many worlds say of an estimator.
#[derive(Debug, Clone, Copy)]
struct Row {
    worlds: usize,
    refused: usize,
    bias: f64,
    spread: f64,
    /// The mean of its errors over the spread of its estimates: 1 if they are right.
    errors: f64,
    coverage: f64,
}

impl Row {
    /// The Monte Carlo error of the coverage, were it 95 %.
    fn error(&self) -> f64 {
        (0.95 * 0.05 / (self.worlds - self.refused).max(1) as f64).sqrt()
    }

    fn of(said: &[Option<Said>]) -> Row {
        let answers: Vec<Said> = said.iter().flatten().copied().collect();
        let n = answers.len() as f64;
        let mean = |f: &dyn Fn(&Said) -> f64| answers.iter().map(f).sum::<f64>() / n;
        let bias = mean(&|s| s.off);
        let spread = mean(&|s| (s.off - bias).powi(2)).sqrt();
        let coverage = mean(&|s| f64::from(u8::from(s.held)));
        Row { worlds: said.len(), refused: said.len() - answers.len(), bias, spread, errors: mean(&|s| s.se) / spread, coverage }
    }
}

/// The rows of a kind over so many worlds.
fn rows(kind: &Kind, worlds: u64) -> Vec<(&'static str, Row)> {
    let all: Vec<Answers> = (0..worlds).into_par_iter().map(|seed| (kind.answers)(seed)).collect();
    let mut said: BTreeMap<&'static str, Vec<Option<Said>>> = BTreeMap::new();
    all.iter().flatten().for_each(|(name, s)| said.entry(name).or_default().push(*s));
    let order = all.first().map(|a| a.iter().map(|(name, _)| *name).collect::<Vec<_>>()).unwrap_or_default();
    order.into_iter().map(|name| (name, Row::of(&said[name]))).collect()
}

fn kinds() -> Vec<Kind> {
    let mut all = adoption::kinds();
    all.extend(mixtures::kinds());
    all.extend(mixtures::drawn_again());
    all.extend(series::kinds());
    all
}

/// Few worlds of a kind: a row holds if its coverage is within four Monte Carlo errors of 93 to 97 %, and its bias is small.
fn quick(name: &str, worlds: u64, holds: &[&str], short: &[&str]) {
    let kind = kinds().into_iter().find(|k| k.name == name).unwrap();
    let found: BTreeMap<&str, Row> = rows(&kind, worlds).into_iter().collect();
    for label in holds {
        let row = found[label];
        let slack = 4.0 * row.error();
        assert!(row.coverage > 0.93 - slack && row.coverage < 0.97 + slack, "{name}, {label}: {row:?}");
        assert!(row.bias.abs() < 4.0 * row.spread / (worlds as f64).sqrt() + 0.1 * row.spread, "{name}, {label}: {row:?}");
    }
    for label in short {
        assert!(found[label].coverage < 0.93, "{name}, {label} is said to fall short: {:?}", found[label]);
    }
}

#[test]
fn staggered_estimators_hold_in_their_home_world() {
    quick("staggered adoption, 120 units", 200, &["did", "imputation", "etwfe", "sunab"], &["twfe"]);
}

#[test]
fn what_is_displaced_is_missed_by_those_who_do_not_look() {
    quick("displacement to neighbours", 150, &["spillover, direct", "spillover, total"], &["imputation, naive"]);
}

#[test]
fn one_treated_unit_needs_placebos_not_clusters() {
    quick("1 of 40 treated, two-way", 200, &["randomisation"], &["twfe, CRV1", "did"]);
}

#[test]
fn few_clusters_need_the_jackknife_or_signs() {
    quick("12 clusters, 6 treated", 200, &["CRV3", "wild, signs"], &[]);
}

#[test]
fn two_dozen_units_need_the_variance_for_few() {
    quick("staggered adoption, 24 units", 200, &["did, t", "imputation, for few", "etwfe"], &[]);
}

#[test]
fn studies_are_few_and_knapp_and_hartung_hold() {
    quick("5 studies", 400, &["REML, Knapp-Hartung"], &["REML, normal"]);
}

fn table(kinds: Vec<Kind>) {
    for kind in kinds {
        for (name, row) in rows(&kind, kind.worlds) {
            println!(
                "\"{}\",\"{name}\",{},{},{:.4},{:.4},{:.3},{:.4},{:.4}",
                kind.name,
                row.worlds,
                row.refused,
                row.bias,
                row.spread,
                row.errors,
                row.coverage,
                row.error()
            );
        }
    }
}

#[test]
#[ignore = "minutes; it prints a part of the table of docs/coverage.md"]
fn table_1_adoption() {
    table(adoption::kinds());
}

#[test]
#[ignore = "minutes; it prints a part of the table of docs/coverage.md"]
fn table_2_mixtures() {
    table(mixtures::kinds());
}

#[test]
#[ignore = "minutes; it prints a part of the table of docs/coverage.md"]
fn table_3_series() {
    table(series::kinds());
}

#[test]
#[ignore = "minutes; it prints a part of the table of docs/coverage.md"]
fn table_4_drawn_again() {
    table(mixtures::drawn_again());
}

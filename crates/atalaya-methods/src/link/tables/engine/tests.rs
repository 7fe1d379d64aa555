use std::collections::BTreeSet;

use super::*;
use crate::link::tables::blocking::Key;
use crate::link::tables::clusters::{Options, clusters};
use crate::link::tables::compare::{Condition, Level, Measure};
use crate::link::tables::table::Interner;

const PERSONS: usize = 1500;
const COLUMNS: usize = 5;
/// How often a value survives in the second report: the m of each column.
const KEPT: [f64; COLUMNS] = [0.95, 0.9, 0.85, 0.8, 0.7];
/// Values of each column: u is about one over it.
const VALUES: [u64; COLUMNS] = [400, 300, 200, 60, 12];

fn value(person: u64, column: usize) -> u64 {
    Seed(77).stream(person * 10 + column as u64).below(VALUES[column])
}

/// Two reports of each person, the second damaged column by column with known probabilities.
fn world(split: bool, order: &dyn Fn(usize) -> usize) -> (Table, Vec<usize>) {
    let mut columns: Vec<Interner> = (0..COLUMNS).map(|c| Interner::new(format!("c{c}"))).collect();
    let mut persons = Vec::new();
    for at in 0..2 * PERSONS {
        let row = order(at);
        let (person, damaged) = (row % PERSONS, row >= PERSONS);
        let mut noise = Seed(78).stream(row as u64);
        for (c, column) in columns.iter_mut().enumerate() {
            let kept = !damaged || noise.unit() < KEPT[c];
            let v = if kept { value(person as u64, c) } else { (value(person as u64, c) + 1 + noise.below(VALUES[c] - 1)) % VALUES[c] };
            column.push(&format!("v{v}"));
        }
        persons.push(person);
    }
    let table = Table { columns: columns.into_iter().map(Interner::finish).collect(), rows: 2 * PERSONS, split: split.then_some(PERSONS) };
    (table, persons)
}

fn spec() -> Spec {
    let comparison = |c: usize| Comparison {
        name: format!("c{c}"),
        columns: vec![c],
        levels: vec![Level { name: "exact".into(), any: vec![vec![Condition { measure: Measure::Equal(c), low: 1.0, high: 1.0 }]] }],
        rarity: vec![],
    };
    let rule = |keys: &[usize]| Rule { name: format!("{keys:?}"), keys: keys.iter().map(|c| Key::Whole(*c)).collect() };
    Spec {
        comparisons: (0..COLUMNS).map(comparison).collect(),
        rules: vec![rule(&[0]), rule(&[1]), rule(&[2, 3])],
        prior: Prior::Fitted,
        threshold: None,
        largest_block: u64::MAX,
        chance_pairs: 300_000,
        survey_pairs: 10_000_000,
        seed: Seed(1),
    }
}

fn quiet(_: Stage, _: u64, _: u64) {}

/// Model and pairs above even odds, and clusters.
fn link(table: &Table, spec: &Spec) -> (Model, Vec<Scored>, Vec<u32>) {
    let engine = Engine::new(table, spec).unwrap();
    let survey = engine.survey(&mut quiet).unwrap();
    let model = engine.learn(&survey).unwrap();
    let mut pairs = Vec::new();
    engine.score(&survey, &model, 0.0, &mut quiet, &mut |batch| pairs.extend_from_slice(batch));
    let options = Options { least: 0.0, unlinked: -8.0, dense: 200 };
    let label = clusters(table.rows, &pairs, options, &|rows: &[u32]| engine.every_pair(&model, rows));
    (model, pairs, label)
}

#[test]
fn planted_m_u_and_prior_are_recovered() {
    let (table, _) = world(true, &|at| at);
    let (model, _, _) = link(&table, &spec());
    for c in 0..COLUMNS {
        // 1,500 persons: a share near 0.7 has a standard error of 0.012, EM's is somewhat larger.
        assert!((model.fit.m[c][0] - KEPT[c]).abs() < 0.05, "m {c}: {:?}", model.fit.m[c]);
        let u = 1.0 / VALUES[c] as f64;
        assert!((model.u[c][0] / u - 1.0).abs() < 0.15, "u {c}: {:?} {u}", model.u[c]);
    }
    let matches = probability(model.prior) * table.possible_pairs();
    assert!((matches / PERSONS as f64 - 1.0).abs() < 0.1, "{matches}");
    // No rule makes a pair with its first two values changed and one of the next two.
    let missed = 0.05 * 0.1 * (1.0 - 0.85 * 0.8);
    assert!((model.coverage.loss() - missed).abs() < 0.01, "{}", model.coverage.loss());
}

#[test]
fn what_the_model_expects_of_its_threshold_is_what_happens() {
    let (table, persons) = world(true, &|at| at);
    let engine_spec = spec();
    let (model, pairs, _) = link(&table, &engine_spec);
    let links: Vec<&Scored> = pairs.iter().filter(|p| f64::from(p.bits) >= model.threshold.bits).collect();
    let right = links.iter().filter(|p| persons[p.a as usize] == persons[p.b as usize]).count() as f64;
    let (precision, recall) = (right / links.len() as f64, right / PERSONS as f64);
    assert!((precision - model.threshold.precision).abs() < 0.05, "{precision} {:?}", model.threshold);
    assert!((recall - model.threshold.recall).abs() < 0.05, "{recall} {:?}", model.threshold);
}

#[test]
fn the_order_of_records_changes_nothing_but_their_numbers() {
    let (table, _) = world(false, &|at| at);
    let turn = |at: usize| (at * 1237 + 5) % (2 * PERSONS);
    let (turned, _) = world(false, &turn);
    let names = |pairs: &[Scored], name: &dyn Fn(u32) -> usize| {
        pairs
            .iter()
            .map(|p| {
                let (a, b) = (name(p.a), name(p.b));
                (a.min(b), a.max(b))
            })
            .collect::<BTreeSet<_>>()
    };
    // All pairs, because random ones are drawn by row.
    let spec = Spec { chance_pairs: 10_000_000, ..spec() };
    let (model, pairs, label) = link(&table, &spec);
    let (again, pairs_again, label_again) = link(&turned, &spec);
    assert!((model.prior - again.prior).abs() < 1e-6);
    assert_eq!(names(&pairs, &|row| row as usize), names(&pairs_again, &|row| turn(row as usize)));
    let together = |label: &[u32], name: &dyn Fn(usize) -> usize| {
        let mut groups: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
        label.iter().enumerate().for_each(|(row, l)| {
            groups.entry(*l).or_default().insert(name(row));
        });
        groups.into_values().collect::<BTreeSet<_>>()
    };
    assert_eq!(together(&label, &|row| row), together(&label_again, &turn));
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    let (table, _) = world(false, &|at| at);
    for survey_pairs in [10_000_000, 2_000] {
        let spec = Spec { survey_pairs, chance_pairs: 20_000, ..spec() };
        let on = |threads: usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| link(&table, &spec));
        let (one, two) = (on(1), on(2));
        assert_eq!(one.0, two.0);
        assert_eq!(one.1, two.1);
        assert_eq!(one.2, two.2);
    }
}

#[test]
fn a_part_of_the_pairs_teaches_nearly_the_same() {
    let (table, _) = world(true, &|at| at);
    let all = link(&table, &spec());
    let part = link(&table, &Spec { survey_pairs: 4_000, ..spec() });
    assert!((all.0.prior - part.0.prior).abs() < 0.3, "{} {}", all.0.prior, part.0.prior);
    let (few, many) = (all.1.len().min(part.1.len()) as f64, all.1.len().max(part.1.len()) as f64);
    assert!(few / many > 0.95, "{few} {many}");
}

#[test]
fn a_stated_prior_is_used() {
    let (table, _) = world(true, &|at| at);
    let known = link(&table, &Spec { prior: Prior::Matches(1500.0), ..spec() }).0.prior;
    assert!((probability(known) * table.possible_pairs() - 1500.0).abs() < 1e-6);
    let sure = vec![Rule { name: "sure".into(), keys: (0..COLUMNS).map(Key::Whole).collect() }];
    let share: f64 = KEPT.iter().product();
    let stated = link(&table, &Spec { prior: Prior::Rules(sure, share), ..spec() }).0.prior;
    assert!((stated - known).abs() < 0.2, "{stated} {known}");
}

#[test]
fn a_waterfall_adds_up_to_the_score() {
    let (table, _) = world(true, &|at| at);
    let spec = spec();
    let engine = Engine::new(&table, &spec).unwrap();
    let model = engine.learn(&engine.survey(&mut quiet).unwrap()).unwrap();
    let rows = [3, 3 + PERSONS as u32];
    let waterfall = engine.waterfall(&model, rows[0], rows[1]);
    assert!((waterfall.bits() - engine.every_pair(&model, &rows)[0]).abs() < 1e-9);
    assert_eq!(waterfall.steps.len(), COLUMNS);
}

#[test]
fn refuses_what_it_cannot_link() {
    let (table, _) = world(true, &|at| at);
    let none = Spec { rules: vec![], ..spec() };
    assert_eq!(Engine::new(&table, &none).err(), Some(LinkError::RuleCount { rules: 0 }));
    let nothing = Spec { comparisons: vec![], ..spec() };
    assert!(matches!(Engine::new(&table, &nothing).err(), Some(LinkError::TooManyLevels { comparisons: 0, .. })));
    let empty = Table { rows: 1, ..Table::default() };
    assert_eq!(Engine::new(&empty, &spec()).err(), Some(LinkError::TooFewRows { rows: 1 }));
    let refused = Spec { largest_block: 0, ..spec() };
    let engine = Engine::new(&table, &refused).unwrap();
    assert!(!engine.refused().is_empty());
    assert_eq!(engine.survey(&mut quiet).err(), Some(LinkError::Fit(FitError::NoPairs)));
    let one_sided = Spec { rules: vec![spec().rules[0].clone()], ..spec() };
    let engine = Engine::new(&table, &one_sided).unwrap();
    let survey = engine.survey(&mut quiet).unwrap();
    assert_eq!(engine.learn(&survey).err(), Some(LinkError::Fit(FitError::Unlearnable { comparison: 0 })));
}

//! Blocking rules chosen from the data.
//!
//! # Answers
//! On what should records agree to be compared, so that few true pairs are lost and few false ones
//! made?
//!
//! # Source
//! Michelson & Knoblock (2006), AAAI, 440-445, and Bilenko, Kamath & Mooney (2006), ICDM, 87-96:
//! rules as a set cover of true pairs at the least cost in false ones; here true pairs are those
//! of a fitted model instead of labelled ones.
//!
//! # Assumes
//! What holds in a random part of the rows holds in all of them.
//!
//! # Shapes and units
//! Candidates are the values of the compared columns, their first three letters or years, alone
//! and two by two. Of those that make at most [`PAIRS_PER_ROW`] pairs per row, the most general
//! are tried; then rules are taken one by one, the next always the one that brings most expected true
//! pairs per pair, until another brings less than a thousandth of them.
//!
//! # Cost
//! Candidates times rows, on at most [`ROWS`] rows; one survey and fit of those.
//!
//! # Does not
//! Try keys of three columns, sounds, or spans of numbers: write such rules by hand.
//!
//! # Checked by
//! `rules_cover_a_planted_world`, `a_column_nobody_shares_makes_no_rule`, `refuses_a_table_without_pairs`.

use std::collections::BTreeMap;

use crate::card::Card;
use crate::link::tables::blocking::{Blocks, Key, Rule};
use crate::link::tables::engine::{Engine, LinkError, Spec};
use crate::link::tables::fellegi_sunter::FitError;
use crate::link::tables::table::{Column, Table, date};
use crate::link::waterfall::probability;

/// The method in a few words.
pub const CARD: Card = Card {
    id: "choose",
    verb: "link",
    name: ["Blocking rules from the data", "Reglas de bloqueo a partir de los datos"],
    answers: ["On what should records agree to be compared?", "¿En qué deben coincidir los registros para que se comparen?"],
    source: "Michelson & Knoblock (2006), AAAI, 440-445",
};

/// Most pairs a rule may make for each row.
pub const PAIRS_PER_ROW: f64 = 10.0;
/// Most rows that are looked at.
pub const ROWS: usize = 200_000;
/// Least share of the true pairs that a further rule must bring.
const LEAST_GAIN: f64 = 0.001;
/// Most rules tried at once.
const TRIED: usize = 48;

/// Blocking rules for a table and its comparisons.
///
/// # Errors
/// [`FitError::NoPairs`] when no candidate makes a pair, and those of the engine.
pub fn rules(table: &Table, spec: &Spec) -> Result<Vec<Rule>, LinkError> {
    let part = part(table, spec);
    let candidates = candidates(&part, spec);
    if candidates.is_empty() {
        return Err(FitError::NoPairs.into());
    }
    let trial = Spec { rules: candidates, ..spec.clone() };
    let engine = Engine::new(&part, &trial)?;
    let survey = engine.survey(&mut |_, _, _| {})?;
    let model = engine.learn(&survey)?;
    let mut sets: BTreeMap<u64, [f64; 2]> = BTreeMap::new();
    for kind in 0..survey.kinds.counts.len() {
        let levels = survey.kinds.pattern(kind).iter().zip(&model.weights);
        let bits: f64 = levels.map(|(l, w)| w.get(usize::from(*l)).copied().unwrap_or_default()).sum();
        let (count, set) = (survey.kinds.counts[kind], sets.entry(survey.kinds.rules[kind]).or_default());
        set[0] += count * probability(bits + model.prior);
        set[1] += count;
    }
    let mut taken = cover(sets, trial.rules.len());
    taken.sort_unstable();
    let chosen: Vec<Rule> = taken.into_iter().map(|at| trial.rules[at].clone()).collect();
    Ok(with_all_learnable(chosen, &trial))
}

/// Rules by true pairs per pair, until a further one brings next to nothing.
fn cover(mut sets: BTreeMap<u64, [f64; 2]>, rules: usize) -> Vec<usize> {
    let all: f64 = sets.values().map(|s| s[0]).sum();
    let mut taken = Vec::new();
    loop {
        let gain =
            |rule: usize| sets.iter().filter(|(set, _)| *set >> rule & 1 == 1).fold([0.0, 0.0], |g, (_, s)| [g[0] + s[0], g[1] + s[1]]);
        let worth = |g: [f64; 2]| g[0] / g[1].max(1.0);
        let next = (0..rules)
            .map(|rule| (rule, gain(rule)))
            .filter(|(_, g)| g[0] > LEAST_GAIN * all)
            .max_by(|(_, a), (_, b)| (worth(*a) * a[0].sqrt()).total_cmp(&(worth(*b) * b[0].sqrt())));
        let Some((rule, _)) = next else { return taken };
        taken.push(rule);
        sets.retain(|set, _| set >> rule & 1 == 0);
    }
}

/// Adds a rule where without it some comparison could not be learnt.
fn with_all_learnable(mut chosen: Vec<Rule>, trial: &Spec) -> Vec<Rule> {
    for comparison in &trial.comparisons {
        let free = |rule: &Rule| !rule.keys.iter().any(|key| comparison.columns.contains(&key.column()));
        if !chosen.iter().any(free) {
            chosen.extend(trial.rules.iter().find(|rule| free(rule)).cloned());
        }
    }
    chosen
}

/// A random part of the rows when there are many; both tables keep their share.
fn part(table: &Table, spec: &Spec) -> Table {
    if table.rows <= ROWS {
        return table.clone();
    }
    let share = ROWS as f64 / table.rows as f64;
    let kept: Vec<usize> = (0..table.rows).filter(|row| spec.seed.stream(*row as u64).unit() < share).collect();
    let columns = table.columns.iter().map(|c| Column { codes: kept.iter().map(|row| c.codes[*row]).collect(), ..c.clone() }).collect();
    Table { columns, rows: kept.len(), split: table.split.map(|s| kept.partition_point(|row| *row < s)) }
}

/// The most general rules that do not make too many pairs.
fn candidates(table: &Table, spec: &Spec) -> Vec<Rule> {
    let mut columns: Vec<usize> = spec.comparisons.iter().flat_map(|c| c.columns.iter().copied()).collect();
    columns.sort_unstable();
    columns.dedup();
    let keys: Vec<Key> = columns.iter().flat_map(|c| keys(*c, &table.columns[*c])).collect();
    let most = PAIRS_PER_ROW * table.rows as f64;
    let mut found: Vec<(Rule, u64)> = Vec::new();
    let mut consider = |keys: Vec<&Key>| {
        let rule =
            Rule { name: keys.iter().map(|k| name(k, table)).collect::<Vec<_>>().join(" + "), keys: keys.into_iter().cloned().collect() };
        // A rule that asks for more than one taken already finds nothing new.
        if found.iter().any(|(general, _)| general.keys.iter().all(|g| rule.keys.iter().any(|k| implies(k, g)))) {
            return;
        }
        let pairs = Blocks::new(table, std::slice::from_ref(&rule), u64::MAX).sorted(0).pairs;
        if pairs > 0 && pairs as f64 <= most {
            found.push((rule, pairs));
        }
    };
    // Coarse keys come first within a column, so that the general is met before the special.
    keys.iter().for_each(|key| consider(vec![key]));
    for (i, one) in keys.iter().enumerate() {
        for other in keys[i + 1..].iter().filter(|k| k.column() != one.column()) {
            consider(vec![one, other]);
        }
    }
    found.sort_by_key(|(_, pairs)| *pairs);
    found.truncate(TRIED);
    found.into_iter().map(|(rule, _)| rule).collect()
}

/// Keys of a column, the coarse ones first.
fn keys(at: usize, column: &Column) -> Vec<Key> {
    let texts = column.texts.len().max(1);
    let dates = column.texts.iter().take(200).filter(|t| date(t).is_some()).count() * 2 > texts.min(200);
    let long = column.texts.iter().take(200).map(|t| t.chars().count()).sum::<usize>() > 4 * texts.min(200);
    match (dates, long) {
        (true, _) => vec![Key::Year(at), Key::Whole(at)],
        (false, true) => vec![Key::Prefix(at, 3), Key::Whole(at)],
        (false, false) => vec![Key::Whole(at)],
    }
}

/// Whether two records that agree on the first key agree on the second.
fn implies(special: &Key, general: &Key) -> bool {
    special == general || (special.column() == general.column() && matches!(special, Key::Whole(_)))
}

fn name(key: &Key, table: &Table) -> String {
    let column = &table.columns[key.column()].name;
    match key {
        Key::Prefix(_, n) => format!("prefix({column}, {n})"),
        Key::Year(_) => format!("year({column})"),
        _ => column.clone(),
    }
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::seed::Seed;

    use super::*;
    use crate::link::tables::compare::{Comparison, Condition, Level, Measure};
    use crate::link::tables::engine::Prior;
    use crate::link::tables::table::Interner;

    fn spec(columns: usize) -> Spec {
        let comparison = |c: usize| Comparison {
            name: format!("c{c}"),
            columns: vec![c],
            levels: vec![Level { name: "exact".into(), any: vec![vec![Condition { measure: Measure::Equal(c), low: 1.0, high: 1.0 }]] }],
            rarity: vec![],
        };
        Spec {
            comparisons: (0..columns).map(comparison).collect(),
            rules: vec![],
            prior: Prior::Fitted,
            threshold: None,
            largest_block: u64::MAX,
            chance_pairs: 100_000,
            survey_pairs: 1_000_000,
            seed: Seed(1),
        }
    }

    /// Persons twice, each value changed with probability 0.1; the last column is never shared.
    fn world(persons: usize) -> Table {
        let mut columns: Vec<Interner> = (0..4).map(|c| Interner::new(format!("c{c}"))).collect();
        for copy in 0..2u64 {
            for person in 0..persons as u64 {
                let mut noise = Seed(8).stream(person * 2 + copy);
                for (c, column) in columns.iter_mut().enumerate().take(3) {
                    let value = if noise.unit() < 0.1 { noise.next_u64() } else { Seed(c as u64 + 20).stream(person).next_u64() };
                    column.push(&format!("v{}", value % 500));
                }
                columns[3].push(&format!("id{copy}-{person}"));
            }
        }
        Table { columns: columns.into_iter().map(Interner::finish).collect(), rows: 2 * persons, split: Some(persons) }
    }

    #[test]
    fn rules_cover_a_planted_world() {
        let table = world(2000);
        let chosen = rules(&table, &spec(3)).unwrap();
        let blocks = Blocks::new(&table, &chosen, u64::MAX);
        let found = (0..2000u32).filter(|a| blocks.rules_of(*a, a + 2000) != 0).count();
        assert!(found > 1900, "{found} by {chosen:?}");
    }

    #[test]
    fn a_column_nobody_shares_makes_no_rule() {
        let chosen = rules(&world(1000), &spec(4)).unwrap();
        assert!(chosen.iter().all(|rule| rule.keys.iter().all(|k| k.column() != 3 || !matches!(k, Key::Whole(_)))), "{chosen:?}");
    }

    #[test]
    fn refuses_a_table_without_pairs() {
        let mut interner = Interner::new("c0");
        (0..50).for_each(|n| interner.push(&format!("{n}")));
        let table = Table { columns: vec![interner.finish()], rows: 50, split: None };
        assert_eq!(rules(&table, &spec(1)), Err(LinkError::Fit(FitError::NoPairs)));
    }
}

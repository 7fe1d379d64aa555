//! Fellegi-Sunter: how likely each finding is in true pairs (m) and by chance (u).
//!
//! # Answers
//! By how many bits does each level of each comparison speak for or against one event?
//!
//! # Source
//! Fellegi & Sunter (1969), Journal of the American Statistical Association 64(328), 1183-1210;
//! EM for it: Winkler (1988), Proceedings of the Section on Survey Research Methods, 667-671; over
//! blocked pairs with u held fixed: Linacre et al. (2022), International Journal of Population
//! Data Science 7(3) (Splink).
//!
//! # Assumes
//! - Comparisons are independent of each other, given whether the pair is true.
//! - A level absent in a pair says nothing.
//! - Among the pairs a blocking rule makes, comparisons that share no column with its keys are
//!   distributed as among all pairs, given whether they are true. So each rule teaches those, with a
//!   share of true pairs of its own, and m is what fits all rules together (a composite likelihood).
//!
//! # Shapes and units
//! Pairs come as [`Kinds`]: distinct patterns of levels and rules, with counts. `m[c][l]`, `u[c][l]`
//! add up to one over the levels of a comparison. Weights are `log2(m / u)`, in bits.
//!
//! # Cost
//! Iterations times distinct patterns, whatever the number of pairs.
//!
//! # Does not
//! Model dependence between comparisons: put what depends on each other in one comparison.
//!
//! # Checked by
//! `one_step_by_hand`, `planted_m_is_found_again`, `more_pairs_of_the_same_kinds_change_nothing`,
//! `refuses_what_cannot_be_learnt`.

use rayon::prelude::*;

use atalaya_kernel::seed::Seed;

use crate::card::Card;
use crate::link::tables::compare::{Comparer, Comparison, Measure, Memory, NO_LEVEL};
use crate::link::tables::table::{ABSENT, Table};

/// The method in a few words.
pub const CARD: Card = Card {
    id: "fellegi_sunter",
    verb: "link",
    name: ["Fellegi-Sunter", "Fellegi-Sunter"],
    answers: [
        "By how many bits does each finding speak for or against two records being one event?",
        "¿Cuántos bits aporta cada hallazgo a favor o en contra de que dos registros sean un mismo evento?",
    ],
    source: "Fellegi & Sunter (1969), Journal of the American Statistical Association 64(328), 1183-1210",
};

/// Pairs counted by what was found: one entry per distinct pattern of levels and set of rules.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kinds {
    /// Comparisons a pattern has.
    pub comparisons: usize,
    /// Patterns one after another: the level of each comparison, or [`NO_LEVEL`].
    pub levels: Vec<u8>,
    /// Bit `r` is set where rule `r` makes the pairs.
    pub rules: Vec<u64>,
    /// How many pairs.
    pub counts: Vec<f64>,
}

impl Kinds {
    /// The levels of a pattern.
    pub fn pattern(&self, kind: usize) -> &[u8] {
        &self.levels[kind * self.comparisons..(kind + 1) * self.comparisons]
    }
}

/// Probabilities of levels, per comparison.
pub type Levels = Vec<Vec<f64>>;

/// Why nothing could be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// The rules make no pair.
    #[error("the blocking rules make no pair: widen them, or check that both tables write their values alike")]
    NoPairs,
    /// Every rule uses the comparison's columns.
    #[error(
        "comparison {comparison} shares a column with every blocking rule, so how it varies among true pairs cannot be seen: add a rule on other columns"
    )]
    Unlearnable {
        /// The comparison, by its place.
        comparison: usize,
    },
}

/// What EM found.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Probability of each level in true pairs.
    pub m: Levels,
    /// Per rule the share of its pairs that are true.
    pub share: Vec<f64>,
    /// Iterations done.
    pub iterations: usize,
    /// Whether no m moved by more than the tolerance in the last one.
    pub converged: bool,
}

/// Largest move of an m below which EM stops.
const TOLERANCE: f64 = 1e-4;
/// Iterations after which EM stops anyway; said in the outcome.
const MOST_ITERATIONS: usize = 100;

/// The patterns of one rule's pairs, of the comparisons it says nothing about.
struct Lesson {
    rule: usize,
    free: Vec<usize>,
    patterns: Vec<u8>,
    counts: Vec<f64>,
}

fn lessons(kinds: &Kinds, blocked: &[Vec<bool>]) -> Vec<Lesson> {
    blocked
        .iter()
        .enumerate()
        .map(|(rule, used)| {
            let free: Vec<usize> = (0..kinds.comparisons).filter(|c| !used[*c]).collect();
            let mut seen: Vec<(u64, f64)> = (0..kinds.counts.len())
                .filter(|k| kinds.rules[*k] >> rule & 1 == 1)
                .map(|k| (free.iter().fold(0, |packed, c| packed << 4 | u64::from(kinds.pattern(k)[*c] & 15)), kinds.counts[k]))
                .collect();
            seen.sort_by_key(|(pattern, _)| *pattern);
            let (mut patterns, mut counts) = (Vec::new(), Vec::new());
            for same in seen.chunk_by(|a, b| a.0 == b.0) {
                let level = |c: usize| (same[0].0 >> (4 * (free.len() - 1 - c)) & 15) as u8;
                patterns.extend((0..free.len()).map(|c| if level(c) == 15 { NO_LEVEL } else { level(c) }));
                counts.push(same.iter().map(|(_, n)| n).sum());
            }
            Lesson { rule, free, patterns, counts }
        })
        .filter(|lesson| !lesson.free.is_empty() && !lesson.counts.is_empty())
        .collect()
}

/// m by expectation-maximisation, u held fixed.
///
/// * `u`: probabilities by chance, see [`chance`].
/// * `blocked`: per rule, per comparison, whether they share a column.
/// * `start`: m to start from; `None` starts with most true pairs at the first level.
///
/// # Errors
/// [`FitError::NoPairs`], [`FitError::Unlearnable`].
pub fn fit(kinds: &Kinds, u: &Levels, blocked: &[Vec<bool>], start: Option<&Levels>) -> Result<Fit, FitError> {
    if kinds.counts.is_empty() {
        return Err(FitError::NoPairs);
    }
    let lessons = lessons(kinds, blocked);
    if let Some(comparison) = (0..kinds.comparisons).find(|c| !lessons.iter().any(|l| l.free.contains(c))) {
        return Err(FitError::Unlearnable { comparison });
    }
    let first = |levels: &Vec<f64>| (0..levels.len()).map(|l| if l == 0 { 0.8 } else { 0.2 / (levels.len() - 1) as f64 }).collect();
    let mut m: Levels = start.map_or_else(|| u.iter().map(first).collect(), Clone::clone);
    let mut share = vec![0.5; blocked.len()];
    for iteration in 1..=MOST_ITERATIONS {
        let next = step(&lessons, &m, u, &mut share);
        let moved = m.iter().flatten().zip(next.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        m = next;
        if moved < TOLERANCE {
            return Ok(Fit { m, share, iterations: iteration, converged: true });
        }
    }
    Ok(Fit { m, share, iterations: MOST_ITERATIONS, converged: false })
}

/// One iteration: expected true pairs per level under all lessons, and each rule's share of them.
fn step(lessons: &[Lesson], m: &Levels, u: &Levels, share: &mut [f64]) -> Levels {
    let ratio: Levels = m.iter().zip(u).map(|(m, u)| m.iter().zip(u).map(|(m, u)| m / u).collect()).collect();
    let taught: Vec<(Levels, f64)> = lessons.par_iter().map(|lesson| expect(lesson, &ratio, share[lesson.rule])).collect();
    // Half a pair spread over the levels keeps a level nobody reached possible.
    let mut sums: Levels = m.iter().map(|levels| vec![0.5 / levels.len() as f64; levels.len()]).collect();
    for (lesson, (of_lesson, rate)) in lessons.iter().zip(&taught) {
        share[lesson.rule] = rate.clamp(1e-9, 1.0 - 1e-9);
        for (c, levels) in lesson.free.iter().zip(of_lesson) {
            sums[*c].iter_mut().zip(levels).for_each(|(sum, x)| *sum += x);
        }
    }
    sums.into_iter()
        .map(|levels| {
            let total: f64 = levels.iter().sum();
            levels.into_iter().map(|x| x / total).collect()
        })
        .collect()
}

fn expect(lesson: &Lesson, ratio: &Levels, share: f64) -> (Levels, f64) {
    let mut sums: Levels = lesson.free.iter().map(|c| vec![0.0; ratio[*c].len()]).collect();
    let (mut all, mut true_pairs) = (0.0, 0.0);
    for (pattern, count) in lesson.patterns.chunks(lesson.free.len()).zip(&lesson.counts) {
        let mut odds = share / (1.0 - share);
        for (c, level) in lesson.free.iter().zip(pattern) {
            if *level != NO_LEVEL {
                odds *= ratio[*c][usize::from(*level)];
            }
        }
        let expected = count * odds / (1.0 + odds);
        let expected = if expected.is_nan() { *count } else { expected };
        all += count;
        true_pairs += expected;
        for (sum, level) in sums.iter_mut().zip(pattern) {
            if *level != NO_LEVEL {
                sum[usize::from(*level)] += expected;
            }
        }
    }
    (sums, true_pairs / all)
}

/// u: how often random pairs come out at each level; chance of equality from exact frequencies.
///
/// * `pairs`: how many random pairs; all pairs are taken where there are no more than that.
pub fn chance(table: &Table, comparer: &Comparer<'_>, pairs: u64, seed: Seed) -> Levels {
    let counts = sample(table, comparer, pairs, seed);
    let comparisons = comparer.comparisons();
    comparisons
        .iter()
        .zip(counts)
        .map(|(comparison, mut counts)| {
            let levels = counts.len() as f64;
            counts.iter_mut().for_each(|n| *n += 0.5 / levels);
            let equal = equal_by_chance(table, comparison);
            let (from, left) = equal.map_or((0, 1.0), |u| (1, 1.0 - u));
            let total: f64 = counts[from..].iter().sum();
            let rest = counts[from..].iter().map(|n| left * n / total);
            equal.into_iter().chain(rest).collect()
        })
        .collect()
}

/// Pairs at each level among random ones.
fn sample(table: &Table, comparer: &Comparer<'_>, pairs: u64, seed: Seed) -> Levels {
    const PART: u64 = 8192;
    let (rows, all) = (table.rows as u64, table.possible_pairs());
    let every = all <= pairs as f64;
    let parts = if every { rows } else { pairs.div_ceil(PART) };
    let zero = || -> Levels { comparer.comparisons().iter().map(|c| vec![0.0; c.count()]).collect() };
    let one = |part: u64| -> Levels {
        let (mut sums, mut levels, mut memory) = (zero(), vec![0u8; comparer.comparisons().len()], Memory::small(comparer));
        let mut add = |a: u64, b: u64| {
            comparer.levels(a as u32, b as u32, &mut memory, &mut levels);
            for (sum, level) in sums.iter_mut().zip(&levels).filter(|(_, l)| **l != NO_LEVEL) {
                sum[usize::from(*level)] += 1.0;
            }
        };
        if every {
            match table.split {
                Some(split) if part < split as u64 => (split as u64..rows).for_each(|b| add(part, b)),
                Some(_) => {}
                None => (part + 1..rows).for_each(|b| add(part, b)),
            }
        } else {
            let mut stream = seed.stream(part);
            for _ in 0..PART.min(pairs - part * PART) {
                let (a, b) = random_pair(table, &mut stream);
                add(a, b);
            }
        }
        sums
    };
    let parts: Vec<Levels> = (0..parts).into_par_iter().map(one).collect();
    parts.into_iter().fold(zero(), |mut sums, part| {
        sums.iter_mut().flatten().zip(part.iter().flatten()).for_each(|(sum, x)| *sum += x);
        sums
    })
}

fn random_pair(table: &Table, stream: &mut atalaya_kernel::seed::Stream) -> (u64, u64) {
    let rows = table.rows as u64;
    match table.split {
        Some(split) => (stream.below(split as u64), split as u64 + stream.below(rows - split as u64)),
        None => {
            let (a, b) = (stream.below(rows), stream.below(rows - 1));
            let b = b + u64::from(b >= a);
            (a.min(b), a.max(b))
        }
    }
}

/// The exact chance of a first level that is equality of the comparison's one column.
fn equal_by_chance(table: &Table, comparison: &Comparison) -> Option<f64> {
    let first = comparison.levels.first()?;
    let [conditions] = first.any.as_slice() else { return None };
    let [condition] = conditions.as_slice() else { return None };
    let column = match (condition.measure, comparison.columns.as_slice()) {
        (Measure::Equal(c), [only]) if c == *only => &table.columns[c],
        _ => return None,
    };
    let split = table.split.unwrap_or(table.rows);
    let mut counts = vec![[0f64; 2]; column.texts.len()];
    for (row, &code) in column.codes.iter().enumerate().filter(|(_, c)| **c != ABSENT) {
        counts[code as usize][usize::from(row >= split)] += 1.0;
    }
    let [a, b] = counts.iter().fold([0.0; 2], |[a, b], n| [a + n[0], b + n[1]]);
    let (agree, all): (f64, f64) = if table.split.is_some() {
        (counts.iter().map(|n| n[0] * n[1]).sum(), a * b)
    } else {
        (counts.iter().map(|n| n[0] * (n[0] - 1.0)).sum(), a * (a - 1.0))
    };
    // Values that never agree are as rare as half a pair.
    (all > 0.0).then(|| agree.max(0.5) / all)
}

/// u with the true pairs among the random ones taken out.
///
/// * `share`: the share of all pairs that are true.
pub fn without_true_pairs(u: &Levels, m: &Levels, share: f64) -> Levels {
    u.iter()
        .zip(m)
        .map(|(u, m)| {
            // Below a twentieth the difference is noise of the sample.
            let levels: Vec<f64> = u.iter().zip(m).map(|(u, m)| (u - share * m).max(u / 20.0)).collect();
            let total: f64 = levels.iter().sum();
            levels.into_iter().map(|x| x / total).collect()
        })
        .collect()
}

/// `log2(m / u)` of each level, in bits.
pub fn weights(m: &Levels, u: &Levels) -> Levels {
    m.iter().zip(u).map(|(m, u)| m.iter().zip(u).map(|(m, u)| (m / u).log2()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(rows: &[(&[u8], u64, f64)]) -> Kinds {
        let mut kinds = Kinds { comparisons: rows[0].0.len(), ..Kinds::default() };
        for (levels, rules, count) in rows {
            kinds.levels.extend_from_slice(levels);
            kinds.rules.push(*rules);
            kinds.counts.push(*count);
        }
        kinds
    }

    /// One comparison of two levels, u = (0.1, 0.9), 40 pairs equal and 60 not, share 0.5, m = (0.8,
    /// 0.2): odds 8 and 2/9, so 40 x 8/9 = 35.56 and 60 x 2/11 = 10.91 expected true pairs; the
    /// next m is 35.56 / 46.46, with a quarter of a pair added to each level.
    #[test]
    fn one_step_by_hand() {
        let kinds = kinds(&[(&[0], 1, 40.0), (&[1], 1, 60.0)]);
        let u = vec![vec![0.1, 0.9]];
        let mut share = vec![0.5];
        let m = step(&lessons(&kinds, &[vec![false]]), &vec![vec![0.8, 0.2]], &u, &mut share);
        let (equal, other) = (40.0 * 8.0 / 9.0, 60.0 * 2.0 / 11.0);
        assert!((m[0][0] - (equal + 0.25) / (equal + other + 0.5)).abs() < 1e-12);
        assert!((share[0] - (equal + other) / 100.0).abs() < 1e-12);
    }

    /// A world of three comparisons with known m, u and shares, counted exactly.
    fn world(scale: f64) -> (Kinds, Levels, Levels) {
        let m = vec![vec![0.9, 0.08, 0.02], vec![0.7, 0.3], vec![0.85, 0.15]];
        let u = vec![vec![0.01, 0.04, 0.95], vec![0.05, 0.95], vec![0.1, 0.9]];
        let mut rows = Vec::new();
        for a in 0..3u8 {
            for b in 0..2u8 {
                for c in 0..2u8 {
                    let p = |w: &Levels| w[0][usize::from(a)] * w[1][usize::from(b)] * w[2][usize::from(c)];
                    rows.push(([a, b, c], scale * (300.0 * p(&m) + 700.0 * p(&u))));
                }
            }
        }
        let rows: Vec<(&[u8], u64, f64)> = rows.iter().map(|(levels, n)| (levels.as_slice(), 1, *n)).collect();
        (kinds(&rows), m, u)
    }

    #[test]
    fn planted_m_is_found_again() {
        let (kinds, m, u) = world(1000.0);
        let fit = fit(&kinds, &u, &[vec![false; 3]], None).unwrap();
        assert!(fit.converged, "{fit:?}");
        for (found, planted) in fit.m.iter().flatten().zip(m.iter().flatten()) {
            assert!((found - planted).abs() < 0.003, "{found} {planted}");
        }
        assert!((fit.share[0] - 0.3).abs() < 0.003);
    }

    #[test]
    fn more_pairs_of_the_same_kinds_change_nothing() {
        let of = |scale| {
            let (kinds, _, u) = world(scale);
            fit(&kinds, &u, &[vec![false; 3]], None).unwrap().m
        };
        for (a, b) in of(1e3).iter().flatten().zip(of(1e6).iter().flatten()) {
            assert!((a - b).abs() < 1e-4);
        }
    }

    #[test]
    fn refuses_what_cannot_be_learnt() {
        let u = vec![vec![0.1, 0.9], vec![0.1, 0.9]];
        assert_eq!(fit(&Kinds { comparisons: 2, ..Kinds::default() }, &u, &[vec![false; 2]], None), Err(FitError::NoPairs));
        let one = kinds(&[(&[0, 0], 1, 4.0)]);
        assert_eq!(fit(&one, &u, &[vec![false, true]], None), Err(FitError::Unlearnable { comparison: 1 }));
    }

    #[test]
    fn true_pairs_leave_the_chances() {
        let u = without_true_pairs(&vec![vec![0.0002, 0.9998]], &vec![vec![0.9, 0.1]], 0.0002);
        assert!((u[0][0] - 0.00002).abs() < 1e-8, "{u:?}");
        let floor = without_true_pairs(&vec![vec![0.0002, 0.9998]], &vec![vec![1.0, 0.0]], 0.0002);
        assert!((floor[0][0] - 0.00001).abs() < 1e-8);
    }
}

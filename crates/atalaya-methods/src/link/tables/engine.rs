//! The parts put together: survey the pairs, learn from them, score them.
//!
//! A *survey* compares the pairs that the blocking rules make, or a random part of them when they
//! are many, and counts them by what was found. A *model* is learnt from it. *Scoring* hands on the
//! pairs above a floor, block by block, always in the same order: no more of them are in memory than
//! one batch, unless the survey already holds all of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use atalaya_kernel::Both;
use atalaya_kernel::seed::Seed;
use foldhash::fast::FixedState;
use rayon::prelude::*;

use crate::link::tables::Scored;
use crate::link::tables::blocking::{Blocks, Chunk, Refused, Rule, Sorted};
use crate::link::tables::compare::{Comparer, Comparison, Memory, NO_LEVEL};
use crate::link::tables::coverage::{Coverage, coverage};
use crate::link::tables::fellegi_sunter::{Fit, FitError, Kinds, Levels, chance, fit, weights, without_true_pairs};
use crate::link::tables::frequencies::Rarity;
use crate::link::tables::table::Table;
use crate::link::tables::threshold::{Histogram, Threshold};
use crate::link::waterfall::probability;
use crate::link::{Step, Waterfall};

/// Where the prior comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Prior {
    /// Fitted with the rest, by EM.
    Fitted,
    /// So many true pairs are known to exist.
    Matches(f64),
    /// Pairs that these rules make are true, and are this share of all true pairs.
    Rules(Vec<Rule>, f64),
}

/// What is to be linked how.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The comparisons.
    pub comparisons: Vec<Comparison>,
    /// The blocking rules.
    pub rules: Vec<Rule>,
    /// Where the prior comes from.
    pub prior: Prior,
    /// A threshold somebody chose, as a probability; `None` chooses it without labels.
    pub threshold: Option<f64>,
    /// Most pairs of a block.
    pub largest_block: u64,
    /// Random pairs for the chances u.
    pub chance_pairs: u64,
    /// Most pairs to learn from.
    pub survey_pairs: u64,
    /// What chance starts from.
    pub seed: Seed,
}

/// Why nothing was linked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// Nothing to compare.
    #[error("{rows} rows make no pair to compare: check that the file has rows below its header")]
    TooFewRows {
        /// Rows there are.
        rows: usize,
    },
    /// Patterns are kept in 64 bits.
    #[error(
        "{comparisons} comparisons, the largest with {levels} levels: at most 16 with 15 levels each; join comparisons or leave levels out"
    )]
    TooManyLevels {
        /// Comparisons asked for.
        comparisons: usize,
        /// Levels of the one with most.
        levels: usize,
    },
    /// Sets of rules are kept in 64 bits.
    #[error("{rules} blocking rules: between 1 and 64")]
    RuleCount {
        /// Rules asked for.
        rules: usize,
    },
    /// See there.
    #[error(transparent)]
    Fit(#[from] FitError),
}

/// How far something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Comparing pairs to learn from.
    Survey,
    /// Scoring pairs.
    Score,
}

/// Called between batches with pairs done and pairs in all.
pub type Progress<'p> = dyn FnMut(Stage, u64, u64) + 'p;

const CHUNK_PAIRS: u64 = 1 << 16;
const BATCH: usize = 32;

/// A table, blocked and ready to compare.
pub struct Engine<'a> {
    table: &'a Table,
    spec: &'a Spec,
    comparer: Comparer<'a>,
    rarity: Rarity,
    blocks: Blocks,
    memories: Mutex<Vec<Memory>>,
}

/// Pairs compared to learn from.
pub struct Survey {
    /// What was found, counted.
    pub kinds: Kinds,
    /// Per rule: pairs it makes, whether an earlier rule made them or not.
    pub made: Vec<u64>,
    /// Each pair stands for so many: 1 when all were compared.
    pub stands_for: f64,
    pairs: Vec<(u32, u32, u32)>,
}

/// What was learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Probability of each level in true pairs, and EM's account of itself.
    pub fit: Fit,
    /// Probability of each level by chance.
    pub u: Levels,
    /// Bits of each level.
    pub weights: Levels,
    /// Log odds, in bits, that two rows are one thing before they are looked at.
    pub prior: f64,
    /// What blocking lets through.
    pub coverage: Coverage,
    /// The threshold, and what is expected of it.
    pub threshold: Threshold,
}

/// The pairs of a part, by what was found in them.
#[derive(Default)]
struct Part {
    pairs: Vec<(u32, u32, u32)>,
    kinds: Vec<(u64, u64)>,
    counts: Vec<u64>,
}

impl<'a> Engine<'a> {
    /// Blocks the table and makes its comparisons ready.
    ///
    /// # Errors
    /// [`LinkError::TooFewRows`], [`LinkError::TooManyLevels`], [`LinkError::RuleCount`].
    pub fn new(table: &'a Table, spec: &'a Spec) -> Result<Engine<'a>, LinkError> {
        let levels = spec.comparisons.iter().map(Comparison::count).max().unwrap_or_default();
        if spec.comparisons.is_empty() || spec.comparisons.len() > 16 || levels > 15 {
            return Err(LinkError::TooManyLevels { comparisons: spec.comparisons.len(), levels });
        }
        if spec.rules.is_empty() || spec.rules.len() > 64 {
            return Err(LinkError::RuleCount { rules: spec.rules.len() });
        }
        if table.possible_pairs() < 1.0 {
            return Err(LinkError::TooFewRows { rows: table.rows });
        }
        Ok(Engine {
            table,
            spec,
            comparer: Comparer::new(table, &spec.comparisons),
            rarity: Rarity::new(table, &spec.comparisons),
            blocks: Blocks::new(table, &spec.rules, spec.largest_block),
            memories: Mutex::new(Vec::new()),
        })
    }

    /// Blocks that were refused as too large.
    pub fn refused(&self) -> &[Refused] {
        &self.blocks.refused
    }

    /// Compares the pairs that the rules make, or a random part of them.
    ///
    /// # Errors
    /// [`FitError::NoPairs`].
    pub fn survey(&self, progress: &mut Progress<'_>) -> Result<Survey, LinkError> {
        let rules = self.blocks.rules();
        let made: Vec<u64> = (0..rules).into_par_iter().map(|rule| self.blocks.sorted(rule).pairs).collect();
        let all: u64 = made.iter().sum();
        if all == 0 {
            return Err(FitError::NoPairs.into());
        }
        let share = (self.spec.survey_pairs as f64 / all as f64).min(1.0);
        let mut survey = Survey {
            kinds: Kinds { comparisons: self.spec.comparisons.len(), ..Kinds::default() },
            made,
            stands_for: 1.0 / share,
            pairs: Vec::new(),
        };
        let mut known: HashMap<(u64, u64), u32, FixedState> = HashMap::default();
        let mut done = 0;
        for rule in 0..rules {
            let sorted = self.blocks.sorted(rule);
            for batch in sorted.chunks((CHUNK_PAIRS as f64 / share) as u64).chunks(BATCH) {
                let parts: Vec<Part> = batch.par_iter().map(|chunk| self.part(&sorted, chunk, rule, share)).collect();
                parts.into_iter().for_each(|part| survey.take(part, &mut known));
            }
            done += survey.made[rule];
            progress(Stage::Survey, done, all);
        }
        survey.kinds.counts.iter_mut().for_each(|n| *n *= survey.stands_for);
        Ok(survey)
    }

    fn part(&self, sorted: &Sorted, chunk: &Chunk, rule: usize, share: f64) -> Part {
        let mut known: HashMap<(u64, u64), u32, FixedState> = HashMap::default();
        let mut part = Part::default();
        let mut levels = vec![0u8; self.spec.comparisons.len()];
        let mut memory = self.memory();
        sorted.each(chunk, |a, others| {
            if share < 1.0 && self.spec.seed.stream((rule as u64) << 32 | u64::from(a)).unit() >= share {
                return;
            }
            for &b in others {
                let rules = self.blocks.rules_of(a, b);
                if rules.trailing_zeros() as usize != rule {
                    continue;
                }
                self.comparer.levels(a, b, &mut memory, &mut levels);
                let pattern = levels.iter().fold(0u64, |packed, l| packed << 4 | u64::from(*l & 15));
                let next = part.kinds.len() as u32;
                let kind = *known.entry((rules, pattern)).or_insert(next);
                if kind == next {
                    part.kinds.push((rules, pattern));
                    part.counts.push(0);
                }
                part.counts[kind as usize] += 1;
                part.pairs.push((a, b, kind));
            }
        });
        self.give_back(memory);
        part
    }

    fn memory(&self) -> Memory {
        let kept = self.memories.lock().map(|mut kept| kept.pop()).unwrap_or_default();
        kept.unwrap_or_else(|| Memory::new(&self.comparer))
    }

    fn give_back(&self, memory: Memory) {
        if let Ok(mut kept) = self.memories.lock() {
            kept.push(memory);
        }
    }

    /// Learns m, u, prior and threshold from a survey.
    ///
    /// # Errors
    /// [`FitError`].
    pub fn learn(&self, survey: &Survey) -> Result<Model, LinkError> {
        let blocked: Vec<Vec<bool>> = self
            .spec
            .rules
            .iter()
            .map(|rule| self.spec.comparisons.iter().map(|c| rule.keys.iter().any(|key| c.columns.contains(&key.column()))).collect())
            .collect();
        let possible = self.table.possible_pairs();
        let raw = chance(self.table, &self.comparer, self.spec.chance_pairs, self.spec.seed);
        let first = fit(&survey.kinds, &raw, &blocked, None)?;
        let rough = self.prior(&by_kind(survey, &weights(&first.m, &raw)), survey, &weights(&first.m, &raw), possible);
        let u = without_true_pairs(&raw, &first.m, probability(rough.0));
        let fit = fit(&survey.kinds, &u, &blocked, Some(&first.m))?;
        let weights = weights(&fit.m, &u);
        let evidence = self.evidence(survey, &weights);
        let mut histogram = Histogram::default();
        evidence.iter().for_each(|bits| histogram.add(f64::from(*bits), survey.stands_for));
        let (prior, coverage) = self.prior(&histogram, survey, &weights, possible);
        let threshold = match self.spec.threshold {
            Some(p) => histogram.at((p / (1.0 - p)).log2(), prior, coverage.missed),
            None => histogram.best(prior, coverage.missed),
        };
        Ok(Model { fit, u, weights, prior, coverage, threshold })
    }

    /// Prior and coverage, which need each other: what no rule makes counts among the true pairs.
    fn prior(&self, histogram: &Histogram, survey: &Survey, weights: &Levels, possible: f64) -> (f64, Coverage) {
        let stated = match &self.spec.prior {
            Prior::Fitted => None,
            Prior::Matches(n) => Some(*n),
            Prior::Rules(rules, recall) => Some(union(self.table, rules) as f64 / recall),
        };
        let covered = |prior: f64| {
            let mut sets: BTreeMap<u64, f64> = BTreeMap::new();
            for kind in 0..survey.kinds.counts.len() {
                let p = probability(prior + total(survey.kinds.pattern(kind), weights));
                *sets.entry(survey.kinds.rules[kind]).or_default() += p * survey.kinds.counts[kind];
            }
            coverage(&sets, self.blocks.rules())
        };
        if let Some(matches) = stated {
            let share = (matches / possible).clamp(1e-15, 0.5);
            let prior = (share / (1.0 - share)).log2();
            return (prior, covered(prior));
        }
        let mut prior = histogram.prior(possible, 0.0);
        let mut found = covered(prior);
        for _ in 0..20 {
            let next = histogram.prior(possible, found.loss());
            let moved = (next - prior).abs();
            prior = next;
            found = covered(prior);
            if moved < 1e-4 {
                break;
            }
        }
        (prior, found)
    }

    /// Bits without the prior of every surveyed pair.
    fn evidence(&self, survey: &Survey, weights: &Levels) -> Vec<f32> {
        let bits: Vec<f32> = (0..survey.kinds.counts.len()).map(|kind| total(survey.kinds.pattern(kind), weights) as f32).collect();
        survey
            .pairs
            .par_iter()
            .map(|&(a, b, kind)| bits[kind as usize] + self.adjustment(a, b, survey.kinds.pattern(kind as usize)))
            .collect()
    }

    fn adjustment(&self, a: u32, b: u32, levels: &[u8]) -> f32 {
        let (a, b) = (self.comparer.row(a), self.comparer.row(b));
        levels.iter().enumerate().map(|(c, level)| self.rarity.bits(c, *level, a, b)).sum()
    }

    /// Hands on the pairs that have at least `floor` bits, prior included, always in one order.
    pub fn score(&self, survey: &Survey, model: &Model, floor: f64, progress: &mut Progress<'_>, sink: &mut dyn FnMut(&[Scored])) {
        if survey.stands_for == 1.0 {
            let evidence = self.evidence(survey, &model.weights);
            let scored: Vec<Scored> = survey
                .pairs
                .iter()
                .zip(&evidence)
                .map(|(&(a, b, _), bits)| Scored { a, b, bits: bits + model.prior as f32 })
                .filter(|p| f64::from(p.bits) >= floor)
                .collect();
            return sink(&scored);
        }
        let all: u64 = survey.made.iter().sum();
        let mut done = 0;
        for rule in 0..self.blocks.rules() {
            let sorted = self.blocks.sorted(rule);
            for batch in sorted.chunks(CHUNK_PAIRS).chunks(BATCH) {
                let parts: Vec<Vec<Scored>> = batch.par_iter().map(|chunk| self.score_part(&sorted, chunk, rule, model, floor)).collect();
                parts.iter().for_each(|part| sink(part));
                done += CHUNK_PAIRS * batch.len() as u64;
                progress(Stage::Score, done.min(all), all);
            }
        }
    }

    fn score_part(&self, sorted: &Sorted, chunk: &Chunk, rule: usize, model: &Model, floor: f64) -> Vec<Scored> {
        let mut scored = Vec::new();
        let mut levels = vec![0u8; self.spec.comparisons.len()];
        let mut memory = self.memory();
        sorted.each(chunk, |a, others| {
            for &b in others.iter().filter(|b| self.blocks.rules_of(a, **b).trailing_zeros() as usize == rule) {
                self.comparer.levels(a, b, &mut memory, &mut levels);
                let bits = model.prior + total(&levels, &model.weights) + f64::from(self.adjustment(a, b, &levels));
                if bits >= floor {
                    scored.push(Scored { a, b, bits: bits as f32 });
                }
            }
        });
        self.give_back(memory);
        scored
    }

    /// Bits of every pair of some rows, prior included: first with second, first with third ...
    pub fn every_pair(&self, model: &Model, rows: &[u32]) -> Vec<f64> {
        let mut levels = vec![0u8; self.spec.comparisons.len()];
        let mut memory = self.memory();
        let mut bits = Vec::with_capacity(rows.len() * rows.len() / 2);
        for (i, &a) in rows.iter().enumerate() {
            for &b in &rows[i + 1..] {
                self.comparer.levels(a, b, &mut memory, &mut levels);
                bits.push(model.prior + total(&levels, &model.weights) + f64::from(self.adjustment(a, b, &levels)));
            }
        }
        self.give_back(memory);
        bits
    }

    /// How the score of two rows comes about.
    pub fn waterfall(&self, model: &Model, a: u32, b: u32) -> Waterfall {
        let mut levels = vec![0u8; self.spec.comparisons.len()];
        self.comparer.levels(a, b, &mut Memory::small(&self.comparer), &mut levels);
        let (row_a, row_b) = (self.comparer.row(a), self.comparer.row(b));
        let steps = self.spec.comparisons.iter().zip(&levels).enumerate().map(|(c, (comparison, &level))| {
            let weight = model.weights[c].get(usize::from(level)).copied().unwrap_or_default();
            let bits = weight + f64::from(self.rarity.bits(c, level, row_a, row_b));
            Step { comparison: Both::same(&comparison.name), level: level_name(comparison, level), bits }
        });
        Waterfall { prior: model.prior, steps: steps.collect() }
    }
}

/// A level in words.
pub fn level_name(comparison: &Comparison, level: u8) -> Both {
    match comparison.levels.get(usize::from(level)) {
        Some(level) => Both::same(&level.name),
        None if level == NO_LEVEL => Both::new("absent", "ausente"),
        None => Both::new("anything else", "cualquier otra cosa"),
    }
}

impl Survey {
    /// Pairs compared.
    pub fn pairs(&self) -> usize {
        self.pairs.len()
    }

    fn take(&mut self, part: Part, known: &mut HashMap<(u64, u64), u32, FixedState>) {
        let comparisons = self.kinds.comparisons;
        let places: Vec<u32> = part
            .kinds
            .iter()
            .zip(&part.counts)
            .map(|(&(rules, pattern), &count)| {
                let next = self.kinds.counts.len() as u32;
                let place = *known.entry((rules, pattern)).or_insert(next);
                if place == next {
                    let level = |c: usize| (pattern >> (4 * (comparisons - 1 - c)) & 15) as u8;
                    self.kinds.levels.extend((0..comparisons).map(|c| if level(c) == 15 { NO_LEVEL } else { level(c) }));
                    self.kinds.rules.push(rules);
                    self.kinds.counts.push(0.0);
                }
                self.kinds.counts[place as usize] += count as f64;
                place
            })
            .collect();
        self.pairs.extend(part.pairs.into_iter().map(|(a, b, kind)| (a, b, places[kind as usize])));
    }
}

/// Bits of a pattern without prior and rarity.
fn total(levels: &[u8], weights: &Levels) -> f64 {
    levels.iter().zip(weights).map(|(level, w)| w.get(usize::from(*level)).copied().unwrap_or_default()).sum()
}

fn by_kind(survey: &Survey, weights: &Levels) -> Histogram {
    let mut histogram = Histogram::default();
    for (kind, count) in survey.kinds.counts.iter().enumerate() {
        histogram.add(total(survey.kinds.pattern(kind), weights), *count);
    }
    histogram
}

/// How many pairs rules make together.
fn union(table: &Table, rules: &[Rule]) -> u64 {
    let blocks = Blocks::new(table, rules, u64::MAX);
    (0..rules.len())
        .map(|rule| {
            let sorted = blocks.sorted(rule);
            let count = |chunk: &Chunk| {
                let mut n = 0;
                sorted.each(chunk, |a, others| {
                    n += others.iter().filter(|b| blocks.rules_of(a, **b).trailing_zeros() as usize == rule).count() as u64
                });
                n
            };
            sorted.chunks(CHUNK_PAIRS).par_iter().map(count).sum::<u64>()
        })
        .sum()
}

#[cfg(test)]
mod tests;

//! One linkage from files to files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use atalaya_kernel::{Both, Exit, Problem, both};
use atalaya_methods::link::tables::blocking::Rule;
use atalaya_methods::link::tables::clusters::{Options, clusters};
use atalaya_methods::link::tables::engine::{Engine, LinkError, Model, Prior, Spec, Stage, Survey, level_name};
use atalaya_methods::link::tables::fellegi_sunter::FitError;
use atalaya_methods::link::tables::table::ABSENT;
use atalaya_methods::link::tables::{Scored, choose, one_to_one};
use atalaya_methods::link::waterfall::probability;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::files::{Data, read};
use super::outcome::{
    ChosenThreshold, LinkedTables, LinkedWith, ReadTable, RefusedBlock, ScoredComparison, ScoredLevel, Surveyed, UsedPrior, UsedRule,
};
use super::recipe::Read;
use super::write::{Spill, write_clusters, write_pairs};
use crate::observatory::Caller;

/// Rows up to which every pair of a group is scored before it is cut into clusters.
const DENSE: usize = 500;

/// Link any tables under a recipe, without an observatory: duplicates within one, or one with another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct LinkTables {
    /// Recipe of the linkage: what is compared, on what records must agree to be compared
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub recipe: Option<PathBuf>,
    /// Table, csv or Parquet; given twice, the two are linked with each other
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE", num_args = 1..=2))]
    pub data: Vec<PathBuf>,
    /// Write the scored pairs to a csv file
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub out: Option<PathBuf>,
    /// Write each row's cluster to a csv file
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub clusters: Option<PathBuf>,
}

/// Links tables under a recipe.
///
/// # Errors
/// `link-recipe` with the line, `link-data`, `link-nothing`, and those of the formats.
pub fn link_tables(request: &LinkTables, caller: &mut Caller<'_>) -> Result<LinkedTables, Problem> {
    let Some(path) = &request.recipe else {
        return Err(asks("--recipe", Both::new("which recipe?", "¿qué receta?")));
    };
    if request.data.is_empty() || request.data.len() > 2 {
        return Err(asks("--data", Both::new("one table, or two to link with each other", "una tabla, o dos que se vinculan entre sí")));
    }
    let place = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| Problem::io(place.clone(), &e))?;
    let recipe = Read::parse(&text, &place)?;
    let data = read(&recipe, &request.data, caller.progress)?;
    let columns: Vec<String> = data.table.columns.iter().map(|c| c.name.clone()).collect();
    let mut spec = recipe.spec(&columns)?;
    let failed = |e: LinkError| nothing(&place, &spec_names(&recipe), &e);
    let rules_chosen = spec.rules.is_empty();
    if rules_chosen {
        spec.rules = choose::rules(&data.table, &spec).map_err(failed)?;
    }
    let engine = Engine::new(&data.table, &spec).map_err(failed)?;
    let (lang, progress) = (caller.lang, &mut *caller.progress);
    let mut report = |stage: Stage, done: u64, all: u64| {
        let what = match stage {
            Stage::Survey => both!("pairs to learn from, of {all}", "pares para aprender, de {all}"),
            Stage::Score => both!("pairs scored, of {all}", "pares evaluados, de {all}"),
        };
        progress.at(what.in_lang(lang), done);
    };
    let survey = engine.survey(&mut report).map_err(failed)?;
    let model = engine.learn(&survey).map_err(failed)?;
    let one_to_one = recipe.recipe.one_to_one && data.table.split.is_some();
    let mut spill = Spill::new(request.out.as_deref().filter(|_| !one_to_one));
    let mut kept: Vec<Scored> = Vec::new();
    let mut pairs = 0;
    engine.score(&survey, &model, floor(recipe.recipe.keep), &mut report, &mut |batch| {
        pairs += batch.len();
        spill.push(batch);
        kept.extend(batch.iter().filter(|p| one_to_one || f64::from(p.bits) >= model.threshold.bits));
    });
    caller.progress.done("");
    let work = Work { data: &data, spec: &spec, engine: &engine, survey: &survey, model: &model, request };
    let (threshold, above, linked, written) = if one_to_one { work.partners(&kept)? } else { work.clusters(&kept, spill)? };
    Ok(LinkedTables {
        recipe: place.clone(),
        read: request.data.iter().zip(&data.rows).map(|(file, rows)| ReadTable { file: file.display().to_string(), rows: *rows }).collect(),
        rules: work.rules(),
        rules_chosen,
        refused: work.refused(),
        blocking_loss: model.coverage.loss(),
        survey: work.surveyed(),
        comparisons: work.comparisons(),
        prior: work.prior(),
        threshold,
        pairs,
        above,
        linked,
        seed: recipe.recipe.seed,
        written,
    })
}

/// Everything the last steps need.
struct Work<'w> {
    data: &'w Data,
    spec: &'w Spec,
    engine: &'w Engine<'w>,
    survey: &'w Survey,
    model: &'w Model,
    request: &'w LinkTables,
}

type Ending = (ChosenThreshold, usize, LinkedWith, Vec<String>);

impl Work<'_> {
    /// One partner at most.
    fn partners(&self, pairs: &[Scored]) -> Result<Ending, Problem> {
        let rows = self.data.table.rows;
        let shorter = self.data.rows.iter().copied().min().unwrap_or(1).max(1);
        let partner = (self.model.coverage.made / shorter as f64).min(0.99);
        let probabilities = one_to_one::probabilities(pairs, rows, partner);
        let surest = one_to_one::links(pairs, &probabilities, rows, 0.0);
        let [least, precision, recall, f1] = match self.spec.threshold {
            Some(p) => [p, self.model.threshold.precision, self.model.threshold.recall, self.model.threshold.f1],
            None => one_to_one::best(&probabilities, &surest, self.model.coverage.missed),
        };
        let linked: Vec<usize> = surest.into_iter().filter(|i| probabilities[*i] >= least).collect();
        let mut label: Vec<u32> = (0..rows as u32).collect();
        linked.iter().for_each(|i| label[pairs[*i].b as usize] = pairs[*i].a);
        let mut written = Vec::new();
        if let Some(path) = &self.request.out {
            let all = pairs.iter().zip(&probabilities).map(|(pair, p)| (*pair, *p));
            write_pairs(path, self.data, all, &|pair, p| p >= least && label[pair.b as usize] == pair.a, &label)?;
            written.push(path.display().to_string());
        }
        self.write_clusters(&label, &mut written)?;
        let how = if self.spec.threshold.is_some() { "recipe" } else { "expected-f1-one-to-one" };
        let threshold = ChosenThreshold { how: how.into(), probability: least, precision, recall, f1 };
        Ok((threshold, linked.len(), LinkedWith::OneToOne { links: linked.len() }, written))
    }

    /// Groups of any size.
    fn clusters(&self, links: &[Scored], spill: Spill<'_>) -> Result<Ending, Problem> {
        let rows = self.data.table.rows;
        let least = self.model.threshold.bits;
        // What no rule makes is true as rarely as the loss says: evidence against.
        let unlinked = self.model.prior + self.model.coverage.loss().max(1e-6).log2();
        let score = |rows: &[u32]| self.engine.every_pair(self.model, rows);
        let label = clusters(rows, links, Options { least, unlinked, dense: DENSE }, &score);
        let mut sizes: BTreeMap<u32, u64> = BTreeMap::new();
        label.iter().for_each(|l| *sizes.entry(*l).or_default() += 1);
        sizes.retain(|_, n| *n > 1);
        let linked = LinkedWith::Clusters {
            clusters: sizes.len(),
            rows: sizes.values().sum::<u64>() as usize,
            largest: sizes.values().copied().max().unwrap_or(0) as usize,
            pairs: sizes.values().map(|n| n * (n - 1) / 2).sum(),
        };
        let mut written = Vec::new();
        if let Some(path) = &self.request.out {
            let all = spill.pairs()?.map(|pair| (pair, probability(f64::from(pair.bits))));
            write_pairs(path, self.data, all, &|pair, _| f64::from(pair.bits) >= least, &label)?;
            written.push(path.display().to_string());
        }
        self.write_clusters(&label, &mut written)?;
        let t = self.model.threshold;
        let how = if self.spec.threshold.is_some() { "recipe" } else { "expected-f1" };
        let threshold = ChosenThreshold { how: how.into(), probability: t.probability, precision: t.precision, recall: t.recall, f1: t.f1 };
        Ok((threshold, links.len(), linked, written))
    }

    fn write_clusters(&self, label: &[u32], written: &mut Vec<String>) -> Result<(), Problem> {
        let Some(path) = &self.request.clusters else { return Ok(()) };
        write_clusters(path, self.data, label)?;
        written.push(path.display().to_string());
        Ok(())
    }

    fn rules(&self) -> Vec<UsedRule> {
        let coverage = &self.model.coverage;
        let of = |(at, rule): (usize, &Rule)| UsedRule {
            on: rule.name.clone(),
            pairs: self.survey.made[at],
            true_pairs: coverage.by_rule[at],
            alone: coverage.alone[at],
        };
        self.spec.rules.iter().enumerate().map(of).collect()
    }

    fn refused(&self) -> Vec<RefusedBlock> {
        let columns = &self.data.table.columns;
        let value = |column: usize, row: u32| {
            let code = columns[column].codes[row as usize];
            if code == ABSENT { String::new() } else { columns[column].texts.get(code).to_owned() }
        };
        let refused = self.engine.refused().iter().map(|block| {
            let rule = &self.spec.rules[block.rule];
            let values = rule.keys.iter().map(|key| value(key.column(), block.row)).collect();
            RefusedBlock { on: rule.name.clone(), values, rows: block.rows, pairs: block.pairs }
        });
        refused.collect()
    }

    fn surveyed(&self) -> Surveyed {
        Surveyed {
            pairs: self.survey.pairs(),
            stands_for: self.survey.stands_for,
            patterns: self.survey.kinds.counts.len(),
            iterations: self.model.fit.iterations,
            converged: self.model.fit.converged,
        }
    }

    fn comparisons(&self) -> Vec<ScoredComparison> {
        let model = self.model;
        let fitted = self.spec.comparisons.iter().enumerate().map(|(c, comparison)| ScoredComparison {
            name: comparison.name.clone(),
            levels: (0..comparison.count())
                .map(|l| ScoredLevel {
                    level: level_name(comparison, l as u8),
                    m: model.fit.m[c][l],
                    u: model.u[c][l],
                    bits: model.weights[c][l],
                })
                .collect(),
        });
        fitted.collect()
    }

    fn prior(&self) -> UsedPrior {
        let from = match self.spec.prior {
            Prior::Fitted => "fitted",
            Prior::Matches(_) => "matches",
            Prior::Rules(..) => "rules",
        };
        let bits = self.model.prior;
        UsedPrior { from: from.into(), bits, matches: probability(bits) * self.data.table.possible_pairs() }
    }
}

/// The bits of the least probability that is kept.
fn floor(keep: f64) -> f64 {
    let keep = keep.clamp(1e-9, 1.0 - 1e-9);
    (keep / (1.0 - keep)).log2()
}

fn asks(place: &str, found: Both) -> Problem {
    let todo = "atalaya link --recipe R.toml --data A.csv [--data B.parquet] --out pairs.csv";
    Problem::new("link-data", place, found, Both::same(todo))
}

fn spec_names(recipe: &Read<'_>) -> Vec<String> {
    let name = |c: &super::recipe::ComparisonRecipe| {
        c.name.clone().unwrap_or_else(|| c.columns.iter().map(|c| c.get_ref().as_str()).collect::<Vec<_>>().join(" + "))
    };
    recipe.recipe.comparisons.iter().map(name).collect()
}

/// Why nothing was linked, in both languages.
fn nothing(place: &str, comparisons: &[String], error: &LinkError) -> Problem {
    let (found, todo) = match error {
        LinkError::TooFewRows { rows } => (
            both!("{rows} rows make no pair to compare", "{rows} filas no forman ningún par que comparar"),
            Both::new("check that the file has rows below its header", "verifique que el archivo tenga filas bajo su encabezado"),
        ),
        LinkError::TooManyLevels { comparisons, levels } => (
            both!(
                "{comparisons} comparisons, the largest with {levels} levels",
                "{comparisons} comparaciones, la mayor con {levels} niveles"
            ),
            Both::new(
                "at most 16 comparisons of 15 levels: join or leave out some",
                "a lo sumo 16 comparaciones de 15 niveles: una u omita algunas",
            ),
        ),
        LinkError::RuleCount { rules } => (
            both!("{rules} blocking rules", "{rules} reglas de bloqueo"),
            Both::new("between 1 and 64 [[block]]", "entre 1 y 64 [[block]]"),
        ),
        LinkError::Fit(FitError::Unlearnable { comparison }) => {
            let name = comparisons.get(*comparison).cloned().unwrap_or_default();
            (
                both!(
                    "every blocking rule uses a column of the comparison {name}, so how it varies among true pairs cannot be seen",
                    "toda regla de bloqueo usa una columna de la comparación {name}, así que no se puede ver cómo varía entre los pares verdaderos"
                ),
                Both::new("add a [[block]] on other columns", "agregue un [[block]] por otras columnas"),
            )
        }
        _ => (
            Both::new("the blocking rules make no pair", "las reglas de bloqueo no generan ningún par"),
            Both::new(
                "widen them, or check that both tables write their values alike",
                "amplíelas, o verifique que ambas tablas escriban sus valores igual",
            ),
        ),
    };
    Problem::new("link-nothing", place, found, todo).exits(Exit::Usage)
}

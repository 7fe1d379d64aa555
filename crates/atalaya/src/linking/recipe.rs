//! The recipe of a linkage, as a person writes it.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Problem, both};
use atalaya_methods::link::tables::blocking::Rule;
use atalaya_methods::link::tables::compare::{Comparison, Level, Measure};
use atalaya_methods::link::tables::engine::{Prior, Spec};
use serde::Deserialize;
use toml::Spanned;

use super::grammar;

/// What to link and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkRecipe {
    /// Columns that need more than their name: folding, another name in the second table.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnRecipe>,
    /// The column that names a record, repeated in the output.
    #[serde(default)]
    pub id: Option<Spanned<String>>,
    /// Whether no table holds a thing twice, so that a record has one partner at most.
    #[serde(default)]
    pub one_to_one: bool,
    /// A threshold, as a probability; chosen without labels when left out.
    #[serde(default)]
    pub threshold: Option<Spanned<f64>>,
    /// Pairs below this probability are not written.
    #[serde(default = "keep")]
    pub keep: f64,
    /// What chance starts from.
    #[serde(default = "one")]
    pub seed: u64,
    /// Most pairs of a block.
    #[serde(default = "largest_block")]
    pub largest_block: u64,
    /// Most pairs to learn from.
    #[serde(default = "survey_pairs")]
    pub survey_pairs: u64,
    /// Random pairs for the chances u.
    #[serde(default = "chance_pairs")]
    pub chance_pairs: u64,
    /// What is known of how many true pairs there are.
    #[serde(default)]
    pub prior: PriorRecipe,
    /// The comparisons.
    #[serde(default, rename = "compare")]
    pub comparisons: Vec<ComparisonRecipe>,
    /// The blocking rules; chosen from the data when there are none.
    #[serde(default, rename = "block")]
    pub blocks: Vec<BlockRecipe>,
}

fn keep() -> f64 {
    0.01
}
fn one() -> u64 {
    1
}
fn largest_block() -> u64 {
    20_000_000
}
fn survey_pairs() -> u64 {
    4_000_000
}
fn chance_pairs() -> u64 {
    200_000
}

/// How a column is read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnRecipe {
    /// Column of the file; several are joined with a blank. Its own name when left out.
    pub from: Vec<String>,
    /// The same in the second table.
    pub second: Vec<String>,
    /// Whether case, accents, punctuation and script are disregarded.
    pub fold: bool,
    /// Texts that mean that there is no value.
    pub absent: Vec<String>,
}

/// What is known of how many true pairs there are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PriorRecipe {
    /// So many.
    pub matches: Option<f64>,
    /// Rules whose pairs are all true.
    pub rules: Vec<Vec<Spanned<String>>>,
    /// Which share of the true pairs those rules make.
    pub recall: Option<Spanned<f64>>,
}

/// One comparison.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparisonRecipe {
    /// Its name; its columns' names when left out.
    #[serde(default)]
    pub name: Option<String>,
    /// The columns it looks at.
    pub columns: Vec<Spanned<String>>,
    /// Its levels, the best first: `exact`, `jaro-winkler 0.9`, `days 0..4`.
    pub levels: Vec<Spanned<String>>,
    /// Columns whose values' frequencies count.
    #[serde(default)]
    pub rarity: Vec<Spanned<String>>,
}

/// One blocking rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockRecipe {
    /// Keys on which two records must agree: `surname`, `prefix(postcode, 3)`, `year(dob)`.
    pub on: Vec<Spanned<String>>,
}

/// A recipe with its text, to say lines.
#[derive(Debug)]
pub struct Read<'a> {
    /// The recipe.
    pub recipe: LinkRecipe,
    text: &'a str,
    place: &'a str,
}

impl<'a> Read<'a> {
    /// Reads a recipe; `place` names it in errors.
    ///
    /// # Errors
    /// `link-recipe`, with the line.
    pub fn parse(text: &'a str, place: &'a str) -> Result<Read<'a>, Problem> {
        let recipe: LinkRecipe = toml::from_str(text).map_err(|e| {
            let message = e.message().replace('\n', " ");
            problem(place, text, e.span().map_or(0, |s| s.start), both!("{message}", "{message}"))
        })?;
        let read = Read { recipe, text, place };
        read.check()?;
        Ok(read)
    }

    fn check(&self) -> Result<(), Problem> {
        let recipe = &self.recipe;
        if recipe.comparisons.is_empty() {
            let found = Both::new("nothing is compared: add a [[compare]]", "no se compara nada: agregue un [[compare]]");
            return Err(problem(self.place, self.text, self.text.len(), found));
        }
        let shares = recipe.threshold.iter().chain(&recipe.prior.recall);
        if let Some(wrong) = shares.into_iter().find(|p| !(*p.get_ref() > 0.0 && *p.get_ref() < 1.0 + f64::EPSILON)) {
            let x = wrong.get_ref();
            let found = both!("{x} is no share between 0 and 1", "{x} no es una proporción entre 0 y 1");
            return Err(problem(self.place, self.text, wrong.span().start, found));
        }
        if recipe.prior.recall.is_none() && !recipe.prior.rules.is_empty() {
            let found = Both::new(
                "prior.rules need prior.recall: which share of the true pairs they make",
                "prior.rules necesita prior.recall: qué proporción de los pares verdaderos generan",
            );
            return Err(self.at(&recipe.prior.rules[0][0], found));
        }
        Ok(())
    }

    /// A problem with what stands at a place of the recipe.
    pub fn at<T>(&self, what: &Spanned<T>, found: Both) -> Problem {
        problem(self.place, self.text, what.span().start, found)
    }

    /// Every column the recipe names, each once, in the order in which it does; derived ones by
    /// their own name.
    ///
    /// # Errors
    /// `link-recipe` for a key or level that cannot be read.
    pub fn columns(&self) -> Result<Vec<Spanned<String>>, Problem> {
        let recipe = &self.recipe;
        let mut columns: Vec<Spanned<String>> = Vec::new();
        let mut add = |column: Spanned<String>| {
            if !columns.iter().any(|c| c.get_ref() == column.get_ref()) {
                columns.push(column);
            }
        };
        for comparison in &recipe.comparisons {
            comparison.columns.iter().chain(&comparison.rarity).for_each(|c| add(c.clone()));
        }
        for key in recipe.blocks.iter().flat_map(|b| &b.on).chain(recipe.prior.rules.iter().flatten()) {
            let column = grammar::key_column(key.get_ref()).map_err(|found| self.at(key, found))?;
            add(Spanned::new(key.span(), column.to_owned()));
        }
        Ok(columns)
    }

    /// The recipe as the engine takes it.
    ///
    /// * `columns`: the table's columns, by their place.
    ///
    /// # Errors
    /// `link-recipe`, with the line.
    pub fn spec(&self, columns: &[String]) -> Result<Spec, Problem> {
        let recipe = &self.recipe;
        let comparisons = recipe.comparisons.iter().map(|c| self.comparison(c, columns)).collect::<Result<Vec<_>, _>>()?;
        let rules = recipe.blocks.iter().map(|b| self.rule(&b.on, columns)).collect::<Result<Vec<_>, _>>()?;
        let prior = match (&recipe.prior.matches, recipe.prior.rules.as_slice()) {
            (Some(matches), _) => Prior::Matches(*matches),
            (None, []) => Prior::Fitted,
            (None, sure) => {
                let sure = sure.iter().map(|on| self.rule(on, columns)).collect::<Result<Vec<_>, _>>()?;
                Prior::Rules(sure, recipe.prior.recall.as_ref().map_or(1.0, |r| *r.get_ref()))
            }
        };
        Ok(Spec {
            comparisons,
            rules,
            prior,
            threshold: recipe.threshold.as_ref().map(|t| *t.get_ref()),
            largest_block: recipe.largest_block,
            chance_pairs: recipe.chance_pairs,
            survey_pairs: recipe.survey_pairs,
            seed: atalaya_kernel::Seed(recipe.seed),
        })
    }

    fn rule(&self, on: &[Spanned<String>], columns: &[String]) -> Result<Rule, Problem> {
        let keys = on.iter().map(|key| grammar::key(key.get_ref(), columns).map_err(|found| self.at(key, found)));
        let name = on.iter().map(|k| k.get_ref().as_str()).collect::<Vec<_>>().join(" + ");
        Ok(Rule { name, keys: keys.collect::<Result<Vec<_>, _>>()? })
    }

    fn comparison(&self, comparison: &ComparisonRecipe, columns: &[String]) -> Result<Comparison, Problem> {
        let place = |name: &Spanned<String>| grammar::column(name.get_ref(), columns).map_err(|found| self.at(name, found));
        let own = comparison.columns.iter().map(place).collect::<Result<Vec<usize>, _>>()?;
        let rarity = comparison.rarity.iter().map(place).collect::<Result<Vec<usize>, _>>()?;
        let mut levels = Vec::new();
        for level in &comparison.levels {
            let any = grammar::level(level.get_ref(), &own, columns).map_err(|found| self.at(level, found))?;
            levels.push(Level { name: level.get_ref().clone(), any });
        }
        let mut looked_at = own.clone();
        looked_at.extend(levels.iter().flat_map(|l| l.any.iter().flatten()).flat_map(|c| columns_of(c.measure)));
        looked_at.sort_unstable();
        looked_at.dedup();
        let name = comparison
            .name
            .clone()
            .unwrap_or_else(|| comparison.columns.iter().map(|c| c.get_ref().as_str()).collect::<Vec<_>>().join(" + "));
        Ok(Comparison { name, columns: looked_at, levels, rarity })
    }
}

fn columns_of(measure: Measure) -> Vec<usize> {
    match measure {
        Measure::Swapped(a, b) | Measure::Kilometres(a, b) => vec![a, b],
        Measure::Equal(c)
        | Measure::JaroWinkler(c)
        | Measure::Levenshtein(c)
        | Measure::DamerauLevenshtein(c)
        | Measure::Prefix(c)
        | Measure::Begins(c)
        | Measure::Days(c)
        | Measure::Difference(c)
        | Measure::Percent(c)
        | Measure::Common(c)
        | Measure::Jaccard(c)
        | Measure::Contained(c) => vec![c],
    }
}

fn problem(place: &str, text: &str, at: usize, found: Both) -> Problem {
    let line = text[..at.min(text.len())].matches('\n').count() + 1;
    Problem::new(
        "link-recipe",
        format!("{place} line {line}"),
        found,
        Both::new(
            "correct that line; docs/linking-tables.md lists every key",
            "corrija esa línea; docs/linking-tables.md lista todas las claves",
        ),
    )
}

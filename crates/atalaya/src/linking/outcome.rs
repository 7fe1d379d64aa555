//! What a linkage found, and how: the answer of `link --recipe`.

use atalaya_kernel::{Both, Lang, both};
use serde::Serialize;

use crate::verbs::{Say, count};

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReadTable {
    /// The file.
    pub file: String,
    /// Its rows.
    pub rows: usize,
}

/// A blocking rule and what it brought.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UsedRule {
    /// Its keys.
    pub on: String,
    /// Pairs that agree on them.
    pub pairs: u64,
    /// Of those, how many are expected to be true.
    pub true_pairs: f64,
    /// True pairs no other rule makes.
    pub alone: f64,
}

/// A block that was not compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RefusedBlock {
    /// The rule.
    pub on: String,
    /// The values its rows share.
    pub values: Vec<String>,
    /// Its rows.
    pub rows: usize,
    /// The pairs it would make.
    pub pairs: u64,
}

/// A level and its weight.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoredLevel {
    /// The level.
    pub level: Both,
    /// How often true pairs come out at it.
    pub m: f64,
    /// How often pairs do by chance.
    pub u: f64,
    /// `log2(m / u)`.
    pub bits: f64,
}

/// A comparison as fitted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoredComparison {
    /// The comparison.
    pub name: String,
    /// Its levels, the best first.
    pub levels: Vec<ScoredLevel>,
}

/// What was learnt from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Surveyed {
    /// Pairs compared to learn from.
    pub pairs: usize,
    /// How many pairs each stands for: 1 when all were compared.
    pub stands_for: f64,
    /// Distinct patterns among them.
    pub patterns: usize,
    /// Iterations of EM.
    pub iterations: usize,
    /// Whether EM came to rest.
    pub converged: bool,
}

/// The prior.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UsedPrior {
    /// Where it comes from: `fitted`, `matches`, `rules`.
    pub from: String,
    /// Log odds, in bits, that any two rows are one thing.
    pub bits: f64,
    /// True pairs it stands for.
    pub matches: f64,
}

/// The threshold and what the model expects of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChosenThreshold {
    /// How it was chosen: `expected-f1`, `expected-f1-one-to-one`, `recipe`.
    pub how: String,
    /// Links have at least this probability.
    pub probability: f64,
    /// Expected share of links that are true.
    pub precision: f64,
    /// Expected share of true pairs that are links.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

/// What the pairs became.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "as", rename_all = "kebab-case")]
pub enum LinkedWith {
    /// One partner at most.
    OneToOne {
        /// Pairs linked.
        links: usize,
    },
    /// Groups of any size.
    Clusters {
        /// Clusters of two rows and more.
        clusters: usize,
        /// Rows in them.
        rows: usize,
        /// Rows of the largest.
        largest: usize,
        /// Pairs they imply.
        pairs: u64,
    },
}

/// What a linkage found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkedTables {
    /// The recipe.
    pub recipe: String,
    /// The files.
    pub read: Vec<ReadTable>,
    /// The blocking rules.
    pub rules: Vec<UsedRule>,
    /// Whether the rules were chosen from the data.
    pub rules_chosen: bool,
    /// Blocks too large to compare.
    pub refused: Vec<RefusedBlock>,
    /// Estimated share of true pairs no rule makes, at least (Chao 1987).
    pub blocking_loss: f64,
    /// What was learnt from.
    pub survey: Surveyed,
    /// The comparisons as fitted.
    pub comparisons: Vec<ScoredComparison>,
    /// The prior.
    pub prior: UsedPrior,
    /// The threshold.
    pub threshold: ChosenThreshold,
    /// Pairs kept, links or not.
    pub pairs: usize,
    /// Of those, pairs at or above the threshold.
    pub above: usize,
    /// What they became.
    pub linked: LinkedWith,
    /// What chance started from.
    pub seed: u64,
    /// Files written.
    pub written: Vec<String>,
}

impl Say for LinkedTables {
    fn say(&self, lang: Lang) -> String {
        let n = |n: u64| count(n, lang);
        let mut out = String::new();
        for file in &self.read {
            let (name, rows) = (&file.file, n(file.rows as u64));
            out += both!("{name}: {rows} rows\n", "{name}: {rows} filas\n").in_lang(lang);
        }
        for rule in &self.rules {
            let (on, pairs, true_pairs) = (&rule.on, n(rule.pairs), n(rule.true_pairs.round() as u64));
            out +=
                both!("  on {on}: {pairs} pairs, about {true_pairs} true\n", "  por {on}: {pairs} pares, unos {true_pairs} verdaderos\n")
                    .in_lang(lang);
        }
        for block in &self.refused {
            let (on, values, rows, pairs) = (&block.on, block.values.join(", "), n(block.rows as u64), n(block.pairs));
            out += both!(
                "  NOT COMPARED, {on} = {values}: {rows} rows, {pairs} pairs; add a key to the rule or raise largest_block\n",
                "  SIN COMPARAR, {on} = {values}: {rows} filas, {pairs} pares; agregue una clave a la regla o suba largest_block\n"
            )
            .in_lang(lang);
        }
        let loss = percent(self.blocking_loss, lang);
        out += both!(
            "no rule makes about {loss} of the true pairs, or more\n",
            "ninguna regla genera alrededor del {loss} de los pares verdaderos, o más\n"
        )
        .in_lang(lang);
        let t = &self.threshold;
        let how = match t.how.as_str() {
            "recipe" => Both::new("as the recipe says", "como dice la receta"),
            _ => Both::new("chosen without labels, best expected F1", "elegido sin etiquetas, mejor F1 esperado"),
        };
        let how = how.in_lang(lang);
        let [p, precision, recall, f1] = [t.probability, t.precision, t.recall, t.f1].map(|x| percent(x, lang));
        out += both!(
            "threshold {p} ({how}): expected precision {precision}, recall {recall}, F1 {f1}\n",
            "umbral {p} ({how}): precisión esperada {precision}, exhaustividad {recall}, F1 {f1}\n"
        )
        .in_lang(lang);
        out += self.linked(lang).in_lang(lang);
        for file in &self.written {
            out += both!("written: {file}\n", "escrito: {file}\n").in_lang(lang);
        }
        out
    }
}

impl LinkedTables {
    fn linked(&self, lang: Lang) -> Both {
        let n = |n: u64| count(n, lang);
        match &self.linked {
            LinkedWith::OneToOne { links } => {
                let links = n(*links as u64);
                both!("{links} links, one to one\n", "{links} enlaces, uno a uno\n")
            }
            LinkedWith::Clusters { clusters, rows, largest, .. } => {
                let (clusters, rows, above) = (n(*clusters as u64), n(*rows as u64), n(self.above as u64));
                both!(
                    "{above} links; {clusters} clusters of {rows} rows, the largest of {largest}\n",
                    "{above} enlaces; {clusters} grupos con {rows} filas, el mayor de {largest}\n"
                )
            }
        }
    }
}

fn percent(share: f64, lang: Lang) -> String {
    let text = format!("{:.1} %", 100.0 * share);
    if lang == Lang::Es { text.replace('.', ",") } else { text }
}

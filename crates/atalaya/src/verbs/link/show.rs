//! One proposal: two records side by side and how their score came about, or a list and its pairs.

use std::fmt::Write as _;

use atalaya_kernel::record::RecordKey;
use atalaya_kernel::{Both, Lang, Problem};
use atalaya_methods::link::records::amount::Agreement;
use atalaya_methods::link::records::place::Nearness;
use atalaya_store::{LinkDecision, Ruling};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::say::table;
use super::super::{Say, Verb};
use super::pairs::{LinkBatch, LinkPair, View};
use crate::Observatory;
use crate::link::{Beside, beside, label};
use crate::observatory::Caller;

/// Pairs of a batch that are shown with it.
const SHOWN: usize = 50;

/// One proposal: a pair (p-...) with both records side by side, or a batch (b-...) with its pairs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct LinkShow {
    /// Its id, as `link pairs` and `link` list it
    pub id: String,
}

/// A line of a waterfall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownStep {
    /// What was compared.
    pub comparison: Both,
    /// What was found.
    pub level: Both,
    /// The weight.
    pub bits: f64,
}

/// How a score came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownWaterfall {
    /// What was believed before.
    pub prior: f64,
    /// What each comparison added.
    pub steps: Vec<ShownStep>,
    /// Together.
    pub bits: f64,
    /// As a probability.
    pub probability: f64,
}

/// A decision about a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkHistory {
    /// Its number.
    pub decision: i64,
    /// Which desk or role.
    pub who: String,
    /// When.
    pub when: String,
    /// The reason.
    pub why: String,
    /// `same`, `apart`, `undone`.
    pub ruling: &'static str,
}

/// A pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkPairPage {
    /// As it is listed.
    #[serde(flatten)]
    pub pair: LinkPair,
    /// Both records, field by field.
    pub fields: Vec<Beside>,
    /// How the score came about.
    pub waterfall: ShownWaterfall,
    /// Other proposed pairs with either record.
    pub beside: Vec<String>,
    /// What was decided about it.
    pub history: Vec<LinkHistory>,
}

/// How often a field differs between the copies of a batch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Differs {
    /// The field.
    pub field: String,
    /// Its name.
    pub label: Both,
    /// In which share of its pairs.
    pub share: f64,
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkBatchPage {
    /// As it is listed.
    #[serde(flatten)]
    pub batch: LinkBatch,
    /// Its first pairs.
    pub pairs: Vec<LinkPair>,
    /// How its copies differ.
    pub differs: Vec<Differs>,
    /// What was decided about it.
    pub history: Vec<LinkHistory>,
}

/// A proposal.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum LinkShown {
    /// Two records.
    Pair(Box<LinkPairPage>),
    /// A list.
    Batch(Box<LinkBatchPage>),
}

impl Verb for LinkShow {
    const NAME: &'static str = "link";
    type Outcome = LinkShown;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<LinkShown, Problem> {
        let view = View::new(observatory, caller, 1.0)?;
        let log = observatory.links()?;
        let proposals = &view.linkage.proposals;
        if let Some(at) = proposals.pairs.iter().position(|p| p.id == self.id) {
            return Ok(LinkShown::Pair(Box::new(pair(&view, at, &log.decisions))));
        }
        if let Some(at) = proposals.batches.iter().position(|b| b.id == self.id) {
            return Ok(LinkShown::Batch(Box::new(batch(&view, at, &log.decisions))));
        }
        Err(Problem::new(
            "unknown-proposal",
            self.id.clone(),
            Both::new("nothing is proposed under this id now", "ahora no se propone nada con este id"),
            Both::new(
                "`atalaya link` lists batches, `atalaya link pairs` pairs",
                "`atalaya link` lista los lotes; `atalaya link pairs`, los pares",
            ),
        ))
    }
}

fn pair(view: &View, at: usize, decisions: &[LinkDecision]) -> LinkPairPage {
    let proposals = &view.linkage.proposals;
    let proposed = &proposals.pairs[at];
    let pattern = view.linkage.found.get(at).and_then(|p| p.pattern);
    let close = |field: &str| {
        let pattern = pattern?;
        match field {
            "place" | "admin" if pattern.place == Nearness::Alike => {
                Some(Both::new("the words that matter are shared", "comparten las palabras esenciales"))
            }
            "place" if pattern.place == Nearness::Same => {
                Some(Both::new("one name, written twice", "un mismo nombre, escrito de dos modos"))
            }
            "amount" if pattern.amount == Agreement::Converted => Some(Both::new("the same in another unit", "la misma en otra unidad")),
            "amount" if pattern.amount == Agreement::CutOrRounded => {
                Some(Both::new("the same, cut or rounded", "la misma, truncada o redondeada"))
            }
            "date" if pattern.lag > 0 => Some(Both::new("a few days apart", "a pocos días de diferencia")),
            _ => None,
        }
    };
    let shares = |other: &&crate::link::ProposedPair| other.id != proposed.id && other.rows.iter().any(|r| proposed.rows.contains(r));
    let waterfall = view.linkage.explain(at).map_or(ShownWaterfall { prior: 0.0, steps: Vec::new(), bits: 0.0, probability: 0.5 }, |w| {
        let steps = w.steps.iter().map(|s| ShownStep { comparison: s.comparison.clone(), level: s.level.clone(), bits: s.bits }).collect();
        ShownWaterfall { prior: w.prior, steps, bits: w.bits(), probability: w.probability() }
    });
    LinkPairPage {
        pair: view.pair(proposed),
        fields: beside(&view.eye, proposed.rows, &close),
        waterfall,
        beside: proposals.pairs.iter().filter(shares).map(|p| p.id.clone()).collect(),
        history: history(decisions, &proposed.id, Some(&proposed.records)),
    }
}

fn batch(view: &View, at: usize, decisions: &[LinkDecision]) -> LinkBatchPage {
    let proposals = &view.linkage.proposals;
    let batch = &proposals.batches[at];
    let pairs = batch.pairs.iter().take(SHOWN).filter_map(|p| proposals.pairs.get(*p as usize)).map(|p| view.pair(p)).collect();
    let differs = view
        .linkage
        .differs(at)
        .iter()
        .map(|(field, share)| Differs { field: field.clone(), label: label(field), share: *share })
        .collect();
    LinkBatchPage { batch: view.batch(batch), pairs, differs, history: history(decisions, &batch.id, None) }
}

/// The decisions that name a proposal or rule on its records.
fn history(decisions: &[LinkDecision], id: &str, records: Option<&[RecordKey; 2]>) -> Vec<LinkHistory> {
    let about = |d: &&LinkDecision| {
        let rules = |keys: &[RecordKey; 2]| {
            d.linking.pairs().any(|[a, b]| a.key == keys[0] && b.key == keys[1] || a.key == keys[1] && b.key == keys[0])
        };
        d.linking.proposals.iter().any(|p| p == id) || records.is_some_and(rules)
    };
    let told = |d: &LinkDecision| LinkHistory {
        decision: d.id,
        who: d.who.clone(),
        when: d.decided_at.clone(),
        why: d.why.clone(),
        ruling: match (d.undone_by, d.ruling) {
            (Some(_), _) => "undone",
            (None, Ruling::Same) => "same",
            (None, Ruling::Apart) => "apart",
        },
    };
    decisions.iter().filter(about).map(told).collect()
}

impl Say for LinkShown {
    fn say(&self, lang: Lang) -> String {
        match self {
            LinkShown::Pair(page) => say_pair(page, lang),
            LinkShown::Batch(page) => say_batch(page, lang),
        }
    }
}

fn say_pair(page: &LinkPairPage, lang: Lang) -> String {
    let es = lang == Lang::Es;
    let mut out = format!("{}  {}  [{}, {}]\n\n", page.pair.id, page.pair.title.in_lang(lang), page.pair.relation, page.pair.status);
    let side = |s: &super::pairs::LinkSide| format!("{} {}", s.source, s.ordinal);
    let (a, b) = (side(&page.pair.a), side(&page.pair.b));
    let head = [if es { "campo" } else { "field" }, a.as_str(), b.as_str(), ""];
    let rows: Vec<Vec<String>> = page
        .fields
        .iter()
        .filter(|f| f.agree != "both-absent")
        .map(|f| {
            let mark = match f.agree {
                "same" => "=",
                "close" => "~",
                "different" => "x",
                _ => "",
            };
            vec![f.label.in_lang(lang).into(), f.a.clone(), f.b.clone(), mark.into()]
        })
        .collect();
    out += &table(&head, &rows);
    let head = if es { ["comparación", "hallado", "bits"] } else { ["comparison", "found", "bits"] };
    let prior = if es { "Antes de comparar" } else { "Before comparing" };
    let mut rows = vec![vec![prior.to_string(), String::new(), format!("{:+.1}", page.waterfall.prior)]];
    for step in &page.waterfall.steps {
        rows.push(vec![step.comparison.in_lang(lang).into(), step.level.in_lang(lang).into(), format!("{:+.1}", step.bits)]);
    }
    let sum = if es { "En total" } else { "Together" };
    rows.push(vec![sum.into(), format!("p = {:.4}", page.waterfall.probability), format!("{:+.1}", page.waterfall.bits)]);
    let _ = write!(out, "\n{}", table(&head, &rows));
    if !page.beside.is_empty() {
        let _ = writeln!(
            out,
            "\n{}: {}",
            if es { "Otros pares con estos registros" } else { "Other pairs with these records" },
            page.beside.join(" ")
        );
    }
    out + &say_history(&page.history)
}

fn say_batch(page: &LinkBatchPage, lang: Lang) -> String {
    let batch = &page.batch;
    let mut out =
        format!("{}  {}  [{}, {}]\n{}\n\n", batch.id, batch.title.in_lang(lang), batch.kind, batch.status, batch.reason.in_lang(lang));
    for differs in &page.differs {
        let _ = writeln!(out, "  {:<26} {:>3.0} %", differs.label.in_lang(lang), differs.share * 100.0);
    }
    for pair in &page.pairs {
        let _ = writeln!(out, "{}  {:.3}  {}", pair.id, pair.probability, pair.title.in_lang(lang));
    }
    out + &say_history(&page.history)
}

fn say_history(history: &[LinkHistory]) -> String {
    let mut out = String::new();
    for line in history {
        let _ = writeln!(out, "{}  {}  {}  {}: {}", line.decision, line.when, line.who, line.ruling, line.why);
    }
    out
}

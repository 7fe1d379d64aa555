//! Accept, reject, undo.

use std::sync::Arc;

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_store::{Ruling, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::say::count;
use super::super::{Say, Verb, inside_only};
use super::name::{pairs, told};
use crate::Observatory;
use crate::events::{self, Events, Totals, Wish};
use crate::link::{Proposals, ProposedPair, Relation, intakes};
use crate::observatory::{Caller, Eye};

/// Rule that records report one event: proposals by id, pairs by hand, or a stated band.
///
/// From then on `events` and `kg_unique` count them once; `records` and `kg` stay what each source
/// reports. Nothing is merged or deleted, and `link undo` takes it back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct LinkAccept {
    /// Proposals: batches (b-...) and pairs (p-...)
    #[cfg_attr(feature = "cli", arg(value_name = "ID"))]
    pub ids: Vec<String>,
    /// Two records by hand: FILE:ROW,FILE:ROW with the file's source or the first digits of its hash
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "RECORD,RECORD"))]
    pub pair: Vec<String>,
    /// Every open proposal at least this probable: 0.99
    #[cfg_attr(feature = "cli", arg(long, value_name = "PROBABILITY"))]
    pub band: Option<String>,
    /// Why: kept with the decision
    #[cfg_attr(feature = "cli", arg(long, value_name = "TEXT"))]
    pub why: Option<String>,
}

/// Rule that records report different events, however alike they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct LinkReject {
    /// Proposals: batches (b-...) and pairs (p-...)
    #[cfg_attr(feature = "cli", arg(value_name = "ID"))]
    pub ids: Vec<String>,
    /// Two records by hand: FILE:ROW,FILE:ROW with the file's source or the first digits of its hash
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "RECORD,RECORD"))]
    pub pair: Vec<String>,
    /// Why: kept with the decision
    #[cfg_attr(feature = "cli", arg(long, value_name = "TEXT"))]
    pub why: Option<String>,
}

/// Take a link decision back: answers are as if it had never been made. The log keeps both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct LinkUndo {
    /// The decision's number
    #[cfg_attr(feature = "cli", arg(value_name = "N"))]
    pub decision: i64,
    /// Why: kept with the decision
    #[cfg_attr(feature = "cli", arg(long, value_name = "TEXT"))]
    pub why: Option<String>,
}

/// A ruling on proposals, as the page asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkDecide {
    /// Proposals: batches (b-...) and pairs (p-...)
    pub ids: Vec<String>,
    /// `same` or `apart`
    pub ruling: String,
    /// Why: kept with the decision
    #[serde(default)]
    pub why: Option<String>,
}

/// What was decided, and both totals after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// The decisions just logged.
    pub decisions: Vec<i64>,
    /// Records of seizures in force.
    pub records: u64,
    /// The events they are.
    pub events: u64,
}

impl Verb for LinkAccept {
    const NAME: &'static str = "link";
    type Outcome = Linked;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Linked, Problem> {
        let asked = Asked { ids: &self.ids, pair: &self.pair, band: self.band.as_deref(), why: self.why.as_deref() };
        asked.decide(observatory, caller, Ruling::Same)
    }
}

impl Verb for LinkReject {
    const NAME: &'static str = "link";
    type Outcome = Linked;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Linked, Problem> {
        let asked = Asked { ids: &self.ids, pair: &self.pair, band: None, why: self.why.as_deref() };
        asked.decide(observatory, caller, Ruling::Apart)
    }
}

impl Verb for LinkDecide {
    const NAME: &'static str = "link";
    type Outcome = Linked;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Linked, Problem> {
        let ruling = match self.ruling.as_str() {
            "same" => Ruling::Same,
            "apart" => Ruling::Apart,
            other => {
                return Err(Problem::new(
                    "unknown-ruling",
                    other,
                    Both::new("is no ruling", "no es una decisión"),
                    Both::new("say same or apart", "diga same o apart"),
                ));
            }
        };
        Asked { ids: &self.ids, pair: &[], band: None, why: self.why.as_deref() }.decide(observatory, caller, ruling)
    }
}

impl Verb for LinkUndo {
    const NAME: &'static str = "link";
    type Outcome = Linked;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Linked, Problem> {
        inside_only(observatory)?;
        let undone = events::undo(observatory, caller, self.decision, self.why.as_deref())?;
        after(observatory, vec![undone.id])
    }
}

/// What is to be ruled on, however it was asked.
struct Asked<'a> {
    ids: &'a [String],
    pair: &'a [String],
    band: Option<&'a str>,
    why: Option<&'a str>,
}

impl Asked<'_> {
    fn decide(&self, observatory: &mut Observatory, caller: &mut Caller<'_>, ruling: Ruling) -> Result<Linked, Problem> {
        inside_only(observatory)?;
        let eye = observatory.eye(None)?;
        let mut wishes = Vec::new();
        if !self.ids.is_empty() || self.band.is_some() {
            let proposals = proposals(observatory, &eye, caller)?;
            wishes.extend(by_id(&eye, &proposals, self.ids, ruling)?);
            if let Some(band) = self.band {
                wishes.push(in_band(&proposals, &*observatory.events(&eye, None)?, band)?);
            }
        }
        for pair in pairs(&eye, self.pair)? {
            let wish = Wish {
                ruling,
                scope: Scope::Hand,
                title: told(&eye, pair[0]),
                proposals: Vec::new(),
                at_least: None,
                engine: String::new(),
                pairs: vec![pair],
            };
            wishes.push(wish);
        }
        if wishes.is_empty() {
            return Err(Problem::new(
                "nothing-to-decide",
                "link",
                Both::new("nothing is named to rule on", "no se nombra nada que decidir"),
                Both::new(
                    "name proposals (`atalaya link pairs` lists them), --pair or --band",
                    "nombre propuestas (`atalaya link pairs` las lista), --pair o --band",
                ),
            ));
        }
        let decided = events::decide(observatory, caller, &eye, self.why, wishes)?;
        after(observatory, decided.into_iter().map(|d| d.id).collect())
    }
}

/// Both totals as they are now.
fn after(observatory: &Observatory, decisions: Vec<i64>) -> Result<Linked, Problem> {
    let eye = observatory.eye(None)?;
    let Totals { records, events } = observatory.events(&eye, None)?.totals(&eye, &intakes(observatory, &eye));
    Ok(Linked { decisions, records, events })
}

/// What the program proposes about the records that may be seen.
fn proposals(observatory: &Observatory, eye: &Eye, caller: &mut Caller<'_>) -> Result<Arc<Proposals>, Problem> {
    crate::link::propose(observatory, eye, &crate::link::Options::default(), caller.progress)
}

/// The proposals of these ids, one ruling each.
fn by_id(eye: &Eye, proposals: &Proposals, ids: &[String], ruling: Ruling) -> Result<Vec<Wish>, Problem> {
    let of = |pairs: Vec<&ProposedPair>| pairs.iter().map(|p| p.rows).collect::<Vec<_>>();
    let wish = |id: &String| {
        let (scope, title, pairs) = if let Some(batch) = proposals.batches.iter().find(|b| b.id == *id) {
            let pairs = batch.pairs.iter().filter_map(|at| proposals.pairs.get(*at as usize)).collect();
            (Scope::Batch, batch.title.clone(), of(pairs))
        } else if let Some(pair) = proposals.pairs.iter().find(|p| p.id == *id) {
            (Scope::Pair, told(eye, pair.rows[0]), of(vec![pair]))
        } else {
            return Err(unknown(id));
        };
        Ok(Wish { ruling, scope, title, proposals: vec![id.clone()], at_least: None, engine: proposals.engine.clone(), pairs })
    };
    ids.iter().map(wish).collect()
}

/// Every open proposal of one event at least this probable. Parcels of one event, each reported
/// once, are no double reports: no band takes them in.
fn in_band(proposals: &Proposals, events: &Events, band: &str) -> Result<Wish, Problem> {
    let least = band.trim().parse::<f64>().ok().filter(|p| *p > 0.5 && *p <= 1.0).ok_or_else(|| {
        Problem::new(
            "link-band",
            format!("--band {band}"),
            Both::new("is no probability that more likely than not", "no es una probabilidad mayor que la mitad"),
            Both::new("state one between 0.5 and 1: --band 0.99", "indique una entre 0.5 y 1: --band 0.99"),
        )
    })?;
    let open = |p: &&ProposedPair| {
        p.probability >= least && p.relation != Relation::Parcels && events.rulings().of(&p.records[0], &p.records[1]).is_none()
    };
    let pairs: Vec<&ProposedPair> = proposals.pairs.iter().filter(open).collect();
    if pairs.is_empty() {
        return Err(Problem::new(
            "nothing-to-decide",
            format!("--band {band}"),
            both!("no open proposal is at least {band} probable", "ninguna propuesta abierta tiene probabilidad de al menos {band}"),
            Both::new("`atalaya link pairs` lists them with their probability", "`atalaya link pairs` las lista con su probabilidad"),
        ));
    }
    let n = pairs.len();
    Ok(Wish {
        ruling: Ruling::Same,
        scope: Scope::Band,
        title: both!("{n} pairs at least {band} probable", "{n} pares con probabilidad de al menos {band}"),
        proposals: pairs.iter().map(|p| p.id.clone()).collect(),
        at_least: Some(band.trim().to_string()),
        engine: proposals.engine.clone(),
        pairs: pairs.iter().map(|p| p.rows).collect(),
    })
}

fn unknown(id: &str) -> Problem {
    Problem::new(
        "unknown-proposal",
        id,
        Both::new("nothing is proposed under this id now", "ahora no se propone nada con este id"),
        Both::new(
            "`atalaya link pairs` lists what is; two records can be named with --pair",
            "`atalaya link pairs` lista lo que hay; con --pair se nombran dos registros",
        ),
    )
}

impl Say for Linked {
    fn say(&self, lang: Lang) -> String {
        let mut out = String::new();
        for n in &self.decisions {
            out += both!(
                "decision {n} logged; take it back with: atalaya link undo {n} --why '...'\n",
                "decisión {n} registrada; deshágala con: atalaya link undo {n} --why '...'\n"
            )
            .in_lang(lang);
        }
        let [records, events] = [self.records, self.events].map(|n| count(n, lang));
        out += both!("{records} records, {events} events\n", "{records} registros, {events} hechos\n").in_lang(lang);
        out
    }
}

//! What is proposed: lists loaded twice, pairs of records, and how many double reports there are.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use atalaya_kernel::{Both, Problem, both};
use atalaya_store::Ruling;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::Verb;
use crate::Observatory;
use crate::events::{Events, Totals};
use crate::link::{Estimate, Linkage, Options, ProposedBatch, ProposedPair, Relation, intakes, linkage, told};
use crate::observatory::{Caller, Eye};

/// Which records seem to report one event: lists loaded twice, pairs, and an estimate of all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LinkSummary {}

/// Proposed pairs, the most probable first; or all of them as a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct LinkPairs {
    /// Only these: open, same, apart, any
    #[cfg_attr(feature = "cli", arg(long, value_name = "STATUS", default_value = "any"))]
    pub status: String,
    /// Only batches, or only pairs that stand alone: batch, pair
    #[cfg_attr(feature = "cli", arg(long, value_name = "KIND"))]
    pub kind: Option<String>,
    /// Only records of this source
    #[cfg_attr(feature = "cli", arg(long, value_name = "ID"))]
    pub source: Option<String>,
    /// Only records of this area, by code
    #[cfg_attr(feature = "cli", arg(long, value_name = "CODE"))]
    pub area: Option<String>,
    /// Only records of this substance, by id
    #[cfg_attr(feature = "cli", arg(long, value_name = "ID"))]
    pub substance: Option<String>,
    /// At least this probable, 0 to 1
    #[cfg_attr(feature = "cli", arg(long, value_name = "P", default_value_t = 0.5))]
    pub min: f64,
    /// Skip this many pairs
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: usize,
    /// Show at most this many pairs
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 50))]
    pub limit: usize,
    /// All pairs as a file: csv, json
    #[cfg_attr(feature = "cli", arg(long, value_name = "FORMAT"))]
    pub format: Option<String>,
    /// Write them to this file
    #[cfg_attr(feature = "cli", arg(long, short, value_name = "FILE"))]
    pub out: Option<PathBuf>,
}

impl Default for LinkPairs {
    fn default() -> LinkPairs {
        LinkPairs {
            status: "any".into(),
            kind: None,
            source: None,
            area: None,
            substance: None,
            min: 0.5,
            offset: 0,
            limit: 50,
            format: None,
            out: None,
        }
    }
}

/// A record of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkSide {
    /// Its source.
    pub source: String,
    /// The hash of its file.
    pub file: String,
    /// Its part of the file, from 0.
    pub member: u32,
    /// Its row there, from 1.
    pub ordinal: u32,
}

/// A proposed pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkPair {
    /// `p-` and ten characters.
    pub id: String,
    /// The batch it belongs to.
    pub batch: Option<String>,
    /// `reported-twice`, `parcels`, `cross-country`.
    pub relation: &'static str,
    /// The probability that both report one event.
    pub probability: f64,
    /// The score, prior included.
    pub bits: f64,
    /// `open`, `same`, `apart`.
    pub status: &'static str,
    /// The decision in force.
    pub decision: Option<i64>,
    /// What was reported, in a few words.
    pub title: Both,
    /// One record.
    pub a: LinkSide,
    /// The other.
    pub b: LinkSide,
}

/// A proposed batch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkBatch {
    /// `b-` and ten characters.
    pub id: String,
    /// How it shows.
    pub kind: String,
    /// What it is.
    pub title: Both,
    /// What speaks for it.
    pub reason: Both,
    /// The sources of its records.
    pub sources: Vec<String>,
    /// The areas of its records.
    pub areas: Vec<String>,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Rows in it.
    pub rows: u64,
    /// Rows that repeat another one.
    pub surplus: u64,
    /// `open`, `same`, `apart`, `partly`.
    pub status: &'static str,
    /// The decision about all its pairs, if it is one.
    pub decision: Option<i64>,
}

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LinkCount {
    /// Best estimate.
    pub best: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl From<Estimate> for LinkCount {
    fn from(of: Estimate) -> LinkCount {
        LinkCount { best: of.best, low: of.low, high: of.high }
    }
}

/// Batches, and pairs that stand alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct WaitingLinks {
    /// Batches not wholly decided.
    pub batches: usize,
    /// Pairs that stand alone and are proposed: more probable than not.
    pub pairs: usize,
    /// Pairs that stand alone and seem to be parcels of one event, each reported once: they are
    /// shown with the others and are not proposed.
    pub parcels: usize,
}

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkPage {
    /// The engine's digest.
    pub engine: String,
    /// Records.
    pub records: u64,
    /// Events, after the decisions in force.
    pub events: u64,
    /// Credits: each record counts for who reported it.
    pub credit: u64,
    /// Records that repeat another one.
    pub doubles: LinkCount,
    /// The same by area, most first.
    pub by_area: Vec<(String, LinkCount)>,
    /// The snapshot.
    pub snapshot: String,
    /// What waits for a decision.
    pub waiting: WaitingLinks,
    /// Pairs ruled the same, and apart.
    pub decided: Decided,
    /// Batches, the largest first.
    pub batches: Vec<LinkBatch>,
    /// Pairs, the most probable first.
    pub pairs: Vec<LinkPair>,
    /// Pairs that fit.
    pub total: usize,
}

/// Pairs ruled on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// One event.
    pub same: usize,
    /// Two.
    pub apart: usize,
}

/// Pairs as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairsFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Pairs in it.
    pub pairs: usize,
}

/// Proposals, decisions and records of one moment.
pub(super) struct View {
    pub eye: Eye,
    pub linkage: Arc<Linkage>,
    pub events: Arc<Events>,
    pub totals: Totals,
}

impl View {
    pub fn new(observatory: &Observatory, caller: &mut Caller<'_>, least: f64) -> Result<View, Problem> {
        let eye = observatory.eye(None)?;
        let usual = Options::default();
        let options = Options { least: usual.least.min(least.max(0.0)) };
        let linkage = linkage(observatory, &eye, &options, caller.progress)?;
        let events = observatory.events(&eye, None)?;
        let totals = events.totals(&eye, &intakes(observatory, &eye));
        Ok(View { eye, linkage, events, totals })
    }

    fn ruled(&self, pair: &ProposedPair) -> Option<(Ruling, i64)> {
        self.events.rulings().of(&pair.records[0], &pair.records[1])
    }

    pub fn text(&self, row: u32, field: &str) -> &str {
        self.eye.cube.column(field).map_or("", |c| self.eye.cube.text(row as usize, c))
    }

    pub fn pair(&self, pair: &ProposedPair) -> LinkPair {
        let ruled = self.ruled(pair);
        let [a, b] = [0, 1].map(|at: usize| {
            let key = &pair.records[at];
            LinkSide { source: self.text(pair.rows[at], "source").into(), file: key.file.clone(), member: key.member, ordinal: key.ordinal }
        });
        LinkPair {
            id: pair.id.clone(),
            batch: pair.batch.and_then(|b| self.linkage.proposals.batches.get(b as usize)).map(|b| b.id.clone()),
            relation: relation(pair.relation),
            probability: pair.probability,
            bits: pair.bits,
            status: ruled.map_or("open", |(r, _)| if r == Ruling::Same { "same" } else { "apart" }),
            decision: ruled.map(|r| r.1),
            title: told(&self.eye, pair.rows[0]),
            a,
            b,
        }
    }

    pub fn batch(&self, batch: &ProposedBatch) -> LinkBatch {
        let ruled: Vec<Option<(Ruling, i64)>> =
            batch.pairs.iter().filter_map(|p| self.linkage.proposals.pairs.get(*p as usize)).map(|p| self.ruled(p)).collect();
        let all = |ruling: Ruling| !ruled.is_empty() && ruled.iter().all(|r| r.is_some_and(|r| r.0 == ruling));
        let status = match () {
            () if all(Ruling::Same) => "same",
            () if all(Ruling::Apart) => "apart",
            () if ruled.iter().all(Option::is_none) => "open",
            () => "partly",
        };
        let decision = ruled.first().copied().flatten().map(|r| r.1).filter(|d| ruled.iter().all(|r| r.is_some_and(|r| r.1 == *d)));
        LinkBatch {
            id: batch.id.clone(),
            kind: batch.kind.clone(),
            title: batch.title.clone(),
            reason: batch.reason.clone(),
            sources: batch.sources.clone(),
            areas: batch.areas.clone(),
            from: batch.from.clone(),
            to: batch.to.clone(),
            rows: batch.rows,
            surplus: batch.surplus,
            status,
            decision,
        }
    }
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::ReportedTwice => "reported-twice",
        Relation::Parcels => "parcels",
        Relation::CrossCountry => "cross-country",
    }
}

impl LinkPairs {
    /// # Errors
    /// `link-choice`.
    fn check(&self) -> Result<(), Problem> {
        let bad = |option: &str, found: &str, known: &str| {
            Problem::new(
                "link-choice",
                format!("--{option} {found}"),
                Both::new("is none of the choices", "no es una de las opciones"),
                both!("choose one of {known}", "elija entre {known}"),
            )
        };
        if !["open", "same", "apart", "any", ""].contains(&self.status.as_str()) {
            return Err(bad("status", &self.status, "open, same, apart, any"));
        }
        match self.kind.as_deref() {
            None | Some("batch" | "pair") => {}
            Some(other) => return Err(bad("kind", other, "batch, pair")),
        }
        match self.format.as_deref() {
            None | Some("csv" | "json") => {}
            Some(other) => return Err(bad("format", other, "csv, json")),
        }
        if !(0.0..=1.0).contains(&self.min) {
            return Err(bad("min", &self.min.to_string(), "0 ... 1"));
        }
        Ok(())
    }

    fn wants(&self, view: &View, pair: &ProposedPair) -> bool {
        let is = |field: &str, wanted: &Option<String>| {
            wanted.as_deref().is_none_or(|w| w.is_empty() || pair.rows.iter().any(|r| view.text(*r, field) == w))
        };
        let status = || match view.ruled(pair) {
            None => "open",
            Some((Ruling::Same, _)) => "same",
            Some(_) => "apart",
        };
        pair.probability >= self.min
            && is("source", &self.source)
            && is("area", &self.area)
            && is("substance", &self.substance)
            && (matches!(self.status.as_str(), "any" | "") || status() == self.status)
    }

    /// A page of proposals. Pairs of a batch are shown with it; `kind` `pair` leaves batches out.
    fn page(&self, view: &View) -> LinkPage {
        let proposals = &view.linkage.proposals;
        let alone: Vec<&ProposedPair> = proposals.pairs.iter().filter(|p| p.batch.is_none()).collect();
        let fits: Vec<&ProposedPair> = if self.kind.as_deref() == Some("batch") {
            Vec::new()
        } else {
            alone.iter().copied().filter(|p| self.wants(view, p)).collect()
        };
        let all: Vec<LinkBatch> = proposals.batches.iter().map(|b| view.batch(b)).collect();
        let wanted = |b: &&LinkBatch| {
            let is =
                |list: &[String], wanted: &Option<String>| wanted.as_deref().is_none_or(|w| w.is_empty() || list.iter().any(|l| l == w));
            let status =
                matches!(self.status.as_str(), "any" | "") || b.status == self.status || (self.status == "open" && b.status == "partly");
            status && is(&b.sources, &self.source) && is(&b.areas, &self.area)
        };
        let (parcels, pairs): (Vec<&ProposedPair>, Vec<&ProposedPair>) =
            alone.iter().filter(|p| p.probability >= 0.5 && view.ruled(p).is_none()).partition(|p| p.relation == Relation::Parcels);
        let waiting = WaitingLinks {
            batches: all.iter().filter(|b| matches!(b.status, "open" | "partly")).count(),
            pairs: pairs.len(),
            parcels: parcels.len(),
        };
        let decided = Decided { same: view.events.same.len(), apart: view.events.apart.len() };
        LinkPage {
            engine: proposals.engine.clone(),
            records: view.totals.records,
            events: view.totals.events,
            credit: view.totals.records,
            doubles: proposals.doubles.into(),
            by_area: view.linkage.by_area.iter().map(|(a, e)| (a.clone(), (*e).into())).collect(),
            snapshot: view.eye.snapshot.to_string(),
            waiting,
            decided,
            batches: if self.kind.as_deref() == Some("pair") { Vec::new() } else { all.iter().filter(wanted).cloned().collect() },
            total: fits.len(),
            pairs: fits.iter().skip(self.offset).take(self.limit).map(|p| view.pair(p)).collect(),
        }
    }

    /// Every pair that fits, those of batches as well, as csv or json.
    ///
    /// # Errors
    /// `link-choice`, and those of [`crate::link::linkage`].
    pub fn file(&self, observatory: &Observatory, caller: &mut Caller<'_>) -> Result<PairsFile, Problem> {
        self.check()?;
        let view = View::new(observatory, caller, self.min)?;
        let pairs: Vec<&ProposedPair> = view.linkage.proposals.pairs.iter().filter(|p| self.wants(&view, p)).collect();
        let json = self.format.as_deref() == Some("json");
        let bytes = if json {
            let list: Vec<LinkPair> = pairs.iter().map(|p| view.pair(p)).collect();
            serde_json::to_vec(&list).unwrap_or_default()
        } else {
            csv(&view, &pairs).into_bytes()
        };
        Ok(PairsFile { bytes, pairs: pairs.len() })
    }
}

fn csv(view: &View, pairs: &[&ProposedPair]) -> String {
    let mut out = String::from(
        "pair,file_a,member_a,ordinal_a,source_a,file_b,member_b,ordinal_b,source_b,bits,probability,relation,batch,proposal,status,decision\n",
    );
    for proposed in pairs {
        let pair = view.pair(proposed);
        let side = |s: &LinkSide| format!("{},{},{},{}", s.file, s.member, s.ordinal, s.source);
        let proposal = pair.probability >= 0.5 && pair.relation != "parcels";
        let decision = pair.decision.map(|d| d.to_string()).unwrap_or_default();
        let _ = writeln!(
            out,
            "{},{},{},{:.3},{:.6},{},{},{},{},{}",
            pair.id,
            side(&pair.a),
            side(&pair.b),
            pair.bits,
            pair.probability,
            pair.relation,
            pair.batch.as_deref().unwrap_or(""),
            if proposal { "same" } else { "" },
            pair.status,
            decision
        );
    }
    out
}

impl Verb for LinkSummary {
    const NAME: &'static str = "link";
    type Outcome = LinkPage;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<LinkPage, Problem> {
        let view = View::new(observatory, caller, 1.0)?;
        Ok(LinkPairs { limit: 0, ..LinkPairs::default() }.page(&view))
    }
}

impl Verb for LinkPairs {
    const NAME: &'static str = "link";
    type Outcome = LinkPage;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<LinkPage, Problem> {
        self.check()?;
        let view = View::new(observatory, caller, self.min)?;
        Ok(self.page(&view))
    }
}

//! The link decisions, and those to be made again.

use atalaya_kernel::both::shown;
use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_store::{LinkDecision, LinkedRecord};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::say::{count, table};
use super::super::{Say, Verb, inside_only};
use super::events::{EventRecord, record};
use crate::Observatory;
use crate::events::{Again, Change, Nearest, changes};
use crate::observatory::{Caller, Eye};

/// The link decisions, newest first, and the rulings that records have changed under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct LinkDecisions {
    /// Skip this many decisions
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: usize,
    /// Show at most this many decisions
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 50))]
    pub limit: usize,
}

impl Default for LinkDecisions {
    fn default() -> LinkDecisions {
        LinkDecisions { offset: 0, limit: 50 }
    }
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedDecision {
    /// Its number.
    pub id: i64,
    /// When, RFC 3339.
    pub when: String,
    /// Which desk or role.
    pub who: String,
    /// The reason.
    pub why: String,
    /// `same` or `apart`.
    pub ruling: String,
    /// `batch`, `pair`, `band` or `hand`.
    pub scope: String,
    /// Of a band: the least probability, as stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<String>,
    /// The proposals it followed.
    pub proposals: Vec<String>,
    /// What it was called.
    pub title: Both,
    /// Pairs ruled on.
    pub pairs: usize,
    /// The decision that undid it.
    pub undone_by: Option<i64>,
}

/// A record of a ruling to be made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThenAndNow {
    /// Its source.
    pub source: String,
    /// The hash of its file then.
    pub file: String,
    /// Its part of the file then, from 0.
    pub member: u32,
    /// Its row there, from 1.
    pub ordinal: u32,
    /// Whether no record says any more what it said.
    pub lost: bool,
    /// The record that comes nearest to it now.
    pub now: Option<EventRecord>,
    /// What that one says differently: field, then, now.
    pub changes: Vec<[String; 3]>,
}

/// A ruling to be made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToDecideAgain {
    /// The decision.
    pub decision: i64,
    /// What it ruled.
    pub ruling: String,
    /// Why it does not hold.
    pub why: Both,
    /// Its two records.
    pub records: Vec<ThenAndNow>,
    /// Decisions it cannot stand beside.
    pub against: Vec<i64>,
}

/// The decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkDecisionsPage {
    /// A page of them, newest first.
    pub decisions: Vec<LinkedDecision>,
    /// How many there are.
    pub total: usize,
    /// Rulings to be made again.
    pub again: Vec<ToDecideAgain>,
}

impl Verb for LinkDecisions {
    const NAME: &'static str = "link";
    type Outcome = LinkDecisionsPage;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<LinkDecisionsPage, Problem> {
        inside_only(observatory)?;
        let eye = observatory.eye(None)?;
        let (log, events) = (observatory.links()?, observatory.events(&eye, None)?);
        let nearest = if events.again.is_empty() { Vec::new() } else { changes(observatory, &eye, &events.again)? };
        Ok(LinkDecisionsPage {
            decisions: log.decisions.iter().rev().skip(self.offset).take(self.limit).map(line).collect(),
            total: log.decisions.len(),
            again: events.again.iter().zip(nearest).map(|(a, now)| again(&eye, a, now)).collect(),
        })
    }
}

fn line(decision: &LinkDecision) -> LinkedDecision {
    LinkedDecision {
        id: decision.id,
        when: decision.decided_at.clone(),
        who: decision.who.clone(),
        why: decision.why.clone(),
        ruling: decision.ruling.as_str().into(),
        scope: decision.linking.scope.as_str().into(),
        at_least: decision.linking.at_least.clone(),
        proposals: decision.linking.proposals.clone(),
        title: decision.linking.title.clone(),
        pairs: decision.linking.len(),
        undone_by: decision.undone_by,
    }
}

fn again(eye: &Eye, again: &Again, nearest: [Option<Nearest>; 2]) -> ToDecideAgain {
    let why = match (again.has_lost(), nearest.iter().any(Option::is_some)) {
        (false, _) => Both::new("it cannot stand beside other decisions", "no puede regir junto a otras decisiones"),
        (true, true) => {
            Both::new("a record says something else in the newer vintage", "un registro dice otra cosa en la edición más nueva")
        }
        (true, false) => Both::new("a record is not in the newer vintage", "un registro no está en la edición más nueva"),
    };
    let of = |(record, (row, nearest)): (&LinkedRecord, (Option<u32>, Option<Nearest>))| then_and_now(eye, record, row, nearest);
    ToDecideAgain {
        decision: again.decision,
        ruling: again.ruling.as_str().into(),
        why,
        records: again.records.iter().zip(again.rows.into_iter().zip(nearest)).map(of).collect(),
        against: again.against.clone(),
    }
}

fn then_and_now(eye: &Eye, then: &LinkedRecord, row: Option<u32>, nearest: Option<Nearest>) -> ThenAndNow {
    let near = row.or(nearest.as_ref().map(|n| n.row));
    let told = |c: &Change| [c.field.to_string(), c.before.clone(), c.now.clone()];
    ThenAndNow {
        source: then.source.clone(),
        file: then.key.file.clone(),
        member: then.key.member,
        ordinal: then.key.ordinal,
        lost: row.is_none(),
        now: near.map(|row| record(eye, row, false)),
        changes: nearest.map(|n| n.changes.iter().map(told).collect()).unwrap_or_default(),
    }
}

impl Say for LinkDecisionsPage {
    fn say(&self, lang: Lang) -> String {
        let heads: [&str; 8] = match lang {
            Lang::En => ["decision", "when", "who", "ruling", "scope", "pairs", "about", "why"],
            Lang::Es => ["decisión", "cuándo", "quién", "fallo", "alcance", "pares", "sobre", "motivo"],
        };
        let row = |d: &LinkedDecision| {
            let undone = d.undone_by.map(|n| both!("undone by {n}", "deshecha por {n}").in_lang(lang).to_string());
            vec![
                d.id.to_string(),
                d.when.clone(),
                d.who.clone(),
                undone.unwrap_or_else(|| d.ruling.clone()),
                d.scope.clone(),
                count(d.pairs as u64, lang),
                d.title.in_lang(lang).to_string(),
                d.why.clone(),
            ]
        };
        let mut out = table(&heads, &self.decisions.iter().map(row).collect::<Vec<_>>());
        let (listed, total) = (self.decisions.len(), self.total);
        out += both!("{listed} of {total} decisions\n", "{listed} de {total} decisiones\n").in_lang(lang);
        for one in &self.again {
            let (n, why) = (one.decision, one.why.in_lang(lang));
            out += both!("\nto be decided again, decision {n}: {why}\n", "\npor decidir de nuevo, decisión {n}: {why}\n").in_lang(lang);
            for record in &one.records {
                out += &format!("  {}:{}\n", record.source, record.ordinal);
                for [field, before, now] in &record.changes {
                    out += &format!("    {field}: {} → {}\n", shown(before), shown(now));
                }
            }
            if !one.against.is_empty() {
                let list = one.against.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
                out += both!("  against decision {list}\n", "  contra la decisión {list}\n").in_lang(lang);
            }
        }
        out
    }
}

//! An analyst's ruling on findings, and its undoing.

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_store::{Decision, DecisionBody, NewDecision};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Say, Verb, inside_only};
use crate::Observatory;
use crate::observatory::Caller;
use crate::reconcile::book;
use crate::reconcile::rulings::{RULINGS, Rulings};

/// Rule on findings: explained, an error, left open, or accepted as it stands; logged with its reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RuleFindings {
    /// Findings, by their ids
    #[cfg_attr(feature = "cli", arg(required = true, value_name = "FINDING"))]
    pub findings: Vec<String>,
    /// What you make of them: explained, error, open, accepted
    #[cfg_attr(feature = "cli", arg(long, value_name = "RULING"))]
    pub ruling: String,
    /// Why, in one sentence
    #[cfg_attr(feature = "cli", arg(long, value_name = "TEXT"))]
    pub why: String,
}

/// Undo a ruling by its number; nothing is deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct UndoRuling {
    /// Number of the decision
    #[cfg_attr(feature = "cli", arg(value_name = "N"))]
    pub decision: i64,
    /// Why, in one sentence
    #[cfg_attr(feature = "cli", arg(long, value_name = "TEXT"))]
    pub why: String,
}

/// What was logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruled {
    /// The decisions, one a finding.
    pub decisions: Vec<Decision>,
}

fn why_needed() -> Problem {
    Problem::new(
        "why-needed",
        "--why",
        Both::new("a decision without a reason", "una decisión sin motivo"),
        Both::new("say why in one sentence: --why '...'", "diga por qué en una oración: --why '...'"),
    )
}

fn unknown(finding: &str) -> Problem {
    Problem::new(
        "unknown-finding",
        finding,
        Both::new("no finding has this id", "ningún hallazgo tiene este código"),
        Both::new("`atalaya reconcile` lists them", "`atalaya reconcile` los lista"),
    )
}

fn log(observatory: &mut Observatory, caller: &Caller<'_>, why: &str, bodies: Vec<DecisionBody>) -> Result<Ruled, Problem> {
    let _lock = observatory.lock()?;
    let new = |body| NewDecision {
        decided_at: caller.now.clone(),
        who: caller.who.clone(),
        why: why.trim().into(),
        // A finding is about several sources: the decision is about none of them.
        source: String::new(),
        body,
    };
    let decisions = bodies.into_iter().map(|body| observatory.store_mut().decide(new(body))).collect::<Result<_, _>>()?;
    Ok(Ruled { decisions })
}

impl Verb for RuleFindings {
    const NAME: &'static str = "reconcile";
    type Outcome = Ruled;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Ruled, Problem> {
        inside_only(observatory)?;
        if !RULINGS.iter().any(|(id, _)| *id == self.ruling) {
            let known = RULINGS.map(|(id, _)| id).join(", ");
            return Err(Problem::new(
                "unknown-ruling",
                format!("--ruling {}", self.ruling),
                Both::new("there is no ruling of this name", "no existe un dictamen con este nombre"),
                both!("rulings: {known}", "dictámenes: {known}"),
            ));
        }
        if self.why.trim().is_empty() {
            return Err(why_needed());
        }
        let eye = observatory.eye(None)?;
        let book = book(observatory, &eye)?;
        let mut bodies = Vec::new();
        for id in &self.findings {
            let finding = book.findings.iter().find(|f| f.id == *id).ok_or_else(|| unknown(id))?;
            bodies.push(DecisionBody::Finding {
                finding: id.clone(),
                numbers: finding.numbers.clone(),
                ruling: self.ruling.clone(),
                says: finding.says.in_lang(caller.lang).to_string(),
            });
        }
        if bodies.is_empty() {
            return Err(unknown(""));
        }
        log(observatory, caller, &self.why, bodies)
    }
}

impl Verb for UndoRuling {
    const NAME: &'static str = "reconcile";
    type Outcome = Ruled;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Ruled, Problem> {
        inside_only(observatory)?;
        if self.why.trim().is_empty() {
            return Err(why_needed());
        }
        let eye = observatory.eye(None)?;
        let book = book(observatory, &eye)?;
        let rulings = Rulings::of(observatory)?;
        let seen =
            rulings.finding_of(self.decision).filter(|f| observatory.clearance().sees_all() || book.findings.iter().any(|b| b.id == **f));
        if seen.is_none() {
            return Err(Problem::new(
                "decision",
                self.decision.to_string(),
                Both::new("no ruling in force has this number", "ningún dictamen vigente tiene este número"),
                Both::new(
                    "`atalaya reconcile` shows the number beside each ruling",
                    "`atalaya reconcile` muestra el número junto a cada dictamen",
                ),
            ));
        }
        log(observatory, caller, &self.why, vec![DecisionBody::Undo { decision: self.decision }])
    }
}

impl Say for Ruled {
    fn say(&self, lang: Lang) -> String {
        let mut out = String::new();
        for decision in &self.decisions {
            let n = decision.id;
            out += match &decision.body {
                DecisionBody::Finding { finding, .. } => both!(
                    "decision {n} about {finding} logged; undo it with: atalaya reconcile undo {n} --why '...'\n",
                    "decisión {n} sobre {finding} registrada; deshágala con: atalaya reconcile undo {n} --why '...'\n"
                ),
                _ => both!("decision {n} logged\n", "decisión {n} registrada\n"),
            }
            .in_lang(lang);
        }
        out
    }
}

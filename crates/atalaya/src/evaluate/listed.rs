//! Evaluations as they are listed and shown: the design, how far it has come, what it found.

use std::sync::Arc;

use atalaya_kernel::{Both, Exit, Label, Problem};
use serde::Serialize;

use super::draw::{What, effect_unit};
use super::finding::{Finding, Verdict};
use super::register::{DesignLine, Entry, Stage, design_line, designs, registered, written};
use super::verdict_word;
use super::{folder, kept};
use crate::Observatory;
use crate::observatory::Caller;

/// A finding in a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FoundLine {
    /// What may be said.
    pub verdict: Verdict,
    /// The same in words.
    pub word: Both,
    /// The effect.
    pub estimate: f64,
    /// The interval that decides.
    pub interval: Option<[f64; 2]>,
    /// Its level, in per cent.
    pub level: f64,
    /// The unit of the effect.
    pub unit: Both,
    /// The last period with data.
    pub last_period: Option<i64>,
    /// The whole in two sentences.
    pub sentences: [Both; 2],
    /// Whether any of its data are made up.
    pub simulated: bool,
    /// Its label.
    pub label: Option<Label>,
}

/// A design in the list of evaluations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationLine {
    /// The design, and how far it has come.
    #[serde(flatten)]
    pub design: DesignLine,
    /// What it found, where it could be run.
    pub found: Option<FoundLine>,
}

/// Every evaluation that may be seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationList {
    /// One a design.
    pub evaluations: Vec<EvaluationLine>,
}

/// One part of a finding that can be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrawablePart {
    /// Its name in requests.
    pub id: &'static str,
    /// What it is called.
    pub name: Both,
}

/// One evaluation, whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Its line in the list.
    pub line: EvaluationLine,
    /// The design's text.
    pub text: String,
    /// Its registrations, the first one first.
    pub registrations: Vec<Entry>,
    /// What it found.
    pub finding: Option<Finding>,
    /// The unit of the effect.
    pub unit: Both,
    /// What can be drawn of it.
    pub parts: Vec<DrawablePart>,
    /// The files of its folder that people open.
    pub files: Vec<String>,
}

/// Every evaluation that may be seen here, each with what it found.
///
/// # Errors
/// `store`.
pub fn evaluations(observatory: &Observatory, caller: &mut Caller<'_>) -> Result<EvaluationList, Problem> {
    let lines = designs(observatory)?;
    Ok(EvaluationList { evaluations: lines.into_iter().map(|design| line(observatory, design, caller).0).collect() })
}

/// One evaluation.
///
/// # Errors
/// `unknown-design`, `design-id`, `design-text`, `store`.
pub fn evaluation(observatory: &Observatory, id: &str, caller: &mut Caller<'_>) -> Result<Evaluation, Problem> {
    let written = written(observatory, id)?;
    let registrations = registered(observatory, id)?;
    let (line, finding) = line(observatory, design_line(&written, &registrations), caller);
    let parts = finding.as_deref().map(What::of).unwrap_or_default();
    let files = finding.as_deref().map(|f| folder::names(observatory, f)).unwrap_or_default();
    Ok(Evaluation {
        line,
        text: written.text,
        registrations,
        unit: finding.as_deref().map(effect_unit).unwrap_or_default(),
        parts: parts.into_iter().map(|what| DrawablePart { id: what.id(), name: what.name() }).collect(),
        files,
        finding: finding.map(|f| f.as_ref().clone()),
    })
}

/// A design with what it found, or with why it could not be run.
fn line(observatory: &Observatory, mut design: DesignLine, caller: &mut Caller<'_>) -> (EvaluationLine, Option<Arc<Finding>>) {
    if design.stage == Stage::Unreadable {
        return (EvaluationLine { design, found: None }, None);
    }
    match kept::finding(observatory, &design.id, caller) {
        Ok(finding) => (EvaluationLine { design, found: Some(found_line(&finding)) }, Some(finding)),
        Err(problem) => {
            // Outside, a failure of the machine does not tell where files lie.
            let of_the_machine = matches!(problem.exit, Exit::Io | Exit::No | Exit::Busy);
            design.problem = Some(problem).filter(|_| observatory.clearance().inside || !of_the_machine);
            (EvaluationLine { design, found: None }, None)
        }
    }
}

fn found_line(finding: &Finding) -> FoundLine {
    let effect = &finding.effect;
    FoundLine {
        verdict: finding.verdict,
        word: verdict_word(finding.verdict),
        estimate: effect.estimate,
        interval: effect.anytime.or(effect.interval),
        level: effect.level,
        unit: effect_unit(finding),
        last_period: finding.plots.paths.iter().map(|p| p.period).max(),
        sentences: finding.sentences.clone(),
        simulated: finding.sources.iter().any(|s| s.simulated),
        label: finding.label.clone(),
    }
}

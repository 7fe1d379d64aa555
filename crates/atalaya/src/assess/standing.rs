//! Where every design stands: its last verdict, what it would have been without paying for looks, its turns.

use atalaya_kernel::{Both, Problem};
use serde::Serialize;

use super::log::{Assessment, LOG, read};
use crate::Observatory;
use crate::evaluate::finding::{Effect, Verdict};
use crate::evaluate::{DesignLine, Stage, design_folder, designs, written_design};

/// A design.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DesignStanding {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Both,
    /// The question.
    pub question: Both,
    /// How far it has come.
    pub stage: Stage,
    /// Runs so far.
    pub runs: usize,
    /// Looks so far: runs that found something new.
    pub looks: u32,
    /// The last run.
    pub last: Option<LastRun>,
    /// Turns of the verdict, newest first.
    pub flips: Vec<Turned>,
}

/// The last run of a design.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LastRun {
    /// When.
    pub when: String,
    /// What may be said.
    pub verdict: Verdict,
    /// What one look alone would have said.
    pub naive: Verdict,
    /// In sentences.
    pub says: Vec<Both>,
    /// The effect, both intervals.
    pub effect: Option<Effect>,
    /// The last period.
    pub last_period: Option<i64>,
    /// The state of the data.
    pub data: String,
    /// Why it could not be run.
    pub problem: Option<Problem>,
}

/// A turn, when it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Turned {
    /// When.
    pub when: String,
    /// What.
    pub flip: super::cause::Flip,
}

/// The runs of a design that may be seen here.
///
/// Runs on the store see all of it. Who does not would learn from the log, or from its gaps, that there is
/// more: outside, only the log of a design whose numbers are in its own file is shown, under that file's label.
///
/// # Errors
/// `design-id`, `unknown-design`, `io`, `log-line`.
pub(crate) fn runs(observatory: &Observatory, id: &str) -> Result<Vec<Assessment>, Problem> {
    let clearance = observatory.clearance();
    if !clearance.sees_all() && written_design(observatory, id)?.design.data.file.is_none() {
        return Ok(Vec::new());
    }
    let all: Vec<Assessment> = read(&design_folder(observatory, id)?.join(LOG))?;
    let seen = |a: &Assessment| a.label.as_ref().map_or(clearance.sees_all(), |l| clearance.sees(l));
    Ok(all.into_iter().filter(seen).collect())
}

/// Where every design stands that may be seen here and is or was registered.
///
/// # Errors
/// Those of reading designs and logs.
pub(crate) fn standings(observatory: &Observatory) -> Result<Vec<DesignStanding>, Problem> {
    let all = designs(observatory)?;
    let shown = all.into_iter().filter(|d| d.registered.is_some());
    shown.map(|line| Ok(standing(runs(observatory, &line.id)?.as_slice(), line))).collect()
}

/// Where one design stands, with its runs; none where it cannot be seen here.
///
/// # Errors
/// As [`standings`].
pub(crate) fn standing_of(observatory: &Observatory, id: &str) -> Result<Option<(DesignStanding, Vec<Assessment>)>, Problem> {
    let Some(line) = designs(observatory)?.into_iter().find(|d| d.id == id) else { return Ok(None) };
    let runs = runs(observatory, id)?;
    Ok(Some((standing(&runs, line), runs)))
}

fn standing(runs: &[Assessment], line: DesignLine) -> DesignStanding {
    let last = runs.last().map(|a| LastRun {
        when: a.when.clone(),
        verdict: a.verdict,
        naive: a.naive,
        says: a.says.clone(),
        effect: a.effect.clone(),
        last_period: a.last_period,
        data: a.data.clone(),
        problem: a.problem.clone(),
    });
    let flips = runs.iter().rev().filter_map(|a| Some(Turned { when: a.when.clone(), flip: a.flip.clone()? }));
    DesignStanding {
        id: line.id,
        title: line.title,
        question: line.question,
        stage: line.stage,
        runs: runs.len(),
        looks: runs.iter().map(|a| a.look).max().unwrap_or(0),
        last,
        flips: flips.collect(),
    }
}

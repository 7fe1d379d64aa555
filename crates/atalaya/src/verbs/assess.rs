//! Assess again as data arrive: designs and compacts, what turned and why.

mod say;

use atalaya_kernel::{Both, Date, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Verb, inside_only};
use crate::Observatory;
use crate::assess::alerts::alerts;
use crate::assess::compact::compacts;
use crate::assess::{Alert, Assessment, CompactPage, DesignStanding, Measurement, Ran, assess, page, runs, standing_of, standings};
use crate::observatory::Caller;

/// Run registered designs and compacts whose data, text or program changed since their last run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Assess {
    /// Design or compact; all if left out
    pub id: Option<String>,
}

/// Where every design and compact stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct AssessList {}

/// Every run of a design or compact, with what turned and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct AssessLog {
    /// Design or compact
    pub id: String,
}

/// What somebody should look at: turns, promises past their day, reviews, designs that cannot be run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct AssessAlerts {}

/// What turned and what fell due since a day, as a text to pass on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct AssessDigest {
    /// First day: 2026-01-01
    #[cfg_attr(feature = "cli", arg(long, value_name = "DATE"))]
    pub since: String,
}

/// A compact on one page: promised, done, changed, cannot tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct AssessCompact {
    /// Compact
    pub id: String,
}

/// A compact in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CompactLine {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Both,
    /// Who promises.
    pub parties: Vec<String>,
    /// Promises.
    pub promises: usize,
    /// The next review.
    pub review: Option<String>,
    /// What is wrong with its text.
    pub problem: Option<Problem>,
}

/// What a call ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RanNow {
    /// Designs and compacts run.
    pub ran: Vec<String>,
    /// Those for which nothing had changed.
    pub unchanged: usize,
    /// Those that stopped.
    pub problems: Vec<Problem>,
}

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standings {
    /// What was run now; none where it was only asked how things stand.
    pub now: Option<RanNow>,
    /// When a run was last logged.
    pub last_run: Option<String>,
    /// Registered designs.
    pub designs: Vec<DesignStanding>,
    /// Compacts.
    pub compacts: Vec<CompactLine>,
}

/// The runs of one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunLog {
    /// Its id.
    pub id: String,
    /// Runs of a design, oldest first.
    pub designs: Vec<Assessment>,
    /// Runs of a compact, oldest first.
    pub compacts: Vec<Measurement>,
}

/// Alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertList {
    /// From which day on, where that was asked.
    pub since: Option<String>,
    /// The newest first.
    pub alerts: Vec<Alert>,
}

impl Verb for Assess {
    const NAME: &'static str = "assess";
    type Outcome = Standings;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Standings, Problem> {
        inside_only(observatory)?;
        let ran = assess(observatory, caller, self.id.as_deref())?;
        Ok(Standings { now: Some(ran.told(observatory)), ..stand(observatory, &caller.now)? })
    }
}

impl Verb for AssessList {
    const NAME: &'static str = "assess";
    type Outcome = Standings;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Standings, Problem> {
        stand(observatory, &caller.now)
    }
}

impl Verb for AssessLog {
    const NAME: &'static str = "assess";
    type Outcome = RunLog;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<RunLog, Problem> {
        let id = self.id.clone();
        if standing_of(observatory, &id)?.is_some() {
            return Ok(RunLog { designs: runs(observatory, &id)?, id, compacts: Vec::new() });
        }
        let of = crate::assess::compact::written(observatory, &id)?;
        Ok(RunLog { compacts: crate::assess::measurements(observatory, &of.id)?, id, designs: Vec::new() })
    }
}

impl Verb for AssessAlerts {
    const NAME: &'static str = "assess";
    type Outcome = AlertList;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<AlertList, Problem> {
        Ok(AlertList { since: None, alerts: alerts(observatory, today(caller))? })
    }
}

impl Verb for AssessDigest {
    const NAME: &'static str = "assess";
    type Outcome = AlertList;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<AlertList, Problem> {
        let since = self.since.trim();
        if Date::parse_iso(since).is_none() {
            return Err(Problem::new(
                "since",
                format!("--since {since}"),
                Both::new("this is no day", "esto no es un día"),
                Both::new("write 2026-01-01", "escriba 2026-01-01"),
            ));
        }
        let mut alerts = alerts(observatory, today(caller))?;
        alerts.retain(|a| a.day.as_str() >= since);
        Ok(AlertList { since: Some(since.into()), alerts })
    }
}

impl Verb for AssessCompact {
    const NAME: &'static str = "assess";
    type Outcome = CompactPage;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<CompactPage, Problem> {
        page(observatory, &self.id, caller)
    }
}

impl Ran {
    /// What ran, in numbers for those who may not see all of it.
    fn told(self, observatory: &Observatory) -> RanNow {
        let seen = observatory.clearance().sees_all();
        RanNow {
            ran: if seen { self.ran } else { Vec::new() },
            unchanged: if seen { self.unchanged } else { 0 },
            problems: if seen { self.problems.into_iter().map(|(id, p)| p.within(&id)).collect() } else { Vec::new() },
        }
    }
}

fn today<'a>(caller: &'a Caller<'_>) -> &'a str {
    caller.now.get(..10).unwrap_or("")
}

fn stand(observatory: &Observatory, now: &str) -> Result<Standings, Problem> {
    let today = now.get(..10).unwrap_or("");
    let designs = standings(observatory)?;
    let line = |(id, of): (String, Result<crate::assess::compact::Written, Problem>)| match of {
        Ok(of) => CompactLine {
            id,
            promises: of.compact.promises.len(),
            review: of.compact.reviews.iter().filter(|d| d.as_str() >= today).min().cloned(),
            title: of.compact.title,
            parties: of.compact.parties,
            problem: None,
        },
        Err(problem) => {
            CompactLine { title: Both::same(id.clone()), id, parties: Vec::new(), promises: 0, review: None, problem: Some(problem) }
        }
    };
    let compacts: Vec<CompactLine> = compacts(observatory).into_iter().map(line).collect();
    let mut last = designs.iter().filter_map(|d| d.last.as_ref().map(|l| l.when.clone())).max();
    for compact in compacts.iter().filter(|c| c.problem.is_none()) {
        last = last.max(crate::assess::measurements(observatory, &compact.id)?.last().map(|m| m.when.clone()));
    }
    Ok(Standings { now: None, last_run: last, designs, compacts })
}

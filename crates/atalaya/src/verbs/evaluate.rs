//! Evaluation in an observatory: draft a design, register it, run it, list and show designs.

mod draft;
mod say;

use std::path::PathBuf;

use atalaya_kernel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Verb, inside_only};
use crate::Observatory;
use crate::evaluate::finding::Finding;
use crate::evaluate::{DesignLine, Entry, Held, designs, finding_as_of, held_before, register, registered, written};
use crate::observatory::Caller;

pub use draft::DraftedDesign;

/// Draft a design: a text to complete, from a file or a series, with what is held before the start.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct EvaluateDesign {
    /// Id of the design: small letters, digits, `-`
    #[cfg_attr(feature = "cli", arg(long, value_name = "ID"))]
    pub id: String,
    /// First period under the programme; in designs with --cohort or --treatment the first of all
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub start: i64,
    /// CSV or Parquet file with one row a unit and period; it is copied beside the design
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub from_data: Option<PathBuf>,
    /// Column of the unit
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub unit: Option<String>,
    /// Column of the period, whole numbers
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub time: Option<String>,
    /// Column of the outcome
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub outcome: Option<String>,
    /// Instead of a file: a measure of the observatory, its areas by its years
    #[cfg_attr(feature = "cli", arg(long, value_name = "MEASURE"))]
    pub series: Option<String>,
    /// Sources of the series
    #[cfg_attr(feature = "cli", arg(long, value_name = "ID", value_delimiter = ','))]
    pub source: Vec<String>,
    /// Substance of the series
    #[cfg_attr(feature = "cli", arg(long, value_name = "ID"))]
    pub substance: Option<String>,
    /// Definition of the series, where there are several
    #[cfg_attr(feature = "cli", arg(long, value_name = "ID"))]
    pub definition: Option<String>,
    /// Only areas below this one: CO
    #[cfg_attr(feature = "cli", arg(long, value_name = "AREA"))]
    pub within: Option<String>,
    /// Only areas of this level: country admin1 admin2 admin3
    #[cfg_attr(feature = "cli", arg(long, value_name = "LEVEL"))]
    pub area_level: Option<String>,
    /// Units under the programme, separated by commas
    #[cfg_attr(feature = "cli", arg(long, value_name = "UNITS", value_delimiter = ','))]
    pub places: Vec<String>,
    /// Column of the first treated period; 0 or empty for never
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub cohort: Option<String>,
    /// Column that is 1 where treated
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub treatment: Option<String>,
    /// Column of exposure, or `outcome` for its own past, where all are treated and some more
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub exposure: Option<String>,
}

/// Register a design as it stands: its text goes into the log, and the outcome may be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct EvaluateRegister {
    /// Id of the design
    #[cfg_attr(feature = "cli", arg(value_name = "ID"))]
    pub id: String,
    /// Why, in one sentence
    #[cfg_attr(feature = "cli", arg(long, value_name = "TEXT"))]
    pub why: String,
}

/// What a registered design says on the data as they stand: effect, checks, verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct EvaluateRun {
    /// Id of the design
    #[cfg_attr(feature = "cli", arg(value_name = "ID"))]
    pub id: String,
    /// On the data as of this intake; the newest if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "N"))]
    pub as_of: Option<i64>,
}

/// The designs of this observatory and how far each has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct EvaluateList {}

/// A design as it is written, its registrations, and what has changed since the first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct EvaluateShow {
    /// Id of the design
    #[cfg_attr(feature = "cli", arg(value_name = "ID"))]
    pub id: String,
}

/// A registration, and what stands before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisteredDesign {
    /// The design's id.
    pub id: String,
    /// What was logged.
    pub entry: Entry,
    /// The first treated period.
    pub start: i64,
}

/// Designs, as they are listed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DesignList {
    /// One each.
    pub designs: Vec<DesignLine>,
}

/// One design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownDesign {
    /// How far it has come.
    pub line: DesignLine,
    /// Its text.
    pub text: String,
    /// Its registrations, the first one first.
    pub registrations: Vec<Entry>,
    /// Of a draft: what is held before the start, and what the design could see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

impl Verb for EvaluateDesign {
    const NAME: &'static str = "evaluate";
    type Outcome = DraftedDesign;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<DraftedDesign, Problem> {
        inside_only(observatory)?;
        draft::draft(self, observatory, caller.lang)
    }
}

impl Verb for EvaluateRegister {
    const NAME: &'static str = "evaluate";
    type Outcome = RegisteredDesign;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<RegisteredDesign, Problem> {
        inside_only(observatory)?;
        let start = written(observatory, &self.id)?.design.programme.start;
        let entry = register(observatory, &self.id, &self.why, caller)?;
        Ok(RegisteredDesign { id: self.id.clone(), entry, start })
    }
}

impl Verb for EvaluateRun {
    const NAME: &'static str = "evaluate";
    type Outcome = Finding;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Finding, Problem> {
        finding_as_of(observatory, &self.id, self.as_of, caller)
    }
}

impl Verb for EvaluateList {
    const NAME: &'static str = "evaluate";
    type Outcome = DesignList;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<DesignList, Problem> {
        Ok(DesignList { designs: designs(observatory)? })
    }
}

impl Verb for EvaluateShow {
    const NAME: &'static str = "evaluate";
    type Outcome = ShownDesign;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<ShownDesign, Problem> {
        let written = written(observatory, &self.id)?;
        let registrations = registered(observatory, &self.id)?;
        let line = crate::evaluate::design_line(&written, &registrations);
        let held = if registrations.is_empty() { held_before(observatory, &self.id).ok() } else { None };
        Ok(ShownDesign { line, text: written.text, registrations, held })
    }
}

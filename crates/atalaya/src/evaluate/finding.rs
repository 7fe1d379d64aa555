//! A finding: what one design says on one state of the data, with everything a reader needs to
//! weigh it. Pages, the command line, `assess` and the reproducible folder all read this.

use atalaya_kernel::{Both, Label};
use serde::{Deserialize, Serialize};

use super::design::{Better, Design};
use crate::answer::SourceLine;

/// What may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The change is for the better, and large enough to matter.
    Improved,
    /// It is for the worse.
    Worse,
    /// If there is a change, it is too small to matter.
    NoDetectableChange,
    /// The data or the design do not let anybody say.
    CannotTell,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// The design's id: its folder.
    pub id: String,
    /// SHA-256 of the design's text, in hexadecimal.
    pub hash: String,
    /// The design.
    pub design: Design,
    /// When it was registered; none for a trial run on made-up outcomes.
    pub registered: Option<Registered>,
    /// What departs from the design as registered.
    pub departures: Vec<Both>,
    /// The effect.
    pub effect: Effect,
    /// What may be said.
    pub verdict: Verdict,
    /// The rules that led there, in order.
    pub because: Vec<Both>,
    /// The whole in two plain sentences.
    pub sentences: [Both; 2],
    /// What was checked.
    pub diagnostics: Vec<Diagnostic>,
    /// Effects on places that were not treated, and on all together.
    pub spillovers: Vec<SpilloverEffect>,
    /// Effects within subgroups.
    pub subgroups: Vec<NamedEffect>,
    /// The choices the design left open, each with what it would have said.
    pub specifications: Vec<Specification>,
    /// What is drawn.
    pub plots: Plots,
    /// What vouches for the numbers: label and value in words.
    pub certificate: Vec<[Both; 2]>,
    /// Where the data come from.
    pub sources: Vec<SourceLine>,
    /// The label everything in it carries.
    pub label: Option<Label>,
    /// The state of the data: the snapshot, or the file's SHA-256.
    pub data: String,
    /// The program's version.
    pub version: String,
}

/// A design in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The decision's number.
    pub decision: u64,
    /// When, as the log has it.
    pub when: String,
    /// Who.
    pub who: String,
    /// The last period of the outcome that was there then.
    pub last_period: Option<i64>,
}

/// An effect with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Effect {
    /// The estimate, in the outcome's unit under its transformation.
    pub estimate: f64,
    /// Its standard error, where the method has one.
    pub se: Option<f64>,
    /// The interval of one look.
    pub interval: Option<[f64; 2]>,
    /// The interval that stays right however often one looks.
    pub anytime: Option<[f64; 2]>,
    /// The p-value of no effect.
    pub p: Option<f64>,
    /// Level of the intervals, in per cent.
    pub level: f64,
    /// The estimate as a share of what would have been.
    pub relative: Option<f64>,
    /// Which way is good.
    pub better: Better,
    /// The smallest effect that matters.
    pub smallest: f64,
    /// Units, treated units, periods, periods before.
    pub size: Size,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Size {
    /// Units used.
    pub units: usize,
    /// Of them treated.
    pub treated: usize,
    /// Periods used.
    pub periods: usize,
    /// Of them before the first treatment.
    pub before: usize,
    /// Rows used.
    pub rows: usize,
}

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grave {
    /// Nothing found.
    Fine,
    /// Could not be checked.
    Unchecked,
    /// Read with care.
    Care,
    /// Forbids a verdict.
    Forbids,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Its id: `pre-trends`, `overlap`, `few-treated`, `negative-weights`, `extrapolation`,
    /// `composition`, `selected-on-outcome`, `driven-by-enforcement`, `revised`, `scale`,
    /// `displacement`, `power`.
    pub id: String,
    /// What it is.
    pub title: Both,
    /// How grave it is.
    pub grave: Grave,
    /// What was found, with numbers.
    pub found: Both,
    /// What it means, for a reader who knows no econometrics.
    pub explain: Both,
}

/// Effects on places that were not treated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpilloverEffect {
    /// Whom: `ring 0-50 km`, `neighbours`, `total`.
    pub name: Both,
    /// `direct`, `ring`, `border`, `network`, `total`.
    pub kind: String,
    /// The effect on each.
    pub effect: NamedEffect,
    /// How many places.
    pub places: usize,
}

/// An effect with a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedEffect {
    /// What it is of.
    pub name: Both,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: Option<f64>,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
    /// Its p-value.
    pub p: Option<f64>,
}

/// One way of answering among those the design left open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Specification {
    /// The choices, by name: `transformation` = `asinh`.
    pub choices: std::collections::BTreeMap<String, String>,
    /// Whether it is the design's own.
    pub chosen: bool,
    /// The effect in standard deviations of the outcome before the start, so that scales compare.
    pub standardised: Option<f64>,
    /// What it would have said.
    pub effect: NamedEffect,
}

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plots {
    /// Treated and comparison over time.
    pub paths: Vec<PathPoint>,
    /// Effects by periods since the start.
    pub events: Vec<EventPoint>,
    /// Who stands in for the treated, the heaviest first.
    pub donors: Vec<Donor>,
    /// Gaps of places and times without treatment, and the treated one's.
    pub placebos: Vec<Placebo>,
    /// Exposure and effect of places, by area code, for maps.
    pub places: Vec<PlaceEffect>,
}

/// One period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathPoint {
    /// The period.
    pub period: i64,
    /// Mean outcome of the treated.
    pub treated: Option<f64>,
    /// What would have been.
    pub comparison: Option<f64>,
    /// Interval of what would have been.
    pub interval: Option<[f64; 2]>,
}

/// One age.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventPoint {
    /// Periods since the start; negative before it.
    pub age: i64,
    /// The effect.
    pub estimate: f64,
    /// Its interval; none for the reference.
    pub interval: Option<[f64; 2]>,
}

/// A stand-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Donor {
    /// The unit.
    pub unit: String,
    /// Its weight.
    pub weight: f64,
}

/// A gap over time of a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placebo {
    /// The unit.
    pub unit: String,
    /// Whether it is the treated one.
    pub treated: bool,
    /// Outcome less what was predicted, by period.
    pub gaps: Vec<(i64, f64)>,
    /// Mean square error after the start over that before.
    pub ratio: Option<f64>,
}

/// A place on a map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceEffect {
    /// The area's code, or the unit.
    pub area: String,
    /// How exposed it is, or 1 where treated.
    pub exposure: Option<f64>,
    /// Its own change against what would have been, where the method tells it.
    pub effect: Option<f64>,
}

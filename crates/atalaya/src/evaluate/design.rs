//! A design: what is asked, how it will be answered and what would change the answer, as text that
//! people write and that is hashed before its outcome is read.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Tlp};
use serde::{Deserialize, Serialize};

/// `designs/ID/design.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Design {
    /// What it is called.
    pub title: Both,
    /// The question, one sentence.
    pub question: Both,
    /// What was done, where and when.
    pub programme: Programme,
    /// What is looked at.
    pub outcome: Outcome,
    /// Where its numbers come from.
    pub data: DesignData,
    /// What is estimated, in words: for whom, when, compared with what.
    pub estimand: Both,
    /// How.
    pub method: DesignMethod,
    /// Where effects could go that were not meant to.
    #[serde(default)]
    pub spillover: Spillover,
    /// Columns by which the effect is also told apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subgroups: Vec<String>,
    /// What would change the verdict, in words.
    pub would_change: Both,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Programme {
    /// What it is.
    pub name: Both,
    /// The first treated period; with `cohort` or `treatment` the first of all.
    pub start: i64,
    /// Treated units, by their code; or one of the columns below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Column of each unit's first treated period; 0 or empty for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohort: Option<String>,
    /// Column that is 1 where treated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treatment: Option<String>,
    /// How exposed each unit is, where all are treated at once and some more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<Exposure>,
}

/// Exposure to a programme that reaches every place, some more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exposure {
    /// A column, or `outcome`: its own earlier level (then mean reversion is checked).
    pub column: String,
    /// First and last period over which it is averaged, both before the start.
    pub from: i64,
    /// Last period.
    pub to: i64,
    /// How it enters: `levels`, `log`, `asinh`.
    #[serde(default)]
    pub transformation: Transformation,
    /// In standard deviations.
    #[serde(default)]
    pub standardised: bool,
}

/// What an amount is turned into.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transformation {
    /// As it is.
    #[default]
    Levels,
    /// Logarithm; refused where zeros exist.
    Log,
    /// Inverse hyperbolic sine.
    Asinh,
    /// As it is, by Poisson quasi-likelihood: effects in log points.
    Poisson,
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// Less is better: hectares of coca, deaths.
    Lower,
    /// More is better: hectares of cacao, people treated.
    Higher,
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Outcome {
    /// What it is.
    pub name: Both,
    /// Its unit.
    pub unit: Both,
    /// Its column.
    pub column: String,
    /// Which way is good.
    pub better: Better,
    /// The smallest effect that matters, in the unit of the effect under `transformation`.
    pub smallest: f64,
    /// What it is turned into.
    #[serde(default)]
    pub transformation: Transformation,
    /// Enforcement itself makes the number: seizures, arrests, eradication.
    #[serde(default)]
    pub driven_by_enforcement: bool,
}

/// Where the numbers come from: a file beside the design, or the observatory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DesignData {
    /// A CSV or Parquet file, relative to the design.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Or a series of the observatory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesData>,
    /// Column of the unit.
    pub unit: String,
    /// Column of the period.
    pub time: String,
    /// First period used; all if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// Last period used; all there are, and those to come, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<i64>,
    /// What an absent row of a unit that is otherwise there means: `missing` or `zero`.
    #[serde(default)]
    pub absent: Absent,
    /// Only rows whose columns hold these texts: `only = { drug = "cannabis" }`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, String>,
    /// Who may see what a file says, `TLP:CLEAR` for anybody; only desks of the observatory if left
    /// out. A series carries the labels of its sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tlp: Option<Tlp>,
}

/// What a row that is not there means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absent {
    /// Nobody knows.
    #[default]
    Missing,
    /// None: the source leaves zeros out, and says so.
    Zero,
}

/// A series of the observatory, its areas as units and its years as periods: then `unit = "area"`,
/// `time = "year"`, and the outcome's column is `value`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SeriesData {
    /// Sources; exactly one definition must be left.
    pub source: Vec<String>,
    /// The measure.
    pub measure: String,
    /// The substance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substance: Option<String>,
    /// The definition, where the source has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Areas below this one only: `CO`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// Areas of this level only: `country`, `admin1`, `admin2`, `admin3`; needed where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

/// How it is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DesignMethod {
    /// A method of `evaluate fit`: `did`, `synthdid`, `twfe` ...
    pub id: String,
    /// Its options, by their names on the command line: `control = "not-yet"`.
    #[serde(default, skip_serializing_if = "toml::Table::is_empty")]
    pub options: toml::Table,
    /// Units never used as comparison, by code: neighbours, places with a programme of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Level of intervals in per cent; 95 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<f64>,
    /// Where chance begins.
    #[serde(default)]
    pub seed: u64,
    /// How repeated looking is paid for.
    #[serde(default)]
    pub looks: Looks,
}

/// How repeated looking is paid for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "kind")]
pub enum Looks {
    /// As often as data arrive: a confidence sequence.
    #[default]
    Anytime,
    /// At most so many times, error spent by O'Brien and Fleming.
    Spending {
        /// How many looks.
        most: u32,
    },
    /// Once: the interval of the method.
    Once,
}

/// Where effects could go that were not meant to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Spillover {
    /// Rings around treated places, outer edges in kilometres.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rings: Vec<f64>,
    /// Columns of latitude and longitude; without them the middle of the area's outline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub place: Vec<String>,
    /// Places that share a border with a treated one.
    #[serde(default)]
    pub borders: bool,
    /// Places joined to treated ones by a network: a CSV with `from,to,weight` beside the design,
    /// or `routes` for the observatory's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

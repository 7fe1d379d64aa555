//! One question struct behind the command line, the API and the web app.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What an answer can be broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dim {
    /// Calendar year.
    Year,
    /// Calendar quarter.
    Quarter,
    /// Calendar month.
    Month,
    /// US fiscal year, October to September.
    FiscalYear,
    /// Area (country of seizure, or the area of a series).
    Area,
    /// Substance.
    Substance,
    /// Source.
    Source,
    /// Unit as reported.
    Unit,
    /// Means of transport.
    Transport,
    /// Country of departure.
    Departure,
    /// Country of destination.
    Destination,
    /// Country of production.
    Producing,
    /// First-level division, as reported.
    Admin,
    /// Place, as reported.
    Place,
    /// Reporting agency.
    Agency,
    /// Definition of a series.
    Definition,
    /// Breakdown of a series: sex, age, day of the week.
    Breakdown,
}

impl Dim {
    /// Every dimension, in the order columns are printed.
    pub const ALL: [Dim; 17] = [
        Dim::Year,
        Dim::Quarter,
        Dim::Month,
        Dim::FiscalYear,
        Dim::Area,
        Dim::Substance,
        Dim::Source,
        Dim::Unit,
        Dim::Transport,
        Dim::Departure,
        Dim::Destination,
        Dim::Producing,
        Dim::Admin,
        Dim::Place,
        Dim::Agency,
        Dim::Definition,
        Dim::Breakdown,
    ];

    /// Its name on every surface.
    pub fn name(self) -> &'static str {
        match self {
            Dim::Year => "year",
            Dim::Quarter => "quarter",
            Dim::Month => "month",
            Dim::FiscalYear => "fiscal-year",
            Dim::Area => "area",
            Dim::Substance => "substance",
            Dim::Source => "source",
            Dim::Unit => "unit",
            Dim::Transport => "transport",
            Dim::Departure => "departure",
            Dim::Destination => "destination",
            Dim::Producing => "producing",
            Dim::Admin => "admin",
            Dim::Place => "place",
            Dim::Agency => "agency",
            Dim::Definition => "definition",
            Dim::Breakdown => "breakdown",
        }
    }

    /// Reads [`Dim::name`].
    pub fn parse(name: &str) -> Option<Dim> {
        Dim::ALL.into_iter().find(|d| d.name() == name)
    }

    /// Whether it is a stretch of time.
    pub fn is_time(self) -> bool {
        matches!(self, Dim::Year | Dim::Quarter | Dim::Month | Dim::FiscalYear)
    }
}

/// A question. Empty lists ask for everything; a figure is a question narrowed by `at`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Query {
    /// `seizures`, or a measure: `coca-area`, `prevalence`, `wastewater-load` ...
    pub what: String,
    /// Substances, each with its descendants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub substance: Vec<String>,
    /// Areas. For records each with what lies within it; for series the area itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub area: Vec<String>,
    /// Sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// First day counted, `2014-01-01`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// For series: the level of areas to show, `country`, `admin1`, `admin2`, `zone`, `place`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Flag rules whose records are left out, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Break down by these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Dim>,
    /// Fixed coordinates: one cell of a breakdown.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub at: BTreeMap<Dim, String>,
    /// As the store stood after this intake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<i64>,
    /// With records linked as after this link decision; 0 for none of them linked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<i64>,
    /// What is asked of routes between places, with all it depends on beside the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routes: Option<serde_json::Value>,
}

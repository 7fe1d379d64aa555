//! An atlas: a network with its flows, year by year, and what is not known, as pages, drawings and
//! programs read it.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Decimal, Label};
use serde::{Deserialize, Serialize};

use crate::answer::SourceLine;

/// Low, median and high: 5, 50 and 95 %.
pub type Band = [f64; 3];

/// Flows between places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Atlas {
    /// What it shows.
    pub title: Both,
    /// The group of substances.
    pub group: String,
    /// `joint`, `published`, or `observed`: records alone.
    pub method: String,
    /// What flows are in: `kg` of pure substance a year, or `unit`: what one place wants.
    pub unit: String,
    /// Years with records.
    pub years: Vec<i32>,
    /// Places, by code.
    pub places: Vec<AtlasPlace>,
    /// Links, the largest first.
    pub edges: Vec<AtlasEdge>,
    /// What did not become a link.
    pub unknown: AtlasUnknown,
    /// Each place's account; none for `observed`.
    pub balances: Vec<Balance>,
    /// How far to trust it.
    pub trust: Option<Trust>,
    /// Numbers of the whole: hops, total ...
    pub whole: BTreeMap<String, Band>,
    /// Its id, which `verify` computes again.
    pub figure: String,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// The label everything in it carries.
    pub label: Option<Label>,
    /// Where it comes from.
    pub sources: Vec<SourceLine>,
    /// What a reader must know.
    pub notes: Vec<Both>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AtlasPlace {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Both,
    /// Its middle: latitude, longitude.
    pub middle: Option<[f64; 2]>,
    /// Whether the substance is produced there first.
    pub producer: bool,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AtlasEdge {
    /// From here, a code.
    pub from: String,
    /// To there.
    pub to: String,
    /// Records that show it.
    pub records: u64,
    /// How many records of equal mass would weigh as much; below five it rests on next to nothing.
    pub effective: f64,
    /// Kilograms recorded, in one form.
    pub recorded_kg: Decimal,
    /// Records of it without a mass.
    pub without_mass: u64,
    /// A year on average; none where only records are shown.
    pub flow: Option<Band>,
    /// How likely it is among the ten largest.
    pub top_ten: Option<f64>,
    /// Year by year, in the order of [`Atlas::years`].
    pub by_year: Vec<EdgeYear>,
    /// The id of its records and kilograms, which `verify` computes again; empty where no record
    /// shows it.
    #[serde(default)]
    pub figure: String,
}

/// A link in a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EdgeYear {
    /// Records.
    pub records: u64,
    /// Kilograms recorded.
    pub recorded_kg: Decimal,
    /// The flow.
    pub flow: Option<Band>,
}

/// What did not become a link, of what was looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AtlasUnknown {
    /// Records looked at.
    pub records: u64,
    /// Their kilograms.
    pub kg: Decimal,
    /// Records that no link carries.
    pub unlinked: u64,
    /// Their kilograms.
    pub unlinked_kg: Decimal,
    /// Of all kilograms, the share no link carries.
    pub share: f64,
    /// Records set aside by the checks.
    pub set_aside: u64,
    /// Kilograms that no link carries, by place of seizure: where grey is drawn.
    pub by_place: BTreeMap<String, UnknownAt>,
}

/// What no link carries, at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnknownAt {
    /// Records seized here whose other places are not known.
    pub records: u64,
    /// Their kilograms.
    pub kg: Decimal,
}

/// The account of a place, a year on average, in the atlas's unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// Its code.
    pub place: String,
    /// Made here; none where it is known in kilograms and flows are not in them.
    pub produced: Option<Band>,
    /// Made here, in kilograms of pure substance a year.
    #[serde(default)]
    pub produced_kg: Option<Band>,
    /// Comes in.
    pub into: Band,
    /// Goes out.
    pub out: Band,
    /// Seized here.
    pub seized: Option<Band>,
    /// Used here.
    pub consumed: Option<Band>,
    /// Made and in, less out, seized and used. Of producers whose production is published; the
    /// account of any other place is closed by the method itself.
    pub unexplained: Option<Band>,
    /// Records that say something came in, and that something went out.
    pub records: [u64; 2],
}

/// How far to trust it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trust {
    /// Supplier shares of a reporter held out: distance of ours and of the published method, 0 to 1.
    pub reporter_held_out: [f64; 2],
    /// How many reporters.
    pub reporters: usize,
    /// Of a year held out.
    pub year_held_out: [f64; 2],
    /// How many years of a place.
    pub years: usize,
    /// Links seen, and at least how many there are.
    pub seen: usize,
    /// At least.
    pub at_least: f64,
    /// Share of kilograms that name no other place.
    pub unknown_share: f64,
    /// Share of links resting on fewer than five effective records.
    pub thin: f64,
}

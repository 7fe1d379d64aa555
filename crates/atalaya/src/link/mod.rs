//! From records to events: what the program proposes.
//!
//! Proposals are a function of the records one may see and of the options; nothing is linked by
//! them. Decisions link (see `events`).

mod bridge;
mod tell;

use std::sync::Arc;

use atalaya_kernel::record::RecordKey;
use atalaya_kernel::{Both, Problem};
use atalaya_methods::link::records::reports::{self, Pair};
use atalaya_methods::link::records::words;
pub use atalaya_methods::link::{Step, Waterfall};
use atalaya_store::{Intake, sha256_text};

use crate::Observatory;
use crate::observatory::{Eye, Progress};

pub(crate) use tell::{Beside, beside, label, told};

/// What two records of a pair seem to be to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// One event reported twice.
    ReportedTwice,
    /// Several parcels of one event, each reported once: no double counting.
    Parcels,
    /// One consignment reported by two countries.
    CrossCountry,
}

/// Two records the program compared.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedPair {
    /// The same whenever the same two records are compared: `p-` and ten characters.
    pub id: String,
    /// The two records, the smaller key first.
    pub records: [RecordKey; 2],
    /// Their rows in the cube the proposals were made from.
    pub rows: [u32; 2],
    /// The score, prior included.
    pub bits: f64,
    /// The probability that both report one event.
    pub probability: f64,
    /// What they seem to be to each other.
    pub relation: Relation,
    /// The batch it belongs to: its place in [`Proposals::batches`].
    pub batch: Option<u32>,
}

/// A list that seems to have been loaded twice: one decision for all its pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedBatch {
    /// The same whenever the same list is found: `b-` and ten characters.
    pub id: String,
    /// How it shows: `even-multiplicity`, `alias`, `unit`, `language`, `shifted-codes`, `rewritten`.
    pub kind: String,
    /// What it is, in a few words: "Denmark, 2 January to 30 December 2016".
    pub title: Both,
    /// What speaks for it, in a sentence with its numbers.
    pub reason: Both,
    /// The sources of its records.
    pub sources: Vec<String>,
    /// The areas of its records.
    pub areas: Vec<String>,
    /// First and last day, `2016-01-02`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Rows in it.
    pub rows: u64,
    /// Rows that repeat another one.
    pub surplus: u64,
    /// Its pairs: places in [`Proposals::pairs`].
    pub pairs: Vec<u32>,
}

/// How many records repeat another one, with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Best estimate.
    pub best: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Everything the program proposes about a set of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposals {
    /// Digest of the engine's version and options: part of every decision that rests on them.
    pub engine: String,
    /// Records looked at.
    pub records: u64,
    /// Double reports in them.
    pub doubles: Estimate,
    /// Lists loaded twice, the largest first.
    pub batches: Vec<ProposedBatch>,
    /// Pairs, the most probable first.
    pub pairs: Vec<ProposedPair>,
}

impl Proposals {
    /// That nothing is proposed about so many records.
    pub fn nothing(records: u64) -> Proposals {
        let doubles = Estimate { best: 0.0, low: 0.0, high: 0.0 };
        Proposals { engine: String::new(), records, doubles, batches: Vec::new(), pairs: Vec::new() }
    }
}

/// What is asked of the engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Pairs less probable than this are counted and not kept.
    pub least: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options { least: 0.05 }
    }
}

impl Options {
    /// Digest of the engine's version and of what is asked: part of every decision that rests on it.
    pub fn engine(&self) -> String {
        sha256_text(&format!("{} {}", reports::VERSION, self.least))[..12].to_string()
    }
}

/// Proposals with what they rest on.
#[derive(Debug, Clone, PartialEq)]
pub struct Linkage {
    /// What is proposed.
    pub proposals: Arc<Proposals>,
    /// Double reports by area, most first.
    pub by_area: Vec<(String, Estimate)>,
    /// Pairs compared and not kept.
    pub improbable: u64,
    /// The engine's pairs, in the order of [`Proposals::pairs`].
    pub(crate) found: Vec<Pair>,
    /// The engine's lists, in the order of [`Proposals::batches`].
    pub(crate) differs: Vec<Vec<(String, f64)>>,
}

impl Linkage {
    /// How the score of a proposed pair came about, by its place in [`Proposals::pairs`].
    pub fn explain(&self, pair: usize) -> Option<Waterfall> {
        self.found.get(pair).map(words::waterfall)
    }

    /// How often each field differs between the two copies of a batch: name and share.
    pub fn differs(&self, batch: usize) -> &[(String, f64)] {
        self.differs.get(batch).map_or(&[], Vec::as_slice)
    }
}

/// The intakes whose rows are compared and counted: seizures, not purchases. Single rows of some
/// may not leave: outside, they do not take part.
pub(crate) fn intakes(observatory: &Observatory, eye: &Eye) -> Vec<i64> {
    let takes_part = |i: &&Intake| i.kind == "records" && observatory.clearance().sees_rows(&i.label);
    eye.intakes.iter().filter(takes_part).map(|i| i.id).collect()
}

/// What the program proposes about the records that may be shown one by one, worked out once for
/// each state of the store, clearance and options.
///
/// # Errors
/// Those of the store, `link-records` where the records cannot be compared.
pub fn propose(observatory: &Observatory, eye: &Eye, options: &Options, progress: &mut dyn Progress) -> Result<Arc<Proposals>, Problem> {
    linkage(observatory, eye, options, progress).map(|l| Arc::clone(&l.proposals))
}

/// As [`propose`], with what the proposals rest on.
///
/// # Errors
/// As [`propose`].
pub fn linkage(observatory: &Observatory, eye: &Eye, options: &Options, progress: &mut dyn Progress) -> Result<Arc<Linkage>, Problem> {
    let key = (eye.snapshot.to_string(), intakes(observatory, eye), options.engine());
    if let Some(found) = observatory.shelf().linkage(&key) {
        return Ok(found);
    }
    let _once = observatory.shelf().loading();
    if let Some(found) = observatory.shelf().linkage(&key) {
        return Ok(found);
    }
    progress.at("link", eye.cube.len() as u64);
    let linkage = Arc::new(bridge::work_out(eye, &key.1, options)?);
    progress.done("link");
    observatory.shelf().put_linkage(key, &linkage);
    Ok(linkage)
}

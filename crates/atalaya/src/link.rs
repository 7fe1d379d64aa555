//! From records to events: what the program proposes.
//!
//! Proposals are a function of the records one may see and of the options; nothing is linked by
//! them. Decisions link (see `events`).

use atalaya_kernel::Both;
use atalaya_kernel::record::RecordKey;

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

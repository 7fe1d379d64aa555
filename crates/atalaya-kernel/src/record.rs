//! Rows as they travel from a source to the store: coded columns and one dictionary of terms.
//!
//! A *record* is one reported seizure (or purchase). An *observation* is one published value of a
//! series: area x period x substance x measure x definition. Both carry a file and an ordinal,
//! which together are their identity; every text is a term of the dictionary, 0 where absent.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

/// Number of coded columns of a record.
pub const RECORD_WIDTH: usize = 18;
/// Number of coded columns of an observation.
pub const OBSERVATION_WIDTH: usize = 13;

/// The coded columns of a record, in store order. `*_reported` is the text as written.
pub const RECORD_FIELDS: [&str; RECORD_WIDTH] = [
    "area",
    "area_reported",
    "admin",
    "place",
    "substance",
    "substance_reported",
    "amount",
    "unit",
    "producing",
    "departure",
    "destination",
    "transport",
    "routing",
    "hiding",
    "installation",
    "agency",
    "price",
    "purity",
];

/// The coded columns of an observation, in store order.
pub const OBSERVATION_FIELDS: [&str; OBSERVATION_WIDTH] = [
    "area",
    "area_reported",
    "place",
    "substance",
    "measure",
    "definition",
    "breakdown",
    "unit",
    "value",
    "low",
    "high",
    "missing",
    "status",
];

/// Position of a record column. Panics on a name that is not in [`RECORD_FIELDS`]: a bug here.
pub const fn record_field(name: &str) -> usize {
    position(&RECORD_FIELDS, name)
}

/// Position of an observation column. Panics on a name that is not in [`OBSERVATION_FIELDS`].
pub const fn observation_field(name: &str) -> usize {
    position(&OBSERVATION_FIELDS, name)
}

const fn position(fields: &[&str], name: &str) -> usize {
    let mut at = 0;
    while at < fields.len() {
        if same(fields[at].as_bytes(), name.as_bytes()) {
            return at;
        }
        at += 1;
    }
    panic!("no such field")
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// One row with `W` coded columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<const W: usize> {
    /// Which of the intake's files, from 0.
    pub file: u32,
    /// Row of that file, from 1, headers not counted.
    pub ordinal: u32,
    /// Column of an unpivoted table, from 1; 0 where the whole row is the item.
    pub cell: u32,
    /// First day of the period, days from 1970-01-01; `i32::MIN` where not known.
    pub day: i32,
    /// [`crate::Precision::code`] of the period.
    pub precision: u8,
    /// Mask of the flag rules met.
    pub flags: u32,
    /// Terms, 0 where absent.
    pub codes: [u32; W],
}

/// A day that is not known.
pub const NO_DAY: i32 = i32::MIN;

/// A reported seizure or purchase.
pub type Record = Row<RECORD_WIDTH>;
/// A published value.
pub type Observation = Row<OBSERVATION_WIDTH>;

/// Which record: the hash of its file, the part of that file, and its row there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    /// The file's hash.
    pub file: String,
    /// Which part of it: its position in the receipt, from 0.
    pub member: u32,
    /// Its row there, from 1.
    pub ordinal: u32,
}

/// A row that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRow {
    /// Which of the intake's files, from 0.
    pub file: u32,
    /// Row of that file, from 1.
    pub ordinal: u32,
    /// Line of the file where the row begins, from 1; 0 for sheets.
    pub line: u64,
    /// Column of an unpivoted table, from 1; 0 otherwise.
    pub cell: u32,
    /// The rule's id.
    pub rule: String,
    /// The field in question, empty if the whole row.
    pub field: String,
    /// What stood there.
    pub found: String,
    /// What else helps: the other row of a rival pair, the nearest known name.
    pub detail: String,
    /// The row as read: column name and text.
    pub raw: Vec<(String, String)>,
}

/// The dictionary: text to code and back. Codes start at 1; 0 is "absent".
#[derive(Debug, Clone, Default)]
pub struct Terms {
    texts: Vec<Box<str>>,
    index: std::collections::HashMap<Box<str>, u32, FixedState>,
    fresh_from: usize,
}

impl Terms {
    /// A dictionary that already holds `texts`, in code order.
    pub fn load(texts: impl IntoIterator<Item = String>) -> Terms {
        let mut terms = Terms::default();
        for text in texts {
            terms.code(&text);
        }
        terms.fresh_from = terms.texts.len();
        terms
    }

    /// The code of a text, new if needed. The empty text is 0.
    pub fn code(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(&code) = self.index.get(text) {
            return code;
        }
        self.texts.push(text.into());
        let code = self.texts.len() as u32;
        self.index.insert(text.into(), code);
        code
    }

    /// The code of a text if it is known.
    pub fn find(&self, text: &str) -> Option<u32> {
        if text.is_empty() { Some(0) } else { self.index.get(text).copied() }
    }

    /// The text of a code; empty for 0 and for codes of another dictionary.
    pub fn text(&self, code: u32) -> &str {
        code.checked_sub(1).and_then(|at| self.texts.get(at as usize)).map_or("", |t| t)
    }

    /// How many terms.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Terms added since the last call, with their codes: what the store must still write.
    pub fn take_fresh(&mut self) -> Vec<(u32, String)> {
        let from = self.fresh_from;
        self.fresh_from = self.texts.len();
        self.texts[from..].iter().enumerate().map(|(at, text)| ((from + at + 1) as u32, text.to_string())).collect()
    }

    /// The hasher the dictionary uses: fixed, so that runs are alike.
    pub fn hasher() -> impl BuildHasher {
        FixedState::default()
    }
}

/// A piece of an intake on its way to the store.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// New terms, in code order.
    pub terms: Vec<(u32, String)>,
    /// Accepted records.
    pub records: Vec<Record>,
    /// Accepted observations.
    pub observations: Vec<Observation>,
    /// Rows held or rejected.
    pub held: Vec<HeldRow>,
    /// One leaf per row read, in order: what the intake's root is computed from.
    pub leaves: Vec<[u8; 32]>,
}

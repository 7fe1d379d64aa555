//! From records to events: the link decisions in force, applied to the rows of one eye.
//!
//! Nothing is merged, changed or deleted: an event is a list of rows, and one of them stands for
//! it. The same rows and rulings give the same events, in whatever order they were decided.

mod changed;
mod content;
mod decide;
mod find;
mod kept;
mod stand;

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::record::RecordKey;
use atalaya_store::{Intake, LinkLog, LinkedRecord, Ruling, sha256_text};

use crate::observatory::Eye;

pub use changed::Change;
pub(crate) use changed::{Nearest, changes};
pub use decide::{Wish, decide, undo};
pub(crate) use find::key_of;
pub use stand::Reason;
pub(crate) use stand::reason;

use find::Found;

/// Records ruled to be one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `e-` and ten characters: the same while the same records make it up.
    pub id: String,
    /// Its rows of the cube. The first one stands for its amount and date; the others follow in
    /// the order in which they would.
    pub rows: Vec<u32>,
    /// The decisions that made it one event.
    pub decisions: Vec<i64>,
}

/// What is counted: every record, and every event once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Records.
    pub records: u64,
    /// The events they are.
    pub events: u64,
}

/// A ruling that does not hold any more, or not yet again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The decision.
    pub decision: i64,
    /// What it ruled.
    pub ruling: Ruling,
    /// About which records, as they were then.
    pub records: [LinkedRecord; 2],
    /// Their rows now; `None` for one that is no longer reported as it was.
    pub rows: [Option<u32>; 2],
    /// Other decisions it cannot stand beside; empty where a record was lost.
    pub against: Vec<i64>,
}

impl Again {
    /// Whether one of its records is no longer reported as it was.
    pub fn has_lost(&self) -> bool {
        self.rows.contains(&None)
    }
}

/// Which pairs of records are ruled the same or apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rulings {
    direct: BTreeMap<(RecordKey, RecordKey), (Ruling, i64)>,
    /// For each record of an event, which event, and the first decision about it.
    event: BTreeMap<RecordKey, (u32, i64)>,
}

impl Rulings {
    /// What is ruled about two records, and by which decision: by name, or because others make
    /// both one event.
    pub fn of(&self, a: &RecordKey, b: &RecordKey) -> Option<(Ruling, i64)> {
        let (first, second) = if a <= b { (a, b) } else { (b, a) };
        if let Some(found) = self.direct.get(&(first.clone(), second.clone())) {
            return Some(*found);
        }
        let (one, two) = (self.event.get(a)?, self.event.get(b)?);
        (one.0 == two.0).then_some((Ruling::Same, one.1.min(two.1)))
    }

    /// Whether nothing is ruled.
    pub fn is_empty(&self) -> bool {
        self.direct.is_empty()
    }
}

/// The events among the rows of one eye.
#[derive(Debug, Clone, Default)]
pub struct Events {
    /// The last link decision counted; 0 if there is none.
    pub upto: i64,
    /// One hash that stands for the rulings in force; empty where there are none.
    pub root: String,
    /// Events of two records or more, by their smallest row.
    pub linked: Vec<Event>,
    /// Rulings to be made again.
    pub again: Vec<Again>,
    rulings: Rulings,
    /// Each linked row and its event, by row.
    of_row: Vec<(u32, u32)>,
    /// The pairs ruled, as rows.
    pub(crate) same: Vec<(u32, u32, i64)>,
    pub(crate) apart: Vec<(u32, u32, i64)>,
    /// The table of records with its events, made when first asked for.
    pub(crate) frame: std::sync::OnceLock<std::sync::Arc<crate::table::Frame>>,
}

impl Events {
    /// The event of a row, if it is linked.
    pub fn of(&self, row: u32) -> Option<&Event> {
        let at = self.of_row.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        self.linked.get(self.of_row[at].1 as usize)
    }

    /// What is ruled about pairs.
    pub fn rulings(&self) -> &Rulings {
        &self.rulings
    }

    /// The rows of each event, the one that stands for it first.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u32]> {
        self.linked.iter().map(|e| e.rows.as_slice())
    }

    /// How many events all rows are: an unlinked record is one.
    pub fn count(&self, records: usize) -> usize {
        records - self.linked.iter().map(|e| e.rows.len() - 1).sum::<usize>()
    }

    /// Both totals of the rows of these intakes: what is linked among other rows, as purchases are,
    /// is in neither.
    pub(crate) fn totals(&self, eye: &Eye, intakes: &[i64]) -> Totals {
        let cube = &eye.cube;
        let column = cube.column("intake").unwrap_or(0);
        let counts: Vec<bool> = cube.numbers(column).iter().map(|n| intakes.contains(&i64::from(*n))).collect();
        let is = |row: usize| counts[cube.code(row, column) as usize];
        let records = (0..cube.len()).filter(|row| is(*row)).count();
        let again = |e: &Event| e.rows.iter().filter(|row| is(**row as usize)).count().saturating_sub(1);
        let repeat: usize = self.linked.iter().map(again).sum();
        Totals { records: records as u64, events: (records - repeat) as u64 }
    }

    /// How many events these rows report, in ascending order: an event once however many of its
    /// records are among them.
    pub(crate) fn among(&self, rows: &[u32]) -> usize {
        let double = |e: &Event| e.rows.iter().filter(|row| rows.binary_search(row).is_ok()).count().saturating_sub(1);
        rows.len() - self.linked.iter().map(double).sum::<usize>()
    }

    /// The events that the rulings of `log` make of the rows of `eye`; `seen` are all intakes of
    /// its clearance.
    pub fn resolve(eye: &Eye, log: &LinkLog, seen: &[Intake]) -> Events {
        let mut events = Events { upto: log.upto, root: log.root.clone(), ..Events::default() };
        let pairs: Vec<(i64, Ruling, [LinkedRecord; 2])> =
            log.in_force().flat_map(|d| d.linking.pairs().map(|pair| (d.id, d.ruling, pair))).collect();
        let wanted: Vec<LinkedRecord> = pairs.iter().flat_map(|(.., pair)| pair.clone()).collect();
        let found = find::find(eye, seen, &wanted);
        for ((decision, ruling, records), at) in pairs.into_iter().zip(found.chunks_exact(2)) {
            match (at[0], at[1]) {
                (Found::Row(a), Found::Row(b)) if a == b => {}
                (Found::Row(a), Found::Row(b)) => {
                    let list = if ruling == Ruling::Same { &mut events.same } else { &mut events.apart };
                    list.push((a.min(b), a.max(b), decision));
                }
                (Found::NotYet, _) | (_, Found::NotYet) => {}
                _ => {
                    let rows = [at[0].row(), at[1].row()];
                    events.again.push(Again { decision, ruling, records, rows, against: Vec::new() });
                }
            }
        }
        for list in [&mut events.same, &mut events.apart] {
            list.sort_unstable();
            list.dedup_by_key(|(a, b, _)| (*a, *b));
        }
        events.cluster(eye, &wanted_by_row(&wanted, &found));
        events
    }

    /// Makes events of the pairs ruled the same. Where two records of one are ruled apart, none of
    /// its rulings holds: which one is wrong is for a person to say.
    fn cluster(&mut self, eye: &Eye, names: &BTreeMap<u32, LinkedRecord>) {
        let mut sets = Sets::default();
        self.same.iter().for_each(|(a, b, _)| sets.join(*a, *b));
        let broken: BTreeSet<u32> = self.apart.iter().filter(|(a, b, _)| sets.together(*a, *b)).map(|(a, ..)| sets.root(*a)).collect();
        let mut members: BTreeMap<u32, (Vec<u32>, BTreeSet<i64>)> = BTreeMap::new();
        for (a, b, decision) in &self.same {
            let one = members.entry(sets.root(*a)).or_default();
            one.0.extend([*a, *b]);
            one.1.insert(*decision);
        }
        for (a, b, decision) in self.apart.iter().filter(|(a, b, _)| sets.together(*a, *b)) {
            let against: Vec<i64> = members.get(&sets.root(*a)).map(|m| m.1.iter().copied().collect()).unwrap_or_default();
            if let (Some(one), Some(two)) = (names.get(a), names.get(b)) {
                let (records, rows) = ([one.clone(), two.clone()], [Some(*a), Some(*b)]);
                self.again.push(Again { decision: *decision, ruling: Ruling::Apart, records, rows, against });
            }
        }
        self.same.retain(|(a, ..)| !broken.contains(&sets.root(*a)));
        let cube = &eye.cube;
        for (_, (mut rows, decisions)) in members.into_iter().filter(|(root, _)| !broken.contains(root)) {
            rows.sort_unstable();
            rows.dedup();
            stand::order(eye, cube, &mut rows);
            self.linked.push(Event { id: event_id(eye, &rows), rows, decisions: decisions.into_iter().collect() });
        }
        self.linked.sort_by_key(|e| e.rows.iter().min().copied());
        self.of_row = self.linked.iter().zip(0..).flat_map(|(e, at)| e.rows.iter().map(move |row| (*row, at))).collect();
        self.of_row.sort_unstable();
        self.name_rulings(eye);
    }

    fn name_rulings(&mut self, eye: &Eye) {
        let pairs = self.same.iter().map(|p| (p, Ruling::Same)).chain(self.apart.iter().map(|p| (p, Ruling::Apart)));
        for ((a, b, decision), ruling) in pairs {
            let (a, b) = (find::key_of(eye, *a), find::key_of(eye, *b));
            self.rulings.direct.entry(if a <= b { (a, b) } else { (b, a) }).or_insert((ruling, *decision));
        }
        for (event, at) in self.linked.iter().zip(0..) {
            let first = event.decisions.first().copied().unwrap_or(0);
            self.rulings.event.extend(event.rows.iter().map(|row| (find::key_of(eye, *row), (at, first))));
        }
    }
}

fn wanted_by_row(wanted: &[LinkedRecord], found: &[Found]) -> BTreeMap<u32, LinkedRecord> {
    wanted.iter().zip(found).filter_map(|(record, found)| Some((found.row()?, record.clone()))).collect()
}

fn event_id(eye: &Eye, rows: &[u32]) -> String {
    let mut keys: Vec<RecordKey> = rows.iter().map(|row| find::key_of(eye, *row)).collect();
    keys.sort_unstable();
    let text: Vec<String> = keys.iter().map(|k| format!("{}:{}:{}", k.file, k.member, k.ordinal)).collect();
    format!("e-{}", &sha256_text(&text.join("|"))[..10])
}

/// Rows joined to sets; the root of a set is its smallest row.
#[derive(Debug, Default)]
pub(crate) struct Sets {
    parent: BTreeMap<u32, u32>,
}

impl Sets {
    /// The smallest row of the set a row is in.
    pub(crate) fn root(&self, row: u32) -> u32 {
        let mut at = row;
        while let Some(up) = self.parent.get(&at).filter(|up| **up != at) {
            at = *up;
        }
        at
    }

    /// Puts two rows in one set. Every row on the way then points to the root.
    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let root = self.root(a).min(self.root(b));
        for end in [a, b] {
            let mut at = end;
            while let Some(up) = self.parent.insert(at, root).filter(|up| *up != at) {
                at = up;
            }
        }
    }

    /// Whether both are in one set.
    pub(crate) fn together(&self, a: u32, b: u32) -> bool {
        self.root(a) == self.root(b)
    }
}

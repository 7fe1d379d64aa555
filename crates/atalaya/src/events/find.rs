//! The rows that records named by a ruling are now: by where they stand, and where their file has
//! given way to a newer vintage, by what they say.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use atalaya_kernel::record::RecordKey;
use atalaya_store::{Intake, LinkedRecord};
use foldhash::fast::FixedState;

use super::content;
use crate::observatory::Eye;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It is this row.
    Row(u32),
    /// As of this eye its file had not been collected.
    NotYet,
    /// No row in force says what it said.
    Lost,
}

impl Found {
    /// Its row, if it has one.
    pub(super) fn row(self) -> Option<u32> {
        if let Found::Row(row) = self { Some(row) } else { None }
    }
}

/// The key of a row.
pub(crate) fn key_of(eye: &Eye, row: u32) -> RecordKey {
    let (member, ordinal) = eye.cube.place(row as usize);
    let member = u32::from(member);
    let intake = eye.cube.column("intake").map_or(0, |c| eye.cube.number(row as usize, c));
    let of = eye.intakes.iter().find(|i| i.id == i64::from(intake));
    let file = of.and_then(|i| i.files.get(member as usize)).map(|f| f.sha256.clone()).unwrap_or_default();
    RecordKey { file, member, ordinal }
}

/// What became of each record.
pub(super) fn find(eye: &Eye, seen: &[Intake], wanted: &[LinkedRecord]) -> Vec<Found> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let keys: Vec<RecordKey> = wanted.iter().map(|r| r.key.clone()).collect();
    let rows = by_place(eye, &keys);
    let in_force: BTreeSet<&str> = eye.intakes.iter().flat_map(|i| &i.files).map(|f| f.sha256.as_str()).collect();
    let mut since: BTreeMap<&str, i64> = BTreeMap::new();
    for intake in seen {
        for file in &intake.files {
            since.entry(&file.sha256).or_insert(intake.id);
        }
    }
    let known = |r: &LinkedRecord| since.get(r.key.file.as_str()).is_some_and(|id| *id <= eye.as_of);
    // A file in force says itself which of its rows are accepted: no other row stands in for one.
    let moved = |r: &&LinkedRecord| known(r) && !in_force.contains(r.key.file.as_str());
    let lost: Vec<&LinkedRecord> = wanted.iter().zip(&rows).filter(|(_, row)| row.is_none()).map(|(r, _)| r).filter(moved).collect();
    let again = by_content(eye, &lost);
    let place = |(record, row): (&LinkedRecord, &Option<u32>)| match row {
        Some(row) => Found::Row(*row),
        None if !known(record) => Found::NotYet,
        None => again.get(record).map_or(Found::Lost, |row| Found::Row(*row)),
    };
    wanted.iter().zip(&rows).map(place).collect()
}

/// The row of each key, in one pass over the rows of the files named.
fn by_place(eye: &Eye, keys: &[RecordKey]) -> Vec<Option<u32>> {
    let cube = &eye.cube;
    let mut parts: BTreeMap<(&str, u32), u32> = BTreeMap::new();
    for key in keys {
        let next = parts.len() as u32;
        parts.entry((&key.file, key.member)).or_insert(next);
    }
    let places: Vec<(u32, u32)> = keys.iter().map(|k| (parts[&(k.file.as_str(), k.member)], k.ordinal)).collect();
    let mut rows: HashMap<(u32, u32), Option<u32>, FixedState> = places.iter().map(|p| (*p, None)).collect();
    // For each intake, which of its parts are asked for.
    let of_intake: BTreeMap<u32, Vec<Option<u32>>> = eye
        .intakes
        .iter()
        .filter_map(|i| {
            let of: Vec<Option<u32>> = i.files.iter().zip(0..).map(|(f, at)| parts.get(&(f.sha256.as_str(), at)).copied()).collect();
            of.iter().any(Option::is_some).then_some((u32::try_from(i.id).unwrap_or(u32::MAX), of))
        })
        .collect();
    let column = cube.column("intake").unwrap_or(0);
    let (mut last, mut asked) = (None, None);
    for row in 0..cube.len() {
        let intake = cube.number(row, column);
        if last != Some(intake) {
            (last, asked) = (Some(intake), of_intake.get(&intake));
        }
        let Some(of) = asked else { continue };
        let (member, ordinal) = cube.place(row);
        let Some(Some(part)) = of.get(usize::from(member)) else { continue };
        if let Some(at) = rows.get_mut(&(*part, ordinal)) {
            at.get_or_insert(row as u32);
        }
    }
    places.iter().map(|p| rows.get(p).copied().flatten()).collect()
}

/// Records found again in the vintages of their source that are in force, the newest first: the
/// one that says the same and is as many-th of those that do.
fn by_content<'r>(eye: &Eye, lost: &[&'r LinkedRecord]) -> BTreeMap<&'r LinkedRecord, u32> {
    let mut found = BTreeMap::new();
    if lost.is_empty() {
        return found;
    }
    let cube = &eye.cube;
    let (columns, intake) = (content::columns(cube), cube.column("intake").unwrap_or(0));
    let sources: BTreeSet<&str> = lost.iter().map(|r| r.source.as_str()).collect();
    let of: BTreeMap<u32, &Intake> =
        eye.intakes.iter().filter(|i| sources.contains(i.source.as_str())).map(|i| (u32::try_from(i.id).unwrap_or(u32::MAX), i)).collect();
    let wanted: BTreeSet<&str> = lost.iter().map(|r| r.content.as_str()).collect();
    let mut says: BTreeMap<(&str, String), BTreeMap<i64, Vec<u32>>> = BTreeMap::new();
    for row in 0..cube.len() as u32 {
        let Some(intake) = of.get(&cube.number(row as usize, intake)) else { continue };
        let digest = content::digest(cube, &columns, row);
        if wanted.contains(digest.as_str()) {
            says.entry((&intake.source, digest)).or_default().entry(intake.id).or_default().push(row);
        }
    }
    for record in lost {
        let Some(rows) = says.get(&(record.source.as_str(), record.content.clone())) else { continue };
        let nth = record.nth.max(1) as usize - 1;
        if let Some(row) = rows.values().rev().find_map(|rows| rows.get(nth)) {
            found.insert(*record, *row);
        }
    }
    found
}

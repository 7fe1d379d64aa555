//! Rulings to be made again: what a record said when it was ruled on, and what comes nearest to it
//! in the vintage that stands now.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use atalaya_kernel::record::{NO_DAY, RECORD_FIELDS, RECORD_WIDTH, RecordKey};
use atalaya_kernel::{Date, Period, Precision, Problem};
use atalaya_store::Intake;
use foldhash::fast::FixedState;

use super::{Again, Events, content, find};
use crate::observatory::{Eye, Observatory};

/// Fields besides the date that must agree for a record to be taken as the same one, changed:
/// more than half of those either fills.
const NEAR: (usize, usize) = (1, 2);

/// What a record said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    date: String,
    fields: [String; RECORD_WIDTH],
}

/// One field that says something else now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The field.
    pub field: &'static str,
    /// What it said.
    pub before: String,
    /// What it says.
    pub now: String,
}

/// A lost record as it comes nearest now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Nearest {
    /// Its row.
    pub row: u32,
    /// What changed.
    pub changes: Vec<Change>,
}

impl Said {
    fn of(eye: &Eye, columns: &[usize; RECORD_WIDTH], row: u32) -> Said {
        let cube = &eye.cube;
        let day = cube.column("day").map_or(NO_DAY, |c| cube.number(row as usize, c) as i32);
        let fields = std::array::from_fn(|at| cube.text(row as usize, columns[at]).to_string());
        Said { date: date(day, cube.precision(row as usize)), fields }
    }

    fn alike(&self, other: &Said) -> usize {
        let pairs = self.fields.iter().zip(&other.fields);
        usize::from(self.date == other.date) + pairs.filter(|(a, b)| a == b && !a.is_empty()).count()
    }

    fn filled(&self, other: &Said) -> usize {
        1 + self.fields.iter().zip(&other.fields).filter(|(a, b)| !a.is_empty() || !b.is_empty()).count()
    }

    fn changes(&self, now: &Said) -> Vec<Change> {
        let dates = std::iter::once(("date", &self.date, &now.date));
        let fields = RECORD_FIELDS.iter().zip(&self.fields).zip(&now.fields).map(|((f, a), b)| (*f, a, b));
        let change = |(field, before, now): (&'static str, &String, &String)| Change { field, before: before.clone(), now: now.clone() };
        dates.chain(fields).filter(|(_, a, b)| a != b).map(change).collect()
    }
}

fn date(day: i32, precision: u8) -> String {
    let precision = Precision::from_code(precision).unwrap_or(Precision::Day);
    if day == NO_DAY { String::new() } else { Period { start: Date(day), precision }.to_string() }
}

/// Leaves out those rulings to be made again that somebody has made again: about the records that
/// come nearest now.
///
/// # Errors
/// `store`.
pub(super) fn settle(observatory: &Observatory, eye: &Eye, events: &mut Events) -> Result<(), Problem> {
    if !events.again.iter().any(Again::has_lost) {
        return Ok(());
    }
    let nearest = nearest(observatory, eye, &events.again)?;
    let now = |again: &Again, at: usize| again.rows[at].or_else(|| nearest.get(&again.records[at].key).map(|n| n.row));
    let rulings = &events.rulings;
    events.again.retain(|again| {
        let [one, two] = [0, 1].map(|at| now(again, at).map(|row| find::key_of(eye, row)));
        let ruled = one.zip(two).and_then(|(one, two)| rulings.of(&one, &two));
        !again.has_lost() || ruled.is_none_or(|(_, decision)| decision < again.decision)
    });
    Ok(())
}

/// For each ruling to be made again, what became of its two records.
///
/// # Errors
/// `store`.
pub(crate) fn changes(observatory: &Observatory, eye: &Eye, again: &[Again]) -> Result<Vec<[Option<Nearest>; 2]>, Problem> {
    let nearest = nearest(observatory, eye, again)?;
    let of = |a: &Again| [0, 1].map(|at| if a.rows[at].is_none() { nearest.get(&a.records[at].key).cloned() } else { None });
    Ok(again.iter().map(of).collect())
}

/// The lost records, each with the row in force that comes nearest to it.
fn nearest(observatory: &Observatory, eye: &Eye, again: &[Again]) -> Result<BTreeMap<RecordKey, Nearest>, Problem> {
    let lost: BTreeMap<&RecordKey, &str> = again
        .iter()
        .flat_map(|a| a.records.iter().zip(a.rows).filter(|(_, row)| row.is_none()).map(|(r, _)| (&r.key, r.source.as_str())))
        .collect();
    let said = said(observatory, &lost.keys().copied().collect())?;
    let columns = content::columns(&eye.cube);
    let sources: BTreeSet<&str> = lost.values().copied().collect();
    // Who keeps its date and area, or its place in the file, is looked at.
    let mut by_date: HashMap<(&str, &str), Vec<&RecordKey>, FixedState> = HashMap::default();
    let mut by_place: HashMap<(u32, u32), Vec<&RecordKey>, FixedState> = HashMap::default();
    for (key, one) in &said {
        by_date.entry((&one.date, &one.fields[0])).or_default().push(key);
        by_place.entry((key.member, key.ordinal)).or_default().push(key);
    }
    let source = eye.cube.column("source").unwrap_or(0);
    let mut best: BTreeMap<&RecordKey, (usize, bool, std::cmp::Reverse<u32>)> = BTreeMap::new();
    for row in 0..eye.cube.len() as u32 {
        let of = eye.cube.text(row as usize, source);
        if !sources.contains(of) {
            continue;
        }
        let (member, ordinal) = eye.cube.place(row as usize);
        let area = eye.cube.text(row as usize, columns[0]);
        let day = eye.cube.column("day").map_or(NO_DAY, |c| eye.cube.number(row as usize, c) as i32);
        let when = date(day, eye.cube.precision(row as usize));
        let near = by_date.get(&(when.as_str(), area)).into_iter().chain(by_place.get(&(u32::from(member), ordinal)));
        for key in near.flatten().filter(|k| lost.get(*k) == Some(&of)) {
            let (then, now) = (&said[*key], Said::of(eye, &columns, row));
            let (alike, filled) = (then.alike(&now), then.filled(&now));
            let rank = (alike, ordinal == key.ordinal, std::cmp::Reverse(row));
            if *then != now && alike * NEAR.1 > filled * NEAR.0 && best.get(*key).is_none_or(|b| rank > *b) {
                best.insert(key, rank);
            }
        }
    }
    let near = best.into_iter().map(|(key, (.., std::cmp::Reverse(row)))| {
        let changes = said[key].changes(&Said::of(eye, &columns, row));
        (key.clone(), Nearest { row, changes })
    });
    Ok(near.collect())
}

/// What records said, read again from the vintages that no longer stand.
fn said(observatory: &Observatory, keys: &BTreeSet<&RecordKey>) -> Result<BTreeMap<RecordKey, Said>, Problem> {
    let (standing, terms) = (observatory.standing()?, observatory.terms()?);
    let files: BTreeSet<&str> = keys.iter().map(|k| k.file.as_str()).collect();
    let holds = |i: &&Intake| i.kind != "observations" && i.files.iter().any(|f| files.contains(f.sha256.as_str()));
    let mut out = BTreeMap::new();
    for intake in standing.intakes.iter().filter(holds) {
        observatory.store().each_record(intake, |record| {
            let Some(file) = intake.files.get(record.file as usize) else { return };
            let key = RecordKey { file: file.sha256.clone(), member: record.file, ordinal: record.ordinal };
            if keys.contains(&key) {
                let fields = record.codes.map(|code| terms.text(code).to_string());
                out.insert(key, Said { date: date(record.day, record.precision), fields });
            }
        })?;
    }
    Ok(out)
}

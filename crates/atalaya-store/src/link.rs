//! Link decisions: which pairs of records report one event and which do not, and how the log of
//! them is seen.
//!
//! A record is named twice: by where it stands (file, part, row) and by what it says (a digest of
//! its content, and which of several equal ones it is), so that a ruling outlives the file it was
//! made on. Both are written once a record; a pair is two numbers. About 45 bytes a record.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::record::RecordKey;
use atalaya_kernel::{Both, Problem};
use serde::{Deserialize, Serialize};

use crate::decision::{Decision, DecisionBody};
use crate::intake::sha256_text;
use crate::store::{Store, sql};

/// Digits of a digest of content.
pub const CONTENT_DIGITS: usize = 16;

/// What is ruled about a pair of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// Both report one event.
    Same,
    /// They report two events.
    Apart,
}

impl Ruling {
    /// Its name on every surface.
    pub fn as_str(self) -> &'static str {
        match self {
            Ruling::Same => "same",
            Ruling::Apart => "apart",
        }
    }
}

/// What was looked at when a ruling was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// A list loaded twice, as a whole.
    Batch,
    /// One proposed pair.
    Pair,
    /// Every open proposal at least this probable.
    Band,
    /// Records named by hand.
    Hand,
}

impl Scope {
    /// Its name on every surface.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Batch => "batch",
            Scope::Pair => "pair",
            Scope::Band => "band",
            Scope::Hand => "hand",
        }
    }
}

/// A record as a ruling names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkedRecord {
    /// Its source.
    pub source: String,
    /// Where it stands.
    pub key: RecordKey,
    /// The digest of what it says: [`CONTENT_DIGITS`] hexadecimal digits.
    pub content: String,
    /// Which of the records of its intake that say the same, from 1.
    pub nth: u32,
}

/// A part of a file that records stand in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Part {
    source: String,
    file: String,
    member: u32,
}

/// A ruling about pairs of records, as it is logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linking {
    /// What was looked at.
    pub scope: Scope,
    /// What it was called then.
    pub title: Both,
    /// The proposals accepted or rejected, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<String>,
    /// Of a band: the least probability accepted, as it was stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<String>,
    /// The digest of the engine that proposed; empty where no proposal was followed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub engine: String,
    parts: Vec<Part>,
    /// Part, row, which of equals.
    records: Vec<(u32, u32, u32)>,
    /// The digests of content, one after the other.
    content: String,
    pairs: Vec<(u32, u32)>,
}

impl Linking {
    /// A ruling about these pairs. Their order, and that within a pair, does not matter.
    pub fn new(scope: Scope, title: Both, pairs: &[[LinkedRecord; 2]]) -> Linking {
        let records: BTreeSet<&LinkedRecord> = pairs.iter().flatten().collect();
        let part_of = |r: &LinkedRecord| Part { source: r.source.clone(), file: r.key.file.clone(), member: r.key.member };
        let parts: BTreeSet<Part> = records.iter().map(|r| part_of(r)).collect();
        let number: BTreeMap<&Part, u32> = parts.iter().zip(0..).collect();
        let at: BTreeMap<&LinkedRecord, u32> = records.iter().copied().zip(0..).collect();
        let ends: BTreeSet<(u32, u32)> = pairs.iter().map(|[a, b]| (at[a].min(at[b]), at[a].max(at[b]))).filter(|(a, b)| a != b).collect();
        Linking {
            scope,
            title,
            proposals: Vec::new(),
            at_least: None,
            engine: String::new(),
            records: records.iter().map(|r| (number[&part_of(r)], r.key.ordinal, r.nth)).collect(),
            content: records.iter().map(|r| r.content.as_str()).collect(),
            pairs: ends.into_iter().collect(),
            parts: parts.into_iter().collect(),
        }
    }

    /// How many pairs.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The pairs, in order.
    pub fn pairs(&self) -> impl Iterator<Item = [LinkedRecord; 2]> + '_ {
        self.pairs.iter().filter_map(|(a, b)| Some([self.record(*a)?, self.record(*b)?]))
    }

    /// `None` where the line does not name it, as in a journal written by another hand.
    fn record(&self, at: u32) -> Option<LinkedRecord> {
        let (part, ordinal, nth) = *self.records.get(at as usize)?;
        let part = self.parts.get(part as usize)?;
        let from = at as usize * CONTENT_DIGITS;
        let content = self.content.get(from..from + CONTENT_DIGITS)?.to_string();
        let key = RecordKey { file: part.file.clone(), member: part.member, ordinal };
        Some(LinkedRecord { source: part.source.clone(), key, content, nth })
    }

    /// The same about those pairs alone of which both records stand in `files`. What it was called
    /// and what it followed tell of all pairs, so they are left out where one is.
    fn within(self, files: &BTreeSet<&str>) -> Linking {
        if self.parts.iter().all(|p| files.contains(p.file.as_str())) {
            return self;
        }
        let kept: Vec<[LinkedRecord; 2]> = self.pairs().filter(|p| p.iter().all(|r| files.contains(r.key.file.as_str()))).collect();
        Linking { engine: self.engine, ..Linking::new(self.scope, Both::default(), &kept) }
    }
}

/// A link decision as somebody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkDecision {
    /// Its number: inside the observatory that of the decision, outside from 1 without gaps.
    pub id: i64,
    /// When, RFC 3339.
    pub decided_at: String,
    /// Which desk or role.
    pub who: String,
    /// The reason.
    pub why: String,
    /// What was ruled.
    pub ruling: Ruling,
    /// About which pairs.
    pub linking: Linking,
    /// The decision that undid it.
    pub undone_by: Option<i64>,
}

impl LinkDecision {
    /// What of it may be seen where only these files exist: nothing if no pair may. The reason may
    /// tell of the other pairs, so it is left out where there are any.
    fn within(self, files: &BTreeSet<&str>) -> Option<LinkDecision> {
        let all = self.linking.len();
        let linking = self.linking.within(files);
        let why = if linking.len() == all { self.why } else { String::new() };
        (!linking.is_empty()).then_some(LinkDecision { linking, why, ..self })
    }
}

/// The link decisions one clearance sees, up to one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkLog {
    /// The decisions in order, undone ones included.
    pub decisions: Vec<LinkDecision>,
    /// The number of the last one counted, undoing ones included; 0 if there is none.
    pub upto: i64,
    /// One hash that stands for the rulings in force; empty where there are none. Who ruled, when,
    /// why and in how many decisions is not in it: the same rulings have the same root.
    pub root: String,
}

impl LinkLog {
    /// The decisions in force, in order.
    pub fn in_force(&self) -> impl Iterator<Item = &LinkDecision> {
        self.decisions.iter().filter(|d| d.undone_by.is_none())
    }

    /// The same log as it stood after decision `upto`.
    #[must_use]
    pub fn until(&self, upto: Option<i64>) -> LinkLog {
        let limit = upto.unwrap_or(i64::MAX);
        if limit >= self.upto {
            return self.clone();
        }
        let mut decisions: Vec<LinkDecision> = self.decisions.iter().filter(|d| d.id <= limit).cloned().collect();
        let last = self.decisions.iter().flat_map(|d| [Some(d.id), d.undone_by]).flatten().filter(|id| *id <= limit).max();
        for decision in &mut decisions {
            decision.undone_by = decision.undone_by.filter(|by| *by <= limit);
        }
        LinkLog { root: root_of(&decisions), decisions, upto: last.unwrap_or(0) }
    }
}

fn root_of(decisions: &[LinkDecision]) -> String {
    let name = |r: &LinkedRecord| format!("{}:{}:{}:{}:{}", r.key.file, r.key.member, r.key.ordinal, r.content, r.nth);
    let mut lines: Vec<String> = Vec::new();
    for decision in decisions.iter().filter(|d| d.undone_by.is_none()) {
        lines.extend(decision.linking.pairs().map(|[a, b]| format!("{} {}|{}\n", decision.ruling.as_str(), name(&a), name(&b))));
    }
    lines.sort_unstable();
    lines.dedup();
    if lines.is_empty() { String::new() } else { sha256_text(&lines.concat()) }
}

impl Store {
    /// A number that changes with every decision, whoever may see it.
    ///
    /// # Errors
    /// `store`.
    pub fn decision_stamp(&self) -> Result<i64, Problem> {
        let mut newest = self.connection().prepare_cached("SELECT coalesce(max(id), 0) FROM decision").map_err(|e| sql(&e))?;
        newest.query_row([], |r| r.get(0)).map_err(|e| sql(&e))
    }

    /// The link decisions as this clearance sees them: a pair with a record that may not be seen
    /// does not exist, a decision about such pairs alone neither, nor its undoing.
    ///
    /// # Errors
    /// `store`.
    pub fn links(&self) -> Result<LinkLog, Problem> {
        let seen = self.intakes()?;
        let files: BTreeSet<&str> = seen.iter().flat_map(|i| &i.files).map(|f| f.sha256.as_str()).collect();
        let (mut decisions, mut next, mut upto) = (Vec::<LinkDecision>::new(), 0, 0);
        let mut numbers: BTreeMap<i64, usize> = BTreeMap::new();
        for Decision { id, decided_at, who, why, body, .. } in self.decisions(None)? {
            let as_seen = if self.clearance().inside { id } else { next + 1 };
            let ruling = if matches!(body, DecisionBody::Same(_)) { Ruling::Same } else { Ruling::Apart };
            match body {
                DecisionBody::Undo { decision } => {
                    let Some(at) = numbers.get(&decision) else { continue };
                    decisions[*at].undone_by.get_or_insert(as_seen);
                }
                DecisionBody::Same(linking) | DecisionBody::Apart(linking) => {
                    let decision = LinkDecision { id: as_seen, decided_at, who, why, ruling, linking: *linking, undone_by: None };
                    let Some(decision) = decision.within(&files) else { continue };
                    numbers.insert(id, decisions.len());
                    decisions.push(decision);
                }
                DecisionBody::Map { .. }
                | DecisionBody::Accept { .. }
                | DecisionBody::Reject { .. }
                | DecisionBody::Rename { .. }
                | DecisionBody::Finding { .. }
                | DecisionBody::Design { .. } => {
                    continue;
                }
            }
            (next, upto) = (next + 1, as_seen);
        }
        Ok(LinkLog { root: root_of(&decisions), decisions, upto })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewDecision;

    fn record(file: &str, ordinal: u32) -> LinkedRecord {
        let key = RecordKey { file: file.into(), member: 0, ordinal };
        LinkedRecord { source: "s".into(), key, content: format!("{ordinal:016x}"), nth: 1 + ordinal % 2 }
    }

    fn linking(pairs: &[[LinkedRecord; 2]]) -> Linking {
        Linking::new(Scope::Hand, Both::same("x"), pairs)
    }

    fn new(body: DecisionBody) -> NewDecision {
        NewDecision { decided_at: "2026-11-26T12:00:00Z".into(), who: "desk".into(), why: "because".into(), source: String::new(), body }
    }

    #[test]
    fn a_ruling_reads_back_whatever_the_order_it_was_told_in() {
        let [a, b, c] = [record("f", 1), record("f", 2), record("g", 1)];
        let one = linking(&[[a.clone(), c.clone()], [b.clone(), a.clone()], [a.clone(), b.clone()], [a.clone(), a.clone()]]);
        assert_eq!(one, linking(&[[b.clone(), a.clone()], [c.clone(), a.clone()]]));
        assert_eq!(one.pairs().collect::<Vec<_>>(), [[a.clone(), b], [a, c]]);
        let body = DecisionBody::Same(Box::new(one));
        let text = serde_json::to_string(&body).unwrap();
        assert_eq!(serde_json::from_str::<DecisionBody>(&text).unwrap(), body);
    }

    /// The largest list loaded twice that is known of: Colombia, January 2016.
    #[test]
    fn a_batch_of_2490_pairs_is_a_line_of_two_hundred_kilobytes() {
        let (one, two) = ("1".repeat(64), "2".repeat(64));
        let pairs: Vec<_> = (0..2490).map(|n| [record(&one, 150_000 + n), record(&two, 170_000 + n)]).collect();
        let text = serde_json::to_string(&DecisionBody::Same(Box::new(linking(&pairs)))).unwrap();
        assert!(text.len() < 200_000, "{} bytes", text.len());
    }

    #[test]
    fn a_line_by_another_hand_names_no_record_that_is_not_there() {
        let mut text = serde_json::to_string(&linking(&[[record("f", 1), record("f", 2)]])).unwrap();
        text = text.replace("\"pairs\":[[0,1]]", "\"pairs\":[[0,1],[0,9]]");
        let read: Linking = serde_json::from_str(&text).unwrap();
        assert_eq!((read.len(), read.pairs().count()), (2, 1));
        let cut = text.replace("\"content\":\"0000000000000001", "\"content\":\"");
        assert_eq!(serde_json::from_str::<Linking>(&cut).unwrap().pairs().count(), 0);
    }

    #[test]
    fn the_root_is_that_of_the_rulings_in_force_however_they_came_about() {
        let pair = |n| linking(&[[record("f", n), record("f", n + 1)]]);
        let decision = |id, n, undone_by| LinkDecision {
            id,
            decided_at: id.to_string(),
            who: String::new(),
            why: String::new(),
            ruling: Ruling::Same,
            linking: pair(n),
            undone_by,
        };
        assert_eq!(root_of(&[]), "");
        assert_eq!(root_of(&[decision(1, 1, Some(2))]), "");
        let one = root_of(&[decision(1, 1, None), decision(2, 5, None)]);
        assert_eq!(one, root_of(&[decision(1, 5, None), decision(2, 1, Some(3)), decision(4, 1, None)]));
        let log =
            LinkLog { decisions: vec![decision(1, 5, None), decision(2, 1, Some(3)), decision(4, 1, None)], upto: 4, root: one.clone() };
        assert_eq!([0, 1, 2, 3].map(|n| log.until(Some(n)).in_force().count()), [0, 1, 2, 1]);
        assert_eq!((log.until(Some(2)).root, log.until(Some(3)).upto), (one, 3));
    }

    /// A store of before figures counted links lacks their table; it opens, and is whole.
    #[test]
    fn a_store_of_before_links_opens() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        store.connection().execute_batch("DROP TABLE figure_links").unwrap();
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.links().unwrap(), LinkLog::default());
        assert_eq!(store.figure("fig-0000000000000000").unwrap(), None);
    }

    /// A crash between the store's commit and the journal's line.
    #[test]
    fn decisions_are_logged_together_and_the_journal_is_completed() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::create(folder.path()).unwrap();
        let body = |n| DecisionBody::Same(Box::new(linking(&[[record("f", n), record("f", n + 1)]])));
        let logged = store.decide_all(vec![new(body(1)), new(body(3))]).unwrap();
        assert_eq!(logged.iter().map(|d| d.id).collect::<Vec<_>>(), [1, 2]);
        let whole = std::fs::read(store.journal().path()).unwrap();
        let first = whole.iter().position(|b| *b == b'\n').unwrap();
        std::fs::write(store.journal().path(), &whole[..first + 40]).unwrap();
        assert_eq!(Store::open(folder.path()).unwrap().heal_journal().unwrap(), 1);
        assert_eq!(std::fs::read(store.journal().path()).unwrap(), whole, "byte for byte");
    }
}

//! The observed network: which places reports join, by how many records and how many kilograms.
//!
//! # Answers
//! Between which places do seizure reports speak of a flow, and on how many records does each
//! link rest?
//!
//! # Source
//! Steps 1 and 2 of Giommoni, Berlusconi and Aziani (2021), European Journal on Criminal Policy
//! and Research, doi 10.1007/s10610-020-09473-0; UNODC (2015), Drug money: the illicit proceeds
//! of opiates trafficked on the Balkan route. Which of the four kinds of link they used, and from
//! which mass on, is not stated; both are options here.
//!
//! # Assumes
//! - What a report says of departure and destination is so.
//! - A place that is not named is not known: it is never the place of seizure by default.
//!
//! # Shapes and units
//! Records in the caller's order, places by position in his list. Kilograms as decimals, counts
//! beside them: neither stands for the other.
//!
//! # Cost
//! O(records log edges) time, one link of 48 bytes for every pair of places a record joins.
//!
//! # Does not
//! Estimate a flow. A link seen is a link looked for: reporters differ in how much they look.
//!
//! # Checked by
//! `tests` here; every row of the table of counts on the file of UNODC, and the yearly edges of
//! another group's copy of it, in `tests/it/real.rs`.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::Decimal;

use super::cleaning::{Check, Limits, into_producer, marks};
use super::record::{LinkKind, RouteRecord, kish};
use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "network",
    verb: "routes",
    name: ["Observed network", "Red observada"],
    answers: [
        "Between which places do reports speak of a flow, and on how many records does each link rest?",
        "¿Entre qué lugares hablan de un flujo los reportes, y en cuántos registros se apoya cada enlace?",
    ],
    source: "Giommoni, Berlusconi and Aziani (2021), doi 10.1007/s10610-020-09473-0, steps 1-2; UNODC (2015)",
};

/// From which bulk mass on a record counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// Every record, those without a mass too.
    None,
    /// Records of more than nothing, in whatever unit.
    Positive,
    /// Records of at least so many kilograms.
    AtLeast(Decimal),
}

impl Threshold {
    /// Whether a record counts.
    pub fn admits(self, record: &RouteRecord) -> bool {
        match self {
            Threshold::None => true,
            Threshold::Positive => record.some,
            Threshold::AtLeast(least) => record.bulk_kg.is_some_and(|kg| kg >= least),
        }
    }
}

/// How links are taken from records.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Which places of a record are joined.
    pub kinds: Vec<LinkKind>,
    /// From which mass on.
    pub threshold: Threshold,
    /// Checks whose findings are set aside.
    pub checks: Vec<Check>,
    /// Limits of the checks.
    pub limits: Limits,
}

/// One pair of places that one record joins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Position of the record.
    pub record: usize,
    /// Which of its places.
    pub kind: LinkKind,
    /// From here.
    pub from: usize,
    /// To there.
    pub to: usize,
}

/// All that joins two places in one direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// From here.
    pub from: usize,
    /// To there.
    pub to: usize,
    /// Links by kind, in the order of [`LinkKind::ALL`].
    pub links: [u64; 4],
    /// Records with at least one of these links.
    pub records: u64,
    /// Records that would weigh as much if all weighed the same (Kish); 0 where no mass is known.
    pub effective: f64,
    /// Kilograms of those records.
    pub kg: Decimal,
    /// Records whose mass is not known.
    pub without_kg: u64,
    /// Years in which it was seen.
    pub years: BTreeSet<i32>,
}

impl Edge {
    /// Links of all kinds.
    pub fn connections(&self) -> u64 {
        self.links.iter().sum()
    }
}

/// What did not become a link, and why: shown beside every network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unknown {
    /// Records looked at.
    pub records: u64,
    /// Their kilograms.
    pub kg: Decimal,
    /// Records below the threshold, or without a mass where one is asked for.
    pub below: u64,
    /// Records that a check set aside.
    pub set_aside: u64,
    /// Links that R2 set aside.
    pub links_set_aside: u64,
    /// Records that name no other place at all.
    pub no_other_place: u64,
    /// ... and their kilograms.
    pub kg_no_other_place: Decimal,
    /// Records whose named places are all where it was seized, or not of the kinds asked for.
    pub not_joined: u64,
    /// ... and their kilograms.
    pub kg_not_joined: Decimal,
}

/// The observed network.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Every link, by record and then in the order of the kinds asked for.
    pub links: Vec<Link>,
    /// Every edge, by where it starts and ends.
    pub edges: Vec<Edge>,
    /// Places with an edge, sorted.
    pub nodes: Vec<usize>,
    /// Records with at least one link.
    pub records: u64,
    /// Kilograms of those records.
    pub kg: Decimal,
    /// What did not become a link.
    pub unknown: Unknown,
}

/// The network that records show under a rule.
pub fn network(records: &[RouteRecord], rule: &Rule) -> Network {
    let marks = marks(records, &rule.limits);
    let mut unknown = Unknown::default();
    let mut links = Vec::new();
    let (mut routed, mut kg) = (0, Decimal::ZERO);
    for (at, record) in records.iter().enumerate() {
        let mass = record.kg.unwrap_or_default();
        unknown.records += 1;
        unknown.kg += mass;
        if !rule.threshold.admits(record) {
            unknown.below += 1;
            continue;
        }
        if marks[at].any(&rule.checks) {
            unknown.set_aside += 1;
            continue;
        }
        let before = links.len();
        let dropped = take(at, record, rule, &mut links);
        unknown.links_set_aside += dropped;
        if links.len() > before {
            routed += 1;
            kg += mass;
        } else if dropped == 0 {
            unrouted(record, mass, &mut unknown);
        }
    }
    let edges = edges(records, &links);
    let nodes: BTreeSet<usize> = edges.iter().flat_map(|e| [e.from, e.to]).collect();
    Network { links, edges, nodes: nodes.into_iter().collect(), records: routed, kg, unknown }
}

/// Adds the links of one record, and gives how many R2 set aside.
fn take(at: usize, record: &RouteRecord, rule: &Rule, links: &mut Vec<Link>) -> u64 {
    let mut dropped = 0;
    for &kind in &rule.kinds {
        let Some((from, to)) = kind.ends(record) else { continue };
        if rule.checks.contains(&Check::IntoProducer) && into_producer(record, kind, &rule.limits) {
            dropped += 1;
        } else {
            links.push(Link { record: at, kind, from, to });
        }
    }
    dropped
}

fn unrouted(record: &RouteRecord, mass: Decimal, unknown: &mut Unknown) {
    if [record.producing, record.departure, record.destination].iter().all(Option::is_none) {
        unknown.no_other_place += 1;
        unknown.kg_no_other_place += mass;
    } else {
        unknown.not_joined += 1;
        unknown.kg_not_joined += mass;
    }
}

/// Links gathered by the places they join. A record counts once an edge, whatever its links there.
pub fn edges(records: &[RouteRecord], links: &[Link]) -> Vec<Edge> {
    let mut gathered: BTreeMap<(usize, usize), (Edge, Option<usize>, f64)> = BTreeMap::new();
    for link in links {
        let (edge, last, squares) = gathered.entry((link.from, link.to)).or_insert_with(|| {
            let edge = Edge {
                from: link.from,
                to: link.to,
                links: [0; 4],
                records: 0,
                effective: 0.0,
                kg: Decimal::ZERO,
                without_kg: 0,
                years: BTreeSet::new(),
            };
            (edge, None, 0.0)
        });
        edge.links[link.kind as usize] += 1;
        // Links come by record, so the same record is the last one.
        if *last == Some(link.record) {
            continue;
        }
        *last = Some(link.record);
        let record = &records[link.record];
        edge.records += 1;
        edge.years.insert(record.year);
        match record.kg {
            Some(kg) => {
                edge.kg += kg;
                *squares += kg.to_f64().powi(2);
            }
            None => edge.without_kg += 1,
        }
    }
    gathered.into_values().map(|(edge, _, squares)| Edge { effective: kish(edge.kg.to_f64(), squares), ..edge }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(kinds: &[LinkKind]) -> Rule {
        Rule { kinds: kinds.to_vec(), threshold: Threshold::None, checks: Vec::new(), limits: Limits::usual([0]) }
    }

    fn sample() -> Vec<RouteRecord> {
        let whole = |kg| Some(Decimal::whole(kg));
        vec![
            // Produced in 0, left 0, taken in 1, bound for 2.
            RouteRecord {
                producing: Some(0),
                departure: Some(0),
                seized: Some(1),
                destination: Some(2),
                year: 2014,
                kg: whole(3),
                bulk_kg: whole(3),
                ..RouteRecord::default()
            },
            RouteRecord { departure: Some(0), seized: Some(1), year: 2015, kg: whole(1), bulk_kg: whole(1), ..RouteRecord::default() },
            RouteRecord { departure: Some(0), seized: Some(1), year: 2015, kg: None, ..RouteRecord::default() },
            RouteRecord { seized: Some(1), year: 2015, kg: whole(7), bulk_kg: whole(7), ..RouteRecord::default() },
            RouteRecord { seized: Some(1), departure: Some(1), year: 2015, kg: whole(5), bulk_kg: whole(5), ..RouteRecord::default() },
            RouteRecord { seized: Some(0), departure: Some(2), year: 2015, kg: whole(2), bulk_kg: whole(2), ..RouteRecord::default() },
        ]
    }

    #[test]
    fn counts_and_kilograms_stand_side_by_side() {
        let found = network(&sample(), &rule(&LinkKind::ALL));
        let seen: Vec<_> = found.edges.iter().map(|e| (e.from, e.to, e.connections(), e.records, e.kg.to_string())).collect();
        assert_eq!(seen, [(0, 1, 4, 3, "4".into()), (1, 2, 1, 1, "3".into()), (2, 0, 1, 1, "2".into())]);
        let first = &found.edges[0];
        assert_eq!((first.links, first.without_kg, first.years.len()), ([3, 0, 1, 0], 1, 2));
        assert!((first.effective - 1.6).abs() < 1e-12, "{}", first.effective);
        assert_eq!((found.records, found.nodes.len(), found.links.len()), (4, 3, 6));
    }

    #[test]
    fn what_is_not_known_is_said() {
        let found = network(&sample(), &rule(&LinkKind::ALL)).unknown;
        assert_eq!((found.records, found.no_other_place, found.not_joined), (6, 1, 1));
        assert_eq!((found.kg_no_other_place, found.kg_not_joined), (Decimal::whole(7), Decimal::whole(5)));
        let light = Rule { threshold: Threshold::AtLeast(Decimal::whole(2)), ..rule(&LinkKind::ALL) };
        assert_eq!(network(&sample(), &light).unknown.below, 2);
        let checked = Rule { checks: vec![Check::IntoProducer], ..rule(&LinkKind::ALL) };
        assert_eq!(network(&sample(), &checked).unknown.links_set_aside, 1);
    }

    /// Records read are records routed, below, set aside or not joined: nothing is lost.
    #[test]
    fn every_record_is_somewhere() {
        for threshold in [Threshold::None, Threshold::Positive, Threshold::AtLeast(Decimal::whole(3))] {
            let found = network(&sample(), &Rule { threshold, ..rule(&[LinkKind::DepartedSeized]) });
            let u = found.unknown;
            assert_eq!(found.records + u.below + u.set_aside + u.no_other_place + u.not_joined, u.records);
        }
    }

    #[test]
    fn years_add_up_to_the_whole() {
        let (records, rule) = (sample(), rule(&LinkKind::ALL));
        let whole = network(&records, &rule);
        let by_year: usize = [2014, 2015]
            .into_iter()
            .map(|year| records.iter().filter(|r| r.year == year).cloned().collect::<Vec<_>>())
            .map(|some| network(&some, &rule).links.len())
            .sum();
        assert_eq!(by_year, whole.links.len());
    }
}

//! Records made ready to be compared: dense codes, strata, blocks of days, and sorted amounts.
//!
//! A *stratum* is area x substance x quantity: what chance is measured in. A *group* is a stratum
//! on one day (in one month, where dates are months): what is compared pair by pair.

use std::collections::BTreeMap;

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::record::NO_DAY;
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Date, Precision};

use super::amount::Amount;
use super::place::{Places, folded};
use super::rows::{Field, Records};
use crate::link::text::fold;

/// No amount, no group.
pub(super) const NONE: u32 = u32::MAX;

/// The dense code of each key, and the keys in order.
pub(super) fn dense<K: Ord + Copy>(keys: &[K]) -> (Vec<u32>, Vec<K>) {
    let mut distinct = keys.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let codes = keys.iter().map(|k| distinct.binary_search(k).unwrap_or(0) as u32).collect();
    (codes, distinct)
}

/// How the substances of two records relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kinship {
    /// One substance.
    Same,
    /// One is a kind of the other.
    Within,
    /// Two of one group.
    Group,
    /// Two.
    Other,
}

/// A stratum on one day or in one month.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub stratum: u32,
    pub block: i32,
    /// Its rows: a range of [`Prepared::order`].
    pub from: u32,
    pub to: u32,
}

/// Records ready to be compared.
pub(super) struct Prepared<'a> {
    pub records: &'a Records,
    pub areas: usize,
    /// Area of a row, dense; where dates are months the area has a second number.
    pub area: Vec<u32>,
    /// The area's code in the dictionary, and whether its dates are months.
    pub area_of: Vec<(u32, bool)>,
    /// Day, or month where dates are months.
    pub block: Vec<i32>,
    pub amount: Vec<u32>,
    pub amounts: Vec<Amount>,
    /// Number of an amount as a value: g and kg alike.
    pub value: Vec<u32>,
    /// Rows of the area with that value.
    pub common: Vec<u32>,
    pub place: Vec<u32>,
    pub places: Places,
    /// The place's name alone, folded; 0 is none.
    pub name: Vec<u32>,
    pub how: Vec<u32>,
    pub hows: Vec<[u32; 4]>,
    pub route: Vec<u32>,
    pub routes: Vec<[u32; 3]>,
    pub reporter: Vec<u32>,
    pub substance: Vec<u32>,
    substances: usize,
    kinship: Vec<Kinship>,
    /// First substance and quantity of each stratum are those of its rows.
    pub strata: usize,
    /// Area of a stratum.
    pub stratum_area: Vec<u32>,
    /// Rows by stratum, block, value and row; those without amount or day are not in it.
    pub order: Vec<u32>,
    pub groups: Vec<Group>,
    /// Groups of each stratum: range of `groups`.
    pub groups_of: Vec<(u32, u32)>,
    /// Group of each row.
    pub group: Vec<u32>,
}

/// Texts that fill a field and say nothing.
fn says_nothing(text: &str) -> bool {
    ["other", "unknown", "not known", "unspecified", "otro", "otros", "desconocido", "no especificado"].contains(&fold(text).as_str())
}

impl<'a> Prepared<'a> {
    pub fn new(records: &'a Records) -> Prepared<'a> {
        let (rows, country) = (records.len(), countries(records));
        let column = |f: Field| &records.columns[f as usize];
        let monthly = |row: usize| records.precision[row] != Precision::Day.code();
        let keys: Vec<(u32, bool)> = (0..rows).map(|r| (country[column(Field::Area)[r] as usize], monthly(r))).collect();
        let (area, area_of) = dense(&keys);
        let block = (0..rows).map(|r| block_of(records.day[r], monthly(r))).collect();
        let (amount, amounts, value) = amounts(records);
        let pairs: Vec<(u32, u32)> = (0..rows).map(|r| (column(Field::Admin)[r], column(Field::Place)[r])).collect();
        let (place, distinct) = dense(&pairs);
        let places = Places::new(distinct.iter().map(|(a, p)| (records.terms.text(*a), records.terms.text(*p))));
        let mute: Vec<bool> = (0..=records.terms.len() as u32).map(|c| c != 0 && says_nothing(records.terms.text(c))).collect();
        let said = |f: Field, r: usize| if mute[column(f)[r] as usize] { 0 } else { column(f)[r] };
        let how_keys: Vec<[u32; 4]> =
            (0..rows).map(|r| [Field::Hiding, Field::Installation, Field::Transport, Field::Routing].map(|f| said(f, r))).collect();
        let (how, hows) = dense(&how_keys);
        let route_keys: Vec<[u32; 3]> =
            (0..rows).map(|r| [Field::Producing, Field::Departure, Field::Destination].map(|f| said(f, r))).collect();
        let (route, routes) = dense(&route_keys);
        let reporters: Vec<(u32, u32)> = (0..rows).map(|r| (column(Field::Source)[r], column(Field::Agency)[r])).collect();
        let (substance, named) = dense(column(Field::Substance));
        let mut prepared = Prepared {
            records,
            areas: area_of.len(),
            area,
            area_of,
            block,
            amount,
            amounts,
            value,
            common: Vec::new(),
            name: names(records, &distinct, &place),
            place,
            places,
            how,
            hows,
            route,
            routes,
            reporter: dense(&reporters).0,
            kinship: kinships(records, &named),
            substances: named.len(),
            substance,
            strata: 0,
            stratum_area: Vec::new(),
            order: Vec::new(),
            groups: Vec::new(),
            groups_of: Vec::new(),
            group: vec![NONE; rows],
        };
        prepared.commonness();
        prepared.stratify();
        prepared
    }

    /// How the substances of two rows relate.
    pub fn kinship(&self, a: usize, b: usize) -> Kinship {
        self.kinship[self.substance[a] as usize * self.substances + self.substance[b] as usize]
    }

    /// The amount of a row that is in a group.
    pub fn amount_of(&self, row: u32) -> &Amount {
        &self.amounts[self.amount[row as usize] as usize]
    }

    /// Rows of a group, by value.
    pub fn rows(&self, group: usize) -> &[u32] {
        let group = &self.groups[group];
        &self.order[group.from as usize..group.to as usize]
    }

    /// The group of a stratum on another block.
    pub fn group_at(&self, stratum: u32, block: i32) -> Option<usize> {
        let (from, to) = self.groups_of[stratum as usize];
        let at = self.groups[from as usize..to as usize].binary_search_by_key(&block, |g| g.block).ok()?;
        Some(from as usize + at)
    }

    fn comparable(&self, row: usize) -> bool {
        self.amount[row] != NONE && self.records.day[row] != NO_DAY
    }

    fn commonness(&mut self) {
        let keys: Vec<(u32, u32)> = (0..self.records.len()).map(|r| (self.area[r], self.value[r])).collect();
        let (codes, distinct) = dense(&keys);
        let mut counts = vec![0u32; distinct.len()];
        codes.iter().for_each(|c| counts[*c as usize] += 1);
        self.common = codes.iter().map(|c| counts[*c as usize]).collect();
    }

    fn stratify(&mut self) {
        let rows: Vec<u32> = (0..self.records.len()).filter(|r| self.comparable(*r)).map(|r| r as u32).collect();
        let keys: Vec<(u32, u32, u8)> =
            rows.iter().map(|r| (self.area[*r as usize], self.substance[*r as usize], self.amount_of(*r).quantity as u8)).collect();
        let (stratum, distinct) = dense(&keys);
        self.strata = distinct.len();
        self.stratum_area = distinct.iter().map(|d| d.0).collect();
        let mut order: Vec<(u32, i32, u64, u32)> =
            rows.iter().zip(&stratum).map(|(row, s)| (*s, self.block[*row as usize], self.amount_of(*row).value.to_bits(), *row)).collect();
        order.sort_unstable();
        self.groups_of = vec![(0, 0); self.strata];
        for (at, (stratum, block, _, row)) in order.iter().enumerate() {
            let fresh = self.groups.last().is_none_or(|g| (g.stratum, g.block) != (*stratum, *block));
            if fresh {
                self.groups.push(Group { stratum: *stratum, block: *block, from: at as u32, to: at as u32 });
            }
            let number = self.groups.len() as u32 - 1;
            if let Some(group) = self.groups.last_mut() {
                group.to = at as u32 + 1;
            }
            let range = &mut self.groups_of[*stratum as usize];
            *range = (if range.1 == 0 { number } else { range.0 }, number + 1);
            self.group[*row as usize] = number;
            self.order.push(*row);
        }
    }
}

/// For each term that is an area, a term of its country: records of a province are compared with
/// those of the whole.
fn countries(records: &Records) -> Vec<u32> {
    let mut country: Vec<u32> = (0..=records.terms.len() as u32).collect();
    let mut first: BTreeMap<&str, u32> = BTreeMap::new();
    let mut codes = records.columns[Field::Area as usize].clone();
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        let text = records.terms.text(code);
        let mut at = areas().get(text);
        while let Some(area) = at.filter(|a| a.level > Level::Country) {
            at = area.parent.and_then(|p| areas().get(p));
        }
        let name = at.map_or(text, |a| a.code);
        country[code as usize] = *first.entry(name).or_insert(code);
    }
    country
}

fn block_of(day: i32, monthly: bool) -> i32 {
    if !monthly || day == NO_DAY {
        return day;
    }
    let (year, month, _) = Date(day).ymd();
    year * 12 + month as i32
}

fn amounts(records: &Records) -> (Vec<u32>, Vec<Amount>, Vec<u32>) {
    let column = |f: Field| &records.columns[f as usize];
    let keys: Vec<(u32, u32)> = column(Field::Amount).iter().copied().zip(column(Field::Unit).iter().copied()).collect();
    let (codes, distinct) = dense(&keys);
    let read: Vec<Option<Amount>> = distinct.iter().map(|(a, u)| Amount::parse(records.terms.text(*a), records.terms.text(*u))).collect();
    let mut place = vec![NONE; read.len()];
    let mut kept = Vec::new();
    for (at, amount) in read.iter().enumerate() {
        if let Some(amount) = amount {
            place[at] = kept.len() as u32;
            kept.push(*amount);
        }
    }
    // Twelve digits tell amounts apart and not the noise of unit factors.
    let shown: Vec<String> = kept.iter().map(|a| format!("{}{:.11e}", a.quantity.as_str(), a.value)).collect();
    let (values, _) = dense(&shown.iter().map(String::as_str).collect::<Vec<_>>());
    let amount: Vec<u32> = codes.iter().map(|c| place[*c as usize]).collect();
    let value = amount.iter().map(|a| values.get(*a as usize).copied().unwrap_or(NONE)).collect();
    (amount, kept, value)
}

/// The place's own name of each row, 0 where there is none.
fn names(records: &Records, pairs: &[(u32, u32)], place: &[u32]) -> Vec<u32> {
    let folded: Vec<String> = pairs.iter().map(|(_, place)| folded(records.terms.text(*place))).collect();
    let mut all: Vec<&str> = folded.iter().map(String::as_str).collect();
    all.push("");
    let (codes, _) = dense(&all);
    place.iter().map(|p| codes[*p as usize]).collect()
}

fn kinships(records: &Records, named: &[u32]) -> Vec<Kinship> {
    let known = substances();
    let of = |a: u32, b: u32| {
        let (a, b) = (records.terms.text(a), records.terms.text(b));
        let group = |id: &str| known.get(id).map(|s| s.group);
        match () {
            () if a == b => Kinship::Same,
            () if known.is_within(a, b) || known.is_within(b, a) => Kinship::Within,
            () if group(a).is_some() && group(a) == group(b) => Kinship::Group,
            () => Kinship::Other,
        }
    };
    named.iter().flat_map(|a| named.iter().map(move |b| of(*a, *b))).collect()
}

//! Records that report one event twice.
//!
//! # Answers
//! Which records of a table repeat another one, how sure is that, and how many are there?
//!
//! # Source
//! Fellegi and Sunter 1969, JASA 64(328), 1183-1210; EM with the chance side known,
//! Winkler 1988; the chance side from shifted dates as in the study of UNODC individual seizures
//! 2011-2016, subtracted as decoys are (Elias and Gygi 2007, Nature Methods 4).
//!
//! # Assumes
//! What `batches`, `twins`, `candidates`, `placebo` and `chance` assume. How often events
//! are reported twice does not depend on how common their amounts are: it is learned where chance
//! hardly explains a pair, and used where it may.
//!
//! # Shapes and units
//! [`Records`] in; pairs of rows with prior and weights in bits out.
//!
//! # Cost
//! O(rows log rows + pairs); 311,038 records take about 3 s on two cores.
//!
//! # Does not
//! Link. It proposes; clusters, survivors and rulings are made of it elsewhere. Dates
//! of months are compared with months, those of days with days.
//!
//! # Checked by
//! The tests of this folder, and the real file in `crates/atalaya/tests/it/linking.rs`.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Date, Seed};
use rayon::prelude::*;

use super::LinkError;
use super::amount::Agreement;
use super::batches::{copies, doubled};
use super::candidates::{Candidate, DAYS, Pass, across_substances, within_strata};
use super::chance::Chance;
use super::crossing::crossing;
use super::differs::{Differences, differences};
pub use super::estimate::Interval;
use super::estimate::Tally;
use super::excess::Excess;
use super::model::{Compared, Lesson, Model, Names, Pattern, odds};
use super::placebo::{Exposure, LAGS, Null, pairs as placebo_pairs};
use super::prepare::{Kinship, NONE, Prepared};
use super::rows::Records;
use super::twins::{Known, Twinned, twinned};
use crate::Card;
use crate::link::waterfall::probability;

/// What this file does, as data.
pub const CARD: Card = Card {
    id: "reports",
    verb: "link",
    name: ["Double reports", "Informes dobles"],
    answers: [
        "Which records of a table repeat another one, and how sure is that?",
        "¿Qué registros de una tabla repiten a otro, y con qué seguridad?",
    ],
    source: "Fellegi and Sunter 1969, A theory for record linkage, JASA 64(328), 1183-1210; Winkler 1988, ASA Survey Research Methods, 667-671",
};

/// Version of the engine: part of every decision that rests on it.
pub const VERSION: &str = "reports-1";

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Pairs less probable than this are counted and not kept.
    pub least: f64,
    /// An area whose pairs teach nothing about those of others (by its code), for checks.
    pub without: Option<String>,
    /// For the interval of the estimate.
    pub seed: Seed,
}

impl Default for Options {
    fn default() -> Options {
        Options { least: 0.05, without: None, seed: Seed(4) }
    }
}

/// What two records seem to be to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// One event reported twice.
    Twice,
    /// Several parcels of one event.
    Parcels,
    /// One consignment in two areas.
    Crossing,
}

/// Positions in [`Pair::weights`]: the prior, then what was compared, then what the list says.
pub const WEIGHTS: usize = 8;

/// Two records that may be one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The smaller row.
    pub a: u32,
    /// The larger row.
    pub b: u32,
    /// Prior and weights in bits: prior, date, substance, amount, place, circumstances, route, list.
    pub weights: [f64; WEIGHTS],
    /// What was found; none where an amount or a date is absent in both.
    pub pattern: Option<Pattern>,
    /// What they seem to be to each other.
    pub relation: Relation,
    /// The list it belongs to: its place in [`Linked::lists`].
    pub list: Option<u32>,
}

impl Pair {
    /// The score, prior included.
    pub fn bits(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// The probability that both report one event.
    pub fn probability(&self) -> f64 {
        probability(self.bits())
    }
}

/// A list that was loaded or entered twice.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// Code of the source.
    pub source: u32,
    /// Code of the area.
    pub area: u32,
    /// First day, days from 1970-01-01.
    pub from: i32,
    /// Last day; of the last month where dates are months.
    pub to: i32,
    /// Rows in it.
    pub rows: u64,
    /// Distinct rows, and those that stand there an even number of times, for lists loaded twice.
    pub even: Option<(u64, u64)>,
    /// The share of even rows (of rows with a twin) that is usual outside.
    pub usual: f64,
    /// How the copies differ.
    pub differences: Differences,
    /// Its pairs: places in [`Linked::pairs`].
    pub pairs: Vec<u32>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// Pairs, by their rows.
    pub pairs: Vec<Pair>,
    /// Lists, the largest first.
    pub lists: Vec<List>,
    /// Records that repeat another one.
    pub doubles: Interval,
    /// The same by area: code of the area.
    pub by_area: Vec<(u32, Interval)>,
    /// Pairs compared and not kept.
    pub improbable: u64,
    /// Records without an amount or a day, which are compared only as whole rows.
    pub silent: u64,
}

/// Finds records that report one event twice.
///
/// # Errors
/// [`LinkError::Ragged`] for columns of unequal length.
pub fn link(records: &Records, options: &Options) -> Result<Linked, LinkError> {
    records.check()?;
    let prepared = Prepared::new(records);
    let scene = Scene::new(&prepared, options);
    Ok(scene.judge(options))
}

/// Everything that is worked out before pairs are judged.
struct Scene<'a> {
    prepared: &'a Prepared<'a>,
    lists: Vec<super::batches::Doubled>,
    doubled: Vec<bool>,
    partners: Vec<f64>,
    pairs: Vec<Compared>,
    null: Null,
    model: Model,
    /// By area, bits that placebo does not bear out.
    held: Vec<f64>,
    chance: Chance,
    names: Names,
}

/// Partners chance may give a record at most for it to teach.
const RARE: f64 = 0.05;

impl<'a> Scene<'a> {
    fn new(prepared: &'a Prepared<'a>, options: &Options) -> Scene<'a> {
        let lists = doubled(&copies(prepared));
        let mut doubled = vec![false; prepared.records.len()];
        lists.iter().flat_map(|l| &l.pairs).for_each(|(a, b)| (doubled[*a as usize], doubled[*b as usize]) = (true, true));
        let free = |c: &Candidate| !doubled[c.a as usize] && !doubled[c.b as usize];
        let mut candidates = within_strata(prepared, Pass { lag: 0, common: true });
        (1..=DAYS).for_each(|lag| candidates.extend(within_strata(prepared, Pass { lag, common: false })));
        // A month's neighbour is no day's: dates of months are compared within their month.
        candidates.retain(|c| c.lag == 0 || !prepared.area_of[prepared.area[c.a as usize] as usize].1);
        candidates.extend(across_substances(prepared, 0));
        candidates.retain(free);
        let mut placebo = placebo_pairs(prepared);
        placebo.retain(free);
        let mut chance = Chance::new(prepared);
        chance.hold_against(prepared, &placebo, LAGS);
        let names = Names::new(prepared);
        let found: Vec<(Candidate, Pattern)> = placebo.par_iter().map(|c| (*c, Pattern::of(prepared, c))).collect();
        let null = Null::new(prepared, &found);
        let compare =
            |pair: &Candidate, pattern: Pattern| Compared { pair: *pair, pattern, odds: odds(prepared, &chance, &names, pair, &pattern) };
        let pairs: Vec<Compared> = candidates.par_iter().map(|c| compare(c, Pattern::of(prepared, c))).collect();
        let partners = partners(prepared, &chance);
        let rare = |c: &Candidate| [c.a, c.b].iter().all(|r| partners[*r as usize] < RARE);
        let near = |p: &Pattern| p.one_place() && p.kinship == Kinship::Same;
        let apart: Vec<Compared> = found.par_iter().filter(|(c, p)| rare(c) || near(p)).map(|(c, p)| compare(c, *p)).collect();
        let exposure = Exposure::new(prepared);
        let model = {
            let pick = |from: &[Compared], keep: &(dyn Fn(&Compared) -> bool + Sync)| -> Vec<Compared> {
                from.par_iter().filter(|c| keep(c)).copied().collect()
            };
            let mut rows = vec![0.0; prepared.areas];
            for row in (0..prepared.records.len()).filter(|r| partners[*r] < RARE && !doubled[*r]) {
                rows[prepared.area[row] as usize] += 1.0;
            }
            let lesson = Lesson {
                pairs: &pick(&pairs, &|c| rare(&c.pair)),
                placebo: &pick(&apart, &|c| rare(&c.pair)),
                near: &pick(&pairs, &|c| near(&c.pattern)),
                near_placebo: &pick(&apart, &|c| near(&c.pattern)),
                exposure: &exposure,
                null: &null,
                rows: &rows,
                without: options.without.as_deref().and_then(|a| prepared.records.terms.find(a)),
            };
            Model::learn(prepared, &lesson)
        };
        let excess = Excess { prepared, null: &null, model: &model, exposure: &exposure };
        let held = excess.offsets(&pairs, &apart);
        Scene { prepared, lists, doubled, partners, pairs, null, model, held, chance, names }
    }

    fn area(&self, row: u32) -> u32 {
        self.prepared.area_of[self.prepared.area[row as usize] as usize].0
    }

    fn month(&self, row: u32) -> i32 {
        let (year, month, _) = Date(self.prepared.records.day[row as usize]).ymd();
        year * 12 + month as i32
    }

    fn judge(&self, options: &Options) -> Linked {
        let known = Known { pairs: &self.pairs, model: &self.model, null: &self.null, doubled: &self.doubled, partners: &self.partners };
        let twins = twinned(self.prepared, &known);
        let mut lists: Vec<(List, Vec<Pair>)> = self.lists.iter().map(|l| self.even_list(l)).collect();
        lists.extend(twins.iter().map(|t| self.twin_list(t)));
        lists.sort_by_key(|(list, pairs)| (std::cmp::Reverse(pairs.len()), list.area, list.from));
        let mut pairs: Vec<Pair> = Vec::new();
        for (at, (_, of_list)) in lists.iter().enumerate() {
            for pair in of_list {
                pairs.push(Pair { list: Some(at as u32), ..pair.clone() });
            }
        }
        let mut new = vec![1.0; self.prepared.records.len()];
        let improbable = self.alone(&twins, options, &mut new, &mut pairs);
        let tally = self.tally(&new, &pairs);
        pairs.sort_by_key(|p| (p.a, p.b));
        let mut lists: Vec<List> = lists.into_iter().map(|(list, _)| list).collect();
        for (at, pair) in pairs.iter().enumerate() {
            if let Some(list) = pair.list {
                lists[list as usize].pairs.push(at as u32);
            }
        }
        let silent = self.prepared.group.iter().filter(|g| **g == NONE).count() as u64;
        Linked { pairs, lists, doubles: tally.total(options.seed), by_area: tally.by_area(options.seed), improbable, silent }
    }

    /// Pairs that belong to no list, third reports of events of a list among them; `new` takes, by
    /// record, the probability that it repeats no earlier one.
    fn alone(&self, twins: &[Twinned], options: &Options, new: &mut [f64], pairs: &mut Vec<Pair>) -> u64 {
        let listed: BTreeSet<(u32, u32)> = pairs.iter().map(|p| (p.a, p.b)).collect();
        // What differs throughout a list does not speak against a third report in it, either.
        let mut member = vec![NONE; self.prepared.records.len()];
        for (at, list) in twins.iter().enumerate() {
            list.rows.iter().for_each(|r| member[*r as usize] = at as u32);
        }
        let model = |c: &Compared| match (member[c.pair.a as usize], member[c.pair.b as usize]) {
            (a, b) if a == b && a != NONE => &twins[a as usize].model,
            _ => &self.model,
        };
        let judged: Vec<Pair> = self
            .pairs
            .par_iter()
            .filter(|c| !listed.contains(&(c.pair.a, c.pair.b)))
            .map(|compared| self.pair(compared, model(compared)))
            .collect();
        let mut improbable = 0;
        for pair in judged {
            let probability = pair.probability();
            if pair.relation == Relation::Twice {
                new[pair.b as usize] *= 1.0 - probability;
            }
            if probability >= options.least || (pair.relation == Relation::Parcels && probability >= options.least / 5.0) {
                pairs.push(pair);
            } else {
                improbable += 1;
            }
        }
        for (pair, share) in crossing(self.prepared) {
            let bits = (share / (1.0 - share)).log2();
            let mut weights = [0.0; WEIGHTS];
            weights[0] = bits;
            let pattern = Some(Pattern::of(self.prepared, &pair));
            if share >= options.least {
                pairs.push(Pair { a: pair.a, b: pair.b, weights, pattern, relation: Relation::Crossing, list: None });
            } else {
                improbable += 1;
            }
        }
        improbable
    }

    /// Each record counts once, however many earlier ones it may repeat: `new` is the probability
    /// that it repeats none outside of lists.
    fn tally(&self, new: &[f64], pairs: &[Pair]) -> Tally {
        let mut listed: BTreeMap<u32, f64> = BTreeMap::new();
        for pair in pairs.iter().filter(|p| p.list.is_some()) {
            *listed.entry(pair.b).or_insert(1.0) *= 1.0 - pair.probability();
        }
        let mut tally = Tally::default();
        for (row, new) in new.iter().enumerate() {
            match listed.get(&(row as u32)) {
                Some(list) => tally.listed(self.area(row as u32), 1.0 - new * list),
                None if *new < 1.0 => tally.alone(self.area(row as u32), self.month(row as u32), 1.0 - new),
                None => {}
            }
        }
        tally
    }

    fn pair(&self, compared: &Compared, model: &Model) -> Pair {
        let repeats = self.model.repeats[self.prepared.area[compared.pair.a as usize] as usize];
        let seven = model.weights(self.prepared, compared, &self.null, repeats);
        let pattern = compared.pattern;
        let parcels = pattern.amount == Agreement::Close && pattern.may_be_parcels();
        let relation = if parcels { Relation::Parcels } else { Relation::Twice };
        let held = if pattern.may_be_parcels() { self.held[self.prepared.area[compared.pair.a as usize] as usize] } else { 0.0 };
        Pair { a: compared.pair.a, b: compared.pair.b, weights: eight(seven, -held), pattern: Some(pattern), relation, list: None }
    }

    fn even_list(&self, list: &super::batches::Doubled) -> (List, Vec<Pair>) {
        let bits = (list.share() / (1.0 - list.share())).log2();
        let pairs: Vec<Pair> = list
            .pairs
            .iter()
            .map(|(a, b)| {
                let [a, b] = [*a.min(b), *a.max(b)];
                let alone = (self.prepared.group[a as usize] != NONE).then(|| {
                    let pair = Candidate { a, b, lag: 0, amount: Agreement::Same, kinship: Kinship::Same };
                    let pattern = Pattern::of(self.prepared, &pair);
                    let odds = odds(self.prepared, &self.chance, &self.names, &pair, &pattern);
                    self.pair(&Compared { pair, pattern, odds }, &self.model)
                });
                let mut pair =
                    alone.unwrap_or(Pair { a, b, weights: [0.0; WEIGHTS], pattern: None, relation: Relation::Twice, list: None });
                pair.weights[WEIGHTS - 1] = bits - pair.bits();
                pair
            })
            .collect();
        let rows: Vec<(u32, u32)> = pairs.iter().map(|p| (p.a, p.b)).collect();
        let found = List {
            source: list.source,
            area: self.prepared.area_of[list.area as usize].0,
            from: self.day(list.area, list.from, false),
            to: self.day(list.area, list.to, true),
            rows: list.rows,
            even: Some((list.distinct, list.even)),
            usual: list.chance,
            differences: differences(self.prepared.records, &rows, true),
            pairs: Vec::new(),
        };
        (found, pairs)
    }

    fn twin_list(&self, list: &super::twins::Twinned) -> (List, Vec<Pair>) {
        let pair = |(compared, weights): &(Compared, [f64; 7])| {
            let mut pair = self.pair(compared, &self.model);
            pair.weights[WEIGHTS - 1] = weights.iter().sum::<f64>() - pair.bits();
            pair.relation = Relation::Twice;
            pair
        };
        let pairs: Vec<Pair> = list.pairs.iter().map(pair).collect();
        let rows: Vec<(u32, u32)> = pairs.iter().map(|p| (p.a, p.b)).collect();
        let found = List {
            source: list.source,
            area: self.prepared.area_of[list.area as usize].0,
            from: self.day(list.area, list.from, false),
            to: self.day(list.area, list.to, true),
            rows: list.rows.len() as u64,
            even: None,
            usual: self.model.overall * 2.0,
            differences: differences(self.prepared.records, &rows, false),
            pairs: Vec::new(),
        };
        (found, pairs)
    }

    /// The first or last day of a block.
    fn day(&self, area: u32, block: i32, last: bool) -> i32 {
        if !self.prepared.area_of[area as usize].1 {
            return block;
        }
        let first = |block: i32| Date::new((block - 1).div_euclid(12), (block - 1).rem_euclid(12) as u32 + 1, 1).map_or(0, |d| d.0);
        if last { first(block + 1) - 1 } else { first(block) }
    }
}

fn eight(seven: [f64; 7], list: f64) -> [f64; WEIGHTS] {
    std::array::from_fn(|at| seven.get(at).copied().unwrap_or(list))
}

/// For each record, how many records of its day and stratum chance gives its amount.
fn partners(prepared: &Prepared<'_>, chance: &Chance) -> Vec<f64> {
    (0..prepared.records.len() as u32)
        .into_par_iter()
        .map(|row| {
            let group = prepared.group[row as usize];
            if group == NONE {
                return f64::INFINITY;
            }
            let others = prepared.rows(group as usize).len() as f64 - 1.0;
            chance.held(chance.of_row(prepared, row)) * others.max(1.0)
        })
        .collect()
}

/// The most probable pair of every two rows, for look-ups.
pub fn by_rows(linked: &Linked) -> BTreeMap<(u32, u32), u32> {
    linked.pairs.iter().enumerate().map(|(at, p)| ((p.a, p.b), at as u32)).collect()
}

//! What is found of a pair, and what that is worth.

use super::amount::Agreement;
use super::candidates::{Candidate, company};
use super::chance::{Chance, carried};
use super::place::Nearness;
use super::placebo::{Exposure, Null, circumstance_level, place_level};
use super::prepare::{Kinship, NONE, Prepared, dense};
use super::rows::Field;
use crate::link::waterfall::probability;

/// How several fields that describe one thing agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Circumstance {
    /// No field is filled in both.
    Silent,
    /// All that are filled in both agree.
    Agree,
    /// Some agree, some do not.
    Mixed,
    /// The one that is filled in both does not.
    Conflict,
    /// Two or more, and none agrees.
    Contradict,
}

/// What is found when two records are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    /// Days (months) between them.
    pub lag: u8,
    /// Their substances.
    pub kinship: Kinship,
    /// Their amounts.
    pub amount: Agreement,
    /// Their places.
    pub place: Nearness,
    /// Transport, route, hiding and installation.
    pub how: Circumstance,
    /// Producing, departure and destination.
    pub route: Circumstance,
    /// Whether they come by two sources or agencies.
    pub two_reporters: bool,
    /// Whether their amounts are in one unit.
    pub one_unit: bool,
}

impl Pattern {
    /// Compares two records.
    pub(super) fn of(prepared: &Prepared<'_>, pair: &Candidate) -> Pattern {
        let (a, b) = (pair.a as usize, pair.b as usize);
        Pattern {
            lag: pair.lag.unsigned_abs().min(255) as u8,
            kinship: pair.kinship,
            amount: pair.amount,
            place: prepared.places.compare(prepared.place[a], prepared.place[b]),
            how: circumstance(&prepared.hows[prepared.how[a] as usize], &prepared.hows[prepared.how[b] as usize]),
            route: circumstance(&prepared.routes[prepared.route[a] as usize], &prepared.routes[prepared.route[b] as usize]),
            two_reporters: prepared.reporter[a] != prepared.reporter[b],
            one_unit: prepared.records.code(a, Field::Unit) == prepared.records.code(b, Field::Unit),
        }
    }

    /// Whether they may be parcels of one event: one day, place, reporter and unit.
    pub(super) fn may_be_parcels(&self) -> bool {
        self.lag == 0 && self.one_place() && !self.two_reporters && self.one_unit
    }

    /// Whether both name one place.
    pub(super) fn one_place(&self) -> bool {
        matches!(self.place, Nearness::Same | Nearness::Alike)
    }
}

fn circumstance(a: &[u32], b: &[u32]) -> Circumstance {
    let filled = || a.iter().zip(b).filter(|(a, b)| **a != 0 && **b != 0);
    let (agree, differ) = (filled().filter(|(a, b)| a == b).count(), filled().filter(|(a, b)| a != b).count());
    match (agree, differ) {
        (0, 0) => Circumstance::Silent,
        (_, 0) => Circumstance::Agree,
        (0, 1) => Circumstance::Conflict,
        (0, _) => Circumstance::Contradict,
        _ => Circumstance::Mixed,
    }
}

/// What makes chance different from pair to pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Odds {
    /// The chance that the amounts agree so.
    pub amount: f64,
    /// The chance that another record of the day names the place both name; 0 if they do not.
    pub place: f64,
    /// Records the pair was picked from: those of the day that could have stood in its place.
    pub rivals: f64,
    /// Other records of the stratum of that day and place: a run of parcels, or a busy place.
    pub beside: f64,
}

/// A pair with all that is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Compared {
    pub pair: Candidate,
    pub pattern: Pattern,
    pub odds: Odds,
}

impl Compared {
    /// A placebo pair as it would be judged `lag` days apart.
    pub fn moved(&self, lag: u8) -> Compared {
        let mut moved = *self;
        moved.pattern.lag = lag;
        if lag == 0 {
            moved.odds.rivals = (self.odds.rivals / 2.0 - 1.0).max(1.0);
        }
        moved
    }
}

/// What a model is learned from.
pub(super) struct Lesson<'a> {
    /// Pairs of records with rare amounts.
    pub pairs: &'a [Compared],
    /// Placebo pairs of records with rare amounts.
    pub placebo: &'a [Compared],
    /// Pairs of one place and substance, amounts of any kind, and placebo pairs like them.
    pub near: &'a [Compared],
    pub near_placebo: &'a [Compared],
    pub exposure: &'a Exposure,
    pub null: &'a Null,
    /// By area, records with rare amounts.
    pub rows: &'a [f64],
    /// An area that must not teach others: its code.
    pub without: Option<u32>,
}

/// Probabilities of each level between two reports of one event.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Model {
    /// Days apart, by whether reporters differ.
    pub date: [[f64; 4]; 2],
    pub kinship: [f64; 4],
    pub amount: [[f64; 5]; 2],
    pub place: [f64; 4],
    pub how: [f64; 4],
    pub route: [f64; 4],
    /// Share of an area's records that repeat another one, outside of batches.
    pub repeats: Vec<f64>,
    pub overall: f64,
    /// By area, how much more often records of one day and place have one amount than those of two
    /// days: police who raid a street find alike.
    pub day: Vec<f64>,
}

/// Where the probabilities start, and what the data are weighed against: two reports of one event
/// mostly agree; two reporters agree less than one reporter with himself. In matches.
const STRENGTH: f64 = 20.0;
/// Records an area's share of repeats is weighed against.
const AREA_STRENGTH: f64 = 300.0;
const ROUNDS: usize = 8;
/// Times the effect of the day is measured.
const DAY_ROUNDS: usize = 3;
/// Pairs an area's effect of the day is weighed against.
const DAY_STRENGTH: f64 = 30.0;
/// Records beside a pair, up to which the day's effect is measured: runs are accounted for apart.
const RUN: f64 = 1.0;
/// Below it a pair is hardly a double report.
const IMPROBABLE: f64 = 0.1;

impl Model {
    /// The starting point.
    pub fn start(areas: usize) -> Model {
        Model {
            date: [[0.91, 0.05, 0.02, 0.02], [0.70, 0.20, 0.06, 0.04]],
            kinship: [0.90, 0.05, 0.03, 0.02],
            amount: [[0.75, 0.12, 0.10, 0.02, 0.01], [0.50, 0.10, 0.20, 0.02, 0.18]],
            place: [0.75, 0.15, 0.05, 0.05],
            how: [0.76, 0.17, 0.05, 0.02],
            route: [0.81, 0.12, 0.05, 0.02],
            repeats: vec![0.01; areas],
            overall: 0.01,
            day: vec![1.0; areas],
        }
    }

    /// Learns from pairs whose amounts chance can hardly explain, so that what exceeds placebo among
    /// them is double reports: expectation maximisation with the chance side known (Fellegi-Sunter;
    /// Winkler 1988), in which placebo pairs, matched by nobody, are subtracted at the share at
    /// which they pass for matches.
    pub fn learn(prepared: &Prepared<'_>, lesson: &Lesson<'_>) -> Model {
        let mut model = Model::start(prepared.areas);
        for _ in 0..DAY_ROUNDS {
            for _ in 0..ROUNDS {
                model = model.round(prepared, lesson);
            }
            model.day = model.day_effect(prepared, lesson);
        }
        model
    }

    /// Measures [`Model::day`] where double reports do not matter: among pairs of one place that are
    /// improbable as it is, how many more are there on one day than placebo lets expect?
    fn day_effect(&self, prepared: &Prepared<'_>, lesson: &Lesson<'_>) -> Vec<f64> {
        let area_of = |c: &Compared| prepared.area[c.pair.a as usize] as usize;
        let share = |c: &Compared| probability(self.bits(prepared, c, lesson.null, self.repeats[area_of(c)]));
        let mut seen = vec![0.0; prepared.areas];
        let mut expected = vec![0.0; prepared.areas];
        let of_one_day = |c: &&Compared| c.pattern.may_be_parcels();
        for compared in lesson.near.iter().filter(of_one_day) {
            let share = share(compared);
            if share < IMPROBABLE && compared.odds.beside <= RUN {
                seen[area_of(compared)] += 1.0 - share;
            }
        }
        for placebo in lesson.near_placebo {
            let moved = placebo.moved(0);
            if moved.pattern.may_be_parcels() && placebo.odds.beside <= RUN && share(&moved) < IMPROBABLE {
                expected[area_of(placebo)] += lesson.exposure.of(prepared, &placebo.pair, 0);
            }
        }
        // As above, an area counts up to the strength of the prior.
        let weight = |a: usize| DAY_STRENGTH.min(expected[a]) / expected[a].max(1e-9);
        let (all, of) = (0..prepared.areas).fold((1.0, 1.0), |(s, e), a| (s + seen[a] * weight(a), e + expected[a] * weight(a)));
        let usual: f64 = all / of;
        (0..prepared.areas).map(|a| ((seen[a] + DAY_STRENGTH * usual) / (expected[a] + DAY_STRENGTH)).max(1.0)).collect()
    }

    fn round(&self, prepared: &Prepared<'_>, lesson: &Lesson<'_>) -> Model {
        let start = Model::start(0);
        let area_of = |c: &Compared| prepared.area[c.pair.a as usize] as usize;
        let kept = |area: usize| lesson.without.is_none_or(|w| prepared.area_of[area].0 != w);
        let mut sums = Sums::default();
        let mut by_area = vec![0.0; prepared.areas];
        let mut add = |compared: &Compared, weight: f64| {
            let area = area_of(compared);
            let share = weight * probability(self.bits(prepared, compared, lesson.null, self.repeats[area]));
            by_area[area] += share;
            if kept(area) {
                sums.add(&compared.pattern, share);
            }
        };
        lesson.pairs.iter().for_each(|c| add(c, 1.0));
        for placebo in lesson.placebo {
            for lag in 0..if placebo.pattern.kinship == Kinship::Same { 4 } else { 1 } {
                add(&placebo.moved(lag), -lesson.exposure.of(prepared, &placebo.pair, usize::from(lag)));
            }
        }
        let by_area: Vec<f64> = by_area.into_iter().map(|s| s.max(0.0)).collect();
        let rows = lesson.rows;
        // An area counts by its records up to the strength of the prior: no area speaks for all.
        let weight = |a: usize| rows[a].min(AREA_STRENGTH) / rows[a].max(1.0);
        let (found, of) =
            (0..prepared.areas).filter(|a| kept(*a)).fold((0.01, 1.0), |(f, n), a| (f + by_area[a] * weight(a), n + rows[a] * weight(a)));
        let overall: f64 = found / of;
        let repeats = (0..prepared.areas).map(|a| ((by_area[a] + AREA_STRENGTH * overall) / (rows[a] + AREA_STRENGTH)).min(0.5)).collect();
        Model {
            date: [shares(&sums.date[0], &start.date[0]), shares(&sums.date[1], &start.date[1])],
            kinship: shares(&sums.kinship, &start.kinship),
            amount: [amounts(&sums.amount[0], &start.amount[0]), amounts(&sums.amount[1], &start.amount[1])],
            place: shares(&sums.place, &start.place),
            how: shares(&sums.how, &start.how),
            route: shares(&sums.route, &start.route),
            repeats,
            overall,
            day: self.day.clone(),
        }
    }

    /// How much likelier chance is on one day and place.
    fn day_of(&self, prepared: &Prepared<'_>, compared: &Compared) -> f64 {
        if compared.pattern.may_be_parcels() { self.day[prepared.area[compared.pair.a as usize] as usize] } else { 1.0 }
    }

    /// Prior and weights of a pair, in bits, in the order of [`super::reports::COMPARISONS`].
    pub fn weights(&self, prepared: &Prepared<'_>, compared: &Compared, null: &Null, repeats: f64) -> [f64; 7] {
        let (pattern, odds) = (&compared.pattern, &compared.odds);
        let area = prepared.area[compared.pair.a as usize] as usize;
        let who = usize::from(pattern.two_reporters);
        let near = usize::from(pattern.one_place());
        let place = match pattern.place {
            Nearness::Same => (self.place[0] / odds.place).log2(),
            Nearness::Different => (self.place[3] / null.place[area][3]).log2().min(0.0),
            other => place_level(other).map_or(0.0, |l| (self.place[l] / null.place[area][l]).log2()),
        };
        let told = |ours: &[f64; 4], theirs: &[[f64; 4]; 2], found: Circumstance| {
            let bits = circumstance_level(found).map_or(0.0, |l| (ours[l] / theirs[near][l]).log2());
            // What differs never speaks for one event, what agrees never against it: such weights
            // come of fields that were filled in some years only.
            match found {
                Circumstance::Agree => bits.max(0.0),
                Circumstance::Conflict | Circumstance::Contradict => bits.min(0.0),
                _ => bits,
            }
        };
        [
            (2.0 * repeats / odds.rivals).log2(),
            self.date[who][usize::from(pattern.lag).min(3)].log2(),
            self.kinship[pattern.kinship as usize].log2(),
            (self.amount[who][pattern.amount as usize] / odds.amount).log2(),
            place - self.day_of(prepared, compared).log2(),
            told(&self.how, &null.how[area], pattern.how),
            told(&self.route, &null.route[area], pattern.route),
        ]
    }

    /// The score of a pair, in bits.
    pub fn bits(&self, prepared: &Prepared<'_>, compared: &Compared, null: &Null, repeats: f64) -> f64 {
        self.weights(prepared, compared, null, repeats).iter().sum()
    }
}

/// Matches by level.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    date: [[f64; 4]; 2],
    kinship: [f64; 4],
    amount: [[f64; 5]; 2],
    place: [f64; 4],
    how: [f64; 4],
    route: [f64; 4],
}

impl Sums {
    pub fn add(&mut self, pattern: &Pattern, share: f64) {
        let who = usize::from(pattern.two_reporters);
        self.date[who][usize::from(pattern.lag).min(3)] += share;
        self.kinship[pattern.kinship as usize] += share;
        self.amount[who][pattern.amount as usize] += share;
        if let Some(level) = place_level(pattern.place) {
            self.place[level] += share;
        }
        if let Some(level) = circumstance_level(pattern.how) {
            self.how[level] += share;
        }
        if let Some(level) = circumstance_level(pattern.route) {
            self.route[level] += share;
        }
    }

    /// The model of a list: its own levels, weighed against what holds elsewhere.
    pub fn of_list(&self, elsewhere: &Model, strength: f64) -> Model {
        let mut model = elsewhere.clone();
        let mix = |sums: &[f64], ours: &mut [f64]| {
            let all: f64 = sums.iter().sum();
            sums.iter().zip(ours).for_each(|(s, m)| *m = (s + strength * *m) / (all + strength));
        };
        (0..2).for_each(|who| mix(&self.date[who], &mut model.date[who]));
        mix(&self.kinship, &mut model.kinship);
        (0..2).for_each(|who| mix(&self.amount[who], &mut model.amount[who]));
        mix(&self.place, &mut model.place);
        mix(&self.how, &mut model.how);
        mix(&self.route, &mut model.route);
        model
    }
}

/// As [`shares`], with the share of close amounts held: what exceeds chance there is mostly parcels.
fn amounts(sums: &[f64; 5], start: &[f64; 5]) -> [f64; 5] {
    let close = Agreement::Close as usize;
    let mut sums = *sums;
    sums[close] = 0.0;
    let all: f64 = sums.iter().map(|s| s.max(0.0)).sum();
    sums[close] = all * start[close] / (1.0 - start[close]);
    shares(&sums, start)
}

fn shares<const N: usize>(sums: &[f64; N], start: &[f64; N]) -> [f64; N] {
    let all: f64 = sums.iter().map(|s| s.max(0.0)).sum();
    std::array::from_fn(|level| (sums[level].max(0.0) + STRENGTH * start[level]) / (all + STRENGTH))
}

/// What makes chance differ from pair to pair, worked out once.
pub(super) fn odds(prepared: &Prepared<'_>, chance: &Chance, names: &Names, pair: &Candidate, pattern: &Pattern) -> Odds {
    let one_place = pattern.place == Nearness::Same;
    let size = |row: u32| prepared.rows(prepared.group[row as usize] as usize).len() as f64;
    let others = |row: u32| f64::from(names.company[row as usize]);
    let of = |row: u32| if pair.kinship == Kinship::Same && pair.amount != Agreement::Digits { size(row) } else { others(row) };
    let mean = (of(pair.a) + of(pair.b)) / 2.0;
    let (beside, of_run) = names.run(prepared, pair, pattern);
    Odds {
        amount: (chance.of(prepared, pair, one_place) + of_run).min(1.0),
        beside,
        place: if one_place { names.share(prepared, pair) } else { 0.0 },
        rivals: if pair.lag == 0 { (mean - 1.0).max(1.0) } else { 2.0 * mean },
    }
}

/// How often each place is named, in each area and on each of its days.
pub(super) struct Names {
    code: Vec<u32>,
    counts: Vec<u32>,
    named: Vec<u32>,
    day_code: Vec<u32>,
    day_counts: Vec<u32>,
    company: Vec<u32>,
    /// By row, records of its group that name its place.
    run: Vec<u32>,
}

/// Amounts of a run a tenth larger and smaller tell how many lie near.
const NEAR: f64 = 0.1;

impl Names {
    pub fn new(prepared: &Prepared<'_>) -> Names {
        let rows = prepared.records.len();
        let tally = |code: &[u32], len: usize| {
            let mut counts = vec![0u32; len];
            code.iter().enumerate().filter(|(r, _)| prepared.group[*r] != NONE).for_each(|(_, c)| counts[*c as usize] += 1);
            counts
        };
        let keys: Vec<(u32, u32)> = (0..rows).map(|r| (prepared.area[r], prepared.name[r])).collect();
        let (code, distinct) = dense(&keys);
        let keys: Vec<(u32, i32, u32)> = (0..rows).map(|r| (prepared.area[r], prepared.block[r], prepared.name[r])).collect();
        let (day_code, days) = dense(&keys);
        let (counts, day_counts) = (tally(&code, distinct.len()), tally(&day_code, days.len()));
        let mut named = vec![0; prepared.areas];
        (0..rows).for_each(|r| named[prepared.area[r] as usize] += u32::from(prepared.name[r] != 0));
        let keys: Vec<(u32, u32)> = (0..rows).map(|r| (prepared.group[r], prepared.name[r])).collect();
        let (run_code, runs) = dense(&keys);
        let run_counts = tally(&run_code, runs.len());
        let run = run_code.iter().map(|c| run_counts[*c as usize]).collect();
        Names { code, counts, named, day_code, day_counts, company: company(prepared), run }
    }

    /// The records beside a pair on its day and place, and the chance that one of them would agree
    /// as the pair does: parcels of one event are alike without being one.
    fn run(&self, prepared: &Prepared<'_>, pair: &Candidate, pattern: &Pattern) -> (f64, f64) {
        let (a, b) = (pair.a as usize, pair.b as usize);
        if pair.lag != 0 {
            return ((f64::from(self.run[a]) + f64::from(self.run[b]) - 2.0) / 2.0, 0.0);
        }
        // A month is no event.
        let monthly = prepared.area_of[prepared.area[a] as usize].1;
        let beside = f64::from(self.run[a]) - 2.0;
        if monthly || !pattern.may_be_parcels() || pair.kinship != Kinship::Same || prepared.group[a] != prepared.group[b] || beside < 1.0 {
            return (beside.max(0.0), 0.0);
        }
        let amount = prepared.amount_of(pair.a);
        let (from, to) = amount.range(pair.amount);
        let reach = (amount.value * (1.0 - NEAR), amount.value * (1.0 + NEAR));
        let rows = prepared.rows(prepared.group[a] as usize);
        let first = rows.partition_point(|r| prepared.amount_of(*r).value < reach.0);
        let others = rows.iter().filter(|r| **r != pair.a && **r != pair.b && prepared.name[**r as usize] == prepared.name[a]);
        let digits = carried(amount);
        let alike = others.filter(|r| carried(prepared.amount_of(**r)) == digits).count() as f64;
        let near = rows[first..]
            .iter()
            .take_while(|r| prepared.amount_of(**r).value <= reach.1)
            .filter(|r| **r != pair.a && **r != pair.b && prepared.name[**r as usize] == prepared.name[a])
            .count() as f64;
        let span = reach.1 - reach.0;
        let share = near / (beside + 1.0);
        if pair.amount <= Agreement::Converted {
            // Of figures with so many digits, how many lie near? Of round ones few: they are equal soon.
            let figures = (0.9 * span * amount.digits as f64 / amount.value).max(1.0);
            return (beside, share * (alike + 0.5) / (beside + 1.0) / figures);
        }
        (beside, share * ((to - from) / span).min(1.0))
    }

    /// The chance that another record of the day names the place both name. Records of one day
    /// share places more often than those of two, so the day itself is asked first.
    fn share(&self, prepared: &Prepared<'_>, pair: &Candidate) -> f64 {
        let row = pair.a as usize;
        let held = f64::from(self.counts[self.code[row] as usize]);
        let all = f64::from(self.named[prepared.area[row] as usize]);
        // The pair itself is left out; one place in twenty is what an unseen area is given.
        let usual = ((held - 2.0).max(0.0) + 1.0) / ((all - 2.0).max(0.0) + 20.0);
        let own = if pair.lag == 0 { 2.0 } else { 1.0 };
        let (mut here, mut today) = (0.0, 0.0);
        for row in [pair.a as usize, pair.b as usize] {
            here += (f64::from(self.day_counts[self.day_code[row] as usize]) - own).max(0.0);
            today += (f64::from(self.company[row]) - own).max(0.0);
        }
        if today > 0.0 { (usual + here / today) / 2.0 } else { usual }
    }
}

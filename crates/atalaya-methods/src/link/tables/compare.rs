//! What is compared in a pair of records, and the level each comparison comes out at.
//!
//! A comparison is a list of levels, the best first; a pair is at the first whose conditions it
//! meets, at the last when it meets none, and at no level when a value is absent. Values are
//! compared once per pair of distinct texts where that pays: by code, and through a small memory.

use crate::link::tables::table::{ABSENT, Column, Days, Table, date, number};
use crate::link::text;

/// A number that says how alike two rows are in some columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// 1 where the values are the same, 0 where not.
    Equal(usize),
    /// 1 where each holds the other's value: forename and surname exchanged.
    Swapped(usize, usize),
    /// Jaro-Winkler similarity, 0 to 1.
    JaroWinkler(usize),
    /// Letters to change.
    Levenshtein(usize),
    /// Letters to change or swap.
    DamerauLevenshtein(usize),
    /// Equal letters in front.
    Prefix(usize),
    /// Letters of the shorter where the longer begins with it, else 0.
    Begins(usize),
    /// Days from the first record's date to the second's; 0 where their spans meet.
    Days(usize),
    /// Difference of two numbers, without sign.
    Difference(usize),
    /// Difference in per cent of the larger number.
    Percent(usize),
    /// Kilometres between two places, latitude and longitude in degrees.
    Kilometres(usize, usize),
    /// Words in common.
    Common(usize),
    /// Words in common among all words.
    Jaccard(usize),
    /// Words in common among those of the shorter.
    Contained(usize),
}

/// A measure between two bounds, both included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Condition {
    /// What is measured.
    pub measure: Measure,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// One level of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// Its name as the recipe has it.
    pub name: String,
    /// Reached when all conditions of one of these lists hold.
    pub any: Vec<Vec<Condition>>,
}

/// A comparison: its levels, the best first, and what an agreement's rarity is read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Its name.
    pub name: String,
    /// The columns it looks at.
    pub columns: Vec<usize>,
    /// The levels but the last, which is "anything else".
    pub levels: Vec<Level>,
    /// Columns whose values' frequencies adjust the weight of levels, see `frequencies`.
    pub rarity: Vec<usize>,
}

impl Comparison {
    /// How many levels there are, "anything else" included.
    pub fn count(&self) -> usize {
        self.levels.len() + 1
    }
}

/// The level of a pair with an absent value.
pub const NO_LEVEL: u8 = u8::MAX;

/// What a column's texts stand for, as far as some comparison asks.
#[derive(Debug, Default)]
struct View {
    days: Vec<Option<Days>>,
    numbers: Vec<f64>,
    words: Vec<Box<[u32]>>,
}

/// Comparisons made ready for a table.
#[derive(Debug)]
pub struct Comparer<'a> {
    columns: &'a [Column],
    comparisons: &'a [Comparison],
    views: Vec<View>,
    plans: Vec<Plan>,
    rows: Vec<u32>,
    width: usize,
}

/// A comparison with each measure named once.
#[derive(Debug)]
struct Plan {
    measures: Vec<Measure>,
    levels: Vec<Vec<Vec<(usize, f64, f64)>>>,
    /// Its one column, when it has one.
    single: Option<usize>,
    /// Whether remembering is cheaper than measuring.
    costly: bool,
}

/// Levels of pairs of texts met before; a new one pushes out an old one. A shortcut, never a
/// difference: what it holds is what measuring again would give.
#[derive(Debug)]
pub struct Memory {
    slots: Vec<Vec<(u64, u8)>>,
}

const SLOTS: usize = 1 << 14;

impl Memory {
    /// An empty one.
    pub fn new(comparer: &Comparer<'_>) -> Memory {
        Memory { slots: comparer.plans.iter().map(|p| if p.costly { vec![(u64::MAX, 0); SLOTS] } else { Vec::new() }).collect() }
    }

    /// One of a single slot, for pairs that hardly ever come back.
    pub fn small(comparer: &Comparer<'_>) -> Memory {
        Memory { slots: comparer.plans.iter().map(|p| if p.costly { vec![(u64::MAX, 0)] } else { Vec::new() }).collect() }
    }
}

impl<'a> Comparer<'a> {
    /// Reads dates, numbers and words of the columns that need it, once per distinct text.
    pub fn new(table: &'a Table, comparisons: &'a [Comparison]) -> Comparer<'a> {
        let mut views: Vec<View> = table.columns.iter().map(|_| View::default()).collect();
        for measure in comparisons.iter().flat_map(|c| &c.levels).flat_map(|l| l.any.iter().flatten()).map(|c| c.measure) {
            look(&mut views, table, measure);
        }
        let width = table.columns.len();
        let mut rows = vec![ABSENT; table.rows * width];
        for (place, column) in table.columns.iter().enumerate() {
            for (row, &code) in column.codes.iter().enumerate() {
                rows[row * width + place] = code;
            }
        }
        Comparer { columns: &table.columns, comparisons, views, plans: comparisons.iter().map(plan).collect(), rows, width }
    }

    /// The comparisons.
    pub fn comparisons(&self) -> &'a [Comparison] {
        self.comparisons
    }

    /// The codes of a row, one per column.
    pub fn row(&self, row: u32) -> &[u32] {
        let start = row as usize * self.width;
        &self.rows[start..start + self.width]
    }

    /// The level of each comparison for two rows, `NO_LEVEL` where a value is absent.
    pub fn levels(&self, a: u32, b: u32, memory: &mut Memory, levels: &mut [u8]) {
        let (a, b) = (self.row(a), self.row(b));
        for (place, (plan, level)) in self.plans.iter().zip(levels).enumerate() {
            *level = match plan.single {
                Some(column) => self.single(plan, a[column], b[column], &mut memory.slots[place]),
                None if self.comparisons[place].columns.iter().all(|&c| a[c] == ABSENT || b[c] == ABSENT) => NO_LEVEL,
                None => self.find(plan, &|c| a[c], &|c| b[c]),
            };
        }
    }

    fn single(&self, plan: &Plan, a: u32, b: u32, slots: &mut [(u64, u8)]) -> u8 {
        if a == ABSENT || b == ABSENT {
            return NO_LEVEL;
        }
        if !plan.costly || a == b {
            return self.find(plan, &|_| a, &|_| b);
        }
        let key = u64::from(a) << 32 | u64::from(b);
        let slot = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50) as usize & (slots.len() - 1);
        if slots[slot].0 == key {
            return slots[slot].1;
        }
        let level = self.find(plan, &|_| a, &|_| b);
        slots[slot] = (key, level);
        level
    }

    fn find(&self, plan: &Plan, a: &dyn Fn(usize) -> u32, b: &dyn Fn(usize) -> u32) -> u8 {
        let mut known = [f64::INFINITY; 16];
        for (level, any) in plan.levels.iter().enumerate() {
            let holds = any.iter().any(|all| {
                all.iter().all(|&(measure, low, high)| {
                    if known[measure] == f64::INFINITY {
                        known[measure] = self.measure(plan.measures[measure], a, b);
                    }
                    // What cannot be measured (NaN) meets no condition.
                    known[measure] >= low && known[measure] <= high
                })
            });
            if holds {
                return level as u8;
            }
        }
        plan.levels.len() as u8
    }

    fn measure(&self, measure: Measure, a: &dyn Fn(usize) -> u32, b: &dyn Fn(usize) -> u32) -> f64 {
        let texts =
            |c: usize| (a(c) != ABSENT && b(c) != ABSENT).then(|| (self.columns[c].texts.get(a(c)), self.columns[c].texts.get(b(c))));
        let same = |c: usize| a(c) == b(c) && a(c) != ABSENT;
        let of_texts = |c: usize, f: &dyn Fn(&str, &str) -> f64| texts(c).map_or(f64::NAN, |(x, y)| f(x, y));
        match measure {
            Measure::Equal(c) => f64::from(u8::from(same(c))),
            Measure::Swapped(c, d) => self.swapped(c, d, a, b),
            Measure::JaroWinkler(c) if same(c) => 1.0,
            Measure::Levenshtein(c) | Measure::DamerauLevenshtein(c) if same(c) => 0.0,
            Measure::JaroWinkler(c) => of_texts(c, &text::jaro_winkler),
            Measure::Levenshtein(c) => of_texts(c, &|x, y| text::levenshtein(x, y) as f64),
            Measure::DamerauLevenshtein(c) => of_texts(c, &|x, y| text::damerau_levenshtein(x, y) as f64),
            Measure::Prefix(c) => of_texts(c, &|x, y| x.chars().zip(y.chars()).take_while(|(p, q)| p == q).count() as f64),
            Measure::Begins(c) => of_texts(c, &begins),
            Measure::Days(c) => {
                let day = |code: u32| (code != ABSENT).then(|| self.views[c].days[code as usize]).flatten();
                day(a(c)).zip(day(b(c))).map_or(f64::NAN, |(x, y)| days_between(x, y))
            }
            Measure::Difference(c) => self.numbers(c, a, b).map_or(f64::NAN, |(x, y)| (x - y).abs()),
            Measure::Percent(c) => self.numbers(c, a, b).map_or(f64::NAN, |(x, y)| percent(x, y)),
            Measure::Kilometres(lat, lon) => {
                self.numbers(lat, a, b).zip(self.numbers(lon, a, b)).map_or(f64::NAN, |(lat, lon)| kilometres(lat, lon))
            }
            Measure::Common(c) => self.words(c, a, b).map_or(f64::NAN, |(common, _, _)| common),
            Measure::Jaccard(c) => self.words(c, a, b).map_or(f64::NAN, |(common, x, y)| common / (x + y - common)),
            Measure::Contained(c) => self.words(c, a, b).map_or(f64::NAN, |(common, x, y)| common / x.min(y)),
        }
    }

    fn numbers(&self, column: usize, a: &dyn Fn(usize) -> u32, b: &dyn Fn(usize) -> u32) -> Option<(f64, f64)> {
        let number = |code: u32| (code != ABSENT).then(|| self.views[column].numbers[code as usize]);
        number(a(column)).zip(number(b(column)))
    }

    /// Words in common, and of each side; `None` where a side has none.
    fn words(&self, column: usize, a: &dyn Fn(usize) -> u32, b: &dyn Fn(usize) -> u32) -> Option<(f64, f64, f64)> {
        let words = |code: u32| (code != ABSENT).then(|| &self.views[column].words[code as usize]).filter(|w| !w.is_empty());
        let (x, y) = (words(a(column))?, words(b(column))?);
        Some((common(x, y) as f64, x.len() as f64, y.len() as f64))
    }

    /// Each column has its own codes, so that texts of two columns are compared as texts.
    fn swapped(&self, c: usize, d: usize, a: &dyn Fn(usize) -> u32, b: &dyn Fn(usize) -> u32) -> f64 {
        if [a(c), a(d), b(c), b(d)].contains(&ABSENT) {
            return 0.0;
        }
        let (c_texts, d_texts) = (&self.columns[c].texts, &self.columns[d].texts);
        f64::from(u8::from(c_texts.get(a(c)) == d_texts.get(b(d)) && d_texts.get(a(d)) == c_texts.get(b(c))))
    }
}

/// Makes ready what a measure needs of its columns.
fn look(views: &mut [View], table: &Table, measure: Measure) {
    let numbers = |view: &mut View, column: usize| {
        if view.numbers.is_empty() {
            view.numbers = table.columns[column].texts.iter().map(|t| number(t).unwrap_or(f64::NAN)).collect();
        }
    };
    match measure {
        Measure::Days(c) if views[c].days.is_empty() => views[c].days = table.columns[c].texts.iter().map(date).collect(),
        Measure::Difference(c) | Measure::Percent(c) => numbers(&mut views[c], c),
        Measure::Kilometres(lat, lon) => [lat, lon].into_iter().for_each(|c| numbers(&mut views[c], c)),
        Measure::Common(c) | Measure::Jaccard(c) | Measure::Contained(c) if views[c].words.is_empty() => {
            let mut codes = crate::link::tables::table::Interner::new("");
            views[c].words = table.columns[c].texts.iter().map(|t| words_of(t, &mut codes)).collect();
        }
        _ => {}
    }
}

fn words_of(text: &str, codes: &mut crate::link::tables::table::Interner) -> Box<[u32]> {
    let mut words: Vec<u32> = text.split_whitespace().map(|w| codes.code(w)).collect();
    words.sort_unstable();
    words.dedup();
    words.into()
}

fn plan(comparison: &Comparison) -> Plan {
    let mut measures: Vec<Measure> = Vec::new();
    let mut place = |measure: Measure| {
        measures.iter().position(|m| *m == measure).unwrap_or_else(|| {
            measures.push(measure);
            measures.len() - 1
        })
    };
    let levels = comparison
        .levels
        .iter()
        .map(|level| level.any.iter().map(|all| all.iter().map(|c| (place(c.measure), c.low, c.high)).collect()).collect())
        .collect();
    let cheap = |m: &Measure| matches!(m, Measure::Equal(_) | Measure::Days(_) | Measure::Difference(_) | Measure::Percent(_));
    let costly = !measures.iter().all(cheap);
    let single = (comparison.columns.len() == 1).then(|| comparison.columns[0]);
    Plan { measures, levels, single, costly: costly && single.is_some() }
}

fn begins(x: &str, y: &str) -> f64 {
    let (short, long) = if x.len() <= y.len() { (x, y) } else { (y, x) };
    if long.starts_with(short) { short.chars().count() as f64 } else { 0.0 }
}

/// Days from one span to another, 0 where they meet.
fn days_between(a: Days, b: Days) -> f64 {
    if b.first > a.last {
        f64::from(b.first - a.last)
    } else if a.first > b.last {
        -f64::from(a.first - b.last)
    } else {
        0.0
    }
}

fn percent(x: f64, y: f64) -> f64 {
    if x == y { 0.0 } else { 100.0 * (x - y).abs() / x.abs().max(y.abs()) }
}

/// Great-circle distance on a sphere of 6,371 km (haversine).
fn kilometres(lat: (f64, f64), lon: (f64, f64)) -> f64 {
    let (p, q) = (lat.0.to_radians(), lat.1.to_radians());
    let h = ((q - p) / 2.0).sin().powi(2) + p.cos() * q.cos() * ((lon.1 - lon.0).to_radians() / 2.0).sin().powi(2);
    2.0 * 6371.0 * h.sqrt().min(1.0).asin()
}

/// How many numbers two sorted lists share.
fn common(x: &[u32], y: &[u32]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while i < x.len() && j < y.len() {
        match x[i].cmp(&y[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                n += 1;
                i += 1;
                j += 1;
            }
        }
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::tables::table::Interner;

    fn table(columns: &[(&str, &[&str])]) -> Table {
        let columns: Vec<Column> = columns
            .iter()
            .map(|(name, values)| {
                let mut interner = Interner::new(*name);
                values.iter().for_each(|v| interner.push(v));
                interner.finish()
            })
            .collect();
        Table { rows: columns[0].codes.len(), columns, split: None }
    }

    fn level(measure: Measure, low: f64, high: f64) -> Level {
        Level { name: String::new(), any: vec![vec![Condition { measure, low, high }]] }
    }

    fn of_pair(table: &Table, levels: Vec<Level>, columns: Vec<usize>) -> u8 {
        let comparisons = [Comparison { name: String::new(), columns, levels, rarity: vec![] }];
        let comparer = Comparer::new(table, &comparisons);
        let mut memory = Memory::new(&comparer);
        let (mut first, mut again) = ([0u8], [0u8]);
        comparer.levels(0, 1, &mut memory, &mut first);
        comparer.levels(0, 1, &mut memory, &mut again);
        assert_eq!(first, again, "what is remembered is what was measured");
        first[0]
    }

    #[test]
    fn a_pair_is_at_the_first_level_it_reaches() {
        let names = table(&[("n", &["martha", "marhta"])]);
        let levels = |at: f64| vec![level(Measure::Equal(0), 1.0, 1.0), level(Measure::JaroWinkler(0), at, 1.0)];
        assert_eq!(of_pair(&names, levels(0.9), vec![0]), 1);
        assert_eq!(of_pair(&names, levels(0.99), vec![0]), 2);
        assert_eq!(of_pair(&table(&[("n", &["martha", ""])]), levels(0.9), vec![0]), NO_LEVEL);
    }

    #[test]
    fn every_measure_on_a_pair_worked_out_by_hand() {
        for (measure, a, b, value) in [
            (Measure::Levenshtein(0), "1953", "1935", 2.0),
            (Measure::DamerauLevenshtein(0), "1953", "1935", 1.0),
            (Measure::Prefix(0), "tq13 8df", "tq13 8hu", 6.0),
            (Measure::Begins(0), "M C paym", "M C payment", 8.0),
            (Measure::Begins(0), "M C gift", "M C payment", 0.0),
            (Measure::Days(0), "2016-02-28", "2016-03-01", 2.0),
            (Measure::Days(0), "2016-03-01", "2016-02-28", -2.0),
            (Measure::Days(0), "2016-03", "2016-02-28", -2.0),
            (Measure::Days(0), "2016", "2016-02-28", 0.0),
            (Measure::Difference(0), "3.5", "5", 1.5),
            (Measure::Percent(0), "90", "100", 10.0),
            (Measure::Common(0), "a b c", "b c d", 2.0),
            (Measure::Jaccard(0), "a b c", "b c d", 0.5),
            (Measure::Contained(0), "a b", "b c d", 0.5),
        ] {
            let pair = table(&[("x", &[a, b])]);
            assert_eq!(of_pair(&pair, vec![level(measure, value - 1e-9, value + 1e-9)], vec![0]), 0, "{measure:?} {a} {b}");
        }
    }

    /// Paris to London, 343.6 km by haversine on the mean radius.
    #[test]
    fn places_lie_as_far_apart_as_on_a_globe() {
        let pair = table(&[("lat", &["48.8566", "51.5074"]), ("lon", &["2.3522", "-0.1278"])]);
        assert_eq!(of_pair(&pair, vec![level(Measure::Kilometres(0, 1), 343.0, 344.0)], vec![0, 1]), 0);
    }

    #[test]
    fn names_exchanged_are_seen() {
        let pair = table(&[("first", &["ana", "rojas"]), ("last", &["rojas", "ana"])]);
        assert_eq!(of_pair(&pair, vec![level(Measure::Swapped(0, 1), 1.0, 1.0)], vec![0, 1]), 0);
    }
}

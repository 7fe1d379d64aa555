//! The eye: coded columns of records in memory, filtered and grouped in one pass.
//!
//! One job, not a data frame: no expressions, no joins. A column holds small codes into the
//! distinct values it has; filters and axes are tables over those codes, so a pass costs one
//! look-up per row and column, whatever the question. O(rows x (filters + axes)) time, split over
//! the cores in chunks whose sums are exact integers, so the answer does not depend on the split.

mod distinct;

use std::collections::HashMap;

use atalaya_kernel::record::{NO_DAY, RECORD_FIELDS, RECORD_WIDTH, Record, Terms, record_field};
use atalaya_kernel::{Decimal, unit};
use foldhash::fast::FixedState;
use rayon::prelude::*;

pub use distinct::Counted;

/// Columns beyond the coded fields.
const SOURCE: usize = RECORD_WIDTH;
const INTAKE: usize = RECORD_WIDTH + 1;
const DAY: usize = RECORD_WIDTH + 2;
const FLAGS: usize = RECORD_WIDTH + 3;
const WIDTH: usize = RECORD_WIDTH + 4;

/// Rows per unit of parallel work.
const CHUNK: usize = 1 << 14;
/// Groups up to which sums lie in a plain array.
const DENSE: usize = 1 << 15;
/// No kilograms known.
const NO_MASS: i64 = i64::MIN;

/// Codes in the narrowest width that fits.
#[derive(Debug, Clone)]
enum Codes {
    Byte(Vec<u8>),
    Short(Vec<u16>),
    Wide(Vec<u32>),
}

impl Codes {
    fn push(&mut self, code: u32) {
        match self {
            Codes::Byte(v) => match u8::try_from(code) {
                Ok(code) => v.push(code),
                Err(_) => {
                    *self = Codes::Short(v.iter().map(|c| u16::from(*c)).collect());
                    self.push(code);
                }
            },
            Codes::Short(v) => match u16::try_from(code) {
                Ok(code) => v.push(code),
                Err(_) => {
                    *self = Codes::Wide(v.iter().map(|c| u32::from(*c)).collect());
                    self.push(code);
                }
            },
            Codes::Wide(v) => v.push(code),
        }
    }

    fn at(&self, row: usize) -> u32 {
        match self {
            Codes::Byte(v) => u32::from(v[row]),
            Codes::Short(v) => u32::from(v[row]),
            Codes::Wide(v) => v[row],
        }
    }

    /// Calls `f(position in the range, code)` for a range of rows.
    fn each(&self, range: std::ops::Range<usize>, mut f: impl FnMut(usize, usize)) {
        match self {
            Codes::Byte(v) => v[range].iter().enumerate().for_each(|(at, c)| f(at, usize::from(*c))),
            Codes::Short(v) => v[range].iter().enumerate().for_each(|(at, c)| f(at, usize::from(*c))),
            Codes::Wide(v) => v[range].iter().enumerate().for_each(|(at, c)| f(at, *c as usize)),
        }
    }
}

#[derive(Debug, Clone)]
struct Column {
    codes: Codes,
    /// The distinct values, by code: terms, days (as `u32` bits) or masks.
    values: Vec<u32>,
    lookup: HashMap<u32, u32, FixedState>,
    /// The last value and its code: neighbouring rows mostly repeat.
    last: Option<(u32, u32)>,
}

impl Column {
    fn new() -> Column {
        Column { codes: Codes::Byte(Vec::new()), values: Vec::new(), lookup: HashMap::default(), last: None }
    }

    fn push(&mut self, value: u32) {
        if let Some((_, code)) = self.last.filter(|(last, _)| *last == value) {
            return self.codes.push(code);
        }
        let next = self.values.len() as u32;
        let code = *self.lookup.entry(value).or_insert(next);
        if code == next {
            self.values.push(value);
        }
        self.last = Some((value, code));
        self.codes.push(code);
    }
}

/// Records in memory.
#[derive(Debug, Clone)]
pub struct Cube {
    columns: Vec<Column>,
    ordinals: Vec<u32>,
    files: Vec<u8>,
    precisions: Vec<u8>,
    mass: Vec<i64>,
    /// Rows whose kilograms are a typical value: row, low, high.
    inexact: Vec<(u32, i64, i64)>,
    terms: Terms,
}

/// Builds a cube row by row.
#[derive(Debug)]
pub struct CubeBuilder {
    cube: Cube,
}

/// A condition or an axis: a table over the distinct values of a column.
#[derive(Debug, Clone)]
pub struct Axis {
    /// The column.
    pub column: usize,
    /// For each distinct value the group it falls in; `None` leaves the row out.
    pub groups: Vec<Option<u32>>,
    /// How many groups there are.
    pub len: u32,
}

/// What to compute: filters are axes with one group.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Conditions.
    pub filters: Vec<Axis>,
    /// Break-downs, outermost first.
    pub axes: Vec<Axis>,
}

/// One group's sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its place on each axis.
    pub key: Vec<u32>,
    /// Records.
    pub records: u64,
    /// Kilograms, best estimate.
    pub kg: Decimal,
    /// Kilograms if every typical factor were at its low end.
    pub kg_low: Decimal,
    /// ... at its high end.
    pub kg_high: Decimal,
    /// Records whose kilograms are not known.
    pub without_kg: u64,
    /// Distinct events; as many as records where none are linked.
    pub events: u64,
    /// Kilograms of them, each event once.
    pub kg_unique: Decimal,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    records: u64,
    mass: i128,
    below: i128,
    above: i128,
    without: u64,
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.records += other.records;
        self.mass += other.mass;
        self.below += other.below;
        self.above += other.above;
        self.without += other.without;
    }
}

impl CubeBuilder {
    /// An empty cube over a dictionary.
    pub fn new(terms: Terms) -> CubeBuilder {
        CubeBuilder {
            cube: Cube {
                columns: (0..WIDTH).map(|_| Column::new()).collect(),
                ordinals: Vec::new(),
                files: Vec::new(),
                precisions: Vec::new(),
                mass: Vec::new(),
                inexact: Vec::new(),
                terms,
            },
        }
    }

    /// The dictionary, to code values of worlds made in memory.
    pub fn terms(&mut self) -> &mut Terms {
        &mut self.cube.terms
    }

    /// Adds a record of an intake; `source` is a term.
    pub fn push(&mut self, record: &Record, source: u32, intake: u32) {
        let cube = &mut self.cube;
        for (column, code) in cube.columns.iter_mut().zip(record.codes) {
            column.push(code);
        }
        cube.columns[SOURCE].push(source);
        cube.columns[INTAKE].push(intake);
        cube.columns[DAY].push(record.day as u32);
        cube.columns[FLAGS].push(record.flags);
        cube.ordinals.push(record.ordinal);
        cube.files.push(record.file.min(255) as u8);
        cube.precisions.push(record.precision);
    }

    /// Works out kilograms and closes the cube.
    pub fn finish(self) -> Cube {
        let mut cube = self.cube;
        cube.weigh();
        for column in &mut cube.columns {
            column.lookup = HashMap::default();
        }
        cube
    }
}

impl Cube {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.ordinals.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ordinals.is_empty()
    }

    /// The column of a field: one of `RECORD_FIELDS`, or `source`, `intake`, `day`, `flags`.
    pub fn column(&self, field: &str) -> Option<usize> {
        match field {
            "source" => Some(SOURCE),
            "intake" => Some(INTAKE),
            "day" => Some(DAY),
            "flags" => Some(FLAGS),
            _ => RECORD_FIELDS.iter().position(|f| *f == field),
        }
    }

    /// The distinct values of a coded column, as text.
    pub fn texts(&self, column: usize) -> impl Iterator<Item = &str> {
        self.columns[column].values.iter().map(|v| self.terms.text(*v))
    }

    /// The distinct values of `intake`, `flags`.
    pub fn numbers(&self, column: usize) -> &[u32] {
        &self.columns[column].values
    }

    /// The distinct days, `None` where not known.
    pub fn days(&self) -> impl Iterator<Item = Option<i32>> + '_ {
        self.columns[DAY].values.iter().map(|v| (*v as i32 != NO_DAY).then_some(*v as i32))
    }

    /// The text of a coded field of a row.
    pub fn text(&self, row: usize, column: usize) -> &str {
        let column = &self.columns[column];
        self.terms.text(column.values[column.codes.at(row) as usize])
    }

    /// A number of a row: `intake`, `day` (bits), `flags`.
    pub fn number(&self, row: usize, column: usize) -> u32 {
        let column = &self.columns[column];
        column.values[column.codes.at(row) as usize]
    }

    /// The code of a row in a column: the place of its value among the distinct ones.
    pub fn code(&self, row: usize, column: usize) -> u32 {
        self.columns[column].codes.at(row)
    }

    /// Where a row stands in its file: file of the intake, ordinal.
    pub fn place(&self, row: usize) -> (u8, u32) {
        (self.files[row], self.ordinals[row])
    }

    /// The precision of a row's date.
    pub fn precision(&self, row: usize) -> u8 {
        self.precisions[row]
    }

    /// Kilograms of a row, best estimate.
    pub fn kg(&self, row: usize) -> Option<Decimal> {
        (self.mass[row] != NO_MASS).then(|| Decimal(i128::from(self.mass[row])))
    }

    /// Rows that pass the filters, in store order: how many, and a page of them.
    pub fn rows(&self, filters: &[Axis], offset: usize, limit: usize) -> (usize, Vec<usize>) {
        let (mut total, mut page) = (0, Vec::new());
        for start in (0..self.len()).step_by(CHUNK) {
            let range = start..(start + CHUNK).min(self.len());
            let mut passes = vec![true; range.len()];
            self.pass(filters, range.clone(), &mut passes);
            for (at, _) in passes.iter().enumerate().filter(|(_, ok)| **ok) {
                if total >= offset && page.len() < limit {
                    page.push(start + at);
                }
                total += 1;
            }
        }
        (total, page)
    }

    /// The sums of every group that has records, in the order of their keys.
    pub fn group(&self, plan: &Plan) -> Vec<Group> {
        let size = plan.axes.iter().fold(1usize, |n, a| n.saturating_mul(a.len.max(1) as usize));
        let starts: Vec<usize> = (0..self.len()).step_by(CHUNK).collect();
        let sums: Vec<(u64, Sums)> = if size <= DENSE { self.dense(plan, &starts, size) } else { self.sparse(plan, &starts) };
        let mut groups: Vec<(u64, Sums)> = sums.into_iter().filter(|(_, s)| s.records > 0).collect();
        groups.sort_unstable_by_key(|(key, _)| *key);
        groups.into_iter().map(|(key, sums)| group_of(key, &sums, &plan.axes)).collect()
    }

    fn dense(&self, plan: &Plan, starts: &[usize], size: usize) -> Vec<(u64, Sums)> {
        let zero = || vec![Sums::default(); size];
        let total = starts
            .par_iter()
            .with_min_len(pieces(starts.len(), size))
            .fold(zero, |mut sums, start| {
                self.chunk(plan, *start, |key, add| sums[key as usize].add(add));
                sums
            })
            .reduce(zero, |mut a, b| {
                a.iter_mut().zip(&b).for_each(|(x, y)| x.add(y));
                a
            });
        total.into_iter().enumerate().map(|(key, sums)| (key as u64, sums)).collect()
    }

    fn sparse(&self, plan: &Plan, starts: &[usize]) -> Vec<(u64, Sums)> {
        type Map = HashMap<u64, Sums, FixedState>;
        let total = starts
            .par_iter()
            .with_min_len(pieces(starts.len(), DENSE))
            .fold(Map::default, |mut sums, start| {
                self.chunk(plan, *start, |key, add| sums.entry(key).or_default().add(add));
                sums
            })
            .reduce(Map::default, |a, b| {
                let (mut large, small) = if a.len() < b.len() { (b, a) } else { (a, b) };
                small.into_iter().collect::<Vec<_>>().iter().for_each(|(key, sums)| large.entry(*key).or_default().add(sums));
                large
            });
        let mut all: Vec<(u64, Sums)> = total.into_iter().collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }

    /// One chunk: which rows pass, which group each falls in, and its sums.
    fn chunk(&self, plan: &Plan, start: usize, mut add: impl FnMut(u64, &Sums)) {
        let range = start..(start + CHUNK).min(self.len());
        let mut passes = vec![true; range.len()];
        self.pass(&plan.filters, range.clone(), &mut passes);
        let mut keys = vec![0u64; range.len()];
        for axis in &plan.axes {
            let table: Vec<u64> = axis.groups.iter().map(|g| g.map_or(u64::MAX, u64::from)).collect();
            let len = u64::from(axis.len);
            self.columns[axis.column].codes.each(range.clone(), |at, code| {
                let group = table[code];
                passes[at] &= group != u64::MAX;
                keys[at] = keys[at].wrapping_mul(len).wrapping_add(group);
            });
        }
        let masses = &self.mass[range.clone()];
        for ((key, mass), ok) in keys.iter().zip(masses).zip(&passes) {
            if *ok {
                let known = *mass != NO_MASS;
                let mass = if known { i128::from(*mass) } else { 0 };
                add(*key, &Sums { records: 1, mass, below: 0, above: 0, without: u64::from(!known) });
            }
        }
        for (row, low, high) in self.inexact_in(&range) {
            let at = *row as usize - start;
            if passes[at] {
                let mass = i128::from(masses[at]);
                add(keys[at], &Sums { below: mass - i128::from(*low), above: i128::from(*high) - mass, ..Sums::default() });
            }
        }
    }

    fn pass(&self, filters: &[Axis], range: std::ops::Range<usize>, passes: &mut [bool]) {
        for filter in filters {
            let table: Vec<bool> = filter.groups.iter().map(Option::is_some).collect();
            self.columns[filter.column].codes.each(range.clone(), |at, code| passes[at] &= table[code]);
        }
    }

    fn inexact_in(&self, range: &std::ops::Range<usize>) -> &[(u32, i64, i64)] {
        let from = self.inexact.partition_point(|(row, ..)| (*row as usize) < range.start);
        let to = self.inexact.partition_point(|(row, ..)| (*row as usize) < range.end);
        &self.inexact[from..to]
    }

    /// Fills `mass` and `inexact` from amount, unit and substance.
    fn weigh(&mut self) {
        let (amount, unit_column, substance) = (record_field("amount"), record_field("unit"), record_field("substance"));
        let amounts: Vec<Option<Decimal>> = self.texts(amount).map(|t| Decimal::parse(t).ok()).collect();
        let units: Vec<String> = self.texts(unit_column).map(str::to_string).collect();
        let substances: Vec<String> = self.texts(substance).map(str::to_string).collect();
        let factors: Vec<Option<[Decimal; 3]>> = units.iter().flat_map(|u| substances.iter().map(move |s| factor(u, s))).collect();
        for row in 0..self.len() {
            let of = |column: usize| self.columns[column].codes.at(row) as usize;
            let factor = factors.get(of(unit_column) * substances.len() + of(substance)).copied().flatten();
            let weighed = amounts[of(amount)].zip(factor).and_then(|(a, f)| Some([a.times(f[0])?, a.times(f[1])?, a.times(f[2])?]));
            let Some([low, best, high]) = weighed.and_then(|w| Some([narrow(w[0])?, narrow(w[1])?, narrow(w[2])?])) else {
                self.mass.push(NO_MASS);
                continue;
            };
            self.mass.push(best);
            if low != best || high != best {
                self.inexact.push((row as u32, low, high));
            }
        }
    }
}

/// Chunks a worker takes at least: each worker fills sums of its own, and many groups cost more
/// to clear and to merge than uneven workers cost.
fn pieces(chunks: usize, groups: usize) -> usize {
    let each = if groups * 16 > CHUNK { 1 } else { 4 };
    chunks.div_ceil(rayon::current_num_threads() * each).max(1)
}

fn narrow(value: Decimal) -> Option<i64> {
    i64::try_from(value.0).ok().filter(|v| *v != NO_MASS)
}

/// Kilograms per unit of a substance: low, best, high.
fn factor(unit: &str, substance: &str) -> Option<[Decimal; 3]> {
    let conversion = unit::conversion(unit, substance).filter(|c| c.to == "kg")?;
    let parse = |text: &str| Decimal::parse(text).ok();
    Some([parse(conversion.low)?, parse(conversion.best)?, parse(conversion.high)?])
}

fn group_of(mut key: u64, sums: &Sums, axes: &[Axis]) -> Group {
    let mut place = vec![0; axes.len()];
    for (at, axis) in axes.iter().enumerate().rev() {
        let len = u64::from(axis.len.max(1));
        place[at] = (key % len) as u32;
        key /= len;
    }
    Group {
        key: place,
        records: sums.records,
        kg: Decimal(sums.mass),
        kg_low: Decimal(sums.mass - sums.below),
        kg_high: Decimal(sums.mass + sums.above),
        without_kg: sums.without,
        events: sums.records,
        kg_unique: Decimal(sums.mass),
    }
}

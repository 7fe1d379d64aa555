//! Blocking: only records that agree on some key are compared.
//!
//! # Answers
//! Which pairs are worth comparing, when all of them are too many?
//!
//! # Source
//! Newcombe & Kennedy (1962), Communications of the ACM 5(11), 563-566; Christen (2012), IEEE
//! Transactions on Knowledge and Data Engineering 24(9), 1537-1555, section 3.1.
//!
//! # Assumes
//! A true pair agrees on the keys of at least one rule. How many do not is estimated from the
//! rules themselves, see `coverage`.
//!
//! # Shapes and units
//! A rule is a list of keys, a key a value worked out of one column. Up to 64 rules. A pair is
//! made by the first rule on whose keys both records agree, and by no later one.
//!
//! # Cost
//! Rows times rules of memory (4 bytes each), time linear in rows and in pairs made. Pairs are made
//! block by block and never stored here.
//!
//! # Does not
//! Make pairs of a block with more than a stated number of pairs: such a block is refused by name.
//!
//! # Checked by
//! `a_pair_is_made_once_by_the_first_rule_that_makes_it`, `every_pair_that_agrees_is_made`,
//! `a_block_too_large_is_refused_by_name`.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::card::Card;
use crate::link::tables::table::{ABSENT, Column, Table, date, derive, number};
use crate::link::text;

/// The method in a few words.
pub const CARD: Card = Card {
    id: "blocking",
    verb: "link",
    name: ["Blocking", "Bloqueo"],
    answers: [
        "Which pairs of records are worth comparing, when all of them are too many?",
        "¿Qué pares de registros vale la pena comparar, cuando todos son demasiados?",
    ],
    source: "Newcombe & Kennedy (1962), Communications of the ACM 5(11), 563-566",
};

/// A value worked out of one column, on which two records may agree.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// The value itself.
    Whole(usize),
    /// Its first letters; a shorter value is absent.
    Prefix(usize, usize),
    /// Its Soundex code.
    Soundex(usize),
    /// The year of a date.
    Year(usize),
    /// Year and month of a date.
    Month(usize),
    /// A span of days: column, its length, days by which spans are shifted.
    Days(usize, i32, i32),
    /// A span of numbers: column, its width, by how much spans are shifted.
    Span(usize, f64, f64),
    /// A span of a number's logarithm: column, its width in per cent, the shift as a share of it.
    Ratio(usize, f64, f64),
}

impl Key {
    /// The column it reads.
    pub fn column(&self) -> usize {
        match *self {
            Key::Whole(c) | Key::Prefix(c, _) | Key::Soundex(c) | Key::Year(c) | Key::Month(c) => c,
            Key::Days(c, _, _) | Key::Span(c, _, _) | Key::Ratio(c, _, _) => c,
        }
    }

    fn codes(&self, column: &Column) -> Vec<u32> {
        let of = |f: &dyn Fn(&str) -> Option<String>| derive(column, "", f).codes;
        match *self {
            Key::Whole(_) => column.codes.clone(),
            Key::Prefix(_, n) => of(&|t| t.char_indices().nth(n - 1).map(|(at, last)| t[..at + last.len_utf8()].to_owned())),
            Key::Soundex(_) => of(&|t| text::soundex(t)),
            // A date that is none may still have a readable year: "1840-15-06".
            Key::Year(_) => of(&|t| t.get(..4).filter(|y| y.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned)),
            Key::Month(_) => of(&|t| date(t).map(|_| t.chars().filter(char::is_ascii_digit).take(6).collect())),
            Key::Days(_, width, shift) => of(&|t| date(t).map(|d| (d.first + shift).div_euclid(width).to_string())),
            Key::Span(_, width, shift) => of(&|t| number(t).map(|x| ((x + shift) / width).floor().to_string())),
            Key::Ratio(_, width, shift) => {
                let step = (width / 100.0).ln_1p();
                of(&|t| number(t).filter(|x| *x > 0.0).map(|x| (x.ln() / step + shift).floor().to_string()))
            }
        }
    }
}

/// A blocking rule: records are compared that agree on all its keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name as the recipe has it.
    pub name: String,
    /// The keys.
    pub keys: Vec<Key>,
}

/// A block that was not compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The rule, by its place.
    pub rule: usize,
    /// One of its rows, to read the values from.
    pub row: u32,
    /// Rows in it.
    pub rows: usize,
    /// Pairs it would make.
    pub pairs: u64,
}

/// No block: a key is absent, or nobody shares it.
pub const NO_BLOCK: u32 = u32::MAX;

/// The blocks of every rule.
#[derive(Debug)]
pub struct Blocks {
    /// Block of each row under each rule, rules of a row side by side.
    of_row: Vec<u32>,
    rules: usize,
    rows: usize,
    split: Option<usize>,
    /// Blocks with more pairs than allowed.
    pub refused: Vec<Refused>,
}

/// The rows of one rule, block after block; within a block in their order.
#[derive(Debug)]
pub struct Sorted {
    rows: Vec<u32>,
    starts: Vec<u32>,
    split: Option<usize>,
    /// Pairs of all its blocks, whether an earlier rule makes them or not.
    pub pairs: u64,
}

/// A part of a rule's pairs: the first rows of pairs, by their place in [`Sorted`].
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// Places of the first rows of its pairs.
    pub from: u32,
    /// One past the last.
    pub to: u32,
    /// The block in which `from` lies.
    block: u32,
}

impl Blocks {
    /// Puts every row in its block under every rule.
    ///
    /// * `largest`: most pairs of a block; a larger one is refused.
    pub fn new(table: &Table, rules: &[Rule], largest: u64) -> Blocks {
        let mut blocks = Blocks {
            of_row: vec![NO_BLOCK; table.rows * rules.len()],
            rules: rules.len(),
            rows: table.rows,
            split: table.split,
            refused: Vec::new(),
        };
        for (place, rule) in rules.iter().enumerate() {
            let (mut ids, count) = ids(table, rule);
            let mut sizes = vec![[0u32; 2]; count];
            let mut first = vec![0u32; count];
            for (row, &id) in ids.iter().enumerate().filter(|(_, id)| **id != NO_BLOCK) {
                let side = usize::from(table.split.is_some_and(|s| row >= s));
                if sizes[id as usize] == [0, 0] {
                    first[id as usize] = row as u32;
                }
                sizes[id as usize][side] += 1;
            }
            let pairs: Vec<u64> = sizes.iter().map(|s| pairs_of(*s, table.split.is_some())).collect();
            for (block, &n) in pairs.iter().enumerate().filter(|(_, n)| **n > largest) {
                let rows = sizes[block].iter().sum::<u32>() as usize;
                blocks.refused.push(Refused { rule: place, row: first[block], rows, pairs: n });
            }
            for (row, id) in ids.iter_mut().enumerate().filter(|(_, id)| **id != NO_BLOCK) {
                let n = pairs[*id as usize];
                if n > 0 && n <= largest {
                    blocks.of_row[row * rules.len() + place] = *id;
                }
            }
        }
        blocks
    }

    /// Number of rules.
    pub fn rules(&self) -> usize {
        self.rules
    }

    /// The rows of a rule in the order of their blocks.
    pub fn sorted(&self, rule: usize) -> Sorted {
        let id = |row: usize| self.of_row[row * self.rules + rule];
        let count = (0..self.rows).map(id).filter(|b| *b != NO_BLOCK).max().map_or(0, |b| b as usize + 1);
        let mut starts = vec![0u32; count + 1];
        for block in (0..self.rows).map(id).filter(|b| *b != NO_BLOCK) {
            starts[block as usize + 1] += 1;
        }
        for block in 0..count {
            starts[block + 1] += starts[block];
        }
        let mut next = starts.clone();
        let mut rows = vec![0u32; starts[count] as usize];
        for row in 0..self.rows {
            let block = id(row);
            if block != NO_BLOCK {
                rows[next[block as usize] as usize] = row as u32;
                next[block as usize] += 1;
            }
        }
        let mut sorted = Sorted { rows, starts, split: self.split, pairs: 0 };
        sorted.pairs = (0..count).map(|b| sorted.pairs_from(b, sorted.starts[b] as usize..sorted.starts[b + 1] as usize)).sum();
        sorted
    }

    /// Bit `r` is set when rule `r` makes the pair.
    pub fn rules_of(&self, a: u32, b: u32) -> u64 {
        let (a, b) = (a as usize * self.rules, b as usize * self.rules);
        let sides = self.of_row[a..a + self.rules].iter().zip(&self.of_row[b..b + self.rules]);
        sides.enumerate().fold(0, |mask, (rule, (x, y))| mask | u64::from(x == y && *x != NO_BLOCK) << rule)
    }
}

impl Sorted {
    /// Number of pairs whose first rows lie at these places of a block.
    fn pairs_from(&self, block: usize, places: std::ops::Range<usize>) -> u64 {
        let (start, end) = (self.starts[block] as usize, self.starts[block + 1] as usize);
        let seconds = self.seconds(start, end);
        places
            .map(|at| if self.split.is_some() { if at < seconds { (end - seconds) as u64 } else { 0 } } else { (end - 1 - at) as u64 })
            .sum()
    }

    /// Where the second table's rows of a block begin.
    fn seconds(&self, start: usize, end: usize) -> usize {
        match self.split {
            Some(split) => start + self.rows[start..end].partition_point(|r| (*r as usize) < split),
            None => start,
        }
    }

    /// Cuts the pairs into parts of about `pairs` each; a large block into several.
    pub fn chunks(&self, pairs: u64) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        let (mut from, mut of, mut sum) = (0u32, 0u32, 0);
        for block in 0..self.starts.len() - 1 {
            let (start, end) = (self.starts[block] as usize, self.starts[block + 1] as usize);
            let seconds = self.seconds(start, end);
            for at in start..end {
                if sum == 0 {
                    (from, of) = (at as u32, block as u32);
                }
                sum += match self.split {
                    Some(_) if at < seconds => (end - seconds) as u64,
                    Some(_) => 0,
                    None => (end - 1 - at) as u64,
                };
                if sum >= pairs {
                    chunks.push(Chunk { from, to: at as u32 + 1, block: of });
                    sum = 0;
                }
            }
        }
        if sum > 0 {
            chunks.push(Chunk { from, to: self.rows.len() as u32, block: of });
        }
        chunks
    }

    /// Calls `f` with each first row of a part and the rows it is to be compared with.
    pub fn each(&self, chunk: &Chunk, mut f: impl FnMut(u32, &[u32])) {
        let mut block = chunk.block as usize;
        for at in chunk.from as usize..chunk.to as usize {
            while self.starts[block + 1] as usize <= at {
                block += 1;
            }
            let (start, end) = (self.starts[block] as usize, self.starts[block + 1] as usize);
            let others = match self.split {
                None => at + 1..end,
                Some(split) if (self.rows[at] as usize) < split => self.seconds(start, end)..end,
                Some(_) => continue,
            };
            f(self.rows[at], &self.rows[others]);
        }
    }
}

/// Pairs of a block with so many rows of the first and of the second table.
fn pairs_of(sizes: [u32; 2], two: bool) -> u64 {
    let [a, b] = sizes.map(u64::from);
    if two { a * b } else { a * a.saturating_sub(1) / 2 }
}

/// The block of each row under a rule, numbered as they come, and how many there are.
fn ids(table: &Table, rule: &Rule) -> (Vec<u32>, usize) {
    let mut ids: Vec<u32> = vec![0; table.rows];
    let mut count = 1;
    for key in &rule.keys {
        let codes = key.codes(&table.columns[key.column()]);
        let mut seen: HashMap<u64, u32, FixedState> = HashMap::default();
        for (id, code) in ids.iter_mut().zip(&codes) {
            if *id == NO_BLOCK || *code == ABSENT {
                *id = NO_BLOCK;
                continue;
            }
            let next = seen.len() as u32;
            *id = *seen.entry(u64::from(*id) << 32 | u64::from(*code)).or_insert(next);
        }
        count = seen.len();
    }
    (ids, count)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use atalaya_kernel::seed::Seed;

    use super::*;
    use crate::link::tables::table::Interner;

    fn table(rows: usize, columns: usize, split: Option<usize>) -> Table {
        let columns = (0..columns)
            .map(|c| {
                let mut interner = Interner::new(format!("c{c}"));
                let mut stream = Seed(5).stream(c as u64);
                for _ in 0..rows {
                    let value = stream.below(8);
                    interner.push(&if value == 0 { String::new() } else { format!("v{value}") });
                }
                interner.finish()
            })
            .collect();
        Table { columns, rows, split }
    }

    fn rules() -> Vec<Rule> {
        vec![
            Rule { name: "both".into(), keys: vec![Key::Whole(0), Key::Whole(1)] },
            Rule { name: "third".into(), keys: vec![Key::Whole(2)] },
        ]
    }

    fn made(table: &Table, rules: &[Rule], chunk: u64) -> Vec<(u32, u32)> {
        let blocks = Blocks::new(table, rules, u64::MAX);
        let mut pairs = Vec::new();
        for rule in 0..rules.len() {
            let sorted = blocks.sorted(rule);
            for part in sorted.chunks(chunk) {
                sorted.each(&part, |a, others| {
                    pairs.extend(others.iter().filter(|b| blocks.rules_of(a, **b).trailing_zeros() as usize == rule).map(|b| (a, *b)));
                });
            }
        }
        pairs
    }

    #[test]
    fn a_pair_is_made_once_by_the_first_rule_that_makes_it() {
        for split in [None, Some(40)] {
            let table = table(100, 3, split);
            let pairs = made(&table, &rules(), 7);
            let distinct: BTreeSet<_> = pairs.iter().collect();
            assert_eq!(distinct.len(), pairs.len());
            assert_eq!(pairs, made(&table, &rules(), 1_000_000), "parts do not matter");
        }
    }

    #[test]
    fn every_pair_that_agrees_is_made() {
        for split in [None, Some(40)] {
            let table = table(100, 3, split);
            let same = |c: usize, a: u32, b: u32| {
                let codes = &table.columns[c].codes;
                codes[a as usize] == codes[b as usize] && codes[a as usize] != ABSENT
            };
            let mut expected = BTreeSet::new();
            for a in 0..100u32 {
                for b in a + 1..100 {
                    let sides = split.is_none_or(|s| (a as usize) < s && b as usize >= s);
                    if sides && ((same(0, a, b) && same(1, a, b)) || same(2, a, b)) {
                        expected.insert((a, b));
                    }
                }
            }
            assert_eq!(made(&table, &rules(), 50).into_iter().collect::<BTreeSet<_>>(), expected);
        }
    }

    #[test]
    fn a_block_too_large_is_refused_by_name() {
        let table = table(100, 3, None);
        let blocks = Blocks::new(&table, &rules(), 60);
        assert!(!blocks.refused.is_empty());
        for refused in &blocks.refused {
            assert_eq!(refused.rule, 1);
            assert!(refused.pairs > 60 && refused.rows > 10);
            assert_ne!(table.columns[2].codes[refused.row as usize], ABSENT);
        }
        assert_eq!(
            blocks.sorted(1).pairs + blocks.refused.iter().map(|r| r.pairs).sum::<u64>(),
            Blocks::new(&table, &rules(), u64::MAX).sorted(1).pairs
        );
    }

    #[test]
    fn keys_by_hand() {
        let mut interner = Interner::new("x");
        ["tq13 8df", "tq13 8hu", "tq", ""].iter().for_each(|t| interner.push(t));
        let column = interner.finish();
        assert_eq!(Key::Prefix(0, 4).codes(&column), [0, 0, ABSENT, ABSENT]);
        let of = |key: Key, values: &[&str]| {
            let mut interner = Interner::new("x");
            values.iter().for_each(|t| interner.push(t));
            key.codes(&interner.finish())
        };
        assert_eq!(of(Key::Year(0), &["1840-15-06", "1840-01-01", "1841", "x"]), [0, 0, 1, ABSENT]);
        assert_eq!(of(Key::Month(0), &["1840-05-06", "1840-05", "18400607"]), [0, 0, 1]);
        assert_eq!(of(Key::Days(0, 10, 0), &["1970-01-01", "1970-01-10", "1970-01-11"]), [0, 0, 1]);
        assert_eq!(of(Key::Days(0, 10, 5), &["1970-01-01", "1970-01-10", "1970-01-11"]), [0, 1, 1]);
        assert_eq!(of(Key::Span(0, 2.0, 0.0), &["0.5", "1.9", "2"]), [0, 0, 1]);
        assert_eq!(of(Key::Ratio(0, 10.0, 0.0), &["100", "104", "200", "0"]), [0, 0, 1, ABSENT]);
        assert_eq!(of(Key::Soundex(0), &["Ellery", "Euler", "12"]), [0, 0, ABSENT]);
    }
}

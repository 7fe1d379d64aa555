//! A table in memory: columns of codes into their distinct values, or of numbers.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use atalaya_kernel::area::fold;
use atalaya_kernel::{Both, Decimal, Lang};
use atalaya_store::Cube;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// A code of a list: `=` is this code, `:` is this code or what it includes.
    Code,
    /// Several words.
    Words,
    /// A day or a longer period, `2018` or `2018-03`.
    Date,
    /// A whole number.
    Count,
    /// A decimal.
    Decimal,
    /// A figure's id, made when it is shown.
    Figure,
}

impl Kind {
    /// Whether its values compare as numbers.
    pub fn is_number(self) -> bool {
        matches!(self, Kind::Count | Kind::Decimal)
    }
}

/// Where the code of a row comes from.
pub(crate) enum Cells {
    /// Codes of the table's own.
    Own(Vec<u32>),
    /// Codes of a column of the cube, each turned into a value's place.
    Cube(Arc<Cube>, usize, Option<Vec<u32>>),
    /// A number for each row.
    Each(Box<dyn Fn(usize) -> Option<Decimal> + Send + Sync>),
}

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cells::Own(_) => "Own",
            Cells::Cube(..) => "Cube",
            Cells::Each(_) => "Each",
        })
    }
}

/// A column of a table.
#[derive(Debug)]
pub(crate) struct Column {
    /// Its name in conditions and files.
    pub id: &'static str,
    /// Its heading.
    pub head: Both,
    /// What it holds.
    pub kind: Kind,
    /// Its unit, empty if it has none.
    pub unit: &'static str,
    /// Its cells.
    pub cells: Cells,
    /// The distinct values, by code.
    pub values: Vec<String>,
    /// What the values are called, where they are codes.
    pub names: Vec<Option<Both>>,
    /// Whether it is shown unless columns are chosen.
    pub usual: bool,
}

impl Column {
    /// A column of distinct values.
    pub fn coded(id: &'static str, kind: Kind, head: (&str, &str), cells: Cells, values: Vec<String>) -> Column {
        Column { id, head: Both::new(head.0, head.1), kind, unit: "", cells, values, names: Vec::new(), usual: false }
    }

    /// A column of one number a row.
    pub fn numbers(
        id: &'static str,
        kind: Kind,
        head: (&str, &str),
        of: impl Fn(usize) -> Option<Decimal> + Send + Sync + 'static,
    ) -> Column {
        Column::coded(id, kind, head, Cells::Each(Box::new(of)), Vec::new())
    }

    /// Shown unless columns are chosen.
    pub fn usual(mut self) -> Column {
        self.usual = true;
        self
    }

    /// With a unit.
    pub fn in_unit(mut self, unit: &'static str) -> Column {
        self.unit = unit;
        self
    }

    /// With names for its values.
    pub fn named(mut self, name: impl Fn(&str) -> Option<Both>) -> Column {
        self.names = self.values.iter().map(|v| name(v)).collect();
        self
    }

    /// Whether its values can be counted.
    pub fn countable(&self) -> bool {
        !matches!(self.cells, Cells::Each(_)) && self.kind != Kind::Figure
    }

    /// The place of a row's value among the distinct ones.
    pub fn code(&self, row: usize) -> usize {
        match &self.cells {
            Cells::Own(codes) => codes[row] as usize,
            Cells::Cube(cube, column, None) => cube.code(row, *column) as usize,
            Cells::Cube(cube, column, Some(map)) => map[cube.code(row, *column) as usize] as usize,
            Cells::Each(_) => 0,
        }
    }

    /// A row's value as text, empty where absent.
    pub fn text(&self, row: usize) -> String {
        match &self.cells {
            Cells::Each(of) => of(row).map(|n| n.to_string()).unwrap_or_default(),
            _ => self.values.get(self.code(row)).cloned().unwrap_or_default(),
        }
    }

    /// What a value is called, or the value.
    pub fn said(&self, code: usize, lang: Lang) -> &str {
        match self.names.get(code).and_then(Option::as_ref) {
            Some(name) => name.in_lang(lang),
            None => self.values.get(code).map_or("", String::as_str),
        }
    }

    /// For each distinct value its place in order; `None` for the absent one, which comes last
    /// whichever way one sorts.
    pub fn ranks(&self, lang: Lang) -> Vec<Option<u32>> {
        let mut order: Vec<usize> = (0..self.values.len()).filter(|at| !self.values[*at].is_empty()).collect();
        if self.kind.is_number() {
            let number = |at: &usize| Decimal::parse(&self.values[*at]).map_or(i128::MAX, |d| d.0);
            order.sort_by_cached_key(number);
        } else {
            order.sort_by_cached_key(|at| fold(self.said(*at, lang)));
        }
        let mut ranks = vec![None; self.values.len()];
        for (rank, at) in order.into_iter().enumerate() {
            ranks[at] = u32::try_from(rank).ok();
        }
        ranks
    }
}

/// A table.
#[derive(Debug)]
pub(crate) struct Frame {
    /// How many rows.
    pub len: usize,
    /// Its columns, in the order they are shown.
    pub columns: Vec<Column>,
    /// How it is sorted unless a column is chosen; `-` for downwards. Empty: as stored.
    pub order: &'static str,
}

impl Frame {
    /// A column by its name.
    pub fn column(&self, id: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.id == id)
    }
}

/// Gives equal keys equal codes, in the order they are first seen.
#[derive(Debug)]
pub(crate) struct Coder<K> {
    seen: HashMap<K, u32>,
    /// A code for each row.
    pub codes: Vec<u32>,
    /// The distinct values.
    pub values: Vec<String>,
}

impl<K: Hash + Eq> Coder<K> {
    /// Without values.
    pub fn new() -> Coder<K> {
        Coder { seen: HashMap::new(), codes: Vec::new(), values: Vec::new() }
    }

    /// Adds a row whose value has this key.
    pub fn push(&mut self, key: K, text: impl FnOnce() -> String) {
        let next = self.values.len() as u32;
        let code = *self.seen.entry(key).or_insert(next);
        if code == next {
            self.values.push(text());
        }
        self.codes.push(code);
    }

    /// The column.
    pub fn column(self, id: &'static str, kind: Kind, head: (&str, &str)) -> Column {
        Column::coded(id, kind, head, Cells::Own(self.codes), self.values)
    }
}

/// A column of texts, one a row.
pub(crate) fn texts<S: AsRef<str>>(id: &'static str, kind: Kind, head: (&str, &str), rows: impl Iterator<Item = S>) -> Column {
    let mut coder: Coder<String> = Coder::new();
    for row in rows {
        let text = row.as_ref();
        coder.push(text.to_string(), || text.to_string());
    }
    coder.column(id, kind, head)
}

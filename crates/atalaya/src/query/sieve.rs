//! A question's conditions on cells, resolved once: each code is looked up in the lists the first
//! time it is met, after that it is a number in a table.

use std::cell::RefCell;
use std::collections::HashMap;

use atalaya_kernel::Date;
use atalaya_kernel::area::areas;
use atalaya_kernel::record::observation_field;
use atalaya_kernel::substance::substances;
use atalaya_store::{Dim, ObservedCell, Query};

use super::{dims, series};

const AREA: usize = observation_field("area");
const SUBSTANCE: usize = observation_field("substance");

/// What is known of a code or a time.
type Known<K> = RefCell<HashMap<K, bool>>;

/// The conditions of one question.
pub(super) struct Sieve<'q> {
    query: &'q Query,
    from: Option<i32>,
    to: Option<i32>,
    substances: Known<u32>,
    areas: Known<u32>,
    at: Vec<At<'q>>,
}

/// One coordinate that a cell must have.
enum At<'q> {
    Source(&'q str),
    Time(Dim, &'q str, Known<(i32, u8)>),
    Code(usize, Dim, &'q str, Known<u32>),
}

fn known<K: std::hash::Hash + Eq>(table: &Known<K>, key: K, find: impl FnOnce() -> bool) -> bool {
    *table.borrow_mut().entry(key).or_insert_with(find)
}

impl<'q> Sieve<'q> {
    /// The conditions of a question in its canonical form.
    pub fn of(query: &'q Query) -> Sieve<'q> {
        let day_of = |text: &Option<String>| text.as_deref().and_then(Date::parse_iso).map(|d| d.0);
        let at = query.at.iter().map(|(dim, wanted)| match *dim {
            Dim::Source => At::Source(wanted),
            dim if dim.is_time() => At::Time(dim, wanted, Known::default()),
            dim => At::Code(observation_field(dims::field(dim)), dim, wanted, Known::default()),
        });
        Sieve {
            query,
            from: day_of(&query.from),
            to: day_of(&query.to),
            substances: Known::default(),
            areas: Known::default(),
            at: at.collect(),
        }
    }

    /// Whether a cell fits the question, its measure aside.
    pub fn wants(&self, cell: &ObservedCell<'_>) -> bool {
        let query = self.query;
        self.in_time(cell)
            && (query.source.is_empty() || query.source.contains(&cell.intake.source))
            && (query.area.is_empty()
                || known(&self.areas, cell.code(AREA), || query.area.iter().any(|w| areas().is_within(cell.text_at(AREA), w))))
            && (query.substance.is_empty()
                || known(&self.substances, cell.code(SUBSTANCE), || {
                    query.substance.iter().any(|w| substances().is_within(cell.text_at(SUBSTANCE), w))
                }))
            && self.at.iter().all(|at| at.has(cell))
    }

    /// Whether a cell's period begins within the time asked for.
    pub fn in_time(&self, cell: &ObservedCell<'_>) -> bool {
        self.from.is_none_or(|from| cell.row.day >= from) && self.to.is_none_or(|to| cell.row.day <= to)
    }
}

impl At<'_> {
    fn has(&self, cell: &ObservedCell<'_>) -> bool {
        match self {
            At::Source(wanted) => cell.intake.source == *wanted,
            At::Time(dim, wanted, table) => known(table, (cell.row.day, cell.row.precision), || series::time(cell, *dim) == *wanted),
            At::Code(at, dim, wanted, table) => known(table, cell.code(*at), || {
                let text = cell.text_at(*at);
                text == *wanted || *dim == Dim::Area && areas().is_within(text, wanted)
            }),
        }
    }
}

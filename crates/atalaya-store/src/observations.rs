//! Observations of several vintages, resolved to what stands: for each cell the newest vintage
//! that has it; and the ways to them: by measure, by intake.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use atalaya_kernel::record::{Observation, Terms, observation_field};
use foldhash::fast::FixedState;

use crate::Intake;

/// The coded columns that make a cell: everything but the value.
const KEY: [usize; 7] = [
    observation_field("area"),
    observation_field("place"),
    observation_field("substance"),
    observation_field("measure"),
    observation_field("definition"),
    observation_field("breakdown"),
    observation_field("unit"),
];

const MEASURE: usize = observation_field("measure");

/// Positions of rows, by the code of their measure.
type ByMeasure = BTreeMap<u32, Vec<u32>>;

/// Rows of several intakes with their dictionary. Beside the rows it holds 8 bytes a row and 4 a
/// cell, so that a question touches only the cells of its measure.
#[derive(Debug, Clone)]
pub struct Observations {
    terms: Arc<Terms>,
    intakes: Vec<Intake>,
    rows: Vec<(usize, Observation)>,
    /// Positions of the rows that stand.
    standing: Vec<u32>,
    /// The same by measure.
    standing_of: ByMeasure,
    /// All rows by measure.
    rows_of: ByMeasure,
    /// Where the rows of each intake lie.
    ranges: Vec<Range<usize>>,
}

/// One cell as it stands.
#[derive(Debug, Clone, Copy)]
pub struct ObservedCell<'a> {
    /// The intake that gave it.
    pub intake: &'a Intake,
    /// The row.
    pub row: &'a Observation,
    terms: &'a Terms,
}

impl<'a> ObservedCell<'a> {
    /// A coded field as text.
    pub fn text(&self, field: &str) -> &'a str {
        self.terms.text(self.row.codes[observation_field(field)])
    }

    /// A coded field as its code: equal codes are equal texts. `at` is a position among the fields.
    pub fn code(&self, at: usize) -> u32 {
        self.row.codes[at]
    }

    /// The text of the coded field at a position.
    pub fn text_at(&self, at: usize) -> &'a str {
        self.terms.text(self.row.codes[at])
    }

    /// Whether codes of both mean the same texts.
    pub fn shares_terms(&self, other: &ObservedCell<'_>) -> bool {
        std::ptr::eq(self.terms, other.terms)
    }

    /// What makes the cell, comparable between vintages.
    pub fn key(&self) -> CellKey {
        key_of(self.row)
    }
}

/// What makes a cell: period and coded columns.
pub type CellKey = (i32, u8, [u32; KEY.len()]);

fn key_of(row: &Observation) -> CellKey {
    (row.day, row.precision, KEY.map(|at| row.codes[at]))
}

impl Observations {
    /// Rows come intake by intake, in the order of `intakes`.
    pub(crate) fn new(terms: Arc<Terms>, intakes: Vec<Intake>, rows: Vec<(usize, Observation)>) -> Observations {
        let sources: BTreeMap<&str, u32> = intakes.iter().map(|i| i.source.as_str()).zip(0..).collect();
        let source: Vec<u32> = intakes.iter().map(|i| sources[i.source.as_str()]).collect();
        let mut newest: HashMap<(u32, CellKey), u32, FixedState> = HashMap::with_capacity_and_hasher(rows.len(), FixedState::default());
        let mut rows_of = ByMeasure::new();
        for (at, (intake, row)) in (0..).zip(&rows) {
            newest.insert((source[*intake], key_of(row)), at);
            rows_of.entry(row.codes[MEASURE]).or_default().push(at);
        }
        let mut standing: Vec<u32> = newest.into_values().collect();
        standing.sort_unstable();
        let mut standing_of = ByMeasure::new();
        for at in &standing {
            standing_of.entry(rows[*at as usize].1.codes[MEASURE]).or_default().push(*at);
        }
        let first = |at: usize| rows.partition_point(|(intake, _)| *intake < at);
        let ranges = (0..intakes.len()).map(|at| first(at)..first(at + 1)).collect();
        Observations { terms, intakes, rows, standing, standing_of, rows_of, ranges }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every row of every intake, oldest intake first.
    pub fn all(&self) -> impl Iterator<Item = ObservedCell<'_>> {
        self.rows.iter().map(|(at, row)| self.cell(*at, row))
    }

    /// The rows of one intake.
    pub fn of_intake(&self, id: i64) -> impl Iterator<Item = ObservedCell<'_>> {
        self.of_intakes(move |i| i.id == id)
    }

    /// The rows of the intakes of one source, oldest first.
    pub fn of_source<'a>(&'a self, source: &'a str) -> impl Iterator<Item = ObservedCell<'a>> {
        self.of_intakes(move |i| i.source == source)
    }

    fn of_intakes<'a>(&'a self, wanted: impl Fn(&Intake) -> bool + 'a) -> impl Iterator<Item = ObservedCell<'a>> {
        let ranges = self.intakes.iter().zip(&self.ranges).filter(move |(i, _)| wanted(i));
        ranges.flat_map(|(_, range)| &self.rows[range.clone()]).map(|(at, row)| self.cell(*at, row))
    }

    /// Every row about a measure, oldest intake first.
    pub fn all_of(&self, measure: &str) -> impl Iterator<Item = ObservedCell<'_>> {
        self.at(self.positions(&self.rows_of, measure))
    }

    /// The cells of a measure as they stand, in the order of [`Observations::current`].
    pub fn current_of(&self, measure: &str) -> impl Iterator<Item = ObservedCell<'_>> {
        self.at(self.positions(&self.standing_of, measure))
    }

    fn positions<'a>(&self, by: &'a ByMeasure, measure: &str) -> &'a [u32] {
        self.terms.find(measure).and_then(|code| by.get(&code)).map_or(&[], Vec::as_slice)
    }

    fn at<'a>(&'a self, positions: &'a [u32]) -> impl Iterator<Item = ObservedCell<'a>> {
        positions.iter().map(|at| &self.rows[*at as usize]).map(|(intake, row)| self.cell(*intake, row))
    }

    /// The dictionary of the codes.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The cells as they stand: per source and cell, the row of the newest vintage that has it.
    /// Intakes come oldest first within a source, so the last one seen wins.
    pub fn current(&self) -> impl Iterator<Item = ObservedCell<'_>> {
        self.at(&self.standing)
    }

    /// The cell at a place in the order of [`Observations::current`].
    pub fn current_at(&self, at: usize) -> Option<ObservedCell<'_>> {
        let (intake, row) = self.rows.get(*self.standing.get(at)? as usize)?;
        Some(self.cell(*intake, row))
    }

    fn cell<'a>(&'a self, at: usize, row: &'a Observation) -> ObservedCell<'a> {
        ObservedCell { intake: &self.intakes[at], row, terms: &self.terms }
    }
}

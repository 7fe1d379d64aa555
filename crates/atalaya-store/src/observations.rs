//! Observations of several vintages, resolved to what stands: for each cell the newest vintage
//! that has it.

use std::collections::HashMap;

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

/// Rows of several intakes with their dictionary.
#[derive(Debug, Clone)]
pub struct Observations {
    terms: Terms,
    intakes: Vec<Intake>,
    rows: Vec<(usize, Observation)>,
    /// Positions of the rows that stand.
    standing: Vec<u32>,
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
    pub(crate) fn new(terms: Terms, intakes: Vec<Intake>, rows: Vec<(usize, Observation)>) -> Observations {
        let mut newest: HashMap<(&str, CellKey), u32, FixedState> = HashMap::default();
        for (at, (intake, row)) in (0..).zip(&rows) {
            newest.insert((&intakes[*intake].source, key_of(row)), at);
        }
        let mut standing: Vec<u32> = newest.into_values().collect();
        standing.sort_unstable();
        Observations { terms, intakes, rows, standing }
    }

    /// Every row of every intake, oldest intake first.
    pub fn all(&self) -> impl Iterator<Item = ObservedCell<'_>> {
        self.rows.iter().map(|(at, row)| self.cell(*at, row))
    }

    /// The rows of one intake.
    pub fn of_intake(&self, id: i64) -> impl Iterator<Item = ObservedCell<'_>> {
        self.all().filter(move |c| c.intake.id == id)
    }

    /// The cells as they stand: per source and cell, the row of the newest vintage that has it.
    /// Intakes come oldest first within a source, so the last one seen wins.
    pub fn current(&self) -> impl Iterator<Item = ObservedCell<'_>> {
        self.standing.iter().map(|at| &self.rows[*at as usize]).map(|(intake, row)| self.cell(*intake, row))
    }

    fn cell<'a>(&'a self, at: usize, row: &'a Observation) -> ObservedCell<'a> {
        ObservedCell { intake: &self.intakes[at], row, terms: &self.terms }
    }
}

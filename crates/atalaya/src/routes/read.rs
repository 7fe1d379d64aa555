//! Records of the store as routes see them: places lifted to countries, masses in one form.

use std::collections::BTreeMap;

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::record::{NO_DAY, RECORD_FIELDS};
use atalaya_kernel::{Date, Decimal, Problem};
use atalaya_methods::routes::RouteRecord;
use atalaya_store::{Cube, Intake, Query};

use super::group::{Group, by_convention, in_one_form};
use crate::observatory::{Eye, Observatory};
use crate::query::rows_of;

/// Records, and what their places are.
pub(crate) struct Read {
    /// The store as seen.
    pub eye: Eye,
    /// Codes of the places, sorted; records name them by position.
    pub places: Vec<&'static str>,
    /// The records.
    pub records: Vec<RouteRecord>,
    /// The intakes they come from.
    pub intakes: Vec<Intake>,
}

/// What narrows the records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Narrow {
    pub source: Vec<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub transport: Vec<String>,
    /// Seizures in these areas are left out.
    pub without: Vec<String>,
}

/// The records of a group.
///
/// # Errors
/// `unknown-*`, and those of the store.
pub(crate) fn read(observatory: &Observatory, group: &Group, narrow: &Narrow) -> Result<Read, Problem> {
    let query = Query {
        what: crate::query::SEIZURES.into(),
        source: narrow.source.clone(),
        from: narrow.from.clone(),
        to: narrow.to.clone(),
        ..Query::default()
    };
    let (eye, rows) = rows_of(observatory, &query)?;
    let mut places: Vec<&'static str> = Vec::new();
    let columns = Columns::new(&eye.cube);
    for column in columns.places {
        places.extend(eye.cube.texts(column).filter_map(country));
    }
    places.sort_unstable();
    places.dedup();
    let at = |code: &str| places.binary_search(&code).ok();
    let lifted: Vec<BTreeMap<&str, Option<usize>>> =
        columns.places.iter().map(|c| eye.cube.texts(*c).map(|text| (text, country(text).and_then(at))).collect()).collect();
    let wanted = |row: usize| {
        let of = |column: usize| eye.cube.text(row, column);
        group.substances.contains(&of(columns.substance))
            && (narrow.transport.is_empty() || narrow.transport.iter().any(|t| t.eq_ignore_ascii_case(of(columns.transport))))
            && !narrow.without.iter().any(|area| areas().is_within(of(columns.places[0]), area))
    };
    let mut alike: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
    let mut records = Vec::new();
    for row in rows.into_iter().filter(|row| wanted(*row)) {
        let place = |which: usize| lifted[which].get(eye.cube.text(row, columns.places[which])).copied().flatten();
        let [seized, producing, departure, destination] = [0, 1, 2, 3].map(place);
        let next = alike.len() as u32;
        let alike = *alike.entry(columns.key(&eye.cube, row)).or_insert(next);
        records.push(RouteRecord { seized, producing, departure, destination, alike: Some(alike), ..columns.record(&eye.cube, row) });
    }
    let used = |i: &&Intake| i.kind == "records" && (narrow.source.is_empty() || narrow.source.contains(&i.source));
    let intakes = eye.intakes.iter().filter(used).cloned().collect();
    Ok(Read { places, records, intakes, eye })
}

/// The columns that are read.
struct Columns {
    /// Area, producing, departure, destination.
    places: [usize; 4],
    substance: usize,
    amount: usize,
    unit: usize,
    transport: usize,
    installation: usize,
    day: usize,
    /// What makes two rows alike: everything but how the area was written.
    all: Vec<usize>,
}

impl Columns {
    fn new(cube: &Cube) -> Columns {
        let column = |field: &str| cube.column(field).unwrap_or(0);
        Columns {
            places: ["area", "producing", "departure", "destination"].map(column),
            substance: column("substance"),
            amount: column("amount"),
            unit: column("unit"),
            transport: column("transport"),
            installation: column("installation"),
            day: column("day"),
            all: RECORD_FIELDS
                .iter()
                .filter(|f| **f != "area_reported")
                .map(|f| column(f))
                .chain([column("day"), column("source")])
                .collect(),
        }
    }

    fn key(&self, cube: &Cube, row: usize) -> Vec<u32> {
        self.all.iter().map(|c| cube.code(row, *c)).collect()
    }

    fn record(&self, cube: &Cube, row: usize) -> RouteRecord {
        let day = cube.number(row, self.day) as i32;
        let amount = Decimal::parse(cube.text(row, self.amount)).ok();
        let (unit, substance) = (cube.text(row, self.unit), cube.text(row, self.substance));
        let bulk_kg = cube.kg(row).or_else(|| by_convention(amount?, unit, substance));
        RouteRecord {
            year: if day == NO_DAY { 0 } else { Date(day).ymd().0 },
            kg: bulk_kg.and_then(|kg| in_one_form(kg, substance)),
            bulk_kg,
            some: amount.is_some_and(|amount| amount > Decimal::ZERO),
            by_air: cube.text(row, self.installation) == "Airport" || cube.text(row, self.transport) == "Commercial air",
            ..RouteRecord::default()
        }
    }
}

/// The country a code lies in; itself where it is one. Regions of a country report for it.
fn country(code: &str) -> Option<&'static str> {
    let register = areas();
    let upwards = std::iter::successors(register.get(code), |a| a.parent.and_then(|up| register.get(up)));
    upwards.take(10).find(|a| a.level == Level::Country).map(|a| a.code)
}

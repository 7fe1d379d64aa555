//! Records of the store as routes see them: places lifted to countries, masses in one form.

use std::collections::BTreeMap;

use atalaya_kernel::area::areas;
use atalaya_kernel::record::{NO_DAY, RECORD_FIELDS};
use atalaya_kernel::{Date, Decimal, Problem};
use atalaya_methods::routes::RouteRecord;
use atalaya_store::{Cube, Intake, Query};

use super::group::{Group, by_convention, in_one_form};
use super::lift::{Level, country, lifted};
use crate::observatory::{Eye, Observatory};
use crate::query::rows_of;

/// Records, and what their places are.
pub(crate) struct Read {
    /// The store as seen.
    pub eye: Eye,
    /// Codes of the places, sorted; records name them by position.
    pub places: Vec<String>,
    /// The records.
    pub records: Vec<RouteRecord>,
    /// Their rows in the cube.
    pub rows: Vec<u32>,
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

/// What places are, and as of when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight<'a> {
    pub level: Level,
    pub corridors: &'a BTreeMap<String, String>,
    pub as_of: Option<i64>,
}

/// The records of a group.
///
/// # Errors
/// `unknown-*`, and those of the store.
pub(crate) fn read(observatory: &Observatory, group: &Group, narrow: &Narrow, sight: Sight<'_>) -> Result<Read, Problem> {
    let query = Query {
        what: crate::query::SEIZURES.into(),
        source: narrow.source.clone(),
        from: narrow.from.clone(),
        to: narrow.to.clone(),
        as_of: sight.as_of,
        ..Query::default()
    };
    let (eye, rows) = rows_of(observatory, &query)?;
    let columns = Columns::new(&eye.cube);
    let wanted = |row: &usize| {
        let of = |column: usize| eye.cube.text(*row, column);
        group.substances.contains(&of(columns.substance))
            && (narrow.transport.is_empty() || narrow.transport.iter().any(|t| t.eq_ignore_ascii_case(of(columns.transport))))
            && !narrow.without.iter().any(|area| areas().is_within(of(columns.places[0]), area))
    };
    let rows: Vec<usize> = rows.into_iter().filter(wanted).collect();
    let mut found = Places::default();
    // Every country that is named anywhere has a number: producers nothing was seized in, too.
    let lifted: Vec<BTreeMap<&str, Option<usize>>> = columns
        .places
        .iter()
        .map(|c| eye.cube.texts(*c).map(|text| (text, lifted(text, sight.level, sight.corridors).map(|p| found.number(p)))).collect())
        .collect();
    let mut alike: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
    let mut records = Vec::with_capacity(rows.len());
    for row in &rows {
        let place = |which: usize| lifted[which].get(eye.cube.text(*row, columns.places[which])).copied().flatten();
        let [mut seized, producing, departure, destination] = [0, 1, 2, 3].map(place);
        if let Some(port) = columns.port(&eye.cube, *row).filter(|_| sight.level == Level::Port) {
            seized = Some(found.number(port));
        }
        let next = alike.len() as u32;
        let alike = *alike.entry(columns.key(&eye.cube, *row)).or_insert(next);
        records.push(RouteRecord { seized, producing, departure, destination, alike: Some(alike), ..columns.record(&eye.cube, *row) });
    }
    let places = found.sorted(&mut records);
    let used = |i: &&Intake| i.kind == "records" && (narrow.source.is_empty() || narrow.source.contains(&i.source));
    let intakes = eye.intakes.iter().filter(used).cloned().collect();
    Ok(Read { places, records, rows: rows.into_iter().map(|r| r as u32).collect(), intakes, eye })
}

/// Places, numbered as they come.
#[derive(Default)]
struct Places(BTreeMap<String, usize>);

impl Places {
    fn number(&mut self, place: String) -> usize {
        let next = self.0.len();
        *self.0.entry(place).or_insert(next)
    }

    /// The places in order, and records that name them by their position.
    fn sorted(self, records: &mut [RouteRecord]) -> Vec<String> {
        let mut now = vec![0; self.0.len()];
        self.0.values().enumerate().for_each(|(at, was)| now[*was] = at);
        for record in records {
            for place in [&mut record.seized, &mut record.producing, &mut record.departure, &mut record.destination] {
                *place = place.map(|was| now[was]);
            }
        }
        self.0.into_keys().collect()
    }
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
    place: usize,
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
            place: column("place"),
            day: column("day"),
            all: RECORD_FIELDS
                .iter()
                .filter(|f| **f != "area_reported")
                .map(|f| column(f))
                .chain([column("day"), column("source")])
                .collect(),
        }
    }

    /// Where a seizure at a port or an airport was made, where that is written.
    fn port(&self, cube: &Cube, row: usize) -> Option<String> {
        let (place, kind) = (cube.text(row, self.place).trim(), cube.text(row, self.installation));
        let country = country(cube.text(row, self.places[0]))?;
        (!place.is_empty() && kind.to_lowercase().contains("port")).then(|| format!("{country}: {place}"))
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

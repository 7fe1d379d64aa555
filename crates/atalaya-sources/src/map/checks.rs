//! What must hold of a record, as flags; and of a file, as notices.

use std::collections::BTreeMap;

use atalaya_kernel::record::{Record, Terms, record_field};
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, both};

use super::fit::Fitted;
use super::value::mask;
use crate::recipe::{Check, Format, Recipe};

const AREA: usize = record_field("area");
const SUBSTANCE: usize = record_field("substance");
const DEPARTURE: usize = record_field("departure");
const DESTINATION: usize = record_field("destination");
const INSTALLATION: usize = record_field("installation");
const TRANSPORT: usize = record_field("transport");

/// The share of first days of a month above which a country's days are placeholders.
const PLACEHOLDER_SHARE: f64 = 0.9;
/// ... if it has this many rows at least.
const PLACEHOLDER_ROWS: u64 = 100;

/// The record checks of a recipe, in terms of the dictionary.
pub struct RecordChecks {
    departure_is_destination: bool,
    /// Substance terms and producer terms of R2.
    inflow: Option<(Vec<String>, Vec<u32>)>,
    heavy: Option<f64>,
    is_inflow_substance: BTreeMap<u32, bool>,
    by_air: Vec<u32>,
    airport: u32,
    /// Per area: rows, rows dated on a first of the month.
    first_days: BTreeMap<u32, (u64, u64)>,
}

impl RecordChecks {
    /// The checks a recipe switches on.
    pub fn new(recipe: &Recipe, terms: &mut Terms) -> RecordChecks {
        let mut checks = RecordChecks {
            departure_is_destination: false,
            inflow: None,
            heavy: None,
            is_inflow_substance: BTreeMap::new(),
            by_air: ["Commercial air", "Private air", "Air"].iter().map(|t| terms.code(t)).collect(),
            airport: terms.code("Airport"),
            first_days: BTreeMap::new(),
        };
        for check in &recipe.checks {
            match check {
                Check::DepartureIsDestination => checks.departure_is_destination = true,
                Check::InflowToProducer { substance, areas } => {
                    checks.inflow = Some((substance.clone(), areas.iter().map(|a| terms.code(a)).collect()));
                }
                Check::TooHeavyForAir { kg } => checks.heavy = Some(f64::from(*kg)),
                Check::Repeats { .. } | Check::Rows { .. } | Check::Page { .. } => {}
            }
        }
        checks
    }

    /// The flags of a record of `kg` kilograms (0 if not known).
    pub fn flags(&mut self, record: &Record, kg: f64, terms: &Terms) -> u32 {
        let [area, departure, destination] = [AREA, DEPARTURE, DESTINATION].map(|f| record.codes[f]);
        let mut flags = 0;
        if self.departure_is_destination && departure != 0 && departure == destination && departure != area {
            flags |= mask("departure-is-destination");
        }
        let air = || record.codes[INSTALLATION] == self.airport || self.by_air.contains(&record.codes[TRANSPORT]);
        if self.heavy.is_some_and(|limit| kg > limit) && air() {
            flags |= mask("too-heavy-for-air");
        }
        if self.flows_in(area, departure, destination) && self.is_inflow_substance(record.codes[SUBSTANCE], terms) {
            flags |= mask("inflow-to-producer");
        }
        flags
    }

    fn flows_in(&self, area: u32, departure: u32, destination: u32) -> bool {
        let Some((_, producers)) = &self.inflow else { return false };
        departure != 0 && departure != area && producers.contains(&area)
            || destination != 0 && destination != area && producers.contains(&destination)
    }

    fn is_inflow_substance(&mut self, code: u32, terms: &Terms) -> bool {
        let Some((wanted, _)) = &self.inflow else { return false };
        *self.is_inflow_substance.entry(code).or_insert_with(|| wanted.iter().any(|w| substances().is_within(terms.text(code), w)))
    }

    /// Remembers where first days of the month pile up.
    pub fn count_first_day(&mut self, area: u32, is_first: bool) {
        let entry = self.first_days.entry(area).or_default();
        entry.0 += 1;
        entry.1 += u64::from(is_first);
    }

    /// Countries whose days look like placeholders although the recipe does not say so.
    pub fn placeholder_days(&self, recipe: &Recipe, terms: &Terms) -> Vec<Both> {
        let mut notices = Vec::new();
        for (area, (rows, firsts)) in &self.first_days {
            let area = terms.text(*area);
            let share = *firsts as f64 / *rows as f64;
            if *rows >= PLACEHOLDER_ROWS && share >= PLACEHOLDER_SHARE && !recipe.precision.contains_key(area) {
                let percent = (share * 100.0).round();
                notices.push(both!(
                    "{area}: {percent} % of {rows} rows are dated on the first of a month; if it reports months, say precision.{area} = \"month\" in the recipe",
                    "{area}: {percent} % de {rows} filas llevan el primero del mes; si informa por meses, diga precision.{area} = \"month\" en la receta"
                ));
            }
        }
        notices
    }
}

/// What the number of rows of a file tells.
pub fn row_notices(recipe: &Recipe, part: &Fitted, rows: u64) -> Vec<Both> {
    let (mut notices, place) = (Vec::new(), &part.place);
    // Socrata, CKAN and most APIs page by one of these unless asked for more; none gives sheets.
    let mut pages = if part.format == Format::Xlsx { Vec::new() } else { vec![100, 500, 1_000, 5_000, 10_000, 50_000] };
    pages.extend(recipe.checks.iter().filter_map(|c| if let Check::Page { rows } = c { Some(*rows) } else { None }));
    if pages.contains(&rows) {
        notices.push(both!(
            "{place}: exactly {rows} rows, the size of one page of an API: it looks cut off; ask for the whole table",
            "{place}: exactamente {rows} filas, el tamaño de una página de una API: parece cortado; pida la tabla completa"
        ));
    }
    for check in &recipe.checks {
        if let Check::Rows { at_least } = check
            && rows < *at_least
        {
            notices.push(both!(
                "{place}: {rows} rows; the recipe expects at least {at_least}",
                "{place}: {rows} filas; la receta espera al menos {at_least}"
            ));
        }
    }
    notices
}

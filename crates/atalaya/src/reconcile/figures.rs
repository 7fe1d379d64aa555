//! Every figure by the thing it is about, so that rivals meet.

use std::collections::{BTreeMap, HashMap};

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::measure::{Kind, Measure, measures};
use atalaya_kernel::record::observation_field;
use atalaya_kernel::unit::{Firmness, conversion};
use atalaya_kernel::{Both, Date, Decimal, Period, Precision, both};
use atalaya_methods::reconcile::Printed;
use atalaya_store::ObservedCell;
use foldhash::fast::FixedState;

use super::{Side, words};
use crate::observatory::{Eye, Observatory};

const MEASURE: usize = observation_field("measure");
const AREA: usize = observation_field("area");
const PLACE: usize = observation_field("place");
const SUBSTANCE: usize = observation_field("substance");
const BREAKDOWN: usize = observation_field("breakdown");
const DEFINITION: usize = observation_field("definition");
const UNIT: usize = observation_field("unit");
const VALUE: usize = observation_field("value");

/// What a figure is about. Codes are those of one dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Thing<'a> {
    pub measure: u32,
    pub area: &'a str,
    pub place: u32,
    pub substance: u32,
    pub breakdown: u32,
    /// The unit of the measure where the figure's can be turned into it exactly, else its own.
    pub unit: &'a str,
    pub day: i32,
    pub precision: u8,
}

impl Thing<'_> {
    /// The period as it is written.
    pub fn period(&self) -> String {
        period_of(self.day, self.precision).to_string()
    }

    /// The calendar year, for figures of a whole one.
    pub fn year(&self) -> Option<i32> {
        (self.precision == Precision::Year.code()).then(|| Date(self.day).ymd().0)
    }

    /// The same thing so many years on.
    pub fn years_on(self, years: i32) -> Self {
        let (year, month, day) = Date(self.day).ymd();
        Self { day: Date::new(year + years, month, day).map_or(self.day, |d| d.0), ..self }
    }
}

/// A period from its coded columns.
pub(crate) fn period_of(day: i32, precision: u8) -> Period {
    Period { start: Date(day), precision: Precision::from_code(precision).unwrap_or(Precision::Year) }
}

/// A figure as published, or a source's sum where it publishes parts only.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure<'a> {
    /// The cell; of a sum, the first one added.
    pub cell: ObservedCell<'a>,
    /// Its number, in the unit of the thing.
    pub value: Printed,
    /// What one of its unit is in that of the thing.
    pub times: Decimal,
    /// Cells added up; 1 where it was published.
    pub parts: usize,
}

impl<'a> Figure<'a> {
    /// A published figure in its own unit.
    pub fn published(cell: ObservedCell<'a>, value: Printed) -> Figure<'a> {
        Figure { cell, value, times: Decimal::whole(1), parts: 1 }
    }

    /// Its source.
    pub fn source(&self) -> &'a str {
        &self.cell.intake.source
    }

    /// The code of its definition.
    pub fn definition(&self) -> u32 {
        self.cell.code(DEFINITION)
    }

    /// The unit it is compared in.
    fn unit(&self) -> &'a str {
        let own = self.cell.text_at(UNIT);
        if self.times == Decimal::whole(1) { own } else { measures().get(self.cell.text_at(MEASURE)).map_or(own, |m| m.unit) }
    }

    /// Its stated interval, where it is a published figure with one.
    pub fn interval(&self) -> Option<(Decimal, Decimal)> {
        let bound = |field: &str| Decimal::parse(self.cell.text(field)).ok().and_then(|d| d.times(self.times));
        if self.parts == 1 { bound("low").zip(bound("high")) } else { None }
    }

    /// How it came about.
    pub fn basis(&self) -> Both {
        let unit = self.cell.text_at(UNIT);
        match self.parts {
            1 if self.times != Decimal::whole(1) => both!("reported in {unit}", "informado en {unit}"),
            1 => Both::new("reported", "informado"),
            n => both!("sum of {n} areas", "suma de {n} áreas"),
        }
    }
}

/// What checks stand on: the figures of what somebody sees.
pub(crate) struct Ground<'a> {
    pub observatory: &'a Observatory,
    pub eye: &'a Eye,
    /// Figures by thing, in the order of sources and definitions.
    pub of: BTreeMap<Thing<'a>, Vec<Figure<'a>>>,
    /// What is known of the areas, by code.
    places: BTreeMap<u32, Place<'a>>,
}

/// What is known of an area.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// How fine it is; 0 is the world.
    pub rank: usize,
    /// Its country, itself if it is one; empty if it has none.
    pub country: &'a str,
}

/// Cells that may be added up: source, coded columns, period, country.
type Whole<'a> = (&'a str, [u32; 4], &'a str, i32, u8, &'a str);

impl<'a> Ground<'a> {
    /// The figures of what `eye` sees. O(cells log cells).
    pub fn of(observatory: &'a Observatory, eye: &'a Eye) -> Ground<'a> {
        Ground::made_of(observatory, eye, eye.observations.current())
    }

    /// Those about some measures only.
    pub fn of_measures(observatory: &'a Observatory, eye: &'a Eye, measures: &[&str]) -> Ground<'a> {
        Ground::made_of(observatory, eye, measures.iter().flat_map(|m| eye.observations.current_of(m)))
    }

    fn made_of(observatory: &'a Observatory, eye: &'a Eye, cells: impl Iterator<Item = ObservedCell<'a>>) -> Ground<'a> {
        let mut ground = Ground { observatory, eye, of: BTreeMap::new(), places: BTreeMap::new() };
        let mut numbers: HashMap<u32, Option<Printed>, FixedState> = HashMap::default();
        let mut units: BTreeMap<(u32, u32, u32), (&'a str, Decimal)> = BTreeMap::new();
        let mut wholes: BTreeMap<Whole<'a>, BTreeMap<usize, Vec<Figure<'a>>>> = BTreeMap::new();
        for cell in cells {
            let Some(value) = *numbers.entry(cell.code(VALUE)).or_insert_with(|| Printed::parse(cell.text_at(VALUE))) else { continue };
            let place = *ground.places.entry(cell.code(AREA)).or_insert_with(|| place(cell.text_at(AREA)));
            let (unit, times) = *units.entry((cell.code(MEASURE), cell.code(UNIT), cell.code(SUBSTANCE))).or_insert_with(|| unit_of(&cell));
            let Some(value) = value.times(times).map(|v| if counts(cell.text_at(MEASURE)) { v.counted() } else { v }) else { continue };
            let figure = Figure { cell, value, times, parts: 1 };
            ground.of.entry(thing(&cell, cell.text_at(AREA), unit)).or_default().push(figure);
            if cell.code(PLACE) == 0 && place.rank > 0 {
                let codes = [MEASURE, SUBSTANCE, BREAKDOWN, DEFINITION].map(|at| cell.code(at));
                let whole = (cell.intake.source.as_str(), codes, unit, cell.row.day, cell.row.precision, place.country);
                wholes.entry(whole).or_default().entry(place.rank).or_default().push(figure);
            }
        }
        ground.add_up(wholes);
        for figures in ground.of.values_mut() {
            figures.sort_by_key(|f| (f.source(), f.cell.text_at(DEFINITION)));
        }
        ground
    }

    /// Where a source publishes no figure for the country but parts that may be added, their sum.
    fn add_up(&mut self, wholes: BTreeMap<Whole<'a>, BTreeMap<usize, Vec<Figure<'a>>>>) {
        for ((_, codes, unit, _, _, country), levels) in wholes {
            let adds = measures().get(self.eye.observations.terms().text(codes[0])).is_some_and(|m| m.adds_over_areas);
            let Some((rank, parts)) = levels.into_iter().next() else { continue };
            if rank == COUNTRY || !adds || parts.len() < 2 || country.is_empty() {
                continue;
            }
            let numbers: Vec<Printed> = parts.iter().map(|f| f.value).collect();
            let cell = parts[0].cell;
            let figure = Figure { cell, value: Printed::sum(&numbers), times: parts[0].times, parts: parts.len() };
            self.of.entry(thing(&cell, country, unit)).or_default().push(figure);
        }
    }

    /// The text of a code.
    pub fn text(&self, code: u32) -> &'a str {
        self.eye.observations.terms().text(code)
    }

    /// The code of a text, 0 if nothing has it.
    pub fn code(&self, text: &str) -> u32 {
        self.eye.observations.terms().find(text).unwrap_or(0)
    }

    /// What is known of the area of a cell.
    pub fn place(&self, cell: &ObservedCell<'a>) -> Place<'a> {
        self.places.get(&cell.code(AREA)).copied().unwrap_or_else(|| place(cell.text_at(AREA)))
    }

    /// The measure a thing is about.
    pub fn measure(&self, thing: &Thing<'a>) -> Option<&'static Measure> {
        measures().get(self.text(thing.measure))
    }

    /// The figures about a thing.
    pub fn figures(&self, thing: &Thing<'a>) -> &[Figure<'a>] {
        self.of.get(thing).map_or(&[], Vec::as_slice)
    }

    /// Things about one measure, with their figures.
    pub fn about(&self, measure: &str) -> impl Iterator<Item = (&Thing<'a>, &Vec<Figure<'a>>)> {
        let code = self.code(measure);
        let first = Thing { measure: code, area: "", place: 0, substance: 0, breakdown: 0, unit: "", day: i32::MIN, precision: 0 };
        self.of.range(first..).take_while(move |(thing, _)| code != 0 && thing.measure == code)
    }

    /// A figure as a side of a finding.
    pub fn side(&self, figure: &Figure<'a>) -> Side {
        let cell = &figure.cell;
        Side {
            source: figure.source().into(),
            definition: self.definition(cell),
            vintage: cell.intake.vintage.clone(),
            period: period_of(cell.row.day, cell.row.precision).to_string(),
            value: figure.value.value.to_string(),
            unit: crate::query::after_a_number(figure.unit()),
            basis: figure.basis(),
        }
    }

    /// The definition of a cell in both languages, in the words of its recipe.
    pub fn definition(&self, cell: &ObservedCell<'a>) -> Both {
        let text = cell.text_at(DEFINITION);
        self.observatory.recipe_of(cell.intake).map_or_else(|| Both::same(text), |recipe| recipe.in_both(text))
    }

    /// What a thing is, in both languages.
    pub fn name(&self, thing: &Thing<'a>) -> Both {
        words::about(
            self.text(thing.measure),
            self.text(thing.substance),
            self.text(thing.breakdown),
            thing.area,
            self.text(thing.place),
            &thing.period(),
        )
    }

    /// The largest value of each measure and substance.
    pub fn largest(&self) -> BTreeMap<(&'a str, &'a str), f64> {
        let mut codes: BTreeMap<(u32, u32), Decimal> = BTreeMap::new();
        for (thing, figures) in &self.of {
            let top = codes.entry((thing.measure, thing.substance)).or_default();
            *top = figures.iter().map(|f| f.value.value).max().unwrap_or_default().max(*top);
        }
        codes.into_iter().map(|((measure, substance), top)| ((self.text(measure), self.text(substance)), top.to_f64())).collect()
    }
}

/// The rank of countries.
pub(crate) const COUNTRY: usize = 1;

/// What is known of an area.
pub(crate) fn place(area: &str) -> Place<'_> {
    let found = areas().get(area);
    let rank = match found.map(|a| a.level) {
        Some(Level::Country) => COUNTRY,
        Some(Level::First) => 2,
        Some(Level::Zone) => 3,
        Some(Level::Second) => 4,
        Some(Level::Third) => 5,
        _ => 0,
    };
    let mut at = found;
    while let Some(a) = at.filter(|a| a.level != Level::Country) {
        at = a.parent.and_then(|p| areas().get(p));
    }
    Place { rank, country: at.map_or("", |a| a.code) }
}

/// Whether a measure counts: its numbers are whole and not rounded.
pub(crate) fn counts(measure: &str) -> bool {
    measures().get(measure).is_some_and(|m| m.kind == Kind::Count)
}

/// The unit a cell is compared in, and what one of its own unit is in it.
fn unit_of<'a>(cell: &ObservedCell<'a>) -> (&'a str, Decimal) {
    let own = cell.text_at(UNIT);
    let as_it_is = (own, Decimal::whole(1));
    let Some(measure) = measures().get(cell.text_at(MEASURE)).filter(|m| m.unit != own) else { return as_it_is };
    let exact = conversion(own, cell.text_at(SUBSTANCE)).filter(|c| c.to == measure.unit && c.firmness == Firmness::Exact);
    exact.and_then(|c| Decimal::parse(c.best).ok()).map_or(as_it_is, |factor| (measure.unit, factor))
}

fn thing<'a>(cell: &ObservedCell<'a>, area: &'a str, unit: &'a str) -> Thing<'a> {
    Thing {
        measure: cell.code(MEASURE),
        area,
        place: cell.code(PLACE),
        substance: cell.code(SUBSTANCE),
        breakdown: cell.code(BREAKDOWN),
        unit,
        day: cell.row.day,
        precision: cell.row.precision,
    }
}

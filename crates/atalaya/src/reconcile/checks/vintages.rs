//! What vintages of one source say of the same cells.

use std::collections::{BTreeSet, HashMap};

use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Decimal, Problem};
use atalaya_methods::reconcile::Printed;
use atalaya_methods::reconcile::agreement::{Agreement, Gap, compare, percent_of};
use atalaya_store::{CellKey, Intake, Observations, ObservedCell};
use foldhash::fast::FixedState;

use super::{Tally, meeting, severity};
use crate::reconcile::figures::{Ground, Thing, period_of};
use crate::reconcile::{Book, Draft, Severity, Side, words};

/// Cells told together: those of one country, level and period under one definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Group<'a> {
    country: &'a str,
    rank: usize,
    place: bool,
    /// Measure, substance, breakdown, definition, unit.
    codes: [u32; 5],
    day: i32,
    precision: u8,
}

/// Shared cells that differ between two vintages of a group, and the largest such difference.
struct Apart<'a> {
    cells: u64,
    shared: u64,
    most: Option<(Decimal, ObservedCell<'a>, ObservedCell<'a>)>,
}

/// What a vintage gives a group in all.
#[derive(Default, Clone, Copy)]
struct Total {
    sum: Decimal,
    cells: u64,
}

pub(super) fn run(ground: &Ground<'_>, book: &mut Book) -> Result<(), Problem> {
    let sources: BTreeSet<&str> = ground.eye.intakes.iter().filter(|i| i.kind == "observations").map(|i| i.source.as_str()).collect();
    for source in sources {
        let all: Vec<Intake> = ground.observatory.intakes_of(source)?.into_iter().filter(|i| i.id <= ground.eye.as_of).collect();
        if all.len() > 1 {
            let rows = ground.observatory.vintages(&all)?;
            of_source(ground, &all, &rows, book);
        }
    }
    Ok(())
}

fn of_source(ground: &Ground<'_>, all: &[Intake], rows: &Observations, book: &mut Book) {
    let mut numbers: HashMap<u32, Option<Printed>, FixedState> = HashMap::default();
    let mut standing: HashMap<CellKey, (ObservedCell<'_>, Printed), FixedState> = HashMap::default();
    let mut totals: HashMap<(i64, Group<'_>), Total, FixedState> = HashMap::default();
    let mut apart: HashMap<(Group<'_>, i64, i64), Apart<'_>, FixedState> = HashMap::default();
    let mut tally: Tally<([u32; 3], i64, i64)> = Tally::default();
    let mut kinds: HashMap<u32, (bool, bool), FixedState> = HashMap::default();
    let mut places: HashMap<u32, (usize, &str), FixedState> = HashMap::default();
    for intake in all {
        for cell in rows.of_intake(intake.id) {
            let code = cell.code(VALUE);
            let Some(value) = *numbers.entry(code).or_insert_with(|| Printed::parse(cell.text_at(VALUE))) else { continue };
            let (rank, country) = *places.entry(cell.code(AREA)).or_insert_with(|| level(cell.text_at(AREA)));
            let group = group(&cell, rank, country);
            let (counted, adds) = *kinds.entry(group.codes[0]).or_insert_with(|| kind(cell.text_at(CODES[0])));
            let value = if counted { value.counted() } else { value };
            let total = totals.entry((intake.id, group)).or_default();
            *total = Total { sum: total.sum + value.value, cells: total.cells + 1 };
            if let Some((old, before)) = standing.insert(cell.key(), (cell, value)) {
                let gap = compare(before, value);
                // Breakdowns of what may be added are told together.
                let [measure, substance, breakdown, ..] = group.codes;
                tally.count(([measure, substance, if adds { 0 } else { breakdown }], old.intake.id, intake.id), gap.agreement);
                let found = apart.entry((group, old.intake.id, intake.id)).or_insert(Apart { cells: 0, shared: 0, most: None });
                found.shared += 1;
                if gap.agreement == Agreement::Differ {
                    found.cells += 1;
                    let size = Decimal(gap.difference.0.abs());
                    if found.most.as_ref().is_none_or(|(most, ..)| size > *most) {
                        found.most = Some((size, old, cell));
                    }
                }
            }
        }
    }
    let named = |id: i64| all.iter().find(|i| i.id == id).map_or(String::new(), |i| i.vintage.clone());
    let mut apart: Vec<_> = apart.into_iter().collect();
    apart.sort_by_key(|(key, _)| *key);
    for ((group, one, other), found) in apart {
        if let Some((_, old, new)) = &found.most {
            let of = |id: i64| totals.get(&(id, group)).copied().unwrap_or_default();
            push(ground, book, &group, &found, [(old, of(one)), (new, of(other))]);
        }
    }
    let source = all.first().map_or("", |i| i.source.as_str());
    for ((codes, one, other), counts) in tally.counts {
        let [measure, substance, breakdown] = codes.map(|code| rows.terms().text(code));
        let what = words::about(measure, substance, breakdown, "", "", "");
        let side = |id: i64| Both::same(format!("{source} [{}]", named(id)));
        book.meetings.push(meeting("vintages", measure, what, [side(one), side(other)], counts));
    }
}

const VALUE: usize = atalaya_kernel::record::observation_field("value");
const AREA: usize = atalaya_kernel::record::observation_field("area");
const PLACE: usize = atalaya_kernel::record::observation_field("place");
const CODES: [usize; 5] = [
    atalaya_kernel::record::observation_field("measure"),
    atalaya_kernel::record::observation_field("substance"),
    atalaya_kernel::record::observation_field("breakdown"),
    atalaya_kernel::record::observation_field("definition"),
    atalaya_kernel::record::observation_field("unit"),
];

/// Whether a measure counts, and whether it may be added over areas.
fn kind(measure: &str) -> (bool, bool) {
    (crate::reconcile::figures::counts(measure), measures().get(measure).is_some_and(|m| m.adds_over_areas))
}

fn level(area: &str) -> (usize, &str) {
    let place = crate::reconcile::figures::place(area);
    (place.rank, if place.country.is_empty() { area } else { place.country })
}

fn group<'a>(cell: &ObservedCell<'a>, rank: usize, country: &'a str) -> Group<'a> {
    Group {
        country,
        rank,
        place: cell.code(PLACE) != 0,
        codes: CODES.map(|at| cell.code(at)),
        day: cell.row.day,
        precision: cell.row.precision,
    }
}

/// One finding for a group: totals where its cells may be added, else the cell that moved most.
fn push(ground: &Ground<'_>, book: &mut Book, group: &Group<'_>, found: &Apart<'_>, sides: [(&ObservedCell<'_>, Total); 2]) {
    let [(old, was), (new, is)] = sides;
    let [measure, substance, breakdown, definition, own_unit] = CODES.map(|at| new.text_at(at));
    let adds = kind(measure).1 && !group.place;
    let several = was.cells > 1 || is.cells > 1;
    let unit = crate::query::after_a_number(own_unit);
    let value = |cell: &ObservedCell<'_>| Decimal::parse(cell.text("value")).unwrap_or_default();
    let (before, now) = if several && adds { (was.sum, is.sum) } else { (value(old), value(new)) };
    let difference = now - before;
    let gap = Gap { agreement: Agreement::Differ, difference, percent: percent_of(before, difference), factor: None };
    let says = says([old, new], [before, now], &unit, several.then_some((found, was, is)));
    let side = |cell: &ObservedCell<'_>, total: Total, value: Decimal| Side {
        source: cell.intake.source.clone(),
        definition: ground.observatory.recipe_of(cell.intake).map_or_else(|| Both::same(definition), |r| r.in_both(definition)),
        vintage: cell.intake.vintage.clone(),
        period: period_of(group.day, group.precision).to_string(),
        value: value.to_string(),
        unit: unit.clone(),
        basis: match total.cells {
            n if n > 1 && adds => Both::new(format!("sum of {n} areas"), format!("suma de {n} áreas")),
            _ => Both::new("reported", "informado"),
        },
    };
    let area = if several { group.country } else { old.text("area") };
    let thing = Thing {
        measure: ground.code(measure),
        area,
        place: if several { 0 } else { ground.code(old.text("place")) },
        substance: ground.code(substance),
        breakdown: ground.code(breakdown),
        unit: own_unit,
        day: group.day,
        precision: group.precision,
    };
    let severity = if several && !adds { Severity::Notable } else { severity(&gap, false) };
    let draft = Draft {
        check: "vintages",
        severity,
        thing: &thing,
        substance,
        about: words::about(measure, substance, breakdown, area, ground.text(thing.place), &thing.period()),
        says,
        sides: vec![side(old, was, before), side(new, is, now)],
        apart: difference,
    };
    book.push(ground, draft);
}

/// Both values, and how many differ where there are several.
fn says([old, new]: [&ObservedCell<'_>; 2], [before, now]: [Decimal; 2], unit: &Both, several: Option<(&Apart<'_>, Total, Total)>) -> Both {
    let (a, b) = (words::amount(before, unit), words::amount(now, unit));
    let percent = percent_of(before, now - before).map(words::signed).unwrap_or_default();
    let (from, to) = (&old.intake.vintage, &new.intake.vintage);
    let source = &new.intake.source;
    let mut says = Both::new(
        format!("{source}: {} in vintage {from}, {} in vintage {to} ({}).", a.en, b.en, percent.en),
        format!("{source}: {} en la edición {from}, {} en la edición {to} ({}).", a.es, b.es, percent.es),
    );
    if let Some((found, was, is)) = several {
        let (cells, shared) =
            (crate::verbs::count(found.cells, atalaya_kernel::Lang::En), crate::verbs::count(found.shared, atalaya_kernel::Lang::En));
        says.en += &format!(" {cells} of {shared} values that both give differ; {} values before, {} now.", was.cells, is.cells);
        let (cells, shared) =
            (crate::verbs::count(found.cells, atalaya_kernel::Lang::Es), crate::verbs::count(found.shared, atalaya_kernel::Lang::Es));
        says.es += &format!(" Difieren {cells} de los {shared} valores que dan ambas; antes {} valores, ahora {}.", was.cells, is.cells);
    }
    says
}

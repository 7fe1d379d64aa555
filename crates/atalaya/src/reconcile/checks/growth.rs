//! Published growth held against the levels: `coca-area-change` against `coca-area`.

use std::collections::BTreeMap;

use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Problem};
use atalaya_methods::reconcile::Printed;
use atalaya_methods::reconcile::growth::{Base, Way, recompute, ways};
use atalaya_store::ObservedCell;

use super::meeting;
use crate::reconcile::figures::{Figure, Ground, Thing};
use crate::reconcile::{Book, Draft, Severity, Side, words};

/// Two levels of one source, definition and vintage, a year apart.
struct Levels<'a> {
    cells: [ObservedCell<'a>; 2],
    numbers: (Printed, Printed),
    /// Whether they stand under the source and definition of the percentage.
    own: bool,
}

pub(super) fn run(ground: &Ground<'_>, book: &mut Book) -> Result<(), Problem> {
    for change in measures().iter() {
        let Some(base) = change.change_of() else { continue };
        let mut counts = [0; 4];
        for (thing, figures) in ground.about(change.id) {
            for published in figures.iter().filter(|_| thing.year().is_some()) {
                let pairs = levels(ground, base.id, thing, published);
                if pairs.is_empty() {
                    continue;
                }
                let numbers: Vec<(Printed, Printed)> = pairs.iter().map(|l| l.numbers).collect();
                let found = ways(published.value, &numbers);
                counts[0] += 1;
                if found.iter().any(|w| pairs[w.pair].own && w.base == Base::Start) {
                    counts[1] += 1;
                    continue;
                }
                counts[3] += 1;
                book.push(ground, draft(ground, thing, published, &pairs, &found));
            }
        }
        if counts[0] > 0 {
            let sides =
                [Both::new("growth as published", "crecimiento publicado"), Both::new("growth computed again", "crecimiento recalculado")];
            book.meetings.push(meeting("growth", change.id, change.both(), sides, counts));
        }
    }
    Ok(())
}

/// The levels a percentage may have come from: its own source and definition first, then its own
/// source, then others; newer vintages first.
fn levels<'a>(ground: &Ground<'a>, base: &str, thing: &Thing<'a>, published: &Figure<'a>) -> Vec<Levels<'a>> {
    let before = thing.years_on(-1);
    let alike = |cell: &ObservedCell<'a>| {
        cell.text("area") == thing.area
            && cell.text("place") == ground.text(thing.place)
            && cell.text("substance") == ground.text(thing.substance)
            && cell.row.precision == thing.precision
            && (cell.row.day == thing.day || cell.row.day == before.day)
    };
    type Year<'a> = [Option<(ObservedCell<'a>, Printed)>; 2];
    let mut of: BTreeMap<(&str, &str, &str), Year<'a>> = BTreeMap::new();
    for cell in ground.eye.observations.all_of(base).filter(alike) {
        let Some(value) = Printed::parse(cell.text("value")) else { continue };
        let key = (cell.intake.source.as_str(), cell.text("definition"), cell.intake.vintage.as_str());
        of.entry(key).or_default()[usize::from(cell.row.day == thing.day)] = Some((cell, value));
    }
    let mut found: Vec<((bool, bool), Levels<'a>)> = Vec::new();
    for ((source, definition, _), [from, to]) in of.into_iter().rev() {
        let Some(((first, a), (second, b))) = from.zip(to) else { continue };
        let own_source = source == published.source();
        let own = own_source && definition == published.cell.text("definition");
        found.push(((!own, !own_source), Levels { cells: [first, second], numbers: (a, b), own }));
    }
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, levels)| levels).collect()
}

fn draft<'t>(ground: &Ground<'t>, thing: &'t Thing<'t>, published: &Figure<'t>, pairs: &[Levels<'t>], found: &[Way]) -> Draft<'t> {
    let proper = found.iter().find(|w| w.base == Base::Start);
    let other = found.first();
    let shown = proper.or(other).map_or(0, |w| w.pair);
    let side = |at: usize| ground.side(&Figure::published(pairs[0].cells[at], [pairs[0].numbers.0, pairs[0].numbers.1][at]));
    let mut sides: Vec<Side> = vec![ground.side(published), side(0), side(1)];
    if shown != 0 {
        let levels = &pairs[shown];
        sides.push(ground.side(&Figure::published(levels.cells[0], levels.numbers.0)));
        sides.push(ground.side(&Figure::published(levels.cells[1], levels.numbers.1)));
    }
    Draft {
        check: "growth",
        severity: if proper.is_some() { Severity::Notable } else { Severity::Serious },
        thing,
        substance: ground.text(thing.substance),
        about: ground.name(thing),
        says: says(ground, published, pairs, found),
        apart: gap(published, pairs),
        sides,
    }
}

/// How far the published percentage lies from the one computed, in percentage points.
fn gap(published: &Figure<'_>, pairs: &[Levels<'_>]) -> atalaya_kernel::Decimal {
    let again = recompute(pairs[0].numbers.0, pairs[0].numbers.1).map_or(0.0, |g| g.percent);
    let apart = (published.value.value.to_f64() - again).abs();
    atalaya_kernel::Decimal::parse(&format!("{apart:.6}")).unwrap_or_default()
}

fn says(ground: &Ground<'_>, published: &Figure<'_>, pairs: &[Levels<'_>], found: &[Way]) -> Both {
    let (from, to) = pairs[0].numbers;
    let unit = crate::query::after_a_number(pairs[0].cells[0].text("unit"));
    let (a, b) = (words::amount(from.value, &Both::default()), words::amount(to.value, &unit));
    let said = words::signed(published.value.value.to_f64());
    let who = words::who(&pairs[0].cells[0].intake.source, &ground.definition(&pairs[0].cells[0]));
    let mut says = match recompute(from, to) {
        Ok(growth) => {
            let again = words::signed(growth.percent);
            Both::new(
                format!("Published {}; {} to {} ({}) is {}.", said.en, a.en, b.en, who.en, again.en),
                format!("Se publicó {}; de {} a {} ({}) hay {}.", said.es, a.es, b.es, who.es, again.es),
            )
        }
        Err(_) => Both::new(
            format!("Published {}; from {} to {} ({}) there is no growth rate.", said.en, a.en, b.en, who.en),
            format!("Se publicó {}; de {} a {} ({}) no hay tasa de crecimiento.", said.es, a.es, b.es, who.es),
        ),
    };
    if found.is_empty() {
        says.en += " No levels held here give the published number, on any base.";
        says.es += " Ningún par de niveles recogido aquí da la cifra publicada, con ninguna base.";
    }
    // Own levels on another base say more than other people's levels.
    let own = found.iter().any(|w| pairs[w.pair].own);
    for way in found.iter().filter(|w| !own || pairs[w.pair].own).take(2) {
        let levels = &pairs[way.pair];
        let (base_en, base_es) = base(way.base);
        let of = if levels.own {
            Both::default()
        } else {
            let cell = &levels.cells[1];
            let who = words::who(&cell.intake.source, &ground.definition(cell));
            let vintage = &cell.intake.vintage;
            Both::new(format!(" from the levels of {} [{vintage}]", who.en), format!(" con los niveles de {} [{vintage}]", who.es))
        };
        says.en += &format!(" The published number comes out{} {base_en} ({}).", of.en, words::signed(way.growth.percent).en);
        says.es += &format!(" La cifra publicada se obtiene{} {base_es} ({}).", of.es, words::signed(way.growth.percent).es);
    }
    says
}

fn base(base: Base) -> (&'static str, &'static str) {
    match base {
        Base::Start => ("on the earlier year as base, as it should", "con el año anterior como base, como corresponde"),
        Base::End => (
            "when the change is divided by the later year (end-year base)",
            "si el cambio se divide entre el año posterior (base del año final)",
        ),
        Base::Mean => ("when the change is divided by the mean of both years", "si el cambio se divide entre la media de ambos años"),
        Base::Logarithm => ("as a difference of logarithms", "como diferencia de logaritmos"),
        Base::Index => ("as an index of the earlier year, not as growth", "como índice sobre el año anterior, no como crecimiento"),
    }
}

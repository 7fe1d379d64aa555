//! Parts of one source that do not add up to its own total.

use std::collections::BTreeMap;

use atalaya_kernel::area::areas;
use atalaya_kernel::{Both, Decimal, Problem};
use atalaya_methods::reconcile::Printed;
use atalaya_methods::reconcile::subtotal::{Subtotal, Verdict, check};

use super::{meeting, said};
use crate::reconcile::figures::{Figure, Ground, Thing};
use crate::reconcile::{Book, Draft, Severity, words};

/// Figures that may be parts of one another: all that makes a thing but its area, and who says it.
type Family<'a> = (u32, u32, u32, &'a str, i32, u8, &'a str, u32);

pub(super) fn run(ground: &Ground<'_>, book: &mut Book) -> Result<(), Problem> {
    let mut families: BTreeMap<Family<'_>, Vec<(&Thing<'_>, &Figure<'_>)>> = BTreeMap::new();
    for (thing, figures) in ground.of.iter().filter(|(t, _)| t.place == 0 && ground.measure(t).is_some_and(|m| m.adds_over_areas)) {
        for figure in figures.iter().filter(|f| f.parts == 1) {
            let family = (
                thing.measure,
                thing.substance,
                thing.breakdown,
                thing.unit,
                thing.day,
                thing.precision,
                figure.source(),
                figure.definition(),
            );
            families.entry(family).or_default().push((thing, figure));
        }
    }
    let mut counts: BTreeMap<(u32, &str), [u64; 4]> = BTreeMap::new();
    for ((measure, ..), members) in families.into_iter().filter(|(_, m)| m.len() > 2) {
        let finest = members.iter().map(|(_, f)| ground.place(&f.cell).rank).max().unwrap_or(0);
        // Only what is coarser than the finest level can have parts.
        for (whole, total) in members.iter().filter(|(_, f)| ground.place(&f.cell).rank < finest) {
            let Some((parts, found)) = against(ground, whole, total, &members) else { continue };
            let counts = counts.entry((measure, total.source())).or_default();
            counts[0] += 1;
            match found.verdict {
                Verdict::AddsUp => counts[1] += 1,
                Verdict::Rounding => counts[2] += 1,
                Verdict::Exceeds | Verdict::FallsShort => {
                    counts[3] += 1;
                    book.push(ground, draft(ground, whole, total, parts, &found));
                }
            }
        }
    }
    for ((measure, source), counts) in counts {
        let measure = ground.text(measure);
        let what = atalaya_kernel::measure::measures().get(measure).map_or_else(|| Both::same(measure), |m| m.both());
        let parts = Both::new(format!("{source}: parts added up"), format!("{source}: partes sumadas"));
        let whole = Both::new(format!("{source}: totals"), format!("{source}: totales"));
        book.meetings.push(meeting("subtotal", measure, what, [whole, parts], counts));
    }
    Ok(())
}

/// The parts of a total at the coarsest level below it, added up; how many they are.
fn against(ground: &Ground<'_>, whole: &Thing<'_>, total: &Figure<'_>, members: &[(&Thing<'_>, &Figure<'_>)]) -> Option<(usize, Subtotal)> {
    let own = ground.place(&total.cell).rank;
    let mut levels: BTreeMap<usize, Vec<Printed>> = BTreeMap::new();
    for (part, figure) in members {
        let rank = ground.place(&figure.cell).rank;
        if rank > own && part.area != whole.area && areas().is_within(part.area, whole.area) {
            levels.entry(rank).or_default().push(figure.value);
        }
    }
    let (_, parts) = levels.into_iter().next()?;
    if parts.len() < 2 {
        return None;
    }
    check(total.value, &parts).ok().map(|found| (parts.len(), found))
}

fn draft<'t>(ground: &Ground<'t>, thing: &'t Thing<'t>, total: &Figure<'t>, parts: usize, found: &Subtotal) -> Draft<'t> {
    let unit = crate::query::after_a_number(thing.unit);
    let (sum, gap) = (words::amount(found.sum, &unit), words::amount(Decimal(found.gap.0.abs()), &unit));
    let tolerance = words::amount(found.tolerance, &unit);
    let whole = said(ground, total, thing);
    let exceeds = found.verdict == Verdict::Exceeds;
    let (more_en, more_es) = if exceeds { ("more", "más") } else { ("less", "menos") };
    let says = Both::new(
        format!("{parts} parts add up to {}, {} {more_en} than the total {}; rounding allows {}.", sum.en, gap.en, whole.en, tolerance.en),
        format!("{parts} partes suman {}, {} {more_es} que el total {}; el redondeo permite {}.", sum.es, gap.es, whole.es, tolerance.es),
    );
    let side = ground.side(total);
    let mut added = side.clone();
    added.value = found.sum.to_string();
    added.basis = Both::new(format!("sum of {parts} areas"), format!("suma de {parts} áreas"));
    Draft {
        check: "subtotal",
        // Parts beyond their whole cannot be; parts short of it may be parts that were not published.
        severity: if exceeds { Severity::Serious } else { Severity::Notable },
        thing,
        substance: ground.text(thing.substance),
        about: ground.name(thing),
        says,
        sides: vec![side, added],
        apart: found.gap,
    }
}

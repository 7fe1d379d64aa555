//! A series whose definition changes on the way.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Decimal, Problem};

use crate::reconcile::figures::{Figure, Ground, Thing};
use crate::reconcile::{Book, Draft, Severity};

/// A series: source, then all that makes a thing but its time.
type Series<'a> = (&'a str, u32, &'a str, u32, u32, u32, &'a str, u8);

/// First and last time of a definition.
type Span<'s, 'a> = [(&'s Thing<'a>, &'s Figure<'a>); 2];

pub(super) fn run(ground: &Ground<'_>, book: &mut Book) -> Result<(), Problem> {
    let mut series: BTreeMap<Series<'_>, BTreeMap<u32, Span<'_, '_>>> = BTreeMap::new();
    for (thing, figures) in &ground.of {
        for figure in figures {
            let key =
                (figure.source(), thing.measure, thing.area, thing.place, thing.substance, thing.breakdown, thing.unit, thing.precision);
            let span = series.entry(key).or_default().entry(figure.definition()).or_insert([(thing, figure); 2]);
            if thing.day < span[0].0.day {
                span[0] = (thing, figure);
            } else {
                span[1] = (thing, figure);
            }
        }
    }
    for definitions in series.into_values().filter(|d| d.len() > 1) {
        let mut spans: Vec<Span<'_, '_>> = definitions.into_values().collect();
        spans.sort_by_key(|[(first, _), (last, _)]| (first.day, last.day));
        // The next definition begins as the last one ends: at most one period is told both ways.
        let follows = |pair: &[Span<'_, '_>]| pair[0][1].0.day <= pair[1][0].0.day && pair[0][0].0.day < pair[1][0].0.day;
        let changes: Vec<&[Span<'_, '_>]> = spans.windows(2).filter(|pair| follows(pair)).collect();
        if let Some(newest) = changes.last() {
            book.push(ground, draft(ground, [&newest[0], &newest[1]], changes.len()));
        }
    }
    Ok(())
}

fn draft<'t>(ground: &Ground<'t>, [old, new]: [&Span<'t, 't>; 2], changes: usize) -> Draft<'t> {
    let (last, first) = (&old[1], &new[0]);
    let (before, after) = (ground.definition(&last.1.cell), ground.definition(&first.1.cell));
    let (until, from) = (last.0.period(), first.0.period());
    let source = last.1.source();
    let bridge = if until == from {
        Both::new(
            " Both are given for that period: their ratio is the only bridge between them.",
            " Ese periodo figura con ambas: su razón es el único puente entre ellas.",
        )
    } else {
        Both::new(
            " No period is given both ways: nothing here bridges the break.",
            " Ningún periodo figura con ambas: nada aquí une los dos tramos.",
        )
    };
    let mut says = Both::new(
        format!(
            "{source} counts “{}” until {until} and “{}” from {from}: a change across it is not growth.{}",
            before.en, after.en, bridge.en
        ),
        format!(
            "{source} cuenta «{}» hasta {until} y «{}» desde {from}: un cambio entre ambos tramos no es crecimiento.{}",
            before.es, after.es, bridge.es
        ),
    );
    if changes > 1 {
        says.en += &format!(" It is the last of {changes} such changes.");
        says.es += &format!(" Es el último de {changes} cambios así.");
    }
    // Surveys that ask other people each time never were one series.
    let severity = if ground.measure(first.0).is_some_and(|m| m.adds_over_areas) { Severity::Notable } else { Severity::Minor };
    Draft {
        check: "break",
        severity,
        thing: first.0,
        substance: ground.text(first.0.substance),
        about: ground.name(first.0),
        says,
        sides: vec![ground.side(last.1), ground.side(first.1)],
        apart: Decimal::ZERO,
    }
}

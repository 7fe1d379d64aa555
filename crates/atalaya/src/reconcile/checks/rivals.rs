//! Two figures for one thing: from two sources, or under two definitions of one.

use atalaya_kernel::{Both, Problem};
use atalaya_methods::reconcile::agreement::{Agreement, Gap, compare};

use super::{Tally, meeting, said, severity};
use crate::reconcile::figures::{Figure, Ground, Thing};
use crate::reconcile::{Book, Draft, Severity, words};

/// Who meets whom about what: measure, then source and definition of either.
type Pair<'a> = (u32, &'a str, u32, &'a str, u32);

pub(super) fn run(ground: &Ground<'_>, book: &mut Book) -> Result<(), Problem> {
    let mut tally: Tally<Pair<'_>> = Tally::default();
    for (thing, figures) in &ground.of {
        for (at, first) in figures.iter().enumerate() {
            for second in &figures[at + 1..] {
                if first.source() == second.source() && first.definition() == second.definition() {
                    continue;
                }
                let gap = compare(first.value, second.value);
                let pair = (thing.measure, first.source(), first.definition(), second.source(), second.definition());
                tally.count(pair, gap.agreement);
                if gap.agreement == Agreement::Differ {
                    book.push(ground, draft(ground, thing, [first, second], &gap));
                }
            }
        }
    }
    for ((measure, one, one_as, other, other_as), counts) in tally.counts {
        let check = if one == other { "overlap" } else { "rivals" };
        let measure = ground.text(measure);
        let what = atalaya_kernel::measure::measures().get(measure).map_or_else(|| Both::same(measure), |m| m.both());
        let side = |source: &str, definition: u32| words::who(source, &in_words(ground, source, definition));
        book.meetings.push(meeting(check, measure, what, [side(one, one_as), side(other, other_as)], counts));
    }
    Ok(())
}

/// A definition in the words of its source's newest recipe.
fn in_words(ground: &Ground<'_>, source: &str, definition: u32) -> Both {
    let text = ground.text(definition);
    let intake = ground.eye.intakes.iter().rev().find(|i| i.source == source);
    intake.and_then(|i| ground.observatory.recipe_of(i)).map_or_else(|| Both::same(text), |r| r.in_both(text))
}

fn draft<'t>(ground: &Ground<'t>, thing: &'t Thing<'t>, [first, second]: [&Figure<'t>; 2], gap: &Gap) -> Draft<'t> {
    let one_source = first.source() == second.source();
    let holds = |a: &Figure<'_>, b: &Figure<'_>| a.interval().is_some_and(|(low, high)| low <= b.value.value && b.value.value <= high);
    let within = holds(first, second) || holds(second, first);
    let mut severity = severity(gap, within);
    let check = match (&gap.factor, one_source) {
        (Some(_), _) => "unit",
        (None, true) => "overlap",
        (None, false) => "rivals",
    };
    if check == "unit" {
        severity = Severity::Serious;
    } else if check == "overlap" {
        // The source itself tells its definitions apart.
        severity = severity.max(Severity::Notable);
    }
    Draft {
        check,
        severity,
        thing,
        substance: ground.text(thing.substance),
        about: ground.name(thing),
        says: says(ground, thing, [first, second], gap, within),
        sides: vec![ground.side(first), ground.side(second)],
        apart: gap.difference,
    }
}

fn says(ground: &Ground<'_>, thing: &Thing<'_>, [first, second]: [&Figure<'_>; 2], gap: &Gap, within: bool) -> Both {
    let (one, other) = (said(ground, first, thing), said(ground, second, thing));
    let unit = crate::query::after_a_number(thing.unit);
    let apart = words::amount(atalaya_kernel::Decimal(gap.difference.0.abs()), &unit);
    let percent = gap.percent.map(words::signed);
    let part = |p: &Option<Both>, es: bool| p.as_ref().map_or(String::new(), |p| format!(" ({})", if es { &p.es } else { &p.en }));
    let mut en = format!("{} against {}: {} apart{}", one.en, other.en, apart.en, part(&percent, false));
    let mut es = format!("{} frente a {}: difieren en {}{}", one.es, other.es, apart.es, part(&percent, true));
    if let Some(factor) = gap.factor {
        let (say_en, say_es) = match factor.id {
            "lb-kg" => ("pounds and kilograms".to_string(), "libras y kilogramos".to_string()),
            "acre-ha" => ("acres and hectares".to_string(), "acres y hectáreas".to_string()),
            times => (format!("a factor of {times}"), format!("un factor de {times}")),
        };
        en += &format!("; the ratio is that of {say_en}");
        es += &format!("; la razón es la de {say_es}");
    }
    if within {
        en += "; within the interval one of them states";
        es += "; dentro del intervalo que declara una de ellas";
    }
    Both::new(format!("{en}."), format!("{es}."))
}

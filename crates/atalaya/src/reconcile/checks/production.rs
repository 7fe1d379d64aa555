//! Seizures beside potential production: bulk mass is not divided by pure mass.

use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, Problem};
use atalaya_methods::reconcile::purity::{Interval, naive};

use super::said;
use crate::reconcile::figures::{Figure, Ground, Thing};
use crate::reconcile::{Book, Draft, Severity};

pub(super) fn run(ground: &Ground<'_>, book: &mut Book) -> Result<(), Problem> {
    for (production, made) in ground.about("potential-production") {
        let seized = ground.about("seized-mass").filter(|(t, _)| {
            (t.area, t.day, t.precision, t.unit) == (production.area, production.day, production.precision, production.unit)
                && substances().is_within(ground.text(t.substance), ground.text(production.substance))
        });
        for (thing, seizures) in seized {
            for seizure in seizures {
                for potential in made {
                    if let Some(draft) = draft(ground, thing, [seizure, potential]) {
                        book.push(ground, draft);
                    }
                }
            }
        }
    }
    Ok(())
}

/// The interval a figure states, else the figure.
pub(crate) fn interval(figure: &Figure<'_>) -> Interval {
    let exact = figure.value.value.to_f64();
    figure.interval().map_or(Interval::exact(exact), |(low, high)| Interval { low: low.to_f64(), high: high.to_f64() })
}

fn draft<'t>(ground: &Ground<'t>, thing: &'t Thing<'t>, [seizure, potential]: [&Figure<'t>; 2]) -> Option<Draft<'t>> {
    let (seized, made) = (interval(seizure), interval(potential));
    let ratio = naive(seized, made)?;
    let above = seized.low > made.high;
    let (one, other) = (said(ground, seizure, thing), said(ground, potential, thing));
    let percent = |es: bool| {
        let (low, high) = (format!("{:.0}", ratio.low * 100.0), format!("{:.0}", ratio.high * 100.0));
        if low == high { format!("{low} %") } else { format!("{low} {} {high} %", if es { "a" } else { "to" }) }
    };
    let (head_en, head_es) = if above {
        ("More was seized than could be made, as the numbers stand", "Según las cifras, se incautó más de lo que podría producirse")
    } else {
        ("These two may not be divided", "Estas dos cifras no se dividen entre sí")
    };
    let says = Both::new(
        format!(
            "{head_en}: seized {}, potential production {}. Seizures are bulk weight at unknown purity, production is at 100 %; the ratio of the bare numbers ({}) is not a share. Purity of what was seized, what was counted twice, and the year and place of making would have to be known.",
            one.en,
            other.en,
            percent(false)
        ),
        format!(
            "{head_es}: incautado {}, producción potencial {}. Lo incautado es peso bruto de pureza desconocida y la producción es al 100 %; la razón de los números tal cual ({}) no es una proporción. Habría que conocer la pureza de lo incautado, lo contado dos veces, y el año y el lugar de producción.",
            one.es,
            other.es,
            percent(true)
        ),
    );
    Some(Draft {
        check: "production",
        severity: if above { Severity::Serious } else { Severity::Notable },
        thing,
        substance: ground.text(thing.substance),
        about: ground.name(thing),
        says,
        sides: vec![ground.side(seizure), ground.side(potential)],
        apart: seizure.value.value - potential.value.value,
    })
}

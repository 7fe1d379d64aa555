//! More area eradicated than was reported standing before.

use atalaya_kernel::{Both, Decimal, Problem};
use atalaya_methods::reconcile::standing::{Standing, check};

use super::said;
use crate::reconcile::figures::{Figure, Ground, Thing};
use crate::reconcile::{Book, Draft, Severity, words};

/// What stands, for each crop that may be eradicated.
const CROPS: [(&str, &str); 2] = [("coca-area", "coca-bush"), ("poppy-area", "opium-poppy")];

pub(super) fn run(ground: &Ground<'_>, book: &mut Book) -> Result<(), Problem> {
    for (eradication, figures) in ground.about("eradicated-area") {
        let Some((area, _)) = CROPS.into_iter().find(|(_, crop)| ground.text(eradication.substance) == *crop) else { continue };
        // The survey before the year, or that of the year where there is none before.
        let standing = Thing { measure: ground.code(area), ..*eradication };
        let before = standing.years_on(-1);
        let surveys = [before, standing].into_iter().find(|t| !ground.figures(t).is_empty());
        for survey in surveys.iter().flat_map(|t| ground.figures(t)) {
            for eradicated in figures {
                let Ok(found) = check(survey.value, eradicated.value) else { continue };
                if found.exceeds {
                    book.push(ground, draft(ground, eradication, [survey, eradicated], &found));
                }
            }
        }
    }
    Ok(())
}

fn draft<'t>(ground: &Ground<'t>, thing: &'t Thing<'t>, [survey, eradicated]: [&Figure<'t>; 2], found: &Standing) -> Draft<'t> {
    let (stood, gone) = (said(ground, survey, thing), said(ground, eradicated, thing));
    let year = crate::reconcile::figures::period_of(survey.cell.row.day, survey.cell.row.precision);
    let unit = crate::query::after_a_number(thing.unit);
    let least = words::amount(found.unexplained, &unit);
    let mut says = Both::new(
        format!(
            "Eradicated: {}. Standing in {year}: {}. At least {} were planted in the year, eradicated more than once, or not in the survey.",
            gone.en, stood.en, least.en
        ),
        format!(
            "Erradicado: {}. En pie en {year}: {}. Al menos {} se sembraron en el año, se erradicaron más de una vez o no estaban en el monitoreo.",
            gone.es, stood.es, least.es
        ),
    );
    if let Some(times) = found.times {
        let times = Decimal::parse(&format!("{times:.1}")).unwrap_or_default();
        let times = words::amount(times, &Both::default());
        says.en += &format!(" That is {} times the standing area.", times.en);
        says.es += &format!(" Es {} veces la superficie en pie.", times.es);
    }
    Draft {
        check: "standing",
        severity: Severity::Serious,
        thing,
        substance: ground.text(thing.substance),
        about: ground.name(thing),
        says,
        sides: vec![ground.side(survey), ground.side(eradicated)],
        apart: found.unexplained,
    }
}

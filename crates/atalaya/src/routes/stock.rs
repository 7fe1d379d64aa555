//! What is produced, consumed and how pure: from a user's files, else from the store. Every factor
//! that is assumed is said, with where it comes from.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Both, both};
use atalaya_methods::routes::joint::Production;
use atalaya_store::Intake;

use super::demand;
use super::group::Group;
use super::lift::lifted;
use super::question::{Method, Question};
use super::series::Held;
use super::supply;
use crate::observatory::Eye;

/// What is produced and consumed, and what that rests on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stock {
    /// Kilograms of pure substance a year and coefficient of variation, by place; `None` where
    /// nothing is known: then every place wants one and the same unit.
    pub consumption: Option<BTreeMap<String, [f64; 2]>>,
    /// Figures of production by place.
    pub production: BTreeMap<String, Vec<Production>>,
    /// Mean purity of what is seized by place, and how concentrated it is.
    pub purity: BTreeMap<String, (f64, f64)>,
    /// Every assumption, with its factor, source and interval.
    pub notes: Vec<Both>,
    /// The intakes of series it rests on.
    pub intakes: Vec<Intake>,
}

impl Stock {
    /// Of a question: `countries` are those of its network, `years` those with records.
    pub fn new(question: &Question, group: &Group, eye: &Eye, countries: &[&str], years: &[i32]) -> Stock {
        let mut stock = Stock { consumption: question.consumption.clone(), ..Stock::default() };
        if let Some(made) = &question.production {
            let of = |all: &Vec<super::question::Produced>| all.iter().copied().map(Production::from).collect();
            stock.production = made.iter().map(|(place, all)| (place.clone(), of(all))).collect();
        }
        if question.method == Method::Observed {
            return stock;
        }
        let held = Held { eye, group, years };
        let mut used = BTreeSet::new();
        if question.of_store && question.consumption.is_none() {
            let wanted = demand::consumption(&held, countries);
            stock.notes.extend(wanted.notes);
            if let Some(kg) = wanted.kg {
                used.extend(wanted.intakes);
                stock.consumption = Some(gathered(&kg, question));
            }
        }
        if question.of_store && question.production.is_none() && question.method == Method::Joint {
            let made = supply::production(&held);
            stock.notes.extend(made.notes);
            used.extend(made.intakes);
            for (country, figures) in made.figures {
                let place = lifted(&country, question.places, &question.corridors).unwrap_or(country);
                // Producers of one corridor cannot be told apart by one figure each.
                stock.production.entry(place).or_insert(figures);
            }
        }
        if question.of_store && stock.consumption.is_some() {
            let pure = supply::purity(&held);
            stock.notes.extend(pure.notes);
            used.extend(pure.intakes);
            stock.purity = pure.by_place;
        }
        if stock.consumption.is_none() {
            stock.notes.push(Both::new(
                "no consumption is known, so every country wants one and the same unit: read the structure, not amounts",
                "no se conoce el consumo, así que cada país demanda una misma unidad: lea la estructura, no las cantidades",
            ));
            if !stock.production.is_empty() && question.production.is_none() {
                let list = stock.production.keys().cloned().collect::<Vec<_>>().join(", ");
                stock.notes.push(both!(
                    "production of {list} is known in kilograms; flows in units are not reconciled with it",
                    "se conoce la producción de {list} en kilogramos; los flujos en unidades no se concilian con ella"
                ));
            }
        }
        stock.intakes = eye.intakes.iter().filter(|i| used.contains(&i.id)).cloned().collect();
        stock
    }

    /// Whether flows are reconciled with production: both in kilograms, or as a user's files say.
    pub fn reconciles(&self, question_gives: bool) -> bool {
        !self.production.is_empty() && (question_gives || self.consumption.is_some())
    }
}

/// Consumption of countries by the places of the network: a corridor consumes what its countries do.
fn gathered(kg: &BTreeMap<String, [f64; 2]>, question: &Question) -> BTreeMap<String, [f64; 2]> {
    let mut out: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    for (country, [kg, cv]) in kg {
        let place = lifted(country, question.places, &question.corridors).unwrap_or_else(|| country.clone());
        let of = out.entry(place).or_insert([0.0, 0.0]);
        let spread = (of[0] * of[1]).hypot(kg * cv);
        let sum = of[0] + kg;
        *of = [sum, if sum > 0.0 { spread / sum } else { 0.0 }];
    }
    out
}

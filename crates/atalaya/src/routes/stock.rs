//! What is produced, consumed and how pure: from a user's files, else from the store.

use std::collections::BTreeMap;

use atalaya_kernel::Both;
use atalaya_methods::routes::joint::Production;
use atalaya_store::Intake;

use super::group::Group;
use super::question::Question;
use crate::Observatory;
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
    /// The intakes it rests on.
    pub intakes: Vec<Intake>,
}

impl Stock {
    /// Of a question.
    pub fn new(_observatory: &Observatory, question: &Question, _group: &Group, _eye: &Eye, _years: &[i32]) -> Stock {
        let mut stock = Stock { consumption: question.consumption.clone(), ..Stock::default() };
        if let Some(made) = &question.production {
            stock.production =
                made.iter().map(|(place, all)| (place.clone(), all.iter().copied().map(Production::from).collect())).collect();
        }
        if stock.consumption.is_none() {
            stock.notes.push(Both::new(
                "no consumption was given, so every country wants one and the same unit: read the structure, not amounts",
                "no se dio el consumo, así que cada país demanda una misma unidad: lea la estructura, no las cantidades",
            ));
        }
        stock
    }
}

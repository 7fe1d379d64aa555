//! Joint draws of all flows: what records, production, consumption and purity say together.
//!
//! # Answers
//! How much flows between each two places a year, between which bounds, on how many records, and
//! how likely is a link among the ten largest?
//!
//! # Source
//! This project's research note on flows, section 3.5. Parts: Bayesian bootstrap of records, Rubin
//! (1981), Annals of Statistics 9(1), 130-134; Dirichlet shares (see `dirichlet`); reporting rates
//! (see `rates`); reconciliation of draws (see `balance`), which turns draws of what is believed
//! before into draws of what is believed after: Matheron's rule, Journel and Huijbregts (1978),
//! Mining Geostatistics, section VII.C. Older years count less by a discount: West and Harrison
//! (1997), Bayesian Forecasting and Dynamic Models, section 6.3.
//!
//! # Assumes
//! - Weights of records and pseudo-records of the prior are gammas of one kind: with records of
//!   equal mass this is exactly the Dirichlet posterior, so evidence is not counted twice. A
//!   pseudo-record is worth an effective record of its importer.
//! - A link's records times what one of them weighs (`severity`), over what its two ends report
//!   (`rates`), stand for its flow.
//! - The prior weighs as many records as make those there are likeliest (`weight`).
//! - Producers import nothing; what they do not consume or seize leaves.
//! - One consumption factor and one purity a place and draw: their errors last from year to year.
//!
//! # Shapes and units
//! `n` places, `T` years, links between positions; kilograms of pure substance a year. Draw `i`
//! comes from stream `i` of the seed, whatever the threads.
//!
//! # Cost
//! A draw and year: O(links + edges + n^3 / 6 a Newton step). 4 bytes an edge, year and draw.
//!
//! # Does not
//! Know links outside records and prior (see `unseen`), or correct a wrong figure of production.
//!
//! # Checked by
//! `tests` here: the published flows as limit, balances, threads; coverage and held-out reporters
//! in `validate`.

mod draw;
mod prepare;
mod result;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use atalaya_kernel::Seed;
use rayon::prelude::*;

use super::balance::BalanceError;
use super::gravity::GravityError;
use super::network::Link;
use super::published::Weight;
use super::rates::Walk;
use super::record::RouteRecord;
use crate::Card;

pub use prepare::production_of;
pub use result::Joint;

/// What this method is.
pub const CARD: Card = Card {
    id: "joint",
    verb: "routes",
    name: ["Joint draws of flows", "Simulación conjunta de los flujos"],
    answers: [
        "How much flows between each two places, between which bounds, and on how many records does that rest?",
        "¿Cuánto fluye entre cada par de lugares, entre qué límites, y en cuántos registros se apoya?",
    ],
    source: "Rubin (1981), Annals of Statistics 9(1), 130-134; West and Harrison (1997), section 6.3",
};

/// One published figure of production.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Production {
    /// The year it speaks of.
    pub year: i32,
    /// When it was published: the newest wins, and what revisions moved widens it.
    pub vintage: i32,
    /// Kilograms of pure substance.
    pub kg: f64,
    /// Coefficient of variation.
    pub cv: f64,
}

/// What is believed of a place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Place {
    /// Median consumption, kilograms of pure substance, one a year.
    pub consumption_kg: Vec<f64>,
    /// Its coefficient of variation.
    pub consumption_cv: f64,
    /// Mean purity of what is seized there, and how concentrated it is; `None` where masses are
    /// taken as they are.
    pub purity: Option<(f64, f64)>,
    /// Whether it produces.
    pub producer: bool,
    /// What is published of its production.
    pub production: Vec<Production>,
}

/// All there is to go by.
#[derive(Debug, Clone, Copy)]
pub struct Model<'a> {
    /// One a place.
    pub places: &'a [Place],
    /// Years, from first to last.
    pub years: &'a [i32],
    /// Records, checked before: what a check sets aside is not among the links.
    pub records: &'a [RouteRecord],
    /// Their links.
    pub links: &'a [Link],
    /// Prior shares of suppliers (see `gravity`).
    pub prior: &'a [Weight],
}

/// What a record of a link weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Masses {
    /// What was recorded: one heavy record weighs what it weighs, as in the published method.
    Recorded,
    /// The link's own mean mass, shrunk to those of the importer's other links (see `severity`).
    #[default]
    Shrunk,
}

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// How many draws.
    pub draws: usize,
    /// Weight of the prior, in records; `None` finds the one that foretells the records best.
    pub a0: Option<f64>,
    /// What a record of a link weighs.
    pub masses: Masses,
    /// What a record counts for a neighbouring year; 1 pools all years, 0 keeps them apart.
    pub discount: f64,
    /// How reporting rates spread and wander; `None` takes every reporter to report alike.
    pub walk: Option<Walk>,
    /// Whether what a place seizes is part of what it imports.
    pub seizures: bool,
    /// Whether flows are reconciled with production.
    pub reconcile: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            draws: 1_000,
            a0: None,
            masses: Masses::Shrunk,
            discount: 0.7,
            walk: Some(Walk::default()),
            seizures: true,
            reconcile: true,
        }
    }
}

/// Why there are no draws.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum JointError {
    /// Nothing is upstream.
    #[error(transparent)]
    Gravity(#[from] GravityError),
    /// Nothing balances.
    #[error(transparent)]
    Balance(#[from] BalanceError),
    /// Rates that cannot be.
    #[error("the spread and the step of reporting rates must be above 0")]
    Walk,
    /// No supplier at all for a place that needs one.
    #[error("place {place} demands something and has neither a record of inflow nor a prior supplier: give the prior more weight")]
    NoSupplier {
        /// Its position.
        place: usize,
    },
    /// A number out of its range.
    #[error("{what} is {value}: it must lie {range}")]
    OutOfRange {
        /// Which number.
        what: &'static str,
        /// What was found.
        value: f64,
        /// Where it must lie.
        range: &'static str,
    },
    /// Lists that do not fit.
    #[error("place {place} has {found} values of consumption for {years} years")]
    Years {
        /// Its position.
        place: usize,
        /// How many values.
        found: usize,
        /// How many years.
        years: usize,
    },
}

/// Draws of all flows together.
///
/// # Errors
/// [`JointError`].
pub fn joint(model: &Model<'_>, options: &Options, seed: Seed) -> Result<Joint, JointError> {
    check(model, options)?;
    let prepared = prepare::prepare(model, options)?;
    let drawn: Result<Vec<Vec<f32>>, JointError> =
        (0..options.draws as u64).into_par_iter().map(|id| draw::draw(&prepared, options, &mut seed.stream(id))).collect();
    Ok(Joint::new(&prepared, drawn?))
}

fn check(model: &Model<'_>, options: &Options) -> Result<(), JointError> {
    let within = |what, value: f64, low: f64, high: f64, range| {
        if (low..=high).contains(&value) { Ok(()) } else { Err(JointError::OutOfRange { what, value, range }) }
    };
    within("the weight of the prior", options.a0.unwrap_or(0.0), 0.0, f64::MAX, "at 0 or above")?;
    within("the discount", options.discount, 0.0, 1.0, "between 0 and 1")?;
    within("the number of draws", options.draws as f64, 1.0, 1e7, "between 1 and ten million")?;
    for (place, of) in model.places.iter().enumerate() {
        if of.consumption_kg.len() != model.years.len() {
            return Err(JointError::Years { place, found: of.consumption_kg.len(), years: model.years.len() });
        }
        for kg in &of.consumption_kg {
            within("consumption", *kg, 0.0, f64::MAX, "at 0 or above")?;
        }
        within("the variation of consumption", of.consumption_cv, 0.0, 100.0, "between 0 and 100")?;
        if let Some((mean, concentration)) = of.purity {
            within("mean purity", mean, f64::MIN_POSITIVE, 1.0 - f64::EPSILON, "between 0 and 1")?;
            within("concentration of purity", concentration, f64::MIN_POSITIVE, f64::MAX, "above 0")?;
        }
        for figure in &of.production {
            within("production", figure.kg, f64::MIN_POSITIVE, f64::MAX, "above 0")?;
            within("the variation of production", figure.cv, f64::MIN_POSITIVE, 100.0, "above 0")?;
        }
    }
    let producers: BTreeSet<usize> = (0..model.places.len()).filter(|i| model.places[*i].producer).collect();
    if producers.is_empty() { Err(GravityError::NoProducer.into()) } else { Ok(()) }
}

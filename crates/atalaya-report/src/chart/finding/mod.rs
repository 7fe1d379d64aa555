//! What an evaluation found, part by part: each part is a file, and says what it needs in a small
//! struct of its own.
//!
//! Estimates are numbers with an error, not amounts that are summed: they are `f64` here.

pub mod donors;
pub mod events;
mod grid;
pub mod path;
pub mod placebos;
pub mod places;
mod sample;
pub mod specifications;
pub mod verdict;

use serde::Serialize;

use super::map::Good;
use super::stage::{Piece, Stage};
use super::{Body, ChartKind, number};

pub use donors::{Donor, Donors};
pub use events::{Event, Events};
pub use path::EffectPath;
pub use placebos::{Gap, Placebos};
pub use places::Places;
pub use specifications::{Choice, Specification, Specifications};
pub use verdict::{Range, Weighed};

/// The row of findings.
pub const KIND: ChartKind = ChartKind {
    id: "finding",
    label: ("Finding of an evaluation", "Hallazgo de una evaluación"),
    draw: |body, stage| if let Body::Finding(part) = body { part.draw(stage) } else { Piece::default() },
    say: |body, stage| if let Body::Finding(part) = body { part.say(stage) } else { String::new() },
};

/// A part of a finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "part")]
pub enum Part {
    /// Treated and comparison over time.
    Effect(EffectPath),
    /// Effects by periods since the start.
    Events(Events),
    /// Who stands in for the treated.
    Donors(Donors),
    /// The treated gap over those of places without treatment.
    Placebos(Placebos),
    /// What other choices would have said.
    Specifications(Specifications),
    /// One effect against zero and the smallest that matters.
    Verdict(Weighed),
    /// Exposure and effect by place.
    Map(Box<Places>),
}

impl Part {
    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        match self {
            Part::Effect(path) => path.treated.points.iter().all(|p| p.value.is_none()),
            Part::Events(events) => events.points.is_empty(),
            Part::Donors(donors) => donors.donors.is_empty(),
            Part::Placebos(placebos) => placebos.gaps.iter().all(|g| g.points.is_empty()),
            Part::Specifications(all) => all.rows.is_empty(),
            Part::Verdict(_) => false,
            Part::Map(places) => places.exposure.values.is_empty() && places.effect.values.is_empty(),
        }
    }

    fn draw(&self, stage: &Stage<'_>) -> Piece {
        match self {
            Part::Effect(path) => path::draw(path, stage),
            Part::Events(events) => events::draw(events, stage),
            Part::Donors(donors) => donors::draw(donors, stage),
            Part::Placebos(placebos) => placebos::draw(placebos, stage),
            Part::Specifications(all) => specifications::draw(all, stage),
            Part::Verdict(weighed) => verdict::draw(weighed, stage),
            Part::Map(places) => places::draw(places, stage),
        }
    }

    fn say(&self, stage: &Stage<'_>) -> String {
        match self {
            Part::Effect(path) => path::say(path, stage),
            Part::Events(events) => events::say(events, stage),
            Part::Donors(donors) => donors::say(donors, stage),
            Part::Placebos(placebos) => placebos::say(placebos, stage),
            Part::Specifications(all) => specifications::say(all, stage),
            Part::Verdict(weighed) => verdict::say(weighed, stage),
            Part::Map(places) => places::say(places, stage),
        }
    }
}

/// An estimate as one reads it: three digits, with its sign.
fn signed(value: f64, stage: &Stage<'_>) -> String {
    let text = number::estimate(value, stage.lang);
    if value > 0.0 && text.chars().any(|c| ('1'..='9').contains(&c)) { format!("+{text}") } else { text }
}

/// `+2 (from -1 to +5)`.
fn with_interval(value: f64, interval: Option<[f64; 2]>, stage: &Stage<'_>) -> String {
    let value = signed(value, stage);
    match interval {
        Some([low, high]) => {
            format!("{value} ({} {} {} {})", stage.say("from", "de"), signed(low, stage), stage.say("to", "a"), signed(high, stage))
        }
        None => value,
    }
}

/// Which way is good, in a word for each side of zero: below, above.
fn sides<'s>(good: Good, stage: &Stage<'s>) -> [&'s str; 2] {
    let (better, worse) = (stage.say("better", "mejor"), stage.say("worse", "peor"));
    match good {
        Good::Low => [better, worse],
        Good::High => [worse, better],
    }
}

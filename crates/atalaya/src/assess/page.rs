//! A compact on one page: what was promised, what was done, what changed, and what nobody can tell.

use atalaya_kernel::{Both, Decimal, Label, Problem};
use serde::Serialize;

use super::cause::Flip;
use super::compact::{Output, Promise, Written, written};
use super::indicator::{Measured, Standing, measure, standing_word};
use super::promises::{Turn, measurements};
use super::standing::{DesignStanding, standing_of};
use crate::Observatory;
use crate::evaluate::finding::Verdict;
use crate::evaluate::verdict_word;
use crate::observatory::Caller;

/// The page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CompactPage {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Both,
    /// A word about it.
    pub note: Option<Both>,
    /// Who promises.
    pub parties: Vec<String>,
    /// When it was agreed.
    pub agreed: String,
    /// Days of review.
    pub reviews: Vec<Review>,
    /// What was promised.
    pub promised: Vec<Promised>,
    /// What was delivered, by the account of whoever delivered it.
    pub done: Vec<Done>,
    /// What changed, by measured series and by registered designs.
    pub changed: Vec<ChangedLine>,
    /// What nobody can tell, and why.
    pub cannot_tell: Vec<CannotTell>,
    /// When it was last assessed.
    pub assessed: Option<String>,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// The label of the page.
    pub label: Label,
}

/// A day of review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    /// The day.
    pub day: String,
    /// Whether it is over.
    pub past: bool,
}

/// A promise as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Promised {
    /// Its id.
    pub id: String,
    /// Who.
    pub by: String,
    /// What.
    pub what: Both,
    /// By when.
    pub due: String,
    /// Whether that day is over.
    pub past: bool,
    /// `outcome` where a series should move, `output` where something is delivered, `none` where nothing tells.
    pub kind: &'static str,
}

/// What was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Done {
    /// The promise.
    pub promise: String,
    /// What was promised.
    pub what: Both,
    /// How many, none if nobody has said.
    pub done: Option<Decimal>,
    /// Of how many.
    pub planned: Decimal,
    /// Of what.
    pub unit: Both,
    /// Who says so.
    pub source: Both,
    /// As of which day.
    pub as_of: Option<String>,
    /// An output is no outcome: that it is not known whether it works.
    pub unknown: Option<Both>,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ChangedLine {
    /// A series.
    Indicator {
        /// The promise.
        promise: String,
        /// What was promised.
        what: Both,
        /// As it is measured.
        measured: Box<Measured>,
        /// The last turn.
        turn: Option<Turn>,
        /// A sentence.
        says: Both,
    },
    /// A design with a verdict.
    Design {
        /// Where it stands.
        design: Box<DesignStanding>,
        /// The last turn of its verdict.
        flip: Option<Flip>,
    },
}

/// What nobody can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CannotTell {
    /// The promise or the design.
    pub id: String,
    /// What it is about.
    pub what: Both,
    /// Why.
    pub why: Both,
}

/// The page of a compact that may be seen here.
///
/// # Errors
/// `compact-id`, `unknown-compact`, `compact-text`; those of the questions.
pub fn page(observatory: &mut Observatory, id: &str, caller: &mut Caller<'_>) -> Result<CompactPage, Problem> {
    let of = written(observatory, id)?;
    let today = caller.now.get(..10).unwrap_or("").to_string();
    let runs = measurements(observatory, id)?;
    let mut page = blank(&of, &today);
    page.assessed = runs.last().map(|r| r.when.clone());
    page.snapshot = observatory.eye(None)?.snapshot.to_string();
    for promise in &of.compact.promises {
        if let Some(output) = &promise.output {
            page.done.push(done(promise, output));
        }
        match &promise.indicator {
            Some(indicator) => {
                let measured = measure(observatory, indicator, None, None)?;
                page.label = measured.label.iter().fold(page.label.clone(), |all, l| all.combine(l));
                let stood = runs.iter().rev().flat_map(|r| &r.promises).filter(|p| p.promise == promise.id);
                let turn = stood.filter_map(|p| p.turn.clone()).next();
                page.measured(promise, measured, turn);
            }
            None => page.cannot_tell.push(no_indicator(promise)),
        }
    }
    for design in &of.compact.designs {
        page.design(observatory, design)?;
    }
    Ok(page)
}

fn blank(of: &Written, today: &str) -> CompactPage {
    let compact = &of.compact;
    let kind = |p: &Promise| match (&p.indicator, &p.output) {
        (Some(_), _) => "outcome",
        (None, Some(_)) => "output",
        (None, None) => "none",
    };
    let promised = |p: &Promise| Promised {
        id: p.id.clone(),
        by: p.by.clone(),
        what: p.what.clone(),
        due: p.due.clone(),
        past: p.due.as_str() < today,
        kind: kind(p),
    };
    CompactPage {
        id: of.id.clone(),
        title: compact.title.clone(),
        note: compact.note.clone(),
        parties: compact.parties.clone(),
        agreed: compact.agreed.clone(),
        reviews: compact.reviews.iter().map(|d| Review { day: d.clone(), past: d.as_str() < today }).collect(),
        promised: compact.promises.iter().map(promised).collect(),
        done: Vec::new(),
        changed: Vec::new(),
        cannot_tell: Vec::new(),
        assessed: None,
        snapshot: String::new(),
        label: of.label.clone(),
    }
}

fn done(promise: &Promise, output: &Output) -> Done {
    Done {
        promise: promise.id.clone(),
        what: promise.what.clone(),
        done: output.done,
        planned: output.planned,
        unit: output.unit.clone(),
        source: output.source.clone(),
        as_of: output.as_of.clone(),
        unknown: promise.indicator.is_none().then(unknown),
    }
}

/// What an output alone says about its effect.
fn unknown() -> Both {
    Both::new("effectiveness unknown", "eficacia desconocida")
}

fn no_indicator(promise: &Promise) -> CannotTell {
    let why = if promise.output.is_some() {
        Both::new(
            "effectiveness unknown: what was delivered is counted, what it changed is not measured",
            "eficacia desconocida: se cuenta lo entregado, no se mide lo que cambió",
        )
    } else {
        Both::new(
            "nothing says whether it is kept: it has neither a series nor a count",
            "nada dice si se cumple: no tiene serie ni conteo",
        )
    };
    CannotTell { id: promise.id.clone(), what: promise.what.clone(), why }
}

impl CompactPage {
    fn measured(&mut self, promise: &Promise, measured: Measured, turn: Option<Turn>) {
        let (id, what) = (promise.id.clone(), promise.what.clone());
        match (&measured.baseline, &measured.newest) {
            (Some(_), Some(_)) if measured.standing != Standing::CannotTell => {
                let says = says(&measured);
                self.changed.push(ChangedLine::Indicator { promise: id, what, measured: Box::new(measured), turn, says });
            }
            _ => {
                let why = measured.why.unwrap_or_else(|| standing_word(Standing::CannotTell));
                self.cannot_tell.push(CannotTell { id, what, why });
            }
        }
    }

    /// A design that cannot be seen here is not there.
    fn design(&mut self, observatory: &Observatory, id: &str) -> Result<(), Problem> {
        let Some((standing, runs)) = standing_of(observatory, id)? else { return Ok(()) };
        let Some(last) = &standing.last else {
            let why = Both::new("it has not been assessed yet", "todavía no se ha evaluado");
            self.cannot_tell.push(CannotTell { id: id.into(), what: standing.question.clone(), why });
            return Ok(());
        };
        self.label = runs.last().and_then(|r| r.label.as_ref()).iter().fold(self.label.clone(), |all, l| all.combine(l));
        if last.verdict == Verdict::CannotTell {
            let why = last.says.first().cloned().unwrap_or_else(|| verdict_word(last.verdict));
            self.cannot_tell.push(CannotTell { id: id.into(), what: standing.question.clone(), why });
        } else {
            let flip = runs.iter().rev().find_map(|r| r.flip.clone());
            self.changed.push(ChangedLine::Design { design: Box::new(standing), flip });
        }
        Ok(())
    }
}

/// What a series did; never what the compact did.
fn says(measured: &Measured) -> Both {
    let (Some(from), Some(to)) = (&measured.baseline, &measured.newest) else { return Both::default() };
    let word = standing_word(measured.standing);
    Both::new(
        format!("{}, {} to {}; whether the promise did it, only a design can tell", word.en, from.period, to.period),
        format!("{}, {} a {}; si fue por la promesa, solo un diseño puede decirlo", word.es, from.period, to.period),
    )
}

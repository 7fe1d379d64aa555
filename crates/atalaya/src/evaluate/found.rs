//! A panel with what stood beside it, and the finding that comes of it: in the observatory, or
//! again from a folder that left it.

use std::sync::Arc;

use atalaya_kernel::{Label, Problem};
use serde::{Deserialize, Serialize};

use super::find::{Ground, first_verdict, found};
use super::finding::{Finding, Verdict};
use super::register::{Entry, Written, parse, registered, since_first};
use super::sample::{Beside, Revised, Sample};
use crate::Observatory;
use crate::answer::SourceLine;
use crate::observatory::Caller;

/// What stood beside the columns when they were read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Stood {
    /// The registrations.
    log: Vec<Entry>,
    /// What the design as first registered says, where it was changed since.
    first: Option<Verdict>,
    /// The interval that earlier looks were paid for with.
    anytime: Option<[Exact; 2]>,
    /// Where the data come from.
    sources: Vec<SourceLine>,
    /// Their label.
    label: Option<Label>,
    /// Their state.
    data: String,
    /// Whether and how newer vintages revised them.
    revised: Option<RevisedThen>,
}

/// A number that is read back to the last digit: JSON's own numbers need not be.
#[derive(Debug, Clone, Copy)]
struct Exact(f64);

impl Serialize for Exact {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Exact, D::Error> {
        String::deserialize(from)?.parse().map(Exact).map_err(serde::de::Error::custom)
    }
}

/// What newer vintages had revised.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct RevisedThen {
    twice: usize,
    changed: usize,
    mean: Exact,
}

impl RevisedThen {
    fn of(revised: Revised) -> RevisedThen {
        let Revised { twice, changed, mean } = revised;
        RevisedThen { twice, changed, mean: Exact(mean) }
    }

    fn read(self) -> Revised {
        Revised { twice: self.twice, changed: self.changed, mean: self.mean.0 }
    }
}

/// The columns of a panel as they were read, with what stood beside them.
pub(crate) struct Panel {
    /// Names of the columns.
    pub names: Vec<String>,
    /// Their cells.
    pub columns: Vec<Vec<String>>,
    /// What stood beside them.
    pub held: Stood,
}

/// The panel of a design and what it says.
///
/// # Errors
/// Those of running a design.
pub(crate) fn both_of(observatory: &Observatory, written: &Written, caller: &mut Caller<'_>) -> Result<(Panel, Arc<Finding>), Problem> {
    let finding = super::kept::finding(observatory, &written.id, caller)?;
    let log = registered(observatory, &written.id)?;
    let sample = Sample::whole(observatory, written, &log, None)?;
    let changed = !since_first(&written.design, &log).is_empty();
    let first = if changed { first_verdict(observatory, written, &log, None) } else { None };
    let stood = Stood {
        log,
        first,
        anytime: finding.effect.anytime.map(|ends| ends.map(Exact)),
        sources: sample.sources,
        label: sample.label,
        data: sample.data,
        revised: sample.revised.map(RevisedThen::of),
    };
    Ok((Panel { names: sample.names, columns: sample.columns, held: stood }, finding))
}

/// What a design says on a panel that was read before.
///
/// # Errors
/// Those of running a design.
pub(crate) fn again(id: &str, text: &str, panel: &Panel, caller: &mut Caller<'_>) -> Result<Finding, Problem> {
    let design = parse(text, "design.toml")?;
    let written = Written { id: id.into(), hash: atalaya_store::sha256_text(text), text: text.into(), design };
    let stood = &panel.held;
    let beside = Beside {
        sources: stood.sources.clone(),
        label: stood.label.clone(),
        data: stood.data.clone(),
        revised: stood.revised.map(RevisedThen::read),
    };
    let sample = Sample::of_columns((panel.names.clone(), panel.columns.clone()), beside, &written.design)?;
    let ground = Ground { written: &written, entries: &stood.log, sample: &sample, as_of: None };
    found(None, &ground, &mut |_| Ok(stood.anytime.map(|ends| ends.map(|e| e.0))), || stood.first, caller)
}

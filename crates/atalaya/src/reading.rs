//! Reading one file of a source into the store.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::sync_channel;

use atalaya_kernel::Problem;
use atalaya_sources::Recipe;
use atalaya_sources::map::{Context, Reading, Rulings, read};
use atalaya_store::{Decision, DecisionBody, Intake, NewIntake, RawFile, Store};

use crate::observatory::Progress;
use crate::writer::{Reader, write, writer_gone};

/// One file to read.
pub(crate) struct Job<'a> {
    /// The recipe, renames applied.
    pub recipe: &'a Recipe,
    /// Its text as written.
    pub text: &'a str,
    /// The decisions in force for this source.
    pub decisions: &'a [Decision],
    /// The last decision about this source, undone ones counted.
    pub decided: i64,
    /// The raw file.
    pub raw: RawFile,
    /// Where its bytes are.
    pub path: &'a Path,
    /// When, RFC 3339.
    pub now: &'a str,
    /// Who.
    pub who: &'a str,
    /// Program and version.
    pub program: &'a str,
    /// By vintage, the intake that read the same file before.
    pub replays: BTreeMap<String, i64>,
}

/// What one file gave.
pub(crate) struct Read {
    pub intakes: Vec<Intake>,
    pub reading: Reading,
}

/// Reads a file and writes its intakes. Nothing is written if anything fails.
pub(crate) fn read_file(store: &mut Store, job: &Job<'_>, progress: &mut dyn Progress) -> Result<Read, Problem> {
    let rulings = rulings(job.decisions, &job.raw.sha256);
    let plan = |vintage: Option<&str>| plan(job, vintage);
    std::thread::scope(|scope| {
        let (commands, received) = sync_channel(4);
        let (words, terms) = sync_channel(1);
        let writer = scope.spawn(move || write(store, &received, &words));
        let mut slice = Reader { commands, terms, plan: &plan, sha256: job.raw.sha256.clone(), name: job.raw.name.clone() };
        let mut report = |rows| progress.at(&job.raw.name, rows);
        let mut context = Context { recipe: job.recipe, rulings: &rulings, progress: &mut report };
        let reading = read(&mut context, job.path, &job.raw.name, &mut slice);
        drop(slice);
        let written = writer.join().unwrap_or_else(|_| Err(writer_gone()));
        progress.done(&job.raw.name);
        match (reading, written) {
            // When the writer fails the reader only sees a closed door.
            (Err(e), Ok(_)) => Err(e),
            (_, Err(e)) => Err(e),
            (Ok(reading), Ok(intakes)) => Ok(Read { intakes, reading }),
        }
    })
}

fn plan(job: &Job<'_>, vintage: Option<&str>) -> NewIntake {
    let day = job.now.get(..10).unwrap_or(job.now);
    let name = vintage.unwrap_or(day).to_string();
    let prepared = vintage.filter(|_| job.recipe.vintage.is_prepared).map(str::to_string);
    NewIntake {
        source: job.recipe.id.clone(),
        kind: job.recipe.kind.as_str().into(),
        keeps: job.recipe.keeps.as_str().into(),
        recipe: job.text.into(),
        decisions: job.decided,
        supersedes: job.replays.get(&name).copied(),
        vintage: name,
        collected_at: job.now.into(),
        who: job.who.into(),
        program: job.program.into(),
        cut_off: None,
        prepared,
        label: job.recipe.label.clone(),
        raw: vec![job.raw.clone()],
    }
}

/// What was decided about the rows and texts of one file.
pub(crate) fn rulings(decisions: &[Decision], sha256: &str) -> Rulings {
    let mut rulings = Rulings::default();
    for decision in decisions {
        match &decision.body {
            DecisionBody::Map { field, found, to } => {
                rulings.map.insert((field.clone(), found.clone()), to.clone());
            }
            DecisionBody::Accept { file, member, ordinals } if file == sha256 => {
                rulings.accept.extend(ordinals.iter().map(|o| (*member, *o)))
            }
            DecisionBody::Reject { file, member, ordinals } if file == sha256 => {
                rulings.reject.extend(ordinals.iter().map(|o| (*member, *o)))
            }
            DecisionBody::Accept { .. }
            | DecisionBody::Reject { .. }
            | DecisionBody::Rename { .. }
            | DecisionBody::Same(_)
            | DecisionBody::Apart(_)
            | DecisionBody::Finding { .. }
            | DecisionBody::Design { .. }
            | DecisionBody::Undo { .. } => {}
        }
    }
    rulings
}

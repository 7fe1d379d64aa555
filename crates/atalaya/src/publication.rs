//! What any publication needs of the store: parts with the raw files they rest on, and the day of
//! its newest data.

use std::collections::BTreeSet;

use atalaya_kernel::{Both, Problem};
use atalaya_report::publication::{Part, Program, Publication, RawInput};
use atalaya_store::Intake;

use crate::Observatory;
use crate::answer::Answer;
use crate::verbs::table_of;

/// Where the program can be had.
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// An answer as a part of a publication: `id` names its files, `question` says what was asked.
///
/// # Errors
/// Those of the store.
pub fn part_of(observatory: &Observatory, id: &str, question: &str, answer: &Answer) -> Result<Part, Problem> {
    let named: BTreeSet<&str> = answer.sources.iter().map(|s| s.id.as_str()).collect();
    let mut inputs = BTreeSet::new();
    for intake in observatory.store().visible(None)?.iter().filter(|i| named.contains(i.source.as_str())) {
        inputs.extend(inputs_of(intake));
    }
    let mut table = table_of(answer);
    table.id = id.into();
    Ok(Part { id: id.into(), table, figure: answer.figure.clone(), question: question.into(), inputs: inputs.into_iter().collect() })
}

fn inputs_of(intake: &Intake) -> impl Iterator<Item = RawInput> + '_ {
    intake.files.iter().map(|f| RawInput {
        sha256: f.sha256.clone(),
        name: f.name.clone(),
        source: intake.source.clone(),
        vintage: intake.vintage.clone(),
    })
}

/// A publication of an observatory, before its files.
///
/// # Errors
/// Those of the store.
pub fn publication_of(observatory: &Observatory, title: Both, description: Both, parts: Vec<Part>) -> Result<Publication, Problem> {
    Ok(Publication {
        title,
        description,
        publisher: observatory.config().name.clone(),
        date: newest_day(observatory)?,
        program: Program { name: "atalaya".into(), version: env!("CARGO_PKG_VERSION").into(), url: HOME.into() },
        parts,
    })
}

/// The day on which the newest intake seen here was collected: no clock is read, so the same
/// store gives the same publication.
///
/// # Errors
/// Those of the store.
pub fn newest_day(observatory: &Observatory) -> Result<String, Problem> {
    let intakes = observatory.store().visible(None)?;
    let newest = intakes.iter().filter_map(|i| i.collected_at.get(..10)).max();
    Ok(newest.unwrap_or("1970-01-01").into())
}

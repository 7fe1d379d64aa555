//! What any publication needs of the store: parts with the raw files they rest on, and the day of
//! its newest data.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use atalaya_kernel::label::RowRelease;
use atalaya_kernel::{Both, Label, Lang, Problem, Tlp};
use atalaya_report::publication::{File, MARK, Part, Program, Publication, RawInput, data_of};
use atalaya_store::{Intake, sha256_bytes};
use serde_json::Value;

use crate::Observatory;
use crate::answer::Answer;
use crate::verbs::{Ask, table_of};

/// Where the program can be had.
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// Who will read a publication.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// Whether all of them may see what carries a label.
    pub sees: &'a dyn Fn(&Label) -> bool,
    /// Whether they are desks of the observatory.
    pub inside: bool,
}

/// An answer as a part of a publication: `id` names its files, `question` says what was asked.
///
/// # Errors
/// Those of the store.
pub fn part_of(observatory: &Observatory, id: &str, question: &str, answer: &Answer, reader: Reader<'_>) -> Result<Part, Problem> {
    let named: BTreeSet<&str> = answer.sources.iter().map(|s| s.id.as_str()).collect();
    let mut table = table_of(answer);
    table.id = id.into();
    let inputs = inputs(observatory, &named, reader)?;
    Ok(Part { id: id.into(), table, figure: answer.figure.clone(), question: question.into(), inputs })
}

/// The raw files of some sources that the readers may know of.
///
/// # Errors
/// Those of the store.
pub fn inputs(observatory: &Observatory, sources: &BTreeSet<&str>, reader: Reader<'_>) -> Result<Vec<RawInput>, Problem> {
    let intakes = observatory.store().visible(None)?;
    let seen = intakes.iter().filter(|i| sources.contains(i.source.as_str()) && (reader.sees)(&i.label));
    Ok(seen.flat_map(|i| inputs_of(i, reader.inside)).collect::<BTreeSet<RawInput>>().into_iter().collect())
}

/// The files of an intake. One whose rows may not leave is known outside by its hash alone.
fn inputs_of(intake: &Intake, inside: bool) -> impl Iterator<Item = RawInput> + '_ {
    let named = inside || intake.label.rows != RowRelease::NotReleasable;
    intake.files.iter().map(move |f| RawInput {
        sha256: f.sha256.clone(),
        name: if named { f.name.clone() } else { "raw file / archivo original".into() },
        source: intake.source.clone(),
        vintage: intake.vintage.clone(),
    })
}

/// The data beside a publication: every part in every format it fits, outlines included.
///
/// # Errors
/// Those of the formats.
pub fn data_beside(observatory: &Observatory, parts: &[Part]) -> Result<Vec<File>, Problem> {
    // A file of outlines that cannot be read is told of where maps are drawn.
    let shapes = observatory.shapes(&mut Vec::new());
    data_of(parts, &shapes.iter().map(|s| s.as_ref()).collect::<Vec<_>>(), Lang::Es)
}

/// A question as it would be typed.
pub fn typed(ask: &Ask) -> String {
    let mut out = format!("atalaya query {}", ask.what);
    for (flag, values) in [
        ("substance", &ask.substance),
        ("area", &ask.area),
        ("source", &ask.source),
        ("by", &ask.by),
        ("from", &ask.from.iter().cloned().collect()),
        ("to", &ask.to.iter().cloned().collect()),
        ("level", &ask.level.iter().cloned().collect()),
        ("without", &ask.without),
    ] {
        if !values.is_empty() {
            out += &format!(" --{flag} {}", values.join(","));
        }
    }
    out
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

/// A file of a publication that is no bulletin, as its crate names it, for a desk that is cleared
/// for what is in it. A file that is not what was published is not given out.
pub fn file_of(observatory: &Observatory, folder: &Path, name: &str) -> Option<(String, Vec<u8>)> {
    let document: Value = serde_json::from_str(&fs::read_to_string(folder.join(MARK)).ok()?).ok()?;
    let entity = |id: &str| document.get("@graph")?.as_array()?.iter().find(|e| e["@id"] == id);
    // The terms begin with the label of everything in it.
    let label = Tlp::parse(entity("#terms")?["description"].as_str()?.split(';').next()?)?;
    let clearance = observatory.clearance();
    if !clearance.inside || label > clearance.tlp {
        return None;
    }
    let file = entity(name).filter(|e| e["@type"] == "File" && !name.contains("..") && !name.starts_with('/'))?;
    let bytes = fs::read(folder.join(name)).ok()?;
    (file["sha256"].as_str()? == sha256_bytes(&bytes)).then_some((file["encodingFormat"].as_str()?.to_string(), bytes))
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

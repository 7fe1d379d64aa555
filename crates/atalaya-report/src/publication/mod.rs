//! A publication's folder: the data behind it in every format, and an RO-Crate that says what was
//! made from what.

mod data;
mod rocrate;

use std::fs;
use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Problem};

pub use data::{FormatOf, PART_FORMATS, data_of};
pub use rocrate::crate_of;

use crate::table::Table;

/// A publication: pages for people, and the answers they rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// What it is.
    pub title: Both,
    /// What it shows, from what.
    pub description: Both,
    /// The observatory that publishes, by its name.
    pub publisher: String,
    /// The day of the newest data in it: the same store gives the same day.
    pub date: String,
    /// Program and version.
    pub program: Program,
    /// The answers it rests on.
    pub parts: Vec<Part>,
}

/// The program that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it can be had.
    pub url: String,
}

/// One published answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name in files: small letters, digits and hyphens.
    pub id: String,
    /// The answer as a table.
    pub table: Table,
    /// The id of the whole answer.
    pub figure: String,
    /// The question, as the program understood it.
    pub question: String,
    /// The raw files it rests on.
    pub inputs: Vec<RawInput>,
}

/// A raw file that an answer rests on. It is named, not passed on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RawInput {
    /// Its SHA-256.
    pub sha256: String,
    /// Its name as it came.
    pub name: String,
    /// The source it is of.
    pub source: String,
    /// The vintage it gave.
    pub vintage: String,
}

/// A file of a publication, at its place below the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path below the folder, `/` between names.
    pub path: String,
    /// Its media type.
    pub media_type: String,
    /// What it is.
    pub title: Both,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// The part it is a format of, if it is.
    pub part: Option<String>,
}

/// The name of the file by which a folder is known to be a publication of ours.
pub const MARK: &str = "ro-crate-metadata.json";

/// Writes a publication's files into a folder that is new, empty, or an earlier publication of
/// ours. Files of an earlier one that the new one lacks are removed; whatever else lies there
/// is left, and refused before anything is written.
///
/// # Errors
/// `publication-exists`, `io`.
pub fn write(folder: &Path, files: &[File]) -> Result<Vec<PathBuf>, Problem> {
    let failed = |path: &Path| {
        let place = path.display().to_string();
        move |e: std::io::Error| Problem::io(&place, &e)
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let occupied = fs::read_dir(folder).map_err(failed(folder))?.next().is_some();
    let old = listed(folder);
    if occupied && old.is_none() {
        return Err(Problem::new(
            "publication-exists",
            folder.display().to_string(),
            Both::new("the folder holds something else", "la carpeta contiene otra cosa"),
            Both::new(
                "choose a new or empty folder with --out, or the one of an earlier publication",
                "elija con --out una carpeta nueva o vacía, o la de una publicación anterior",
            ),
        ));
    }
    let mut written = Vec::new();
    // The mark comes last: a folder that has it is whole.
    let (mark, others): (Vec<&File>, Vec<&File>) = files.iter().partition(|f| f.path == MARK);
    for file in others.into_iter().chain(mark) {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        if !fs::read(&path).is_ok_and(|there| there == file.bytes) {
            let temporary = path.with_extension("tmp");
            fs::write(&temporary, &file.bytes).and_then(|()| fs::rename(&temporary, &path)).map_err(failed(&path))?;
        }
        written.push(path);
    }
    for gone in old.unwrap_or_default().into_iter().filter(|old| !files.iter().any(|f| f.path == *old)) {
        // It was ours and is replaced; that it is gone already is no failure.
        let _ = fs::remove_file(folder.join(gone));
    }
    Ok(written)
}

/// The files that an earlier publication in this folder lists, if it is one of ours.
fn listed(folder: &Path) -> Option<Vec<String>> {
    let text = fs::read_to_string(folder.join(MARK)).ok()?;
    let document: serde_json::Value = serde_json::from_str(&text).ok()?;
    let graph = document.get("@graph")?.as_array()?;
    let ours = graph.iter().any(|e| e["@id"] == "#atalaya" && e["@type"] == "SoftwareApplication");
    let plain = |path: &str| !path.contains("..") && !path.starts_with('/') && !path.contains(':') && !path.contains('\\');
    let files = graph.iter().filter(|e| e["@type"] == "File").filter_map(|e| e["@id"].as_str());
    ours.then(|| files.filter(|p| plain(p)).map(str::to_string).collect())
}

//! The log of a design's assessments: `designs/ID/assessments.jsonl`, a line a run, only ever longer.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use atalaya_kernel::{Both, Label, Problem};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::cause::Flip;
use crate::evaluate::finding::{Effect, Verdict};

/// The file's name, beside the text it is about.
pub(crate) const LOG: &str = "assessments.jsonl";

/// One run of a design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Assessment {
    /// The run, from 1.
    pub run: u64,
    /// The look, from 1: a run in which the effect is what it was is no new look.
    pub look: u32,
    /// When it ran.
    pub when: String,
    /// The state of the data: the snapshot, or the file's SHA-256.
    pub data: String,
    /// The newest intake, for data of the observatory.
    pub as_of: Option<i64>,
    /// SHA-256 of the design's text.
    pub hash: String,
    /// The program's version.
    pub version: String,
    /// The last period of the outcome.
    pub last_period: Option<i64>,
    /// The information planned for, fixed at the first look of this text.
    pub planned: Option<f64>,
    /// The effect, its interval of one look and the one that pays for all.
    pub effect: Option<Effect>,
    /// What may be said.
    pub verdict: Verdict,
    /// What the interval of this one look would have said.
    pub naive: Verdict,
    /// The verdict in two sentences, or why there is none.
    pub says: Vec<Both>,
    /// Why it could not be run, if it could not.
    pub problem: Option<Problem>,
    /// What turned, and why, where the verdict is not that of the run before.
    pub flip: Option<Flip>,
    /// Who may see it.
    pub label: Option<Label>,
}

/// The lines of a log. A last line without its end is what an interruption left: it is not read.
///
/// # Errors
/// `io`, `log-line` with the number of a line that cannot be read.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Problem> {
    let place = path.display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Problem::io(place, &e)),
    };
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let parse = |(at, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|e| {
            let message = e.to_string();
            Problem::new(
                "log-line",
                format!("{place} line {}", at + 1),
                Both::new(format!("it cannot be read: {message}"), format!("no se puede leer: {message}")),
                Both::new("restore the file: its lines are never edited", "restaure el archivo: sus líneas nunca se editan"),
            )
        })
    };
    whole.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

/// Appends a line and has it on the disk before it returns. What an interruption left of a line is
/// taken away first.
///
/// # Errors
/// `io`.
pub(crate) fn append<T: Serialize>(path: &Path, line: &T) -> Result<(), Problem> {
    let failed = |e: std::io::Error| Problem::io(path.display().to_string(), &e);
    let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).map_err(failed)?;
    let end = whole_lines(&mut file).map_err(failed)?;
    let mut text = serde_json::to_string(line).map_err(|e| failed(e.into()))?;
    text.push('\n');
    let written = file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end))).and_then(|_| file.write_all(text.as_bytes()));
    written.and_then(|()| file.sync_all()).map_err(failed)
}

/// Where the last whole line ends.
fn whole_lines(file: &mut File) -> std::io::Result<u64> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at as u64 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_short_is_neither_read_nor_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOG);
        assert_eq!(read::<u32>(&path).unwrap(), [0u32; 0]);
        append(&path, &1u32).unwrap();
        fs::write(&path, "1\n2").unwrap();
        assert_eq!(read::<u32>(&path).unwrap(), [1]);
        append(&path, &3u32).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "1\n3\n");
        fs::write(&path, "1\nx\n").unwrap();
        let problem = read::<u32>(&path).unwrap_err();
        assert!(problem.id == "log-line" && problem.place.ends_with("line 2"), "{problem:?}");
    }
}

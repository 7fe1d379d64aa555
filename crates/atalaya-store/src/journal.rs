//! The journal: one JSON line per intake and per decision, in order. With the raw files and the
//! recipes (raw files too) it is all a store is derived from.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Exit, Problem, both};
use serde::{Deserialize, Serialize};

use crate::{Decision, Intake, RawFile};

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub enum Entry {
    /// A reading of a source.
    Intake {
        /// The receipt.
        intake: Box<Intake>,
        /// The raw files it read.
        raw: Vec<RawFile>,
    },
    /// A person's ruling.
    Decision(Decision),
}

impl Entry {
    /// Whether two lines tell the same.
    fn key(&self) -> (u8, i64) {
        match self {
            Entry::Intake { intake, .. } => (0, intake.id),
            Entry::Decision(decision) => (1, decision.id),
        }
    }
}

/// `journal.jsonl` of an observatory.
#[derive(Debug, Clone)]
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    /// The journal of the observatory at `observatory`.
    pub fn at(observatory: &Path) -> Journal {
        Journal { path: observatory.join("journal.jsonl") }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All whole lines, in order. A last line cut short by a crash is left out.
    ///
    /// # Errors
    /// `journal-damaged` with the line, `io`.
    pub fn read(&self) -> Result<Vec<Entry>, Problem> {
        let place = self.path.display().to_string();
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(Problem::io(place, &e)),
        };
        let mut reader = BufReader::new(file);
        let (mut entries, mut line, mut number) = (Vec::new(), String::new(), 0);
        loop {
            line.clear();
            number += 1;
            if reader.read_line(&mut line).map_err(|e| Problem::io(&place, &e))? == 0 || !line.ends_with('\n') {
                return Ok(entries);
            }
            entries.push(serde_json::from_str(&line).map_err(|e| damaged(&place, number, &e))?);
        }
    }

    /// Appends the entries of the store that the journal lacks (a crash can fall between the
    /// store's commit and this line), after cutting a torn last line.
    ///
    /// # Errors
    /// As [`Journal::read`]; `io`.
    pub fn heal(&self, stored: &[Entry]) -> Result<usize, Problem> {
        let known: std::collections::BTreeSet<_> = self.read()?.iter().map(Entry::key).collect();
        let missing: Vec<&Entry> = stored.iter().filter(|e| !known.contains(&e.key())).collect();
        if missing.is_empty() {
            return Ok(0);
        }
        let failed = |e: std::io::Error| Problem::io(self.path.display().to_string(), &e);
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&self.path).map_err(failed)?;
        let whole = whole_length(&self.path).map_err(failed)?;
        file.set_len(whole).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        for entry in &missing {
            let mut line = serde_json::to_string(entry).unwrap_or_default();
            line.push('\n');
            file.write_all(line.as_bytes()).map_err(failed)?;
        }
        file.sync_all().map_err(failed)?;
        Ok(missing.len())
    }
}

/// Bytes up to and with the last newline.
fn whole_length(path: &Path) -> std::io::Result<u64> {
    let bytes = fs::read(path)?;
    Ok(bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at as u64 + 1))
}

fn damaged(place: &str, line: usize, error: &serde_json::Error) -> Problem {
    Problem::new(
        "journal-damaged",
        format!("{place} line {line}"),
        both!("is not a journal entry ({error})", "no es un asiento del diario ({error})"),
        Both::new(
            "restore the journal from a copy; the store itself is untouched",
            "restaure el diario de una copia; el almacén no se ha tocado",
        ),
    )
    .exits(Exit::No)
}

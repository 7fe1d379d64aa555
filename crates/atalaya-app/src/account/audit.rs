//! Who did what, when, and how it ended; never what was in it. Each line carries the hash of the
//! one before, and a file beside it the number and hash of the last, so that a cut shows.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use atalaya_kernel::{Both, Exit, Problem, both};
use serde::{Deserialize, Serialize};

use super::create_private;
use super::password::sha256;

/// What stands before the first line.
const BEGINNING: &str = "0";

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number, from 1.
    pub n: u64,
    /// When, RFC 3339.
    pub at: String,
    /// The account, or `owner`; `-` where nobody was signed in.
    pub who: String,
    /// What was asked for: a route of the API or a command.
    pub what: String,
    /// How it ended.
    pub outcome: String,
    /// The hash of the line before.
    pub before: String,
    /// The hash of this one.
    pub hash: String,
}

impl Line {
    fn hashed(&self) -> String {
        let Line { n, at, who, what, outcome, before, .. } = self;
        sha256(&serde_json::json!([n, at, who, what, outcome, before]).to_string())
    }
}

/// The log of one observatory.
#[derive(Debug)]
pub struct Audit {
    path: PathBuf,
    head: PathBuf,
    writing: Mutex<()>,
}

impl Audit {
    /// The log of the observatory at `root`.
    pub fn at(root: &Path) -> Audit {
        Audit { path: root.join("audit.jsonl"), head: root.join("audit.head"), writing: Mutex::new(()) }
    }

    /// Adds a line.
    ///
    /// # Errors
    /// `io`.
    pub fn note(&self, at: &str, who: &str, what: &str, outcome: &str) -> Result<(), Problem> {
        let failed = |e: std::io::Error| Problem::io(self.path.display().to_string(), &e);
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = create_private(&self.path).map_err(failed)?;
        // A command may write beside a running server.
        file.lock().map_err(failed)?;
        let (n, before) = self.last().unwrap_or((0, BEGINNING.into()));
        let mut line =
            Line { n: n + 1, at: at.into(), who: who.into(), what: what.into(), outcome: outcome.into(), before, hash: String::new() };
        line.hash = line.hashed();
        let text = serde_json::to_string(&line).unwrap_or_default() + "\n";
        file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).map_err(failed)?;
        fs::write(&self.head, format!("{} {}\n", line.n, line.hash)).map_err(failed)
    }

    fn last(&self) -> Option<(u64, String)> {
        let text = fs::read_to_string(&self.head).ok()?;
        let (n, hash) = text.trim().split_once(' ')?;
        Some((n.parse().ok()?, hash.into()))
    }

    /// Every line, each checked against the one before and the last against the head.
    ///
    /// # Errors
    /// `audit-cut` with the line, `io`.
    pub fn read(&self) -> Result<Vec<Line>, Problem> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(Problem::io(self.path.display().to_string(), &e)),
        };
        let (mut lines, mut before) = (Vec::new(), BEGINNING.to_string());
        for (number, text) in (1..).zip(text.lines()) {
            let line: Line = serde_json::from_str(text).map_err(|_| self.cut(number))?;
            if line.n != number || line.before != before || line.hash != line.hashed() {
                return Err(self.cut(number));
            }
            before.clone_from(&line.hash);
            lines.push(line);
        }
        match self.last() {
            Some((n, hash)) if n == lines.len() as u64 && hash == before => Ok(lines),
            None if lines.is_empty() => Ok(lines),
            _ => Err(self.cut(lines.len() as u64 + 1)),
        }
    }

    fn cut(&self, number: u64) -> Problem {
        Problem::new(
            "audit-cut",
            self.path.display().to_string(),
            both!("line {number} is missing or was changed", "la línea {number} falta o fue cambiada"),
            Both::new(
                "keep the file aside and ask who had access to this folder",
                "guarde el archivo aparte y averigüe quién tuvo acceso a esta carpeta",
            ),
        )
        .exits(Exit::No)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_changed_or_dropped_from_the_end_shows() {
        let folder = tempfile::tempdir().unwrap();
        let audit = Audit::at(folder.path());
        assert!(audit.read().unwrap().is_empty());
        for what in ["login", "collect", "logout"] {
            audit.note("2026-11-26T12:00:00Z", "desk-peru", what, "ok").unwrap();
        }
        assert_eq!(audit.read().unwrap().len(), 3);
        let path = folder.path().join("audit.jsonl");
        let whole = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        for bad in [
            format!("{}\n{}\n", lines[0], lines[2]),
            format!("{}\n{}\n", lines[0], lines[1]),
            format!("{}\n", lines[1..].join("\n")),
            whole.replace("collect", "nothing"),
            String::new(),
        ] {
            fs::write(&path, bad).unwrap();
            assert_eq!(audit.read().unwrap_err().id, "audit-cut");
        }
        fs::write(&path, &whole).unwrap();
        assert_eq!(audit.read().unwrap().len(), 3);
    }
}

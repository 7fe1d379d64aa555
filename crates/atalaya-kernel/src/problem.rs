//! What went wrong, in the shape every surface prints: where, what was found, what to do.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Both, Lang};

/// The exit codes a script can rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// 1: it ran, and the answer is "no" (a figure that no longer verifies, a damaged store).
    No,
    /// 2: the request or its input cannot be used as it is.
    Usage,
    /// 3: a file or a host could not be read or written.
    Io,
    /// 4: refused by a rule of Atalaya (label, persons, size caps).
    Refused,
    /// 5: another process is writing; nothing was changed.
    Busy,
}

impl Exit {
    /// The number the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Exit::No => 1,
            Exit::Usage => 2,
            Exit::Io => 3,
            Exit::Refused => 4,
            Exit::Busy => 5,
        }
    }
}

/// An error as a person meets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable name scripts can test: `unknown-source`, `csv-ragged`.
    pub id: String,
    /// Where: a file with its line, a flag, a figure.
    pub place: String,
    /// What was found.
    pub found: Both,
    /// What to do about it.
    pub todo: Both,
    /// How the process ends.
    pub exit: Exit,
}

impl Problem {
    /// A problem with the request or its input (exit code 2).
    pub fn new(id: &str, place: impl Into<String>, found: Both, todo: Both) -> Problem {
        Problem { id: id.into(), place: place.into(), found, todo, exit: Exit::Usage }
    }

    /// The same problem ending with another exit code.
    #[must_use]
    pub fn exits(mut self, exit: Exit) -> Problem {
        self.exit = exit;
        self
    }

    /// The same problem, seen from further out: `reading unodc-ids: file.csv line 3`.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Problem {
        self.place = if self.place.is_empty() { outer.into() } else { format!("{outer}: {}", self.place) };
        self
    }

    /// A file that could not be read or written.
    pub fn io(place: impl Into<String>, error: &std::io::Error) -> Problem {
        Problem::new(
            "io",
            place,
            Both::new(format!("could not be read or written ({error})"), format!("no se pudo leer o escribir ({error})")),
            Both::new(
                "check that the path exists, that you may use it and that the disk is not full",
                "verifique que la ruta exista, que tenga permiso y que el disco no esté lleno",
            ),
        )
        .exits(Exit::Io)
    }

    /// `place: what was found; what to do`, in one language.
    pub fn say(&self, lang: Lang) -> String {
        let (found, todo) = (self.found.in_lang(lang), self.todo.in_lang(lang));
        let head = if self.place.is_empty() { found.to_string() } else { format!("{}: {found}", self.place) };
        if todo.is_empty() { head } else { format!("{head}; {todo}") }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for Problem {}

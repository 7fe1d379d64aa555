//! Refusals that happen in the middle of reading, carried through `std::io`.

use std::fmt;
use std::io;

use atalaya_kernel::{Both, Problem, both};

use super::refused;

/// Why a stream is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The problem's id.
    pub id: &'static str,
    /// The byte it was met at, if that helps.
    pub offset: Option<u64>,
    /// What was found.
    pub found: Both,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.found.en)
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// The fault as an I/O error, for [`reading`] to find again.
    pub(crate) fn io(id: &'static str, offset: Option<u64>, found: Both) -> io::Error {
        io::Error::other(Fault { id, offset, found })
    }
}

/// A read error as a problem: refusals keep their words, a cut archive is one, the rest is I/O.
pub(crate) fn reading(place: &str, error: &io::Error) -> Problem {
    if let Some(fault) = error.get_ref().and_then(|e| e.downcast_ref::<Fault>()) {
        let place = fault.offset.map_or_else(|| place.to_string(), |offset| format!("{place} byte {offset}"));
        let mut problem = refused(fault.id, &place, fault.found.clone());
        if matches!(fault.id, "bad-encoding" | "nul-byte") {
            problem.todo =
                Both::new("nothing of it was kept; export it again as CSV UTF-8", "no se conservó nada; expórtelo de nuevo como CSV UTF-8");
        }
        return problem;
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            refused("archive-broken", place, both!("is cut off or damaged ({error})", "está cortado o dañado ({error})"))
        }
        _ => Problem::io(place, error),
    }
}

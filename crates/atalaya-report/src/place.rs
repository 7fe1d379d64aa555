//! Puts finished files in their place: a temporary name first, then a rename.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Problem};

use crate::export::Piece;
use crate::table::MADE_BY;

/// Writes the first piece to `to` and the others beside it. `to` is replaced if it exists; a file
/// beside it only if an export made it.
pub(crate) fn beside(to: &Path, pieces: &[Piece]) -> Result<Vec<PathBuf>, Problem> {
    if to.is_dir() {
        return Err(foreign(to));
    }
    let folder = to.parent().unwrap_or(Path::new(""));
    let paths: Vec<PathBuf> = pieces.iter().enumerate().map(|(at, p)| if at == 0 { to.into() } else { folder.join(&p.name) }).collect();
    for path in &paths[1..] {
        if exists(path)? && !is_ours(path)? {
            return Err(foreign(path));
        }
    }
    all(paths, pieces)
}

/// Writes the pieces into the folder `to`, which is made if it does not exist. An existing folder
/// must be empty or hold an earlier export of the same files and nothing else: what lies in the
/// folder of a package is passed on with it. Hidden files do not count.
pub(crate) fn within(to: &Path, pieces: &[Piece]) -> Result<Vec<PathBuf>, Problem> {
    fs::create_dir_all(to).map_err(|e| io_at(to, &e))?;
    let paths: Vec<PathBuf> = pieces.iter().map(|p| to.join(&p.name)).collect();
    let mut there = Vec::new();
    for entry in fs::read_dir(to).map_err(|e| io_at(to, &e))? {
        let entry = entry.map_err(|e| io_at(to, &e))?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            there.push(entry.path());
        }
    }
    there.sort_unstable();
    if let Some(other) = there.iter().find(|path| !paths.contains(path)) {
        return Err(foreign(other));
    }
    let ours = exists(&paths[0])? && is_ours(&paths[0])?;
    if !there.is_empty() && !ours {
        return Err(foreign(to));
    }
    all(paths, pieces)
}

fn foreign(path: &Path) -> Problem {
    let what = Both::new(
        "is there already and is not of an earlier export of this table",
        "ya existe y no proviene de una exportación anterior de esta tabla",
    );
    let todo = Both::new("choose another name, or move it away", "elija otro nombre o muévalo a otro lugar");
    Problem::new("export-exists", path.display().to_string(), what, todo)
}

fn io_at(path: &Path, error: &io::Error) -> Problem {
    Problem::io(path.display().to_string(), error)
}

fn exists(path: &Path) -> Result<bool, Problem> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(io_at(path, &e)),
    }
}

/// Whether the first lines of a file say that an export made it.
fn is_ours(path: &Path) -> Result<bool, Problem> {
    let mut head = Vec::new();
    if !path.is_file() {
        return Ok(false);
    }
    File::open(path).and_then(|f| f.take(1024).read_to_end(&mut head)).map_err(|e| io_at(path, &e))?;
    Ok(String::from_utf8_lossy(&head).contains(&format!("made-by\": \"{MADE_BY}\"")))
}

/// All under temporary names, then all renamed, the first one last: who sees it sees the others.
fn all(paths: Vec<PathBuf>, pieces: &[Piece]) -> Result<Vec<PathBuf>, Problem> {
    let mut waiting = Waiting::default();
    for (path, piece) in paths.iter().zip(pieces) {
        let temporary = write_new(path, &piece.bytes).map_err(|e| io_at(path, &e))?;
        waiting.0.push((temporary, path.clone()));
    }
    while let Some((temporary, path)) = waiting.0.pop() {
        if let Err(e) = fs::rename(&temporary, &path) {
            waiting.0.push((temporary, path.clone()));
            return Err(io_at(&path, &e));
        }
    }
    Ok(paths)
}

/// Temporary files not yet renamed; removed if writing ends early.
#[derive(Default)]
struct Waiting(Vec<(PathBuf, PathBuf)>);

impl Drop for Waiting {
    fn drop(&mut self) {
        for (temporary, _) in &self.0 {
            // Nothing better can be done: the first problem is the one to tell.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Writes a new file beside `path` and gives its name.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let mut attempt = 0;
    loop {
        let temporary = path.with_file_name(format!(".{name}.{}-{attempt}.tmp", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Ok(mut file) => {
                let written = file.write_all(bytes).and_then(|()| file.sync_all());
                if let Err(e) = written {
                    let _ = fs::remove_file(&temporary);
                    return Err(e);
                }
                return Ok(temporary);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => attempt += 1,
            Err(e) => return Err(e),
        }
    }
}

//! Raw files by hash: `raw/ab/abcd...`, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Exit, Problem};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::merkle::hex;

/// One raw file as the register knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawFile {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The name it came with.
    pub name: String,
    /// Where it came from: a path or an address.
    pub origin: String,
    /// When it was retrieved, RFC 3339.
    pub retrieved: String,
}

/// The folder of raw files.
#[derive(Debug, Clone)]
pub struct RawStore {
    root: PathBuf,
}

impl RawStore {
    /// The raw files of the observatory at `observatory`.
    pub fn at(observatory: &Path) -> RawStore {
        RawStore { root: observatory.join("raw") }
    }

    /// Where the bytes with this hash lie.
    pub fn path(&self, sha256: &str) -> PathBuf {
        self.root.join(sha256.get(..2).unwrap_or("__")).join(sha256)
    }

    /// Whether the bytes are there (not whether they are whole: see [`RawStore::check`]).
    pub fn has(&self, sha256: &str) -> bool {
        self.path(sha256).is_file()
    }

    /// Copies a reader's bytes aside and hashes them. Dropped without [`Staged::keep`], nothing
    /// of it stays.
    ///
    /// # Errors
    /// `io` with the path.
    pub fn stage(&self, from: &mut dyn Read) -> Result<Staged, Problem> {
        let folder = self.root.join("staging");
        let failed = |error: io::Error| Problem::io(folder.display().to_string(), &error);
        fs::create_dir_all(&folder).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(failed)?;
        let (sha256, bytes) = copy_hashing(from, file.as_file_mut()).map_err(failed)?;
        Ok(Staged { target: self.path(&sha256), file, sha256, bytes })
    }

    /// Keeps a small text: a recipe.
    ///
    /// # Errors
    /// `io` with the path.
    pub fn put_text(&self, text: &str) -> Result<String, Problem> {
        let staged = self.stage(&mut text.as_bytes())?;
        let sha256 = staged.sha256.clone();
        staged.keep()?;
        Ok(sha256)
    }

    /// Removes what a killed process left aside. Call it under the writer's lock.
    pub fn sweep(&self) {
        let _ = fs::remove_dir_all(self.root.join("staging"));
    }

    /// Opens the bytes with this hash.
    ///
    /// # Errors
    /// `raw-missing` if they are not there.
    pub fn open(&self, sha256: &str) -> Result<File, Problem> {
        let path = self.path(sha256);
        File::open(&path).map_err(|_| {
            Problem::new(
                "raw-missing",
                path.display().to_string(),
                Both::new("this raw file is gone", "este archivo original ya no está"),
                Both::new("put a copy of it back, or collect it again", "restituya una copia, o recójalo de nuevo"),
            )
            .exits(Exit::No)
        })
    }

    /// Reads the bytes again and compares their hash.
    ///
    /// # Errors
    /// `raw-missing`, `raw-damaged`, `io`.
    pub fn check(&self, sha256: &str) -> Result<u64, Problem> {
        let mut file = self.open(sha256)?;
        let path = self.path(sha256).display().to_string();
        let (now, bytes) = copy_hashing(&mut file, &mut io::sink()).map_err(|e| Problem::io(&path, &e))?;
        if now == sha256 {
            return Ok(bytes);
        }
        Err(Problem::new(
            "raw-damaged",
            path,
            Both::new(format!("its bytes hash to {now}, not to its name"), format!("sus bytes dan {now}, no su nombre")),
            Both::new(
                "restore it from a copy; figures that rest on it do not verify until then",
                "restáurelo de una copia; las cifras que dependen de él no se verifican hasta entonces",
            ),
        )
        .exits(Exit::No))
    }
}

/// Bytes copied aside, not yet kept.
#[derive(Debug)]
pub struct Staged {
    file: tempfile::NamedTempFile,
    target: PathBuf,
    /// Their hash.
    pub sha256: String,
    /// How many.
    pub bytes: u64,
}

impl Staged {
    /// Where they lie for now.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Keeps them under their hash, on disk when this returns.
    ///
    /// # Errors
    /// `io` with the path.
    pub fn keep(self) -> Result<(), Problem> {
        let failed = |error: io::Error| Problem::io(self.target.display().to_string(), &error);
        if fs::metadata(&self.target).is_ok_and(|m| m.len() == self.bytes) {
            return Ok(());
        }
        self.file.as_file().sync_all().map_err(failed)?;
        if let Some(folder) = self.target.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let target = self.target.clone();
        self.file.persist(&target).map_err(|e| Problem::io(target.display().to_string(), &e.error))?;
        Ok(())
    }
}

fn copy_hashing(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<(String, u64)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let n = from.read(&mut buffer)?;
        if n == 0 {
            return Ok((hex(&hasher.finalize()), bytes));
        }
        hasher.update(&buffer[..n]);
        to.write_all(&buffer[..n])?;
        bytes += n as u64;
    }
}

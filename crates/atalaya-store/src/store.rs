//! Opening and creating the store.

use std::path::{Path, PathBuf};
use std::time::Duration;

use atalaya_kernel::{Both, Clearance, Exit, Problem, both};
use rusqlite::{Connection, OpenFlags};

use crate::journal::{Entry, Journal};
use crate::raw::RawStore;
use crate::schema;

/// How long a writer waits for another one before it says so.
const PATIENCE: Duration = Duration::from_secs(20);

/// The store of one observatory.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    root: PathBuf,
    clearance: Clearance,
}

impl Store {
    /// The file name inside an observatory.
    pub const FILE: &'static str = "store.sqlite";

    /// Makes an empty store in the folder `root`.
    ///
    /// # Errors
    /// `io`, `store`.
    pub fn create(root: &Path) -> Result<Store, Problem> {
        let connection = Connection::open(root.join(Self::FILE)).map_err(|e| sql(&e))?;
        pragmas(&connection)?;
        let version: i32 = connection.query_row("PRAGMA user_version", [], |r| r.get(0)).map_err(|e| sql(&e))?;
        if version == 0 {
            connection.execute_batch(&format!("BEGIN; {} COMMIT;", schema::create())).map_err(|e| sql(&e))?;
        }
        Store::open(root)
    }

    /// Opens the store in the folder `root`.
    ///
    /// # Errors
    /// `no-store`, `store-damaged`, `store-newer`.
    pub fn open(root: &Path) -> Result<Store, Problem> {
        let path = root.join(Self::FILE);
        let place = path.display().to_string();
        if !path.is_file() {
            return Err(Problem::new(
                "no-store",
                place,
                Both::new("there is no store here", "aquí no hay almacén"),
                Both::new(
                    "run `atalaya rebuild`, or `atalaya init NAME` for a new observatory",
                    "ejecute `atalaya rebuild`, o `atalaya init NOMBRE` para un observatorio nuevo",
                ),
            ));
        }
        let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|e| sql(&e).within(&place))?;
        pragmas(&connection).map_err(|p| p.within(&place))?;
        let id: i32 = connection.query_row("PRAGMA application_id", [], |r| r.get(0)).map_err(|e| sql(&e).within(&place))?;
        let version: i32 = connection.query_row("PRAGMA user_version", [], |r| r.get(0)).map_err(|e| sql(&e).within(&place))?;
        if id != schema::APPLICATION_ID || version != schema::VERSION {
            return Err(Problem::new(
                "store-other",
                place,
                both!(
                    "is not a store of this version (application {id}, schema {version})",
                    "no es un almacén de esta versión (aplicación {id}, esquema {version})"
                ),
                Both::new(
                    "move it away and run `atalaya rebuild`: raw files and journal are enough",
                    "apártelo y ejecute `atalaya rebuild`: bastan los originales y el diario",
                ),
            )
            .exits(Exit::No));
        }
        // Stores of before clearances, and of before links, lack them.
        for table in [schema::FIGURE_VIEW, schema::FIGURE_LINKS] {
            connection.execute_batch(table).map_err(|e| sql(&e).within(&place))?;
        }
        Ok(Store { connection, root: root.to_path_buf(), clearance: Clearance::owner() })
    }

    /// The same store as somebody with this clearance sees it: an intake whose label he may not
    /// see does not exist for him, nor anything derived from it.
    #[must_use]
    pub fn seen_by(mut self, clearance: Clearance) -> Store {
        self.clearance = clearance;
        self
    }

    /// As whom this store is seen.
    pub fn clearance(&self) -> &Clearance {
        &self.clearance
    }

    /// The folder of the observatory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The raw files beside it.
    pub fn raw(&self) -> RawStore {
        RawStore::at(&self.root)
    }

    /// The journal beside it.
    pub fn journal(&self) -> Journal {
        Journal::at(&self.root)
    }

    /// Size of the SQLite file and its write-ahead log.
    pub fn bytes(&self) -> u64 {
        let size = |name: String| std::fs::metadata(self.root.join(name)).map_or(0, |m| m.len());
        size(Self::FILE.into()) + size(format!("{}-wal", Self::FILE))
    }

    /// Writes to the journal what a crash may have left out. Returns how many lines.
    ///
    /// # Errors
    /// `journal-damaged`, `io`, `store`.
    pub fn heal_journal(&self) -> Result<usize, Problem> {
        let mut entries: Vec<Entry> = Vec::new();
        for intake in self.every_intake()? {
            let raw = self.raw_files_of(&intake)?;
            entries.push(Entry::Intake { intake: Box::new(intake), raw });
        }
        entries.extend(self.decisions(None)?.into_iter().map(Entry::Decision));
        self.journal().heal(&entries)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

fn pragmas(connection: &Connection) -> Result<(), Problem> {
    connection.busy_timeout(PATIENCE).map_err(|e| sql(&e))?;
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY;",
        )
        .map_err(|e| sql(&e))
}

/// A SQLite error as a problem a person can act on.
pub(crate) fn sql(error: &rusqlite::Error) -> Problem {
    use rusqlite::ErrorCode as Code;
    match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => Problem::new(
            "busy",
            "store.sqlite",
            Both::new("another atalaya is writing to this observatory", "otro atalaya está escribiendo en este observatorio"),
            Both::new(
                "wait until it ends and try again; nothing was changed",
                "espere a que termine e intente de nuevo; no se cambió nada",
            ),
        )
        .exits(Exit::Busy),
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => Problem::new(
            "store-damaged",
            "store.sqlite",
            both!("the file is damaged ({error})", "el archivo está dañado ({error})"),
            Both::new(
                "move it away and run `atalaya rebuild`: it is derived again from the raw files and the journal",
                "apártelo y ejecute `atalaya rebuild`: se deriva de nuevo de los originales y el diario",
            ),
        )
        .exits(Exit::No),
        Some(Code::DiskFull) => Problem::new(
            "disk-full",
            "store.sqlite",
            Both::new("the disk is full", "el disco está lleno"),
            Both::new(
                "free some space and collect again; the last vintage is whole",
                "libere espacio y recoja de nuevo; la última edición está completa",
            ),
        )
        .exits(Exit::Io),
        _ => Problem::new(
            "store",
            "store.sqlite",
            both!("the store answered: {error}", "el almacén respondió: {error}"),
            Both::new("run `atalaya status` to check its integrity", "ejecute `atalaya status` para revisar su integridad"),
        )
        .exits(Exit::Io),
    }
}

//! An observatory: a folder of text that people write and a store that the program derives.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atalaya_kernel::record::Terms;
use atalaya_kernel::{Both, Clearance, Exit, Lang, Problem, both};
use atalaya_sources::Recipe;
pub use atalaya_sources::fetch::Pace;
use atalaya_store::{Cube, Figure, Intake, Observations, Store};
use serde::{Deserialize, Serialize};

use crate::shelf::{Shelf, Standing};
use crate::table::Tables;

/// The file that makes a folder an observatory.
pub const CONFIG: &str = "atalaya.toml";

/// What the surface tells a verb: who asks and when. Verbs have no clock of their own.
pub struct Caller<'a> {
    /// Now, RFC 3339 in UTC.
    pub now: String,
    /// The desk or role that asks, never a person's name.
    pub who: String,
    /// The language of what is printed.
    pub lang: Lang,
    /// Where long work reports.
    pub progress: &'a mut dyn Progress,
    /// The clock that fetching waits by.
    pub pace: &'a dyn Pace,
}

/// Where long work reports.
pub trait Progress {
    /// `what` has come to `rows`.
    fn at(&mut self, what: &str, rows: u64);
    /// `what` is over.
    fn done(&mut self, what: &str);
}

/// A clock that stands still: for work that fetches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Still;

impl Pace for Still {
    fn elapsed(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
    fn sleep(&self, _wait: std::time::Duration) {}
}

/// Progress that nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn at(&mut self, _what: &str, _rows: u64) {}
    fn done(&mut self, _what: &str) {}
}

/// The few things an observatory is told about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Its name.
    pub name: String,
    /// Whether sources may be fetched over the network.
    #[serde(default)]
    pub online: bool,
    /// Hosts that may be fetched from.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// The series its first page shows: `coca-area PE`, `seizures US cocaine` ...; those held
    /// most of if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
}

/// An open observatory.
pub struct Observatory {
    root: PathBuf,
    config: Config,
    store: Store,
    shelf: Arc<Shelf>,
}

/// What the store holds, in memory, as of one intake.
#[derive(Clone)]
pub struct Eye {
    /// The newest intake seen.
    pub as_of: i64,
    /// The snapshot root.
    pub snapshot: Arc<str>,
    /// The intakes in force.
    pub intakes: Arc<Vec<Intake>>,
    /// Their records.
    pub cube: Arc<Cube>,
    /// Their observations.
    pub observations: Arc<Observations>,
    /// The tables made of them.
    pub tables: Arc<Tables>,
}

/// The writer's lock on an observatory, held until dropped.
pub struct Lock {
    _file: File,
}

impl Observatory {
    /// Makes an observatory in the folder `root`, which must be new or empty.
    ///
    /// # Errors
    /// `not-empty`, `io`.
    pub fn create(root: &Path, name: &str) -> Result<Observatory, Problem> {
        let failed = |e: std::io::Error| Problem::io(root.display().to_string(), &e);
        fs::create_dir_all(root).map_err(failed)?;
        if fs::read_dir(root).map_err(failed)?.next().is_some() {
            return Err(Problem::new(
                "not-empty",
                root.display().to_string(),
                Both::new("the folder is not empty", "la carpeta no está vacía"),
                Both::new(
                    "choose a new name, or work in it with `atalaya status` if it is an observatory",
                    "elija un nombre nuevo, o trabaje en ella con `atalaya status` si es un observatorio",
                ),
            ));
        }
        let config = Config { name: name.into(), online: false, hosts: Vec::new(), key: Vec::new() };
        fs::create_dir_all(root.join("sources")).map_err(failed)?;
        fs::write(root.join(CONFIG), toml::to_string(&config).unwrap_or_default()).map_err(failed)?;
        let store = Store::create(root)?;
        Ok(Observatory { root: root.to_path_buf(), config, store, shelf: Arc::default() })
    }

    /// Opens the observatory that `start` lies in, looking upwards as git does.
    ///
    /// # Errors
    /// `no-observatory`, `config`, and those of the store.
    pub fn find(start: &Path) -> Result<Observatory, Problem> {
        let start = start.canonicalize().map_err(|e| Problem::io(start.display().to_string(), &e))?;
        match start.ancestors().find(|p| p.join(CONFIG).is_file()) {
            Some(root) => Observatory::open(root),
            None => Err(Problem::new(
                "no-observatory",
                start.display().to_string(),
                Both::new(
                    "neither this folder nor one above it is an observatory",
                    "ni esta carpeta ni ninguna superior es un observatorio",
                ),
                Both::new(
                    "make one with `atalaya init NAME`, or name one with --observatory DIR",
                    "cree uno con `atalaya init NOMBRE`, o indíquelo con --observatory CARPETA",
                ),
            )),
        }
    }

    /// Opens the observatory in the folder `root`.
    ///
    /// # Errors
    /// `config`, and those of the store.
    pub fn open(root: &Path) -> Result<Observatory, Problem> {
        Ok(Observatory { root: root.to_path_buf(), config: read_config(root)?, store: Store::open(root)?, shelf: Arc::default() })
    }

    /// The same observatory as somebody with this clearance sees it.
    #[must_use]
    pub fn seen_by(self, clearance: Clearance) -> Observatory {
        Observatory { store: self.store.seen_by(clearance), ..self }
    }

    /// As whom it is seen.
    pub fn clearance(&self) -> &Clearance {
        self.store.clearance()
    }

    /// Opens it with an empty store made anew, for `rebuild`.
    pub(crate) fn with_store(root: &Path, config: Config, store: Store) -> Observatory {
        Observatory { root: root.to_path_buf(), config, store, shelf: Arc::default() }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What it is told about itself.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Its store, to write to.
    pub fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    /// What its handles share.
    pub fn shelf(&self) -> &Arc<Shelf> {
        &self.shelf
    }

    /// Another handle on the same observatory, as somebody with this clearance sees it. Handles
    /// work side by side and share what is in memory.
    ///
    /// # Errors
    /// Those of the store.
    pub fn another(&self, clearance: Clearance) -> Result<Observatory, Problem> {
        Ok(Observatory {
            root: self.root.clone(),
            config: self.config.clone(),
            store: Store::open(&self.root)?.seen_by(clearance),
            shelf: Arc::clone(&self.shelf),
        })
    }

    /// Keeps figures: at once, or on the shelf until [`Observatory::write_figures`].
    pub(crate) fn keep_figures(&mut self, figures: &[Figure]) -> Result<(), Problem> {
        let clearance = self.clearance().clone();
        match self.shelf.wait(figures, &clearance) {
            None => self.store.keep_figures(figures, &clearance),
            Some(true) => Ok(()),
            Some(false) => Err(busy(&self.root)),
        }
    }

    /// Writes figures that wait; how many. What could not be written waits on.
    ///
    /// # Errors
    /// `busy` while somebody collects, `store`.
    pub fn write_figures(&mut self, most: usize) -> Result<usize, Problem> {
        let mut written = 0;
        for (clearance, figures) in self.shelf.to_write(most) {
            self.store.keep_figures(&figures, &clearance)?;
            self.shelf.written(&figures);
            written += figures.len();
        }
        Ok(written)
    }

    /// A figure by its id, written or waiting, and as whom it was computed; `None` if it rests on
    /// anything that may not be seen here.
    ///
    /// # Errors
    /// `store`.
    pub fn figure(&self, id: &str) -> Result<Option<(Figure, Clearance)>, Problem> {
        match self.shelf.waiting_figure(id) {
            Some((figure, view)) if self.store.knows(&figure, &view)? => Ok(Some((figure, view))),
            Some(_) => Ok(None),
            None => self.store.figure(id),
        }
    }

    /// Takes the writer's lock.
    ///
    /// # Errors
    /// `busy` if another process has it, `io`.
    pub fn lock(&self) -> Result<Lock, Problem> {
        let path = self.root.join("writer.lock");
        let file = File::create(&path).map_err(|e| Problem::io(path.display().to_string(), &e))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(_) => Err(busy(&path)),
        }
    }

    /// The intakes that may be seen now. Worked out once for each state of the store.
    ///
    /// # Errors
    /// `store`.
    pub fn standing(&self) -> Result<Arc<Standing>, Problem> {
        let stamp = self.store.stamp()?;
        if let Some(standing) = self.shelf.standing(self.clearance(), stamp) {
            return Ok(standing);
        }
        let (intakes, snapshot) = (self.store.intakes()?, self.store.snapshot(None)?.into());
        let standing = Arc::new(Standing { stamp, intakes, snapshot });
        self.shelf.put_standing(self.clearance(), &standing);
        Ok(standing)
    }

    /// What the store holds as of an intake (the newest if `None`), loaded once for all handles.
    ///
    /// # Errors
    /// `store`, `no-intake`.
    pub fn eye(&self, as_of: Option<i64>) -> Result<Eye, Problem> {
        let standing = self.standing()?;
        let newest = standing.intakes.last().map_or(0, |i| i.id);
        let wanted = as_of.unwrap_or(newest);
        if wanted > newest || wanted < 0 {
            return Err(Problem::new(
                "no-intake",
                format!("--as-of {wanted}"),
                both!("there are {newest} intakes", "hay {newest} lecturas"),
                Both::new("`atalaya status` lists them", "`atalaya status` las lista"),
            ));
        }
        let snapshot: Arc<str> = if wanted == newest { Arc::clone(&standing.snapshot) } else { self.store.snapshot(Some(wanted))?.into() };
        if let Some(eye) = self.shelf.eye(&snapshot) {
            return Ok(eye);
        }
        let _once = self.shelf.loading();
        if let Some(eye) = self.shelf.eye(&snapshot) {
            return Ok(eye);
        }
        let intakes = self.store.visible(Some(wanted))?;
        let terms = self.terms()?;
        let eye = Eye {
            as_of: wanted,
            snapshot,
            cube: Arc::new(self.store.cube_with(Terms::clone(&terms), &intakes)?),
            observations: Arc::new(self.store.observations_with(terms, &intakes)?),
            tables: Arc::default(),
            intakes: Arc::new(intakes),
        };
        self.shelf.put_eye(&eye);
        Ok(eye)
    }

    /// A recipe as an intake was read under it, parsed once.
    pub(crate) fn recipe_of(&self, intake: &Intake) -> Option<Arc<Recipe>> {
        if let Some(recipe) = self.shelf.recipe(&intake.recipe) {
            return Some(recipe);
        }
        let text = self.store.recipe(&intake.recipe).ok()?;
        let recipe = Arc::new(Recipe::parse(&text, &intake.source).ok()?);
        self.shelf.put_recipe(&intake.recipe, &recipe);
        Some(recipe)
    }
}

fn busy(place: &Path) -> Problem {
    Problem::new(
        "busy",
        place.display().to_string(),
        Both::new("another atalaya is writing to this observatory", "otro atalaya está escribiendo en este observatorio"),
        Both::new("wait until it ends and try again; nothing was changed", "espere a que termine e intente de nuevo; no se cambió nada"),
    )
    .exits(Exit::Busy)
}

/// Reads `atalaya.toml`.
pub(crate) fn read_config(root: &Path) -> Result<Config, Problem> {
    let path = root.join(CONFIG);
    let place = path.display().to_string();
    let text = fs::read_to_string(&path).map_err(|e| Problem::io(&place, &e))?;
    toml::from_str(&text).map_err(|e| {
        let message = e.message().to_string();
        Problem::new(
            "config",
            place,
            both!("{message}", "{message}"),
            Both::new("keys are name, online, hosts, key", "las claves son name, online, hosts, key"),
        )
    })
}

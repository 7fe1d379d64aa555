//! Read what a source has and keep it: every row accepted, held or rejected, with a reason.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Clearance, Exit, Lang, Problem, both};
use atalaya_sources::fetch::{self, Known, Policy, fetch};
use atalaya_sources::own_file;
use atalaya_store::{DecisionBody, Intake, RawFile};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::say::count;
use super::{Say, Verb, inside_only};
use crate::Observatory;
use crate::assess::again;
use crate::observatory::Caller;
use crate::reading::{Job, read_file};
use crate::source::{Place, Source, files_at, with_renames};

/// Program and version as receipts name it.
pub const PROGRAM: &str = concat!("atalaya ", env!("CARGO_PKG_VERSION"));

/// Read a source's files into the store: every row accepted, held or rejected with a reason.
///
/// Without a source, everything that has something new. A file that was read before adds nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Collect {
    /// Source to collect, e.g. `unodc-ids`; all of this observatory's sources if left out
    pub source: Option<String>,
    /// File, folder or https address to read; remembered for next time
    #[cfg_attr(feature = "cli", arg(long, value_name = "PATH"))]
    pub from: Option<PathBuf>,
}

/// What was collected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Collected {
    /// By source.
    pub sources: Vec<CollectedSource>,
    /// Designs and compacts run again on what came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessed: Option<Assessed>,
}

/// What was run again after collecting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessed {
    /// How many designs and compacts.
    pub ran: usize,
    /// Those that stopped.
    pub problems: Vec<Problem>,
}

/// What one source gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CollectedSource {
    /// The source.
    pub source: String,
    /// New intakes.
    pub intakes: Vec<Intake>,
    /// Files read before: nothing new in them.
    pub known: Vec<String>,
    /// Files no layout fits, with why.
    pub unread: Vec<Problem>,
    /// What stopped this source, if something did and others went on.
    pub problem: Option<Problem>,
}

impl Verb for Collect {
    const NAME: &'static str = "collect";
    type Outcome = Collected;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Collected, Problem> {
        inside_only(observatory)?;
        let _lock = observatory.lock()?;
        let mut collected = self.collect(observatory, caller)?;
        if collected.sources.iter().any(|s| !s.intakes.is_empty()) {
            collected.assessed = assessed(observatory, caller);
        }
        Ok(collected)
    }
}

impl Collect {
    fn collect(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Collected, Problem> {
        observatory.store().raw().sweep();
        observatory.store().heal_journal()?;
        if let Some(id) = &self.source {
            let one = collect_one(observatory, caller, id, self.from.as_deref())?;
            return Ok(Collected { sources: vec![one], assessed: None });
        }
        if self.from.is_some() {
            return Err(Problem::new(
                "source-needed",
                "--from",
                Both::new("a path without a source", "una ruta sin fuente"),
                Both::new(
                    "say which source it is: atalaya collect SOURCE --from PATH",
                    "diga qué fuente es: atalaya collect FUENTE --from RUTA",
                ),
            ));
        }
        let mut sources = Vec::new();
        for id in observatory.source_ids()? {
            if observatory.source_from(&id).is_none() {
                continue;
            }
            sources.push(collect_one(observatory, caller, &id, None).unwrap_or_else(|problem| CollectedSource {
                source: id,
                intakes: Vec::new(),
                known: Vec::new(),
                unread: Vec::new(),
                problem: Some(problem),
            }));
        }
        Ok(Collected { sources, assessed: None })
    }
}

/// Designs and compacts that rest on what came in. What stops them does not undo what was collected.
fn assessed(observatory: &Observatory, caller: &mut Caller<'_>) -> Option<Assessed> {
    let ran = observatory.another(Clearance::owner()).and_then(|mut whole| again(&mut whole, caller, None));
    match ran {
        Ok(ran) if ran.ran.is_empty() && ran.problems.is_empty() => None,
        Ok(ran) => Some(Assessed { ran: ran.ran.len(), problems: ran.problems.into_iter().map(|(id, p)| p.within(&id)).collect() }),
        Err(problem) => Some(Assessed { ran: 0, problems: vec![problem] }),
    }
}

fn collect_one(observatory: &mut Observatory, caller: &mut Caller<'_>, id: &str, from: Option<&Path>) -> Result<CollectedSource, Problem> {
    let source = observatory.source(id)?;
    let place = place_of(observatory, caller, id, from)?;
    let given = place.path.as_deref().map(|p| observatory.root().join(p)).unwrap_or_default();
    let mut collected = CollectedSource { source: id.into(), intakes: Vec::new(), known: Vec::new(), unread: Vec::new(), problem: None };
    let files = files_at(&given)?;
    // A downloaded copy is ours: a file that is refused must not lie about in the inbox.
    let ours = place.url.is_some();
    let alone = files.len() == 1;
    for path in &files {
        match collect_file(observatory, caller, &source, path) {
            Ok(Some(read)) => {
                collected.intakes.extend(read.intakes);
                collected.unread.extend(read.reading.unread.iter().map(|(place, _)| unread(place, id)));
            }
            Ok(None) => collected.known.push(name_of(path)),
            Err(problem) if ours => {
                let _ = std::fs::remove_file(path);
                return Err(problem.within(&format!("collect {id}")));
            }
            Err(problem) if alone || matches!(problem.exit, Exit::Io | Exit::Busy) => return Err(problem.within(&format!("collect {id}"))),
            Err(problem) => collected.refuse(problem),
        }
    }
    if collected.intakes.is_empty() && collected.known.is_empty() {
        if let Some(first) = collected.unread.into_iter().next() {
            return Err(first.within(&format!("collect {id}")));
        }
        return Err(Problem::new(
            "nothing-there",
            given.display().to_string(),
            Both::new("no file to read", "ningún archivo que leer"),
            Both::new("point --from at the file or the folder it is in", "indique con --from el archivo o la carpeta donde está"),
        ));
    }
    observatory.remember_source(&source, Some(&place))?;
    Ok(collected)
}

/// Where the source's files lie: as said now, as said last time, or fetched anew.
fn place_of(observatory: &Observatory, caller: &mut Caller<'_>, id: &str, from: Option<&Path>) -> Result<Place, Problem> {
    let said = from.map(|p| p.to_string_lossy().into_owned());
    let place = match said {
        Some(url) if url.contains("://") => Place { url: Some(url), ..Place::default() },
        Some(path) => {
            let path = Path::new(&path).canonicalize().map_err(|e| Problem::io(&path, &e))?;
            Place { path: Some(path.display().to_string()), ..Place::default() }
        }
        None => match observatory.source_from(id) {
            Some(place) => place,
            None => own(observatory, id)?,
        },
    };
    if place.url.is_some() { fetched(observatory, caller, id, place) } else { Ok(place) }
}

/// The figures of a source that come with the program, laid in `inbox/`.
fn own(observatory: &Observatory, id: &str) -> Result<Place, Problem> {
    let (name, text) = own_file(id).ok_or_else(|| from_needed(id))?;
    let path = inbox(observatory, id)?.join(name);
    std::fs::write(&path, text).map_err(|e| Problem::io(path.display().to_string(), &e))?;
    Ok(Place { path: Some(path.display().to_string()), ..Place::default() })
}

/// The folder of a source in `inbox/`, from the root of the disk: an observatory that was named
/// from where one stands is remembered wherever one stands.
fn inbox(observatory: &Observatory, id: &str) -> Result<PathBuf, Problem> {
    let folder = observatory.root().join("inbox").join(id);
    let made = std::fs::create_dir_all(&folder).and_then(|()| folder.canonicalize());
    made.map_err(|e| Problem::io(folder.display().to_string(), &e))
}

/// Asks the address whether it has something new, and keeps what it answers in `inbox/`.
fn fetched(observatory: &Observatory, caller: &mut Caller<'_>, id: &str, place: Place) -> Result<Place, Problem> {
    let url = place.url.clone().unwrap_or_default();
    let mut policy = Policy::default();
    policy.online = observatory.config().online;
    policy.hosts.clone_from(&observatory.config().hosts);
    let folder = inbox(observatory, id)?;
    let arriving = folder.join(".arriving");
    let known = if place.path.is_some() {
        Known { etag: place.etag.clone(), last_modified: place.last_modified.clone() }
    } else {
        Known::default()
    };
    match fetch(&url, &policy, &known, &arriving, caller.pace)? {
        fetch::Answer::Unchanged => Ok(place),
        fetch::Answer::New(file) => {
            let path = folder.join(&file.name);
            std::fs::rename(&file.path, &path).map_err(|e| Problem::io(path.display().to_string(), &e))?;
            let path = Some(path.display().to_string());
            Ok(Place { path, url: Some(url), etag: file.etag, last_modified: file.last_modified })
        }
    }
}

fn from_needed(id: &str) -> Problem {
    Problem::new(
        "from-needed",
        id,
        Both::new("nobody has said yet where this source lies", "nadie ha dicho aún dónde está esta fuente"),
        both!("atalaya collect {id} --from FILE-OR-FOLDER", "atalaya collect {id} --from ARCHIVO-O-CARPETA"),
    )
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

fn unread(place: &str, id: &str) -> Problem {
    Problem::new(
        "layout",
        place,
        both!("not read: no layout of `{id}` fits it", "no se leyó: ninguna forma de `{id}` encaja"),
        Both::new("nothing, if it is not data; else add a [[layout]]", "nada, si no son datos; si lo son, agregue un [[layout]]"),
    )
}

/// Reads one file; `None` if it was read before under the same recipe and decisions.
fn collect_file(
    observatory: &mut Observatory,
    caller: &mut Caller<'_>,
    source: &Source,
    path: &Path,
) -> Result<Option<crate::reading::Read>, Problem> {
    let id = &source.recipe.id;
    let mut file = File::open(path).map_err(|e| Problem::io(path.display().to_string(), &e))?;
    let staged = observatory.store().raw().stage(&mut file)?;
    let decisions = observatory.store().decisions_in_force(id, None)?;
    let decided = last_decision(observatory, id)?;
    let mut replays = BTreeMap::new();
    for intake in observatory.store().visible_of(id)?.iter().filter(|i| i.files.iter().any(|f| f.sha256 == staged.sha256)) {
        if intake.recipe == atalaya_store::sha256_text(&source.text) && intake.decisions == decided {
            return Ok(None);
        }
        replays.insert(intake.vintage.clone(), intake.id);
    }
    let raw = RawFile {
        sha256: staged.sha256.clone(),
        bytes: staged.bytes,
        name: name_of(path),
        origin: path.display().to_string(),
        retrieved: caller.now.clone(),
    };
    let recipe = with_renames(source.recipe.clone(), &decisions);
    // Refused files (persons, bombs, broken text) are known before anything of them is kept.
    atalaya_sources::map::check(&recipe, staged.path(), &raw.name)?;
    observatory.store().raw().put_text(&source.text)?;
    let path = observatory.store().raw().path(&staged.sha256);
    staged.keep()?;
    let job = Job {
        recipe: &recipe,
        text: &source.text,
        decisions: &decisions,
        decided,
        raw,
        path: &path,
        now: &caller.now,
        who: &caller.who,
        program: PROGRAM,
        replays,
    };
    let read = read_file(observatory.store_mut(), &job, caller.progress)?;
    observatory.store().heal_journal()?;
    Ok(Some(read))
}

/// The number of the last decision about a source, undoing counted.
fn last_decision(observatory: &Observatory, source: &str) -> Result<i64, Problem> {
    let all = observatory.store().decisions(None)?;
    let about = |body: &DecisionBody| {
        if let DecisionBody::Undo { decision } = body { all.iter().any(|d| d.id == *decision && d.source == source) } else { false }
    };
    Ok(all.iter().filter(|d| d.source == source || about(&d.body)).map(|d| d.id).max().unwrap_or(0))
}

impl Say for Collected {
    fn say(&self, lang: Lang) -> String {
        let mut out = String::new();
        for source in &self.sources {
            out += &source.say(lang);
        }
        if let Some(assessed) = &self.assessed {
            let n = assessed.ran;
            let line = both!(
                "{n} designs and compacts run again: atalaya assess list",
                "{n} diseños y acuerdos ejecutados de nuevo: atalaya assess list"
            );
            out += &format!("{}\n", line.in_lang(lang));
            out += &assessed.problems.iter().map(|p| format!("* {}\n", p.say(lang))).collect::<String>();
        }
        if self.sources.is_empty() {
            out += match lang {
                Lang::En => "no source has a place to collect from yet; begin with: atalaya collect SOURCE --from PATH\n",
                Lang::Es => "ninguna fuente tiene aún de dónde recoger; empiece con: atalaya collect FUENTE --from RUTA\n",
            };
        }
        out
    }

    fn is_no(&self) -> bool {
        self.sources.iter().any(|s| s.problem.is_some())
    }
}

impl CollectedSource {
    /// One file of several was not read: a file of another table is passed over, anything else
    /// is a failure although the other files are read.
    fn refuse(&mut self, problem: Problem) {
        if !matches!(problem.id.as_str(), "layout" | "format" | "empty-file") && self.problem.is_none() {
            self.problem = Some(problem);
        } else {
            self.unread.push(problem);
        }
    }

    fn say(&self, lang: Lang) -> String {
        let id = &self.source;
        let mut out = String::new();
        for intake in &self.intakes {
            let c = intake.counts;
            let [read, accepted, held, rejected] = [c.read, c.accepted, c.held, c.rejected].map(|n| count(n, lang));
            let (n, vintage) = (intake.id, &intake.vintage);
            out += &match lang {
                Lang::En => {
                    format!("{id} [{vintage}], intake {n}: {read} rows read = {accepted} accepted + {held} held + {rejected} rejected\n")
                }
                Lang::Es => format!(
                    "{id} [{vintage}], lectura {n}: {read} filas leídas = {accepted} aceptadas + {held} retenidas + {rejected} rechazadas\n"
                ),
            };
            for notice in &intake.notices {
                out +=
                    &format!("  note: {}\n", notice.in_lang(lang)).replace("  note:", if lang == Lang::Es { "  nota:" } else { "  note:" });
            }
            if c.held > 0 {
                out += &match lang {
                    Lang::En => format!("  {held} held: atalaya held {id}\n"),
                    Lang::Es => format!("  {held} retenidas: atalaya held {id}\n"),
                };
            }
        }
        for name in &self.known {
            out += &match lang {
                Lang::En => format!("{id}: {name} was read before; nothing new\n"),
                Lang::Es => format!("{id}: {name} ya se había leído; nada nuevo\n"),
            };
        }
        for problem in self.unread.iter().chain(&self.problem) {
            out += &format!("{id}: {}\n", problem.say(lang));
        }
        out
    }
}

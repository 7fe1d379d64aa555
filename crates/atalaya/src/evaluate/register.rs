//! The designs of an observatory and the log of their registrations.
//!
//! A design is a text, `designs/ID/design.toml`. Registering it writes its text, its hash, the hash
//! of what was held before the start and the last period held then into the journal, where it stays.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use atalaya_kernel::label::RowRelease;
use atalaya_kernel::{Both, Exit, Label, Problem, Tlp, both};
use atalaya_store::{DecisionBody, NewDecision, sha256_text};
use serde::{Deserialize, Serialize};

use super::design::Design;
use super::finding::Registered;
use super::sample::Sample;
use crate::Observatory;
use crate::observatory::Caller;

/// The folder of the designs.
const FOLDER: &str = "designs";
/// The text in the folder of each.
pub(crate) const TEXT: &str = "design.toml";

/// A design as it is written now.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Its id: its folder.
    pub id: String,
    /// Its text.
    pub text: String,
    /// SHA-256 of the text.
    pub hash: String,
    /// What the text says.
    pub design: Design,
}

/// One registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// When, who, and what was held then.
    pub registered: Registered,
    /// The reason given.
    pub why: String,
    /// SHA-256 of the text.
    pub hash: String,
    /// The text.
    pub text: String,
    /// SHA-256 of the rows before the start.
    pub before: String,
}

/// How far a design has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Written, not registered.
    Draft,
    /// Registered as it stands.
    Registered,
    /// Changed since it was registered.
    Changed,
    /// The text cannot be read.
    Unreadable,
}

/// A design in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DesignLine {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Both,
    /// The question.
    pub question: Both,
    /// The programme.
    pub programme: Both,
    /// The first treated period.
    pub start: Option<i64>,
    /// How far it has come.
    pub stage: Stage,
    /// SHA-256 of its text.
    pub hash: String,
    /// Its first registration.
    pub registered: Option<Registered>,
    /// What its text says otherwise than when it was first registered.
    pub departures: Vec<Both>,
    /// What is wrong with the text.
    pub problem: Option<Problem>,
}

/// Where a design lies. Only ids of small letters, digits, `-` and `_` are looked up.
///
/// # Errors
/// `design-id`.
pub(crate) fn folder(observatory: &Observatory, id: &str) -> Result<PathBuf, Problem> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !id.is_empty() && id.len() <= 64 && id.chars().all(fits) {
        return Ok(observatory.root().join(FOLDER).join(id));
    }
    Err(Problem::new(
        "design-id",
        id,
        Both::new("no design can have this id", "ningún diseño puede tener este código"),
        Both::new("use small letters, digits and `-`: coca-2014", "use minúsculas, cifras y `-`: coca-2014"),
    ))
}

/// Reads a design's text, whoever asks.
fn read(observatory: &Observatory, id: &str) -> Result<Written, Problem> {
    let path = folder(observatory, id)?.join(TEXT);
    let text = fs::read_to_string(&path).map_err(|_| unknown(id))?;
    let design = parse(&text, &format!("{FOLDER}/{id}/{TEXT}"))?;
    Ok(Written { id: id.into(), hash: sha256_text(&text), text, design })
}

fn unknown(id: &str) -> Problem {
    Problem::new(
        "unknown-design",
        id,
        Both::new("there is no design of this id", "no existe un diseño con este código"),
        Both::new("`atalaya evaluate list` names them", "`atalaya evaluate list` los nombra"),
    )
}

/// Reads the text of a design.
///
/// # Errors
/// `design-text` with what is wrong.
pub(crate) fn parse(text: &str, place: &str) -> Result<Design, Problem> {
    toml::from_str(text).map_err(|e| {
        let message = e.message().to_string();
        let line = e.span().map_or(0, |s| text[..s.start.min(text.len())].matches('\n').count() + 1);
        Problem::new(
            "design-text",
            format!("{place} line {line}"),
            both!("{message}", "{message}"),
            Both::new("docs/designs.md says what each key means", "docs/designs.md dice qué significa cada clave"),
        )
    })
}

/// A design that may be seen here.
///
/// # Errors
/// `design-id`, `unknown-design`, `design-text`.
pub fn written(observatory: &Observatory, id: &str) -> Result<Written, Problem> {
    let written = read(observatory, id)?;
    if visible(observatory, &written.design)? { Ok(written) } else { Err(unknown(id)) }
}

/// The label of what a file beside a design says.
pub(crate) fn file_label(design: &Design) -> Label {
    let recipients = design.data.tlp.map(|_| "*".to_string()).into_iter().collect();
    // Who says whom a file is for says that its rows may go there; without it they stay.
    let rows = if design.data.tlp.is_some() { RowRelease::Releasable } else { RowRelease::NotReleasable };
    Label { tlp: design.data.tlp.unwrap_or(Tlp::Amber), purpose: "analysis".into(), recipients, rows }
}

/// Whether a design may be seen here: its file by its own label, its series by those of the sources.
fn visible(observatory: &Observatory, design: &Design) -> Result<bool, Problem> {
    if observatory.clearance().sees_all() {
        return Ok(true);
    }
    match &design.data.series {
        None => Ok(observatory.clearance().sees(&file_label(design))),
        Some(series) => {
            let standing = observatory.standing()?;
            Ok(series.source.iter().all(|s| standing.intakes.iter().any(|i| i.source == *s)))
        }
    }
}

/// The registrations of a design, the first one first. Outside the observatory they are numbered
/// among themselves.
///
/// # Errors
/// `store`.
pub fn registered(observatory: &Observatory, id: &str) -> Result<Vec<Entry>, Problem> {
    Ok(all_registered(observatory)?.remove(id).unwrap_or_default())
}

fn all_registered(observatory: &Observatory) -> Result<BTreeMap<String, Vec<Entry>>, Problem> {
    let mut all: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for decision in observatory.store().decisions(None)? {
        let DecisionBody::Design { design, sha256, text, before, last_period } = decision.body else { continue };
        let entries = all.entry(design).or_default();
        let number = if observatory.clearance().inside { decision.id.unsigned_abs() } else { entries.len() as u64 + 1 };
        // What was held then may have held rows that are hidden here: of a series it is not told.
        let told = observatory.clearance().sees_all() || parse(&text, "").is_ok_and(|d| d.data.series.is_none());
        let (before, last_period) = if told { (before, last_period) } else { (String::new(), None) };
        let registered = Registered { decision: number, when: decision.decided_at, who: decision.who, last_period };
        entries.push(Entry { registered, why: decision.why, hash: sha256, text, before });
    }
    Ok(all)
}

/// Whether a text, or one that says the same, is among the registered ones.
pub(crate) fn is_registered(written: &Written, entries: &[Entry]) -> bool {
    entries.iter().any(|e| e.hash == written.hash || parse(&e.text, "").is_ok_and(|d| d == written.design))
}

/// What a design says otherwise than another, key by key.
pub(crate) fn departures(old: &Design, new: &Design) -> Vec<Both> {
    let flat = |design: &Design| {
        let mut out = BTreeMap::new();
        if let Ok(value) = toml::Value::try_from(design) {
            flatten(&value, String::new(), &mut out);
        }
        out
    };
    let (old, new) = (flat(old), flat(new));
    let keys: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = keys.into_iter().filter(|k| old.get(*k) != new.get(*k));
    changed
        .map(|key| match (old.get(key), new.get(key)) {
            (Some(a), Some(b)) => both!("{key}: registered as {a}, now {b}", "{key}: registrado como {a}, ahora {b}"),
            (Some(a), None) => both!("{key}: registered as {a}, now left out", "{key}: registrado como {a}, ahora omitido"),
            (_, b) => {
                let b = b.map_or("", String::as_str);
                both!("{key}: not registered, now {b}", "{key}: no registrado, ahora {b}")
            }
        })
        .collect()
}

fn flatten(value: &toml::Value, path: String, out: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                flatten(value, if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, out);
            }
        }
        other => {
            out.insert(path, other.to_string());
        }
    }
}

/// The designs that may be seen here, by id.
///
/// # Errors
/// `store`.
pub fn designs(observatory: &Observatory) -> Result<Vec<DesignLine>, Problem> {
    let Ok(found) = fs::read_dir(observatory.root().join(FOLDER)) else { return Ok(Vec::new()) };
    let mut ids: Vec<String> = found
        .filter_map(Result::ok)
        .filter(|e| e.path().join(TEXT).is_file())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    ids.sort();
    let mut log = all_registered(observatory)?;
    let mut lines = Vec::new();
    for id in ids {
        match read(observatory, &id) {
            Ok(written) if visible(observatory, &written.design)? => {
                let entries = log.remove(&id).unwrap_or_default();
                lines.push(design_line(&written, &entries));
            }
            Ok(_) => {}
            Err(problem) if observatory.clearance().sees_all() => lines.push(unreadable(id, problem)),
            Err(_) => {}
        }
    }
    Ok(lines)
}

/// A design as it is listed.
pub(crate) fn design_line(written: &Written, entries: &[Entry]) -> DesignLine {
    let first = entries.first();
    let stage = match first {
        None => Stage::Draft,
        Some(_) if is_registered(written, entries) => Stage::Registered,
        Some(_) => Stage::Changed,
    };
    DesignLine {
        departures: since_first(&written.design, entries),
        title: written.design.title.clone(),
        question: written.design.question.clone(),
        programme: written.design.programme.name.clone(),
        start: Some(written.design.programme.start),
        stage,
        hash: written.hash.clone(),
        registered: first.map(|e| e.registered.clone()),
        problem: None,
        id: written.id.clone(),
    }
}

/// What a design says otherwise than when it was first registered.
pub(crate) fn since_first(design: &Design, entries: &[Entry]) -> Vec<Both> {
    let first = entries.first().and_then(|e| parse(&e.text, "").ok());
    first.map(|old| departures(&old, design)).unwrap_or_default()
}

fn unreadable(id: String, problem: Problem) -> DesignLine {
    DesignLine {
        title: Both::same(id.clone()),
        question: Both::default(),
        programme: Both::default(),
        start: None,
        stage: Stage::Unreadable,
        hash: String::new(),
        registered: None,
        departures: Vec::new(),
        problem: Some(problem),
        id,
    }
}

/// Registers a design as it stands: its text goes into the journal and stays there. Of the outcome
/// after the start only which periods it has is looked at, not what it is.
///
/// # Errors
/// `why-needed`, `already-registered`, `design-unfinished`, `busy`; those of reading the design and its data.
pub fn register(observatory: &mut Observatory, id: &str, why: &str, caller: &Caller<'_>) -> Result<Entry, Problem> {
    if why.trim().is_empty() {
        return Err(Problem::new(
            "why-needed",
            "--why",
            Both::new("a registration without a reason", "un registro sin motivo"),
            Both::new("say why in one sentence: --why '...'", "diga por qué en una oración: --why '...'"),
        ));
    }
    let written = written(observatory, id)?;
    let before = registered(observatory, id)?;
    if before.iter().any(|e| e.hash == written.hash) {
        return Err(Problem::new(
            "already-registered",
            id,
            Both::new("this text is registered already", "este texto ya está registrado"),
            both!("`atalaya evaluate run {id}` answers it", "`atalaya evaluate run {id}` lo responde"),
        ));
    }
    complete(&written.design)?;
    let sample = Sample::before(observatory, &written, None)?;
    let _lock = observatory.lock()?;
    let decision = observatory.store_mut().decide(NewDecision {
        decided_at: caller.now.clone(),
        who: caller.who.clone(),
        why: why.trim().into(),
        source: String::new(),
        body: DecisionBody::Design {
            design: id.into(),
            sha256: written.hash.clone(),
            text: written.text.clone(),
            before: sample.before.clone(),
            last_period: sample.last_held,
        },
    })?;
    let registered =
        Registered { decision: decision.id.unsigned_abs(), when: decision.decided_at, who: decision.who, last_period: sample.last_held };
    Ok(Entry { registered, why: decision.why, hash: written.hash, text: written.text, before: sample.before })
}

/// A text left empty, or no smallest effect that matters, is a design that is not written yet.
fn complete(design: &Design) -> Result<(), Problem> {
    let texts = [
        ("title", &design.title),
        ("question", &design.question),
        ("estimand", &design.estimand),
        ("would-change", &design.would_change),
        ("programme.name", &design.programme.name),
        ("outcome.name", &design.outcome.name),
        ("outcome.unit", &design.outcome.unit),
    ];
    let empty = texts.iter().find(|(_, t)| t.en.trim().is_empty() || t.es.trim().is_empty()).map(|(key, _)| *key);
    let smallest = design.outcome.smallest;
    let key = empty.or((!smallest.is_finite() || smallest <= 0.0).then_some("outcome.smallest"));
    let Some(key) = key else { return Ok(()) };
    Err(Problem::new(
        "design-unfinished",
        key,
        Both::new("it is not written yet", "todavía no está escrito"),
        Both::new(
            "complete it in both languages; the smallest effect that matters is above 0",
            "complételo en ambos idiomas; el menor efecto que importa es mayor que 0",
        ),
    ))
}

/// The outcome after the start is not read: the text is not in the log.
pub(crate) fn not_registered(id: &str, changed: bool) -> Problem {
    let found = if changed {
        Both::new(
            "its text has changed since it was registered; the outcome after the start is not read before the new text is registered",
            "su texto cambió desde que se registró; el resultado posterior al inicio no se lee antes de registrar el nuevo texto",
        )
    } else {
        Both::new(
            "it is not registered; the outcome after the start is not read before it is",
            "no está registrado; el resultado posterior al inicio no se lee antes de registrarlo",
        )
    };
    Problem::new(
        "not-registered",
        id,
        found,
        both!(
            "register it as it stands: atalaya evaluate register {id} --why '...'",
            "regístrelo como está: atalaya evaluate register {id} --why '...'"
        ),
    )
    .exits(Exit::Refused)
}

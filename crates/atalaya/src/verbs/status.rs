//! What the observatory holds, and whether it is whole.

use std::collections::{BTreeSet, HashSet};

use atalaya_kernel::record::{NO_DAY, observation_field};
use atalaya_kernel::{Both, Date, Label, Lang, Problem, both};
use atalaya_store::{Cube, Intake, IntakeFile, Integrity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::diff::Difference;
use super::say::{count, table};
use super::{Say, Verb};
use crate::Observatory;
use crate::observatory::{Caller, Eye};

/// Sources, vintages and the account of every row: read = accepted + held + rejected.
///
/// Checks the store's pages and every raw file's hash; says what is damaged by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Status {
    /// Skip the integrity check
    #[cfg_attr(feature = "cli", arg(long))]
    pub quick: bool,
}

/// What the observatory holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatusOf {
    /// Its name.
    pub observatory: String,
    /// Program and version.
    pub program: String,
    /// The snapshot root.
    pub snapshot: String,
    /// Size of the store; said inside only, since it tells of everything in it.
    pub store_bytes: Option<u64>,
    /// Whether it is whole; absent if not checked.
    pub integrity: Option<Integrity>,
    /// Records in force.
    pub records: u64,
    /// The events they report, each once.
    pub events: u64,
    /// Link rulings to be made again, since a record they are about has changed.
    pub again: usize,
    /// Its sources.
    pub sources: Vec<SourceStatus>,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceStatus {
    /// Its id.
    pub id: String,
    /// What it is.
    pub title: Both,
    /// Who publishes it.
    pub producer: String,
    /// On what terms.
    pub licence: String,
    /// Where to read about it.
    pub url: String,
    /// `records` or `observations`.
    pub table: String,
    /// The label of new intakes.
    pub label: Label,
    /// Whether it is made up.
    pub simulated: bool,
    /// Why a new vintage is due, if it is.
    pub overdue: Option<Both>,
    /// Rows read in the vintages in force.
    pub read: u64,
    /// Accepted.
    pub accepted: u64,
    /// Held.
    pub held: u64,
    /// Rejected.
    pub rejected: u64,
    /// Records or observations.
    pub items: u64,
    /// First day covered.
    pub first_period: Option<String>,
    /// Last day covered.
    pub last_period: Option<String>,
    /// Areas covered.
    pub areas: usize,
    /// Its vintages, oldest first.
    pub vintages: Vec<Vintage>,
}

/// One vintage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vintage {
    /// The intake.
    pub intake: i64,
    /// Its name.
    pub vintage: String,
    /// Whether it is in force.
    pub current: bool,
    /// When it was collected.
    pub collected_at: String,
    /// Up to when the data count.
    pub cut_off: Option<String>,
    /// When it was prepared.
    pub prepared: Option<String>,
    /// Rows read.
    pub read: u64,
    /// Accepted.
    pub accepted: u64,
    /// Held.
    pub held: u64,
    /// Rejected.
    pub rejected: u64,
    /// Records or observations.
    pub items: u64,
    /// Root of its rows.
    pub root: String,
    /// Hash of its recipe.
    pub recipe: String,
    /// Its files.
    pub files: Vec<IntakeFile>,
    /// What a reader should know.
    pub notices: Vec<Both>,
    /// What it changed against the vintage before.
    pub changed: Option<Difference>,
}

impl Verb for Status {
    const NAME: &'static str = "status";
    type Outcome = StatusOf;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<StatusOf, Problem> {
        let whole = observatory.clearance().sees_all();
        let integrity = if self.quick || !whole { None } else { Some(observatory.store().integrity()?) };
        let eye = observatory.eye(None)?;
        let events = observatory.events(&eye, None)?;
        let mut sources = Vec::new();
        for id in observatory.source_ids()? {
            sources.push(source_status(observatory, &eye, &id, &caller.now)?);
        }
        Ok(StatusOf {
            observatory: observatory.config().name.clone(),
            program: env!("CARGO_PKG_VERSION").into(),
            snapshot: eye.snapshot.to_string(),
            store_bytes: whole.then(|| observatory.store().bytes()),
            integrity,
            records: eye.cube.len() as u64,
            events: events.count(eye.cube.len()) as u64,
            again: events.again.len(),
            sources,
        })
    }
}

fn source_status(observatory: &Observatory, eye: &Eye, id: &str, now: &str) -> Result<SourceStatus, Problem> {
    let recipe = observatory.source(id)?.recipe;
    let all = observatory.intakes_of(id)?;
    let in_force: BTreeSet<i64> = eye.intakes.iter().map(|i| i.id).collect();
    let current: Vec<&Intake> = all.iter().filter(|i| in_force.contains(&i.id)).collect();
    let sum = |f: fn(&Intake) -> u64| current.iter().map(|i| f(i)).sum();
    let (days, areas) = reach(eye, id);
    let day = |d: Option<i32>| d.map(|d| Date(d).to_string());
    let history = crate::table::history(observatory, eye)?;
    let mut vintages = Vec::new();
    for intake in &all {
        let mut vintage = vintage(intake, in_force.contains(&intake.id), history.changed.get(&intake.id).copied());
        // A file is its rows.
        if !observatory.clearance().sees_rows(&intake.label) {
            vintage.files.clear();
        }
        vintages.push(vintage);
    }
    Ok(SourceStatus {
        id: id.into(),
        title: recipe.title.clone(),
        producer: recipe.producer.clone(),
        licence: recipe.licence.clone(),
        url: recipe.url.clone(),
        table: recipe.kind.as_str().into(),
        label: recipe.label.clone(),
        simulated: recipe.simulated,
        overdue: overdue(&recipe, all.last(), now),
        read: sum(|i| i.counts.read),
        accepted: sum(|i| i.counts.accepted),
        held: sum(|i| i.counts.held),
        rejected: sum(|i| i.counts.rejected),
        items: sum(|i| i.counts.items),
        first_period: day(days.map(|d| d.0)),
        last_period: day(days.map(|d| d.1)),
        areas,
        vintages,
    })
}

fn vintage(i: &Intake, current: bool, changed: Option<Difference>) -> Vintage {
    Vintage {
        intake: i.id,
        vintage: i.vintage.clone(),
        current,
        collected_at: i.collected_at.clone(),
        cut_off: i.cut_off.clone(),
        prepared: i.prepared.clone(),
        read: i.counts.read,
        accepted: i.counts.accepted,
        held: i.counts.held,
        rejected: i.counts.rejected,
        items: i.counts.items,
        root: i.root.clone(),
        recipe: i.recipe.clone(),
        files: i.files.clone(),
        notices: i.notices.clone(),
        changed,
    }
}

const AREA: usize = observation_field("area");

/// First and last day a source covers, and how many areas.
fn reach(eye: &Eye, id: &str) -> (Option<(i32, i32)>, usize) {
    let mut days: Option<(i32, i32)> = None;
    let mut see = |day: i32| days = Some(days.map_or((day, day), |(a, b)| (a.min(day), b.max(day))));
    let mut areas: BTreeSet<String> = BTreeSet::new();
    let mut codes = HashSet::new();
    for cell in eye.observations.of_source(id).filter(|c| c.row.day != NO_DAY) {
        see(cell.row.day);
        if codes.insert(cell.code(AREA)) {
            areas.insert(cell.text_at(AREA).into());
        }
    }
    let cube: &Cube = &eye.cube;
    if !eye.intakes.iter().any(|i| i.source == id && i.kind != "observations") {
        areas.remove("");
        return (days, areas.len());
    }
    if let (Some(source), Some(area), Some(day)) = (cube.column("source"), cube.column("area"), cube.column("day")) {
        let one = |column: usize, ok: &dyn Fn(usize) -> Option<u32>, len: usize| atalaya_store::Axis {
            column,
            groups: (0..len).map(ok).collect(),
            len: len as u32,
        };
        let sources: Vec<&str> = cube.texts(source).collect();
        let filter = one(source, &|at| (sources[at] == id).then_some(0), sources.len());
        let names: Vec<&str> = cube.texts(area).collect();
        let all_days: Vec<Option<i32>> = cube.days().collect();
        let group = |column: usize, len: usize| {
            cube.group(&atalaya_store::Plan { filters: vec![filter.clone()], axes: vec![one(column, &|at| Some(at as u32), len)] })
        };
        areas.extend(group(area, names.len()).iter().map(|g| names[g.key[0] as usize].to_string()));
        group(day, all_days.len()).iter().filter_map(|g| all_days[g.key[0] as usize]).for_each(see);
    }
    areas.remove("");
    (days, areas.len())
}

/// Whether more time has passed since the last vintage than the recipe allows.
pub(super) fn overdue(recipe: &atalaya_sources::Recipe, last: Option<&Intake>, now: &str) -> Option<Both> {
    let every = recipe.every.as_deref()?;
    let last = last?;
    let (number, unit) = every.split_at(every.len().checked_sub(1)?);
    let days = number.parse::<i32>().ok()?
        * match unit {
            "d" => 1,
            "m" => 31,
            "y" => 366,
            _ => return None,
        };
    let since = last.prepared.as_deref().and_then(Date::parse_iso).or_else(|| Date::parse_iso(last.collected_at.get(..10)?))?;
    let today = Date::parse_iso(now.get(..10)?)?;
    let late = today.0 - since.0 - days;
    (late > 0).then(|| {
        both!("a new vintage was due {late} days ago (every {every})", "una nueva edición debía llegar hace {late} días (cada {every})")
    })
}

impl StatusOf {
    /// Both totals of records, where anything is linked.
    fn say_links(&self, lang: Lang) -> String {
        let [records, events] = [self.records, self.events].map(|n| count(n, lang));
        let mut out = String::new();
        if self.records != self.events {
            out += both!("\n{records} records, {events} events\n", "\n{records} registros, {events} hechos\n").in_lang(lang);
        }
        if self.again > 0 {
            let again = self.again;
            out += both!(
                "{again} link rulings are to be made again: atalaya link decisions\n",
                "{again} decisiones de vinculación deben tomarse de nuevo: atalaya link decisions\n"
            )
            .in_lang(lang);
        }
        out
    }
}

impl Say for StatusOf {
    fn say(&self, lang: Lang) -> String {
        let mut out = format!("{}  snapshot {}\n", self.observatory, self.snapshot.get(..16).unwrap_or(""));
        out += &self.integrity.as_ref().map(|i| say_integrity(i, lang)).unwrap_or_default();
        let head: [&str; 9] = match lang {
            Lang::En => ["source", "vintage", "read", "= accepted", "+ held", "+ rejected", "items", "covers", "label"],
            Lang::Es => ["fuente", "edición", "leídas", "= aceptadas", "+ retenidas", "+ rechazadas", "ítems", "cubre", "etiqueta"],
        };
        let rows: Vec<Vec<String>> = self.sources.iter().flat_map(|s| account_rows(s, lang)).collect();
        out += &format!("\n{}", table(&head, &rows));
        out += &self.say_links(lang);
        for source in &self.sources {
            out += &say_changes(source, lang);
        }
        out
    }

    fn is_no(&self) -> bool {
        self.integrity.as_ref().is_some_and(|i| !i.ok)
    }
}

fn say_integrity(integrity: &Integrity, lang: Lang) -> String {
    let n = integrity.checked;
    let head = if integrity.ok {
        both!("whole: store and {n} raw files checked\n", "íntegro: almacén y {n} originales revisados\n")
    } else {
        Both::new("DAMAGED:\n", "DAÑADO:\n")
    };
    integrity.problems.iter().fold(head.in_lang(lang).to_string(), |out, p| format!("{out}  {}\n", p.say(lang)))
}

/// A source's vintages as rows of the account.
fn account_rows(source: &SourceStatus, lang: Lang) -> Vec<Vec<String>> {
    let year = |d: &Option<String>| d.as_deref().and_then(|d| d.get(..4)).unwrap_or("").to_string();
    let simulated = match (source.simulated, lang) {
        (false, _) => "",
        (true, Lang::En) => " (SIMULATED)",
        (true, Lang::Es) => " (SIMULADO)",
    };
    let id = format!("{}{simulated}", source.id);
    if source.vintages.is_empty() {
        return vec![vec![id, "–".into()]];
    }
    let row = |v: &Vintage| {
        let mark = if v.current { "" } else { " ·" };
        let covers = if v.current { format!("{}–{}", year(&source.first_period), year(&source.last_period)) } else { String::new() };
        let counts = [v.read, v.accepted, v.held, v.rejected, v.items].map(|n| count(n, lang));
        let mut cells = vec![id.clone(), format!("{}{mark}", v.vintage)];
        cells.extend(counts);
        cells.extend([covers, source.label.tlp.as_str().to_string()]);
        cells
    };
    source.vintages.iter().map(row).collect()
}

/// What changed in a source, and what is due.
fn say_changes(source: &SourceStatus, lang: Lang) -> String {
    let id = &source.id;
    let mut out = String::new();
    for v in &source.vintages {
        if let Some(d) = v.changed.as_ref().filter(|d| d.revised + d.added + d.removed > 0) {
            let (name, revised, added, removed) = (&v.vintage, d.revised, d.added, d.removed);
            let line = both!(
                "{id} [{name}]: {revised} cells revised, {added} new, {removed} not in it: atalaya diff {id}",
                "{id} [{name}]: {revised} celdas revisadas, {added} nuevas, {removed} ausentes: atalaya diff {id}"
            );
            out += &format!("* {}\n", line.in_lang(lang));
        }
    }
    if let Some(overdue) = &source.overdue {
        out += &format!("* {id}: {}\n", overdue.in_lang(lang));
    }
    out
}

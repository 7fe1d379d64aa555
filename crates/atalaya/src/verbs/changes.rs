//! What changed since somebody last looked.

use std::collections::BTreeMap;

use atalaya_kernel::area::areas;
use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Date, Decimal, Lang, Problem, both};
use atalaya_store::Intake;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::diff::Difference;
use super::say::{count, decimal, table};
use super::status::overdue;
use super::{Say, Verb};
use crate::Observatory;
use crate::observatory::Caller;
use crate::query::{after_a_number, label_of};
use crate::table::{Revision, history};

/// Moments one can look back to.
const MOMENTS: usize = 40;

/// What changed since an intake or a date: new vintages, revised figures, held rows, overdue sources.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Changes {
    /// The last intake one has seen, or a date; the day before the newest if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "INTAKE|DATE"))]
    pub since: Option<String>,
    /// Revised figures named
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 5, value_name = "N"))]
    pub limit: usize,
}

/// An intake as a moment in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The intake, 0 before the first.
    pub intake: i64,
    /// When it was collected.
    pub at: String,
    /// Its source.
    pub source: String,
    /// Its vintage.
    pub vintage: String,
}

/// A vintage that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewVintage {
    /// Its source.
    pub source: String,
    /// What the source is.
    pub title: Both,
    /// The intake.
    pub intake: i64,
    /// Its name.
    pub vintage: String,
    /// When it was collected.
    pub collected_at: String,
    /// Rows read.
    pub read: u64,
    /// ... accepted.
    pub accepted: u64,
    /// ... held.
    pub held: u64,
    /// ... rejected.
    pub rejected: u64,
    /// Whether it reads an earlier one again after a decision.
    pub again: bool,
    /// What it changed; absent for the first of a source and for records.
    pub changed: Option<Difference>,
}

/// A figure that a newer vintage gave anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisedCell {
    /// Its source.
    pub source: String,
    /// What it measures.
    pub measure: Both,
    /// Area code.
    pub area: String,
    /// Area or place.
    pub name: Both,
    /// Substance.
    pub substance: Both,
    /// Period.
    pub period: String,
    /// Unit.
    pub unit: Both,
    /// Value before, or its kind of missing.
    pub before: String,
    /// Value now.
    pub now: String,
    /// Change in per cent.
    pub percent: Option<Decimal>,
    /// Vintage before.
    pub vintage_before: String,
    /// Vintage now.
    pub vintage: String,
}

/// A source that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The source.
    pub source: String,
    /// What it is.
    pub title: Both,
    /// Rows held, where rows wait.
    pub held: u64,
    /// Why a vintage is due, where one is.
    pub overdue: Option<Both>,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The snapshot now.
    pub snapshot: String,
    /// The last intake one had seen.
    pub since: i64,
    /// The newest intake.
    pub now: i64,
    /// Moments one can look back to, newest first.
    pub moments: Vec<Moment>,
    /// Vintages that came in, newest first.
    pub vintages: Vec<NewVintage>,
    /// Cells they gave anew.
    pub revised: usize,
    /// The largest changes, each against the largest value of its kind.
    pub largest: Vec<RevisedCell>,
    /// Sources with rows held, most first.
    pub held: Vec<Waiting>,
    /// Sources whose next vintage is overdue.
    pub overdue: Vec<Waiting>,
}

impl Verb for Changes {
    const NAME: &'static str = "changes";
    type Outcome = Changed;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Changed, Problem> {
        let eye = observatory.eye(None)?;
        let all: Vec<Intake> = observatory.store().intakes()?;
        let since = self.since(&all)?;
        let history = history(observatory, &eye)?;
        let title = |id: &str| observatory.source(id).map_or_else(|_| Both::same(id), |s| s.recipe.title);
        let vintages = all
            .iter()
            .rev()
            .filter(|i| i.id > since)
            .map(|i| NewVintage {
                source: i.source.clone(),
                title: title(&i.source),
                intake: i.id,
                vintage: i.vintage.clone(),
                collected_at: i.collected_at.clone(),
                read: i.counts.read,
                accepted: i.counts.accepted,
                held: i.counts.held,
                rejected: i.counts.rejected,
                again: i.supersedes.is_some(),
                changed: history.changed.get(&i.id).copied(),
            })
            .collect();
        let mut revised: Vec<&Revision> = history.revisions.iter().filter(|r| r.intake > since && r.stands).collect();
        // The list is in order already: equal sizes stay in it.
        revised.sort_by_key(|r| std::cmp::Reverse(r.weight.map(|w| w.0)));
        let (held, overdue) = waiting(observatory, &eye.intakes, &all, &caller.now);
        Ok(Changed {
            snapshot: eye.snapshot.to_string(),
            since,
            now: all.last().map_or(0, |i| i.id),
            moments: all.iter().rev().take(MOMENTS).map(moment).collect(),
            vintages,
            revised: revised.len(),
            largest: of_each(&revised, self.limit).into_iter().map(named).collect(),
            held,
            overdue,
        })
    }
}

impl Changes {
    /// The last intake one had seen.
    fn since(&self, all: &[Intake]) -> Result<i64, Problem> {
        let before = |day: &str| all.iter().filter(|i| i.collected_at.get(..10).is_some_and(|d| d < day)).map(|i| i.id).max().unwrap_or(0);
        let Some(text) = self.since.as_deref().map(str::trim).filter(|t| !t.is_empty()) else {
            return Ok(all.last().and_then(|i| i.collected_at.get(..10)).map_or(0, before));
        };
        if let Ok(intake) = text.parse::<i64>() {
            return Ok(intake.max(0));
        }
        if Date::parse_iso(text).is_some() {
            return Ok(before(text));
        }
        Err(Problem::new(
            "since",
            format!("--since {text}"),
            Both::new("is neither the number of an intake nor a date", "no es el número de una lectura ni una fecha"),
            Both::new(
                "write 12 or 2026-10-01; `atalaya table vintages` lists the intakes",
                "escriba 12 o 2026-10-01; `atalaya table vintages` lista las lecturas",
            ),
        ))
    }
}

/// The first `most`, of one source no more than half where others have some too.
fn of_each<'a>(revised: &[&'a Revision], most: usize) -> Vec<&'a Revision> {
    let sources = revised.iter().map(|r| &r.source).collect::<std::collections::BTreeSet<_>>().len();
    let share = if sources > 1 { most.div_ceil(2) } else { most };
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut fits = |r: &&&Revision| {
        let n = taken.entry(r.source.clone()).or_default();
        *n += 1;
        *n <= share
    };
    revised.iter().filter(|r| fits(r)).take(most).copied().collect()
}

fn moment(i: &Intake) -> Moment {
    Moment { intake: i.id, at: i.collected_at.clone(), source: i.source.clone(), vintage: i.vintage.clone() }
}

/// Sources with rows held, and those that are overdue.
fn waiting(observatory: &Observatory, in_force: &[Intake], all: &[Intake], now: &str) -> (Vec<Waiting>, Vec<Waiting>) {
    let mut rows: BTreeMap<&str, u64> = BTreeMap::new();
    for intake in in_force {
        *rows.entry(&intake.source).or_default() += intake.counts.held;
    }
    let (mut held, mut late) = (Vec::new(), Vec::new());
    for (source, count) in rows {
        let Ok(found) = observatory.source(source) else { continue };
        let one = |overdue| Waiting { source: source.into(), title: found.recipe.title.clone(), held: count, overdue };
        if count > 0 {
            held.push(one(None));
        }
        let newest = all.iter().filter(|i| i.source == source).max_by_key(|i| (&i.vintage, i.id));
        if let Some(why) = overdue(&found.recipe, newest, now) {
            late.push(one(Some(why)));
        }
    }
    held.sort_by_key(|w| std::cmp::Reverse(w.held));
    (held, late)
}

fn named(r: &Revision) -> RevisedCell {
    let area = areas().get(&r.area).map_or_else(|| Both::same(r.area.clone()), |a| a.both());
    let name = if r.place.is_empty() { area } else { Both::new(format!("{}, {}", r.place, area.en), format!("{}, {}", r.place, area.es)) };
    let of = |field: &str, code: &str| label_of(field, code).unwrap_or_else(|| Both::same(code));
    RevisedCell {
        source: r.source.clone(),
        measure: measures().get(&r.measure).map_or_else(|| Both::same(r.measure.clone()), |m| m.both()),
        area: r.area.clone(),
        name,
        substance: of("substance", &r.substance),
        period: r.period.clone(),
        unit: after_a_number(&r.unit),
        before: r.before.clone(),
        now: r.now.clone(),
        percent: r.percent,
        vintage_before: r.vintage_before.clone(),
        vintage: r.vintage.clone(),
    }
}

impl Say for Changed {
    fn say(&self, lang: Lang) -> String {
        let (since, now, n) = (self.since, self.now, self.vintages.len());
        let head =
            both!("since intake {since} (now {now}): {n} new vintages\n", "desde la lectura {since} (ahora {now}): {n} ediciones nuevas\n");
        let mut out = head.in_lang(lang).to_string();
        let heads: [&str; 7] = match lang {
            Lang::En => ["intake", "source", "vintage", "read", "held", "revised", "added"],
            Lang::Es => ["lectura", "fuente", "edición", "leídas", "retenidas", "revisadas", "nuevas"],
        };
        let of = |d: &Option<Difference>, f: fn(&Difference) -> u64| d.as_ref().map(|d| count(f(d), lang)).unwrap_or_default();
        let rows: Vec<Vec<String>> = self
            .vintages
            .iter()
            .map(|v| {
                let (read, held) = (count(v.read, lang), count(v.held, lang));
                vec![
                    v.intake.to_string(),
                    v.source.clone(),
                    v.vintage.clone(),
                    read,
                    held,
                    of(&v.changed, |d| d.revised),
                    of(&v.changed, |d| d.added),
                ]
            })
            .collect();
        if !rows.is_empty() {
            out += &format!("\n{}", table(&heads, &rows));
        }
        let revised = count(self.revised as u64, lang);
        out += both!("\n{revised} figures revised\n", "\n{revised} cifras revisadas\n").in_lang(lang);
        for r in &self.largest {
            let percent = r.percent.map(|p| format!(" ({}%)", decimal(&p.to_string(), lang))).unwrap_or_default();
            let (before, now) = (decimal(&r.before, lang), decimal(&r.now, lang));
            out += &format!("  {}, {}, {}: {before} → {now}{percent}\n", r.measure.in_lang(lang), r.name.in_lang(lang), r.period);
        }
        for w in &self.held {
            let (source, n) = (&w.source, count(w.held, lang));
            out += both!("* {source}: {n} rows held: atalaya held {source}\n", "* {source}: {n} filas retenidas: atalaya held {source}\n")
                .in_lang(lang);
        }
        for w in &self.overdue {
            out += &format!("* {}: {}\n", w.source, w.overdue.as_ref().map_or("", |o| o.in_lang(lang)));
        }
        out
    }
}

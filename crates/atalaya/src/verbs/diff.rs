//! What a vintage changed, cell by cell.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::record::observation_field;
use atalaya_kernel::{Both, Date, Decimal, Lang, Period, Precision, Problem, both};
use atalaya_store::{CellKey, Intake, ObservedCell};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::say::{count, decimal, table};
use super::{Say, Verb};
use crate::Observatory;
use crate::observatory::Caller;

/// What a source's newest vintage changed against the one before, cell by cell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Diff {
    /// Source
    pub source: String,
    /// Older vintage, by name; the one before the newest if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "VINTAGE"))]
    pub from: Option<String>,
    /// Newer vintage, by name; the newest if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "VINTAGE"))]
    pub to: Option<String>,
    /// At most this many cells of each kind
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 50))]
    pub limit: usize,
}

/// Cells by what happened to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Difference {
    /// Only in the newer vintage.
    pub added: u64,
    /// Only in the older one.
    pub removed: u64,
    /// In both, with another value.
    pub revised: u64,
    /// In both, with the same value (printing noise below 1e-12 disregarded).
    pub same: u64,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `revised`, `added`, `removed`.
    pub kind: String,
    /// Area.
    pub area: String,
    /// Place, if the cell is of a place.
    pub place: String,
    /// Period.
    pub period: String,
    /// Measure.
    pub measure: String,
    /// Substance.
    pub substance: String,
    /// Definition.
    pub definition: String,
    /// Breakdown.
    pub breakdown: String,
    /// Value before; the kind of missing if there was none.
    pub before: String,
    /// Value now.
    pub now: String,
    /// Change in per cent of the value before.
    pub percent: Option<String>,
}

/// Two vintages compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The source.
    pub source: String,
    /// The older vintage.
    pub from: String,
    /// The newer vintage.
    pub to: String,
    /// How many cells of each kind.
    pub summary: Difference,
    /// The cells, revised ones first.
    pub changes: Vec<Change>,
}

impl Verb for Diff {
    const NAME: &'static str = "diff";
    type Outcome = Compared;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<Compared, Problem> {
        let source = observatory.source(&self.source)?;
        let all = observatory.store().visible_of(&source.recipe.id)?;
        let named = |name: &str| {
            all.iter().rev().find(|i| i.vintage == name).ok_or_else(|| {
                let known = all.iter().map(|i| i.vintage.as_str()).collect::<Vec<_>>().join(", ");
                Problem::new(
                    "unknown-vintage",
                    name,
                    Both::new("no vintage has this name", "ninguna edición tiene este nombre"),
                    both!("vintages: {known}", "ediciones: {known}"),
                )
            })
        };
        let newer = match &self.to {
            Some(name) => named(name)?,
            None => all.last().ok_or_else(|| one_vintage(&self.source, all.len()))?,
        };
        let at = all.iter().position(|i| i.id == newer.id).unwrap_or(0);
        let older: &[Intake] = match &self.from {
            Some(name) => std::slice::from_ref(named(name)?),
            None => before(&all[..at], newer),
        };
        if older.is_empty() {
            return Err(one_vintage(&self.source, all.len()));
        }
        let mut compared = if newer.kind != "observations" {
            compare_records(observatory, older, newer)?
        } else {
            compare(observatory, older, newer, self.from.is_none() && newer.keeps == "extend")?
        };
        let mut kept: BTreeMap<String, usize> = BTreeMap::new();
        compared.changes.retain(|c| {
            let n = kept.entry(c.kind.clone()).or_default();
            *n += 1;
            *n <= self.limit
        });
        Ok(compared)
    }
}

fn one_vintage(source: &str, vintages: usize) -> Problem {
    Problem::new(
        "one-vintage",
        source,
        both!("there are {vintages} vintages; two are needed", "hay {vintages} ediciones; se necesitan dos"),
        Both::new("collect a newer file first", "recoja primero un archivo más nuevo"),
    )
}

/// What a vintage is compared with: the one before it, or, where each vintage only extends the
/// account, all of them together.
pub(crate) fn before<'a>(earlier: &'a [Intake], newer: &Intake) -> &'a [Intake] {
    if newer.keeps == "extend" { earlier } else { &earlier[earlier.len().saturating_sub(1)..] }
}

/// Compares a vintage of series with what stood before. `carried`: cells it lacks stand as they
/// were and are not counted as removed.
fn compare(observatory: &Observatory, older: &[Intake], newer: &Intake, carried: bool) -> Result<Compared, Problem> {
    let all: Vec<Intake> = older.iter().chain([newer]).cloned().collect();
    let observations = observatory.store().observations(&all)?;
    let mut before: BTreeMap<CellKey, ObservedCell<'_>> = BTreeMap::new();
    for intake in older {
        before.extend(observations.of_intake(intake.id).map(|c| (c.key(), c)));
    }
    let now: BTreeMap<CellKey, ObservedCell<'_>> = observations.of_intake(newer.id).map(|c| (c.key(), c)).collect();
    let from = older.iter().map(|i| i.vintage.as_str()).collect::<Vec<_>>().join(", ");
    let keys: BTreeSet<&CellKey> = before.keys().chain(now.keys()).collect();
    let mut summary = Difference::default();
    let mut changes = Vec::new();
    for key in keys {
        let kind = match (before.get(key), now.get(key)) {
            (Some(a), Some(b)) if same(a, b) => {
                summary.same += 1;
                continue;
            }
            (Some(_), Some(_)) => {
                summary.revised += 1;
                "revised"
            }
            // Where vintages extend the account, what this one lacks stands as it was.
            (Some(_), None) if carried => continue,
            (Some(_), None) => {
                summary.removed += 1;
                "removed"
            }
            _ => {
                summary.added += 1;
                "added"
            }
        };
        changes.push(change(kind, before.get(key), now.get(key)));
    }
    let rank = |c: &Change| ["revised", "added", "removed"].iter().position(|k| *k == c.kind);
    changes.sort_by(|a, b| {
        let key = |c: &'_ Change| {
            [&c.area, &c.place, &c.period, &c.substance, &c.measure, &c.definition, &c.breakdown, &c.before, &c.now].map(String::clone)
        };
        rank(a).cmp(&rank(b)).then_with(|| key(a).cmp(&key(b)))
    });
    Ok(Compared { source: newer.source.clone(), from, to: newer.vintage.clone(), summary, changes })
}

/// Compares two vintages of records by what they say, not by where they stand: how many rows of
/// each content are in one and not in the other.
fn compare_records(observatory: &Observatory, older: &[Intake], newer: &Intake) -> Result<Compared, Problem> {
    let mut balance: BTreeMap<(i32, u8, Vec<u32>), (u64, u64)> = BTreeMap::new();
    for intake in older {
        observatory.store().each_record(intake, |r| balance.entry((r.day, r.precision, r.codes.to_vec())).or_default().0 += 1)?;
    }
    let from = older.iter().map(|i| i.vintage.as_str()).collect::<Vec<_>>().join(", ");
    observatory.store().each_record(newer, |r| balance.entry((r.day, r.precision, r.codes.to_vec())).or_default().1 += 1)?;
    let mut summary = Difference::default();
    for (before, now) in balance.values() {
        summary.same += before.min(now);
        summary.removed += before.saturating_sub(*now);
        summary.added += now.saturating_sub(*before);
    }
    Ok(Compared { source: newer.source.clone(), from, to: newer.vintage.clone(), summary, changes: Vec::new() })
}

/// A value set for the reader; a kind of missing as it is.
fn number_or_word(text: &str, lang: Lang) -> String {
    if Decimal::parse(text).is_ok() { decimal(text, lang) } else { text.into() }
}

/// A cell's value, or its kind of missing.
pub(crate) fn shown_value(cell: &ObservedCell<'_>) -> String {
    let missing = cell.text("missing");
    if missing.is_empty() { cell.text("value").into() } else { missing.into() }
}

/// Whether two cells say the same, printing noise aside.
pub(crate) fn same(a: &ObservedCell<'_>, b: &ObservedCell<'_>) -> bool {
    // The same codes are the same texts: nothing to read.
    let alike = |f: &str| a.code(observation_field(f)) == b.code(observation_field(f)) && a.shares_terms(b);
    ["value", "low", "high"].iter().all(|f| {
        alike(f)
            || match (Decimal::parse(a.text(f)), Decimal::parse(b.text(f))) {
                (Ok(x), Ok(y)) => x.same_but_for_printing(y),
                _ => a.text(f) == b.text(f),
            }
    }) && a.text("missing") == b.text("missing")
}

fn change(kind: &str, before: Option<&ObservedCell<'_>>, now: Option<&ObservedCell<'_>>) -> Change {
    let text = |field: &str| now.or(before).map_or("", |c| c.text(field)).to_string();
    let period = now.or(before).and_then(|c| {
        let precision = Precision::from_code(c.row.precision)?;
        Some(Period { start: Date(c.row.day), precision }.to_string())
    });
    let number = |cell: Option<&ObservedCell<'_>>| cell.and_then(|c| Decimal::parse(c.text("value")).ok()).map(Decimal::to_f64);
    let percent = match (number(before), number(now)) {
        (Some(a), Some(b)) if a != 0.0 => Some(format!("{:+.1}", (b - a) / a * 100.0)),
        _ => None,
    };
    Change {
        kind: kind.into(),
        area: text("area"),
        place: text("place"),
        period: period.unwrap_or_default(),
        measure: text("measure"),
        substance: text("substance"),
        definition: text("definition"),
        breakdown: text("breakdown"),
        before: before.map(shown_value).unwrap_or_default(),
        now: now.map(shown_value).unwrap_or_default(),
        percent,
    }
}

impl Say for Compared {
    fn say(&self, lang: Lang) -> String {
        let Difference { added, removed, revised, same } = self.summary;
        let [added, removed, revised, same] = [added, removed, revised, same].map(|n| count(n, lang));
        let (source, from, to) = (&self.source, &self.from, &self.to);
        let head = both!(
            "{source}: [{from}] → [{to}]: {revised} revised, {added} new, {removed} only in the older, {same} the same\n\n",
            "{source}: [{from}] → [{to}]: {revised} revisadas, {added} nuevas, {removed} solo en la anterior, {same} iguales\n\n"
        );
        let columns: [&str; 9] = match lang {
            Lang::En => ["", "area", "place", "period", "measure", "breakdown", "before", "now", "%"],
            Lang::Es => ["", "área", "lugar", "período", "medida", "desglose", "antes", "ahora", "%"],
        };
        let rows: Vec<Vec<String>> = self
            .changes
            .iter()
            .map(|c| {
                let (before, now) = (number_or_word(&c.before, lang), number_or_word(&c.now, lang));
                vec![
                    c.kind.clone(),
                    c.area.clone(),
                    c.place.clone(),
                    c.period.clone(),
                    c.measure.clone(),
                    c.breakdown.clone(),
                    before,
                    now,
                    c.percent.clone().unwrap_or_default(),
                ]
            })
            .collect();
        let body = if rows.is_empty() { String::new() } else { table(&columns, &rows) };
        format!("{}{body}", head.in_lang(lang))
    }
}

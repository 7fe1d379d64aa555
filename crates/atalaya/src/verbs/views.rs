//! What the web page asks beside the verbs: coverage and the lists to choose from.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use atalaya_kernel::area::areas;
use atalaya_kernel::measure::measures;
use atalaya_kernel::record::observation_field;
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, Date, Decimal, Problem};
use atalaya_store::{Axis, Plan};
use serde::Serialize;

use crate::Observatory;
use crate::observatory::Eye;
use crate::query::{PURCHASES, SEIZURES, kind_of};

const AREA: usize = observation_field("area");
const MEASURE: usize = observation_field("measure");
const SUBSTANCE: usize = observation_field("substance");
const VALUE: usize = observation_field("value");

/// Items per area and year of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The source.
    pub source: String,
    /// Areas.
    pub areas: Vec<Choice>,
    /// Years.
    pub years: Vec<i32>,
    /// Items; 0 where all that was reported is zero, `None` where nothing was.
    pub cells: Vec<Vec<Option<u64>>>,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Its code.
    pub id: String,
    /// Its name.
    pub label: Both,
    /// Items that have it.
    pub count: u64,
    /// For what can be asked: the sources that have it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub sources: BTreeSet<String>,
}

/// Lists to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facets {
    /// What can be asked for.
    pub what: Vec<Choice>,
    /// Areas that have anything.
    pub areas: Vec<Choice>,
    /// Substances that have anything.
    pub substances: Vec<Choice>,
    /// Sources that have anything.
    pub sources: Vec<Choice>,
    /// Years that have anything.
    pub years: Vec<i32>,
}

/// How many items a source has per area and year.
///
/// # Errors
/// `unknown-source`, and those of the store.
pub fn coverage(observatory: &mut Observatory, source: &str) -> Result<Coverage, Problem> {
    let id = observatory.source(source)?.recipe.id;
    let eye = observatory.eye(None)?;
    let mut counts: BTreeMap<(String, i32), u64> = BTreeMap::new();
    let mut nonzero: BTreeSet<(String, i32)> = BTreeSet::new();
    for ((code, year), (count, any)) in cells_of(&eye, &id) {
        let at = (eye.observations.terms().text(code).to_string(), year);
        if any {
            nonzero.insert(at.clone());
        }
        counts.insert(at, count);
    }
    // Where all that was reported is zero, that is what is shown: zero, not how often.
    counts.iter_mut().filter(|(at, _)| !nonzero.contains(at)).for_each(|(_, n)| *n = 0);
    let cube = &eye.cube;
    if let (Some(by_source), Some(by_area), Some(by_day)) = (cube.column("source"), cube.column("area"), cube.column("day")) {
        let names: Vec<&str> = cube.texts(by_area).collect();
        let years: Vec<Option<i32>> = cube.days().map(|d| d.map(|d| Date(d).ymd().0)).collect();
        let first = years.iter().flatten().min().copied().unwrap_or(0);
        let span = years.iter().flatten().max().map_or(1, |last| last - first + 1);
        let plan = Plan {
            filters: vec![Axis { column: by_source, groups: cube.texts(by_source).map(|s| (s == id).then_some(0)).collect(), len: 1 }],
            axes: vec![
                Axis { column: by_area, groups: (0..names.len() as u32).map(Some).collect(), len: names.len() as u32 },
                Axis { column: by_day, groups: years.iter().map(|y| y.map(|y| (y - first) as u32)).collect(), len: span as u32 },
            ],
        };
        for group in cube.group(&plan) {
            counts.insert((names[group.key[0] as usize].into(), first + group.key[1] as i32), group.records);
        }
    }
    let codes: BTreeSet<&String> = counts.keys().map(|(a, _)| a).collect();
    let years: BTreeSet<i32> = counts.keys().map(|(_, y)| *y).collect();
    let years: Vec<i32> = match (years.first(), years.last()) {
        (Some(first), Some(last)) => (*first..=*last).collect(),
        _ => Vec::new(),
    };
    let cells = codes.iter().map(|a| years.iter().map(|y| counts.get(&((*a).clone(), *y)).copied()).collect()).collect();
    let rows = codes.iter().map(|a| choice(a, area_name(a), counts.iter().filter(|((c, _), _)| c == *a).map(|(_, n)| n).sum())).collect();
    Ok(Coverage { source: id, areas: rows, years, cells })
}

/// Cells of a source by area and year: how many, and whether any is not zero.
fn cells_of(eye: &Eye, source: &str) -> BTreeMap<(u32, i32), (u64, bool)> {
    let mut cells: HashMap<(u32, i32), (u64, bool)> = HashMap::new();
    for cell in eye.observations.current().filter(|c| c.intake.source == source) {
        let (count, any) = cells.entry((cell.code(AREA), Date(cell.row.day).ymd().0)).or_default();
        *count += 1;
        *any = *any || Decimal::parse(cell.text_at(VALUE)).map_or(true, |v| v.0 != 0);
    }
    cells.into_iter().collect()
}

/// What there is to choose from.
///
/// # Errors
/// Those of the store.
pub fn facets(observatory: &mut Observatory) -> Result<Facets, Problem> {
    let eye = observatory.eye(None)?;
    let [mut what, mut places, mut drugs, mut sources] = [const { BTreeMap::<String, u64>::new() }; 4];
    let mut years: BTreeSet<i32> = BTreeSet::new();
    let mut by_what: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // Alike cells are counted by code; texts are read once each.
    let mut alike: HashMap<(u32, u32, u32, i64), u64> = HashMap::new();
    let mut days: HashSet<i32> = HashSet::new();
    for cell in eye.observations.current() {
        *alike.entry((cell.code(MEASURE), cell.code(AREA), cell.code(SUBSTANCE), cell.intake.id)).or_default() += 1;
        days.insert(cell.row.day);
    }
    years.extend(days.into_iter().map(|d| Date(d).ymd().0));
    let source_of: HashMap<i64, &str> = eye.intakes.iter().map(|i| (i.id, i.source.as_str())).collect();
    for ((measure, area, substance, intake), count) in alike.into_iter().collect::<BTreeMap<_, _>>() {
        let [measure, area, substance] = [measure, area, substance].map(|code| eye.observations.terms().text(code));
        let source = source_of.get(&intake).copied().unwrap_or_default();
        by_what.entry(measure.into()).or_default().insert(source.into());
        for (counts, id) in [(&mut what, measure), (&mut places, area), (&mut drugs, substance), (&mut sources, source)] {
            *counts.entry(id.into()).or_default() += count;
        }
    }
    let cube = &eye.cube;
    if !cube.is_empty() {
        for word in [SEIZURES, PURCHASES] {
            let of_kind = || eye.intakes.iter().filter(|i| i.kind == kind_of(word));
            by_what.insert(word.into(), of_kind().map(|i| i.source.clone()).collect());
            let items = of_kind().map(|i| i.counts.items).sum();
            if items > 0 {
                what.insert(word.into(), items);
            }
        }
        years.extend(cube.days().flatten().map(|d| Date(d).ymd().0));
        for (field, into) in [("area", &mut places), ("substance", &mut drugs), ("source", &mut sources)] {
            let Some(column) = cube.column(field) else { continue };
            let names: Vec<&str> = cube.texts(column).collect();
            let axis = Axis { column, groups: (0..names.len() as u32).map(Some).collect(), len: names.len() as u32 };
            for group in cube.group(&Plan { filters: Vec::new(), axes: vec![axis] }) {
                *into.entry(names[group.key[0] as usize].into()).or_default() += group.records;
            }
        }
    }
    let list = |counts: BTreeMap<String, u64>, name: &dyn Fn(&str) -> Both| -> Vec<Choice> {
        counts.into_iter().filter(|(id, _)| !id.is_empty()).map(|(id, n)| choice(&id, name(&id), n)).collect()
    };
    let mut whats = list(what, &|id| match id {
        SEIZURES => Both::new("Reported seizures (records)", "Incautaciones informadas (registros)"),
        PURCHASES => Both::new("Purchases (records)", "Compras (registros)"),
        _ => measures().get(id).map_or_else(|| Both::same(id), |m| m.both()),
    });
    for choice in &mut whats {
        choice.sources = by_what.remove(&choice.id).unwrap_or_default();
    }
    Ok(Facets {
        what: whats,
        areas: list(places, &area_name),
        substances: list(drugs, &|id| substances().get(id).map_or_else(|| Both::same(id), |s| s.both())),
        sources: list(sources, &|id| observatory.source(id).map_or_else(|_| Both::same(id), |s| s.recipe.title)),
        years: years.into_iter().collect(),
    })
}

fn choice(id: &str, label: Both, count: u64) -> Choice {
    Choice { id: id.into(), label, count, sources: BTreeSet::new() }
}

fn area_name(code: &str) -> Both {
    areas().get(code).map_or_else(|| Both::same(code), |a| a.both())
}

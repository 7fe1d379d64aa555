//! Effects on places that were not treated: rings around the treated ones, shared borders, a network.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Both, Problem, both};
use atalaya_methods::evaluate::covariance::Line;
use atalaya_methods::evaluate::exposure::Exposure;
use atalaya_methods::evaluate::spillover::{Errors, Spillover, spillover};
use atalaya_methods::evaluate::staggered::Staggered;

use super::estimate::Choice;
use super::words::said;
use crate::Observatory;
use crate::evaluate::data::{Data, number};
use crate::evaluate::design::{Design, Transformation};
use crate::evaluate::finding::{NamedEffect, SpilloverEffect};
use crate::evaluate::refused::refused;
use crate::evaluate::register::folder;
use crate::evaluate::sample::{Sample, turned};
use crate::routes::centre::centres;

/// What was found next door.
#[derive(Debug, Clone, Default)]
pub(crate) struct Displaced {
    /// The effects, for each way of being near that the design names.
    pub effects: Vec<SpilloverEffect>,
    /// For each of them the p-value that nobody near was affected, the direct and the total effect.
    pub tests: Vec<Test>,
    /// Why a way could not be looked at.
    pub problems: Vec<Both>,
}

/// One way of being near.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    /// The p-value that nobody near was affected.
    pub p: f64,
    /// The effect where the programme was.
    pub direct: Line,
    /// The same with what moved.
    pub net: Line,
}

/// Looks at every way of being near that a design names.
pub(crate) fn displaced(observatory: &Observatory, id: &str, sample: &Sample, design: &Design, choice: &Choice) -> Displaced {
    let asked = &design.spillover;
    let mut out = Displaced::default();
    let near: [(bool, &'static str, Near); 3] =
        [(!asked.rings.is_empty(), "ring", rings), (asked.borders, "border", borders), (asked.network.is_some(), "network", network)];
    for (_, kind, near) in near.into_iter().filter(|n| n.0) {
        let cohort: Vec<Option<i64>> = sample.first.clone();
        let made = only_whole(sample).and_then(|()| near(observatory, id, sample, design, &cohort)).and_then(|exposure| {
            let found = found(sample, design, choice, &exposure)?;
            Ok((exposure, found))
        });
        match made {
            Ok((exposure, found)) => add(&mut out, kind, &exposure, &found),
            Err(problem) => out.problems.push(said!("{place} {found}", "{place} {found}", place = problem.place, found = problem.found)),
        }
    }
    out
}

/// Who is near whom.
type Near = fn(&Observatory, &str, &Sample, &Design, &[Option<i64>]) -> Result<Exposure, Problem>;

/// Where everybody is exposed nobody is merely near.
fn only_whole(sample: &Sample) -> Result<(), Problem> {
    if sample.exposure.is_none() {
        return Ok(());
    }
    Err(Problem::new(
        "exposed-all",
        "",
        Both::new(
            "every place is exposed to the programme, so none is a mere neighbour",
            "todo lugar está expuesto al programa, así que ninguno es solo vecino",
        ),
        Both::default(),
    ))
}

/// Latitude and longitude of each unit: from columns of the data, else the middle of the area's outline.
fn places(observatory: &Observatory, sample: &Sample, design: &Design) -> Result<Vec<[f64; 2]>, Problem> {
    let mut out = vec![None; sample.units.len()];
    if let [latitude, longitude] = design.spillover.place.as_slice() {
        let (latitude, longitude) = (sample.column(latitude)?, sample.column(longitude)?);
        for row in sample.rows.iter().filter(|r| r.at.is_some()) {
            let pair = number(sample.cell(row, latitude)).zip(number(sample.cell(row, longitude)));
            out[row.unit] = out[row.unit].or(pair.map(|(a, b)| [a, b]));
        }
    } else {
        let codes: Vec<&str> = sample.units.iter().map(String::as_str).collect();
        let mut known = BTreeMap::new();
        for shapes in observatory.shapes(&mut Vec::new()) {
            let drawn: BTreeSet<&str> = shapes.shapes.iter().map(|s| s.area.as_str()).collect();
            let here: Vec<&str> = codes.iter().copied().filter(|c| drawn.contains(c)).collect();
            for (code, at) in centres(&shapes, &here) {
                known.entry(code).or_insert([at[1], at[0]]);
            }
        }
        out.iter_mut().zip(&sample.units).for_each(|(place, unit)| *place = known.get(unit).copied());
    }
    out.into_iter().zip(&sample.units).map(|(place, unit)| place.ok_or_else(|| nowhere(unit))).collect()
}

fn nowhere(unit: &str) -> Problem {
    Problem::new(
        "no-place",
        unit,
        Both::new("has no coordinates and no outline", "no tiene coordenadas ni contorno"),
        Both::new("name the columns: place = [\"lat\", \"lon\"]", "indique las columnas: place = [\"lat\", \"lon\"]"),
    )
}

fn rings(observatory: &Observatory, _: &str, sample: &Sample, design: &Design, cohort: &[Option<i64>]) -> Result<Exposure, Problem> {
    let places = places(observatory, sample, design)?;
    let breaks: Vec<f64> = std::iter::once(0.0).chain(design.spillover.rings.iter().copied()).collect();
    Exposure::rings(&places, cohort, &breaks).map_err(|e| refused(&e))
}

/// Areas that share an arc of a border are neighbours.
fn borders(observatory: &Observatory, _: &str, sample: &Sample, _: &Design, cohort: &[Option<i64>]) -> Result<Exposure, Problem> {
    let unit: BTreeMap<&str, usize> = sample.units.iter().map(String::as_str).zip(0..).collect();
    let mut neighbours = vec![BTreeSet::new(); sample.units.len()];
    let mut drawn = BTreeSet::new();
    for outlines in observatory.outlines(&mut Vec::new()) {
        let mut of_arc: BTreeMap<i32, BTreeSet<usize>> = BTreeMap::new();
        for area in &outlines.areas {
            let Some(at) = unit.get(area.area.as_str()) else { continue };
            drawn.insert(*at);
            for arc in area.polygons.iter().flatten().flatten() {
                of_arc.entry(if *arc < 0 { !arc } else { *arc }).or_default().insert(*at);
            }
        }
        for touching in of_arc.values().filter(|t| t.len() > 1) {
            for a in touching {
                neighbours[*a].extend(touching.iter().filter(|b| *b != a));
            }
        }
    }
    if let Some(unit) = (0..sample.units.len()).find(|u| !drawn.contains(u)) {
        return Err(nowhere(&sample.units[unit]));
    }
    let neighbours: Vec<Vec<usize>> = neighbours.into_iter().map(|n| n.into_iter().collect()).collect();
    Exposure::borders(&neighbours, cohort, 1).map_err(|e| refused(&e))
}

/// Links from a file beside the design: from, to, weight.
fn network(observatory: &Observatory, id: &str, sample: &Sample, design: &Design, cohort: &[Option<i64>]) -> Result<Exposure, Problem> {
    let file = design.spillover.network.as_deref().unwrap_or_default();
    let plain = std::path::Path::new(file).components().all(|c| matches!(c, std::path::Component::Normal(_)));
    if file == "routes" || !plain {
        return Err(Problem::new(
            "network-file",
            file,
            Both::new("is no file beside the design", "no es un archivo junto al diseño"),
            Both::new(
                "write links as from,to,weight in a CSV beside design.toml",
                "escriba los enlaces como from,to,weight en un CSV junto a design.toml",
            ),
        ));
    }
    let data = Data::read(&folder(observatory, id)?.join(file))?;
    let unit: BTreeMap<&str, usize> = sample.units.iter().map(String::as_str).zip(0..).collect();
    let (from, to, weight) = (data.texts("from")?, data.texts("to")?, data.numbers("weight")?);
    let links: Vec<(usize, usize, f64)> =
        from.iter().zip(&to).zip(&weight).filter_map(|((a, b), w)| Some((*unit.get(a)?, *unit.get(b)?, *w))).collect();
    Exposure::network(sample.units.len(), &links, cohort, &[0.0], true).map_err(|e| refused(&e))
}

fn found(sample: &Sample, design: &Design, choice: &Choice, exposure: &Exposure) -> Result<Spillover, Problem> {
    let by = if choice.transformation == Transformation::Poisson { Transformation::Levels } else { choice.transformation };
    let (mut y, mut unit, mut period, mut cohort) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in sample.rows.iter().filter(|r| choice.uses(r)) {
        if let Some(value) = row.y {
            y.push(turned(by, value)?);
            unit.push(row.unit as u32);
            period.push(row.period);
            cohort.push(sample.first[row.unit]);
        }
    }
    let panel = Staggered { y: &y, unit: &unit, period: &period, cohort: &cohort, names: &[], x: &[], weights: None, cluster: None };
    let level = design.method.level.unwrap_or(95.0) / 100.0;
    spillover(&panel, exposure, Errors::Clustered, level).map_err(|e| {
        let text = e.to_string();
        Problem::new("refused-spillover", "", both!("{text}", "{text}"), Both::default())
    })
}

fn add(out: &mut Displaced, kind: &str, exposure: &Exposure, found: &Spillover) {
    let named = |name: Both, line: &Line| NamedEffect {
        name,
        estimate: line.estimate,
        se: Some(line.se),
        interval: Some(line.interval),
        p: Some(line.p),
    };
    let mut push = |name: Both, kind: &str, line: &Line, places: usize| {
        out.effects.push(SpilloverEffect { name: name.clone(), kind: kind.into(), effect: named(name, line), places });
    };
    let direct = Both::new("where the programme was", "donde estuvo el programa");
    push(direct, "direct", &found.direct.line, found.direct.units);
    let mut near = 0;
    for average in &found.exposed {
        let name = average.class.map_or("", |k| exposure.names[k].as_str());
        near += average.units;
        let name = match kind {
            "ring" => said!("next door, {name}", "al lado, {name}", name = name),
            "border" => Both::new("sharing a border with it", "con frontera común"),
            _ => Both::new("linked with it", "vinculados con él"),
        };
        push(name, kind, &average.line, average.units);
    }
    let total = Both::new("in all, for each place with the programme", "en total, por cada lugar con el programa");
    push(total, "total", &found.net, found.direct.units + near);
    out.tests.push(Test { p: found.p, direct: found.direct.line.clone(), net: found.net.clone() });
}

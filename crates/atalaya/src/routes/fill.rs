//! What an atlas says: links with their flows by year, what is not known, accounts, how far to
//! trust it.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Both, Decimal, Problem, both};
use atalaya_methods::num::quantile::Interval;
use atalaya_methods::routes::cleaning::{Check, into_producer, marks};
use atalaya_methods::routes::joint::Joint;
use atalaya_methods::routes::network::{Edge, Link, edges};
use atalaya_methods::routes::published::Flows;
use atalaya_methods::routes::unseen::by_records;

use super::account::{by_draws, by_shares};
use super::atlas::{Atlas, AtlasEdge, AtlasPlace, AtlasUnknown, Band, EdgeYear, Trust, UnknownAt};
use super::lift::name;
use super::question::{Method, Question};
use super::stage::Stage;
use crate::Observatory;
use crate::query::source_lines;

/// Below so many effective records a link rests on next to nothing.
const THIN: f64 = 5.0;

/// An interval as low, median, high.
pub(super) fn band(interval: Interval) -> Band {
    [interval.low, interval.median, interval.high]
}

/// The atlas of a stage, its orphans and its exports.
pub(super) type Filled = (Atlas, Vec<String>, BTreeMap<String, Band>);

/// Fills an atlas by the method of the question.
///
/// # Errors
/// `closed-group`, `no-flows`.
pub(super) fn fill(observatory: &Observatory, stage: &Stage, question: &Question) -> Result<Filled, Problem> {
    let mut atlas = empty(observatory, stage, question);
    let (mut orphans, mut exports) = (Vec::new(), BTreeMap::new());
    let recorded = Recorded::of(stage);
    match question.method {
        Method::Observed => {
            let mut net: Vec<&Edge> = stage.net.edges.iter().collect();
            net.sort_by(|a, b| b.kg.cmp(&a.kg).then(b.records.cmp(&a.records)).then((a.from, a.to).cmp(&(b.from, b.to))));
            let ends = net.iter().filter_map(|e| Some((stage.at(e.from)?, stage.at(e.to)?)));
            atlas.edges = ends.map(|ends| recorded.edge(stage, ends)).collect();
        }
        Method::Published => {
            let flows = stage.shares()?;
            atlas.edges = of_shares(stage, &recorded, &flows);
            atlas.balances = by_shares(stage, &flows);
            for (name, value) in [("rho", flows.rho), ("hops", flows.hops), ("demand", flows.demand), ("total", flows.total)] {
                atlas.whole.insert(name.into(), [value; 3]);
            }
            orphans = flows.orphans.iter().map(|o| stage.names[*o].clone()).collect();
            exports = flows.exports.iter().filter(|e| *e.1 > 0.0).map(|(at, kg)| (stage.names[*at].clone(), [*kg; 3])).collect();
        }
        Method::Joint => {
            let drawn = stage.draws(question.draws, question.seed)?;
            atlas.edges = of_draws(stage, &recorded, &drawn);
            atlas.balances = by_draws(stage, &drawn, question.seed);
            atlas.whole.insert("hops".into(), band(drawn.hops(&stage.producers)));
            atlas.whole.insert("total".into(), band(total(&drawn)));
            let made = |b: &&super::atlas::Balance| stage.producers.iter().any(|p| stage.names[*p] == b.place);
            exports = atlas.balances.iter().filter(made).map(|b| (b.place.clone(), b.out)).collect();
        }
    }
    atlas.trust = trust(stage);
    Ok((atlas, orphans, exports))
}

/// All flows together, a year on average.
fn total(drawn: &Joint) -> Interval {
    Interval::of((0..drawn.draws()).map(|d| (0..drawn.edges.len()).map(|at| drawn.flow(d, at, None)).sum()))
}

fn empty(observatory: &Observatory, stage: &Stage, question: &Question) -> Atlas {
    let (en, es) = (&stage.group.name.en, &stage.group.name.es);
    let title = match question.method {
        Method::Observed => both!("Recorded links, {en}", "Enlaces registrados, {es}"),
        _ => both!("Flows, {en}", "Flujos, {es}"),
    };
    let middles = stage.middles();
    let place = |(at, code): (usize, &String)| AtlasPlace {
        code: code.clone(),
        name: name(code),
        middle: middles.get(code).copied(),
        producer: stage.producers.contains(&at),
    };
    let intakes: Vec<_> = stage.read.intakes.iter().chain(&stage.stock.intakes).cloned().collect();
    Atlas {
        title,
        group: stage.group.id.clone(),
        method: question.method.name().into(),
        unit: if stage.in_kg() { "kg" } else { "unit" }.into(),
        years: stage.years.clone(),
        places: stage.names.iter().enumerate().map(place).collect(),
        edges: Vec::new(),
        unknown: unknown(stage),
        balances: Vec::new(),
        trust: None,
        whole: BTreeMap::new(),
        figure: String::new(),
        snapshot: stage.read.eye.snapshot.to_string(),
        label: intakes.iter().map(|i| i.label.clone()).reduce(|a, b| a.combine(&b)),
        sources: source_lines(observatory, &intakes),
        notes: notes(stage, question),
    }
}

fn notes(stage: &Stage, question: &Question) -> Vec<Both> {
    let mut out = vec![
        Both::new(
            "a link is what was reported, not a flow: reporters differ in how much they look and report",
            "un enlace es lo que se reportó, no un flujo: los países difieren en cuánto buscan y reportan",
        ),
        Both::new(
            "kilograms are bulk, as seized; 220 kg of leaf count as 1 kg of cocaine, 10 kg of opium as 1 kg of heroin, and poppy has no mass of its own here",
            "los kilogramos son brutos, como se incautaron; 220 kg de hoja cuentan como 1 kg de cocaína, 10 kg de opio como 1 kg de heroína, y la amapola no tiene aquí masa propia",
        ),
    ];
    out.extend(stage.repeats.iter().cloned());
    if question.method != Method::Observed {
        out.push(Both::new(
            "an estimate: where fewer than five effective records show a link, it rests mostly on assumptions",
            "es una estimación: donde un enlace tiene menos de cinco registros efectivos, se apoya sobre todo en supuestos",
        ));
        out.extend(stage.stock.notes.iter().cloned());
    }
    out
}

/// What is recorded of each link, in all years and in each.
struct Recorded {
    all: BTreeMap<(usize, usize), Edge>,
    by_year: Vec<BTreeMap<(usize, usize), Edge>>,
}

impl Recorded {
    fn of(stage: &Stage) -> Recorded {
        let gathered = |links: &[Link]| edges(&stage.records, links).into_iter().map(|e| ((e.from, e.to), e)).collect();
        let in_year = |year: &i32| {
            let links: Vec<Link> = stage.links.iter().filter(|l| stage.records[l.record].year == *year).copied().collect();
            gathered(&links)
        };
        Recorded { all: gathered(&stage.links), by_year: stage.years.iter().map(in_year).collect() }
    }

    /// A link as recorded, without a flow.
    fn edge(&self, stage: &Stage, ends: (usize, usize)) -> AtlasEdge {
        let year = |of: &BTreeMap<(usize, usize), Edge>| {
            let found = of.get(&ends);
            EdgeYear { records: found.map_or(0, |e| e.records), recorded_kg: found.map_or(Decimal::ZERO, |e| e.kg), flow: None }
        };
        let found = self.all.get(&ends);
        AtlasEdge {
            from: stage.names[ends.0].clone(),
            to: stage.names[ends.1].clone(),
            records: found.map_or(0, |e| e.records),
            effective: found.map_or(0.0, |e| e.effective),
            recorded_kg: found.map_or(Decimal::ZERO, |e| e.kg),
            without_mass: found.map_or(0, |e| e.without_kg),
            flow: None,
            top_ten: None,
            by_year: self.by_year.iter().map(year).collect(),
            figure: String::new(),
        }
    }

    /// Links that a method leaves out: those into producers.
    fn others(&self, stage: &Stage, those: &BTreeSet<(usize, usize)>) -> Vec<AtlasEdge> {
        self.all.keys().filter(|ends| !those.contains(ends)).map(|ends| self.edge(stage, *ends)).collect()
    }
}

fn of_shares(stage: &Stage, recorded: &Recorded, flows: &Flows) -> Vec<AtlasEdge> {
    let mut list = flows.flows.clone();
    list.sort_by(|a, b| b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1))));
    let mut out: Vec<AtlasEdge> =
        list.iter().map(|(from, to, flow)| AtlasEdge { flow: Some([*flow; 3]), ..recorded.edge(stage, (*from, *to)) }).collect();
    out.extend(recorded.others(stage, &list.iter().map(|f| (f.0, f.1)).collect()));
    out
}

fn of_draws(stage: &Stage, recorded: &Recorded, drawn: &Joint) -> Vec<AtlasEdge> {
    let at: BTreeMap<(usize, usize), usize> = drawn.edges.iter().copied().zip(0..).collect();
    let mut out = Vec::new();
    for found in drawn.summary(None) {
        let ends = (found.from, found.to);
        if !recorded.all.contains_key(&ends) && found.kg.high <= 0.0 {
            continue;
        }
        let mut edge = recorded.edge(stage, ends);
        edge.flow = Some(band(found.kg));
        edge.top_ten = Some(found.top_ten);
        for (year, of) in edge.by_year.iter_mut().enumerate() {
            of.flow = at.get(&ends).map(|edge| band(drawn.interval(*edge, Some(year))));
        }
        out.push(edge);
    }
    out.extend(recorded.others(stage, &drawn.edges.iter().copied().collect()));
    out
}

/// What did not become a link. A record whose only link R2 sets aside is set aside.
fn unknown(stage: &Stage) -> AtlasUnknown {
    let (rule, found) = (&stage.rule, &stage.net.unknown);
    let linked: BTreeSet<usize> = stage.net.links.iter().map(|l| l.record).collect();
    let marks = marks(&stage.read.records, &rule.limits);
    let aside = |record| rule.checks.contains(&Check::IntoProducer) && rule.kinds.iter().any(|k| into_producer(record, *k, &rule.limits));
    let mut out = AtlasUnknown {
        records: found.records,
        kg: found.kg,
        unlinked: found.no_other_place + found.not_joined,
        unlinked_kg: found.kg_no_other_place + found.kg_not_joined,
        share: share(found.kg - stage.net.kg, found.kg),
        set_aside: found.set_aside,
        by_place: BTreeMap::new(),
    };
    for (at, record) in stage.read.records.iter().enumerate().filter(|(at, _)| !linked.contains(at)) {
        if marks[at].any(&rule.checks) || !rule.threshold.admits(record) {
            continue;
        }
        if aside(record) {
            out.set_aside += 1;
            continue;
        }
        let Some(place) = record.seized else { continue };
        let of = out.by_place.entry(stage.read.places[place].clone()).or_insert(UnknownAt { records: 0, kg: Decimal::ZERO });
        of.records += 1;
        of.kg += record.kg.unwrap_or_default();
    }
    out
}

fn share(part: Decimal, whole: Decimal) -> f64 {
    let whole = whole.to_f64();
    if whole > 0.0 { part.to_f64() / whole } else { 0.0 }
}

/// How far to trust it; nothing where there is no link, or no producer to start from.
fn trust(stage: &Stage) -> Option<Trust> {
    if stage.net.edges.is_empty() {
        return None;
    }
    let [reporter, year] = stage.held_out().ok()?;
    let (net, unknown) = (&stage.net, &stage.net.unknown);
    let thin = net.edges.iter().filter(|e| e.effective < THIN).count();
    Some(Trust {
        reporter_held_out: [reporter.ours, reporter.published],
        reporters: reporter.cases,
        year_held_out: [year.ours, year.published],
        years: year.cases,
        seen: net.edges.len(),
        at_least: by_records(net.edges.iter().map(Edge::connections)).at_least,
        unknown_share: share(unknown.kg_no_other_place, unknown.kg),
        thin: thin as f64 / net.edges.len() as f64,
    })
}

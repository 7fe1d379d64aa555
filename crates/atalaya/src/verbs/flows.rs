//! Flows between countries: by the published method, or as joint draws with intervals.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use atalaya_kernel::{Both, Decimal, Lang, Problem, Seed, both};
use atalaya_methods::num::quantile::Interval;
use atalaya_methods::routes::RouteRecord;
use atalaya_methods::routes::gravity::{from_links, great_circle_km};
use atalaya_methods::routes::joint::{Joint, JointError, Model, Options, Place, joint};
use atalaya_methods::routes::network::{Network, network};
use atalaya_methods::routes::published::{FlowError, Weight, published};
use atalaya_report::export_network;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::export::table_of;
use super::routes::RoutesNetwork;
use super::say::{decimal, table};
use super::{Say, Verb};
use crate::Observatory;
use crate::answer::{Answer, Column, ColumnKind};
use crate::geometry::world;
use crate::observatory::Caller;
use crate::query::source_lines;
use crate::routes::centre::centres;
use crate::routes::figures::{Consumption, consumption, production};
use crate::routes::group;
use crate::routes::read::{Read, read};

/// Draws past which memory runs short for nothing.
const MOST_DRAWS: usize = 20_000;

/// Flows between countries: records, consumption and production together, with intervals.
///
/// Without a file of consumption every country wants one and the same unit: that shows the
/// structure of what is recorded, and no tonnes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RoutesFlows {
    /// Substances: coca, opiates, or a substance with what it includes
    #[cfg_attr(feature = "cli", arg(long, default_value = "coca", value_name = "GROUP"))]
    pub group: String,
    /// How: joint, draws with intervals; published, the shares of UNODC 2015 and Giommoni 2021
    #[cfg_attr(feature = "cli", arg(long, default_value = "joint", value_name = "METHOD"))]
    pub method: String,
    /// Which places of a record are joined: DS departure-seizure, ST seizure-destination, PS
    /// producer-seizure, PD producer-departure
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_value = "DS,ST", value_name = "KINDS"))]
    pub links: Vec<String>,
    /// Only records of at least this bulk mass; 0: of more than nothing
    #[cfg_attr(feature = "cli", arg(long, default_value = "0", value_name = "KG"))]
    pub min_kg: Option<String>,
    /// From this period on: 2014, 2014-Q2, 2014-03
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub from: Option<String>,
    /// Up to and with this period
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub to: Option<String>,
    /// Set aside what these checks flag: R1 round trips, R2 inflow into producers, R3 too heavy for
    /// air, R4 repeated rows; none sets nothing aside
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_value = "R1,R2,R3,R4", value_name = "CHECKS"))]
    pub checks: Vec<String>,
    /// Sources
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ID"))]
    pub source: Vec<String>,
    /// CSV of pure kilograms consumed a year: area,kg,cv
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub consumption: Option<PathBuf>,
    /// CSV of pure kilograms produced: area,year,vintage,kg,cv; flows are reconciled with it
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub production: Option<PathBuf>,
    /// How many draws
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1000))]
    pub draws: usize,
    /// Where chance starts: the same seed gives the same draws on any machine
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1))]
    pub seed: u64,
    /// Write the flows to a file: .csv .graphml .geojson
    #[cfg_attr(feature = "cli", arg(long, short, value_name = "FILE"))]
    pub out: Option<PathBuf>,
}

/// Flows, and what they rest on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowsFound {
    /// `joint` or `published`.
    pub method: &'static str,
    /// `kg`, or `unit`: what one country wants.
    pub unit: &'static str,
    /// Countries.
    pub nodes: usize,
    /// Pairs joined by a record.
    pub edges: usize,
    /// Records with at least one link.
    pub records: u64,
    /// Numbers of the whole: rho, hops, demand, total; with `_low` and `_high` where drawn.
    pub whole: BTreeMap<String, f64>,
    /// What leaves producers, and places without recorded inflow: low, median, high.
    pub exports: BTreeMap<String, [f64; 3]>,
    /// Places without recorded inflow, which the published method takes for sources.
    pub orphans: Vec<String>,
    /// The flows.
    pub flows: Answer,
    /// The file written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<PathBuf>,
}

/// The places of a network, numbered anew, producers first known by code.
struct Stage<'a> {
    read: &'a Read,
    net: &'a Network,
    /// Position in `read.places` of each place.
    nodes: Vec<usize>,
    names: Vec<String>,
    producers: BTreeSet<usize>,
    wanted: Consumption,
}

impl Stage<'_> {
    fn at(&self, place: usize) -> Option<usize> {
        self.nodes.binary_search(&place).ok()
    }

    fn weights(&self) -> Vec<Weight> {
        self.net.edges.iter().filter_map(|e| Some((self.at(e.from)?, self.at(e.to)?, e.kg.to_f64()))).collect()
    }
}

impl RoutesFlows {
    fn asked(&self) -> RoutesNetwork {
        let or = |list: &[String], usual: &str| {
            if list.is_empty() { usual.split(',').map(String::from).collect() } else { list.to_vec() }
        };
        RoutesNetwork {
            links: or(&self.links, "DS,ST"),
            checks: or(&self.checks, "R1,R2,R3,R4"),
            min_kg: self.min_kg.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            source: self.source.clone(),
            ..RoutesNetwork::default()
        }
    }
}

impl Verb for RoutesFlows {
    const NAME: &'static str = "routes";
    type Outcome = FlowsFound;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<FlowsFound, Problem> {
        let group = group(if self.group.is_empty() { "coca" } else { &self.group })?;
        let asked = self.asked();
        let read = read(observatory, &group, &asked.narrow()?)?;
        let net = network(&read.records, &asked.rule(&group, &read.places)?);
        let made: Vec<usize> = group.producers.iter().filter_map(|c| read.places.binary_search(c).ok()).collect();
        let nodes: Vec<usize> = net.nodes.iter().chain(&made).copied().collect::<BTreeSet<usize>>().into_iter().collect();
        let stage = Stage {
            names: nodes.iter().map(|n| read.places[*n].to_string()).collect(),
            producers: made.iter().filter_map(|m| nodes.binary_search(m).ok()).collect(),
            wanted: self.consumption.as_deref().map(consumption).transpose()?.unwrap_or_default(),
            nodes,
            read: &read,
            net: &net,
        };
        let mut found = match self.method.as_str() {
            "published" => by_shares(&stage)?,
            "joint" | "" => self.by_draws(&stage)?,
            other => return Err(no_such_method(other)),
        };
        let (en, es) = (&group.name.en, &group.name.es);
        found.flows.title = both!("Flows between countries, {en}", "Flujos entre países, {es}");
        found.flows.snapshot = read.eye.snapshot.to_string();
        found.flows.label = read.intakes.iter().map(|i| i.label.clone()).reduce(|a, b| a.combine(&b));
        found.flows.sources = source_lines(observatory, &read.intakes);
        found.flows.notes.extend(notes(found.unit));
        if let Some(out) = &self.out {
            let places: Vec<&str> = stage.names.iter().map(String::as_str).collect();
            found.files = export_network(&table_of(&found.flows), &centres(&world().shapes, &places), caller.lang, out)?;
        }
        Ok(found)
    }
}

fn no_such_method(found: &str) -> Problem {
    Problem::new(
        "unknown-method",
        format!("--method {found}"),
        Both::new("there is no method of this name", "no existe un método con este nombre"),
        Both::new("known: joint, published", "se conocen: joint, published"),
    )
}

/// The published method. Producers want nothing: what they use is no flow.
fn by_shares(stage: &Stage<'_>) -> Result<FlowsFound, Problem> {
    let wants = |(i, name): (usize, &String)| if stage.producers.contains(&i) { 0.0 } else { stage.wanted.of(name).0 };
    let demand: Vec<f64> = stage.names.iter().enumerate().map(wants).collect();
    let flows = published(&stage.names, &stage.weights(), &demand, &stage.producers).map_err(|e| no_flows(&e))?;
    let mut found = empty("published", stage);
    for (name, value) in [("rho", flows.rho), ("hops", flows.hops), ("demand", flows.demand), ("total", flows.total)] {
        found.whole.insert(name.into(), value);
    }
    found.orphans = flows.orphans.iter().map(|o| stage.names[*o].clone()).collect();
    found.exports = flows.exports.iter().filter(|e| *e.1 > 0.0).map(|(at, kg)| (stage.names[*at].clone(), [*kg; 3])).collect();
    let seen: BTreeMap<(usize, usize), (u64, f64)> =
        stage.net.edges.iter().filter_map(|e| Some(((stage.at(e.from)?, stage.at(e.to)?), (e.records, e.effective)))).collect();
    let mut list = flows.flows;
    list.sort_by(|a, b| b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1))));
    for (from, to, flow) in list {
        let (records, effective) = seen.get(&(from, to)).copied().unwrap_or_default();
        push(&mut found.flows, stage, (from, to), Interval { low: flow, median: flow, high: flow }, records, effective, None);
    }
    Ok(found)
}

fn no_flows(error: &FlowError) -> Problem {
    let (members, downstream) = match error {
        FlowError::ClosedGroup { members, downstream } => (members.join(", "), downstream.join(", ")),
        other => {
            let text = other.to_string();
            return Problem::new("no-flows", "", both!("{text}", "no hay flujos: {text}"), Both::default());
        }
    };
    let place = if downstream.is_empty() { members.clone() } else { format!("{members} → {downstream}") };
    Problem::new(
        "closed-group",
        place,
        both!(
            "{members} only cite each other: no producer is upstream of them, so their flows have no solution",
            "{members} solo se citan entre sí: ningún productor está río arriba, así que sus flujos no tienen solución"
        ),
        Both::new(
            "use --method joint, whose prior leads out of the group, or a longer period",
            "use --method joint, cuya distribución previa sale del grupo, o un período más largo",
        ),
    )
}

impl RoutesFlows {
    fn by_draws(&self, stage: &Stage<'_>) -> Result<FlowsFound, Problem> {
        let draws = if self.draws == 0 { 1_000 } else { self.draws };
        if draws > MOST_DRAWS {
            return Err(Problem::new(
                "too-many-draws",
                format!("--draws {draws}"),
                both!("at most {MOST_DRAWS} draws", "a lo sumo {MOST_DRAWS} simulaciones"),
                Both::new("a thousand give intervals to a percent or two", "mil dan intervalos con uno o dos por ciento de error"),
            ));
        }
        let made = self.production.as_deref().map(production).transpose()?.unwrap_or_default();
        let years: Vec<i32> = stage.read.records.iter().map(|r| r.year).filter(|y| *y > 0).collect::<BTreeSet<i32>>().into_iter().collect();
        let records: Vec<RouteRecord> =
            stage.read.records.iter().map(|r| RouteRecord { seized: r.seized.and_then(|s| stage.at(s)), ..r.clone() }).collect();
        let links: Vec<_> = stage
            .net
            .links
            .iter()
            .filter_map(|l| Some(atalaya_methods::routes::network::Link { from: stage.at(l.from)?, to: stage.at(l.to)?, ..*l }))
            .collect();
        let places: Vec<Place> = stage
            .names
            .iter()
            .enumerate()
            .map(|(i, name)| {
                let producer = stage.producers.contains(&i);
                let (kg, cv) = if producer && !stage.wanted.in_kg { (0.0, 0.0) } else { stage.wanted.of(name) };
                let production = made.get(name).filter(|_| producer).cloned().unwrap_or_default();
                Place { consumption_kg: vec![kg; years.len()], consumption_cv: cv, purity: None, producer, production }
            })
            .collect();
        let codes: Vec<&str> = stage.names.iter().map(String::as_str).collect();
        let centres = centres(&world().shapes, &codes);
        let km = |a: usize, b: usize| match (centres.get(codes[a]), centres.get(codes[b])) {
            (Some(a), Some(b)) => great_circle_km((a[1], a[0]), (b[1], b[0])),
            // As far as half the countries of the world are from each other.
            _ => 8_000.0,
        };
        let each: Vec<Weight> = links.iter().map(|l| (l.from, l.to, records[l.record].kg.map_or(0.0, Decimal::to_f64))).collect();
        let prior = from_links(places.len(), &each, &stage.producers, km, 12).map_err(|e| not_drawn(&e.into()))?;
        let model = Model { places: &places, years: &years, records: &records, links: &links, prior: &prior };
        let options = Options { draws, seizures: stage.wanted.in_kg, reconcile: !made.is_empty(), ..Options::default() };
        let drawn = joint(&model, &options, Seed(self.seed)).map_err(|e| not_drawn(&e))?;
        Ok(of_draws(stage, &drawn))
    }
}

fn not_drawn(error: &JointError) -> Problem {
    let text = error.to_string();
    Problem::new(
        "no-flows",
        "",
        both!("{text}", "no hay flujos: {text}"),
        Both::new(
            "check --consumption and --production, or a longer period",
            "revise --consumption y --production, o use un período más largo",
        ),
    )
}

fn of_draws(stage: &Stage<'_>, drawn: &Joint) -> FlowsFound {
    let mut found = empty("joint", stage);
    let hops = drawn.hops(&stage.producers);
    for (name, value) in [("hops_low", hops.low), ("hops", hops.median), ("hops_high", hops.high), ("draws", drawn.draws() as f64)] {
        found.whole.insert(name.into(), value);
    }
    let through = drawn.through(None);
    for producer in &stage.producers {
        if let Some([_, out]) = through.get(producer) {
            found.exports.insert(stage.names[*producer].clone(), [out.low, out.median, out.high]);
        }
    }
    for edge in drawn.summary(None).into_iter().filter(|e| e.records > 0 || e.kg.high > 0.0) {
        push(&mut found.flows, stage, (edge.from, edge.to), edge.kg, edge.records, edge.effective, Some(edge.top_ten));
    }
    found
}

fn empty(method: &'static str, stage: &Stage<'_>) -> FlowsFound {
    let unit = if stage.wanted.in_kg { "kg" } else { "unit" };
    let decimal = |id: &str, unit: &str, en: &str, es: &str| Column::new(id, ColumnKind::Decimal, unit, en, es);
    let mass = if stage.wanted.in_kg { "kg" } else { "" };
    let mut columns = vec![
        Column::new("from", ColumnKind::Text, "", "From", "Desde"),
        Column::new("to", ColumnKind::Text, "", "To", "Hacia"),
        decimal("median", mass, "Flow a year", "Flujo al año"),
    ];
    if method == "joint" {
        columns.push(decimal("low", mass, "5 %", "5 %"));
        columns.push(decimal("high", mass, "95 %", "95 %"));
        columns.push(decimal("top_ten", "", "Among the ten largest", "Entre los diez mayores"));
    }
    columns.push(Column::new("records", ColumnKind::Count, "", "Records", "Registros"));
    columns.push(decimal("effective", "", "Effective records", "Registros efectivos"));
    let flows = Answer {
        title: Both::default(),
        figure: String::new(),
        snapshot: String::new(),
        label: None,
        sources: Vec::new(),
        columns,
        rows: Vec::new(),
        labels: BTreeMap::new(),
        notes: Vec::new(),
        totals: None,
        total: None,
    };
    FlowsFound {
        method,
        unit,
        nodes: stage.names.len(),
        edges: stage.net.edges.len(),
        records: stage.net.records,
        whole: BTreeMap::new(),
        exports: BTreeMap::new(),
        orphans: Vec::new(),
        flows,
        files: Vec::new(),
    }
}

fn push(answer: &mut Answer, stage: &Stage<'_>, ends: (usize, usize), flow: Interval, records: u64, effective: f64, top_ten: Option<f64>) {
    let (from, to) = (stage.names[ends.0].as_str(), stage.names[ends.1].as_str());
    for (column, code) in [("from", from), ("to", to)] {
        answer.label(column, code, || atalaya_kernel::area::areas().get(code).map(|a| a.both()));
    }
    let number = |value: f64| json!(format!("{value:.4}"));
    let mut row: BTreeMap<String, Value> = BTreeMap::from([
        ("from".into(), json!(from)),
        ("to".into(), json!(to)),
        ("median".into(), number(flow.median)),
        ("records".into(), json!(records)),
        ("effective".into(), json!(format!("{effective:.2}"))),
    ]);
    if let Some(top_ten) = top_ten {
        row.extend([
            ("low".to_string(), number(flow.low)),
            ("high".into(), number(flow.high)),
            ("top_ten".into(), json!(format!("{top_ten:.3}"))),
        ]);
    }
    answer.rows.push(row);
}

fn notes(unit: &str) -> Vec<Both> {
    let mut out = vec![Both::new(
        "an estimate: where fewer than five effective records show a link, it rests mostly on assumptions",
        "es una estimación: donde un enlace tiene menos de cinco registros efectivos, se apoya sobre todo en supuestos",
    )];
    if unit == "unit" {
        out.push(Both::new(
            "no consumption was given, so every country wants one and the same unit: read the structure, not amounts",
            "no se dio el consumo, así que cada país demanda una misma unidad: lea la estructura, no las cantidades",
        ));
    }
    out
}

impl Say for FlowsFound {
    fn say(&self, lang: Lang) -> String {
        let (nodes, edges, records) = (self.nodes, self.edges, self.records);
        let title = self.flows.title.in_lang(lang);
        let method = self.method;
        let mut out = both!(
            "{title} ({method})\n\n{nodes} countries, {edges} recorded links, {records} records\n",
            "{title} ({method})\n\n{nodes} países, {edges} enlaces registrados, {records} registros\n"
        )
        .in_lang(lang)
        .to_string();
        for (name, value) in &self.whole {
            out += &format!("{name} {}\n", decimal(&format!("{value:.6}"), lang));
        }
        let leaves = if lang == Lang::Es { "sale de" } else { "leaves" };
        for (place, [low, median, high]) in &self.exports {
            let shown = [low, median, high].map(|v| decimal(&format!("{v:.3}"), lang));
            let span = if low < high { format!(" ({} – {})", shown[0], shown[2]) } else { String::new() };
            out += &format!("{leaves} {place}: {}{span}\n", shown[1]);
        }
        out.push('\n');
        let head: Vec<&str> = self.flows.columns.iter().map(|c| c.label.in_lang(lang)).collect();
        let cell = |row: &BTreeMap<String, Value>, c: &Column| match c.kind {
            ColumnKind::Text => Answer::text(row, &c.id),
            _ => decimal(&Answer::text(row, &c.id), lang),
        };
        let rows = self.flows.rows.iter().take(20).map(|r| self.flows.columns.iter().map(|c| cell(r, c)).collect()).collect::<Vec<_>>();
        out += &table(&head, &rows);
        out.push('\n');
        for note in &self.flows.notes {
            out += &format!("* {}\n", note.in_lang(lang));
        }
        for file in &self.files {
            out += &format!("  {}\n", file.display());
        }
        let label = self.flows.label.as_ref().map_or("", |l| l.tlp.as_str());
        out += &format!("{}\n{label}  snapshot {}\n", self.flows.source_line(lang), self.flows.snapshot.get(..16).unwrap_or(""));
        out
    }
}

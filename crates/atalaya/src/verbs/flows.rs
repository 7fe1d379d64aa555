//! Flows between places as a table: by the published method, or as joint draws with intervals.

use std::collections::BTreeMap;
use std::path::PathBuf;

use atalaya_kernel::{Lang, Problem, both};
use atalaya_report::export_network;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::atlas::RoutesAtlas;
use super::export::table_of;
use super::say::{decimal, table};
use super::{Say, Verb};
use crate::Observatory;
use crate::answer::{Answer, Column, ColumnKind};
use crate::geometry::world;
use crate::observatory::Caller;
use crate::routes::atlas::{Atlas, AtlasEdge};
use crate::routes::centre::centres;
use crate::routes::make::{Worked, worked_and_kept};
use crate::routes::question::Question;

/// Flows between countries: records, consumption and production together, with intervals.
///
/// What no file gives comes from the store. Where it does not hold enough, every country wants one
/// and the same unit: that shows the structure of what is recorded, and no tonnes.
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
    /// CSV of pure kilograms consumed a year: area,kg,cv [default: what the store holds]
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub consumption: Option<PathBuf>,
    /// CSV of pure kilograms produced: area,year,vintage,kg,cv; flows are reconciled with it
    /// [default: what the store holds]
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub production: Option<PathBuf>,
    /// Every country wants one and the same unit, whatever the store holds
    #[cfg_attr(feature = "cli", arg(long))]
    pub unit_demand: bool,
    /// CSV that joins areas to regions or corridors of your own: area,corridor
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub corridors: Option<PathBuf>,
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
    pub method: String,
    /// `kg`, or `unit`: what one country wants.
    pub unit: String,
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

impl RoutesFlows {
    fn asked(&self) -> RoutesAtlas {
        RoutesAtlas {
            group: self.group.clone(),
            method: self.method.clone(),
            links: self.links.clone(),
            min_kg: self.min_kg.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            checks: self.checks.clone(),
            source: self.source.clone(),
            consumption: self.consumption.clone(),
            production: self.production.clone(),
            unit_demand: self.unit_demand,
            corridors: self.corridors.clone(),
            draws: if self.draws == 0 { 1_000 } else { self.draws },
            seed: self.seed,
            ..RoutesAtlas::default()
        }
    }
}

impl Verb for RoutesFlows {
    const NAME: &'static str = "routes";
    type Outcome = FlowsFound;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<FlowsFound, Problem> {
        let question = Question::of(&self.asked())?;
        let worked = worked_and_kept(observatory, &question, caller.progress)?;
        let mut found = table_of_flows(&worked);
        if worked.atlas.method == "joint" {
            found.whole.insert("draws".into(), question.draws as f64);
        }
        if let Some(out) = &self.out {
            let places: Vec<&str> = worked.atlas.places.iter().map(|p| p.code.as_str()).collect();
            found.files = export_network(&table_of(&found.flows), &centres(&world().shapes, &places), caller.lang, out)?;
        }
        Ok(found)
    }
}

/// The flows of an atlas as a table.
fn table_of_flows(worked: &Worked) -> FlowsFound {
    let atlas = &worked.atlas;
    let mut whole = BTreeMap::new();
    for (name, [low, median, high]) in &atlas.whole {
        whole.insert(name.clone(), *median);
        if low < high {
            whole.extend([(format!("{name}_low"), *low), (format!("{name}_high"), *high)]);
        }
    }
    let mut flows = empty(atlas);
    let names: BTreeMap<&str, _> = atlas.places.iter().map(|p| (p.code.as_str(), &p.name)).collect();
    for edge in atlas.edges.iter().filter(|e| e.flow.is_some()) {
        for (column, code) in [("from", &edge.from), ("to", &edge.to)] {
            flows.label(column, code, || names.get(code.as_str()).map(|n| (*n).clone()));
        }
        flows.rows.push(row(edge));
    }
    FlowsFound {
        method: atlas.method.clone(),
        unit: atlas.unit.clone(),
        nodes: atlas.places.len(),
        edges: atlas.edges.iter().filter(|e| e.records > 0).count(),
        records: worked.records,
        whole,
        exports: worked.exports.clone(),
        orphans: worked.orphans.clone(),
        flows,
        files: Vec::new(),
    }
}

fn empty(atlas: &Atlas) -> Answer {
    let decimal = |id: &str, unit: &str, en: &str, es: &str| Column::new(id, ColumnKind::Decimal, unit, en, es);
    let mass = if atlas.unit == "kg" { "kg" } else { "" };
    let mut columns = vec![
        Column::new("from", ColumnKind::Text, "", "From", "Desde"),
        Column::new("to", ColumnKind::Text, "", "To", "Hacia"),
        decimal("median", mass, "Flow a year", "Flujo al año"),
    ];
    if atlas.method == "joint" {
        columns.push(decimal("low", mass, "5 %", "5 %"));
        columns.push(decimal("high", mass, "95 %", "95 %"));
        columns.push(decimal("top_ten", "", "Among the ten largest", "Entre los diez mayores"));
    }
    columns.push(Column::new("records", ColumnKind::Count, "", "Records", "Registros"));
    columns.push(decimal("effective", "", "Effective records", "Registros efectivos"));
    Answer {
        title: atlas.title.clone(),
        figure: atlas.figure.clone(),
        snapshot: atlas.snapshot.clone(),
        label: atlas.label.clone(),
        sources: atlas.sources.clone(),
        columns,
        rows: Vec::new(),
        labels: BTreeMap::new(),
        notes: atlas.notes.clone(),
        totals: None,
        total: None,
    }
}

fn row(edge: &AtlasEdge) -> BTreeMap<String, Value> {
    let number = |value: f64| json!(format!("{value:.4}"));
    let [low, median, high] = edge.flow.unwrap_or_default();
    let mut row: BTreeMap<String, Value> = BTreeMap::from([
        ("from".into(), json!(edge.from)),
        ("to".into(), json!(edge.to)),
        ("median".into(), number(median)),
        ("records".into(), json!(edge.records)),
        ("effective".into(), json!(format!("{:.2}", edge.effective))),
    ]);
    if let Some(top_ten) = edge.top_ten {
        row.extend([("low".to_string(), number(low)), ("high".into(), number(high)), ("top_ten".into(), json!(format!("{top_ten:.3}")))]);
    }
    if !edge.figure.is_empty() {
        row.insert("figure".into(), json!(edge.figure));
    }
    row
}

impl Say for FlowsFound {
    fn say(&self, lang: Lang) -> String {
        let (nodes, edges, records) = (self.nodes, self.edges, self.records);
        let title = self.flows.title.in_lang(lang);
        let method = &self.method;
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

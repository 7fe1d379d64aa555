//! Routes: the observed network, with what it rests on and what is not known.

use std::collections::BTreeMap;
use std::path::PathBuf;

use atalaya_kernel::{Both, Decimal, Lang, Problem, both};
use atalaya_methods::routes::LinkKind;
use atalaya_methods::routes::cleaning::{Check, into_producer, marks};
use atalaya_methods::routes::measures::components::{groups_of, largest, weak_groups_of};
use atalaya_methods::routes::measures::degree::{density, reciprocity};
use atalaya_methods::routes::network::{Network, Rule, Unknown};
use atalaya_methods::routes::unseen::by_records;
use atalaya_report::export_network;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::atlas::RoutesAtlas;
use super::export::table_of;
use super::say::{count, decimal, table};
use super::{Say, Verb};
use crate::Observatory;
use crate::answer::{Answer, Column, ColumnKind};
use crate::geometry::world;
use crate::observatory::Caller;
use crate::routes::atlas::Atlas;
use crate::routes::centre::centres;
use crate::routes::lift::name;
use crate::routes::make::{Moment, worked_and_kept};
use crate::routes::question::Question;
use crate::routes::read::Read;
use crate::routes::stage::Stage;

/// The observed network: which countries seizure reports join, by records and kilograms.
///
/// What is not known is always said beside it. The checks R1 to R4 flag and explain; what they
/// flag is set aside only if asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RoutesNetwork {
    /// Substances: coca, opiates, or a substance with what it includes
    #[cfg_attr(feature = "cli", arg(long, default_value = "coca", value_name = "GROUP"))]
    pub group: String,
    /// Which places of a record are joined: DS departure-seizure, ST seizure-destination, PS
    /// producer-seizure, PD producer-departure
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_value = "DS,ST", value_name = "KINDS"))]
    pub links: Vec<String>,
    /// Only records of at least this bulk mass; 0: of more than nothing
    #[cfg_attr(feature = "cli", arg(long, value_name = "KG"))]
    pub min_kg: Option<String>,
    /// From this period on: 2014, 2014-Q2, 2014-03
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub from: Option<String>,
    /// Up to and with this period
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub to: Option<String>,
    /// Set aside what these checks flag: R1 round trips, R2 inflow into producers, R3 too heavy for
    /// air, R4 repeated rows; none sets nothing aside
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_value = "none", value_name = "CHECKS"))]
    pub checks: Vec<String>,
    /// R4 looks at rows from this mass on; 0: at every row
    #[cfg_attr(feature = "cli", arg(long, default_value = "1", value_name = "KG"))]
    pub repeats_from_kg: String,
    /// Leave out seizures made in these areas
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "AREA"))]
    pub not_in: Vec<String>,
    /// Only these means of transport, as reported: `Commercial air`
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "TEXT"))]
    pub transport: Vec<String>,
    /// Sources
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ID"))]
    pub source: Vec<String>,
    /// What a place is: country; department or port, where a record names one
    #[cfg_attr(feature = "cli", arg(long, default_value = "country", value_name = "LEVEL"))]
    pub places: String,
    /// CSV that joins areas to regions or corridors of your own: area,corridor
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub corridors: Option<PathBuf>,
    /// Write the edges to a file: .csv .graphml .geojson
    #[cfg_attr(feature = "cli", arg(long, short, value_name = "FILE"))]
    pub out: Option<PathBuf>,
}

/// What a check found among the records looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flagged {
    /// Its name: `R1`.
    pub check: &'static str,
    /// What it finds.
    pub why: Both,
    /// Records flagged; links, for R2.
    pub flagged: u64,
    /// Their kilograms.
    pub kg: Decimal,
    /// Whether they were set aside.
    pub set_aside: bool,
}

/// The observed network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObservedNetwork {
    /// The group of substances.
    pub group: String,
    /// Kinds of links.
    pub links: Vec<&'static str>,
    /// Records with at least one link.
    pub records: u64,
    /// Links.
    pub connections: usize,
    /// Pairs of countries joined, by direction.
    pub edges: usize,
    /// Countries joined.
    pub nodes: usize,
    /// Kilograms of the records with a link.
    pub kg: Decimal,
    /// What did not become a link.
    pub unknown: UnknownPart,
    /// What each check flags.
    pub checks: Vec<Flagged>,
    /// Density, reciprocity, components, and at least how many edges there are.
    pub measures: BTreeMap<&'static str, f64>,
    /// The edges.
    pub network: Answer,
    /// The file written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<PathBuf>,
}

/// What did not become a link, of what was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnknownPart {
    /// Records looked at, and their kilograms.
    pub records: u64,
    /// Their kilograms.
    pub kg: Decimal,
    /// Below the threshold.
    pub below: u64,
    /// Set aside by checks.
    pub set_aside: u64,
    /// Links into producers set aside.
    pub links_set_aside: u64,
    /// Records that name no other country, and their kilograms.
    pub no_other_place: u64,
    /// Their kilograms.
    pub kg_no_other_place: Decimal,
    /// Records whose other countries do not make such a link, and their kilograms.
    pub not_joined: u64,
    /// Their kilograms.
    pub kg_not_joined: Decimal,
    /// Share of the kilograms looked at that no link carries; `null` of none.
    pub share_of_kg: Option<f64>,
}

impl UnknownPart {
    fn of(unknown: Unknown, routed: Decimal) -> UnknownPart {
        let all = unknown.kg.to_f64();
        UnknownPart {
            records: unknown.records,
            kg: unknown.kg,
            below: unknown.below,
            set_aside: unknown.set_aside,
            links_set_aside: unknown.links_set_aside,
            no_other_place: unknown.no_other_place,
            kg_no_other_place: unknown.kg_no_other_place,
            not_joined: unknown.not_joined,
            kg_not_joined: unknown.kg_not_joined,
            share_of_kg: (all > 0.0).then(|| 1.0 - routed.to_f64() / all),
        }
    }
}

impl RoutesNetwork {
    fn asked(&self) -> RoutesAtlas {
        RoutesAtlas {
            group: self.group.clone(),
            method: "observed".into(),
            links: self.links.clone(),
            min_kg: self.min_kg.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            // Here nothing is set aside that is not named.
            checks: if self.checks.is_empty() { vec!["none".into()] } else { self.checks.clone() },
            repeats_from_kg: self.repeats_from_kg.clone(),
            not_in: self.not_in.clone(),
            transport: self.transport.clone(),
            source: self.source.clone(),
            places: self.places.clone(),
            corridors: self.corridors.clone(),
            ..RoutesAtlas::default()
        }
    }
}

impl Verb for RoutesNetwork {
    const NAME: &'static str = "routes";
    type Outcome = ObservedNetwork;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<ObservedNetwork, Problem> {
        let question = Question::of(&self.asked())?;
        let worked = worked_and_kept(observatory, &question, caller.progress)?;
        let stage = Stage::new(observatory, &question, Moment::default(), caller.progress)?;
        let (read, rule, found) = (&stage.read, &stage.rule, &stage.net);
        let mut outcome = ObservedNetwork {
            group: stage.group.id.clone(),
            links: rule.kinds.iter().map(|k| k.code()).collect(),
            records: found.records,
            connections: found.links.len(),
            edges: found.edges.len(),
            nodes: found.nodes.len(),
            kg: found.kg,
            unknown: UnknownPart::of(found.unknown, found.kg),
            checks: flagged(read, rule),
            measures: measures(found, read.places.len()),
            network: answer(&worked.atlas, &stage),
            files: Vec::new(),
        };
        if let Some(out) = &self.out {
            let nodes: Vec<&str> = found.nodes.iter().map(|n| read.places[*n].as_str()).collect();
            outcome.files = export_network(&table_of(&outcome.network), &centres(&world().shapes, &nodes), caller.lang, out)?;
        }
        Ok(outcome)
    }
}

/// What every check flags among the records above the threshold, set aside or not.
fn flagged(read: &Read, rule: &Rule) -> Vec<Flagged> {
    let marks = marks(&read.records, &rule.limits);
    let one = |check: Check| {
        let (mut flagged, mut kg) = (0, Decimal::ZERO);
        for (record, mark) in read.records.iter().zip(&marks).filter(|(r, _)| rule.threshold.admits(r)) {
            let times = match check {
                // Links of records that another check sets aside are gone already.
                Check::IntoProducer if mark.any(&rule.checks) => 0,
                Check::IntoProducer => rule.kinds.iter().filter(|k| into_producer(record, **k, &rule.limits)).count() as u64,
                other => u64::from(mark.has(other)),
            };
            if times > 0 {
                flagged += times;
                kg += record.kg.unwrap_or_default();
            }
        }
        Flagged { check: check.code(), why: check.why(), flagged, kg, set_aside: rule.checks.contains(&check) }
    };
    Check::ALL.into_iter().map(one).collect()
}

fn measures(net: &Network, places: usize) -> BTreeMap<&'static str, f64> {
    let arcs: Vec<(usize, usize)> = net.edges.iter().map(|e| (e.from, e.to)).collect();
    let weights: Vec<(usize, usize, f64)> = net.edges.iter().map(|e| (e.from, e.to, e.kg.to_f64())).collect();
    // Places without an edge are groups of one, which are never the largest of several.
    BTreeMap::from([
        ("density", density(net.nodes.len(), arcs.len())),
        ("reciprocity", reciprocity(&weights)),
        ("largest_strong_component", if arcs.is_empty() { 0.0 } else { largest(&groups_of(places, &arcs)) as f64 }),
        ("largest_weak_component", if arcs.is_empty() { 0.0 } else { largest(&weak_groups_of(places, &arcs)) as f64 }),
        ("edges_at_least", by_records(net.edges.iter().map(|e| e.connections())).at_least),
    ])
}

fn answer(atlas: &Atlas, stage: &Stage) -> Answer {
    let mut answer = Answer {
        title: atlas.title.clone(),
        figure: atlas.figure.clone(),
        snapshot: atlas.snapshot.clone(),
        label: atlas.label.clone(),
        sources: atlas.sources.clone(),
        columns: columns(),
        rows: Vec::new(),
        labels: BTreeMap::new(),
        notes: notes(atlas),
        totals: None,
        total: None,
    };
    let (read, net) = (&stage.read, &stage.net);
    let figures: BTreeMap<(&str, &str), &str> = atlas.edges.iter().map(|e| ((e.from.as_str(), e.to.as_str()), e.figure.as_str())).collect();
    let mut edges: Vec<_> = net.edges.iter().collect();
    edges.sort_by(|a, b| b.kg.cmp(&a.kg).then(b.records.cmp(&a.records)).then((a.from, a.to).cmp(&(b.from, b.to))));
    for edge in edges {
        let (from, to) = (read.places[edge.from].as_str(), read.places[edge.to].as_str());
        for (column, code) in [("from", from), ("to", to)] {
            answer.label(column, code, || Some(name(code)));
        }
        let mut row: BTreeMap<String, Value> = BTreeMap::from([
            ("from".into(), json!(from)),
            ("to".into(), json!(to)),
            ("records".into(), json!(edge.records)),
            ("connections".into(), json!(edge.connections())),
            ("effective".into(), json!(format!("{:.2}", edge.effective))),
            ("kg".into(), json!(edge.kg)),
            ("without_kg".into(), json!(edge.without_kg)),
            ("years".into(), json!(edge.years.len())),
        ]);
        row.extend(LinkKind::ALL.iter().zip(edge.links).map(|(kind, n)| (kind.code().to_lowercase(), json!(n))));
        if let Some(figure) = figures.get(&(from, to)) {
            row.insert("figure".into(), json!(figure));
        }
        answer.rows.push(row);
    }
    answer
}

fn columns() -> Vec<Column> {
    let count = |id: &str, en: &str, es: &str| Column::new(id, ColumnKind::Count, "", en, es);
    vec![
        Column::new("from", ColumnKind::Text, "", "From", "Desde"),
        Column::new("to", ColumnKind::Text, "", "To", "Hacia"),
        count("records", "Records", "Registros"),
        Column::new("effective", ColumnKind::Decimal, "", "Effective records", "Registros efectivos"),
        Column::new("kg", ColumnKind::Decimal, "kg", "Kilograms", "Kilogramos"),
        count("without_kg", "Without kg", "Sin kg"),
        count("years", "Years seen", "Años en que se vio"),
        count("connections", "Links", "Conexiones"),
        count("ds", "Departure to seizure", "Salida a incautación"),
        count("st", "Seizure to destination", "Incautación a destino"),
        count("ps", "Producer to seizure", "Productor a incautación"),
        count("pd", "Producer to departure", "Productor a salida"),
    ]
}

fn notes(atlas: &Atlas) -> Vec<Both> {
    let mut out = atlas.notes.clone();
    out.push(Both::new(
        "effective records: how many records of equal mass would weigh as much (Kish); below five, a link rests on next to nothing",
        "registros efectivos: cuántos registros de igual masa pesarían lo mismo (Kish); con menos de cinco, un enlace se apoya en casi nada",
    ));
    out
}

impl Say for ObservedNetwork {
    fn say(&self, lang: Lang) -> String {
        let n = |value: usize| count(value as u64, lang);
        let (records, links, edges, nodes) = (count(self.records, lang), n(self.connections), n(self.edges), n(self.nodes));
        let title = self.network.title.in_lang(lang);
        let kinds = self.links.join("+");
        let head = both!(
            "{title} ({kinds})\n\n{records} records, {links} links, {edges} edges, {nodes} countries\n",
            "{title} ({kinds})\n\n{records} registros, {links} conexiones, {edges} enlaces, {nodes} países\n"
        );
        let mut out = head.in_lang(lang).to_string();
        out += &self.say_unknown(lang);
        out += &self.say_checks(lang);
        out.push('\n');
        let columns = &self.network.columns[..7];
        let head: Vec<&str> = columns.iter().map(|c| c.label.in_lang(lang)).collect();
        let text = |row: &BTreeMap<String, Value>, c: &Column| match c.kind {
            ColumnKind::Text => Answer::text(row, &c.id),
            _ => decimal(&Answer::text(row, &c.id), lang),
        };
        let shown = self.network.rows.iter().take(20);
        out += &table(&head, &shown.map(|row| columns.iter().map(|c| text(row, c)).collect()).collect::<Vec<_>>());
        if self.edges > 20 {
            out += both!("20 of {edges}; all of them with --json or -o edges.csv\n", "20 de {edges}; todos con --json o -o enlaces.csv\n")
                .in_lang(lang);
        }
        out.push('\n');
        for note in &self.network.notes {
            out += &format!("* {}\n", note.in_lang(lang));
        }
        for file in &self.files {
            out += &format!("  {}\n", file.display());
        }
        let label = self.network.label.as_ref().map_or("", |l| l.tlp.as_str());
        out += &format!("{}\n{label}  snapshot {}\n", self.network.source_line(lang), self.network.snapshot.get(..16).unwrap_or(""));
        out
    }
}

impl ObservedNetwork {
    fn say_unknown(&self, lang: Lang) -> String {
        let u = &self.unknown;
        let Some(share) = u.share_of_kg else { return String::new() };
        let percent = decimal(&format!("{:.1}", 100.0 * share), lang);
        let (all, silent, rest) = (count(u.records, lang), count(u.no_other_place, lang), count(u.not_joined, lang));
        both!(
            "not known: {percent} % of the kilograms looked at carry no link; of {all} records {silent} name no other country and {rest} none that makes such a link\n",
            "no se sabe: el {percent} % de los kilogramos considerados no lleva ningún enlace; de {all} registros, {silent} no nombran otro país y {rest} ninguno que forme un enlace de este tipo\n"
        )
        .in_lang(lang)
        .to_string()
    }

    fn say_checks(&self, lang: Lang) -> String {
        let mut out = String::new();
        for check in &self.checks {
            let (code, flagged, kg) = (check.check, count(check.flagged, lang), decimal(&format!("{:.0}", check.kg.to_f64()), lang));
            let (why_en, why_es) = (&check.why.en, &check.why.es);
            let aside =
                if check.set_aside { Both::new("set aside", "apartados") } else { Both::new("flagged, kept", "marcados, se mantienen") };
            let (aside_en, aside_es) = (&aside.en, &aside.es);
            out += both!("{code}: {flagged} {aside_en}, {kg} kg: {why_en}\n", "{code}: {flagged} {aside_es}, {kg} kg: {why_es}\n")
                .in_lang(lang);
        }
        out
    }
}

//! An atlas: the network of a group of substances with its flows, year by year, and what is not
//! known. The one answer behind `routes`, its pages and drawings.

use std::path::PathBuf;

use atalaya_kernel::{Lang, Problem, both};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::say::{count, decimal, table};
use super::{Say, Verb};
use crate::Observatory;
use crate::observatory::Caller;
use crate::routes::atlas::{Atlas, Band};
use crate::routes::make::worked_and_kept;
use crate::routes::question::Question;

/// Links shown to a reader at a terminal.
const SHOWN: usize = 20;

/// All that is said of routes in one answer: links, flows by year, what is not known, accounts of
/// places, and how far to trust it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RoutesAtlas {
    /// Substances: coca, opiates, or a substance with what it includes
    #[cfg_attr(feature = "cli", arg(long, default_value = "coca", value_name = "GROUP"))]
    pub group: String,
    /// How: joint, draws with intervals; published, the shares of UNODC 2015 and Giommoni 2021;
    /// observed, records alone
    #[cfg_attr(feature = "cli", arg(long, default_value = "joint", value_name = "METHOD"))]
    pub method: String,
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
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_value = "R1,R2,R3,R4", value_name = "CHECKS"))]
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
    /// What a place is: country; department or port, where a record names one (observed only)
    #[cfg_attr(feature = "cli", arg(long, default_value = "country", value_name = "LEVEL"))]
    pub places: String,
    /// CSV that joins areas to regions or corridors of your own: area,corridor
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub corridors: Option<PathBuf>,
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
    /// How many draws
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 400))]
    pub draws: usize,
    /// Where chance starts: the same seed gives the same draws on any machine
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1))]
    pub seed: u64,
}

impl Verb for RoutesAtlas {
    const NAME: &'static str = "routes";
    type Outcome = Atlas;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Atlas, Problem> {
        let question = Question::of(self)?;
        worked_and_kept(observatory, &question, caller.progress).map(|w| (*w.atlas).clone())
    }
}

/// A band as a reader sees it: the median, and its ends where they differ.
fn shown([low, median, high]: Band, lang: Lang) -> String {
    let [low, median, high] = [low, median, high].map(|v| decimal(&format!("{v:.3}"), lang));
    if low == high { median } else { format!("{median} ({low} – {high})") }
}

impl Say for Atlas {
    fn say(&self, lang: Lang) -> String {
        let (title, method) = (self.title.in_lang(lang), &self.method);
        let [places, links] = [self.places.len(), self.edges.len()].map(|n| count(n as u64, lang));
        let mut out =
            both!("{title} ({method})\n\n{places} places, {links} links\n", "{title} ({method})\n\n{places} lugares, {links} enlaces\n")
                .in_lang(lang)
                .to_string();
        let percent = decimal(&format!("{:.1}", 100.0 * self.unknown.share), lang);
        let [all, silent] = [self.unknown.records, self.unknown.unlinked].map(|n| count(n, lang));
        out += both!(
            "not known: {percent} % of the kilograms looked at carry no link; {silent} of {all} records\n",
            "no se sabe: el {percent} % de los kilogramos considerados no lleva ningún enlace; {silent} de {all} registros\n"
        )
        .in_lang(lang);
        for (name, band) in &self.whole {
            out += &format!("{name} {}\n", shown(*band, lang));
        }
        out.push('\n');
        let heads = [
            both!("From", "Desde"),
            both!("To", "Hacia"),
            both!("Records", "Registros"),
            both!("Effective records", "Registros efectivos"),
            both!("Kilograms", "Kilogramos"),
            both!("Flow a year", "Flujo al año"),
        ];
        let row = |e: &crate::routes::atlas::AtlasEdge| {
            vec![
                e.from.clone(),
                e.to.clone(),
                count(e.records, lang),
                decimal(&format!("{:.2}", e.effective), lang),
                decimal(&e.recorded_kg.to_string(), lang),
                e.flow.map_or_else(|| "–".into(), |f| shown(f, lang)),
            ]
        };
        let heads: Vec<&str> = heads.iter().map(|h| h.in_lang(lang)).collect();
        out += &table(&heads, &self.edges.iter().take(SHOWN).map(row).collect::<Vec<_>>());
        out.push('\n');
        for note in &self.notes {
            out += &format!("* {}\n", note.in_lang(lang));
        }
        let label = self.label.as_ref().map_or("", |l| l.tlp.as_str());
        out += &format!("{label}  {}  snapshot {}\n", self.figure, self.snapshot.get(..16).unwrap_or(""));
        out
    }
}

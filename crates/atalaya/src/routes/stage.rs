//! The one computation behind every answer about flows: records and links of a question, and what
//! a method makes of them.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::{Both, Decimal, Problem, Seed, both};
use atalaya_methods::routes::gravity::{from_links, great_circle_km};
use atalaya_methods::routes::joint::{Joint, JointError, Model, Options, Place, joint};
use atalaya_methods::routes::network::{Link, Network, Rule, network};
use atalaya_methods::routes::published::{FlowError, Flows, Weight, published};
use atalaya_methods::routes::validate::{HeldOut, Setting, leave_one_reporter_out, leave_one_year_out};
use atalaya_methods::routes::{RouteRecord, gravity::GravityError};

use super::centre::centres;
use super::doubled::{doubtful, once};
use super::group::Group;
use super::lift::lifted;
use super::make::Moment;
use super::question::{Method, Question};
use super::read::{Read, Sight, read};
use super::stock::Stock;
use crate::Observatory;
use crate::geometry::world;
use crate::observatory::Progress;

/// What one place without a figure is taken to vary by.
const USUAL_CV: f64 = 0.5;
/// As far as half the countries of the world are from each other.
const FAR_KM: f64 = 8_000.0;
/// Suppliers that the prior gives a place.
const SUPPLIERS: usize = 12;
/// Links from which on a reporter or a year of a place is held out: fewer give no shares to compare.
const LEAST_HELD_OUT: usize = 5;

/// The places of a network, numbered anew, and all that a method goes by.
pub(crate) struct Stage {
    pub group: Group,
    pub read: Read,
    pub rule: Rule,
    pub net: Network,
    /// Position in `read.places` of each place.
    nodes: Vec<usize>,
    /// Codes of the places.
    pub names: Vec<String>,
    /// Producers among them.
    pub producers: BTreeSet<usize>,
    /// Years with records.
    pub years: Vec<i32>,
    /// What is produced and consumed.
    pub stock: Stock,
    /// Whether flows are reconciled with production.
    reconciled: bool,
    /// What is said of records that report one event.
    pub repeats: Vec<Both>,
    /// Records and links by the places' new numbers.
    pub records: Vec<RouteRecord>,
    pub links: Vec<Link>,
}

impl Stage {
    /// What a question is about, as the store stood at a moment.
    ///
    /// # Errors
    /// `unknown-*`, and those of the store.
    pub fn new(observatory: &Observatory, question: &Question, moment: Moment, progress: &mut dyn Progress) -> Result<Stage, Problem> {
        let group = question.group()?;
        let sight = Sight { level: question.places, corridors: &question.corridors, as_of: moment.as_of };
        let mut read = read(observatory, &group, &question.narrow(), sight)?;
        let events = observatory.events(&read.eye, moment.links)?;
        let mut repeats: Vec<Both> = once(&mut read, &events).into_iter().collect();
        let made: BTreeSet<usize> = group
            .producers
            .iter()
            .filter_map(|c| read.places.binary_search(&lifted(c, question.places, &question.corridors)?).ok())
            .collect();
        let rule = question.rule(made.iter().copied());
        let net = network(&read.records, &rule);
        if question.method == Method::Joint {
            let linked = net.links.iter().map(|l| l.record).collect();
            repeats.extend(doubtful(observatory, &mut read, &events, &linked, progress)?);
        }
        let nodes: Vec<usize> = net.nodes.iter().chain(&made).copied().collect::<BTreeSet<usize>>().into_iter().collect();
        let at = |place: usize| nodes.binary_search(&place).ok();
        let records = read
            .records
            .iter()
            .map(|r| RouteRecord {
                seized: r.seized.and_then(at),
                producing: r.producing.and_then(at),
                departure: r.departure.and_then(at),
                destination: r.destination.and_then(at),
                ..r.clone()
            })
            .collect();
        let links = net.links.iter().filter_map(|l| Some(Link { from: at(l.from)?, to: at(l.to)?, ..*l })).collect();
        let years: BTreeSet<i32> = read.records.iter().map(|r| r.year).filter(|y| *y > 0).collect();
        let years: Vec<i32> = years.into_iter().collect();
        let names: Vec<String> = nodes.iter().map(|n| read.places[*n].clone()).collect();
        let stock = Stock::new(question, &group, &read.eye, &countries(&nodes, &read, question), &years);
        Ok(Stage {
            reconciled: stock.reconciles(question.production.is_some()),
            names,
            repeats,
            producers: made.iter().filter_map(|m| at(*m)).collect(),
            years,
            stock,
            records,
            links,
            group,
            rule,
            net,
            nodes,
            read,
        })
    }

    /// The place by its new number, of its position in `read.places`.
    pub fn at(&self, place: usize) -> Option<usize> {
        self.nodes.binary_search(&place).ok()
    }

    /// Rows of the cube that show a link, in a year or in any.
    pub fn rows_behind(&self, [from, to]: [&str; 2], year: Option<i32>) -> Vec<usize> {
        let at = |code: &str| self.names.iter().position(|n| n == code);
        let Some(ends) = at(from).zip(at(to)) else { return Vec::new() };
        let shows = |l: &&Link| (l.from, l.to) == ends && year.is_none_or(|y| self.records[l.record].year == y);
        let records: BTreeSet<usize> = self.links.iter().filter(shows).map(|l| l.record).collect();
        records.into_iter().map(|r| self.read.rows[r] as usize).collect()
    }

    /// Rows of the cube with at least one link.
    pub fn rows_linked(&self) -> Vec<usize> {
        let records: BTreeSet<usize> = self.links.iter().map(|l| l.record).collect();
        records.into_iter().map(|r| self.read.rows[r] as usize).collect()
    }

    /// Whether amounts are in kilograms.
    pub fn in_kg(&self) -> bool {
        self.stock.consumption.is_some()
    }

    /// What a place wants a year, median and coefficient of variation; nothing where figures are
    /// given and it has none. Producers' use is no flow, so without figures they want nothing.
    pub fn wants(&self, place: usize) -> (f64, f64) {
        match &self.stock.consumption {
            None if self.producers.contains(&place) => (0.0, 0.0),
            None => (1.0, USUAL_CV),
            Some(kg) => kg.get(&self.names[place]).map_or((0.0, 0.0), |[kg, cv]| (*kg, *cv)),
        }
    }

    fn km(&self) -> impl Fn(usize, usize) -> f64 {
        let codes: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let centres = centres(&world().shapes, &codes);
        let middles: Vec<Option<[f64; 2]>> = codes.iter().map(|c| centres.get(*c).copied()).collect();
        move |a: usize, b: usize| match (middles[a], middles[b]) {
            (Some(a), Some(b)) => great_circle_km((a[1], a[0]), (b[1], b[0])),
            _ => FAR_KM,
        }
    }

    /// The published method. Producers want nothing: what they use is no flow.
    ///
    /// # Errors
    /// `closed-group`, `no-flows`.
    pub fn shares(&self) -> Result<Flows, Problem> {
        let wants = |i: usize| if self.producers.contains(&i) { 0.0 } else { self.wants(i).0 };
        let demand: Vec<f64> = (0..self.names.len()).map(wants).collect();
        let weights: Vec<Weight> = self.net.edges.iter().filter_map(|e| Some((self.at(e.from)?, self.at(e.to)?, e.kg.to_f64()))).collect();
        published(&self.names, &weights, &demand, &self.producers).map_err(|e| no_flows(&e))
    }

    /// Joint draws.
    ///
    /// # Errors
    /// `no-flows`.
    pub fn draws(&self, draws: usize, seed: u64) -> Result<Joint, Problem> {
        let place = |i: usize| {
            let (kg, consumption_cv) = self.wants(i);
            let producer = self.producers.contains(&i);
            let production = self.stock.production.get(&self.names[i]).filter(|_| producer).cloned().unwrap_or_default();
            let purity = self.stock.purity.get(&self.names[i]).copied();
            Place { consumption_kg: vec![kg; self.years.len()], consumption_cv, purity, producer, production }
        };
        let places: Vec<Place> = (0..self.names.len()).map(place).collect();
        let mass = |l: &Link| self.records[l.record].kg.map_or(0.0, Decimal::to_f64);
        let each: Vec<Weight> = self.links.iter().map(|l| (l.from, l.to, mass(l))).collect();
        let prior = from_links(places.len(), &each, &self.producers, self.km(), SUPPLIERS).map_err(|e| not_drawn(&JointError::from(e)))?;
        let model = Model { places: &places, years: &self.years, records: &self.records, links: &self.links, prior: &prior };
        let options = Options { draws, seizures: self.in_kg(), reconcile: self.reconciled, ..Options::default() };
        joint(&model, &options, Seed(seed)).map_err(|e| not_drawn(&e))
    }

    /// How far off supplier shares are where a reporter, or a year, is held out.
    pub fn held_out(&self) -> Result<[HeldOut; 2], GravityError> {
        let options = Options::default();
        let setting = Setting {
            records: &self.records,
            links: &self.links,
            places: self.names.len(),
            producers: &self.producers,
            a0: options.a0,
            walk: options.walk,
            least: LEAST_HELD_OUT,
        };
        Ok([leave_one_reporter_out(&setting, self.km())?, leave_one_year_out(&setting, self.km())?])
    }

    /// Where places lie: latitude and longitude.
    pub fn middles(&self) -> BTreeMap<String, [f64; 2]> {
        let codes: Vec<&str> = self.names.iter().map(String::as_str).collect();
        centres(&world().shapes, &codes).into_iter().map(|(code, [lon, lat])| (code, [lat, lon])).collect()
    }
}

/// Countries whose consumption is asked for: those of the network, in corridors too.
fn countries(nodes: &[usize], read: &Read, question: &Question) -> Vec<&'static str> {
    let named = |code: &&'static str| {
        let place = lifted(code, question.places, &question.corridors);
        place.is_some_and(|p| nodes.iter().any(|n| read.places[*n] == p))
    };
    areas().iter().filter(|a| a.level == Level::Country && a.valid_to.is_none()).map(|a| a.code).filter(named).collect()
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

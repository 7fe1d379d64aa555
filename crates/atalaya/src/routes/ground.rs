//! The ground of methods about routes: places numbered anew, records and links by those numbers.

use std::collections::BTreeSet;

use atalaya_kernel::area::areas;
use atalaya_kernel::{Both, Decimal, Label, Lang, Problem, Seed, both};
use atalaya_methods::routes::RouteRecord;
use atalaya_methods::routes::gravity::{SUPPLIERS, from_links};
use atalaya_methods::routes::joint::{Joint, JointError, Model, Options, Place, joint};
use atalaya_methods::routes::network::{Link, Network, network};
use atalaya_methods::routes::published::Weight;
use serde::Serialize;

use super::centre::distances;
use super::doubled::once;
use super::lift::lifted;
use super::question::Question;
use super::read::{Sight, read};
use crate::Observatory;
use crate::answer::{Answer, SourceLine};
use crate::query::source_lines;
use crate::verbs::RoutesNetwork;

/// What one country without a figure is taken to vary by.
const USUAL_CV: f64 = 0.5;
/// Draws past which memory runs short for nothing.
const MOST_DRAWS: usize = 20_000;

/// What an answer rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoutesBasis {
    /// The snapshot.
    pub snapshot: String,
    /// The label everything in it carries.
    pub label: Option<Label>,
    /// Sources.
    pub sources: Vec<SourceLine>,
    /// What is said of records that report one event.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Both>,
}

impl RoutesBasis {
    /// What several answers rest on together.
    pub(crate) fn of(answers: &[Answer]) -> RoutesBasis {
        let mut sources: Vec<SourceLine> = Vec::new();
        for source in answers.iter().flat_map(|a| &a.sources) {
            if !sources.contains(source) {
                sources.push(source.clone());
            }
        }
        RoutesBasis {
            snapshot: answers.first().map_or_else(String::new, |a| a.snapshot.clone()),
            label: answers.iter().filter_map(|a| a.label.clone()).reduce(|a, b| a.combine(&b)),
            sources,
            notes: Vec::new(),
        }
    }

    /// Source, label and snapshot, as they stand under every table.
    pub(crate) fn say(&self, lang: Lang) -> String {
        let head = if lang == Lang::Es { "Fuente" } else { "Source" };
        let one = |s: &SourceLine| {
            let simulated = if s.simulated { if lang == Lang::Es { " (SIMULADO)" } else { " (SIMULATED)" } } else { "" };
            format!("{}{simulated}, {} [{}]", s.producer, s.title.in_lang(lang), s.vintages.join(", "))
        };
        let sources: Vec<String> = self.sources.iter().map(one).collect();
        let label = self.label.as_ref().map_or("", |l| l.tlp.as_str());
        let notes: String = self.notes.iter().map(|n| format!("! {}\n", n.in_lang(lang))).collect();
        format!("{notes}{head}: {}\n{label}  snapshot {}\n", sources.join("; "), self.snapshot.get(..16).unwrap_or(""))
    }
}

/// Places, records and links that a method goes by.
pub(crate) struct Ground {
    /// What the group of substances is called.
    pub title: Both,
    /// Codes of the places.
    pub names: Vec<String>,
    /// How many of them are in the network, producers included: the first ones.
    pub joined: usize,
    /// Producers among them.
    pub producers: BTreeSet<usize>,
    /// Years with records.
    pub years: Vec<i32>,
    /// Records, their places by position in `names`.
    pub records: Vec<RouteRecord>,
    /// Links by the same positions.
    pub links: Vec<Link>,
    /// The network, its places as they were read.
    pub net: Network,
    /// Its edges by kilograms, by position in `names`.
    pub edges: Vec<Weight>,
    /// What it rests on.
    pub basis: RoutesBasis,
}

impl Ground {
    /// Reads what a question is about.
    ///
    /// # Errors
    /// `unknown-*`, and those of the store.
    pub fn new(observatory: &Observatory, asked: &RoutesNetwork) -> Result<Ground, Problem> {
        let question = Question::of(&asked.asked())?;
        let group = question.group()?;
        let sight = Sight { level: question.places, corridors: &question.corridors, as_of: None };
        let mut read = read(observatory, &group, &question.narrow(), sight)?;
        let events = observatory.events(&read.eye, None)?;
        let repeats = once(&mut read, &events);
        let place = |c: &&str| read.places.binary_search(&lifted(c, question.places, &question.corridors)?).ok();
        let made: Vec<usize> = group.producers.iter().filter_map(place).collect();
        let net = network(&read.records, &question.rule(made.iter().copied()));
        // Every place that a record names: partners of a place matter where no link joins them, too.
        let named = |r: &RouteRecord| [r.seized, r.departure, r.destination, r.producing];
        let nodes: BTreeSet<usize> = net.nodes.iter().chain(&made).copied().collect();
        let others: BTreeSet<usize> = read.records.iter().flat_map(named).flatten().filter(|p| !nodes.contains(p)).collect();
        // Those of the network first, so that methods that take them alone may.
        let order: Vec<usize> = nodes.iter().chain(&others).copied().collect();
        let mut at = vec![usize::MAX; read.places.len()];
        order.iter().enumerate().for_each(|(new, old)| at[*old] = new);
        let of = |place: Option<usize>| place.map(|p| at[p]);
        let records = read.records.iter().map(|r| RouteRecord {
            seized: of(r.seized),
            departure: of(r.departure),
            destination: of(r.destination),
            producing: of(r.producing),
            ..r.clone()
        });
        let years: BTreeSet<i32> = read.records.iter().map(|r| r.year).filter(|y| *y > 0).collect();
        Ok(Ground {
            title: group.name.clone(),
            names: order.iter().map(|p| read.places[*p].to_string()).collect(),
            joined: nodes.len(),
            producers: made.iter().map(|p| at[*p]).collect(),
            years: years.into_iter().collect(),
            records: records.collect(),
            links: net.links.iter().map(|l| Link { from: at[l.from], to: at[l.to], ..*l }).collect(),
            edges: net.edges.iter().map(|e| (at[e.from], at[e.to], e.kg.to_f64())).collect(),
            basis: RoutesBasis {
                snapshot: read.eye.snapshot.to_string(),
                label: read.intakes.iter().map(|i| i.label.clone()).reduce(|a, b| a.combine(&b)),
                sources: source_lines(observatory, &read.intakes),
                notes: repeats.into_iter().collect(),
            },
            net,
        })
    }

    /// The name of a place.
    pub fn name(&self, place: usize) -> Both {
        let code = &self.names[place];
        areas().get(code).map_or_else(|| Both::same(code), |a| a.both())
    }

    /// Kilometres between two places.
    pub fn km(&self) -> impl Fn(usize, usize) -> f64 + use<> {
        distances(&self.names)
    }

    /// Joint draws in which every country but producers wants one and the same unit.
    ///
    /// # Errors
    /// `too-many-draws`, `no-flows`.
    pub fn draws(&self, draws: usize, seed: u64) -> Result<Joint, Problem> {
        check_draws(draws)?;
        let place = |i: usize| {
            let producer = self.producers.contains(&i);
            Place {
                consumption_kg: vec![if producer { 0.0 } else { 1.0 }; self.years.len()],
                consumption_cv: if producer { 0.0 } else { USUAL_CV },
                producer,
                ..Place::default()
            }
        };
        let places: Vec<Place> = (0..self.joined).map(place).collect();
        let mass = |l: &Link| self.records[l.record].kg.map_or(0.0, Decimal::to_f64);
        let each: Vec<Weight> = self.links.iter().map(|l| (l.from, l.to, mass(l))).collect();
        let prior = from_links(places.len(), &each, &self.producers, self.km(), SUPPLIERS).map_err(|e| not_drawn(&JointError::from(e)))?;
        // Who reports but is in no link is no place of the model.
        let within = |r: &RouteRecord| RouteRecord { seized: r.seized.filter(|s| *s < self.joined), ..r.clone() };
        let records: Vec<RouteRecord> = self.records.iter().map(within).collect();
        let model = Model { places: &places, years: &self.years, records: &records, links: &self.links, prior: &prior };
        let options = Options { draws, seizures: false, reconcile: false, ..Options::default() };
        joint(&model, &options, Seed(seed)).map_err(|e| not_drawn(&e))
    }
}

/// # Errors
/// `too-many-draws`.
pub(crate) fn check_draws(draws: usize) -> Result<(), Problem> {
    if draws <= MOST_DRAWS {
        return Ok(());
    }
    Err(Problem::new(
        "too-many-draws",
        format!("--draws {draws}"),
        both!("at most {MOST_DRAWS} draws", "a lo sumo {MOST_DRAWS} simulaciones"),
        Both::new("a thousand give intervals to a percent or two", "mil dan intervalos con uno o dos por ciento de error"),
    ))
}

fn not_drawn(error: &JointError) -> Problem {
    let text = error.to_string();
    Problem::new(
        "no-flows",
        "",
        both!("{text}", "no hay flujos: {text}"),
        Both::new("use a longer period, or another group", "use un período más largo, u otro grupo"),
    )
}

/// The lists of a question, the usual ones where none are given.
pub(crate) fn or_usual(list: &[String], usual: &str) -> Vec<String> {
    if list.is_empty() { usual.split(',').map(String::from).collect() } else { list.to_vec() }
}

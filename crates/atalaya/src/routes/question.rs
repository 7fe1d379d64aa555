//! What is asked of routes, with all that the answer depends on beside the store: the form in which
//! it is cached, kept with a figure, and asked again.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Decimal, Problem, both};
use atalaya_methods::routes::LinkKind;
use atalaya_methods::routes::cleaning::{Check, Limits};
use atalaya_methods::routes::joint::Production;
use atalaya_methods::routes::network::{Rule, Threshold};
use serde::{Deserialize, Serialize};

use super::figures::{consumption, production};
use super::group::{Group, group};
use super::lift::{Level, corridors};
use super::read::Narrow;
use crate::query::area_named;
use crate::verbs::RoutesAtlas;

/// Draws past which memory runs short for nothing.
const MOST_DRAWS: usize = 20_000;
/// Draws where nobody says how many: intervals to two or three percent in about a second.
const USUAL_DRAWS: usize = 400;

/// How flows come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Method {
    /// Draws with intervals.
    Joint,
    /// Shares of recorded inflow.
    Published,
    /// Records alone.
    Observed,
}

impl Method {
    /// Its name on every surface.
    pub fn name(self) -> &'static str {
        match self {
            Method::Joint => "joint",
            Method::Published => "published",
            Method::Observed => "observed",
        }
    }

    fn parse(text: &str) -> Result<Method, Problem> {
        match text {
            "joint" | "" => Ok(Method::Joint),
            "published" => Ok(Method::Published),
            "observed" => Ok(Method::Observed),
            other => Err(Problem::new(
                "unknown-method",
                format!("--method {other}"),
                Both::new("there is no method of this name", "no existe un método con este nombre"),
                Both::new("known: joint, published, observed", "se conocen: joint, published, observed"),
            )),
        }
    }
}

/// The question in its canonical form: what says the same is the same text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Question {
    pub group: String,
    pub method: Method,
    pub links: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_kg: Option<Decimal>,
    pub checks: Vec<String>,
    pub repeats_from_kg: Decimal,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_in: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transport: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    pub places: Level,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub corridors: BTreeMap<String, String>,
    /// What a user's files say; nothing asks the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumption: Option<BTreeMap<String, [f64; 2]>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production: Option<BTreeMap<String, Vec<Produced>>>,
    /// Whether the store is asked for what no file gives.
    pub of_store: bool,
    pub draws: usize,
    pub seed: u64,
    /// One link of it: a figure of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<[String; 2]>,
}

/// A published figure of production: year, vintage, kilograms, coefficient of variation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Produced(pub i32, pub i32, pub f64, pub f64);

impl From<Produced> for Production {
    fn from(Produced(year, vintage, kg, cv): Produced) -> Production {
        Production { year, vintage, kg, cv }
    }
}

impl Question {
    /// What somebody asks, every word checked and every file read.
    ///
    /// # Errors
    /// `unknown-*`, `not-a-mass`, `too-many-draws`, `bad-figures`, `io`.
    pub fn of(ask: &RoutesAtlas) -> Result<Question, Problem> {
        let method = Method::parse(&ask.method)?;
        let drawn = method == Method::Joint;
        let flows = method != Method::Observed;
        if ask.draws > MOST_DRAWS {
            let draws = ask.draws;
            return Err(Problem::new(
                "too-many-draws",
                format!("--draws {draws}"),
                both!("at most {MOST_DRAWS} draws", "a lo sumo {MOST_DRAWS} simulaciones"),
                Both::new("a thousand give intervals to a percent or two", "mil dan intervalos con uno o dos por ciento de error"),
            ));
        }
        let read = ask.consumption.as_deref().filter(|_| flows).map(consumption).transpose()?;
        let made = ask.production.as_deref().filter(|_| drawn).map(production).transpose()?;
        let (kinds, checks) = (kinds(&ask.links)?, checks(&ask.checks)?);
        let places = Level::parse(&ask.places)?;
        if flows && places != Level::Country {
            return Err(Problem::new(
                "only-observed",
                format!("--places {}", places.name()),
                Both::new(
                    "what single departments or ports import and consume is not known, so flows between them cannot be worked out",
                    "no se sabe qué importa y consume cada departamento o puerto, así que no se pueden calcular los flujos entre ellos",
                ),
                Both::new(
                    "use --method observed, or countries, or corridors made of countries",
                    "use --method observed, o países, o corredores hechos de países",
                ),
            ));
        }
        let asked = if ask.draws == 0 { USUAL_DRAWS } else { ask.draws };
        Ok(Question {
            group: group(if ask.group.is_empty() { "coca" } else { &ask.group })?.id,
            method,
            links: kinds.iter().map(|k| k.code().to_string()).collect(),
            min_kg: ask.min_kg.as_deref().map(|text| mass("--min-kg", text)).transpose()?,
            checks: checks.iter().map(|c| c.code().to_string()).collect(),
            repeats_from_kg: mass("--repeats-from-kg", if ask.repeats_from_kg.is_empty() { "1" } else { &ask.repeats_from_kg })?,
            not_in: areas("--not-in", &ask.not_in)?,
            transport: sorted(ask.transport.clone()),
            source: sorted(ask.source.clone()),
            from: ask.from.clone(),
            to: ask.to.clone(),
            places,
            corridors: ask.corridors.as_deref().map(corridors).transpose()?.unwrap_or_default(),
            consumption: read,
            production: made,
            of_store: flows && !ask.unit_demand,
            draws: if drawn { asked } else { 0 },
            seed: if drawn { ask.seed } else { 0 },
            edge: None,
        })
    }

    /// The group of substances.
    ///
    /// # Errors
    /// `unknown-group`.
    pub fn group(&self) -> Result<Group, Problem> {
        group(&self.group)
    }

    /// What narrows the records.
    pub fn narrow(&self) -> Narrow {
        Narrow {
            source: self.source.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            transport: self.transport.clone(),
            without: self.not_in.clone(),
        }
    }

    /// How links are taken from records.
    pub fn rule(&self, producers: impl IntoIterator<Item = usize>) -> Rule {
        let threshold = match self.min_kg {
            None => Threshold::None,
            Some(Decimal::ZERO) => Threshold::Positive,
            Some(least) => Threshold::AtLeast(least),
        };
        let least = self.repeats_from_kg;
        Rule {
            kinds: self.links.iter().filter_map(|k| LinkKind::parse(k)).collect(),
            threshold,
            checks: self.checks.iter().filter_map(|c| Check::parse(c)).collect(),
            limits: Limits { repeat_from_kg: (least > Decimal::ZERO).then_some(least), ..Limits::usual(producers) },
        }
    }
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list.dedup();
    list
}

fn areas(option: &str, list: &[String]) -> Result<Vec<String>, Problem> {
    list.iter().map(|a| area_named(a, option).map(String::from)).collect::<Result<Vec<_>, _>>().map(sorted)
}

/// Kinds of links by their names, in the order of [`LinkKind::ALL`]; DS and ST of none.
///
/// # Errors
/// `unknown-links`.
pub(crate) fn kinds(names: &[String]) -> Result<Vec<LinkKind>, Problem> {
    let usual = ["DS".to_string(), "ST".to_string()];
    let names = if names.is_empty() { &usual } else { names };
    let of = |code: &String| LinkKind::parse(code.trim()).ok_or_else(|| no_such("links", code, "DS, ST, PS, PD"));
    let mut kinds = names.iter().map(of).collect::<Result<Vec<_>, _>>()?;
    kinds.sort_by_key(|k| *k as usize);
    kinds.dedup();
    Ok(kinds)
}

/// Checks by their names; all four of none, and nothing is set aside by `none`.
fn checks(names: &[String]) -> Result<Vec<Check>, Problem> {
    if names.is_empty() {
        return Ok(Check::ALL.to_vec());
    }
    let named = names.iter().filter(|c| !c.trim().eq_ignore_ascii_case("none") && !c.is_empty());
    let of = |code: &String| Check::parse(code.trim()).ok_or_else(|| no_such("checks", code, "R1, R2, R3, R4, none"));
    let mut checks = named.map(of).collect::<Result<Vec<_>, _>>()?;
    checks.sort();
    checks.dedup();
    Ok(checks)
}

/// A mass in kilograms that somebody wrote.
///
/// # Errors
/// `not-a-mass`.
pub(crate) fn mass(option: &str, text: &str) -> Result<Decimal, Problem> {
    let wrong = || {
        Problem::new(
            "not-a-mass",
            format!("{option} {text}"),
            Both::new("this is no mass in kilograms", "esto no es una masa en kilogramos"),
            Both::new("write it with a decimal point: 0.1", "escríbala con punto decimal: 0.1"),
        )
    };
    Decimal::parse(text).ok().filter(|kg| *kg >= Decimal::ZERO).ok_or_else(wrong)
}

/// That a list has no such word.
pub(crate) fn no_such(option: &str, found: &str, known: &str) -> Problem {
    Problem::new(
        &format!("unknown-{option}"),
        format!("--{option} {found}"),
        both!("there is nothing of this name", "no existe nada con este nombre"),
        both!("known: {known}", "se conocen: {known}"),
    )
}

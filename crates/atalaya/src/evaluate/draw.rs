//! From a finding to its drawings: which part is drawn, and what the drawing is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::shape::Outlines;
use atalaya_kernel::{Both, Problem, both};
use atalaya_report::About;
use atalaya_report::chart::finding::{
    Choice, Donor, Donors, EffectPath, Event, Events, Gap, Part, Placebos, Places, Range, Specification, Specifications, Weighed,
};
use atalaya_report::chart::{AreaValue, Body, Chart, Good, Line, MapBody, Point, number};

use super::design::{Better, Transformation};
use super::finding::{Finding, PathPoint, PlaceEffect};
use super::verdict_word;
use crate::verbs::source_note;

/// Options of a choice past which they are not told apart.
const MOST_OPTIONS: usize = 8;

/// A part of a finding that can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The effect against zero and the smallest that matters.
    Verdict,
    /// Treated and comparison over time.
    Effect,
    /// Effects by periods since the start.
    Events,
    /// Who stands in for the treated.
    Donors,
    /// The treated gap over placebo gaps.
    Placebos,
    /// What other choices would have said.
    Specifications,
    /// Exposure and effect by place.
    Map,
}

impl What {
    /// Every part, in the order they are shown.
    pub const ALL: [What; 7] = [What::Verdict, What::Effect, What::Events, What::Donors, What::Placebos, What::Specifications, What::Map];

    /// Its name in requests.
    pub fn id(self) -> &'static str {
        match self {
            What::Verdict => "verdict",
            What::Effect => "effect",
            What::Events => "events",
            What::Donors => "donors",
            What::Placebos => "placebos",
            What::Specifications => "specifications",
            What::Map => "map",
        }
    }

    /// What it is called.
    pub fn name(self) -> Both {
        match self {
            What::Verdict => Both::new("Effect and verdict", "Efecto y veredicto"),
            What::Effect => Both::new("Over time", "En el tiempo"),
            What::Events => Both::new("Before and after the start", "Antes y después del inicio"),
            What::Donors => Both::new("Who is compared with", "Con quién se compara"),
            What::Placebos => Both::new("Places without the programme", "Lugares sin el programa"),
            What::Specifications => Both::new("Other choices", "Otras elecciones"),
            What::Map => Both::new("Map", "Mapa"),
        }
    }

    /// The part of that name.
    ///
    /// # Errors
    /// `unknown-what`.
    pub fn parse(id: &str) -> Result<What, Problem> {
        What::ALL.into_iter().find(|w| w.id() == id).ok_or_else(|| {
            let known = What::ALL.map(What::id).join(", ");
            Problem::new(
                "unknown-what",
                format!("--what {id}"),
                Both::new("no part of a finding has this name", "ninguna parte de un hallazgo tiene este nombre"),
                both!("known: {known}", "se conocen: {known}"),
            )
        })
    }

    /// The parts of a finding that have something to draw.
    pub fn of(finding: &Finding) -> Vec<What> {
        What::ALL.into_iter().filter(|what| !part(finding, *what, &[]).is_empty()).collect()
    }
}

/// The chart of a part of a finding.
pub fn chart_of(finding: &Finding, what: What, outlines: &[Arc<Outlines>]) -> Chart {
    let design = &finding.design;
    let notes = if finding.sources.is_empty() { vec![file_note(finding)] } else { Vec::new() };
    let short = finding.hash.get(..12).unwrap_or(&finding.hash);
    Chart {
        id: format!("{}-{}", finding.id, what.id()),
        title: design.title.clone(),
        subtitle: subtitle(finding, what),
        unit: unit(finding, what),
        body: Body::Finding(part(finding, what, outlines)),
        about: About {
            figure: String::new(),
            snapshot: finding.data.clone(),
            label: finding.label.clone(),
            sources: finding.sources.iter().map(source_note).collect(),
            notes,
            codes: BTreeMap::new(),
        },
        figure: format!("{} {short}", finding.id),
    }
}

/// Where the numbers come from, where no source of the observatory gave them.
pub(crate) fn file_note(finding: &Finding) -> Both {
    let file = finding.design.data.file.as_deref().unwrap_or("-");
    let sha = finding.data.get(..12).unwrap_or(&finding.data);
    both!("data: the file {file} beside the design, SHA-256 {sha}…", "datos: el archivo {file} junto al diseño, SHA-256 {sha}…")
}

fn subtitle(finding: &Finding, what: What) -> Both {
    let name = &finding.design.outcome.name;
    let (en, es) = (&name.en, &name.es);
    match what {
        What::Verdict => both!("{en}: effect", "{es}: efecto"),
        What::Effect => both!("{en}: mean of the places", "{es}: media de los lugares"),
        What::Events => both!("{en}: effect by periods since the start", "{es}: efecto según los periodos desde el inicio"),
        What::Donors => both!("{en}: who stands in for the treated", "{es}: quiénes hacen de comparación"),
        What::Placebos => both!("{en}: difference from what was predicted", "{es}: diferencia respecto de lo previsto"),
        What::Specifications => both!("{en}: effect under other choices", "{es}: efecto con otras elecciones"),
        What::Map => both!("{en}: exposure and change of each place", "{es}: exposición y cambio de cada lugar"),
    }
}

/// The unit of what is drawn.
fn unit(finding: &Finding, what: What) -> Both {
    match what {
        What::Donors => Both::new("weight in per cent", "peso en porcentaje"),
        What::Specifications if standardised(finding) => {
            Both::new("standard deviations of the outcome before the start", "desviaciones estándar del resultado antes del inicio")
        }
        What::Map => Both::default(),
        What::Verdict | What::Events | What::Specifications => effect_unit(finding),
        What::Effect | What::Placebos => shown_unit(finding),
    }
}

/// The unit of the effect under the design's transformation.
pub(crate) fn effect_unit(finding: &Finding) -> Both {
    let unit = &finding.design.outcome.unit;
    let (en, es) = (&unit.en, &unit.es);
    let amount = match finding.design.outcome.transformation {
        Transformation::Levels => unit.clone(),
        Transformation::Log | Transformation::Poisson => Both::new("log points", "puntos logarítmicos"),
        Transformation::Asinh => both!("inverse hyperbolic sine of {en}", "seno hiperbólico inverso de {es}"),
    };
    let (en, es) = (&amount.en, &amount.es);
    let exposure = finding.design.programme.exposure.as_ref();
    match exposure.map(|e| e.standardised) {
        Some(true) => both!("{en} per standard deviation of exposure", "{es} por desviación estándar de exposición"),
        Some(false) => both!("{en} per unit of exposure", "{es} por unidad de exposición"),
        None => amount.clone(),
    }
}

/// The unit of means: a Poisson regression is shown in units.
fn shown_unit(finding: &Finding) -> Both {
    let unit = &finding.design.outcome.unit;
    let (en, es) = (&unit.en, &unit.es);
    match finding.design.outcome.transformation {
        Transformation::Levels | Transformation::Poisson => unit.clone(),
        Transformation::Log => both!("logarithm of {en}", "logaritmo de {es}"),
        Transformation::Asinh => both!("inverse hyperbolic sine of {en}", "seno hiperbólico inverso de {es}"),
    }
}

fn good(finding: &Finding) -> Good {
    match finding.effect.better {
        Better::Lower => Good::Low,
        Better::Higher => Good::High,
    }
}

/// What a part is drawn from.
fn part(finding: &Finding, what: What, outlines: &[Arc<Outlines>]) -> Part {
    let plots = &finding.plots;
    match what {
        What::Verdict => Part::Verdict(weighed(finding)),
        What::Effect => Part::Effect(path(finding)),
        What::Events => Part::Events(events(finding)),
        What::Donors => {
            Part::Donors(Donors { donors: plots.donors.iter().map(|d| Donor { name: area_name(&d.unit), weight: d.weight }).collect() })
        }
        What::Placebos => Part::Placebos(Placebos {
            gaps: plots
                .placebos
                .iter()
                .map(|p| Gap { name: area_name(&p.unit), treated: p.treated, points: p.gaps.clone(), ratio: p.ratio })
                .collect(),
            start: finding.design.programme.start,
        }),
        What::Specifications => Part::Specifications(specifications(finding)),
        What::Map => Part::Map(Box::new(places(finding, outlines))),
    }
}

/// The name of a unit that is an area; the unit itself where it is none.
pub(crate) fn area_name(unit: &str) -> Both {
    areas().get(unit).map_or_else(|| Both::same(unit), |a| a.both())
}

fn weighed(finding: &Finding) -> Weighed {
    let effect = &finding.effect;
    let level = effect.level;
    let mut ranges = Vec::new();
    if let Some(ends) = effect.interval {
        ranges.push(Range { name: both!("Looking once, {level} %", "Mirando una sola vez, {level} %"), ends });
    }
    if let Some(ends) = effect.anytime {
        ranges.push(Range { name: both!("However often one looks, {level} %", "Por más veces que se mire, {level} %"), ends });
    }
    Weighed {
        estimate: effect.estimate,
        ranges,
        smallest: effect.smallest.abs(),
        good: good(finding),
        verdict: verdict_word(finding.verdict),
    }
}

fn path(finding: &Finding) -> EffectPath {
    let paths = &finding.plots.paths;
    let point = |at: &PathPoint, value: Option<f64>, interval: Option<[f64; 2]>| Point {
        x: at.period as f64,
        at: at.period.to_string(),
        value: value.map(number::plain),
        low: interval.map(|i| number::plain(i[0])),
        high: interval.map(|i| number::plain(i[1])),
        ..Point::default()
    };
    let exposed = finding.design.programme.exposure.is_some();
    let treated = if exposed {
        Both::new("More exposed places", "Lugares más expuestos")
    } else {
        Both::new("With the programme", "Con el programa")
    };
    let name = &finding.design.programme.name;
    let (start, en, es) = (finding.design.programme.start, &name.en, &name.es);
    EffectPath {
        treated: Line { name: treated, points: paths.iter().map(|p| point(p, p.treated, None)).collect(), ghosts: Vec::new() },
        comparison: Line {
            name: Both::new("What would have been", "Lo que habría sido"),
            points: paths.iter().map(|p| point(p, p.comparison, p.interval)).collect(),
            ghosts: Vec::new(),
        },
        start: start as f64,
        began: both!("{en}, {start}", "{es}, {start}"),
    }
}

fn events(finding: &Finding) -> Events {
    let events = &finding.plots.events;
    Events {
        points: events.iter().map(|e| Event { age: e.age, estimate: e.estimate, interval: e.interval }).collect(),
        reference: events.iter().find(|e| e.interval.is_none() && e.estimate == 0.0).map(|e| e.age),
        smallest: Some(finding.effect.smallest.abs()).filter(|s| *s > 0.0),
        good: good(finding),
        level: finding.effect.level,
    }
}

/// Whether specifications compare on one scale only in standard deviations: where scales differ.
fn standardised(finding: &Finding) -> bool {
    let scales: BTreeSet<Option<&String>> = finding.specifications.iter().map(|s| s.choices.get("transformation")).collect();
    scales.len() > 1 && finding.specifications.iter().any(|s| s.standardised.is_some())
}

fn specifications(finding: &Finding) -> Specifications {
    let by_sd = standardised(finding);
    let all: Vec<_> = finding.specifications.iter().filter(|s| !by_sd || s.standardised.is_some()).collect();
    let mut options: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (key, value) in all.iter().flat_map(|s| &s.choices) {
        options.entry(key).or_default().insert(value);
    }
    // A choice that nobody varied is no choice.
    options.retain(|key, values| values.len() > 1 || all.iter().any(|s| !s.choices.contains_key(*key)));
    let choices = options.iter().map(|(key, values)| Choice {
        name: choice_word(key),
        options: if values.len() > MOST_OPTIONS {
            vec![Both::new("one of them", "alguno de ellos")]
        } else {
            values.iter().map(|v| option_word(key, v)).collect()
        },
    });
    let row = |spec: &&super::finding::Specification| {
        let scale = |value: f64| if by_sd { scaled(spec, value) } else { Some(value) };
        let ends = spec.effect.interval.and_then(|[low, high]| Some([scale(low)?, scale(high)?]));
        Specification {
            estimate: if by_sd { spec.standardised.unwrap_or(f64::NAN) } else { spec.effect.estimate },
            interval: ends,
            chosen: spec.chosen,
            picks: options
                .iter()
                .map(|(key, values)| {
                    let at = values.iter().position(|v| spec.choices.get(*key).is_some_and(|c| c == v))?;
                    Some(if values.len() > MOST_OPTIONS { 0 } else { at })
                })
                .collect(),
        }
    };
    Specifications { choices: choices.collect(), rows: all.iter().map(row).collect() }
}

/// A number of a specification in the standard deviations of its estimate. Poisson effects become
/// shares on the way, as the estimate did.
fn scaled(spec: &super::finding::Specification, value: f64) -> Option<f64> {
    let poisson = spec.choices.get("transformation").is_some_and(|t| t == "poisson");
    let amount = |v: f64| if poisson { v.exp_m1() } else { v };
    let by = spec.standardised? / amount(spec.effect.estimate);
    Some(amount(value) * by).filter(|v| v.is_finite())
}

/// What a choice is called.
pub(crate) fn choice_word(key: &str) -> Both {
    match key {
        "transformation" => Both::new("Scale", "Escala"),
        "estimator" => Both::new("Method", "Método"),
        "window" => Both::new("Periods", "Periodos"),
        "comparison" => Both::new("Compared with", "Comparado con"),
        "covariates" => Both::new("Covariates", "Covariables"),
        "without" => Both::new("One place left out", "Un lugar omitido"),
        other => Both::same(other),
    }
}

/// What an option of a choice is called.
pub(crate) fn option_word(key: &str, value: &str) -> Both {
    match (key, value) {
        ("transformation", "levels") => Both::new("as it is", "tal como es"),
        ("transformation", "log") => Both::new("logarithm", "logaritmo"),
        ("transformation", "asinh") => Both::new("inverse hyperbolic sine", "seno hiperbólico inverso"),
        ("comparison", "never") => Both::new("never treated", "nunca tratados"),
        ("comparison", "not-yet") => Both::new("not yet treated", "aún no tratados"),
        (_, "yes") => Both::new("yes", "sí"),
        ("without", unit) => area_name(unit),
        _ => Both::same(value),
    }
}

fn places(finding: &Finding, outlines: &[Arc<Outlines>]) -> Places {
    let level = level(&finding.plots.places);
    let map = |value: &dyn Fn(&PlaceEffect) -> Option<f64>| MapBody {
        level: level.into(),
        within: finding.design.data.series.as_ref().and_then(|s| s.within.clone()).unwrap_or_default(),
        values: finding
            .plots
            .places
            .iter()
            .filter_map(|p| {
                let point = Point { value: Some(number::plain(value(p)?)), ..Point::default() };
                Some(AreaValue { area: p.area.clone(), name: area_name(&p.area), point })
            })
            .collect(),
        outlines: outlines.to_vec(),
        ..MapBody::default()
    };
    let exposure_unit = match &finding.design.programme.exposure {
        Some(e) if e.standardised => Both::new("standard deviations", "desviaciones estándar"),
        Some(e) => Both::same(e.column.clone()),
        None => Both::new("1 where treated", "1 donde se aplicó"),
    };
    Places {
        exposure: map(&|p| p.exposure),
        exposure_unit,
        effect: MapBody { good: Some(good(finding)), ..map(&|p| p.effect) },
        effect_unit: shown_unit(finding),
    }
}

/// The level of areas: that of the finest.
fn level(places: &[PlaceEffect]) -> &'static str {
    let finest = places.iter().filter_map(|p| areas().get(&p.area)).map(|a| match a.level {
        Level::First | Level::Zone => "admin1",
        Level::Second => "admin2",
        Level::Third => "admin3",
        _ => "country",
    });
    let rank = |level: &&str| ["country", "admin1", "admin2", "admin3"].iter().position(|l| l == level);
    finest.max_by_key(rank).unwrap_or("country")
}

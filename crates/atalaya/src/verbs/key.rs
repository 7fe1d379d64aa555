//! The key series of an observatory: the few it has chosen, or those it holds most of.

use std::collections::{BTreeMap, HashMap, HashSet};

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::measure::measures;
use atalaya_kernel::record::observation_field;
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, Decimal, Label, Lang, Problem};
use atalaya_store::ObservedCell;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::query::Ask;
use super::say::{decimal, table};
use super::{Say, Verb};
use crate::Observatory;
use crate::answer::{Answer, SourceLine};
use crate::observatory::{Caller, Eye};
use crate::query::{after_a_number, answer_and_keep, label_of};

const AREA: usize = observation_field("area");
const SUBSTANCE: usize = observation_field("substance");
const VALUE: usize = observation_field("value");

/// Series shown where none are chosen.
const MOST: usize = 6;

/// The key series: chosen in `atalaya.toml`, as `key = ["coca-area PE"]`, or those held most of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Key {}

/// One point of a key series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPoint {
    /// Its period.
    pub period: String,
    /// Its value; absent where missing.
    pub value: Option<String>,
    /// Low end.
    pub low: Option<String>,
    /// High end.
    pub high: Option<String>,
    /// Of records: the value with each event once, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique: Option<String>,
    /// Kind of missing, empty if there is a value.
    pub missing: String,
    /// `P` if provisional.
    pub status: String,
    /// Its figure.
    pub figure: String,
}

/// A key series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySeries {
    /// As it is asked for: `coca-area PE`.
    pub ask: String,
    /// `seizures` or a measure.
    pub what: String,
    /// Area code, empty for all.
    pub area: String,
    /// Substance asked for.
    pub substance: String,
    /// What it shows.
    pub title: Both,
    /// Where.
    pub place: Both,
    /// The definition, if it has one.
    pub definition: Both,
    /// Its unit.
    pub unit: Both,
    /// Its points, oldest first.
    pub points: Vec<KeyPoint>,
    /// Other lines that answer the same question: rival sources or definitions.
    pub rivals: usize,
    /// Where it comes from.
    pub source: Option<SourceLine>,
    /// Who may see it.
    pub label: Option<Label>,
    /// The snapshot it rests on.
    pub snapshot: String,
}

/// The key series, and what is wrong with those that cannot be shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeyPage {
    /// Whether the observatory chose them.
    pub chosen: bool,
    /// The series.
    pub series: Vec<KeySeries>,
    /// Entries of `key` that cannot be answered.
    pub problems: Vec<Problem>,
}

impl Verb for Key {
    const NAME: &'static str = "key";
    type Outcome = KeyPage;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<KeyPage, Problem> {
        let chosen = observatory.config().key.clone();
        let entries = if chosen.is_empty() { held_most_of(&observatory.eye(None)?) } else { chosen.clone() };
        let mut page = KeyPage { chosen: !chosen.is_empty(), series: Vec::new(), problems: Vec::new() };
        for entry in &entries {
            match series(observatory, entry, None, None) {
                Ok(Some(series)) => page.series.push(series),
                Ok(None) => {}
                Err(problem) => page.problems.push(problem.within(entry)),
            }
        }
        Ok(page)
    }
}

/// `coca-area PE`, `seizures US cocaine`: what, then areas and substances in any order.
fn asked(entry: &str) -> Ask {
    let mut words = entry.split_whitespace();
    let mut ask = Ask { what: words.next().unwrap_or("").into(), by: vec!["year".into()], ..Ask::default() };
    for word in words {
        if let Some(source) = word.strip_prefix("source=") {
            ask.source.push(source.into());
        } else if substances().get(word).is_some() {
            ask.substance.push(word.into());
        } else {
            ask.area.push(word.into());
        }
    }
    ask
}

/// For each measure the country with most of it, then the country with most seizures of cocaine.
fn held_most_of(eye: &Eye) -> Vec<String> {
    let mut entries = Vec::new();
    for measure in measures().iter() {
        let mut cocaine: HashMap<u32, bool> = HashMap::new();
        let mut is_of = |c: &ObservedCell<'_>| *cocaine.entry(c.code(SUBSTANCE)).or_insert_with(|| is_cocaine(c.text_at(SUBSTANCE)));
        let has_cocaine = eye.observations.current_of(measure.id).any(|c| is_of(&c));
        let mut held: HashMap<u32, HashSet<i32>> = HashMap::new();
        for cell in eye.observations.current_of(measure.id) {
            if cell.code(VALUE) != 0 && (!has_cocaine || is_of(&cell)) {
                held.entry(cell.code(AREA)).or_default().insert(cell.row.day);
            }
        }
        let held: BTreeMap<&str, usize> = held.iter().map(|(code, days)| (eye.observations.terms().text(*code), days.len())).collect();
        // Of equals the first by code: no order of chance.
        let mut best: Option<(&str, usize)> = None;
        for (area, days) in held.into_iter().filter(|(area, _)| areas().get(area).is_some_and(|a| a.level == Level::Country)) {
            if best.is_none_or(|(_, n)| days > n) {
                best = Some((area, days));
            }
        }
        let drug = if has_cocaine { " cocaine" } else { "" };
        entries.extend(best.map(|(area, _)| format!("{} {area}{drug}", measure.id)));
    }
    // Events and their mass are one story.
    if entries.iter().any(|e| e.starts_with("seized-mass")) {
        entries.retain(|e| !e.starts_with("seizure-count"));
    }
    entries.truncate(MOST - 1);
    if !eye.cube.is_empty() {
        entries.insert(entries.len().min(1), "seizures cocaine".into());
    }
    entries
}

/// Where a measure is of many drugs and cocaine is one of them, it is the one shown.
fn is_cocaine(substance: &str) -> bool {
    substances().is_within(substance, "cocaine")
}

/// A series as an entry of `key` asks for it, of one definition where there are several, as the store stood
/// after an intake.
///
/// # Errors
/// Those of a question.
pub(crate) fn series(
    observatory: &mut Observatory,
    entry: &str,
    definition: Option<&str>,
    as_of: Option<i64>,
) -> Result<Option<KeySeries>, Problem> {
    let ask = Ask { as_of, ..asked(entry) };
    let answer = answer_and_keep(observatory, &ask.query()?)?;
    let dims = ["source", "area", "definition", "substance", "breakdown", "place", "unit"];
    let mut lines: BTreeMap<Vec<String>, Vec<&BTreeMap<String, Value>>> = BTreeMap::new();
    for row in answer.rows.iter().filter(|r| definition.is_none_or(|d| Answer::text(r, "definition") == d)) {
        lines.entry(dims.iter().map(|d| Answer::text(row, d)).collect()).or_default().push(row);
    }
    let value = ["value", "kg", "records"].into_iter().find(|c| answer.columns.iter().any(|k| k.id == *c)).unwrap_or("value");
    // The line with the newest value, of equals the one with most values, then the larger one.
    let weight = |rows: &[&BTreeMap<String, Value>]| {
        let known: Vec<_> = rows.iter().filter(|r| !Answer::text(r, value).is_empty()).collect();
        let sum: Decimal = known.iter().filter_map(|r| Decimal::parse(&Answer::text(r, value)).ok()).sum();
        (known.iter().map(|r| Answer::text(r, "year")).max(), known.len(), sum.0)
    };
    let best = lines.iter().rev().max_by_key(|(at, rows)| (at[4].is_empty(), at[5].is_empty(), weight(rows)));
    let Some((at, rows)) = best else { return Ok(None) };
    let named = |column: &str, code: &str| answer.labels.get(column).and_then(|l| l.get(code)).cloned().unwrap_or_else(|| Both::same(code));
    let area = if at[1].is_empty() { ask.area.first().cloned().unwrap_or_default() } else { at[1].clone() };
    let unit = match value {
        "value" => after_a_number(&at[6]),
        "kg" => Both::same("kg"),
        _ => Both::new("records", "registros"),
    };
    let place = if area.is_empty() {
        Both::new("All areas", "Todas las áreas")
    } else {
        label_of("area", &area).unwrap_or_else(|| Both::same(area.clone()))
    };
    let spot = &at[5];
    let place = if spot.is_empty() { place } else { Both::new(format!("{spot}, {}", place.en), format!("{spot}, {}", place.es)) };
    let points = points_of(rows, value);
    Ok(Some(KeySeries {
        ask: entry.into(),
        what: ask.what.clone(),
        substance: ask.substance.join(","),
        title: title(&ask, &at[3]),
        place,
        area,
        definition: named("definition", &at[2]),
        unit,
        points,
        rivals: lines.len() - 1,
        source: answer.sources.iter().find(|s| s.id == at[0]).or(answer.sources.first()).cloned(),
        label: answer.label.clone(),
        snapshot: answer.snapshot.clone(),
    }))
}

/// The rows of a line as points, oldest first.
fn points_of(rows: &[&BTreeMap<String, Value>], value: &str) -> Vec<KeyPoint> {
    let known = |row: &BTreeMap<String, Value>, column: &str| Some(Answer::text(row, column)).filter(|t| !t.is_empty());
    let (low, high) = if value == "kg" { ("kg_low", "kg_high") } else { ("low", "high") };
    let point = |row: &&BTreeMap<String, Value>| {
        let number = known(row, value);
        // Ends that are the value itself are no interval.
        let apart = |end: &str| known(row, end).filter(|e| Some(e) != number.as_ref());
        KeyPoint {
            period: Answer::text(row, "year"),
            low: apart(low),
            high: apart(high),
            unique: known(row, if value == "kg" { "kg_unique" } else { "events" }).filter(|u| Some(u) != number.as_ref()),
            value: number.clone(),
            missing: Answer::text(row, "missing"),
            status: Answer::text(row, "status"),
            figure: Answer::text(row, "figure"),
        }
    };
    let mut points: Vec<KeyPoint> = rows.iter().map(point).filter(|p| !p.period.is_empty()).collect();
    points.sort_by(|a, b| a.period.cmp(&b.period));
    points
}

/// What a series shows: the measure, and the substance where that is not said by it.
fn title(ask: &Ask, substance: &str) -> Both {
    let substance = ask.substance.first().map_or(substance, String::as_str);
    let drug = label_of("substance", substance);
    match (measures().get(&ask.what), drug) {
        (Some(m), Some(drug)) if !matches!(m.id, "coca-area" | "homicides" | "poppy-area") => {
            Both::new(format!("{}: {}", m.label_en, drug.en), format!("{}: {}", m.label_es, drug.es))
        }
        (Some(m), _) => m.both(),
        (None, Some(drug)) => Both::new(format!("Reported seizures: {}", drug.en), format!("Incautaciones informadas: {}", drug.es)),
        (None, None) => Both::new("Reported seizures", "Incautaciones informadas"),
    }
}

impl Say for KeyPage {
    fn say(&self, lang: Lang) -> String {
        let row = |s: &KeySeries| {
            let last = s.points.iter().rev().find(|p| p.value.is_some());
            let of = |f: &dyn Fn(&KeyPoint) -> String| last.map(f).unwrap_or_default();
            vec![
                s.ask.clone(),
                s.title.in_lang(lang).into(),
                s.place.in_lang(lang).into(),
                of(&|p| p.period.clone()),
                of(&|p| decimal(p.value.as_deref().unwrap_or(""), lang)),
                s.unit.in_lang(lang).into(),
                of(&|p| p.figure.clone()),
            ]
        };
        let heads: [&str; 7] = match lang {
            Lang::En => ["key", "what", "where", "year", "value", "unit", "figure"],
            Lang::Es => ["clave", "qué", "dónde", "año", "valor", "unidad", "cifra"],
        };
        let mut out = table(&heads, &self.series.iter().map(row).collect::<Vec<_>>());
        for problem in &self.problems {
            out += &format!("* {}\n", problem.say(lang));
        }
        out
    }
}

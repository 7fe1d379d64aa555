//! One number asked for in a text: the one row of an answer that fits, or why there is none.

use std::collections::BTreeMap;

use atalaya_kernel::measure::measures;
use atalaya_kernel::unit::units;
use atalaya_kernel::{Both, Decimal, Label, Lang, Period, Precision, Problem, both};
use atalaya_report::bulletin::{NumberAsk, Op, number};
use serde_json::Value;

use super::data::Shown;
use super::edition::{Cells, Refused};
use crate::answer::{Answer, SourceLine};
use crate::observatory::Observatory;
use crate::query::answer_and_keep;
use crate::verbs::Ask;

/// Dimensions along which rows may rival each other, and what a text says to choose.
const RIVALS: [&str; 12] =
    ["source", "definition", "breakdown", "substance", "area", "place", "year", "quarter", "month", "fiscal-year", "unit", "admin"];

/// A row, with what it takes to say it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The value; none if absent.
    pub value: Option<Decimal>,
    /// The value as published.
    pub exact: String,
    /// Its interval.
    pub interval: Option<(String, String)>,
    /// Which kind of absent.
    pub missing: String,
    /// The unit's id; empty for counts.
    pub unit: String,
    /// Its figure; none if nothing was reported.
    pub figure: Option<String>,
    /// What it is.
    pub question: Both,
    /// What it counts: `net area at 31 December`.
    pub definition: Both,
    /// The sources, by id.
    pub sources: Vec<String>,
}

/// Asks the store and remembers what was used.
pub(super) struct Asker<'a> {
    pub observatory: &'a mut Observatory,
    /// Sources used, by id.
    pub sources: BTreeMap<String, SourceLine>,
    /// Cells used, by figure.
    pub cells: Cells,
    /// What charts, maps and tables show.
    pub shown: Shown,
    /// What the answers want a reader to know.
    pub notes: Vec<Both>,
    /// Definitions used: what, definition.
    pub definitions: Vec<(Both, Both)>,
    /// What the audience may not see.
    pub refused: Vec<Refused>,
    /// Whether the audience may see a label.
    pub sees: Box<dyn Fn(&Label) -> bool>,
}

impl Asker<'_> {
    /// An answer, its figures kept, its sources and notes remembered.
    pub fn answer(&mut self, ask: &Ask, place: &str) -> Result<Answer, Problem> {
        let mut query = ask.query()?;
        query.what = if query.what.is_empty() { "seizures".into() } else { query.what };
        let answer = answer_and_keep(self.observatory, &query).map_err(|p| p.within(place))?;
        for source in &answer.sources {
            if !(self.sees)(&source.label) {
                let one = Refused { place: place.into(), question: answer.title.clone(), source: source.id.clone(), tlp: source.label.tlp };
                if !self.refused.contains(&one) {
                    self.refused.push(one);
                }
            }
        }
        if !answer.rows.is_empty() {
            for source in &answer.sources {
                let known = self.sources.entry(source.id.clone()).or_insert_with(|| source.clone());
                known.vintages.extend(source.vintages.iter().cloned());
                known.vintages.sort();
                known.vintages.dedup();
            }
            for note in &answer.notes {
                if !self.notes.contains(note) {
                    self.notes.push(note.clone());
                }
            }
        }
        Ok(answer)
    }

    /// The one row that fits a number's keys.
    pub fn one(&mut self, what: &str, keys: &BTreeMap<String, String>, place: &str) -> Result<Found, Problem> {
        let ask = ask_of(what, keys, place)?;
        let answer = self.answer(&ask, place)?;
        let rows: Vec<&BTreeMap<String, Value>> = answer
            .rows
            .iter()
            .filter(|r| ["definition", "breakdown", "place"].iter().all(|d| keys.get(*d).is_none_or(|want| says(&answer, r, d, want))))
            .collect();
        let nothing = BTreeMap::new();
        let row = match rows.as_slice() {
            [] => &nothing,
            [row] => row,
            many => return Err(rivals(&answer, many, place)),
        };
        let mut found = self.found(&answer, row, keys, &ask);
        if row.is_empty() {
            found.sources.clear();
        }
        Ok(found)
    }

    /// A row of an answer as a number that can be said.
    pub fn found(&mut self, answer: &Answer, row: &BTreeMap<String, Value>, keys: &BTreeMap<String, String>, ask: &Ask) -> Found {
        let records = is_records(&ask.what);
        let show = keys.get("show").map_or(if records { "records" } else { "value" }, String::as_str);
        let column = match show {
            "interval" => "value",
            other => other,
        };
        let exact = Answer::text(row, column);
        let missing = Answer::text(row, "missing");
        let (low, high) = if column == "kg" { ("kg_low", "kg_high") } else { ("low", "high") };
        let ends = (Answer::text(row, low), Answer::text(row, high));
        let unit = match column {
            "records" | "without_kg" | "events" => String::new(),
            "kg" | "kg_low" | "kg_high" | "kg_unique" => "kg".into(),
            _ => Some(Answer::text(row, "unit"))
                .filter(|u| !u.is_empty())
                .or_else(|| measures().get(&ask.what).map(|m| m.unit.to_string()))
                .unwrap_or_default(),
        };
        let figure = Some(Answer::text(row, "figure")).filter(|f| !f.is_empty());
        let definition = said(answer, row, "definition");
        let question = question(answer, row, ask, column);
        let sources = match Answer::text(row, "source") {
            source if !source.is_empty() => vec![source],
            _ => answer.sources.iter().map(|s| s.id.clone()).collect(),
        };
        if let Some(figure) = &figure {
            self.cells.add(figure, &question, &exact, &missing, &unit, &sources);
            let pair = (measures().get(&ask.what).map_or_else(|| answer.title.clone(), |m| m.both()), definition.clone());
            if !definition.en.is_empty() && !self.definitions.contains(&pair) {
                self.definitions.push(pair);
            }
        }
        Found {
            value: Decimal::parse(&exact).ok(),
            exact,
            interval: (!ends.0.is_empty() && !ends.1.is_empty()).then_some(ends),
            missing,
            unit,
            figure,
            question,
            definition,
            sources,
        }
    }
}

/// Whether a question is about records.
pub(super) fn is_records(what: &str) -> bool {
    matches!(what, "" | "seizures" | "records" | "purchases")
}

fn list(keys: &BTreeMap<String, String>, key: &str) -> Vec<String> {
    keys.get(key).map(|v| v.split(',').map(str::trim).filter(|v| !v.is_empty()).map(str::to_string).collect()).unwrap_or_default()
}

/// The question a number's keys ask.
pub(super) fn ask_of(what: &str, keys: &BTreeMap<String, String>, place: &str) -> Result<Ask, Problem> {
    let mut ask = Ask {
        what: what.into(),
        substance: list(keys, "substance"),
        area: list(keys, "area"),
        source: list(keys, "source"),
        without: list(keys, "without"),
        level: keys.get("level").cloned(),
        from: keys.get("from").cloned(),
        to: keys.get("to").cloned(),
        ..Ask::default()
    };
    for dim in ["year", "quarter", "month", "fiscal-year"] {
        let Some(text) = keys.get(dim) else { continue };
        let text = if dim == "fiscal-year" && !text.contains('/') { format!("{}/US", text.trim_start_matches("FY")) } else { text.clone() };
        if Period::parse(&text).is_none() {
            return Err(Problem::new(
                "bulletin-figure",
                place,
                both!("{dim}={text} is no period", "{dim}={text} no es un periodo"),
                Both::new("write year=2023, quarter=2023-Q2, month=2023-05", "escriba year=2023, quarter=2023-Q2, month=2023-05"),
            ));
        }
        ask.by.push(dim.into());
        (ask.from, ask.to) = (Some(text.clone()), Some(text));
    }
    // A source or place asked for is a coordinate of what is found.
    for dim in ["breakdown", "place"] {
        if keys.contains_key(dim) {
            ask.by.push(dim.into());
        }
    }
    Ok(ask)
}

/// The keys of one end of a change: the time goes where `from` and `to` stood.
pub(super) fn at_time(ask: &NumberAsk, end: &str) -> BTreeMap<String, String> {
    let mut keys = ask.keys.clone();
    let time = keys.get(end).cloned().unwrap_or_default();
    keys.remove("from");
    keys.remove("to");
    let dim = match Period::parse(&time).map(|p| p.precision) {
        Some(Precision::Quarter) => "quarter",
        Some(Precision::Month | Precision::Day) => "month",
        _ if time.contains('/') || time.starts_with("FY") => "fiscal-year",
        _ => "year",
    };
    keys.insert(dim.into(), time);
    keys
}

/// Whether a row's code, or what it means, is what is wanted.
pub(super) fn says(answer: &Answer, row: &BTreeMap<String, Value>, dim: &str, want: &str) -> bool {
    let code = Answer::text(row, dim);
    let label = said(answer, row, dim);
    let same = |text: &str| text.eq_ignore_ascii_case(want);
    same(&code) || same(&label.en) || same(&label.es)
}

/// What a row's code of a column means, in both languages.
pub(super) fn said(answer: &Answer, row: &BTreeMap<String, Value>, column: &str) -> Both {
    let code = Answer::text(row, column);
    answer.labels.get(column).and_then(|known| known.get(&code)).cloned().unwrap_or_else(|| Both::same(code))
}

fn rivals(answer: &Answer, rows: &[&BTreeMap<String, Value>], place: &str) -> Problem {
    let differs = |dim: &&&str| {
        let first = Answer::text(rows[0], dim);
        rows.iter().any(|r| Answer::text(r, dim) != first)
    };
    let dims: Vec<&str> = RIVALS.iter().filter(differs).copied().collect();
    let each = |row: &&BTreeMap<String, Value>, lang: Lang| {
        let at: Vec<String> = dims.iter().map(|d| format!("{d}={:?}", Answer::text(row, d))).collect();
        let value = ["value", "kg", "records"].iter().map(|c| Answer::text(row, c)).find(|t| !t.is_empty());
        let value = value.map_or_else(|| number::absent(&Answer::text(row, "missing"), lang).to_string(), |v| number::full(&v, lang));
        format!("{} ({value}, {})", at.join(" "), Answer::text(row, "figure"))
    };
    let all = |lang| {
        let shown: Vec<String> = rows.iter().take(6).map(|r| each(r, lang)).collect();
        let more = rows.len().saturating_sub(6);
        let tail = if more == 0 { String::new() } else { format!("; +{more}") };
        format!("{}{tail}", shown.join("; "))
    };
    let (n, en, es) = (rows.len(), all(Lang::En), all(Lang::Es));
    let choose = dims.join("=, ");
    let title = &answer.title;
    let (title_en, title_es) = (&title.en, &title.es);
    Problem::new(
        "rivals",
        place,
        Both::new(
            format!("{title_en}: {n} answers stand side by side: {en}"),
            format!("{title_es}: hay {n} respuestas, una junto a otra: {es}"),
        ),
        both!("choose one with {choose}=; figures are never averaged", "elija una con {choose}=; las cifras nunca se promedian"),
    )
}

/// What a cell is, in words: measure, places, time, substance, definition.
pub(super) fn question(answer: &Answer, row: &BTreeMap<String, Value>, ask: &Ask, column: &str) -> Both {
    let say = |lang: Lang| {
        let head = match measures().get(&ask.what) {
            Some(measure) => measure.label(lang).to_string(),
            None => records_head(&ask.what, column, lang),
        };
        let mut parts = vec![head];
        let mut push = |text: String| {
            if !text.is_empty() && !parts.contains(&text) {
                parts.push(text);
            }
        };
        match Answer::text(row, "substance") {
            code if !code.is_empty() && code != "coca-bush" => push(said(answer, row, "substance").in_lang(lang).to_string()),
            _ => push(named(&ask.substance, "substance", lang)),
        }
        match Answer::text(row, "area") {
            code if !code.is_empty() => push(said(answer, row, "area").in_lang(lang).to_string()),
            _ => push(named(&ask.area, "area", lang)),
        }
        for dim in ["place", "breakdown", "admin", "departure", "destination", "producing", "transport"] {
            push(said(answer, row, dim).in_lang(lang).to_string());
        }
        let time = ["year", "quarter", "month", "fiscal-year"].iter().map(|d| Answer::text(row, d)).find(|t| !t.is_empty());
        push(time.unwrap_or_else(|| span(ask)));
        push(said(answer, row, "definition").in_lang(lang).to_string());
        parts.join(", ")
    };
    Both::new(say(Lang::En), say(Lang::Es))
}

fn records_head(what: &str, column: &str, lang: Lang) -> String {
    let both = match (what, column) {
        ("purchases", _) => Both::new("Purchases", "Compras"),
        (_, "kg") => Both::new("Mass of reported seizures", "Masa de las incautaciones informadas"),
        (_, "events") => Both::new("Seizures, each event once", "Incautaciones, cada hecho una vez"),
        (_, "kg_unique") => Both::new("Mass of seizures, each event once", "Masa de las incautaciones, cada hecho una vez"),
        (_, "without_kg") => Both::new("Reported seizures without a mass", "Incautaciones informadas sin masa"),
        _ => Both::new("Reported seizures", "Incautaciones informadas"),
    };
    both.in_lang(lang).into()
}

/// The time of a question without a time of its own.
fn span(ask: &Ask) -> String {
    match (&ask.from, &ask.to) {
        (Some(from), Some(to)) if from == to => from.clone(),
        (Some(from), Some(to)) => format!("{from}–{to}"),
        (Some(from), None) => format!("{from}–"),
        (None, Some(to)) => format!("–{to}"),
        (None, None) => String::new(),
    }
}

/// Codes by their names.
pub(super) fn named(codes: &[String], field: &str, lang: Lang) -> String {
    let name = |code: &String| {
        let resolved = match field {
            "area" => atalaya_kernel::area::areas().resolve(code, None, None).ok().map(|r| r.area.both()),
            _ => None,
        };
        resolved.or_else(|| crate::query::label_of(field, code)).map_or_else(|| code.clone(), |b| b.in_lang(lang).to_string())
    };
    codes.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// The name of a unit, many of it.
pub(super) fn unit_name(id: &str, lang: Lang) -> String {
    let special = match id {
        "ha" => Some(("hectares", "hectáreas")),
        "kg" => Some(("kilograms", "kilogramos")),
        "t" => Some(("tonnes", "toneladas")),
        "percent" => Some(("percent", "porcentaje")),
        "count" => Some(("number", "número")),
        "" => Some(("records", "registros")),
        _ => None,
    };
    match special {
        Some((en, es)) => Both::new(en, es).in_lang(lang).to_string(),
        None => units().get(id).map_or_else(|| id.to_string(), |u| u.label(lang).to_string()),
    }
}

/// Whether an ask computes from two answers.
pub(super) fn is_derived(ask: &NumberAsk) -> bool {
    ask.op != Op::Value
}

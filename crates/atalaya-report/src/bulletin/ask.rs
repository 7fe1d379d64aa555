//! What a text asks of the store: numbers in sentences, and the directives in fenced blocks.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Problem, both};
use serde::Deserialize;

/// An ask, and the line it stands in.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The line, from 1.
    pub line: usize,
    /// What is asked.
    pub ask: Ask,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// A number.
    Number(NumberAsk),
    /// The strip of key figures.
    Keys(Vec<KeyAsk>),
    /// A chart.
    Chart(PictureAsk),
    /// A map.
    Map(PictureAsk),
    /// A table.
    Table(PictureAsk),
    /// The sources used.
    Sources,
    /// How the numbers were made.
    Methods,
    /// What to keep in mind.
    Caveats,
}

/// What is done with the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    /// The number itself.
    Value,
    /// Percent from one time to another, on the first.
    Change,
    /// One time less another.
    Difference,
    /// Percent of a whole.
    Share,
}

/// A number asked for in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NumberAsk {
    /// What is done.
    pub op: Op,
    /// `seizures` or a measure.
    pub what: String,
    /// What it is asked with.
    pub keys: BTreeMap<String, String>,
}

/// A figure of the strip.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyAsk {
    /// What it is, in words.
    pub label: String,
    /// The number.
    pub value: NumberAsk,
    /// Words under it: texts and numbers.
    pub note: Vec<Piece>,
}

/// A piece of a short text.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Words.
    Text(String),
    /// A number.
    Number(NumberAsk),
}

/// A chart, map or table.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PictureAsk {
    /// Its title; else that of the answer.
    pub title: String,
    /// A line under it.
    pub caption: String,
    /// `seizures` or a measure.
    pub what: String,
    /// Substances.
    pub substance: Vec<String>,
    /// Areas.
    pub area: Vec<String>,
    /// Sources.
    pub source: Vec<String>,
    /// Rows of one definition only.
    pub definition: String,
    /// Rows of one breakdown only.
    pub breakdown: String,
    /// Broken down by.
    pub by: Vec<String>,
    /// From this period on.
    pub from: String,
    /// Up to and with this period.
    pub to: String,
    /// The level of areas.
    pub level: String,
    /// Flags left out.
    pub without: Vec<String>,
    /// `records`, `kg` for seizures.
    pub show: String,
    /// Chart: `lines`, `bars`.
    pub kind: String,
    /// Table: the dimension along the top.
    pub across: String,
    /// Digits behind the decimal sign.
    pub digits: Option<u32>,
    /// Map: the year drawn.
    pub year: String,
    /// Map: the part of the world.
    pub within: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysText {
    figure: Vec<KeyText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    label: String,
    value: String,
    #[serde(default)]
    note: String,
}

/// The keys of a number.
pub const NUMBER_KEYS: [&str; 22] = [
    "area",
    "substance",
    "source",
    "definition",
    "breakdown",
    "place",
    "level",
    "without",
    "year",
    "quarter",
    "month",
    "fiscal-year",
    "from",
    "to",
    "show",
    "in",
    "digits",
    "unit",
    "base",
    "of-area",
    "of-substance",
    "of-source",
];

/// The fenced blocks that are directives.
pub const DIRECTIVES: [&str; 7] = ["figures", "chart", "map", "table", "sources", "methods", "caveats"];

/// The ask of a code span `{{ ... }}`; `None` if it is just code.
///
/// # Errors
/// `bulletin-figure`.
pub fn of_span(text: &str, place: &str) -> Option<Result<NumberAsk, Problem>> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    Some(number(inner, place))
}

/// `change coca-area area=PE from=2022 to=2023`.
pub(super) fn number(text: &str, place: &str) -> Result<NumberAsk, Problem> {
    let refuse = |found: Both, todo: Both| Problem::new("bulletin-figure", place, found, todo);
    let mut words = words(text).into_iter().peekable();
    let op = match words.peek().map(String::as_str) {
        Some("change") => Op::Change,
        Some("difference") => Op::Difference,
        Some("share") => Op::Share,
        _ => Op::Value,
    };
    if op != Op::Value {
        words.next();
    }
    let example = || {
        Both::new(
            "write for example {{ coca-area area=PE year=2023 source=devida-coca }}",
            "escriba por ejemplo {{ coca-area area=PE year=2023 source=devida-coca }}",
        )
    };
    let Some(what) = words.next().filter(|w| !w.contains('=')) else {
        return Err(refuse(Both::new("it does not say what is asked for", "no dice qué se pide"), example()));
    };
    let mut keys = BTreeMap::new();
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            return Err(refuse(both!("{word:?} is not key=value", "{word:?} no es clave=valor"), example()));
        };
        if !NUMBER_KEYS.contains(&key) {
            let known = NUMBER_KEYS.join(", ");
            return Err(refuse(
                both!("there is no key {key:?}", "no existe la clave {key:?}"),
                both!("known: {known}", "se conocen: {known}"),
            ));
        }
        if keys.insert(key.to_string(), value.to_string()).is_some() {
            return Err(refuse(both!("{key} is given twice", "{key} está dos veces"), example()));
        }
    }
    let needs: &[&str] = match op {
        Op::Change | Op::Difference => &["from", "to"],
        Op::Share | Op::Value => &[],
    };
    if let Some(key) = needs.iter().find(|k| !keys.contains_key(**k)) {
        let todo = both!("add {key}=PERIOD", "agregue {key}=PERIODO");
        return Err(refuse(both!("{key}= is missing", "falta {key}="), todo));
    }
    if op == Op::Share && !keys.keys().any(|k| k.starts_with("of-")) {
        let todo = Both::new(
            "say of what it is a share: of-area=PE,CO,BO, of-substance=cocaine or of-source=ID",
            "diga de qué es una parte: of-area=PE,CO,BO, of-substance=cocaine u of-source=ID",
        );
        return Err(refuse(Both::new("a share of nothing named", "una parte de algo que no se nombra"), todo));
    }
    Ok(NumberAsk { op, what, keys })
}

/// Words parted by blanks; double quotes hold one together.
fn words(text: &str) -> Vec<String> {
    let (mut out, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for c in text.chars() {
        match c {
            '"' | '“' | '”' => (quoted, any) = (!quoted, true),
            c if c.is_whitespace() && !quoted => {
                if any || !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                    any = false;
                }
            }
            c => word.push(c),
        }
    }
    if any || !word.is_empty() {
        out.push(word);
    }
    out
}

/// The ask of a fenced block; `None` if its word is no directive.
///
/// # Errors
/// `bulletin-block`.
pub fn of_fence(word: &str, body: &str, file: &str, line: usize) -> Result<Option<Ask>, Problem> {
    let picture = || parse::<PictureAsk>(body, word, file, line);
    Ok(Some(match word {
        "figures" => Ask::Keys(keys(body, file, line)?),
        "chart" => Ask::Chart(picture()?),
        "map" => Ask::Map(picture()?),
        "table" => Ask::Table(picture()?),
        "sources" => Ask::Sources,
        "methods" => Ask::Methods,
        "caveats" => Ask::Caveats,
        _ => return Ok(None),
    }))
}

fn keys(body: &str, file: &str, line: usize) -> Result<Vec<KeyAsk>, Problem> {
    let place = format!("{file} line {line}");
    let read: KeysText = parse(body, "figures", file, line)?;
    let one = |text: KeyText| {
        let value = number(text.value.trim().trim_start_matches("{{").trim_end_matches("}}"), &place)?;
        Ok(KeyAsk { label: text.label, value, note: pieces(&text.note, &place)? })
    };
    read.figure.into_iter().map(one).collect()
}

/// A short text with `{{ ... }}` in it.
pub(super) fn pieces(text: &str, place: &str) -> Result<Vec<Piece>, Problem> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inner, tail)) = after.split_once("}}") else { break };
        if !before.is_empty() {
            out.push(Piece::Text(before.into()));
        }
        out.push(Piece::Number(number(inner, place)?));
        rest = tail;
    }
    if !rest.is_empty() {
        out.push(Piece::Text(rest.into()));
    }
    Ok(out)
}

fn parse<T: serde::de::DeserializeOwned>(body: &str, word: &str, file: &str, line: usize) -> Result<T, Problem> {
    toml::from_str(body).map_err(|e| {
        let at = line + 1 + e.span().map_or(0, |s| body[..s.start.min(body.len())].matches('\n').count());
        let message = e.message().to_string();
        Problem::new(
            "bulletin-block",
            format!("{file} line {at}"),
            both!("in the block `{word}`: {message}", "en el bloque `{word}`: {message}"),
            Both::new("docs/bulletins.md lists what a block may say", "docs/bulletins.md enumera lo que puede decir un bloque"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_asks_in_key_and_value() {
        let ask = of_span("{{ change coca-area area=PE from=2022 to=2023 definition=\"net area\" }}", "x").unwrap().unwrap();
        assert_eq!((ask.op, ask.what.as_str(), ask.keys["definition"].as_str()), (Op::Change, "coca-area", "net area"));
        assert!(of_span("atalaya verify", "x").is_none());
    }

    #[test]
    fn what_cannot_be_asked_is_said_with_what_to_do() {
        for (text, found) in [
            ("{{ }}", "it does not say what is asked for"),
            ("{{ coca-area aera=PE }}", "there is no key \"aera\""),
            ("{{ coca-area PE }}", "\"PE\" is not key=value"),
            ("{{ change coca-area area=PE from=2022 }}", "to= is missing"),
            ("{{ share coca-area area=PE year=2022 }}", "a share of nothing named"),
            ("{{ coca-area area=PE area=CO }}", "area is given twice"),
        ] {
            let problem = of_span(text, "es.md line 3").unwrap().unwrap_err();
            assert_eq!((problem.found.en.as_str(), problem.place.as_str()), (found, "es.md line 3"));
            assert!(!problem.todo.es.is_empty());
        }
    }

    #[test]
    fn a_fault_in_a_block_names_its_line() {
        let problem = of_fence("chart", "what = \"coca-area\"\nwat = 1\n", "en.md", 10).unwrap_err();
        assert_eq!(problem.place, "en.md line 12");
        assert!(of_fence("rust", "", "en.md", 1).unwrap().is_none());
    }
}

//! What the cells of one column tell about it.

use std::collections::{BTreeMap, HashMap};

use atalaya_kernel::Precision;
use atalaya_kernel::unit::Unit;
use foldhash::fast::FixedState;

use super::words::{Word, read_name};
use crate::map::{DateEvidence, NumberEvidence, month_number, parse_date, plain_number};
use crate::recipe::{DateStyle, NumberStyle};

/// Distinct texts remembered of a column.
const MAX_DISTINCT: usize = 2_000;
/// Texts among numbers remembered.
const MAX_ODD: usize = 24;
/// Texts that say "not known" and nothing else.
const NOT_KNOWN: [&str; 17] = [
    "n/a",
    "na",
    "n.a.",
    "nd",
    "n.d.",
    "n/d",
    "s/d",
    "s.d.",
    "sd",
    "s/i",
    "sin dato",
    "sin datos",
    "no disponible",
    "not available",
    "not known",
    "unknown",
    "null",
];
/// Longest text remembered, in characters.
const MAX_TEXT: usize = 200;

/// How the dates of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Written {
    /// `2016-01-31`
    Iso,
    /// `2016-01`
    IsoMonth,
    /// `2016`
    Year,
    /// `2016 p`, `2025 (FYTD)`
    YearAndText,
    /// `31/01/2016`, `3 de enero de 2016`
    Ordered,
    /// `31/01/16`
    ShortYear,
    /// `42461`
    Serial,
    /// `enero`, `1`
    Month,
}

/// A column, its name read and its cells counted.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Its position.
    pub at: usize,
    /// Its name as it stands.
    pub name: String,
    /// What the name says.
    pub word: Option<Word>,
    /// What a person said it is.
    pub said: Option<&'static str>,
    /// A person's reason to leave it unread.
    pub why: String,
    /// The unit in the name.
    pub unit: Option<&'static Unit>,
    /// Cells that hold something.
    pub filled: u64,
    /// Cells that do not.
    pub blank: u64,
    /// Cells that are numbers, sure or ambiguous.
    pub numeric: u64,
    /// Texts where others are numbers, each once.
    pub odd: Vec<String>,
    /// Cells that say "not known".
    pub absent: u64,
    /// `1.234` and `1,234`.
    pub ambiguous: u64,
    /// What the numbers prove.
    pub numbers: NumberEvidence,
    /// Whether any number has a point or comma.
    pub separators: bool,
    /// Cells a way of writing dates.
    pub dates: BTreeMap<Written, u64>,
    /// What the dates prove.
    pub order: DateEvidence,
    /// Dates that may be read two ways.
    pub ambiguous_dates: u64,
    /// First and last year seen.
    pub years: Option<(i32, i32)>,
    /// Cells of digits only, by how many.
    pub widths: BTreeMap<usize, u64>,
    /// Whether more distinct texts stood there than are remembered.
    pub overflow: bool,
    texts: Vec<(String, u64)>,
    index: HashMap<String, usize, FixedState>,
}

impl Column {
    /// A column before its first cell.
    pub(super) fn new(at: usize, name: &str) -> Column {
        let (unit, word) = read_name(name);
        Column {
            at,
            name: name.into(),
            word,
            said: None,
            why: String::new(),
            unit,
            filled: 0,
            blank: 0,
            numeric: 0,
            odd: Vec::new(),
            absent: 0,
            ambiguous: 0,
            numbers: NumberEvidence::default(),
            separators: false,
            dates: BTreeMap::new(),
            order: DateEvidence::default(),
            ambiguous_dates: 0,
            years: None,
            widths: BTreeMap::new(),
            overflow: false,
            texts: Vec::new(),
            index: HashMap::default(),
        }
    }

    /// Counts a cell.
    pub(super) fn see(&mut self, cell: &str) {
        let text = cell.trim();
        if text.is_empty() {
            self.blank += 1;
            return;
        }
        self.filled += 1;
        self.remember(text);
        match plain_number(text, NumberStyle::Column, None) {
            Ok(_) => self.numeric += 1,
            Err("ambiguous-number") => {
                self.numeric += 1;
                self.ambiguous += 1;
            }
            Err(_) => self.see_text(text),
        }
        if text.contains(['.', ',']) && text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | ',')) {
            self.separators = true;
            self.numbers.see(text);
        }
        if text.len() < 20 && text.bytes().all(|b| b.is_ascii_digit()) {
            *self.widths.entry(text.len()).or_default() += 1;
        }
        self.see_date(text);
    }

    fn remember(&mut self, text: &str) {
        let short: String = if text.len() > MAX_TEXT { text.chars().take(MAX_TEXT).collect() } else { text.into() };
        if let Some(at) = self.index.get(&short) {
            self.texts[*at].1 += 1;
        } else if self.texts.len() < MAX_DISTINCT {
            self.index.insert(short.clone(), self.texts.len());
            self.texts.push((short, 1));
        } else {
            self.overflow = true;
        }
    }

    fn see_text(&mut self, text: &str) {
        self.absent += u64::from(is_not_known(text));
        if self.odd.len() < MAX_ODD && text.len() <= MAX_TEXT && !self.odd.iter().any(|o| o == text) {
            self.odd.push(text.into());
        }
    }

    fn see_date(&mut self, text: &str) {
        if text.len() > 40 {
            return;
        }
        let written = self.how_written(text);
        if let Some(written) = written {
            *self.dates.entry(written).or_default() += 1;
        }
    }

    fn how_written(&mut self, text: &str) -> Option<Written> {
        if let Ok((day, precision)) = parse_date(text, DateStyle::Iso, None, "", None) {
            let year = atalaya_kernel::Date(day).ymd().0;
            let plausible = (1900..=2100).contains(&year);
            return match precision {
                _ if !plausible => None,
                Precision::Day => self.in_year(year, Written::Iso),
                Precision::Month | Precision::Quarter => self.in_year(year, Written::IsoMonth),
                Precision::Year => self.in_year(year, Written::Year),
                Precision::FiscalYear => None,
            };
        }
        if text.bytes().all(|b| b.is_ascii_digit()) {
            let number: u32 = text.parse().ok()?;
            return match number {
                1..=12 => Some(Written::Month),
                // 1970 to 2064.
                25_569..=60_000 if text.len() == 5 => Some(Written::Serial),
                _ => None,
            };
        }
        self.order.see(text);
        match parse_date(text, DateStyle::Column, None, "", None) {
            Ok((day, _)) => return self.in_year(atalaya_kernel::Date(day).ymd().0, Written::Ordered),
            Err("ambiguous-date") => {
                self.ambiguous_dates += 1;
                let year = text.split(['/', '-', '.', ' ', 'T']).find(|p| p.len() == 4).and_then(|y| y.parse().ok())?;
                return self.in_year(year, Written::Ordered);
            }
            Err(_) => {}
        }
        if is_short_year(text) {
            return Some(Written::ShortYear);
        }
        if let Ok((day, _)) = parse_date(text, DateStyle::Year, None, "", None) {
            let year = atalaya_kernel::Date(day).ymd().0;
            return if (1900..=2100).contains(&year) && text.len() < 16 { self.in_year(year, Written::YearAndText) } else { None };
        }
        month_number(text).filter(|_| text.len() < 14).map(|_| Written::Month)
    }

    fn in_year(&mut self, year: i32, written: Written) -> Option<Written> {
        let (first, last) = self.years.unwrap_or((year, year));
        self.years = Some((first.min(year), last.max(year)));
        Some(written)
    }

    /// The distinct texts, in the order they came, with how often.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.texts.iter().map(|(text, n)| (text.as_str(), *n))
    }

    /// How many distinct texts.
    pub(super) fn distinct(&self) -> usize {
        self.texts.len()
    }

    /// Three texts to show.
    pub(super) fn examples(&self) -> Vec<String> {
        self.texts.iter().take(3).map(|(text, _)| atalaya_kernel::both::shown(&text.chars().take(60).collect::<String>())).collect()
    }

    /// The share of cells that are numbers, of those that are not said to be absent.
    pub(super) fn number_share(&self) -> f64 {
        share(self.numeric, self.filled - self.absent)
    }

    /// The share of filled cells written in one of these ways.
    pub(super) fn date_share(&self, ways: &[Written]) -> f64 {
        share(ways.iter().filter_map(|w| self.dates.get(w)).sum(), self.filled)
    }

    /// The text of every filled cell, if it is always the same and stands in every row.
    pub(super) fn constant(&self) -> Option<&str> {
        (self.texts.len() == 1 && self.blank == 0 && self.filled > 1).then(|| self.texts[0].0.as_str())
    }
}

fn share(part: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

/// Whether a text says "not known" and nothing else.
pub(super) fn is_not_known(text: &str) -> bool {
    text.len() < 16 && NOT_KNOWN.contains(&text.to_lowercase().as_str())
}

/// `31/01/16`.
fn is_short_year(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    parts.len() == 3 && parts.iter().all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
}

//! One cell to its code: each distinct text of a column is looked up once and remembered.

use std::collections::HashMap;

use atalaya_kernel::area::{AreaError, Level, Scheme, Scope, areas, is_no_area};
use atalaya_kernel::record::Terms;
use atalaya_kernel::substance::substances;
use atalaya_kernel::unit::{conversion, units};
use atalaya_kernel::{Date, Decimal, Missing, rule};
use foldhash::fast::FixedState;

use super::Rulings;
use super::dates::parse_date;
use super::fit::Fitted;
use super::numbers::{has_leading_zero, plain_number};
use crate::recipe::{DateStyle, Field, Layout, NumberStyle};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A place with a code.
    Area,
    /// A substance of the register.
    Substance,
    /// A unit.
    Unit,
    /// A number.
    Number,
    /// A period.
    Date,
    /// Text as written.
    Text,
}

impl Target {
    /// What a recipe's field holds.
    pub fn of(field: &str) -> Target {
        match field {
            "area" | "producing" | "departure" | "destination" | "parent" => Target::Area,
            "substance" => Target::Substance,
            "unit" => Target::Unit,
            "amount" | "price" | "purity" => Target::Number,
            "date" | "period" => Target::Date,
            _ => Target::Text,
        }
    }
}

/// What a text came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Mapped {
    /// A code (0 if absent), the text as written, flags, a weight where it has one.
    Code {
        /// The term.
        code: u32,
        /// The text as written.
        reported: u32,
        /// Flag rules met.
        flags: u32,
        /// Amount, or kilograms a unit.
        weight: f64,
    },
    /// A period.
    Day {
        /// First day.
        day: i32,
        /// How finely it is known.
        precision: u8,
        /// Flag rules met.
        flags: u32,
    },
    /// Not there, and why.
    Absent(Missing),
    /// A rule holds the row.
    Bad {
        /// The rule.
        rule: &'static str,
        /// What else helps.
        detail: String,
    },
}

/// A field of a layout, ready to read rows.
pub struct Mapper {
    /// The field's name.
    pub name: String,
    /// Its column, if it has one.
    pub column: Option<usize>,
    /// The column it is read together with, if there is one.
    pub beside: Option<usize>,
    /// How it is read.
    pub spec: Field,
    /// The text of a field that has no column.
    pub constant: Vec<u8>,
    /// What it holds.
    pub target: Target,
    /// What the column's cells came to so far.
    pub memo: Memo,
}

/// What the texts of a column came to, and what the column proves about itself.
pub struct Memo {
    name: String,
    target: Target,
    /// What the column's cells prove about numbers.
    pub numbers: Option<NumberStyle>,
    /// What the column's cells prove about dates.
    pub dates: Option<DateStyle>,
    /// What was looked up, and the text of the last one: neighbouring rows mostly repeat.
    outcomes: Vec<Mapped>,
    cache: HashMap<Box<[u8]>, usize, FixedState>,
    last: Option<(Vec<u8>, usize)>,
}

impl Mapper {
    /// A mapper for a field of a part.
    pub fn new(name: &str, spec: &Field, part: &Fitted) -> Mapper {
        let column = spec.from.iter().find_map(|c| part.column(c));
        let beside = spec.beside().and_then(|c| part.column(c));
        let target = Target::of(name);
        let memo =
            Memo { name: name.into(), target, numbers: None, dates: None, outcomes: Vec::new(), cache: HashMap::default(), last: None };
        let constant = spec.value.clone().unwrap_or_default().into_bytes();
        Mapper { name: name.into(), column, beside, spec: spec.clone(), constant, target, memo }
    }
}

impl Memo {
    /// The outcome for a cell and the one beside it (empty where none matters).
    pub fn map(&mut self, spec: &Field, cell: &[u8], beside: &[u8], terms: &mut Terms, rulings: &Rulings) -> &Mapped {
        let both;
        let key = if beside.is_empty() {
            cell
        } else {
            both = [cell, b"\x1f", beside].concat();
            both.as_slice()
        };
        let at = match self.last.as_ref().filter(|(text, _)| text == key) {
            Some((_, at)) => *at,
            None => self.find(spec, key, (cell, beside), terms, rulings),
        };
        &self.outcomes[at]
    }

    /// Where the outcome of a key stands, looked up if it is new.
    fn find(&mut self, spec: &Field, key: &[u8], (cell, beside): (&[u8], &[u8]), terms: &mut Terms, rulings: &Rulings) -> usize {
        let at = self.cache.get(key).copied().unwrap_or_else(|| {
            let text = String::from_utf8_lossy(cell);
            let mapped = self.look_up(spec, &text, &String::from_utf8_lossy(beside), terms, rulings);
            // A column of all-different texts must not fill the memory.
            if self.cache.len() > 1 << 18 {
                self.cache.clear();
                self.outcomes.clear();
            }
            self.outcomes.push(mapped);
            self.cache.insert(key.into(), self.outcomes.len() - 1);
            self.outcomes.len() - 1
        });
        let (text, last) = self.last.get_or_insert_default();
        text.clear();
        text.extend_from_slice(key);
        *last = at;
        at
    }

    /// The outcome for a text, with the text beside it where the field needs one.
    pub fn look_up(&self, spec: &Field, cell: &str, beside: &str, terms: &mut Terms, rulings: &Rulings) -> Mapped {
        let mut text = cell.trim();
        if !spec.strip.is_empty() {
            text = text.trim_end_matches(|c| spec.strip.contains(c)).trim_end();
        }
        let ruled = rulings.map.get(&(self.name.clone(), cell.trim().to_string()));
        let mapped = ruled.or_else(|| spec.map.get(text));
        let text = mapped.map_or(text, String::as_str);
        if let Some(missing) = spec.missing(text) {
            return Mapped::Absent(missing);
        }
        if mapped.is_none() && spec.hold.iter().any(|t| t == text) {
            return self.doubted(spec, text, beside);
        }
        let flags = if ruled.is_some() { mask("decided") } else { 0 };
        let mapped = match self.target {
            Target::Area => area(spec, (text, mapped.is_some()), cell, beside, terms),
            Target::Substance => substance(text, cell, terms),
            Target::Unit => unit(text, cell, terms),
            Target::Number => self.number(spec, text, cell, terms),
            Target::Date => self.date(spec, text, cell, beside),
            Target::Text => Mapped::Code { code: terms.code(text), reported: 0, flags: 0, weight: 0.0 },
        };
        with_flags(mapped, flags)
    }

    /// A text that the recipe wants a person to decide on.
    fn doubted(&self, spec: &Field, text: &str, beside: &str) -> Mapped {
        let rule = match self.target {
            Target::Area => "unknown-area",
            Target::Substance => "unknown-substance",
            Target::Unit => "unknown-unit",
            Target::Date => "bad-date",
            Target::Number | Target::Text => "bad-number",
        };
        Mapped::Bad { rule, detail: cut_short(text, spec.scheme_for(beside)).unwrap_or_default() }
    }

    fn number(&self, spec: &Field, text: &str, cell: &str, terms: &mut Terms) -> Mapped {
        match plain_number(text, spec.number, self.numbers) {
            Err(rule) => Mapped::Bad { rule, detail: String::new() },
            Ok(plain) => {
                let value = Decimal::parse(&plain).unwrap_or_default();
                if value < Decimal::ZERO && self.name == "amount" {
                    return Mapped::Bad { rule: "negative-amount", detail: String::new() };
                }
                let flags = if has_leading_zero(cell) { mask("leading-zero-number") } else { 0 };
                Mapped::Code { code: terms.code(&plain), reported: 0, flags, weight: value.to_f64() }
            }
        }
    }

    fn date(&self, spec: &Field, text: &str, cell: &str, month: &str) -> Mapped {
        match parse_date(text, spec.dates, self.dates, month, spec.assume_year) {
            Err(rule) => Mapped::Bad { rule, detail: month.to_string() },
            Ok((day, precision)) => {
                let mut flags = if spec.assume_year.is_some() { mask("assumed-year") } else { 0 };
                if spec.provisional.as_deref().is_some_and(|p| cell.contains(p)) {
                    flags |= mask("provisional");
                }
                Mapped::Day { day, precision: precision.code(), flags }
            }
        }
    }
}

/// The mask of a flag rule.
pub fn mask(id: &str) -> u32 {
    rule::rule(id).map_or(0, rule::Rule::mask)
}

/// The calendar year of a day.
pub fn year_of(day: i32) -> i32 {
    Date(day).ymd().0
}

fn with_flags(mapped: Mapped, more: u32) -> Mapped {
    match mapped {
        Mapped::Code { code, reported, flags, weight } => Mapped::Code { code, reported, flags: flags | more, weight },
        Mapped::Day { day, precision, flags } => Mapped::Day { day, precision, flags: flags | more },
        other => other,
    }
}

/// A place. What a map gives is a canonical code; what a file gives is a code or name of the
/// field's list, in the field's country: `CO` is Colombia, and Colorado in a list of states.
fn area(spec: &Field, (text, is_mapped): (&str, bool), cell: &str, beside: &str, terms: &mut Terms) -> Mapped {
    if is_no_area(text) {
        return Mapped::Absent(Missing::NotKnown);
    }
    let mut code = match spec.pad {
        Some(width) if !is_mapped && text.bytes().all(|b| b.is_ascii_digit()) => format!("{text:0>width$}"),
        _ => text.to_string(),
    };
    if let Some(first) = spec.first.filter(|_| !is_mapped) {
        code = code.chars().take(first).collect();
    }
    let scheme = spec.scheme_for(beside);
    let inside = |code: &str| spec.within.as_deref().is_none_or(|w| areas().is_within(code, w));
    let found = match areas().get(&code).filter(|a| is_mapped || scheme.is_none() && inside(a.code)) {
        Some(area) => Ok(area),
        None => match scheme {
            Some(scheme @ (Scheme::Ubigeo | Scheme::Divipola)) if code.bytes().all(|b| b.is_ascii_digit()) => {
                areas().resolve_code(scheme, &code)
            }
            _ => areas().find(&code, Scope { scheme, within: spec.within.as_deref(), level: None }, None).map(|r| r.area),
        },
    };
    match found {
        Ok(area) => Mapped::Code { code: terms.code(area.code), reported: terms.code(cell.trim()), flags: 0, weight: 0.0 },
        Err(AreaError::Unknown { nearest: Some(nearest), .. }) => {
            Mapped::Bad { rule: "unknown-area", detail: format!("≈ {} ({})", nearest.code, nearest.name_en) }
        }
        Err(e) => Mapped::Bad { rule: "unknown-area", detail: cut_short(&code, scheme).unwrap_or_else(|| e.to_string()) },
    }
}

/// A country code that lost its second letter: the ones it may have been.
fn cut_short(text: &str, scheme: Option<Scheme>) -> Option<String> {
    scheme.filter(|_| text.len() == 1 && text.bytes().all(|b| b.is_ascii_uppercase()))?;
    let begun = areas().iter().filter(|a| a.level == Level::Country && a.scheme == Scheme::Iso3166_1 && a.code.starts_with(text));
    let codes: Vec<&str> = begun.map(|a| a.code).collect();
    (!codes.is_empty()).then(|| format!("{text}_ → {}", codes.join(", ")))
}

/// The columns in which the publisher writes notes to a row.
pub fn note_columns(layout: &Layout, part: &Fitted) -> Vec<usize> {
    layout.fields.get("footnote").into_iter().flat_map(|f| &f.from).filter_map(|c| part.column(c)).collect()
}

fn substance(text: &str, cell: &str, terms: &mut Terms) -> Mapped {
    let by_id = substances().get(text).map(|s| (s.id, false));
    let Some((id, subtotal)) = by_id.or_else(|| substances().resolve(text).map(|m| (m.substance.id, m.subtotal))) else {
        return Mapped::Bad { rule: "unknown-substance", detail: String::new() };
    };
    let mut flags = if subtotal { mask("subtotal") } else { 0 };
    if id == "unidentified" {
        flags |= mask("substance-not-identified");
    }
    Mapped::Code { code: terms.code(id), reported: terms.code(cell.trim()), flags, weight: 0.0 }
}

fn unit(text: &str, cell: &str, terms: &mut Terms) -> Mapped {
    let by_id = units().get(text).map(|u| u.id);
    let Some(id) = by_id.or_else(|| units().resolve(text).map(|u| u.id)) else {
        return Mapped::Bad { rule: "unknown-unit", detail: String::new() };
    };
    let per_unit = conversion(id, "").and_then(|c| c.best.parse().ok()).unwrap_or(0.0);
    Mapped::Code { code: terms.code(id), reported: terms.code(cell.trim()), flags: 0, weight: per_unit }
}

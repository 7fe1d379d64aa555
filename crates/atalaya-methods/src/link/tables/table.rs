//! Tables whose texts are kept once: a column is a code per row and a text per code.
//!
//! Two tables that are to be linked are stacked into one, so that one text has one code on both
//! sides; the first row of the second is the [`Table::split`].

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// The code of an absent value.
pub const ABSENT: u32 = u32::MAX;

/// Texts one after another, found by their code.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a code below [`Texts::len`].
    pub fn get(&self, code: u32) -> &str {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.text[start..self.ends[code]]
    }

    /// All of them, in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|code| self.get(code))
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }
}

/// A column: a code for each row, the texts the codes stand for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// For each row the code of its text, or [`ABSENT`].
    pub codes: Vec<u32>,
    /// The texts, in the order in which they first came.
    pub texts: Texts,
}

/// Rows and columns; perhaps two tables stacked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// The columns, all of one length.
    pub columns: Vec<Column>,
    /// Number of rows.
    pub rows: usize,
    /// First row of the second table; `None` when duplicates are sought within one.
    pub split: Option<usize>,
}

impl Table {
    /// How many pairs there are to compare in principle.
    pub fn possible_pairs(&self) -> f64 {
        match self.split {
            Some(split) => split as f64 * (self.rows - split) as f64,
            None => self.rows as f64 * (self.rows as f64 - 1.0) / 2.0,
        }
    }

    /// Place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }
}

/// Gives texts their codes while a column is read.
#[derive(Debug, Default)]
pub struct Interner {
    codes: HashMap<Box<str>, u32, FixedState>,
    column: Column,
}

impl Interner {
    /// An empty column.
    pub fn new(name: impl Into<String>) -> Interner {
        Interner { codes: HashMap::default(), column: Column { name: name.into(), ..Column::default() } }
    }

    /// The code of a text, without adding a row.
    pub fn code(&mut self, text: &str) -> u32 {
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        let code = self.column.texts.len() as u32;
        self.column.texts.push(text);
        self.codes.insert(text.into(), code);
        code
    }

    /// The next row; an empty text is absent.
    pub fn push(&mut self, text: &str) {
        let code = if text.is_empty() { ABSENT } else { self.code(text) };
        self.column.codes.push(code);
    }

    /// The next row by a code that [`Interner::code`] gave, or [`ABSENT`].
    pub fn push_code(&mut self, code: u32) {
        self.column.codes.push(code);
    }

    /// The column as read.
    pub fn finish(self) -> Column {
        self.column
    }
}

/// A column worked out from another, text by text: `None` is absent.
pub fn derive(column: &Column, name: impl Into<String>, f: impl Fn(&str) -> Option<String>) -> Column {
    let mut interner = Interner::new(name);
    let codes: Vec<u32> = column.texts.iter().map(|text| f(text).filter(|t| !t.is_empty()).map_or(ABSENT, |t| interner.code(&t))).collect();
    let mut derived = interner.finish();
    derived.codes = column.codes.iter().map(|&code| if code == ABSENT { ABSENT } else { codes[code as usize] }).collect();
    derived
}

/// A day, month or year: its first and last day, counted from 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// First day.
    pub first: i32,
    /// Last day.
    pub last: i32,
}

/// Reads `1915-11-11`, `19151111`, `1915-11`, `1915`, each perhaps with a time after it; `None` for
/// what is no date of the Gregorian calendar.
pub fn date(text: &str) -> Option<Days> {
    let text = text.split(['T', ' ']).next().unwrap_or_default();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let parts: Vec<&str> = if digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit()) {
        vec![&digits[..4], &digits[4..6], &digits[6..]]
    } else {
        digits.split(['-', '/', '.']).collect()
    };
    let mut numbers = [0i32; 3];
    if parts.len() > 3 || parts[0].len() != 4 {
        return None;
    }
    for (number, part) in numbers.iter_mut().zip(&parts) {
        *number = part.parse().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()))?;
    }
    let [year, month, day] = [numbers[0] * sign, numbers[1], numbers[2]];
    let (from, to) = match parts.len() {
        1 => ((year, 1, 1), (year, 12, 31)),
        2 => ((year, month, 1), (year, month, month_length(year, month)?)),
        _ => ((year, month, day), (year, month, day)),
    };
    if day > month_length(year, from.1)? || (parts.len() == 3 && day < 1) {
        return None;
    }
    Some(Days { first: day_number(from.0, from.1, from.2), last: day_number(to.0, to.1, to.2) })
}

fn month_length(year: i32, month: i32) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    Some(match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i32::from(leap),
        _ => return None,
    })
}

/// Days since 1 January 1970 of a day of the Gregorian calendar (Hinnant 2013).
fn day_number(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Reads a number: `1234.5`, `1e3`; `None` for what is none, infinities included.
pub fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|x: &f64| x.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_code_and_an_empty_one_none() {
        let mut interner = Interner::new("x");
        for text in ["b", "a", "", "b"] {
            interner.push(text);
        }
        let column = interner.finish();
        assert_eq!(column.codes, [0, 1, ABSENT, 0]);
        assert_eq!(column.texts.iter().collect::<Vec<_>>(), ["b", "a"]);
        let first = derive(&column, "y", |t| (t != "a").then(|| t.repeat(2)));
        assert_eq!((first.codes, first.texts.get(0)), (vec![0, ABSENT, ABSENT, 0], "bb"));
    }

    #[test]
    fn dates_have_a_first_and_a_last_day() {
        assert_eq!(date("1970-01-01"), Some(Days { first: 0, last: 0 }));
        assert_eq!(date("20000301"), Some(Days { first: 11_017, last: 11_017 }));
        assert_eq!(date("2016-02"), Some(Days { first: 16_832, last: 16_860 }));
        assert_eq!(date("2016").map(|d| d.last - d.first), Some(365));
        assert_eq!(date("1969-12-31T10:00").map(|d| d.first), Some(-1));
        for wrong in ["1840-15-06", "2015-02-29", "2015-1-00", "", "x", "12-05-2015", "2015-01-01-01"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn pairs_in_principle() {
        let table = |rows, split| Table { columns: vec![], rows, split };
        assert_eq!(table(5, None).possible_pairs(), 10.0);
        assert_eq!(table(5, Some(2)).possible_pairs(), 6.0);
    }
}

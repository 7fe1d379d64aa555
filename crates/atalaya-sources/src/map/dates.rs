//! Dates as people write them.

use atalaya_kernel::{Date, Period, Precision};

use crate::recipe::DateStyle;

/// What a column's cells tell about which comes first, day or month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DateEvidence {
    day_first: u64,
    month_first: u64,
}

impl DateEvidence {
    /// Looks at a cell: `31/01/2016` proves day first, `01/31/2016` month first.
    pub fn see(&mut self, text: &str) {
        if let Some((a, b, _)) = parts(text.split([' ', 'T']).next().unwrap_or(text)) {
            self.day_first += u64::from(a > 12 && b <= 12);
            self.month_first += u64::from(b > 12 && a <= 12);
        }
    }

    /// The order, if all that tell agree.
    pub fn decide(&self) -> Option<DateStyle> {
        match (self.day_first, self.month_first) {
            (0, 0) => None,
            (_, 0) => Some(DateStyle::DayFirst),
            (0, _) => Some(DateStyle::MonthFirst),
            _ => None,
        }
    }
}

/// `a/b/yyyy` or `a-b-yyyy` or `a.b.yyyy`.
fn parts(text: &str) -> Option<(u32, u32, i32)> {
    let mut numbers = text.split(['/', '-', '.']).map(|p| (p.len(), p.parse::<u32>()));
    let (a, b, (width, year)) = (numbers.next()?.1.ok()?, numbers.next()?.1.ok()?, numbers.next()?);
    (numbers.next().is_none() && width == 4).then_some((a, b, year.ok()? as i32))
}

/// The first day and precision of a date, or the id of the rule it breaks. `month` is the text
/// of a second column where the style needs one.
///
/// # Errors
/// `bad-date`, `ambiguous-date`.
pub fn parse_date(
    text: &str,
    style: DateStyle,
    column: Option<DateStyle>,
    month: &str,
    assume_year: Option<i32>,
) -> Result<(i32, Precision), &'static str> {
    let text = text.trim();
    let done = |period: Option<Period>| period.map(|p| (p.start.0, p.precision)).ok_or("bad-date");
    match style {
        DateStyle::Iso => iso(text).ok_or("bad-date"),
        DateStyle::Year => done(leading_year(text).and_then(Period::year)),
        DateStyle::YearMonth => done(leading_year(text).zip(month_number(month)).and_then(|(y, m)| Period::month(y, m))),
        DateStyle::Excel => excel(text).ok_or("bad-date"),
        DateStyle::UsFiscalMonth => done(leading_year(text).zip(month_number(month)).and_then(|(y, m)| Period::fiscal_month("US", y, m))),
        DateStyle::MonthOnly => done(assume_year.zip(month_number(text)).and_then(|(y, m)| Period::month(y, m))),
        DateStyle::DayFirst | DateStyle::MonthFirst => ordered(text, style).or_else(|| iso(text)).or_else(|| named(text)).ok_or("bad-date"),
        DateStyle::Column => {
            if let Some(found) = iso(text).or_else(|| named(text)) {
                return Ok(found);
            }
            let (a, b, _) = parts(text.split([' ', 'T']).next().unwrap_or(text)).ok_or("bad-date")?;
            match column {
                Some(style) => ordered(text, style).ok_or("bad-date"),
                None if a > 12 => ordered(text, DateStyle::DayFirst).ok_or("bad-date"),
                None if b > 12 => ordered(text, DateStyle::MonthFirst).ok_or("bad-date"),
                None if a == b => ordered(text, DateStyle::DayFirst).ok_or("bad-date"),
                None => Err("ambiguous-date"),
            }
        }
    }
}

fn iso(text: &str) -> Option<(i32, Precision)> {
    let date = match text.as_bytes().get(10) {
        Some(b'T' | b' ') => text.get(..10)?,
        _ => text,
    };
    Period::parse(date).map(|p| (p.start.0, p.precision))
}

fn ordered(text: &str, style: DateStyle) -> Option<(i32, Precision)> {
    let (a, b, year) = parts(text.split([' ', 'T']).next()?)?;
    let (day, month) = if style == DateStyle::MonthFirst { (b, a) } else { (a, b) };
    Date::new(year, month, day).map(|d| (d.0, Precision::Day))
}

/// `3 de enero de 2016`, `03-ene-2016`, `January 3, 2016`, `ene 2016`: the month says it is one.
fn named(text: &str) -> Option<(i32, Precision)> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && !matches!(*w, "de" | "del" | "of" | "DE" | "DEL"));
    let (mut day, mut month, mut year) = (None, None, None);
    for word in words {
        let slot = match word.parse::<u32>() {
            Ok(_) if word.len() == 4 => &mut year,
            Ok(_) => &mut day,
            Err(_) => &mut month,
        };
        let number = if word.starts_with(|c: char| c.is_alphabetic()) { month_name(word) } else { word.parse().ok() };
        if slot.replace(number?).is_some() {
            return None;
        }
    }
    let (year, month) = (year? as i32, month?);
    match day {
        Some(day) => Date::new(year, month, day).map(|d| (d.0, Precision::Day)),
        None => Period::month(year, month).map(|p| (p.start.0, p.precision)),
    }
}

/// The day a spreadsheet numbers so, counting from 1900 with its false leap day.
fn excel(text: &str) -> Option<(i32, Precision)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let serial: i32 = whole.parse().ok().filter(|n| (61..=80_000).contains(n))?;
    fraction.bytes().all(|b| b.is_ascii_digit()).then_some((serial - 25_569, Precision::Day))
}

fn leading_year(text: &str) -> Option<i32> {
    let digits = text.trim_start_matches("FY").trim();
    let year = digits.get(..4)?;
    if !year.bytes().all(|b| b.is_ascii_digit()) || digits[4..].starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    year.parse().ok()
}

/// A month by number or by name, English or Spanish, three letters or more.
pub fn month_number(text: &str) -> Option<u32> {
    let text = text.trim();
    match text.parse::<u32>() {
        Ok(number) => (1..=12).contains(&number).then_some(number),
        Err(_) => month_name(text),
    }
}

fn month_name(text: &str) -> Option<u32> {
    const NAMES: [&[&str]; 12] = [
        &["january", "enero"],
        &["february", "febrero"],
        &["march", "marzo"],
        &["april", "abril"],
        &["may", "mayo"],
        &["june", "junio"],
        &["july", "julio"],
        &["august", "agosto"],
        &["september", "septiembre", "setiembre"],
        &["october", "octubre"],
        &["november", "noviembre"],
        &["december", "diciembre"],
    ];
    let lower = text.trim_end_matches('.').to_lowercase();
    let fits = |names: &[&str]| names.iter().any(|name| lower.len() >= 3 && name.starts_with(lower.as_str()));
    NAMES.iter().position(|names| fits(names)).map(|at| at as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, style: DateStyle) -> Result<String, &'static str> {
        parse_date(text, style, None, "APR", None).map(|(day, _)| Date(day).to_string())
    }

    #[test]
    fn the_third_of_april_or_the_fourth_of_march_is_not_guessed() {
        assert_eq!(read("03/04/2016", DateStyle::Column), Err("ambiguous-date"));
        assert_eq!(read("13/04/2016", DateStyle::Column), Ok("2016-04-13".into()));
        assert_eq!(read("03/04/2016", DateStyle::DayFirst), Ok("2016-04-03".into()));
        assert_eq!(read("30/02/2016", DateStyle::DayFirst), Err("bad-date"));
    }

    #[test]
    fn months_by_name_in_both_languages_and_day_numbers_of_spreadsheets() {
        for text in ["3 de enero de 2016", "03-ene-2016", "January 3, 2016", "3-Jan-2016"] {
            assert_eq!(read(text, DateStyle::Column), Ok("2016-01-03".into()), "{text}");
        }
        assert_eq!(read("30 de febrero de 2016", DateStyle::DayFirst), Err("bad-date"));
        assert_eq!(read("Setiembre 2016", DateStyle::Column), Ok("2016-09-01".into()));
        assert_eq!(read("42461", DateStyle::Excel), Ok("2016-04-01".into()));
        assert_eq!(read("42461.75", DateStyle::Excel), Ok("2016-04-01".into()));
        assert_eq!(read("2016", DateStyle::YearMonth), Ok("2016-04-01".into()));
        assert_eq!(read("mañana", DateStyle::Column), Err("bad-date"));
    }

    #[test]
    fn fiscal_months_years_and_times() {
        assert_eq!(read("2025 (FYTD)", DateStyle::UsFiscalMonth), Ok("2025-04-01".into()));
        assert_eq!(read("2018-01-03T00:00:00.000", DateStyle::Iso), Ok("2018-01-03".into()));
        assert_eq!(read("2019 e", DateStyle::Year), Ok("2019-01-01".into()));
        assert_eq!(read("20190", DateStyle::Year), Err("bad-date"));
        assert_eq!(["Setiembre", "Sept.", "APR", "ene", "12"].map(month_number), [Some(9), Some(9), Some(4), Some(1), Some(12)]);
        assert_eq!(month_number("Marcos"), None);
    }
}

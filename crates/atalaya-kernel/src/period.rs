//! When: a day, month, quarter, year or a country's fiscal year, with its precision.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A day of the proleptic Gregorian calendar, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

impl Date {
    /// A calendar day, if it exists.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Date> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        // Days from civil, H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let doy = (153 * ((month as i32 + 9) % 12) + 2) / 5 + day as i32 - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        Some(Date(era * 146_097 + doe - 719_468))
    }

    /// Year, month and day.
    pub fn ymd(self) -> (i32, u32, u32) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i32::from(month <= 2);
        (year, month as u32, (doy - (153 * mp + 2) / 5 + 1) as u32)
    }

    /// Reads `2016-01-31` and nothing else.
    pub fn parse_iso(text: &str) -> Option<Date> {
        let b = text.as_bytes();
        if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
            return None;
        }
        let number = |range: std::ops::Range<usize>| -> Option<u32> {
            b[range].iter().try_fold(0u32, |n, d| d.is_ascii_digit().then(|| n * 10 + u32::from(d - b'0')))
        };
        Date::new(number(0..4)? as i32, number(5..7)?, number(8..10)?)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.ymd();
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}

/// Days in a month.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// How finely a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// To the day.
    Day,
    /// To the month.
    Month,
    /// To the quarter.
    Quarter,
    /// To the calendar year.
    Year,
    /// To a fiscal year.
    FiscalYear,
}

impl Precision {
    /// A small number for the store; [`Precision::from_code`] reads it.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Reads [`Precision::code`].
    pub fn from_code(code: u8) -> Option<Precision> {
        [Precision::Day, Precision::Month, Precision::Quarter, Precision::Year, Precision::FiscalYear]
            .into_iter()
            .find(|p| p.code() == code)
    }
}

/// The month in which a country's fiscal year begins, and whether it is named after the year it
/// ends in.
pub fn fiscal_start(country: &str) -> Option<u32> {
    // US: 31 U.S.C. 1102, 1 October of the year before. GB: April. AU: July, both named by end year.
    match country {
        "US" => Some(10),
        "GB" | "IN" | "CA" | "JP" => Some(4),
        "AU" => Some(7),
        _ => None,
    }
}

/// A period, written as SDMX does: `2016`, `2016-Q1`, `2016-01`, `2016-01-31`; a fiscal year as
/// `2019/US`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// First day.
    pub start: Date,
    /// How long it is and how finely it is known.
    pub precision: Precision,
}

impl Period {
    /// A calendar year.
    pub fn year(year: i32) -> Option<Period> {
        Some(Period { start: Date::new(year, 1, 1)?, precision: Precision::Year })
    }

    /// A month.
    pub fn month(year: i32, month: u32) -> Option<Period> {
        Some(Period { start: Date::new(year, month, 1)?, precision: Precision::Month })
    }

    /// A day.
    pub fn day(date: Date) -> Period {
        Period { start: date, precision: Precision::Day }
    }

    /// A month of a country's fiscal year: October of FY2019 in the US is 2018-10.
    pub fn fiscal_month(country: &str, fiscal_year: i32, month: u32) -> Option<Period> {
        let first = fiscal_start(country)?;
        Period::month(if first > 1 && month >= first { fiscal_year - 1 } else { fiscal_year }, month)
    }

    /// A whole fiscal year, named after the calendar year it ends in.
    pub fn fiscal_year(country: &str, year: i32) -> Option<Period> {
        let first = fiscal_start(country)?;
        let start = Date::new(if first > 1 { year - 1 } else { year }, first, 1)?;
        Some(Period { start, precision: Precision::FiscalYear })
    }

    /// Reads `2016`, `2016-Q1`, `2016-01`, `2016-01-31`, `2019/US`.
    pub fn parse(text: &str) -> Option<Period> {
        if let Some((year, country)) = text.split_once('/') {
            return Period::fiscal_year(country, year.parse().ok().filter(|y| (1..=9999).contains(y))?);
        }
        match text.len() {
            4 => Period::year(text.parse().ok()?),
            7 if text.as_bytes()[5] == b'Q' => {
                let quarter: u32 = text[6..].parse().ok().filter(|q| (1..=4).contains(q))?;
                Some(Period { start: Date::new(text.get(..4)?.parse().ok()?, quarter * 3 - 2, 1)?, precision: Precision::Quarter })
            }
            7 if text.as_bytes()[4] == b'-' => Period::month(text[..4].parse().ok()?, text[5..].parse().ok()?),
            10 => Date::parse_iso(text).map(Period::day),
            _ => None,
        }
    }

    /// Last day.
    pub fn end(self) -> Date {
        let (y, m, _) = self.start.ymd();
        let last = |y: i32, m: u32| Date::new(y, m, days_in_month(y, m)).unwrap_or(self.start);
        match self.precision {
            Precision::Day => self.start,
            Precision::Month => last(y, m),
            Precision::Quarter => last(y, m + 2),
            Precision::Year => last(y, 12),
            Precision::FiscalYear if m == 1 => last(y, 12),
            Precision::FiscalYear => last(y + 1, m - 1),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.start.ymd();
        match self.precision {
            Precision::Day => write!(f, "{y:04}-{m:02}-{d:02}"),
            Precision::Month => write!(f, "{y:04}-{m:02}"),
            Precision::Quarter => write!(f, "{y:04}-Q{}", m.div_ceil(3)),
            Precision::Year => write!(f, "{y:04}"),
            Precision::FiscalYear => write!(f, "FY{}", if m == 1 { y } else { y + 1 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_goes_there_and_back() {
        let first = Date::new(1700, 1, 1).unwrap().0;
        let last = Date::new(2100, 12, 31).unwrap().0;
        for day in first..=last {
            let (y, m, d) = Date(day).ymd();
            assert_eq!(Date::new(y, m, d), Some(Date(day)));
        }
        assert_eq!(Date::new(1970, 1, 1), Some(Date(0)));
        assert_eq!(Date::new(2015, 2, 29), None);
    }

    #[test]
    fn a_us_fiscal_year_begins_in_october() {
        assert_eq!(Period::fiscal_month("US", 2019, 10).unwrap().to_string(), "2018-10");
        assert_eq!(Period::fiscal_month("US", 2019, 9).unwrap().to_string(), "2019-09");
        let fy = Period::fiscal_year("US", 2019).unwrap();
        assert_eq!((fy.start.to_string(), fy.end().to_string()), ("2018-10-01".into(), "2019-09-30".into()));
        assert_eq!(Period::fiscal_month("PE", 2019, 1), None);
    }

    #[test]
    fn reads_what_it_writes() {
        for text in ["2016", "2016-Q3", "2016-02", "2016-02-29"] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
        for text in ["2016-13", "16", "2016-02-30", "03/04/2016", "2016-Q5", "abcéQ1", "-2147483648/US"] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }
}

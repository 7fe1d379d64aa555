//! Numbers as the reader's language writes them, rounded only for reading.

use atalaya_kernel::{Decimal, Lang};

use crate::said::say;

/// A decimal with at most so many places behind the sign, half to even; all of them if `fixed`.
pub fn rounded(value: Decimal, places: u32, fixed: bool) -> String {
    let places = places.min(9);
    let unit = 10i128.pow(9 - places);
    let (whole, rest) = (value.0.div_euclid(unit), value.0.rem_euclid(unit));
    let up = match (rest * 2).cmp(&unit) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 1,
        std::cmp::Ordering::Equal => whole & 1,
    };
    let up = if rest == 0 { 0 } else { up };
    let mut text = Decimal((whole + up) * unit).to_string();
    if fixed && places > 0 {
        let have = text.split_once('.').map_or(0, |(_, f)| f.len());
        if have == 0 {
            text.push('.');
        }
        text.push_str(&"0".repeat((places as usize).saturating_sub(have)));
    }
    text
}

/// A plain decimal text in the reader's language: `1,234.5`, `1234,5`, `12 345,6`.
pub fn full(text: &str, lang: Lang) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |d| ("−", d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let head = format!("{sign}{}", grouped(whole, lang));
    if fraction.is_empty() { head } else { format!("{head}{}{fraction}", say(lang, ".", ",")) }
}

fn grouped(digits: &str, lang: Lang) -> String {
    // Four digits stand together in Spanish (Ortografía de la lengua española, 2010).
    let (separator, from) = match lang {
        Lang::En => (',', 4),
        Lang::Es => ('\u{202f}', 5),
    };
    let len = digits.len();
    if len < from {
        return digits.into();
    }
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (len - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// How a unit is written behind a number: `ha`, `kg`, `%`; nothing for counts.
pub fn unit_sign(id: &str) -> &str {
    match id {
        "count" | "" => "",
        "percent" => "%",
        "mg/1000/d" => "mg/1000/d",
        "usd" => "USD",
        "usd/g" => "USD/g",
        other => other,
    }
}

/// A number with its unit, held together.
pub fn with_unit(number: &str, unit: &str) -> String {
    match unit_sign(unit) {
        "" => number.into(),
        sign => format!("{number}\u{a0}{sign}"),
    }
}

/// The words for an absent value; `kind` is the code of `Missing`.
pub fn absent(kind: &str, lang: Lang) -> &'static str {
    match kind {
        "suppressed" => say(lang, "withheld", "reservado"),
        "not-applicable" => say(lang, "does not apply", "no se aplica"),
        _ => say(lang, "not known", "no se conoce"),
    }
}

/// A day in words: `24 November 2026`, `24 de noviembre de 2026`; other text as it is.
pub fn day(text: &str, lang: Lang) -> String {
    const EN: [&str; 12] =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    const ES: [&str; 12] =
        ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let number = |t: Option<&str>| t.and_then(|t| t.parse::<usize>().ok());
    match (year, number(month).filter(|m| (1..=12).contains(m)), number(day)) {
        (Some(year), Some(month), Some(day)) => match lang {
            Lang::En => format!("{day} {} {year}", EN[month - 1]),
            Lang::Es => format!("{day} de {} de {year}", ES[month - 1]),
        },
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_for_the_reader() {
        assert_eq!(full("1234.5", Lang::En), "1,234.5");
        assert_eq!(full("1234.5", Lang::Es), "1234,5");
        assert_eq!(full("-95008", Lang::Es), "−95\u{202f}008");
        assert_eq!(with_unit("9", "percent"), "9\u{a0}%");
        assert_eq!(day("2026-11-04", Lang::Es), "4 de noviembre de 2026");
        assert_eq!(day("2025", Lang::En), "2025");
    }

    #[test]
    fn rounding_is_half_to_even_and_keeps_what_is_asked() {
        let round = |t: &str, p, f| rounded(Decimal::parse(t).unwrap(), p, f);
        assert_eq!((round("2.5", 0, true), round("3.5", 0, true), round("-2.5", 0, true)), ("2".into(), "4".into(), "-2".into()));
        assert_eq!((round("7", 1, true), round("7.25", 1, false), round("7.04", 1, false)), ("7.0".into(), "7.2".into(), "7".into()));
        assert_eq!(round("0.000000001", 9, false), "0.000000001");
    }
}

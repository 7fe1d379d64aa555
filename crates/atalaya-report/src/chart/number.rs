//! Numbers as the reader's language writes them.

use atalaya_kernel::{Decimal, Lang};

/// A decimal text in full: `1,234.5` in English, `1234,5` and `12 345,6` in Spanish.
pub fn full(text: &str, lang: Lang) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("−", digits),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let head = format!("{sign}{}", grouped(whole, lang));
    match (fraction, lang) {
        ("", _) => head,
        (_, Lang::En) => format!("{head}.{fraction}"),
        (_, Lang::Es) => format!("{head},{fraction}"),
    }
}

/// A value beside its mark: as many digits as one reads, never more than were given.
pub fn beside(text: &str, lang: Lang) -> String {
    let Ok(value) = Decimal::parse(text) else { return text.into() };
    let size = value.to_f64().abs();
    let places = match size {
        s if s >= 1000.0 => 0,
        s if s >= 100.0 => 1,
        s if s >= 1.0 || s == 0.0 => 2,
        // Three digits after the leading zeros.
        s => (2 - s.log10().floor() as i32).clamp(2, 9),
    };
    full(&rounded(value, places), lang)
}

/// An estimate as one reads it: three digits that count, more only where it is larger.
pub fn estimate(value: f64, lang: Lang) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let size = value.abs();
    let places = if size == 0.0 { 0 } else { (2 - size.log10().floor() as i32).clamp(0, 9) as usize };
    let text = format!("{value:.places$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    full(if text == "-0" { "0" } else { text }, lang)
}

/// A number as decimal text, for the data of a mark: ten digits that count, no exponent.
pub fn plain(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".into();
    }
    let places = (9 - value.abs().log10().floor() as i32).clamp(0, 18) as usize;
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// The labels of an axis, alike in unit and decimals.
pub fn axis(ticks: &[f64], lang: Lang) -> Vec<String> {
    let largest = ticks.iter().fold(0.0_f64, |m, t| m.max(t.abs()));
    let step = ticks.windows(2).map(|w| (w[1] - w[0]).abs()).fold(f64::INFINITY, f64::min);
    let (unit, one, many) = match (largest, lang) {
        (l, Lang::En) if l >= 1e12 => (1e12, "trillion", "trillion"),
        (l, Lang::En) if l >= 1e9 => (1e9, "billion", "billion"),
        (l, Lang::En) if l >= 1e6 => (1e6, "million", "million"),
        (l, Lang::Es) if l >= 1e12 => (1e12, "billón", "billones"),
        // A Spanish billion is 10^12: 10^9 is a thousand millions.
        (l, Lang::Es) if l >= 1e6 => (1e6, "millón", "millones"),
        _ => (1.0, "", ""),
    };
    let step = if step.is_finite() { step / unit } else { 1.0 };
    let places = if step >= 1.0 { usize::from(step.fract() > 1e-9) } else { (-step.log10()).ceil().clamp(0.0, 9.0) as usize };
    let places = if (step * 10f64.powi(places as i32)).fract().abs() > 1e-6 { places + 1 } else { places };
    ticks
        .iter()
        .map(|tick| {
            let text = full(&format!("{:.places$}", tick / unit), lang);
            let text = if text.trim_start_matches('−').chars().all(|c| matches!(c, '0' | '.' | ',')) { "0".into() } else { text };
            match () {
                () if unit == 1.0 || text == "0" => text,
                () if (tick / unit).abs() == 1.0 => format!("{text}\u{a0}{one}"),
                () => format!("{text}\u{a0}{many}"),
            }
        })
        .collect()
}

/// A decimal with at most so many places, half to even, no zeros at the end.
fn rounded(value: Decimal, places: i32) -> String {
    let unit = 10i128.pow((9 - places.clamp(0, 9)) as u32);
    let (whole, rest) = (value.0.div_euclid(unit), value.0.rem_euclid(unit));
    let up = match (rest * 2).cmp(&unit) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 1,
        std::cmp::Ordering::Equal => whole & 1,
    };
    let up = if unit == 1 { 0 } else { up };
    Decimal((whole + up) * unit).to_string()
}

fn grouped(digits: &str, lang: Lang) -> String {
    let (separator, from) = match lang {
        Lang::En => (',', 4),
        // Four digits stand together in Spanish (Ortografía de la lengua española, 2010).
        Lang::Es => ('\u{202f}', 5),
    };
    if digits.len() < from || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return digits.into();
    }
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_groups_and_points_its_own_way() {
        assert_eq!(full("1234567.25", Lang::En), "1,234,567.25");
        assert_eq!(full("1234567.25", Lang::Es), "1\u{202f}234\u{202f}567,25");
        assert_eq!(full("-1234", Lang::Es), "−1234");
        assert_eq!(full("1234", Lang::En), "1,234");
    }

    #[test]
    fn beside_a_mark_stands_what_one_reads() {
        assert_eq!(beside("61777.5", Lang::En), "61,778");
        assert_eq!(beside("2.30", Lang::Es), "2,3");
        assert_eq!(beside("0.000123456", Lang::En), "0.000123");
        assert_eq!(beside("-7.005", Lang::En), "−7");
        assert_eq!(beside("0", Lang::En), "0");
        assert_eq!(beside("<script>", Lang::En), "<script>");
    }

    #[test]
    fn an_estimate_has_three_digits() {
        let said = |v: f64| estimate(v, Lang::En);
        assert_eq!([239.41, -0.0812, 12_345.6, 1.5, 0.0, -0.0].map(said), ["239", "−0.0812", "12,346", "1.5", "0", "0"]);
        assert_eq!(estimate(-0.5, Lang::Es), "−0,5");
        assert_eq!([plain(1.0 / 3.0), plain(-2.5e-7), plain(1e12)], ["0.3333333333", "-0.00000025", "1000000000000"]);
    }

    #[test]
    fn an_axis_has_one_unit_and_one_number_of_decimals() {
        assert_eq!(axis(&[0.0, 5e5, 1e6, 1.5e6], Lang::En), ["0", "0.5\u{a0}million", "1.0\u{a0}million", "1.5\u{a0}million"]);
        assert_eq!(axis(&[0.0, 1e9, 2e9], Lang::Es), ["0", "1000\u{a0}millones", "2000\u{a0}millones"]);
        assert_eq!(axis(&[0.0, 1e6], Lang::Es), ["0", "1\u{a0}millón"]);
        assert_eq!(axis(&[0.0, 0.25, 0.5], Lang::Es), ["0", "0,25", "0,50"]);
        assert_eq!(axis(&[0.0, 20000.0], Lang::En), ["0", "20,000"]);
        assert_eq!(axis(&[-2.0, 0.0, 2.0], Lang::En), ["−2", "0", "2"]);
    }
}

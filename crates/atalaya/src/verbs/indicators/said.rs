//! Numbers and ranges as people type and read them.

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_methods::num::quantile::Interval;

use crate::verbs::decimal;

/// A number in so many digits after the sign; a dash where it is none.
pub(super) fn number(value: f64, digits: usize, lang: Lang) -> String {
    if value.is_finite() { decimal(&format!("{value:.digits$}"), lang) } else { "-".into() }
}

/// `0.46 (0.32 – 0.64)`.
pub(super) fn spread(of: [f64; 3], digits: usize, lang: Lang) -> String {
    let [low, median, high] = of.map(|v| number(v, digits, lang));
    format!("{median} ({low} – {high})")
}

/// Low, median, high.
pub(super) fn three(of: Interval) -> [f64; 3] {
    [of.low, of.median, of.high]
}

/// A first and a last year: `2011-2013`, or `2013`.
///
/// # Errors
/// `bad-period`.
pub(super) fn years(option: &str, text: &str) -> Result<(i32, i32), Problem> {
    let parse = |text: &str| text.trim().parse::<i32>().ok().filter(|y| (1900..=2100).contains(y));
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    parse(first).zip(parse(last)).filter(|(first, last)| first <= last).ok_or_else(|| {
        Problem::new(
            "bad-period",
            format!("{option} {text}"),
            Both::new("these are no whole years", "estos no son años completos"),
            Both::new("write the first and the last year: 2011-2013", "escriba el primer y el último año: 2011-2013"),
        )
    })
}

/// A range of numbers of at least `least` and at most `most`: `0.5-0.7`.
///
/// # Errors
/// `bad-range`.
pub(super) fn range(option: &str, text: &str, least: f64, most: f64) -> Result<(f64, f64), Problem> {
    let parse = |text: &str| text.trim().parse::<f64>().ok().filter(|n| (least..=most).contains(n));
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    parse(low).zip(parse(high)).filter(|(low, high)| low <= high).ok_or_else(|| {
        Problem::new(
            "bad-range",
            format!("{option} {text}"),
            both!("this is no number or range from {least} to {most}", "esto no es un número ni un rango de {least} a {most}"),
            Both::new(
                "write the lowest and the highest with a decimal point, joined by a hyphen: 0.5-0.7",
                "escriba el menor y el mayor con punto decimal, unidos con un guion: 0.5-0.7",
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_and_ranges_are_read_or_refused() {
        assert_eq!(years("--before", "2011-2013").unwrap(), (2011, 2013));
        assert_eq!(years("--before", "2016").unwrap(), (2016, 2016));
        assert!(["2013-2011", "13", "x"].iter().all(|t| years("--before", t).unwrap_err().id == "bad-period"));
        assert_eq!(range("--purity", "0.5-0.7", 0.0, 1.0).unwrap(), (0.5, 0.7));
        assert_eq!(range("--doubled", "0", 0.0, 1.0).unwrap(), (0.0, 0.0));
        assert!(["60", "0.7-0.5", "-1"].iter().all(|t| range("--purity", t, 0.0, 1.0).unwrap_err().id == "bad-range"));
    }

    #[test]
    fn spreads_are_set_for_the_reader() {
        assert_eq!(spread([0.3, 0.46, 0.6], 2, Lang::Es), "0,46 (0,30 – 0,60)");
        assert_eq!(number(f64::NAN, 2, Lang::En), "-");
    }
}

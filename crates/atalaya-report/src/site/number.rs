//! Numbers as a reader of each language writes them.

use atalaya_kernel::Lang;

/// `54,655.5` in English, `54 655,5` in Spanish; up to four digits stand together.
pub(super) fn shown(text: &str, lang: Lang) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |d| ("−", d));
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return text.into();
    }
    let (between, point) = if lang == Lang::Es { ('\u{202f}', ',') } else { (',', '.') };
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len() > 4 && (digits.len() - at) % 3 == 0 {
            out.push(between);
        }
        out.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// A size in bytes as people say it.
pub(super) fn size(bytes: usize, lang: Lang) -> String {
    match bytes {
        0..=999 => format!("{bytes} B"),
        1_000..=999_999 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{} MB", shown(&format!("{:.1}", bytes as f64 / 1e6), lang)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_for_the_reader() {
        assert_eq!(shown("61777.50", Lang::Es), "61\u{202f}777,5");
        assert_eq!(shown("-61777", Lang::En), "−61,777");
        assert_eq!(shown("2016", Lang::Es), "2016");
        assert_eq!(shown("n/a", Lang::Es), "n/a");
        assert_eq!(size(1_240_000, Lang::Es), "1,2 MB");
    }
}

//! Plain-text tables for terminals.

use atalaya_kernel::Lang;
use atalaya_kernel::both::shown;

/// Rows of text in aligned columns; numbers to the right.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let all: Vec<Vec<String>> = std::iter::once(head.iter().map(|h| (*h).to_string()).collect())
        .chain(rows.iter().map(|r| r.iter().map(|c| shown(c)).collect::<Vec<_>>()))
        .collect();
    let widths: Vec<usize> =
        (0..head.len()).map(|at| all.iter().map(|r| r.get(at).map_or(0, |c| c.chars().count())).max().unwrap_or(0)).collect();
    let right: Vec<bool> =
        (0..head.len()).map(|at| !rows.is_empty() && rows.iter().all(|r| r.get(at).is_none_or(|c| is_number(c)))).collect();
    let mut out = String::new();
    for row in &all {
        let mut line = String::new();
        for (at, width) in widths.iter().enumerate() {
            let cell = row.get(at).map_or("", String::as_str);
            let pad = " ".repeat(width - cell.chars().count());
            let gap = if at == 0 { "" } else { "  " };
            if right[at] {
                line += &format!("{gap}{pad}{cell}");
            } else {
                line += &format!("{gap}{cell}{pad}");
            }
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

fn is_number(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | ' ' | '\u{202f}')) && text != "-"
}

/// A count with thousands set apart: `311,038` in English, `311 038` in Spanish.
pub(crate) fn count(n: u64, lang: Lang) -> String {
    grouped(&n.to_string(), lang)
}

/// A decimal text with thousands set apart and the reader's decimal sign.
pub(super) fn decimal(text: &str, lang: Lang) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let sign = if lang == Lang::Es { ',' } else { '.' };
    let head = grouped(whole, lang);
    if fraction.is_empty() { head } else { format!("{head}{sign}{fraction}") }
}

fn grouped(digits: &str, lang: Lang) -> String {
    let separator = if lang == Lang::Es { '\u{202f}' } else { ',' };
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |d| ("-", d));
    if digits.len() <= 4 {
        return format!("{sign}{digits}");
    }
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(separator);
        }
        out.push(digit);
    }
    format!("{sign}{out}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_for_the_reader() {
        assert_eq!(count(311_038, Lang::En), "311,038");
        assert_eq!(decimal("-61777.5", Lang::Es), "-61\u{202f}777,5");
        assert_eq!(decimal("2016", Lang::En), "2016");
    }

    #[test]
    fn numbers_stand_to_the_right_and_controls_are_shown() {
        let text = table(&["year", "ha"], &[vec!["2019".into(), "54,655".into()], vec!["2020".into(), "1".into()]]);
        assert_eq!(text, "year      ha\n2019  54,655\n2020       1\n");
        assert!(table(&["x"], &[vec!["a\u{202e}b".into()]]).contains("\\u{202e}"));
    }
}

//! Text that a spreadsheet would run as a formula is written so that it does not.

use std::borrow::Cow;

/// The mark put before a text cell that a spreadsheet could take for a formula.
///
/// The dialect beside a file names it. Reading back is exact: take one mark away from every text
/// cell that begins with it. A cell that begins with the mark itself is given a second one.
pub const DEFUSED: char = '\'';

/// A text cell as it is written: marked if it could be run, or if it begins with the mark.
///
/// OWASP, "CSV Injection", and ASVS 5.0, 1.2.10: `=`, `+`, `-`, `@`, tab, carriage return, NUL.
/// Here also their full-width and small forms, and any of them behind blanks.
pub fn defuse(text: &str) -> Cow<'_, str> {
    if text.starts_with(DEFUSED) || could_run(text) { Cow::Owned(format!("{DEFUSED}{text}")) } else { Cow::Borrowed(text) }
}

/// A text cell as it was before [`defuse`].
pub fn restore(cell: &str) -> &str {
    cell.strip_prefix(DEFUSED).unwrap_or(cell)
}

/// Whether a spreadsheet could take a text for a formula.
fn could_run(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n', '\0']) {
        return true;
    }
    matches!(
        text.trim_start_matches(is_blank).chars().next(),
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '﹦' | '﹢' | '﹣' | '﹫')
    )
}

/// What is not seen before the first sign: white space of any kind, marks without width, controls.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_touched() {
        for text in ["", "Lima", "Ancón; 3 kg", "a-b", "a=b", " Lima", "5", "\u{a0}5", "«=»", "F-7"] {
            assert_eq!(defuse(text), text);
        }
    }

    #[test]
    fn what_could_run_is_marked() {
        for text in
            ["=1", "+1", "-1", "@A", "\t1", "\r1", "\n1", "\0A1", " =1", "\u{a0}=1", "\u{feff}=1", "＝1", "－1", "＋1", "＠A", "\u{200b}+1"]
        {
            assert_eq!(defuse(text), format!("'{text}"), "{text:?}");
        }
    }

    #[test]
    fn the_mark_itself_is_doubled() {
        assert_eq!(defuse("'s-Hertogenbosch"), "''s-Hertogenbosch");
        assert_eq!(restore("''s-Hertogenbosch"), "'s-Hertogenbosch");
    }
}

//! Numbers as people write them, in the form the store keeps: digits and a point.

use std::borrow::Cow;

use atalaya_kernel::Decimal;

use crate::recipe::NumberStyle;

/// What a column's cells tell about how its numbers are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NumberEvidence {
    point: u64,
    comma: u64,
}

impl NumberEvidence {
    /// Looks at a cell.
    pub fn see(&mut self, text: &str) {
        match telling(text) {
            Some(NumberStyle::Comma) => self.comma += 1,
            Some(_) => self.point += 1,
            None => {}
        }
    }

    /// The style, if all that tell agree.
    pub fn decide(&self) -> Option<NumberStyle> {
        match (self.point, self.comma) {
            (0, 0) => None,
            (_, 0) => Some(NumberStyle::PointThousands),
            (0, _) => Some(NumberStyle::Comma),
            _ => None,
        }
    }
}

/// The style a single text proves: `8.832,92` and `0,5` are comma, `1,693.61` and `12.5` point.
fn telling(text: &str) -> Option<NumberStyle> {
    let (last_point, last_comma) = (text.rfind('.'), text.rfind(','));
    let decimals = |at: usize| text.len() - at - 1;
    let proves = |at: usize, separator: char| {
        decimals(at) != 3
            || text[..at].is_empty()
            || text[..at].trim_start_matches('-') == "0"
            || text[..at].len() > 4 && !text[..at].contains(separator)
    };
    match (last_point, last_comma) {
        (Some(p), Some(c)) if p < c => (text.matches(',').count() == 1).then_some(NumberStyle::Comma),
        (Some(_), Some(_)) => (text.matches('.').count() == 1).then_some(NumberStyle::Point),
        (Some(_), None) if text.matches('.').count() > 1 => Some(NumberStyle::Comma),
        (None, Some(_)) if text.matches(',').count() > 1 => Some(NumberStyle::Point),
        (Some(p), None) => proves(p, '.').then_some(NumberStyle::Point),
        (None, Some(c)) => proves(c, ',').then_some(NumberStyle::Comma),
        (None, None) => None,
    }
}

/// The number in `text`, written with a point, or the id of the rule it breaks.
///
/// # Errors
/// `bad-number`, `ambiguous-number`.
pub fn plain_number(text: &str, style: NumberStyle, column: Option<NumberStyle>) -> Result<Cow<'_, str>, &'static str> {
    let text = text.trim();
    let plain: Cow<'_, str> = match style {
        NumberStyle::Point => Cow::Borrowed(text),
        NumberStyle::PointThousands => Cow::Owned(without_groups(text, ',', '.').ok_or("bad-number")?),
        NumberStyle::Comma => Cow::Owned(without_groups(text, '.', ',').ok_or("bad-number")?.replace(',', ".")),
        NumberStyle::Column => match column.or_else(|| telling(text)) {
            Some(style) => return plain_number(text, if style == NumberStyle::Point { NumberStyle::PointThousands } else { style }, None),
            None if text.contains(['.', ',']) => return Err("ambiguous-number"),
            None => Cow::Borrowed(text),
        },
    };
    if Decimal::parse(&plain).is_ok() { Ok(plain) } else { Err("bad-number") }
}

/// Takes thousands separators out, if they stand every three digits.
fn without_groups(text: &str, group: char, decimal: char) -> Option<String> {
    let spaced: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}')).collect();
    let (whole, fraction) = spaced.split_once(decimal).map_or((spaced.as_str(), None), |(w, f)| (w, Some(f)));
    let parts: Vec<&str> = whole.split(group).collect();
    let grouped = parts.len() == 1 || parts[1..].iter().all(|p| p.len() == 3) && (1..=4).contains(&parts[0].len());
    if !grouped || fraction.is_some_and(|f| f.contains(group)) {
        return None;
    }
    let joined = parts.concat();
    Some(fraction.map_or(joined.clone(), |f| format!("{joined}{decimal}{f}")))
}

/// `06.01`: a spreadsheet may have taken 6.1 for the sixth of January.
pub fn has_leading_zero(text: &str) -> bool {
    let bytes = text.trim().as_bytes();
    bytes.len() > 2 && bytes[0] == b'0' && bytes[1].is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_tells_how_it_is_written() {
        let style = |cells: &[&str]| {
            let mut evidence = NumberEvidence::default();
            cells.iter().for_each(|c| evidence.see(c));
            evidence.decide()
        };
        assert_eq!(style(&["191.82", "1,693.61", "264.00"]), Some(NumberStyle::PointThousands));
        assert_eq!(style(&["8.832,92", "12"]), Some(NumberStyle::Comma));
        assert_eq!(style(&["1.234", "5.678"]), None);
        assert_eq!(style(&["0,5", "0.5"]), None);
    }

    #[test]
    fn ambiguous_cells_are_not_guessed() {
        let read = |text, column| plain_number(text, NumberStyle::Column, column).map(Cow::into_owned);
        assert_eq!(read("1.234", None), Err("ambiguous-number"));
        assert_eq!(read("1,234", None), Err("ambiguous-number"));
        assert_eq!(read("1.234,5", None), Ok("1234.5".into()));
        assert_eq!(read("8.832,92", Some(NumberStyle::Comma)), Ok("8832.92".into()));
        assert_eq!(read("1.234", Some(NumberStyle::Comma)), Ok("1234".into()));
        assert_eq!(read("1,693.61", Some(NumberStyle::PointThousands)), Ok("1693.61".into()));
        assert_eq!(read("- 0", None), Err("bad-number"));
    }

    #[test]
    fn a_plain_number_is_left_as_written() {
        assert_eq!(plain_number("0.11699999999999999", NumberStyle::Point, None), Ok("0.11699999999999999".into()));
        assert_eq!(plain_number("1,5", NumberStyle::Point, None), Err("bad-number"));
        assert_eq!(plain_number("12,34,567", NumberStyle::PointThousands, None), Err("bad-number"));
    }
}

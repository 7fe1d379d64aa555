//! Times as places on an axis.

use atalaya_kernel::Period;

/// A period as years: `2014` is 2014, `2014-Q1` 2014.125, `2014-03` a fifth into the year.
pub(super) fn x(at: &str) -> Option<f64> {
    if let Some(year) = at.strip_prefix("FY") {
        return year.parse().ok();
    }
    let period = Period::parse(at)?;
    let (year, month, day) = period.start.ymd();
    let (year, month) = (f64::from(year), f64::from(month) - 1.0);
    Some(match at.len() {
        4 => year,
        7 if at.contains('Q') => year + (month + 1.5) / 12.0,
        7 => year + (month + 0.5) / 12.0,
        _ => year + (month + (f64::from(day) - 0.5) / 31.0) / 12.0,
    })
}

#[cfg(test)]
mod tests {
    use super::x;

    #[test]
    fn a_period_lies_in_its_middle_and_a_year_on_its_number() {
        assert_eq!((x("2014"), x("2014-Q1"), x("FY2019")), (Some(2014.0), Some(2014.125), Some(2019.0)));
        assert!((x("2014-07").unwrap() - 2014.541_666).abs() < 1e-5);
        assert_eq!(x("never"), None);
    }
}

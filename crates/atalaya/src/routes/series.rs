//! Series of the store as routes ask for them: one value a country and year, in one unit.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Date, Decimal, Precision, unit};
use atalaya_store::ObservedCell;

use super::group::Group;
use crate::observatory::Eye;

/// 5 % to 95 % of a normal distribution, in standard deviations.
pub(super) const NINETY: f64 = 2.0 * 1.645;

/// The store as seen, and what is asked of it.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    pub eye: &'a Eye,
    pub group: &'a Group,
    /// Years with records.
    pub years: &'a [i32],
}

/// A value of a series.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub country: String,
    pub place: String,
    pub year: i32,
    /// Which series: its source and definition.
    pub series: String,
    pub definition: String,
    pub value: f64,
    /// Low and high, where published.
    pub ends: Option<[f64; 2]>,
    pub intake: i64,
}

impl Held<'_> {
    /// The cells of a measure as they stand, of countries, of all persons, by year.
    pub fn values(&self, measure: &str, of_group: bool) -> Vec<Value> {
        self.eye.observations.current_of(measure).filter_map(|cell| self.value(&cell, of_group)).collect()
    }

    fn value(&self, cell: &ObservedCell<'_>, of_group: bool) -> Option<Value> {
        let country = areas().get(cell.text("area")).filter(|a| a.level == Level::Country)?;
        let yearly = Precision::from_code(cell.row.precision) == Some(Precision::Year);
        let substance = cell.text("substance");
        if !yearly || !cell.text("breakdown").is_empty() || of_group && !self.wanted(substance) {
            return None;
        }
        let factor = factor(cell.text("unit"), substance)?;
        let number = |field: &str| Decimal::parse(cell.text(field)).ok().map(|d| d.to_f64() * factor);
        Some(Value {
            country: country.code.into(),
            place: cell.text("place").into(),
            year: Date(cell.row.day).ymd().0,
            series: format!("{}|{}", cell.intake.source, cell.text("definition")),
            definition: cell.text("definition").into(),
            value: number("value").filter(|v| *v >= 0.0)?,
            ends: number("low").zip(number("high")).filter(|(low, high)| low < high && *low >= 0.0).map(|(low, high)| [low, high]),
            intake: cell.intake.id,
        })
    }

    /// Whether a substance is one the group's flows are counted in, or all of the group together.
    fn wanted(&self, substance: &str) -> bool {
        let whole = match self.group.id.as_str() {
            "coca" => "cocaine",
            other => other,
        };
        substance == whole || self.group.substances.contains(&substance) && substances().is_within(substance, whole)
    }

    /// The middle of the years with records.
    pub fn middle(&self) -> i32 {
        self.years.get(self.years.len() / 2).copied().unwrap_or(2000)
    }
}

/// What turns a unit into the one of its kind that is used here: kilograms; others stay.
fn factor(from: &str, substance: &str) -> Option<f64> {
    let mass = unit::units().get(from).is_some_and(|u| u.quantity == unit::Quantity::Mass);
    if !mass {
        return Some(1.0);
    }
    unit::conversion(from, substance).filter(|c| c.to == "kg")?.best.parse().ok()
}

/// Values of one country and year from several series: their geometric mean, and as coefficient of
/// variation how far apart they are together with how wide each is.
pub(super) fn together(values: &[&Value], usual_cv: f64) -> Option<(f64, f64)> {
    let positive: Vec<&&Value> = values.iter().filter(|v| v.value > 0.0).collect();
    let n = positive.len() as f64;
    if positive.is_empty() {
        return None;
    }
    let mean = positive.iter().map(|v| v.value.ln()).sum::<f64>() / n;
    let between = positive.iter().map(|v| (v.value.ln() - mean).powi(2)).sum::<f64>() / n;
    let own = |v: &Value| match v.ends {
        Some([low, high]) if low > 0.0 => ((high / low).ln() / NINETY).powi(2),
        _ => (1.0 + usual_cv * usual_cv).ln(),
    };
    let within = positive.iter().map(|v| own(v)).sum::<f64>() / n;
    Some((mean.exp(), cv_of(between + within)))
}

/// Coefficient of variation of a lognormal whose logarithm has this variance.
pub(super) fn cv_of(variance: f64) -> f64 {
    (variance.exp() - 1.0).sqrt()
}

/// For each country the values of the year nearest to one, no further than `reach` years.
pub(super) fn nearest(values: &[Value], year: i32, reach: i32) -> BTreeMap<&str, Vec<&Value>> {
    let mut best: BTreeMap<&str, i32> = BTreeMap::new();
    for v in values.iter().filter(|v| v.year.abs_diff(year) <= reach.unsigned_abs()) {
        let near = best.entry(&v.country).or_insert(v.year);
        // Of two as near, the later one.
        if (v.year.abs_diff(year), -v.year) < (near.abs_diff(year), -*near) {
            *near = v.year;
        }
    }
    let mut out: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for v in values.iter().filter(|v| best.get(v.country.as_str()) == Some(&v.year)) {
        out.entry(&v.country).or_default().push(v);
    }
    out
}

/// The intakes that some values come from.
pub(super) fn intakes<'v>(values: impl IntoIterator<Item = &'v Value>) -> BTreeSet<i64> {
    values.into_iter().map(|v| v.intake).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn value(country: &str, year: i32, value: f64, ends: Option<[f64; 2]>) -> Value {
        Value { country: country.into(), place: String::new(), year, series: "a|b".into(), definition: "b".into(), value, ends, intake: 1 }
    }

    #[test]
    fn rivals_widen_each_other() {
        let (a, b) = (value("PE", 2015, 100.0, None), value("PE", 2015, 400.0, None));
        let (one, narrow) = together(&[&a], 0.15).unwrap();
        assert!((one - 100.0).abs() < 1e-9 && (narrow - 0.15).abs() < 1e-9);
        let (mean, wide) = together(&[&a, &b], 0.15).unwrap();
        assert!((mean - 200.0).abs() < 1e-9 && wide > 0.7, "{wide}");
        assert_eq!(together(&[], 0.15), None);
        let known = value("PE", 2015, 100.0, Some([50.0, 200.0]));
        assert!((together(&[&known], 0.15).unwrap().1 - cv_of((4.0f64.ln() / NINETY).powi(2))).abs() < 1e-12);
    }

    #[test]
    fn the_nearest_year_counts() {
        let all = [value("PE", 2008, 1.0, None), value("PE", 2012, 2.0, None), value("PE", 2016, 3.0, None), value("CL", 1990, 4.0, None)];
        let found = nearest(&all, 2014, 10);
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), ["PE"]);
        assert_eq!(found["PE"][0].year, 2016, "of two as near, the later one");
    }

    #[test]
    fn tonnes_become_kilograms() {
        assert_eq!(factor("t", "cocaine"), Some(1000.0));
        assert_eq!(factor("percent", "cocaine"), Some(1.0));
    }
}

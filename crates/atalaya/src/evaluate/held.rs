//! What is held before the start of a design: all that a draft may show.

use atalaya_kernel::{Lang, Problem, both};
use serde::Serialize;

use super::find::number;
use super::register::written;
use super::sample::{Sample, moments};
use crate::Observatory;
use crate::verbs::Say;

/// The panel before the start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// Units.
    pub units: usize,
    /// Of them under the programme, or more exposed than the middle one.
    pub treated: usize,
    /// First and last period before the start.
    pub periods: Option<[i64; 2]>,
    /// Rows with an outcome.
    pub rows: usize,
    /// The mean of the outcome.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
    /// Values that are zero.
    pub zeros: usize,
}

/// What is held before the start of a design. Nothing after it is looked at.
///
/// # Errors
/// Those of the design and of its data.
pub fn held_before(observatory: &Observatory, id: &str) -> Result<Held, Problem> {
    let written = written(observatory, id)?;
    let sample = Sample::before(observatory, &written, None)?;
    let values: Vec<f64> = sample.rows.iter().filter_map(|r| r.y).collect();
    let (mean, sd) = moments(&values);
    let periods = sample.periods();
    Ok(Held {
        units: sample.units.len(),
        treated: sample.treated().len(),
        periods: periods.first().zip(periods.last()).map(|(a, b)| [*a, *b]),
        rows: values.len(),
        zeros: values.iter().filter(|v| **v == 0.0).count(),
        mean,
        sd,
    })
}

impl Say for Held {
    fn say(&self, lang: Lang) -> String {
        let [first, last] = self.periods.unwrap_or_default();
        let (units, treated, rows, zeros) = (self.units, self.treated, self.rows, self.zeros);
        let (mean, sd) = (number(self.mean, lang), number(self.sd, lang));
        both!(
            "before the start: {units} units ({treated} treated, or more exposed), {first}-{last}, {rows} values, {zeros} of them zero; mean {mean}, spread {sd}\n",
            "antes del inicio: {units} unidades ({treated} con el programa, o más expuestas), {first}-{last}, {rows} valores, {zeros} de ellos cero; media {mean}, dispersión {sd}\n"
        )
        .in_lang(lang)
        .to_string()
    }
}

//! What is held before the start of a design: all that a draft may show.

use atalaya_kernel::{Lang, Problem, both};
use serde::Serialize;

use super::find::number;
use super::power::{Tried, tried};
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
    /// What the design could see, tried on these rows.
    pub power: Option<Tried>,
    /// Why it could not be tried.
    pub not_tried: Option<String>,
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
    let (power, not_tried) = match tried(&sample, &written.design) {
        Ok(power) => (Some(power), None),
        Err(why) => (None, Some(why)),
    };
    Ok(Held {
        units: sample.units.len(),
        treated: sample.treated().len(),
        periods: periods.first().zip(periods.last()).map(|(a, b)| [*a, *b]),
        rows: values.len(),
        zeros: values.iter().filter(|v| **v == 0.0).count(),
        mean,
        sd,
        power,
        not_tried,
    })
}

impl Say for Held {
    fn say(&self, lang: Lang) -> String {
        let [first, last] = self.periods.unwrap_or_default();
        let (units, treated, rows, zeros) = (self.units, self.treated, self.rows, self.zeros);
        let (mean, sd) = (number(self.mean, lang), number(self.sd, lang));
        let mut out = both!(
            "before the start: {units} units ({treated} treated, or more exposed), {first}-{last}, {rows} values, {zeros} of them zero; mean {mean}, spread {sd}\n",
            "antes del inicio: {units} unidades ({treated} con el programa, o más expuestas), {first}-{last}, {rows} valores, {zeros} de ellos cero; media {mean}, dispersión {sd}\n"
        )
        .in_lang(lang)
        .to_string();
        if let Some(power) = &self.power {
            out += &power.say(lang);
        }
        if let Some(why) = &self.not_tried {
            out += both!("power could not be tried: {why}\n", "no se pudo probar la potencia: {why}\n").in_lang(lang);
        }
        out
    }
}

impl Say for Tried {
    fn say(&self, lang: Lang) -> String {
        let [down, up] = self.detectable.map(|d| d.map_or_else(|| "-".to_string(), |d| number(d, lang)));
        let (trials, alarms) = (self.trials, number(100.0 * self.false_alarms, lang));
        let [before, after] = self.periods;
        both!(
            "tried {trials} times on these rows ({before} periods before, {after} after): effects below {down} or above {up} would be found in 8 of 10; without an effect it cries one in {alarms} %\n",
            "probado {trials} veces con estas filas ({before} periodos antes, {after} después): efectos menores que {down} o mayores que {up} se hallarían en 8 de cada 10; sin efecto, anuncia uno en {alarms} %\n"
        )
        .in_lang(lang)
        .to_string()
    }
}

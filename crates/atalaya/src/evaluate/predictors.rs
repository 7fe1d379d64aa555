//! Synthetic control on predictors: which columns, over which periods, with which weights.

use std::ops::Range;

use atalaya_kernel::{Both, Problem};
use atalaya_methods::evaluate::synthetic_control_predictors::{Importance, Predicted, Question, synthetic_control_predictors};

use super::controls::{mixed, read};
use super::data::{Data, number};
use super::options::unknown;
use super::wide::Wide;
use super::{Fit, FitLine, Fitted, Section};

/// The mean of a column over some periods, unit by unit; cells that are missing do not count.
pub(super) fn mean_of(wide: &Wide, data: &Data, column: &str, over: Range<usize>) -> Result<Vec<f64>, Problem> {
    let (cells, t) = (wide.column(data, column)?, wide.times.len());
    let mean = |i: usize| {
        let seen: Vec<f64> = over.clone().map(|s| cells[i * t + s]).filter(|x| x.is_finite()).collect();
        seen.iter().sum::<f64>() / seen.len() as f64
    };
    Ok((0..wide.units.len()).map(mean).collect())
}

/// The weights of predictors that are asked for.
fn importance(fit: &Fit) -> Result<Importance, Problem> {
    match fit.v.as_slice() {
        [] => Ok(Importance::Search { floor: fit.v_floor.unwrap_or(-9.0), seed: fit.seed() }),
        [name] if name == "search" => Ok(Importance::Search { floor: fit.v_floor.unwrap_or(-9.0), seed: fit.seed() }),
        [name] if name == "equal" => Ok(Importance::Equal),
        [name] if name == "regression" => Ok(Importance::Regression),
        numbers => {
            let read = |text: &String| number(text).ok_or_else(|| unknown("v", text, "search, equal, regression, 0.1,0.9"));
            Ok(Importance::Given(numbers.iter().map(read).collect::<Result<_, _>>()?))
        }
    }
}

/// Synthetic control on predictors.
pub(super) fn predictors(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let (wide, block) = read(fit, data)?;
    if fit.predictors.is_empty() {
        return Err(unknown("predictors", "", "COLUMN, COLUMN@PERIOD, COLUMN@FROM:TO"));
    }
    let mut series = Vec::new();
    for text in &fit.predictors {
        let (column, over) = text.split_once('@').map_or((text.as_str(), None), |(c, p)| (c, Some(p)));
        let over = over.map_or(Ok(0..block.start()), |p| wide.span(p, "predictors"))?;
        series.push(mean_of(&wide, data, column, over)?);
    }
    let window = fit.window.as_deref().map_or(Ok(0..block.start()), |w| wide.span(w, "window"))?;
    let question = Question { block: &block, predictors: &series, window: window.clone(), penalty: fit.lambda.unwrap_or(0.0) };
    let found = synthetic_control_predictors(&question, &importance(fit)?).map_err(|e| wide.problem(&e))?;
    let mut out = mixed(fit, data, &wide, &block, &found.mixture)?;
    let lines = fit.predictors.iter().zip(&found.importance).map(|(n, v)| FitLine::weighing(n.clone(), *v)).collect();
    out.sections.push(Section::new("predictors", "How much each predictor counts", "Cuánto cuenta cada predictor", lines));
    searched(&mut out, &found);
    Ok(out)
}

fn searched(out: &mut Fitted, found: &Predicted) {
    out.fact("loss-outcome", "mean squared gap in the window", "brecha cuadrática media en la ventana", found.loss_outcome);
    out.fact(
        "loss-predictors",
        "weighted squared distance in predictors",
        "distancia cuadrática ponderada en predictores",
        found.loss_predictors,
    );
    let Some(near) = &found.near else { return };
    out.fact("tried", "weights of predictors tried", "pesos de predictores probados", near.tried);
    out.fact("nearly", "of them within 1 % of the best fit", "de ellos a menos de 1 % del mejor ajuste", near.nearly);
    out.fact("nearly-low", "least effect among those", "menor efecto entre esos", near.effects[0]);
    out.fact("nearly-high", "largest effect among those", "mayor efecto entre esos", near.effects[1]);
    let [low, high] = near.effects;
    let att = found.mixture.att.abs();
    if high - low > 0.1 * att {
        out.notes.push(Both::new(
            "weights of predictors that fit nearly as well give other effects: report the range",
            "pesos de predictores que ajustan casi igual dan otros efectos: informe el rango",
        ));
    }
}

//! Interactive fixed effects and matrix completion: a grid of cells in, counterfactuals out.

use atalaya_kernel::{Both, Problem};
use atalaya_methods::evaluate::covariance::Line;
use atalaya_methods::evaluate::grid::Grid;
use atalaya_methods::evaluate::interactive_effects::{Counterfactual, Learn, Options, Settling, Structure, bootstrap, interactive_effects};

use super::controls::{Inference, inference};
use super::data::Data;
use super::finding::EventPoint;
use super::options::{pick, shown, unknown};
use super::wide::Wide;
use super::{Fit, FitLine, Fitted, Section, begun};

/// Factors from units never treated.
pub(super) fn gsynth(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let structure = Structure::Factors(fit.r.unwrap_or(2) as usize);
    estimated(fit, data, structure, Learn::NeverTreated)
}

/// Factors from every untreated cell.
pub(super) fn ife(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let structure = Structure::Factors(fit.r.unwrap_or(2) as usize);
    estimated(fit, data, structure, Learn::Untreated)
}

/// Matrix completion.
pub(super) fn mc(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let Some(lambda) = fit.lambda else { return Err(unknown("lambda", "", "0.01")) };
    estimated(fit, data, Structure::Penalty(lambda), Learn::Untreated)
}

fn estimated(fit: &Fit, data: &mut Data, structure: Structure, learn: Learn) -> Result<Fitted, Problem> {
    let wide = Wide::read(fit, data)?;
    let grid = wide.grid(fit, data)?;
    let tolerance = fit.tolerance.unwrap_or(1e-9);
    let settling = pick("solver", &fit.solver, &[("exact", Settling::Accelerated), ("fect", Settling::Plain(tolerance))])?;
    let options = Options { structure, learn, settling };
    let found = interactive_effects(&grid, &options).map_err(|e| wide.problem(&e))?;
    let mut out = begun(fit, data)?;
    let ever = found.effects.by_unit.len();
    let first = (0..wide.times.len()).find(|t| (0..grid.units).any(|i| grid.treated[i * grid.periods + t])).unwrap_or(0);
    out.size = wide.size(ever, first);
    out.sections.push(Section::new(
        "effect",
        "Over all treated cells",
        "Sobre todas las celdas tratadas",
        vec![FitLine::of("ATT", found.effects.att)],
    ));
    let kinds = [("bootstrap", Inference::Bootstrap), ("none", Inference::None)];
    if inference(fit, &kinds)? == Inference::Bootstrap {
        drawn(fit, &mut out, &wide, &grid, &options, found.effects.att)?;
    }
    told(fit, &mut out, &wide, &grid, &found);
    out.effect = out.sections[0].lines.first().cloned();
    Ok(out)
}

/// Units drawn with replacement; with one treated unit there is nothing to draw from.
fn drawn(fit: &Fit, out: &mut Fitted, wide: &Wide, grid: &Grid, options: &Options, att: f64) -> Result<(), Problem> {
    if out.size.treated < 2 {
        out.notes.push(Both::new(
            "one treated unit cannot be drawn from: no standard error",
            "con una sola unidad tratada no hay de dónde sortear: sin error estándar",
        ));
        return Ok(());
    }
    let draws = fit.draws.unwrap_or(200) as usize;
    if draws > 0 {
        let (_, se) = bootstrap(grid, options, draws, fit.seed()).map_err(|e| wide.problem(&e))?;
        out.sections[0].lines[0] = shown(&Line::new("ATT", att, se, f64::INFINITY, fit.share()?));
        out.fact("draws", "draws of units", "sorteos de unidades", draws);
    }
    Ok(())
}

fn told(fit: &Fit, out: &mut Fitted, wide: &Wide, grid: &Grid, found: &Counterfactual) {
    let effects = &found.effects;
    let unit = FitLine::of("ATT", effects.att_units);
    out.sections.push(Section::new("units", "Mean of the means of units", "Media de las medias de unidades", vec![unit]));
    let line = |(t, e): &(i64, f64)| FitLine::of((t - 1).to_string(), *e);
    let ages = effects.by_time.iter().map(line).collect();
    out.sections.push(Section::new(
        "age",
        "By age since treatment; 0 the first treated period",
        "Por edad del tratamiento; 0 el primer periodo tratado",
        ages,
    ));
    let each = effects.by_unit.iter().map(|(i, e)| FitLine::of(&wide.units[*i], *e)).collect();
    out.sections.push(Section::new("unit", "By unit", "Por unidad", each));
    if !found.beta.is_empty() {
        let lines = fit.covariates.iter().zip(&found.beta).map(|(n, b)| FitLine::of(n, *b)).collect();
        out.sections.push(Section::new("covariates", "Covariates", "Covariables", lines));
    }
    out.plots.events = effects.by_time.iter().map(|(t, e)| EventPoint { age: t - 1, estimate: *e, interval: None }).collect();
    let ever: Vec<usize> = effects.by_unit.iter().map(|(i, _)| *i).collect();
    let mean = |cells: &[f64], t: usize| {
        let seen: Vec<f64> = ever.iter().map(|i| cells[i * grid.periods + t]).filter(|y| y.is_finite()).collect();
        seen.iter().sum::<f64>() / seen.len() as f64
    };
    let over = |cells: &[f64]| (0..grid.periods).map(|t| mean(cells, t)).collect::<Vec<f64>>();
    out.plots.paths = wide.paths(&over(&grid.outcome), &over(&effects.gaps));
    out.fact("sigma2", "variance left in untreated cells", "varianza que queda en celdas sin tratamiento", found.sigma2);
    out.fact("rank", "common forces", "fuerzas comunes", found.rank);
    out.fact("steps", "steps", "pasos", found.rest.steps);
    out.fact("change", "relative length of the last", "longitud relativa del último", found.rest.change);
}

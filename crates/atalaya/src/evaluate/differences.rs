//! Synthetic difference in differences, and two groups in two periods.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Problem};
use atalaya_methods::evaluate::block::Block;
use atalaya_methods::evaluate::covariance::Line;
use atalaya_methods::evaluate::synthetic_did::{self, Draws, Kind, Penalty, Solver, SyntheticDid, jackknife, placebos, synthetic_did};
use atalaya_methods::evaluate::two_by_two::two_by_two;

use super::controls::{Inference, aged, inference, read};
use super::data::Data;
use super::options::{pick, shown};
use super::refused::refused;
use super::wide::Wide;
use super::{Fit, FitLine, Fitted, Section, begun};

const INFERENCE: &[(&str, Inference)] =
    &[("placebo", Inference::Placebo), ("jackknife", Inference::Jackknife), ("bootstrap", Inference::Bootstrap), ("none", Inference::None)];

/// Synthetic difference in differences.
pub(super) fn synthdid(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let (wide, block) = read(fit, data)?;
    let solver = pick("solver", &fit.solver, &[("exact", Solver::Exact), ("frank-wolfe", Solver::FrankWolfe)])?;
    let kinds = [("sdid", Kind::Synthetic), ("sc", Kind::Control), ("did", Kind::Differences)];
    let options = synthetic_did::Options {
        kind: pick("estimator", &fit.estimator, &kinds)?,
        solver,
        zeta_omega: fit.zeta_omega,
        zeta_lambda: fit.zeta_lambda,
    };
    let found = synthetic_did(&block, &options).map_err(|e| wide.problem(&e))?;
    let mut out = begun(fit, data)?;
    out.size = wide.size(block.treated().len(), block.start());
    out.sections.push(Section::new(
        "effect",
        "Mean effect since the start",
        "Efecto medio desde el inicio",
        vec![FitLine::of("ATT", found.estimate)],
    ));
    drawn(&mut out, &wide, &block, &found);
    proved(&mut out, &found);
    let (se, p) = uncertain(fit, &mut out, &wide, &block, &options, &found)?;
    if let Some(se) = se {
        let line = shown(&Line::new("ATT", found.estimate, se, f64::INFINITY, fit.share()?));
        out.sections[0].lines[0] = FitLine { p: p.or(line.p), ..line };
    }
    out.effect = out.sections[0].lines.first().cloned();
    Ok(out)
}

/// A standard error and the p-value of placebos.
type Told = (Option<f64>, Option<f64>);

fn uncertain(
    fit: &Fit,
    out: &mut Fitted,
    wide: &Wide,
    block: &Block,
    options: &synthetic_did::Options,
    found: &SyntheticDid,
) -> Result<Told, Problem> {
    Ok(match inference(fit, INFERENCE)? {
        Inference::Placebo if block.donors().len() >= block.treated().len() + 2 => {
            let penalty = if options.solver == Solver::Exact { Penalty::OfEach } else { Penalty::OfFit };
            let how = Draws { penalty, draws: fit.draws.unwrap_or(1_000) as usize, seed: fit.seed() };
            let made = placebos(block, options, &how).map_err(|e| wide.problem(&e))?;
            out.fact("placebos", "placebos", "placebos", made.estimates.len());
            out.fact("enumerated", "all there are", "todos los que hay", made.enumerated);
            out.fact("placebo-gap", "largest relative gap among them", "mayor brecha relativa entre ellos", made.relative_gap);
            if block.treated().len() == 1 {
                let lines = made.estimates.iter().map(|(set, v)| FitLine::of(&wide.units[set[0]], *v)).collect();
                out.sections.push(Section::new("placebos", "Each donor as if treated", "Cada unidad como si fuera tratada", lines));
            }
            (Some(made.se), Some(made.p_value))
        }
        Inference::Jackknife => {
            let made = jackknife(block, found);
            if made.is_none() {
                out.notes.push(Both::new(
                    "no jackknife: one unit alone is treated, or one donor carries all",
                    "sin jackknife: solo una unidad recibe tratamiento, o una sola lleva todo el peso",
                ));
            }
            (made.map(|j| j.se), None)
        }
        Inference::Bootstrap => {
            let draws = fit.draws.unwrap_or(500) as usize;
            let (_, se) = synthetic_did::bootstrap(block, options, draws, fit.seed()).map_err(|e| wide.problem(&e))?;
            out.fact("draws", "draws", "sorteos", draws);
            (Some(se), None)
        }
        _ => (None, None),
    })
}

fn drawn(out: &mut Fitted, wide: &Wide, block: &Block, found: &SyntheticDid) {
    let lines = (block.start()..).zip(&found.by_period).map(|(t, e)| FitLine::of(wide.times[t].clone(), *e)).collect();
    out.sections.push(Section::new("period", "By period since the start", "Por periodo desde el inicio", lines));
    let donors = wide.donors(&found.donors, &found.omega);
    let lines = donors.iter().map(|d| FitLine::weighing(d.unit.clone(), d.weight)).collect();
    out.sections.push(Section::new("donors", "Who stands in for the treated", "Quiénes ocupan el lugar de las tratadas", lines));
    let used = found.lambda.iter().enumerate().filter(|(_, w)| **w > 1e-9);
    let lines = used.map(|(t, w)| FitLine::weighing(wide.times[t].clone(), *w)).collect();
    out.sections.push(Section::new("times", "Periods before the start that count", "Periodos anteriores que cuentan", lines));
    let treated = block.treated_mean();
    let mut gaps = treated.clone();
    for (&i, &w) in found.donors.iter().zip(&found.omega).filter(|(_, w)| **w != 0.0) {
        gaps.iter_mut().zip(block.series(i)).for_each(|(g, y)| *g -= w * y);
    }
    // The difference in the weighted past is what the estimate takes out.
    let level: f64 = gaps.iter().zip(&found.lambda).map(|(g, l)| g * l).sum();
    gaps.iter_mut().for_each(|g| *g -= level);
    out.plots.donors = donors;
    out.plots.paths = wide.paths(&treated, &gaps);
    out.plots.events = aged(&gaps, block.start());
}

fn proved(out: &mut Fitted, found: &SyntheticDid) {
    out.fact("zeta-omega", "penalty on unit weights", "penalización de los pesos de unidades", found.zeta_omega);
    out.fact("zeta-lambda", "penalty on period weights", "penalización de los pesos de periodos", found.zeta_lambda);
    if let Some(kkt) = &found.omega_kkt {
        out.fact("kkt-gap", "duality gap of the unit weights", "brecha de dualidad de los pesos de unidades", kkt.gap);
        out.fact("kkt-relative", "the same, as a share", "lo mismo, como proporción", kkt.relative_gap);
    }
    if let Some(kkt) = &found.lambda_kkt {
        out.fact("kkt-gap-times", "duality gap of the period weights", "brecha de dualidad de los pesos de periodos", kkt.gap);
    }
}

/// Two groups in two periods: units by name, the treated those that ever are.
pub(super) fn two(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let wide = Wide::read(fit, data)?;
    let t = wide.times.len();
    if t != 2 {
        let found = t.to_string();
        return Err(super::options::unknown("time", &found, "2"));
    }
    let treated: Vec<bool> = (0..wide.units.len()).map(|i| wide.treated[i * t..(i + 1) * t].iter().any(|d| *d)).collect();
    let side = |s: usize| (0..wide.units.len()).map(|i| Some(wide.outcome[i * t + s]).filter(|y| y.is_finite())).collect::<Vec<_>>();
    let made = two_by_two(&treated, &side(0), &side(1), fit.share()?).map_err(|e| refused(&e))?;
    let mut out = begun(fit, data)?;
    out.size = wide.size(treated.iter().filter(|d| **d).count(), 1);
    let line = FitLine { term: "ATT".into(), ..shown(&made.balanced) };
    out.effect = Some(line.clone());
    out.sections.push(Section::new("effect", "Units seen in both periods", "Unidades vistas en ambos periodos", vec![line]));
    out.sections.push(Section::new("all", "All outcomes there are", "Todos los resultados que hay", vec![FitLine::of("ATT", made.all)]));
    let names = ["treated before", "treated after", "others before", "others after"];
    let lines = names.iter().zip(made.means).map(|(n, m)| FitLine::of(*n, m)).collect();
    out.sections.push(Section::new("means", "Means", "Medias", lines));
    let points: BTreeMap<usize, [f64; 2]> = [(0, [made.means[0], made.means[2]]), (1, [made.means[1], made.means[3]])].into();
    let shift = made.means[0] - made.means[2];
    out.plots.paths =
        wide.paths(&points.values().map(|m| m[0]).collect::<Vec<_>>(), &points.values().map(|m| m[0] - m[1] - shift).collect::<Vec<_>>());
    out.fact("freedom", "degrees of freedom (Welch)", "grados de libertad (Welch)", made.balanced.freedom);
    Ok(out)
}

//! Synthetic controls of every kind: a panel with one start in, effect, weights and placebos out.

use atalaya_kernel::{Both, Problem, both};
use atalaya_methods::evaluate::augmented_control::{self, augmented_control};
use atalaya_methods::evaluate::block::Block;
use atalaya_methods::evaluate::conformal::{Proxy, debiased, moving_blocks};
use atalaya_methods::evaluate::donors::{Caution, Mixture};
use atalaya_methods::evaluate::robust_control::robust_control;
use atalaya_methods::evaluate::synthetic_control::{self, Pool, SpacePlacebos, leave_one_out, space_placebos, synthetic_control};

use super::data::Data;
use super::finding::{EventPoint, Placebo};
use super::options::pick;
use super::wide::Wide;
use super::{Fit, FitLine, Fitted, Section, begun};

/// A panel with one start, from columns.
pub(super) fn read(fit: &Fit, data: &mut Data) -> Result<(Wide, Block), Problem> {
    let wide = Wide::read(fit, data)?;
    let block = wide.block()?;
    Ok((wide, block))
}

/// How uncertainty is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inference {
    /// Units or times without treatment, as if they had been treated.
    Placebo,
    /// Units left out in turn.
    Jackknife,
    /// Units drawn with replacement.
    Bootstrap,
    /// Errors moved around in time.
    Conformal,
    /// Not at all.
    None,
}

/// The inference asked for among those a method has; the first where none is named.
pub(super) fn inference(fit: &Fit, known: &[(&str, Inference)]) -> Result<Inference, Problem> {
    pick("inference", &fit.inference, known)
}

const USUAL: &[(&str, Inference)] = &[("placebo", Inference::Placebo), ("conformal", Inference::Conformal), ("none", Inference::None)];
const CONFORMAL: &[(&str, Inference)] = &[("conformal", Inference::Conformal), ("none", Inference::None)];

/// What every mixture of donors has: gaps, weights, cautions, and the proof of the weights.
pub(super) fn mixed(fit: &Fit, data: &Data, wide: &Wide, block: &Block, found: &Mixture) -> Result<Fitted, Problem> {
    let mut out = begun(fit, data)?;
    out.size = wide.size(block.treated().len(), block.start());
    out.sections.push(Section::new(
        "effect",
        "Mean effect since the start",
        "Efecto medio desde el inicio",
        vec![FitLine::of("ATT", found.att)],
    ));
    let gaps = (block.start()..block.periods()).map(|t| FitLine::of(wide.times[t].clone(), found.gaps[t])).collect();
    out.sections.push(Section::new("period", "By period since the start", "Por periodo desde el inicio", gaps));
    let donors = wide.donors(&found.donors, &found.weights);
    let lines = donors.iter().map(|d| FitLine::weighing(d.unit.clone(), d.weight)).collect();
    out.sections.push(Section::new("donors", "Who stands in for the treated", "Quiénes ocupan el lugar de las tratadas", lines));
    out.plots.donors = donors;
    out.plots.paths = wide.paths(&block.treated_mean(), &found.gaps);
    out.plots.events = aged(&found.gaps, block.start());
    out.fact(
        "rmspe-before",
        "root mean squared gap before the start",
        "raíz de la brecha cuadrática media antes del inicio",
        found.rmspe_before,
    );
    out.fact("rmspe-after", "the same since the start", "lo mismo desde el inicio", found.rmspe_after);
    if found.intercept != 0.0 {
        out.fact("intercept", "constant difference", "diferencia constante", found.intercept);
    }
    if let Some(kkt) = &found.kkt {
        out.fact("kkt-gap", "duality gap of the weights", "brecha de dualidad de los pesos", kkt.gap);
        out.fact("kkt-relative", "the same, as a share", "lo mismo, como proporción", kkt.relative_gap);
        out.fact("support", "donors with weight", "unidades con peso", kkt.support);
        out.fact("ties", "donors that could take weight at no cost", "unidades que podrían tomar peso sin costo", kkt.ties);
    }
    out.notes.extend(found.cautions.iter().filter_map(|c| caution(c, wide)));
    out.effect = out.sections[0].lines.first().cloned();
    Ok(out)
}

/// Gaps by periods since the start.
pub(super) fn aged(gaps: &[f64], start: usize) -> Vec<EventPoint> {
    let point = |(at, gap): (usize, &f64)| EventPoint { age: at as i64 - start as i64, estimate: *gap, interval: None };
    gaps.iter().enumerate().filter(|(_, g)| g.is_finite()).map(point).collect()
}

fn caution(caution: &Caution, wide: &Wide) -> Option<Both> {
    Some(match caution {
        Caution::OneDonor { unit } => {
            let unit = &wide.units[*unit];
            both!("one unit carries all the weight: {unit}", "una sola unidad lleva todo el peso: {unit}")
        }
        Caution::NotUnique { ties } => both!(
            "other weights fit the past as well: {ties} units could take a share at no cost",
            "otros pesos se ajustan igual al pasado: {ties} unidades podrían tomar parte sin costo"
        ),
        Caution::PoorFit { share_of_spread } => {
            let share = 100.0 * share_of_spread;
            both!(
                "the mixture misses the past by {share:.0} % of its spread: do not lean on it",
                "la mezcla se aparta del pasado en {share:.0} % de su dispersión: no se apoye en ella"
            )
        }
        Caution::ShortPast { before, donors } => both!(
            "{before} periods before the start for {donors} units: the weights may fit noise",
            "{before} periodos antes del inicio para {donors} unidades: los pesos pueden ajustarse al ruido"
        ),
        Caution::Extrapolates { negative } => both!(
            "weights below 0 add up to {negative:.3}: an extrapolation",
            "los pesos menores que 0 suman {negative:.3}: es una extrapolación"
        ),
        _ => return None,
    })
}

/// Puts the p-value of a test beside the answer.
fn tested(out: &mut Fitted, p: f64) {
    out.sections[0].lines[0].p = Some(p);
    out.effect = out.sections[0].lines.first().cloned();
}

/// Placebos in space, beside the answer.
fn placed(out: &mut Fitted, wide: &Wide, block: &Block, all: &SpacePlacebos) {
    let (rank, p) = all.rank_of_treated();
    tested(out, p);
    let ratios = all.ratios();
    let lines =
        all.units.iter().zip(&ratios).zip(&all.att).map(|((&i, r), att)| FitLine { weight: Some(*r), ..FitLine::of(&wide.units[i], *att) });
    out.sections.push(Section::new(
        "placebos",
        "Each unit as if treated: effect, and error after over before",
        "Cada unidad como si fuera tratada: efecto, y error posterior sobre anterior",
        lines.collect(),
    ));
    out.plots.placebos = (0..all.units.len())
        .map(|k| Placebo {
            unit: wide.units[all.units[k]].clone(),
            treated: k == 0,
            gaps: (0..block.periods()).map(|t| (wide.period(t), all.gaps[k][t])).collect(),
            ratio: Some(ratios[k]),
        })
        .collect();
    out.fact("rank", "rank of the treated by that ratio", "puesto de la tratada según esa razón", rank);
    out.fact("placebos", "units tried, all there are", "unidades probadas, todas las que hay", all.units.len());
    out.fact("placebo-gap", "largest relative gap among them", "mayor brecha relativa entre ellas", all.relative_gap);
}

/// Why there is no placebo test.
fn untested(out: &mut Fitted) {
    out.notes.push(Both::new(
        "no placebo test: it needs one treated unit and three others",
        "sin prueba de placebo: necesita una unidad tratada y otras tres",
    ));
}

/// Synthetic control on outcomes: plain, demeaned, penalised.
pub(super) fn sc(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let (wide, block) = read(fit, data)?;
    let options =
        synthetic_control::Options { intercept: fit.intercept, penalty: fit.lambda.unwrap_or(0.0), ridge: fit.ridge.unwrap_or(0.0) };
    let found = synthetic_control(&block, &options).map_err(|e| wide.problem(&e))?;
    let mut out = mixed(fit, data, &wide, &block, &found)?;
    match inference(fit, USUAL)? {
        Inference::Placebo if block.treated().len() == 1 && block.units() > 3 => {
            let pool = pick("pool", &fit.pool, &[("all", Pool::All), ("untreated", Pool::Untreated)])?;
            placed(&mut out, &wide, &block, &space_placebos(&block, &options, pool).map_err(|e| wide.problem(&e))?);
        }
        Inference::Placebo => untested(&mut out),
        Inference::Conformal => shifted(fit, &mut out, &wide, &block)?,
        _ => {}
    }
    if block.donors().len() > 2 {
        let without = leave_one_out(&block, &options).map_err(|e| wide.problem(&e))?;
        let lines = without.iter().map(|(i, att)| FitLine::of(&wide.units[*i], *att)).collect();
        out.sections.push(Section::new("leave-one-out", "The effect without each of them", "El efecto sin cada una de ellas", lines));
    }
    Ok(out)
}

/// The conformal test and the debiased mean, beside the answer.
fn shifted(fit: &Fit, out: &mut Fitted, wide: &Wide, block: &Block) -> Result<(), Problem> {
    let proxy = proxy(fit)?;
    let null = fit.null.unwrap_or(0.0);
    let test = moving_blocks(block, &vec![null; block.periods() - block.start()], proxy).map_err(|e| wide.problem(&e))?;
    tested(out, test.p_value);
    out.fact("shifts", "shifts of the errors, all there are", "desplazamientos de los errores, todos los que hay", test.shifts);
    Ok(())
}

fn proxy(fit: &Fit) -> Result<Proxy, Problem> {
    pick("proxy", &fit.proxy, &[("sc", Proxy::Control), ("did", Proxy::Differences), ("classo", Proxy::ConstrainedLasso)])
}

/// Conformal inference and the t-test.
pub(super) fn conformal(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let (wide, block) = read(fit, data)?;
    let mut out = begun(fit, data)?;
    out.size = wide.size(block.treated().len(), block.start());
    let folds = fit.folds.unwrap_or(2) as usize;
    let found = debiased(&block, folds, proxy(fit)?).map_err(|e| wide.problem(&e))?;
    out.ninety_five()?;
    let line = FitLine::of("ATT", found.att).with(Some(found.se), Some(found.interval), Some(found.p_value));
    out.effect = Some(line.clone());
    out.sections.push(Section::new("t-test", "Mean effect less its bias", "Efecto medio menos su sesgo", vec![line]));
    let null = fit.null.unwrap_or(0.0);
    let test = moving_blocks(&block, &vec![null; block.periods() - block.start()], proxy(fit)?).map_err(|e| wide.problem(&e))?;
    let line = FitLine::of("H0", null).with(None, None, Some(test.p_value));
    out.sections.push(Section::new("moving-blocks", "Effect supposed in every period", "Efecto supuesto en cada periodo", vec![line]));
    out.plots.paths = wide.paths(&block.treated_mean(), &test.errors);
    out.plots.events = aged(&test.errors, block.start());
    out.fact("shifts", "shifts of the errors, all there are", "desplazamientos de los errores, todos los que hay", test.shifts);
    out.fact("folds", "blocks of the past left out", "bloques del pasado omitidos", folds);
    Ok(out)
}

/// Means of covariates before the start, unit by unit.
fn means(fit: &Fit, data: &Data, wide: &Wide, block: &Block) -> Result<Vec<Vec<f64>>, Problem> {
    fit.covariates.iter().map(|c| super::predictors::mean_of(wide, data, c, 0..block.start())).collect()
}

/// Augmented synthetic control.
pub(super) fn augsynth(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let (wide, block) = read(fit, data)?;
    let enter = pick(
        "enter",
        &fit.enter,
        &[("beside", augmented_control::Covariates::Beside), ("residualised", augmented_control::Covariates::Residualised)],
    )?;
    let options = augmented_control::Options { penalty: fit.lambda, covariates: means(fit, data, &wide, &block)?, enter };
    let found = augmented_control(&block, &options).map_err(|e| wide.problem(&e))?;
    let mut out = mixed(fit, data, &wide, &block, &found.mixture)?;
    out.sections.push(Section::new("plain", "Without the addition", "Sin la añadidura", vec![FitLine::of("ATT", found.plain.att)]));
    out.fact("lambda", "penalty", "penalización", found.penalty);
    out.fact("lambda-chosen", "penalty chosen by periods left out", "penalización elegida omitiendo periodos", fit.lambda.is_none());
    out.fact("bias", "estimated bias of the plain mixture", "sesgo estimado de la mezcla simple", found.bias);
    out.fact("imbalance", "root of the summed squared gaps before", "raíz de la suma de brechas cuadráticas previas", found.imbalance);
    out.fact("improvement", "less than with equal weights, per cent", "menos que con pesos iguales, por ciento", found.improvement);
    if inference(fit, CONFORMAL)? == Inference::Conformal {
        shifted(fit, &mut out, &wide, &block)?;
        out.notes.push(Both::new(
            "the p-value is that of the conformal test with a plain mixture",
            "el valor p es el de la prueba conforme con una mezcla simple",
        ));
    }
    Ok(out)
}

/// Robust synthetic control.
pub(super) fn robust(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let (wide, block) = read(fit, data)?;
    let found = robust_control(&block, fit.r.unwrap_or(2) as usize, fit.lambda.unwrap_or(0.1)).map_err(|e| wide.problem(&e))?;
    let mut out = mixed(fit, data, &wide, &block, &found)?;
    out.fact("directions", "directions kept", "direcciones conservadas", fit.r.unwrap_or(2));
    out.fact("lambda", "penalty", "penalización", fit.lambda.unwrap_or(0.1));
    Ok(out)
}

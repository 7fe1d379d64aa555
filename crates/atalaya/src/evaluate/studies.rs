//! Several studies together: effect sizes, random effects, clusters, missing studies.

use atalaya_kernel::{Both, Problem};
use atalaya_methods::evaluate::effect_sizes::{self, Effect, EffectError, Group, TwoByTwo};
use atalaya_methods::evaluate::meta_analysis::{
    Between, Coefficient, Meta, Options, Stop, Studies, explained, meta_analysis, tau2_interval,
};
use atalaya_methods::evaluate::meta_bias::{begg, egger, trim_and_fill};
use atalaya_methods::evaluate::meta_multilevel::{Clustered, meta_multilevel, robust};
use atalaya_methods::num::Matrix;

use super::data::Data;
use super::options::{normal_line, pick, t_line, unknown};
use super::reasons::Reason;
use super::{Fit, FitLine, Fitted, Section, begun};

const BETWEEN: &[(&str, Option<Between>)] = &[
    ("reml", Some(Between::RestrictedLikelihood)),
    ("dl", Some(Between::DerSimonianLaird)),
    ("pm", Some(Between::PauleMandel)),
    ("ml", Some(Between::Likelihood)),
    ("eb", Some(Between::EmpiricalBayes)),
    ("he", Some(Between::Hedges)),
    ("hs", Some(Between::HunterSchmidt)),
    ("sj", Some(Between::SidikJonkman)),
    ("fe", Some(Between::None)),
    ("mh", None),
    ("peto", None),
];

fn reason(e: &dyn Reason) -> Problem {
    e.problem(&[], &[])
}

/// The numbers of `--parts`, column after column.
fn parts(fit: &Fit, data: &Data, wanted: &[&str]) -> Result<Vec<Vec<f64>>, Problem> {
    if fit.parts.len() != wanted.len() {
        return Err(unknown("parts", &fit.parts.join(","), &wanted.join(",")));
    }
    fit.parts.iter().map(|c| data.numbers(c)).collect()
}

const TABLE: [&str; 4] = ["A", "B", "C", "D"];

fn tables(fit: &Fit, data: &Data) -> Result<Vec<TwoByTwo>, Problem> {
    let p = parts(fit, data, &TABLE)?;
    Ok((0..p[0].len()).map(|i| TwoByTwo { a: p[0][i], b: p[1][i], c: p[2][i], d: p[3][i] }).collect())
}

/// Effects made from what studies print.
fn measured(fit: &Fit, data: &Data, measure: &str) -> Result<Vec<Effect>, Problem> {
    let all = |found: Result<Vec<Effect>, EffectError>| found.map_err(|e| reason(&e));
    let of_tables = |f: fn(TwoByTwo) -> Result<Effect, EffectError>| all(tables(fit, data)?.into_iter().map(f).collect());
    let of_groups = |f: fn(Group, Group) -> Result<Effect, EffectError>| {
        let p = parts(fit, data, &["N1", "MEAN1", "SD1", "N2", "MEAN2", "SD2"])?;
        let group = |i: usize, k: usize| Group { n: p[k][i], mean: p[k + 1][i], sd: p[k + 2][i] };
        all((0..p[0].len()).map(|i| f(group(i, 0), group(i, 3))).collect())
    };
    let of_pairs = |f: fn(f64, f64) -> Result<Effect, EffectError>, wanted: [&str; 2]| {
        let p = parts(fit, data, &wanted)?;
        all(p[0].iter().zip(&p[1]).map(|(a, b)| f(*a, *b)).collect())
    };
    match measure {
        "rr" => of_tables(effect_sizes::log_risk_ratio),
        "or" => of_tables(effect_sizes::log_odds_ratio),
        "rd" => of_tables(effect_sizes::risk_difference),
        "peto" => of_tables(effect_sizes::peto_log_odds_ratio),
        "md" => of_groups(effect_sizes::mean_difference),
        "smd" => of_groups(effect_sizes::standardised_mean_difference),
        "zcor" => of_pairs(effect_sizes::fisher_z, ["R", "N"]),
        "plo" => of_pairs(effect_sizes::logit_proportion, ["EVENTS", "N"]),
        "irr" => {
            let p = parts(fit, data, &["EVENTS1", "TIME1", "EVENTS2", "TIME2"])?;
            all((0..p[0].len()).map(|i| effect_sizes::log_rate_ratio([p[0][i], p[1][i]], [p[2][i], p[3][i]])).collect())
        }
        other => Err(unknown("measure", other, "rr, or, rd, peto, irr, md, smd, zcor, plo")),
    }
}

/// Estimates and variances: as columns give them, or made from what studies print.
fn effects(fit: &Fit, data: &mut Data) -> Result<(Vec<f64>, Vec<f64>), Problem> {
    let moderators: Vec<&str> = fit.covariates.iter().chain(&fit.cluster).chain(&fit.unit).map(String::as_str).collect();
    if let Some(measure) = &fit.measure {
        let wanted: Vec<&str> = fit.parts.iter().map(String::as_str).chain(moderators).collect();
        data.need(&wanted)?;
        return Ok(measured(fit, data, measure)?.iter().map(|e| (e.y, e.v)).unzip());
    }
    let outcome = fit.outcome()?;
    let column = match (&fit.variance, &fit.se) {
        (Some(v), _) => v,
        (None, Some(se)) => se,
        _ => return Err(fit.lacking("variance")),
    };
    data.need(&[&[outcome, column.as_str()], moderators.as_slice()].concat())?;
    let v = data.numbers(column)?;
    let v = if fit.variance.is_some() { v } else { v.iter().map(|s| s * s).collect() };
    Ok((data.numbers(outcome)?, v))
}

/// The constant and the moderators.
fn design(fit: &Fit, data: &Data, k: usize) -> Result<Matrix, Problem> {
    let columns = std::iter::once(Ok(vec![1.0; k])).chain(fit.covariates.iter().map(|c| data.numbers(c)));
    Ok(Matrix::from_columns(k, &columns.collect::<Result<Vec<_>, _>>()?))
}

fn line(term: &str, c: &Coefficient) -> FitLine {
    FitLine::of(term, c.estimate).with(Some(c.se), Some(c.interval), Some(c.p_value))
}

/// A meta-analysis.
pub(super) fn meta(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let Some(between) = pick("tau2", &fit.tau2, BETWEEN)? else { return pooled(fit, data) };
    let (y, v) = effects(fit, data)?;
    let as_metafor = pick("solver", &fit.solver, &[("exact", false), ("metafor", true)])?;
    let options = Options {
        between,
        stop: if as_metafor { Stop::AsUniroot } else { Stop::AtOptimum },
        knapp_hartung: pick("test", &fit.test, &[("knha", true), ("z", false)])?,
        level: fit.share()?,
    };
    let x = design(fit, data, y.len())?;
    let studies = Studies { y: &y, v: &v, x: (!fit.covariates.is_empty()).then_some(&x) };
    let found = meta_analysis(&studies, &options).map_err(|e| reason(&e))?;
    let mut out = begun(fit, data)?;
    out.size = super::finding::Size { units: y.len(), rows: y.len(), ..Default::default() };
    let names = std::iter::once("mean").chain(fit.covariates.iter().map(String::as_str));
    let lines: Vec<FitLine> = names.zip(&found.coefficients).map(|(n, c)| line(n, c)).collect();
    out.effect = lines.first().cloned();
    out.sections.push(Section::new("mean", "Together", "En conjunto", lines));
    between_studies(&mut out, &studies, &options, &found)?;
    if fit.covariates.is_empty() {
        missing(&mut out, &y, &v, &options, as_metafor)?;
    }
    let each = y.iter().zip(&v).enumerate().map(|(i, (y, v))| FitLine::of((i + 1).to_string(), *y).with(Some(v.sqrt()), None, None));
    out.sections.push(Section::new("studies", "Each study", "Cada estudio", each.collect()));
    out.fact("steps", "steps", "pasos", found.steps);
    out.fact("log-likelihood", "log-likelihood", "log-verosimilitud", found.log_likelihood);
    Ok(out)
}

fn between_studies(out: &mut Fitted, studies: &Studies<'_>, options: &Options, found: &Meta) -> Result<(), Problem> {
    let interval = tau2_interval(studies, options.level, options.stop).map_err(|e| reason(&e))?;
    let tau2 = FitLine::of("tau2", found.tau2).with(None, interval, None);
    let q = FitLine::of("Q", found.q.0).with(None, None, Some(found.q.1));
    let mut lines = vec![tau2, FitLine::of("I2", found.i2), FitLine::of("H2", found.h2), q];
    if let Some(interval) = found.prediction {
        lines.push(FitLine::of("next", found.coefficients[0].estimate).with(None, Some(interval), None));
    }
    if studies.x.is_some() {
        lines.push(FitLine::of("R2", explained(studies, options).map_err(|e| reason(&e))?));
    }
    out.sections.push(Section::new(
        "between",
        "Between studies: variance, share of it in %, test, and where the next one falls",
        "Entre estudios: varianza, su proporción en %, prueba, y dónde caería el próximo",
        lines,
    ));
    Ok(())
}

/// Signs that small studies without an effect are missing.
fn missing(out: &mut Fitted, y: &[f64], v: &[f64], options: &Options, as_metafor: bool) -> Result<(), Problem> {
    if y.len() < 3 {
        return Ok(());
    }
    let stop = if as_metafor { Stop::AfterSmallStep } else { Stop::AtOptimum };
    // Where errors do not differ there is no slope on them.
    let slope = egger(y, v, &Options { stop, between: Between::RestrictedLikelihood, knapp_hartung: false, ..*options });
    let ranks = begg(y, v).map_err(|e| reason(&e))?;
    let mut lines = Vec::new();
    if let Ok(slope) = &slope {
        lines.push(line("egger", slope));
    }
    lines.push(FitLine::of("begg", ranks.tau).with(None, None, Some(ranks.p_value)));
    if slope.is_ok() {
        let filled = trim_and_fill(y, v, options).map_err(|e| reason(&e))?;
        lines.push(line("trim-and-fill", &filled.with.coefficients[0]));
        out.fact("missing", "studies missing by trim and fill", "estudios ausentes según recortar y rellenar", filled.missing);
    }
    out.sections.push(Section::new(
        "bias",
        "Missing studies: slope on the error, rank correlation, mean with them filled in",
        "Estudios ausentes: pendiente sobre el error, correlación de rangos, media con ellos rellenados",
        lines,
    ));
    Ok(())
}

/// Mantel and Haenszel, or Peto, over all tables.
fn pooled(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let columns: Vec<&str> = fit.parts.iter().map(String::as_str).collect();
    data.need(&columns)?;
    let tables = tables(fit, data)?;
    let found = match fit.tau2.as_deref() {
        Some("peto") => effect_sizes::peto(&tables),
        _ => effect_sizes::mantel_haenszel_risk_ratio(&tables),
    };
    let found = found.map_err(|e| reason(&e))?;
    let mut out = begun(fit, data)?;
    out.size = super::finding::Size { units: tables.len(), rows: tables.len(), ..Default::default() };
    let line = normal_line("mean", found.y, found.v.sqrt(), fit.share()?);
    out.effect = Some(line.clone());
    out.sections.push(Section::new("mean", "Together", "En conjunto", vec![line]));
    out.fact("tables", "tables", "tablas", tables.len());
    out.notes
        .push(Both::new("one effect is taken to be the same in all studies", "se supone que el efecto es el mismo en todos los estudios"));
    Ok(out)
}

/// A meta-analysis of estimates in clusters.
pub(super) fn multilevel(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let (y, v) = effects(fit, data)?;
    let cluster = data.codes(fit.cluster.first().ok_or_else(|| fit.lacking("cluster"))?)?;
    let unit = match &fit.unit {
        Some(unit) => data.codes(unit)?,
        None => (0..y.len() as u32).collect(),
    };
    let x = design(fit, data, y.len())?;
    let studies = Clustered { y: &y, v: &v, x: &x, cluster: &cluster, unit: &unit };
    let found = meta_multilevel(&studies).map_err(|e| reason(&e))?;
    let errors = robust(&studies, &found).map_err(|e| reason(&e))?;
    let level = fit.share()?;
    let mut out = begun(fit, data)?;
    let names: Vec<&str> = std::iter::once("mean").chain(fit.covariates.iter().map(String::as_str)).collect();
    let groups: std::collections::BTreeSet<u32> = cluster.iter().copied().collect();
    out.size = super::finding::Size { units: groups.len(), rows: y.len(), ..Default::default() };
    let lines = |se: &[f64], df: Option<&[f64]>| -> Vec<FitLine> {
        let one = |(j, n): (usize, &&str)| match df {
            Some(df) => t_line(n, found.beta[j], se[j], df[j], level),
            None => normal_line(n, found.beta[j], se[j], level),
        };
        names.iter().enumerate().map(one).collect()
    };
    let cr2 = lines(&errors.cr2, Some(&errors.df));
    out.effect = cr2.first().cloned();
    out.sections.push(Section::new(
        "mean",
        "Errors that hold whatever the model (CR2)",
        "Errores válidos sea cual sea el modelo (CR2)",
        cr2,
    ));
    out.sections.push(Section::new("model", "Errors if the model holds", "Errores si el modelo se cumple", lines(&found.se, None)));
    out.sections.push(Section::new("cr1", "CR1", "CR1", lines(&errors.cr1, None)));
    out.fact("between", "variance between clusters", "varianza entre grupos", found.between);
    out.fact("within", "variance within clusters", "varianza dentro de los grupos", found.within);
    out.fact("df", "degrees of freedom (Satterthwaite)", "grados de libertad (Satterthwaite)", errors.df.clone());
    out.fact("clusters", "clusters", "grupos", groups.len());
    out.fact("steps", "scoring steps", "pasos", found.steps);
    Ok(out)
}

//! The estimators for panels: columns in, sections and certificate out.

use atalaya_kernel::{Both, Problem, both};
use atalaya_methods::evaluate::bacon::{Kind, bacon};
use atalaya_methods::evaluate::callaway_santanna::aggregate::{Averages, Item};
use atalaya_methods::evaluate::callaway_santanna::{GroupTime, callaway_santanna};
use atalaya_methods::evaluate::covariance::{Covariance, Line};
use atalaya_methods::evaluate::event_study::{Window, event_study};
use atalaya_methods::evaluate::extended_twfe::extended_twfe;
use atalaya_methods::evaluate::fixed_effects::{Fit as Regressed, Regression};
use atalaya_methods::evaluate::imputation::{self, earlier, imputation};
use atalaya_methods::evaluate::influence::Influence;
use atalaya_methods::evaluate::poisson::poisson;
use atalaya_methods::evaluate::sun_abraham::{By, Interacted, sun_abraham};
use atalaya_methods::evaluate::wild_bootstrap::{self, wild_bootstrap};

use super::columns::{Columns, events, vouch};
use super::data::Data;
use super::options::{shown, unknown};
use super::refused::refused;
use super::{Fit, FitLine, Fitted, Section};

fn section(id: &str, en: &'static str, es: &'static str, lines: Vec<FitLine>) -> Section {
    Section::new(id, en, es, lines)
}

fn item(name: String, item: &Item, level: f64) -> FitLine {
    match item.se {
        Some(se) => shown(&Line::new(&name, item.att, se, f64::INFINITY, level)),
        None => FitLine { term: name, estimate: Some(item.att), se: None, interval: None, p: None, weight: None },
    }
}

/// Group-time effects and their averages.
pub(super) fn did(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let columns = Columns::read(fit, data)?;
    let options = fit.group_time()?;
    let effects = columns.staggered(fit, |panel| callaway_santanna(panel, &options).map_err(|e| refused(&e)))?;
    let mut out = columns.begin(fit, data)?;
    let level = fit.share()?;
    for (name, by) in fit.averages()? {
        let averages = effects.aggregate(by).map_err(|e| refused(&e))?;
        out.sections.push(averaged(fit, name, &averages, level, &mut out.certificate));
    }
    let of = |id: &str| out.sections.iter().find(|s| s.id == id).map(|s| s.lines.as_slice());
    out.plots.events = of("dynamic").map_or_else(Vec::new, |lines| events(&lines[1..]));
    out.effect = of("simple").or_else(|| out.sections.first().map(|s| s.lines.as_slice())).and_then(|l| l.first().cloned());
    let lines = effects.cells.iter().map(|c| item(format!("{} {}", c.cohort, c.period), &Item { at: 0, att: c.att, se: c.se }, level));
    out.sections.push(section("group-time", "By cohort and period", "Por cohorte y periodo", lines.collect()));
    group_time_facts(&mut out, &effects);
    if let Some(draws) = fit.draws.filter(|d| *d > 0) {
        let critical = effects.influence.bootstrap(fit.seed(), draws as usize, level).critical;
        out.fact(
            "critical",
            "critical value for all cohorts and periods together",
            "valor crítico para toda cohorte y periodo a la vez",
            critical,
        );
    }
    Ok(out)
}

/// An average with its parts, and a bootstrap where draws are asked for.
fn averaged(fit: &Fit, name: &'static str, averages: &Averages, level: f64, facts: &mut Vec<super::Fact>) -> Section {
    let (en, es) = match name {
        "simple" => ("Over all treated cohorts and periods", "Sobre toda cohorte y periodo con tratamiento"),
        "group" => ("By cohort", "Por cohorte"),
        "dynamic" => ("By age since treatment", "Por edad del tratamiento"),
        _ => ("By period", "Por periodo"),
    };
    let mut lines = vec![item("ATT".into(), &averages.overall, level)];
    lines.extend(averages.items.iter().map(|i| item(i.at.to_string(), i, level)));
    if let Some(draws) = fit.draws.filter(|d| *d > 0) {
        let boot = averages.influence.bootstrap(fit.seed(), draws as usize, level);
        // What holds together are the parts; the average over them stands alone.
        let parts = averages.influence.shares.pick_columns(&(1..=averages.items.len()).collect::<Vec<_>>());
        let critical = match averages.items.is_empty() {
            true => boot.critical,
            false => Influence { shares: parts }.bootstrap(fit.seed(), draws as usize, level).critical,
        };
        for (line, se) in lines.iter_mut().zip(&boot.se).filter(|(_, se)| **se > 0.0) {
            let estimate = line.estimate.unwrap_or(f64::NAN);
            *line = shown(&Line::new(&line.term, estimate, *se, f64::INFINITY, level));
            if line.term != "ATT" {
                line.interval = Some([estimate - critical * se, estimate + critical * se]);
            }
        }
        let words = [("bootstrap", "multiplier bootstrap", "bootstrap de multiplicadores")];
        for (id, en, es) in words {
            let value = serde_json::json!({ "average": name, "draws": boot.draws, "enumerated": boot.enumerated, "critical": critical });
            facts.push(super::Fact { id, label: Both::new(en, es), value });
        }
    }
    section(name, en, es, lines)
}

fn group_time_facts(out: &mut Fitted, effects: &GroupTime) {
    out.fact("units", "units behind the errors", "unidades tras los errores", effects.cohort.len());
    out.fact("steps", "most Newton steps of a logit", "pasos de Newton del logit más largo", effects.steps);
    out.fact("trimmed", "comparison rows trimmed", "filas de comparación recortadas", effects.trimmed);
    if let Some(test) = effects.pre_test() {
        out.fact("pre-trend-wald", "Wald statistic of periods before treatment", "estadístico de Wald de los periodos previos", test.wald);
        out.fact("pre-trend-p", "its p-value", "su valor p", test.p);
        if test.p < 0.05 {
            out.notes.push(Both::new(
                "treated units moved apart before treatment: parallel trends are in doubt",
                "las unidades tratadas ya se apartaban antes del tratamiento: las tendencias paralelas están en duda",
            ));
        }
    }
    let lists = |cells: &[(i64, i64)]| cells.iter().map(|(g, t)| format!("{g}/{t}")).collect::<Vec<_>>().join(", ");
    if !effects.skipped.is_empty() {
        let cells = lists(&effects.skipped);
        out.notes.push(both!("no comparison for cohort/period {cells}", "sin comparación para cohorte/periodo {cells}"));
    }
    if !effects.always_treated.is_empty() {
        let cohorts = effects.always_treated.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        out.notes
            .push(both!("never seen untreated, left out: cohorts {cohorts}", "nunca vistas sin tratamiento, omitidas: cohortes {cohorts}"));
    }
    if effects.incomplete > 0 {
        let n = effects.incomplete;
        out.notes.push(both!("{n} units with gaps are left out", "se omiten {n} unidades con huecos"));
    }
}

/// An interacted regression, averaged.
fn interacted(fit: &Fit, data: &Data, columns: &Columns, made: &Interacted) -> Result<Fitted, Problem> {
    let mut out = columns.begin(fit, data)?;
    let level = fit.share()?;
    let cov = columns.interacted(fit, made)?;
    let lines = |by| made.average(&cov, by, level).iter().map(shown).collect();
    out.sections.push(section("all", "Over all treated rows", "Sobre todas las filas tratadas", lines(By::All)));
    out.sections.push(section("age", "By age since treatment", "Por edad del tratamiento", lines(By::Age)));
    out.sections.push(section("cohort", "By cohort", "Por cohorte", lines(By::Cohort)));
    out.effect = out.sections[0].lines.first().cloned();
    out.plots.events = events(&out.sections[1].lines);
    vouch(&mut out, &made.fit, Some(&cov));
    out.rows = made.rows.len();
    if !made.always_treated.is_empty() {
        let cohorts = made.always_treated.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        out.notes
            .push(both!("never seen untreated, left out: cohorts {cohorts}", "nunca vistas sin tratamiento, omitidas: cohortes {cohorts}"));
    }
    Ok(out)
}

/// Sun and Abraham.
pub(super) fn sunab(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let columns = Columns::read(fit, data)?;
    let made = columns.staggered(fit, |panel| sun_abraham(panel, fit.reference.unwrap_or(-1)).map_err(|e| refused(&e)))?;
    interacted(fit, data, &columns, &made)
}

/// Wooldridge.
pub(super) fn etwfe(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let columns = Columns::read(fit, data)?;
    let made = columns.staggered(fit, |panel| extended_twfe(panel).map_err(|e| refused(&e)))?;
    interacted(fit, data, &columns, &made)
}

/// Borusyak, Jaravel and Spiess.
pub(super) fn imputed(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let columns = Columns::read(fit, data)?;
    let options = imputation::Options { leave_out: fit.leave_out };
    let made = columns.staggered(fit, |panel| imputation(panel, options).map_err(|e| refused(&e)))?;
    let mut out = columns.begin(fit, data)?;
    let level = fit.share()?;
    let line =
        |h: &imputation::Horizon| shown(&Line::new(&h.age.map_or("ATT".into(), |a| a.to_string()), h.att, h.se, f64::INFINITY, level));
    let (all, ages) = made.horizons.split_at(1);
    out.sections.push(section("all", "Over all treated rows", "Sobre todas las filas tratadas", all.iter().map(line).collect()));
    out.sections.push(section("age", "By age since treatment", "Por edad del tratamiento", ages.iter().map(line).collect()));
    out.effect = out.sections[0].lines.first().cloned();
    out.plots.events = events(&out.sections[1].lines);
    if let Some(ages) = fit.pretrends.filter(|a| *a > 0) {
        let ages: Vec<i64> = (1..=i64::from(ages)).rev().map(|a| -a).collect();
        let before = columns.staggered(fit, |panel| earlier(panel, &ages, level).map_err(|e| refused(&e)))?;
        let lines: Vec<FitLine> = before.iter().map(shown).collect();
        out.plots.events.splice(0..0, events(&lines));
        out.sections.push(section("earlier", "Ages before treatment", "Edades antes del tratamiento", lines));
    }
    out.fact("treated", "treated rows imputed", "filas tratadas imputadas", made.effects.len());
    out.fact("components", "connected components of untreated rows", "componentes conexos de las filas sin tratamiento", made.components);
    out.fact("gap", "relative gap of the elimination", "brecha relativa de la eliminación", made.gap);
    if made.left_out > 0 {
        let n = made.left_out;
        out.notes.push(both!("{n} treated rows are left out: nothing predicts them", "se omiten {n} filas tratadas: nada las predice"));
    }
    Ok(out)
}

/// An event study in one regression.
pub(super) fn event_study_of(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let columns = Columns::read(fit, data)?;
    let window = Window { reference: vec![fit.reference.unwrap_or(-1)], pool: None };
    let made = columns.staggered(fit, |panel| event_study(panel, &window).map_err(|e| refused(&e)))?;
    let mut out = columns.begin(fit, data)?;
    let cov = columns.covariance(fit, data, None, &made)?;
    let lines: Vec<FitLine> = cov.table(&made, fit.share()?).iter().map(shown).collect();
    let later = mean_of(&made, &cov, fit.share()?);
    out.plots.events = events(&lines);
    out.effect = Some(later.clone());
    out.sections.push(section("all", "Mean of ages from 0 on", "Media de las edades desde 0", vec![later]));
    out.sections.push(section("age", "By age since treatment", "Por edad del tratamiento", lines));
    vouch(&mut out, &made, Some(&cov));
    out.notes.push(Both::new(
        "effects that differ by cohort mix ages here: compare with sunab or did",
        "si los efectos difieren por cohorte, aquí se mezclan edades: compare con sunab o did",
    ));
    Ok(out)
}

/// The mean of the coefficients of ages from 0 on, all alike.
fn mean_of(made: &Regressed, cov: &Covariance, level: f64) -> FitLine {
    let later = |name: &String| name.parse::<i64>().is_ok_and(|age| age >= 0);
    let count = made.names.iter().filter(|n| later(n)).count() as f64;
    let share: Vec<f64> = made.names.iter().map(|n| if later(n) { 1.0 / count } else { 0.0 }).collect();
    let estimate = share.iter().zip(&made.coef).map(|(s, c)| s * c).sum();
    shown(&Line::new("ATT", estimate, cov.matrix.quadratic(&share).sqrt(), cov.freedom.first().copied().unwrap_or(f64::INFINITY), level))
}

fn regressed(fit: &Fit, data: &Data, columns: &Columns, regression: &Regression<'_>, made: &Regressed) -> Result<Fitted, Problem> {
    let mut out = columns.begin(fit, data)?;
    let cov = columns.covariance(fit, data, Some(regression), made)?;
    let lines = cov.table(made, fit.share()?).iter().map(shown).collect();
    out.sections.push(section("coefficients", "Coefficients", "Coeficientes", lines));
    out.effect = out.sections[0].lines.first().cloned();
    vouch(&mut out, made, Some(&cov));
    Ok(out)
}

/// Two-way fixed effects.
pub(super) fn twfe(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let columns = Columns::read(fit, data)?;
    columns.regression(fit, |r| regressed(fit, data, &columns, r, &r.fit().map_err(|e| refused(&e))?))
}

/// Poisson with fixed effects.
pub(super) fn amounts(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let columns = Columns::read(fit, data)?;
    columns.regression(fit, |r| {
        let (made, steps) = poisson(r).map_err(|e| refused(&e))?;
        if fit.vcov.as_deref() == Some("crv3") {
            return Err(unknown("vcov", "crv3", "iid, hc1, cluster, driscoll-kraay, newey-west, conley"));
        }
        let mut out = regressed(fit, data, &columns, r, &made)?;
        out.fact("steps", "Newton steps", "pasos de Newton", steps);
        Ok(out)
    })
}

/// Two-way fixed effects with the wild cluster bootstrap.
pub(super) fn wild(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let columns = Columns::read(fit, data)?;
    let mut out = columns.begin(fit, data)?;
    let options = wild_bootstrap::Options {
        null: fit.null.unwrap_or(0.0),
        impose_null: !fit.unrestricted,
        multiplier: fit.multiplier()?,
        draws: fit.draws.unwrap_or(9_999) as usize,
        seed: fit.seed(),
        level: Some(fit.share()?),
    };
    let name = fit.treatment.clone().unwrap_or_else(|| "treated".into());
    let made = columns.regression(fit, |r| wild_bootstrap(r, &name, columns.ways()[0], &options).map_err(|e| refused(&e)))?;
    let line =
        FitLine { term: name, estimate: Some(made.estimate), se: Some(made.se), interval: made.interval, p: Some(made.p), weight: None };
    out.sections.push(section("coefficients", "Coefficients", "Coeficientes", vec![line]));
    out.effect = out.sections[0].lines.first().cloned();
    out.fact("t", "t statistic", "estadístico t", made.t);
    out.fact("p-strict", "p-value without ties", "valor p sin empates", made.strict);
    out.fact("draws", "draws", "sorteos", made.draws);
    out.fact("enumerated", "every assignment of signs used once", "cada asignación de signos usada una vez", made.enumerated);
    out.fact("clusters", "clusters", "conglomerados", made.clusters);
    Ok(out)
}

/// The Goodman-Bacon decomposition.
pub(super) fn decomposed(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let columns = Columns::read(fit, data)?;
    let parts = columns.staggered(fit, |panel| bacon(panel).map_err(|e| refused(&e)))?;
    let mut out = columns.begin(fit, data)?;
    let line = |term: String, estimate: f64, weight: f64| FitLine {
        term,
        estimate: Some(estimate),
        se: None,
        interval: None,
        p: None,
        weight: Some(weight),
    };
    let total = parts.iter().map(|c| c.weight * c.estimate).sum();
    out.sections.push(section("twfe", "Two-way estimate", "Estimador de doble vía", vec![line("twfe".into(), total, 1.0)]));
    let kinds = [
        (Kind::Never, "never", "Treated against never treated", "Tratadas frente a nunca tratadas"),
        (Kind::Always, "always", "Treated against always treated", "Tratadas frente a siempre tratadas"),
        (Kind::EarlierLater, "earlier-later", "Earlier against later treated", "Tratadas antes frente a tratadas después"),
        (Kind::LaterEarlier, "later-earlier", "Later against earlier treated", "Tratadas después frente a ya tratadas"),
    ];
    for (kind, id, en, es) in kinds {
        let of: Vec<FitLine> = parts
            .iter()
            .filter(|c| c.kind == kind)
            .map(|c| line(format!("{} / {}", c.treated, c.against.map_or("-".into(), |g| g.to_string())), c.estimate, c.weight))
            .collect();
        if !of.is_empty() {
            out.sections.push(section(id, en, es, of));
        }
    }
    let late: f64 = parts.iter().filter(|c| c.kind == Kind::LaterEarlier).map(|c| c.weight).sum();
    out.fact("already-treated", "weight of comparisons with already treated units", "peso de comparaciones con unidades ya tratadas", late);
    Ok(out)
}

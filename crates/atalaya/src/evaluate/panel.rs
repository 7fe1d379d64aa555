//! The estimators for panels: columns in, sections and certificate out.

use atalaya_kernel::{Both, Problem, both};
use atalaya_methods::evaluate::bacon::{Kind, bacon};
use atalaya_methods::evaluate::callaway_santanna::aggregate::{Averages, Item};
use atalaya_methods::evaluate::callaway_santanna::{GroupTime, callaway_santanna};
use atalaya_methods::evaluate::covariance::clustered::clustered;
use atalaya_methods::evaluate::covariance::few_clusters::{cr2, crv3};
use atalaya_methods::evaluate::covariance::serial::{driscoll_kraay, newey_west};
use atalaya_methods::evaluate::covariance::spatial::{Places, conley};
use atalaya_methods::evaluate::covariance::{Covariance, Leverage, Line, heteroskedastic, iid};
use atalaya_methods::evaluate::event_study::{Window, event_study};
use atalaya_methods::evaluate::extended_twfe::extended_twfe;
use atalaya_methods::evaluate::fixed_effects::{Fit as Regressed, Regression};
use atalaya_methods::evaluate::imputation::{self, imputation};
use atalaya_methods::evaluate::poisson::poisson;
use atalaya_methods::evaluate::staggered::Staggered;
use atalaya_methods::evaluate::sun_abraham::{By, Interacted, sun_abraham};
use atalaya_methods::evaluate::wild_bootstrap::{self, wild_bootstrap};

use super::data::Data;
use super::options::{shown, unknown};
use super::refused::refused;
use super::{Fit, FitLine, Fitted, Section};

/// Columns of a request as numbers and codes.
struct Columns {
    y: Vec<f64>,
    unit: Vec<u32>,
    period: Vec<i64>,
    time: Vec<u32>,
    cohort: Option<Vec<Option<i64>>>,
    names: Vec<String>,
    x: Vec<Vec<f64>>,
    treatment: Option<Vec<f64>>,
    effects: Vec<Vec<u32>>,
    weights: Option<Vec<f64>>,
    clusters: Vec<Vec<u32>>,
}

impl Columns {
    fn read(fit: &Fit, data: &mut Data) -> Result<Columns, Problem> {
        let (unit, time) = (fit.column("unit", &fit.unit)?, fit.column("time", &fit.time)?);
        let mut needed = vec![unit, time, fit.outcome.as_str()];
        needed.extend([&fit.treatment, &fit.weights].into_iter().flatten().map(String::as_str));
        needed.extend(fit.covariates.iter().chain(&fit.effects).chain(&fit.cluster).chain(&fit.place).map(String::as_str));
        data.need(&needed)?;
        let many = |names: &[String]| names.iter().map(|c| data.codes(c)).collect::<Result<Vec<_>, _>>();
        Ok(Columns {
            y: data.numbers(&fit.outcome)?,
            unit: data.codes(unit)?,
            period: data.periods(time)?,
            time: data.codes(time)?,
            cohort: fit.cohort.as_ref().map(|c| data.cohorts(c)).transpose()?,
            names: fit.covariates.clone(),
            x: fit.covariates.iter().map(|c| data.numbers(c)).collect::<Result<_, _>>()?,
            treatment: fit.treatment.as_ref().map(|c| data.numbers(c)).transpose()?,
            effects: many(&fit.effects)?,
            weights: fit.weights.as_ref().map(|c| data.numbers(c)).transpose()?,
            clusters: many(&fit.cluster)?,
        })
    }

    /// The first treated period of each row's unit: as given, or the first period in which treatment is not 0.
    fn cohorts(&self, fit: &Fit) -> Result<Vec<Option<i64>>, Problem> {
        if let Some(cohort) = &self.cohort {
            return Ok(cohort.clone());
        }
        let Some(treatment) = &self.treatment else { return fit.column("cohort", &fit.cohort).map(|_| Vec::new()) };
        let mut first = std::collections::BTreeMap::new();
        for ((unit, period), _) in self.unit.iter().zip(&self.period).zip(treatment).filter(|(_, d)| **d != 0.0) {
            let known = first.entry(*unit).or_insert(*period);
            *known = (*known).min(*period);
        }
        Ok(self.unit.iter().map(|u| first.get(u).copied()).collect())
    }

    fn staggered<T>(&self, fit: &Fit, f: impl FnOnce(&Staggered<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
        let cohort = self.cohorts(fit)?;
        let x: Vec<&[f64]> = self.x.iter().map(Vec::as_slice).collect();
        f(&Staggered {
            y: &self.y,
            unit: &self.unit,
            period: &self.period,
            cohort: &cohort,
            names: &self.names,
            x: &x,
            weights: self.weights.as_deref(),
            cluster: self.clusters.first().map(Vec::as_slice),
        })
    }

    /// The regression of the outcome on treatment and covariates with unit, period and further effects.
    fn regression<T>(&self, fit: &Fit, f: impl FnOnce(&Regression<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
        let treated: Vec<f64> = match &self.treatment {
            Some(treatment) => treatment.clone(),
            None => self.cohorts(fit)?.iter().zip(&self.period).map(|(g, t)| f64::from(u8::from(g.is_some_and(|g| *t >= g)))).collect(),
        };
        let names: Vec<String> =
            std::iter::once(fit.treatment.clone().unwrap_or_else(|| "treated".into())).chain(self.names.iter().cloned()).collect();
        let x: Vec<&[f64]> = std::iter::once(treated.as_slice()).chain(self.x.iter().map(Vec::as_slice)).collect();
        let effects: Vec<&[u32]> = [&self.unit, &self.time].into_iter().chain(&self.effects).map(Vec::as_slice).collect();
        f(&Regression { y: &self.y, names: &names, x: &x, effects: &effects, weights: self.weights.as_deref(), set_aside: false })
    }

    /// What errors cluster on.
    fn ways(&self) -> Vec<&[u32]> {
        if self.clusters.is_empty() { vec![&self.unit] } else { self.clusters.iter().map(Vec::as_slice).collect() }
    }

    /// The variance asked for.
    fn covariance(&self, fit: &Fit, data: &Data, regression: Option<&Regression<'_>>, fitted: &Regressed) -> Result<Covariance, Problem> {
        let small = fit.small()?;
        let lags = fit.lags.unwrap_or(1) as usize;
        let ways = self.ways();
        let made = match (fit.vcov.as_deref().unwrap_or("cluster"), regression) {
            ("iid", _) => Ok(iid(fitted, small)),
            ("hc1", _) => Ok(heteroskedastic(fitted, Leverage::Ignored, small)),
            ("hc2", _) => Ok(heteroskedastic(fitted, Leverage::Root, small)),
            ("hc3", _) => Ok(heteroskedastic(fitted, Leverage::Whole, small)),
            ("cluster", _) => clustered(fitted, &ways, Leverage::Ignored, small),
            ("cr2", _) => cr2(fitted, ways[0]),
            ("crv3", Some(regression)) => crv3(regression, fitted, ways[0]),
            ("driscoll-kraay", _) => driscoll_kraay(fitted, &self.period, lags, small),
            ("newey-west", _) => newey_west(fitted, &self.unit, &self.period, lags, small),
            ("conley", _) => {
                let [latitude, longitude] = fit.place.as_slice() else { return Err(unknown("place", "", "LATITUDE,LONGITUDE")) };
                let (latitude, longitude) = (data.numbers(latitude)?, data.numbers(longitude)?);
                let cutoff = fit.cutoff.unwrap_or(100.0);
                conley(
                    fitted,
                    &Places { latitude: &latitude, longitude: &longitude, period: Some(&self.period), cutoff, bartlett: false },
                    small,
                )
            }
            (other, _) => return Err(unknown("vcov", other, "iid, hc1, hc2, hc3, cluster, cr2, crv3, driscoll-kraay, newey-west, conley")),
        };
        made.map_err(|e| refused(&e))
    }
}

/// An answer without sections yet.
fn begun(fit: &Fit, data: &Data) -> Result<Fitted, Problem> {
    let mut out = Fitted {
        method: String::new(),
        name: Both::default(),
        outcome: fit.outcome.clone(),
        rows: data.rows(),
        level: 100.0 * fit.share()?,
        sections: Vec::new(),
        certificate: Vec::new(),
        notes: Vec::new(),
    };
    if data.left_out > 0 {
        let n = data.left_out;
        out.notes.push(both!("{n} rows are left out: a cell they need is missing", "se omiten {n} filas: les falta una celda necesaria"));
    }
    Ok(out)
}

fn section(id: &str, en: &'static str, es: &'static str, lines: Vec<FitLine>) -> Section {
    Section { id: id.into(), title: Both::new(en, es), lines }
}

/// What vouches for a regression.
fn vouch(out: &mut Fitted, fitted: &Regressed, cov: Option<&Covariance>) {
    out.fact("elimination", "effects taken out by", "efectos extraídos por", fitted.solved.by);
    out.fact("gap", "relative gap of that", "brecha relativa de ello", fitted.solved.gap);
    out.fact("effect-rank", "independent parameters among effects", "parámetros independientes entre los efectos", fitted.effect_rank);
    out.fact("components", "connected components", "componentes conexos", fitted.components);
    out.fact("singletons", "levels with one row", "niveles con una sola fila", fitted.singletons.iter().sum::<usize>());
    if let Some(cov) = cov {
        out.fact("vcov", "variance", "varianza", cov.kind);
        out.fact("clusters", "clusters", "conglomerados", cov.clusters.clone());
        out.fact("repaired", "negative variance raised to zero", "varianza negativa llevada a cero", cov.repaired);
    }
    for name in &fitted.set_aside {
        out.notes.push(both!("{name} is set aside: others explain it", "{name} queda aparte: otras la explican"));
    }
    if fitted.components > 1 {
        let n = fitted.components;
        out.notes.push(both!(
            "{n} islands of units and periods cannot be compared with each other",
            "{n} islas de unidades y periodos no se pueden comparar entre sí"
        ));
    }
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
    let mut out = begun(fit, data)?;
    let level = fit.share()?;
    for (name, by) in fit.averages()? {
        let averages = effects.aggregate(by).map_err(|e| refused(&e))?;
        out.sections.push(averaged(fit, name, &averages, level, &mut out.certificate));
    }
    let lines = effects.cells.iter().map(|c| item(format!("{} {}", c.cohort, c.period), &Item { at: 0, att: c.att, se: c.se }, level));
    out.sections.push(section("group-time", "By cohort and period", "Por cohorte y periodo", lines.collect()));
    group_time_facts(&mut out, &effects);
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
        for (line, se) in lines.iter_mut().zip(&boot.se).filter(|(_, se)| **se > 0.0) {
            let estimate = line.estimate.unwrap_or(f64::NAN);
            *line = shown(&Line::new(&line.term, estimate, *se, f64::INFINITY, level));
            // The bands of all lines together.
            line.interval = Some([estimate - boot.critical * se, estimate + boot.critical * se]);
        }
        let words = [("bootstrap", "multiplier bootstrap", "bootstrap de multiplicadores")];
        for (id, en, es) in words {
            let value =
                serde_json::json!({ "average": name, "draws": boot.draws, "enumerated": boot.enumerated, "critical": boot.critical });
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
    let mut out = begun(fit, data)?;
    let level = fit.share()?;
    let ways: Vec<Vec<u32>> = columns.ways().iter().map(|w| made.rows.iter().map(|&r| w[r]).collect()).collect();
    let ways: Vec<&[u32]> = ways.iter().map(Vec::as_slice).collect();
    let cov = clustered(&made.fit, &ways, Leverage::Ignored, fit.small()?).map_err(|e| refused(&e))?;
    let lines = |by| made.average(&cov, by, level).iter().map(shown).collect();
    out.sections.push(section("all", "Over all treated rows", "Sobre todas las filas tratadas", lines(By::All)));
    out.sections.push(section("age", "By age since treatment", "Por edad del tratamiento", lines(By::Age)));
    out.sections.push(section("cohort", "By cohort", "Por cohorte", lines(By::Cohort)));
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
    let mut out = begun(fit, data)?;
    let level = fit.share()?;
    let line =
        |h: &imputation::Horizon| shown(&Line::new(&h.age.map_or("ATT".into(), |a| a.to_string()), h.att, h.se, f64::INFINITY, level));
    let (all, ages) = made.horizons.split_at(1);
    out.sections.push(section("all", "Over all treated rows", "Sobre todas las filas tratadas", all.iter().map(line).collect()));
    out.sections.push(section("age", "By age since treatment", "Por edad del tratamiento", ages.iter().map(line).collect()));
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
pub(super) fn events(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let columns = Columns::read(fit, data)?;
    let window = Window { reference: vec![fit.reference.unwrap_or(-1)], pool: None };
    let made = columns.staggered(fit, |panel| event_study(panel, &window).map_err(|e| refused(&e)))?;
    let mut out = begun(fit, data)?;
    let cov = columns.covariance(fit, data, None, &made)?;
    let lines = cov.table(&made, fit.share()?).iter().map(shown).collect();
    out.sections.push(section("age", "By age since treatment", "Por edad del tratamiento", lines));
    vouch(&mut out, &made, Some(&cov));
    out.notes.push(Both::new(
        "effects that differ by cohort mix ages here: compare with sunab or did",
        "si los efectos difieren por cohorte, aquí se mezclan edades: compare con sunab o did",
    ));
    Ok(out)
}

fn regressed(fit: &Fit, data: &Data, columns: &Columns, regression: &Regression<'_>, made: &Regressed) -> Result<Fitted, Problem> {
    let mut out = begun(fit, data)?;
    let cov = columns.covariance(fit, data, Some(regression), made)?;
    let lines = cov.table(made, fit.share()?).iter().map(shown).collect();
    out.sections.push(section("coefficients", "Coefficients", "Coeficientes", lines));
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
    let mut out = begun(fit, data)?;
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
    let mut out = begun(fit, data)?;
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

//! The columns a request names as numbers and codes, what errors cluster on, and what is drawn of them.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Problem, both};
use atalaya_methods::evaluate::covariance::clustered::clustered;
use atalaya_methods::evaluate::covariance::few_clusters::{cr2, crv3};
use atalaya_methods::evaluate::covariance::serial::{driscoll_kraay, newey_west};
use atalaya_methods::evaluate::covariance::spatial::{Places, conley};
use atalaya_methods::evaluate::covariance::{Covariance, Leverage, heteroskedastic, iid};
use atalaya_methods::evaluate::fixed_effects::{Fit as Regressed, Regression};
use atalaya_methods::evaluate::staggered::Staggered;
use atalaya_methods::evaluate::sun_abraham::Interacted;

use super::data::Data;
use super::finding::{EventPoint, PathPoint, Size};
use super::options::{pick, unknown};
use super::refused::refused;
use super::{Fit, FitLine, Fitted, begun};

/// Columns of a request as numbers and codes.
pub(super) struct Columns {
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
    /// What a request names; rows that lack a cell are left out.
    pub(super) fn read(fit: &Fit, data: &mut Data) -> Result<Columns, Problem> {
        let (unit, time) = (fit.column("unit", &fit.unit)?, fit.column("time", &fit.time)?);
        if !fit.exclude.is_empty() {
            data.exclude(unit, &fit.exclude)?;
        }
        let mut needed = vec![unit, time, fit.outcome()?];
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
    pub(super) fn cohorts(&self, fit: &Fit) -> Result<Vec<Option<i64>>, Problem> {
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

    /// The panel with a date of treatment for each unit.
    pub(super) fn staggered<T>(&self, fit: &Fit, f: impl FnOnce(&Staggered<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
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
    pub(super) fn regression<T>(&self, fit: &Fit, f: impl FnOnce(&Regression<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
        let treated: Vec<f64> = match &self.treatment {
            Some(treatment) => treatment.clone(),
            None => self.cohorts(fit)?.iter().zip(&self.period).map(|(g, t)| f64::from(u8::from(g.is_some_and(|g| *t >= g)))).collect(),
        };
        let names: Vec<String> =
            std::iter::once(fit.treatment.clone().unwrap_or_else(|| "treated".into())).chain(self.names.iter().cloned()).collect();
        let x: Vec<&[f64]> = std::iter::once(treated.as_slice()).chain(self.x.iter().map(Vec::as_slice)).collect();
        let known: [(&str, &[&Vec<u32>]); 4] =
            [("twoways", &[&self.unit, &self.time]), ("unit", &[&self.unit]), ("time", &[&self.time]), ("none", &[])];
        let within = pick("within", &fit.within, &known)?;
        let effects: Vec<&[u32]> = within.iter().copied().chain(&self.effects).map(Vec::as_slice).collect();
        f(&Regression { y: &self.y, names: &names, x: &x, effects: &effects, weights: self.weights.as_deref(), set_aside: false })
    }

    /// What errors cluster on.
    pub(super) fn ways(&self) -> Vec<&[u32]> {
        if self.clusters.is_empty() { vec![&self.unit] } else { self.clusters.iter().map(Vec::as_slice).collect() }
    }

    /// The variance asked for.
    pub(super) fn covariance(
        &self,
        fit: &Fit,
        data: &Data,
        regression: Option<&Regression<'_>>,
        fitted: &Regressed,
    ) -> Result<Covariance, Problem> {
        let small = fit.small()?;
        let lags = fit.lags.unwrap_or(1) as usize;
        let ways = self.ways();
        let made = match (fit.vcov.as_deref().unwrap_or("cluster"), regression) {
            ("iid", _) => Ok(iid(fitted, small)),
            ("hc1", _) => Ok(heteroskedastic(fitted, Leverage::Ignored, small)),
            ("hc2", _) => Ok(heteroskedastic(fitted, Leverage::Root, small)),
            ("hc3", _) => Ok(heteroskedastic(fitted, Leverage::Whole, small)),
            ("cluster", _) => clustered(fitted, &ways, Leverage::Ignored, small),
            ("cluster-hc2", _) => clustered(fitted, &ways, Leverage::Root, small),
            ("cluster-hc3", _) => clustered(fitted, &ways, Leverage::Whole, small),
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
            (other, _) => {
                return Err(unknown(
                    "vcov",
                    other,
                    "iid, hc1, hc2, hc3, cluster, cluster-hc2, cluster-hc3, cr2, crv3, driscoll-kraay, newey-west, conley",
                ));
            }
        };
        made.map_err(|e| refused(&e))
    }
}

/// What vouches for a regression.
pub(super) fn vouch(out: &mut Fitted, fitted: &Regressed, cov: Option<&Covariance>) {
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

impl Columns {
    /// The clustered variance of an interacted regression, over the rows it used.
    pub(super) fn interacted(&self, fit: &Fit, made: &Interacted) -> Result<Covariance, Problem> {
        let ways: Vec<Vec<u32>> = self.ways().iter().map(|w| made.rows.iter().map(|&r| w[r]).collect()).collect();
        let ways: Vec<&[u32]> = ways.iter().map(Vec::as_slice).collect();
        clustered(&made.fit, &ways, Leverage::Ignored, fit.small()?).map_err(|e| refused(&e))
    }

    /// The position of each unit's treatment in time, or none where a treatment is not of a date.
    fn dates(&self, fit: &Fit) -> Option<Vec<Option<i64>>> {
        let yes = self.treatment.as_ref().is_none_or(|d| d.iter().all(|d| *d == 0.0 || *d == 1.0));
        (self.cohort.is_some() || yes).then(|| self.cohorts(fit).ok()).flatten()
    }

    /// An answer without sections yet, with its size and the paths of treated and never treated.
    pub(super) fn begin(&self, fit: &Fit, data: &Data) -> Result<Fitted, Problem> {
        let mut out = begun(fit, data)?;
        let periods: BTreeSet<i64> = self.period.iter().copied().collect();
        let units: BTreeSet<u32> = self.unit.iter().copied().collect();
        let mut size = Size { units: units.len(), treated: 0, periods: periods.len(), before: 0, rows: self.y.len() };
        if let Some(cohort) = self.dates(fit) {
            let last = periods.last().copied().unwrap_or(0);
            let treated: BTreeSet<u32> =
                self.unit.iter().zip(&cohort).filter(|(_, g)| g.is_some_and(|g| g <= last)).map(|(u, _)| *u).collect();
            let first = cohort.iter().flatten().min().copied();
            size.treated = treated.len();
            size.before = first.map_or(0, |first| periods.iter().filter(|t| **t < first).count());
            out.plots.paths = self.paths(&cohort, &treated);
        }
        out.size = size;
        Ok(out)
    }

    /// Mean outcomes by period: of units ever treated, and of those never or, where there are none, of rows not yet treated.
    fn paths(&self, cohort: &[Option<i64>], treated: &BTreeSet<u32>) -> Vec<PathPoint> {
        let never = self.unit.iter().any(|u| !treated.contains(u));
        let mut sums: BTreeMap<i64, [f64; 4]> = BTreeMap::new();
        for row in 0..self.y.len() {
            let weight = self.weights.as_ref().map_or(1.0, |w| w[row]);
            let ever = treated.contains(&self.unit[row]);
            let compared = if never { !ever } else { cohort[row].is_none_or(|g| self.period[row] < g) };
            let sum = sums.entry(self.period[row]).or_default();
            if ever {
                (sum[0], sum[1]) = (sum[0] + weight * self.y[row], sum[1] + weight);
            }
            if compared {
                (sum[2], sum[3]) = (sum[2] + weight * self.y[row], sum[3] + weight);
            }
        }
        let mean = |sum: f64, n: f64| (n > 0.0).then(|| sum / n);
        let point =
            |(period, s): (i64, [f64; 4])| PathPoint { period, treated: mean(s[0], s[1]), comparison: mean(s[2], s[3]), interval: None };
        sums.into_iter().map(point).collect()
    }
}

/// Lines named by age as points of an event study; those before with no error are the reference.
pub(super) fn events(lines: &[FitLine]) -> Vec<EventPoint> {
    let point = |l: &FitLine| Some(EventPoint { age: l.term.parse().ok()?, estimate: l.estimate?, interval: l.interval });
    let mut out: Vec<EventPoint> = lines.iter().filter_map(point).collect();
    out.sort_by_key(|e| e.age);
    out
}

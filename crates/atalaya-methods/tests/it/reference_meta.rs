//! Meta-analyses against R's `metafor` 3.8.1 and `clubSandwich`.

use std::collections::BTreeMap;

use atalaya_methods::evaluate::effect_sizes::{self, Effect, Group, TwoByTwo};
use atalaya_methods::evaluate::meta_analysis::{Between, Options, Stop, Studies, explained, meta_analysis, tau2_interval};
use atalaya_methods::evaluate::meta_bias::{begg, egger, trim_and_fill};
use atalaya_methods::evaluate::meta_multilevel::{Clustered, meta_multilevel, robust};
use atalaya_methods::num::Matrix;

use crate::reference::Answers;
use crate::table::Table;

/// Estimates and variances of a data set, as `escalc` gives them.
pub fn studies(dataset: &str) -> Option<(Vec<f64>, Vec<f64>)> {
    let split = |effects: Vec<Effect>| effects.iter().map(|e| (e.y, e.v)).unzip();
    match dataset {
        "bcg_RR" => Some(split(tables()?.into_iter().map(|t| effect_sizes::log_risk_ratio(t).unwrap()).collect())),
        "normand1999_SMD" => {
            let table = Table::causal("meta_normand1999")?;
            let column = |name: &str| table.numbers(name);
            let group = |side: &str, i: usize| {
                let at = |what: &str| column(&format!("{what}{side}i"))[i];
                Group { n: at("n"), mean: at("m"), sd: at("sd") }
            };
            Some(split(
                (0..table.rows).map(|i| effect_sizes::standardised_mean_difference(group("1", i), group("2", i)).unwrap()).collect(),
            ))
        }
        "molloy2014_ZCOR" => {
            let table = Table::causal("meta_molloy2014")?;
            let (r, n) = (table.numbers("ri"), table.numbers("ni"));
            Some(split(r.iter().zip(&n).map(|(r, n)| effect_sizes::fisher_z(*r, *n).unwrap()).collect()))
        }
        name => {
            let table = Table::causal(&format!("meta_{name}"))?;
            Some((table.numbers("yi"), table.numbers("vi")))
        }
    }
}

fn tables() -> Option<Vec<TwoByTwo>> {
    let t = Table::causal("meta_bcg")?;
    let column = |name: &str| t.numbers(name);
    let (a, b, c, d) = (column("tpos"), column("tneg"), column("cpos"), column("cneg"));
    Some((0..t.rows).map(|i| TwoByTwo { a: a[i], b: b[i], c: c[i], d: d[i] }).collect())
}

fn options(name: &str) -> Option<Options> {
    let (name, knapp_hartung) = name.strip_suffix("_HKSJ").map_or((name, false), |n| (n, true));
    let between = match name {
        "FE" => Between::None,
        "DL" => Between::DerSimonianLaird,
        "HE" => Between::Hedges,
        "HS" => Between::HunterSchmidt,
        "SJ" => Between::SidikJonkman,
        "ML" => Between::Likelihood,
        "REML" => Between::RestrictedLikelihood,
        "EB" => Between::EmpiricalBayes,
        "PM" => Between::PauleMandel,
        _ => return None,
    };
    Some(Options { between, stop: Stop::AsUniroot, knapp_hartung, level: 0.95 })
}

pub fn random_effects(dataset: &str, method: &str) -> Option<Answers> {
    let options = options(method.strip_prefix("rma_")?)?;
    let (y, v) = studies(dataset)?;
    let studies = Studies { y: &y, v: &v, x: None };
    let found = meta_analysis(&studies, &options).unwrap();
    let mean = found.coefficients[0];
    let mut out: Answers = BTreeMap::from([
        ("estimate".into(), mean.estimate),
        ("se".into(), mean.se),
        ("ci_lb".into(), mean.interval[0]),
        ("ci_ub".into(), mean.interval[1]),
        ("pval".into(), mean.p_value),
        ("tau2".into(), found.tau2),
        ("I2".into(), found.i2),
        ("H2".into(), found.h2),
        ("QE".into(), found.q.0),
        ("QEp".into(), found.q.1),
    ]);
    if let Some([low, high]) = found.prediction {
        out.extend([("pi_lb".into(), low), ("pi_ub".into(), high)]);
    }
    if let Some([low, high]) = tau2_interval(&studies, 0.95, Stop::AsUniroot).unwrap() {
        out.extend([("tau2_QP_lb".into(), low), ("tau2_QP_ub".into(), high)]);
    }
    Some(out)
}

pub fn tables_and_bias(dataset: &str, method: &str) -> Option<Answers> {
    let pair = |a: &str, x: f64, b: &str, y: f64| Some(BTreeMap::from([(a.to_owned(), x), (b.to_owned(), y)]));
    match method {
        "rma.mh_RR" => effect_sizes::mantel_haenszel_risk_ratio(&tables()?).map(|e| pair("estimate", e.y, "se", e.v.sqrt())).unwrap(),
        "rma.peto" => effect_sizes::peto(&tables()?).map(|e| pair("estimate", e.y, "se", e.v.sqrt())).unwrap(),
        "escalc" => {
            let (y, v) = studies(dataset)?;
            let named = |name: &str, x: &[f64]| x.iter().enumerate().map(|(i, x)| (format!("{name}_{}", i + 1), *x)).collect::<Vec<_>>();
            Some(named("yi", &y).into_iter().chain(named("vi", &v)).collect())
        }
        "egger_regtest" => {
            let (y, v) = studies(dataset)?;
            let slope = egger(&y, &v, &Options { stop: Stop::AfterSmallStep, ..options("REML")? }).unwrap();
            pair("zval", slope.estimate / slope.se, "pval", slope.p_value)
        }
        "begg_ranktest" => {
            let (y, v) = studies(dataset)?;
            let found = begg(&y, &v).unwrap();
            pair("tau", found.tau, "pval", found.p_value)
        }
        "trimfill_DL" => {
            let (y, v) = studies(dataset)?;
            let found = trim_and_fill(&y, &v, &options("DL")?).unwrap();
            let mean = found.with.coefficients[0];
            let mut out = pair("estimate", mean.estimate, "se", mean.se)?;
            out.insert("k0".into(), found.missing as f64);
            Some(out)
        }
        _ => None,
    }
}

pub fn regressions(dataset: &str, method: &str) -> Option<Answers> {
    let (columns, options) = match method {
        "metareg_REML" => (&["ablat", "year"][..], options("REML")?),
        "metareg_ablat_REML_HKSJ" => (&["ablat"][..], options("REML_HKSJ")?),
        _ => return None,
    };
    let (y, v) = studies(dataset)?;
    let table = Table::causal("meta_bcg")?;
    let values: Vec<Vec<f64>> = std::iter::once(vec![1.0; y.len()]).chain(columns.iter().map(|c| table.numbers(c))).collect();
    let x = Matrix::from_columns(y.len(), &values);
    let studies = Studies { y: &y, v: &v, x: Some(&x) };
    let found = meta_analysis(&studies, &options).unwrap();
    let mut out: Answers = BTreeMap::from([("tau2".into(), found.tau2), ("R2".into(), explained(&studies, &options).unwrap())]);
    for (name, c) in std::iter::once("intrcpt").chain(columns.iter().copied()).zip(&found.coefficients) {
        out.extend([(format!("beta_{name}"), c.estimate), (format!("se_{name}"), c.se)]);
    }
    Some(out)
}

pub fn multilevel(dataset: &str, method: &str) -> Option<Answers> {
    if dataset != "konstantopoulos2011" {
        return None;
    }
    let table = Table::causal("meta_konstantopoulos2011")?;
    let (y, v) = (table.numbers("yi"), table.numbers("vi"));
    let x = Matrix::from_fn(y.len(), 1, |_, _| 1.0);
    let (cluster, unit) = (table.codes("district"), table.codes("school"));
    let data = Clustered { y: &y, v: &v, x: &x, cluster: &cluster, unit: &unit };
    let found = meta_multilevel(&data).unwrap();
    let robust = robust(&data, &found).unwrap();
    Some(match method {
        "rma.mv_3level_REML" => BTreeMap::from([
            ("estimate".into(), found.beta[0]),
            ("se".into(), found.se[0]),
            ("sigma2_district".into(), found.between),
            ("sigma2_school".into(), found.within),
        ]),
        "rma.mv_robust_CR1" => BTreeMap::from([("se".into(), robust.cr1[0])]),
        "rma.mv_robust_CR2" => BTreeMap::from([("se".into(), robust.cr2[0]), ("df_satt".into(), robust.df[0])]),
        _ => return None,
    })
}

//! Meta-analyses.

use std::collections::BTreeMap;

use atalaya::evaluate::{Fit, Fitted};

use crate::frame::Frame;
use crate::grid::{Answers, ask, fact, lines, list, some};

/// A data set with the columns its effects are in or made from.
fn studies(dataset: &str) -> Option<(Frame, Fit)> {
    let made = |file: &str, measure: &str, parts: &[&str]| {
        Some((Frame::causal(file)?, Fit { measure: some(measure), parts: list(parts), ..Fit::default() }))
    };
    match dataset {
        "bcg_RR" | "bcg" => made("meta_bcg", "rr", &["tpos", "tneg", "cpos", "cneg"]),
        "normand1999_SMD" => made("meta_normand1999", "smd", &["n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i"]),
        "molloy2014_ZCOR" => made("meta_molloy2014", "zcor", &["ri", "ni"]),
        name => Some((Frame::causal(&format!("meta_{name}"))?, Fit { outcome: "yi".into(), variance: some("vi"), ..Fit::default() })),
    }
}

fn asked(dataset: &str, tau2: &str, hartung: bool) -> Option<(Frame, Fit)> {
    let (frame, fit) = studies(dataset)?;
    let test = some(if hartung { "knha" } else { "z" });
    Some((frame, Fit { method: "meta".into(), tau2: some(&tau2.to_lowercase()), test, solver: some("metafor"), ..fit }))
}

fn row<'a>(fitted: &'a Fitted, section: &str, term: &str) -> Option<&'a atalaya::evaluate::FitLine> {
    lines(fitted, section).iter().find(|l| l.term == term)
}

pub fn random_effects(dataset: &str, method: &str) -> Option<Answers> {
    let name = method.strip_prefix("rma_")?;
    let (tau2, hartung) = name.strip_suffix("_HKSJ").map_or((name, false), |n| (n, true));
    let (frame, fit) = asked(dataset, tau2, hartung)?;
    let fitted = ask(&fit, &frame);
    let mean = &lines(&fitted, "mean")[0];
    let [low, high] = mean.interval.unwrap();
    let between = |term: &str| row(&fitted, "between", term).unwrap().estimate.unwrap();
    let mut out: Answers = BTreeMap::from([
        ("estimate".into(), mean.estimate.unwrap()),
        ("se".into(), mean.se.unwrap()),
        ("ci_lb".into(), low),
        ("ci_ub".into(), high),
        ("pval".into(), mean.p.unwrap()),
        ("tau2".into(), between("tau2")),
        ("I2".into(), between("I2")),
        ("H2".into(), between("H2")),
        ("QE".into(), between("Q")),
        ("QEp".into(), row(&fitted, "between", "Q").unwrap().p.unwrap()),
    ]);
    for (term, name) in [("next", "pi"), ("tau2", "tau2_QP")] {
        if let Some([low, high]) = row(&fitted, "between", term).and_then(|l| l.interval) {
            out.extend([(format!("{name}_lb"), low), (format!("{name}_ub"), high)]);
        }
    }
    Some(out)
}

pub fn others(dataset: &str, method: &str) -> Option<Answers> {
    match method {
        "rma.mh_RR" | "rma.peto" => {
            let (frame, fit) = asked("bcg", if method == "rma.peto" { "peto" } else { "mh" }, false)?;
            let fitted = ask(&fit, &frame);
            let line = &lines(&fitted, "mean")[0];
            Some(BTreeMap::from([("estimate".into(), line.estimate.unwrap()), ("se".into(), line.se.unwrap())]))
        }
        "escalc" => {
            let (frame, fit) = asked(dataset, "REML", false)?;
            let fitted = ask(&fit, &frame);
            let each = lines(&fitted, "studies").iter();
            Some(
                each.flat_map(|l| [(format!("yi_{}", l.term), l.estimate.unwrap()), (format!("vi_{}", l.term), l.se.unwrap().powi(2))])
                    .collect(),
            )
        }
        "egger_regtest" | "begg_ranktest" | "trimfill_DL" => bias(dataset, method),
        "metareg_REML" => moderated(dataset, &["ablat", "year"], false),
        "metareg_ablat_REML_HKSJ" => moderated(dataset, &["ablat"], true),
        _ if dataset == "konstantopoulos2011" => multilevel(method),
        _ => None,
    }
}

fn bias(dataset: &str, method: &str) -> Option<Answers> {
    let (frame, fit) = asked(dataset, if method == "trimfill_DL" { "DL" } else { "REML" }, false)?;
    let fitted = ask(&fit, &frame);
    let term = method.split('_').next()?;
    let line = row(&fitted, "bias", if term == "trimfill" { "trim-and-fill" } else { term })?;
    let mut out = Answers::new();
    out.insert("pval".into(), line.p.unwrap());
    if term == "begg" {
        out.insert("tau".into(), line.estimate.unwrap());
        return Some(out);
    }
    out.insert("zval".into(), line.estimate.unwrap() / line.se.unwrap());
    out.insert("estimate".into(), line.estimate.unwrap());
    out.insert("se".into(), line.se.unwrap());
    out.insert("k0".into(), fact(&fitted, "missing"));
    Some(out)
}

fn moderated(dataset: &str, columns: &[&str], hartung: bool) -> Option<Answers> {
    let (frame, fit) = asked(dataset, "REML", hartung)?;
    let fitted = ask(&Fit { covariates: list(columns), ..fit }, &frame);
    let mut out = Answers::new();
    for term in ["tau2", "R2"] {
        out.insert(term.into(), row(&fitted, "between", term)?.estimate.unwrap());
    }
    for line in lines(&fitted, "mean") {
        let name = if line.term == "mean" { "intrcpt" } else { &line.term };
        out.insert(format!("beta_{name}"), line.estimate.unwrap());
        out.insert(format!("se_{name}"), line.se.unwrap());
    }
    Some(out)
}

fn multilevel(method: &str) -> Option<Answers> {
    let (frame, fit) = studies("konstantopoulos2011")?;
    let asked = Fit { method: "meta-multilevel".into(), cluster: list(&["district"]), unit: some("school"), ..fit };
    let fitted = ask(&asked, &frame);
    let se = |section: &str| lines(&fitted, section)[0].se.unwrap();
    let df = fitted.certificate.iter().find(|f| f.id == "df").and_then(|f| f.value[0].as_f64()).unwrap();
    Some(match method {
        "rma.mv_3level_REML" => BTreeMap::from([
            ("estimate".into(), lines(&fitted, "model")[0].estimate.unwrap()),
            ("se".into(), se("model")),
            ("sigma2_district".into(), fact(&fitted, "between")),
            ("sigma2_school".into(), fact(&fitted, "within")),
        ]),
        "rma.mv_robust_CR1" => BTreeMap::from([("se".into(), se("cr1"))]),
        "rma.mv_robust_CR2" => BTreeMap::from([("se".into(), se("mean")), ("df_satt".into(), df)]),
        _ => return None,
    })
}

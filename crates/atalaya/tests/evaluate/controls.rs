//! Synthetic controls of every kind, factors, conformal tests and structural series.

use std::collections::BTreeMap;

use atalaya::evaluate::{Fit, Fitted};

use crate::frame::Frame;
use crate::grid::{Answers, ask, fact, lines, list, some};

fn fit(unit: &str, time: &str, outcome: &str) -> Fit {
    Fit { unit: some(unit), time: some(time), outcome: outcome.into(), ..Fit::default() }
}

fn named(fit: Fit, treated: &[&str], start: &str) -> Fit {
    Fit { treated: list(treated), start: some(start), ..fit }
}

fn prop99() -> Option<(Frame, Fit)> {
    Some((Frame::causal("prop99")?, Fit { treatment: some("treated"), ..fit("State", "Year", "PacksPerCapita") }))
}

const BASQUE: &str = "Basque Country (Pais Vasco)";

fn basque() -> Option<(Frame, Fit)> {
    let asked = Fit { exclude: list(&["Spain (Espana)"]), ..named(fit("regionname", "year", "gdpcap"), &[BASQUE], "1970") };
    Some((Frame::causal("basque")?, asked))
}

/// Effect, fit, weights and gaps; a donor that is not listed has no weight.
fn mixture(fitted: &Fitted, units: &[String]) -> Answers {
    let att = lines(fitted, "effect")[0].estimate.unwrap();
    let mut out: Answers = BTreeMap::from([
        ("att".into(), att),
        ("rmspe_pre".into(), fact(fitted, "rmspe-before")),
        ("n_support".into(), fact(fitted, "support")),
        ("kkt_violation".into(), fact(fitted, "kkt-gap")),
    ]);
    out.extend(units.iter().map(|u| (format!("w_{u}"), 0.0)));
    out.extend(lines(fitted, "donors").iter().map(|l| (format!("w_{}", l.term), l.weight.unwrap())));
    out.extend(lines(fitted, "period").iter().map(|l| (format!("gap_{}", l.term), l.estimate.unwrap())));
    out
}

pub fn outcomes(dataset: &str, method: &str) -> Option<Answers> {
    let (frame, asked) = match dataset {
        "prop99" => prop99()?,
        "basque" => basque()?,
        "germany" => (Frame::causal("scpi_germany")?, named(fit("country", "year", "gdp"), &["West Germany"], "1991")),
        _ => return None,
    };
    let intercept = match method {
        "exact_simplex_QP_outcomes_intercept" => true,
        "exact_simplex_QP_outcomes"
        | "scpi_pkg 4.0.0 scest simplex (gdp only)"
        | "in_space_placebo(exact outcome-only, 39 units)"
        | "mlsynth 1.0.0 VanillaSC"
        | "coresynth 0.5.0 scm" => false,
        _ => return None,
    };
    let fitted = ask(&Fit { method: "sc".into(), intercept, ..asked.clone() }, &frame);
    let mut out = mixture(&fitted, frame.text(asked.unit.as_deref().unwrap()));
    let p = lines(&fitted, "effect")[0].p.unwrap();
    out.insert("rank_rmspe_ratio".into(), fact(&fitted, "rank"));
    out.extend(["p_value", "p_value_inspace_placebo", "p_value_mspe_ratio"].map(|n| (n.to_string(), p)));
    out.extend(lines(&fitted, "placebos").iter().map(|l| (format!("ratio_{}", l.term), l.weight.unwrap())));
    Some(out)
}

/// The last ten units and years of a placebo panel.
fn last_ten(name: &str, unit: &str, outcome: &str) -> Option<(Frame, Fit)> {
    let frame = Frame::causal(name)?;
    let sorted = |c: &str| {
        let mut v = frame.text(c).to_vec();
        v.sort();
        v.dedup();
        v
    };
    let (units, years) = (sorted(unit), sorted("year"));
    let asked = Fit { treated: units[units.len() - 10..].to_vec(), start: some(&years[years.len() - 10]), ..fit(unit, "year", outcome) };
    Some((frame, asked))
}

pub fn differences(dataset: &str, method: &str) -> Option<Answers> {
    let (estimator, solver) = match method {
        "SDID_exact_QP" | "mlsynth 1.0.0 SDID" => ("sdid", "exact"),
        "SC_exact_QP" => ("sc", "exact"),
        "DID_exact_QP" => ("did", "exact"),
        "synthdid::sdid" | "diff_diff.SyntheticDiD" | "coresynth 0.5.0 sdid" => ("sdid", "frank-wolfe"),
        "synthdid::sc" => ("sc", "frank-wolfe"),
        "synthdid::did" => ("did", "frank-wolfe"),
        _ => return None,
    };
    let (frame, asked) = match dataset {
        "prop99" => prop99()?,
        "PENN_last10units_last10yrs" => last_ten("synthdid_PENN", "country", "log_gdp")?,
        "CPS_last10units_last10yrs" => last_ten("synthdid_CPS", "state", "log_wage")?,
        _ => return None,
    };
    let several = dataset != "prop99";
    let inference = some(if several { "jackknife" } else { "placebo" });
    let asked = Fit { method: "synthdid".into(), estimator: some(estimator), solver: some(solver), inference, ..asked };
    let fitted = ask(&asked, &frame);
    let line = &lines(&fitted, "effect")[0];
    let estimate = line.estimate.unwrap();
    let mut out: Answers =
        BTreeMap::from([("estimate".into(), estimate), ("att".into(), estimate), ("zeta_omega".into(), fact(&fitted, "zeta-omega"))]);
    if several {
        line.se.map(|se| out.insert("se_jackknife".into(), se));
        return Some(out);
    }
    for name in ["se_placebo_enumerated_pop", "se_placebo_enumerated", "se_placebo_200reps_seed12345", "se_placebo200_seed1"] {
        out.insert(name.into(), line.se.unwrap());
    }
    out.insert("perm_p_two_sided".into(), line.p.unwrap());
    out.extend(frame.text("State").iter().map(|u| (format!("omega_{u}"), 0.0)));
    out.extend(frame.text("Year").iter().map(|t| (format!("lambda_{t}"), 0.0)));
    out.extend(lines(&fitted, "donors").iter().map(|l| (format!("omega_{}", l.term), l.weight.unwrap())));
    out.extend(lines(&fitted, "times").iter().map(|l| (format!("lambda_{}", l.term), l.weight.unwrap())));
    out.extend(lines(&fitted, "placebos").iter().map(|l| (format!("placebo_est_{}", l.term), l.estimate.unwrap())));
    Some(out)
}

pub fn augmented(dataset: &str, method: &str) -> Option<Answers> {
    if dataset != "kansas" {
        return None;
    }
    let logs = ["revstatecapita", "revlocalcapita", "avgwklywagecapita"];
    let frame = logs.iter().fold(Frame::causal(dataset)?, |f, c| f.log(c));
    let covariates =
        list(&["lngdpcapita", "log(revstatecapita)", "log(revlocalcapita)", "log(avgwklywagecapita)", "estabscapita", "emplvlcapita"]);
    let asked = Fit { inference: some("none"), ..named(fit("state", "year_qtr", "lngdpcapita"), &["Kansas"], "2012.25") };
    let ridge = |asked: &Fit| ask(&Fit { method: "augsynth".into(), ..asked.clone() }, &frame);
    let fitted = match method {
        "SCM_exact" | "augsynth vignette singlesynth (SCM, no covariates)" => ask(&Fit { method: "sc".into(), ..asked }, &frame),
        "augsynth vignette (de-meaned/fixedeff)" => ask(&Fit { method: "sc".into(), intercept: true, ..asked }, &frame),
        "RidgeASCM" | "augsynth vignette (Ridge ASCM)" => ridge(&asked),
        "augsynth vignette (Ridge ASCM + covariates)" => ridge(&Fit { covariates: covariates.clone(), ..asked }),
        "augsynth vignette (Ridge ASCM residualized covariates)" => {
            // The vignette keeps the penalty of the fit without covariates.
            let lambda = Some(fact(&ridge(&asked), "lambda"));
            ridge(&Fit { covariates: covariates.clone(), enter: some("residualised"), lambda, ..asked })
        }
        _ => return None,
    };
    let mut out = mixture(&fitted, frame.text("state"));
    let before: Vec<f64> = fitted.plots.events.iter().filter(|e| e.age < 0).map(|e| e.estimate).collect();
    out.insert("L2_imbalance".into(), before.iter().map(|g| g * g).sum::<f64>().sqrt());
    out.extend([("lambda_1se", "lambda"), ("pct_improvement", "improvement")].map(|(n, f)| (n.to_string(), fact(&fitted, f))));
    if !method.contains("+ covariates") {
        out.insert("avg_est_bias".into(), fact(&fitted, "bias"));
    }
    let quarter = |n: &String| n.strip_prefix("gap_").and_then(|q| q.parse::<f64>().ok()).map(|q| format!("gap_{q:.2}"));
    let gaps: Vec<(String, f64)> = out.iter().filter_map(|(n, v)| Some((quarter(n)?, *v))).collect();
    out.extend(gaps);
    if method.starts_with("augsynth vignette") {
        for (name, decimals) in [("att", 4), ("L2_imbalance", 3), ("avg_est_bias", 3), ("pct_improvement", 1)] {
            if let Some(x) = out.get_mut(name) {
                *x = (*x * 10f64.powi(decimals)).round() / 10f64.powi(decimals);
            }
        }
    }
    out.retain(|_, v| v.is_finite());
    Some(out)
}

/// Predictors by the names of the file, each with what is asked for.
type Named = Vec<(String, String)>;

/// The data of a classic example, its predictors by name, and the window.
fn example(dataset: &str) -> Option<(Frame, Fit, Named)> {
    let pair = |(n, p): &(&str, &str)| ((*n).to_string(), (*p).to_string());
    if dataset == "prop99_ADH2010" {
        let parts = [
            ("lnincome", "lnincome@1980:1988"),
            ("retprice", "retprice@1980:1988"),
            ("age15to24", "age15to24@1980:1988"),
            ("special.beer.1984.1988", "beer@1984:1988"),
            ("special.cigsale.1975", "cigsale@1975"),
            ("special.cigsale.1980", "cigsale@1980"),
            ("special.cigsale.1988", "cigsale@1988"),
        ];
        let asked = Fit { window: some("1970:1988"), ..named(fit("state", "year", "cigsale"), &["California"], "1989") };
        return Some((Frame::causal("smoking_cov")?, asked, parts.iter().map(pair).collect()));
    }
    let shares = match dataset {
        "basque_JSS2011" => true,
        "basque" => false,
        _ => return None,
    };
    let (mut frame, asked) = basque()?;
    let levels = ["illit", "prim", "med", "high", "post.high"];
    let mut parts: Vec<(String, String)> = Vec::new();
    if shares {
        frame = schooling(frame, &levels);
    }
    for level in levels.iter().take(if shares { 4 } else { 5 }) {
        let column = if shares { format!("share.{level}") } else { format!("school.{level}") };
        parts.push((format!("school.{level}"), format!("{column}@1964:1969")));
    }
    parts.push(pair(&("invest", "invest@1964:1969")));
    parts.push(pair(&("special.gdpcap.1960.1969", "gdpcap@1960:1969")));
    for sector in ["agriculture", "energy", "industry", "construction", "services.venta", "services.nonventa"] {
        parts.push((format!("special.sec.{sector}.1961.1969"), format!("sec.{sector}@1961:1969")));
    }
    parts.push(pair(&("special.popdens.1969", "popdens@1969")));
    Some((frame, Fit { window: some("1960:1969"), ..asked }, parts))
}

/// Schooling in 1964 to 1969 as shares of all, the two highest together, written to each row of the region.
fn schooling(frame: Frame, levels: &[&str; 5]) -> Frame {
    let (region, year) = (frame.text("regionname").to_vec(), frame.numbers("year"));
    let late: Vec<usize> = (0..region.len()).filter(|&i| (1964.0..=1969.0).contains(&year[i])).collect();
    let mean = |column: &[f64], i: usize| {
        let seen: Vec<f64> = late.iter().filter(|&&j| region[j] == region[i]).map(|&j| column[j]).filter(|x| x.is_finite()).collect();
        seen.iter().sum::<f64>() / seen.len() as f64
    };
    let means: Vec<Vec<f64>> = levels
        .iter()
        .map(|l| {
            let column = frame.numbers(&format!("school.{l}"));
            (0..region.len()).map(|i| mean(&column, i)).collect()
        })
        .collect();
    let total = |i: usize| means.iter().map(|m| m[i]).sum::<f64>();
    let share = |k: usize, i: usize| 100.0 * (means[k][i] + if k == 3 { means[4][i] } else { 0.0 }) / total(i);
    let made: Vec<Vec<f64>> = (0..4).map(|k| (0..region.len()).map(|i| share(k, i)).collect()).collect();
    levels.iter().zip(made).fold(frame, |f, (l, column)| f.with(&format!("share.{l}"), column))
}

/// The weights of predictors that a program arrived at, which are what the example gives here.
fn given(dataset: &str, method: &str, names: &[(String, String)]) -> Option<Vec<String>> {
    let table = Frame::shared("reference/reference.csv")?;
    let (data, methods, quantities, values) = (table.text("dataset"), table.text("method"), table.text("quantity"), table.text("value"));
    let row = |name: &str| (0..table.rows()).find(|&i| data[i] == dataset && methods[i] == method && quantities[i] == format!("v_{name}"));
    names.iter().map(|(n, _)| row(n).map(|i| values[i].clone())).collect()
}

pub fn predictors(dataset: &str, method: &str) -> Option<Answers> {
    let (frame, asked, names) = example(dataset)?;
    let units = frame.text(asked.unit.as_deref().unwrap()).to_vec();
    let search = |floor: f64| (list(&["search"]), Some(floor), None);
    let (v, v_floor, lambda) = match method {
        "pysyncon.RobustSynth(lambda=0.1,sv=2)" => {
            let fitted = ask(&Fit { method: "robust-sc".into(), lambda: Some(0.1), r: Some(2), ..asked }, &frame);
            return Some(weighed(&fitted, &units, dataset));
        }
        "SC_global_V(7 predictors; log V >= -9 rel. max; inner QP exact)" => search(-9.0),
        "SC_global_V(log V >= -7)" => search(-7.0),
        "SC_global_V(log V >= -5)" => search(-5.0),
        "pysyncon.Synth(BFGS)" => (list(&["equal"]), None, None),
        "pysyncon.Synth(BFGS,ols)" => (list(&["regression"]), None, None),
        "pysyncon.PenalizedSynth(lambda=0.01)" => (list(&["equal"]), None, Some(0.01)),
        "pysyncon.PenalizedSynth(lambda=0.1)" => (list(&["equal"]), None, Some(0.1)),
        m if m.starts_with("Synth::synth") => (given(dataset, method, &names)?, None, None),
        _ => return None,
    };
    let predictors = names.iter().map(|(_, p)| p.clone()).collect();
    let fitted = ask(&Fit { method: "sc-predictors".into(), predictors, v, v_floor, lambda, ..asked }, &frame);
    let mut out = weighed(&fitted, &units, dataset);
    let mspe = fact(&fitted, "loss-outcome");
    out.extend(["mspe", "mspe_v_1970_1988", "loss_v"].map(|n| (n.to_string(), mspe)));
    out.insert("rmspe_pre".into(), mspe.sqrt());
    out.insert("loss_w".into(), fact(&fitted, "loss-predictors"));
    out.extend(names.iter().zip(lines(&fitted, "predictors")).map(|((n, _), l)| (format!("v_{n}"), l.weight.unwrap())));
    Some(out)
}

fn weighed(fitted: &Fitted, units: &[String], dataset: &str) -> Answers {
    let mut out = mixture(fitted, units);
    out.extend(["att_post_mean", "att_1989_2000"].map(|n| (n.to_string(), out["att"])));
    // pysyncon's effect in the Basque Country is over 1975 to 1997, five years into the gap.
    let late = if dataset == "basque" { 5 } else { 0 };
    let after: Vec<f64> = lines(fitted, "period")[late..].iter().map(|l| l.estimate.unwrap()).collect();
    let n = after.len() as f64;
    let att = after.iter().sum::<f64>() / n;
    let spread = (after.iter().map(|g| (g - att).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    out.insert("att".into(), att);
    out.insert("att_se".into(), spread / n.sqrt());
    let mspe = fact(fitted, "rmspe-before").powi(2);
    out.extend(["mspe", "loss_v"].map(|n| (n.to_string(), mspe)));
    out
}

pub fn factors(dataset: &str, method: &str) -> Option<Answers> {
    let parts: Vec<&str> = method.strip_prefix("fect|")?.split('|').collect();
    let r: u32 = parts[1].strip_prefix('r')?.parse().ok()?;
    let name = if parts[0] == "fe" { "ife" } else { parts[0] };
    let lambda = parts.get(2).and_then(|l| l.strip_prefix("lam")).and_then(|l| l.parse().ok());
    let of = |file: &str, columns: [&str; 4], covariates: &[&str]| {
        let [unit, time, outcome, treatment] = columns;
        Some((Frame::causal(file)?, Fit { treatment: some(treatment), covariates: list(covariates), ..fit(unit, time, outcome) }))
    };
    let turnout = ["abb", "year", "turnout", "policy_edr"];
    let (frame, asked) = match dataset {
        "prop99" => of("prop99", ["State", "Year", "PacksPerCapita", "treated"], &[])?,
        "turnout" => of("fect_turnout", turnout, &["policy_mail_in", "policy_motor"])?,
        "turnout_nocov" => of("fect_turnout", turnout, &[])?,
        _ => of("fect_simgsynth", ["id", "time", "Y", "D"], &["X1", "X2"])?,
    };
    // `tol = 1e-9` in all calls; with factors `fect` ends as near the fixed point as a tenth of that would.
    let tolerance = Some(if r == 0 { 1e-9 } else { 1e-10 });
    let asked = Fit { method: name.into(), r: Some(r), lambda, solver: some("fect"), tolerance, inference: some("none"), ..asked };
    let fitted = ask(&asked, &frame);
    let first = |section: &str| lines(&fitted, section)[0].estimate.unwrap();
    let mut out: Answers = BTreeMap::from([
        ("att.avg".into(), first("effect")),
        ("att.avg.unit".into(), first("units")),
        ("sigma2".into(), fact(&fitted, "sigma2")),
    ]);
    let ages = lines(&fitted, "age").iter();
    out.extend(ages.map(|l| (format!("att_rel{}", l.term.parse::<i64>().unwrap() + 1), l.estimate.unwrap())));
    let betas = lines(&fitted, "covariates").iter().enumerate();
    out.extend(betas.map(|(j, l)| (format!("beta{}", j + 1), l.estimate.unwrap())));
    Some(out)
}

pub fn conformal(dataset: &str, method: &str) -> Option<Answers> {
    let what = method.strip_prefix("scinference ").filter(|_| dataset == "prop99")?;
    let proxy = what.split(' ').find(|w| ["did", "sc", "classo"].contains(w))?;
    let (frame, asked) = prop99()?;
    let fitted = ask(&Fit { method: "conformal".into(), proxy: some(proxy), folds: Some(2), ..asked }, &frame);
    let line = &lines(&fitted, "t-test")[0];
    Some(BTreeMap::from([
        ("att_debiased".into(), line.estimate.unwrap()),
        ("se".into(), line.se.unwrap()),
        ("p_H0_zero".into(), lines(&fitted, "moving-blocks")[0].p.unwrap()),
    ]))
}

pub fn structural(dataset: &str, method: &str) -> Option<Answers> {
    if dataset != "ci_sim100" || method != "bsts-causalimpact default niter" {
        return None;
    }
    let asked = Fit { method: "bsts".into(), outcome: "y".into(), covariates: list(&["x1"]), start: some("71"), ..Fit::default() };
    let fitted = ask(&asked, &Frame::causal(dataset)?);
    let line = |at: usize| &lines(&fitted, "effect")[at];
    let [low, high] = line(0).interval.unwrap();
    Some(BTreeMap::from([
        ("avg_point_effect_mean".into(), line(0).estimate.unwrap()),
        ("avg_ci_lower".into(), low),
        ("avg_ci_upper".into(), high),
        ("avg_cumulative_effect_total".into(), line(1).estimate.unwrap()),
        ("avg_relative_effect_mean".into(), line(2).estimate.unwrap()),
        ("avg_p_value".into(), line(0).p.unwrap()),
    ]))
}

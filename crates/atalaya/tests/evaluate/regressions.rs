//! Regressions with fixed effects and their variances, and the wild bootstrap.

use atalaya::evaluate::{Fit, Fitted};

use crate::frame::Frame;
use crate::grid::{Answers, ask, fact, lines, list, some, tell};

/// The data and the columns of a regression.
fn setup(dataset: &str, method: &str) -> Option<(Frame, Fit)> {
    let of = |file: &str, y: &str, d: &str, unit: &str, time: &str, cluster: &str| {
        let fit =
            Fit { unit: some(unit), time: some(time), outcome: y.into(), treatment: some(d), cluster: list(&[cluster]), ..Fit::default() };
        Some((Frame::causal(file)?, fit))
    };
    let product = |frame: &Frame, a: &str, b: &str| frame.numbers(a).iter().zip(frame.numbers(b)).map(|(a, b)| a * b).collect::<Vec<f64>>();
    match dataset {
        "fixest_base_did" => {
            let (frame, fit) = of(dataset, "y", "treat:post", "id", "period", "id")?;
            let both = product(&frame, "treat", "post");
            let cluster = if method.contains("twoway") { list(&["id", "period"]) } else { list(&["id"]) };
            Some((frame.with("treat:post", both), Fit { covariates: list(&["x1"]), cluster, ..fit }))
        }
        "mpdta" => {
            let frame = Frame::causal(dataset)?;
            let (first, year) = (frame.numbers("first.treat"), frame.numbers("year"));
            let d = first.iter().zip(&year).map(|(g, t)| f64::from(u8::from(*g > 0.0 && t >= g))).collect();
            let (_, fit) = of(dataset, "lemp", "D", "countyreal", "year", "countyreal")?;
            Some((frame.with("D", d), fit))
        }
        "bacon_castle" => {
            let (frame, fit) = of(dataset, "l_homicide", "post", "sid", "year", "sid")?;
            Some((frame, Fit { weights: method.contains("popwt").then(|| "popwt".into()), ..fit }))
        }
        "df_het" => {
            let (frame, fit) = of(dataset, "dep_var", "D", "unit", "year", "state")?;
            let d = frame.numbers("treat");
            Some((frame.with("D", d), fit))
        }
        "hh2019" => of("fect_hh2019", "nat_rate_ord", "indirect", "bfs", "year", "bfs"),
        "turnout" => of("fect_turnout", "turnout", "policy_edr", "abb", "year", "abb"),
        "fixest_trade" => {
            let (frame, fit) = of(dataset, "log(Euros)", "log(dist_km)", "Origin", "Year", "Origin")?;
            let cluster = if method.contains("twoway") { list(&["Origin", "Destination"]) } else { fit.cluster };
            let outcome = if method.contains("fepois") { "Euros".into() } else { fit.outcome };
            let effects = list(&["Destination", "Product"]);
            Some((frame.log("Euros").log("dist_km"), Fit { effects, cluster, outcome, ..fit }))
        }
        "plm_produc" => {
            let (frame, fit) = of(dataset, "log(gsp)", "log(pcap)", "state", "year", "state")?;
            let frame = ["gsp", "pcap", "pc", "emp"].iter().fold(frame, |f, c| f.log(c));
            let within = method.contains("oneway").then(|| "unit".into());
            Some((frame, Fit { covariates: list(&["log(pc)", "log(emp)", "unemp"]), within, ..fit }))
        }
        _ => None,
    }
}

/// The variance that the end of a method's name stands for.
fn variance(method: &str, fit: Fit) -> Option<Fit> {
    let plain = |vcov: &str, fit: Fit| Fit { vcov: some(vcov), ..fit };
    let plm = |vcov: &str, fit: Fit| Fit { fixef_k: some("none"), k_adj: some("rows"), no_g_adj: true, ..plain(vcov, fit) };
    let bare = |vcov: &str, fit: Fit| Fit { no_ssc: true, ..plain(vcov, fit) };
    if method.starts_with("plm") || method.starts_with("clubSandwich") {
        return Some(match method.rsplit('_').next()? {
            "iid" => Fit { fixef_k: some("full"), ..plm("iid", fit) },
            "HC0" => bare("cluster", fit),
            "HC1" => plm("cluster", fit),
            "HC2" => bare("cluster-hc2", fit),
            "HC3" => bare("cluster-hc3", fit),
            "sss" => Fit { fixef_k: some("none"), ..plain("cluster", fit) },
            "lag2" => Fit { lags: Some(2), ..bare("driscoll-kraay", fit) },
            "oneway" => plain("cr2", fit),
            _ => return None,
        });
    }
    if method.starts_with("linearmodels") || method.starts_with("pyfixest") {
        return Some(Fit { fixef_k: some("full"), k_adj: some("rows"), no_g_adj: true, ..plain("cluster", fit) });
    }
    let ends = ["cluster_nossc", "twowaycluster", "cluster", "twoway", "HC1", "iid", "DK_lag2", "NW_lag2"];
    Some(match ends.into_iter().find(|e| method.ends_with(e))? {
        "cluster_nossc" => bare("cluster", fit),
        "HC1" => plain("hc1", fit),
        "iid" => plain("iid", fit),
        "DK_lag2" => Fit { lags: Some(2), ..plain("driscoll-kraay", fit) },
        "NW_lag2" => Fit { lags: Some(2), ..plain("newey-west", fit) },
        _ => plain("cluster", fit),
    })
}

fn told(fitted: &Fitted, section: &str, rename: impl Fn(&str) -> String) -> Answers {
    let mut out = Answers::new();
    for line in lines(fitted, section) {
        let name = rename(&line.term);
        tell(&mut out, line, [format!("coef_{name}"), format!("se_{name}"), format!("p_{name}")]);
    }
    out
}

pub fn regressions(dataset: &str, method: &str) -> Option<Answers> {
    if method.contains("eventstudy") || method.contains("sunab") {
        return staggered(dataset, method);
    }
    let known = ["fixest::", "plm_within", "clubSandwich", "linearmodels", "pyfixest TWFE"];
    if !known.iter().any(|k| method.starts_with(k)) {
        return None;
    }
    let (frame, fit) = setup(dataset, method)?;
    let name = if method.contains("fepois") { "poisson" } else { "twfe" };
    let fitted = ask(&Fit { method: name.into(), ..variance(method, fit)? }, &frame);
    let mut out = told(&fitted, "coefficients", str::to_string);
    if method.starts_with("clubSandwich") {
        let df = fitted.certificate.iter().find(|f| f.id == "freedom").unwrap();
        for (j, line) in lines(&fitted, "coefficients").iter().enumerate() {
            out.insert(format!("df_satt_{}", line.term), df.value[j].as_f64().unwrap());
            out.insert(format!("p_satt_{}", line.term), line.p.unwrap());
        }
    }
    Some(out)
}

fn staggered(dataset: &str, method: &str) -> Option<Answers> {
    let (y, unit, time, cohort) = match dataset {
        "fixest_base_stagg" => ("y", "id", "year", "first"),
        "mpdta" => ("lemp", "countyreal", "year", "first"),
        "fixest_base_did" => ("y", "id", "period", "first"),
        _ => return None,
    };
    let frame = Frame::causal(dataset)?;
    let column = if dataset == "mpdta" {
        "first.treat"
    } else if dataset == "fixest_base_did" {
        "treat"
    } else {
        "year_treated"
    };
    // In the panel of one date, treatment comes after the fifth period; elsewhere never is beyond the data.
    let first = |g: &f64| match dataset {
        "fixest_base_did" => 6.0 * g,
        _ if *g < 10_000.0 => *g,
        _ => 0.0,
    };
    let firsts = frame.numbers(column).iter().map(first).collect();
    let covariates = if dataset.starts_with("fixest") { list(&["x1"]) } else { Vec::new() };
    let name = if method.contains("eventstudy") { "event-study" } else { "sunab" };
    let fit = Fit {
        method: name.into(),
        unit: some(unit),
        time: some(time),
        outcome: y.into(),
        cohort: some(cohort),
        covariates,
        ..Fit::default()
    };
    let fitted = ask(&variance(method, fit)?, &frame.with("first", firsts));
    Some(match method {
        m if m.contains("eventstudy") => told(&fitted, "age", |name| match name.parse::<i64>() {
            Err(_) => name.to_string(),
            Ok(age) if dataset == "fixest_base_did" => format!("period::{}:treat", age + 6),
            Ok(age) => format!("time_to_treatment::{age}:treated"),
        }),
        "fixest::sunab_cohort_cluster" => {
            let mut out = told(&fitted, "cohort", |t| format!("cohort::{t}"));
            out.extend(told(&fitted, "covariates", str::to_string));
            out
        }
        "fixest::sunab_att_cluster" => told(&fitted, "all", str::to_string),
        _ => {
            let mut out = told(&fitted, "age", |t| format!("year::{t}"));
            out.extend(told(&fitted, "covariates", str::to_string));
            out
        }
    })
}

pub fn wild(dataset: &str, method: &str) -> Option<Answers> {
    if method == "DiD_2x2_means" {
        return card_krueger();
    }
    let (kind, rest) = method.split_once("_enumerated_")?;
    let coefficient = rest.split("_cl_").next()?;
    let frame = Frame::causal(dataset)?;
    let (frame, fit, all) = match dataset {
        "plm_grunfeld" => {
            let fit = Fit { unit: some("firm"), time: some("year"), outcome: "inv".into(), cluster: list(&["firm"]), ..Fit::default() };
            (frame, fit, list(&["value", "capital"]))
        }
        _ => {
            let both = frame.numbers("treat").iter().zip(frame.numbers("post")).map(|(a, b)| a * b).collect();
            let fit = Fit { unit: some("id"), time: some("period"), outcome: "y".into(), cluster: list(&["period"]), ..Fit::default() };
            (frame.with("treatxpost", both), fit, list(&["x1", "treat", "post", "treatxpost"]))
        }
    };
    let covariates = all.into_iter().filter(|c| c != coefficient).collect();
    let fit =
        Fit { method: "wild".into(), treatment: some(coefficient), covariates, within: some("none"), unrestricted: kind == "WCU", ..fit };
    let fitted = ask(&fit, &frame);
    let line = &lines(&fitted, "coefficients")[0];
    Some(Answers::from([
        ("coef".into(), line.estimate.unwrap()),
        ("se_CRV1".into(), line.se.unwrap()),
        ("t".into(), fact(&fitted, "t")),
        ("p_enum_strict(|t*|>|t|)".into(), fact(&fitted, "p-strict")),
        ("p_enum_weak(|t*|>=|t|)".into(), line.p.unwrap()),
        ("n_draws".into(), fact(&fitted, "draws")),
    ]))
}

/// Full-time equivalents: full-time staff, managers, and half of part-time staff.
fn card_krueger() -> Option<Answers> {
    let t = Frame::causal("card_krueger")?;
    let staff = |end: &str| -> Vec<String> {
        let [full, part, managers] = ["EMPFT", "EMPPT", "NMGRS"].map(|c| t.numbers(&format!("{c}{end}")));
        (0..t.rows()).map(|i| (full[i] + managers[i] + 0.5 * part[i]).to_string()).collect()
    };
    let n = t.rows();
    let twice = |f: &dyn Fn(usize) -> String| (0..2 * n).map(|i| f(i % n)).collect::<Vec<_>>();
    let state = t.numbers("STATE");
    let columns = vec![
        twice(&|i| i.to_string()),
        (0..2 * n).map(|i| (1 + i / n).to_string()).collect(),
        [staff(""), staff("2")].concat(),
        (0..2 * n).map(|i| u8::from(state[i % n] == 1.0 && i >= n).to_string()).collect(),
    ];
    let frame = Frame::of(&["store", "wave", "staff", "on"], columns);
    let fit = Fit {
        method: "two-by-two".into(),
        unit: some("store"),
        time: some("wave"),
        outcome: "staff".into(),
        treatment: some("on"),
        ..Fit::default()
    };
    let fitted = ask(&fit, &frame);
    let means: Vec<f64> = lines(&fitted, "means").iter().map(|l| l.estimate.unwrap()).collect();
    Some(Answers::from([
        ("did_all_available".into(), lines(&fitted, "all")[0].estimate.unwrap()),
        ("did_balanced".into(), lines(&fitted, "effect")[0].estimate.unwrap()),
        ("did_balanced_se_unequal_var".into(), lines(&fitted, "effect")[0].se.unwrap()),
        ("NJ_before".into(), means[0]),
        ("NJ_after".into(), means[1]),
        ("PA_before".into(), means[2]),
        ("PA_after".into(), means[3]),
    ]))
}

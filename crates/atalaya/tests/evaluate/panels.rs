//! Estimators for staggered adoption, and bounds on them.

use atalaya::evaluate::{Fit, Fitted};

use crate::frame::Frame;
use crate::grid::{Answers, ask, fact, lines, list, some, tell};

/// A panel of the data folder with its columns: outcome, unit, period, cohort, cluster.
fn panel(dataset: &str) -> Option<(Frame, Fit, &'static str)> {
    let [y, unit, period, cohort, cluster] = match dataset {
        "mpdta" | "mpdta_unbalanced200" => ["lemp", "countyreal", "year", "first.treat", "countyreal"],
        "bacon_castle" => ["l_homicide", "sid", "year", "effyear", "sid"],
        "df_het" => ["dep_var", "unit", "year", "g", "state"],
        _ => return None,
    };
    let fit = Fit { unit: some(unit), time: some(period), outcome: y.into(), cohort: some(cohort), ..Fit::default() };
    Some((Frame::causal(dataset)?, fit, cluster))
}

pub fn group_time(dataset: &str, method: &str) -> Option<Answers> {
    let mut fit = Fit { method: "did".into(), ..Fit::default() };
    let covariate = method.ends_with("lpop") || method.contains("|lpop");
    if let Some(rest) = method.strip_prefix("diff_diff.CallawaySantAnna|") {
        (fit.estimator, fit.overlap) = (some("augmented"), some("clip"));
        fit.control = rest.starts_with("not_yet").then(|| "not-yet".into());
    } else if let Some(rest) = method.strip_prefix("did::att_gt|") {
        for part in rest.split('|') {
            match part {
                "ipw" | "reg" => fit.estimator = some(part),
                "notyettreated" => fit.control = some("not-yet"),
                "universal" => fit.base = some(part),
                "allow_unbalanced" => fit.panel = some("unbalanced"),
                "repeatedCS" => fit.panel = some("cross-sections"),
                part => fit.anticipation = part.strip_prefix("anticip").map_or(fit.anticipation, |a| a.parse().ok()),
            }
        }
    } else if !method.starts_with("csdid|") && !method.starts_with("moderndid|") {
        return None;
    }
    let (frame, columns, _) = panel(dataset)?;
    let covariates = if covariate { list(&["lpop"]) } else { Vec::new() };
    let fit = Fit { unit: columns.unit, time: columns.time, outcome: columns.outcome, cohort: columns.cohort, covariates, ..fit };
    let mut out = cells(&ask(&fit, &frame));
    let drawn = ask(&Fit { draws: Some(20_000), seed: Some(20_240_101), ..fit }, &frame);
    for kind in KINDS {
        out.insert(format!("agg_{kind}_se_boot"), lines(&drawn, kind)[0].se.unwrap());
    }
    out.insert("uniform_crit_1000reps_seed20240101".into(), fact(&drawn, "critical"));
    let boot = drawn.certificate.iter().find(|f| f.id == "bootstrap" && f.value["average"] == "dynamic").unwrap();
    out.insert("uniform_crit_dynamic".into(), boot.value["critical"].as_f64().unwrap());
    Some(out)
}

const KINDS: [&str; 4] = ["simple", "group", "dynamic", "calendar"];

fn cells(fitted: &Fitted) -> Answers {
    let mut out = Answers::new();
    for line in lines(fitted, "group-time") {
        let cell = line.term.replace(' ', "_");
        tell(&mut out, line, [format!("att_{cell}"), format!("se_{cell}"), String::new()]);
    }
    for kind in KINDS {
        for line in lines(fitted, kind) {
            let end = if line.term == "ATT" { String::new() } else { format!("_{}", line.term) };
            tell(&mut out, line, [format!("agg_{kind}_att{end}"), format!("agg_{kind}_se{end}"), String::new()]);
        }
    }
    out.insert("pretest_W".into(), fact(fitted, "pre-trend-wald"));
    // `did` reports five digits.
    out.insert("pretest_p".into(), (fact(fitted, "pre-trend-p") * 1e5).round() / 1e5);
    out
}

pub fn imputed(dataset: &str, method: &str) -> Option<Answers> {
    if !["didimputation", "diff_diff.ImputationDiD"].contains(&method) {
        return None;
    }
    let (frame, columns, cluster) = panel(dataset)?;
    let mut out = Answers::new();
    for (end, clusters) in [("", Vec::new()), ("_cluster_state", list(&[cluster]))] {
        let ages = Some(5).filter(|_| dataset == "df_het");
        let fit = Fit { method: "imputation".into(), leave_out: true, cluster: clusters, pretrends: ages, ..columns.clone() };
        let fitted = ask(&fit, &frame);
        let all = &lines(&fitted, "all")[0];
        tell(&mut out, all, ["treat_att".into(), format!("treat_se{end}"), String::new()]);
        tell(&mut out, all, ["att".into(), "se".into(), String::new()]);
        if end.is_empty() != (dataset == "df_het") {
            for line in lines(&fitted, "age").iter().chain(lines(&fitted, "earlier")) {
                tell(&mut out, line, [format!("es_{}", line.term), format!("es_se_{}", line.term), String::new()]);
            }
        }
    }
    Some(out)
}

pub fn others(dataset: &str, method: &str) -> Option<Answers> {
    let name = match method {
        "diff_diff.Bacon" => "bacon",
        "diff_diff.WooldridgeDiD" => "etwfe",
        "diff_diff.TwoStageDiD" => "two-stage",
        "diff_diff.StackedDiD" => "stacked",
        "diff_diff.SunAbraham" => "sunab",
        _ => return None,
    };
    let (frame, columns, _) = panel(dataset)?;
    let fitted = ask(&Fit { method: name.into(), ..columns }, &frame);
    let mut out = Answers::new();
    if name != "bacon" {
        tell(&mut out, &lines(&fitted, "all")[0], ["att".into(), "se".into(), String::new()]);
        return Some(out);
    }
    out.insert("twfe".into(), lines(&fitted, "twfe")[0].estimate.unwrap());
    let kinds = [
        ("never", "treated_vs_never"),
        ("always", "treated_vs_always"),
        ("earlier-later", "earlier_vs_later"),
        ("later-earlier", "later_vs_earlier"),
    ];
    for (section, kind) in kinds {
        for line in lines(&fitted, section) {
            let (treated, against) = line.term.split_once(" / ").unwrap();
            let against = if against == "-" { "never_treated" } else { against };
            out.insert(format!("est_{treated}_vs_{against}_{kind}"), line.estimate.unwrap());
            out.insert(format!("wt_{treated}_vs_{against}_{kind}"), line.weight.unwrap());
        }
    }
    Some(out)
}

pub fn honest(dataset: &str, method: &str) -> Option<Answers> {
    if !method.starts_with("HonestDiD") {
        return None;
    }
    let (frame, fit) = match dataset {
        "honest_BC" => {
            let beta = Frame::causal("honest_BCdata_EventStudy_beta")?;
            let sigma = Frame::causal("honest_BCdata_EventStudy_sigma")?;
            let n = beta.rows();
            let names: Vec<String> = (1..=n).map(|j| format!("V{j}")).collect();
            // Four earlier periods; the reference is between them and the later ones.
            let ages = (0..n).map(|i| i as f64 - 5.0 + f64::from(u8::from(i > 3))).collect();
            let frame = names.iter().fold(Frame::of(&["beta"], vec![beta.text("beta").to_vec()]), |f, v| f.with(v, sigma.numbers(v)));
            let fit = Fit { on: some("estimates"), outcome: "beta".into(), time: some("age"), covariates: names, ..Fit::default() };
            (frame.with("age", ages), fit)
        }
        _ => {
            let t = Frame::causal("moderndid_ehec_data")?;
            let (year, expanded) = (t.numbers("year"), t.numbers("yexp2"));
            let t = t.filter(|i| year[i] < 2016.0 && expanded[i] != 2015.0);
            let first = t.numbers("yexp2").iter().map(|g| if *g == 2014.0 { 2014.0 } else { 0.0 }).collect();
            let fit = Fit {
                on: some("event-study"),
                unit: some("stfips"),
                time: some("year"),
                outcome: "dins".into(),
                cohort: some("first"),
                ..Fit::default()
            };
            (t.with("first", first), fit)
        }
    };
    let smooth = method.contains("smoothness");
    let bounds = if smooth { vec![0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.2, 0.3] } else { vec![0.5, 1.0, 1.5, 2.0] };
    let points = if method.ends_with("(C-LF)") { 100 } else { 1_000 };
    let restriction = some(if smooth { "smoothness" } else { "relative" });
    let fitted = ask(&Fit { method: "honest".into(), restriction, bounds, grid_points: Some(points), ..fit }, &frame);
    let mut out = Answers::new();
    for line in lines(&fitted, "honest") {
        let (kind, bound) = line.term.split_once(' ').unwrap();
        let [low, high] = line.interval.unwrap();
        for name in [bound.to_string(), format!("{:.1}", bound.parse::<f64>().unwrap())] {
            if name.parse::<f64>() == bound.parse::<f64>() {
                out.insert(format!("lb_{kind}{name}"), low);
                out.insert(format!("ub_{kind}{name}"), high);
            }
        }
    }
    Some(out)
}

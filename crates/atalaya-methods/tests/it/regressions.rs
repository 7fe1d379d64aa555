//! Regressions with fixed effects and their variances, as `fixest`, `plm`, `linearmodels` and `clubSandwich` have them.

use atalaya_methods::evaluate::covariance::clustered::clustered;
use atalaya_methods::evaluate::covariance::few_clusters::cr2;
use atalaya_methods::evaluate::covariance::serial::{driscoll_kraay, newey_west};
use atalaya_methods::evaluate::covariance::{Counted, Covariance, Leverage, Small, Spent, heteroskedastic, iid};
use atalaya_methods::evaluate::event_study::{Window, event_study};
use atalaya_methods::evaluate::fixed_effects::{Fit, Regression};
use atalaya_methods::evaluate::poisson::poisson;
use atalaya_methods::evaluate::staggered::Staggered;
use atalaya_methods::evaluate::sun_abraham::{By, sun_abraham};

use crate::reference::Answers;
use crate::table::Table;

/// A regression of a data set: outcome, regressors, codes of effects, weights, clusters.
struct Setup {
    y: Vec<f64>,
    names: Vec<String>,
    x: Vec<Vec<f64>>,
    effects: Vec<Vec<u32>>,
    weights: Option<Vec<f64>>,
    clusters: Vec<Vec<u32>>,
    period: Vec<i64>,
}

impl Setup {
    fn regression<T>(&self, f: impl FnOnce(Regression<'_>) -> T) -> T {
        let x: Vec<&[f64]> = self.x.iter().map(Vec::as_slice).collect();
        let effects: Vec<&[u32]> = self.effects.iter().map(Vec::as_slice).collect();
        f(Regression { y: &self.y, names: &self.names, x: &x, effects: &effects, weights: self.weights.as_deref(), set_aside: true })
    }
}

fn logs(values: &[f64]) -> Vec<f64> {
    values.iter().map(|v| v.ln()).collect()
}

/// Rows with a missing outcome or regressor are left out.
fn setup(dataset: &str, method: &str) -> Option<Setup> {
    let file = match dataset {
        "hh2019" => "fect_hh2019",
        "turnout" => "fect_turnout",
        name => name,
    };
    let simple = |y: &str, x: &str, unit: &str, period: &str, cluster: &str| {
        let t = Table::causal(file)?;
        let (y, x) = (t.numbers(y), t.numbers(x));
        let t = t.filter(|i| y[i].is_finite() && x[i].is_finite());
        let kept = |v: &[f64], w: &[f64]| v.iter().zip(w).filter(|(a, b)| a.is_finite() && b.is_finite()).map(|(a, _)| *a).collect();
        Some(Setup {
            y: kept(&y, &x),
            names: vec![String::new()],
            x: vec![kept(&x, &y)],
            effects: vec![t.codes(unit), t.codes(period)],
            weights: None,
            clusters: vec![t.codes(cluster)],
            period: t.whole(period),
        })
    };
    let named = |name: &str, setup: Option<Setup>| setup.map(|s| Setup { names: vec![name.into()], ..s });
    match dataset {
        "fixest_base_did" => {
            let t = Table::causal(file)?;
            let (treat, post) = (t.numbers("treat"), t.numbers("post"));
            let both = treat.iter().zip(post).map(|(a, b)| a * b).collect();
            let (id, period) = (t.codes("id"), t.codes("period"));
            Some(Setup {
                y: t.numbers("y"),
                names: vec!["x1".into(), "treat:post".into()],
                x: vec![t.numbers("x1"), both],
                clusters: vec![id.clone(), period.clone()],
                effects: vec![id, period],
                weights: None,
                period: t.whole("period"),
            })
        }
        "mpdta" => {
            let t = Table::causal(file)?;
            let (first, year) = (t.whole("first.treat"), t.whole("year"));
            let d = first.iter().zip(&year).map(|(g, t)| f64::from(u8::from(*g > 0 && t >= g))).collect();
            let unit = t.codes("countyreal");
            Some(Setup {
                y: t.numbers("lemp"),
                names: vec!["D".into()],
                x: vec![d],
                clusters: vec![unit.clone()],
                effects: vec![unit, t.codes("year")],
                weights: None,
                period: year,
            })
        }
        "bacon_castle" => {
            let mut s = named("post", simple("l_homicide", "post", "sid", "year", "sid"))?;
            s.weights = method.contains("popwt").then(|| Table::causal(file).unwrap().numbers("popwt"));
            Some(s)
        }
        "df_het" => named("D", simple("dep_var", "treat", "unit", "year", "state")),
        "hh2019" => named("indirect", simple("nat_rate_ord", "indirect", "bfs", "year", "bfs")),
        "turnout" => named("policy_edr", simple("turnout", "policy_edr", "abb", "year", "abb")),
        "fixest_trade" => {
            let t = Table::causal(file)?;
            let effects: Vec<Vec<u32>> = ["Origin", "Destination", "Product", "Year"].map(|c| t.codes(c)).into();
            let euros = t.numbers("Euros");
            Some(Setup {
                y: if method.contains("fepois") { euros } else { logs(&euros) },
                names: vec!["log(dist_km)".into()],
                x: vec![logs(&t.numbers("dist_km"))],
                clusters: effects[..2].to_vec(),
                effects,
                weights: None,
                period: t.whole("Year"),
            })
        }
        "plm_produc" => {
            let t = Table::causal(file)?;
            let unit = t.codes("state");
            let year = t.codes("year");
            Some(Setup {
                y: logs(&t.numbers("gsp")),
                names: ["log(pcap)", "log(pc)", "log(emp)", "unemp"].map(String::from).into(),
                x: vec![logs(&t.numbers("pcap")), logs(&t.numbers("pc")), logs(&t.numbers("emp")), t.numbers("unemp")],
                clusters: vec![unit.clone()],
                effects: if method.contains("oneway") { vec![unit] } else { vec![unit, year] },
                weights: None,
                period: t.whole("year"),
            })
        }
        _ => None,
    }
}

/// Coefficients, errors and p-values by the names of the file.
fn tell(fit: &Fit, cov: &Covariance, rename: impl Fn(&str) -> String) -> Answers {
    let mut out = Answers::new();
    for line in cov.table(fit, 0.95) {
        let name = rename(&line.name);
        out.insert(format!("coef_{name}"), line.estimate);
        out.insert(format!("se_{name}"), line.se);
        out.insert(format!("p_{name}"), line.p);
    }
    out
}

/// The variance that the end of a name of `fixest` stands for.
fn fixest(method: &str, fit: &Fit, s: &Setup) -> Option<Covariance> {
    let small = Small::default();
    let one: Vec<&[u32]> = s.clusters.iter().take(1).map(Vec::as_slice).collect();
    let both: Vec<&[u32]> = s.clusters.iter().map(Vec::as_slice).collect();
    let end = ["cluster_nossc", "twowaycluster", "cluster", "twoway", "HC1", "iid", "DK_lag2", "NW_lag2"]
        .into_iter()
        .find(|e| method.ends_with(e))?;
    Some(match end {
        "iid" => iid(fit, small),
        "HC1" => heteroskedastic(fit, Leverage::Ignored, small),
        "cluster" => clustered(fit, &one, Leverage::Ignored, small).unwrap(),
        "cluster_nossc" => clustered(fit, &one, Leverage::Ignored, Small::NONE).unwrap(),
        "twoway" | "twowaycluster" => clustered(fit, &both, Leverage::Ignored, small).unwrap(),
        "DK_lag2" => driscoll_kraay(fit, &s.period, 2, small).unwrap(),
        _ => newey_west(fit, &s.clusters[0], &s.period, 2, small).unwrap(),
    })
}

fn plm(method: &str, fit: &Fit, s: &Setup) -> Option<Answers> {
    let small = |spent, clusters| Small { counted: Counted::None, spent, clusters };
    let arellano = |leverage, small| clustered(fit, &[&s.clusters[0]], leverage, small).unwrap();
    let end = method.rsplit('_').next()?;
    let cov = match end {
        "iid" => iid(fit, Small { counted: Counted::Full, spent: Spent::Rows, clusters: false }),
        "HC0" => arellano(Leverage::Ignored, Small::NONE),
        "HC1" => arellano(Leverage::Ignored, small(Spent::Rows, false)),
        "HC2" => arellano(Leverage::Root, Small::NONE),
        "HC3" => arellano(Leverage::Whole, Small::NONE),
        "sss" => arellano(Leverage::Ignored, small(Spent::LessOne, true)),
        "lag2" => driscoll_kraay(fit, &s.period, 2, Small::NONE).unwrap(),
        "oneway" => {
            let cov = cr2(fit, &s.clusters[0]).unwrap();
            let mut out = tell(fit, &cov, str::to_string);
            for (name, df) in fit.names.iter().zip(&cov.freedom) {
                out.insert(format!("df_satt_{name}"), *df);
            }
            for (name, t) in fit.names.iter().zip(cov.table(fit, 0.95)) {
                out.insert(format!("p_satt_{name}"), t.p);
            }
            return Some(out);
        }
        _ => return None,
    };
    Some(tell(fit, &cov, str::to_string))
}

/// The panels with an event study; the cohort none is 0 or beyond the data.
fn staggered(dataset: &str, method: &str) -> Option<Answers> {
    let (file, y, unit, period, cohort) = match dataset {
        "fixest_base_stagg" => ("fixest_base_stagg", "y", "id", "year", "year_treated"),
        "mpdta" => ("mpdta", "lemp", "countyreal", "year", "first.treat"),
        "fixest_base_did" => ("fixest_base_did", "y", "id", "period", "treat"),
        _ => return None,
    };
    let t = Table::causal(file)?;
    let covariates = dataset.starts_with("fixest");
    let (y, unit, period) = (t.numbers(y), t.codes(unit), t.whole(period));
    let x1 = if covariates { t.numbers("x1") } else { Vec::new() };
    // In the panel of one date, treatment comes after the fifth period.
    let first = |g: i64| match dataset {
        "fixest_base_did" => (g == 1).then_some(6),
        _ => (g > 0 && g < 10_000).then_some(g),
    };
    let cohort: Vec<Option<i64>> = t.whole(cohort).into_iter().map(first).collect();
    let names = ["x1".to_string()];
    let x: [&[f64]; 1] = [&x1];
    let k = usize::from(covariates);
    let panel =
        Staggered { y: &y, unit: &unit, period: &period, cohort: &cohort, names: &names[..k], x: &x[..k], weights: None, cluster: None };
    if method.contains("eventstudy") {
        let fit = event_study(&panel, &Window::default()).unwrap();
        let s = Setup { y: vec![], names: vec![], x: vec![], effects: vec![], weights: None, clusters: vec![unit.clone()], period: vec![] };
        let cov = fixest(method, &fit, &s)?;
        return Some(tell(&fit, &cov, |name| match (name, dataset) {
            ("x1", _) => "x1".into(),
            (age, "fixest_base_did") => format!("period::{}:treat", age.parse::<i64>().unwrap() + 6),
            (age, _) => format!("time_to_treatment::{age}:treated"),
        }));
    }
    if !method.contains("sunab") && !method.contains("SunAbraham") {
        return None;
    }
    let fitted = sun_abraham(&panel, -1).unwrap();
    let cluster: Vec<u32> = fitted.rows.iter().map(|&r| unit[r]).collect();
    let cov = clustered(&fitted.fit, &[&cluster], Leverage::Ignored, Small::default()).unwrap();
    let (by, label) = match method {
        "fixest::sunab_period_cluster" => (By::Age, "year::"),
        "fixest::sunab_cohort_cluster" => (By::Cohort, "cohort::"),
        _ => (By::All, ""),
    };
    let mut out = tell(&fitted.fit, &cov, str::to_string);
    for line in fitted.average(&cov, by, 0.95) {
        out.insert(format!("coef_{label}{}", line.name), line.estimate);
        out.insert(format!("se_{label}{}", line.name), line.se);
        out.insert(format!("p_{label}{}", line.name), line.p);
        if by == By::All {
            out.insert("att".into(), line.estimate);
            out.insert("se".into(), line.se);
        }
    }
    Some(out)
}

/// Everything this family knows.
pub fn answers(dataset: &str, method: &str) -> Option<Answers> {
    if method.contains("eventstudy") || method.contains("sunab") || method == "diff_diff.SunAbraham" {
        return staggered(dataset, method);
    }
    let known = ["fixest::", "plm_within", "clubSandwich", "linearmodels", "pyfixest TWFE"];
    if !known.iter().any(|k| method.starts_with(k)) {
        return None;
    }
    let s = setup(dataset, method)?;
    let fit = s.regression(|r| if method.contains("fepois") { poisson(&r).map(|p| p.0) } else { r.fit() }).unwrap();
    if method.starts_with("plm") || method.starts_with("clubSandwich") {
        return plm(method, &fit, &s);
    }
    let cov = if method.starts_with("fixest") {
        fixest(method, &fit, &s)?
    } else {
        let small = Small { counted: Counted::Full, spent: Spent::Rows, clusters: false };
        clustered(&fit, &[&s.clusters[0]], Leverage::Ignored, small).unwrap()
    };
    Some(tell(&fit, &cov, str::to_string))
}

//! Estimators for staggered adoption, as `did`, `csdid`, `moderndid` and `diff-diff` have them.

use atalaya_kernel::seed::Seed;
use atalaya_methods::evaluate::callaway_santanna::aggregate::{Aggregation, Averages};
use atalaya_methods::evaluate::callaway_santanna::{Base, Control, GroupTime, Method, Options, Overlap, Shape, callaway_santanna};
use atalaya_methods::evaluate::staggered::Staggered;

use atalaya_methods::evaluate::bacon::{Kind, bacon};
use atalaya_methods::evaluate::covariance::{Leverage, Small, clustered::clustered};
use atalaya_methods::evaluate::extended_twfe::extended_twfe;
use atalaya_methods::evaluate::imputation::{self, earlier, imputation};
use atalaya_methods::evaluate::stacked::{Window, stacked};
use atalaya_methods::evaluate::sun_abraham::By;
use atalaya_methods::evaluate::two_stage::two_stage;

use crate::reference::Answers;
use crate::table::Table;

/// A panel of the data folder.
pub struct Panel {
    pub y: Vec<f64>,
    pub unit: Vec<u32>,
    pub period: Vec<i64>,
    pub cohort: Vec<Option<i64>>,
    pub cluster: Vec<u32>,
    pub names: Vec<String>,
    pub x: Vec<Vec<f64>>,
}

impl Panel {
    /// A data set by name, with the covariate of `mpdta` where asked.
    pub fn read(dataset: &str, covariate: bool) -> Option<Panel> {
        let [y, unit, period, cohort, cluster] = match dataset {
            "mpdta" | "mpdta_unbalanced200" => ["lemp", "countyreal", "year", "first.treat", "countyreal"],
            "bacon_castle" => ["l_homicide", "sid", "year", "effyear", "sid"],
            "df_het" | "df_hom" => ["dep_var", "unit", "year", "g", "state"],
            _ => return None,
        };
        let t = Table::causal(dataset)?;
        Some(Panel {
            y: t.numbers(y),
            unit: t.codes(unit),
            period: t.whole(period),
            cohort: t.numbers(cohort).iter().map(|g| (*g > 0.0).then_some(*g as i64)).collect(),
            cluster: t.codes(cluster),
            names: if covariate { vec!["lpop".into()] } else { vec![] },
            x: if covariate { vec![t.numbers("lpop")] } else { vec![] },
        })
    }

    /// Runs a function on it; errors cluster on the unit.
    pub fn with<T>(&self, f: impl FnOnce(&Staggered<'_>) -> T) -> T {
        let x: Vec<&[f64]> = self.x.iter().map(Vec::as_slice).collect();
        f(&Staggered {
            y: &self.y,
            unit: &self.unit,
            period: &self.period,
            cohort: &self.cohort,
            names: &self.names,
            x: &x,
            weights: None,
            cluster: None,
        })
    }
}

fn options(method: &str) -> Option<(Options, bool)> {
    let mut o = Options::default();
    if let Some(rest) = method.strip_prefix("diff_diff.CallawaySantAnna|") {
        o.overlap = Overlap::Clip(0.01);
        o.method = Method::Augmented;
        o.control = if rest.starts_with("not_yet") { Control::NotYet } else { Control::Never };
        return Some((o, rest.ends_with("lpop")));
    }
    if method.starts_with("csdid|") || method.starts_with("moderndid|") {
        return Some((o, method.ends_with("lpop")));
    }
    for part in method.strip_prefix("did::att_gt|")?.split('|') {
        match part {
            "ipw" => o.method = Method::Weighting,
            "reg" => o.method = Method::Regression,
            "notyettreated" => o.control = Control::NotYet,
            "universal" => o.base = Base::Universal,
            "allow_unbalanced" => o.shape = Shape::Unbalanced,
            "repeatedCS" => o.shape = Shape::CrossSections,
            part => o.anticipation = part.strip_prefix("anticip").map_or(o.anticipation, |a| a.parse().unwrap()),
        }
    }
    Some((o, method.contains("lpop")))
}

fn tell(out: &mut Answers, kind: &str, averages: &Averages) {
    out.insert(format!("agg_{kind}_att"), averages.overall.att);
    out.insert(format!("agg_{kind}_se"), averages.overall.se.unwrap());
    for item in &averages.items {
        out.insert(format!("agg_{kind}_att_{}", item.at), item.att);
        if let Some(se) = item.se {
            out.insert(format!("agg_{kind}_se_{}", item.at), se);
        }
    }
}

fn group_time(effects: &GroupTime) -> Answers {
    let mut out = Answers::new();
    for cell in &effects.cells {
        out.insert(format!("att_{}_{}", cell.cohort, cell.period), cell.att);
        if let Some(se) = cell.se {
            out.insert(format!("se_{}_{}", cell.cohort, cell.period), se);
        }
    }
    if let Some(test) = effects.pre_test() {
        out.insert("pretest_W".into(), test.wald);
        // `did` reports five digits.
        out.insert("pretest_p".into(), (test.p * 1e5).round() / 1e5);
    }
    let kinds = [
        ("simple", Aggregation::Simple),
        ("group", Aggregation::Group),
        ("dynamic", Aggregation::Dynamic { balance: None }),
        ("calendar", Aggregation::Calendar),
    ];
    for (kind, by) in kinds {
        let averages = effects.aggregate(by).unwrap();
        tell(&mut out, kind, &averages);
        let boot = averages.influence.bootstrap(Seed(20_240_101), 20_000, 0.95);
        out.insert(format!("agg_{kind}_se_boot"), boot.se[0]);
        if kind == "dynamic" {
            let items = averages.influence.shares.pick_columns(&(1..=averages.items.len()).collect::<Vec<_>>());
            let boot = atalaya_methods::evaluate::influence::Influence { shares: items }.bootstrap(Seed(20_240_101), 20_000, 0.95);
            out.insert("uniform_crit_dynamic".into(), boot.critical);
        }
    }
    let boot = effects.influence.bootstrap(Seed(20_240_101), 20_000, 0.95);
    out.insert("uniform_crit_1000reps_seed20240101".into(), boot.critical);
    out
}

fn imputed(dataset: &str, panel: &Panel) -> Answers {
    let mut out = Answers::new();
    let both = [("", None), ("_cluster_state", Some(panel.cluster.as_slice()))];
    for (end, cluster) in both {
        let made = panel.with(|p| imputation(&Staggered { cluster, ..*p }, imputation::Options { leave_out: true })).unwrap();
        for h in &made.horizons {
            match h.age {
                None => {
                    out.insert("treat_att".into(), h.att);
                    out.insert("att".into(), h.att);
                    out.insert(format!("treat_se{end}"), h.se);
                    out.insert("se".into(), h.se);
                }
                Some(age) if end.is_empty() == (dataset != "df_het") => {
                    out.insert(format!("es_{age}"), h.att);
                    out.insert(format!("es_se_{age}"), h.se);
                }
                Some(_) => {}
            }
        }
    }
    if dataset == "df_het" {
        for line in panel.with(|p| earlier(&Staggered { cluster: Some(&panel.cluster), ..*p }, &[-5, -4, -3, -2, -1], 0.95)).unwrap() {
            out.insert(format!("es_{}", line.name), line.estimate);
            out.insert(format!("es_se_{}", line.name), line.se);
        }
    }
    out
}

fn decomposed(panel: &Panel) -> Answers {
    let parts = panel.with(bacon).unwrap();
    let mut out = Answers::from([("twfe".into(), parts.iter().map(|c| c.weight * c.estimate).sum())]);
    for c in parts {
        let against = c.against.map_or("never_treated".into(), |g| g.to_string());
        let kind = match c.kind {
            Kind::Never => "treated_vs_never",
            Kind::Always => "treated_vs_always",
            Kind::EarlierLater => "earlier_vs_later",
            Kind::LaterEarlier => "later_vs_earlier",
        };
        out.insert(format!("est_{}_vs_{against}_{kind}", c.treated), c.estimate);
        out.insert(format!("wt_{}_vs_{against}_{kind}", c.treated), c.weight);
    }
    out
}

fn extended(panel: &Panel) -> Answers {
    let made = panel.with(extended_twfe).unwrap();
    let unit: Vec<u32> = made.rows.iter().map(|&r| panel.unit[r]).collect();
    let cov = clustered(&made.fit, &[&unit], Leverage::Ignored, Small::default()).unwrap();
    let line = &made.average(&cov, By::All, 0.95)[0];
    Answers::from([("att".into(), line.estimate), ("se".into(), line.se)])
}

fn windows(panel: &Panel) -> Answers {
    let made = panel.with(|p| stacked(p, Window::default())).unwrap();
    let unit: Vec<u32> = made.rows.iter().map(|&r| panel.unit[r]).collect();
    let cov = clustered(&made.fit, &[&unit], Leverage::Ignored, Small::default()).unwrap();
    let line = made.average(&cov, 0.95);
    Answers::from([("att".into(), line.estimate), ("se".into(), line.se)])
}

/// Everything this family knows.
pub fn answers(dataset: &str, method: &str) -> Option<Answers> {
    match method {
        "didimputation" | "diff_diff.ImputationDiD" => return Some(imputed(dataset, &Panel::read(dataset, false)?)),
        "diff_diff.Bacon" => return Some(decomposed(&Panel::read(dataset, false)?)),
        "diff_diff.WooldridgeDiD" => return Some(extended(&Panel::read(dataset, false)?)),
        "diff_diff.TwoStageDiD" => {
            let panel = Panel::read(dataset, false)?;
            let all = panel.with(|p| two_stage(p, imputation::Options::default())).unwrap().horizons.remove(0);
            return Some(Answers::from([("att".into(), all.att), ("se".into(), all.se)]));
        }
        "diff_diff.StackedDiD" => return Some(windows(&Panel::read(dataset, false)?)),
        _ => {}
    }
    let (options, covariate) = options(method)?;
    let panel = Panel::read(dataset, covariate)?;
    Some(group_time(&panel.with(|p| callaway_santanna(p, &options)).unwrap()))
}

//! Estimators for staggered adoption, as `did`, `csdid`, `moderndid` and `diff-diff` have them.

use atalaya_kernel::seed::Seed;
use atalaya_methods::evaluate::callaway_santanna::aggregate::{Aggregation, Averages};
use atalaya_methods::evaluate::callaway_santanna::{Base, Control, GroupTime, Method, Options, Overlap, Shape, callaway_santanna};
use atalaya_methods::evaluate::staggered::Staggered;

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
        out.insert("pretest_p".into(), test.p);
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

/// Everything this family knows.
pub fn answers(dataset: &str, method: &str) -> Option<Answers> {
    let (options, covariate) = options(method)?;
    let panel = Panel::read(dataset, covariate)?;
    Some(group_time(&panel.with(|p| callaway_santanna(p, &options)).unwrap()))
}

//! Augmented synthetic control on the Kansas tax cut, against R's `augsynth`.

use std::collections::BTreeMap;

use atalaya_methods::evaluate::augmented_control::{Covariates, Options, augmented_control};
use atalaya_methods::evaluate::block::Block;
use atalaya_methods::evaluate::donors::{Mixture, root_mean_square};
use atalaya_methods::evaluate::synthetic_control::{self, synthetic_control};

use crate::reference::Answers;
use crate::table::Table;

/// States and quarters in order, outcome, and covariates: means over the quarters before the start that have them.
struct Kansas {
    states: Vec<String>,
    quarters: Vec<f64>,
    block: Block,
    covariates: Vec<Vec<f64>>,
}

fn kansas() -> Option<Kansas> {
    let table = Table::causal("kansas")?;
    let (fips, quarter) = (table.numbers("fips"), table.numbers("year_qtr"));
    let sorted = |x: &[f64]| {
        let mut x = x.to_vec();
        x.sort_by(f64::total_cmp);
        x.dedup();
        x
    };
    let (units, quarters) = (sorted(&fips), sorted(&quarter));
    let (n, t) = (units.len(), quarters.len());
    let cell = |i: usize| {
        let at = |x: &[f64], v: f64| x.iter().position(|u| *u == v).unwrap();
        at(&units, fips[i]) * t + at(&quarters, quarter[i])
    };
    let wide = |column: &str| {
        let mut out = vec![f64::NAN; n * t];
        table.numbers(column).into_iter().enumerate().for_each(|(i, y)| out[cell(i)] = y);
        out
    };
    let mut states = vec![String::new(); n];
    table.text("state").iter().enumerate().for_each(|(i, s)| states[cell(i) / t].clone_from(s));
    let start = quarters.iter().position(|q| *q == 2012.25).unwrap();
    let log = |x: Vec<f64>| x.into_iter().map(f64::ln).collect::<Vec<f64>>();
    let columns = [
        wide("lngdpcapita"),
        log(wide("revstatecapita")),
        log(wide("revlocalcapita")),
        log(wide("avgwklywagecapita")),
        wide("estabscapita"),
        wide("emplvlcapita"),
    ];
    let means = |x: &Vec<f64>| {
        (0..n)
            .map(|i| {
                let seen: Vec<f64> = (0..start).map(|s| i * t + s).map(|c| x[c]).filter(|x| x.is_finite()).collect();
                seen.iter().sum::<f64>() / seen.len() as f64
            })
            .collect()
    };
    let covariates = columns.iter().map(means).collect();
    let treated = states.iter().position(|s| s == "Kansas").unwrap();
    let block = Block::new(wide("lngdpcapita"), n, &[treated], start).unwrap();
    Some(Kansas { states, quarters, block, covariates })
}

fn answers(data: &Kansas, found: &Mixture) -> Answers {
    let before = &found.gaps[..data.block.start()];
    let root = (before.len() as f64).sqrt();
    let n = found.donors.len();
    let equal = Mixture::new(&data.block, found.donors.clone(), vec![1.0 / n as f64; n], 0.0, None);
    let mut out: Answers = BTreeMap::from([
        ("att".into(), found.att),
        ("L2_imbalance".into(), root_mean_square(before) * root),
        ("pct_improvement".into(), 100.0 * (1.0 - root_mean_square(before) / equal.rmspe_before)),
    ]);
    out.extend(found.donors.iter().zip(&found.weights).map(|(&i, w)| (format!("w_{}", data.states[i]), *w)));
    out.extend((data.block.start()..data.block.periods()).map(|t| (format!("gap_{:.2}", data.quarters[t]), found.gaps[t])));
    out
}

/// A vignette prints so many decimals; that is what can be compared.
fn printed(method: &str, mut out: Answers) -> Answers {
    if method.starts_with("augsynth vignette") {
        for (name, decimals) in [("att", 4), ("L2_imbalance", 3), ("avg_est_bias", 3), ("pct_improvement", 1)] {
            if let Some(x) = out.get_mut(name) {
                *x = (*x * 10f64.powi(decimals)).round() / 10f64.powi(decimals);
            }
        }
    }
    out
}

pub fn augmented(dataset: &str, method: &str) -> Option<Answers> {
    exact(dataset, method).map(|out| printed(method, out))
}

fn exact(dataset: &str, method: &str) -> Option<Answers> {
    if dataset != "kansas" {
        return None;
    }
    let data = kansas()?;
    let options = match method {
        "SCM_exact" | "augsynth vignette singlesynth (SCM, no covariates)" => {
            return Some(answers(&data, &synthetic_control(&data.block, &synthetic_control::Options::default()).unwrap()));
        }
        "augsynth vignette (de-meaned/fixedeff)" => {
            let options = synthetic_control::Options { intercept: true, ..Default::default() };
            return Some(answers(&data, &synthetic_control(&data.block, &options).unwrap()));
        }
        "RidgeASCM" | "augsynth vignette (Ridge ASCM)" => Options::default(),
        "augsynth vignette (Ridge ASCM + covariates)" => Options { covariates: data.covariates.clone(), ..Default::default() },
        "augsynth vignette (Ridge ASCM residualized covariates)" => {
            // The vignette keeps the penalty of the fit without covariates.
            let penalty = Some(augmented_control(&data.block, &Options::default()).unwrap().penalty);
            Options { covariates: data.covariates.clone(), enter: Covariates::Residualised, penalty }
        }
        _ => return None,
    };
    let found = augmented_control(&data.block, &options).unwrap();
    let mut out = answers(&data, &found.mixture);
    out.insert("lambda_1se".into(), found.penalty);
    // With covariates beside, R's bias takes them unscaled where its weights took them scaled: not the same thing.
    if options.enter == Covariates::Residualised || options.covariates.is_empty() {
        out.insert("avg_est_bias".into(), found.bias);
    }
    Some(out)
}

//! Synthetic control on predictors against R's `Synth`, pysyncon and a global search.

use std::collections::BTreeMap;

use atalaya_kernel::Seed;
use atalaya_methods::evaluate::block::Block;
use atalaya_methods::evaluate::donors::Mixture;
use atalaya_methods::evaluate::robust_control::robust_control;
use atalaya_methods::evaluate::synthetic_control_predictors::{Importance, Question, synthetic_control_predictors};

use crate::reference::Answers;
use crate::reference_synth::Wide;
use crate::table::{Table, shared};

/// Outcome, predictors with their names, and the window of a classic example.
struct Example {
    wide: Wide,
    block: Block,
    names: Vec<String>,
    predictors: Vec<Vec<f64>>,
    window: std::ops::Range<usize>,
}

/// Means over years of a column, unit by unit; years without a value do not count.
fn means(table: &Table, keys: [&str; 2], column: &str, years: &[i64]) -> Vec<f64> {
    let wide = Wide::read(table, keys[0], keys[1], column);
    let t = wide.periods.len();
    let seen = |i: usize| {
        years.iter().map(|y| wide.outcome[i * t + wide.periods.binary_search(y).unwrap()]).filter(|x| x.is_finite()).collect::<Vec<_>>()
    };
    (0..wide.units.len()).map(seen).map(|x| x.iter().sum::<f64>() / x.len() as f64).collect()
}

fn years(from: i64, to: i64) -> Vec<i64> {
    (from..=to).collect()
}

fn smoking() -> Option<Example> {
    let table = Table::causal("smoking_cov")?;
    let wide = Wide::read(&table, "state", "year", "cigsale");
    let block = wide.block(&[wide.at("California")], 1989);
    let parts = [
        ("lnincome", "lnincome", years(1980, 1988)),
        ("retprice", "retprice", years(1980, 1988)),
        ("age15to24", "age15to24", years(1980, 1988)),
        ("special.beer.1984.1988", "beer", years(1984, 1988)),
        ("special.cigsale.1975", "cigsale", vec![1975]),
        ("special.cigsale.1980", "cigsale", vec![1980]),
        ("special.cigsale.1988", "cigsale", vec![1988]),
    ];
    let predictors = parts.iter().map(|(_, column, years)| means(&table, ["state", "year"], column, years)).collect();
    Some(Example { wide, block, names: parts.iter().map(|p| p.0.to_owned()).collect(), predictors, window: 0..19 })
}

/// The Basque Country as in the Journal of Statistical Software: schooling as shares of all, the two highest together.
fn basque(shares: bool) -> Option<Example> {
    let table = Table::causal("basque")?;
    let names = table.text("regionname").to_vec();
    let table = table.filter(|i| !names[i].starts_with("Spain"));
    let keys = ["regionname", "year"];
    let wide = Wide::read(&table, keys[0], keys[1], "gdpcap");
    let treated = wide.units.iter().position(|u| u.starts_with("Basque")).unwrap();
    let block = wide.block(&[treated], 1970);
    let late = years(1964, 1969);
    let of = |column: &str| means(&table, keys, column, &late);
    let mut school = [of("school.illit"), of("school.prim"), of("school.med"), of("school.high"), of("school.post.high")];
    if shares {
        let total: Vec<f64> = (0..wide.units.len()).map(|i| school.iter().map(|s| s[i]).sum()).collect();
        school[3] = school[3].iter().zip(&school[4]).map(|(a, b)| a + b).collect();
        school.iter_mut().for_each(|s| s.iter_mut().zip(&total).for_each(|(x, t)| *x *= 100.0 / t));
    }
    let mut parts: Vec<(String, Vec<f64>)> = Vec::new();
    for (name, s) in ["illit", "prim", "med", "high", "post.high"].iter().zip(school).take(if shares { 4 } else { 5 }) {
        parts.push((format!("school.{name}"), s));
    }
    parts.push(("invest".into(), of("invest")));
    parts.push(("special.gdpcap.1960.1969".into(), means(&table, keys, "gdpcap", &years(1960, 1969))));
    for sector in ["agriculture", "energy", "industry", "construction", "services.venta", "services.nonventa"] {
        let odd = [1961, 1963, 1965, 1967, 1969];
        parts.push((format!("special.sec.{sector}.1961.1969"), means(&table, keys, &format!("sec.{sector}"), &odd)));
    }
    parts.push(("special.popdens.1969".into(), means(&table, keys, "popdens", &[1969])));
    let (names, predictors) = parts.into_iter().unzip();
    Some(Example { wide, block, names, predictors, window: 5..15 })
}

/// The outcome and the seven predictors of the example of Proposition 99.
pub fn smoking_predictors() -> Option<(Block, Vec<Vec<f64>>)> {
    smoking().map(|e| (e.block, e.predictors))
}

fn answers(example: &Example, found: &Mixture, window: &[f64], shift: bool) -> Answers {
    let (wide, block) = (&example.wide, &example.block);
    // pysyncon's effect in the Basque Country is over 1975 to 1997, five years into the gap.
    let late = if shift { 5 } else { 0 };
    let after = &found.gaps[block.start() + late..];
    let att = after.iter().sum::<f64>() / after.len() as f64;
    let n = after.len() as f64;
    let spread = (after.iter().map(|g| (g - att).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let mspe = window.iter().map(|g| g * g).sum::<f64>() / window.len() as f64;
    let mut out: Answers = BTreeMap::from([
        ("att".into(), att),
        ("att_post_mean".into(), found.att),
        ("att_1989_2000".into(), found.att),
        ("att_se".into(), spread / n.sqrt()),
        ("mspe".into(), mspe),
        ("mspe_v_1970_1988".into(), mspe),
        ("loss_v".into(), mspe),
        ("rmspe_pre".into(), mspe.sqrt()),
    ]);
    out.extend(found.donors.iter().zip(&found.weights).map(|(&i, w)| (format!("w_{}", wide.units[i]), *w)));
    out.extend((block.start()..block.periods()).map(|t| (format!("gap_{}", wide.periods[t]), found.gaps[t])));
    out
}

/// The weights of predictors that a program arrived at, which are what the example gives here.
fn given(dataset: &str, method: &str, names: &[String]) -> Option<Vec<f64>> {
    let table = Table::parse(&std::fs::read_to_string(shared("reference/reference.csv")?).unwrap());
    let (data, methods, quantities, values) = (table.text("dataset"), table.text("method"), table.text("quantity"), table.numbers("value"));
    let row = |name: &String| (0..table.rows).find(|&i| data[i] == dataset && methods[i] == method && quantities[i] == format!("v_{name}"));
    names.iter().map(|n| row(n).map(|i| values[i])).collect()
}

pub fn predictors(dataset: &str, method: &str) -> Option<Answers> {
    let example = match dataset {
        "prop99_ADH2010" => smoking()?,
        "basque_JSS2011" => basque(true)?,
        "basque" => basque(false)?,
        _ => return None,
    };
    if method == "pysyncon.RobustSynth(lambda=0.1,sv=2)" {
        let found = robust_control(&example.block, 2, 0.1).unwrap();
        let window: Vec<f64> = found.gaps[example.window.clone()].to_vec();
        return Some(answers(&example, &found, &window, false));
    }
    let search = |floor: f64| Importance::Search { floor, seed: Seed(1) };
    let (importance, penalty) = match method {
        "SC_global_V(7 predictors; log V >= -9 rel. max; inner QP exact)" => (search(-9.0), 0.0),
        "SC_global_V(log V >= -7)" => (search(-7.0), 0.0),
        "SC_global_V(log V >= -5)" => (search(-5.0), 0.0),
        "pysyncon.Synth(BFGS)" => (Importance::Equal, 0.0),
        "pysyncon.Synth(BFGS,ols)" => (Importance::Regression, 0.0),
        "pysyncon.PenalizedSynth(lambda=0.01)" => (Importance::Equal, 0.01),
        "pysyncon.PenalizedSynth(lambda=0.1)" => (Importance::Equal, 0.1),
        m if m.starts_with("Synth::synth") => (Importance::Given(given(dataset, method, &example.names)?), 0.0),
        _ => return None,
    };
    let question = Question { block: &example.block, predictors: &example.predictors, window: example.window.clone(), penalty };
    let found = synthetic_control_predictors(&question, &importance).unwrap();
    let window: Vec<f64> = found.mixture.gaps[example.window.clone()].to_vec();
    let mut out = answers(&example, &found.mixture, &window, dataset == "basque");
    out.insert("loss_w".into(), found.loss_predictors);
    out.extend(example.names.iter().zip(&found.importance).map(|(n, v)| (format!("v_{n}"), *v)));
    Some(out)
}

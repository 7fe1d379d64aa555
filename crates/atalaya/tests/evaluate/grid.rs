//! The reference grid from the command line's side: rows of `../shared/reference/reference.csv` asked through
//! `evaluate fit`, each within its tolerance. What no option reaches is printed with the reason.

use std::collections::BTreeMap;

use crate::frame::Frame;
use crate::{controls, panels, regressions, studies};
use atalaya::evaluate::{Fit, FitLine, Fitted, estimate};

/// Quantities by the names of the file.
pub type Answers = BTreeMap<String, f64>;

/// Answers for a data set and a method, or `None` if the family does not know them.
type Family = fn(dataset: &str, method: &str) -> Option<Answers>;

const FAMILIES: &[Family] = &[
    panels::group_time,
    panels::imputed,
    panels::others,
    panels::honest,
    regressions::regressions,
    regressions::wild,
    controls::outcomes,
    controls::differences,
    controls::augmented,
    controls::predictors,
    controls::factors,
    controls::conformal,
    controls::structural,
    studies::random_effects,
    studies::others,
];

/// Rows that are not reached, by the beginning of their method, and why.
const NOT_REACHED: &[(&str, &str)] = &[
    ("Synth::synth(custom.v", "with those V the program stops at a loss.w of 0.00195; the optimum is 0.00174, at other weights"),
    ("pysyncon.Synth(Nelder-Mead", "the optimiser stops short of the optimum: its weights are an accident of its start"),
    ("pysyncon.AugSynth", "its ridge is scaled by its own cross-validation over one period"),
    ("diff-diff 3.13.0 SyntheticControl", "a search with a seed that ends above the optimum"),
    ("diff_diff.EfficientDiD", "no method of ours"),
    ("Ridge ASCM + covariates", "R's bias takes covariates unscaled where its weights took them scaled"),
];

/// Rows that another program itself misses; `atalaya-methods` says by how much.
const LOOSE: &[(&str, &str, &str)] =
    &[("fixest_trade", "fixest::fepois_4FE_twoway", "se_log(dist_km)"), ("mpdta", "didimputation", "es_0")];

/// An answer, which these requests must get.
pub fn ask(fit: &Fit, frame: &Frame) -> Fitted {
    let said = |e: atalaya_kernel::Problem| panic!("{} {:?}: {}", fit.method, fit.outcome, e.say(atalaya_kernel::Lang::En));
    estimate(&fit.method, fit, frame.data()).unwrap_or_else(said)
}

pub fn some(text: &str) -> Option<String> {
    Some(text.into())
}

pub fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_string()).collect()
}

/// The lines of a section; none where it is not there.
pub fn lines<'a>(fitted: &'a Fitted, section: &str) -> &'a [FitLine] {
    fitted.section(section).map_or(&[], |s| &s.lines)
}

/// A number of the certificate.
pub fn fact(fitted: &Fitted, id: &str) -> f64 {
    fitted.certificate.iter().find(|f| f.id == id).and_then(|f| f.value.as_f64()).unwrap_or(f64::NAN)
}

/// Estimate, error and p-value of a line under names that begin as given.
pub fn tell(out: &mut Answers, line: &FitLine, [estimate, se, p]: [String; 3]) {
    for (name, value) in [(estimate, line.estimate), (se, line.se), (p, line.p)] {
        if let Some(value) = value {
            out.insert(name, value);
        }
    }
}

#[test]
fn reference_rows_come_out_of_the_command_line() {
    let Some(table) = Frame::shared("reference/reference.csv") else { return };
    let (dataset, method, quantity) = (table.text("dataset"), table.text("method"), table.text("quantity"));
    let (value, tolerance) = (table.numbers("value"), table.numbers("tolerance"));
    let mut groups: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for i in 0..value.len() {
        groups.entry((&dataset[i], &method[i])).or_default().push(i);
    }
    let (mut within, mut missing, mut wrong) = (0, BTreeMap::<String, usize>::new(), Vec::new());
    for ((dataset, method), rows) in groups {
        let answers = FAMILIES.iter().find_map(|family| family(dataset, method));
        for i in rows {
            let quantity = &quantity[i];
            match answers.as_ref().and_then(|a| a.get(quantity)) {
                None => {
                    *missing
                        .entry(format!("{dataset}, {method}{}", if answers.is_some() { format!(": {quantity}") } else { String::new() }))
                        .or_default() += 1
                }
                Some(_) if LOOSE.contains(&(dataset, method, quantity.as_str())) => {
                    *missing.entry(format!("{dataset}, {method}: {quantity} (its own solver is looser)")).or_default() += 1
                }
                Some(answer) if (answer - value[i]).abs() <= tolerance[i] => within += 1,
                Some(answer) => wrong.push(format!("{dataset}, {method}, {quantity}: {answer} instead of {} ± {}", value[i], tolerance[i])),
            }
        }
    }
    println!("{within} of {} rows reached through `evaluate fit`, {} outside", value.len(), wrong.len());
    for (what, count) in &missing {
        let why = NOT_REACHED.iter().find(|(m, _)| what.contains(m)).map_or("", |(_, why)| why);
        println!("not reached: {count:3}  {what}  {why}");
    }
    assert!(wrong.is_empty(), "{} rows outside:\n{}", wrong.len(), wrong.join("\n"));
    let missed: usize = missing.values().sum();
    assert!(missed <= 69, "{missed} rows are not reached");
}

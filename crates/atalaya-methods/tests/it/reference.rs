//! The answers of other programs, `../shared/reference/reference.csv`: each row within its tolerance.
//!
//! A family is a function that answers for a data set and a method with every quantity it knows;
//! [`FAMILIES`] lists them. A row that no family answers is counted as not reached and printed; a
//! row answered outside its tolerance fails the test.

use std::collections::BTreeMap;

use crate::table::{Table, shared};

/// Quantities by the names of the file.
pub type Answers = BTreeMap<String, f64>;

/// Answers for a data set and a method, or `None` if the family does not know them.
type Family = fn(dataset: &str, method: &str) -> Option<Answers>;

const FAMILIES: &[Family] = &[
    crate::regressions::answers,
    crate::staggered::answers,
    crate::small::answers,
    crate::honest::answers,
    crate::reference_series::conformal,
    crate::reference_series::structural,
    crate::reference_augmented::augmented,
    crate::reference_predictors::predictors,
    crate::reference_factors::factors,
    crate::reference_meta::random_effects,
    crate::reference_meta::tables_and_bias,
    crate::reference_meta::regressions,
    crate::reference_meta::multilevel,
    crate::reference_synth::outcomes,
    crate::reference_synth::differences,
];

/// Rows that another program itself misses: data set, method, quantity, and why.
const LOOSE: &[(&str, &str, &str, &str)] = &[
    (
        "fixest_trade",
        "fixest::fepois_4FE_twoway",
        "se_log(dist_km)",
        "fixest takes four effects out up to 1e-6; the exact error is larger by 3e-6 of itself",
    ),
    ("mpdta", "didimputation", "es_0", "fixest predicts up to 1e-6; the exact effect differs by 3.2e-9, the tolerance is 3.1e-9"),
];

#[test]
fn every_reference_row_that_is_reached_is_within_its_tolerance() {
    let Some(path) = shared("reference/reference.csv") else { return };
    let table = Table::parse(&std::fs::read_to_string(path).unwrap());
    let (dataset, method, quantity) = (table.text("dataset"), table.text("method"), table.text("quantity"));
    let (value, tolerance) = (table.numbers("value"), table.numbers("tolerance"));
    let mut groups: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for i in 0..table.rows {
        groups.entry((&dataset[i], &method[i])).or_default().push(i);
    }
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut missing = Vec::new();
    for ((dataset, method), rows) in groups {
        let answers = FAMILIES.iter().find_map(|family| family(dataset, method));
        let count = counts.entry(method).or_default();
        for i in rows {
            count[2] += 1;
            let Some(answers) = &answers else { continue };
            let Some(answer) = answers.get(&quantity[i]) else {
                missing.push(format!("{dataset}, {method}: {}", quantity[i]));
                continue;
            };
            if let Some((.., why)) = LOOSE.iter().find(|l| (l.0, l.1, l.2) == (dataset, method, &quantity[i])) {
                missing.push(format!("{dataset}, {method}: {} ({answer} instead of {}: {why})", quantity[i], value[i]));
                continue;
            }
            count[1] += 1;
            if (answer - value[i]).abs() <= tolerance[i] {
                count[0] += 1;
            } else {
                wrong.push(format!("{dataset}, {method}, {}: {answer} instead of {} ± {}", quantity[i], value[i], tolerance[i]));
            }
        }
    }
    for (method, [within, answered, all]) in &counts {
        if *answered > 0 {
            println!("{within:4} of {all:4}  {method}");
        }
    }
    let sum = |k: usize| counts.values().map(|c| c[k]).sum::<usize>();
    println!("{} of {} rows within their tolerance, {} outside, {} not reached", sum(0), sum(2), wrong.len(), sum(2) - sum(1));
    missing.iter().for_each(|line| println!("not answered: {line}"));
    assert!(wrong.is_empty(), "{} rows outside:\n{}", wrong.len(), wrong.join("\n"));
}

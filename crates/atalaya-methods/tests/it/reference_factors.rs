//! Interactive fixed effects and matrix completion against R's `fect` 2.4.1.

use std::collections::BTreeMap;

use atalaya_methods::evaluate::grid::Grid;
use atalaya_methods::evaluate::interactive_effects::{Learn, Options, Settling, Structure, interactive_effects};

use crate::reference::Answers;
use crate::reference_synth::Wide;
use crate::table::Table;

fn grid(file: &str, [unit, period, outcome, treatment]: [&str; 4], covariates: &[&str]) -> Option<Grid> {
    let table = Table::causal(file)?;
    let wide = |column: &str| Wide::read(&table, unit, period, column);
    let y = wide(outcome);
    Some(Grid {
        units: y.units.len(),
        periods: y.periods.len(),
        treated: wide(treatment).outcome.iter().map(|d| *d == 1.0).collect(),
        covariates: covariates.iter().map(|x| wide(x).outcome).collect(),
        outcome: y.outcome,
    })
}

fn data(dataset: &str) -> Option<Grid> {
    let turnout = ["abb", "year", "turnout", "policy_edr"];
    match dataset {
        "prop99" => grid("prop99", ["State", "Year", "PacksPerCapita", "treated"], &[]),
        "turnout" => grid("fect_turnout", turnout, &["policy_mail_in", "policy_motor"]),
        "turnout_nocov" => grid("fect_turnout", turnout, &[]),
        "simgsynth" => grid("fect_simgsynth", ["id", "time", "Y", "D"], &["X1", "X2"]),
        "simdata" => grid("fect_simdata", ["id", "time", "Y", "D"], &["X1", "X2"]),
        _ => None,
    }
}

pub fn factors(dataset: &str, method: &str) -> Option<Answers> {
    let parts: Vec<&str> = method.strip_prefix("fect|")?.split('|').collect();
    let r: usize = parts[1].strip_prefix('r')?.parse().ok()?;
    let (structure, learn) = match parts[0] {
        "fe" | "ife" => (Structure::Factors(r), Learn::Untreated),
        "gsynth" => (Structure::Factors(r), Learn::NeverTreated),
        "mc" => (Structure::Penalty(parts[2].strip_prefix("lam")?.parse().ok()?), Learn::Untreated),
        _ => return None,
    };
    // `tol = 1e-9` in all calls; with factors `fect` ends as near the fixed point as a tenth of that would.
    let tolerance = if r == 0 { 1e-9 } else { 1e-10 };
    let options = Options { structure, learn, settling: Settling::Plain(tolerance) };
    let found = interactive_effects(&data(dataset)?, &options).unwrap();
    let mut out: Answers = BTreeMap::from([
        ("att.avg".into(), found.effects.att),
        ("att.avg.unit".into(), found.effects.att_units),
        ("sigma2".into(), found.sigma2),
    ]);
    out.extend(found.effects.by_time.iter().map(|(t, e)| (format!("att_rel{t}"), *e)));
    out.extend(found.beta.iter().enumerate().map(|(j, b)| (format!("beta{}", j + 1), *b)));
    Some(out)
}

/// `shared/research/causal.md`, section 2: R fect 2.4.1 at a tolerance of 1e-9.
#[test]
fn two_factors_of_the_simulated_panel_with_stops_and_starts() {
    let Some(grid) = data("simdata") else { return };
    let found = interactive_effects(&grid, &Options::new(Structure::Factors(2))).unwrap();
    println!("{} {:?}", found.effects.att, found.rest);
    assert!((found.effects.att - 2.429_295).abs() < 1e-5, "{}", found.effects.att);
}

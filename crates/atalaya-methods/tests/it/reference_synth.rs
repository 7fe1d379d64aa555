//! Synthetic controls of every kind against the answers of other programs.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_methods::evaluate::block::Block;
use atalaya_methods::evaluate::donors::Mixture;
use atalaya_methods::evaluate::synthetic_control::{self, Pool, space_placebos, synthetic_control};
use atalaya_methods::evaluate::synthetic_did::{self, Draws, Kind, Penalty, Solver, jackknife, placebos, synthetic_did};

use crate::reference::Answers;
use crate::table::Table;

/// A panel in wide form: names of units and periods, in order.
pub struct Wide {
    pub units: Vec<String>,
    pub periods: Vec<i64>,
    pub outcome: Vec<f64>,
}

impl Wide {
    pub fn read(table: &Table, unit: &str, period: &str, outcome: &str) -> Wide {
        let names: BTreeSet<&String> = table.text(unit).iter().collect();
        let times: BTreeSet<i64> = table.whole(period).into_iter().collect();
        let (units, periods): (Vec<String>, Vec<i64>) = (names.into_iter().cloned().collect(), times.into_iter().collect());
        let mut cells = vec![f64::NAN; units.len() * periods.len()];
        for ((u, t), y) in table.text(unit).iter().zip(table.whole(period)).zip(table.numbers(outcome)) {
            let (i, s) = (units.binary_search(u).unwrap(), periods.binary_search(&t).unwrap());
            cells[i * periods.len() + s] = y;
        }
        Wide { units, periods, outcome: cells }
    }

    pub fn at(&self, name: &str) -> usize {
        self.units.iter().position(|u| u == name).unwrap()
    }

    pub fn block(&self, treated: &[usize], first: i64) -> Block {
        let start = self.periods.iter().position(|t| *t == first).unwrap();
        Block::new(self.outcome.clone(), self.units.len(), treated, start).unwrap()
    }
}

pub fn prop99() -> Option<(Wide, Block)> {
    let wide = Wide::read(&Table::causal("prop99")?, "State", "Year", "PacksPerCapita");
    let block = wide.block(&[wide.at("California")], 1989);
    Some((wide, block))
}

fn basque() -> Option<(Wide, Block)> {
    let table = Table::causal("basque")?;
    let names = table.text("regionname").to_vec();
    let wide = Wide::read(&table.filter(|i| !names[i].starts_with("Spain")), "regionname", "year", "gdpcap");
    let treated = wide.units.iter().position(|u| u.starts_with("Basque")).unwrap();
    let block = wide.block(&[treated], 1970);
    Some((wide, block))
}

fn germany() -> Option<(Wide, Block)> {
    let wide = Wide::read(&Table::causal("scpi_germany")?, "country", "year", "gdp");
    let block = wide.block(&[wide.at("West Germany")], 1991);
    Some((wide, block))
}

/// The last ten units and years of a placebo panel.
fn last_ten(name: &str, unit: &str, outcome: &str) -> Option<Block> {
    let wide = Wide::read(&Table::causal(name)?, unit, "year", outcome);
    let (n, t) = (wide.units.len(), wide.periods.len());
    Some(wide.block(&(n - 10..n).collect::<Vec<_>>(), wide.periods[t - 10]))
}

fn mixture(found: &Mixture, wide: &Wide, block: &Block) -> Answers {
    let kkt = found.kkt.unwrap();
    let mut out: Answers = BTreeMap::from([
        ("att".into(), found.att),
        ("rmspe_pre".into(), found.rmspe_before),
        ("n_support".into(), kkt.support as f64),
        ("kkt_violation".into(), kkt.gap),
    ]);
    out.extend(found.donors.iter().zip(&found.weights).map(|(&i, w)| (format!("w_{}", wide.units[i]), *w)));
    out.extend((block.start()..block.periods()).map(|t| (format!("gap_{}", wide.periods[t]), found.gaps[t])));
    out
}

pub fn outcomes(dataset: &str, method: &str) -> Option<Answers> {
    let (wide, block) = match dataset {
        "prop99" => prop99()?,
        "basque" => basque()?,
        "germany" => germany()?,
        _ => return None,
    };
    let plain = synthetic_control::Options::default();
    match method {
        "exact_simplex_QP_outcomes" => Some(mixture(&synthetic_control(&block, &plain).unwrap(), &wide, &block)),
        "exact_simplex_QP_outcomes_intercept" => {
            let options = synthetic_control::Options { intercept: true, ..plain };
            Some(mixture(&synthetic_control(&block, &options).unwrap(), &wide, &block))
        }
        "scpi_pkg 4.0.0 scest simplex (gdp only)" => Some(mixture(&synthetic_control(&block, &plain).unwrap(), &wide, &block)),
        "in_space_placebo(exact outcome-only, 39 units)" | "mlsynth 1.0.0 VanillaSC" | "coresynth 0.5.0 scm" => {
            let all = space_placebos(&block, &plain, Pool::All).unwrap();
            let (rank, p) = all.rank_of_treated();
            let mut out: Answers = BTreeMap::from([
                ("rank_rmspe_ratio".into(), rank as f64),
                ("p_value".into(), p),
                ("p_value_inspace_placebo".into(), p),
                ("p_value_mspe_ratio".into(), p),
                ("att".into(), all.att[0]),
            ]);
            out.extend(all.units.iter().zip(all.ratios()).map(|(&i, r)| (format!("ratio_{}", wide.units[i]), r)));
            Some(out)
        }
        _ => None,
    }
}

pub fn differences(dataset: &str, method: &str) -> Option<Answers> {
    let (kind, solver) = match method {
        "SDID_exact_QP" | "mlsynth 1.0.0 SDID" => (Kind::Synthetic, Solver::Exact),
        "SC_exact_QP" => (Kind::Control, Solver::Exact),
        "DID_exact_QP" => (Kind::Differences, Solver::Exact),
        "synthdid::sdid" | "diff_diff.SyntheticDiD" | "coresynth 0.5.0 sdid" => (Kind::Synthetic, Solver::FrankWolfe),
        "synthdid::sc" => (Kind::Control, Solver::FrankWolfe),
        "synthdid::did" => (Kind::Differences, Solver::FrankWolfe),
        _ => return None,
    };
    let options = synthetic_did::Options { kind, solver, ..Default::default() };
    let penalty = if solver == Solver::Exact { Penalty::OfEach } else { Penalty::OfFit };
    let (wide, block) = match dataset {
        "prop99" => prop99().map(|(w, b)| (Some(w), b))?,
        "PENN_last10units_last10yrs" => (None, last_ten("synthdid_PENN", "country", "log_gdp")?),
        "CPS_last10units_last10yrs" => (None, last_ten("synthdid_CPS", "state", "log_wage")?),
        _ => return None,
    };
    let fit = synthetic_did(&block, &options).unwrap();
    let mut out: Answers =
        BTreeMap::from([("estimate".into(), fit.estimate), ("att".into(), fit.estimate), ("zeta_omega".into(), fit.zeta_omega)]);
    if let Some(jackknife) = jackknife(&block, &fit) {
        out.insert("se_jackknife".into(), jackknife.se);
    }
    let Some(wide) = wide else { return Some(out) };
    let placebos = placebos(&block, &options, &Draws { penalty, ..Default::default() }).unwrap();
    assert!(placebos.enumerated);
    for name in ["se_placebo_enumerated_pop", "se_placebo_enumerated", "se_placebo_200reps_seed12345", "se_placebo200_seed1"] {
        out.insert(name.into(), placebos.se);
    }
    out.insert("perm_p_two_sided".into(), placebos.p_value);
    let name = |i: usize| &wide.units[i];
    out.extend(fit.donors.iter().zip(&fit.omega).map(|(&i, w)| (format!("omega_{}", name(i)), *w)));
    out.extend(wide.periods.iter().zip(&fit.lambda).map(|(t, w)| (format!("lambda_{t}"), *w)));
    out.extend(placebos.estimates.iter().map(|(set, v)| (format!("placebo_est_{}", name(set[0])), *v)));
    Some(out)
}

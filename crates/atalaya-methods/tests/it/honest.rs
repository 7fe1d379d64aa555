//! Honest parallel trends, as `HonestDiD` and its port have them.

use atalaya_methods::evaluate::covariance::{Leverage, Small, clustered::clustered};
use atalaya_methods::evaluate::event_study::{Window, event_study};
use atalaya_methods::evaluate::honest::{EventStudy, Grid};
use atalaya_methods::evaluate::staggered::Staggered;
use atalaya_methods::num::Matrix;

use crate::reference::Answers;
use crate::table::Table;

/// Estimates, covariance, and how many are of earlier periods.
fn study(dataset: &str) -> Option<(Vec<f64>, Matrix, usize)> {
    match dataset {
        "honest_BC" => {
            let beta = Table::causal("honest_BCdata_EventStudy_beta")?.numbers("beta");
            let sigma = Table::causal("honest_BCdata_EventStudy_sigma")?;
            let columns: Vec<Vec<f64>> = (1..=beta.len()).map(|j| sigma.numbers(&format!("V{j}"))).collect();
            Some((beta.clone(), Matrix::from_columns(beta.len(), &columns), 4))
        }
        "ehec_medicaid" => {
            // States that expanded Medicaid in 2014 against those that had not by 2015, years to 2015.
            let t = Table::causal("moderndid_ehec_data")?;
            let (year, expanded) = (t.numbers("year"), t.numbers("yexp2"));
            let t = t.filter(|i| year[i] < 2016.0 && expanded[i] != 2015.0);
            let cohort: Vec<Option<i64>> = t.numbers("yexp2").iter().map(|g| (*g == 2014.0).then_some(2014)).collect();
            let (y, unit, period) = (t.numbers("dins"), t.codes("stfips"), t.whole("year"));
            let panel =
                Staggered { y: &y, unit: &unit, period: &period, cohort: &cohort, names: &[], x: &[], weights: None, cluster: None };
            let fit = event_study(&panel, &Window::default()).unwrap();
            let cov = clustered(&fit, &[&unit], Leverage::Ignored, Small::default()).unwrap();
            Some((fit.coef.clone(), cov.matrix, 5))
        }
        _ => None,
    }
}

/// Everything this family knows.
pub fn answers(dataset: &str, method: &str) -> Option<Answers> {
    if !method.starts_with("HonestDiD") {
        return None;
    }
    let (estimates, covariance, earlier) = study(dataset)?;
    let mut weights = vec![0.0; estimates.len() - earlier];
    weights[0] = 1.0;
    let study = EventStudy { estimates: &estimates, covariance: &covariance, earlier, weights: &weights };
    let mut out = Answers::new();
    let mut tell = |name: String, [low, high]: [f64; 2]| {
        out.insert(format!("lb_{name}"), low);
        out.insert(format!("ub_{name}"), high);
    };
    if method.contains("smoothness") {
        for m in ["0", "0.0", "0.01", "0.02", "0.03", "0.04", "0.05", "0.1", "0.2", "0.3"] {
            tell(format!("M{m}"), study.smoothness(m.parse().unwrap(), 0.95).unwrap().interval);
        }
    } else {
        // The answers of the port stand on a grid of 100 points, as their distances tell.
        let points = if method.ends_with("(C-LF)") { 100 } else { 1_000 };
        let grid = Grid { points, ..Grid::default() };
        for m in ["0.5", "1", "1.0", "1.5", "2", "2.0"] {
            tell(format!("Mbar{m}"), study.relative_magnitudes(m.parse().unwrap(), 0.95, &grid).unwrap().interval);
        }
    }
    Some(out)
}

//! Conformal tests and structural time series against other programs.

use std::collections::BTreeMap;

use atalaya_methods::evaluate::conformal::{Proxy, debiased, moving_blocks};
use atalaya_methods::evaluate::structural_series::{Options, structural_series};

use crate::reference::Answers;
use crate::reference_synth::prop99;
use crate::table::Table;

pub fn conformal(dataset: &str, method: &str) -> Option<Answers> {
    let what = method.strip_prefix("scinference ").filter(|_| dataset == "prop99")?;
    let proxy = match what.split(' ').find(|w| ["did", "sc", "classo"].contains(w))? {
        "did" => Proxy::Differences,
        "sc" => Proxy::Control,
        _ => Proxy::ConstrainedLasso,
    };
    let (_, block) = prop99()?;
    Some(if what.starts_with("t-test") {
        let found = debiased(&block, 2, proxy).unwrap();
        BTreeMap::from([("att_debiased".into(), found.att), ("se".into(), found.se)])
    } else {
        BTreeMap::from([("p_H0_zero".into(), moving_blocks(&block, &[0.0; 12], proxy).unwrap().p_value)])
    })
}

pub fn structural(dataset: &str, method: &str) -> Option<Answers> {
    if dataset != "ci_sim100" || method != "bsts-causalimpact default niter" {
        return None;
    }
    let table = Table::causal("ci_sim100")?;
    let found = structural_series(&table.numbers("y"), &[table.numbers("x1")], 70, &Options::default()).unwrap();
    Some(BTreeMap::from([
        ("avg_point_effect_mean".into(), found.average.mean),
        ("avg_ci_lower".into(), found.average.interval[0]),
        ("avg_ci_upper".into(), found.average.interval[1]),
        ("avg_cumulative_effect_total".into(), found.cumulative.mean),
        ("avg_relative_effect_mean".into(), found.relative.mean),
        ("avg_p_value".into(), found.p_value),
    ]))
}

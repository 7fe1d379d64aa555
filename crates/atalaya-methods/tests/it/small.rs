//! Few clusters and few periods: the wild bootstrap enumerated, and two groups in two periods.

use atalaya_methods::evaluate::fixed_effects::Regression;
use atalaya_methods::evaluate::two_by_two::two_by_two;
use atalaya_methods::evaluate::wild_bootstrap::{Options, wild_bootstrap};

use crate::reference::Answers;
use crate::table::Table;

fn wild(dataset: &str, method: &str) -> Option<Answers> {
    let (impose_null, rest) = match method.split_once("_enumerated_")? {
        ("WCR", rest) => (true, rest),
        ("WCU", rest) => (false, rest),
        _ => return None,
    };
    let t = Table::causal(dataset)?;
    let (y, names, x, cluster) = match dataset {
        "plm_grunfeld" => (
            t.numbers("inv"),
            ["value", "capital"].map(String::from).to_vec(),
            ["value", "capital"].map(|c| t.numbers(c)).to_vec(),
            t.codes("firm"),
        ),
        "fixest_base_did" => {
            let (treat, post) = (t.numbers("treat"), t.numbers("post"));
            let both = treat.iter().zip(&post).map(|(a, b)| a * b).collect();
            let names = ["x1", "treat", "post", "treatxpost"].map(String::from).to_vec();
            (t.numbers("y"), names, vec![t.numbers("x1"), treat, post, both], t.codes("period"))
        }
        _ => return None,
    };
    let columns: Vec<&[f64]> = x.iter().map(Vec::as_slice).collect();
    let regression = Regression { y: &y, names: &names, x: &columns, effects: &[], weights: None, set_aside: false };
    let coefficient = rest.split("_cl_").next()?;
    let made = wild_bootstrap(&regression, coefficient, &cluster, &Options { impose_null, ..Options::default() }).unwrap();
    Some(Answers::from([
        ("coef".into(), made.estimate),
        ("se_CRV1".into(), made.se),
        ("t".into(), made.t),
        ("p_enum_strict(|t*|>|t|)".into(), made.strict),
        ("p_enum_weak(|t*|>=|t|)".into(), made.p),
        ("n_draws".into(), made.draws as f64),
    ]))
}

/// Full-time equivalents: full-time staff, managers, and half of part-time staff.
fn card_krueger() -> Option<Answers> {
    let t = Table::causal("card_krueger")?;
    let staff = |end: &str| -> Vec<Option<f64>> {
        let [full, part, managers] = ["EMPFT", "EMPPT", "NMGRS"].map(|c| t.numbers(&format!("{c}{end}")));
        (0..t.rows).map(|i| full[i] + managers[i] + 0.5 * part[i]).map(|f| f.is_finite().then_some(f)).collect()
    };
    let treated: Vec<bool> = t.numbers("STATE").iter().map(|s| *s == 1.0).collect();
    let made = two_by_two(&treated, &staff(""), &staff("2"), 0.95).unwrap();
    Some(Answers::from([
        ("did_all_available".into(), made.all),
        ("did_balanced".into(), made.balanced.estimate),
        ("did_balanced_se_unequal_var".into(), made.balanced.se),
        ("NJ_before".into(), made.means[0]),
        ("NJ_after".into(), made.means[1]),
        ("PA_before".into(), made.means[2]),
        ("PA_after".into(), made.means[3]),
    ]))
}

/// Everything this family knows.
pub fn answers(dataset: &str, method: &str) -> Option<Answers> {
    if method == "DiD_2x2_means" { card_krueger() } else { wild(dataset, method) }
}

//! How long the panel estimators take: `cargo run --release -p atalaya-methods --example panel_speed`.
//!
//! Made-up panels as in the scripts of the peers (units and periods, staggered dates, AR(1) noise);
//! the file of `mpdta` is read where the shared development data are present.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::hint::black_box;

use atalaya_kernel::seed::Seed;
use atalaya_methods::evaluate::callaway_santanna::aggregate::Aggregation;
use atalaya_methods::evaluate::callaway_santanna::{Options, callaway_santanna};
use atalaya_methods::evaluate::covariance::{Leverage, Small, clustered::clustered};
use atalaya_methods::evaluate::fixed_effects::Regression;
use atalaya_methods::evaluate::imputation::{self, imputation};
use atalaya_methods::evaluate::staggered::Staggered;
use atalaya_methods::evaluate::wild_bootstrap::{self, wild_bootstrap};

struct Panel {
    y: Vec<f64>,
    d: Vec<f64>,
    x: Vec<f64>,
    unit: Vec<u32>,
    time: Vec<u32>,
    period: Vec<i64>,
    cohort: Vec<Option<i64>>,
    state: Vec<u32>,
}

fn made_up(units: u32, periods: u32) -> Panel {
    let mut s = Seed(7).stream(0);
    let n = (units * periods) as usize;
    let v = || Vec::with_capacity(n);
    let mut p =
        Panel { y: v(), d: v(), x: v(), unit: Vec::new(), time: Vec::new(), period: Vec::new(), cohort: Vec::new(), state: Vec::new() };
    let dates: Vec<u32> = (periods / 3..periods - 2).step_by((periods / 10).max(1) as usize).collect();
    for i in 0..units {
        let date = s.below(dates.len() as u64 + 1) as usize;
        let g = (date > 0).then(|| dates[date - 1]);
        let (own, level, mut e) = (2.0 * s.unit(), s.unit(), 0.0);
        for t in 0..periods {
            e = 0.5 * e + 2.0 * (s.unit() - 0.5);
            let treated = g.is_some_and(|g| t >= g);
            let x = s.unit() + level;
            let effect = g.filter(|_| treated).map_or(0.0, |g| 0.5 * (1.0 + 0.1 * f64::from(t - g)));
            p.y.push(own + f64::from(t).sin() + effect + 0.3 * x + e);
            p.d.push(f64::from(u8::from(treated)));
            p.x.push(x);
            p.unit.push(i);
            p.time.push(t);
            p.period.push(i64::from(t));
            p.cohort.push(g.map(i64::from));
            p.state.push(i % 50);
        }
    }
    p
}

/// Seconds this process spent on a processor, all its threads together; other programs do not count.
fn cpu() -> f64 {
    let of =
        |folder: std::fs::DirEntry| std::fs::read_to_string(folder.path().join("schedstat")).ok()?.split(' ').next()?.parse::<f64>().ok();
    std::fs::read_dir("/proc/self/task").unwrap().flatten().filter_map(of).sum::<f64>() / 1e9
}

fn best<T>(what: &str, times: usize, mut f: impl FnMut() -> T) {
    let mut best = f64::INFINITY;
    for _ in 0..times {
        let start = cpu();
        black_box(f());
        best = best.min(cpu() - start);
    }
    println!("{what}: {:.3} ms of CPU (best of {times})", 1e3 * best);
}

fn mpdta() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/causal/mpdta.csv");
    let Ok(text) = std::fs::read_to_string(path) else { return println!("SKIPPED: ../shared is not present") };
    let rows: Vec<Vec<f64>> = text.lines().skip(1).map(|l| l.split(',').map(|c| c.parse().unwrap()).collect()).collect();
    let column = |j: usize| rows.iter().map(|r| r[j]).collect::<Vec<f64>>();
    let (y, x) = (column(3), column(2));
    let unit: Vec<u32> = column(1).iter().map(|v| *v as u32).collect();
    let period: Vec<i64> = column(0).iter().map(|v| *v as i64).collect();
    let cohort: Vec<Option<i64>> = column(4).iter().map(|v| (*v > 0.0).then_some(*v as i64)).collect();
    let (names, columns) = (["lpop".to_string()], [x.as_slice()]);
    let panel =
        Staggered { y: &y, unit: &unit, period: &period, cohort: &cohort, names: &names, x: &columns, weights: None, cluster: None };
    best("Callaway-Sant'Anna on mpdta, lpop, dr, cells and four averages, 1,000 draws of cells and of overall effect", 50, || {
        let effects = callaway_santanna(&panel, &Options::default()).unwrap();
        let averages = effects.aggregate(Aggregation::Simple).unwrap();
        (effects.influence.bootstrap(Seed(1), 1_000, 0.95), averages.influence.bootstrap(Seed(2), 1_000, 0.95))
    });
}

fn main() {
    let threads = std::env::args().nth(1).map_or(1, |t| t.parse().unwrap());
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().unwrap();
    println!("{threads} thread(s)");
    mpdta();
    let p = made_up(5_000, 20);
    let panel =
        Staggered { y: &p.y, unit: &p.unit, period: &p.period, cohort: &p.cohort, names: &[], x: &[], weights: None, cluster: None };
    best("imputation on 100,000 rows, overall and every age", 10, || imputation(&panel, imputation::Options { leave_out: true }).unwrap());
    best("Callaway-Sant'Anna on 100,000 rows, no covariates", 3, || callaway_santanna(&panel, &Options::default()).unwrap());
    let names = ["D".to_string(), "x".to_string()];
    let columns: [&[f64]; 2] = [&p.d, &p.x];
    let regression = Regression { y: &p.y, names: &names, x: &columns, effects: &[], weights: None, set_aside: false };
    best("wild cluster bootstrap, 9,999 draws, 100,000 rows, 50 clusters", 10, || {
        wild_bootstrap(&regression, "D", &p.state, &wild_bootstrap::Options::default()).unwrap()
    });
    for (units, times) in [(5_000, 10), (50_000, 5), (500_000, 3)] {
        let p = made_up(units, 20);
        let columns: [&[f64]; 2] = [&p.d, &p.x];
        let effects: [&[u32]; 2] = [&p.unit, &p.time];
        let regression = Regression { y: &p.y, names: &names, x: &columns, effects: &effects, weights: None, set_aside: false };
        best(&format!("two-way fixed effects on {} rows, clustered by unit", units * 20), times, || {
            let fit = regression.fit().unwrap();
            clustered(&fit, &[&p.unit], Leverage::Ignored, Small::default()).unwrap()
        });
    }
}

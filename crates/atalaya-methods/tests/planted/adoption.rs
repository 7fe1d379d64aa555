//! Worlds of parallel trends: staggered adoption, few treated units, few clusters, gaps, displacement.

use atalaya_kernel::Seed;
use atalaya_methods::evaluate::callaway_santanna::aggregate::Aggregation;
use atalaya_methods::evaluate::callaway_santanna::{self, Control, Shape, callaway_santanna};
use atalaya_methods::evaluate::covariance::few_clusters::{cr2, crv3};
use atalaya_methods::evaluate::covariance::{Leverage, Line, Small, clustered::clustered};
use atalaya_methods::evaluate::exposure::Exposure;
use atalaya_methods::evaluate::extended_twfe::extended_twfe;
use atalaya_methods::evaluate::fixed_effects::Regression;
use atalaya_methods::evaluate::imputation::{self, imputation, imputation_for_few};
use atalaya_methods::evaluate::power::Trial;
use atalaya_methods::evaluate::randomisation::{self, randomisation};
use atalaya_methods::evaluate::spillover::{Errors, spillover};
use atalaya_methods::evaluate::staggered::Staggered;
use atalaya_methods::evaluate::sun_abraham::{By, Interacted, sun_abraham};
use atalaya_methods::evaluate::wild_bootstrap::{self, Multiplier, wild_bootstrap};

use crate::worlds::{Panel, block, normals};
use crate::{Answers, Kind, Said};

/// From a line.
fn line(line: &Line, truth: f64) -> Said {
    Said::interval(line.estimate, line.se, line.interval, truth)
}

fn from<T>(trial: &Trial, f: impl FnOnce(&Staggered<'_>) -> Option<T>) -> Option<T> {
    let mut out = None;
    let _ = trial.staggered(|p| {
        out = f(p);
        Ok(())
    });
    out
}

/// Callaway and Sant'Anna averaged over treated cells, normal as the paper has it or by t with units less one.
fn did(trial: &Trial, truth: f64, by_t: bool) -> Option<Said> {
    let gaps = trial.outcome.iter().any(|y| !y.is_finite());
    let shape = if gaps { Shape::Unbalanced } else { Shape::Balanced };
    let options = callaway_santanna::Options { control: Control::NotYet, shape, ..Default::default() };
    let found = from(trial, |p| callaway_santanna(p, &options).ok()?.aggregate(Aggregation::Simple).ok())?.overall;
    let freedom = if by_t { trial.units as f64 - 1.0 } else { f64::INFINITY };
    Some(line(&Line::new("did", found.att, found.se?, freedom, 0.95), truth))
}

/// Imputation, normal as the paper has it or by t with units less one; and its variance for few units.
fn imputed(trial: &Trial, truth: f64, by_t: bool, few: bool) -> Option<Said> {
    let options = imputation::Options { leave_out: true };
    let made = from(trial, |p| if few { imputation_for_few(p, options) } else { imputation(p, options) }.ok())?;
    let found = &made.horizons[0];
    let freedom = if by_t { trial.units as f64 - 1.0 } else { f64::INFINITY };
    Some(line(&Line::new("bjs", found.att, found.se, freedom, 0.95), truth))
}

fn interacted(trial: &Trial, truth: f64, f: impl Fn(&Staggered<'_>) -> Option<Interacted>) -> Option<Said> {
    from(trial, |p| {
        let made = f(p)?;
        let unit: Vec<u32> = made.rows.iter().map(|&r| p.unit[r]).collect();
        let cov = clustered(&made.fit, &[&unit], Leverage::Ignored, Small::default()).ok()?;
        Some(line(&made.average(&cov, By::All, 0.95)[0], truth))
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Variance {
    Crv1,
    Cr2,
    Crv3,
    Wild(Multiplier),
}

/// Two-way fixed effects with a variance, clustered on `cluster` of a unit.
fn twfe(trial: &Trial, truth: f64, cluster: impl Fn(u32) -> u32, variance: Variance) -> Option<Said> {
    from(trial, |p| {
        let names = ["treated".to_string()];
        let time: Vec<u32> = p.period.iter().map(|t| *t as u32).collect();
        let groups: Vec<u32> = p.unit.iter().map(|u| cluster(*u)).collect();
        let d: Vec<f64> = (0..p.y.len()).map(|r| f64::from(u8::from(p.treated(r)))).collect();
        let regression = Regression { y: p.y, names: &names, x: &[&d], effects: &[p.unit, &time], weights: None, set_aside: false };
        let fit = regression.fit().ok()?;
        let cov = match variance {
            Variance::Crv1 => clustered(&fit, &[&groups], Leverage::Ignored, Small::default()).ok()?,
            Variance::Cr2 => cr2(&fit, &groups).ok()?,
            Variance::Crv3 => crv3(&regression, &fit, &groups).ok()?,
            Variance::Wild(multiplier) => {
                // The interval holds the truth where the test of the truth does not reject.
                let options = wild_bootstrap::Options { null: truth, multiplier, draws: 999, ..Default::default() };
                let made = wild_bootstrap(&regression, "treated", &groups, &options).ok()?;
                return Some(Said { off: made.estimate - truth, se: made.se, held: made.p > 0.05 });
            }
        };
        Some(line(&cov.table(&fit, 0.95)[0], truth))
    })
}

fn dealt(trial: &Trial, truth: f64) -> Option<Said> {
    let options = randomisation::Options { draws: 999, seed: Seed(5), level: 0.95 };
    let made = randomisation(trial, &options).ok()?;
    Some(Said::interval(made.estimate, f64::NAN, made.interval, truth))
}

/// All estimators of adoption on a panel.
fn all(trial: &Trial, truth: f64) -> Answers {
    vec![
        ("did", did(trial, truth, false)),
        ("did, t", did(trial, truth, true)),
        ("imputation", imputed(trial, truth, false, false)),
        ("imputation, t", imputed(trial, truth, true, false)),
        ("imputation, for few", imputed(trial, truth, true, true)),
        ("etwfe", interacted(trial, truth, |p| extended_twfe(p).ok())),
        ("sunab", interacted(trial, truth, |p| sun_abraham(p, -1).ok())),
        ("twfe", twfe(trial, truth, |u| u, Variance::Crv1)),
    ]
}

/// A quarter each starts in 3, 5 and 7 of 10, a quarter never; effects grow with age and differ by start.
fn staggered(name: &'static str, units: usize, missing: f64, worlds: u64) -> Kind {
    let starts = (0..units).map(|i| [Some(3), Some(5), Some(7), None][i % 4]).collect();
    let panel = Panel { units, periods: 10, rho: 0.5, starts, missing };
    let answers = move |seed| {
        let (trial, truth) = panel.draw(seed, |start, age| 0.2 * start as f64 + 0.3 * age as f64);
        all(&trial, truth)
    };
    Kind { name, worlds, answers: Box::new(answers) }
}

/// The same effect everywhere: what two-way fixed effects assume.
fn homogeneous() -> Kind {
    let starts = (0..60).map(|i| [Some(4), Some(6), None][i % 3]).collect();
    let panel = Panel { units: 60, periods: 10, rho: 0.5, starts, missing: 0.0 };
    let answers = move |seed| {
        let (trial, truth) = panel.draw(seed, |_, _| 1.0);
        vec![("twfe, CRV1", twfe(&trial, truth, |u| u, Variance::Crv1)), ("twfe, CRV3", twfe(&trial, truth, |u| u, Variance::Crv3))]
    };
    Kind { name: "staggered adoption, one effect, 60 units", worlds: 2_000, answers: Box::new(answers) }
}

/// Few treated units of forty.
fn few(name: &'static str, treated: usize) -> Kind {
    let panel = Panel { units: 40, periods: 12, rho: 0.5, starts: block(40, treated, 8), missing: 0.0 };
    let answers = move |seed| {
        let (trial, truth) = panel.draw(seed, |_, _| 1.0);
        vec![
            ("did", did(&trial, truth, false)),
            ("did, t", did(&trial, truth, true)),
            ("imputation", imputed(&trial, truth, false, false)),
            ("imputation, for few", imputed(&trial, truth, true, true)),
            ("twfe, CRV1", twfe(&trial, truth, |u| u, Variance::Crv1)),
            ("twfe, CR2", twfe(&trial, truth, |u| u, Variance::Cr2)),
            ("twfe, CRV3", twfe(&trial, truth, |u| u, Variance::Crv3)),
            ("twfe, wild", twfe(&trial, truth, |u| u, Variance::Wild(Multiplier::Rademacher))),
            ("randomisation", dealt(&trial, truth)),
        ]
    };
    Kind { name, worlds: 2_000, answers: Box::new(answers) }
}

/// Clusters of five units that share half their noise; whole clusters are treated.
fn clusters(name: &'static str, clusters: usize, treated: usize) -> Kind {
    let starts = block(clusters * 5, treated * 5, 5);
    let panel = Panel { units: clusters * 5, periods: 8, rho: 0.5, starts, missing: 0.0 };
    let answers = move |seed| {
        let (mut trial, truth) = panel.draw(seed, |_, _| 1.0);
        let shared = normals(seed ^ 0xC1C1_0000, clusters * 8);
        trial.outcome.iter_mut().enumerate().for_each(|(c, y)| *y += shared[(c / 40) * 8 + c % 8]);
        vec![
            ("CRV1", twfe(&trial, truth, |u| u / 5, Variance::Crv1)),
            ("CR2", twfe(&trial, truth, |u| u / 5, Variance::Cr2)),
            ("CRV3", twfe(&trial, truth, |u| u / 5, Variance::Crv3)),
            ("wild, signs", twfe(&trial, truth, |u| u / 5, Variance::Wild(Multiplier::Rademacher))),
            ("wild, Webb", twfe(&trial, truth, |u| u / 5, Variance::Wild(Multiplier::Webb))),
        ]
    };
    Kind { name, worlds: 2_000, answers: Box::new(answers) }
}

/// On a line, every tenth place is treated; its neighbours lose 0.5, the next 0.2.
fn displacement() -> Kind {
    let starts: Vec<Option<usize>> =
        (0..200u32).map(|i| i.is_multiple_of(10).then_some(if i.is_multiple_of(20) { 4 } else { 5 })).collect();
    let places: Vec<[f64; 2]> = (0..200).map(|i| [0.0, 0.1 * f64::from(i)]).collect();
    let cohort: Vec<Option<i64>> = starts.iter().map(|s| s.map(|s| s as i64)).collect();
    let exposure = Exposure::rings(&places, &cohort, &[0.0, 12.0, 24.0]).unwrap();
    let panel = Panel { units: 200, periods: 9, rho: 0.3, starts, missing: 0.0 };
    let answers = move |seed| {
        let (mut trial, _) = panel.draw(seed, |_, _| 1.0);
        for (c, y) in trial.outcome.iter_mut().enumerate() {
            let class = panel.starts[c / 9].map_or_else(|| exposure.class(c / 9, (c % 9) as i64), |_| None);
            *y -= class.map_or(0.0, |k| [0.5, 0.2][k]);
        }
        let Some(made) = from(&trial, |p| spillover(p, &exposure, Errors::Clustered, 0.95).ok()) else {
            return vec![("spillover, direct", None)];
        };
        let total = made.direct.rows as f64 - 0.5 * made.exposed[0].rows as f64 - 0.2 * made.exposed[1].rows as f64;
        vec![
            ("spillover, direct", Some(line(&made.direct.line, 1.0))),
            ("spillover, first ring", Some(line(&made.exposed[0].line, -0.5))),
            ("spillover, second ring", Some(line(&made.exposed[1].line, -0.2))),
            ("spillover, total", Some(line(&made.total, total))),
            ("imputation, naive", Some(line(&made.naive, 1.0))),
        ]
    };
    Kind { name: "displacement to neighbours", worlds: 2_000, answers: Box::new(answers) }
}

pub fn kinds() -> Vec<Kind> {
    vec![
        staggered("staggered adoption, 120 units", 120, 0.0, 2_000),
        staggered("staggered adoption, 24 units", 24, 0.0, 2_000),
        staggered("staggered adoption, 120 units, 15 % of cells missing", 120, 0.15, 2_000),
        homogeneous(),
        few("1 of 40 treated, two-way", 1),
        few("3 of 40 treated, two-way", 3),
        few("10 of 40 treated, two-way", 10),
        clusters("12 clusters, 6 treated", 12, 6),
        clusters("12 clusters, 2 treated", 12, 2),
        clusters("6 clusters, 3 treated", 6, 3),
        displacement(),
    ]
}

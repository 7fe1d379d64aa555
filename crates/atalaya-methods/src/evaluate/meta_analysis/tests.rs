use super::*;
use atalaya_kernel::Seed;

const ALL: [Between; 9] = [
    Between::None,
    Between::DerSimonianLaird,
    Between::Hedges,
    Between::HunterSchmidt,
    Between::SidikJonkman,
    Between::Likelihood,
    Between::RestrictedLikelihood,
    Between::EmpiricalBayes,
    Between::PauleMandel,
];

fn plain(between: Between) -> Options {
    Options { between, knapp_hartung: false, ..Options::default() }
}

/// Two studies by hand: 0 and 2 with variance 1 each. Q = 2, df = 1, so tau2 is (2 - 1) / (2 - 1) = 1 by
/// DerSimonian-Laird, and the mean is 1 with variance (1 + 1) / 2.
#[test]
fn two_studies_by_hand() {
    let studies = Studies { y: &[0.0, 2.0], v: &[1.0, 1.0], x: None };
    for between in [Between::DerSimonianLaird, Between::Hedges, Between::PauleMandel, Between::RestrictedLikelihood] {
        let found = meta_analysis(&studies, &plain(between)).unwrap();
        assert!((found.tau2 - 1.0).abs() < 1e-12 && (found.coefficients[0].se - 1.0).abs() < 1e-12, "{between:?} {found:?}");
        assert_eq!((found.coefficients[0].estimate, found.q.0, found.i2), (1.0, 2.0, 50.0));
    }
}

#[test]
fn a_shift_of_all_effects_moves_the_mean_alone_and_a_constant_moderator_changes_nothing() {
    let y = [0.3, -0.1, 0.8, 1.4, 0.2, 0.9];
    let v = [0.05, 0.1, 0.04, 0.3, 0.02, 0.2];
    let moved: Vec<f64> = y.iter().map(|y| y + 5.0).collect();
    let constant = Matrix::from_fn(6, 1, |_, _| 1.0);
    for between in ALL {
        let a = meta_analysis(&Studies { y: &y, v: &v, x: None }, &plain(between)).unwrap();
        let b = meta_analysis(&Studies { y: &moved, v: &v, x: None }, &plain(between)).unwrap();
        let c = meta_analysis(&Studies { y: &y, v: &v, x: Some(&constant) }, &plain(between)).unwrap();
        assert!((a.coefficients[0].estimate + 5.0 - b.coefficients[0].estimate).abs() < 1e-9, "{between:?}");
        assert!((a.tau2 - b.tau2).abs() < 1e-9 && (a.tau2 - c.tau2).abs() < 1e-9, "{between:?}");
        assert!((a.log_likelihood - c.log_likelihood).abs() < 1e-9, "{between:?}");
    }
}

/// Studies of a world with variance 0.5 between them.
fn world(seed: u64, k: usize, tau2: f64) -> (Vec<f64>, Vec<f64>) {
    let mut stream = Seed(seed).stream(3);
    let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
    let v: Vec<f64> = (0..k).map(|i| 0.1 + 0.05 * (i % 5) as f64).collect();
    let y = v.iter().map(|v| 1.0 + tau2.sqrt() * normal() + v.sqrt() * normal()).collect();
    (y, v)
}

#[test]
fn intervals_cover_as_often_as_they_say() {
    let (mut mean, mut variance) = (0, 0);
    for seed in 0..1_000 {
        let (y, v) = world(seed, 10, 0.5);
        let studies = Studies { y: &y, v: &v, x: None };
        let found = meta_analysis(&studies, &Options::default()).unwrap();
        mean += usize::from((found.coefficients[0].interval[0]..found.coefficients[0].interval[1]).contains(&1.0));
        let [low, high] = tau2_interval(&studies, 0.95, Stop::AtOptimum).unwrap().unwrap_or([0.0, 0.0]);
        variance += usize::from((low..=high).contains(&0.5));
    }
    assert!((930..=970).contains(&mean) && (930..=970).contains(&variance), "{mean} {variance} of 1000");
}

#[test]
fn the_optimum_is_where_the_slope_is_nought() {
    for seed in 0..200 {
        let (y, v) = world(seed, 3 + seed as usize % 10, 0.05);
        let studies = Studies { y: &y, v: &v, x: None };
        for (between, restricted) in [(Between::Likelihood, false), (Between::RestrictedLikelihood, true)] {
            let found = meta_analysis(&studies, &plain(between)).unwrap();
            let here = Pass::at(&studies, found.tau2).unwrap().log_likelihood(restricted);
            for step in [1e-4, 1e-2, 0.3] {
                let aside = |t: f64| Pass::at(&studies, t.max(0.0)).unwrap().log_likelihood(restricted);
                assert!(here >= aside(found.tau2 + step) - 1e-12 && here >= aside(found.tau2 - step) - 1e-12, "{seed} {between:?}");
            }
        }
        let pm = meta_analysis(&studies, &plain(Between::PauleMandel)).unwrap();
        let q = Pass::at(&studies, pm.tau2).unwrap().q;
        assert!(pm.tau2 == 0.0 || (q - (y.len() - 1) as f64).abs() < 1e-9);
        assert_eq!(pm.tau2, meta_analysis(&studies, &plain(Between::EmpiricalBayes)).unwrap().tau2);
    }
}

#[test]
fn each_fault_is_named() {
    let options = Options::default();
    let run = |y: &[f64], v: &[f64], x: Option<&Matrix>| meta_analysis(&Studies { y, v, x }, &options);
    assert!(matches!(run(&[1.0, 2.0], &[1.0], None), Err(MetaError::Lengths { .. })));
    assert_eq!(run(&[1.0, 2.0], &[1.0, 0.0], None), Err(MetaError::Study { study: 1 }));
    assert!(matches!(run(&[1.0], &[1.0], None), Err(MetaError::TooFew { .. })));
    let twice = Matrix::from_fn(4, 2, |_, _| 1.0);
    assert_eq!(run(&[1.0, 2.0, 3.0, 4.0], &[1.0; 4], Some(&twice)), Err(MetaError::Collinear { column: 1 }));
    // Q needs a root: not a number has none.
    let studies = Studies { y: &[0.0, 9.0, 1.0], v: &[1.0; 3], x: None };
    assert!(matches!(between::profile(&studies, f64::NAN, 0.0, Stop::AtOptimum), Err(MetaError::NotSettled { .. })));
}

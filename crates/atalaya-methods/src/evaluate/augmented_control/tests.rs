use super::*;
use atalaya_kernel::Seed;

/// The treated lies outside the donors' hull: no mixture fits.
fn world(seed: u64, effect: f64) -> (Block, Vec<f64>) {
    let mut stream = Seed(seed).stream(0);
    let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
    let factors: Vec<f64> = (0..30).map(|t| 1.0 + 0.1 * f64::from(t) + 0.5 * normal()).collect();
    let loads: Vec<f64> = (0..20).map(|i| if i == 0 { 3.0 } else { normal() }).collect();
    let mut outcome = Vec::new();
    for (i, load) in loads.iter().enumerate() {
        for (t, f) in factors.iter().enumerate() {
            outcome.push(load * f + 0.2 * normal() + if i == 0 && t >= 22 { effect } else { 0.0 });
        }
    }
    (Block::new(outcome, 20, &[0], 22).unwrap(), loads)
}

/// One period, two donors at 0 and 2, treated at 3: the mixture is 2; what is left is 1 and the ridge adds
/// x (x'x + p)^-1 with x = (-1, 1): by hand 1/(2 + p) on the second, as much less on the first.
#[test]
fn two_donors_by_hand() {
    let block = Block::new(vec![3.0, 3.0, 9.0, 0.0, 0.0, 0.0, 2.0, 2.0, 2.0], 3, &[0], 2).unwrap();
    let found = augmented_control(&block, &Options { penalty: Some(4.0), ..Default::default() }).unwrap();
    // Two periods alike: x'x is 4, what is left counts twice: 2 / (4 + 4).
    assert!((found.mixture.weights[1] - 1.25).abs() < 1e-12 && (found.mixture.weights[0] + 0.25).abs() < 1e-12, "{found:?}");
    assert_eq!(found.plain.weights, [0.0, 1.0]);
    assert!((found.bias - 0.5).abs() < 1e-12);
}

#[test]
fn what_is_common_to_all_changes_nothing_and_a_large_penalty_adds_nothing() {
    let (block, z) = world(1, 1.0);
    let moved: Vec<f64> = (0..20).flat_map(|i| block.series(i).iter().enumerate().map(|(t, y)| y + 9.0 * (t as f64).cos())).collect();
    let moved = Block::new(moved, 20, &[0], 22).unwrap();
    for options in [
        Options::default(),
        Options { covariates: vec![z.clone()], ..Default::default() },
        Options { covariates: vec![z.clone()], enter: Covariates::Residualised, ..Default::default() },
    ] {
        let (a, b) = (augmented_control(&block, &options).unwrap(), augmented_control(&moved, &options).unwrap());
        assert!((a.mixture.att - b.mixture.att).abs() < 1e-8, "{options:?}");
    }
    let stiff = augmented_control(&block, &Options { penalty: Some(1e15), ..Default::default() }).unwrap();
    assert!((stiff.mixture.att - stiff.plain.att).abs() < 1e-9);
}

#[test]
fn where_no_mixture_fits_the_augmented_one_is_nearer() {
    let (mut plain, mut augmented) = (0.0, 0.0);
    for seed in 0..60 {
        let found = augmented_control(&world(seed, 1.0).0, &Options::default()).unwrap();
        plain += (found.plain.att - 1.0).abs() / 60.0;
        augmented += (found.mixture.att - 1.0).abs() / 60.0;
    }
    assert!(augmented < 0.5 * plain, "{augmented} {plain}");
}

#[test]
fn residualised_covariates_are_balanced_to_the_digit() {
    let (block, z) = world(2, 1.0);
    let options = Options { covariates: vec![z.clone()], enter: Covariates::Residualised, ..Default::default() };
    let found = augmented_control(&block, &options).unwrap().mixture;
    let mixed: f64 = found.donors.iter().zip(&found.weights).map(|(&i, w)| w * z[i]).sum();
    assert!((mixed - z[0]).abs() < 1e-9 && (found.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
}

#[test]
fn each_fault_is_named() {
    let (block, _) = world(1, 0.0);
    let run =
        |covariates: Vec<Vec<f64>>, penalty| augmented_control(&block, &Options { covariates, penalty, ..Default::default() }).map(|_| ());
    assert_eq!(run(vec![], Some(0.0)), Err(AugmentedError::Penalty { penalty: 0.0 }));
    assert_eq!(run(vec![vec![1.0]], None), Err(AugmentedError::Covariate { covariate: 0, units: 20 }));
    assert_eq!(run(vec![vec![1.0; 20]], None), Err(AugmentedError::Covariate { covariate: 0, units: 20 }));
}

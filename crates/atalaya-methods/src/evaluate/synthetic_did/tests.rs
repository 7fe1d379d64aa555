use super::*;
use atalaya_kernel::Seed;

fn world(seed: u64, units: usize, treated: usize, effect: f64) -> Block {
    let mut stream = Seed(seed).stream(0);
    let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
    let (periods, start) = (30, 22);
    let factor: Vec<f64> = (0..periods).map(|_| normal()).collect();
    let time: Vec<f64> = (0..periods).map(|_| normal()).collect();
    let mut outcome = Vec::new();
    for i in 0..units {
        let (level, load) = (normal() * 3.0, normal() * 0.7);
        for t in 0..periods {
            let effect = if i < treated && t >= start { effect } else { 0.0 };
            outcome.push(level + time[t] + load * factor[t] + 0.5 * normal() + effect);
        }
    }
    Block::new(outcome, units, &(0..treated).collect::<Vec<_>>(), start).unwrap()
}

/// Card and Krueger's two-by-two by hand: New Jersey 20.44 to 21.03, Pennsylvania 23.33 to 21.17 give 2.75.
#[test]
fn equal_weights_are_two_way_differences() {
    let donor = [23.33, 23.33, 21.17];
    let block = Block::new([&[20.44, 20.44, 21.03], &donor[..], &donor].concat(), 3, &[0], 2).unwrap();
    let found = synthetic_did(&block, &Options { kind: Kind::Differences, ..Default::default() }).unwrap();
    assert!((found.estimate - 2.75).abs() < 1e-9, "{found:?}");
}

#[test]
fn what_is_common_to_a_unit_or_a_period_cancels() {
    let block = world(1, 15, 3, 1.0);
    let shifted = |i: usize, t: usize| block.series(i)[t] + 50.0 * (i as f64).cos() + 20.0 * (t as f64).sin();
    let moved = (0..15).flat_map(|i| (0..30).map(move |t| (i, t))).map(|(i, t)| shifted(i, t)).collect();
    let moved = Block::new(moved, 15, &[0, 1, 2], 22).unwrap();
    let options = Options { zeta_omega: Some(1.0), zeta_lambda: Some(0.1), ..Default::default() };
    let (a, b) = (synthetic_did(&block, &options).unwrap(), synthetic_did(&moved, &options).unwrap());
    assert!((a.estimate - b.estimate).abs() < 1e-9, "{} {}", a.estimate, b.estimate);
    assert!(a.omega_kkt.unwrap().relative_gap < 1e-12 && a.lambda_kkt.unwrap().relative_gap < 1e-12);
}

#[test]
fn intervals_of_a_world_cover_as_often_as_they_say() {
    let mut covered = 0;
    for seed in 0..300 {
        let block = world(100 + seed, 25, 5, 1.0);
        let fit = synthetic_did(&block, &Options::default()).unwrap();
        let se = jackknife(&block, &fit).unwrap().se;
        covered += usize::from((fit.estimate - 1.0).abs() < 1.96 * se);
    }
    // The jackknife is conservative by the paper's theorem 2.
    assert!((272..=300).contains(&covered), "{covered} of 300");
}

#[test]
fn placebos_from_shared_products_are_those_of_single_fits() {
    let block = world(7, 12, 2, 1.0);
    for solver in [Solver::Exact, Solver::FrankWolfe] {
        for kind in [Kind::Synthetic, Kind::Control, Kind::Differences] {
            // Fewer donors than periods: without a penalty of some size the weights of periods are not unique.
            let options = Options { kind, solver, zeta_lambda: Some(0.1), ..Default::default() };
            let fit = synthetic_did(&block, &options).unwrap();
            let fixed = Options { zeta_omega: Some(fit.zeta_omega), zeta_lambda: Some(fit.zeta_lambda), ..options };
            let all = placebos(&block, &options, &Draws { penalty: Penalty::OfFit, ..Default::default() }).unwrap();
            assert!(all.enumerated && all.estimates.len() == 45);
            let tolerance = if solver == Solver::Exact { 1e-8 } else { 1e-3 };
            for (set, value) in all.estimates.iter().step_by(7) {
                let single = synthetic_did(&block.placebo(set).unwrap(), &fixed).unwrap();
                assert!((single.estimate - value).abs() < tolerance, "{kind:?} {solver:?} {set:?}");
            }
        }
    }
}

#[test]
fn a_placebo_with_its_own_penalty_is_the_estimator_repeated() {
    let block = world(7, 12, 2, 1.0);
    let options = Options { zeta_lambda: Some(0.1), ..Default::default() };
    let all = placebos(&block, &options, &Draws::default()).unwrap();
    for (set, value) in all.estimates.iter().step_by(7) {
        let single = synthetic_did(&block.placebo(set).unwrap(), &options).unwrap();
        assert!((single.estimate - value).abs() < 1e-8, "{set:?}");
    }
}

#[test]
fn early_stops_end_near_the_optimum_and_not_at_it() {
    let block = world(9, 20, 1, 1.0);
    let exact = synthetic_did(&block, &Options::default()).unwrap();
    let early = synthetic_did(&block, &Options { solver: Solver::FrankWolfe, ..Default::default() }).unwrap();
    let apart = (exact.estimate - early.estimate).abs();
    assert!(apart > 0.0 && apart < 0.1, "{apart}");
    assert!(early.omega_kkt.is_none());
}

#[test]
fn draws_do_not_depend_on_threads_and_refusals_are_named() {
    let block = world(3, 30, 6, 1.0);
    let two = |threads: usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let run = || {
        (
            placebos(&block, &Options::default(), &Draws { draws: 50, ..Default::default() }).unwrap(),
            bootstrap(&block, &Options::default(), 20, Seed(4)).unwrap(),
        )
    };
    let (one, many) = (two(1).install(run), two(3).install(run));
    assert_eq!(one, many);
    assert!(!one.0.enumerated);
    let single = world(3, 30, 1, 1.0);
    assert!(jackknife(&single, &synthetic_did(&single, &Options::default()).unwrap()).is_none());
    assert!(matches!(bootstrap(&single, &Options::default(), 5, Seed(1)), Err(BlockError::NoDonors { .. })));
    let crowded = world(3, 9, 4, 1.0);
    assert!(matches!(placebos(&crowded, &Options::default(), &Draws::default()), Err(BlockError::NoDonors { .. })));
}

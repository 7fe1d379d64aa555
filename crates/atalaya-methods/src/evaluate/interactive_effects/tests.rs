use super::*;

fn world(seed: u64, n: usize, t: usize, treated: usize, effect: f64, noise: f64) -> Grid {
    let mut stream = Seed(seed).stream(0);
    let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
    let factors: Vec<f64> = (0..2 * t).map(|_| normal()).collect();
    let changes: Vec<f64> = (0..t).map(|_| normal()).collect();
    let mut grid = Grid { units: n, periods: t, outcome: vec![], treated: vec![], covariates: vec![vec![]] };
    for i in 0..n {
        let (level, a, b) = (3.0 * normal(), normal(), normal());
        let start = 2 * t / 3 + i % 3;
        for s in 0..t {
            let on = i < treated && s >= start;
            let x = normal();
            let common = a * factors[s] + b * factors[t + s];
            grid.outcome.push(level + changes[s] + common + 0.5 * x + noise * normal() + if on { effect } else { 0.0 });
            grid.treated.push(on);
            grid.covariates[0].push(x);
        }
    }
    grid
}

/// Two units, two periods, one treated cell: the counterfactual is the other's change, by hand.
#[test]
fn additive_effects_are_two_way_differences() {
    let grid =
        Grid { units: 2, periods: 2, outcome: vec![1.0, 5.0, 2.0, 3.0], treated: vec![false, true, false, false], covariates: vec![] };
    let found = interactive_effects(&grid, &Options::new(Structure::Factors(0))).unwrap();
    assert!((found.effects.att - 3.0).abs() < 1e-10, "{found:?}");
    assert_eq!(found.effects.by_time.len(), 2);
}

#[test]
fn shifts_of_units_and_periods_cancel() {
    let grid = world(1, 30, 20, 5, 1.0, 0.3);
    let mut moved = grid.clone();
    moved.outcome.iter_mut().enumerate().for_each(|(c, y)| *y += 10.0 * ((c / 20) as f64).cos() + 5.0 * ((c % 20) as f64).sin());
    for structure in [Structure::Factors(0), Structure::Factors(2), Structure::Penalty(0.002)] {
        for learn in [Learn::Untreated, Learn::NeverTreated] {
            let options = Options { learn, ..Options::new(structure) };
            let (a, b) = (interactive_effects(&grid, &options).unwrap(), interactive_effects(&moved, &options).unwrap());
            assert!((a.effects.att - b.effects.att).abs() < 1e-6, "{structure:?} {learn:?} {} {}", a.effects.att, b.effects.att);
        }
    }
}

#[test]
fn without_noise_two_factors_give_the_effect_to_the_digit() {
    let grid = world(2, 25, 24, 4, 2.0, 0.0);
    for learn in [Learn::Untreated, Learn::NeverTreated] {
        let found = interactive_effects(&grid, &Options { learn, ..Options::new(Structure::Factors(2)) }).unwrap();
        assert!((found.effects.att - 2.0).abs() < 1e-6 && (found.beta[0] - 0.5).abs() < 1e-6, "{learn:?} {}", found.effects.att);
    }
}

#[test]
fn cells_that_nobody_observed_are_no_obstacle() {
    let mut grid = world(4, 30, 24, 4, 2.0, 0.0);
    (0..720).filter(|c| c % 17 == 3).for_each(|c| grid.outcome[c] = f64::NAN);
    let found = interactive_effects(&grid, &Options::new(Structure::Factors(2))).unwrap();
    assert!((found.effects.att - 2.0).abs() < 1e-6, "{} {:?}", found.effects.att, found.rest);
    assert!(found.effects.gaps[3].is_nan());
}

#[test]
fn the_effect_of_a_world_is_recovered_on_average() {
    for structure in [Structure::Factors(2), Structure::Penalty(0.001)] {
        let errors: Vec<f64> = (0..60)
            .map(|s| interactive_effects(&world(s, 40, 24, 8, 1.0, 0.5), &Options::new(structure)).unwrap().effects.att - 1.0)
            .collect();
        let mean = crate::evaluate::donors::mean(&errors);
        let spread = crate::evaluate::donors::root_mean_square(&errors);
        assert!(mean.abs() < 3.5 * spread / 60f64.sqrt() && spread < 0.5, "{structure:?} {mean} {spread}");
    }
}

#[test]
fn completion_is_at_its_optimum() {
    // The subgradient condition: what is left in untreated cells, zero elsewhere, has no singular value above the penalty.
    let mut grid = world(5, 20, 15, 4, 0.0, 1.0);
    grid.covariates.clear();
    let found = interactive_effects(&grid, &Options::new(Structure::Penalty(0.01))).unwrap();
    let left: Vec<f64> = (0..300).map(|c| if grid.control(c) { grid.outcome[c] - found.fit[c] } else { 0.0 }).collect();
    let x = Matrix::from_fn(20, 15, |i, t| left[i * 15 + t]);
    let largest = crate::num::symmetric::svd(&x).s[0];
    assert!(found.rank > 0 && (largest - 0.01 * 300.0).abs() < 1e-6, "{largest} {}", found.rank);
}

#[test]
fn plain_steps_come_near_the_fixed_point_and_stop_short_of_it() {
    let grid = world(6, 20, 15, 4, 1.0, 0.5);
    let exact = interactive_effects(&grid, &Options::new(Structure::Factors(2))).unwrap();
    let plain = Options { settling: Settling::Plain(1e-6), ..Options::new(Structure::Factors(2)) };
    let short = interactive_effects(&grid, &plain).unwrap();
    assert!((exact.effects.att - short.effects.att).abs() < 0.01 && exact.rest.change < short.rest.change);
}

#[test]
fn draws_do_not_depend_on_threads() {
    let grid = world(3, 20, 15, 4, 1.0, 0.3);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bootstrap(&grid, &Options::new(Structure::Factors(1)), 8, Seed(1)).unwrap())
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn each_fault_is_named() {
    let good = world(1, 8, 10, 2, 1.0, 0.3);
    let run = |grid: &Grid, r: usize| interactive_effects(grid, &Options::new(Structure::Factors(r))).map(|_| ());
    assert!(matches!(run(&Grid { treated: vec![true], ..good.clone() }, 0), Err(GridError::Shape { .. })));
    assert_eq!(run(&Grid { treated: vec![false; 80], ..good.clone() }, 0), Err(GridError::NoTreated));
    let mut holed = good.clone();
    holed.covariates[0][13] = f64::NAN;
    assert_eq!(run(&holed, 0), Err(GridError::Covariate { covariate: 0, unit: 1, period: 3 }));
    let mut early = good.clone();
    early.treated[..10].fill(true);
    assert_eq!(run(&early, 0), Err(GridError::TooFewBefore { unit: 0, found: 0, needed: 1 }));
    let mut late = good.clone();
    (0..8).for_each(|i| late.treated[i * 10 + 9] = true);
    assert_eq!(run(&late, 0), Err(GridError::TooFewUntreated { period: 9, found: 0, needed: 1 }));
    let mut flat = good.clone();
    flat.covariates[0] = (0..80).map(|c| (c % 10) as f64).collect();
    assert_eq!(run(&flat, 0), Err(GridError::Collinear { covariate: 0 }));
    assert_eq!(bootstrap(&good.pick(&[0, 4, 5, 6]), &Options::new(Structure::Factors(0)), 3, Seed(1)), Err(GridError::NoTreated));
    let stuck = settle(&mut vec![1.0], 5, 5, 0.0, |x| Ok::<_, GridError>(vec![x[0] + 1.0])).unwrap();
    assert!(stuck.change > ACCEPTED, "what NotSettled reports");
}

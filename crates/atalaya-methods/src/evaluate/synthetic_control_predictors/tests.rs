use super::*;

fn world(seed: u64, effect: f64) -> (Block, Vec<Vec<f64>>) {
    let mut stream = Seed(seed).stream(0);
    let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
    let (units, periods, start) = (16, 20, 15);
    let factors: Vec<f64> = (0..2 * periods).map(|_| normal()).collect();
    let loads: Vec<[f64; 2]> = (0..units).map(|_| [normal(), normal()]).collect();
    let load = |i: usize, k: usize| if i == 0 { 0.5 * loads[1][k] + 0.3 * loads[2][k] + 0.2 * loads[3][k] } else { loads[i][k] };
    let mut outcome = Vec::new();
    for i in 0..units {
        for t in 0..periods {
            let common = load(i, 0) * factors[t] + load(i, 1) * factors[periods + t];
            outcome.push(common + 0.1 * normal() + if i == 0 && t >= start { effect } else { 0.0 });
        }
    }
    let useful = |k: usize| (0..units).map(|i| load(i, k)).collect::<Vec<f64>>();
    let useless = (0..units).map(|_| normal()).collect();
    (Block::new(outcome, units, &[0], start).unwrap(), vec![useful(0), useful(1), useless])
}

fn ask<'a>(block: &'a Block, predictors: &'a [Vec<f64>]) -> Question<'a> {
    Question { block, predictors, window: 0..block.start(), penalty: 0.0 }
}

const SEARCH: Importance = Importance::Search { floor: -7.0, seed: Seed(1) };

/// Treated at 1 in the one predictor, donors at 0 and 4: by hand three quarters of the first.
#[test]
fn one_predictor_by_hand() {
    let block = Block::new((0..12).map(f64::from).collect(), 3, &[0], 2).unwrap();
    let found = synthetic_control_predictors(&ask(&block, &[vec![1.0, 0.0, 4.0]]), &Importance::Equal).unwrap();
    assert!((found.mixture.weights[0] - 0.75).abs() < 1e-12, "{found:?}");
    assert!(found.loss_predictors < 1e-20 && found.importance == [1.0]);
}

#[test]
fn the_unit_of_a_predictor_changes_nothing() {
    let (block, predictors) = world(1, 1.0);
    let other: Vec<Vec<f64>> =
        predictors.iter().enumerate().map(|(k, x)| x.iter().map(|x| 1e3 * x * (k + 1) as f64 + 5.0).collect()).collect();
    for importance in [Importance::Equal, Importance::Regression, Importance::Given(vec![0.5, 0.3, 0.2])] {
        let (a, b) = (
            synthetic_control_predictors(&ask(&block, &predictors), &importance),
            synthetic_control_predictors(&ask(&block, &other), &importance),
        );
        assert!((a.unwrap().mixture.att - b.unwrap().mixture.att).abs() < 1e-8, "{importance:?}");
    }
}

#[test]
fn the_search_does_no_worse_than_any_other_and_repeats() {
    let (block, mut predictors) = world(2, 1.0);
    // Outside what donors span: inside, every weight of predictors has many mixtures that match them all.
    predictors.iter_mut().for_each(|x| x[0] += 3.0);
    let question = ask(&block, &predictors);
    let found = synthetic_control_predictors(&question, &SEARCH).unwrap();
    for importance in [Importance::Equal, Importance::Given(vec![0.5, 0.5, 0.001]), Importance::Given(vec![0.9, 0.1, 0.05])] {
        assert!(found.loss_outcome <= synthetic_control_predictors(&question, &importance).unwrap().loss_outcome + 1e-12);
    }
    assert_eq!(found, synthetic_control_predictors(&question, &SEARCH).unwrap());
    let near = found.near.unwrap();
    assert!(near.nearly > 0 && near.effects[0] <= found.mixture.att + 1e-9 && near.effects[1] >= found.mixture.att - 1e-9);
    let least = found.importance.iter().copied().fold(f64::INFINITY, f64::min) / found.importance.iter().copied().fold(0.0, f64::max);
    assert!(least.ln() >= -7.0 - 1e-9);
}

#[test]
fn the_slope_is_that_of_small_steps() {
    let (block, predictors) = world(3, 0.0);
    let inner = Inner::new(&ask(&block, &predictors)).unwrap();
    let loss = |logs: &[f64]| {
        let mut scratch = Scratch::default();
        inner.solve(&logs.iter().map(|l| l.exp()).collect::<Vec<_>>(), &mut scratch, false).unwrap();
        inner.loss(&scratch.weights)
    };
    let here = [0.0, -0.7, -2.0];
    let slope = search::slope_at(&inner, &here);
    for (k, slope) in slope.iter().enumerate() {
        let step = |h: f64| here.iter().enumerate().map(|(i, l)| l + if i == k { h } else { 0.0 }).collect::<Vec<f64>>();
        let measured = (loss(&step(1e-6)) - loss(&step(-1e-6))) / 2e-6;
        assert!((measured - slope).abs() < 1e-5 * (1.0 + slope.abs()), "{k}: {measured} {slope}");
    }
}

#[test]
fn the_effect_of_a_world_is_recovered_on_average() {
    let errors: Vec<f64> = (0..60)
        .map(|s| {
            let (block, predictors) = world(s, 1.0);
            synthetic_control_predictors(&ask(&block, &predictors[..2]), &Importance::Equal).unwrap().mixture.att - 1.0
        })
        .collect();
    let (mean, spread) = (crate::evaluate::donors::mean(&errors), crate::evaluate::donors::root_mean_square(&errors));
    assert!(mean.abs() < 3.5 * spread / 60f64.sqrt() && spread < 0.4, "{mean} {spread}");
}

#[test]
fn each_fault_is_named() {
    let (block, predictors) = world(1, 0.0);
    let run = |p: &[Vec<f64>], importance: &Importance| synthetic_control_predictors(&ask(&block, p), importance).map(|_| ());
    assert_eq!(run(&[vec![1.0]], &Importance::Equal), Err(PredictorError::Predictor { predictor: 0, units: 16 }));
    assert_eq!(run(&[], &Importance::Equal), Err(PredictorError::Predictor { predictor: 0, units: 16 }));
    assert_eq!(run(&[vec![2.0; 16]], &Importance::Equal), Err(PredictorError::Constant { predictor: 0 }));
    assert_eq!(run(&predictors, &Importance::Given(vec![1.0])), Err(PredictorError::Weights { found: 1, predictors: 3 }));
    let late = Question { window: 3..18, ..ask(&block, &predictors) };
    assert!(matches!(synthetic_control_predictors(&late, &Importance::Equal), Err(PredictorError::Window { .. })));
}

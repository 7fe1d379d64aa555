use super::*;
use crate::evaluate::donors::Caution;
use atalaya_kernel::Seed;

/// Units that follow three factors, the first treated from `start` on with `effect`, and in their midst.
fn world(seed: u64, units: usize, periods: usize, start: usize, effect: f64, noise: f64) -> Block {
    draw(seed, [units, periods, start], effect, noise, true)
}

fn draw(seed: u64, [units, periods, start]: [usize; 3], effect: f64, noise: f64, inside: bool) -> Block {
    let mut stream = Seed(seed).stream(0);
    let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
    let factors: Vec<f64> = (0..3 * periods).map(|_| normal()).collect();
    let loadings: Vec<f64> = (0..3 * units).map(|_| normal()).collect();
    let mut outcome = Vec::new();
    for i in 0..units {
        // The treated is the middle of the next four, so that a mixture exists.
        let load = |k: usize| if i == 0 && inside { (1..5).map(|j| loadings[3 * j + k] / 4.0).sum() } else { loadings[3 * i + k] };
        for t in 0..periods {
            let common: f64 = (0..3).map(|k| load(k) * factors[3 * t + k]).sum();
            outcome.push(common + noise * normal() + if i == 0 && t >= start { effect } else { 0.0 });
        }
    }
    Block::new(outcome, units, &[0], start).unwrap()
}

/// The treated is a quarter of one donor and three quarters of another; by hand the weights are those.
#[test]
fn a_mixture_that_exists_is_found() {
    let (a, b) = ([1.0, 2.0, 4.0, 3.0, 5.0], [2.0, 1.0, 0.0, 2.0, 1.0]);
    let treated: Vec<f64> = a.iter().zip(&b).enumerate().map(|(t, (a, b))| 0.25 * a + 0.75 * b + if t == 4 { 10.0 } else { 0.0 }).collect();
    let block = Block::new([&treated[..], &a, &b].concat(), 3, &[0], 4).unwrap();
    let found = synthetic_control(&block, &Options::default()).unwrap();
    assert!((found.weights[0] - 0.25).abs() < 1e-12 && (found.att - 10.0).abs() < 1e-12, "{found:?}");
}

#[test]
fn what_is_common_to_all_changes_nothing() {
    let block = world(1, 12, 20, 14, 2.0, 0.3);
    let moved: Vec<f64> =
        (0..12).flat_map(|i| block.series(i).iter().enumerate().map(|(t, y)| y + 7.0 * (t as f64).sin() + 40.0)).collect();
    let moved = Block::new(moved, 12, &[0], 14).unwrap();
    for options in [Options::default(), Options { intercept: true, ..Default::default() }, Options { penalty: 0.1, ..Default::default() }] {
        let (a, b) = (synthetic_control(&block, &options).unwrap(), synthetic_control(&moved, &options).unwrap());
        assert!((a.att - b.att).abs() < 1e-9, "{options:?}");
    }
    let level: Vec<f64> = (0..12).flat_map(|i| block.series(i).iter().map(move |y| y + if i == 0 { 100.0 } else { 0.0 })).collect();
    let options = Options { intercept: true, ..Default::default() };
    let (a, b) =
        (synthetic_control(&block, &options).unwrap(), synthetic_control(&Block::new(level, 12, &[0], 14).unwrap(), &options).unwrap());
    assert!((a.att - b.att).abs() < 1e-9, "an intercept takes up a level");
}

#[test]
fn the_effect_of_a_world_is_recovered_on_average() {
    let errors: Vec<f64> =
        (0..200).map(|s| synthetic_control(&world(s, 20, 40, 30, 2.0, 0.2), &Options::default()).unwrap().att - 2.0).collect();
    let (bias, spread) = (mean(&errors), crate::evaluate::donors::root_mean_square(&errors));
    assert!(bias.abs() < 3.0 * spread / 200f64.sqrt() && spread < 0.2, "{bias} {spread}");
}

#[test]
fn on_nulls_the_placebo_test_rejects_as_often_as_it_says() {
    let p = |s: u64, inside: bool| {
        let block = draw(5_000 + s, [20, 24, 18], 0.0, 1.0, inside);
        space_placebos(&block, &Options::default(), Pool::All).unwrap().rank_of_treated().1
    };
    let small = |inside: bool| (0..400).filter(|s| p(*s, inside) <= 0.1).count();
    // Binomial(400, 0.1): mean 40, standard deviation 6.
    assert!((24..=58).contains(&small(false)), "{} of 400 at 10 %", small(false));
    // A treated unit in the midst of the donors fits better than they do, and the ratio test rejects too often.
    assert!(small(true) > 58, "the size distortion that a treated unit like no other brings");
}

#[test]
fn placebos_from_shared_products_are_those_of_single_fits() {
    let block = world(3, 10, 16, 11, 1.0, 0.4);
    for options in
        [Options::default(), Options { intercept: true, ..Default::default() }, Options { penalty: 0.05, ridge: 0.3, ..Default::default() }]
    {
        let all = space_placebos(&block, &options, Pool::Untreated).unwrap();
        for (at, &unit) in all.units.iter().enumerate().skip(1) {
            let single = synthetic_control(&block.placebo(&[unit]).unwrap(), &options).unwrap();
            assert!(
                (single.att - all.att[at]).abs() < 1e-8 && (single.rmspe_before - all.rmspe_before[at]).abs() < 1e-8,
                "{unit} {options:?}"
            );
        }
        assert!((all.att[0] - synthetic_control(&block, &options).unwrap().att).abs() < 1e-8);
    }
}

#[test]
fn cautions_speak_where_they_should() {
    let twin = Block::new(vec![1.0, 2.0, 3.0, 9.0, 1.0, 2.0, 3.0, 4.0, 7.0, 1.0, 7.0, 1.0], 3, &[0], 3).unwrap();
    let found = synthetic_control(&twin, &Options::default()).unwrap();
    assert!(found.cautions.contains(&Caution::OneDonor { unit: 1 }), "{found:?}");
    let far = Block::new(vec![100.0, 101.0, 99.0, 9.0, 1.0, 2.0, 3.0, 4.0, 7.0, 1.0, 7.0, 1.0], 3, &[0], 3).unwrap();
    assert!(synthetic_control(&far, &Options::default()).unwrap().cautions.iter().any(|c| matches!(c, Caution::PoorFit { .. })));
    let many = world(2, 30, 6, 3, 0.0, 0.1);
    assert!(synthetic_control(&many, &Options::default()).unwrap().cautions.iter().any(|c| matches!(c, Caution::NotUnique { .. })));
}

#[test]
fn placebos_are_refused_without_units_to_try() {
    let two = Block::new(vec![1.0; 25], 5, &[0, 1], 2).unwrap();
    assert_eq!(space_placebos(&two, &Options::default(), Pool::All), Err(BlockError::NoTreated));
    let few = Block::new(vec![1.0; 15], 3, &[0], 2).unwrap();
    assert!(matches!(space_placebos(&few, &Options::default(), Pool::All), Err(BlockError::NoDonors { .. })));
    assert!(matches!(time_placebo(&few, 1, &Options::default()), Err(BlockError::TreatedFromStart { .. })));
}

#[test]
fn leaving_a_donor_out_answers_for_each_that_carries() {
    let block = world(3, 10, 16, 11, 1.0, 0.4);
    let full = synthetic_control(&block, &Options::default()).unwrap();
    assert_eq!(leave_one_out(&block, &Options::default()).unwrap().len(), full.kkt.unwrap().support);
}

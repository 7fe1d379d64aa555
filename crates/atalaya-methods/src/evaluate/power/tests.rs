use super::super::chance::Normals;
use super::*;
use crate::num::distribution::{normal_cdf, normal_quantile};

/// Unit levels, common shocks and independent normals.
fn noise(units: usize, periods: usize, seed: u64) -> Vec<f64> {
    let mut stream = Seed(seed).stream(0);
    let mut chance = Normals::new(move || stream.unit());
    let common: Vec<f64> = (0..periods).map(|_| chance.normal()).collect();
    (0..units)
        .flat_map(|_| {
            let level = 3.0 * chance.normal();
            common.iter().map(|c| level + c + chance.normal()).collect::<Vec<f64>>()
        })
        .collect()
}

fn plan(treated: usize, before: usize, after: usize) -> Plan {
    Plan { starts: vec![0; treated], before, after, eligible: vec![] }
}

/// Independent unit normals: the variance of a difference of differences of means is known, and with it the power.
#[test]
fn a_test_of_differences_has_its_textbook_power() {
    let outcome = noise(60, 40, 1);
    let past = Past { outcome: &outcome, units: 60, periods: 40 };
    let options = Options { draws: 2_000, effects: &[0.0, 0.3], ..Options::new(Estimator::Twfe) };
    let found = power(&past, &plan(30, 6, 4), &options).unwrap();
    let se: f64 = ((1.0 / 6.0 + 1.0 / 4.0) * (2.0 / 30.0f64)).sqrt();
    assert!((found.false_alarms - 0.05).abs() < 0.02, "{found:?}");
    assert!((found.spread / se - 1.0).abs() < 0.08, "{} {se}", found.spread);
    let textbook = se * (normal_quantile(0.975) + normal_quantile(0.8));
    let [down, up] = found.detectable;
    assert!((up.unwrap() / textbook - 1.0).abs() < 0.1 && (down.unwrap() / textbook + 1.0).abs() < 0.1, "{found:?} {textbook}");
    assert!((found.curve[1].power - normal_cdf(0.3 / se - 1.96)).abs() < 0.05, "{found:?}");
    assert!(found.curve[0].power == found.false_alarms && !found.enumerated && found.refused == 0);
}

/// A fit with the effect in the data speaks exactly where the fit without it says it would.
#[test]
fn one_fit_tells_every_effect() {
    let outcome = noise(14, 20, 2);
    let past = Past { outcome: &outcome, units: 14, periods: 20 };
    let every = [
        Estimator::Twfe,
        Estimator::TwfeJackknife,
        Estimator::Did,
        Estimator::Imputation,
        Estimator::SyntheticControl,
        Estimator::SyntheticDid,
    ];
    for (which, estimator) in every.into_iter().enumerate() {
        for treated in [1, 3] {
            let planned = plan(treated, 12, 4);
            let options = Options { alpha: 0.1, ..Options::new(estimator) };
            let maker = trial::Maker::new(&past, &planned, &options).unwrap();
            for number in 0..6 {
                let trial = maker.trial(number);
                let Ok(silent) = estimator.read(&trial, 0.1, Seed(1)) else { continue };
                for effect in [-2.0, -0.5, 0.4, 1.1, 3.0] {
                    let moved = estimator.read(&trial.with(effect), 0.1, Seed(1)).unwrap();
                    let near = |a: f64, b: f64| a == b || (a - b).abs() < 1e-6;
                    assert!(near(moved.estimate, silent.estimate + effect), "{which}: {moved:?} {silent:?}");
                    assert!((0..2).all(|k| near(moved.silent[k], silent.silent[k] - effect)), "{which}: {moved:?} {silent:?}");
                }
            }
        }
    }
}

#[test]
fn too_few_clusters_cry_wolf_and_it_shows() {
    let outcome = noise(12, 30, 3);
    let past = Past { outcome: &outcome, units: 12, periods: 30 };
    let options = Options { draws: 400, ..Options::new(Estimator::Twfe) };
    let found = power(&past, &plan(1, 8, 4), &options).unwrap();
    assert!(found.false_alarms > 0.3, "one treated cluster: {}", found.false_alarms);
    assert!(found.stretch > 1.5 && found.detectable_stretched[1] > found.detectable[1]);
    let fair = power(&past, &plan(1, 8, 4), &Options { estimator: Estimator::SyntheticControl, alpha: 0.1, ..options }).unwrap();
    assert!(fair.false_alarms < 0.16, "{}", fair.false_alarms);
}

#[test]
fn few_placebos_are_all_tried() {
    let outcome = noise(8, 12, 4);
    let past = Past { outcome: &outcome, units: 8, periods: 12 };
    let found = power(&past, &plan(1, 6, 4), &Options::new(Estimator::SyntheticControl)).unwrap();
    assert_eq!((found.trials, found.enumerated), (8 * 3, true));
    // Seven donors: no rank is below one in eight, so no effect however large is seen at 5 %.
    assert_eq!((found.detectable, found.false_alarms), ([None, None], 0.0));
    let only = Plan { eligible: vec![2], ..plan(1, 6, 4) };
    assert_eq!(power(&past, &only, &Options::new(Estimator::Twfe)).unwrap().trials, 3);
}

#[test]
fn staggered_plans_and_gaps_are_tried() {
    let mut outcome = noise(20, 16, 5);
    outcome[7] = f64::NAN;
    outcome[100] = f64::NAN;
    let past = Past { outcome: &outcome, units: 20, periods: 16 };
    let planned = Plan { starts: vec![0, 0, 2, 2, 3], before: 6, after: 6, eligible: vec![] };
    for estimator in [Estimator::Did, Estimator::Imputation, Estimator::Twfe] {
        let found = power(&past, &planned, &Options { draws: 100, ..Options::new(estimator) }).unwrap();
        assert!(found.refused == 0 && found.bias.abs() < 0.3 && found.detectable[1].unwrap() > 0.3, "{found:?}");
        assert!(found.curve.first().unwrap().power > 0.8 && found.curve.last().unwrap().power > 0.8);
    }
}

#[test]
fn blocks_lengthen_a_short_past() {
    let outcome = noise(30, 10, 6);
    let past = Past { outcome: &outcome, units: 30, periods: 10 };
    let planned = plan(15, 10, 8);
    let refused = power(&past, &planned, &Options::new(Estimator::Twfe)).unwrap_err();
    assert_eq!(refused, PowerError::ShortPast { periods: 10, needed: 18 });
    let found = power(&past, &planned, &Options { source: Source::Blocks(2), draws: 800, ..Options::new(Estimator::Twfe) }).unwrap();
    let se: f64 = ((1.0 / 10.0 + 1.0 / 8.0) * (2.0 / 15.0f64)).sqrt();
    assert!((found.spread / se - 1.0).abs() < 0.15 && (found.false_alarms - 0.05).abs() < 0.04, "{found:?} {se}");
}

#[test]
fn threads_change_nothing() {
    let outcome = noise(12, 20, 7);
    let past = Past { outcome: &outcome, units: 12, periods: 20 };
    let run = || power(&past, &plan(2, 8, 3), &Options { draws: 60, ..Options::new(Estimator::SyntheticDid) }).unwrap();
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(run);
    assert_eq!(one, rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap().install(run));
}

#[test]
fn each_refusal_is_provoked() {
    let outcome = noise(6, 10, 8);
    let past = Past { outcome: &outcome, units: 6, periods: 10 };
    let usual = Options::new(Estimator::Twfe);
    let no = |past: &Past<'_>, plan: &Plan, options: &Options<'_>| power(past, plan, options).unwrap_err();
    assert_eq!(no(&Past { units: 7, ..past }, &plan(1, 4, 2), &usual), PowerError::Shape { found: 60, units: 7, periods: 10 });
    assert_eq!(no(&past, &plan(0, 4, 2), &usual), PowerError::NoTreated);
    assert_eq!(no(&past, &plan(5, 4, 2), &usual), PowerError::NoDonors { units: 6, treated: 5, needed: 2 });
    assert_eq!(no(&past, &plan(1, 1, 2), &usual), PowerError::ShortPast { periods: 1, needed: 2 });
    assert_eq!(no(&past, &plan(1, 9, 2), &usual), PowerError::ShortPast { periods: 10, needed: 11 });
    for odd in [Options { alpha: 1.0, ..usual }, Options { power: 0.0, ..usual }, Options { draws: 0, ..usual }] {
        assert!(matches!(no(&past, &plan(1, 4, 2), &odd), PowerError::OutOfRange { .. }));
    }
    assert!(matches!(no(&past, &plan(1, 4, 2), &Options { source: Source::Blocks(11), ..usual }), PowerError::OutOfRange { .. }));
    let late = Plan { starts: vec![2], ..plan(1, 4, 2) };
    assert!(matches!(no(&past, &late, &usual), PowerError::OutOfRange { .. }));
    let two = Plan { starts: vec![0, 1], ..plan(2, 4, 2) };
    assert!(matches!(no(&past, &two, &Options::new(Estimator::SyntheticDid)), PowerError::ManyStarts { starts: 2, .. }));
    let never = |_: &Trial, _: f64| Err(TrialError::Own("no".into()));
    let refused = no(&past, &plan(1, 4, 2), &Options::new(Estimator::Own(&never)));
    assert!(matches!(refused, PowerError::AllRefused { first: TrialError::Own(_), .. }));
}

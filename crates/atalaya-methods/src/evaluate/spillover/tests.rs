use super::super::chance::Normals;
use super::*;
use atalaya_kernel::Seed;

/// A panel and where its units are.
struct World {
    y: Vec<f64>,
    unit: Vec<u32>,
    period: Vec<i64>,
    cohort: Vec<Option<i64>>,
    places: Vec<[f64; 2]>,
    starts: Vec<Option<i64>>,
}

impl World {
    fn new(places: Vec<[f64; 2]>, starts: Vec<Option<i64>>, periods: i64, mut y: impl FnMut(usize, i64) -> f64) -> World {
        let mut w = World { y: vec![], unit: vec![], period: vec![], cohort: vec![], places, starts };
        for i in 0..w.places.len() {
            for t in 1..=periods {
                w.y.push(y(i, t));
                w.unit.push(i as u32);
                w.period.push(t);
                w.cohort.push(w.starts[i]);
            }
        }
        w
    }

    fn panel(&self) -> Staggered<'_> {
        Staggered {
            y: &self.y,
            unit: &self.unit,
            period: &self.period,
            cohort: &self.cohort,
            names: &[],
            x: &[],
            weights: None,
            cluster: None,
        }
    }

    fn rings(&self, breaks: &[f64]) -> Exposure {
        Exposure::rings(&self.places, &self.starts, breaks).unwrap()
    }
}

/// Changes: treated 5, exposed -1, clean 1 and 2. Direct 5 - 1.5, displaced -1 - 1.5; naive 5 - 2/3.
#[test]
fn by_hand() {
    let change = [5.0, -1.0, 1.0, 2.0];
    let places = vec![[0.0, 0.0], [0.0, 0.1], [0.0, 5.0], [0.0, 9.0]];
    let w = World::new(places, vec![Some(2), None, None, None], 2, |i, t| i as f64 + if t == 2 { change[i] } else { 0.0 });
    let made = spillover(&w.panel(), &w.rings(&[0.0, 20.0]), Errors::Clustered, 0.95).unwrap();
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    near(made.direct.line.estimate, 3.5);
    near(made.exposed[0].line.estimate, -2.5);
    near(made.total.estimate, 1.0);
    near(made.net.estimate, 1.0);
    near(made.naive.estimate, 5.0 - 2.0 / 3.0);
    // Each clean unit adds a quarter to either error and a half to that of their sum; 4 clusters.
    near(made.direct.line.se, (2.0 * 0.0625 * 4.0 / 3.0f64).sqrt());
    near(made.total.se, (2.0 * 0.25 * 4.0 / 3.0f64).sqrt());
    assert_eq!((made.pure_controls, made.left_out, made.clusters, made.direct.units, made.exposed[0].rows), (2, 0, 4, 1, 1));
    assert_eq!((made.exposed[0].line.name.as_str(), made.paths.len(), made.paths[1].age), ("0-20 km", 2, Some(0)));
}

/// A world that any program can make: `SpilloverDiD(rings=[0, 30, 60], cluster="unit")` of diff-diff 3.13.0 on it, which
/// also divides by rows less coefficients, 189 for 191. Its error of the direct effect is 0.8 % below what a dense
/// computation of the two stages gives (numpy 2, pinv); that of rings is the same to all digits.
#[test]
fn diff_diff_finds_the_same() {
    let place = |i: usize| [0.25 * (i / 6) as f64 + if i >= 18 { 5.0 } else { 0.0 }, 0.25 * (i % 6) as f64];
    let wanted = [
        (4, 4, [1.958_466_666_568_407_4, 0.112_609_523_711_265_01, 0.040_966_666_568_407_605]),
        (5, 6, [1.768_181_878_249_404, -0.138_231_709_597_567_78, 0.001_345_124_662_187_080_8]),
    ];
    let errors = [
        [0.223_407_144_995_964_56, 0.230_925_014_722_472, 0.190_987_157_531_595_12],
        [0.270_131_507_923_064_95, 0.169_223_033_754_906_44, 0.231_529_621_151_051_9],
    ];
    let dense = [0.224_001_303_826_433_24, 0.271_848_621_630_437_77];
    for (((second, third, effects), errors), dense) in wanted.into_iter().zip(errors).zip(dense) {
        let start = |i: usize| match i {
            0 => Some(4),
            5 | 20 => Some(second),
            12 => Some(third),
            _ => None,
        };
        let starts: Vec<Option<i64>> = (0..24).map(start).collect();
        let y = |i: usize, t: i64| {
            let noise = ((i * 7_919 + t as usize * 104_729 + i * t as usize * 31) % 101) as f64 / 50.0;
            (i % 5) as f64 + 0.3 * t as f64 + noise + if start(i).is_some_and(|g| t >= g) { 2.0 } else { 0.0 }
        };
        let w = World::new((0..24).map(place).collect(), starts, 8, y);
        let made = spillover(&w.panel(), &w.rings(&[0.0, 30.0, 60.0]), Errors::Clustered, 0.95).unwrap();
        let lines = [&made.direct.line, &made.exposed[0].line, &made.exposed[1].line];
        // The peer's elimination stops at about 1e-10.
        assert!((0..3).all(|k| (lines[k].estimate - effects[k]).abs() < 1e-9), "{lines:?}");
        let factor = (191.0 / 189.0f64).sqrt();
        assert!((1..3).all(|k| (factor * lines[k].se / errors[k] - 1.0).abs() < 1e-9), "{lines:?}");
        assert!((lines[0].se / dense - 1.0).abs() < 1e-12 && (factor * lines[0].se / errors[0] - 1.0).abs() < 0.013);
    }
}

fn home(seed: u64) -> World {
    let mut stream = Seed(seed).stream(0);
    let mut chance = Normals::new(move || stream.unit());
    let start = |i: usize| (i % 10 == 0).then_some(if i % 20 == 0 { 5 } else { 6 });
    let starts: Vec<Option<i64>> = (0..200).map(start).collect();
    let levels: Vec<f64> = (0..200).map(|_| 2.0 * chance.normal()).collect();
    let y = |i: usize, t: i64| {
        let centre = [i / 10 * 10, (i + 9) / 10 * 10].into_iter().filter(|c| *c < 200 && c.abs_diff(i) < 3).collect::<Vec<_>>();
        let on = centre.first().is_some_and(|c| start(*c).is_some_and(|g| t >= g));
        let effect = match centre.first().map(|c| c.abs_diff(i)) {
            Some(0) => 1.0,
            Some(1) => -0.5,
            Some(2) => -0.2,
            _ => 0.0,
        };
        levels[i] + 0.1 * t as f64 + chance.normal() + if on { effect } else { 0.0 }
    };
    World::new((0..200).map(|i| [0.0, 0.1 * i as f64]).collect(), starts, 9, y)
}

#[test]
fn what_is_displaced_biases_the_naive_answer() {
    let runs: Vec<Spillover> = (0..60)
        .map(|s| {
            let w = home(s);
            spillover(&w.panel(), &w.rings(&[0.0, 12.0, 24.0]), Errors::Clustered, 0.95).unwrap()
        })
        .collect();
    let mean = |f: &dyn Fn(&Spillover) -> f64| runs.iter().map(f).sum::<f64>() / 60.0;
    assert!((mean(&|r| r.direct.line.estimate) - 1.0).abs() < 0.06);
    assert!((mean(&|r| r.exposed[0].line.estimate) + 0.5).abs() < 0.05);
    // Half the untreated fall by 0.5 or 0.2: what is compared with has fallen, so the effect looks larger.
    assert!(mean(&|r| r.naive.estimate) > 1.1);
    assert!(runs.iter().filter(|r| r.p < 0.05).count() > 50);
    // Twenty treated with two neighbours on either side; the first has none on its left.
    assert_eq!(runs[0].pure_controls, 200 - 20 - 78);
}

#[test]
fn coverage_in_its_own_world() {
    let mut held = [0; 4];
    for seed in 0..400 {
        let w = home(1_000 + seed);
        let made = spillover(&w.panel(), &w.rings(&[0.0, 12.0, 24.0]), Errors::Clustered, 0.95).unwrap();
        let exposed = [(1, -0.5), (2, -0.2)].map(|(k, e)| e * made.exposed[k - 1].rows as f64);
        let truth = made.direct.rows as f64 + exposed[0] + exposed[1];
        let lines = [(&made.direct.line, 1.0), (&made.exposed[0].line, -0.5), (&made.exposed[1].line, -0.2), (&made.total, truth)];
        for (held, (line, truth)) in held.iter_mut().zip(lines) {
            *held += usize::from((line.interval[0]..=line.interval[1]).contains(&truth));
        }
    }
    // 380 of 400 expected, three Monte Carlo errors of 4.4.
    assert!(held.iter().all(|h| (366..=394).contains(h)), "{held:?} of 400");
}

#[test]
fn on_one_spot_is_a_cluster() {
    let w = home(7);
    let exposure = w.rings(&[0.0, 12.0, 24.0]);
    let plain = spillover(&w.panel(), &exposure, Errors::Clustered, 0.95).unwrap();
    let near = spillover(&w.panel(), &exposure, Errors::Conley { places: &w.places, cutoff: 1.0 }, 0.95).unwrap();
    assert!((plain.total.se - near.total.se).abs() < 1e-12);
    // Pairs on one spot, far from all others.
    let pairs: Vec<[f64; 2]> = (0..200).map(|i| [0.0, (i / 2) as f64]).collect();
    let on_spot = spillover(&w.panel(), &exposure, Errors::Conley { places: &pairs, cutoff: 1.0 }, 0.95).unwrap();
    let cluster: Vec<u32> = w.unit.iter().map(|u| u / 2).collect();
    let panel = Staggered { cluster: Some(&cluster), ..w.panel() };
    let clustered = spillover(&panel, &exposure, Errors::Clustered, 0.95).unwrap();
    let factor: f64 = (200.0 / 199.0) / (100.0 / 99.0);
    assert!((on_spot.direct.line.se / clustered.direct.line.se - factor.sqrt()).abs() < 1e-10);
    assert_eq!((on_spot.clusters, clustered.clusters), (200, 100));
}

#[test]
fn without_a_pure_control_it_is_refused() {
    let places: Vec<[f64; 2]> = (0..5).map(|i| [0.0, 0.1 * f64::from(i)]).collect();
    let w = World::new(places, vec![None, None, Some(2), None, None], 3, |i, t| (i as i64 * t % 3) as f64);
    let refused = |breaks: &[f64]| spillover(&w.panel(), &w.rings(breaks), Errors::Clustered, 0.95).unwrap_err();
    assert_eq!(refused(&[0.0, 30.0]), SpilloverError::NoPureControl { units: 5, treated: 1, exposed: 4 });
    assert_eq!(refused(&[0.0, 1.0]), SpilloverError::NoExposed);
    let short = Exposure::rings(&w.places[1..], &w.starts[1..], &[0.0, 12.0]).unwrap();
    let other = spillover(&w.panel(), &short, Errors::Clustered, 0.95).unwrap_err();
    assert_eq!(other, SpilloverError::NoPlace { unit: 4, units: 4 });
    let exposure = w.rings(&[0.0, 12.0]);
    for errors in [Errors::Conley { places: &w.places, cutoff: 0.0 }, Errors::Conley { places: &w.places[1..], cutoff: 5.0 }] {
        assert!(matches!(spillover(&w.panel(), &exposure, errors, 0.95), Err(SpilloverError::Panel(_))));
    }
    let one = vec![1; w.y.len()];
    let panel = Staggered { cluster: Some(&one), ..w.panel() };
    assert_eq!(spillover(&panel, &exposure, Errors::Clustered, 0.95), Err(Refusal::FewClusters { found: 1 }.into()));
}

use super::*;
use atalaya_kernel::Seed;

fn solve_series(series: &[f64], target: &[f64], n: usize, ridge: f64) -> (Vec<f64>, Kkt) {
    let length = target.len();
    let gram = gram(series, n);
    let linear: Vec<f64> = (0..n).map(|j| dot(&series[j * length..(j + 1) * length], target)).collect();
    let problem = Quadratic { gram: &gram, linear: &linear, ridge, allowed: &[] };
    let mut weights = vec![0.0; n];
    let kkt = solve(&problem, &mut Workspace::default(), &mut weights).unwrap();
    (weights, kkt)
}

/// The nearest point of the triangle (0,0) (1,0) (0,1) to (2,1) is (1,0); to (1,1), its edge's middle.
#[test]
fn the_nearest_point_of_a_triangle_is_found_by_hand() {
    let corners = [0.0, 0.0, 1.0, 0.0, 0.0, 1.0];
    assert_eq!(solve_series(&corners, &[2.0, 1.0], 3, 0.0).0, [0.0, 1.0, 0.0]);
    let (w, kkt) = solve_series(&corners, &[1.0, 1.0], 3, 0.0);
    assert!(w[0] == 0.0 && (w[1] - 0.5).abs() < 1e-15 && (w[2] - 0.5).abs() < 1e-15, "{w:?}");
    assert_eq!((kkt.support, kkt.ties), (2, 0));
}

#[test]
fn a_point_inside_many_triangles_has_ties_and_says_so() {
    let square = [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0];
    let (w, kkt) = solve_series(&square, &[0.5, 0.5], 4, 0.0);
    assert!((w.iter().sum::<f64>() - 1.0).abs() < 1e-14);
    assert!(kkt.gap < 1e-14 && kkt.ties > 0, "{kkt:?}");
}

#[test]
fn weights_of_random_programmes_are_feasible_and_optimal() {
    for seed in 0..200u64 {
        let mut stream = Seed(seed).stream(1);
        let (n, length) = (2 + stream.below(60) as usize, 1 + stream.below(40) as usize);
        let series: Vec<f64> = (0..n * length).map(|_| stream.unit() * 10.0 - 5.0).collect();
        let target: Vec<f64> = (0..length).map(|_| stream.unit() * 6.0 - 3.0).collect();
        let ridge = if seed % 3 == 0 { 0.7 } else { 0.0 };
        let (w, kkt) = solve_series(&series, &target, n, ridge);
        assert!(w.iter().all(|w| *w >= 0.0) && (w.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(kkt.relative_gap < 1e-12, "{seed}: {kkt:?}");
    }
}

#[test]
fn the_last_answer_as_a_start_leads_to_the_same_end() {
    let mut space = Workspace::default();
    for seed in 0..60u64 {
        let mut stream = Seed(seed).stream(2);
        let series: Vec<f64> = (0..30 * 12).map(|_| stream.unit()).collect();
        let gram = gram(&series, 30);
        let linear: Vec<f64> = (0..30).map(|_| 0.2 * stream.unit()).collect();
        let problem = Quadratic { gram: &gram, linear: &linear, ridge: 0.01, allowed: &[] };
        let (mut cold, mut warm) = (vec![0.0; 30], vec![0.0; 30]);
        solve(&problem, &mut Workspace::default(), &mut cold).unwrap();
        solve_from_last(&problem, &mut space, &mut warm).unwrap();
        assert!(cold.iter().zip(&warm).all(|(a, b)| (a - b).abs() < 1e-9), "{seed}");
    }
}

#[test]
fn weights_that_are_not_allowed_stay_zero() {
    let series = [0.0, 1.0, 2.0];
    let gram = gram(&series, 3);
    let problem = Quadratic { gram: &gram, linear: &[0.0, 2.0, 4.0], ridge: 0.0, allowed: &[true, true, false] };
    let mut weights = vec![0.0; 3];
    solve(&problem, &mut Workspace::default(), &mut weights).unwrap();
    assert_eq!(weights, [0.0, 1.0, 0.0]);
}

#[test]
fn a_programme_that_is_not_convex_is_refused() {
    // Both corners are minima of this saddle, and the least one is found; NaN is what cannot be solved.
    let problem = Quadratic { gram: &[f64::NAN; 4], linear: &[0.0, 0.0], ridge: 0.0, allowed: &[] };
    let found = solve(&problem, &mut Workspace::default(), &mut [0.0; 2]);
    assert!(matches!(found, Err(NotSolved { .. })), "{found:?}");
}

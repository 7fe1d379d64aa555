//! Frank-Wolfe steps with an early stop, as R's `synthdid` 0.0.9 takes them: to reproduce its numbers.

use crate::evaluate::simplex::Quadratic;
use crate::num::{axpy, dot};

/// What the stopping rule needs of the rows behind a programme.
pub struct Rows {
    /// How many rows there are.
    pub count: f64,
    /// The target's product with itself.
    pub own: f64,
    /// Steps end when the mean squared error falls by less than the square of this.
    pub min_decrease: f64,
}

/// Steps before small weights are cut off, and after.
const STEPS: [usize; 2] = [100, 10_000];

/// The weights where the steps end.
pub fn weights(problem: &Quadratic<'_>, rows: &Rows) -> Vec<f64> {
    let n = problem.linear.len();
    let used: Vec<usize> = (0..n).filter(|&j| problem.allowed.is_empty() || problem.allowed[j]).collect();
    let mut x = vec![0.0; n];
    used.iter().for_each(|&j| x[j] = 1.0 / used.len() as f64);
    descend(problem, rows, &used, &mut x, STEPS[0]);
    let largest = x.iter().copied().fold(0.0, f64::max);
    x.iter_mut().filter(|w| **w <= largest / 4.0).for_each(|w| *w = 0.0);
    let total: f64 = x.iter().sum();
    x.iter_mut().for_each(|w| *w /= total);
    descend(problem, rows, &used, &mut x, STEPS[1]);
    x
}

fn descend(problem: &Quadratic<'_>, rows: &Rows, used: &[usize], x: &mut [f64], steps: usize) {
    let n = x.len();
    let column = |j: usize| &problem.gram[j * n..(j + 1) * n];
    let mut product = vec![0.0; n];
    (0..n).filter(|&j| x[j] != 0.0).for_each(|j| axpy(x[j], column(j), &mut product));
    let mut last = f64::INFINITY;
    for step in 0..steps {
        let slope = |j: usize| product[j] - problem.linear[j] + problem.ridge * x[j];
        let at = used.iter().copied().fold(used[0], |best, j| if slope(j) < slope(best) { j } else { best });
        let moved = |j: usize| if j == at { 1.0 - x[j] } else { -x[j] };
        let down: f64 = -(0..n).map(|j| slope(j) * moved(j)).sum::<f64>();
        // The change of the fit is column `at` less the fit itself.
        let bend = column(at)[at] - 2.0 * product[at] + dot(x, &product);
        let squares: f64 = (0..n).map(|j| moved(j).powi(2)).sum();
        if squares > 0.0 {
            let share = (down / (bend + problem.ridge * squares)).clamp(0.0, 1.0);
            for j in 0..n {
                product[j] += share * (column(at)[j] - product[j]);
                x[j] += share * if j == at { 1.0 - x[j] } else { -x[j] };
            }
        }
        let error = dot(x, &product) - 2.0 * dot(problem.linear, x) + rows.own;
        let value = (problem.ridge * dot(x, x) + error) / rows.count;
        if step >= 1 && last - value <= rows.min_decrease.powi(2) {
            return;
        }
        last = value;
    }
}

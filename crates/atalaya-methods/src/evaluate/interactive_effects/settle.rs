//! The fixed point of a slow iteration, by Anderson's mixing of its last steps.
//!
//! Source: Walker and Ni (2011), SIAM Journal on Numerical Analysis 49(4), 1715-1735.

use crate::num::{Matrix, dot, least_squares};

/// How many past steps are mixed.
const MEMORY: usize = 12;

/// Where an iteration came to rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rest {
    /// Steps taken.
    pub steps: usize,
    /// The last step's length over the length of the point.
    pub change: f64,
}

/// Repeats `map` from `state` until a step is shorter than `tolerance` times the point or no longer shrinks; the
/// state is left where it rests. The first `plain` steps are taken as they come.
pub fn settle<E>(
    state: &mut Vec<f64>,
    plain: usize,
    limit: usize,
    tolerance: f64,
    mut map: impl FnMut(&[f64]) -> Result<Vec<f64>, E>,
) -> Result<Rest, E> {
    let mut steps_past: Vec<Vec<f64>> = Vec::new();
    let mut points_past: Vec<Vec<f64>> = Vec::new();
    let (mut change, mut best) = (f64::INFINITY, f64::INFINITY);
    let mut best_state = state.clone();
    for steps in 1..=limit {
        let point = map(state)?;
        let step: Vec<f64> = point.iter().zip(state.iter()).map(|(p, s)| p - s).collect();
        change = dot(&step, &step).sqrt() / (1e-300 + dot(&point, &point).sqrt());
        if change < best {
            best = change;
            best_state.clone_from(&point);
        }
        if change <= tolerance || state.is_empty() {
            *state = best_state;
            return Ok(Rest { steps, change: best });
        }
        // A mixture that strayed: begin again from the best point.
        if steps > plain && change > 10.0 * best.max(tolerance) {
            steps_past.clear();
            points_past.clear();
            state.clone_from(&best_state);
            continue;
        }
        let next = if steps <= plain || steps_past.is_empty() { point.clone() } else { mixed(&point, &step, &points_past, &steps_past) };
        steps_past.push(step);
        points_past.push(point);
        if steps_past.len() > MEMORY {
            steps_past.remove(0);
            points_past.remove(0);
        }
        *state = next;
    }
    *state = best_state;
    Ok(Rest { steps: limit, change: best.min(change) })
}

/// The point from which the last steps, mixed, would cancel.
fn mixed(point: &[f64], step: &[f64], points: &[Vec<f64>], steps: &[Vec<f64>]) -> Vec<f64> {
    let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = steps.iter().map(|s| difference(step, s)).collect();
    let weights = least_squares(&Matrix::from_columns(step.len(), &columns), step, 1e-10).filled();
    let mut next = point.to_vec();
    for (past, w) in points.iter().zip(&weights) {
        crate::num::axpy(-w, &difference(point, past), &mut next);
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x = A x + b with a spectral radius of 0.999 would take 20,000 plain steps to ten digits.
    #[test]
    fn a_slow_linear_iteration_settles_in_as_many_steps_as_it_has_dimensions() {
        let rates = [0.999, 0.9, 0.5, -0.3];
        let mut state = vec![0.0; 4];
        let map = |x: &[f64]| Ok::<_, ()>(x.iter().zip(rates).map(|(x, r)| r * x + 1.0).collect());
        let rest = settle(&mut state, 1, 100, 1e-14, map).unwrap();
        assert!(rest.steps < 12, "{rest:?}");
        for (x, r) in state.iter().zip(rates) {
            assert!((x * (1.0 - r) - 1.0).abs() < 1e-9, "{state:?}");
        }
    }
}

//! The weights of predictors under which the mixture fits best: descents from many starts, then a simplex about the best.

use atalaya_kernel::Seed;

use super::{BlockError, Inner, Scratch};

/// How many starts there are, and how many steps each takes at most.
const STARTS: usize = 20;
const STEPS: usize = 40;
/// A descent that is this many times worse than the best after some steps is given up.
const HOPELESS: f64 = 2.0;
const PATIENCE: usize = 8;
/// A fit this much worse than the best counts as nearly as good.
const NEARLY: f64 = 0.01;

/// What was tried, and how different the answers are that fit nearly as well.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// Weights of predictors tried.
    pub tried: usize,
    /// How many of them fit within 1 % of the best.
    pub nearly: usize,
    /// The least and the largest effect among those.
    pub effects: [f64; 2],
    /// The best fit of each start: where they differ, the past has several best explanations.
    pub starts: Vec<f64>,
}

struct Run<'a> {
    inner: &'a Inner,
    floor: f64,
    scratch: Scratch,
    importance: Vec<f64>,
    tried: Vec<(f64, f64)>,
    best: Best,
}

/// The best that was found: its loss, logarithms of weights, and the mixture, which may be one of several that
/// fit the predictors alike.
#[derive(Default)]
struct Best {
    loss: f64,
    logs: Vec<f64>,
    weights: Vec<f64>,
}

impl Run<'_> {
    /// The loss at logarithms of weights, and its slope where it is wanted.
    fn at(&mut self, logs: &[f64], slope: Option<&mut Vec<f64>>) -> Result<f64, BlockError> {
        self.importance.clear();
        self.importance.extend(logs.iter().map(|l| l.exp()));
        self.inner.solve(&self.importance, &mut self.scratch, true)?;
        let loss = self.inner.loss(&self.scratch.weights);
        self.tried.push((loss, self.inner.effect(&self.scratch.weights)));
        if loss < self.best.loss {
            self.best.loss = loss;
            self.best.logs = logs.to_vec();
            self.best.weights.clone_from(&self.scratch.weights);
        }
        if let Some(slope) = slope {
            *slope = self.slope();
        }
        Ok(loss)
    }

    /// The slope of the loss in the logarithms, the support held: by the adjoint of the optimum's equations.
    fn slope(&self) -> Vec<f64> {
        let (n, weights) = (self.inner.donors, &self.scratch.weights);
        let support: Vec<usize> = (0..n).filter(|&j| weights[j] > 0.0).collect();
        let s = support.len();
        let outer: Vec<f64> =
            support.iter().map(|&j| 2.0 * support.iter().map(|&k| weights[k] * self.inner.outcomes[j * n + k]).sum::<f64>()).collect();
        let mut system = vec![0.0; (s + 1) * (s + 2)];
        for (a, &j) in support.iter().enumerate() {
            for (b, &k) in support.iter().enumerate() {
                system[a * (s + 2) + b] = self.scratch.gram[j * n + k];
            }
            system[a * (s + 2) + s] = 1.0;
            system[s * (s + 2) + a] = 1.0;
            system[a * (s + 2) + s + 1] = outer[a];
        }
        let Some(adjoint) = gauss(&mut system, s + 1) else { return vec![0.0; self.importance.len()] };
        let along = |k: usize| {
            let d = &self.inner.apart[k];
            let (a, w) = support.iter().zip(&adjoint).fold((0.0, 0.0), |(a, w), (&j, x)| (a + x * d[j], w + weights[j] * d[j]));
            -self.importance[k] * a * w
        };
        (0..self.importance.len()).map(along).collect()
    }

    /// The nearest point of the box in which no weight is below the floor of another.
    fn within(&self, logs: &[f64]) -> Vec<f64> {
        logs.iter().map(|l| l.clamp(self.floor, 0.0)).collect()
    }

    /// A descent with steps from a running guess of the curvature (Barzilai and Borwein 1988), shortened until they gain.
    fn descend(&mut self, start: &[f64], best: f64) -> Result<(f64, Vec<f64>), BlockError> {
        let mut here = self.within(start);
        let mut slope = Vec::new();
        let mut loss = self.at(&here, Some(&mut slope))?;
        let mut length = 1.0 / slope.iter().map(|g| g * g).sum::<f64>().sqrt().max(1e-12);
        for step in 0..STEPS {
            if step == PATIENCE && loss > HOPELESS * best {
                break;
            }
            let mut next_slope = Vec::new();
            let mut found = None;
            for _ in 0..6 {
                let next = self.within(&here.iter().zip(&slope).map(|(x, g)| x - length * g).collect::<Vec<_>>());
                let value = self.at(&next, Some(&mut next_slope))?;
                if value < loss {
                    found = Some((next, value));
                    break;
                }
                length *= 0.25;
            }
            let Some((next, value)) = found else { break };
            let (mut ss, mut sg) = (0.0, 0.0);
            for i in 0..here.len() {
                let (s, g) = (next[i] - here[i], next_slope[i] - slope[i]);
                ss += s * s;
                sg += s * g;
            }
            length = if sg > 1e-300 { ss / sg } else { 2.0 * length };
            let gained = loss - value;
            (here, loss, slope) = (next, value, next_slope);
            if gained <= 1e-9 * loss {
                break;
            }
        }
        Ok((loss, here))
    }

    /// Nelder and Mead's simplex about a point (1965, Computer Journal 7(4), 308-313).
    fn polish(&mut self, start: &[f64], width: f64, limit: usize) -> Result<(f64, Vec<f64>), BlockError> {
        let k = start.len();
        let mut corners = vec![(self.at(start, None)?, start.to_vec())];
        for i in 0..k {
            let mut corner = start.to_vec();
            corner[i] += if corner[i] - width > self.floor { -width } else { width };
            let corner = self.within(&corner);
            corners.push((self.at(&corner, None)?, corner));
        }
        for _ in 0..limit {
            corners.sort_by(|a, b| a.0.total_cmp(&b.0));
            if corners[k].0 - corners[0].0 <= 1e-10 * corners[0].0 {
                break;
            }
            let centre: Vec<f64> = (0..k).map(|i| corners[..k].iter().map(|c| c.1[i]).sum::<f64>() / k as f64).collect();
            let worst = corners[k].clone();
            let along = |t: f64| centre.iter().zip(&worst.1).map(|(c, w)| c + t * (c - w)).collect::<Vec<f64>>();
            let try_at = |run: &mut Self, t: f64| -> Result<(f64, Vec<f64>), BlockError> {
                let point = run.within(&along(t));
                Ok((run.at(&point, None)?, point))
            };
            let reflected = try_at(self, 1.0)?;
            if reflected.0 < corners[0].0 {
                let expanded = try_at(self, 2.0)?;
                corners[k] = if expanded.0 < reflected.0 { expanded } else { reflected };
            } else if reflected.0 < corners[k - 1].0 {
                corners[k] = reflected;
            } else {
                let contracted = try_at(self, if reflected.0 < worst.0 { 0.5 } else { -0.5 })?;
                if contracted.0 < worst.0.min(reflected.0) {
                    corners[k] = contracted;
                } else {
                    let best = corners[0].1.clone();
                    for corner in &mut corners[1..] {
                        let point = self.within(&best.iter().zip(&corner.1).map(|(b, c)| 0.5 * (b + c)).collect::<Vec<_>>());
                        *corner = (self.at(&point, None)?, point);
                    }
                }
            }
        }
        corners.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(corners.swap_remove(0))
    }
}

/// The solution of a small dense system by elimination with pivots; `None` where there is none.
fn gauss(system: &mut [f64], n: usize) -> Option<Vec<f64>> {
    let wide = n + 1;
    for k in 0..n {
        let pivot = (k..n).fold(k, |best, i| if system[i * wide + k].abs() > system[best * wide + k].abs() { i } else { best });
        if system[pivot * wide + k].abs() < 1e-14 {
            return None;
        }
        (0..wide).for_each(|j| system.swap(k * wide + j, pivot * wide + j));
        for i in k + 1..n {
            let factor = system[i * wide + k] / system[k * wide + k];
            (k..wide).for_each(|j| system[i * wide + j] -= factor * system[k * wide + j]);
        }
    }
    let mut x = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| system[i * wide + j] * x[j]).sum();
        x[i] = (system[i * wide + n] - known) / system[i * wide + i];
    }
    Some(x)
}

/// Logarithms with the largest at 0.
fn centred(weights: &[f64]) -> Vec<f64> {
    let top = weights.iter().copied().fold(0.0, f64::max);
    weights.iter().map(|v| (v / top).ln()).collect()
}

/// The best logarithms found with their mixture, and what else was.
pub fn search(inner: &Inner, regression: &[f64], floor: f64, seed: Seed) -> Result<([Vec<f64>; 2], Near), BlockError> {
    let k = regression.len();
    let mut run = Run {
        inner,
        floor,
        scratch: Scratch::default(),
        importance: Vec::new(),
        tried: Vec::new(),
        best: Best { loss: f64::INFINITY, ..Best::default() },
    };
    let mut starts: Vec<Vec<f64>> = vec![vec![0.0; k], centred(regression)];
    for draw in 2..STARTS {
        let mut stream = seed.stream(draw as u64);
        starts.push((0..k).map(|_| floor * stream.unit()).collect());
    }
    let mut found = Vec::new();
    for start in &starts {
        let best = found.iter().map(|f: &(f64, Vec<f64>)| f.0).fold(f64::INFINITY, f64::min);
        found.push(run.descend(start, best)?);
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let losses = found.iter().map(|f| f.0).collect();
    let mut best = found[0].clone();
    for candidate in found.iter().take(2) {
        let here = run.polish(&candidate.1, 0.5, 120)?;
        let here = run.polish(&here.1, 0.2, 80)?;
        if here.0 < best.0 {
            best = here;
        }
    }
    for width in [1.0, 0.3, 0.1, 0.5, 0.2, 0.05, 0.3, 0.1, 0.02] {
        let here = run.descend(&best.1, best.0)?;
        best = run.polish(&here.1, width, 150)?;
    }
    let near: Vec<f64> = run.tried.iter().filter(|(loss, _)| *loss <= (1.0 + NEARLY) * run.best.loss).map(|(_, effect)| *effect).collect();
    let effects = near.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], e| [a.min(*e), b.max(*e)]);
    Ok(([run.best.logs, run.best.weights], Near { tried: run.tried.len(), nearly: near.len(), effects, starts: losses }))
}

#[cfg(test)]
pub fn slope_at(inner: &Inner, logs: &[f64]) -> Vec<f64> {
    let mut run = Run {
        inner,
        floor: -50.0,
        scratch: Scratch::default(),
        importance: Vec::new(),
        tried: Vec::new(),
        best: Best { loss: f64::INFINITY, ..Best::default() },
    };
    let mut slope = Vec::new();
    run.at(logs, Some(&mut slope)).unwrap();
    slope
}

//! Fixed effects taken out exactly: the largest is eliminated, the rest is one small system.
//!
//! A balanced panel with two effects has a closed form. Otherwise the normal equations of the
//! effects are reduced to those other than the largest; up to [`DENSE`] levels they are factored
//! (redundant levels are found and pinned at zero, so the rank is exact), above that solved by
//! conjugate gradients with a stated gap.

use super::groups::complete;
pub use super::groups::{Groups, components};
use super::refusal::Refusal;
use crate::num::{Cholesky, Matrix, axpy, dot};

/// Up to this many levels besides the largest effect the system is factored.
pub const DENSE: usize = 1_500;
const GAP: f64 = 1e-13;
const STEPS: usize = 20_000;

/// How the effects were taken out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Solved {
    /// `closed form`, `factored` or `conjugate gradients`.
    pub by: &'static str,
    /// Steps of an iteration, 0 otherwise.
    pub steps: usize,
    /// The relative residual of the worst column.
    pub gap: f64,
}

enum Solver {
    Closed { units: f64, periods: f64 },
    Factored(Cholesky),
    Iterated,
}

/// One or more fixed effects over the same rows, ready to be taken out of columns.
pub struct Effects {
    /// The effects in the order given.
    pub dims: Vec<Groups>,
    weights: Option<Vec<f64>>,
    big: usize,
    /// One over the weight of each level of the largest effect.
    inverse: Vec<f64>,
    offsets: Vec<usize>,
    diagonal: Vec<f64>,
    solver: Solver,
    /// Independent parameters among all levels.
    pub rank: usize,
    /// Connected components of the first two effects by size; levels in different ones cannot be compared.
    pub components: usize,
}

impl Effects {
    /// Prepares the effects; weights must be positive.
    ///
    /// # Errors
    /// [`Refusal::Length`], [`Refusal::Empty`].
    pub fn new(columns: &[&[u32]], weights: Option<&[f64]>) -> Result<Effects, Refusal> {
        let rows = columns.first().map_or(0, |c| c.len());
        if rows == 0 {
            return Err(Refusal::Empty);
        }
        if let Some(odd) = columns.iter().position(|c| c.len() != rows) {
            return Err(Refusal::Length { column: format!("effect {}", odd + 1), found: columns[odd].len(), expected: rows });
        }
        Ok(Effects::of(columns.iter().map(|c| Groups::new(c)).collect(), weights))
    }

    /// Effects from levels numbered before.
    pub(super) fn of(dims: Vec<Groups>, weights: Option<&[f64]>) -> Effects {
        let big = (0..dims.len()).max_by_key(|&d| (dims[d].count, usize::MAX - d)).unwrap_or(0);
        let inverse = dims[big].totals(weights).iter().map(|w| 1.0 / w).collect();
        let mut effects = Effects {
            dims,
            weights: weights.map(<[f64]>::to_vec),
            big,
            inverse,
            offsets: Vec::new(),
            diagonal: Vec::new(),
            solver: Solver::Iterated,
            rank: 0,
            components: 1,
        };
        let mut total = 0;
        for (d, dim) in effects.dims.iter().enumerate() {
            effects.offsets.push(total);
            if d != big {
                total += dim.count;
                effects.diagonal.extend(dim.totals(weights));
            }
        }
        effects.choose(total);
        effects
    }

    fn choose(&mut self, rest: usize) {
        let largest = self.dims[self.big].count;
        if self.dims.len() == 1 {
            self.components = largest;
            self.rank = largest;
            return;
        }
        let other = (0..self.dims.len()).filter(|&d| d != self.big).max_by_key(|&d| (self.dims[d].count, usize::MAX - d)).unwrap_or(0);
        if self.dims.len() == 2 && self.weights.is_none() && complete(&self.dims[self.big], &self.dims[other]) {
            self.rank = largest + rest - 1;
            self.solver = Solver::Closed { units: largest as f64, periods: rest as f64 };
            return;
        }
        self.components = components(&self.dims[self.big], &self.dims[other]);
        // A chain of effects repeats one constant each; what else repeats is found when factoring.
        self.rank = largest + rest - (self.dims.len() - 2) - self.components;
        if rest <= DENSE {
            let (factor, dropped) = Cholesky::pinned(&self.reduced(rest), 1e-10);
            self.rank = largest + rest - dropped.len();
            self.solver = Solver::Factored(factor);
        }
    }

    /// How much each row stands for.
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |w| w[row])
    }

    fn others(&self) -> impl Iterator<Item = (usize, &Groups)> {
        self.dims.iter().enumerate().filter(|(d, _)| *d != self.big).map(|(d, g)| (self.offsets[d], g))
    }

    /// Rows ordered by the level of the largest effect: where each level starts, and the rows.
    fn by_big(&self) -> (Vec<usize>, Vec<u32>) {
        let dim = &self.dims[self.big];
        let mut start = vec![0usize; dim.count + 1];
        dim.code.iter().for_each(|&g| start[g as usize + 1] += 1);
        for g in 0..dim.count {
            start[g + 1] += start[g];
        }
        let mut next = start.clone();
        let mut rows = vec![0u32; dim.code.len()];
        for (row, &g) in dim.code.iter().enumerate() {
            rows[next[g as usize]] = row as u32;
            next[g as usize] += 1;
        }
        (start, rows)
    }

    /// The normal equations of the other effects, the largest eliminated.
    fn reduced(&self, rest: usize) -> Matrix {
        let mut s = Matrix::zeros(rest, rest);
        let (start, rows) = self.by_big();
        let others: Vec<(usize, &Groups)> = self.others().collect();
        let mut b = vec![0.0; rest];
        let mut touched: Vec<usize> = Vec::new();
        for g in 0..start.len() - 1 {
            for &row in &rows[start[g]..start[g + 1]] {
                let (row, w) = (row as usize, self.weight(row as usize));
                for (k, (offset, dim)) in others.iter().enumerate() {
                    let i = offset + dim.code[row] as usize;
                    if b[i] == 0.0 {
                        touched.push(i);
                    }
                    b[i] += w;
                    *s.at_mut(i, i) += w;
                    for (offset, dim) in &others[..k] {
                        let j = offset + dim.code[row] as usize;
                        *s.at_mut(i, j) += w;
                        *s.at_mut(j, i) += w;
                    }
                }
            }
            for &j in &touched {
                let factor = b[j] * self.inverse[g];
                let column = s.col_mut(j);
                touched.iter().for_each(|&i| column[i] -= factor * b[i]);
            }
            touched.drain(..).for_each(|i| b[i] = 0.0);
        }
        s
    }

    /// The coefficients of every level for the right-hand sides `F'W y`, one vector an effect.
    ///
    /// # Errors
    /// [`Refusal::NotConverged`] when the iteration stalls.
    pub fn solve(&self, rhs: &[Vec<f64>]) -> Result<(Vec<Vec<f64>>, Solved), Refusal> {
        let big = &rhs[self.big];
        let mut reduced = vec![0.0; self.diagonal.len()];
        for ((d, values), offset) in rhs.iter().enumerate().zip(&self.offsets) {
            if d != self.big {
                reduced[*offset..offset + values.len()].copy_from_slice(values);
            }
        }
        let scaled: Vec<f64> = big.iter().zip(&self.inverse).map(|(r, inverse)| r * inverse).collect();
        self.spread(&scaled, -1.0, &mut reduced);
        let (rest, solved) = match &self.solver {
            Solver::Closed { units, .. } => (reduced.iter().map(|r| r / units).collect(), Solved { by: "closed form", steps: 0, gap: 0.0 }),
            Solver::Factored(factor) => (factor.solve(&reduced), Solved { by: "factored", steps: 0, gap: 0.0 }),
            Solver::Iterated if self.dims.len() == 1 => (Vec::new(), Solved { by: "closed form", steps: 0, gap: 0.0 }),
            Solver::Iterated => self.iterate(&reduced, dot(big, big).sqrt())?,
        };
        let mut first = big.clone();
        self.gather(&rest, &mut first);
        first.iter_mut().zip(&self.inverse).for_each(|(r, inverse)| *r *= inverse);
        let mut out = Vec::with_capacity(self.dims.len());
        for (d, dim) in self.dims.iter().enumerate() {
            out.push(if d == self.big { std::mem::take(&mut first) } else { rest[self.offsets[d]..self.offsets[d] + dim.count].to_vec() });
        }
        Ok((out, solved))
    }

    /// Adds `sign * F_rest' W F_big values` to a vector over the other effects.
    fn spread(&self, values: &[f64], sign: f64, out: &mut [f64]) {
        if let Solver::Closed { .. } = self.solver {
            let sum: f64 = values.iter().sum();
            out.iter_mut().for_each(|o| *o += sign * sum);
            return;
        }
        let code = &self.dims[self.big].code;
        for (offset, dim) in self.others() {
            for (row, (&g, &j)) in code.iter().zip(&dim.code).enumerate() {
                out[offset + j as usize] += sign * self.weight(row) * values[g as usize];
            }
        }
    }

    /// Subtracts `F_big' W F_rest values` from a vector over the largest effect.
    fn gather(&self, values: &[f64], out: &mut [f64]) {
        if let Solver::Closed { periods, .. } = self.solver {
            let sum: f64 = values.iter().sum();
            debug_assert!(values.len() as f64 == periods);
            out.iter_mut().for_each(|o| *o -= sum);
            return;
        }
        let code = &self.dims[self.big].code;
        for (offset, dim) in self.others() {
            for (row, (&g, &j)) in code.iter().zip(&dim.code).enumerate() {
                out[g as usize] -= self.weight(row) * values[offset + j as usize];
            }
        }
    }

    /// The reduced system times a vector.
    fn apply(&self, v: &[f64]) -> Vec<f64> {
        let mut level = vec![0.0; self.inverse.len()];
        self.gather(v, &mut level);
        level.iter_mut().zip(&self.inverse).for_each(|(l, inverse)| *l *= inverse);
        let mut out: Vec<f64> = v.iter().zip(&self.diagonal).map(|(v, d)| v * d).collect();
        self.spread(&level, 1.0, &mut out);
        let others: Vec<(usize, &Groups)> = self.others().collect();
        for (a, (offset, dim)) in others.iter().enumerate() {
            for (second, other) in &others[..a] {
                for row in 0..dim.code.len() {
                    let (i, j) = (offset + dim.code[row] as usize, second + other.code[row] as usize);
                    let w = self.weight(row);
                    out[i] += w * v[j];
                    out[j] += w * v[i];
                }
            }
        }
        out
    }

    fn iterate(&self, rhs: &[f64], scale: f64) -> Result<(Vec<f64>, Solved), Refusal> {
        let mut x = vec![0.0; rhs.len()];
        let mut r = rhs.to_vec();
        let mut z: Vec<f64> = r.iter().zip(&self.diagonal).map(|(r, d)| r / d).collect();
        let mut p = z.clone();
        let (mut rz, start) = (dot(&r, &z), dot(rhs, rhs).sqrt().max(scale));
        let mut gap = 0.0;
        for steps in 0..STEPS {
            gap = if start == 0.0 { 0.0 } else { dot(&r, &r).sqrt() / start };
            if gap <= GAP || rz <= 0.0 {
                return Ok((x, Solved { by: "conjugate gradients", steps, gap }));
            }
            let ap = self.apply(&p);
            let alpha = rz / dot(&p, &ap);
            axpy(alpha, &p, &mut x);
            axpy(-alpha, &ap, &mut r);
            z.iter_mut().zip(&r).zip(&self.diagonal).for_each(|((z, r), d)| *z = r / d);
            let next = dot(&r, &z);
            p.iter_mut().zip(&z).for_each(|(p, z)| *p = z + next / rz * *p);
            rz = next;
        }
        Err(Refusal::NotConverged { what: "the elimination of fixed effects", iterations: STEPS, gap })
    }

    /// Coefficients of every level in the regression of a column on the effects.
    ///
    /// # Errors
    /// As [`Effects::solve`].
    pub fn coefficients(&self, y: &[f64]) -> Result<(Vec<Vec<f64>>, Solved), Refusal> {
        let rhs: Vec<Vec<f64>> = self.dims.iter().map(|dim| dim.sums(y, self.weights.as_deref())).collect();
        self.solve(&rhs)
    }

    /// Takes the effects out of a column.
    ///
    /// # Errors
    /// As [`Effects::solve`].
    pub fn take_out(&self, y: &mut [f64]) -> Result<Solved, Refusal> {
        if let (Solver::Closed { units, periods }, [a, b]) = (&self.solver, &self.dims[..]) {
            closed(y, a, b, if self.big == 0 { (*periods, *units) } else { (*units, *periods) });
            return Ok(Solved { by: "closed form", steps: 0, gap: 0.0 });
        }
        let (coef, mut solved) = self.coefficients(y)?;
        self.subtract(&coef, y);
        // A second pass takes out what rounding left, and says how much that was.
        if matches!(self.solver, Solver::Factored(_)) {
            let size = dot(y, y).sqrt();
            let (again, _) = self.coefficients(y)?;
            let before = y.to_vec();
            self.subtract(&again, y);
            let change: f64 = before.iter().zip(&*y).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
            solved.gap = if size > 0.0 { change / size } else { 0.0 };
        }
        Ok(solved)
    }

    /// Subtracts the effects with these coefficients.
    pub fn subtract(&self, coef: &[Vec<f64>], y: &mut [f64]) {
        for (dim, values) in self.dims.iter().zip(coef) {
            y.iter_mut().zip(&dim.code).for_each(|(y, &g)| *y -= values[g as usize]);
        }
    }

    /// How many levels of each effect have one row.
    pub fn singletons(&self) -> Vec<usize> {
        if let Solver::Closed { units, periods } = self.solver {
            let of = |dim: &Groups, other: f64| if other == 1.0 { dim.count } else { 0 };
            return self.dims.iter().enumerate().map(|(d, dim)| of(dim, if d == self.big { periods } else { units })).collect();
        }
        self.dims.iter().map(|dim| dim.totals(None).iter().filter(|n| **n == 1.0).count()).collect()
    }
}

/// The two-way transformation of a complete panel; `sizes` is rows a level of `a`, rows a level of `b`.
fn closed(y: &mut [f64], a: &Groups, b: &Groups, sizes: (f64, f64)) {
    let (mut first, mut second) = (vec![0.0; a.count], vec![0.0; b.count]);
    for ((&i, &j), v) in a.code.iter().zip(&b.code).zip(&*y) {
        first[i as usize] += v;
        second[j as usize] += v;
    }
    let grand = first.iter().sum::<f64>() / y.len() as f64;
    first.iter_mut().for_each(|m| *m = *m / sizes.0 - grand);
    second.iter_mut().for_each(|m| *m /= sizes.1);
    for ((&i, &j), v) in a.code.iter().zip(&b.code).zip(y) {
        *v -= first[i as usize] + second[j as usize];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atalaya_kernel::seed::Seed;

    fn world(rows: usize, sizes: &[u64], seed: u64) -> (Vec<Vec<u32>>, Vec<f64>, Vec<f64>) {
        let mut stream = Seed(seed).stream(0);
        let effects = sizes.iter().map(|&s| (0..rows).map(|_| stream.below(s) as u32).collect()).collect();
        let y = (0..rows).map(|_| stream.unit() - 0.5).collect();
        (effects, y, (0..rows).map(|_| 0.5 + stream.unit()).collect())
    }

    /// What is left is orthogonal to every level, however many effects there are.
    #[test]
    fn what_is_left_sums_to_zero_in_every_level() {
        for (sizes, seed) in [(&[30, 7][..], 1), (&[40, 9, 5], 2), (&[20, 20, 20, 4], 3)] {
            let (effects, mut y, w) = world(400, sizes, seed);
            let columns: Vec<&[u32]> = effects.iter().map(Vec::as_slice).collect();
            let e = Effects::new(&columns, Some(&w)).unwrap();
            assert!(e.take_out(&mut y).unwrap().gap < 1e-10);
            for dim in &e.dims {
                assert!(dim.sums(&y, Some(&w)).iter().all(|s| s.abs() < 1e-11));
            }
            assert_eq!(e.rank, sizes.iter().sum::<u64>() as usize - (sizes.len() - 1));
        }
    }

    #[test]
    fn iteration_and_factor_agree() {
        let (effects, y, _) = world(3_000, &[900, 60, 11], 4);
        let columns: Vec<&[u32]> = effects.iter().map(Vec::as_slice).collect();
        let mut e = Effects::new(&columns, None).unwrap();
        let (mut a, mut b) = (y.clone(), y);
        assert_eq!(e.take_out(&mut a).unwrap().by, "factored");
        e.solver = Solver::Iterated;
        assert_eq!(e.take_out(&mut b).unwrap().by, "conjugate gradients");
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-10));
    }

    #[test]
    fn the_closed_form_is_the_factored_answer() {
        let unit: Vec<u32> = (0..60).map(|i| i / 6).collect();
        let time: Vec<u32> = (0..60).map(|i| i % 6).collect();
        let y: Vec<f64> = (0..60).map(|i| f64::from((i * 37 + 11) % 29)).collect();
        let ones = vec![1.0; 60];
        let plain = Effects::new(&[&unit, &time], None).unwrap();
        let weighted = Effects::new(&[&unit, &time], Some(&ones)).unwrap();
        let (mut a, mut b) = (y.clone(), y.clone());
        assert_eq!(plain.take_out(&mut a).unwrap().by, "closed form");
        assert_eq!(weighted.take_out(&mut b).unwrap().by, "factored");
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-12));
        let mut c = y.clone();
        plain.subtract(&plain.coefficients(&y).unwrap().0, &mut c);
        assert!(a.iter().zip(&c).all(|(a, c)| (a - c).abs() < 1e-12));
    }

    /// Two islands: workers 0, 1 at firms 0, 1; workers 2, 3 at firms 2, 3.
    #[test]
    fn islands_are_counted_and_cost_a_parameter_less() {
        let worker = [0, 0, 1, 1, 2, 2, 3, 3];
        let firm = [0, 1, 0, 1, 2, 3, 2, 3];
        let e = Effects::new(&[&worker, &firm], None).unwrap();
        assert_eq!((e.components, e.rank), (2, 6));
        assert_eq!(e.singletons(), [0, 0]);
    }
}

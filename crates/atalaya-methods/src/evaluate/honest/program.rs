//! A small linear program: the largest weighted sum of y over a fixed polytope of weights.
//!
//! `max y'g` over `W'g = e1, g >= 0`: the dual of the smallest slack that makes moment inequalities
//! hold. Only y changes between calls, so the last basis is always a feasible start.

use crate::num::dot;

const TINY: f64 = 1e-11;

/// The polytope and the basis where the last search ended.
#[derive(Debug, Clone)]
pub struct Program {
    /// Rows of W: one a moment.
    rows: Vec<Vec<f64>>,
    basis: Vec<usize>,
    /// The inverse of the basis: row r gives the weight of basis member r for the k-th right-hand side.
    inverse: Vec<Vec<f64>>,
}

impl Program {
    /// A feasible start by the first phase; `None` where there is no such weight.
    pub fn new(rows: Vec<Vec<f64>>) -> Option<Program> {
        let k = rows.first()?.len();
        let m = rows.len();
        // One artificial moment for each equation, with a cost against it.
        let mut all = rows;
        all.extend((0..k).map(|i| (0..k).map(|j| f64::from(u8::from(i == j))).collect::<Vec<f64>>()));
        let inverse = (0..k).map(|i| (0..k).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        let mut program = Program { rows: all, basis: (m..m + k).collect(), inverse };
        let cost: Vec<f64> = (0..m + k).map(|i| if i < m { 0.0 } else { -1.0 }).collect();
        let value = program.solve(&cost);
        if value < -1e-9 {
            return None;
        }
        // What is left of the artificial ones at zero is driven out; where none can enter, an equation says nothing new.
        for r in 0..k {
            if program.basis[r] >= m {
                let enter = (0..m).find(|&i| !program.basis.contains(&i) && dot(&program.inverse[r], &program.rows[i]).abs() > 1e-9)?;
                program.pivot(r, enter);
            }
        }
        program.rows.truncate(m);
        Some(program)
    }

    /// The largest `y'g`, by the rule of Bland.
    pub fn solve(&mut self, y: &[f64]) -> f64 {
        self.refresh();
        for _ in 0..10_000 {
            let price = self.prices(y);
            let gain = |i: &usize| !self.basis.contains(i) && y[*i] - dot(&price, &self.rows[*i]) > TINY;
            let Some(enter) = (0..self.rows.len()).find(gain) else { break };
            let column: Vec<f64> = self.inverse.iter().map(|r| dot(r, &self.rows[enter])).collect();
            let ratio = |r: usize| self.inverse[r][0] / column[r];
            let able = (0..column.len()).filter(|&r| column[r] > TINY);
            let leave = able.min_by(|&a, &b| ratio(a).total_cmp(&ratio(b)).then(self.basis[a].cmp(&self.basis[b])));
            let Some(leave) = leave else { return f64::INFINITY };
            self.pivot(leave, enter);
        }
        (0..self.basis.len()).map(|r| self.inverse[r][0] * y[self.basis[r]]).sum()
    }

    /// `W_B^-1 y_B`: the slack and the nuisance parameters at the basis.
    pub fn prices(&self, y: &[f64]) -> Vec<f64> {
        let k = self.basis.len();
        (0..k).map(|j| (0..k).map(|r| y[self.basis[r]] * self.inverse[r][j]).sum()).collect()
    }

    /// The weights of the last answer.
    pub fn weights(&self) -> Vec<f64> {
        let mut out = vec![0.0; self.rows.len()];
        self.basis.iter().zip(&self.inverse).for_each(|(&i, r)| out[i] = r[0].max(0.0));
        out
    }

    /// Whether more than one basis has these weights.
    pub fn degenerate(&self) -> bool {
        self.inverse.iter().any(|r| r[0] < 1e-9)
    }

    /// The moments outside the basis.
    pub fn outside(&self) -> Vec<usize> {
        (0..self.rows.len()).filter(|i| !self.basis.contains(i)).collect()
    }

    /// A row of W.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.rows[i]
    }

    /// Inverts the basis anew: thousands of steps on one inverse would add up their rounding.
    fn refresh(&mut self) {
        let k = self.basis.len();
        let mut all: Vec<Vec<f64>> = (0..k)
            .map(|e| {
                let row = self.basis.iter().map(|&i| self.rows[i][e]);
                row.chain((0..k).map(|j| f64::from(u8::from(j == e)))).collect()
            })
            .collect();
        for c in 0..k {
            let Some(best) = (c..k).max_by(|&a, &b| all[a][c].abs().total_cmp(&all[b][c].abs())).filter(|&r| all[r][c].abs() > TINY) else {
                return;
            };
            all.swap(c, best);
            let scale = all[c][c];
            all[c].iter_mut().for_each(|v| *v /= scale);
            let row = all[c].clone();
            for (r, other) in all.iter_mut().enumerate().filter(|(r, _)| *r != c) {
                debug_assert!(r != c);
                let factor = other[c];
                other.iter_mut().zip(&row).for_each(|(v, w)| *v -= factor * w);
            }
        }
        self.inverse = all.into_iter().map(|row| row[k..].to_vec()).collect();
    }

    fn pivot(&mut self, leave: usize, enter: usize) {
        let column: Vec<f64> = self.inverse.iter().map(|r| dot(r, &self.rows[enter])).collect();
        let scaled: Vec<f64> = self.inverse[leave].iter().map(|v| v / column[leave]).collect();
        for (r, row) in self.inverse.iter_mut().enumerate() {
            if r != leave {
                row.iter_mut().zip(&scaled).for_each(|(v, s)| *v -= column[r] * s);
            }
        }
        self.inverse[leave] = scaled;
        self.basis[leave] = enter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One nuisance parameter with slopes 1 and -1: weights are a half each, whatever y is.
    #[test]
    fn two_opposite_moments_share_the_weight() {
        let mut p = Program::new(vec![vec![1.0, 1.0], vec![1.0, -1.0], vec![2.0, 1.0]]).unwrap();
        assert!((p.solve(&[1.0, 3.0, 0.0]) - 2.0).abs() < 1e-12);
        // The third moment: weights 1/3 and 1/3 keep both equations, worth (9 + 3) / 3.
        assert!((p.solve(&[1.0, 3.0, 9.0]) - 4.0).abs() < 1e-12);
        assert!((p.solve(&[1.0, 3.0, 0.0]) - 2.0).abs() < 1e-12, "and back");
    }

    #[test]
    fn no_weight_balances_one_sided_moments() {
        assert!(Program::new(vec![vec![1.0, 1.0], vec![1.0, 2.0]]).is_none());
    }
}

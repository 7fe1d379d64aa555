//! A Cholesky factor that grows and shrinks by one row, for the active set of a quadratic programme.

use crate::num::dot;

/// A lower triangular `L` with `H = L L'`, over the rows taken in so far.
#[derive(Debug, Clone, Default)]
pub struct Factor {
    cells: Vec<f64>,
    stride: usize,
    size: usize,
}

impl Factor {
    /// Takes all rows out.
    pub fn clear(&mut self) {
        self.size = 0;
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.cells[i * self.stride..i * self.stride + i + 1]
    }

    fn make_room(&mut self) {
        if self.size < self.stride {
            return;
        }
        let wider = (2 * self.stride).max(16);
        let mut cells = vec![0.0; wider * wider];
        for i in 0..self.size {
            cells[i * wider..i * wider + i + 1].copy_from_slice(self.row(i));
        }
        (self.cells, self.stride) = (cells, wider);
    }

    /// Takes in a row of `H`: its products with the rows within, and with itself. Answers `false`, and
    /// takes nothing in, where the rows within explain all but `tolerance` of it.
    pub fn push(&mut self, across: &[f64], own: f64, tolerance: f64) -> bool {
        self.make_room();
        let (size, stride) = (self.size, self.stride);
        let (above, new) = self.cells.split_at_mut(size * stride);
        let mut left = own;
        for i in 0..size {
            let row = &above[i * stride..i * stride + i];
            new[i] = (across[i] - dot(row, &new[..i])) / above[i * stride + i];
            left -= new[i] * new[i];
        }
        if left <= tolerance * own {
            return false;
        }
        new[size] = left.sqrt();
        self.size += 1;
        true
    }

    /// Takes out row `k`: what is left is turned back into a triangle, two columns at a time.
    pub fn remove(&mut self, k: usize) {
        let stride = self.stride;
        for i in k + 1..self.size {
            self.cells.copy_within(i * stride..i * stride + i + 1, (i - 1) * stride);
        }
        self.size -= 1;
        for j in k..self.size {
            let (a, b) = (self.cells[j * stride + j], self.cells[j * stride + j + 1]);
            let length = a.hypot(b);
            let (cos, sin) = (a / length, b / length);
            for i in j..self.size {
                let (p, q) = (self.cells[i * stride + j], self.cells[i * stride + j + 1]);
                self.cells[i * stride + j] = cos * p + sin * q;
                self.cells[i * stride + j + 1] = cos * q - sin * p;
            }
        }
    }

    /// The solution of `H x = b`, in place.
    pub fn solve(&self, b: &mut [f64]) {
        for i in 0..self.size {
            b[i] = (b[i] - dot(&self.row(i)[..i], &b[..i])) / self.row(i)[i];
        }
        for i in (0..self.size).rev() {
            let row = self.row(i);
            let x = b[i] / row[i];
            b[i] = x;
            for (target, cell) in b[..i].iter_mut().zip(row) {
                *target -= cell * x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hilbert(i: usize, j: usize) -> f64 {
        1.0 / (i + j + 1) as f64 + if i == j { 0.5 } else { 0.0 }
    }

    #[test]
    fn a_row_taken_out_leaves_the_factor_of_the_others() {
        let rows = [0usize, 1, 2, 3, 4, 5];
        let mut factor = Factor::default();
        for (at, &i) in rows.iter().enumerate() {
            let across: Vec<f64> = rows[..at].iter().map(|&j| hilbert(i, j)).collect();
            assert!(factor.push(&across, hilbert(i, i), 1e-14));
        }
        factor.remove(2);
        let left = [0usize, 1, 3, 4, 5];
        let mut x: Vec<f64> = left.iter().map(|&i| left.iter().map(|&j| hilbert(i, j)).sum()).collect();
        factor.solve(&mut x);
        assert!(x.iter().all(|v| (v - 1.0).abs() < 1e-12), "{x:?}");
    }

    #[test]
    fn a_row_that_the_others_explain_is_refused() {
        let mut factor = Factor::default();
        assert!(factor.push(&[], 4.0, 1e-12));
        assert!(!factor.push(&[2.0], 1.0, 1e-12));
        assert!(factor.push(&[2.0], 1.5, 1e-12));
    }
}

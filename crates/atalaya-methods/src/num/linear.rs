//! Small dense systems: LU with pivoting, Cholesky, the spectral radius of a non-negative matrix.
//!
//! Matrices are square, by rows, in one slice of `n * n`.

use super::dot;

/// Why a system has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system is singular at row {row}")]
pub struct Singular {
    /// The row where no pivot was left.
    pub row: usize,
}

/// A matrix taken apart for solving: `P A = L U`.
#[derive(Debug, Clone)]
pub struct Lu {
    n: usize,
    a: Vec<f64>,
    order: Vec<usize>,
}

impl Lu {
    /// Takes a matrix apart. O(n^3).
    ///
    /// # Errors
    /// [`Singular`] where a pivot is below 1e-12 of the largest entry.
    pub fn new(mut a: Vec<f64>, n: usize) -> Result<Lu, Singular> {
        let scale = a.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let mut order: Vec<usize> = (0..n).collect();
        for k in 0..n {
            let best = (k..n).max_by(|&i, &j| a[i * n + k].abs().total_cmp(&a[j * n + k].abs())).unwrap_or(k);
            if a[best * n + k].abs() <= 1e-12 * scale {
                return Err(Singular { row: order[best] });
            }
            if best != k {
                order.swap(k, best);
                for c in 0..n {
                    a.swap(k * n + c, best * n + c);
                }
            }
            let (upper, lower) = a.split_at_mut((k + 1) * n);
            let pivot = &upper[k * n..];
            for row in lower.chunks_exact_mut(n) {
                let factor = row[k] / pivot[k];
                row[k] = factor;
                if factor != 0.0 {
                    for (cell, p) in row[k + 1..].iter_mut().zip(&pivot[k + 1..]) {
                        *cell -= factor * p;
                    }
                }
            }
        }
        Ok(Lu { n, a, order })
    }

    /// Solves `A x = b`. O(n^2).
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = self.order.iter().map(|&at| b[at]).collect();
        for i in 0..self.n {
            let (done, rest) = x.split_at_mut(i);
            rest[0] -= dot(&self.a[i * self.n..i * self.n + i], done);
        }
        for i in (0..self.n).rev() {
            let (rest, done) = x.split_at_mut(i + 1);
            let row = &self.a[i * self.n..(i + 1) * self.n];
            rest[i] = (rest[i] - dot(&row[i + 1..], done)) / row[i];
        }
        x
    }
}

/// A positive definite matrix taken apart: `A = L L'`; only the lower half is read.
///
/// # Errors
/// [`Singular`] where a pivot is not positive.
pub fn cholesky(a: &mut [f64], n: usize) -> Result<(), Singular> {
    for i in 0..n {
        let (above, this) = a.split_at_mut(i * n);
        for j in 0..i {
            let row = &above[j * n..j * n + j + 1];
            this[j] = (this[j] - dot(&row[..j], &this[..j])) / row[j];
        }
        let pivot = this[i] - dot(&this[..i], &this[..i]);
        if pivot.is_nan() || pivot <= 0.0 {
            return Err(Singular { row: i });
        }
        this[i] = pivot.sqrt();
    }
    Ok(())
}

/// Solves `L L' x = b` in place, `L` from [`cholesky`].
pub fn cholesky_solve(l: &[f64], n: usize, b: &mut [f64]) {
    for i in 0..n {
        let (done, rest) = b.split_at_mut(i);
        rest[0] = (rest[0] - dot(&l[i * n..i * n + i], done)) / l[i * n + i];
    }
    backward(l, n, b);
}

/// Solves `L' x = b` in place: turns independent normals into ones with covariance `(L L')^-1`.
pub fn backward(l: &[f64], n: usize, b: &mut [f64]) {
    for i in (0..n).rev() {
        b[i] /= l[i * n + i];
        let x = b[i];
        for (cell, factor) in b[..i].iter_mut().zip(&l[i * n..i * n + i]) {
            *cell -= factor * x;
        }
    }
}

/// The largest modulus of an eigenvalue of a non-negative matrix.
///
/// By Gelfand's formula, `|A^k|^(1/k)` with `k = 2^40` reached by squaring: no gap between
/// eigenvalues is needed, and the error is that of `2^-40 ln(n)`.
pub fn spectral_radius(a: &[f64], n: usize) -> f64 {
    let (mut power, mut log) = (a.to_vec(), 0.0f64);
    let mut share = 1.0f64;
    for _ in 0..40 {
        let norm = power.chunks_exact(n.max(1)).map(|row| row.iter().sum::<f64>()).fold(0.0, f64::max);
        if norm == 0.0 {
            return 0.0;
        }
        log += share * norm.ln();
        power.iter_mut().for_each(|cell| *cell /= norm);
        power = square(&power, n);
        share *= 0.5;
    }
    log.exp()
}

fn square(a: &[f64], n: usize) -> Vec<f64> {
    let mut out = vec![0.0; n * n];
    for (row, target) in a.chunks_exact(n.max(1)).zip(out.chunks_exact_mut(n.max(1))) {
        for (k, &factor) in row.iter().enumerate().filter(|(_, f)| **f != 0.0) {
            for (cell, value) in target.iter_mut().zip(&a[k * n..(k + 1) * n]) {
                *cell += factor * value;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_solved() {
        let a = vec![0.0, 2.0, 1.0, 1.0, 1.0, 0.0, 3.0, 0.0, 4.0];
        let x = Lu::new(a, 3).unwrap().solve(&[7.0, 3.0, 15.0]);
        for (found, wanted) in x.iter().zip([1.0, 2.0, 3.0]) {
            assert!((found - wanted).abs() < 1e-12, "{x:?}");
        }
        assert_eq!(Lu::new(vec![1.0, 2.0, 2.0, 4.0], 2).err(), Some(Singular { row: 0 }));
    }

    #[test]
    fn cholesky_agrees_with_lu_and_refuses() {
        let a = [4.0, 2.0, 0.6, 2.0, 5.0, 1.0, 0.6, 1.0, 3.0];
        let b = [1.0, -2.0, 0.5];
        let wanted = Lu::new(a.to_vec(), 3).unwrap().solve(&b);
        let (mut l, mut x) = (a.to_vec(), b.to_vec());
        cholesky(&mut l, 3).unwrap();
        cholesky_solve(&l, 3, &mut x);
        assert!(x.iter().zip(&wanted).all(|(x, w)| (x - w).abs() < 1e-12));
        assert_eq!(cholesky(&mut [1.0, 0.0, 2.0, 1.0], 2), Err(Singular { row: 1 }));
    }

    #[test]
    fn the_spectral_radius_needs_no_gap() {
        // A cycle of three with weights 1, 2, 4: every eigenvalue has modulus 2.
        let cycle = [0.0, 1.0, 0.0, 0.0, 0.0, 2.0, 4.0, 0.0, 0.0];
        assert!((spectral_radius(&cycle, 3) - 2.0).abs() < 1e-9);
        assert_eq!(spectral_radius(&[0.0, 1.0, 0.0, 0.0], 2), 0.0);
        assert!((spectral_radius(&[0.5, 1.0, 0.0, 0.5], 2) - 0.5).abs() < 1e-9);
        assert_eq!(spectral_radius(&[], 0), 0.0);
    }
}

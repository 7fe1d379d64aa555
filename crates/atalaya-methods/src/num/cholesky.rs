//! The Cholesky factor of a symmetric positive definite matrix: solving, inverting, log determinant.

use super::matrix::{Matrix, dot};

/// A column that the earlier ones explain: the matrix is not positive definite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("column {column} follows from the ones before it")]
pub struct NotPositive {
    /// Its position.
    pub column: usize,
}

/// A factor `L` with `A = L L'`.
#[derive(Debug, Clone)]
pub struct Cholesky {
    /// Row after row, the lower triangle: row `i` begins at `i (i + 1) / 2`.
    lower: Vec<f64>,
    n: usize,
}

impl Cholesky {
    /// The factor; a pivot below `tolerance` times its diagonal entry counts as zero.
    ///
    /// # Errors
    /// [`NotPositive`] names the first column without a pivot.
    pub fn new(a: &Matrix, tolerance: f64) -> Result<Cholesky, NotPositive> {
        let n = a.rows();
        let mut lower: Vec<f64> = Vec::with_capacity(n * (n + 1) / 2);
        for i in 0..n {
            let start = lower.len();
            for j in 0..=i {
                let other = j * (j + 1) / 2;
                let sum = a.at(i, j) - if j == 0 { 0.0 } else { dot(&lower[start..start + j], &lower[other..other + j]) };
                if j < i {
                    lower.push(sum / lower[other + j]);
                } else if sum > tolerance * a.at(i, i).abs() && sum > 0.0 {
                    lower.push(sum.sqrt());
                } else {
                    return Err(NotPositive { column: i });
                }
            }
        }
        Ok(Cholesky { lower, n })
    }

    /// The factor of a positive semidefinite matrix, and the columns that follow from the ones before them.
    ///
    /// Those are pinned: a solution has zeros there. A pivot is zero below `tolerance` times its diagonal entry.
    pub fn pinned(a: &Matrix, tolerance: f64) -> (Cholesky, Vec<usize>) {
        let n = a.rows();
        let mut lower: Vec<f64> = Vec::with_capacity(n * (n + 1) / 2);
        let mut pinned = Vec::new();
        for i in 0..n {
            let start = lower.len();
            for j in 0..i {
                let other = j * (j + 1) / 2;
                let sum = a.at(i, j) - dot(&lower[start..start + j], &lower[other..other + j]);
                lower.push(sum / lower[other + j]);
            }
            let rest = a.at(i, i) - dot(&lower[start..start + i], &lower[start..start + i]);
            if rest > tolerance * a.at(i, i).abs() && rest > 0.0 {
                lower.push(rest.sqrt());
            } else {
                // Division by infinity leaves the zero that is wanted in every later step.
                pinned.push(i);
                lower.push(f64::INFINITY);
            }
        }
        (Cholesky { lower, n }, pinned)
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.lower[i * (i + 1) / 2..(i + 1) * (i + 2) / 2]
    }

    /// `L z = b`, in place.
    pub fn forward(&self, b: &mut [f64]) {
        for i in 0..self.n {
            let row = self.row(i);
            b[i] = (b[i] - dot(&row[..i], &b[..i])) / row[i];
        }
    }

    /// `L' x = z`, in place.
    pub fn backward(&self, z: &mut [f64]) {
        for i in (0..self.n).rev() {
            let row = self.row(i);
            z[i] /= row[i];
            let value = z[i];
            z[..i].iter_mut().zip(row).for_each(|(t, l)| *t -= value * l);
        }
    }

    /// The solution of `A x = b`.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        self.forward(&mut x);
        self.backward(&mut x);
        x
    }

    /// The solution for each column of a matrix.
    pub fn solve_columns(&self, b: &Matrix) -> Matrix {
        let mut out = b.clone();
        for j in 0..b.cols() {
            self.forward(out.col_mut(j));
            self.backward(out.col_mut(j));
        }
        out
    }

    /// The inverse.
    pub fn inverse(&self) -> Matrix {
        self.solve_columns(&Matrix::identity(self.n))
    }

    /// The logarithm of the determinant of `A`.
    pub fn log_determinant(&self) -> f64 {
        2.0 * (0..self.n).map(|i| self.row(i)[i].ln()).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_solves_and_inverts() {
        let x = Matrix::from_fn(7, 4, |i, j| ((i + 1) as f64).powi(j as i32) / 10f64.powi(j as i32));
        let a = x.gram(None);
        let chol = Cholesky::new(&a, 1e-12).unwrap();
        let product = a.times(&chol.inverse());
        for i in 0..4 {
            for j in 0..4 {
                assert!((product.at(i, j) - if i == j { 1.0 } else { 0.0 }).abs() < 1e-8);
            }
        }
        let two = Matrix::from_fn(2, 2, |i, j| if i == j { 2.0 } else { 1.0 });
        assert!((Cholesky::new(&two, 0.0).unwrap().log_determinant() - 3f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn a_column_that_repeats_another_is_named() {
        let x = Matrix::from_fn(5, 3, |i, j| if j == 2 { 2.0 * i as f64 + 1.0 } else { (i as f64).powi(j as i32) });
        assert_eq!(Cholesky::new(&x.gram(None), 1e-10).unwrap_err(), NotPositive { column: 2 });
    }
}

//! A dense matrix by columns, and the few products that methods need of it.

/// A dense matrix, stored column after column.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    data: Vec<f64>,
}

impl Matrix {
    /// All zeros.
    pub fn zeros(rows: usize, cols: usize) -> Matrix {
        Matrix { rows, cols, data: vec![0.0; rows * cols] }
    }

    /// Ones on the diagonal.
    pub fn identity(n: usize) -> Matrix {
        Matrix::from_fn(n, n, |i, j| if i == j { 1.0 } else { 0.0 })
    }

    /// Each cell from its row and column.
    pub fn from_fn(rows: usize, cols: usize, mut cell: impl FnMut(usize, usize) -> f64) -> Matrix {
        let mut data = Vec::with_capacity(rows * cols);
        for j in 0..cols {
            data.extend((0..rows).map(|i| cell(i, j)));
        }
        Matrix { rows, cols, data }
    }

    /// From all its cells, column after column; there must be `rows * cols` of them.
    pub fn from_cells(rows: usize, cols: usize, data: Vec<f64>) -> Matrix {
        debug_assert_eq!(data.len(), rows * cols);
        Matrix { rows, cols, data }
    }

    /// From columns of one length; `rows` counts where there is no column.
    pub fn from_columns(rows: usize, columns: &[impl AsRef<[f64]>]) -> Matrix {
        Matrix::from_fn(rows, columns.len(), |i, j| columns[j].as_ref()[i])
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// One cell.
    pub fn at(&self, row: usize, col: usize) -> f64 {
        self.data[col * self.rows + row]
    }

    /// One cell, to write.
    pub fn at_mut(&mut self, row: usize, col: usize) -> &mut f64 {
        &mut self.data[col * self.rows + row]
    }

    /// One column.
    pub fn col(&self, col: usize) -> &[f64] {
        &self.data[col * self.rows..(col + 1) * self.rows]
    }

    /// One column, to write.
    pub fn col_mut(&mut self, col: usize) -> &mut [f64] {
        &mut self.data[col * self.rows..(col + 1) * self.rows]
    }

    /// Every cell, column after column.
    pub fn cells(&self) -> &[f64] {
        &self.data
    }

    /// Every cell, to write.
    pub fn cells_mut(&mut self) -> &mut [f64] {
        &mut self.data
    }

    /// Rows as columns.
    pub fn transposed(&self) -> Matrix {
        Matrix::from_fn(self.cols, self.rows, |i, j| self.at(j, i))
    }

    /// The product `self * other`.
    pub fn times(&self, other: &Matrix) -> Matrix {
        let mut out = Matrix::zeros(self.rows, other.cols);
        for j in 0..other.cols {
            let target = &mut out.data[j * self.rows..(j + 1) * self.rows];
            for k in 0..self.cols {
                axpy(other.at(k, j), self.col(k), target);
            }
        }
        out
    }

    /// The product `self' * other`.
    pub fn transposed_times(&self, other: &Matrix) -> Matrix {
        Matrix::from_fn(self.cols, other.cols, |i, j| dot(self.col(i), other.col(j)))
    }

    /// The product with a vector.
    pub fn times_vector(&self, v: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.rows];
        for (k, value) in v.iter().enumerate() {
            axpy(*value, self.col(k), &mut out);
        }
        out
    }

    /// The product of the transpose with a vector.
    pub fn transposed_times_vector(&self, v: &[f64]) -> Vec<f64> {
        (0..self.cols).map(|j| dot(self.col(j), v)).collect()
    }

    /// `X' W X`, with weights where they are given.
    pub fn gram(&self, weights: Option<&[f64]>) -> Matrix {
        let mut out = Matrix::zeros(self.cols, self.cols);
        let mut weighted = vec![0.0; if weights.is_some() { self.rows } else { 0 }];
        for j in 0..self.cols {
            if let Some(weights) = weights {
                weighted.copy_from_slice(self.col(j));
                weighted.iter_mut().zip(weights).for_each(|(x, w)| *x *= w);
            }
            for i in 0..=j {
                let value = dot(self.col(i), if weights.is_some() { &weighted } else { self.col(j) });
                *out.at_mut(i, j) = value;
                *out.at_mut(j, i) = value;
            }
        }
        out
    }

    /// The quadratic form `v' M v`.
    pub fn quadratic(&self, v: &[f64]) -> f64 {
        dot(v, &self.times_vector(v))
    }

    /// The same rows, fewer columns.
    pub fn pick_columns(&self, columns: &[usize]) -> Matrix {
        Matrix::from_fn(self.rows, columns.len(), |i, j| self.at(i, columns[j]))
    }

    /// The sum of both, the second times a factor.
    pub fn plus(&self, factor: f64, other: &Matrix) -> Matrix {
        let mut out = self.clone();
        axpy(factor, &other.data, &mut out.data);
        out
    }

    /// Every cell times a factor.
    pub fn scaled(mut self, factor: f64) -> Matrix {
        self.data.iter_mut().for_each(|x| *x *= factor);
        self
    }
}

/// The inner product. Four running sums, in a fixed order.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a4.remainder().iter().zip(b4.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a4.zip(b4) {
        for k in 0..4 {
            sums[k] += x[k] * y[k];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// `target += factor * v`.
pub fn axpy(factor: f64, v: &[f64], target: &mut [f64]) {
    if factor != 0.0 {
        target.iter_mut().zip(v).for_each(|(t, x)| *t += factor * x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_the_definition() {
        let a = Matrix::from_fn(3, 2, |i, j| (i * 2 + j) as f64);
        let b = Matrix::from_fn(2, 3, |i, j| (i + 3 * j) as f64);
        let by_hand = |i: usize, j: usize| (0..2).map(|k| a.at(i, k) * b.at(k, j)).sum::<f64>();
        assert_eq!(a.times(&b), Matrix::from_fn(3, 3, by_hand));
        assert_eq!(a.gram(None), a.transposed().times(&a));
        assert_eq!(a.transposed_times(&a), a.gram(None));
        let ones = vec![1.0; 9];
        assert_eq!(dot(&ones, &ones), 9.0);
    }
}

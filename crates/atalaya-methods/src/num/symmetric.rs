//! Eigenvalues of a symmetric matrix and singular values of any, by Jacobi rotations.

use super::matrix::{Matrix, dot};

/// Eigenvalues from small to large, and their vectors as columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigen {
    /// From small to large.
    pub values: Vec<f64>,
    /// One column a value, of length 1.
    pub vectors: Matrix,
}

/// The eigenvalues and vectors of a symmetric matrix: cyclic Jacobi, to rounding.
pub fn eigen(a: &Matrix) -> Eigen {
    let n = a.rows();
    let mut a = a.clone();
    let mut vectors = Matrix::identity(n);
    let total = dot(a.cells(), a.cells());
    for _ in 0..60 {
        let off: f64 = (0..n).flat_map(|j| (0..j).map(move |i| (i, j))).map(|(i, j)| a.at(i, j).powi(2)).sum();
        if off <= 1e-34 * total {
            break;
        }
        for q in 1..n {
            for p in 0..q {
                rotate(&mut a, &mut vectors, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a.at(i, i).total_cmp(&a.at(j, j)));
    Eigen { values: order.iter().map(|&i| a.at(i, i)).collect(), vectors: vectors.pick_columns(&order) }
}

fn rotate(a: &mut Matrix, vectors: &mut Matrix, p: usize, q: usize) {
    let apq = a.at(p, q);
    if apq == 0.0 {
        return;
    }
    let theta = (a.at(q, q) - a.at(p, p)) / (2.0 * apq);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let t = if theta == 0.0 { 1.0 } else { t };
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    let n = a.rows();
    for k in 0..n {
        let (x, y) = (a.at(k, p), a.at(k, q));
        *a.at_mut(k, p) = c * x - s * y;
        *a.at_mut(k, q) = s * x + c * y;
    }
    for k in 0..n {
        let (x, y) = (a.at(p, k), a.at(q, k));
        *a.at_mut(p, k) = c * x - s * y;
        *a.at_mut(q, k) = s * x + c * y;
    }
    turn(vectors, p, q, c, s);
}

/// Turns two columns by the angle with this cosine and sine.
fn turn(m: &mut Matrix, p: usize, q: usize, c: f64, s: f64) {
    for k in 0..m.rows() {
        let (x, y) = (m.at(k, p), m.at(k, q));
        *m.at_mut(k, p) = c * x - s * y;
        *m.at_mut(k, q) = s * x + c * y;
    }
}

impl Eigen {
    /// The matrix whose eigenvalues are these under a function; those below `floor` times the largest give 0.
    pub fn map(&self, floor: f64, f: impl Fn(f64) -> f64) -> Matrix {
        let n = self.values.len();
        let largest = self.values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let mut scaled = self.vectors.clone();
        for j in 0..n {
            let value = self.values[j];
            let factor = if value.abs() <= floor * largest { 0.0 } else { f(value) };
            scaled.col_mut(j).iter_mut().for_each(|x| *x *= factor);
        }
        scaled.times(&self.vectors.transposed())
    }
}

/// Singular values from large to small with both sides: `A = U diag(s) V'`.
#[derive(Debug, Clone, PartialEq)]
pub struct Svd {
    /// Left vectors as columns; rows of `A` by the smaller side.
    pub u: Matrix,
    /// From large to small.
    pub s: Vec<f64>,
    /// Right vectors as columns.
    pub v: Matrix,
}

/// The thin singular value decomposition: one-sided Jacobi on the narrower side.
pub fn svd(a: &Matrix) -> Svd {
    if a.cols() > a.rows() {
        let Svd { u, s, v } = svd(&a.transposed());
        return Svd { u: v, s, v: u };
    }
    let n = a.cols();
    let mut u = a.clone();
    let mut v = Matrix::identity(n);
    for _ in 0..60 {
        let mut turned = false;
        for q in 1..n {
            for p in 0..q {
                let (alpha, beta, gamma) = (dot(u.col(p), u.col(p)), dot(u.col(q), u.col(q)), dot(u.col(p), u.col(q)));
                if gamma.abs() <= 1e-15 * (alpha * beta).sqrt() || gamma == 0.0 {
                    continue;
                }
                turned = true;
                let zeta = (beta - alpha) / (2.0 * gamma);
                let t = if zeta == 0.0 { 1.0 } else { zeta.signum() / (zeta.abs() + zeta.hypot(1.0)) };
                let c = 1.0 / t.hypot(1.0);
                turn(&mut u, p, q, c, t * c);
                turn(&mut v, p, q, c, t * c);
            }
        }
        if !turned {
            break;
        }
    }
    let mut s: Vec<f64> = (0..n).map(|j| dot(u.col(j), u.col(j)).sqrt()).collect();
    for (j, &length) in s.iter().enumerate() {
        if length > 0.0 {
            u.col_mut(j).iter_mut().for_each(|x| *x /= length);
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| s[j].total_cmp(&s[i]));
    s = order.iter().map(|&j| s[j]).collect();
    Svd { u: u.pick_columns(&order), s, v: v.pick_columns(&order) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_give_the_whole() {
        let x = Matrix::from_fn(6, 4, |i, j| ((7 * i + 3 * j * j) % 11) as f64 - 4.0);
        let a = x.gram(None);
        let e = eigen(&a);
        let again = e.map(0.0, |v| v);
        assert!(a.cells().iter().zip(again.cells()).all(|(x, y)| (x - y).abs() < 1e-11));
        for m in [&x, &x.transposed()] {
            let d = svd(m);
            let scaled = Matrix::from_fn(d.u.rows(), 4, |i, j| d.u.at(i, j) * d.s[j]);
            let again = scaled.times(&d.v.transposed());
            assert!(m.cells().iter().zip(again.cells()).all(|(x, y)| (x - y).abs() < 1e-12));
            assert!((d.s[0].powi(2) - e.values[3]).abs() < 1e-10);
        }
    }

    #[test]
    fn the_inverse_root_of_a_matrix_undoes_it_twice() {
        let a = Matrix::from_fn(2, 2, |i, j| if i == j { 2.0 } else { 1.0 });
        let e = eigen(&a);
        assert!((e.values[0] - 1.0).abs() < 1e-15 && (e.values[1] - 3.0).abs() < 1e-15);
        let root = e.map(1e-12, |v| 1.0 / v.sqrt());
        let one = root.times(&a).times(&root);
        assert!((one.at(0, 0) - 1.0).abs() < 1e-14 && one.at(0, 1).abs() < 1e-14);
    }
}

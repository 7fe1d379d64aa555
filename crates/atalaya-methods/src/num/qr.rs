//! Least squares by Householder reflections: columns that earlier ones explain are set aside.

use super::matrix::{Matrix, axpy, dot};

/// A fit by least squares.
#[derive(Debug, Clone, PartialEq)]
pub struct LeastSquares {
    /// One coefficient a column; `None` where the columns before it explain the column.
    pub coef: Vec<Option<f64>>,
    /// The columns that were used.
    pub kept: Vec<usize>,
    /// `(X'X)^-1` of the columns used.
    pub bread: Matrix,
    /// What the fit leaves, one a row.
    pub residuals: Vec<f64>,
}

impl LeastSquares {
    /// How many columns were used.
    pub fn rank(&self) -> usize {
        self.kept.len()
    }

    /// The coefficients with 0 for a column set aside, as needed for a prediction.
    pub fn filled(&self) -> Vec<f64> {
        self.coef.iter().map(|c| c.unwrap_or(0.0)).collect()
    }
}

/// The least-squares fit of `y` on the columns of `x`.
///
/// A column is set aside when less than `tolerance` of its length is left after the ones before it,
/// as R's `lm` does with 1e-7.
pub fn least_squares(x: &Matrix, y: &[f64], tolerance: f64) -> LeastSquares {
    let (n, p) = (x.rows(), x.cols());
    let mut work = x.clone();
    let mut target = y.to_vec();
    let mut kept: Vec<usize> = Vec::new();
    let mut reflections: Vec<Vec<f64>> = Vec::new();
    for j in 0..p {
        let step = kept.len();
        if step >= n {
            break;
        }
        let length = dot(x.col(j), x.col(j)).sqrt();
        let rest = dot(&work.col(j)[step..], &work.col(j)[step..]).sqrt();
        if length == 0.0 || rest <= tolerance * length {
            continue;
        }
        let mut v = work.col(j)[step..].to_vec();
        v[0] += rest.copysign(v[0]);
        let norm = dot(&v, &v).sqrt();
        v.iter_mut().for_each(|a| *a /= norm);
        for k in j..p {
            let column = &mut work.col_mut(k)[step..];
            let factor = -2.0 * dot(&v, column);
            axpy(factor, &v, column);
        }
        let factor = -2.0 * dot(&v, &target[step..]);
        axpy(factor, &v, &mut target[step..]);
        reflections.push(v);
        kept.push(j);
    }
    finish(&work, target, kept, &reflections, p)
}

fn finish(work: &Matrix, mut target: Vec<f64>, kept: Vec<usize>, reflections: &[Vec<f64>], p: usize) -> LeastSquares {
    let r = kept.len();
    // R^-1, column after column.
    let mut inverse = Matrix::zeros(r, r);
    for j in 0..r {
        for i in (0..=j).rev() {
            let unit = if i == j { 1.0 } else { 0.0 };
            let known: f64 = (i + 1..=j).map(|k| work.at(i, kept[k]) * inverse.at(k, j)).sum();
            *inverse.at_mut(i, j) = (unit - known) / work.at(i, kept[i]);
        }
    }
    let mut coef = vec![None; p];
    for (i, &column) in kept.iter().enumerate() {
        coef[column] = Some((i..r).map(|k| inverse.at(i, k) * target[k]).sum());
    }
    target[..r].fill(0.0);
    for (step, v) in reflections.iter().enumerate().rev() {
        let factor = -2.0 * dot(v, &target[step..]);
        axpy(factor, v, &mut target[step..]);
    }
    let bread = inverse.times(&inverse.transposed());
    LeastSquares { coef, kept, bread, residuals: target }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Longley (1967), the first of NIST's certified regressions of higher difficulty, would need its
    /// table; this is NIST's Norris-like check by hand: a line through (0,1), (1,3), (2,4), (3,4).
    #[test]
    fn a_line_through_four_points() {
        let x = Matrix::from_fn(4, 2, |i, j| (i as f64).powi(j as i32));
        let fit = least_squares(&x, &[1.0, 3.0, 4.0, 4.0], 1e-7);
        assert!((fit.coef[0].unwrap() - 1.5).abs() < 1e-14);
        assert!((fit.coef[1].unwrap() - 1.0).abs() < 1e-14);
        assert!((fit.bread.at(1, 1) - 0.2).abs() < 1e-14);
        let expected = [-0.5, 0.5, 0.5, -0.5];
        assert!(fit.residuals.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14));
    }

    #[test]
    fn a_column_explained_by_others_is_set_aside_and_changes_nothing() {
        let x = Matrix::from_fn(6, 2, |i, j| ((i * i + 3) as f64).powi(j as i32));
        let wide = Matrix::from_fn(6, 3, |i, j| if j == 1 { 5.0 } else { x.at(i, j / 2) });
        let y = [1.0, 0.0, 2.0, 5.0, 4.0, 9.0];
        let (a, b) = (least_squares(&x, &y, 1e-7), least_squares(&wide, &y, 1e-7));
        assert_eq!(b.kept, [0, 2]);
        assert_eq!(b.coef[1], None);
        assert!((a.coef[1].unwrap() - b.coef[2].unwrap()).abs() < 1e-13);
    }
}

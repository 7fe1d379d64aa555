//! Few clusters: the bias-reduced variance CR2 with Satterthwaite's degrees of freedom, and CRV3.

use super::{Covariance, nested};
use crate::evaluate::effects::Groups;
use crate::evaluate::fixed_effects::{Fit, Regression};
use crate::evaluate::refusal::Refusal;
use crate::num::symmetric::eigen;
use crate::num::{Cholesky, Matrix, dot};

/// The rows of each cluster.
fn rows(cluster: &[u32], fit: &Fit) -> Result<Vec<Vec<usize>>, Refusal> {
    if cluster.len() != fit.rows() {
        return Err(Refusal::Length { column: "cluster".into(), found: cluster.len(), expected: fit.rows() });
    }
    let groups = Groups::new(cluster);
    if groups.count < 2 {
        return Err(Refusal::FewClusters { found: groups.count });
    }
    let mut rows = vec![Vec::new(); groups.count];
    groups.code.iter().enumerate().for_each(|(row, &g)| rows[g as usize].push(row));
    Ok(rows)
}

/// CR2 under the working model of independent rows, each with a variance inverse to its weight (equal without
/// weights), with Satterthwaite's degrees of freedom.
///
/// # Errors
/// [`Refusal::Length`], [`Refusal::FewClusters`].
pub fn cr2(fit: &Fit, cluster: &[u32]) -> Result<Covariance, Refusal> {
    // Rows times the root of their weight have equal variances: with those it is the plain case.
    let scale: Vec<f64> = fit.weights.as_ref().map_or_else(|| vec![1.0; fit.rows()], |w| w.iter().map(|w| w.sqrt()).collect());
    let rows = rows(cluster, fit)?;
    let k = fit.coef.len();
    let root = eigen(&fit.bread).map(0.0, f64::sqrt);
    let mut middle = Matrix::zeros(k, k);
    // For each cluster: its regressors, and those times the adjustment A = (I - H)^-1/2.
    let mut parts: Vec<(Matrix, Matrix)> = Vec::with_capacity(rows.len());
    for rows in &rows {
        let x = Matrix::from_fn(rows.len(), k, |i, j| scale[rows[i]] * fit.x.at(rows[i], j));
        // H = U U' with U = X root: its inverse root needs the k by k matrix U'U only.
        let u = x.times(&root);
        let e = eigen(&u.gram(None));
        let inner = e.map(1e-14, |v| ((1.0 - v).max(1e-12).powf(-0.5) - 1.0) / v);
        let ax = x.plus(1.0, &u.times(&inner).times(&u.transposed_times(&x)));
        let residuals: Vec<f64> = rows.iter().map(|&i| scale[i] * fit.residuals[i]).collect();
        let score = ax.transposed_times_vector(&residuals);
        for a in 0..k {
            (0..k).for_each(|b| *middle.at_mut(a, b) += score[a] * score[b]);
        }
        parts.push((x, ax));
    }
    let mut out = Covariance::sandwich(fit, &middle, 1.0, 0.0, "CR2", vec![rows.len()]);
    out.freedom = (0..k).map(|j| satterthwaite(fit, &parts, j)).collect();
    Ok(out)
}

/// Degrees of freedom of the variance of one coefficient: `(tr P)^2 / tr(P^2)` of its quadratic form.
fn satterthwaite(fit: &Fit, parts: &[(Matrix, Matrix)], j: usize) -> f64 {
    let c = fit.bread.col(j);
    // p_g = A_g X_g M c in cluster g, less its projection on all regressors.
    let own: Vec<Vec<f64>> = parts.iter().map(|(_, ax)| ax.times_vector(c)).collect();
    let projected: Vec<Vec<f64>> = parts.iter().zip(&own).map(|((x, _), p)| x.transposed_times_vector(p)).collect();
    let through: Vec<Vec<f64>> = projected.iter().map(|q| fit.bread.times_vector(q)).collect();
    let (mut trace, mut squares) = (0.0, 0.0);
    for g in 0..parts.len() {
        for (h, through) in through.iter().enumerate() {
            let inner = if g == h { dot(&own[g], &own[g]) } else { 0.0 } - dot(&projected[g], through);
            squares += inner * inner;
            if g == h {
                trace += inner;
            }
        }
    }
    trace * trace / squares
}

/// CRV3: the jackknife over clusters, around the full estimate, with G - 1 degrees of freedom.
///
/// # Errors
/// [`Refusal::Length`], [`Refusal::FewClusters`], and those of a fit where a cluster alone identifies a regressor.
pub fn crv3(regression: &Regression<'_>, fit: &Fit, cluster: &[u32]) -> Result<Covariance, Refusal> {
    let rows = rows(cluster, fit)?;
    let k = fit.coef.len();
    let inside = fit.effects.iter().all(|dim| nested(&dim.code, dim.count, cluster));
    let mut out = Matrix::zeros(k, k);
    for rows in &rows {
        let without = if inside { removed(fit, rows)? } else { refitted(regression, fit, rows)? };
        let change: Vec<f64> = without.iter().zip(&fit.coef).map(|(a, b)| a - b).collect();
        for a in 0..k {
            (0..k).for_each(|b| *out.at_mut(a, b) += change[a] * change[b]);
        }
    }
    let g = rows.len() as f64;
    let freedom = vec![if fit.normal { f64::INFINITY } else { g - 1.0 }; k];
    Ok(Covariance { matrix: out.scaled((g - 1.0) / g), freedom, kind: "CRV3", clusters: vec![rows.len()], repaired: false })
}

/// The coefficients without some rows, where every effect lies within them or outside.
fn removed(fit: &Fit, rows: &[usize]) -> Result<Vec<f64>, Refusal> {
    let k = fit.coef.len();
    let weight = |i: usize| fit.weights.as_ref().map_or(1.0, |w| w[i]);
    let x = Matrix::from_fn(rows.len(), k, |i, j| fit.x.at(rows[i], j));
    let w: Vec<f64> = rows.iter().map(|&i| weight(i)).collect();
    let whole = fit.x.gram(fit.weights.as_deref());
    let rest = whole.plus(-1.0, &x.gram(Some(&w)));
    let we: Vec<f64> = rows.iter().zip(&w).map(|(&i, w)| w * fit.residuals[i]).collect();
    let factor = Cholesky::new(&rest, 1e-10).map_err(|e| Refusal::Collinear { column: fit.names[e.column].clone() })?;
    let change = factor.solve(&x.transposed_times_vector(&we));
    Ok(fit.coef.iter().zip(change).map(|(b, c)| b - c).collect())
}

/// The coefficients of a new fit without some rows.
fn refitted(regression: &Regression<'_>, fit: &Fit, out: &[usize]) -> Result<Vec<f64>, Refusal> {
    let mut gone = vec![false; fit.rows()];
    out.iter().for_each(|&i| gone[i] = true);
    let left = |column: &[f64]| -> Vec<f64> { column.iter().zip(&gone).filter(|(_, g)| !**g).map(|(v, _)| *v).collect() };
    let names = fit.names.clone();
    let kept: Vec<Vec<f64>> =
        names.iter().filter_map(|n| regression.names.iter().position(|m| m == n)).map(|j| left(regression.x[j])).collect();
    let effects: Vec<Vec<u32>> =
        regression.effects.iter().map(|e| e.iter().zip(&gone).filter(|(_, g)| !**g).map(|(c, _)| *c).collect()).collect();
    let (y, w) = (left(regression.y), regression.weights.map(left));
    let x: Vec<&[f64]> = kept.iter().map(Vec::as_slice).collect();
    let effects: Vec<&[u32]> = effects.iter().map(Vec::as_slice).collect();
    let fit = Regression { y: &y, names: &names, x: &x, effects: &effects, weights: w.as_deref(), set_aside: false }.fit()?;
    Ok(fit.coef)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::covariance::{Leverage, Small, heteroskedastic};

    const Y: [f64; 6] = [1.0, 3.0, 4.0, 4.0, 2.0, 7.0];
    const X: [f64; 6] = [0.0, 1.0, 2.0, 3.0, 5.0, 4.0];

    fn line<'a>(names: &'a [String], x: &'a [&'a [f64]]) -> Regression<'a> {
        Regression { y: &Y, names, x, effects: &[], weights: None, set_aside: false }
    }

    /// With one row a cluster CRV3 is the jackknife, and refitting agrees with the formula.
    #[test]
    fn the_jackknife_by_refitting() {
        let names = ["x".to_string()];
        let x: [&[f64]; 1] = [&X];
        let regression = line(&names, &x);
        let fit = regression.fit().unwrap();
        let cov = crv3(&regression, &fit, &[0, 0, 1, 1, 2, 2]).unwrap();
        let mut sum = 0.0;
        for g in 0..3 {
            let rows = [2 * g, 2 * g + 1];
            let keep = |c: &[f64; 6]| -> Vec<f64> { (0..6).filter(|i| !rows.contains(i)).map(|i| c[i]).collect() };
            let (y, x) = (keep(&Y), keep(&X));
            let mean = |v: &[f64]| v.iter().sum::<f64>() / 4.0;
            let (my, mx) = (mean(&y), mean(&x));
            let slope = (0..4).map(|i| (x[i] - mx) * (y[i] - my)).sum::<f64>() / x.iter().map(|v| (v - mx).powi(2)).sum::<f64>();
            sum += (slope - fit.coef[0]).powi(2);
        }
        assert!((cov.matrix.at(0, 0) - sum * 2.0 / 3.0).abs() < 1e-13);
    }

    /// One row a cluster and no effect but what is in the regressors: CR2 is HC2.
    #[test]
    fn a_cluster_a_row_is_hc2() {
        let names = ["x".to_string(), "z".to_string()];
        let x: [&[f64]; 2] = [&X, &[1.0, 0.0, 0.0, 1.0, 1.0, 0.0]];
        let fit = line(&names, &x).fit().unwrap();
        let cov = cr2(&fit, &[0, 1, 2, 3, 4, 5]).unwrap();
        let hc2 = heteroskedastic(&fit, Leverage::Root, Small::NONE);
        assert!((cov.matrix.at(1, 1) - hc2.matrix.at(1, 1)).abs() < 1e-13);
        assert!(cov.freedom.iter().all(|f| *f > 0.0 && *f < 6.0));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let names = ["x".to_string()];
        let x: [&[f64]; 1] = [&X];
        let regression = line(&names, &x);
        let fit = regression.fit().unwrap();
        assert_eq!(cr2(&fit, &[0; 6]).unwrap_err(), Refusal::FewClusters { found: 1 });
        assert!(matches!(crv3(&regression, &fit, &[0; 5]).unwrap_err(), Refusal::Length { .. }));
    }

    /// Weights are those of rows times their roots: through the origin nothing else tells the two apart.
    #[test]
    fn a_weighted_row_is_the_row_times_the_root_of_its_weight() {
        let (names, weights) = (["x".to_string(), "z".to_string()], [1.0, 4.0, 9.0, 1.0, 4.0, 2.25]);
        let z = [1.0, 0.0, 2.0, 1.0, 1.0, 3.0];
        let root = |c: &[f64; 6]| -> Vec<f64> { c.iter().zip(&weights).map(|(v, w): (&f64, &f64)| v * w.sqrt()).collect() };
        // A constant is implied, so both runs are made to have none: it is taken out as the root of the weight.
        let one = [1.0; 6];
        let clusters = [0, 0, 1, 1, 2, 2];
        let (x, z_, one_) = (root(&X), root(&z), root(&one));
        let level = |c: &[f64]| c.iter().zip(&one_).map(|(a, b)| a * b).sum::<f64>() / one_.iter().map(|b| b * b).sum::<f64>();
        let without = |c: &[f64]| -> Vec<f64> { c.iter().zip(&one_).map(|(v, b)| v - level(c) * b).collect() };
        let columns: [&[f64]; 2] = [&X, &z];
        let fit = Regression { weights: Some(&weights), ..line(&names, &columns) }.fit().unwrap();
        let found = cr2(&fit, &clusters).unwrap();
        let (x, z, y) = (without(&x), without(&z_), without(&root(&Y)));
        // By the definition: A = (I - H)^-1/2 in each cluster, on rows without their level.
        let plain = Fit {
            x: Matrix::from_columns(6, &[x, z]),
            residuals: fit.residuals.iter().zip(&one_).map(|(e, r)| e * r).collect(),
            weights: None,
            ..fit.clone()
        };
        assert!((plain.residuals[0] - (y[0] - dot(&[plain.x.at(0, 0), plain.x.at(0, 1)], &fit.coef))).abs() < 1e-12);
        let by_hand = cr2(&plain, &clusters).unwrap();
        assert!((found.matrix.at(0, 0) - by_hand.matrix.at(0, 0)).abs() < 1e-12 * by_hand.matrix.at(0, 0).abs());
        assert!(found.freedom.iter().zip(&by_hand.freedom).all(|(a, b)| (a - b).abs() < 1e-9));
    }
}

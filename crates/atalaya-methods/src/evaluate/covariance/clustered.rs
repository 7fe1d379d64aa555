//! Clusters in one way or several: rows of one cluster may depend on each other in any manner.

use super::{Covariance, Leverage, Small, scores};
use crate::evaluate::effects::Groups;
use crate::evaluate::fixed_effects::Fit;
use crate::evaluate::refusal::Refusal;
use crate::num::Matrix;

/// Sums of scores within clusters: one row a cluster.
pub fn summed(scores: &Matrix, groups: &Groups) -> Matrix {
    let mut out = Matrix::zeros(groups.count, scores.cols());
    for j in 0..scores.cols() {
        let target = out.col_mut(j);
        groups.code.iter().zip(scores.col(j)).for_each(|(&g, s)| target[g as usize] += s);
    }
    out
}

/// The same of plain scores, without keeping them: tens of millions of rows would not fit a cache twice.
fn fused(fit: &Fit, groups: &Groups) -> Matrix {
    let mut out = Matrix::zeros(groups.count, fit.coef.len());
    for j in 0..fit.coef.len() {
        let target = out.col_mut(j);
        let rows = groups.code.iter().zip(fit.x.col(j)).zip(&fit.residuals);
        match &fit.weights {
            None => rows.for_each(|((&g, x), e)| target[g as usize] += x * e),
            Some(w) => rows.zip(w).for_each(|(((&g, x), e), w)| target[g as usize] += w * x * e),
        }
    }
    out
}

/// The variance with clusters in each way given (CRV1 with the usual corrections).
///
/// # Errors
/// [`Refusal::Length`], [`Refusal::FewClusters`].
pub fn clustered(fit: &Fit, ways: &[&[u32]], leverage: Leverage, small: Small) -> Result<Covariance, Refusal> {
    if ways.is_empty() {
        return Err(Refusal::FewClusters { found: 0 });
    }
    if let Some(odd) = ways.iter().find(|w| w.len() != fit.rows()) {
        return Err(Refusal::Length { column: "cluster".into(), found: odd.len(), expected: fit.rows() });
    }
    let s = (leverage != Leverage::Ignored).then(|| scores(fit, leverage));
    let mut middle = Matrix::zeros(fit.coef.len(), fit.coef.len());
    let mut counts = Vec::new();
    // Inclusion and exclusion over the intersections of the ways.
    for set in 1..1u32 << ways.len() {
        let members: Vec<&[u32]> = (0..ways.len()).filter(|w| set >> w & 1 == 1).map(|w| ways[w]).collect();
        let groups = members[1..].iter().fold(Groups::new(members[0]), |g, way| crossed(&g, way));
        if members.len() == 1 {
            counts.push(groups.count);
        }
        let sign = if members.len() % 2 == 1 { 1.0 } else { -1.0 };
        let sums = s.as_ref().map_or_else(|| fused(fit, &groups), |s| summed(s, &groups));
        middle = middle.plus(sign, &sums.gram(None));
    }
    let least = counts.iter().copied().min().unwrap_or(0);
    if least < 2 {
        return Err(Refusal::FewClusters { found: least });
    }
    let g = least as f64;
    let factor = small.factor(fit, ways) * if small.clusters { g / (g - 1.0) } else { 1.0 };
    Ok(Covariance::sandwich(fit, &middle, factor, g - 1.0, "clustered", counts).repair())
}

/// The cells of two groupings.
fn crossed(a: &Groups, b: &[u32]) -> Groups {
    let b = Groups::new(b);
    let mut cells: Vec<u64> = a.code.iter().zip(&b.code).map(|(&i, &j)| u64::from(i) * b.count as u64 + u64::from(j)).collect();
    let mut known = cells.clone();
    known.sort_unstable();
    known.dedup();
    let code: Vec<u32> = cells.drain(..).map(|c| known.partition_point(|k| *k < c) as u32).collect();
    Groups { code, count: known.len(), label: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::covariance::heteroskedastic;
    use crate::evaluate::fixed_effects::Regression;

    fn line() -> Fit {
        let names = ["x".to_string()];
        let y = [1.0, 3.0, 4.0, 4.0];
        Regression { y: &y, names: &names, x: &[&[0.0, 1.0, 2.0, 3.0]], effects: &[], weights: None, set_aside: false }.fit().unwrap()
    }

    /// Scores .75, -.25, .25, -.75; two clusters sum to .5 and -.5, so the middle is .5 and the variance .5 / 25.
    #[test]
    fn two_clusters_by_hand() {
        let cov = clustered(&line(), &[&[0, 0, 1, 1]], Leverage::Ignored, Small::NONE).unwrap();
        assert!((cov.matrix.at(0, 0) - 0.02).abs() < 1e-14);
    }

    #[test]
    fn a_cluster_a_row_is_the_heteroskedastic_variance() {
        let fit = line();
        let a = clustered(&fit, &[&[0, 1, 2, 3]], Leverage::Root, Small::NONE).unwrap();
        let b = heteroskedastic(&fit, Leverage::Root, Small::NONE);
        assert!((a.matrix.at(0, 0) - b.matrix.at(0, 0)).abs() < 1e-15);
        let same = clustered(&fit, &[&[0, 0, 1, 1], &[0, 0, 1, 1]], Leverage::Ignored, Small::NONE).unwrap();
        assert!((same.matrix.at(0, 0) - 0.02).abs() < 1e-14, "two equal ways are one");
    }

    #[test]
    fn one_cluster_is_refused() {
        assert_eq!(clustered(&line(), &[&[3; 4]], Leverage::Ignored, Small::NONE).unwrap_err(), Refusal::FewClusters { found: 1 });
        assert!(matches!(clustered(&line(), &[&[3; 2]], Leverage::Ignored, Small::NONE).unwrap_err(), Refusal::Length { .. }));
    }
}

//! Meta-analysis of estimates that come in clusters: a variance between clusters and one within.
//!
//! # Answers
//! What do evaluations say together when several come from one district, programme or team, and how far do
//! effects differ between those and within them?
//!
//! # Source
//! Konstantopoulos (2011), Research Synthesis Methods 2(1), 61-76, table 3; standard errors that hold
//! whatever the model: Tipton (2015), Psychological Methods 20(3), 375-393.
//!
//! # Assumes
//! - Effects share what their cluster adds; clusters are independent.
//! - For robust errors: clusters are independent, and nothing else.
//!
//! # Shapes and units
//! `k` estimates, variances, and the cluster and the unit within it of each; `x` as in `meta_analysis`.
//!
//! # Cost
//! O(k²) memory and O(k² p) time a scoring step, after one factor a cluster.
//!
//! # Does not
//! Handle sampling errors that are correlated.
//!
//! # Checked by
//! School calendars against R's `metafor` and `clubSandwich`; one unit a cluster is `meta_analysis`; a world
//! with both variances; each refusal.

use super::meta_analysis::MetaError;
use crate::card::Card;
use crate::num::symmetric::eigen;
use crate::num::{Cholesky, Matrix, dot};

/// What the method is.
pub const CARD: Card = Card {
    id: "meta_multilevel",
    verb: "evaluate",
    name: ["Meta-analysis in clusters", "Metaanálisis por grupos"],
    answers: [
        "What do evaluations say together when several come from one place?",
        "¿Qué dicen en conjunto las evaluaciones cuando varias provienen de un mismo lugar?",
    ],
    source: "Konstantopoulos (2011), Research Synthesis Methods 2(1), 61-76",
};

/// The estimates with where they come from.
#[derive(Debug, Clone, Copy)]
pub struct Clustered<'a> {
    /// The estimates.
    pub y: &'a [f64],
    /// Their variances.
    pub v: &'a [f64],
    /// Moderators, the constant among them.
    pub x: &'a Matrix,
    /// The cluster of each.
    pub cluster: &'a [u32],
    /// The unit within its cluster of each.
    pub unit: &'a [u32],
}

/// What they say together.
#[derive(Debug, Clone, PartialEq)]
pub struct Multilevel {
    /// One a column of moderators.
    pub beta: Vec<f64>,
    /// Their standard errors, if the model holds.
    pub se: Vec<f64>,
    /// The variance between clusters.
    pub between: f64,
    /// The variance between units of a cluster.
    pub within: f64,
    /// Scoring steps taken.
    pub steps: usize,
    covariance: Matrix,
    residuals: Vec<f64>,
}

/// Errors that hold whatever the covariance within clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct Robust {
    /// CR1: residuals as they are, times m / (m - p) for m clusters.
    pub cr1: Vec<f64>,
    /// CR2: residuals adjusted to have the variance the model gives errors.
    pub cr2: Vec<f64>,
    /// Satterthwaite's degrees of freedom of CR2.
    pub df: Vec<f64>,
}

/// The estimate by restricted maximum likelihood.
///
/// # Errors
/// [`MetaError`].
pub fn meta_multilevel(data: &Clustered<'_>) -> Result<Multilevel, MetaError> {
    check(data)?;
    let mean = data.v.iter().sum::<f64>() / data.v.len() as f64;
    let mut variance = [mean, mean];
    for steps in 1..200 {
        let fit = Fit::at(data, variance)?;
        let step = fit.scoring_step(data);
        let mut next = variance;
        for (n, s) in next.iter_mut().zip(step) {
            // A variance falls by nine tenths at most a step; at nought with the slope outwards it stays.
            *n = (*n + s).max(0.1 * *n);
            if *n < 1e-14 * mean {
                *n = 0.0;
            }
        }
        let moved = next.iter().zip(variance).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        variance = next;
        if moved <= 1e-13 * mean {
            let fit = Fit::at(data, variance)?;
            let se = (0..fit.beta.len()).map(|j| fit.covariance.at(j, j).sqrt()).collect();
            let [between, within] = variance;
            return Ok(Multilevel { se, between, within, steps, residuals: fit.residuals, covariance: fit.covariance, beta: fit.beta });
        }
    }
    Err(MetaError::NotSettled { steps: 200 })
}

fn check(data: &Clustered<'_>) -> Result<(), MetaError> {
    let (k, p) = (data.y.len(), data.x.cols());
    let short = data.v.len().min(data.cluster.len()).min(data.unit.len());
    if k != data.v.len() || k != data.x.rows() || short != k {
        return Err(MetaError::Lengths { estimates: k, variances: short, moderators: data.x.rows() });
    }
    if let Some(study) = (0..k).find(|&i| !(data.y[i].is_finite() && data.v[i] > 0.0 && data.v[i].is_finite())) {
        return Err(MetaError::Study { study });
    }
    if members(data).len() < p + 2 {
        return Err(MetaError::TooFew { studies: members(data).len(), coefficients: p });
    }
    Cholesky::new(&data.x.gram(None), 1e-12).map_err(|e| MetaError::Collinear { column: e.column })?;
    Ok(())
}

/// The rows of each cluster, clusters in the order of their numbers.
fn members(data: &Clustered<'_>) -> Vec<Vec<usize>> {
    let mut rows: std::collections::BTreeMap<u32, Vec<usize>> = std::collections::BTreeMap::new();
    data.cluster.iter().enumerate().for_each(|(i, c)| rows.entry(*c).or_default().push(i));
    rows.into_values().collect()
}

/// The covariance the model gives the estimates of one cluster.
fn model(data: &Clustered<'_>, rows: &[usize], [between, within]: [f64; 2]) -> Matrix {
    Matrix::from_fn(rows.len(), rows.len(), |i, j| {
        let same = if data.unit[rows[i]] == data.unit[rows[j]] { within } else { 0.0 };
        between + same + if i == j { data.v[rows[i]] } else { 0.0 }
    })
}

struct Fit {
    beta: Vec<f64>,
    covariance: Matrix,
    residuals: Vec<f64>,
    /// `V^-1`, block by block.
    inverses: Vec<Matrix>,
    /// `V^-1 X`.
    weighted: Matrix,
}

impl Fit {
    fn at(data: &Clustered<'_>, variance: [f64; 2]) -> Result<Fit, MetaError> {
        let (k, p) = (data.y.len(), data.x.cols());
        let mut weighted = Matrix::zeros(k, p);
        let mut inverses = Vec::new();
        for rows in members(data) {
            let inverse =
                Cholesky::new(&model(data, &rows, variance), 0.0).map_err(|e| MetaError::Study { study: rows[e.column] })?.inverse();
            for j in 0..p {
                let own: Vec<f64> = rows.iter().map(|&i| data.x.at(i, j)).collect();
                inverse.times_vector(&own).iter().zip(&rows).for_each(|(w, &i)| *weighted.at_mut(i, j) = *w);
            }
            inverses.push(inverse);
        }
        let information = data.x.transposed_times(&weighted);
        let factor = Cholesky::new(&information, 1e-13).map_err(|e| MetaError::Collinear { column: e.column })?;
        let beta = factor.solve(&weighted.transposed_times_vector(data.y));
        let fitted = data.x.times_vector(&beta);
        let residuals = data.y.iter().zip(&fitted).map(|(y, f)| y - f).collect();
        Ok(Fit { covariance: factor.inverse(), beta, residuals, inverses, weighted })
    }

    /// `P = V^-1 - V^-1 X (X'V^-1X)^-1 X'V^-1`.
    fn projection(&self, data: &Clustered<'_>) -> Matrix {
        let mut p = self.weighted.times(&self.covariance).times(&self.weighted.transposed()).scaled(-1.0);
        for (rows, inverse) in members(data).iter().zip(&self.inverses) {
            for (a, &i) in rows.iter().enumerate() {
                rows.iter().enumerate().for_each(|(b, &j)| *p.at_mut(i, j) += inverse.at(a, b));
            }
        }
        p
    }

    /// Fisher's scoring step of both variances.
    fn scoring_step(&self, data: &Clustered<'_>) -> [f64; 2] {
        let p = self.projection(data);
        let py = p.times_vector(data.y);
        let k = data.y.len();
        let group = [
            (0..k).map(|i| (data.cluster[i], 0)).collect::<Vec<_>>(),
            (0..k).map(|i| (data.cluster[i], 1 + data.unit[i])).collect::<Vec<_>>(),
        ];
        let same = |level: usize, i: usize, j: usize| group[level][i] == group[level][j];
        // Z of a level is 1 where two rows share a group: P Z is P with columns added up within groups.
        let spread = |level: usize| Matrix::from_fn(k, k, |i, j| (0..k).filter(|&l| same(level, l, j)).map(|l| p.at(i, l)).sum());
        let products = [spread(0), spread(1)];
        let score = |level: usize| {
            let form: f64 = (0..k).map(|i| (0..k).filter(|&j| same(level, i, j)).map(|j| py[i] * py[j]).sum::<f64>()).sum();
            form - (0..k).map(|i| products[level].at(i, i)).sum::<f64>()
        };
        let information =
            |a: usize, b: usize| -> f64 { (0..k).map(|j| (0..k).map(|i| products[a].at(i, j) * products[b].at(j, i)).sum::<f64>()).sum() };
        let (s, i) = ([score(0), score(1)], [information(0, 0), information(0, 1), information(1, 1)]);
        let det = i[0] * i[2] - i[1] * i[1];
        if det <= 1e-10 * i[0] * i[2] {
            // One unit a cluster: both variances are one and the same.
            return [s[0] / i[0], 0.0];
        }
        [(i[2] * s[0] - i[1] * s[1]) / det, (i[0] * s[1] - i[1] * s[0]) / det]
    }
}

/// Robust errors of a fit.
///
/// # Errors
/// [`MetaError`].
pub fn robust(data: &Clustered<'_>, fit: &Multilevel) -> Result<Robust, MetaError> {
    let variance = [fit.between, fit.within];
    let (p, groups) = (data.x.cols(), members(data));
    let mut meat = [Matrix::zeros(p, p), Matrix::zeros(p, p)];
    let mut sides: Vec<Vec<Vec<f64>>> = vec![Vec::new(); p];
    for rows in &groups {
        let v = model(data, rows, variance);
        let inverse = Cholesky::new(&v, 0.0).map_err(|e| MetaError::Study { study: rows[e.column] })?.inverse();
        let x = Matrix::from_fn(rows.len(), p, |i, j| data.x.at(rows[i], j));
        let weighted = inverse.times(&x);
        let e: Vec<f64> = rows.iter().map(|&i| fit.residuals[i]).collect();
        let adjust = adjustment(&v, &v.plus(-1.0, &x.times(&fit.covariance).times(&x.transposed())));
        for (meat, e) in meat.iter_mut().zip([e.clone(), adjust.times_vector(&e)]) {
            let score = weighted.transposed_times_vector(&e);
            *meat = meat.plus(1.0, &Matrix::from_fn(p, p, |i, j| score[i] * score[j]));
        }
        // The estimate's side of the quadratic form that CR2 is: one vector a cluster and coefficient.
        let side = adjust.transposed_times(&weighted.times(&fit.covariance));
        (0..p).for_each(|j| sides[j].push(side.col(j).to_vec()));
    }
    let m = groups.len() as f64;
    let errors = |meat: &Matrix, scale: f64| {
        let all = fit.covariance.times(meat).times(&fit.covariance);
        (0..p).map(|j| (scale * all.at(j, j)).sqrt()).collect()
    };
    let df = sides.iter().map(|side| satterthwaite(data, fit, &groups, side)).collect();
    Ok(Robust { cr1: errors(&meat[0], m / (m - p as f64)), cr2: errors(&meat[1], 1.0), df })
}

/// CR2's matrix: residuals it has been applied to have covariance `v` if theirs is `left`.
fn adjustment(v: &Matrix, left: &Matrix) -> Matrix {
    let root = eigen(v).map(0.0, f64::sqrt);
    let inner = eigen(&root.times(left).times(&root)).map(1e-12, |x| 1.0 / x.sqrt());
    root.times(&inner).times(&root)
}

/// The degrees of freedom: twice the square of the mean of the quadratic form over its variance.
fn satterthwaite(data: &Clustered<'_>, fit: &Multilevel, groups: &[Vec<usize>], side: &[Vec<f64>]) -> f64 {
    let p = data.x.cols();
    let across: Vec<Vec<f64>> = groups
        .iter()
        .zip(side)
        .map(|(rows, s)| (0..p).map(|j| rows.iter().zip(s).map(|(&i, s)| data.x.at(i, j) * s).sum()).collect())
        .collect();
    let (mut trace, mut square) = (0.0, 0.0);
    for g in 0..groups.len() {
        for h in 0..groups.len() {
            let mut cell = -dot(&across[g], &fit.covariance.times_vector(&across[h]));
            if g == h {
                cell += model(data, &groups[g], [fit.between, fit.within]).quadratic(&side[g]);
                trace += cell;
            }
            square += cell * cell;
        }
    }
    trace * trace / square
}

#[cfg(test)]
mod tests {
    use super::super::meta_analysis::{Between, Options, Studies, meta_analysis};
    use super::*;
    use atalaya_kernel::Seed;

    fn world(seed: u64, clusters: u32, each: u32) -> (Vec<f64>, Vec<f64>, Vec<u32>, Vec<u32>) {
        let mut stream = Seed(seed).stream(0);
        let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
        let (mut y, mut v, mut c, mut u) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for cluster in 0..clusters {
            let own = 0.3 * normal();
            for unit in 0..each {
                let variance = 0.02 + 0.01 * f64::from(unit);
                y.push(0.5 + own + 0.2 * normal() + variance.sqrt() * normal());
                v.push(variance);
                c.push(cluster);
                u.push(unit);
            }
        }
        (y, v, c, u)
    }

    #[test]
    fn one_unit_a_cluster_is_the_plain_model() {
        let (y, v, c, u) = world(1, 12, 1);
        let x = Matrix::from_fn(12, 1, |_, _| 1.0);
        let found = meta_multilevel(&Clustered { y: &y, v: &v, x: &x, cluster: &c, unit: &u }).unwrap();
        let options = Options { between: Between::RestrictedLikelihood, knapp_hartung: false, ..Options::default() };
        let plain = meta_analysis(&Studies { y: &y, v: &v, x: None }, &options).unwrap();
        assert!((found.between + found.within - plain.tau2).abs() < 1e-9, "{found:?} {plain:?}");
        assert!((found.se[0] - plain.coefficients[0].se).abs() < 1e-9);
    }

    #[test]
    fn both_variances_of_a_world_come_out_and_robust_intervals_cover() {
        let (mut sums, mut covered) = ([0.0; 2], 0);
        for seed in 0..150 {
            let (y, v, c, u) = world(seed, 15, 4);
            let x = Matrix::from_fn(60, 1, |_, _| 1.0);
            let data = Clustered { y: &y, v: &v, x: &x, cluster: &c, unit: &u };
            let found = meta_multilevel(&data).unwrap();
            sums[0] += found.between / 150.0;
            sums[1] += found.within / 150.0;
            let robust = robust(&data, &found).unwrap();
            let critical = crate::num::distribution::t_quantile(0.975, robust.df[0]);
            covered += usize::from((found.beta[0] - 0.5).abs() < critical * robust.cr2[0]);
        }
        assert!((sums[0] - 0.09).abs() < 0.015 && (sums[1] - 0.04).abs() < 0.008, "{sums:?}");
        assert!((134..=149).contains(&covered), "{covered} of 150");
    }

    #[test]
    fn each_fault_is_named() {
        let x = Matrix::from_fn(4, 1, |_, _| 1.0);
        let good = Clustered { y: &[1.0, 2.0, 3.0, 4.0], v: &[1.0; 4], x: &x, cluster: &[1, 1, 2, 3], unit: &[0, 1, 0, 0] };
        assert!(meta_multilevel(&good).is_ok());
        assert!(matches!(meta_multilevel(&Clustered { v: &[1.0], ..good }), Err(MetaError::Lengths { .. })));
        assert_eq!(meta_multilevel(&Clustered { v: &[1.0, -1.0, 1.0, 1.0], ..good }), Err(MetaError::Study { study: 1 }));
        assert!(matches!(meta_multilevel(&Clustered { cluster: &[1, 1, 2, 2], ..good }), Err(MetaError::TooFew { .. })));
        let twice = Matrix::from_fn(4, 2, |_, _| 1.0);
        let many = Clustered { x: &twice, cluster: &[1, 2, 3, 4], ..good };
        assert!(matches!(meta_multilevel(&many), Err(MetaError::Collinear { column: 1 })));
    }
}

//! Missing studies: whether small ones speak another language than large ones, and what would be said with all.
//!
//! # Answers
//! Do small studies report larger effects, as they would if only the striking ones were published?
//!
//! # Source
//! Egger, Davey Smith, Schneider and Minder (1997), BMJ 315, 629-634, in the form of a meta-regression on
//! the standard error; Begg and Mazumdar (1994), Biometrics 50(4), 1088-1101; Duval and Tweedie (2000),
//! Biometrics 56(2), 455-463, estimator L0.
//!
//! # Assumes
//! - Without missing studies, effects and their errors are unrelated: small studies differ in nothing else.
//! - For trim and fill: what is missing are the studies furthest to one side.
//!
//! # Shapes and units
//! As in `meta_analysis`, without moderators.
//!
//! # Cost
//! O(k²) for the pairs of the rank test; a handful of meta-analyses for the others.
//!
//! # Does not
//! Prove that studies are missing: many things make small studies differ.
//!
//! # Checked by
//! BCG vaccine, stroke care, passive smoking, conscientiousness and teacher expectancy against R's
//! `metafor`; a mirrored set mirrors; a world with and without missing studies; each refusal.

use super::meta_analysis::{Between, Coefficient, Meta, MetaError, Options, Studies, meta_analysis};
use crate::card::Card;
use crate::num::Matrix;
use crate::num::distribution::normal_tail;

/// What the method is.
pub const CARD: Card = Card {
    id: "meta_bias",
    verb: "evaluate",
    name: ["Missing studies", "Estudios ausentes"],
    answers: [
        "Do small studies report larger effects, as if only the striking ones were published?",
        "¿Los estudios pequeños informan efectos mayores, como si solo se publicaran los llamativos?",
    ],
    source: "Egger, Davey Smith, Schneider and Minder (1997), BMJ 315, 629-634",
};

/// Egger's test: the slope on the standard error, whose z-value is `estimate / se`.
///
/// # Errors
/// [`MetaError`]; three studies are needed, and errors that differ.
pub fn egger(y: &[f64], v: &[f64], options: &Options) -> Result<Coefficient, MetaError> {
    let x = Matrix::from_fn(v.len(), 2, |i, j| if j == 0 { 1.0 } else { v[i].sqrt() });
    Ok(meta_analysis(&Studies { y, v, x: Some(&x) }, options)?.coefficients[1])
}

/// Kendall's rank correlation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kendall {
    /// Kendall's tau, corrected for ties.
    pub tau: f64,
    /// Twice the tail beyond it.
    pub p_value: f64,
    /// Whether every order was counted; otherwise the tail is that of a normal, as there are ties or many studies.
    pub exact: bool,
}

/// Begg's test: effects less their mean, in units of their error, against their variance, by ranks.
///
/// # Errors
/// [`MetaError`].
pub fn begg(y: &[f64], v: &[f64]) -> Result<Kendall, MetaError> {
    let options = Options { between: Between::None, knapp_hartung: false, ..Options::default() };
    let mean = meta_analysis(&Studies { y, v, x: None }, &options)?.coefficients[0];
    if y.len() < 3 {
        return Err(MetaError::TooFew { studies: y.len(), coefficients: 1 });
    }
    let standardised: Vec<f64> = y.iter().zip(v).map(|(y, v)| (y - mean.estimate) / (v - mean.se * mean.se).sqrt()).collect();
    Ok(kendall(&standardised, v))
}

fn kendall(a: &[f64], b: &[f64]) -> Kendall {
    let n = a.len();
    let side = |x: &[f64], i: usize, j: usize| x[i].partial_cmp(&x[j]).map_or(0, |o| o as i32);
    let pairs = || (0..n).flat_map(|i| (0..i).map(move |j| (i, j)));
    let (mut score, mut untied) = (0, [0.0, 0.0]);
    for (i, j) in pairs() {
        let (p, q) = (side(a, i, j), side(b, i, j));
        score += p * q;
        untied[0] += f64::from(p.abs());
        untied[1] += f64::from(q.abs());
    }
    let tau = f64::from(score) / (untied[0] * untied[1]).sqrt();
    let all = (n * (n - 1) / 2) as f64;
    if untied == [all, all] && n < 50 {
        let concordant = ((all + f64::from(score)) / 2.0).round() as usize;
        let below = orders_up_to(n, concordant);
        let above = 1.0 - if concordant == 0 { 0.0 } else { orders_up_to(n, concordant - 1) };
        return Kendall { tau, p_value: (2.0 * below.min(above)).min(1.0), exact: true };
    }
    let z = f64::from(score) / score_variance(a, b).sqrt();
    Kendall { tau, p_value: 2.0 * normal_tail(z.abs()), exact: false }
}

/// The share of orders of `n` things with at most so many pairs in order.
fn orders_up_to(n: usize, pairs: usize) -> f64 {
    // Shares of orders by number of pairs; the k-th thing adds 0 to k - 1 pairs, each alike.
    let mut shares = vec![1.0];
    for k in 2..=n {
        let mut next = vec![0.0; shares.len() + k - 1];
        for (at, share) in shares.iter().enumerate() {
            next[at..at + k].iter_mut().for_each(|s| *s += share / k as f64);
        }
        shares = next;
    }
    shares.iter().take(pairs + 1).sum()
}

/// The variance of the score with ties (Kendall 1970, Rank Correlation Methods, chapter 4).
fn score_variance(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let ties = |x: &[f64]| {
        let mut sorted = x.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted.chunk_by(|p, q| p == q).map(|c| c.len() as f64).collect::<Vec<f64>>()
    };
    let (t, u) = (ties(a), ties(b));
    let sum = |ties: &[f64], f: fn(f64) -> f64| ties.iter().map(|t| f(*t)).sum::<f64>();
    let cubic = |t: f64| t * (t - 1.0) * (2.0 * t + 5.0);
    let pairs = |t: f64| t * (t - 1.0);
    let triples = |t: f64| t * (t - 1.0) * (t - 2.0);
    (cubic(n) - sum(&t, cubic) - sum(&u, cubic)) / 18.0
        + sum(&t, pairs) * sum(&u, pairs) / (2.0 * n * (n - 1.0))
        + sum(&t, triples) * sum(&u, triples) / (9.0 * n * (n - 1.0) * (n - 2.0))
}

/// What trim and fill finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// How many studies are missing.
    pub missing: usize,
    /// Whether they are missing on the side of smaller effects.
    pub left: bool,
    /// The meta-analysis with them filled in.
    pub with: Meta,
}

/// How many studies are missing on the side that Egger's slope points to, and the answer with them filled in.
///
/// # Errors
/// [`MetaError`].
pub fn trim_and_fill(y: &[f64], v: &[f64], options: &Options) -> Result<Filled, MetaError> {
    let left = egger(y, v, options)?.estimate >= 0.0;
    let sign = if left { 1.0 } else { -1.0 };
    let mut order: Vec<usize> = (0..y.len()).collect();
    order.sort_by(|&i, &j| (sign * y[i]).total_cmp(&(sign * y[j])));
    let (flipped, errors): (Vec<f64>, Vec<f64>) = order.iter().map(|&i| (sign * y[i], v[i])).unzip();
    let (k, mut missing) = (y.len(), 0);
    for _ in 0..100 {
        let kept = k - missing;
        let trimmed = Studies { y: &flipped[..kept], v: &errors[..kept], x: None };
        let centre = meta_analysis(&trimmed, options)?.coefficients[0].estimate;
        let found = lacking(&flipped, centre);
        if found != missing {
            missing = found.min(k - 2);
            continue;
        }
        let mirrored = |at: usize| sign * (2.0 * centre - flipped[at]);
        let filled: Vec<f64> = y.iter().copied().chain((kept..k).map(mirrored)).collect();
        let variances: Vec<f64> = v.iter().copied().chain(errors[kept..].iter().copied()).collect();
        return Ok(Filled { missing, left, with: meta_analysis(&Studies { y: &filled, v: &variances, x: None }, options)? });
    }
    Err(MetaError::NotSettled { steps: 100 })
}

/// Estimator L0 on sorted effects: by how much the ranks of those to the right outweigh the others.
fn lacking(sorted: &[f64], centre: f64) -> usize {
    let k = sorted.len() as f64;
    let mut by_size: Vec<usize> = (0..sorted.len()).collect();
    by_size.sort_by(|&i, &j| (sorted[i] - centre).abs().total_cmp(&(sorted[j] - centre).abs()));
    let ranks: f64 = by_size.iter().enumerate().filter(|(_, i)| sorted[**i] > centre).map(|(rank, _)| (rank + 1) as f64).sum();
    ((4.0 * ranks - k * (k + 1.0)) / (2.0 * k - 1.0)).round_ties_even().max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use atalaya_kernel::Seed;

    /// Four things in order have 24 orders, of which one has all six pairs in order: p = 2/24.
    #[test]
    fn the_exact_tail_by_hand() {
        let found = kendall(&[1.0, 2.0, 3.0, 4.0], &[0.1, 0.4, 0.5, 0.9]);
        assert_eq!((found.tau, found.exact), (1.0, true));
        assert!((found.p_value - 2.0 / 24.0).abs() < 1e-15);
    }

    fn world(seed: u64, k: usize, published: impl Fn(f64, f64) -> bool) -> (Vec<f64>, Vec<f64>) {
        let mut stream = Seed(seed).stream(0);
        let mut normal = || (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0;
        let (mut y, mut v) = (Vec::new(), Vec::new());
        let mut i = 0;
        while y.len() < k {
            let variance = 0.01 + 0.02 * (i % 20) as f64;
            let effect = 0.2 + variance.sqrt() * normal();
            i += 1;
            if published(effect, variance) {
                y.push(effect);
                v.push(variance);
            }
        }
        (y, v)
    }

    fn share(published: impl Fn(f64, f64) -> bool + Copy) -> [f64; 2] {
        let options = Options { between: Between::None, knapp_hartung: false, ..Options::default() };
        let mut small = [0.0; 2];
        for seed in 0..400 {
            let (y, v) = world(seed, 20, published);
            small[0] += f64::from(egger(&y, &v, &options).unwrap().p_value < 0.05) / 400.0;
            small[1] += f64::from(begg(&y, &v).unwrap().p_value < 0.05) / 400.0;
        }
        small
    }

    #[test]
    fn tests_reject_as_often_as_they_say_and_oftener_when_studies_are_missing() {
        let (whole, censored) = (share(|_, _| true), share(|y, v| y > 1.3 * v.sqrt()));
        assert!((0.02..0.085).contains(&whole[0]) && whole[1] < 0.085, "{whole:?}");
        assert!(censored[0] > 0.5 && censored[1] > 0.3, "{censored:?}");
    }

    #[test]
    fn a_mirrored_set_mirrors_and_a_filled_one_moves_back() {
        let options = Options { between: Between::DerSimonianLaird, knapp_hartung: false, ..Options::default() };
        let (y, v) = world(1, 30, |y, v| y > v.sqrt());
        let mirrored: Vec<f64> = y.iter().map(|y| -y).collect();
        let (a, b) = (trim_and_fill(&y, &v, &options).unwrap(), trim_and_fill(&mirrored, &v, &options).unwrap());
        assert!(a.missing > 0 && a.missing == b.missing && a.left && !b.left);
        assert!((a.with.coefficients[0].estimate + b.with.coefficients[0].estimate).abs() < 1e-12);
        let before = meta_analysis(&Studies { y: &y, v: &v, x: None }, &options).unwrap().coefficients[0].estimate;
        assert!(a.with.coefficients[0].estimate < before);
    }

    #[test]
    fn too_little_is_refused() {
        let options = Options::default();
        assert!(matches!(begg(&[1.0, 2.0], &[1.0, 2.0]), Err(MetaError::TooFew { .. })));
        assert!(matches!(egger(&[1.0, 2.0], &[1.0, 2.0], &options), Err(MetaError::TooFew { .. })));
        assert!(matches!(egger(&[1.0, 2.0, 3.0], &[1.0; 3], &options), Err(MetaError::Collinear { column: 1 })));
        assert!(trim_and_fill(&[1.0, 2.0], &[1.0, 2.0], &options).is_err());
    }
}

//! The wild cluster bootstrap: what the t statistic would be if whole clusters changed their sign.
//!
//! # Answers
//! Is a coefficient different from a value, when clusters are too few for the usual theory?
//! # Source
//! Cameron, Gelbach and Miller (2008), REStat 90, 414-427; Roodman, MacKinnon, Nielsen and Webb (2019),
//! Stata Journal 19, 4-60; MacKinnon (2023), Econometrics and Statistics 27 (the fast form by cluster scores);
//! Webb (2023), Canadian J. of Economics 56 (six points).
//! # Assumes
//! Independent clusters, more than a handful on each side of a treatment.
//! # Shapes and units
//! A regression and one cluster a row. Effects within clusters are taken out, others become regressors.
//! # Cost
//! One pass over the rows, then O(G k) a draw; with 2^G no more than the draws asked, all are used.
//! # Does not
//! Weigh rows, or cluster in two ways.
//! # Checked by
//! `the_fast_form_is_the_slow_one`, `twelve_clusters_are_enumerated`, `size_under_the_null`,
//! `what_it_cannot_do_is_refused`, and the rows `WCR_*` and `WCU_*` of the reference file.

use rayon::prelude::*;

use atalaya_kernel::seed::{Seed, Stream};

use super::covariance::nested;
use super::effects::{Effects, Groups};
use super::fixed_effects::Regression;
use super::refusal::Refusal;
use crate::card::Card;
use crate::num::{Cholesky, Matrix, axpy, dot};

/// What the method is.
pub const CARD: Card = Card {
    id: "wild_bootstrap",
    verb: "evaluate",
    name: ["Wild cluster bootstrap", "Bootstrap salvaje por conglomerados"],
    answers: [
        "Is a coefficient different from a value, when clusters are few?",
        "¿Es un coeficiente distinto de un valor, cuando los conglomerados son pocos?",
    ],
    source: "Cameron, Gelbach and Miller (2008), REStat 90; Roodman, MacKinnon, Nielsen and Webb (2019), Stata Journal 19",
};

/// What residuals are multiplied by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Multiplier {
    /// A sign.
    #[default]
    Rademacher,
    /// One of six values (Webb), for fewer than a dozen clusters.
    Webb,
    /// Mammen's two points, for skewed scores.
    Mammen,
}

/// Options by the names of the papers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The value under the null hypothesis.
    pub null: f64,
    /// Whether residuals are those under the null (WCR) or of the fit (WCU).
    pub impose_null: bool,
    /// What residuals are multiplied by.
    pub multiplier: Multiplier,
    /// How many draws at most.
    pub draws: usize,
    /// Where chance begins.
    pub seed: Seed,
    /// The level of the interval; none where none is wanted.
    pub level: Option<f64>,
}

impl Default for Options {
    fn default() -> Options {
        Options { null: 0.0, impose_null: true, multiplier: Multiplier::Rademacher, draws: 9_999, seed: Seed(1), level: None }
    }
}

/// What the bootstrap says.
#[derive(Debug, Clone, PartialEq)]
pub struct Wild {
    /// The coefficient.
    pub estimate: f64,
    /// Its clustered error (CRV1).
    pub se: f64,
    /// Its t statistic against the null.
    pub t: f64,
    /// The share of draws farther out than it.
    pub strict: f64,
    /// The share of draws at least as far out; ties up to 1e-9 of it count. This is the p-value.
    pub p: f64,
    /// The interval of values not rejected.
    pub interval: Option<[f64; 2]>,
    /// Draws used.
    pub draws: usize,
    /// Whether they are all there are.
    pub enumerated: bool,
    /// Clusters.
    pub clusters: usize,
}

/// Two values closer than this share of one are a tie.
const TIE: f64 = 1e-9;

/// The sums of each cluster that everything follows from, as straight lines in the value under the null.
struct Scores {
    /// `a' X_g' X_g`, one row a cluster.
    reach: Vec<f64>,
    /// For residuals `u0 + u1 * null`: `A X_g'u` and its entry for the coefficient, at both ends.
    moved: [Vec<f64>; 2],
    own: [Vec<f64>; 2],
    k: usize,
    j: usize,
    factor: f64,
}

/// The bootstrap of one coefficient.
///
/// # Errors
/// Those of a regression; [`Refusal::FewClusters`], [`Refusal::Weight`] for a weighted regression,
/// [`Refusal::Collinear`] where the coefficient has no estimate, [`Refusal::OutOfRange`] for no draws.
pub fn wild_bootstrap(regression: &Regression<'_>, coefficient: &str, cluster: &[u32], options: &Options) -> Result<Wild, Refusal> {
    regression.check()?;
    if regression.weights.is_some() {
        return Err(Refusal::Weight { row: 1 });
    }
    if cluster.len() != regression.y.len() {
        return Err(Refusal::Length { column: "cluster".into(), found: cluster.len(), expected: regression.y.len() });
    }
    if options.draws == 0 {
        return Err(Refusal::OutOfRange { what: "the number of draws", found: 0.0, wanted: "1 or more" });
    }
    let groups = Groups::new(cluster);
    if groups.count < 2 {
        return Err(Refusal::FewClusters { found: groups.count });
    }
    let (y, x, absorbed, j) = prepared(regression, coefficient, cluster)?;
    let (scores, estimate, se) = scores(&y, &x, j, absorbed, &groups, options)?;
    let enumerated = options.multiplier == Multiplier::Rademacher && groups.count < 24 && 1usize << groups.count <= options.draws + 1;
    let draws = if enumerated { 1 << groups.count } else { options.draws };
    let test = |null: f64| scores.test(null, (estimate - null) / se, draws, enumerated, options);
    let (strict, p) = test(options.null);
    let interval = options.level.map(|level| invert(|v| test(v).1, estimate, se, 1.0 - level));
    Ok(Wild { estimate, se, t: (estimate - options.null) / se, strict, p, interval, draws, enumerated, clusters: groups.count })
}

/// Outcome, regressors, parameters taken out, and the position of the coefficient.
type Prepared = (Vec<f64>, Vec<Vec<f64>>, usize, usize);

/// Outcome and regressors with effects within clusters taken out, and dummies for the others.
fn prepared(regression: &Regression<'_>, coefficient: &str, cluster: &[u32]) -> Result<Prepared, Refusal> {
    let n = regression.y.len();
    let inside: Vec<&[u32]> = regression
        .effects
        .iter()
        .copied()
        .filter(|e| {
            let g = Groups::new(e);
            nested(&g.code, g.count, cluster)
        })
        .collect();
    let mut x: Vec<Vec<f64>> = regression.x.iter().map(|c| c.to_vec()).collect();
    if inside.is_empty() {
        x.push(vec![1.0; n]);
    }
    for effect in regression.effects.iter().filter(|e| !inside.iter().any(|i| std::ptr::eq(*i, **e))) {
        let g = Groups::new(effect);
        x.extend((1..g.count as u32).map(|l| g.code.iter().map(|c| f64::from(u8::from(*c == l))).collect()));
    }
    let mut y = regression.y.to_vec();
    let mut absorbed = 0;
    if !inside.is_empty() {
        let effects = Effects::new(&inside, None)?;
        absorbed = effects.rank;
        effects.take_out(&mut y)?;
        x.par_iter_mut().try_for_each(|c| effects.take_out(c).map(|_| ()))?;
    }
    let j = regression.names.iter().position(|name| name == coefficient);
    j.map(|j| (y, x, absorbed, j)).ok_or_else(|| Refusal::Collinear { column: coefficient.into() })
}

/// Cross-products of regressors and outcome (the last column), a square a cluster.
fn cross_products(y: &[f64], x: &[Vec<f64>], groups: &Groups) -> Vec<f64> {
    let (all, g) = (x.len() + 1, groups.count);
    let column = |c: usize| if c < x.len() { x[c].as_slice() } else { y };
    let mut cross = vec![0.0; g * all * all];
    for a in 0..all {
        for b in 0..=a {
            let mut sums = vec![0.0; g];
            groups.code.iter().zip(column(a).iter().zip(column(b))).for_each(|(&c, (u, v))| sums[c as usize] += u * v);
            for (c, sum) in sums.iter().enumerate() {
                cross[c * all * all + a * all + b] = *sum;
                cross[c * all * all + b * all + a] = *sum;
            }
        }
    }
    cross
}

fn scores(y: &[f64], x: &[Vec<f64>], j: usize, absorbed: usize, groups: &Groups, options: &Options) -> Result<(Scores, f64, f64), Refusal> {
    let (n, g) = (y.len(), groups.count);
    let all = x.len() + 1;
    let cross = cross_products(y, x, groups);
    let whole = Matrix::from_fn(all, all, |a, b| (0..g).map(|c| cross[c * all * all + a * all + b]).sum());
    let scaled = Matrix::from_fn(x.len(), x.len(), |a, b| whole.at(a, b) / (whole.at(a, a) * whole.at(b, b)).sqrt().max(f64::MIN_POSITIVE));
    let (_, dropped) = Cholesky::pinned(&scaled, 1e-10);
    if dropped.contains(&j) {
        return Err(Refusal::Collinear { column: "the coefficient".into() });
    }
    let kept: Vec<usize> = (0..x.len()).filter(|c| !dropped.contains(c)).collect();
    let (k, j) = (kept.len(), kept.iter().position(|c| *c == j).unwrap_or(0));
    let part = |c: usize, a: usize, b: usize| cross[c * all * all + kept[a] * all + kept[b]];
    let target = |c: usize, a: usize| cross[c * all * all + kept[a] * all + x.len()];
    let xx = Matrix::from_fn(k, k, |a, b| whole.at(kept[a], kept[b]));
    let factor = Cholesky::new(&xx, 0.0).map_err(|_| Refusal::Collinear { column: "a regressor".into() })?;
    let inverse = factor.inverse();
    let xy: Vec<f64> = kept.iter().map(|a| whole.at(*a, x.len())).collect();
    let mut beta = factor.solve(&xy);
    let residual: Vec<f64> = (0..k).map(|a| xy[a] - dot(xx.col(a), &beta)).collect();
    axpy(1.0, &factor.solve(&residual), &mut beta);
    let a = inverse.col(j);
    // Restricted coefficients are beta - A_j / A_jj (beta_j - null): a straight line in the null.
    let ends: [Vec<f64>; 2] = if options.impose_null {
        let slope: Vec<f64> = a.iter().map(|v| v / a[j]).collect();
        [beta.iter().zip(&slope).map(|(b, s)| b - s * beta[j]).collect(), slope]
    } else {
        [beta.clone(), vec![0.0; k]]
    };
    let mut out = Scores {
        reach: vec![0.0; g * k],
        moved: [vec![0.0; g * k], vec![0.0; g * k]],
        own: [vec![0.0; g], vec![0.0; g]],
        k,
        j,
        factor: 0.0,
    };
    let (gf, nf) = (g as f64, n as f64);
    out.factor = gf / (gf - 1.0) * (nf - 1.0) / (nf - (k + absorbed) as f64);
    let mut variance = 0.0;
    for c in 0..g {
        for q in 0..k {
            out.reach[c * k + q] = (0..k).map(|p| a[p] * part(c, p, q)).sum();
        }
        for (end, values) in ends.iter().enumerate() {
            let u: Vec<f64> = (0..k)
                .map(|p| {
                    let y = if end == 0 { target(c, p) } else { 0.0 };
                    y - (0..k).map(|q| part(c, p, q) * values[q]).sum::<f64>()
                })
                .collect();
            let moved = inverse.times_vector(&u);
            out.own[end][c] = moved[j];
            out.moved[end][c * k..(c + 1) * k].copy_from_slice(&moved);
        }
        let score: f64 = (0..k).map(|p| a[p] * (target(c, p) - (0..k).map(|q| part(c, p, q) * beta[q]).sum::<f64>())).sum();
        variance += score * score;
    }
    let se = (out.factor * variance).sqrt();
    Ok((out, beta[j], se))
}

impl Scores {
    /// Shares of draws farther out than t, and at least as far.
    fn test(&self, null: f64, t: f64, draws: usize, enumerated: bool, options: &Options) -> (f64, f64) {
        let line = |ends: &[Vec<f64>; 2]| -> Vec<f64> { ends[0].iter().zip(&ends[1]).map(|(a, b)| a + b * null).collect() };
        let (moved, own) = (line(&self.moved), line(&self.own));
        let g = own.len();
        let counted = |first: usize, last: usize| {
            let (mut farther, mut as_far) = (0usize, 0usize);
            let (mut v, mut q) = (vec![0.0; g], vec![0.0; self.k]);
            for id in first..last {
                let mut stream = options.seed.stream(id as u64);
                multipliers(&mut v, id, enumerated, options.multiplier, &mut stream);
                q.fill(0.0);
                v.iter().zip(moved.chunks_exact(self.k)).for_each(|(v, m)| q.iter_mut().zip(m).for_each(|(q, m)| *q += v * m));
                let mut squares = 0.0;
                for (c, reach) in self.reach.chunks_exact(self.k).enumerate() {
                    let z = v[c] * own[c] - reach.iter().zip(&q).map(|(r, q)| r * q).sum::<f64>();
                    squares += z * z;
                }
                let far = q[self.j].abs() / (self.factor * squares).sqrt();
                farther += usize::from(far > t.abs() * (1.0 + TIE));
                as_far += usize::from(far >= t.abs() * (1.0 - TIE));
            }
            (farther, as_far)
        };
        let parts: Vec<(usize, usize)> =
            (0..draws).into_par_iter().step_by(512).map(|first| counted(first, (first + 512).min(draws))).collect();
        let sum = parts.iter().fold((0, 0), |s, p| (s.0 + p.0, s.1 + p.1));
        (sum.0 as f64 / draws as f64, sum.1 as f64 / draws as f64)
    }
}

fn multipliers(v: &mut [f64], id: usize, enumerated: bool, kind: Multiplier, stream: &mut Stream) {
    match kind {
        Multiplier::Rademacher => {
            for (word, chunk) in v.chunks_mut(64).enumerate() {
                let bits = if enumerated { (id as u64) >> (64 * word).min(63) } else { stream.next_u64() };
                chunk.iter_mut().enumerate().for_each(|(b, v)| *v = if bits >> b & 1 == 1 { 1.0 } else { -1.0 });
            }
        }
        Multiplier::Webb => {
            let points = [-(1.5f64.sqrt()), -1.0, -(0.5f64.sqrt()), 0.5f64.sqrt(), 1.0, 1.5f64.sqrt()];
            v.iter_mut().for_each(|v| *v = points[stream.below(6) as usize]);
        }
        Multiplier::Mammen => {
            let root = 5f64.sqrt();
            let share = (root + 1.0) / (2.0 * root);
            v.iter_mut().for_each(|v| *v = if stream.unit() < share { 0.5 * (1.0 - root) } else { 0.5 * (1.0 + root) });
        }
    }
}

/// The values around an estimate whose p-value is above alpha: outward by doubling, inward by halving.
fn invert(p: impl Fn(f64) -> f64, estimate: f64, se: f64, alpha: f64) -> [f64; 2] {
    [-1.0, 1.0].map(|side| {
        let (mut inside, mut outside) = (0.0, 2.0);
        while p(estimate + side * outside * se) > alpha {
            inside = outside;
            outside *= 2.0;
            if outside > 1e6 {
                return side * f64::INFINITY;
            }
        }
        for _ in 0..30 {
            let middle = 0.5 * (inside + outside);
            if p(estimate + side * middle * se) > alpha { inside = middle } else { outside = middle }
        }
        estimate + side * 0.5 * (inside + outside) * se
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::covariance::{Leverage, Small, clustered::clustered};

    struct World {
        y: Vec<f64>,
        x: Vec<f64>,
        cluster: Vec<u32>,
        time: Vec<u32>,
    }

    fn world(clusters: u32, seed: u64, effect: f64) -> World {
        let mut s = Seed(seed).stream(0);
        let mut w = World { y: vec![], x: vec![], cluster: vec![], time: vec![] };
        for c in 0..clusters {
            let own = s.unit() - 0.5;
            for t in 0..6 {
                let x = f64::from(u8::from(c % 2 == 0 && t > 2));
                w.y.push(effect * x + own * f64::from(t) + s.unit());
                w.x.push(x);
                w.cluster.push(c);
                w.time.push(t);
            }
        }
        w
    }

    fn names() -> [String; 1] {
        ["d".to_string()]
    }

    /// The slow form: make an outcome, fit it, take its t statistic.
    #[test]
    fn the_fast_form_is_the_slow_one() {
        let w = world(5, 3, 0.4);
        let names = names();
        let x: [&[f64]; 1] = [&w.x];
        let effects: [&[u32]; 2] = [&w.cluster, &w.time];
        let regression = Regression { y: &w.y, names: &names, x: &x, effects: &effects, weights: None, set_aside: false };
        let fast = wild_bootstrap(&regression, "d", &w.cluster, &Options { draws: 99, ..Options::default() }).unwrap();
        assert!(fast.enumerated && fast.draws == 32);
        let null = Regression { x: &[], names: &[], ..regression }.fit().unwrap();
        let t = |y: &[f64]| {
            let fit = Regression { y, ..regression }.fit().unwrap();
            let cov = clustered(&fit, &[&w.cluster], Leverage::Ignored, Small::NONE).unwrap();
            fit.coef[0] / cov.se(0)
        };
        let observed = t(&w.y).abs();
        let far = (0..32u32).filter(|signs| {
            let star: Vec<f64> =
                (0..w.y.len()).map(|i| null.residuals[i] * if signs >> w.cluster[i] & 1 == 1 { 1.0 } else { -1.0 }).collect();
            t(&star).abs() >= observed * (1.0 - 1e-9)
        });
        assert_eq!(fast.p, far.count() as f64 / 32.0);
    }

    #[test]
    fn twelve_clusters_are_enumerated() {
        let w = world(12, 4, 0.6);
        let (names, x) = (names(), [w.x.as_slice()]);
        let regression = Regression { y: &w.y, names: &names, x: &x, effects: &[], weights: None, set_aside: false };
        let options = Options { level: Some(0.95), ..Options::default() };
        let made = wild_bootstrap(&regression, "d", &w.cluster, &options).unwrap();
        assert_eq!((made.draws, made.enumerated, made.clusters), (4_096, true, 12));
        let [low, high] = made.interval.unwrap();
        assert!(low < made.estimate && made.estimate < high);
        let edge = wild_bootstrap(&regression, "d", &w.cluster, &Options { null: high + 0.01, ..options }).unwrap();
        assert!(edge.p <= 0.05);
        let webb = wild_bootstrap(&regression, "d", &w.cluster, &Options { multiplier: Multiplier::Webb, ..options }).unwrap();
        assert!(!webb.enumerated && (webb.p - made.p).abs() < 0.05);
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(made, one.install(|| wild_bootstrap(&regression, "d", &w.cluster, &options).unwrap()));
    }

    #[test]
    fn size_under_the_null() {
        let rejected = (0..300).filter(|&seed| {
            let w = world(10, 50 + seed, 0.0);
            let (names, x) = (names(), [w.x.as_slice()]);
            let effects: [&[u32]; 2] = [&w.cluster, &w.time];
            let regression = Regression { y: &w.y, names: &names, x: &x, effects: &effects, weights: None, set_aside: false };
            wild_bootstrap(&regression, "d", &w.cluster, &Options { draws: 1_023, ..Options::default() }).unwrap().p <= 0.05
        });
        let rejected = rejected.count();
        assert!((4..=30).contains(&rejected), "{rejected} of 300 at 5 per cent");
    }

    #[test]
    fn what_it_cannot_do_is_refused() {
        let w = world(4, 4, 0.0);
        let (names, x) = (names(), [w.x.as_slice()]);
        let ones = vec![1.0; w.y.len()];
        let regression = Regression { y: &w.y, names: &names, x: &x, effects: &[], weights: None, set_aside: false };
        let run = |r: &Regression<'_>, c: &str, cluster: &[u32], draws| {
            wild_bootstrap(r, c, cluster, &Options { draws, ..Options::default() }).unwrap_err()
        };
        assert!(matches!(run(&Regression { weights: Some(&ones), ..regression }, "d", &w.cluster, 9), Refusal::Weight { .. }));
        assert!(matches!(run(&regression, "e", &w.cluster, 9), Refusal::Collinear { .. }));
        assert_eq!(run(&regression, "d", &vec![0; w.y.len()], 9), Refusal::FewClusters { found: 1 });
        assert!(matches!(run(&regression, "d", &w.cluster[1..], 9), Refusal::Length { .. }));
        assert!(matches!(run(&regression, "d", &w.cluster, 0), Refusal::OutOfRange { .. }));
    }
}

//! The variance between studies, by each of the usual estimators.

use super::pass::Pass;
use super::{MetaError, Options, Studies};

/// How the variance between studies is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// There is none: one effect for all.
    None,
    /// DerSimonian and Laird (1986), Controlled Clinical Trials 7(3), 177-188.
    DerSimonianLaird,
    /// Hedges (1983), Psychological Bulletin 93(2), 388-395.
    Hedges,
    /// Hunter and Schmidt (1990), Methods of Meta-Analysis.
    HunterSchmidt,
    /// Sidik and Jonkman (2005), Applied Statistics 54(2), 367-384.
    SidikJonkman,
    /// Maximum likelihood.
    Likelihood,
    /// Restricted maximum likelihood.
    RestrictedLikelihood,
    /// Morris (1983), JASA 78(381), 47-55: empirical Bayes, whose fixed point is Paule and Mandel's.
    EmpiricalBayes,
    /// Paule and Mandel (1982), Journal of Research of the NBS 87(5), 377-385.
    PauleMandel,
}

/// Where iterations end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stop {
    /// At the optimum, to rounding.
    #[default]
    AtOptimum,
    /// For roots (Paule-Mandel, the profile of Q), where R's `uniroot` ends at its default tolerance, as in
    /// `metafor`. Kept to reproduce its printed digits, of which the fourth or fifth may not be the root's.
    AsUniroot,
    /// For likelihoods, after a scoring step below 1e-5, as `metafor` and its `regtest` do by default.
    AfterSmallStep,
}

/// Steps after which an iteration is given up.
const LIMIT: usize = 1_000;
/// The largest variance that `metafor` looks at.
const LARGEST: f64 = 100.0;

/// The variance and the steps taken.
pub fn tau2(studies: &Studies<'_>, fixed: &Pass, options: &Options) -> Result<(f64, usize), MetaError> {
    let (k, p) = (studies.y.len() as f64, fixed.beta.len() as f64);
    let closed = |tau2: f64| Ok((tau2.max(0.0), 0));
    match options.between {
        Between::None => Ok((0.0, 0)),
        Between::DerSimonianLaird => closed((fixed.q - (k - p)) / fixed.trace),
        Between::HunterSchmidt => closed((fixed.q - k) / fixed.sums[0]),
        Between::Hedges => closed(hedges(studies)?),
        Between::SidikJonkman => {
            let mean = studies.y.iter().sum::<f64>() / k;
            let rough = studies.y.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / k;
            closed(rough * Pass::at(studies, rough)?.q / (k - p))
        }
        Between::PauleMandel => paule_mandel(studies, fixed, k - p, options.stop),
        Between::EmpiricalBayes => paule_mandel(studies, fixed, k - p, Stop::AtOptimum),
        Between::Likelihood => scoring(studies, options, &|pass: &Pass| (pass.q2 - pass.sums[0]) / pass.sums[1]),
        Between::RestrictedLikelihood => scoring(studies, options, &|pass: &Pass| (pass.q2 - pass.trace) / pass.trace2),
    }
}

/// Hedges' moment estimator: the unweighted variance of estimates less their mean variance.
fn hedges(studies: &Studies<'_>) -> Result<f64, MetaError> {
    let ones = vec![1.0; studies.v.len()];
    let plain = Pass::at(&Studies { v: &ones, ..*studies }, 0.0)?;
    let df = studies.y.len() as f64 - plain.beta.len() as f64;
    let weighted: f64 = match studies.x {
        None => studies.v.iter().sum::<f64>() * (1.0 - 1.0 / studies.y.len() as f64),
        Some(x) => {
            let leverage = |i: usize| plain.covariance.quadratic(&(0..x.cols()).map(|j| x.at(i, j)).collect::<Vec<_>>());
            studies.v.iter().enumerate().map(|(i, v)| v * (1.0 - leverage(i))).sum()
        }
    };
    Ok((plain.q - weighted) / df)
}

fn paule_mandel(studies: &Studies<'_>, fixed: &Pass, df: f64, stop: Stop) -> Result<(f64, usize), MetaError> {
    if fixed.q < df { Ok((0.0, 0)) } else { profile(studies, df, 0.0, stop) }
}

/// The variance at which Q falls to `target`, from `start`, where Q is above it.
///
/// Q falls and bends upwards, so Newton's steps come from below and never pass the root.
pub fn profile(studies: &Studies<'_>, target: f64, start: f64, stop: Stop) -> Result<(f64, usize), MetaError> {
    if stop == Stop::AsUniroot {
        let q = |tau2: f64| Ok(Pass::at(studies, tau2)?.q - target);
        return brent(q, start, LARGEST, f64::EPSILON.powf(0.25));
    }
    let mut tau2 = start;
    for step in 1..LIMIT {
        let pass = Pass::at(studies, tau2)?;
        let next = tau2 + (pass.q - target) / pass.q2;
        if next <= tau2 * (1.0 + 4.0 * f64::EPSILON) {
            return Ok((next.max(start), step));
        }
        tau2 = next;
    }
    Err(MetaError::NotSettled { steps: LIMIT })
}

/// Fisher scoring from Hedges' estimate, steps cut short that would leave the range.
fn scoring(studies: &Studies<'_>, options: &Options, step: &dyn Fn(&Pass) -> f64) -> Result<(f64, usize), MetaError> {
    let mut tau2 = hedges(studies)?.max(0.0);
    let scale = studies.v.iter().sum::<f64>() / studies.v.len() as f64;
    let early = options.stop == Stop::AfterSmallStep;
    let enough = if early { 1e-5 } else { 4.0 * f64::EPSILON * scale };
    let mut last = f64::INFINITY;
    for taken in 1..LIMIT {
        let mut move_by = step(&Pass::at(studies, tau2)?);
        if !early && tau2 + move_by < 0.0 {
            // At the border with the slope outwards: the optimum is the border.
            if tau2 == 0.0 {
                return Ok((0.0, taken));
            }
            move_by = if tau2 < 1e-12 * scale { -tau2 } else { -0.75 * tau2 };
        }
        while early && tau2 + move_by < 0.0 {
            move_by /= 2.0;
        }
        tau2 += move_by;
        // Near the optimum a step that no longer shrinks is rounding.
        let settled = move_by.abs() <= enough || (move_by.abs() < 1e-12 * scale && move_by.abs() >= last);
        if settled {
            return Ok((at_best(studies, options, tau2)?, taken));
        }
        last = move_by.abs();
    }
    Err(MetaError::NotSettled { steps: LIMIT })
}

/// The variance, or 0 where no variance at all is likelier still: the likelihood may have two peaks.
fn at_best(studies: &Studies<'_>, options: &Options, tau2: f64) -> Result<f64, MetaError> {
    let restricted = options.between == Between::RestrictedLikelihood;
    if !restricted && options.between != Between::Likelihood {
        return Ok(tau2);
    }
    let likelihood = |tau2: f64| Pass::at(studies, tau2).map(|pass| pass.log_likelihood(restricted));
    Ok(if tau2 > 1e-5 && likelihood(0.0)? - likelihood(tau2)? > 0.0 { 0.0 } else { tau2 })
}

/// Brent's root finder with the steps of R's `uniroot` (Brent 1973, Algorithms for Minimization, chapter 4).
fn brent(f: impl Fn(f64) -> Result<f64, MetaError>, low: f64, high: f64, tolerance: f64) -> Result<(f64, usize), MetaError> {
    let (mut a, mut b) = (low, high);
    let (mut fa, mut fb) = (f(a)?, f(b)?);
    let (mut c, mut fc) = (a, fa);
    for steps in 1..LIMIT {
        if fa == 0.0 && steps == 1 {
            return Ok((a, steps));
        }
        let last = b - a;
        if fc.abs() < fb.abs() {
            (a, b, c) = (b, c, b);
            (fa, fb, fc) = (fb, fc, fb);
        }
        let least = 2.0 * f64::EPSILON * b.abs() + tolerance / 2.0;
        let half = (c - b) / 2.0;
        if half.abs() <= least || fb == 0.0 {
            return Ok((b, steps));
        }
        let mut step = half;
        if last.abs() >= least && fa.abs() > fb.abs() {
            step = interpolated([a, b, c], [fa, fb, fc], last, least).unwrap_or(half);
        }
        if step.abs() < least {
            step = if step > 0.0 { least } else { -least };
        }
        (a, fa) = (b, fb);
        b += step;
        fb = f(b)?;
        if fb * fc > 0.0 {
            (c, fc) = (a, fa);
        }
    }
    Err(MetaError::NotSettled { steps: LIMIT })
}

/// The step to the root of the line through two points or the inverse parabola through three, if it is trusted.
fn interpolated([a, b, c]: [f64; 3], [fa, fb, fc]: [f64; 3], last: f64, least: f64) -> Option<f64> {
    let cb = c - b;
    let (mut p, mut q);
    if a == c {
        let t = fb / fa;
        (p, q) = (cb * t, 1.0 - t);
    } else {
        let (s, t, u) = (fa / fc, fb / fc, fb / fa);
        p = u * (cb * s * (s - t) - (b - a) * (t - 1.0));
        q = (s - 1.0) * (t - 1.0) * (u - 1.0);
    }
    if p > 0.0 {
        q = -q;
    } else {
        p = -p;
    }
    (p < 0.75 * cb * q - (least * q).abs() / 2.0 && p < (last * q / 2.0).abs()).then_some(p / q)
}

//! One comparison of two periods: effect and influence, by regression, by weighting, or by both.
//!
//! Formulas of Sant'Anna and Zhao (2020), J. Econometrics 219, 101-122: (2.6) and its panel forms for
//! changes of one unit; (3.4) for different units in each period.

use super::design::{Design, Outcome, Propensity, outcome};
use super::{Method, Overlap};
use crate::num::{NotPositive, dot};

/// Effect and, for each row, its influence over the number of rows.
pub struct Compared {
    /// The effect on the treated.
    pub att: f64,
    /// Shares of rows in its error.
    pub shares: Vec<f64>,
    /// Comparison rows left out for their propensity.
    pub trimmed: usize,
}

/// Odds of treatment for comparison rows under the rule for overlap, 0 where trimmed or treated.
fn odds(p: Option<&Propensity>, d: &[bool], w: &[f64], overlap: Overlap) -> (Vec<f64>, usize) {
    let Some(p) = p else { return (vec![0.0; d.len()], 0) };
    let mut trimmed = 0;
    let odds = (0..d.len())
        .map(|i| {
            let p = match overlap {
                _ if d[i] => return 0.0,
                Overlap::Trim(limit) if p.p[i] >= limit => {
                    trimmed += 1;
                    return 0.0;
                }
                Overlap::Trim(_) => p.p[i],
                Overlap::Clip(limit) => p.p[i].clamp(limit, 1.0 - limit),
            };
            w[i] * p / (1.0 - p)
        })
        .collect();
    (odds, trimmed)
}

/// `X bread m`, times `v` by row: the influence of estimated coefficients through a mean that moves by m.
fn through(x: &Design, bread: &crate::num::Matrix, m: &[f64], v: impl Iterator<Item = f64>) -> Vec<f64> {
    let direction = bread.times_vector(m);
    x.times(&direction).into_iter().zip(v).map(|(a, b)| a * b).collect()
}

/// Changes of the same units.
pub fn changes(
    method: Method,
    x: &Design,
    dy: &[f64],
    d: &[bool],
    w: &[f64],
    p: Option<&Propensity>,
    overlap: Overlap,
) -> Result<Compared, NotPositive> {
    let n = d.len();
    let wt: Vec<f64> = (0..n).map(|i| if d[i] { w[i] } else { 0.0 }).collect();
    let wc: Vec<f64> = (0..n).map(|i| if d[i] { 0.0 } else { w[i] }).collect();
    // Without covariates the three methods are one.
    let method = if x.k == 1 { Method::Regression } else { method };
    let (odds, trimmed) = odds(if method == Method::Regression { None } else { p }, d, w, overlap);
    let fit = if method == Method::Weighting { None } else { Some(outcome(x, dy, &wc)?) };
    let left: Vec<f64> = match &fit {
        Some(fit) => dy.iter().zip(&fit.fitted).map(|(y, f)| y - f).collect(),
        None => dy.to_vec(),
    };
    let treated: f64 = wt.iter().sum();
    let eta_t = dot(&wt, &left) / treated;
    let mut shares: Vec<f64> = (0..n).map(|i| wt[i] * (left[i] - eta_t) / treated).collect();
    let mut att = eta_t;
    // How far the fitted values move the mean of the treated, less that of the weighted comparison.
    let mut moved = x.sums(wt.iter().map(|w| -w / treated));
    if method != Method::Regression {
        let normal = method != Method::Augmented;
        let weighed: f64 = if normal { odds.iter().sum() } else { treated };
        let mean_c = dot(&odds, &left) / weighed;
        att -= mean_c;
        // Without normalisation the treated, not the comparison, carry the mean of the weighted residuals.
        let eta_c = if normal { mean_c } else { 0.0 };
        if !normal {
            wt.iter().zip(&mut shares).for_each(|(w, s)| *s += w * mean_c / treated);
        }
        (0..n).for_each(|i| shares[i] -= odds[i] * (left[i] - eta_c) / weighed);
        if let Some(p) = p {
            let m = x.sums((0..n).map(|i| odds[i] * (left[i] - eta_c) / weighed));
            let score = (0..n).map(|i| w[i] * (f64::from(u8::from(d[i])) - p.p[i]));
            through(x, &p.bread, &m, score).iter().zip(&mut shares).for_each(|(t, s)| *s -= t);
        }
        moved.iter_mut().zip(x.sums(odds.iter().map(|o| o / weighed))).for_each(|(m, o)| *m += o);
    }
    if let Some(fit) = &fit {
        through(x, &fit.bread, &moved, wc.iter().zip(&left).map(|(w, l)| w * l)).iter().zip(&mut shares).for_each(|(t, s)| *s += t);
    }
    Ok(Compared { att, shares, trimmed })
}

/// Rows of two periods, not necessarily of the same units; `post` says which period.
pub struct Sections<'a> {
    /// Covariates.
    pub x: &'a Design,
    /// Outcomes.
    pub y: &'a [f64],
    /// Whether the row is of the later period.
    pub post: &'a [bool],
    /// Whether it is of the treated group.
    pub d: &'a [bool],
    /// How much it stands for.
    pub w: &'a [f64],
}

impl Sections<'_> {
    fn weights(&self, treated: bool, post: bool) -> Vec<f64> {
        (0..self.d.len()).map(|i| if self.d[i] == treated && self.post[i] == post { self.w[i] } else { 0.0 }).collect()
    }

    /// Adds `sign` times the mean of `left` under weights to the effect and its influence.
    fn add_mean(&self, out: &mut Compared, sign: f64, weights: &[f64], left: &[f64]) -> f64 {
        let total: f64 = weights.iter().sum();
        let mean = dot(weights, left) / total;
        out.att += sign * mean;
        (0..left.len()).for_each(|i| out.shares[i] += sign * weights[i] * (left[i] - mean) / total);
        mean
    }

    /// Adds the influence of a regression's coefficients when they move the effect by m.
    fn add_fit(&self, out: &mut Compared, fit: &Outcome, weights: &[f64], m: &[f64]) {
        let scores = (0..self.y.len()).map(|i| weights[i] * (self.y[i] - fit.fitted[i]));
        through(self.x, &fit.bread, m, scores).iter().zip(&mut out.shares).for_each(|(t, s)| *s += t);
    }

    /// The mean of covariates under weights.
    fn mean_x(&self, weights: &[f64]) -> Vec<f64> {
        let total: f64 = weights.iter().sum();
        self.x.sums(weights.iter().map(|w| w / total))
    }

    /// The comparison.
    ///
    /// # Errors
    /// Where a regression has no unique answer.
    pub fn compare(&self, method: Method, p: Option<&Propensity>, overlap: Overlap) -> Result<Compared, NotPositive> {
        let n = self.y.len();
        let (odds, trimmed) = odds(p, self.d, self.w, overlap);
        let mut out = Compared { att: 0.0, shares: vec![0.0; n], trimmed };
        let all: Vec<f64> = (0..n).map(|i| if self.d[i] { self.w[i] } else { 0.0 }).collect();
        for (post, sign) in [(true, 1.0), (false, -1.0)] {
            let (wt, wc) = (self.weights(true, post), self.weights(false, post));
            let fit = if method == Method::Weighting { None } else { Some(outcome(self.x, self.y, &wc)?) };
            let left: Vec<f64> = (0..n).map(|i| self.y[i] - fit.as_ref().map_or(0.0, |f| f.fitted[i])).collect();
            if let (Method::Regression, Some(fit)) = (method, &fit) {
                // The treated change, less the change predicted for all treated rows.
                self.add_mean(&mut out, sign, &wt, self.y);
                self.add_mean(&mut out, -sign, &all, &fit.fitted);
                let m: Vec<f64> = self.mean_x(&all).iter().map(|v| -sign * v).collect();
                self.add_fit(&mut out, fit, &wc, &m);
                continue;
            }
            self.add_mean(&mut out, sign, &wt, &left);
            let weighed: Vec<f64> = (0..n).map(|i| if self.post[i] == post { odds[i] } else { 0.0 }).collect();
            let mean = self.add_mean(&mut out, -sign, &weighed, &left);
            if let Some(p) = p {
                let total: f64 = weighed.iter().sum();
                let m = self.x.sums((0..n).map(|i| -sign * weighed[i] * (left[i] - mean) / total));
                let score = (0..n).map(|i| self.w[i] * (f64::from(u8::from(self.d[i])) - p.p[i]));
                through(self.x, &p.bread, &m, score).iter().zip(&mut out.shares).for_each(|(t, s)| *s += t);
            }
            let Some(fit) = fit else { continue };
            let (mt, mc, ma) = (self.mean_x(&wt), self.mean_x(&weighed), self.mean_x(&all));
            // Local efficiency: the treated of both periods are put on the covariates of all treated.
            let own = outcome(self.x, self.y, &wt)?;
            let gap: Vec<f64> = own.fitted.iter().zip(&fit.fitted).map(|(a, b)| a - b).collect();
            self.add_mean(&mut out, sign, &all, &gap);
            self.add_mean(&mut out, -sign, &wt, &gap);
            let shift: Vec<f64> = (0..self.x.k).map(|j| sign * (ma[j] - mt[j])).collect();
            self.add_fit(&mut out, &own, &wt, &shift);
            // The reference program adds this term with one sign in both periods; the gap between the two
            // means vanishes as the sample grows, and so does the choice.
            let m: Vec<f64> = (0..self.x.k).map(|j| (mc[j] - mt[j]) - shift[j]).collect();
            self.add_fit(&mut out, &fit, &wc, &m);
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::callaway_santanna::design::propensity;

    const D: [bool; 6] = [true, true, false, false, false, true];

    /// Treated changes 3, 5, 4 and others 1, 2, 3: 4 - 2, whatever the method.
    #[test]
    fn without_covariates_it_is_a_difference_of_means() {
        let x = Design { k: 1, cells: vec![1.0; 6] };
        let dy = [3.0, 5.0, 1.0, 2.0, 3.0, 4.0];
        for method in [Method::DoublyRobust, Method::Weighting, Method::Regression] {
            let c = changes(method, &x, &dy, &D, &[1.0; 6], None, Overlap::default()).unwrap();
            assert!((c.att - 2.0).abs() < 1e-14);
            let variance: f64 = c.shares.iter().map(|s| s * s).sum();
            assert!((variance - (2.0 / 9.0 + 2.0 / 9.0)).abs() < 1e-14);
        }
    }

    /// A panel read as two cross-sections has the same effect where covariates do not change.
    #[test]
    fn sections_of_a_complete_panel_give_the_same_effect() {
        let z = [0.1, 0.9, 0.4, 0.3, 0.8, 0.5];
        let dy = [3.0, 5.5, 1.0, 2.0, 3.5, 4.0];
        let x = Design { k: 2, cells: z.iter().flat_map(|z| [1.0, *z]).collect() };
        let both = Design { k: 2, cells: [x.cells.clone(), x.cells.clone()].concat() };
        let y = [vec![0.5; 6], dy.iter().map(|v| v + 0.5).collect()].concat();
        let (post, d) = ([vec![false; 6], vec![true; 6]].concat(), [D.to_vec(), D.to_vec()].concat());
        for method in [Method::DoublyRobust, Method::Weighting, Method::Regression] {
            let p = propensity(&x, &D, &[1.0; 6]);
            let a = changes(method, &x, &dy, &D, &[1.0; 6], p.as_ref(), Overlap::default()).unwrap();
            let p = propensity(&both, &d, &[1.0; 12]);
            let sections = Sections { x: &both, y: &y, post: &post, d: &d, w: &[1.0; 12] };
            let b = sections.compare(method, p.as_ref(), Overlap::default()).unwrap();
            assert!((a.att - b.att).abs() < 1e-12, "{method:?}");
            assert!(a.shares.iter().sum::<f64>().abs() < 1e-12 && b.shares.iter().sum::<f64>().abs() < 1e-12);
        }
    }
}

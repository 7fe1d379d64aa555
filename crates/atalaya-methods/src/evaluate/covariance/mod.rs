//! How uncertain coefficients are: one sandwich, and who is allowed to resemble whom.
//!
//! # Answers
//! How far could a coefficient be from what it estimates, given how rows depend on each other?
//! # Source
//! White (1980), Econometrica 48; Liang and Zeger (1986), Biometrika 73; Cameron, Gelbach and Miller
//! (2011), JBES 29 (two ways); Driscoll and Kraay (1998), REStat 80; Newey and West (1987),
//! Econometrica 55; Conley (1999), J. Econometrics 92; Bell and McCaffrey (2002), Survey Methodology 28
//! with Pustejovsky and Tipton (2018), JBES 36 (CR2, Satterthwaite); MacKinnon, Nielsen and Webb (2023),
//! J. Applied Econometrics 38 (CRV3, the cluster jackknife).
//! # Assumes
//! Rows of different clusters (or farther apart than the cutoff, or than the lags) are independent;
//! many clusters, except for CR2 and CRV3, which are made for few.
//! # Shapes and units
//! A fit, and for each row a cluster, a period or a place in degrees. Variances are in squared units
//! of the coefficient.
//! # Cost
//! O(n k^2); Conley O(n times neighbours); CR2 one eigen-decomposition a cluster; CRV3 one refit a
//! cluster, unless every effect lies within clusters.
//! # Does not
//! Choose clusters; count effects in the leverage of HC2 and HC3; weigh CR2.
//! # Checked by
//! The tests of each file in this folder, and the rows `fixest::*`, `plm_*`, `linearmodels*` and
//! `clubSandwich*` of the reference file.

pub mod clustered;
pub mod few_clusters;
pub mod serial;
pub mod spatial;

use super::fixed_effects::Fit;
use crate::card::Card;
use crate::num::Matrix;
use crate::num::distribution::{normal_tail, t_quantile, t_two_sided};
use crate::num::symmetric::eigen;

/// What the method is.
pub const CARD: Card = Card {
    id: "covariance",
    verb: "evaluate",
    name: ["Standard errors", "Errores estándar"],
    answers: [
        "How far could a coefficient be from what it estimates, given how rows depend on each other?",
        "¿Qué tan lejos puede estar un coeficiente de lo que estima, según cómo dependen las filas entre sí?",
    ],
    source: "White (1980); Liang and Zeger (1986); Cameron, Gelbach and Miller (2011); Bell and McCaffrey (2002)",
};

/// Which fixed effects count as parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counted {
    /// None: regressors only, as `plm` does.
    None,
    /// Those not nested in the clusters, as `fixest` and `reghdfe` do.
    #[default]
    Nested,
    /// All.
    Full,
}

/// The factor for the parameters spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spent {
    /// None.
    None,
    /// `(n - 1) / (n - K)`.
    #[default]
    LessOne,
    /// `n / (n - K)`.
    Rows,
}

/// The corrections for small samples, each of which some program applies and some other does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Small {
    /// Which effects count as parameters.
    pub counted: Counted,
    /// The factor for parameters.
    pub spent: Spent,
    /// Whether `G / (G - 1)` is applied for G clusters.
    pub clusters: bool,
}

impl Default for Small {
    fn default() -> Small {
        Small { counted: Counted::Nested, spent: Spent::LessOne, clusters: true }
    }
}

impl Small {
    /// No correction at all.
    pub const NONE: Small = Small { counted: Counted::None, spent: Spent::None, clusters: false };

    /// The factor for a fit with K counted parameters.
    fn factor(&self, fit: &Fit, clusters: &[&[u32]]) -> f64 {
        let n = fit.rows() as f64;
        let left = n - parameters(fit, self.counted, clusters) as f64;
        match self.spent {
            Spent::None => 1.0,
            Spent::LessOne => (n - 1.0) / left,
            Spent::Rows => n / left,
        }
    }
}

/// The parameters of a fit as a convention counts them.
pub fn parameters(fit: &Fit, counted: Counted, clusters: &[&[u32]]) -> usize {
    let k = fit.coef.len();
    match counted {
        Counted::None => k,
        Counted::Full => k + fit.effect_rank,
        Counted::Nested => {
            let inside = |levels: &[u32], count: usize| clusters.iter().any(|c| nested(levels, count, c));
            let nested: usize = fit.effects.iter().filter(|dim| inside(&dim.code, dim.count)).map(|dim| dim.count - 1).sum();
            k + fit.effect_rank.saturating_sub(nested)
        }
    }
}

/// Whether each level lies within one cluster.
pub(super) fn nested(levels: &[u32], count: usize, clusters: &[u32]) -> bool {
    let mut of: Vec<Option<u32>> = vec![None; count];
    levels.iter().zip(clusters).all(|(&l, &c)| *of[l as usize].get_or_insert(c) == c)
}

/// A variance and what it takes to use it.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    /// The covariance of the coefficients.
    pub matrix: Matrix,
    /// Degrees of freedom of the t distribution, one a coefficient; infinite for the normal.
    pub freedom: Vec<f64>,
    /// Which variance it is.
    pub kind: &'static str,
    /// Clusters in each way, or periods; empty where rows stand alone.
    pub clusters: Vec<usize>,
    /// Whether negative eigenvalues were raised to zero.
    pub repaired: bool,
}

/// A coefficient with its uncertainty.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The regressor.
    pub name: String,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Degrees of freedom.
    pub freedom: f64,
    /// The two-sided p-value of no effect.
    pub p: f64,
    /// The interval.
    pub interval: [f64; 2],
}

impl Line {
    /// A line from an estimate and its error.
    pub fn new(name: &str, estimate: f64, se: f64, freedom: f64, level: f64) -> Line {
        let p = if se > 0.0 { t_two_sided(estimate / se, freedom) } else { f64::NAN };
        let half = t_quantile(0.5 + 0.5 * level, freedom) * se;
        Line { name: name.to_string(), estimate, se, freedom, p, interval: [estimate - half, estimate + half] }
    }
}

impl Covariance {
    /// A sandwich from its middle.
    fn sandwich(fit: &Fit, middle: &Matrix, factor: f64, freedom: f64, kind: &'static str, clusters: Vec<usize>) -> Covariance {
        let matrix = fit.bread.times(middle).times(&fit.bread).scaled(factor);
        let freedom = if fit.normal { f64::INFINITY } else { freedom };
        Covariance { matrix, freedom: vec![freedom; fit.coef.len()], kind, clusters, repaired: false }
    }

    /// Raises negative eigenvalues to zero where a variance came out negative (Cameron, Gelbach and Miller 2011, 2.3).
    fn repair(mut self) -> Covariance {
        if (0..self.matrix.rows()).any(|j| self.matrix.at(j, j) < 0.0) {
            self.matrix = eigen(&self.matrix).map(0.0, |v| v.max(0.0));
            self.repaired = true;
        }
        self
    }

    /// The standard error of a coefficient.
    pub fn se(&self, j: usize) -> f64 {
        self.matrix.at(j, j).sqrt()
    }

    /// Every coefficient of a fit with its interval at a level such as 0.95.
    pub fn table(&self, fit: &Fit, level: f64) -> Vec<Line> {
        let line = |j: usize| Line::new(&fit.names[j], fit.coef[j], self.se(j), self.freedom[j], level);
        (0..fit.coef.len()).map(line).collect()
    }
}

/// Rows alike and independent.
pub fn iid(fit: &Fit, small: Small) -> Covariance {
    let n = fit.rows() as f64;
    let k = parameters(fit, Counted::Full, &[]) as f64;
    let scale = match small.spent {
        Spent::None => 1.0 / n,
        Spent::LessOne | Spent::Rows => 1.0 / (n - parameters(fit, small.counted_alone(), &[]) as f64),
    };
    let scale = if fit.normal { 1.0 } else { scale * fit.rss() };
    let freedom = if fit.normal { f64::INFINITY } else { n - k };
    Covariance {
        matrix: fit.bread.clone().scaled(scale),
        freedom: vec![freedom; fit.coef.len()],
        kind: "iid",
        clusters: Vec::new(),
        repaired: false,
    }
}

impl Small {
    /// Without clusters nothing is nested.
    fn counted_alone(&self) -> Counted {
        if self.counted == Counted::None { Counted::None } else { Counted::Full }
    }
}

/// How residuals are enlarged for their leverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leverage {
    /// Not at all (HC0, HC1).
    Ignored,
    /// By `1 / sqrt(1 - h)` (HC2).
    Root,
    /// By `1 / (1 - h)` (HC3).
    Whole,
}

/// Scores with residuals enlarged for the leverage of their row among the regressors.
pub(super) fn scores(fit: &Fit, leverage: Leverage) -> Matrix {
    let mut scores = fit.scores();
    if leverage == Leverage::Ignored {
        return scores;
    }
    let half = fit.x.times(&fit.bread);
    for i in 0..fit.rows() {
        let h: f64 = (0..fit.coef.len()).map(|j| half.at(i, j) * fit.x.at(i, j)).sum();
        let h = h * fit.weights.as_ref().map_or(1.0, |w| w[i]);
        let factor = if leverage == Leverage::Root { (1.0 - h).sqrt() } else { 1.0 - h };
        (0..scores.cols()).for_each(|j| *scores.at_mut(i, j) /= factor);
    }
    scores
}

/// Rows independent, each with a variance of its own (HC0 to HC3 by leverage and corrections).
pub fn heteroskedastic(fit: &Fit, leverage: Leverage, small: Small) -> Covariance {
    let n = fit.rows() as f64;
    let s = scores(fit, leverage);
    let rows = if small.clusters { n / (n - 1.0) } else { 1.0 };
    let small = Small { counted: small.counted_alone(), ..small };
    let freedom = n - parameters(fit, Counted::Full, &[]) as f64;
    Covariance::sandwich(fit, &s.gram(None), small.factor(fit, &[]) * rows, freedom, "HC", Vec::new())
}

/// The two-sided p-value of a value under the normal distribution.
pub fn normal_p(z: f64) -> f64 {
    2.0 * normal_tail(z.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::fixed_effects::Regression;

    /// A line through (0,1), (1,3), (2,4), (3,4): slope 1, RSS 1, variance of the slope 1/2 / 5.
    #[test]
    fn the_textbook_error_of_a_slope() {
        let names = ["x".to_string()];
        let y = [1.0, 3.0, 4.0, 4.0];
        let fit =
            Regression { y: &y, names: &names, x: &[&[0.0, 1.0, 2.0, 3.0]], effects: &[], weights: None, set_aside: false }.fit().unwrap();
        let cov = iid(&fit, Small::default());
        assert!((cov.matrix.at(0, 0) - 0.1).abs() < 1e-14);
        assert_eq!(cov.freedom, [2.0]);
        // HC0 by hand: residuals -.5, .5, .5, -.5 and centred x -1.5, -.5, .5, 1.5: sum of squares 1.25, over 25.
        let hc = heteroskedastic(&fit, Leverage::Ignored, Small::NONE);
        assert!((hc.matrix.at(0, 0) - 0.05).abs() < 1e-14);
        let line = &cov.table(&fit, 0.95)[0];
        assert!((line.interval[1] - line.estimate - 4.302_652_729_696 * 0.1f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn nesting_is_seen() {
        assert!(nested(&[0, 1, 1, 2], 3, &[5, 5, 5, 9]));
        assert!(!nested(&[0, 1, 1, 2], 3, &[5, 5, 9, 9]));
    }
}

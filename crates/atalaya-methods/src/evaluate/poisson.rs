//! A Poisson model with fixed effects, by quasi-likelihood: amounts and counts, zeros included.
//!
//! # Answers
//! By what factor does an amount change with a regressor among rows that share their effects?
//! # Source
//! Gourieroux, Monfort and Trognon (1984), Econometrica 52, 701-720; Santos Silva and Tenreyro (2006),
//! REStat 88, 641-658; Correia, Guimaraes and Zylkin (2020), Stata Journal 20, for separation.
//! # Assumes
//! The mean is the exponential of effects and regressors; nothing of the distribution besides.
//! # Shapes and units
//! Outcomes of zero or more. Coefficients are in log points: 0.05 is about 5 per cent.
//! # Cost
//! Some ten weighted regressions with fixed effects.
//! # Does not
//! Drop separated rows by itself: a level with zeros only is refused by name.
//! # Checked by
//! `two_groups_by_hand`, `the_mean_is_met`, `a_known_elasticity_comes_out`, `what_has_no_estimate_is_refused`,
//! and the rows `fixest::fepois*` of the reference file.

use super::effects::Effects;
use super::fixed_effects::{Fit, Regression};
use super::refusal::Refusal;
use crate::card::Card;

/// What the method is.
pub const CARD: Card = Card {
    id: "poisson",
    verb: "evaluate",
    name: ["Poisson regression with fixed effects", "Regresión de Poisson con efectos fijos"],
    answers: [
        "By what factor does an amount change with a regressor, zeros included?",
        "¿Por cuánto se multiplica una cantidad con un regresor, contando los ceros?",
    ],
    source: "Gourieroux, Monfort and Trognon (1984), Econometrica 52; Santos Silva and Tenreyro (2006), REStat 88",
};

const STEPS: usize = 200;
const GAP: f64 = 1e-12;

/// The fit, with the number of steps it took; variances use the normal distribution.
///
/// # Errors
/// Those of a regression; [`Refusal::NegativeOutcome`], [`Refusal::SeparatedPoisson`], [`Refusal::NotConverged`].
pub fn poisson(regression: &Regression<'_>) -> Result<(Fit, usize), Refusal> {
    regression.check()?;
    let y = regression.y;
    if let Some(row) = y.iter().position(|y| *y < 0.0) {
        return Err(Refusal::NegativeOutcome { row: row + 1 });
    }
    let mut dims = regression.absorbed()?.dims;
    for (d, dim) in dims.iter().enumerate() {
        if let Some(level) = dim.sums(y, None).iter().position(|s| *s == 0.0) {
            return Err(Refusal::SeparatedPoisson { effect: d + 1, level: dim.label[level] });
        }
    }
    let prior = |i: usize| regression.weights.map_or(1.0, |w| w[i]);
    let mean = y.iter().enumerate().map(|(i, y)| prior(i) * y).sum::<f64>() / (0..y.len()).map(prior).sum::<f64>();
    let mut mu: Vec<f64> = y.iter().map(|y| 0.5 * (y + mean)).collect();
    let mut eta: Vec<f64> = mu.iter().map(|m| m.ln()).collect();
    let mut before = f64::INFINITY;
    let mut gap = f64::INFINITY;
    for step in 1..=STEPS {
        let w: Vec<f64> = mu.iter().enumerate().map(|(i, m)| prior(i) * m).collect();
        let z: Vec<f64> = (0..y.len()).map(|i| eta[i] + (y[i] - mu[i]) / mu[i]).collect();
        let mut fit = regression.fit_with(&z, Effects::of(dims, Some(&w)))?;
        (0..y.len()).for_each(|i| eta[i] = (z[i] - fit.residuals[i]).clamp(-700.0, 700.0));
        mu = eta.iter().map(|e| e.exp()).collect();
        let deviance = 2.0 * (0..y.len()).map(|i| prior(i) * unit_deviance(y[i], mu[i])).sum::<f64>();
        gap = (deviance - before).abs() / (0.1 + deviance);
        before = deviance;
        if gap < GAP {
            // Scores are x (y - mu): as weight times residual, with the weights of this step.
            (0..y.len()).for_each(|i| fit.residuals[i] = (y[i] - mu[i]) / mu[i] * (prior(i) * mu[i] / w[i]));
            fit.normal = true;
            return Ok((fit, step));
        }
        dims = fit.effects;
    }
    Err(Refusal::NotConverged { what: "the Poisson likelihood", iterations: STEPS, gap })
}

fn unit_deviance(y: f64, mu: f64) -> f64 {
    (if y > 0.0 { y * (y / mu).ln() } else { 0.0 }) - (y - mu)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::covariance::{Leverage, Small, heteroskedastic};
    use atalaya_kernel::seed::Seed;

    fn one<'a>(y: &'a [f64], names: &'a [String], x: &'a [&'a [f64]], effects: &'a [&'a [u32]]) -> Regression<'a> {
        Regression { y, names, x, effects, weights: None, set_aside: false }
    }

    /// Two groups with means 2 and 6: the coefficient is ln 3.
    #[test]
    fn two_groups_by_hand() {
        let names = ["d".to_string()];
        let x: [&[f64]; 1] = [&[0.0, 0.0, 1.0, 1.0, 1.0]];
        let y = [1.0, 3.0, 0.0, 12.0, 6.0];
        let (fit, _) = poisson(&one(&y, &names, &x, &[])).unwrap();
        assert!((fit.coef[0] - 3f64.ln()).abs() < 1e-10);
        let cov = heteroskedastic(&fit, Leverage::Ignored, Small::NONE);
        // Delta method: squared deviations over squared sums of each group.
        let by_hand = 2.0 / 16.0 + 72.0 / 324.0;
        assert!((cov.matrix.at(0, 0) - by_hand).abs() < 1e-9);
        assert!(cov.freedom[0].is_infinite());
    }

    /// First-order conditions: residuals sum to zero in every level.
    #[test]
    fn the_mean_is_met() {
        let mut stream = Seed(4).stream(0);
        let n = 600;
        let [a, b]: [Vec<u32>; 2] = [15, 8].map(|s| (0..n).map(|_| stream.below(s) as u32).collect());
        let x: Vec<f64> = (0..n).map(|_| stream.unit()).collect();
        let y: Vec<f64> = (0..n).map(|i| (0.4 * x[i] + 0.1 * f64::from(a[i])).exp() * 2.0 * stream.unit()).collect();
        let names = ["x".to_string()];
        let (fit, steps) = poisson(&one(&y, &names, &[&x], &[&a, &b])).unwrap();
        assert!(steps < 20);
        let w = fit.weights.as_ref().unwrap();
        let score: f64 = (0..n).map(|i| w[i] * fit.residuals[i] * fit.x.at(i, 0)).sum();
        assert!(score.abs() < 1e-7, "{score}");
    }

    #[test]
    fn a_known_elasticity_comes_out() {
        let mut stream = Seed(5).stream(0);
        let n = 8_000;
        let a: Vec<u32> = (0..n).map(|_| stream.below(40) as u32).collect();
        let x: Vec<f64> = (0..n).map(|_| stream.unit()).collect();
        let y: Vec<f64> = (0..n)
            .map(|i| if stream.unit() < 0.5 { 0.0 } else { (0.7 * x[i] + 0.05 * f64::from(a[i])).exp() * 4.0 * stream.unit() })
            .collect();
        let names = ["x".to_string()];
        let (fit, _) = poisson(&one(&y, &names, &[&x], &[&a])).unwrap();
        let se = heteroskedastic(&fit, Leverage::Ignored, Small::default()).se(0);
        assert!((fit.coef[0] - 0.7).abs() < 4.0 * se && se < 0.1, "{} {se}", fit.coef[0]);
    }

    #[test]
    fn what_has_no_estimate_is_refused() {
        let names = ["x".to_string()];
        let x: [&[f64]; 1] = [&[0.0, 1.0, 0.0, 1.0]];
        let effects: [&[u32]; 1] = [&[3, 3, 8, 8]];
        assert_eq!(poisson(&one(&[1.0, -1.0, 0.0, 0.0], &names, &x, &effects)).unwrap_err(), Refusal::NegativeOutcome { row: 2 });
        assert_eq!(
            poisson(&one(&[1.0, 1.0, 0.0, 0.0], &names, &x, &effects)).unwrap_err(),
            Refusal::SeparatedPoisson { effect: 1, level: 8 }
        );
        let apart = poisson(&one(&[0.0, 1.0, 0.0, 2.0, 0.0], &names, &[&[0.0, 1.0, 0.0, 1.0, 0.0]], &[]));
        assert!(apart.is_err() || apart.unwrap().0.coef[0] > 20.0, "a perfect prediction has no finite estimate");
    }
}

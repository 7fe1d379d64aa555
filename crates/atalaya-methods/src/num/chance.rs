//! Draws from the usual distributions, out of a kernel stream.

use atalaya_kernel::seed::Stream;

/// A number in `(0, 1)`: logarithms of it are finite.
fn open(stream: &mut Stream) -> f64 {
    ((stream.next_u64() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
}

/// Exponential with mean 1.
pub fn exponential(stream: &mut Stream) -> f64 {
    -open(stream).ln()
}

/// Standard normal (Box and Muller 1958; one of the pair, so that a draw is a fixed number of steps).
pub fn normal(stream: &mut Stream) -> f64 {
    let radius = (2.0 * exponential(stream)).sqrt();
    radius * (std::f64::consts::TAU * stream.unit()).cos()
}

/// Gamma with a shape and scale 1; 0 where the shape is not positive.
///
/// Marsaglia and Tsang (2000), ACM TOMS 26(3); below shape 1 by their boost, in logarithms, so
/// that a tiny shape gives a tiny number and not a zero of rounding.
pub fn gamma(stream: &mut Stream, shape: f64) -> f64 {
    if shape <= 0.0 {
        return 0.0;
    }
    if shape < 1.0 {
        let boost = open(stream).ln() / shape;
        return (gamma(stream, shape + 1.0).ln() + boost).exp();
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(stream);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && open(stream).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

/// Beta with a mean in `(0, 1)` and a concentration (the sum of both parameters).
pub fn beta(stream: &mut Stream, mean: f64, concentration: f64) -> f64 {
    let a = gamma(stream, mean * concentration);
    let b = gamma(stream, (1.0 - mean) * concentration);
    if a + b > 0.0 { a / (a + b) } else { mean }
}

/// Lognormal with a median and a coefficient of variation; the median where that is 0.
pub fn lognormal(stream: &mut Stream, median: f64, cv: f64) -> f64 {
    median * (sigma(cv) * normal(stream)).exp()
}

/// Standard deviation of the logarithm of a lognormal with this coefficient of variation.
pub fn sigma(cv: f64) -> f64 {
    (1.0 + cv * cv).ln().sqrt()
}

/// Poisson: by waiting times in pieces of at most 30, exact whatever the mean.
pub fn poisson(stream: &mut Stream, mean: f64) -> u64 {
    let (mut left, mut count) = (mean.max(0.0), 0);
    while left > 0.0 {
        let piece = left.min(30.0);
        let mut waited = exponential(stream);
        while waited < piece {
            count += 1;
            waited += exponential(stream);
        }
        left -= piece;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use atalaya_kernel::Seed;

    /// Mean and variance of 40,000 draws.
    fn moments(mut draw: impl FnMut(&mut Stream) -> f64) -> (f64, f64) {
        let mut stream = Seed(11).stream(1);
        let values: Vec<f64> = (0..40_000).map(|_| draw(&mut stream)).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64)
    }

    fn near(found: (f64, f64), mean: f64, variance: f64) {
        // Four standard errors of the mean; the variance within a tenth.
        assert!((found.0 - mean).abs() < 4.0 * (variance / 40_000.0).sqrt() + 1e-12, "{found:?} is not {mean}");
        assert!((found.1 / variance - 1.0).abs() < 0.1, "{found:?} has not variance {variance}");
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        near(moments(exponential), 1.0, 1.0);
        near(moments(normal), 0.0, 1.0);
        for shape in [0.3, 1.0, 4.5] {
            near(moments(|s| gamma(s, shape)), shape, shape);
        }
        near(moments(|s| beta(s, 0.6, 20.0)), 0.6, 0.24 / 21.0);
        near(moments(|s| poisson(s, 75.0) as f64), 75.0, 75.0);
        near(moments(|s| lognormal(s, 1.0, 0.4).ln()), 0.0, sigma(0.4).powi(2));
    }

    #[test]
    fn a_shape_of_nothing_is_nothing() {
        let mut stream = Seed(1).stream(1);
        assert_eq!(gamma(&mut stream, 0.0), 0.0);
        assert!(gamma(&mut stream, 1e-4) >= 0.0);
        assert_eq!(poisson(&mut stream, 0.0), 0);
    }
}

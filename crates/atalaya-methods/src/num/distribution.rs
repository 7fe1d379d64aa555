//! Tails and quantiles of the normal, t, chi-square and F distributions.
//!
//! A `tail` is the probability above its argument; the one below is that of the mirrored argument
//! where the distribution is symmetric, so no digits are lost at either end.

use super::special::{beta_inc, gamma_pq};

/// The probability that a standard normal exceeds `z`.
pub fn normal_tail(z: f64) -> f64 {
    let (below, above) = gamma_pq(0.5, 0.5 * z * z);
    if z >= 0.0 { 0.5 * above } else { 0.5 + 0.5 * below }
}

/// The probability that a standard normal is at most `z`.
pub fn normal_cdf(z: f64) -> f64 {
    normal_tail(-z)
}

/// The density of a standard normal.
pub fn normal_density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt()
}

/// The value below which a standard normal lies with probability `p`.
pub fn normal_quantile(p: f64) -> f64 {
    if p == 0.5 {
        return 0.0;
    }
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    // Abramowitz and Stegun 26.2.23, then Halley's steps to rounding.
    let t = (-2.0 * p.ln()).sqrt();
    let mut z = -(t - (2.515_517 + 0.802_853 * t + 0.010_328 * t * t) / (1.0 + 1.432_788 * t + 0.189_269 * t * t + 0.001_308 * t.powi(3)));
    for _ in 0..4 {
        let step = (normal_cdf(z) - p) / normal_density(z);
        z -= step / (1.0 + 0.5 * z * step);
    }
    z
}

/// The probability that Student's t with `df` degrees of freedom exceeds `t`; `df` may be infinite.
pub fn t_tail(t: f64, df: f64) -> f64 {
    if df.is_infinite() {
        return normal_tail(t);
    }
    let square = t * t;
    let half = 0.5 * beta_inc(0.5 * df, 0.5, df / (df + square), square / (df + square));
    if t >= 0.0 { half } else { 1.0 - half }
}

/// Twice the tail beyond `|t|`.
pub fn t_two_sided(t: f64, df: f64) -> f64 {
    2.0 * t_tail(t.abs(), df)
}

/// The value below which Student's t lies with probability `p`.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if df.is_infinite() {
        return normal_quantile(p);
    }
    if p < 0.5 {
        return -t_quantile(1.0 - p, df);
    }
    rising(|t| t_tail(t, df), 1.0 - p)
}

/// The probability that chi-square with `df` degrees of freedom exceeds `x`.
pub fn chi2_tail(x: f64, df: f64) -> f64 {
    gamma_pq(0.5 * df, 0.5 * x).1
}

/// The value below which chi-square lies with probability `p`.
pub fn chi2_quantile(p: f64, df: f64) -> f64 {
    rising(|x| chi2_tail(x, df), 1.0 - p)
}

/// The probability that F with `d1` and `d2` degrees of freedom exceeds `x`.
pub fn f_tail(x: f64, d1: f64, d2: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    if d2.is_infinite() {
        return chi2_tail(x * d1, d1);
    }
    let whole = d2 + d1 * x;
    beta_inc(0.5 * d2, 0.5 * d1, d2 / whole, d1 * x / whole)
}

/// The value below which F lies with probability `p`.
pub fn f_quantile(p: f64, d1: f64, d2: f64) -> f64 {
    rising(|x| f_tail(x, d1, d2), 1.0 - p)
}

/// The argument at or above 0 at which a falling tail reaches `target`: doubling, then halving to the last digit.
fn rising(tail: impl Fn(f64) -> f64, target: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    if target <= 0.0 {
        return f64::INFINITY;
    }
    while tail(high) > target && high < 1e300 {
        low = high;
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if tail(middle) > target { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST/SEMATECH e-Handbook, tables 1.3.6.7.1 to 1.3.6.7.4, as printed.
    #[test]
    fn the_printed_tables_come_out() {
        let near = |a: f64, b: f64, tolerance: f64| assert!((a - b).abs() <= tolerance, "{a} {b}");
        near(normal_cdf(1.96), 0.975_00, 5e-6);
        near(t_quantile(0.975, 10.0), 2.228, 5e-4);
        near(t_quantile(0.95, 1.0), 6.314, 5e-4);
        near(chi2_quantile(0.95, 10.0), 18.307, 5e-4);
        near(f_quantile(0.95, 3.0, 10.0), 3.708, 5e-4);
    }

    #[test]
    fn quantiles_undo_tails_and_tails_meet_their_closed_forms() {
        for p in [1e-12, 1e-4, 0.2, 0.5, 0.7, 0.975, 0.999_999] {
            assert!((normal_cdf(normal_quantile(p)) / p - 1.0).abs() < 1e-12, "{p}");
            for df in [1.0, 4.5, 30.0] {
                assert!((1.0 - t_tail(t_quantile(p, df), df) - p).abs() < 1e-12);
            }
        }
        assert_eq!((normal_tail(f64::INFINITY), normal_cdf(f64::INFINITY)), (0.0, 1.0));
        // With one degree of freedom t is Cauchy, with two chi-square is exponential.
        assert!((t_tail(1.0, 1.0) - 0.25).abs() < 1e-15);
        assert!((t_tail(1e9, 1.0) * 1e9 * std::f64::consts::PI - 1.0).abs() < 1e-12);
        assert!((chi2_tail(5.0, 2.0) - (-2.5f64).exp()).abs() < 1e-15);
        assert!((f_tail(4.0, 1.0, 7.0) - t_two_sided(2.0, 7.0)).abs() < 1e-14);
    }
}

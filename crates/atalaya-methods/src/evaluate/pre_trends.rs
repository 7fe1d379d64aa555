//! What a test of earlier trends could have seen: passing it says little where it has no power.
//!
//! # Answers
//! Did the treated already differ before, and how steep a trend would the test have missed?
//!
//! # Source
//! Roth (2022), American Economic Review: Insights 4(3), 305-322, section II: no lead is significant by itself, the
//! slope that is detected with a given power, and the bias it leaves. Probabilities of rectangles by Genz (1992),
//! J. Computational and Graphical Statistics 1(2), 141-149, on the lattice of Richtmyer.
//!
//! # Assumes
//! - Estimates of leads are normal with the covariance given.
//! - The violation is a straight line through the reference age.
//!
//! # Shapes and units
//! One estimate a lead with their covariance; slopes in units of the outcome per period.
//!
//! # Cost
//! A rectangle takes 2,039 points; a slope some ten rectangles.
//!
//! # Does not
//! Correct an estimate for having passed a test, or bound it: `honest` bounds it.
//!
//! # Checked by
//! `slopes_are_those_of_scipy`, `one_lead_has_a_closed_form`, `nodes_are_quantiles`,
//! `power_is_what_simulation_finds`, `bad_leads_are_refused`.

use super::covariance::Line;
use super::refusal::Refusal;
use crate::card::Card;
use crate::num::distribution::{chi2_quantile, chi2_tail, normal_cdf, normal_quantile};
use crate::num::{Cholesky, Matrix, dot, linear};

/// What the method is.
pub const CARD: Card = Card {
    id: "pre_trends",
    verb: "evaluate",
    name: ["Earlier trends and the power to see them", "Tendencias previas y la potencia para verlas"],
    answers: [
        "Did the treated already differ before, and how steep a trend would the test have missed?",
        "¿Ya se apartaban antes los tratados, y qué tendencia se le habría escapado a la prueba?",
    ],
    source: "Roth (2022), AER: Insights 4(3), 305-322; Genz (1992), JCGS 1(2)",
};

/// Estimates of ages before treatment.
#[derive(Debug, Clone, Copy)]
pub struct Leads<'a> {
    /// Their ages, all below 0 and without the reference.
    pub ages: &'a [i64],
    /// The estimates.
    pub estimates: &'a [f64],
    /// Their covariance.
    pub covariance: &'a Matrix,
    /// The age with which all are compared, usually -1.
    pub reference: i64,
}

/// A trend that a test sees so often.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// The power.
    pub power: f64,
    /// The slope at which some lead is significant by itself so often.
    pub any: f64,
    /// The slope at which the joint test rejects so often.
    pub joint: f64,
}

/// The test and what it is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct PreTrends {
    /// Each lead by itself.
    pub lines: Vec<Line>,
    /// Wald's statistic that all are 0.
    pub wald: f64,
    /// Its degrees of freedom.
    pub freedom: usize,
    /// Its p-value.
    pub p: f64,
    /// How often some lead is significant where all are 0: more than the level, as nothing pays for their number.
    pub false_alarms: f64,
    /// Trends detected with each power asked for.
    pub slopes: Vec<Slope>,
}

impl PreTrends {
    /// The mean bias that a trend of this slope leaves in the effect over these ages.
    pub fn bias(slope: f64, reference: i64, ages: &[i64]) -> f64 {
        slope * ages.iter().map(|a| (a - reference) as f64).sum::<f64>() / ages.len().max(1) as f64
    }
}

/// Points of the lattice, a prime: probabilities are right to about 1e-5.
const POINTS: usize = 2_039;

/// The test of leads, and the slopes that it detects.
///
/// # Errors
/// [`Refusal::NoPrePeriod`] without leads; [`Refusal::Length`]; [`Refusal::OutOfRange`] for an age that is no lead, a
/// power outside (level, 1) or a level outside (0, 1); [`Refusal::Collinear`] where leads determine each other.
pub fn pre_trends(leads: &Leads<'_>, alpha: f64, powers: &[f64]) -> Result<PreTrends, Refusal> {
    let test = Test::new(leads, alpha)?;
    let wald = dot(leads.estimates, &test.factor.solve(leads.estimates));
    let k = leads.ages.len();
    let false_alarms = 1.0 - test.silent(0.0);
    let mut slopes = Vec::with_capacity(powers.len());
    for &power in powers {
        if !(power > alpha && power < 1.0) {
            return Err(Refusal::OutOfRange { what: "the power", found: power, wanted: "above the level and below 1" });
        }
        // Some lead may be significant more often than that without any trend.
        let any = if power <= false_alarms { 0.0 } else { test.slope(|s| 1.0 - test.silent(s), power) };
        slopes.push(Slope { power, any, joint: test.slope(|s| test.joint(s), power) });
    }
    let line = |j: usize| Line::new(&leads.ages[j].to_string(), leads.estimates[j], test.se[j], f64::INFINITY, 1.0 - alpha);
    Ok(PreTrends { lines: (0..k).map(line).collect(), wald, freedom: k, p: chi2_tail(wald, k as f64), false_alarms, slopes })
}

/// The chances that a trend of a slope makes some lead significant, and the joint test.
///
/// # Errors
/// As [`pre_trends`].
pub fn power_at(leads: &Leads<'_>, alpha: f64, slope: f64) -> Result<[f64; 2], Refusal> {
    let test = Test::new(leads, alpha)?;
    Ok([1.0 - test.silent(slope), test.joint(slope)])
}

struct Test {
    se: Vec<f64>,
    /// What a slope of 1 adds to each lead.
    rise: Vec<f64>,
    factor: Cholesky,
    /// The lower factor of the correlations, by rows.
    lower: Vec<f64>,
    /// The critical value of a lead by itself.
    z: f64,
    alpha: f64,
    /// The squared length of `rise` in the metric of the inverse covariance.
    length: f64,
}

impl Test {
    fn new(leads: &Leads<'_>, alpha: f64) -> Result<Test, Refusal> {
        let k = leads.ages.len();
        if k == 0 {
            return Err(Refusal::NoPrePeriod);
        }
        for (column, found) in [("estimates", leads.estimates.len()), ("covariance", leads.covariance.rows())] {
            if found != k {
                return Err(Refusal::Length { column: column.into(), found, expected: k });
            }
        }
        if let Some(odd) = leads.ages.iter().find(|a| **a >= 0 || **a == leads.reference) {
            return Err(Refusal::OutOfRange { what: "an age", found: *odd as f64, wanted: "before treatment and not the reference" });
        }
        if !(alpha > 0.0 && alpha < 1.0) {
            return Err(Refusal::OutOfRange { what: "the level", found: alpha, wanted: "between 0 and 1" });
        }
        let dependent = |column: usize| Refusal::Collinear { column: leads.ages[column].to_string() };
        let factor = Cholesky::new(leads.covariance, 1e-12).map_err(|e| dependent(e.column))?;
        let se: Vec<f64> = (0..k).map(|j| leads.covariance.at(j, j).sqrt()).collect();
        let mut lower: Vec<f64> = (0..k * k).map(|c| leads.covariance.at(c / k, c % k) / (se[c / k] * se[c % k])).collect();
        linear::cholesky(&mut lower, k).map_err(|e| dependent(e.row))?;
        let rise: Vec<f64> = leads.ages.iter().map(|a| (a - leads.reference) as f64).collect();
        let length = dot(&rise, &factor.solve(&rise));
        Ok(Test { se, rise, factor, lower, z: normal_quantile(1.0 - 0.5 * alpha), alpha, length })
    }

    /// The chance that no lead is significant by itself under a trend.
    fn silent(&self, slope: f64) -> f64 {
        let k = self.se.len();
        let mean: Vec<f64> = self.rise.iter().zip(&self.se).map(|(r, se)| slope * r / se).collect();
        let points = if k == 1 { 1 } else { POINTS };
        let mut y = vec![0.0; k];
        let mut sum = 0.0;
        for point in 0..points {
            let mut product = 1.0;
            for j in 0..k {
                let row = &self.lower[j * k..j * k + j];
                let at = mean[j] + dot(row, &y[..j]);
                let pivot = self.lower[j * k + j];
                let (low, high) = (normal_cdf((-self.z - at) / pivot), normal_cdf((self.z - at) / pivot));
                product *= high - low;
                if j + 1 < k {
                    y[j] = node((low + lattice(point, j) * (high - low)).clamp(1e-300, 1.0 - 1e-16));
                }
            }
            sum += product;
        }
        sum / points as f64
    }

    /// The chance that the joint test rejects under a trend: noncentral chi-square as a mixture over Poisson.
    fn joint(&self, slope: f64) -> f64 {
        let k = self.se.len() as f64;
        let critical = chi2_quantile(1.0 - self.alpha, k);
        let half = 0.5 * slope * slope * self.length;
        // Terms spread about the mean by its root; eight of those and a few more leave nothing to see.
        let (from, to) = ((half - 8.0 * half.sqrt() - 10.0).max(0.0) as u64, (half + 8.0 * half.sqrt() + 30.0) as u64);
        let mut log = if half > 0.0 { from as f64 * half.ln() - half - crate::num::special::ln_gamma(from as f64 + 1.0) } else { 0.0 };
        let mut sum = 0.0;
        for j in from..=to {
            sum += log.exp() * chi2_tail(critical, k + 2.0 * j as f64);
            if half == 0.0 {
                break;
            }
            log += half.ln() - (j as f64 + 1.0).ln();
        }
        sum
    }

    /// The slope above 0 at which a rising power reaches what is asked.
    fn slope(&self, power: impl Fn(f64) -> f64, wanted: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0 / self.length.sqrt());
        while power(high) < wanted {
            low = high;
            high *= 2.0;
        }
        let (mut below, mut above) = (power(low) - wanted, power(high) - wanted);
        // False position, with the end that stays halved (Illinois).
        for _ in 0..60 {
            if high - low < 1e-9 * high {
                break;
            }
            let at = high - above * (high - low) / (above - below);
            let found = power(at) - wanted;
            if found.abs() < 1e-9 {
                return at;
            }
            if found < 0.0 {
                (low, below, above) = (at, found, 0.5 * above);
            } else {
                (high, above, below) = (at, found, 0.5 * below);
            }
        }
        0.5 * (low + high)
    }
}

/// The normal quantile to nine digits, which is enough for where a function is evaluated (Acklam 2003).
fn node(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416, 1.0];
    let horner = |c: &[f64], x: f64| c.iter().fold(0.0, |sum, c| sum * x + c);
    let tail = p.min(1.0 - p);
    if tail < 0.024_25 {
        let q = (-2.0 * tail.ln()).sqrt();
        let x = horner(&C, q) / horner(&D, q);
        return if p < 0.5 { x } else { -x };
    }
    let q = p - 0.5;
    q * horner(&A, q * q) / horner(&B, q * q)
}

/// A coordinate of a point: multiples of the root of a prime, folded so that both ends meet.
fn lattice(point: usize, dimension: usize) -> f64 {
    const PRIMES: [f64; 16] = [2.0, 3.0, 5.0, 7.0, 11.0, 13.0, 17.0, 19.0, 23.0, 29.0, 31.0, 37.0, 41.0, 43.0, 47.0, 53.0];
    // Beyond the sixteenth, roots of products of two primes are as independent.
    let (a, b) = (PRIMES[dimension % 16], if dimension < 16 { 1.0 } else { PRIMES[(dimension / 16) % 16 + dimension % 7] });
    let x = ((point as f64 + 0.5) * (a * b).sqrt()).fract();
    (2.0 * x - 1.0).abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::chance::Normals;
    use atalaya_kernel::Seed;

    fn covariance() -> Matrix {
        let rows = [[4.0, 2.0, 1.5, 1.0], [2.0, 3.0, 1.5, 1.0], [1.5, 1.5, 2.5, 1.0], [1.0, 1.0, 1.0, 2.0]];
        Matrix::from_fn(4, 4, |i, j| 0.01 * rows[i][j])
    }

    const AGES: [i64; 4] = [-5, -4, -3, -2];

    fn leads(covariance: &Matrix) -> Leads<'_> {
        Leads { ages: &AGES, estimates: &[0.1, 0.0, -0.1, 0.05], covariance, reference: -1 }
    }

    /// scipy 1.x: `multivariate_normal.cdf` with both limits, `ncx2.sf`, and `brentq` over the slope.
    #[test]
    fn slopes_are_those_of_scipy() {
        let v = covariance();
        let made = pre_trends(&leads(&v), 0.05, &[0.5, 0.8]).unwrap();
        assert!((made.false_alarms - 0.158_200_5).abs() < 1e-4, "{}", made.false_alarms);
        for (slope, power) in [(0.05, 0.311_778_5), (0.1, 0.665_302_7)] {
            assert!((power_at(&leads(&v), 0.05, slope).unwrap()[0] - power).abs() < 1e-4);
        }
        let wanted = [[0.077_583_06, 0.118_617_36], [0.121_184_58, 0.161_739_08]];
        for (slope, [any, joint]) in made.slopes.iter().zip(wanted) {
            assert!((slope.any - any).abs() < 2e-5 && (slope.joint - joint).abs() < 1e-7, "{slope:?}");
        }
        assert_eq!((made.freedom, made.lines.len(), made.lines[0].name.as_str()), (4, 4, "-5"));
    }

    /// One lead two periods before the reference, with error 1: power 1/2 at a rise of 1.96, up to what the far side adds.
    #[test]
    fn one_lead_has_a_closed_form() {
        let v = Matrix::identity(1);
        let one = Leads { ages: &[-3], estimates: &[1.0], covariance: &v, reference: -1 };
        let made = pre_trends(&one, 0.05, &[0.5, 0.8]).unwrap();
        assert!((2.0 * made.slopes[0].any - 1.959_964).abs() < 1e-3 && (2.0 * made.slopes[1].any - 2.801_585).abs() < 1e-3);
        assert!((made.slopes[0].any - made.slopes[0].joint).abs() < 1e-7 && (made.false_alarms - 0.05).abs() < 1e-12);
        assert!((made.wald - 1.0).abs() < 1e-15 && (made.p - 0.317_310_5).abs() < 1e-6);
        // Ages 0 and 1 lie 1 and 2 after the reference.
        assert_eq!(PreTrends::bias(0.2, -1, &[0, 1]), 0.2 * 1.5);
    }

    #[test]
    fn nodes_are_quantiles() {
        for p in [1e-9, 0.01, 0.024, 0.025, 0.3, 0.5, 0.8, 0.99, 0.999_999] {
            assert!((node(p) - normal_quantile(p)).abs() < 1e-8, "{p}");
        }
    }

    #[test]
    fn power_is_what_simulation_finds() {
        let v = covariance();
        let mut lower: Vec<f64> = (0..16).map(|c| v.at(c / 4, c % 4)).collect();
        linear::cholesky(&mut lower, 4).unwrap();
        let mut stream = Seed(5).stream(0);
        let mut chance = Normals::new(move || stream.unit());
        let mut seen = [0; 2];
        let test = Test::new(&leads(&v), 0.05).unwrap();
        for _ in 0..4_000 {
            let e: Vec<f64> = (0..4).map(|_| chance.normal()).collect();
            let found: Vec<f64> =
                (0..4).map(|i| 0.1 * (AGES[i] + 1) as f64 + (0..=i).map(|j| lower[4 * i + j] * e[j]).sum::<f64>()).collect();
            seen[0] += usize::from(found.iter().zip(&test.se).any(|(b, se)| (b / se).abs() > 1.959_964));
            seen[1] += usize::from(chi2_tail(dot(&found, &test.factor.solve(&found)), 4.0) < 0.05);
        }
        let power = power_at(&leads(&v), 0.05, 0.1).unwrap();
        for k in 0..2 {
            assert!((seen[k] as f64 / 4_000.0 - power[k]).abs() < 0.025, "{seen:?} {power:?}");
        }
    }

    #[test]
    fn bad_leads_are_refused() {
        let v = covariance();
        let no = |leads: Leads<'_>, alpha: f64, power: f64| pre_trends(&leads, alpha, &[power]).unwrap_err();
        let good = leads(&v);
        assert_eq!(no(Leads { ages: &[], ..good }, 0.05, 0.8), Refusal::NoPrePeriod);
        assert!(matches!(no(Leads { estimates: &[1.0], ..good }, 0.05, 0.8), Refusal::Length { .. }));
        assert!(matches!(no(Leads { ages: &[-4, -3, -2, 0], ..good }, 0.05, 0.8), Refusal::OutOfRange { .. }));
        assert!(matches!(no(good, 1.0, 0.8), Refusal::OutOfRange { .. }));
        assert!(matches!(no(good, 0.05, 0.05), Refusal::OutOfRange { .. }));
        let flat = Matrix::from_fn(4, 4, |_, _| 1.0);
        assert!(matches!(no(Leads { covariance: &flat, ..good }, 0.05, 0.8), Refusal::Collinear { .. }));
    }
}

//! How much each reporter reports, year by year, from links that both ends could report.
//!
//! # Answers
//! When a link is reported by the country it leads to rather than the one it comes from, how much
//! of that is the zeal of the one and not the flow?
//!
//! # Source
//! Paired comparisons: Bradley and Terry (1952), Biometrika 39, 324-345, with a Gaussian random
//! walk by year as in Fahrmeir and Tutz (1994), JASA 89, 1438-1449; posterior by the Laplace
//! approximation. That seizures are flow times effort times reporting: Underwood et al., PLoS ONE
//! 2013 (the ivory monitor ETIS).
//!
//! # Assumes
//! - A link's records from either end are Poisson, at the link's intensity times the reporter's
//!   rate; given their sum, who reported is a coin whose bias is the ratio of rates. The
//!   intensity cancels, so nothing about flows is assumed.
//! - Rates wander from year to year by a step of `step` in logarithms, and start within `spread`.
//! - A country without any record in a year reports nothing in it.
//!
//! # Shapes and units
//! One comparison a link and year: records by the importer and by the exporter. Rates are relative.
//!
//! # Cost
//! O(p^3) for `p` reporter-years, some ten times; O(p^2) a draw.
//!
//! # Does not
//! Tell how much is seized of what passes: only ratios between reporters are in the data.
//!
//! # Checked by
//! Planted rates found again in `tests` here; the walk; coverage on planted worlds in `validate`.

use std::collections::BTreeMap;

use atalaya_kernel::seed::Stream;

use crate::Card;
use crate::num::chance::normal;
use crate::num::linear::{Singular, backward, cholesky, cholesky_solve};

/// What this method is.
pub const CARD: Card = Card {
    id: "rates",
    verb: "routes",
    name: ["Reporting rates", "Tasas de reporte"],
    answers: ["How much more does one country report than another?", "¿Cuánto más reporta un país que otro?"],
    source: "Bradley and Terry (1952), Biometrika 39, 324-345; Fahrmeir and Tutz (1994), JASA 89, 1438-1449",
};

/// Who reported one link in one year. Both ends report that year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The country it leads to.
    pub importer: usize,
    /// The country it comes from.
    pub exporter: usize,
    /// Position of the year.
    pub year: usize,
    /// Records of the importer.
    pub by_importer: f64,
    /// Records of the exporter.
    pub by_exporter: f64,
}

/// What is believed of rates before any comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Walk {
    /// Standard deviation of a reporter's first logarithm.
    pub spread: f64,
    /// Standard deviation of its step from one year to the next.
    pub step: f64,
}

impl Default for Walk {
    /// Rates within a factor of about ten, that change by about a half a year.
    fn default() -> Walk {
        Walk { spread: 1.2, step: 0.4 }
    }
}

/// Rates of reporters by year: their logarithms are jointly normal.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    index: BTreeMap<(usize, usize), usize>,
    mode: Vec<f64>,
    /// Lower Cholesky factor of the precision.
    factor: Vec<f64>,
}

/// One draw, or the mode.
#[derive(Debug, Clone, PartialEq)]
pub struct RateDraw<'a> {
    rates: &'a Rates,
    log: Vec<f64>,
}

impl RateDraw<'_> {
    /// Rate at which a country reports what arrives; 0 where it reports nothing that year.
    pub fn importing(&self, reporter: usize, year: usize) -> f64 {
        // The last parameter is how much more arrivals are reported than departures.
        let more = self.log.last().copied().unwrap_or(0.0);
        self.rates.index.get(&(reporter, year)).map_or(0.0, |at| (self.log[*at] + more).exp())
    }

    /// Rate at which it reports what leaves.
    pub fn exporting(&self, reporter: usize, year: usize) -> f64 {
        self.rates.index.get(&(reporter, year)).map_or(0.0, |at| self.log[*at].exp())
    }
}

impl Rates {
    /// The most likely rates.
    pub fn mode(&self) -> RateDraw<'_> {
        RateDraw { rates: self, log: self.mode.clone() }
    }

    /// One draw of all rates together.
    pub fn draw(&self, stream: &mut Stream) -> RateDraw<'_> {
        let mut log: Vec<f64> = self.mode.iter().map(|_| normal(stream)).collect();
        backward(&self.factor, self.mode.len(), &mut log);
        log.iter_mut().zip(&self.mode).for_each(|(x, m)| *x += m);
        RateDraw { rates: self, log }
    }

    /// Every rate the same, for those who would not correct.
    pub fn even(reports: &[(usize, usize)]) -> Rates {
        let index: BTreeMap<(usize, usize), usize> = reports.iter().enumerate().map(|(at, key)| (*key, at)).collect();
        let p = reports.len() + 1;
        let factor = (0..p * p).map(|at| if at / p == at % p { 1e9 } else { 0.0 }).collect();
        Rates { index, mode: vec![0.0; p], factor }
    }
}

/// Rates from comparisons.
///
/// * `reports`: `(reporter, position of the year)` of all that report anything.
///
/// # Errors
/// [`Singular`] where `spread` or `step` is not positive.
pub fn rates(reports: &[(usize, usize)], seen: &[Comparison], walk: Walk) -> Result<Rates, Singular> {
    let mut index: BTreeMap<(usize, usize), usize> = reports.iter().map(|key| (*key, 0)).collect();
    index.values_mut().enumerate().for_each(|(at, place)| *place = at);
    let p = index.len() + 1;
    if !(walk.spread > 0.0 && walk.step > 0.0) {
        return Err(Singular { row: 0 });
    }
    let (prior, pairs) = (prior(&index, p, walk), pairs(&index, seen));
    let mut mode = vec![0.0; p];
    let mut factor = prior.clone();
    for _ in 0..50 {
        let mut gradient: Vec<f64> = (0..p).map(|i| -(0..p).map(|j| prior[i * p + j] * mode[j]).sum::<f64>()).collect();
        factor.copy_from_slice(&prior);
        for &(i, j, won, of) in &pairs {
            let chance = 1.0 / (1.0 + (-(mode[i] - mode[j] + mode[p - 1])).exp());
            let (slope, bend) = (won - of * chance, of * chance * (1.0 - chance));
            let signs = [(i, 1.0), (j, -1.0), (p - 1, 1.0)];
            for (a, x) in signs {
                gradient[a] += x * slope;
                for (b, y) in signs {
                    factor[a * p + b] += x * y * bend;
                }
            }
        }
        cholesky(&mut factor, p)?;
        cholesky_solve(&factor, p, &mut gradient);
        // Steps of more than two in logarithms overshoot where one side has no record.
        let longest = gradient.iter().fold(0.0f64, |m, g| m.max(g.abs()));
        let damp = (2.0 / longest.max(2.0)).min(1.0);
        mode.iter_mut().zip(&gradient).for_each(|(m, g)| *m += damp * g);
        if longest < 1e-9 {
            break;
        }
    }
    Ok(Rates { index, mode, factor })
}

/// Precision of the walk: `1/spread^2` for each first year, `1/step^2` a year between neighbours.
fn prior(index: &BTreeMap<(usize, usize), usize>, p: usize, walk: Walk) -> Vec<f64> {
    let mut out = vec![0.0; p * p];
    let (start, step) = (walk.spread.powi(-2), walk.step.powi(-2));
    let mut last: Option<((usize, usize), usize)> = None;
    for (&(reporter, year), &at) in index {
        match last.filter(|((before, _), _)| *before == reporter) {
            Some(((_, then), from)) => {
                let weight = step / (year - then) as f64;
                for (a, b, sign) in [(at, at, 1.0), (from, from, 1.0), (at, from, -1.0), (from, at, -1.0)] {
                    out[a * p + b] += sign * weight;
                }
            }
            None => out[at * p + at] += start,
        }
        last = Some(((reporter, year), at));
    }
    out[p * p - 1] = 1.0;
    out
}

/// Comparisons by parameter: importer, exporter, won, of how many. Ends that do not report are left out.
fn pairs(index: &BTreeMap<(usize, usize), usize>, seen: &[Comparison]) -> Vec<(usize, usize, f64, f64)> {
    let of = |place, year| index.get(&(place, year)).copied();
    seen.iter()
        .filter_map(|c| Some((of(c.importer, c.year)?, of(c.exporter, c.year)?, c.by_importer, c.by_importer + c.by_exporter)))
        .filter(|pair| pair.3 > 0.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::chance::poisson;
    use atalaya_kernel::Seed;

    const TRUTH: [f64; 6] = [0.2, 0.5, 1.0, 1.0, 2.0, 4.0];

    fn planted(seed: u64) -> (Vec<(usize, usize)>, Vec<Comparison>) {
        let mut stream = Seed(seed).stream(4);
        let reports = (0..6).flat_map(|r| (0..3).map(move |y| (r, y))).collect();
        let mut seen = Vec::new();
        for year in 0..3 {
            for (importer, arrives) in TRUTH.into_iter().enumerate() {
                for (exporter, leaves) in TRUTH.into_iter().enumerate().filter(|(e, _)| *e != importer) {
                    let flow = 8.0 * (1.0 + stream.unit());
                    let by_importer = poisson(&mut stream, flow * arrives * 1.5) as f64;
                    let by_exporter = poisson(&mut stream, flow * leaves) as f64;
                    seen.push(Comparison { importer, exporter, year, by_importer, by_exporter });
                }
            }
        }
        (reports, seen)
    }

    #[test]
    fn planted_rates_are_found_again() {
        let (reports, seen) = planted(1);
        let found = rates(&reports, &seen, Walk::default()).unwrap();
        let mode = found.mode();
        for year in 0..3 {
            let ratio = mode.exporting(5, year) / mode.exporting(0, year);
            assert!((ratio.ln() - 20.0f64.ln()).abs() < 0.5, "{ratio}");
        }
        assert!((mode.importing(2, 1) / mode.exporting(2, 1) - 1.5).abs() < 0.2);
        assert_eq!(mode.exporting(9, 1), 0.0);
    }

    #[test]
    fn draws_lie_about_the_mode_and_repeat() {
        let (reports, seen) = planted(2);
        let found = rates(&reports, &seen, Walk::default()).unwrap();
        let mut inside = 0;
        for id in 0..200 {
            let draw = found.draw(&mut Seed(3).stream(id));
            let error = (draw.exporting(5, 0) / draw.exporting(0, 0)).ln() - 20.0f64.ln();
            inside += i32::from(error.abs() < 1.0);
            assert_eq!(draw, found.draw(&mut Seed(3).stream(id)));
        }
        assert!(inside > 180, "{inside}");
    }

    #[test]
    fn nothing_seen_is_nothing_learnt() {
        let found = rates(&[(0, 0), (1, 0)], &[], Walk::default()).unwrap();
        assert_eq!(found.mode().exporting(0, 0), 1.0);
        assert!(rates(&[(0, 0)], &[], Walk { spread: f64::INFINITY, step: 1.0 }).is_err());
        assert!((Rates::even(&[(0, 0)]).draw(&mut Seed(1).stream(1)).exporting(0, 0) - 1.0).abs() < 1e-6);
    }
}

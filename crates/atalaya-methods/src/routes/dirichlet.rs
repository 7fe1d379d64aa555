//! Supplier shares as distributions: Dirichlet, weighed by how much evidence there really is.
//!
//! # Answers
//! What share of a country's imports comes from each supplier, and how sure is that?
//!
//! # Source
//! Conjugate posterior of multinomial shares: Gelman et al. (2013), Bayesian Data Analysis, 3rd
//! ed., section 3.4. Effective sample size: Kish (1965), Survey Sampling, section 8.2. The
//! published method (Giommoni et al. 2021, step 2) is the limit of prior weight 0.
//!
//! # Assumes
//! - Records of one importer are draws of its imports. One heavy record is one draw, not many.
//! - What is not recorded splits as the prior says.
//!
//! # Shapes and units
//! Evidence `(supplier, importer, sum of mass, sum of squares)`; prior shares that sum to 1 over
//! each importer; prior weight `a0` in records. Mean share
//! `(a0 g + neff s) / (a0 + neff)`, `neff = (sum kg)^2 / sum kg^2`.
//!
//! # Cost
//! O(edges log edges); a draw is one gamma an edge.
//!
//! # Does not
//! Correct for reporters who look more than others (see `rates`), or balance flows (see `joint`).
//!
//! # Checked by
//! `tests` here: the limit of `a0 = 0`; moments of draws; one record of 15 t; refusals; coverage on planted
//! worlds in `validate`.

use std::collections::BTreeMap;

use atalaya_kernel::seed::Stream;

use super::published::Weight;
use super::record::kish;
use crate::Card;
use crate::num::chance::gamma;

/// What this method is.
pub const CARD: Card = Card {
    id: "dirichlet",
    verb: "routes",
    name: ["Supplier shares as distributions", "Participación de los proveedores como distribuciones"],
    answers: [
        "What share of a country's imports comes from each supplier, and how sure is that?",
        "¿Qué parte de lo que ingresa a un país viene de cada proveedor, y qué tan seguro es?",
    ],
    source: "Gelman et al. (2013), Bayesian Data Analysis, section 3.4; Kish (1965), Survey Sampling, section 8.2",
};

/// What is recorded of one link.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Supplier.
    pub from: usize,
    /// Importer.
    pub to: usize,
    /// Sum of masses.
    pub sum: f64,
    /// Sum of their squares.
    pub squares: f64,
}

/// Why there are no shares.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SharesError {
    /// A prior weight that is none.
    #[error("the weight of the prior is {0}: it is a number of records, 0 or more")]
    Weight(f64),
    /// A prior that is no split.
    #[error("prior shares of importer {importer} sum to {sum}: they must sum to 1")]
    Prior {
        /// Position of the importer.
        importer: usize,
        /// What they sum to.
        sum: f64,
    },
    /// Something that is no mass.
    #[error("link {from} to {to} has mass {sum}: masses are finite and not negative")]
    Mass {
        /// Supplier.
        from: usize,
        /// Importer.
        to: usize,
        /// What was found.
        sum: f64,
    },
}

/// The suppliers of one importer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suppliers {
    /// Who, by position.
    pub from: Vec<usize>,
    /// Mean share of each, in the same order.
    pub mean: Vec<f64>,
    /// Effective records of this importer.
    pub effective: f64,
    /// Weight of prior and records together: the sum of the Dirichlet's parameters.
    pub concentration: f64,
}

impl Suppliers {
    /// Standard deviation of a share: `sqrt(p (1 - p) / (c + 1))`.
    pub fn sd(&self, at: usize) -> f64 {
        (self.mean[at] * (1.0 - self.mean[at]) / (self.concentration + 1.0)).sqrt()
    }

    /// Shares drawn from the posterior, in the order of `from`.
    pub fn draw(&self, stream: &mut Stream) -> Vec<f64> {
        let mut shares: Vec<f64> = self.mean.iter().map(|p| gamma(stream, p * self.concentration)).collect();
        let sum: f64 = shares.iter().sum();
        if sum > 0.0 {
            shares.iter_mut().for_each(|s| *s /= sum);
            shares
        } else {
            // Parameters so small that every gamma is below the smallest float.
            self.mean.clone()
        }
    }
}

/// The posterior of every importer that has evidence or a prior.
///
/// # Errors
/// [`SharesError`].
pub fn posterior(evidence: &[Evidence], prior: &[Weight], a0: f64) -> Result<BTreeMap<usize, Suppliers>, SharesError> {
    if !a0.is_finite() || a0 < 0.0 {
        return Err(SharesError::Weight(a0));
    }
    let mut seen: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let mut totals: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for e in evidence {
        if !e.sum.is_finite() || !e.squares.is_finite() || e.sum < 0.0 {
            return Err(SharesError::Mass { from: e.from, to: e.to, sum: e.sum });
        }
        *seen.entry((e.to, e.from)).or_default() += e.sum;
        let total = totals.entry(e.to).or_default();
        *total = (total.0 + e.sum, total.1 + e.squares);
    }
    let mut guess: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    for (from, to, share) in prior.iter().filter(|_| a0 > 0.0) {
        *guess.entry((*to, *from)).or_default() += share;
        *sums.entry(*to).or_default() += share;
    }
    if let Some((&importer, &sum)) = sums.iter().find(|(_, sum)| (**sum - 1.0).abs() > 1e-6) {
        return Err(SharesError::Prior { importer, sum });
    }
    let mut out: BTreeMap<usize, Suppliers> = BTreeMap::new();
    let pairs: std::collections::BTreeSet<(usize, usize)> = seen.keys().chain(guess.keys()).copied().collect();
    for (to, from) in pairs {
        let (sum, squares) = totals.get(&to).copied().unwrap_or_default();
        let effective = kish(sum, squares);
        let weight = if sums.contains_key(&to) { a0 } else { 0.0 };
        let share = if sum > 0.0 { seen.get(&(to, from)).copied().unwrap_or(0.0) / sum } else { 0.0 };
        let concentration = weight + effective;
        if concentration > 0.0 {
            let of = out.entry(to).or_insert(Suppliers { effective, concentration, ..Suppliers::default() });
            of.from.push(from);
            of.mean.push((weight * guess.get(&(to, from)).copied().unwrap_or(0.0) + effective * share) / concentration);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use atalaya_kernel::Seed;

    fn sample() -> Vec<Evidence> {
        vec![Evidence { from: 0, to: 2, sum: 6.0, squares: 12.0 }, Evidence { from: 1, to: 2, sum: 2.0, squares: 4.0 }]
    }

    #[test]
    fn without_a_prior_it_is_the_published_share() {
        let found = &posterior(&sample(), &[(0, 2, 1.0)], 0.0).unwrap()[&2];
        assert_eq!((found.mean.as_slice(), found.effective), ([0.75, 0.25].as_slice(), 4.0));
        // Towards 0 it goes there without a jump.
        let near = &posterior(&sample(), &[(1, 2, 1.0)], 1e-9).unwrap()[&2];
        assert!(near.mean.iter().zip(&found.mean).all(|(a, b)| (a - b).abs() < 1e-9));
    }

    #[test]
    fn a_prior_weighs_as_many_records_as_it_says() {
        let found = &posterior(&sample(), &[(1, 2, 1.0)], 4.0).unwrap()[&2];
        assert_eq!((found.mean.as_slice(), found.concentration), ([0.375, 0.625].as_slice(), 8.0));
        assert!((found.mean.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let alone = &posterior(&[], &[(0, 5, 1.0)], 2.0).unwrap()[&5];
        assert_eq!((alone.effective, alone.mean[0]), (0.0, 1.0));
    }

    /// 15 t in one record do not outvote forty records of a kilogram.
    #[test]
    fn one_heavy_record_is_one_record() {
        let heavy = [Evidence { from: 0, to: 2, sum: 15_000.0, squares: 2.25e8 }, Evidence { from: 1, to: 2, sum: 40.0, squares: 40.0 }];
        let found = &posterior(&heavy, &[(1, 2, 1.0)], 1.0).unwrap()[&2];
        assert!((found.effective - 1.005).abs() < 0.01 && found.sd(0) > 0.25, "{found:?}");
    }

    #[test]
    fn draws_have_the_moments_of_the_posterior() {
        let found = &posterior(&sample(), &[(1, 2, 1.0)], 4.0).unwrap()[&2];
        let mut stream = Seed(5).stream(1);
        let draws: Vec<f64> = (0..20_000).map(|_| found.draw(&mut stream)[0]).collect();
        let mean = draws.iter().sum::<f64>() / 2e4;
        let sd = (draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 2e4).sqrt();
        assert!((mean - 0.375).abs() < 4.0 * found.sd(0) / 141.0 && (sd / found.sd(0) - 1.0).abs() < 0.03, "{mean} {sd}");
    }

    #[test]
    fn refusals() {
        assert_eq!(posterior(&[], &[], -1.0), Err(SharesError::Weight(-1.0)));
        assert_eq!(posterior(&[], &[(0, 1, 0.5)], 1.0), Err(SharesError::Prior { importer: 1, sum: 0.5 }));
        let bad = [Evidence { from: 0, to: 1, sum: f64::INFINITY, squares: 1.0 }];
        assert!(matches!(posterior(&bad, &[], 0.0), Err(SharesError::Mass { .. })));
    }
}

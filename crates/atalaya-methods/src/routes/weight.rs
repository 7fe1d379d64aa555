//! The weight of a prior of supplier shares, by how well it foretells the records there are.
//!
//! # Answers
//! How many records is the prior of near and busy suppliers worth?
//!
//! # Source
//! Compound multinomial: Mosimann (1962), Biometrika 49, 65-82; its concentration by maximum
//! marginal likelihood: Minka (2000, revised 2012), Estimating a Dirichlet distribution, section 3.
//!
//! # Assumes
//! - Records of an importer are drawn from shares that scatter about its prior; all importers'
//!   scatter is alike.
//! - Between a tenth of a record and a hundred: beyond, the likelihood is flat.
//!
//! # Shapes and units
//! A list an importer: prior share of each supplier as it would be recorded, and its records.
//!
//! # Cost
//! O(edges), some sixty times.
//!
//! # Does not
//! Say how sure that is. Use records of suppliers to whom the prior gives nothing.
//!
//! # Checked by
//! `tests` here: planted weights found again; two importers by hand; nothing known.

use crate::Card;
use crate::num::special::ln_gamma;

/// What this method is.
pub const CARD: Card = Card {
    id: "weight",
    verb: "routes",
    name: ["Weight of the prior", "Peso de la distribución previa"],
    answers: [
        "How many records is the prior of near and busy suppliers worth?",
        "¿Cuántos registros vale la distribución previa de proveedores cercanos y activos?",
    ],
    source: "Mosimann (1962), Biometrika 49, 65-82; Minka (2000), Estimating a Dirichlet distribution, section 3",
};

/// What the prior weighs where nobody is there to tell.
const USUAL: f64 = 1.0;
const LEAST: f64 = 0.1;
const MOST: f64 = 100.0;

/// Prior share and records of one supplier.
pub type Foretold = (f64, f64);

/// The logarithm of the marginal likelihood of a weight, up to what does not depend on it.
pub fn log_likelihood(importers: &[Vec<Foretold>], weight: f64) -> f64 {
    let one = |suppliers: &Vec<Foretold>| {
        let known = || suppliers.iter().filter(|s| s.0 > 0.0);
        let (all, records) = known().fold((0.0, 0.0), |(all, records), s| (all + s.0, records + s.1));
        if records <= 0.0 {
            return 0.0;
        }
        let part = |share: f64, n: f64| ln_gamma(weight * share + n) - ln_gamma(weight * share);
        known().filter(|s| s.1 > 0.0).map(|s| part(s.0 / all, s.1)).sum::<f64>() - part(1.0, records)
    };
    importers.iter().map(one).sum()
}

/// The weight under which the records are likeliest.
pub fn prior_weight(importers: &[Vec<Foretold>]) -> f64 {
    // One record says nothing of scatter: whatever the weight, it is as likely.
    if importers.iter().all(|s| s.iter().filter(|s| s.0 > 0.0).map(|s| s.1).sum::<f64>() < 2.0) {
        return USUAL;
    }
    // Golden section over logarithms: the likelihood of one number, with one top.
    let ratio = (5.0f64.sqrt() - 1.0) / 2.0;
    let of = |log: f64| log_likelihood(importers, log.exp());
    let (mut low, mut high) = (LEAST.ln(), MOST.ln());
    let (mut a, mut b) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut at_a, mut at_b) = (of(a), of(b));
    while high - low > 1e-4 {
        if at_a > at_b {
            (high, b, at_b) = (b, a, at_a);
            a = high - ratio * (high - low);
            at_a = of(a);
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = low + ratio * (high - low);
            at_b = of(b);
        }
    }
    f64::midpoint(low, high).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::chance::gamma;
    use atalaya_kernel::Seed;

    #[test]
    fn planted_weights_are_found_again() {
        for (seed, planted) in [(1, 0.7), (2, 5.0)] {
            let mut stream = Seed(seed).stream(1);
            let mut one = || {
                let prior: Vec<f64> = (1..=8).map(|k| f64::from(k) / 36.0).collect();
                let shares: Vec<f64> = prior.iter().map(|g| gamma(&mut stream, planted * g)).collect();
                let all: f64 = shares.iter().sum();
                let mut counts = vec![0.0; 8];
                for _ in 0..30 {
                    let mut left = stream.unit() * all;
                    let at = shares.iter().position(|s| {
                        left -= s;
                        left < 0.0
                    });
                    counts[at.unwrap_or(7)] += 1.0;
                }
                prior.into_iter().zip(counts).collect::<Vec<Foretold>>()
            };
            let importers: Vec<Vec<Foretold>> = (0..120).map(|_| one()).collect();
            let found = prior_weight(&importers);
            assert!((found / planted).ln().abs() < 0.25, "{found} is not {planted}");
        }
    }

    /// Two suppliers alike, one record of each: a^2/4 over a (a + 1), which is likelier the larger a.
    #[test]
    fn two_suppliers_by_hand() {
        let both = vec![vec![(0.5, 1.0), (0.5, 1.0)]];
        for weight in [0.5f64, 2.0, 9.0] {
            let by_hand = (weight / 4.0 / (weight + 1.0)).ln();
            assert!((log_likelihood(&both, weight) - by_hand).abs() < 1e-12);
        }
        assert!((prior_weight(&both) - MOST).abs() < 0.1);
        assert!((prior_weight(&[vec![(0.5, 2.0), (0.5, 0.0)]]) - LEAST).abs() < 1e-3);
    }

    #[test]
    fn nothing_known_is_the_usual_weight() {
        assert_eq!(prior_weight(&[]), USUAL);
        assert_eq!(prior_weight(&[vec![(0.5, 1.0), (0.5, 0.0)], vec![(0.0, 9.0)]]), USUAL);
    }
}

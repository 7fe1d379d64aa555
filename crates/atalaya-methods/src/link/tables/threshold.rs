//! A threshold without labels: where the model itself expects the best balance.
//!
//! # Answers
//! From which score on are pairs called links, when nobody has labelled any?
//!
//! # Source
//! Lipton, Elkan & Naryanaswamy (2014), ECML PKDD, 225-239 (the threshold that maximises the
//! expected F1 is half that F1); prior by EM: Dempster, Laird & Rubin (1977), JRSS B 39(1), 1-38.
//!
//! # Assumes
//! Scores are what they say: of pairs with probability p, a share p is true.
//!
//! # Shapes and units
//! A histogram of evidence (bits without the prior), 1/32 bit wide.
//!
//! # Cost
//! Linear in pairs for the histogram, then in its bins.
//!
//! # Does not
//! Use labels, or know how wrong independence of the comparisons makes the scores.
//!
//! # Checked by
//! `the_best_threshold_is_half_of_the_best_f1`, `the_prior_of_a_planted_world_is_found`, `an_empty_histogram_has_no_matches`.

use crate::card::Card;
use crate::link::waterfall::probability;

/// The method in a few words.
pub const CARD: Card = Card {
    id: "threshold",
    verb: "link",
    name: ["Threshold without labels", "Umbral sin etiquetas"],
    answers: [
        "From which score on are pairs called links, when nobody has labelled any?",
        "¿A partir de qué puntaje se vincula un par, si nadie ha etiquetado ninguno?",
    ],
    source: "Lipton, Elkan & Naryanaswamy (2014), ECML PKDD, 225-239",
};

const LOWEST: f64 = -64.0;
const STEPS: f64 = 32.0;
const BINS: usize = 160 * 32;

/// Pairs by their evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    bins: Vec<f64>,
}

/// A threshold, and what the model expects of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Bits, prior included.
    pub bits: f64,
    /// The same as a probability.
    pub probability: f64,
    /// Expected share of links that are true.
    pub precision: f64,
    /// Expected share of true pairs that are links, those no rule makes included.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { bins: vec![0.0; BINS] }
    }
}

impl Histogram {
    /// Counts a pair of so much evidence.
    pub fn add(&mut self, bits: f64, count: f64) {
        let bin = ((bits - LOWEST) * STEPS).clamp(0.0, (BINS - 1) as f64) as usize;
        self.bins[bin] += count;
    }

    /// Counts another histogram's pairs as well.
    pub fn merge(&mut self, other: &Histogram) {
        self.bins.iter_mut().zip(&other.bins).for_each(|(a, b)| *a += b);
    }

    fn each(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> {
        self.bins.iter().enumerate().filter(|(_, n)| **n > 0.0).map(|(bin, n)| (LOWEST + (bin as f64 + 0.5) / STEPS, *n))
    }

    /// Expected true pairs under a prior in bits.
    pub fn expected(&self, prior: f64) -> f64 {
        self.each().map(|(bits, n)| n * probability(bits + prior)).sum()
    }

    /// The prior, in bits, under which as many pairs are expected to be true as it says.
    ///
    /// * `possible`: all pairs, compared or not.
    /// * `loss`: share of true pairs that no rule makes.
    pub fn prior(&self, possible: f64, loss: f64) -> f64 {
        let bits = |matches: f64| {
            let share = (matches / possible).clamp(1e-15, 0.5);
            (share / (1.0 - share)).log2()
        };
        let mut prior = bits(self.bins.iter().sum::<f64>() / 2.0);
        for _ in 0..200 {
            let next = bits(self.expected(prior) / (1.0 - loss));
            if (next - prior).abs() < 1e-6 {
                return next;
            }
            prior = next;
        }
        prior
    }

    /// The threshold with the best expected F1; `missed` true pairs are out of reach.
    pub fn best(&self, prior: f64, missed: f64) -> Threshold {
        let all = self.expected(prior) + missed;
        let none = Threshold { bits: f64::INFINITY, probability: 1.0, precision: 1.0, recall: 0.0, f1: 0.0 };
        let (mut best, mut links, mut right) = (none, 0.0, 0.0);
        for (evidence, n) in self.each().rev() {
            links += n;
            right += n * probability(evidence + prior);
            let f1 = 2.0 * right / (links + all);
            if f1 > best.f1 {
                let bits = evidence + prior - 0.5 / STEPS;
                best = Threshold { bits, probability: probability(bits), precision: right / links, recall: right / all, f1 };
            }
        }
        best
    }

    /// What the model expects of a threshold somebody gave, in bits with the prior.
    pub fn at(&self, bits: f64, prior: f64, missed: f64) -> Threshold {
        let all = self.expected(prior) + missed;
        let above = || self.each().filter(|(evidence, _)| evidence + prior >= bits);
        let links: f64 = above().map(|(_, n)| n).sum();
        let right: f64 = above().map(|(evidence, n)| n * probability(evidence + prior)).sum();
        let part = |a: f64, b: f64| if b > 0.0 { a / b } else { 0.0 };
        Threshold {
            bits,
            probability: probability(bits),
            precision: part(right, links),
            recall: part(right, all),
            f1: part(2.0 * right, links + all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> Histogram {
        let mut histogram = Histogram::default();
        for i in 0..2000 {
            let x = f64::from(i) / 100.0 - 10.0;
            // Evidence of two normal densities, 2.5 bits of mean each way, is their log ratio.
            let (plus, minus) = ((-(x - 2.5).powi(2) / 5.0).exp2(), (-(x + 2.5).powi(2) / 5.0).exp2());
            histogram.add(2.0 * x, 100.0 * plus + 900.0 * minus);
        }
        histogram
    }

    #[test]
    fn the_prior_of_a_planted_world_is_found() {
        let histogram = world();
        let possible: f64 = histogram.bins.iter().sum();
        let prior = histogram.prior(possible, 0.0);
        assert!((prior - (1.0f64 / 9.0).log2()).abs() < 0.05, "{prior}");
    }

    #[test]
    fn the_best_threshold_is_half_of_the_best_f1() {
        let histogram = world();
        let best = histogram.best((1.0f64 / 9.0).log2(), 0.0);
        assert!((best.probability - best.f1 / 2.0).abs() < 0.01, "{best:?}");
        let same = histogram.at(best.bits, (1.0f64 / 9.0).log2(), 0.0);
        assert!((same.f1 - best.f1).abs() < 1e-9 && (same.recall - best.recall).abs() < 1e-9);
        let missed = histogram.best((1.0f64 / 9.0).log2(), 1000.0);
        assert!(missed.recall < best.recall && missed.bits < best.bits, "what is out of reach lowers the bar");
    }

    #[test]
    fn an_empty_histogram_has_no_matches() {
        let empty = Histogram::default();
        assert_eq!(empty.expected(0.0), 0.0);
        assert_eq!(empty.best(0.0, 0.0).f1, 0.0);
        assert_eq!(empty.at(0.0, 0.0, 0.0).f1, 0.0);
    }
}

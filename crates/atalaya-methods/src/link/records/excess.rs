//! Probabilities held against what placebo bears out.
//!
//! # Answers
//! Of the pairs a model calls probable, how many are more than chance lets expect?
//!
//! # Source
//! Target-decoy calibration (Elias and Gygi 2007, Nature Methods 4, 207-214); an offset on
//! the scale of log odds, as in Platt 1999 with the slope left at one.
//!
//! # Assumes
//! Placebo pairs, times what one day and place add, are what chance gives.
//!
//! # Shapes and units
//! Compared pairs and placebo in; by area, bits to take off, out.
//!
//! # Cost
//! O(pairs) for each of 40 halvings.
//!
//! # Does not
//! Raise a probability: a model that is too careful stays so.
//!
//! # Checked by
//! `reports` in this folder.

use super::model::{Compared, Model};
use super::placebo::{Exposure, Null};
use super::prepare::Prepared;
use crate::Card;
use crate::link::waterfall::probability;

/// What this file does, as data.
pub const CARD: Card = Card {
    id: "excess",
    verb: "link",
    name: ["Held against placebo", "Contraste con el placebo"],
    answers: [
        "Of the pairs a model calls probable, how many are more than chance lets expect?",
        "De los pares que el modelo considera probables, ¿cuántos exceden lo que cabe esperar del azar?",
    ],
    source: "Elias and Gygi 2007, Nature Methods 4(3), 207-214; Platt 1999, Advances in Large Margin Classifiers, 61-74",
};

/// Pairs as improbable as this say nothing of what is probable.
const TOLD: f64 = 0.1;
/// Matches an area's share of excess is weighed against.
const STRENGTH: f64 = 20.0;

/// What is held against what.
pub(super) struct Excess<'a> {
    pub prepared: &'a Prepared<'a>,
    pub null: &'a Null,
    pub model: &'a Model,
    pub exposure: &'a Exposure,
}

impl Excess<'_> {
    fn area(&self, compared: &Compared) -> usize {
        self.prepared.area[compared.pair.a as usize] as usize
    }

    fn bits(&self, compared: &Compared) -> f64 {
        self.model.bits(self.prepared, compared, self.null, self.model.repeats[self.area(compared)])
    }

    /// Bits to take off the pairs of each area that may be parcels of one event.
    pub fn offsets(&self, pairs: &[Compared], placebo: &[Compared]) -> Vec<f64> {
        let areas = self.prepared.areas;
        let mut scores: Vec<Vec<f64>> = vec![Vec::new(); areas];
        for compared in pairs.iter().filter(|c| c.pattern.may_be_parcels()) {
            let bits = self.bits(compared);
            if probability(bits) >= TOLD {
                scores[self.area(compared)].push(bits);
            }
        }
        let mut chance = vec![0.0; areas];
        for moved in placebo.iter().map(|p| p.moved(0)).filter(|m| m.pattern.may_be_parcels()) {
            if probability(self.bits(&moved)) >= TOLD {
                let area = self.area(&moved);
                chance[area] += self.exposure.of(self.prepared, &moved.pair, 0) * self.model.day[area];
            }
        }
        let said: Vec<f64> = scores.iter().map(|s| s.iter().map(|b| probability(*b)).sum()).collect();
        let borne: Vec<f64> = scores.iter().zip(&chance).map(|(s, c)| (s.len() as f64 - c).max(0.0)).collect();
        // An area counts up to the strength of the prior.
        let weight = |a: usize| said[a].min(STRENGTH) / said[a].max(1e-9);
        let (all, of) = (0..areas).fold((1.0, 1.0), |(b, s), a| (b + borne[a] * weight(a), s + said[a] * weight(a)));
        let usual = (all / of).min(1.0);
        (0..areas)
            .map(|a| {
                let share = ((borne[a] + STRENGTH * usual) / (said[a] + STRENGTH)).min(1.0);
                offset(&scores[a], share * said[a])
            })
            .collect()
    }
}

/// What must be taken off scores for their probabilities to sum to `target`.
fn offset(scores: &[f64], target: f64) -> f64 {
    let sum = |off: f64| scores.iter().map(|b| probability(b - off)).sum::<f64>();
    if scores.is_empty() || sum(0.0) <= target {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if sum(middle) > target { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_brings_the_sum_to_what_is_borne_out() {
        // Ten pairs at even odds of which only a tenth is more than chance: log2(9) bits too many.
        let scores = [0.0; 10];
        assert!((offset(&scores, 1.0) - 9f64.log2()).abs() < 1e-6);
        assert_eq!(offset(&scores, 5.0), 0.0);
        assert_eq!(offset(&scores, 9.0), 0.0, "never raised");
        assert_eq!(offset(&[], 0.0), 0.0);
    }
}

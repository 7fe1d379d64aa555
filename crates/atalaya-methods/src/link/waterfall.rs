//! A score taken apart: what was believed before, and what each comparison added.
//!
//! Weights are in bits: `log2` of how much likelier the finding is between two reports of one
//! event than between reports of two. They add up, so a score can be read like an invoice.

use atalaya_kernel::Both;

/// What one comparison says of one pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What was compared: `place`, `amount` ...
    pub comparison: Both,
    /// What was found: "equal to the printed precision", "one is a part of the other" ...
    pub level: Both,
    /// The weight, in bits; negative where it speaks against.
    pub bits: f64,
}

/// How a pair's score came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Waterfall {
    /// What was believed of any such pair before its fields were looked at, in bits.
    pub prior: f64,
    /// What each comparison added, in the order in which they are read.
    pub steps: Vec<Step>,
}

impl Waterfall {
    /// Prior and steps together, in bits.
    pub fn bits(&self) -> f64 {
        self.prior + self.steps.iter().map(|s| s.bits).sum::<f64>()
    }

    /// The probability that both are reports of one event.
    pub fn probability(&self) -> f64 {
        probability(self.bits())
    }
}

/// The probability that odds of `2^bits` stand for; 0 and 1 only at the infinities.
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_the_sum_of_its_lines() {
        let step = |bits| Step { comparison: Both::same("x"), level: Both::same("y"), bits };
        let waterfall = Waterfall { prior: -10.0, steps: vec![step(7.0), step(5.0), step(-2.0)] };
        assert_eq!(waterfall.bits(), 0.0);
        assert_eq!(waterfall.probability(), 0.5);
        assert_eq!(probability(f64::INFINITY), 1.0);
        assert_eq!(probability(f64::NEG_INFINITY), 0.0);
        assert!((probability(3.0) - 8.0 / 9.0).abs() < 1e-15);
    }
}

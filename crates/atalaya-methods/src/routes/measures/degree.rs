//! Degree, strength, density and reciprocity of a directed network.
//!
//! # Answers
//! With how many places does each deal, how much passes through its hands, how full is the
//! network, and how many links go both ways?
//!
//! # Source
//! Wasserman and Faust (1994), Social Network Analysis, sections 4.3 and 4.4; strength: Barrat et
//! al. (2004), PNAS 101(11), 3747-3752.
//!
//! # Assumes
//! - Edges given are all there are: a link that nobody reported lowers every one of these.
//!
//! # Shapes and units
//! `n` places; edges `(from, to, weight)`, one a pair. Strength in the unit of the weights.
//!
//! # Cost
//! O(n + edges log edges).
//!
//! # Does not
//! Count loops or give undirected degrees.
//!
//! # Checked by
//! A hand count in `tests` here; 78, 74, 64 links out and 56, 41, 33 in, density 0.0364 and
//! reciprocity 0.227 in `tests/it/real.rs`.

use std::collections::BTreeSet;

use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "degree",
    verb: "routes",
    name: ["Degree, strength, density, reciprocity", "Grado, fuerza, densidad, reciprocidad"],
    answers: [
        "With how many places does each deal, and how much passes through its hands?",
        "¿Con cuántos lugares trata cada uno, y cuánto pasa por sus manos?",
    ],
    source: "Wasserman and Faust (1994), sections 4.3-4.4; Barrat et al. (2004), PNAS 101(11), 3747-3752",
};

/// Degree and strength of one place.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Degree {
    /// Places that supply it.
    pub into: u64,
    /// Places it supplies.
    pub out: u64,
    /// Weight that comes in.
    pub strength_in: f64,
    /// Weight that goes out.
    pub strength_out: f64,
}

/// Degree and strength of every place.
pub fn degrees(n: usize, edges: &[(usize, usize, f64)]) -> Vec<Degree> {
    let mut out = vec![Degree::default(); n];
    for &(from, to, weight) in edges.iter().filter(|(from, to, _)| from != to) {
        out[from].out += 1;
        out[from].strength_out += weight;
        out[to].into += 1;
        out[to].strength_in += weight;
    }
    out
}

/// Edges over the pairs there could be, `n (n - 1)`; 0 of fewer than two places.
pub fn density(n: usize, edges: usize) -> f64 {
    if n < 2 { 0.0 } else { edges as f64 / (n as f64 * (n as f64 - 1.0)) }
}

/// Share of edges whose opposite exists; 0 of none.
pub fn reciprocity(edges: &[(usize, usize, f64)]) -> f64 {
    let all: BTreeSet<(usize, usize)> = edges.iter().map(|e| (e.0, e.1)).collect();
    if all.is_empty() {
        return 0.0;
    }
    all.iter().filter(|(from, to)| all.contains(&(*to, *from))).count() as f64 / all.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGES: [(usize, usize, f64); 4] = [(0, 1, 2.0), (1, 0, 1.0), (0, 2, 5.0), (2, 2, 9.0)];

    #[test]
    fn a_hand_count() {
        let found = degrees(3, &EDGES);
        assert_eq!(found[0], Degree { into: 1, out: 2, strength_in: 1.0, strength_out: 7.0 });
        assert_eq!(found[2], Degree { into: 1, out: 0, strength_in: 5.0, strength_out: 0.0 });
        assert_eq!(reciprocity(&EDGES[..3]), 2.0 / 3.0);
        assert_eq!(density(3, 3), 0.5);
        assert_eq!((density(1, 0), reciprocity(&[])), (0.0, 0.0));
    }

    /// Whatever the network, what goes out somewhere comes in somewhere.
    #[test]
    fn in_and_out_are_equal_in_sum() {
        let found = degrees(3, &EDGES);
        assert_eq!(found.iter().map(|d| d.into).sum::<u64>(), found.iter().map(|d| d.out).sum::<u64>());
        assert_eq!(found.iter().map(|d| d.strength_in).sum::<f64>(), found.iter().map(|d| d.strength_out).sum::<f64>());
    }
}

//! Betweenness: who stands on the shortest ways between others.
//!
//! # Answers
//! Which places, and which links, lie on the shortest ways of a network?
//!
//! # Source
//! Brandes (2001), Journal of Mathematical Sociology 25(2), 163-177; for edges Brandes (2008),
//! Social Networks 30, 136-145.
//!
//! # Assumes
//! - Goods take ways of the fewest borders, all such ways alike. Traffickers do not; this is a
//!   measure of position, not of traffic.
//!
//! # Shapes and units
//! `n` places; edges `(from, to)`, weights ignored. Places over `(n - 1)(n - 2)` ordered pairs,
//! edges over `n (n - 1)`: between 0 and 1.
//!
//! # Cost
//! O(n edges) time, O(n + edges) memory.
//!
//! # Does not
//! Weigh ways by volume, price or risk.
//!
//! # Checked by
//! A path and a star by hand; every way counted one by one on small random networks; Spain
//! 0.3925, Portugal 0.0809, Ecuador 0.0778 in `tests/it/real.rs`.

use std::collections::BTreeMap;

use super::{Arc, successors};
use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "betweenness",
    verb: "routes",
    name: ["Betweenness", "Intermediación"],
    answers: ["Which places and links lie on the shortest ways?", "¿Qué lugares y enlaces están en los caminos más cortos?"],
    source: "Brandes (2001), Journal of Mathematical Sociology 25(2), 163-177",
};

/// Betweenness of places and of edges.
#[derive(Debug, Clone, PartialEq)]
pub struct Betweenness {
    /// One a place.
    pub places: Vec<f64>,
    /// One an edge.
    pub edges: BTreeMap<Arc, f64>,
}

/// Betweenness of a directed network.
pub fn betweenness(n: usize, edges: &[Arc]) -> Betweenness {
    let next = successors(n, edges);
    // Edges lie in one list, those of a place side by side.
    let starts: Vec<usize> = next.iter().scan(0, |sum, list| Some(std::mem::replace(sum, *sum + list.len()))).collect();
    let mut of_edge = vec![0.0; next.iter().map(Vec::len).sum()];
    let mut places = vec![0.0; n];
    let mut walk = Walk { distance: vec![0; n], ways: vec![0.0; n], credit: vec![0.0; n], order: Vec::with_capacity(n) };
    for source in 0..n {
        walk.from(source, &next);
        for &place in walk.order.iter().rev() {
            for (at, &to) in next[place].iter().enumerate() {
                if walk.distance[to] == walk.distance[place] + 1 {
                    let share = walk.ways[place] / walk.ways[to] * (1.0 + walk.credit[to]);
                    walk.credit[place] += share;
                    of_edge[starts[place] + at] += share;
                }
            }
            if place != source {
                places[place] += walk.credit[place];
            }
        }
    }
    let size = n as f64;
    let (per_place, per_edge) = (((size - 1.0) * (size - 2.0)).max(1.0), (size * (size - 1.0)).max(1.0));
    places.iter_mut().for_each(|b| *b /= per_place);
    let pairs = next.iter().enumerate().flat_map(|(from, list)| list.iter().map(move |to| (from, *to)));
    Betweenness { places, edges: pairs.zip(of_edge).map(|(edge, b)| (edge, b / per_edge)).collect() }
}

/// One search in breadth, its vectors used again.
struct Walk {
    distance: Vec<usize>,
    ways: Vec<f64>,
    credit: Vec<f64>,
    order: Vec<usize>,
}

impl Walk {
    fn from(&mut self, source: usize, next: &[Vec<usize>]) {
        self.distance.fill(usize::MAX - 1);
        self.ways.fill(0.0);
        self.credit.fill(0.0);
        self.order.clear();
        self.order.push(source);
        (self.distance[source], self.ways[source]) = (0, 1.0);
        let mut at = 0;
        while let Some(&place) = self.order.get(at) {
            at += 1;
            for &to in &next[place] {
                if self.distance[to] == usize::MAX - 1 {
                    self.distance[to] = self.distance[place] + 1;
                    self.order.push(to);
                }
                if self.distance[to] == self.distance[place] + 1 {
                    self.ways[to] += self.ways[place];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atalaya_kernel::Seed;

    #[test]
    fn a_path_by_hand() {
        let found = betweenness(3, &[(0, 1), (1, 2)]);
        assert_eq!(found.places, [0.0, 0.5, 0.0]);
        assert_eq!(found.edges[&(0, 1)], 2.0 / 6.0);
    }

    #[test]
    fn the_middle_of_a_star_lies_between_all() {
        let edges: Vec<Arc> = (1..6).flat_map(|leaf| [(0, leaf), (leaf, 0)]).collect();
        let found = betweenness(6, &edges);
        assert_eq!(found.places[0], 1.0);
        assert!(found.places[1..].iter().all(|b| *b == 0.0));
    }

    /// The sum over places is the mean number of stops between ends, over ordered pairs.
    #[test]
    fn every_way_is_counted_once() {
        for seed in 1..=20 {
            let mut stream = Seed(seed).stream(3);
            let edges: Vec<Arc> = (0..30).map(|_| (stream.below(10) as usize, stream.below(10) as usize)).collect();
            let (next, found) = (successors(10, &edges), betweenness(10, &edges));
            let mut stops = 0.0;
            for source in 0..10 {
                let (mut reached, mut edge, mut depth) = (vec![false; 10], vec![source], 0.0);
                reached[source] = true;
                while !edge.is_empty() {
                    stops += (depth - 1.0f64).max(0.0) * edge.len() as f64;
                    edge = edge.iter().flat_map(|p| next[*p].clone()).filter(|to| !std::mem::replace(&mut reached[*to], true)).collect();
                    depth += 1.0;
                }
            }
            assert!((found.places.iter().sum::<f64>() - stops / 72.0).abs() < 1e-12);
        }
    }
}

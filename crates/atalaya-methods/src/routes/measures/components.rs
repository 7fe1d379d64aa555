//! Components of a directed network: who can reach whom.
//!
//! # Answers
//! Which places hang together, which can reach each other both ways, and what is downstream of a
//! set of places?
//!
//! # Source
//! Tarjan (1972), SIAM Journal on Computing 1(2), 146-160, for strong components; the weak ones
//! by union and find.
//!
//! # Assumes
//! - Edges given are all there are.
//!
//! # Shapes and units
//! `n` places; edges `(from, to)`. Groups are numbered by their smallest member.
//!
//! # Cost
//! O(n + edges log edges), without recursion.
//!
//! # Does not
//! Weigh edges.
//!
//! # Checked by
//! `tests` here against reachability by search; 89 and 144 places in `tests/it/real.rs`.

use std::collections::BTreeSet;

use super::{Arc, successors};
use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "components",
    verb: "routes",
    name: ["Components", "Componentes"],
    answers: [
        "Which places hang together, and which can reach each other?",
        "¿Qué lugares están unidos, y cuáles pueden alcanzarse entre sí?",
    ],
    source: "Tarjan (1972), SIAM Journal on Computing 1(2), 146-160",
};

/// The strong component of every place, numbered by its smallest member.
pub fn groups_of(n: usize, edges: &[Arc]) -> Vec<usize> {
    let next = successors(n, edges);
    let mut state =
        Tarjan { index: vec![usize::MAX; n], low: vec![0; n], on: vec![false; n], stack: Vec::new(), count: 0, group: vec![0; n] };
    for start in 0..n {
        if state.index[start] == usize::MAX {
            state.from(start, &next);
        }
    }
    state.group
}

struct Tarjan {
    index: Vec<usize>,
    low: Vec<usize>,
    on: Vec<bool>,
    stack: Vec<usize>,
    count: usize,
    group: Vec<usize>,
}

impl Tarjan {
    fn enter(&mut self, place: usize) {
        self.index[place] = self.count;
        self.low[place] = self.count;
        self.count += 1;
        self.stack.push(place);
        self.on[place] = true;
    }

    fn from(&mut self, start: usize, next: &[Vec<usize>]) {
        let mut path = vec![(start, 0)];
        self.enter(start);
        while let Some((place, at)) = path.last_mut() {
            let place = *place;
            if let Some(&to) = next[place].get(*at) {
                *at += 1;
                if self.index[to] == usize::MAX {
                    self.enter(to);
                    path.push((to, 0));
                } else if self.on[to] {
                    self.low[place] = self.low[place].min(self.index[to]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                self.low[*parent] = self.low[*parent].min(self.low[place]);
            }
            if self.low[place] == self.index[place] {
                self.close(place);
            }
        }
    }

    fn close(&mut self, root: usize) {
        let from = self.stack.iter().rposition(|p| *p == root).unwrap_or(0);
        let members = self.stack.split_off(from);
        let name = members.iter().copied().min().unwrap_or(root);
        for member in members {
            self.on[member] = false;
            self.group[member] = name;
        }
    }
}

/// The weak component of every place (directions forgotten), numbered by its smallest member.
pub fn weak_groups_of(n: usize, edges: &[Arc]) -> Vec<usize> {
    let mut parent: Vec<usize> = (0..n).collect();
    for &(a, b) in edges {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        parent[a.max(b)] = a.min(b);
    }
    (0..n).map(|place| root(&mut parent, place)).collect()
}

fn root(parent: &mut [usize], mut place: usize) -> usize {
    while parent[place] != place {
        parent[place] = parent[parent[place]];
        place = parent[place];
    }
    place
}

/// The size of the largest group; 0 of none.
pub fn largest(groups: &[usize]) -> usize {
    let mut sorted = groups.to_vec();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(<[usize]>::len).max().unwrap_or(0)
}

/// Everything downstream of `from`, itself included.
pub fn reachable(n: usize, edges: &[Arc], from: &BTreeSet<usize>) -> BTreeSet<usize> {
    let next = successors(n, edges);
    let (mut seen, mut waiting) = (from.clone(), from.iter().copied().collect::<Vec<_>>());
    while let Some(place) = waiting.pop() {
        waiting.extend(next[place].iter().copied().filter(|to| seen.insert(*to)));
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use atalaya_kernel::Seed;

    #[test]
    fn two_cycles_and_a_tail() {
        let edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 3), (4, 5)];
        assert_eq!(groups_of(7, &edges), [0, 0, 0, 3, 3, 5, 6]);
        assert_eq!(weak_groups_of(7, &edges), [0, 0, 0, 0, 0, 0, 6]);
        assert_eq!((largest(&groups_of(7, &edges)), largest(&weak_groups_of(7, &edges)), largest(&[])), (3, 6, 0));
        assert_eq!(reachable(7, &edges, &BTreeSet::from([3])), BTreeSet::from([3, 4, 5]));
    }

    /// Two places share a group exactly where each reaches the other.
    #[test]
    fn groups_are_mutual_reach() {
        for seed in 1..=30 {
            let mut stream = Seed(seed).stream(2);
            let edges: Vec<Arc> = (0..18).map(|_| (stream.below(12) as usize, stream.below(12) as usize)).collect();
            let groups = groups_of(12, &edges);
            let reach: Vec<BTreeSet<usize>> = (0..12).map(|i| reachable(12, &edges, &BTreeSet::from([i]))).collect();
            for a in 0..12 {
                for b in 0..12 {
                    assert_eq!(groups[a] == groups[b], reach[a].contains(&b) && reach[b].contains(&a), "{edges:?}");
                }
            }
        }
    }
}

//! Measures of a network's shape, and how sure they are.

pub mod betweenness;
pub mod communities;
pub mod components;
pub mod degree;
pub mod over_draws;

/// A directed edge between positions.
pub type Arc = (usize, usize);

/// The neighbours each place leads to, sorted and without repeats.
pub fn successors(n: usize, edges: &[Arc]) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); n];
    for &(from, to) in edges.iter().filter(|(from, to)| from != to) {
        out[from].push(to);
    }
    for list in &mut out {
        list.sort_unstable();
        list.dedup();
    }
    out
}

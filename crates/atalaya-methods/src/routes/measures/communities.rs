//! Communities: places that trade more among themselves than chance would have it.
//!
//! # Answers
//! Into which groups does a weighted network fall?
//!
//! # Source
//! Blondel et al. (2008), Journal of Statistical Mechanics P10008 ("Louvain"), with the directed
//! modularity of Leicht and Newman (2008), Physical Review Letters 100, 118703.
//!
//! # Assumes
//! - Chance keeps what each place sends and receives, and mixes who deals with whom.
//!
//! # Shapes and units
//! `n` places; edges `(from, to, weight)`. Groups are numbered by their smallest member.
//!
//! # Cost
//! A few passes over the edges, O(passes edges log n).
//!
//! # Does not
//! Find the best partition: the problem is hard, and neighbours of the best are many. Places are
//! visited in their order, so the answer is always the same one.
//!
//! # Checked by
//! Two cliques joined by a thread; modularity of a partition by hand; igraph and networkx in
//! `bench/peers/routes.py`.

use std::collections::BTreeMap;

use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "communities",
    verb: "routes",
    name: ["Communities", "Comunidades"],
    answers: ["Into which groups does a network fall?", "¿En qué grupos se divide una red?"],
    source: "Blondel et al. (2008), J. Stat. Mech. P10008; Leicht and Newman (2008), PRL 100, 118703",
};

/// The community of every place, numbered by its smallest member.
pub fn communities(n: usize, edges: &[(usize, usize, f64)]) -> Vec<usize> {
    let mut of_place: Vec<usize> = (0..n).collect();
    let mut level: Vec<(usize, usize, f64)> = edges.iter().copied().filter(|e| e.2 > 0.0).collect();
    loop {
        let size = level.iter().map(|e| e.0.max(e.1) + 1).max().unwrap_or(0).max(of_place.iter().max().map_or(0, |m| m + 1));
        let moved = one_level(size, &level);
        let before = of_place.clone();
        of_place.iter_mut().for_each(|group| *group = moved[*group]);
        if of_place == before {
            break;
        }
        let mut merged: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for (from, to, weight) in &level {
            *merged.entry((moved[*from], moved[*to])).or_default() += weight;
        }
        level = merged.into_iter().map(|((from, to), weight)| (from, to, weight)).collect();
    }
    let mut smallest: BTreeMap<usize, usize> = BTreeMap::new();
    for (place, group) in of_place.iter().enumerate() {
        smallest.entry(*group).or_insert(place);
    }
    of_place.iter().map(|group| smallest.get(group).copied().unwrap_or(*group)).collect()
}

/// Moves places to neighbours' groups while modularity grows.
fn one_level(n: usize, edges: &[(usize, usize, f64)]) -> Vec<usize> {
    let total: f64 = edges.iter().map(|e| e.2).sum();
    let (mut out, mut into) = (vec![0.0; n], vec![0.0; n]);
    let mut beside: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); n];
    for &(from, to, weight) in edges {
        out[from] += weight;
        into[to] += weight;
        if from != to {
            *beside[from].entry(to).or_default() += weight;
            *beside[to].entry(from).or_default() += weight;
        }
    }
    let mut group: Vec<usize> = (0..n).collect();
    let (mut group_out, mut group_in) = (out.clone(), into.clone());
    // Gains are above rounding, so each pass that moves somebody raises modularity.
    let mut moved = total > 0.0;
    while std::mem::take(&mut moved) {
        for place in 0..n {
            let own = group[place];
            group_out[own] -= out[place];
            group_in[own] -= into[place];
            let mut shared: BTreeMap<usize, f64> = BTreeMap::from([(own, 0.0)]);
            for (other, weight) in &beside[place] {
                *shared.entry(group[*other]).or_default() += weight;
            }
            let gain =
                |to: usize| shared.get(&to).copied().unwrap_or(0.0) - (out[place] * group_in[to] + into[place] * group_out[to]) / total;
            let stay = gain(own);
            let best = shared.keys().map(|to| (*to, gain(*to))).fold((own, stay), |best, next| if next.1 > best.1 { next } else { best });
            let to = if best.1 > stay + 1e-12 * total { best.0 } else { own };
            moved |= to != own;
            group[place] = to;
            group_out[to] += out[place];
            group_in[to] += into[place];
        }
    }
    group
}

/// Directed modularity of a partition, between -1/2 and 1; 0 of no edges.
pub fn modularity(edges: &[(usize, usize, f64)], group: &[usize]) -> f64 {
    let total: f64 = edges.iter().map(|e| e.2).sum();
    if total <= 0.0 {
        return 0.0;
    }
    let mut sides: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    let mut within = 0.0;
    for &(from, to, weight) in edges {
        sides.entry(group[from]).or_default().0 += weight;
        sides.entry(group[to]).or_default().1 += weight;
        if group[from] == group[to] {
            within += weight;
        }
    }
    within / total - sides.values().map(|(out, into)| out * into).sum::<f64>() / (total * total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cliques() -> Vec<(usize, usize, f64)> {
        let clique = |from: usize| (from..from + 4).flat_map(move |a| (from..from + 4).filter(move |b| *b != a).map(move |b| (a, b, 1.0)));
        clique(0).chain(clique(4)).chain([(3, 4, 1.0)]).collect()
    }

    #[test]
    fn two_cliques_fall_apart() {
        let edges = cliques();
        let found = communities(9, &edges);
        assert_eq!(found, [0, 0, 0, 0, 4, 4, 4, 4, 8]);
        // Within 24 of 25; out and in of the first 13 and 12, of the second 12 and 13.
        assert!((modularity(&edges, &found) - (24.0 / 25.0 - 2.0 * 13.0 * 12.0 / 625.0)).abs() < 1e-12);
    }

    #[test]
    fn no_edges_no_groups() {
        assert_eq!(communities(3, &[]), [0, 1, 2]);
        assert_eq!(modularity(&[], &[]), 0.0);
    }

    /// What is found is never worse than everybody alone or all together.
    #[test]
    fn better_than_the_trivial_partitions() {
        let edges: Vec<(usize, usize, f64)> = (0..60).map(|i| (i * 7 % 20, (i * 11 + 3) % 20, 1.0 + (i % 5) as f64)).collect();
        let found = modularity(&edges, &communities(20, &edges));
        assert!(found >= modularity(&edges, &(0..20).collect::<Vec<_>>()) && found >= modularity(&edges, &[0; 20]));
    }
}

//! Clusters that do not over-merge: every merge is checked against all pairs it implies.
//!
//! # Answers
//! Which records are reports of one thing, when there can be many reports of it?
//!
//! # Source
//! Average linkage: Sokal & Michener (1958), University of Kansas Science Bulletin 38, 1409-1438; its
//! nearest-neighbour chain: Murtagh (1983), The Computer Journal 26(4), 354-359.
//!
//! # Assumes
//! A merge is right when the pairs between the two sides speak for it on average. One pair's
//! evidence counts at most [`MOST_BITS`] either way: independence of the comparisons, from which
//! larger odds come, is not that exact.
//!
//! # Shapes and units
//! Links are pairs above the threshold; a group of rows they connect is looked at as a whole. In a
//! group of up to `dense` rows every pair is scored, linked or not, blocked or not. A larger one is
//! taken apart at its weaker links, its parts are clustered so, and their clusters merged by the
//! links between them, where a pair that is no link counts as `unlinked` bits, evidence against.
//!
//! # Cost
//! A group of n rows: n squared scores and steps up to `dense`; links times their logarithm above.
//!
//! # Does not
//! Merge what no link connects.
//!
//! # Checked by
//! `a_chain_is_cut_where_the_evidence_is_against`, `average_linkage_by_hand`,
//! `planted_clusters_with_false_links_are_found`, `the_order_of_links_does_not_matter`.

use std::collections::{BTreeMap, BinaryHeap};

use rayon::prelude::*;

use crate::card::Card;
use crate::link::tables::Scored;

/// The method in a few words.
pub const CARD: Card = Card {
    id: "clusters",
    verb: "link",
    name: ["Clusters by average evidence", "Grupos por evidencia promedio"],
    answers: [
        "Which records report one thing, when there can be many reports of it?",
        "¿Qué registros informan de una misma cosa, cuando puede haber muchos informes de ella?",
    ],
    source: "Sokal & Michener (1958), University of Kansas Science Bulletin 38, 1409-1438",
};

/// The most that one pair counts, in bits: a thousand to one.
pub const MOST_BITS: f64 = 10.0;

/// How clusters are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Average bits between two sides from which on they are merged.
    pub least: f64,
    /// Bits of a pair that is no link, in groups too large to score every pair.
    pub unlinked: f64,
    /// Rows up to which every pair of a group is scored.
    pub dense: usize,
}

/// Bits of every pair of some rows: first with second, first with third ...
pub type Score<'s> = dyn Fn(&[u32]) -> Vec<f64> + Sync + 's;

/// Groups of rows that links connect, each sorted, those of one row left out.
pub fn groups(rows: usize, links: &[Scored]) -> Vec<Vec<u32>> {
    let mut parent: Vec<u32> = (0..rows as u32).collect();
    for link in links {
        let (a, b) = (root(&mut parent, link.a), root(&mut parent, link.b));
        // The smaller row is the root, so that groups do not depend on the order of links.
        parent[a.max(b) as usize] = a.min(b);
    }
    let mut sizes = vec![0u32; rows];
    let roots: Vec<u32> = (0..rows as u32).map(|row| root(&mut parent, row)).collect();
    roots.iter().for_each(|r| sizes[*r as usize] += 1);
    let mut place = vec![u32::MAX; rows];
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for (row, &root) in roots.iter().enumerate().filter(|(_, r)| sizes[**r as usize] > 1) {
        if place[root as usize] == u32::MAX {
            place[root as usize] = groups.len() as u32;
            groups.push(Vec::with_capacity(sizes[root as usize] as usize));
        }
        groups[place[root as usize] as usize].push(row as u32);
    }
    groups
}

fn root(parent: &mut [u32], mut row: u32) -> u32 {
    while parent[row as usize] != row {
        parent[row as usize] = parent[parent[row as usize] as usize];
        row = parent[row as usize];
    }
    row
}

/// For each row the smallest row of its cluster.
///
/// * `links`: pairs above the threshold, bits with the prior.
/// * `score`: bits of every pair of some rows: first with second, first with third ...
pub fn clusters(rows: usize, links: &[Scored], options: Options, score: &Score<'_>) -> Vec<u32> {
    let groups = groups(rows, links);
    let mut place = vec![u32::MAX; rows];
    for (n, group) in groups.iter().enumerate() {
        group.iter().for_each(|row| place[*row as usize] = n as u32);
    }
    let mut of_group: Vec<Vec<Scored>> = groups.iter().map(|_| Vec::new()).collect();
    for link in links.iter().filter(|l| groups[place[l.a as usize] as usize].len() > options.dense) {
        of_group[place[link.a as usize] as usize].push(*link);
    }
    let parts: Vec<Vec<u32>> = groups
        .par_iter()
        .zip(&of_group)
        .map(|(group, links)| if group.len() <= options.dense { dense(group, options, score) } else { large(group, links, options, score) })
        .collect();
    let mut clusters: Vec<u32> = (0..rows as u32).collect();
    for (group, labels) in groups.iter().zip(parts) {
        group.iter().zip(labels).for_each(|(row, label)| clusters[*row as usize] = label);
    }
    clusters
}

fn capped(bits: f64) -> f64 {
    bits.clamp(-MOST_BITS, MOST_BITS)
}

/// Average linkage over all pairs of a group; a label per row, the smallest row of its cluster.
fn dense(group: &[u32], options: Options, score: &Score<'_>) -> Vec<u32> {
    let n = group.len();
    let mut between = vec![0.0; n * n];
    let mut scores = score(group).into_iter();
    for i in 0..n {
        for j in i + 1..n {
            let bits = scores.next().map_or(options.unlinked, capped);
            (between[i * n + j], between[j * n + i]) = (bits, bits);
        }
    }
    let mut label: Vec<usize> = (0..n).collect();
    let mut size = vec![1.0; n];
    let mut alive: Vec<usize> = (0..n).collect();
    let mut chain: Vec<usize> = Vec::new();
    while let Some(&start) = alive.first() {
        if chain.is_empty() {
            chain.push(start);
        }
        let top = chain[chain.len() - 1];
        let before = chain.len().checked_sub(2).map(|i| chain[i]);
        let nearest = alive.iter().copied().filter(|c| *c != top).fold(before, |best, c| match best {
            Some(b) if between[top * n + b] >= between[top * n + c] => Some(b),
            _ => Some(c),
        });
        match nearest {
            Some(c) if between[top * n + c] < options.least => {
                // Nothing speaks for a merge with it, nor ever will: averages only fall towards it.
                alive.retain(|x| *x != top);
                chain.pop();
            }
            Some(c) if before == Some(c) => {
                chain.truncate(chain.len() - 2);
                merge(&mut between, &mut size, &mut label, &mut alive, (top.min(c), top.max(c)));
            }
            Some(c) => chain.push(c),
            None => break,
        }
    }
    (0..n).map(|i| group[find(&label, i)]).collect()
}

fn find(label: &[usize], mut i: usize) -> usize {
    while label[i] != i {
        i = label[i];
    }
    i
}

/// Joins the second of two clusters to the first; averages weighted by size.
fn merge(between: &mut [f64], size: &mut [f64], label: &mut [usize], alive: &mut Vec<usize>, (keep, gone): (usize, usize)) {
    let n = label.len();
    label[gone] = keep;
    alive.retain(|x| *x != gone);
    for &other in alive.iter().filter(|x| **x != keep) {
        let average = (size[keep] * between[keep * n + other] + size[gone] * between[gone * n + other]) / (size[keep] + size[gone]);
        (between[keep * n + other], between[other * n + keep]) = (average, average);
    }
    size[keep] += size[gone];
}

/// A group too large to score every pair: the parts that its strongest links connect are looked at
/// as a whole, then their clusters are merged by the links between them.
fn large(group: &[u32], links: &[Scored], options: Options, score: &Score<'_>) -> Vec<u32> {
    let place = |row: u32| group.partition_point(|r| *r < row) as u32;
    let local: Vec<Scored> = links.iter().map(|l| Scored { a: place(l.a), b: place(l.b), bits: l.bits }).collect();
    let mut seed: Vec<usize> = (0..group.len()).collect();
    for part in parts(group.len(), local.clone(), options) {
        let rows: Vec<u32> = part.iter().map(|at| group[*at as usize]).collect();
        for (at, label) in part.iter().zip(dense(&rows, options, score)) {
            seed[*at as usize] = place(label) as usize;
        }
    }
    sparse(group, &local, seed, options)
}

/// Parts of up to `dense` rows, the weakest links left out until there are none larger.
fn parts(rows: usize, links: Vec<Scored>, options: Options) -> Vec<Vec<u32>> {
    let (mut done, mut todo) = (Vec::new(), vec![((0..rows as u32).collect::<Vec<u32>>(), links)]);
    while let Some((part, mut links)) = todo.pop() {
        if part.len() <= options.dense {
            done.push(part);
            continue;
        }
        // Of a part's links the weaker half goes, at least those as weak as the middle one.
        links.sort_by(|x, y| y.bits.total_cmp(&x.bits).then_with(|| (x.a, x.b).cmp(&(y.a, y.b))));
        let middle = links.get(links.len() / 2).map_or(0.0, |l| l.bits);
        links.retain(|l| l.bits > middle);
        let at = |row: u32| part.partition_point(|r| *r < row) as u32;
        let inner: Vec<Scored> = links.iter().map(|l| Scored { a: at(l.a), b: at(l.b), bits: l.bits }).collect();
        let found = groups(part.len(), &inner);
        let mut of_row = vec![usize::MAX; part.len()];
        for (n, group) in found.iter().enumerate() {
            group.iter().for_each(|i| of_row[*i as usize] = n);
        }
        let mut of_group: Vec<Vec<Scored>> = found.iter().map(|_| Vec::new()).collect();
        links.iter().zip(&inner).for_each(|(link, inner)| of_group[of_row[inner.a as usize]].push(*link));
        todo.extend(found.into_iter().map(|g| g.into_iter().map(|i| part[i as usize]).collect()).zip(of_group));
    }
    done
}

/// Average linkage over a group's links, every other pair counting as `unlinked`.
///
/// * `links`: between places of the group.
/// * `label`: for each row the place of the cluster it starts in.
fn sparse(group: &[u32], links: &[Scored], mut label: Vec<usize>, options: Options) -> Vec<u32> {
    let n = group.len();
    let mut size = vec![0u32; n];
    label.iter().for_each(|l| size[*l] += 1);
    let mut near: Vec<BTreeMap<u32, f64>> = vec![BTreeMap::new(); n];
    for link in links {
        let (a, b) = (label[link.a as usize] as u32, label[link.b as usize] as u32);
        if a != b {
            // Sums of what a link has beyond a pair that is none.
            let beyond = capped(f64::from(link.bits)) - options.unlinked;
            *near[a as usize].entry(b).or_default() += beyond;
            *near[b as usize].entry(a).or_default() += beyond;
        }
    }
    let candidate = |a: u32, b: u32, beyond: f64, size: &[u32]| {
        let pairs = f64::from(size[a as usize]) * f64::from(size[b as usize]);
        Candidate { average: options.unlinked + beyond / pairs, a: a.min(b), b: a.max(b), sizes: size[a as usize] + size[b as usize] }
    };
    let mut heap: BinaryHeap<Candidate> = BinaryHeap::new();
    for (a, others) in near.iter().enumerate() {
        heap.extend(others.range(a as u32 + 1..).map(|(b, beyond)| candidate(a as u32, *b, *beyond, &size)));
    }
    while let Some(next) = heap.pop().filter(|next| next.average >= options.least) {
        let (a, b) = (next.a as usize, next.b as usize);
        // An entry made before one of the two grew is out of date.
        if label[a] != a || label[b] != b || size[a] + size[b] != next.sizes {
            continue;
        }
        label[b] = a;
        size[a] += size[b];
        near[a].remove(&next.b);
        for (other, beyond) in std::mem::take(&mut near[b]).into_iter().filter(|(other, _)| *other != next.a) {
            near[other as usize].remove(&next.b);
            *near[a].entry(other).or_default() += beyond;
        }
        let grown: Vec<(u32, f64)> = near[a].iter().map(|(o, s)| (*o, *s)).collect();
        for (other, beyond) in grown {
            near[other as usize].insert(next.a, beyond);
            heap.push(candidate(next.a, other, beyond, &size));
        }
    }
    let mut smallest: Vec<u32> = group.to_vec();
    for (i, row) in group.iter().enumerate() {
        let root = find(&label, i);
        smallest[root] = smallest[root].min(*row);
    }
    (0..n).map(|i| smallest[find(&label, i)]).collect()
}

/// Two clusters that might be merged, by their average; ties by their places.
#[derive(Debug, PartialEq)]
struct Candidate {
    average: f64,
    a: u32,
    b: u32,
    sizes: u32,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Candidate) -> std::cmp::Ordering {
        self.average.total_cmp(&other.average).then_with(|| (other.a, other.b).cmp(&(self.a, self.b)))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Candidate) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::seed::Seed;

    use super::*;

    fn link(a: u32, b: u32, bits: f32) -> Scored {
        Scored { a, b, bits }
    }

    fn both(rows: usize, links: &[Scored], unlinked: f64) -> [Vec<u32>; 2] {
        let one = |a: u32, b: u32| links.iter().find(|l| (l.a, l.b) == (a, b)).map_or(unlinked, |l| f64::from(l.bits));
        let score = |rows: &[u32]| {
            let pairs = rows.iter().enumerate().flat_map(|(i, a)| rows[i + 1..].iter().map(move |b| (*a, *b)));
            pairs.map(|(a, b)| one(a, b)).collect::<Vec<f64>>()
        };
        [usize::MAX, 1].map(|dense| clusters(rows, links, Options { least: 0.0, unlinked, dense }, &score))
    }

    #[test]
    fn a_chain_is_cut_where_the_evidence_is_against() {
        let links = [link(0, 1, 9.0), link(1, 2, 2.0), link(2, 3, 9.0)];
        for found in both(5, &links, -8.0) {
            assert_eq!(found, [0, 0, 2, 2, 4]);
        }
    }

    /// Row 2 is linked with 0 by 5 and unlinked with 1 (-3): (5 - 3) / 2 = 1 speaks for it; at -7 not.
    #[test]
    fn average_linkage_by_hand() {
        let links = [link(0, 1, 9.0), link(0, 2, 5.0)];
        for found in both(3, &links, -3.0) {
            assert_eq!(found, [0, 0, 0]);
        }
        for found in both(3, &links, -7.0) {
            assert_eq!(found, [0, 0, 2]);
        }
    }

    fn planted() -> Vec<Scored> {
        let mut stream = Seed(9).stream(0);
        let mut links = Vec::new();
        for a in 0..120u32 {
            for b in a + 1..120 {
                let same = a / 6 == b / 6;
                if (same && stream.unit() < 0.9) || (!same && stream.unit() < 0.01) {
                    links.push(link(a, b, if same { 6.0 } else { 3.0 }));
                }
            }
        }
        links
    }

    #[test]
    fn planted_clusters_with_false_links_are_found() {
        let truth: Vec<u32> = (0..120).map(|row| row / 6 * 6).collect();
        for found in both(120, &planted(), -6.0) {
            let right = found.iter().zip(&truth).filter(|(a, b)| a == b).count();
            assert!(right >= 116, "{right}");
        }
    }

    #[test]
    fn the_order_of_links_does_not_matter() {
        let links = planted();
        let turned: Vec<Scored> = links.iter().rev().copied().collect();
        assert_eq!(both(120, &links, -6.0), both(120, &turned, -6.0));
    }
}

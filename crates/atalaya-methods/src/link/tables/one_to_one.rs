//! One to one: between two lists without duplicates a record has at most one partner.
//!
//! # Answers
//! Which links remain when a record can have one partner only, and how sure is each?
//!
//! # Source
//! Max-entropy matching by belief propagation: Huang & Jebara (2009), arXiv:0908.1769; for record
//! linkage: Jaro (1989), Journal of the American Statistical Association 84(406), 414-420 (one-to-one
//! assignment after scoring).
//!
//! # Assumes
//! Neither table holds a thing twice. A record without a partner is as likely as stated.
//!
//! # Shapes and units
//! Scored pairs, bits with the prior; the odds of a pair count against those of all other pairs of
//! either record and against having no partner. Probabilities per pair.
//!
//! # Cost
//! Rounds times pairs.
//!
//! # Does not
//! Find the assignment of largest total weight (Jaro's): pairs are taken by probability, the surest
//! first, which differs where two records fight for two partners.
//!
//! # Checked by
//! `two_rivals_by_hand`, `a_permutation_hidden_in_noise_is_found`, `a_record_is_linked_once_at_most`.

use crate::card::Card;
use crate::link::tables::Scored;

/// The method in a few words.
pub const CARD: Card = Card {
    id: "one_to_one",
    verb: "link",
    name: ["One to one", "Uno a uno"],
    answers: [
        "Which links remain when each record has one partner at most?",
        "¿Qué enlaces quedan cuando cada registro tiene a lo sumo una pareja?",
    ],
    source: "Jaro (1989), Journal of the American Statistical Association 84(406), 414-420",
};

/// Rounds of messages; they settle within a few.
const ROUNDS: usize = 20;

/// The probability of each pair when every record has one partner at most.
///
/// * `pairs`: first rows in the first table, second rows in the second; rows below `rows`.
/// * `partner`: how likely a record of the shorter table has a partner among the pairs, below one.
pub fn probabilities(pairs: &[Scored], rows: usize, partner: f64) -> Vec<f64> {
    // A pair's odds are against this pair being false; against *no partner at all* they are
    // larger where most records have one.
    let alone = (1.0 - partner).max(0.01);
    let odds: Vec<f64> = pairs.iter().map(|p| f64::from(p.bits.min(100.0)).exp2() / alone).collect();
    let (mut from_a, mut from_b) = (odds.clone(), odds.clone());
    for _ in 0..ROUNDS {
        let mut sums = vec![0.0; rows];
        for (pair, (to_b, to_a)) in pairs.iter().zip(from_a.iter().zip(&from_b)) {
            sums[pair.a as usize] += to_a;
            sums[pair.b as usize] += to_b;
        }
        let rest = |sum: f64, own: f64| 1.0 + (sum - own).max(0.0);
        let next: Vec<(f64, f64)> = pairs
            .iter()
            .enumerate()
            .map(|(i, p)| (odds[i] / rest(sums[p.a as usize], from_b[i]), odds[i] / rest(sums[p.b as usize], from_a[i])))
            .collect();
        for (i, (a, b)) in next.into_iter().enumerate() {
            // Halving the step in logarithms keeps two rivals from swapping for ever.
            from_a[i] = (from_a[i] * a).sqrt();
            from_b[i] = (from_b[i] * b).sqrt();
        }
    }
    odds.iter()
        .zip(from_a.iter().zip(&from_b))
        .map(|(odds, (a, b))| a * b / odds)
        .map(|x| if x.is_finite() { x / (1.0 + x) } else { 1.0 })
        .collect()
}

/// Places of the pairs that are links: the most probable first, no record twice, none below
/// `least`.
pub fn links(pairs: &[Scored], probabilities: &[f64], rows: usize, least: f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..pairs.len()).filter(|i| probabilities[*i] >= least).collect();
    order.sort_by(|&i, &j| {
        let key = |k: usize| (pairs[k].bits, std::cmp::Reverse((pairs[k].a, pairs[k].b)));
        probabilities[j].total_cmp(&probabilities[i]).then_with(|| key(j).partial_cmp(&key(i)).unwrap_or(std::cmp::Ordering::Equal))
    });
    let mut taken = vec![false; rows];
    order.retain(|&i| {
        let [a, b] = [pairs[i].a as usize, pairs[i].b as usize];
        let free = !taken[a] && !taken[b];
        if free {
            (taken[a], taken[b]) = (true, true);
        }
        free
    });
    order.sort_unstable();
    order
}

/// The least probability with the best expected F1 over the links, `missed` true pairs being out
/// of reach; with the expected precision, recall and F1.
pub fn best(probabilities: &[f64], linked: &[usize], missed: f64) -> [f64; 4] {
    let mut sorted: Vec<f64> = linked.iter().map(|i| probabilities[*i]).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let all = probabilities.iter().sum::<f64>() + missed;
    let (mut best, mut right) = ([1.0, 1.0, 0.0, 0.0], 0.0);
    for (n, p) in sorted.iter().enumerate() {
        right += p;
        let links = (n + 1) as f64;
        let f1 = 2.0 * right / (links + all);
        if f1 > best[3] {
            best = [*p, right / links, right / all, f1];
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::seed::Seed;

    use super::*;

    fn pair(a: u32, b: u32, bits: f32) -> Scored {
        Scored { a, b, bits }
    }

    /// One record, two partners with odds 8 and 1, no other pairs, as likely alone as not: 8 to 1 to
    /// 1, so 0.8 and 0.1.
    #[test]
    fn two_rivals_by_hand() {
        let pairs = [pair(0, 1, 3.0), pair(0, 2, 0.0)];
        let found = probabilities(&pairs, 3, 0.0);
        assert!((found[0] - 0.8).abs() < 1e-3 && (found[1] - 0.1).abs() < 1e-3, "{found:?}");
        assert_eq!(links(&pairs, &found, 3, 0.05), [0]);
        let [least, precision, recall, f1] = best(&found, &[0], 0.1);
        assert!((least - 0.8).abs() < 1e-3 && (precision - 0.8).abs() < 1e-3 && (recall - 0.8).abs() < 1e-3 && (f1 - 0.8).abs() < 1e-3);
    }

    #[test]
    fn a_permutation_hidden_in_noise_is_found() {
        let n = 200u32;
        let mut stream = Seed(3).stream(0);
        let mut pairs = Vec::new();
        for a in 0..n {
            let partner = n + (a * 7 + 3) % n;
            pairs.push(pair(a, partner, 2.0));
            for _ in 0..3 {
                let other = n + stream.below(u64::from(n)) as u32;
                if other != partner {
                    pairs.push(pair(a, other, 0.0));
                }
            }
        }
        let found = probabilities(&pairs, 2 * n as usize, 0.95);
        let linked = links(&pairs, &found, 2 * n as usize, 0.3);
        let right = linked.iter().filter(|i| pairs[**i].bits > 1.0).count();
        assert!(right > 190, "{right} of {}", linked.len());
    }

    #[test]
    fn a_record_is_linked_once_at_most() {
        let mut stream = Seed(4).stream(0);
        let pairs: Vec<Scored> =
            (0..500).map(|_| pair(stream.below(50) as u32, 50 + stream.below(50) as u32, stream.unit() as f32 * 10.0)).collect();
        let found = probabilities(&pairs, 100, 0.5);
        let linked = links(&pairs, &found, 100, 0.0);
        let mut rows: Vec<u32> = linked.iter().flat_map(|i| [pairs[*i].a, pairs[*i].b]).collect();
        rows.sort_unstable();
        assert!(rows.windows(2).all(|w| w[0] != w[1]));
        assert!(found.iter().all(|p| (0.0..=1.0).contains(p)));
    }
}

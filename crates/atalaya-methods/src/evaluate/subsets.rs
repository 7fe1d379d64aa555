//! Sets of units: how many there are, all of them in order, or one drawn.

use atalaya_kernel::seed::Stream;

/// How many sets of `k` among `n` there are, or the largest number.
pub fn choices(n: usize, k: usize) -> usize {
    if k > n {
        return 0;
    }
    (0..k).try_fold(1usize, |sets, i| sets.checked_mul(n - i).map(|s| s / (i + 1))).unwrap_or(usize::MAX)
}

/// All sets of `k` among `n`, in the order of a dictionary; none where `k` is 0 or above `n`.
pub fn subsets(n: usize, k: usize) -> Vec<Vec<usize>> {
    if k == 0 || k > n {
        return Vec::new();
    }
    let mut set: Vec<usize> = (0..k).collect();
    let mut out = vec![set.clone()];
    while let Some(at) = (0..k).rev().find(|&i| set[i] < n - k + i) {
        set[at] += 1;
        for i in at + 1..k {
            set[i] = set[i - 1] + 1;
        }
        out.push(set.clone());
    }
    out
}

/// `k` of `n` in the order they were drawn, each order as likely as any other.
pub fn in_order(n: usize, k: usize, stream: &mut Stream) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).collect();
    for i in 0..k {
        all.swap(i, i + stream.below((n - i) as u64) as usize);
    }
    all.truncate(k);
    all
}

/// A set of `k` among `n`, each as likely as any other, in order.
pub fn drawn(n: usize, k: usize, stream: &mut Stream) -> Vec<usize> {
    let mut set = in_order(n, k, stream);
    set.sort_unstable();
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_as_many_as_counted() {
        for (n, k) in [(5, 2), (6, 6), (7, 1), (9, 4)] {
            let all = subsets(n, k);
            assert_eq!(all.len(), choices(n, k));
            assert!(all.windows(2).all(|w| w[0] < w[1]));
        }
        assert_eq!((choices(3, 4), subsets(3, 4).len(), subsets(3, 0).len()), (0, 0, 0));
        assert_eq!(choices(200, 100), usize::MAX);
    }

    #[test]
    fn every_set_is_drawn_as_often() {
        let mut counts = std::collections::BTreeMap::new();
        let mut stream = atalaya_kernel::Seed(1).stream(0);
        for _ in 0..6_000 {
            *counts.entry(drawn(4, 2, &mut stream)).or_insert(0) += 1;
        }
        assert!(counts.len() == 6 && counts.values().all(|c| (880..=1_120).contains(c)), "{counts:?}");
    }
}

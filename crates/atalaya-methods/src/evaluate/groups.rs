//! Levels of effects and clusters as numbers, and which of them rows connect.

/// Levels of one effect, numbered from 0 in order of appearance.
#[derive(Debug, Clone)]
pub struct Groups {
    /// The level of each row.
    pub code: Vec<u32>,
    /// How many levels.
    pub count: usize,
    /// The number each level was given by the caller.
    pub label: Vec<u32>,
}

impl Groups {
    /// Numbers the levels of a column.
    pub fn new(raw: &[u32]) -> Groups {
        let largest = raw.iter().copied().max().unwrap_or(0) as usize;
        let mut label = Vec::new();
        let mut code = Vec::with_capacity(raw.len());
        if largest <= 4 * raw.len() + 1_024 {
            let mut number = vec![u32::MAX; largest + 1];
            for &level in raw {
                let slot = &mut number[level as usize];
                if *slot == u32::MAX {
                    *slot = label.len() as u32;
                    label.push(level);
                }
                code.push(*slot);
            }
        } else {
            let mut number = std::collections::BTreeMap::new();
            for &level in raw {
                code.push(*number.entry(level).or_insert_with(|| {
                    label.push(level);
                    label.len() as u32 - 1
                }));
            }
        }
        Groups { code, count: label.len(), label }
    }

    /// The sum over the rows of each level, weighted where weights are given.
    pub fn sums(&self, values: &[f64], weights: Option<&[f64]>) -> Vec<f64> {
        let mut out = vec![0.0; self.count];
        match weights {
            None => self.code.iter().zip(values).for_each(|(&g, v)| out[g as usize] += v),
            Some(w) => self.code.iter().zip(values).zip(w).for_each(|((&g, v), w)| out[g as usize] += v * w),
        }
        out
    }

    /// The weight (or number) of rows of each level.
    pub fn totals(&self, weights: Option<&[f64]>) -> Vec<f64> {
        let mut out = vec![0.0; self.count];
        for (i, &g) in self.code.iter().enumerate() {
            out[g as usize] += weights.map_or(1.0, |w| w[i]);
        }
        out
    }
}

/// Whether each pair of levels occurs exactly once.
pub(super) fn complete(a: &Groups, b: &Groups) -> bool {
    let cells = a.count as u128 * b.count as u128;
    if cells != a.code.len() as u128 {
        return false;
    }
    let mut seen = vec![0u64; a.code.len().div_ceil(64)];
    a.code.iter().zip(&b.code).all(|(&i, &j)| {
        let cell = i as usize * b.count + j as usize;
        let (word, bit) = (&mut seen[cell / 64], 1u64 << (cell % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    })
}

/// Connected components of two effects: levels are joined by the rows they share.
pub fn components(a: &Groups, b: &Groups) -> usize {
    let mut parent: Vec<u32> = (0..(a.count + b.count) as u32).collect();
    let mut count = a.count + b.count;
    for (&i, &j) in a.code.iter().zip(&b.code) {
        let (x, y) = (root(&mut parent, i), root(&mut parent, j + a.count as u32));
        if x != y {
            parent[x as usize] = y;
            count -= 1;
        }
    }
    count
}

fn root(parent: &mut [u32], mut i: u32) -> u32 {
    while parent[i as usize] != i {
        parent[i as usize] = parent[parent[i as usize] as usize];
        i = parent[i as usize];
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_numbered_as_they_appear_and_islands_counted() {
        for shift in [0, 3_000_000_000] {
            let a = Groups::new(&[9 + shift, 2 + shift, 9 + shift, 5 + shift]);
            assert_eq!((a.code.as_slice(), a.count), (&[0, 1, 0, 2][..], 3));
            assert_eq!(a.label[2], 5 + shift);
            assert_eq!(a.sums(&[1.0, 2.0, 3.0, 4.0], Some(&[1.0, 1.0, 2.0, 1.0])), [7.0, 2.0, 4.0]);
        }
        let (a, b) = (Groups::new(&[0, 0, 1, 1]), Groups::new(&[0, 1, 0, 1]));
        assert!(complete(&a, &b) && components(&a, &b) == 1);
        assert!(!complete(&a, &Groups::new(&[0, 1, 2, 3])));
        assert_eq!(components(&a, &Groups::new(&[0, 0, 1, 1])), 2);
    }
}

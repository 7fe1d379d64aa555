//! The contract between estimators: what each unit adds to the error of each estimate.
//!
//! Row i, column j holds unit i's share in the error of estimate j, so that errors are column sums,
//! variances sums of squares, a cluster the sum of its units, an average of estimates the average
//! of columns, and a bootstrap a reweighting of rows.

use rayon::prelude::*;

use atalaya_kernel::seed::Seed;

use super::effects::Groups;
use crate::num::distribution::normal_quantile;
use crate::num::{Matrix, dot};

/// Shares of units in the errors of estimates.
#[derive(Debug, Clone, PartialEq)]
pub struct Influence {
    /// One row a unit, one column an estimate.
    pub shares: Matrix,
}

/// What a multiplier bootstrap finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    /// The standard error of each estimate, from the interquartile range of its draws; 0 where nothing varies.
    pub se: Vec<f64>,
    /// The critical value that covers all estimates at once.
    pub critical: f64,
    /// How many draws, and whether they are all there are.
    pub draws: usize,
    /// Whether every assignment of signs was used once.
    pub enumerated: bool,
}

/// Units to a block whose sums are tabulated.
const BLOCK: usize = 8;

impl Influence {
    /// The covariance of the estimates.
    pub fn covariance(&self) -> Matrix {
        self.shares.gram(None)
    }

    /// The standard error of one estimate.
    pub fn se(&self, j: usize) -> f64 {
        let column = self.shares.col(j);
        dot(column, column).sqrt()
    }

    /// The same with units summed into clusters; `cluster` has one code a unit.
    pub fn clustered(&self, cluster: &[u32]) -> Influence {
        Influence { shares: super::covariance::clustered::summed(&self.shares, &Groups::new(cluster)) }
    }

    /// Estimates that are weighted sums of these: one set of weights an estimate.
    pub fn combined(&self, weights: &[Vec<f64>]) -> Influence {
        let columns: Vec<Vec<f64>> = weights.iter().map(|w| self.shares.times_vector(w)).collect();
        Influence { shares: Matrix::from_columns(self.shares.rows(), &columns) }
    }

    /// The bootstrap with signs as multipliers (Rademacher), all at once for every estimate.
    ///
    /// With 2^units no more than `draws`, every assignment is used once.
    pub fn bootstrap(&self, seed: Seed, draws: usize, level: f64) -> Bootstrap {
        let (units, k) = (self.shares.rows(), self.shares.cols());
        let enumerated = units < 24 && 1usize << units <= draws;
        let draws = if enumerated { 1 << units } else { draws };
        let tables = self.tables();
        let errors: Vec<f64> = (0..draws)
            .into_par_iter()
            .chunks(64)
            .flat_map_iter(|ids| {
                let mut out = vec![0.0; ids.len() * k];
                for (id, sum) in ids.iter().zip(out.chunks_exact_mut(k.max(1))) {
                    let mut stream = seed.stream(*id as u64);
                    for (word, tables) in tables.chunks(64 / BLOCK * 256 * k).enumerate() {
                        let bits = if enumerated { (*id as u64) >> (64 * word).min(63) } else { stream.next_u64() };
                        for (b, table) in tables.chunks_exact(256 * k).enumerate() {
                            let at = (bits >> (BLOCK * b) & 255) as usize * k;
                            sum.iter_mut().zip(&table[at..at + k]).for_each(|(s, t)| *s += t);
                        }
                    }
                }
                out
            })
            .collect();
        summary(&errors, k, draws, enumerated, level)
    }

    /// For each block of units and each pattern of signs, the sum of shares: a draw is a few rows of it.
    fn tables(&self) -> Vec<f64> {
        let (units, k) = (self.shares.rows(), self.shares.cols());
        let mut tables = vec![0.0; units.div_ceil(BLOCK) * 256 * k];
        for (b, table) in tables.chunks_exact_mut((256 * k).max(1)).enumerate() {
            for j in 0..k {
                let share = |bit: usize| self.shares.col(j).get(b * BLOCK + bit).copied().unwrap_or(0.0);
                table[j] = -(0..BLOCK).map(share).sum::<f64>();
                // Each pattern differs from one before it in its lowest bit.
                for pattern in 1..256usize {
                    let low = pattern.trailing_zeros() as usize;
                    table[pattern * k + j] = table[(pattern & (pattern - 1)) * k + j] + 2.0 * share(low);
                }
            }
        }
        tables
    }
}

fn summary(errors: &[f64], k: usize, draws: usize, enumerated: bool, level: f64) -> Bootstrap {
    let quartiles = normal_quantile(0.75) - normal_quantile(0.25);
    let mut se = Vec::with_capacity(k);
    let mut column = vec![0.0; draws];
    for j in 0..k {
        column.iter_mut().enumerate().for_each(|(d, c)| *c = errors[d * k + j]);
        let high = *column.select_nth_unstable_by((3 * draws).div_ceil(4) - 1, f64::total_cmp).1;
        let low = *column.select_nth_unstable_by(draws.div_ceil(4) - 1, f64::total_cmp).1;
        se.push((high - low) / quartiles);
    }
    let largest = |row: &[f64]| row.iter().zip(&se).filter(|(_, s)| **s > 0.0).map(|(e, s)| (e / s).abs()).fold(0.0, f64::max);
    let mut largest: Vec<f64> = errors.chunks_exact(k.max(1)).map(largest).collect();
    let at = ((level * draws as f64).ceil() as usize).clamp(1, draws.max(1)) - 1;
    let critical = if largest.is_empty() { f64::NAN } else { *largest.select_nth_unstable_by(at, f64::total_cmp).1 };
    Bootstrap { se, critical, draws, enumerated }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(units: usize) -> Influence {
        let mut stream = Seed(11).stream(0);
        Influence { shares: Matrix::from_fn(units, 3, |_, _| stream.unit() - 0.5) }
    }

    #[test]
    fn a_table_of_sums_is_the_sum() {
        let influence = shares(13);
        let tables = influence.tables();
        let pattern = 0b1011_0110usize;
        let by_hand: f64 = (0..8).map(|i| if pattern >> i & 1 == 1 { 1.0 } else { -1.0 } * influence.shares.at(i, 1)).sum();
        assert!((tables[pattern * 3 + 1] - by_hand).abs() < 1e-15);
    }

    #[test]
    fn draws_and_their_enumeration_have_the_analytic_error() {
        let few = shares(10);
        let all = few.bootstrap(Seed(1), 2_000, 0.95);
        assert!(all.enumerated && all.draws == 1_024);
        let influence = shares(400);
        let many = influence.bootstrap(Seed(1), 20_000, 0.95);
        for j in 0..3 {
            assert!((many.se[j] / influence.se(j) - 1.0).abs() < 0.04, "{} {}", many.se[j], influence.se(j));
        }
        assert!(many.critical > 2.2 && many.critical < 2.6, "three estimates at once: {}", many.critical);
    }

    #[test]
    fn the_answer_does_not_depend_on_threads() {
        let influence = shares(100);
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(|| influence.bootstrap(Seed(5), 500, 0.9));
        assert_eq!(one, influence.bootstrap(Seed(5), 500, 0.9));
    }
}

//! Averages of cells, with the error that their estimated shares add.

use std::collections::BTreeMap;

use super::GroupTime;
use crate::evaluate::influence::Influence;
use crate::evaluate::refusal::Refusal;
use crate::num::{Matrix, axpy, dot};

/// What cells are averaged by (Callaway and Sant'Anna 2021, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregation {
    /// Over all treated cells.
    Simple,
    /// By cohort.
    Group,
    /// By age since treatment; with `balance`, cohorts seen up to that age only.
    Dynamic {
        /// The age up to which every cohort must be seen.
        balance: Option<i64>,
    },
    /// By period.
    Calendar,
}

/// One average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Item {
    /// The cohort, the age or the period.
    pub at: i64,
    /// The effect.
    pub att: f64,
    /// Its standard error; none where it is 0 by construction.
    pub se: Option<f64>,
}

/// Averages with one over all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Averages {
    /// The overall effect (its `at` is 0).
    pub overall: Item,
    /// One an age, cohort or period.
    pub items: Vec<Item>,
    /// Shares in the errors: first the overall effect, then the items. By cluster where clusters were given.
    pub influence: Influence,
}

impl GroupTime {
    /// The averages of one kind.
    ///
    /// # Errors
    /// [`Refusal::NoPrePeriod`] where no cell is treated.
    pub fn aggregate(&self, by: Aggregation) -> Result<Averages, Refusal> {
        let last = self.cells.iter().map(|c| c.period).max().unwrap_or(0);
        let mut sets: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (j, cell) in self.cells.iter().enumerate() {
            let (treated, age) = (cell.period >= cell.cohort, cell.period - cell.cohort);
            let at = match by {
                Aggregation::Simple => treated.then_some(0),
                Aggregation::Group => treated.then_some(cell.cohort),
                Aggregation::Calendar => treated.then_some(cell.period),
                Aggregation::Dynamic { balance: None } => Some(age),
                Aggregation::Dynamic { balance: Some(e) } => (last - cell.cohort >= e && age <= e).then_some(age),
            };
            if let Some(at) = at {
                sets.entry(at).or_default().push(j);
            }
        }
        let parts: Vec<(i64, f64, Vec<f64>)> = sets.iter().map(|(at, cells)| self.part(*at, cells, by != Aggregation::Group)).collect();
        let over: Vec<usize> = (0..parts.len()).filter(|&i| !matches!(by, Aggregation::Dynamic { .. }) || parts[i].0 >= 0).collect();
        if over.is_empty() {
            return Err(Refusal::NoPrePeriod);
        }
        let (att, shares) = if by == Aggregation::Group { self.over_cohorts(&parts) } else { even(&parts, &over) };
        let columns: Vec<&[f64]> = std::iter::once(shares.as_slice()).chain(parts.iter().map(|p| p.2.as_slice())).collect();
        let influence = self.clustered(&Influence { shares: Matrix::from_columns(shares.len(), &columns) });
        let se = |j: usize| Some(influence.se(j)).filter(|s| *s > 0.0);
        let items = parts.iter().enumerate().map(|(i, p)| Item { at: p.0, att: p.1, se: se(i + 1) }).collect();
        Ok(Averages {
            overall: Item { at: 0, att, se: se(0) },
            items: if by == Aggregation::Simple { Vec::new() } else { items },
            influence,
        })
    }

    /// The share of a cohort among all units, by weight.
    fn share(&self, cohort: i64) -> f64 {
        let total: f64 = self.weight.iter().sum();
        let of = |i: usize| if self.cohort[i] == Some(cohort) { self.weight[i] } else { 0.0 };
        (0..self.weight.len()).map(of).sum::<f64>() / total
    }

    /// Cells averaged by the shares of their cohorts; `estimated` adds the error of those shares.
    fn part(&self, at: i64, cells: &[usize], estimated: bool) -> (i64, f64, Vec<f64>) {
        let shares: Vec<f64> = cells.iter().map(|&j| self.share(self.cells[j].cohort)).collect();
        let att: Vec<f64> = cells.iter().map(|&j| self.cells[j].att).collect();
        let total: f64 = shares.iter().sum();
        let mut out = vec![0.0; self.weight.len()];
        for (&j, share) in cells.iter().zip(&shares) {
            axpy(share / total, self.influence.shares.col(j), &mut out);
        }
        let cohorts: Vec<i64> = cells.iter().map(|&j| self.cells[j].cohort).collect();
        if estimated && cohorts.windows(2).any(|w| w[0] != w[1]) {
            self.add_shares(&mut out, &cohorts, &shares, &att);
        }
        (at, dot(&shares, &att) / total, out)
    }

    /// What units add to the error of an average because the shares of cohorts are estimated.
    fn add_shares(&self, out: &mut [f64], cohorts: &[i64], shares: &[f64], att: &[f64]) {
        let (n, total) = (self.weight.iter().sum::<f64>(), shares.iter().sum::<f64>());
        let mean = dot(shares, att) / total;
        // A unit of a cohort raises its share by 1/n: the average moves by the distance of its effect from the mean.
        let mut moves: BTreeMap<i64, f64> = BTreeMap::new();
        cohorts.iter().zip(att).for_each(|(g, a)| *moves.entry(*g).or_default() += (a - mean) / total);
        let centre: f64 = moves.iter().map(|(g, m)| self.share(*g) * m).sum();
        for (i, o) in out.iter_mut().enumerate() {
            let own = self.cohort[i].and_then(|g| moves.get(&g)).copied().unwrap_or(0.0);
            *o += (self.weight[i] * own - centre) / n;
        }
    }

    /// The average over cohorts by their shares.
    fn over_cohorts(&self, parts: &[(i64, f64, Vec<f64>)]) -> (f64, Vec<f64>) {
        let shares: Vec<f64> = parts.iter().map(|p| self.share(p.0)).collect();
        let att: Vec<f64> = parts.iter().map(|p| p.1).collect();
        let total: f64 = shares.iter().sum();
        let mut out = vec![0.0; self.weight.len()];
        parts.iter().zip(&shares).for_each(|(p, s)| axpy(s / total, &p.2, &mut out));
        let cohorts: Vec<i64> = parts.iter().map(|p| p.0).collect();
        self.add_shares(&mut out, &cohorts, &shares, &att);
        (dot(&shares, &att) / total, out)
    }
}

/// The plain average of some parts.
fn even(parts: &[(i64, f64, Vec<f64>)], over: &[usize]) -> (f64, Vec<f64>) {
    let share = 1.0 / over.len() as f64;
    let mut out = vec![0.0; parts.first().map_or(0, |p| p.2.len())];
    over.iter().for_each(|&i| axpy(share, &parts[i].2, &mut out));
    (over.iter().map(|&i| share * parts[i].1).sum(), out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::callaway_santanna::{Options, callaway_santanna};
    use crate::evaluate::staggered::tests::World;

    /// All averages are weighted sums of the cells; by cohort their mean by share is what each unit lived through.
    #[test]
    fn averages_by_hand() {
        let w = World::new(90, 8, 2, |age| age as f64);
        let effects = callaway_santanna(&w.panel(), &Options::default()).unwrap();
        let group = effects.aggregate(Aggregation::Group).unwrap();
        let of = |g: i64| {
            let cells: Vec<f64> = effects.cells.iter().filter(|c| c.cohort == g && c.period >= g).map(|c| c.att).collect();
            cells.iter().sum::<f64>() / cells.len() as f64
        };
        assert!((group.items[0].att - of(4)).abs() < 1e-14 && (group.items[1].att - of(6)).abs() < 1e-14);
        let n = |g: i64| w.cohort.iter().filter(|c| **c == Some(g)).count() as f64;
        assert!((group.overall.att - (n(4) * of(4) + n(6) * of(6)) / (n(4) + n(6))).abs() < 1e-13);
        let calendar = effects.aggregate(Aggregation::Calendar).unwrap();
        assert_eq!(calendar.items.iter().map(|i| i.at).collect::<Vec<_>>(), [4, 5, 6, 7, 8]);
        let balanced = effects.aggregate(Aggregation::Dynamic { balance: Some(3) }).unwrap();
        assert!(balanced.items.iter().all(|i| i.at <= 3), "cohort 6 is not seen at age 3");
    }
}

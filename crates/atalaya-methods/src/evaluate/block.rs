//! A panel in which some units are treated from one period on and all others never: a block.

/// What keeps a panel from being a block, or a block from being estimated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockError {
    /// The numbers do not fill the panel.
    #[error("{found} outcomes for {units} units and {periods} periods: give {units} x {periods}, unit after unit")]
    Shape {
        /// Numbers given.
        found: usize,
        /// Units.
        units: usize,
        /// Periods.
        periods: usize,
    },
    /// A cell is empty.
    #[error("unit {unit}, period {period} is not a finite number: fill the gap, drop the unit or shorten the panel, and say so")]
    NotFinite {
        /// The unit's position.
        unit: usize,
        /// The period's position.
        period: usize,
    },
    /// Nobody is treated, or a treated unit is not in the panel or is named twice.
    #[error("no treated unit, or one named twice or outside the panel: name each treated unit once")]
    NoTreated,
    /// Nobody is left to compare with.
    #[error("{donors} donors left to compare with: at least {needed} untreated units are needed")]
    NoDonors {
        /// Donors there are.
        donors: usize,
        /// Donors needed.
        needed: usize,
    },
    /// Too few periods before the start.
    #[error("{before} periods before the start: the past of the treated is what is matched, at least {needed} periods of it")]
    TreatedFromStart {
        /// Periods before.
        before: usize,
        /// Periods needed.
        needed: usize,
    },
    /// No period after the start.
    #[error("the start is at period {start} of {periods}: nothing has been observed since")]
    NothingAfter {
        /// The first treated period.
        start: usize,
        /// Periods in all.
        periods: usize,
    },
    /// The weights could not be found.
    #[error(transparent)]
    NotSolved(#[from] super::simplex::NotSolved),
}

/// A panel of one outcome: unit after unit, each over the same periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    outcome: Vec<f64>,
    units: usize,
    periods: usize,
    treated: Vec<usize>,
    start: usize,
}

impl Block {
    /// A block from outcomes unit after unit, the treated units, and the position of the first treated period.
    ///
    /// # Errors
    /// [`BlockError`]; a block has a treated unit, two donors, two periods before and one after.
    pub fn new(outcome: Vec<f64>, units: usize, treated: &[usize], start: usize) -> Result<Block, BlockError> {
        let periods = outcome.len() / units.max(1);
        if units == 0 || outcome.len() != units * periods {
            return Err(BlockError::Shape { found: outcome.len(), units, periods });
        }
        if let Some(at) = outcome.iter().position(|y| !y.is_finite()) {
            return Err(BlockError::NotFinite { unit: at / periods, period: at % periods });
        }
        let mut sorted = treated.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.is_empty() || sorted.len() != treated.len() || sorted.iter().any(|i| *i >= units) {
            return Err(BlockError::NoTreated);
        }
        if units < sorted.len() + 2 {
            return Err(BlockError::NoDonors { donors: units - sorted.len(), needed: 2 });
        }
        if start < 2 {
            return Err(BlockError::TreatedFromStart { before: start, needed: 2 });
        }
        if start >= periods {
            return Err(BlockError::NothingAfter { start, periods });
        }
        Ok(Block { outcome, units, periods, treated: sorted, start })
    }

    /// Units in all.
    pub fn units(&self) -> usize {
        self.units
    }

    /// Periods in all.
    pub fn periods(&self) -> usize {
        self.periods
    }

    /// The first treated period, which is the number of periods before.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The treated units, in order.
    pub fn treated(&self) -> &[usize] {
        &self.treated
    }

    /// The units never treated, in order.
    pub fn donors(&self) -> Vec<usize> {
        (0..self.units).filter(|i| self.treated.binary_search(i).is_err()).collect()
    }

    /// The outcome of a unit over all periods.
    pub fn series(&self, unit: usize) -> &[f64] {
        &self.outcome[unit * self.periods..(unit + 1) * self.periods]
    }

    /// The mean outcome of the treated, period by period.
    pub fn treated_mean(&self) -> Vec<f64> {
        let share = 1.0 / self.treated.len() as f64;
        let mut mean = vec![0.0; self.periods];
        for &i in &self.treated {
            crate::num::axpy(share, self.series(i), &mut mean);
        }
        mean
    }

    /// The same panel without the treated, with other units in their place: a placebo.
    ///
    /// # Errors
    /// As [`Block::new`].
    pub fn placebo(&self, instead: &[usize]) -> Result<Block, BlockError> {
        let donors = self.donors();
        let outcome: Vec<f64> = donors.iter().flat_map(|&i| self.series(i).iter().copied()).collect();
        let treated: Option<Vec<usize>> = instead.iter().map(|i| donors.binary_search(i).ok()).collect();
        Block::new(outcome, donors.len(), &treated.ok_or(BlockError::NoTreated)?, self.start)
    }

    /// The periods before the start alone, as if it had been at `start`: a placebo in time.
    ///
    /// # Errors
    /// As [`Block::new`].
    pub fn earlier(&self, start: usize) -> Result<Block, BlockError> {
        let outcome: Vec<f64> = (0..self.units).flat_map(|i| self.series(i)[..self.start].iter().copied()).collect();
        Block::new(outcome, self.units, &self.treated, start)
    }

    /// The same panel without some of its donors.
    ///
    /// # Errors
    /// As [`Block::new`].
    pub fn without(&self, units: &[usize]) -> Result<Block, BlockError> {
        let kept: Vec<usize> = (0..self.units).filter(|i| !units.contains(i)).collect();
        let outcome: Vec<f64> = kept.iter().flat_map(|&i| self.series(i).iter().copied()).collect();
        let treated: Option<Vec<usize>> = self.treated.iter().map(|i| kept.binary_search(i).ok()).collect();
        Block::new(outcome, kept.len(), &treated.ok_or(BlockError::NoTreated)?, self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_of_a_panel_is_named() {
        let good = vec![1.0; 12];
        assert!(Block::new(good.clone(), 3, &[0], 2).is_ok());
        assert_eq!(Block::new(good.clone(), 5, &[0], 2), Err(BlockError::Shape { found: 12, units: 5, periods: 2 }));
        let mut holed = good.clone();
        holed[5] = f64::NAN;
        assert_eq!(Block::new(holed, 3, &[0], 2), Err(BlockError::NotFinite { unit: 1, period: 1 }));
        for treated in [&[][..], &[1, 1], &[3]] {
            assert_eq!(Block::new(good.clone(), 3, treated, 2), Err(BlockError::NoTreated));
        }
        assert_eq!(Block::new(good.clone(), 3, &[0, 2], 2), Err(BlockError::NoDonors { donors: 1, needed: 2 }));
        assert_eq!(Block::new(good.clone(), 3, &[0], 1), Err(BlockError::TreatedFromStart { before: 1, needed: 2 }));
        assert_eq!(Block::new(good, 3, &[0], 4), Err(BlockError::NothingAfter { start: 4, periods: 4 }));
    }

    #[test]
    fn a_placebo_leaves_the_treated_out() {
        let block = Block::new((0..20).map(f64::from).collect(), 4, &[1], 3).unwrap();
        let placebo = block.placebo(&[3]).unwrap();
        assert_eq!((placebo.units(), placebo.treated(), placebo.series(2)), (3, &[2][..], &[15.0, 16.0, 17.0, 18.0, 19.0][..]));
        assert_eq!(block.earlier(2).unwrap().periods(), 3);
        assert_eq!(block.without(&[0]).unwrap().treated(), [0]);
    }
}

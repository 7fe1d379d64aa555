//! A panel in which each cell is treated, untreated or not observed: any pattern of starts and stops.

use super::donors::mean;

/// What keeps a panel from being read or estimated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GridError {
    /// Lists that do not fill the panel.
    #[error("{found} {what} for {units} units and {periods} periods: give {units} x {periods}, unit after unit")]
    Shape {
        /// What they are.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// Units.
        units: usize,
        /// Periods.
        periods: usize,
    },
    /// A covariate that is missing where the outcome is not, or in a treated cell.
    #[error("covariate {covariate} of unit {unit} in period {period} is not a number: the counterfactual needs it")]
    Covariate {
        /// The covariate's position.
        covariate: usize,
        /// The unit's position.
        unit: usize,
        /// The period's position.
        period: usize,
    },
    /// Nobody is treated.
    #[error("no cell is treated: nothing to estimate")]
    NoTreated,
    /// A unit with too few untreated cells to learn its level and loadings from.
    #[error("unit {unit} has {found} untreated periods, {needed} are needed: drop it, or ask for fewer factors")]
    TooFewBefore {
        /// The unit's position.
        unit: usize,
        /// Its untreated periods.
        found: usize,
        /// Those needed.
        needed: usize,
    },
    /// A period in which too few units are untreated.
    #[error("period {period} has {found} untreated units, {needed} are needed: drop it, or ask for fewer factors")]
    TooFewUntreated {
        /// The period's position.
        period: usize,
        /// Untreated units.
        found: usize,
        /// Those needed.
        needed: usize,
    },
    /// A covariate that does not vary beyond units and periods, or repeats another.
    #[error("covariate {covariate} is explained by units, periods and those before it: drop it")]
    Collinear {
        /// The covariate's position.
        covariate: usize,
    },
    /// An iteration that does not come to rest.
    #[error("no rest after {steps} steps, a relative change of {change:e} is left: ask for fewer factors or a larger penalty")]
    NotSettled {
        /// Steps taken.
        steps: usize,
        /// What is left.
        change: f64,
    },
}

/// The panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Units.
    pub units: usize,
    /// Periods.
    pub periods: usize,
    /// Outcomes unit after unit; a cell not observed is not a number.
    pub outcome: Vec<f64>,
    /// Which cells are treated.
    pub treated: Vec<bool>,
    /// Covariates, each like the outcome.
    pub covariates: Vec<Vec<f64>>,
}

impl Grid {
    /// Whether a cell is observed and untreated.
    pub fn control(&self, cell: usize) -> bool {
        !self.treated[cell] && self.outcome[cell].is_finite()
    }

    /// The panel, checked for `needed` untreated cells in each unit and period.
    ///
    /// # Errors
    /// [`GridError`].
    pub fn check(&self, needed: usize) -> Result<(), GridError> {
        let (units, periods) = (self.units, self.periods);
        let size = units * periods;
        let lists = [("outcomes", self.outcome.len()), ("treatments", self.treated.len())];
        let all = lists.into_iter().chain(self.covariates.iter().map(|c| ("covariates", c.len())));
        for (what, found) in all {
            if found != size || size == 0 {
                return Err(GridError::Shape { what, found, units, periods });
            }
        }
        if !self.treated.iter().any(|t| *t) {
            return Err(GridError::NoTreated);
        }
        for (covariate, x) in self.covariates.iter().enumerate() {
            if let Some(cell) = (0..size).find(|&c| self.outcome[c].is_finite() && !x[c].is_finite()) {
                return Err(GridError::Covariate { covariate, unit: cell / periods, period: cell % periods });
            }
        }
        for unit in 0..units {
            let found = (0..periods).filter(|t| self.control(unit * periods + t)).count();
            if found < needed {
                return Err(GridError::TooFewBefore { unit, found, needed });
            }
        }
        for period in 0..periods {
            let found = (0..units).filter(|i| self.control(i * periods + period)).count();
            if found < needed {
                return Err(GridError::TooFewUntreated { period, found, needed });
            }
        }
        Ok(())
    }

    /// Units that are treated in no period.
    pub fn never_treated(&self) -> Vec<usize> {
        (0..self.units).filter(|i| !self.treated[i * self.periods..(i + 1) * self.periods].iter().any(|t| *t)).collect()
    }

    /// Some of the units, in the order given; a unit may come twice.
    pub fn pick(&self, units: &[usize]) -> Grid {
        fn rows<T: Copy>(from: &[T], units: &[usize], periods: usize) -> Vec<T> {
            units.iter().flat_map(|&i| from[i * periods..(i + 1) * periods].iter().copied()).collect()
        }
        Grid {
            units: units.len(),
            periods: self.periods,
            outcome: rows(&self.outcome, units, self.periods),
            treated: rows(&self.treated, units, self.periods),
            covariates: self.covariates.iter().map(|x| rows(x, units, self.periods)).collect(),
        }
    }

    /// The time of each period of a unit to the start it belongs to: 1 the first treated period, 0 the one before.
    /// Periods after the last treated one belong to no start.
    fn event_times(&self, unit: usize) -> Vec<Option<i64>> {
        let on = &self.treated[unit * self.periods..(unit + 1) * self.periods];
        let mut times = vec![None; on.len()];
        let mut next = None;
        for t in (0..on.len()).rev() {
            if on[t] {
                let first = (0..=t).rev().take_while(|s| on[*s]).last().unwrap_or(t);
                times[t] = Some((t - first) as i64 + 1);
                next = Some(first);
            } else if let Some(first) = next {
                times[t] = Some(t as i64 - first as i64 + 1);
            }
        }
        times
    }

    /// The effects that a counterfactual implies.
    pub fn effects(&self, counterfactual: &[f64]) -> Effects {
        let gaps: Vec<f64> = self.outcome.iter().zip(counterfactual).map(|(y, c)| y - c).collect();
        let seen = |cell: &usize| self.outcome[*cell].is_finite();
        let treated: Vec<f64> = (0..gaps.len()).filter(|c| self.treated[*c]).filter(seen).map(|c| gaps[c]).collect();
        let mut by_unit = Vec::new();
        let mut by_time: std::collections::BTreeMap<i64, Vec<f64>> = std::collections::BTreeMap::new();
        for unit in 0..self.units {
            let cells = unit * self.periods..(unit + 1) * self.periods;
            let own: Vec<f64> = cells.clone().filter(|c| self.treated[*c]).filter(seen).map(|c| gaps[c]).collect();
            if !own.is_empty() {
                by_unit.push((unit, mean(&own)));
            }
            for (cell, time) in cells.clone().zip(self.event_times(unit)) {
                if let Some(time) = time.filter(|_| seen(&cell)) {
                    by_time.entry(time).or_default().push(gaps[cell]);
                }
            }
        }
        let unit_means: Vec<f64> = by_unit.iter().map(|(_, e)| *e).collect();
        Effects {
            att: mean(&treated),
            att_units: mean(&unit_means),
            by_time: by_time.into_iter().map(|(t, e)| (t, mean(&e))).collect(),
            by_unit,
            gaps,
        }
    }
}

/// Outcomes less their counterfactual, and their means.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// The mean over treated cells.
    pub att: f64,
    /// The mean over treated units of their own means.
    pub att_units: f64,
    /// The mean by time since the start: 1 the first treated period, 0 the one before.
    pub by_time: Vec<(i64, f64)>,
    /// The mean of each treated unit.
    pub by_unit: Vec<(usize, f64)>,
    /// The gap in each cell; not a number where nothing was observed.
    pub gaps: Vec<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_counted_to_the_start_that_follows() {
        let treated = [false, false, true, true, false, true, false].to_vec();
        let grid = Grid { units: 1, periods: 7, outcome: vec![0.0; 7], treated, covariates: vec![] };
        let times = [Some(-1), Some(0), Some(1), Some(2), Some(0), Some(1), None];
        assert_eq!(grid.event_times(0), times);
    }
}

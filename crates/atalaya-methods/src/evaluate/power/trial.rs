//! Trials: periods of the past, and units that are treated in them by chance.

use atalaya_kernel::Seed;

use super::{Options, Past, Plan, PowerError, Source, TrialError};
use crate::evaluate::block::{Block, BlockError};
use crate::evaluate::effects::Effects;
use crate::evaluate::refusal::Refusal;
use crate::evaluate::staggered::Staggered;
use crate::evaluate::subsets::{choices, in_order, subsets};

/// A panel on which nothing happened, with units said to be treated.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Outcomes unit after unit; a cell not observed is not a number.
    pub outcome: Vec<f64>,
    /// Units.
    pub units: usize,
    /// Periods.
    pub periods: usize,
    /// The first treated period of each unit.
    pub starts: Vec<Option<usize>>,
}

impl Trial {
    /// The same with an effect in every treated cell.
    pub fn with(&self, effect: f64) -> Trial {
        let mut out = self.clone();
        for (unit, start) in self.starts.iter().enumerate().filter_map(|(i, s)| Some((i, (*s)?))) {
            out.outcome[unit * self.periods + start..(unit + 1) * self.periods].iter_mut().for_each(|y| *y += effect);
        }
        out
    }

    /// The periods before a position.
    pub fn until(&self, end: usize) -> Trial {
        let row = |i: usize| self.outcome[i * self.periods..i * self.periods + end.min(self.periods)].iter().copied();
        Trial { outcome: (0..self.units).flat_map(row).collect(), periods: end.min(self.periods), ..self.clone() }
    }

    /// The panel without a unit.
    pub fn without(&self, unit: usize) -> Trial {
        let kept = (0..self.units).filter(|i| *i != unit);
        let row = |i: usize| self.outcome[i * self.periods..(i + 1) * self.periods].iter().copied();
        Trial {
            outcome: kept.clone().flat_map(row).collect(),
            units: kept.clone().count(),
            periods: self.periods,
            starts: kept.map(|i| self.starts[i]).collect(),
        }
    }

    /// The panel as a block, for estimators of one start.
    ///
    /// # Errors
    /// [`BlockError`].
    pub fn block(&self) -> Result<Block, BlockError> {
        let treated: Vec<usize> = (0..self.units).filter(|i| self.starts[*i].is_some()).collect();
        let start = self.starts.iter().flatten().copied().min().unwrap_or(0);
        Block::new(self.outcome.clone(), self.units, &treated, start)
    }

    /// What a function says of the panel as long columns, rows without an outcome left out.
    ///
    /// # Errors
    /// Those of the function.
    pub fn staggered<T>(&self, f: impl FnOnce(&Staggered<'_>) -> Result<T, Refusal>) -> Result<T, TrialError> {
        let rows: Vec<usize> = (0..self.outcome.len()).filter(|c| self.outcome[*c].is_finite()).collect();
        let y: Vec<f64> = rows.iter().map(|&c| self.outcome[c]).collect();
        let unit: Vec<u32> = rows.iter().map(|&c| (c / self.periods) as u32).collect();
        let period: Vec<i64> = rows.iter().map(|&c| (c % self.periods) as i64).collect();
        let cohort: Vec<Option<i64>> = rows.iter().map(|&c| self.starts[c / self.periods].map(|s| s as i64)).collect();
        let panel = Staggered { y: &y, unit: &unit, period: &period, cohort: &cohort, names: &[], x: &[], weights: None, cluster: None };
        Ok(f(&panel)?)
    }
}

/// What makes trials.
pub(super) struct Maker<'a> {
    past: &'a Past<'a>,
    plan: &'a Plan,
    source: Source,
    seed: Seed,
    eligible: Vec<usize>,
    /// Unit levels and residuals, where blocks are resampled.
    parts: Option<(Vec<f64>, Vec<f64>)>,
    /// Every set of treated units, where all are tried.
    sets: Vec<Vec<usize>>,
    /// How many trials.
    pub trials: usize,
    /// Whether they are all there are.
    pub enumerated: bool,
}

impl<'a> Maker<'a> {
    pub fn new(past: &'a Past<'a>, plan: &'a Plan, options: &Options<'_>) -> Result<Maker<'a>, PowerError> {
        let eligible: Vec<usize> = if plan.eligible.is_empty() {
            (0..past.units).collect()
        } else {
            let mut own: Vec<usize> = plan.eligible.iter().copied().filter(|i| *i < past.units).collect();
            own.sort_unstable();
            own.dedup();
            own
        };
        let (n, k) = (eligible.len(), plan.starts.len());
        if n < k {
            return Err(PowerError::NoDonors { units: n, treated: k, needed: 2 });
        }
        let alike = plan.starts.windows(2).all(|w| w[0] == w[1]);
        let windows = (past.periods + 1).saturating_sub(plan.before + plan.after);
        let all = choices(n, k).saturating_mul(windows);
        let enumerated = options.source == Source::Windows && alike && all <= options.draws;
        let parts = if options.source == Source::Windows { None } else { Some(parts(past)?) };
        Ok(Maker {
            past,
            plan,
            source: options.source,
            seed: options.seed,
            sets: if enumerated { subsets(n, k) } else { Vec::new() },
            trials: if enumerated { all } else { options.draws },
            eligible,
            parts,
            enumerated,
        })
    }

    /// A trial by its number.
    pub fn trial(&self, number: usize) -> Trial {
        let (n, periods) = (self.past.units, self.plan.before + self.plan.after);
        let mut stream = self.seed.stream(number as u64);
        let chosen = match self.enumerated {
            true => self.sets[number % self.sets.len()].clone(),
            false => in_order(self.eligible.len(), self.plan.starts.len(), &mut stream),
        };
        let mut starts = vec![None; n];
        for (at, offset) in chosen.iter().zip(&self.plan.starts) {
            starts[self.eligible[*at]] = Some(self.plan.before + offset);
        }
        let order: Vec<usize> = match self.source {
            Source::Windows if self.enumerated => (number / self.sets.len()..).take(periods).collect(),
            Source::Windows => (stream.below((self.past.periods + 1 - periods) as u64) as usize..).take(periods).collect(),
            Source::Blocks(length) => {
                let mut order = Vec::with_capacity(periods + length);
                while order.len() < periods {
                    let from = stream.below((self.past.periods + 1 - length) as u64) as usize;
                    order.extend(from..from + length);
                }
                order.truncate(periods);
                order
            }
        };
        let cell = |i: usize, t: usize| match &self.parts {
            None => self.past.outcome[i * self.past.periods + t],
            Some((levels, residuals)) => levels[i] + residuals[i * self.past.periods + t],
        };
        let outcome = (0..n).flat_map(|i| order.iter().map(move |&t| cell(i, t))).collect();
        Trial { outcome, units: n, periods, starts }
    }
}

/// The level of each unit and what unit and period effects leave, as large as before they were taken out.
fn parts(past: &Past<'_>) -> Result<(Vec<f64>, Vec<f64>), PowerError> {
    let seen: Vec<usize> = (0..past.outcome.len()).filter(|c| past.outcome[*c].is_finite()).collect();
    let unit: Vec<u32> = seen.iter().map(|&c| (c / past.periods) as u32).collect();
    let time: Vec<u32> = seen.iter().map(|&c| (c % past.periods) as u32).collect();
    let refused = |e: Refusal| PowerError::AllRefused { trials: 0, first: e.into() };
    let mut left: Vec<f64> = seen.iter().map(|&c| past.outcome[c]).collect();
    let effects = Effects::new(&[&unit, &time], None).map_err(refused)?;
    effects.take_out(&mut left).map_err(refused)?;
    let grow = (seen.len() as f64 / seen.len().saturating_sub(effects.rank).max(1) as f64).sqrt();
    let mut residuals = vec![f64::NAN; past.outcome.len()];
    seen.iter().zip(&left).for_each(|(&c, e)| residuals[c] = grow * e);
    let level = |i: usize| {
        let own: Vec<f64> = past.outcome[i * past.periods..(i + 1) * past.periods].iter().copied().filter(|y| y.is_finite()).collect();
        crate::evaluate::donors::mean(&own)
    };
    Ok(((0..past.units).map(level).collect(), residuals))
}

//! A panel in which units are treated from different periods on, or never: what its estimators share.

use std::collections::BTreeMap;

use super::effects::Groups;
use super::fixed_effects::finite;
use super::refusal::Refusal;

/// Long columns of a panel with staggered adoption, one row a unit and period.
#[derive(Debug, Clone, Copy)]
pub struct Staggered<'a> {
    /// The outcome.
    pub y: &'a [f64],
    /// The unit of each row.
    pub unit: &'a [u32],
    /// The period of each row.
    pub period: &'a [i64],
    /// The first treated period of the row's unit; none if it is never treated.
    pub cohort: &'a [Option<i64>],
    /// Names of the covariates.
    pub names: &'a [String],
    /// The covariates.
    pub x: &'a [&'a [f64]],
    /// How much a row stands for.
    pub weights: Option<&'a [f64]>,
    /// What inference clusters on; the unit where not given.
    pub cluster: Option<&'a [u32]>,
}

/// The same, sorted into units and periods.
pub(super) struct Layout {
    /// Units in order of appearance.
    pub unit: Groups,
    /// The distinct periods, in order.
    pub periods: Vec<i64>,
    /// The position of each row's period.
    pub time: Vec<u32>,
    /// The cohort of each unit.
    pub cohort: Vec<Option<i64>>,
    /// The row of each unit and period, unit after unit; `u32::MAX` where there is none.
    pub cells: Vec<u32>,
}

/// No row.
pub(super) const ABSENT: u32 = u32::MAX;

impl Layout {
    /// The row of a unit in a period.
    pub fn row(&self, unit: usize, time: usize) -> Option<usize> {
        let row = self.cells[unit * self.periods.len() + time];
        (row != ABSENT).then_some(row as usize)
    }

    /// Cells of the full rectangle without a row.
    pub fn missing(&self) -> usize {
        self.cells.iter().filter(|c| **c == ABSENT).count()
    }

    /// The cohorts treated within the periods, in order.
    pub fn cohorts(&self) -> Vec<i64> {
        let last = self.periods.last().copied().unwrap_or(i64::MIN);
        let mut cohorts: Vec<i64> = self.cohort.iter().flatten().copied().filter(|g| *g <= last).collect();
        cohorts.sort_unstable();
        cohorts.dedup();
        cohorts
    }
}

impl Staggered<'_> {
    /// The period of a row less that of its cohort; none if never treated.
    pub fn age(&self, row: usize) -> Option<i64> {
        self.cohort[row].map(|g| self.period[row] - g)
    }

    /// Whether a row is treated.
    pub fn treated(&self, row: usize) -> bool {
        self.age(row).is_some_and(|e| e >= 0)
    }

    /// Checks and sorts the panel; each unit at most once a period.
    pub(super) fn layout(&self) -> Result<Layout, Refusal> {
        self.check()?;
        let unit = Groups::new(self.unit);
        let mut periods: Vec<i64> = distinct(self.period);
        periods.sort_unstable();
        let time = positions(&periods, self.period);
        let mut cohort: Vec<Option<Option<i64>>> = vec![None; unit.count];
        let mut cells = vec![ABSENT; unit.count * periods.len()];
        for (row, (&u, &t)) in unit.code.iter().zip(&time).enumerate() {
            let (u, t) = (u as usize, t as usize);
            if *cohort[u].get_or_insert(self.cohort[row]) != self.cohort[row] {
                return Err(Refusal::CohortVaries { unit: self.unit[row] });
            }
            let cell = &mut cells[u * periods.len() + t];
            if *cell != ABSENT {
                return Err(Refusal::Duplicate { unit: self.unit[row], period: self.period[row] });
            }
            *cell = row as u32;
        }
        let layout = Layout { cohort: cohort.into_iter().map(Option::flatten).collect(), unit, periods, time, cells };
        if layout.cohorts().is_empty() { Err(Refusal::NoTreated) } else { Ok(layout) }
    }

    fn check(&self) -> Result<(), Refusal> {
        let n = self.y.len();
        if n == 0 {
            return Err(Refusal::Empty);
        }
        let lengths = [("unit", self.unit.len()), ("period", self.period.len()), ("cohort", self.cohort.len())];
        let more = self.names.iter().zip(self.x).map(|(name, x)| (name.as_str(), x.len()));
        let optional = [("weights", self.weights.map_or(n, <[f64]>::len)), ("cluster", self.cluster.map_or(n, <[u32]>::len))];
        for (name, len) in lengths.into_iter().chain(more).chain(optional) {
            if len != n {
                return Err(Refusal::Length { column: name.into(), found: len, expected: n });
            }
        }
        finite("outcome", self.y)?;
        for (name, x) in self.names.iter().zip(self.x) {
            finite(name, x)?;
        }
        if let Some(w) = self.weights {
            finite("weights", w)?;
            if let Some(row) = w.iter().position(|w| *w <= 0.0) {
                return Err(Refusal::Weight { row: row + 1 });
            }
        }
        Ok(())
    }
}

fn distinct(values: &[i64]) -> Vec<i64> {
    let mut seen: BTreeMap<i64, ()> = BTreeMap::new();
    let mut last = None;
    for &v in values {
        if last != Some(v) {
            seen.insert(v, ());
            last = Some(v);
        }
    }
    seen.into_keys().collect()
}

/// The position of each value in a sorted list that has it.
fn positions(sorted: &[i64], values: &[i64]) -> Vec<u32> {
    let (first, span) = (sorted[0], sorted[sorted.len() - 1].abs_diff(sorted[0]));
    if span as usize <= 16 * sorted.len() + 1_024 {
        let mut table = vec![0u32; span as usize + 1];
        sorted.iter().zip(0..).for_each(|(v, k)| table[v.abs_diff(first) as usize] = k);
        return values.iter().map(|v| table[v.abs_diff(first) as usize]).collect();
    }
    values.iter().map(|v| sorted.partition_point(|s| s < v) as u32).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use atalaya_kernel::seed::Seed;

    /// A made-up panel that owns its columns.
    pub struct World {
        pub y: Vec<f64>,
        pub unit: Vec<u32>,
        pub period: Vec<i64>,
        pub cohort: Vec<Option<i64>>,
        pub x: Vec<f64>,
        pub names: Vec<String>,
    }

    impl World {
        /// Units adopt in period 4, 6 or never; the effect is `effect(age)`; noise is uniform.
        pub fn new(units: u32, periods: i64, seed: u64, effect: impl Fn(i64) -> f64) -> World {
            let mut stream = Seed(seed).stream(0);
            let mut w = World { y: vec![], unit: vec![], period: vec![], cohort: vec![], x: vec![], names: vec!["x".into()] };
            for i in 0..units {
                let cohort = [Some(4), Some(6), None][stream.below(3) as usize];
                let (own, x) = (3.0 * stream.unit(), stream.unit());
                for t in 1..=periods {
                    let treated = cohort.filter(|g| t >= *g).map_or(0.0, |g| effect(t - g));
                    w.y.push(own + 0.2 * t as f64 + treated + stream.unit() - 0.5);
                    w.unit.push(i);
                    w.period.push(t);
                    w.cohort.push(cohort);
                    w.x.push(x);
                }
            }
            w
        }

        /// The panel, without covariates.
        pub fn panel(&self) -> Staggered<'_> {
            Staggered {
                y: &self.y,
                unit: &self.unit,
                period: &self.period,
                cohort: &self.cohort,
                names: &[],
                x: &[],
                weights: None,
                cluster: None,
            }
        }
    }

    #[test]
    fn a_panel_is_sorted_or_refused() {
        let mut w = World::new(20, 8, 1, |_| 1.0);
        let layout = w.panel().layout().unwrap();
        assert_eq!((layout.periods.len(), layout.missing(), layout.cohorts()), (8, 0, vec![4, 6]));
        assert_eq!(layout.row(2, 3), Some(19));
        let whole = w.cohort.clone();
        w.cohort[3] = Some(99);
        assert!(matches!(w.panel().layout().err(), Some(Refusal::CohortVaries { unit: 0 })));
        w.cohort = vec![None; whole.len()];
        assert_eq!(w.panel().layout().err(), Some(Refusal::NoTreated));
        w.cohort = whole;
        w.period[1] = 1;
        assert_eq!(w.panel().layout().err(), Some(Refusal::Duplicate { unit: 0, period: 1 }));
        w.y[0] = f64::INFINITY;
        assert!(matches!(w.panel().layout().err(), Some(Refusal::NotFinite { row: 1, .. })));
    }
}

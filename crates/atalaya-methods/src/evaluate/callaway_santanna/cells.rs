//! Every cohort and period: who is compared, on which change, with which covariates.

use super::design::{Design, Propensity, propensity};
use super::two_periods::{Compared, Sections, changes};
use super::{Base, Cell, Control, GroupTime, Method, Options, Shape};
use crate::evaluate::influence::Influence;
use crate::evaluate::refusal::Refusal;
use crate::evaluate::staggered::{Layout, Staggered};
use crate::num::{Matrix, NotPositive};

/// Units (or rows, for cross-sections) as the estimates see them.
struct Frame<'a> {
    panel: &'a Staggered<'a>,
    options: &'a Options,
    layout: Layout,
    /// For each unit kept: its number in the layout.
    units: Vec<usize>,
    cohort: Vec<Option<i64>>,
    weight: Vec<f64>,
}

/// A comparison to make: the cohort, both periods by position, and who takes part.
struct Plan {
    cohort: i64,
    base: usize,
    time: usize,
}

/// Cohorts and periods.
type Pairs = Vec<(i64, i64)>;

/// A logit made before, with those it was made of.
type Known = Option<(Vec<usize>, Vec<f64>, Propensity)>;

pub(super) fn estimate(panel: &Staggered<'_>, options: &Options) -> Result<GroupTime, Refusal> {
    let layout = panel.layout()?;
    let (first, last) = (layout.periods[0], layout.periods[layout.periods.len() - 1]);
    let (cohorts, always_treated): (Vec<i64>, Vec<i64>) = layout.cohorts().into_iter().partition(|g| *g - options.anticipation > first);
    if cohorts.is_empty() {
        return Err(Refusal::NoPrePeriod);
    }
    let whole = matches!(options.shape, Shape::Balanced | Shape::Complete);
    let gap = |u: usize| whole && (0..layout.periods.len()).any(|t| layout.row(u, t).is_none());
    let member = |u: &usize| !layout.cohort[*u].is_some_and(|g| always_treated.contains(&g));
    let (units, incomplete): (Vec<usize>, Vec<usize>) = (0..layout.unit.count).filter(member).partition(|&u| !gap(u));
    if options.shape == Shape::Balanced && !incomplete.is_empty() {
        return Err(Refusal::Unbalanced { units: layout.unit.count, periods: layout.periods.len(), missing: layout.missing() });
    }
    let cohort: Vec<Option<i64>> = units.iter().map(|&u| layout.cohort[u].filter(|g| *g <= last)).collect();
    if options.control == Control::Never && cohort.iter().all(Option::is_some) {
        return Err(Refusal::NoNeverTreated);
    }
    let weight = units.iter().map(|&u| mean_weight(panel, &layout, u)).collect();
    let mut frame = Frame { panel, options, layout, units, cohort, weight };
    let (plans, bases, skipped) = frame.plans(&cohorts);
    let sections = !whole;
    let mut known: Known = None;
    let mut out = Vec::new();
    let mut steps = 0;
    let mut skipped = skipped;
    for plan in &plans {
        let made = if sections { frame.sections(plan, &mut steps)? } else { frame.changes(plan, &mut known, &mut steps)? };
        match made {
            Some(compared) => out.push((plan.cohort, frame.layout.periods[plan.time], compared)),
            None => skipped.push((plan.cohort, frame.layout.periods[plan.time])),
        }
    }
    if let (true, Some(&(cohort, period))) = (out.is_empty(), skipped.first()) {
        return Err(Refusal::NoComparison { cohort, period });
    }
    if options.shape == Shape::CrossSections {
        frame.by_row();
    }
    Ok(frame.finish(out, &bases, skipped, always_treated, incomplete.len(), steps))
}

/// The mean weight of a unit's rows, or of the first where the panel is complete.
fn mean_weight(panel: &Staggered<'_>, layout: &Layout, unit: usize) -> f64 {
    let Some(w) = panel.weights else { return 1.0 };
    let rows: Vec<usize> = (0..layout.periods.len()).filter_map(|t| layout.row(unit, t)).collect();
    rows.iter().map(|&r| w[r]).sum::<f64>() / rows.len() as f64
}

impl Frame<'_> {
    /// Comparisons to make, base periods of cohorts, and cells without any.
    fn plans(&self, cohorts: &[i64]) -> (Vec<Plan>, Pairs, Pairs) {
        let (mut plans, mut bases, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
        let periods = &self.layout.periods;
        for &cohort in cohorts {
            let before = periods.iter().rposition(|t| t + self.options.anticipation < cohort);
            let start = usize::from(self.options.base == Base::Varying);
            for (time, &period) in periods.iter().enumerate().skip(start) {
                let base = match (self.options.base, before) {
                    (Base::Varying, _) if period < cohort => Some(time - 1),
                    (_, before) => before,
                };
                match base {
                    Some(base) if base == time => bases.push((cohort, period)),
                    Some(base) => plans.push(Plan { cohort, base, time }),
                    None => skipped.push((cohort, period)),
                }
            }
        }
        (plans, bases, skipped)
    }

    /// Whether a unit takes part, and if so whether as treated.
    fn part(&self, plan: &Plan, unit: usize) -> Option<bool> {
        let periods = &self.layout.periods;
        let latest = periods[plan.time.max(plan.base)];
        match (self.cohort[unit], self.options.control) {
            (Some(g), _) if g == plan.cohort => Some(true),
            (None, _) => Some(false),
            (Some(g), Control::NotYet) if g > latest + self.options.anticipation => Some(false),
            _ => None,
        }
    }

    fn design(&self, rows: &[usize]) -> Design {
        let k = self.panel.x.len() + 1;
        let mut cells = Vec::with_capacity(rows.len() * k);
        for &row in rows {
            cells.push(1.0);
            cells.extend(self.panel.x.iter().map(|x| x[row]));
        }
        Design { k, cells }
    }

    fn separated(&self, plan: &Plan) -> Refusal {
        Refusal::SeparatedLogit { cohort: plan.cohort, period: self.layout.periods[plan.time] }
    }

    fn collinear(&self, error: NotPositive) -> Refusal {
        let column = if error.column == 0 { "the intercept".into() } else { self.panel.names[error.column - 1].clone() };
        Refusal::Collinear { column }
    }

    /// Changes of units that are there in both periods.
    fn changes(&self, plan: &Plan, known: &mut Known, steps: &mut usize) -> Result<Option<Compared>, Refusal> {
        let (early, late) = (plan.base.min(plan.time), plan.base.max(plan.time));
        let (mut members, mut rows, mut dy, mut d, mut w) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for unit in 0..self.units.len() {
            let Some(treated) = self.part(plan, unit) else { continue };
            let (Some(a), Some(b)) = (self.layout.row(self.units[unit], plan.base), self.layout.row(self.units[unit], plan.time)) else {
                continue;
            };
            let row = if early == plan.base { a } else { b };
            members.push(unit);
            rows.push(row);
            dy.push(self.panel.y[b] - self.panel.y[a]);
            d.push(treated);
            w.push(self.panel.weights.map_or(1.0, |w| w[row]));
        }
        debug_assert!(early < late);
        if !(d.contains(&true) && d.contains(&false)) {
            return Ok(None);
        }
        let x = self.design(&rows);
        let needed = x.k > 1 && self.options.method != Method::Regression;
        if needed && !known.as_ref().is_some_and(|(m, cells, _)| *m == signed(&members, &d) && *cells == x.cells) {
            let p = propensity(&x, &d, &w).ok_or_else(|| self.separated(plan))?;
            *steps = p.steps.max(*steps);
            *known = Some((signed(&members, &d), x.cells.clone(), p));
        }
        let p = known.as_ref().filter(|_| needed).map(|k| &k.2);
        let made = changes(self.options.method, &x, &dy, &d, &w, p, self.options.overlap).map_err(|e| self.collinear(e))?;
        let mut shares = vec![0.0; self.units.len()];
        members.iter().zip(&made.shares).for_each(|(&u, s)| shares[u] = *s);
        Ok(Some(Compared { shares, ..made }))
    }

    /// Rows of two periods, whichever units they are of.
    fn sections(&self, plan: &Plan, steps: &mut usize) -> Result<Option<Compared>, Refusal> {
        let (mut members, mut rows, mut post, mut d) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for unit in 0..self.units.len() {
            let Some(treated) = self.part(plan, unit) else { continue };
            for time in [plan.base, plan.time] {
                if let Some(row) = self.layout.row(self.units[unit], time) {
                    members.push(unit);
                    rows.push(row);
                    post.push(time == plan.time);
                    d.push(treated);
                }
            }
        }
        let there = |t: bool, p: bool| d.iter().zip(&post).any(|(a, b)| (*a, *b) == (t, p));
        if ![(true, true), (true, false), (false, true), (false, false)].iter().all(|(t, p)| there(*t, *p)) {
            return Ok(None);
        }
        let x = self.design(&rows);
        let y: Vec<f64> = rows.iter().map(|&r| self.panel.y[r]).collect();
        let w: Vec<f64> = rows.iter().map(|&r| self.panel.weights.map_or(1.0, |w| w[r])).collect();
        let p = match self.options.method {
            Method::Regression => None,
            _ => Some(propensity(&x, &d, &w).ok_or_else(|| self.separated(plan))?),
        };
        *steps = p.as_ref().map_or(0, |p| p.steps).max(*steps);
        let sections = Sections { x: &x, y: &y, post: &post, d: &d, w: &w };
        let made = sections.compare(self.options.method, p.as_ref(), self.options.overlap).map_err(|e| self.collinear(e))?;
        let by_row = self.options.shape == Shape::CrossSections;
        let mut shares = vec![0.0; if by_row { self.panel.y.len() } else { self.units.len() }];
        for (i, s) in made.shares.iter().enumerate() {
            shares[if by_row { rows[i] } else { members[i] }] += s;
        }
        Ok(Some(Compared { shares, ..made }))
    }

    /// Makes each row a unit of its own.
    fn by_row(&mut self) {
        let last = self.layout.periods[self.layout.periods.len() - 1];
        self.cohort = self.panel.cohort.iter().map(|g| g.filter(|g| *g <= last)).collect();
        self.weight = self.panel.weights.map_or_else(|| vec![1.0; self.panel.y.len()], <[f64]>::to_vec);
    }

    fn finish(
        self,
        made: Vec<(i64, i64, Compared)>,
        bases: &[(i64, i64)],
        skipped: Vec<(i64, i64)>,
        always_treated: Vec<i64>,
        incomplete: usize,
        steps: usize,
    ) -> GroupTime {
        let by_row = self.options.shape == Shape::CrossSections;
        let rows = self.weight.len();
        let trimmed = made.iter().map(|m| m.2.trimmed).sum();
        let mut all: Vec<(i64, i64, Option<Compared>)> = made.into_iter().map(|(g, t, c)| (g, t, Some(c))).collect();
        all.extend(bases.iter().map(|(g, t)| (*g, *t, None)));
        all.sort_by_key(|(g, t, _)| (*g, *t));
        let zero = vec![0.0; rows];
        let columns: Vec<&[f64]> = all.iter().map(|c| c.2.as_ref().map_or(zero.as_slice(), |c| &c.shares)).collect();
        let influence = Influence { shares: Matrix::from_columns(rows, &columns) };
        let cluster = self.panel.cluster.map(|c| {
            if by_row {
                return c.to_vec();
            }
            let first = |u: &usize| (0..self.layout.periods.len()).find_map(|t| self.layout.row(*u, t)).unwrap_or(0);
            self.units.iter().map(|u| c[first(u)]).collect()
        });
        let mut out = GroupTime {
            cells: Vec::new(),
            influence,
            cohort: self.cohort,
            weight: self.weight,
            cluster,
            skipped,
            always_treated,
            incomplete,
            trimmed,
            steps,
        };
        let grouped = out.clustered(&out.influence);
        let cell = |(j, (cohort, period, made)): (usize, &(i64, i64, Option<Compared>))| Cell {
            cohort: *cohort,
            period: *period,
            att: made.as_ref().map_or(0.0, |m| m.att),
            se: made.as_ref().map(|_| grouped.se(j)),
        };
        out.cells = all.iter().enumerate().map(cell).collect();
        out
    }
}

/// Members with their part, as one list of numbers.
fn signed(members: &[usize], d: &[bool]) -> Vec<usize> {
    members.iter().zip(d).map(|(m, d)| 2 * m + usize::from(*d)).collect()
}

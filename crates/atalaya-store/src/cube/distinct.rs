//! Each event once: the groups of a pass, less what linked records count twice.
//!
//! Only linked rows are looked at again, so the cost beside the pass is O(linked rows x (filters +
//! axes)), whatever the number of records.

use std::collections::HashMap;

use atalaya_kernel::Decimal;
use foldhash::fast::FixedState;

use super::{Axis, Cube, Group, NO_MASS, Plan};

/// Groups with both totals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// The groups.
    pub groups: Vec<Group>,
    /// Distinct events among all records counted: at most the sum over the groups, since an event
    /// reported in two groups is one event of each.
    pub events: u64,
}

impl Cube {
    /// The sums of every group, with the distinct events among the rows that fall into it. Each of
    /// `linked` lists the rows of one event; the first of them that falls into a group gives the
    /// event's kilograms there.
    pub fn count<'e>(&self, plan: &Plan, linked: impl Iterator<Item = &'e [u32]>) -> Counted {
        let mut groups = self.group(plan);
        let mut events: u64 = groups.iter().map(|g| g.records).sum();
        let mut doubles: HashMap<u64, (u64, i128), FixedState> = HashMap::default();
        let mut seen: Vec<u64> = Vec::new();
        for rows in linked {
            seen.clear();
            for row in rows.iter().map(|row| *row as usize).filter(|row| *row < self.len()) {
                let Some(key) = self.key_of(plan, row) else { continue };
                if seen.contains(&key) {
                    let double = doubles.entry(key).or_default();
                    double.0 += 1;
                    double.1 += if self.mass[row] == NO_MASS { 0 } else { i128::from(self.mass[row]) };
                }
                events -= u64::from(!seen.is_empty());
                seen.push(key);
            }
        }
        if !doubles.is_empty() {
            for group in &mut groups {
                let key = group
                    .key
                    .iter()
                    .zip(&plan.axes)
                    .fold(0u64, |key, (at, axis)| key.wrapping_mul(u64::from(axis.len)).wrapping_add(u64::from(*at)));
                if let Some((records, mass)) = doubles.get(&key) {
                    group.events -= records;
                    group.kg_unique = Decimal(group.kg_unique.0 - mass);
                }
            }
        }
        Counted { groups, events }
    }

    /// Whether a row passes these filters.
    pub fn passes(&self, filters: &[Axis], row: usize) -> bool {
        filters.iter().all(|f| f.groups[self.columns[f.column].codes.at(row) as usize].is_some())
    }

    /// The group a row falls in, as [`Cube::group`] numbers them; `None` if it passes no filter.
    fn key_of(&self, plan: &Plan, row: usize) -> Option<u64> {
        let group = |axis: &Axis| axis.groups[self.columns[axis.column].codes.at(row) as usize];
        if !self.passes(&plan.filters, row) {
            return None;
        }
        plan.axes.iter().try_fold(0u64, |key, axis| Some(key.wrapping_mul(u64::from(axis.len)).wrapping_add(u64::from(group(axis)?))))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use atalaya_kernel::Seed;
    use atalaya_kernel::record::{RECORD_WIDTH, Record, Terms, record_field};

    use super::*;
    use crate::cube::CubeBuilder;

    const AREA: usize = record_field("area");
    const AGENCY: usize = record_field("agency");

    /// Rows of chance: three areas, four agencies, whole kilograms.
    fn world(rows: u64, chance: &mut atalaya_kernel::seed::Stream) -> Cube {
        let mut builder = CubeBuilder::new(Terms::default());
        let code = |builder: &mut CubeBuilder, text: String| builder.terms().code(&text);
        let (kg, cocaine) = (code(&mut builder, "kg".into()), code(&mut builder, "cocaine-hcl".into()));
        for ordinal in 1..=rows as u32 {
            let mut codes = [0; RECORD_WIDTH];
            codes[AREA] = code(&mut builder, format!("area {}", chance.below(3)));
            codes[AGENCY] = code(&mut builder, format!("agency {}", chance.below(4)));
            codes[record_field("substance")] = cocaine;
            codes[record_field("unit")] = kg;
            let amount = chance.below(9);
            codes[record_field("amount")] = if amount == 0 { 0 } else { code(&mut builder, amount.to_string()) };
            builder.push(&Record { file: 0, ordinal, cell: 0, day: 0, precision: 0, flags: 0, codes }, 0, 1);
        }
        builder.finish()
    }

    fn axis(cube: &Cube, column: usize, keep: impl Fn(&str) -> bool, len: u32) -> Axis {
        let groups = cube.texts(column).enumerate().map(|(at, text)| keep(text).then_some(if len == 1 { 0 } else { at as u32 })).collect();
        Axis { column, groups, len }
    }

    /// The definition, and the same on any number of threads.
    #[test]
    fn a_group_counts_the_distinct_events_among_its_own_rows() {
        for seed in 0..20 {
            let mut chance = Seed(seed).stream(0);
            let cube = world(400, &mut chance);
            let mut rows: Vec<u32> = (0..400).collect();
            rows.sort_by_cached_key(|_| chance.next_u64());
            let linked: Vec<Vec<u32>> = rows.chunks(2 + seed as usize % 4).take(50).map(<[u32]>::to_vec).collect();
            let filter = axis(&cube, AREA, |a| a != "area 0", 1);
            let by = axis(&cube, AGENCY, |_| true, 4);
            let plan = Plan { filters: vec![filter.clone()], axes: vec![by] };
            let event: BTreeMap<u32, usize> = linked.iter().enumerate().flat_map(|(at, rows)| rows.iter().map(move |r| (*r, at))).collect();
            let name = |row: u32| event.get(&row).map_or(1_000 + row as usize, |at| *at);
            let fits = |row: &u32| cube.passes(std::slice::from_ref(&filter), *row as usize);
            let all: BTreeSet<usize> = (0..400).filter(fits).map(name).collect();
            let counted = cube.count(&plan, linked.iter().map(Vec::as_slice));
            assert_eq!(counted.events, all.len() as u64);
            for group in &counted.groups {
                let own: Vec<u32> = (0..400).filter(fits).filter(|row| cube.code(*row as usize, AGENCY) == group.key[0]).collect();
                let events: BTreeSet<usize> = own.iter().map(|row| name(*row)).collect();
                // The first of an event's rows that falls into the group gives its kilograms.
                let first = |at: &usize| {
                    let rows = linked.get(*at).cloned().unwrap_or_else(|| vec![(*at - 1_000) as u32]);
                    rows.into_iter().find(|row| own.contains(row)).and_then(|row| cube.kg(row as usize)).unwrap_or_default()
                };
                assert_eq!(group.events, events.len() as u64, "seed {seed}");
                assert_eq!(group.kg_unique, events.iter().map(first).sum::<Decimal>(), "seed {seed}");
            }
            for threads in [1, 3, 8] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                assert_eq!(pool.install(|| cube.count(&plan, linked.iter().map(Vec::as_slice))), counted, "{threads} threads");
            }
        }
    }
}

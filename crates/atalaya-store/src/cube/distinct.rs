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

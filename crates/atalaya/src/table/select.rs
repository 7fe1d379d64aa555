//! Which rows of a table meet the conditions, and in which order they are shown.

use atalaya_kernel::area::fold;
use atalaya_kernel::{Lang, Problem};

use super::condition::{Condition, unknown_column};
use super::frame::{Cells, Column, Frame, Kind};

/// Conditions a table can be asked with at once: each is one bit.
const MOST: usize = 60;

/// The bit of rows that may not be shown, whatever is asked.
const WITHHELD: u64 = 1 << 63;

/// Which conditions each row misses.
#[derive(Debug)]
pub(crate) struct Selection {
    /// For each row one bit a group of conditions it does not meet; 0 if it is shown.
    misses: Vec<u64>,
    /// The columns whose alternatives a bit stands for.
    choices: Vec<(String, u64)>,
}

impl Selection {
    /// The rows shown, as stored.
    pub fn rows(&self) -> Vec<u32> {
        (0..).zip(&self.misses).filter(|(_, m)| **m == 0).map(|(at, _)| at).collect()
    }

    /// How many rows there are to choose from.
    pub fn all(&self) -> usize {
        self.misses.iter().filter(|m| **m & WITHHELD == 0).count()
    }

    /// The rows that would be shown if nothing of this column were chosen: what its values are
    /// counted over.
    pub fn but_for(&self, column: &str) -> impl Iterator<Item = usize> + '_ {
        let own = self.choices.iter().filter(|(c, _)| c == column).fold(0, |bits, (_, bit)| bits | bit);
        self.misses.iter().enumerate().filter(move |(_, m)| **m & !own == 0).map(|(at, _)| at)
    }
}

/// Tries every row against the conditions; `find` is a text that must stand in one of `looked`.
/// `withheld` says which rows may not be shown.
///
/// # Errors
/// `conditions` if there are too many.
pub(crate) fn select(
    frame: &Frame,
    conditions: &[Condition],
    find: &str,
    looked: &[&str],
    withheld: Option<&dyn Fn(usize) -> bool>,
) -> Result<Selection, Problem> {
    let mut selection = Selection { misses: vec![0; frame.len], choices: Vec::new() };
    let mut bit = 1u64;
    for (column, group) in grouped(conditions)? {
        let Some(found) = frame.column(column) else { return Err(unknown_column(column, frame)) };
        if group[0].is_choice() {
            selection.choices.push((column.into(), bit));
        }
        miss(&mut selection.misses, found, &group, bit);
        bit <<= 1;
    }
    if !find.trim().is_empty() {
        let near: Vec<(&Column, Vec<bool>)> =
            frame.columns.iter().filter(|c| looked.contains(&c.id) && c.countable()).map(|c| (c, has(c, &fold(find)))).collect();
        for (row, misses) in selection.misses.iter_mut().enumerate() {
            *misses |= if near.iter().any(|(c, table)| table[c.code(row)]) { 0 } else { bit };
        }
    }
    if let Some(withheld) = withheld {
        for (row, misses) in selection.misses.iter_mut().enumerate() {
            *misses |= if withheld(row) { WITHHELD } else { 0 };
        }
    }
    Ok(selection)
}

/// Alternatives of one column together, every other condition for itself.
fn grouped(conditions: &[Condition]) -> Result<Vec<(&str, Vec<&Condition>)>, Problem> {
    let mut groups: Vec<(&str, Vec<&Condition>)> = Vec::new();
    for condition in conditions {
        let open = groups.iter_mut().find(|(c, g)| *c == condition.column && condition.is_choice() && g[0].is_choice());
        match open {
            Some((_, group)) => group.push(condition),
            None => groups.push((&condition.column, vec![condition])),
        }
    }
    if groups.len() > MOST {
        return Err(Problem::new(
            "conditions",
            format!("{}", groups.len()),
            atalaya_kernel::both!("more than {MOST} conditions", "más de {MOST} condiciones"),
            atalaya_kernel::Both::new("ask with fewer", "pregunte con menos"),
        ));
    }
    Ok(groups)
}

fn miss(misses: &mut [u64], column: &Column, group: &[&Condition], bit: u64) {
    if let Cells::Each(of) = &column.cells {
        for (row, misses) in misses.iter_mut().enumerate() {
            *misses |= if group.iter().any(|c| c.holds_number(of(row))) { 0 } else { bit };
        }
        return;
    }
    let mut table = vec![false; column.values.len()];
    for condition in group {
        table.iter_mut().zip(condition.table(column)).for_each(|(a, b)| *a |= b);
    }
    for (row, misses) in misses.iter_mut().enumerate() {
        *misses |= if table[column.code(row)] { 0 } else { bit };
    }
}

fn has(column: &Column, wanted: &str) -> Vec<bool> {
    let near = |text: &str| fold(text).contains(wanted);
    let named = |at: usize| column.names.get(at).and_then(Option::as_ref).is_some_and(|n| near(&n.en) || near(&n.es));
    column.values.iter().enumerate().map(|(at, v)| near(v) || named(at)).collect()
}

/// Rows in the order of a column, `-` for downwards; absent values come last either way, equal
/// ones as stored. Only the first `first` rows are put in order.
///
/// # Errors
/// `unknown-column`.
pub(crate) fn sort(frame: &Frame, rows: &mut Vec<u32>, by: &str, first: usize, lang: Lang) -> Result<(), Problem> {
    let (down, id) = by.strip_prefix('-').map_or((false, by), |id| (true, id));
    let column = frame.column(id).filter(|c| c.kind != Kind::Figure).ok_or_else(|| unknown_column(id, frame))?;
    let flip = |key: Option<i128>| key.map_or((1, 0), |k| (0, if down { -k } else { k }));
    let mut keyed: Vec<((u8, i128), u32)> = match &column.cells {
        Cells::Each(of) => rows.iter().map(|row| (flip(of(*row as usize).map(|d| d.0)), *row)).collect(),
        _ => {
            let ranks = column.ranks(lang);
            rows.iter().map(|row| (flip(ranks[column.code(*row as usize)].map(i128::from)), *row)).collect()
        }
    };
    if first < keyed.len() {
        keyed.select_nth_unstable(first);
        keyed.truncate(first);
    }
    keyed.sort_unstable();
    *rows = keyed.into_iter().map(|(_, row)| row).collect();
    Ok(())
}

//! What a record says, as one digest, so that it is known again in another file.

use std::collections::{BTreeMap, HashMap};

use atalaya_kernel::record::{RECORD_FIELDS, RECORD_WIDTH};
use atalaya_store::{CONTENT_DIGITS, Cube, LinkedRecord, hex, leaf_hash};
use foldhash::fast::FixedState;

use super::find::key_of;
use crate::observatory::Eye;

/// Codes of all that a record says: equal within one cube where the texts are.
type Codes = [u32; RECORD_WIDTH + 2];

/// The columns of a cube that say something of the event, in the order of [`RECORD_FIELDS`].
pub(super) fn columns(cube: &Cube) -> [usize; RECORD_WIDTH] {
    std::array::from_fn(|at| cube.column(RECORD_FIELDS[at]).unwrap_or(0))
}

/// The digest of what a row says: its date, the precision of it, and every coded field as text.
/// Not in it: where the row stands, and the flags, which are the program's own words.
pub(super) fn digest(cube: &Cube, columns: &[usize; RECORD_WIDTH], row: u32) -> String {
    let row = row as usize;
    let day = cube.column("day").map_or(0, |c| cube.number(row, c)) as i32;
    let mut text = format!("{day}\u{1f}{}", cube.precision(row));
    for column in columns {
        text.push('\u{1f}');
        text.push_str(cube.text(row, *column));
    }
    hex(&leaf_hash(text.as_bytes())[..CONTENT_DIGITS / 2])
}

/// These rows as a ruling names them, in the same order.
pub(super) fn named(eye: &Eye, rows: &[u32]) -> Vec<LinkedRecord> {
    let cube = &eye.cube;
    let (columns, source) = (columns(cube), cube.column("source").unwrap_or(0));
    let nth = nth(cube, &columns, rows);
    rows.iter()
        .map(|row| LinkedRecord {
            source: cube.text(*row as usize, source).to_string(),
            key: key_of(eye, *row),
            content: digest(cube, &columns, *row),
            nth: nth.get(row).copied().unwrap_or(1),
        })
        .collect()
}

/// For each row, which of the rows of its intake that say the same it is, from 1. One pass.
fn nth(cube: &Cube, columns: &[usize; RECORD_WIDTH], rows: &[u32]) -> BTreeMap<u32, u32> {
    let (intake, day) = (cube.column("intake").unwrap_or(0), cube.column("day").unwrap_or(0));
    let amount = cube.column("amount").unwrap_or(0);
    let codes = |row: usize| -> Codes {
        std::array::from_fn(|at| match at {
            RECORD_WIDTH => cube.code(row, day),
            at if at > RECORD_WIDTH => u32::from(cube.precision(row)),
            at => cube.code(row, columns[at]),
        })
    };
    let brief = |row: usize| (cube.code(row, intake), cube.code(row, day), cube.code(row, amount));
    let mut wanted: HashMap<(u32, u32, u32), (), FixedState> = HashMap::default();
    let mut counts: HashMap<(u32, Codes), u32, FixedState> = HashMap::default();
    for row in rows {
        let row = *row as usize;
        wanted.insert(brief(row), ());
        counts.insert((cube.code(row, intake), codes(row)), 0);
    }
    let asked: std::collections::BTreeSet<u32> = rows.iter().copied().collect();
    let mut out = BTreeMap::new();
    for row in 0..cube.len() {
        if !wanted.contains_key(&brief(row)) {
            continue;
        }
        let Some(count) = counts.get_mut(&(cube.code(row, intake), codes(row))) else { continue };
        *count += 1;
        if asked.contains(&(row as u32)) {
            out.insert(row as u32, *count);
        }
    }
    out
}

//! How the two copies of a list differ, field by field, and what that makes of it.

use std::collections::BTreeMap;

use super::rows::{Field, Records};

/// How a list repeated shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Every row stands there an even number of times.
    EvenMultiplicity,
    /// Under two names of one area.
    Alias,
    /// In two units.
    Unit,
    /// In two scripts.
    Language,
    /// With codes that moved within their list: always the same one for another.
    ShiftedCodes,
    /// Otherwise: fields left out, words changed.
    Rewritten,
}

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::EvenMultiplicity => "even-multiplicity",
            Kind::Alias => "alias",
            Kind::Unit => "unit",
            Kind::Language => "language",
            Kind::ShiftedCodes => "shifted-codes",
            Kind::Rewritten => "rewritten",
        }
    }
}

/// A code that stands for another throughout a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// In which field.
    pub field: Field,
    /// In one copy.
    pub from: u32,
    /// In the other.
    pub to: u32,
    /// Pairs in which it does.
    pub pairs: u32,
}

/// How the copies of a list differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Differences {
    /// How the list shows.
    pub kind: Kind,
    /// Fields that differ in a pair or more, with the number of pairs, the most frequent first.
    pub fields: Vec<(Field, u32)>,
    /// Pairs written in two scripts.
    pub scripts: u32,
    /// Fields that one copy leaves out, with the number of pairs.
    pub left_out: Vec<(Field, u32)>,
    /// Codes that stand for another, the most frequent first.
    pub shifts: Vec<Shift>,
}

/// Share of pairs from which a difference gives a list its name.
const NAMED: f64 = 0.25;
/// Pairs a shift needs, and the share of a code's occurrences.
const SHIFTED: u32 = 3;

/// Compares the copies of a list.
pub(super) fn differences(records: &Records, pairs: &[(u32, u32)], even: bool) -> Differences {
    let mut fields: BTreeMap<Field, u32> = BTreeMap::new();
    let mut left_out: BTreeMap<Field, u32> = BTreeMap::new();
    let mut moved: BTreeMap<(Field, u32, u32), u32> = BTreeMap::new();
    let mut scripts = 0;
    for &(a, b) in pairs {
        for field in Field::ALL {
            let (a, b) = (records.code(a as usize, field), records.code(b as usize, field));
            if a == b {
                continue;
            }
            *fields.entry(field).or_default() += 1;
            if a == 0 || b == 0 {
                *left_out.entry(field).or_default() += 1;
            } else if matches!(field, Field::Producing | Field::Departure | Field::Destination | Field::Substance) {
                *moved.entry((field, a.min(b), a.max(b))).or_default() += 1;
            }
        }
        scripts += u32::from(Field::ALL.iter().any(|f| latin(records.text(a as usize, *f)) != latin(records.text(b as usize, *f))));
    }
    let mut shifts: Vec<Shift> = moved
        .iter()
        .filter(|(_, n)| **n >= SHIFTED)
        .map(|((field, from, to), n)| Shift { field: *field, from: *from, to: *to, pairs: *n })
        .collect();
    shifts.sort_by_key(|s| (std::cmp::Reverse(s.pairs), s.field, s.from, s.to));
    let kind = if even && !often(fields.get(&Field::AreaReported), pairs.len(), 0.5) {
        Kind::EvenMultiplicity
    } else {
        name(&fields, scripts, &shifts, pairs.len())
    };
    Differences { kind, fields: ranked(fields), scripts, left_out: ranked(left_out), shifts }
}

fn ranked(counts: BTreeMap<Field, u32>) -> Vec<(Field, u32)> {
    let mut ranked: Vec<(Field, u32)> = counts.into_iter().collect();
    ranked.sort_by_key(|(field, n)| (std::cmp::Reverse(*n), *field));
    ranked
}

fn often(count: Option<&u32>, pairs: usize, share: f64) -> bool {
    count.is_some_and(|n| f64::from(*n) >= share * pairs as f64)
}

fn name(fields: &BTreeMap<Field, u32>, scripts: u32, shifts: &[Shift], pairs: usize) -> Kind {
    if often(fields.get(&Field::AreaReported), pairs, 0.5) {
        return Kind::Alias;
    }
    let routes = |s: &&Shift| s.field != Field::Substance;
    let shifted: u32 = shifts.iter().filter(routes).map(|s| s.pairs).sum();
    let unit = fields.get(&Field::Unit).copied().unwrap_or(0);
    // The most frequent difference gives the name; the earlier one where two are as frequent.
    let found = [(Kind::ShiftedCodes, shifted), (Kind::Unit, unit), (Kind::Language, scripts)];
    let most = found.iter().map(|(_, n)| *n).max().unwrap_or(0);
    match found.iter().find(|(_, n)| *n == most) {
        Some((kind, n)) if often(Some(n), pairs, NAMED) => *kind,
        _ => Kind::Rewritten,
    }
}

/// Whether a text's letters are Latin ones; a text without letters is.
fn latin(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).all(|c| u32::from(c) < 0x370 || ('\u{1e00}'..='\u{1eff}').contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rows: &[[(Field, &str); 3]]) -> (Records, Vec<(u32, u32)>) {
        let mut records = Records::default();
        rows.iter().for_each(|row| records.push(row, Some(0), 0));
        let pairs = (0..rows.len() as u32 / 2).map(|k| (2 * k, 2 * k + 1)).collect();
        (records, pairs)
    }

    #[test]
    fn codes_that_always_move_alike_give_the_list_its_name() {
        let row = |departure| [(Field::Departure, departure), (Field::Unit, "kg"), (Field::Place, "A")];
        let rows = ["TR", "SE", "TR", "SE", "TR", "SE", "BG", "BG"].map(row);
        let (records, pairs) = list(&rows);
        let found = differences(&records, &pairs, false);
        assert_eq!(found.kind, Kind::ShiftedCodes);
        assert_eq!((found.shifts.len(), found.shifts[0].pairs), (1, 3));
    }

    #[test]
    fn units_scripts_and_names_of_areas_are_told_apart() {
        let (records, pairs) = list(
            &[("kg", "Жамбыл"), ("g", "Zhambyl"), ("kg", "A"), ("g", "A")]
                .map(|(u, p)| [(Field::Unit, u), (Field::Place, p), (Field::Area, "KZ")]),
        );
        let found = differences(&records, &pairs, false);
        assert_eq!((found.kind, found.scripts), (Kind::Unit, 1));
        let (records, pairs) =
            list(&["Czechia", "Czech Republic"].map(|a| [(Field::AreaReported, a), (Field::Area, "CZ"), (Field::Unit, "g")]));
        assert_eq!(differences(&records, &pairs, true).kind, Kind::Alias);
        let (records, pairs) = list(&["", "Tyrol"].map(|a| [(Field::Admin, a), (Field::Area, "AT"), (Field::Unit, "g")]));
        let found = differences(&records, &pairs, false);
        assert_eq!((found.kind, found.left_out), (Kind::Rewritten, vec![(Field::Admin, 1)]));
    }
}

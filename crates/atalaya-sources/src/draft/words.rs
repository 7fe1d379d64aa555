//! The names columns go by, and the words that tell a measure: two explicit tables.

use std::collections::HashMap;
use std::sync::OnceLock;

use atalaya_kernel::unit::{Quantity, Unit, units};
use foldhash::fast::FixedState;

use crate::persons::words;

/// What a column's name says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// The role: a field of a recipe, or one of ours (`country`, `first`, `year` ...).
    pub role: &'static str,
    /// The code list, or the unit.
    pub hint: &'static str,
}

/// Words in a name that tell what its numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measured {
    /// The measure.
    pub measure: &'static str,
    /// Its usual unit.
    pub unit: &'static str,
    /// The substance it implies, if it does.
    pub substance: &'static str,
}

fn table() -> &'static HashMap<&'static str, Word, FixedState> {
    static TABLE: OnceLock<HashMap<&'static str, Word, FixedState>> = OnceLock::new();
    TABLE.get_or_init(|| lines(include_str!("words.csv")).map(|[name, role, hint]| (name, Word { role, hint })).collect())
}

fn lines<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().skip(1).map(|line| {
        let mut row = [""; N];
        row.iter_mut().zip(line.split(',')).for_each(|(slot, cell)| *slot = cell);
        row
    })
}

/// The unit a column's name ends in, and what it says the column is.
pub(super) fn read_name(name: &str) -> (Option<&'static Unit>, Option<Word>) {
    let words = words(name);
    if let Some(word) = table().get(words.join(" ").as_str()) {
        let unit = units().get(word.hint);
        return (unit, Some(*word));
    }
    let Some((last, front)) = words.split_last() else { return (None, None) };
    let unit = unit_word(last).or_else(|| words.iter().filter(|w| SURE_UNITS.contains(&w.as_str())).find_map(|w| unit_word(w)));
    let base = front.join(" ");
    let word = unit.and_then(|_| table().get(base.as_str()).copied());
    // `kg` alone is an amount in kilograms.
    let alone = (front.is_empty() && unit.is_some_and(|u| u.quantity == Quantity::Mass)).then_some(Word { role: "amount", hint: "" });
    (unit, word.or(alone))
}

/// Whether a column's name, or a word in it, is one that a field of a recipe goes by.
pub(crate) fn hints_at(name: &str, field: &str) -> bool {
    let role = if field == "area" { "country" } else { field };
    let words = words(name);
    let is = |text: &str| table().get(text).is_some_and(|w| w.role == role);
    is(&words.join(" ")) || words.iter().any(|w| is(w))
}

/// Words that are a unit wherever they stand in a name: `KG Equivalent`.
const SURE_UNITS: [&str; 8] = ["kg", "kgs", "kilogramos", "kilograms", "toneladas", "ha", "hectareas", "hectares"];

/// A unit that a word of a column's name may mean: weights, areas, volumes and shares only, so
/// that `total count` or `mark` stay words.
fn unit_word(word: &str) -> Option<&'static Unit> {
    let unit = units().resolve(word)?;
    let telling = matches!(unit.quantity, Quantity::Mass | Quantity::Area | Quantity::Share | Quantity::Price)
        || unit.quantity == Quantity::Volume && word.len() > 1;
    telling.then_some(unit)
}

/// What the numbers under a name (or in a file of that name) are.
pub(super) fn measured(name: &str) -> Option<Measured> {
    let key = format!(" {} ", words(name).join(" "));
    let fits = |hint: &str| {
        hint.strip_suffix('*').map_or_else(|| key.contains(&format!(" {hint} ")), |begins| key.contains(&format!(" {begins}")))
    };
    lines::<4>(include_str!("measures.csv")).find(|[hint, ..]| fits(hint)).map(|[_, measure, unit, substance]| Measured {
        measure,
        unit,
        substance,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use atalaya_kernel::measure::measures;
    use atalaya_kernel::substance::substances;

    use super::*;

    #[test]
    fn names_of_columns_as_agencies_write_them() {
        for (name, role) in [
            ("PAÍS", "country"),
            ("COUNTRY_OF_SEIZURE", "country"),
            ("FECHA HECHO", "date"),
            ("UNIDADES DE MEDIDA", "unit"),
            ("UNIDAD DE MEDIDA", "unit"),
            ("CLASE DE ESTUPEFACIENTE", "substance"),
            ("CÓDIGO DANE", "code"),
            ("Cantidad (kg)", "amount"),
            ("Año", "year"),
        ] {
            assert_eq!(read_name(name).1.map(|w| w.role), Some(role), "{name}");
        }
        assert_eq!(read_name("Cantidad (kg)").0.map(|u| u.id), Some("kg"));
        assert_eq!(read_name("Sum Qty (lbs)").0.map(|u| u.id), Some("lb"));
        assert_eq!(read_name("Notas").1, None);
    }

    #[test]
    fn the_tables_say_only_what_exists_and_each_name_once() {
        let names: Vec<_> = lines::<3>(include_str!("words.csv")).map(|[name, ..]| name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for name in names {
            assert_eq!(words(name).join(" "), name);
            assert!(!crate::persons::looks_like_a_person(name), "{name}");
        }
        for [hint, measure, unit, substance] in lines::<4>(include_str!("measures.csv")) {
            assert!(measures().get(measure).is_some() && units().get(unit).is_some(), "{hint}");
            assert!(substance.is_empty() || substances().get(substance).is_some(), "{hint}");
        }
        assert_eq!(measured("coca_crops_2001-2022.csv").map(|m| m.measure), Some("coca-area"));
        assert_eq!(measured("cocaine").map(|m| m.measure), None, "cocaine is not coca");
    }
}

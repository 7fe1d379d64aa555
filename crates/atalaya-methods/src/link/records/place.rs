//! Places compared as texts of several languages and habits.
//!
//! # Answers
//! Do two records name one place?
//!
//! # Source
//! Token overlap weighted by inverse document frequency, with a secondary string
//! similarity for words (Cohen, Ravikumar and Fienberg 2003, "soft TF-IDF", IJCAI IIWeb).
//!
//! # Assumes
//! Words that stand in many place names (district, oblast, airport) say little, so
//! no list of prefixes is needed: the data give their weight.
//!
//! # Shapes and units
//! Pairs (division, place) of texts in; one of six levels out.
//!
//! # Cost
//! O(words of both) a pair; words are folded once.
//!
//! # Does not
//! Know distances on the map.
//!
//! # Checked by
//! The tests below.

use std::collections::BTreeMap;

use crate::Card;
use crate::link::text::{fold, jaro_winkler};

/// What this file does, as data.
pub const CARD: Card = Card {
    id: "place",
    verb: "link",
    name: ["Places across languages", "Lugares entre idiomas"],
    answers: ["Do two records name one place?", "¿Nombran dos registros un mismo lugar?"],
    source: "Cohen, Ravikumar and Fienberg 2003, A comparison of string distance metrics for name-matching tasks, IJCAI IIWeb",
};

/// How two places agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nearness {
    /// One name.
    Same,
    /// Names that share the words that matter.
    Alike,
    /// One division, or one lies in the division the other names.
    Division,
    /// One names no place.
    OneAbsent,
    /// Neither does.
    BothAbsent,
    /// Two places.
    Different,
}

/// Share of the weight of the shorter name's words that must be found in the other.
const OVERLAP: f64 = 0.6;
/// Jaro-Winkler from which two words are one.
const WORD: f64 = 0.92;
/// Letters from which a word may stand for a longer one that begins or ends with it.
const STEM: usize = 5;

#[derive(Debug, Clone, Default)]
struct Name {
    whole: String,
    words: Vec<(String, f64)>,
}

/// Every pair of division and place of a table, folded.
#[derive(Debug, Clone, Default)]
pub struct Places {
    list: Vec<(Name, Name)>,
}

impl Places {
    /// Folds pairs (division, place); a place is known by its position.
    pub fn new<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Places {
        let folded: Vec<(String, String)> = pairs.map(|(admin, place)| (folded(admin), folded(place))).collect();
        let mut held: BTreeMap<&str, u32> = BTreeMap::new();
        for (admin, place) in &folded {
            for word in crate::link::text::tokens(place).into_iter().chain(crate::link::text::tokens(admin)) {
                *held.entry(word).or_default() += 1;
            }
        }
        let all = folded.len() as f64 + 1.0;
        let name = |text: &str| Name {
            whole: text.to_string(),
            words: crate::link::text::tokens(text)
                .into_iter()
                .map(|w| (w.to_string(), (all / f64::from(held.get(w).copied().unwrap_or(1))).ln().max(0.01)))
                .collect(),
        };
        Places { list: folded.iter().map(|(admin, place)| (name(admin), name(place))).collect() }
    }

    /// How two of them agree.
    pub fn compare(&self, a: u32, b: u32) -> Nearness {
        let ((admin_a, place_a), (admin_b, place_b)) = (&self.list[a as usize], &self.list[b as usize]);
        let empty = |n: &Name| n.words.is_empty();
        match (empty(place_a), empty(place_b)) {
            (false, false) if place_a.whole == place_b.whole => return Nearness::Same,
            (false, false) if alike(place_a, place_b) => return Nearness::Alike,
            (true, true) if empty(admin_a) && empty(admin_b) => return Nearness::BothAbsent,
            _ => {}
        }
        let divisions = !empty(admin_a) && !empty(admin_b);
        if divisions && (admin_a.whole == admin_b.whole || alike(admin_a, admin_b)) {
            return Nearness::Division;
        }
        // A place of one may be the division of the other.
        let within = |place: &Name, admin: &Name| !empty(place) && !empty(admin) && alike(place, admin);
        if within(place_a, admin_b) || within(place_b, admin_a) {
            return Nearness::Division;
        }
        let silent = |place: &Name, admin: &Name| empty(place) && empty(admin);
        if silent(place_a, admin_a) || silent(place_b, admin_b) {
            return Nearness::OneAbsent;
        }
        if !divisions && (empty(place_a) || empty(place_b)) { Nearness::OneAbsent } else { Nearness::Different }
    }
}

/// A name folded; a dot ends a word, as in `г.Усть-Каменогорск`.
pub(super) fn folded(text: &str) -> String {
    fold(&text.replace('.', ". "))
}

fn alike(a: &Name, b: &Name) -> bool {
    let weight = |n: &Name| n.words.iter().map(|w| w.1).sum::<f64>();
    let (short, long) = if weight(a) <= weight(b) { (a, b) } else { (b, a) };
    let found: f64 = short.words.iter().filter(|w| long.words.iter().any(|o| one_word(&w.0, &o.0))).map(|w| w.1).sum();
    found >= OVERLAP * weight(short) || jaro_winkler(&a.whole, &b.whole) >= WORD
}

fn one_word(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.len() >= STEM && (long.starts_with(short) || long.ends_with(short) || jaro_winkler(a, b) >= WORD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(a: (&str, &str), b: (&str, &str)) -> Nearness {
        // Names beside them, so that common words weigh little.
        let others = (0..40).map(|_| ("oblast", "city bcp"));
        let places = Places::new([a, b].into_iter().chain(others));
        assert_eq!(places.compare(0, 1), places.compare(1, 0), "both ways");
        places.compare(0, 1)
    }

    #[test]
    fn scripts_prefixes_and_abbreviations_do_not_part_a_place() {
        assert_eq!(of(("", "г.Усть-Каменогорск"), ("", "Ust-Kamenogorsk, East Kazakhstan")), Nearness::Alike);
        assert_eq!(of(("", "RDRempart"), ("", "RIVIERE DU REMPART")), Nearness::Alike);
        assert_eq!(of(("", "Vladikavkaz"), ("Respublika Severnaya Osetiya", "Vladikavkaz city")), Nearness::Alike);
        assert_eq!(of(("", "Жамбылская область"), ("", "Zhambyl")), Nearness::Alike);
        assert_eq!(of(("Vienna", "Vienna"), ("", "Vienna")), Nearness::Same);
        assert_eq!(of(("", "GRAND PORT"), ("", "Grand Port")), Nearness::Same);
    }

    #[test]
    fn a_division_is_less_than_a_place_and_more_than_nothing() {
        assert_eq!(of(("Antioquia", "Medellín"), ("ANTIOQUIA", "Rionegro")), Nearness::Division);
        assert_eq!(of(("", "Antioquia"), ("ANTIOQUIA", "Rionegro")), Nearness::Division);
        assert_eq!(of(("", ""), ("ANTIOQUIA", "Rionegro")), Nearness::OneAbsent);
        assert_eq!(of(("", ""), ("", "")), Nearness::BothAbsent);
        assert_eq!(of(("", "Lebrija"), ("", "Cúcuta")), Nearness::Different);
        assert_eq!(of(("A city", "Lebrija city"), ("B city", "Cúcuta city")), Nearness::Different);
    }
}

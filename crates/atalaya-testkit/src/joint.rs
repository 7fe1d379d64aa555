//! A made-up world of joint seizures: one event, sometimes claimed by two agencies, each in its own
//! words.

use std::fmt::Write;

use atalaya_kernel::{Date, Seed};

/// Events.
pub const EVENTS: u32 = 26;
/// Events that a second agency claims, too: the first ones.
pub const CLAIMED: u32 = 16;

/// What is true of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The event of each row, from 0.
    pub event: Vec<u32>,
    /// Two rows that look alike and are two events.
    pub alike: [usize; 2],
}

/// Places as one agency and as the other writes them.
const PLACES: [[&str; 2]; 5] = [
    ["Callao", "Puerto del Callao"],
    ["Paita", "PAITA"],
    ["Iquique", "Iquique (puerto)"],
    ["Ilo", "Ilo"],
    ["Chimbote", "Bahía de Chimbote"],
];
const DRUGS: [&str; 3] = ["Cocaine HCL", "Coca paste", "Cannabis Herb (Marijuana)"];
const WAYS: [[&str; 2]; 3] = [["Container", "Commercial sea"], ["Car parts", "Private road"], ["Baggage", "Commercial air"]];

/// The header of the world's file.
pub const HEADER: &str = "country,place,agency,date,drug,amount,unit,hidden,transport,to";

/// 42 rows as a CSV, police first, then the navy, and what is true of them.
pub fn csv(seed: Seed) -> (String, Truth) {
    let mut text = format!("{HEADER}\n");
    let mut truth = Truth { event: Vec::new(), alike: [0, 0] };
    let first = Date::new(2021, 1, 4).map_or(0, |d| d.0);
    let mut navy = Vec::new();
    for event in 0..EVENTS {
        let mut chance = seed.stream(u64::from(event));
        let day = first + event as i32 * 13 + chance.below(5) as i32;
        let [place, other_place] = *chance.pick(&PLACES);
        let (drug, [hidden, transport]) = (*chance.pick(&DRUGS), *chance.pick(&WAYS));
        let grams = 20_000 + chance.below(900_000);
        let kilograms = format!("{}.{:03}", grams / 1000, grams % 1000);
        if event == CLAIMED + 1 {
            continue;
        }
        let _ = writeln!(text, "Peru,{place},Police,{},{drug},{kilograms},Kilogram,{hidden},{transport},Spain", Date(day));
        truth.event.push(event);
        if event < CLAIMED {
            // The navy writes grams, whole kilograms, or the day after.
            let (amount, unit) = match event % 3 {
                0 => (grams.to_string(), "Gram"),
                1 => ((grams / 1000).to_string(), "Kilogram"),
                _ => (kilograms, "Kilogram"),
            };
            let date = Date(day + i32::from(event % 4 == 3));
            navy.push((event, format!("Peru,{other_place},Navy,{date},{drug},{amount},{unit},,{transport},")));
        } else if event == CLAIMED {
            // A day later, at the same place, nearly as much: another ship, bound elsewhere.
            truth.alike[0] = truth.event.len() - 1;
            let near = grams + grams / 160;
            let line =
                format!("Peru,{place},Navy,{},{drug},{}.{:03},Kilogram,Hull,Fishing boat,Belgium", Date(day + 1), near / 1000, near % 1000);
            navy.push((CLAIMED + 1, line));
        }
    }
    for (event, line) in navy {
        if event == CLAIMED + 1 {
            truth.alike[1] = truth.event.len();
        }
        text += &line;
        text.push('\n');
        truth.event.push(event);
    }
    (text, truth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_42_records_of_26_events() {
        let (text, truth) = csv(Seed(1));
        assert_eq!(text.lines().count(), 43);
        let mut events = truth.event.clone();
        events.sort_unstable();
        events.dedup();
        assert_eq!((truth.event.len(), events.len()), (42, 26));
        assert_ne!(truth.event[truth.alike[0]], truth.event[truth.alike[1]]);
        assert_eq!((text.clone(), truth), csv(Seed(1)));
    }
}

//! A made-up world of reported seizures, in the columns of the UNODC file, with every oddity of
//! real files planted in known numbers.

use std::fmt::Write;

use atalaya_kernel::seed::Stream;
use atalaya_kernel::{Date, Seed};

/// How many of each oddity were planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Truth {
    /// Rows in all.
    pub rows: u64,
    /// Rows whose country no list knows: they must be held.
    pub unknown_country: u64,
    /// Rows of more than 2,000 kg at an airport.
    pub heavy_by_air: u64,
    /// Rows that leave for where they came from.
    pub departure_is_destination: u64,
    /// Rows without a unit.
    pub without_unit: u64,
}

/// Reporters: name, share of reports in 1/100, latitude of reporting (places).
const REPORTERS: [(&str, u64, [&str; 3]); 8] = [
    ("Peru", 22, ["Puerto Norte (simulated)", "Valle Alto (simulated)", "Lima (simulated)"]),
    ("Colombia", 30, ["Costa Sur (simulated)", "Llano Verde (simulated)", "Bogotá (simulated)"]),
    ("Bolivia (Plurinational State of)", 10, ["Chapare (simulated)", "Altiplano (simulated)", "Santa Cruz (simulated)"]),
    ("Ecuador", 14, ["Puerto Azul (simulated)", "Quito (simulated)", "Frontera Norte (simulated)"]),
    ("Brazil", 8, ["Santos (simulated)", "Tabatinga (simulated)", "Manaus (simulated)"]),
    ("Spain", 8, ["Algeciras (simulated)", "Valencia (simulated)", "Barajas (simulated)"]),
    ("United States", 4, ["Puerto Este (simulated)", "Paso Sur (simulated)", "Bahía (simulated)"]),
    ("Chile", 4, ["Arica (simulated)", "Iquique (simulated)", "Santiago (simulated)"]),
];
const DRUGS: [(&str, u64); 7] = [
    ("Cocaine HCL", 28),
    ("Coca paste", 26),
    ("Cocaine Base", 18),
    ("Coca leaf", 8),
    ("Cannabis Herb (Marijuana)", 14),
    ("Heroin", 3),
    ("Ecstasy", 3),
];
const TRANSPORT: [&str; 6] = ["Commercial sea", "Private road", "Commercial air", "Land", "", "Mail"];

/// The header of the world's file.
pub const HEADER: &str = "REGION;SUBREGION;COUNTRY;ADMINISTRATIVE_DIVISION;PLACE;SEIZURE_DATE;DRUG_NAME;AMOUNT;DRUG_UNIT;HIDING_PLACE;INSTALLATION;TRANSPORT;PRODUCING_COUNTRY;DEPARTURE_COUNTRY;DESTINATION_COUNTRY;ROUTING";

/// `rows` made-up seizures of 2019-2024 as a CSV, and what was planted. Equal for equal seeds.
pub fn csv(rows: u64, seed: Seed) -> (String, Truth) {
    let mut text = String::with_capacity(rows as usize * 130);
    text.push_str(HEADER);
    text.push('\n');
    let mut truth = Truth { rows, ..Truth::default() };
    for row in 0..rows {
        line(&mut text, &mut truth, row, &mut seed.stream(row));
    }
    (text, truth)
}

fn line(text: &mut String, truth: &mut Truth, row: u64, chance: &mut Stream) {
    let (country, _, places) = weighted(&REPORTERS, |r| r.1, chance);
    let (drug, _) = weighted(&DRUGS, |d| d.1, chance);
    let first = Date::new(2019, 1, 1).map_or(0, |d| d.0);
    let date = Date(first + chance.below(2192) as i32);
    let (mut amount, mut unit) = amount(drug, chance);
    let mut transport = *chance.pick(&TRANSPORT);
    let mut installation = if transport == "Commercial sea" { "Port" } else { "" };
    let (mut departure, mut destination) = route(country, chance);
    let mut reporter = *country;
    // One planted oddity in some rows, at fixed places so that their number is known.
    match row % 500 {
        17 => {
            reporter = "Atlántida (simulated)";
            truth.unknown_country += 1;
        }
        119 => {
            (amount, unit, transport, installation) = ("3200000".into(), "Gram", "Commercial air", "Airport");
            truth.heavy_by_air += 1;
        }
        233 => {
            (departure, destination) = ("Panama", "Panama");
            truth.departure_is_destination += 1;
        }
        377 => {
            unit = "";
            truth.without_unit += 1;
        }
        _ => {}
    }
    let place = chance.pick(places);
    let _ = writeln!(
        text,
        ";;{reporter};;{place};{date};{drug};{amount};{unit};;{installation};{transport};Unknown;{departure};{destination};"
    );
}

fn weighted<'a, T>(list: &'a [T], weight: impl Fn(&T) -> u64, chance: &mut Stream) -> &'a T {
    let mut left = chance.below(list.iter().map(&weight).sum());
    for item in list {
        if left < weight(item) {
            return item;
        }
        left -= weight(item);
    }
    &list[0]
}

/// An amount and its unit: mostly small, now and then a tonne; grams and tablets among them.
fn amount(drug: &str, chance: &mut Stream) -> (String, &'static str) {
    if drug == "Ecstasy" {
        return ((1 + chance.below(5000)).to_string(), "Tablet");
    }
    // Log-normal by twelve uniforms: median 0.4 kg, heavy tail.
    let normal = (0..12).map(|_| chance.unit()).sum::<f64>() - 6.0;
    let kg = 0.4 * 10f64.powf(normal);
    if chance.below(4) == 0 { (format!("{:.1}", kg * 1000.0), "Gram") } else { (format!("{kg:.3}"), "Kilogram") }
}

fn route(country: &str, chance: &mut Stream) -> (&'static str, &'static str) {
    const ROUTES: [(&str, &str); 6] = [
        ("Peru", "Brazil"),
        ("Colombia", "Ecuador"),
        ("Ecuador", "Spain"),
        ("Colombia", "United States"),
        ("Bolivia (Plurinational State of)", "Chile"),
        ("Peru", "Bolivia (Plurinational State of)"),
    ];
    if chance.below(10) < 7 {
        return ("", "");
    }
    let (from, to) = *chance.pick(&ROUTES);
    if from == country || to == country { (from, to) } else { ("Unknown", to) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_make_equal_worlds_with_the_planted_oddities() {
        let (text, truth) = csv(1_000, Seed(1));
        assert_eq!(text, csv(1_000, Seed(1)).0);
        assert_ne!(text, csv(1_000, Seed(2)).0);
        assert_eq!(truth, Truth { rows: 1_000, unknown_country: 2, heavy_by_air: 2, departure_is_destination: 2, without_unit: 2 });
        assert_eq!(text.lines().count(), 1_001);
        assert_eq!(text.matches("Atlántida").count(), 2);
    }
}

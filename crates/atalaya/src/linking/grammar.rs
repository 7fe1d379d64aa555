//! The small language of levels and keys: `jaro-winkler 0.9 and exact surname`, `prefix(dob, 4)`.

use atalaya_kernel::{Both, both};
use atalaya_methods::link::tables::blocking::Key;
use atalaya_methods::link::tables::compare::{Condition, Measure};

/// Days of an average month and year.
const MONTH: f64 = 30.436_875;
const YEAR: f64 = 365.2425;

/// The tests a level may use, as a person writes them.
pub const TESTS: &[&str] = &[
    "exact",
    "swapped",
    "jaro-winkler",
    "levenshtein",
    "damerau-levenshtein",
    "prefix",
    "begins",
    "days",
    "months",
    "years",
    "within",
    "percent",
    "km",
    "common",
    "jaccard",
    "contained",
];

/// The keys a blocking rule may use.
pub const KEYS: &[&str] = &["prefix", "soundex", "year", "month", "days", "span", "percent"];

/// Place of a column.
pub fn column(name: &str, columns: &[String]) -> Result<usize, Both> {
    columns.iter().position(|c| c == name).ok_or_else(|| {
        let known = columns.join(", ");
        both!("there is no column {name}; there are {known}", "no hay columna {name}; hay {known}")
    })
}

/// The conditions of a level: alternatives of conditions that must all hold.
///
/// * `own`: the comparison's columns, meant where a test names none.
pub fn level(text: &str, own: &[usize], columns: &[String]) -> Result<Vec<Vec<Condition>>, Both> {
    text.split(" or ")
        .map(|all| {
            let tests = all.split(" and ").map(|test| conditions(test.trim(), own, columns)).collect::<Result<Vec<_>, _>>()?;
            Ok(tests.concat())
        })
        .collect()
}

fn conditions(test: &str, own: &[usize], columns: &[String]) -> Result<Vec<Condition>, Both> {
    let mut words: Vec<&str> = test.split_whitespace().collect();
    let name = if words.is_empty() { "" } else { words.remove(0) };
    if !TESTS.contains(&name) {
        let known = TESTS.join(", ");
        return Err(both!("{name:?} is no test; tests are {known}", "{name:?} no es una prueba; las pruebas son {known}"));
    }
    let bound = words.last().and_then(|w| bounds(w));
    if bound.is_some() {
        words.pop();
    }
    let named = words.iter().map(|w| column(w, columns)).collect::<Result<Vec<usize>, _>>()?;
    let of = if named.is_empty() { own.to_vec() } else { named };
    let needs = !matches!(name, "exact" | "swapped");
    if needs && bound.is_none() {
        return Err(both!("{name} needs a number: `{name} 2`", "{name} necesita un número: `{name} 2`"));
    }
    let (low, high) = bound.unwrap_or((1.0, 1.0));
    let pair = || match of.as_slice() {
        [a, b] => Ok((*a, *b)),
        _ => Err(both!("{name} takes two columns", "{name} requiere dos columnas")),
    };
    let of_each = |measure: fn(usize) -> Measure, low: f64, high: f64| {
        of.iter().map(|c| Condition { measure: measure(*c), low, high }).collect::<Vec<_>>()
    };
    let range = test.contains("..");
    // One number bounds a difference on both sides: `days 4` is -4 to 4.
    let both_sides = |scale: f64| if range { (low * scale, high * scale) } else { (-high * scale, high * scale) };
    Ok(match name {
        "exact" => of_each(Measure::Equal, 1.0, 1.0),
        "swapped" => pair().map(|(a, b)| vec![Condition { measure: Measure::Swapped(a, b), low: 1.0, high: 1.0 }])?,
        "km" => pair().map(|(a, b)| vec![Condition { measure: Measure::Kilometres(a, b), low: 0.0, high }])?,
        "jaro-winkler" => of_each(Measure::JaroWinkler, low, 1.0),
        "levenshtein" => of_each(Measure::Levenshtein, 0.0, high),
        "damerau-levenshtein" => of_each(Measure::DamerauLevenshtein, 0.0, high),
        "prefix" => of_each(Measure::Prefix, low, f64::MAX),
        "begins" => of_each(Measure::Begins, low, f64::MAX),
        "days" => of_each(Measure::Days, both_sides(1.0).0, both_sides(1.0).1),
        "months" => of_each(Measure::Days, both_sides(MONTH).0, both_sides(MONTH).1),
        "years" => of_each(Measure::Days, both_sides(YEAR).0, both_sides(YEAR).1),
        "within" => of_each(Measure::Difference, 0.0, high),
        "percent" => of_each(Measure::Percent, 0.0, high),
        "common" => of_each(Measure::Common, low, f64::MAX),
        "jaccard" => of_each(Measure::Jaccard, low, 1.0),
        _ => of_each(Measure::Contained, low, 1.0),
    })
}

/// `4` is 4 to 4, `0..4` is 0 to 4.
fn bounds(word: &str) -> Option<(f64, f64)> {
    match word.split_once("..") {
        Some((low, high)) => Some((low.parse().ok()?, high.parse().ok()?)),
        None => word.parse().ok().map(|x: f64| (x, x)),
    }
}

/// The column of a key.
pub fn key_column(text: &str) -> Result<&str, Both> {
    parts(text).map(|(_, column, _)| column)
}

fn parts(text: &str) -> Result<(&str, &str, Vec<f64>), Both> {
    let Some((name, rest)) = text.split_once('(') else { return Ok(("", text.trim(), Vec::new())) };
    let unreadable = || {
        let known = KEYS.join(", ");
        both!(
            "{text:?} is no key: a column, or one of {known} with a column and numbers, as in `prefix(surname, 3)`",
            "{text:?} no es una clave: una columna, o una de {known} con una columna y números, como en `prefix(surname, 3)`"
        )
    };
    let inside = rest.strip_suffix(')').ok_or_else(unreadable)?;
    let mut pieces = inside.split(',').map(str::trim);
    let column = pieces.next().filter(|c| !c.is_empty()).ok_or_else(unreadable)?;
    let numbers = pieces.map(|p| p.parse().map_err(|_| unreadable())).collect::<Result<Vec<f64>, _>>()?;
    if !KEYS.contains(&name.trim()) {
        return Err(unreadable());
    }
    Ok((name.trim(), column, numbers))
}

/// A key of a blocking rule.
pub fn key(text: &str, columns: &[String]) -> Result<Key, Both> {
    let (name, of, numbers) = parts(text)?;
    let at = column(of, columns)?;
    let wrong = || both!("{text:?}: {name} takes other numbers", "{text:?}: {name} lleva otros números");
    Ok(match (name, numbers.as_slice()) {
        ("", []) => Key::Whole(at),
        ("prefix", [n]) if *n >= 1.0 && n.fract() == 0.0 => Key::Prefix(at, *n as usize),
        ("soundex", []) => Key::Soundex(at),
        ("year", []) => Key::Year(at),
        ("month", []) => Key::Month(at),
        ("days", [width, shift @ ..]) if *width >= 1.0 && shift.len() < 2 => {
            Key::Days(at, *width as i32, shift.first().map_or(0, |s| *s as i32))
        }
        ("span", [width, shift @ ..]) if *width > 0.0 && shift.len() < 2 => Key::Span(at, *width, shift.first().copied().unwrap_or(0.0)),
        ("percent", [width, shift @ ..]) if *width > 0.0 && shift.len() < 2 => {
            Key::Ratio(at, *width, shift.first().copied().unwrap_or(0.0))
        }
        _ => return Err(wrong()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<String> {
        ["first", "last", "dob"].map(String::from).to_vec()
    }

    #[test]
    fn levels_read_as_they_are_said() {
        let one = |measure, low, high| vec![vec![Condition { measure, low, high }]];
        let read = |text: &str, own: &[usize]| level(text, own, &columns()).unwrap();
        assert_eq!(read("exact", &[0]), one(Measure::Equal(0), 1.0, 1.0));
        assert_eq!(read("jaro-winkler last 0.9", &[0]), one(Measure::JaroWinkler(1), 0.9, 1.0));
        assert_eq!(read("days 0..4", &[2]), one(Measure::Days(2), 0.0, 4.0));
        assert_eq!(read("days 4", &[2]), one(Measure::Days(2), -4.0, 4.0));
        assert_eq!(read("exact", &[0, 1])[0].len(), 2);
        assert_eq!(read("swapped", &[0, 1]), one(Measure::Swapped(0, 1), 1.0, 1.0));
        let either = read("exact first and years dob 1 or damerau-levenshtein dob 1", &[0]);
        assert_eq!((either.len(), either[0].len()), (2, 2));
    }

    #[test]
    fn what_cannot_be_read_says_what_can() {
        for (text, part) in [
            ("like 3", "no test"),
            ("days", "needs a number"),
            ("exact nobody", "no column nobody"),
            ("swapped", "two columns"),
            ("", "no test"),
        ] {
            let found = level(text, &[0], &columns()).unwrap_err();
            assert!(found.en.contains(part), "{text}: {found:?}");
        }
        for text in ["prefix(first", "sounds(first)", "prefix(first)", "prefix(first, x)", "days(dob, 0)", "nobody"] {
            assert!(key(text, &columns()).is_err(), "{text}");
        }
        assert_eq!(key("prefix(last, 3)", &columns()), Ok(Key::Prefix(1, 3)));
        assert_eq!(key("days(dob, 14, 7)", &columns()), Ok(Key::Days(2, 14, 7)));
        assert_eq!(key_column("year( dob )"), Ok("dob"));
    }
}

//! What a table must be before any format writes it.

use std::collections::BTreeSet;

use atalaya_kernel::both::shown;
use atalaya_kernel::{Both, Period, Problem, both};

use crate::table::{FieldKind, Table};

/// Looks at the names, the shape and every cell that is not text.
///
/// # Errors
/// `table-name`, `table-shape`, `table-cell`: faults of the caller, found before a file is touched.
pub(crate) fn check(table: &Table) -> Result<(), Problem> {
    let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if table.id.is_empty() || !table.id.starts_with(|c: char| c.is_ascii_lowercase()) || !table.id.chars().all(kebab) {
        return Err(name(&table.id));
    }
    let mut seen = BTreeSet::new();
    for field in &table.columns {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let begins = field.id.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !begins || !field.id.chars().all(fits) || !seen.insert(field.id.to_ascii_lowercase()) {
            return Err(name(&field.id));
        }
    }
    let wanted = table.columns.len();
    for (at, row) in table.rows.iter().enumerate() {
        let found = row.len();
        if found != wanted || wanted == 0 {
            let place = format!("{} row {}", table.id, at + 1);
            let what = both!("has {found} cells for {wanted} columns", "tiene {found} celdas para {wanted} columnas");
            return Err(Problem::new("table-shape", place, what, of_the_program()));
        }
        for (field, cell) in table.columns.iter().zip(row) {
            let Some(text) = cell.as_deref().filter(|text| !fits(field.kind, text)) else { continue };
            let (text, kind) = (shown(text), kind_name(field.kind));
            let place = format!("{} row {} column {}", table.id, at + 1, field.id);
            let (en, es) = (kind.en, kind.es);
            return Err(Problem::new("table-cell", place, both!("{text:?} is not {en}", "{text:?} no es {es}"), of_the_program()));
        }
    }
    Ok(())
}

fn name(found: &str) -> Problem {
    let found = shown(found);
    let what = both!(
        "{found:?} cannot name a table or a column, or does so twice",
        "{found:?} no puede nombrar una tabla o columna, o lo hace dos veces"
    );
    let todo = Both::new("use letters, digits and hyphens, each name once", "use letras, cifras y guiones, cada nombre una sola vez");
    Problem::new("table-name", "", what, todo)
}

fn of_the_program() -> Both {
    Both::new("report this: the program made the table", "informe de esto: la tabla la hizo el programa")
}

fn kind_name(kind: FieldKind) -> Both {
    match kind {
        FieldKind::Count => Both::new("a whole number", "un número entero"),
        FieldKind::Decimal => Both::new("a plain decimal", "un decimal sencillo"),
        FieldKind::Date => Both::new("a date", "una fecha"),
        FieldKind::Text | FieldKind::Figure => Both::new("a text", "un texto"),
    }
}

fn fits(kind: FieldKind, text: &str) -> bool {
    match kind {
        FieldKind::Text | FieldKind::Figure => true,
        FieldKind::Count => is_plain(text) && text.parse::<i64>().is_ok(),
        FieldKind::Decimal => is_plain(text),
        FieldKind::Date => period(text).is_some(),
    }
}

/// `-12.5`: an optional minus, digits, and digits behind one point.
pub(crate) fn is_plain(text: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let body = text.strip_prefix('-').unwrap_or(text);
    match body.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(body),
    }
}

/// A period as the kernel reads it; `None` also for text that is not ASCII.
pub(crate) fn period(text: &str) -> Option<Period> {
    text.is_ascii().then(|| Period::parse(text)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_pass_as_numbers() {
        for text in ["0", "-5", "0.117", "100000000000000000000000000.123456789"] {
            assert!(is_plain(text), "{text}");
        }
        for text in ["", "-", "+1", "=1", "1e5", ".5", "5.", "1,5", "--1", "1.2.3", " 1", "NaN", "１"] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn a_count_fits_sixty_four_bits() {
        assert!(fits(FieldKind::Count, "9223372036854775807"));
        assert!(!fits(FieldKind::Count, "9223372036854775808"));
        assert!(!fits(FieldKind::Count, "1.5"));
        assert!(!fits(FieldKind::Date, "abcéQ1"));
    }
}

//! Figures of consumption and production that a user brings: small CSV files.

use std::collections::BTreeMap;
use std::path::Path;

use super::question::Produced;
use crate::query::area_named;
use atalaya_kernel::{Both, Problem, both};

/// Reads `area,kg,cv`, a header first.
///
/// # Errors
/// `io`, `bad-figures`, `unknown-area`.
pub(crate) fn consumption(path: &Path) -> Result<BTreeMap<String, [f64; 2]>, Problem> {
    let mut out = BTreeMap::new();
    for row in rows(path, &["area", "kg", "cv"])? {
        out.insert(area_named(&row.text[0], "--consumption")?.into(), [row.number(1, 0.0)?, row.number(2, 0.0)?]);
    }
    Ok(out)
}

/// Reads `area,year,vintage,kg,cv`, a header first.
///
/// # Errors
/// `io`, `bad-figures`, `unknown-area`.
pub(crate) fn production(path: &Path) -> Result<BTreeMap<String, Vec<Produced>>, Problem> {
    let mut out: BTreeMap<String, Vec<Produced>> = BTreeMap::new();
    for row in rows(path, &["area", "year", "vintage", "kg", "cv"])? {
        let (year, vintage) = (row.number(1, 1900.0)? as i32, row.number(2, 1900.0)? as i32);
        let figure = Produced(year, vintage, row.number(3, f64::MIN_POSITIVE)?, row.number(4, f64::MIN_POSITIVE)?);
        out.entry(area_named(&row.text[0], "--production")?.into()).or_default().push(figure);
    }
    Ok(out)
}

/// A line of a file.
pub(crate) struct Row {
    place: String,
    /// Its cells.
    pub text: Vec<String>,
}

impl Row {
    fn number(&self, at: usize, least: f64) -> Result<f64, Problem> {
        let text = &self.text[at];
        text.parse().ok().filter(|n: &f64| n.is_finite() && *n >= least).ok_or_else(|| {
            Problem::new(
                "bad-figures",
                &self.place,
                both!("{text:?} is no number of this kind", "{text:?} no es un número de este tipo"),
                Both::new(
                    "write numbers with a decimal point; masses in kilograms",
                    "escriba los números con punto decimal; las masas en kilogramos",
                ),
            )
        })
    }
}

/// The lines of a small CSV file whose header is `head`.
///
/// # Errors
/// `io`, `bad-figures`.
pub(crate) fn rows(path: &Path, head: &[&str]) -> Result<Vec<Row>, Problem> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| Problem::io(&shown, &e))?;
    let mut out = Vec::new();
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let place = format!("{shown} line {}", at + 1);
        let cells: Vec<String> = line.split(',').map(|c| c.trim().trim_matches('"').to_string()).collect();
        if cells.len() != head.len() || at == 0 && cells != head {
            let wanted = head.join(",");
            return Err(Problem::new(
                "bad-figures",
                place,
                both!("{line:?} does not have the columns {wanted}", "{line:?} no tiene las columnas {wanted}"),
                both!("begin the file with the line {wanted}", "empiece el archivo con la línea {wanted}"),
            ));
        }
        if at > 0 {
            out.push(Row { place, text: cells });
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn figures_are_read() {
        let found = consumption(file("area,kg,cv\nES,20000,0.4\nBrasil,90000,0.5\n").path()).unwrap();
        assert_eq!((found["ES"], found["BR"], found.get("FR")), ([20_000.0, 0.4], [90_000.0, 0.5], None));
        let made = production(file("area,year,vintage,kg,cv\nPE,2015,2016,380000,0.15\n").path()).unwrap();
        assert_eq!(made["PE"], [Produced(2015, 2016, 380_000.0, 0.15)]);
    }

    #[test]
    fn refusals_say_where() {
        assert_eq!(consumption(file("country,kg\nES,1\n").path()).unwrap_err().id, "bad-figures");
        let problem = consumption(file("area,kg,cv\nES,-1,0.4\n").path()).unwrap_err();
        assert!(problem.place.ends_with("line 2"), "{problem:?}");
        assert_eq!(production(file("area,year,vintage,kg,cv\nPE,2015,2016,0,0.1\n").path()).unwrap_err().id, "bad-figures");
        assert!(consumption(Path::new("/nowhere.csv")).is_err());
    }
}

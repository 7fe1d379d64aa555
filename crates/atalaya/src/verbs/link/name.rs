//! Records as a person names them, and as they are told.

use atalaya_kernel::record::NO_DAY;
use atalaya_kernel::{Both, Date, Lang, Period, Precision, Problem, both};
use atalaya_store::Intake;

use crate::observatory::Eye;
use crate::query::label_of;

/// What can be typed for a record.
const FORM: &str = "FILE:ROW, FILE:PART:ROW";

/// Pairs of rows out of a flat list of names.
///
/// # Errors
/// `link-pair`, `no-record`, `record-not-told-apart`.
pub(super) fn pairs(eye: &Eye, names: &[String]) -> Result<Vec<[u32; 2]>, Problem> {
    let (pairs, rest) = names.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Problem::new(
            "link-pair",
            names.join(","),
            Both::new("one record has no other", "un registro no tiene pareja"),
            both!("name two: --pair {FORM}", "nombre dos: --pair {FORM}"),
        ));
    }
    pairs.iter().map(|[a, b]| Ok([row(eye, a)?, row(eye, b)?])).collect()
}

/// The row of a record: its file by source or by the first digits of its hash, its part of the
/// file if there are several, its row there.
fn row(eye: &Eye, name: &str) -> Result<u32, Problem> {
    let words: Vec<&str> = name.trim().split(':').collect();
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| *n > 0);
    let (file, part, ordinal) = match words.as_slice() {
        [file, ordinal] => (*file, None, number(ordinal)),
        [file, part, ordinal] => (*file, Some(number(part)), number(ordinal)),
        _ => ("", None, None),
    };
    let (Some(ordinal), false) = (ordinal, file.is_empty() || part == Some(None)) else {
        return Err(Problem::new(
            "no-record",
            name,
            both!("is not of the form {FORM}", "no tiene la forma {FORM}"),
            Both::new(
                "the file is a source or the first digits of its hash; rows are numbered from 1",
                "el archivo es una fuente o los primeros dígitos de su hash; las filas se numeran desde 1",
            ),
        ));
    };
    let meant = |i: &&Intake, at: usize| {
        let of = i.files.get(at);
        i.source == file || file.len() >= 4 && of.is_some_and(|f| f.sha256.starts_with(file))
    };
    let column = eye.cube.column("intake").unwrap_or(0);
    let fits = |row: &u32| {
        let (member, at) = eye.cube.place(*row as usize);
        let right = at == ordinal && part.flatten().is_none_or(|p| p == u32::from(member) + 1);
        right && {
            let intake = eye.cube.number(*row as usize, column);
            eye.intakes.iter().find(|i| i.id == i64::from(intake)).is_some_and(|i| meant(&i, usize::from(member)))
        }
    };
    let found: Vec<u32> = (0..eye.cube.len() as u32).filter(fits).collect();
    match found.as_slice() {
        [row] => Ok(*row),
        [] => Err(Problem::new(
            "no-record",
            name,
            Both::new("no record in force has this name", "ningún registro vigente tiene este nombre"),
            Both::new("`atalaya table records` lists them, with part and row", "`atalaya table records` los lista, con parte y fila"),
        )),
        many => {
            let count = many.len();
            Err(Problem::new(
                "record-not-told-apart",
                name,
                both!("{count} records have this name", "{count} registros tienen este nombre"),
                both!("name the file by its hash, and the part: {FORM}", "nombre el archivo por su hash, y la parte: {FORM}"),
            ))
        }
    }
}

/// The date of a row as it was reported.
pub(super) fn date(eye: &Eye, row: u32) -> String {
    let day = eye.cube.column("day").map_or(NO_DAY, |c| eye.cube.number(row as usize, c) as i32);
    let precision = Precision::from_code(eye.cube.precision(row as usize)).unwrap_or(Precision::Day);
    if day == NO_DAY { String::new() } else { Period { start: Date(day), precision }.to_string() }
}

/// A field of a row.
pub(super) fn text<'e>(eye: &'e Eye, row: u32, field: &str) -> &'e str {
    eye.cube.column(field).map_or("", |c| eye.cube.text(row as usize, c))
}

/// "Cocaine, Peru, 2016-03-04, 0.407 kg".
pub(super) fn told(eye: &Eye, row: u32) -> Both {
    let say = |lang: Lang| {
        let named = |field: &str| {
            let code = text(eye, row, field);
            label_of(field, code).map_or_else(|| code.to_string(), |b| b.in_lang(lang).to_string())
        };
        let amount = format!("{} {}", text(eye, row, "amount"), text(eye, row, "unit"));
        let parts = [named("substance"), text(eye, row, "place").to_string(), named("area"), date(eye, row), amount.trim().to_string()];
        parts.iter().filter(|p| !p.is_empty()).cloned().collect::<Vec<_>>().join(", ")
    };
    Both::new(say(Lang::En), say(Lang::Es))
}

//! The data beside a bulletin: what each chart, map and table shows, every number used, and a crate
//! that says what was made from what.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Both, Problem, both};
use atalaya_report::publication::{self, Part, Publication, crate_of};
use atalaya_report::{About, Field, FieldKind, Table};
use atalaya_store::sha256_bytes;

use super::edition::Cell;
use super::make::Edition;
use super::manifest::Made;
use crate::answer::{Answer, SourceLine};
use crate::observatory::Observatory;
use crate::publication::{Reader, data_beside, inputs, part_of, publication_of, typed};
use crate::verbs::{Ask, source_note};

/// The answers that charts, maps and tables show, each once.
#[derive(Debug, Default)]
pub(super) struct Shown {
    all: Vec<(Ask, Answer)>,
}

impl Shown {
    pub fn add(&mut self, ask: &Ask, answer: &Answer) {
        if !self.all.iter().any(|(_, known)| known.figure == answer.figure) {
            self.all.push((ask.clone(), answer.clone()));
        }
    }
}

/// The files of the data and, last, the crate of all files.
///
/// # Errors
/// Those of the store and of the formats.
pub(super) fn beside(
    observatory: &Observatory,
    title: &Both,
    editions: &[Edition],
    cells: &[Cell],
    pages: &[(Made, Vec<u8>)],
    reader: Reader<'_>,
) -> Result<Vec<(Made, Vec<u8>)>, Problem> {
    let document = &editions[0].document;
    let mut shown = Shown::default();
    editions.iter().flat_map(|e| &e.shown.all).for_each(|(ask, answer)| shown.add(ask, answer));
    let mut parts = vec![numbers(observatory, editions, cells, reader)?];
    for (n, (ask, answer)) in (1..).zip(&shown.all) {
        parts.push(part_of(observatory, &format!("{}-{n}", ask.what), &typed(ask), answer, reader)?);
    }
    let data = data_beside(observatory, &parts)?;
    let day = &document.prepared;
    let description =
        both!("A bulletin, prepared {day}, with the figures it rests on", "Un boletín, elaborado el {day}, con las cifras en que se apoya");
    let made = publication_of(observatory, title.clone(), description, parts)?;
    let made = Publication { date: document.prepared.clone(), ..made };
    let mut files: Vec<publication::File> = pages.iter().map(|(made, bytes)| page(title, made, bytes)).collect();
    files.extend(data);
    let whole = crate_of(&made, &files)?;
    files.push(whole);
    let named = |file: publication::File| {
        let sha256 = sha256_bytes(&file.bytes);
        (Made { name: file.path, mime: file.media_type, lang: None, bytes: file.bytes.len(), sha256 }, file.bytes)
    };
    Ok(files.into_iter().skip(pages.len()).map(named).collect())
}

fn page(title: &Both, made: &Made, bytes: &[u8]) -> publication::File {
    let name = &made.name;
    publication::File {
        path: name.clone(),
        media_type: made.mime.clone(),
        title: Both::new(format!("{} ({name})", title.en), format!("{} ({name})", title.es)),
        bytes: bytes.to_vec(),
        part: Some(NUMBERS.into()).filter(|_| made.mime.starts_with("text/csv")),
    }
}

/// The part that holds every number used.
const NUMBERS: &str = "numbers";

fn numbers(observatory: &Observatory, editions: &[Edition], cells: &[Cell], reader: Reader<'_>) -> Result<Part, Problem> {
    let sources: BTreeMap<&str, &SourceLine> = editions.iter().flat_map(|e| &e.sources).map(|s| (s.id.as_str(), s)).collect();
    let field = |id: &str, kind, en: &str, es: &str| Field { id: id.into(), label: Both::new(en, es), kind, unit: String::new() };
    let columns = vec![
        field("question_es", FieldKind::Text, "Question in Spanish", "Pregunta en español"),
        field("question_en", FieldKind::Text, "Question in English", "Pregunta en inglés"),
        field("value", FieldKind::Decimal, "Value", "Valor"),
        field("missing", FieldKind::Text, "Missing", "Ausente"),
        field("unit", FieldKind::Text, "Unit", "Unidad"),
        field("sources", FieldKind::Text, "Sources", "Fuentes"),
        field("figure", FieldKind::Figure, "Figure", "Cifra"),
    ];
    let text = |t: &str| Some(t.to_string()).filter(|t| !t.is_empty());
    let row = |c: &Cell| {
        let [es, en] = [&c.question.es, &c.question.en].map(|t| text(t));
        vec![es, en, text(&c.value), text(&c.missing), text(&c.unit), text(&c.sources.join(" ")), text(&c.figure)]
    };
    let about = About {
        snapshot: editions[0].document.snapshot.clone(),
        label: sources.values().map(|s| s.label.clone()).reduce(|a, b| a.combine(&b)),
        sources: sources.values().map(|s| source_note(s)).collect(),
        ..About::default()
    };
    let title = Both::new("Every number of the bulletin", "Cada número del boletín");
    let table = Table { id: NUMBERS.into(), title, columns, rows: cells.iter().map(row).collect(), about };
    let named: BTreeSet<&str> = sources.into_keys().collect();
    let inputs = inputs(observatory, &named, reader)?;
    Ok(Part { id: NUMBERS.into(), table, figure: String::new(), question: "the asks of the text / los pedidos del texto".into(), inputs })
}

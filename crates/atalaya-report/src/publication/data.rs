//! The data of a publication: each answer in every format, in `data/`.

use std::collections::BTreeMap;

use atalaya_kernel::shape::Shapes;
use atalaya_kernel::{Both, Lang, Problem};

use super::{File, Part};
use crate::export::{Format, Piece, geojson, render};
use crate::table::Table;

/// Points of outlines past which a table has no GeoJSON beside it: each of its rows would carry
/// its outline again, and the file would be too heavy to open.
const MOST_POINTS: usize = 150_000;

/// A format that stands beside a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatOf {
    /// The format.
    pub format: Format,
    /// How its main file's name ends after the part's id.
    pub ending: &'static str,
    /// What it is called on a page: English, Spanish.
    pub says: [&'static str; 2],
    /// Its language, where it is not that of the publication.
    lang: Option<Lang>,
    /// How the refusal of a table that it does not fit begins: such a table has none.
    unfit: &'static str,
}

const fn of(format: Format, ending: &'static str, en: &'static str, es: &'static str) -> FormatOf {
    FormatOf { format, ending, says: [en, es], lang: None, unfit: "-" }
}

/// Every format that stands beside a publication, one line each.
pub const PART_FORMATS: &[FormatOf] = &[
    of(Format::Csv, ".csv", "CSV", "CSV"),
    FormatOf { lang: Some(Lang::Es), ..of(Format::Xlsx, ".es.xlsx", "Excel in Spanish", "Excel en español") },
    FormatOf { lang: Some(Lang::En), ..of(Format::Xlsx, ".en.xlsx", "Excel in English", "Excel en inglés") },
    FormatOf { unfit: "sdmx-no-", ..of(Format::SdmxCsv, ".sdmx.csv", "SDMX-CSV", "SDMX-CSV") },
    FormatOf { unfit: "geojson-", ..of(Format::GeoJson, ".geojson", "GeoJSON", "GeoJSON") },
    of(Format::DataPackage, "-package", "Data Package", "Data Package"),
];

impl FormatOf {
    /// The path of its main file below the publication's folder.
    pub fn path(&self, id: &str) -> String {
        match self.format {
            Format::DataPackage => format!("data/{id}{}/datapackage.json", self.ending),
            _ => format!("data/{id}{}", self.ending),
        }
    }
}

/// Every part in every format it fits, with outlines from `shapes`. A table without time or numbers
/// has no SDMX, one without outlines or with too many has no GeoJSON; nothing else is left out.
///
/// # Errors
/// What [`render`] refuses.
pub fn data_of(parts: &[Part], shapes: &[&Shapes], lang: Lang) -> Result<Vec<File>, Problem> {
    let mut files = Vec::new();
    for part in parts {
        for of in PART_FORMATS {
            let name = format!("{}{}", part.id, of.ending);
            let pieces = match pieces(&part.table, of, shapes, lang, &name) {
                Err(problem) if problem.id.starts_with(of.unfit) => continue,
                Ok(none) if none.is_empty() => continue,
                made => made?,
            };
            for piece in pieces {
                let path = match of.format.row().is_folder() {
                    true => format!("data/{name}/{}", piece.name),
                    false => format!("data/{}", piece.name),
                };
                let title =
                    Both::new(format!("{} ({})", part.table.title.en, of.says[0]), format!("{} ({})", part.table.title.es, of.says[1]));
                let media_type = media_type(&path, of).to_string();
                files.push(File { path, media_type, title, bytes: piece.bytes, part: Some(part.id.clone()) });
            }
        }
    }
    Ok(files)
}

fn pieces(table: &Table, of: &FormatOf, shapes: &[&Shapes], lang: Lang, name: &str) -> Result<Vec<Piece>, Problem> {
    let lang = of.lang.unwrap_or(lang);
    if of.format != Format::GeoJson {
        return render(table, of.format, lang, name);
    }
    let points = points(table, shapes);
    if points == 0 || points > MOST_POINTS { Ok(Vec::new()) } else { geojson(table, shapes, lang, name) }
}

/// How many points the outlines of a table's rows have.
fn points(table: &Table, shapes: &[&Shapes]) -> usize {
    let Some(at) = table.column("area") else { return 0 };
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    for shape in shapes.iter().flat_map(|s| &s.shapes) {
        of.entry(&shape.area).or_insert_with(|| shape.polygons.iter().flatten().map(Vec::len).sum());
    }
    table.rows.iter().filter_map(|row| of.get(row[at].as_deref()?)).sum()
}

fn media_type(path: &str, of: &FormatOf) -> &'static str {
    if path.ends_with(".json") {
        "application/json"
    } else if path.ends_with(".md") {
        "text/markdown"
    } else if of.format == Format::SdmxCsv {
        "application/vnd.sdmx.data+csv;version=2.0.0"
    } else if path.ends_with(".csv") {
        "text/csv"
    } else {
        of.format.row().media_type
    }
}

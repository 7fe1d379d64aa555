//! The data of a publication: each answer in every format, in `data/`.

use atalaya_kernel::{Both, Lang, Problem};

use super::{File, Part};
use crate::export::{Format, render};

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
    /// Whether a table without a column of time has none.
    needs_time: bool,
}

const fn of(format: Format, ending: &'static str, en: &'static str, es: &'static str, needs_time: bool) -> FormatOf {
    FormatOf { format, ending, says: [en, es], lang: None, needs_time }
}

/// Every format that stands beside a publication, one line each.
pub const PART_FORMATS: &[FormatOf] = &[
    of(Format::Csv, ".csv", "CSV", "CSV", false),
    FormatOf { lang: Some(Lang::Es), ..of(Format::Xlsx, ".es.xlsx", "Excel in Spanish", "Excel en español", false) },
    FormatOf { lang: Some(Lang::En), ..of(Format::Xlsx, ".en.xlsx", "Excel in English", "Excel en inglés", false) },
    of(Format::SdmxCsv, ".sdmx.csv", "SDMX-CSV", "SDMX-CSV", true),
    of(Format::DataPackage, "-package", "Data Package", "Data Package", false),
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

/// Every part in every format it fits. A table without time or numbers has no SDMX: it is left
/// out, and nothing else.
///
/// # Errors
/// What [`render`] refuses.
pub fn data_of(parts: &[Part], lang: Lang) -> Result<Vec<File>, Problem> {
    let mut files = Vec::new();
    for part in parts {
        for of in PART_FORMATS {
            let name = format!("{}{}", part.id, of.ending);
            let pieces = match render(&part.table, of.format, of.lang.unwrap_or(lang), &name) {
                Err(problem) if of.needs_time && problem.id.starts_with("sdmx-no-") => continue,
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

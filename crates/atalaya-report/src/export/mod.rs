//! The formats a table can be written in: one explicit table, one file each.

mod csv;
mod datapackage;
mod geojson;
mod json;
mod parquet;
mod sdmx_csv;
mod xlsx;

use std::path::{Path, PathBuf};

use atalaya_kernel::shape::Shapes;
use atalaya_kernel::{Both, Lang, Problem};
pub(crate) use csv::sha256;
use serde::Serialize;
pub(crate) use xlsx::number;

pub use geojson::geojson;

use crate::check::check;
use crate::place;
use crate::table::Table;

/// A format a table can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Comma-separated values, with a JSON file of facts beside it.
    Csv,
    /// A workbook with the sheets `data` and `about`.
    Xlsx,
    /// Apache Parquet.
    Parquet,
    /// One JSON document.
    Json,
    /// A folder: Data Package 2.
    DataPackage,
    /// SDMX-CSV 2.0, with its SDMX-JSON structure beside it.
    SdmxCsv,
    /// GeoJSON, a feature a row.
    GeoJson,
}

impl Format {
    /// The format of that id: `csv`, `sdmx-csv`.
    pub fn parse(id: &str) -> Option<Format> {
        FORMATS.iter().find(|row| row.id == id).map(|row| row.format)
    }

    /// Its row in [`FORMATS`].
    pub fn row(self) -> &'static FormatRow {
        // The order of the table is the order of the variants; a test holds it.
        &FORMATS[self as usize]
    }
}

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A line of [`FORMATS`].
#[derive(Debug)]
pub struct FormatRow {
    /// The format.
    pub format: Format,
    /// What users call it.
    pub id: &'static str,
    /// How its main file's name ends; empty for a folder.
    pub extension: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// What it is for, in English.
    pub en: &'static str,
    /// What it is for, in Spanish.
    pub es: &'static str,
    /// Makes the files: table, language, name of the main file or folder. The first is the main one.
    make: fn(&Table, Lang, &str) -> Result<Vec<Piece>, Problem>,
}

impl FormatRow {
    /// Whether the format is a folder of files.
    pub fn is_folder(&self) -> bool {
        self.extension.is_empty()
    }

    /// What it is for.
    pub fn label(&self) -> Both {
        Both::new(self.en, self.es)
    }
}

/// Every format, in the order of [`Format`].
pub const FORMATS: &[FormatRow] = &[
    FormatRow {
        format: Format::Csv,
        id: "csv",
        extension: "csv",
        media_type: "text/csv",
        en: "CSV with a file of facts beside it",
        es: "CSV con un archivo de datos descriptivos al lado",
        make: csv::make,
    },
    FormatRow {
        format: Format::Xlsx,
        id: "xlsx",
        extension: "xlsx",
        media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        en: "Excel workbook",
        es: "libro de Excel",
        make: xlsx::make,
    },
    FormatRow {
        format: Format::Parquet,
        id: "parquet",
        extension: "parquet",
        media_type: "application/vnd.apache.parquet",
        en: "Parquet, for Python, R and DuckDB",
        es: "Parquet, para Python, R y DuckDB",
        make: parquet::make,
    },
    FormatRow {
        format: Format::Json,
        id: "json",
        extension: "json",
        media_type: "application/json",
        en: "one JSON document",
        es: "un documento JSON",
        make: json::make,
    },
    FormatRow {
        format: Format::DataPackage,
        id: "datapackage",
        extension: "",
        media_type: "application/vnd.datapackage+json",
        en: "Data Package: a folder with data, facts and a README",
        es: "Data Package: una carpeta con datos, descripción y README",
        make: datapackage::make,
    },
    FormatRow {
        format: Format::SdmxCsv,
        id: "sdmx-csv",
        extension: "csv",
        media_type: "application/vnd.sdmx.data+csv;version=2.0.0",
        en: "SDMX-CSV with its structure, for statistics offices",
        es: "SDMX-CSV con su estructura, para oficinas de estadística",
        make: sdmx_csv::make,
    },
    FormatRow {
        format: Format::GeoJson,
        id: "geojson",
        extension: "geojson",
        media_type: "application/geo+json",
        en: "GeoJSON for maps, a feature a row",
        es: "GeoJSON para mapas, un elemento por fila",
        make: geojson::make,
    },
];

/// Writes a table to `to`: a file, or a folder for [`Format::DataPackage`].
///
/// `to` itself is replaced if it is there. Files that go beside it (`NAME.meta.json`,
/// `NAME.structure.json`) and the files of a folder replace only what an earlier export made.
/// Gives the paths written, the main one first.
///
/// # Errors
/// What [`render`] refuses; `export-exists`; `io`.
pub fn export(table: &Table, format: Format, lang: Lang, to: &Path) -> Result<Vec<PathBuf>, Problem> {
    let name = to.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_else(|| table.id.clone());
    let pieces = render(table, format, lang, &name)?;
    if format.row().is_folder() { place::within(to, &pieces) } else { place::beside(to, &pieces) }
}

/// The files of a table, without writing them. `name` is the name the main file will have.
///
/// # Errors
/// `table-*` for a table that is not one; `xlsx-*`, `parquet-*`, `sdmx-*` for what a format cannot
/// hold.
pub fn render(table: &Table, format: Format, lang: Lang, name: &str) -> Result<Vec<Piece>, Problem> {
    check(table)?;
    (format.row().make)(table, lang, name)
}

/// Writes a table as GeoJSON with the outlines of its areas.
///
/// # Errors
/// What [`render`] refuses; `geojson-no-area`; `io`.
pub fn export_geojson(table: &Table, shapes: &[&Shapes], lang: Lang, to: &Path) -> Result<Vec<PathBuf>, Problem> {
    check(table)?;
    let name = to.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_else(|| table.id.clone());
    if table.column("area").is_none() {
        return Err(geojson::no_area(&name));
    }
    place::beside(to, &geojson(table, shapes, lang, &name)?)
}

/// The name of a file that stands beside another: `a.csv`, `meta.json` gives `a.meta.json`.
fn sibling(name: &str, ending: &str) -> String {
    let stem = Path::new(name).file_stem().map_or_else(|| name.into(), |s| s.to_string_lossy());
    format!("{stem}.{ending}")
}

/// A JSON file: indented, with a last line end.
pub(crate) fn json_file<T: Serialize>(name: &str, value: &T) -> Result<Piece, Problem> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|e| cannot(name, &e.to_string()))?;
    bytes.push(b'\n');
    Ok(Piece { name: name.into(), bytes })
}

/// A writer of a library gave up for a reason only it knows.
pub(crate) fn cannot(place: &str, reason: &str) -> Problem {
    let what = Both::new(format!("could not be made ({reason})"), format!("no se pudo crear ({reason})"));
    Problem::new("export-failed", place, what, Both::new("choose another format", "elija otro formato"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_formats_is_in_order_and_complete() {
        for row in FORMATS {
            assert_eq!(row.format.row().id, row.id);
            assert_eq!(Format::parse(row.id), Some(row.format));
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/export");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|f| f.unwrap().file_name().to_string_lossy().replace(".rs", "").replace('_', "-"))
            .filter(|f| f != "mod")
            .collect();
        files.sort_unstable();
        let mut ids: Vec<&str> = FORMATS.iter().map(|r| r.id).collect();
        ids.sort_unstable();
        assert_eq!(files, ids);
    }

    #[test]
    fn a_sibling_takes_the_stem() {
        assert_eq!(sibling("a.b.csv", "meta.json"), "a.b.meta.json");
        assert_eq!(sibling("a", "meta.json"), "a.meta.json");
    }
}

//! The folder of published tables: the workbook, the answers it was filled from, and a crate.

use std::fs;
use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Problem, both};
use atalaya_report::publication::{self, File, MARK, crate_of};
use atalaya_store::sha256_bytes;

use crate::Observatory;
use crate::publication::{Reader, data_beside, part_of, publication_of, typed};
use crate::verbs::tables::{Built, filled_in};

/// What a spreadsheet is called among media types.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Writes `published/arq-AREA-YEAR` and returns the workbook's path. A workbook that is there is
/// replaced only if it is as it was published: somebody may have filled it in.
///
/// # Errors
/// `export-exists`, `publication-exists`, `io`, and those of the formats.
pub(crate) fn write(observatory: &Observatory, built: &Built, bytes: Vec<u8>) -> Result<PathBuf, Problem> {
    let book = &built.book;
    let id = format!("{}-{}", book.collect_as, book.year);
    let folder = observatory.root().join("published").join(&id);
    let name = format!("{id}.xlsx");
    let file = folder.join(&name);
    if fs::read(&file).is_ok_and(|there| there != bytes && !is_published(&folder, &name, &there)) {
        return Err(filled_in(&file));
    }
    let clearance = observatory.clearance();
    let reader = Reader { sees: &|label| clearance.sees(label), inside: clearance.inside };
    let mut parts = Vec::new();
    for (ask, answer) in &built.asked {
        parts.push(part_of(observatory, &ask.what, &typed(ask), answer, reader)?);
    }
    let (en, es, year) = (&book.area.en, &book.area.es, &book.year);
    let title = both!("National tables, {en}, {year}", "Cuadros nacionales, {es}, {year}");
    let mut files = vec![File { path: name, media_type: XLSX.into(), title: title.clone(), bytes, part: None }];
    files.extend(data_beside(observatory, &parts)?);
    let description = Both::new(
        "A workbook in the shape of UNODC's questionnaire, and the answers it was filled from",
        "Un libro con la forma del cuestionario de la UNODC, y las respuestas con que se llenó",
    );
    let whole = crate_of(&publication_of(observatory, title, description, parts)?, &files)?;
    files.push(whole);
    publication::write(&folder, &files)?;
    Ok(file)
}

/// Whether a file is as the crate beside it says it was published.
fn is_published(folder: &Path, name: &str, bytes: &[u8]) -> bool {
    let said = || -> Option<bool> {
        let document: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.join(MARK)).ok()?).ok()?;
        let entity = document.get("@graph")?.as_array()?.iter().find(|e| e["@id"] == name)?;
        Some(entity["sha256"].as_str()? == sha256_bytes(bytes))
    };
    said().unwrap_or(false)
}

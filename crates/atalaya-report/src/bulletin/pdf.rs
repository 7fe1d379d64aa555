//! A bulletin as PDF: the page is `page.typ`, the document goes in as JSON. The typesetter sees
//! three files of ours, two fonts of ours and no clock.

use atalaya_kernel::{Both, Exit, Problem, both};
use serde_json::{Value, json};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::words::{word, words};
use super::{Document, number};
use crate::chart::text::{REGULAR, SEMIBOLD};

const PAGE: &str = include_str!("page.typ");

/// The PDF: tagged, archival (PDF/A-2a) and accessible (PDF/UA-1), dated by the bulletin.
///
/// # Errors
/// `bulletin-pdf`, which is a fault of ours.
pub fn pdf(document: &Document) -> Result<Vec<u8>, Problem> {
    let desk = Desk::new(document).ok_or_else(|| failed("fonts or paths"))?;
    let made = typst::compile::<PagedDocument>(&desk).output;
    // What was remembered between runs is not needed again and would grow in a server.
    typst::comemo::evict(0);
    let paged = made.map_err(|e| failed(&said(&e)))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).map_err(|e| failed(e.message()))?;
    let creator = Smart::Custom(Some(format!("Atalaya {}", env!("CARGO_PKG_VERSION"))));
    let ident = Smart::Custom(format!("{}/{:?}/{}/{}", document.id, document.lang, document.prepared, document.snapshot));
    let options = PdfOptions { ident, creator, standards, ..PdfOptions::default() };
    typst_pdf::pdf(&paged, &options).map_err(|e| failed(&said(&e)))
}

fn said(errors: &[SourceDiagnostic]) -> String {
    errors.iter().map(|e| e.message.to_string()).collect::<Vec<_>>().join("; ")
}

fn failed(what: &str) -> Problem {
    Problem::new(
        "bulletin-pdf",
        "page.typ",
        both!("the page could not be set ({what})", "no se pudo componer la página ({what})"),
        Both::new("please report it with the text of the bulletin", "por favor repórtelo con el texto del boletín"),
    )
    .exits(Exit::No)
}

/// The little world the typesetter works in.
struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    page: Source,
    data: (FileId, Bytes),
}

impl Desk {
    fn new(document: &Document) -> Option<Desk> {
        let file = |name: &str| Some(FileId::new(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?)));
        let fonts: Vec<Font> = [REGULAR, SEMIBOLD].into_iter().filter_map(|data| Font::new(Bytes::new(data), 0)).collect();
        Some(Desk {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            page: Source::new(file("/page.typ")?, PAGE.into()),
            data: (file("/document.json")?, Bytes::from_string(data(document))),
        })
    }
}

/// The document as the page reads it.
fn data(document: &Document) -> String {
    let mut data = serde_json::to_value(document).unwrap_or_default();
    let day: Vec<u32> = document.prepared.split('-').filter_map(|p| p.parse().ok()).collect();
    data["words"] = json!(words(document.lang));
    data["day"] = json!(if day.len() == 3 { day } else { vec![1970, 1, 1] });
    data["prepared_said"] = json!(number::day(&document.prepared, document.lang));
    data["cut_off_said"] =
        json!(document.cut_off.as_ref().map_or(word("no-cut-off", document.lang).to_string(), |d| number::day(d, document.lang)));
    legible(&mut data);
    data.to_string()
}

/// Letters our fonts do not have become a question mark, marks that are not seen go: an archival
/// PDF holds no text that cannot be shown. The HTML beside it keeps them.
fn legible(data: &mut Value) {
    match data {
        Value::String(text) if !text.is_ascii() || text.contains(|c: char| c.is_control()) => {
            let face = ttf_parser::Face::parse(REGULAR, 0).ok();
            let has = |c: char| face.as_ref().is_some_and(|f| f.glyph_index(c).is_some());
            let shown = |c: char| match c {
                '\n' | '\t' => Some(c),
                '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => None,
                c if c.is_control() => None,
                c if c.is_whitespace() || has(c) => Some(c),
                _ => Some('?'),
            };
            *text = text.chars().filter_map(shown).collect();
        }
        Value::Array(all) => all.iter_mut().for_each(legible),
        Value::Object(fields) => fields.values_mut().for_each(legible),
        _ => {}
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.page.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.page.id() { Ok(self.page.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 { Ok(self.data.1.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

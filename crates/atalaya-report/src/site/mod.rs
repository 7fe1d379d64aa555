//! A static site: plain pages that work from a USB stick and without scripts, in Spanish and in
//! English. Every link is relative, every drawing is inside its page.

mod blocks;
mod home;
mod measure;
mod methods;
mod number;
mod shell;
mod sources;

use atalaya_kernel::label::Label;
use atalaya_kernel::{Both, Lang};

use crate::publication::File;
use crate::table::{SourceNote, Table};

/// Everything the pages say.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// The observatory's name.
    pub name: String,
    /// For whom it is: the label in its original form.
    pub audience: &'static str,
    /// The day of the newest data in it.
    pub date: String,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// Program and version.
    pub program: String,
    /// Versions of the code lists.
    pub lists: Vec<(String, String)>,
    /// What is held, in numbers.
    pub held: Vec<(Both, String)>,
    /// What the newest vintages changed.
    pub changes: Vec<Changed>,
    /// A page each.
    pub measures: Vec<Measure>,
    /// The sources.
    pub sources: Vec<Source>,
    /// Bulletins that were published.
    pub bulletins: Vec<Bulletin>,
}

/// What a vintage changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The source.
    pub source: Both,
    /// The vintage before and the newest.
    pub vintages: [String; 2],
    /// When it was collected.
    pub collected: String,
    /// Values revised, new, gone.
    pub counts: [u64; 3],
    /// The largest revisions: what, before, now, per cent.
    pub revisions: Vec<(Both, String, String, String)>,
}

/// A measure's page.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Its name in addresses.
    pub id: String,
    /// What it measures.
    pub title: Both,
    /// How much there is of it.
    pub lead: Both,
    /// The drawings, the most telling first.
    pub views: Vec<View>,
    /// The whole answer, as downloaded.
    pub table: Table,
    /// Files to download: what they are called, path, bytes.
    pub downloads: Vec<(Both, String, usize)>,
}

/// A drawing with its numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// What it shows.
    pub title: Both,
    /// The drawing in light and dark, Spanish and English: `svg[lang][theme]`.
    pub svg: [[String; 2]; 2],
    /// The numbers behind it.
    pub table: Table,
    /// The id of the answer.
    pub figure: String,
}

/// A source's entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Who, what, terms, vintages.
    pub note: SourceNote,
    /// Where to read about it.
    pub url: String,
    /// Its label.
    pub label: Label,
    /// Rows read, accepted, held, rejected.
    pub account: [u64; 4],
    /// First and last day covered.
    pub covers: [Option<String>; 2],
    /// Areas covered.
    pub areas: usize,
    /// What a reader should know.
    pub notes: Vec<Both>,
}

/// A bulletin that was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Bulletin {
    /// Its title.
    pub title: Both,
    /// Its edition or date.
    pub date: String,
    /// Its files by language: what they are called, path.
    pub files: Vec<(Both, String)>,
}

/// The languages of the site, Spanish first, and their folders.
pub(crate) const LANGS: [(Lang, &str); 2] = [(Lang::Es, "es"), (Lang::En, "en")];

/// Every page and the style sheet.
pub fn pages(site: &Site) -> Vec<File> {
    let mut files = vec![file("style.css", "text/css", Both::new("Style sheet", "Hoja de estilo"), include_str!("style.css").into())];
    files.push(file("index.html", "text/html", Both::new("Choice of language", "Elección de idioma"), shell::choice(site)));
    for (lang, folder) in LANGS {
        let mut page = |name: &str, title: Both, html: String| files.push(file(&format!("{folder}/{name}"), "text/html", title, html));
        page("index.html", Both::new("Home", "Inicio"), home::page(site, lang));
        for measure in &site.measures {
            page(&format!("{}.html", measure.id), measure.title.clone(), measure::page(site, measure, lang));
        }
        page("sources.html", Both::new("Sources", "Fuentes"), sources::page(site, lang));
        page("methods.html", Both::new("Methods", "Métodos"), methods::page(site, lang));
    }
    files
}

fn file(path: &str, media_type: &str, title: Both, text: String) -> File {
    File { path: path.into(), media_type: media_type.into(), title, bytes: text.into_bytes(), part: None }
}

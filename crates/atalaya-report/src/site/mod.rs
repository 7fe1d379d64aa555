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

use crate::chart::ink::{DARK, LIGHT};
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
    /// The drawing, wide and narrow, in Spanish and English: `svg[lang][width]`. Its colours are
    /// those of light paper; the style sheet turns them for a dark screen.
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
    let mut files = vec![file("style.css", "text/css", Both::new("Style sheet", "Hoja de estilo"), style())];
    files.push(file("index.html", "text/html", Both::new("Choice of language", "Elección de idioma"), shell::choice(site)));
    files.extend(FONTS.iter().map(|(path, bytes)| File {
        path: (*path).into(),
        media_type: "font/woff2".into(),
        title: Both::new("Type: Inter (SIL Open Font License)", "Letra: Inter (SIL Open Font License)"),
        bytes: bytes.to_vec(),
        part: None,
    }));
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

/// The style sheet, with the colours of drawings turned for a dark screen.
fn style() -> String {
    let (light, dark) = (&LIGHT, &DARK);
    let mut pairs: Vec<(&str, &str, &str)> = [
        (light.surface, dark.surface),
        (light.sunken, dark.sunken),
        (light.ink, dark.ink),
        (light.muted, dark.muted),
        (light.line, dark.line),
        (light.edge, dark.edge),
        (light.warn, dark.warn),
        (light.warn_soft, dark.warn_soft),
        (light.zero, dark.zero),
    ]
    .map(|(from, to)| ("", from, to))
    .to_vec();
    pairs.extend(light.series.iter().zip(&dark.series).chain(light.ramp.iter().zip(&dark.ramp)).map(|(from, to)| ("", *from, *to)));
    // What is said in a line's colour must be readable, so it has its own shade.
    pairs.extend(light.names.iter().zip(&dark.names).map(|(from, to)| ("text", *from, *to)));
    let rules: String = pairs
        .iter()
        .map(|(of, from, to)| format!(".drawing {of}[fill='{from}']{{fill:{to}}}.drawing {of}[stroke='{from}']{{stroke:{to}}}\n"))
        .collect();
    format!("{}@media screen and (prefers-color-scheme: dark) {{\n{rules}}}\n", include_str!("style.css"))
}

/// The type of the pages and drawings, so that a USB stick looks as it should.
const FONTS: [(&str, &[u8]); 2] = [
    ("fonts/Inter-Regular.woff2", include_bytes!("../../../atalaya-web/ui/public/fonts/Inter-Regular.woff2")),
    ("fonts/Inter-SemiBold.woff2", include_bytes!("../../../atalaya-web/ui/public/fonts/Inter-SemiBold.woff2")),
];

fn file(path: &str, media_type: &str, title: Both, text: String) -> File {
    File { path: path.into(), media_type: media_type.into(), title, bytes: text.into_bytes(), part: None }
}

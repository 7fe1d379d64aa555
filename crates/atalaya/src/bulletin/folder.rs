//! The folders of bulletins: texts in `bulletins/ID`, what was made of them in `published/ID`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_report::bulletin::{Template, read};
use atalaya_store::sha256_text;

use crate::observatory::Observatory;

/// The languages, in the order they are made.
pub const LANGS: [Lang; 2] = [Lang::Es, Lang::En];

/// How a language is named in files.
pub fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Es => "es",
    }
}

/// A bulletin's folder of texts.
pub(super) fn texts_at(observatory: &Observatory, id: &str) -> PathBuf {
    observatory.root().join("bulletins").join(id)
}

/// Where it is published.
pub(super) fn published_at(observatory: &Observatory, id: &str) -> PathBuf {
    observatory.root().join("published").join(id)
}

/// An id that is safe as a name of a folder.
///
/// # Errors
/// `bulletin-id`.
pub(super) fn checked(id: &str) -> Result<&str, Problem> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.is_empty() && id.len() <= 60 && id.chars().all(fits) && !id.starts_with('-') {
        return Ok(id);
    }
    Err(Problem::new(
        "bulletin-id",
        id,
        Both::new("cannot name a bulletin", "no puede nombrar un boletín"),
        Both::new("use small letters, digits and hyphens", "use minúsculas, cifras y guiones"),
    ))
}

/// The ids of all bulletins, in order.
pub(super) fn ids(observatory: &Observatory) -> Vec<String> {
    let Ok(entries) = fs::read_dir(observatory.root().join("bulletins")) else { return Vec::new() };
    let named = |e: fs::DirEntry| Some(e.file_name().to_string_lossy().into_owned()).filter(|n| checked(n).is_ok() && e.path().is_dir());
    let mut ids: Vec<String> = entries.flatten().filter_map(named).collect();
    ids.sort_unstable();
    ids
}

/// The texts of a bulletin in the languages there are.
pub(super) struct Texts {
    pub folder: PathBuf,
    pub templates: Vec<(Lang, String, Template)>,
    pub hashes: BTreeMap<String, String>,
}

/// The hashes of the texts there are, by language.
pub(super) fn hashes(folder: &Path) -> BTreeMap<String, String> {
    let hash =
        |lang: &Lang| Some((tag(*lang).to_string(), sha256_text(&fs::read_to_string(folder.join(format!("{}.md", tag(*lang)))).ok()?)));
    LANGS.iter().filter_map(hash).collect()
}

impl Texts {
    /// Reads them.
    ///
    /// # Errors
    /// `unknown-bulletin`, `bulletin-*` for what cannot be read, `bulletin-differs` if the
    /// languages do not ask the same or are for different readers.
    pub fn read(observatory: &Observatory, id: &str) -> Result<Texts, Problem> {
        let folder = texts_at(observatory, checked(id)?);
        let mut templates = Vec::new();
        for lang in LANGS {
            let place = format!("bulletins/{id}/{}.md", tag(lang));
            let path = folder.join(format!("{}.md", tag(lang)));
            if path.is_file() {
                let text = fs::read_to_string(&path).map_err(|e| Problem::io(&place, &e))?;
                templates.push((lang, place.clone(), read(&place, &text)?));
            }
        }
        if templates.is_empty() {
            let known = ids(observatory).join(", ");
            return Err(Problem::new(
                "unknown-bulletin",
                id,
                Both::new("this observatory has no bulletin of this name", "este observatorio no tiene un boletín con este nombre"),
                both!(
                    "write a first text with `atalaya publish bulletin {id} --new`; there are: {known}",
                    "escriba un primer texto con `atalaya publish bulletin {id} --new`; hay: {known}"
                ),
            ));
        }
        if let [(_, _, first), (_, place, second)] = templates.as_slice() {
            agree(first, second, place)?;
        }
        Ok(Texts { hashes: hashes(&folder), folder, templates })
    }
}

/// Both languages are one bulletin: the same readers, issue and day, and the same figures.
fn agree(spanish: &Template, english: &Template, place: &str) -> Result<(), Problem> {
    let refuse = |found: Both, todo: Both| Err(Problem::new("bulletin-differs", place, found, todo));
    let (a, b) = (&spanish.front, &english.front);
    let same = Both::new("write the same in es.md and en.md", "escriba lo mismo en es.md y en en.md");
    for (key, differs) in [
        ("audience", a.audience != b.audience),
        ("issue", a.issue != b.issue),
        ("prepared", a.prepared != b.prepared),
        ("threshold", a.threshold.to_bits() != b.threshold.to_bits()),
        ("methods", a.methods != b.methods),
        ("caveats", a.caveats != b.caveats),
    ] {
        if differs {
            return refuse(both!("{key} differs from the Spanish text", "{key} difiere del texto en español"), same);
        }
    }
    let asked = |t: &Template| {
        let mut all: Vec<String> = t.asks.iter().flat_map(|a| super::make::numbers_of(&a.ask)).map(super::numbers::canonical).collect();
        all.sort();
        all.dedup();
        all
    };
    let (spanish, english) = (asked(spanish), asked(english));
    let only = |a: &[String], b: &[String]| a.iter().find(|x| !b.contains(x)).cloned();
    if let Some(ask) = only(&spanish, &english) {
        return refuse(
            both!("the Spanish text says a number this one does not: {ask}", "el texto en español dice un número que este no: {ask}"),
            same,
        );
    }
    if let Some(ask) = only(&english, &spanish) {
        return refuse(
            both!("it says a number the Spanish text does not: {ask}", "dice un número que el texto en español no: {ask}"),
            same,
        );
    }
    Ok(())
}

/// Writes files into a folder: all under temporary names, then renamed, the last one last.
pub(super) fn write(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Problem> {
    let failed = |path: &Path, e: &std::io::Error| Problem::io(path.display().to_string(), e);
    fs::create_dir_all(folder).map_err(|e| failed(folder, &e))?;
    let temporary = |name: &str| folder.join(format!("{name}.tmp"));
    for (name, bytes) in files {
        let path = temporary(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| failed(parent, &e))?;
        }
        fs::write(&path, bytes).map_err(|e| failed(&path, &e))?;
    }
    for (name, _) in files {
        let path = folder.join(name);
        fs::rename(temporary(name), &path).map_err(|e| failed(&path, &e))?;
    }
    Ok(())
}

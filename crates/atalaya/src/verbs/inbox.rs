//! A file that arrives through a page: kept in `inbox/` under a plain name, looked at, given a
//! recipe, collected. A file that is refused leaves nothing.

use std::fs;
use std::path::{Path, PathBuf};

use atalaya_kernel::both::shown;
use atalaya_kernel::{Both, Exit, Problem, both};
use atalaya_sources::map::Shape;
use atalaya_sources::{Recipe, SOURCES};
use serde::{Deserialize, Serialize};

use super::recipe::{Drafted, draft_as, id_from};
use super::{Collect, Collected, Verb};
use crate::Observatory;
use crate::observatory::Caller;

pub use atalaya_sources::draft::Choices;

/// The largest file a page may send; larger ones are collected from where they lie.
pub const MAX_INBOX_BYTES: usize = 128 * 1024 * 1024;
const ENDINGS: [&str; 8] = ["csv", "tsv", "tab", "txt", "xlsx", "json", "zip", "gz"];

/// A file that arrived.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrived {
    /// The name it is kept under.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Sources whose recipe reads files of this shape.
    pub known: Vec<Fitting>,
    /// A recipe for it as a source of its own.
    pub drafted: Option<Drafted>,
    /// Why there is no such recipe, where a known source reads it all the same.
    pub problem: Option<Problem>,
}

/// A source that reads a file of this shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fitting {
    /// The source.
    pub id: String,
    /// What it is.
    pub title: Both,
    /// Whether the observatory has it already.
    pub here: bool,
}

/// A recipe that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// The source.
    pub source: String,
    /// Its title.
    pub title: Both,
}

/// Takes a file in, under a plain name, and looks at it.
///
/// # Errors
/// `persons` and every refusal of the formats: then nothing of it is kept. `format`, `io`.
pub fn arrive(observatory: &Observatory, name: &str, bytes: &[u8]) -> Result<Arrived, Problem> {
    let name = plain_name(name)?;
    let folder = observatory.root().join("inbox");
    fs::create_dir_all(&folder).map_err(|e| Problem::io(folder.display().to_string(), &e))?;
    let (path, fresh) = keep(&folder, &name, bytes)?;
    let looked = look(observatory, &path);
    if looked.is_err() && fresh {
        let _ = fs::remove_file(&path);
    }
    let (known, drafted, problem) = looked?;
    let file = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    Ok(Arrived { file, bytes: bytes.len() as u64, known, drafted, problem })
}

type Looked = (Vec<Fitting>, Option<Drafted>, Option<Problem>);

fn look(observatory: &Observatory, path: &Path) -> Result<Looked, Problem> {
    let name = name_of(path);
    let recipes = recipes(observatory)?;
    let only: Vec<Recipe> = recipes.iter().map(|(recipe, _)| recipe.clone()).collect();
    let fitting = atalaya_sources::map::fitting(&only, path, &name)?;
    let readable = |i: &usize| atalaya_sources::map::check(&only[*i], path, &name).is_ok();
    let known: Vec<Fitting> = fitting
        .into_iter()
        .filter(readable)
        .map(|i| Fitting { id: only[i].id.clone(), title: only[i].title.clone(), here: recipes[i].1 })
        .collect();
    match draft_as(path, &free_id(observatory, &name), &Choices::default()) {
        Ok(drafted) => Ok((known, Some(drafted), None)),
        Err(problem) if known.is_empty() => Err(problem),
        Err(problem) => Ok((known, None, Some(problem))),
    }
}

/// Every recipe there is: those here first, then the built-in ones.
fn recipes(observatory: &Observatory) -> Result<Vec<(Recipe, bool)>, Problem> {
    let here = observatory.source_ids()?;
    // A recipe somebody broke by hand is no reason not to look at a file.
    let mut all: Vec<(Recipe, bool)> = here.iter().filter_map(|id| observatory.source(id).ok()).map(|s| (s.recipe, true)).collect();
    for builtin in SOURCES.iter().filter(|s| !here.iter().any(|id| id == s.id)) {
        all.push((Recipe::parse(builtin.recipe, builtin.id)?, false));
    }
    Ok(all)
}

/// Drafts again with what a person said.
///
/// # Errors
/// `unknown-file`, `choice`, and those of the draft.
pub fn redraft(observatory: &Observatory, file: &str, id: &str, said: &Choices) -> Result<Drafted, Problem> {
    draft_as(&in_inbox(observatory, file)?, id, said)
}

/// Keeps a recipe as the source's own, if it can be used and reads the file.
///
/// # Errors
/// `recipe` with the line, `recipe-exists`, `layout` if it does not read the file, `persons`, `io`.
pub fn save_recipe(observatory: &Observatory, text: &str, file: &str) -> Result<Saved, Problem> {
    let path = in_inbox(observatory, file)?;
    let recipe = Recipe::parse(text, "recipe.toml")?;
    let id = recipe.id.clone();
    atalaya_sources::draft::check_id(&id)?;
    atalaya_sources::map::check(&recipe, &path, &name_of(&path))?;
    let folder = observatory.root().join("sources").join(&id);
    let target = folder.join("recipe.toml");
    let same = fs::read_to_string(&target).is_ok_and(|old| old == text);
    let known = SOURCES.iter().any(|s| s.id == id) || (target.exists() && !same && collected(observatory, &id)?);
    if known {
        return Err(Problem::new(
            "recipe-exists",
            id.clone(),
            Both::new("there is a source of this name already", "ya existe una fuente con este nombre"),
            Both::new("give this one another id in the recipe", "dé a esta otro id en la receta"),
        ));
    }
    let failed = |e: std::io::Error| Problem::io(target.display().to_string(), &e);
    let _lock = observatory.lock()?;
    fs::create_dir_all(&folder).map_err(failed)?;
    fs::write(&target, text).map_err(failed)?;
    Ok(Saved { source: id, title: recipe.title })
}

fn collected(observatory: &Observatory, id: &str) -> Result<bool, Problem> {
    Ok(!observatory.store().visible_of(id)?.is_empty())
}

/// Collects a file of the inbox as a source.
///
/// # Errors
/// `unknown-file`, and those of `collect`.
pub fn load(observatory: &mut Observatory, caller: &mut Caller<'_>, source: &str, file: &str) -> Result<Collected, Problem> {
    let from = Some(in_inbox(observatory, file)?);
    Collect { source: Some(source.into()), from }.run(observatory, caller)
}

/// How a file of the inbox compares with a source's recipe: which columns may have been renamed.
///
/// # Errors
/// `unknown-file`, `unknown-source`, and those of the formats.
pub fn shape_of(observatory: &Observatory, source: &str, file: &str) -> Result<Shape, Problem> {
    let path = in_inbox(observatory, file)?;
    let decisions = observatory.store().decisions_in_force(source, None)?;
    let recipe = crate::source::with_renames(observatory.source(source)?.recipe, &decisions);
    atalaya_sources::map::shape(&recipe, &path, &name_of(&path))
}

/// The recipe of a source as text.
///
/// # Errors
/// `unknown-source`.
pub fn recipe_text(observatory: &Observatory, source: &str) -> Result<String, Problem> {
    Ok(observatory.source(source)?.text)
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

/// A file of the inbox by its name, which leads nowhere else.
fn in_inbox(observatory: &Observatory, file: &str) -> Result<PathBuf, Problem> {
    let path = observatory.root().join("inbox").join(file);
    if plain_name(file).is_ok_and(|plain| plain == file) && path.is_file() {
        return Ok(path);
    }
    Err(Problem::new(
        "unknown-file",
        shown(file),
        Both::new("no file of this name was loaded", "no se cargó ningún archivo con este nombre"),
        Both::new("load it again", "cárguelo de nuevo"),
    ))
}

/// A name of plain letters, digits, hyphens, underscores and dots, with an ending we read.
fn plain_name(name: &str) -> Result<String, Problem> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .map(super::codes::without_accent)
        .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' })
        .collect();
    let plain = plain.trim_matches(['.', '-']).to_string();
    let (stem, ending) = plain.rsplit_once('.').unwrap_or((&plain, ""));
    if stem.is_empty() || !ENDINGS.contains(&ending.to_lowercase().as_str()) {
        return Err(Problem::new(
            "format",
            shown(name),
            Both::new("not a name of a table Atalaya reads", "no es el nombre de una tabla que Atalaya lea"),
            Both::new(
                "load a csv, tsv, txt, xlsx or json file, alone or in a zip or gz",
                "cargue un archivo csv, tsv, txt, xlsx o json, solo o en zip o gz",
            ),
        )
        .exits(Exit::Usage));
    }
    let stem: String = stem.chars().take(80).collect();
    Ok(format!("{stem}.{ending}"))
}

/// Writes the bytes under a name that is free, or finds them there. The bytes come whole or not
/// at all: they are written beside and then named.
fn keep(folder: &Path, name: &str, bytes: &[u8]) -> Result<(PathBuf, bool), Problem> {
    let failed = |e: std::io::Error| Problem::io(folder.display().to_string(), &e);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    for n in 1..10_000 {
        let path = if n == 1 { folder.join(name) } else { folder.join(format!("{stem}-{n}.{ending}")) };
        if !path.exists() {
            let arriving = folder.join(format!(".arriving-{stem}-{n}"));
            fs::write(&arriving, bytes).map_err(failed)?;
            fs::rename(&arriving, &path).map_err(failed)?;
            return Ok((path, true));
        }
        let same_size = fs::metadata(&path).is_ok_and(|m| m.len() == bytes.len() as u64);
        if same_size && fs::read(&path).is_ok_and(|old| old == bytes) {
            return Ok((path, false));
        }
    }
    Err(both_full(name))
}

fn both_full(name: &str) -> Problem {
    let found = both!("too many files are called {name}", "demasiados archivos se llaman {name}");
    Problem::new("inbox-full", name, found, Both::new("clear the folder inbox/", "vacíe la carpeta inbox/")).exits(Exit::Io)
}

/// An id from the file's name that no source has.
fn free_id(observatory: &Observatory, name: &str) -> String {
    let base: String = id_from(name).chars().take(56).collect();
    let base = if base.is_empty() { "source".to_string() } else { base };
    let here = observatory.source_ids().unwrap_or_default();
    let taken = |id: &str| here.iter().any(|h| h == id) || SOURCES.iter().any(|s| s.id == id);
    let mut id = base.clone();
    let mut n = 2;
    while taken(&id) {
        id = format!("{base}-{n}");
        n += 1;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_and_has_an_ending_we_read() {
        assert_eq!(plain_name("Incautaciones año 2024.XLSX").unwrap(), "Incautaciones-ano-2024.XLSX");
        assert_eq!(plain_name("../../etc/passwd.csv").unwrap(), "passwd.csv");
        assert_eq!(plain_name("..\\..\\x\u{202e}y.csv").unwrap(), "x-y.csv");
        for name in ["", ".csv", "run.exe", "a.csv.sh", "...", "\0"] {
            assert_eq!(plain_name(name).unwrap_err().id, "format", "{name:?}");
        }
    }
}

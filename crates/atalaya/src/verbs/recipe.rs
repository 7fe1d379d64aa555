//! A recipe for one's own spreadsheet.

use std::path::Path;

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_sources::draft::{Choices, Doubt, DraftedColumn};
use serde::Serialize;

use super::Say;
use super::say::table;
use crate::Observatory;

/// A drafted recipe.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drafted {
    /// The source's id.
    pub source: String,
    /// Where the recipe was written, if it was.
    pub written: Option<String>,
    /// The recipe.
    pub recipe: String,
    /// What a person must look at.
    pub doubts: Vec<Doubt>,
    /// What each column was taken for.
    pub columns: Vec<DraftedColumn>,
    /// Rows looked at.
    pub rows: u64,
}

/// Looks at a file and drafts a recipe; writes it into the observatory if there is one and it
/// has no recipe of this name.
///
/// # Errors
/// `persons`, `recipe-exists`, and those of the formats.
pub fn draft(observatory: Option<&Observatory>, file: &Path, id: Option<&str>) -> Result<Drafted, Problem> {
    let name = file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let id = id.map_or_else(|| id_from(&name), str::to_string);
    let mut drafted = draft_as(file, &id, &Choices::default())?;
    if let Some(observatory) = observatory {
        let folder = observatory.root().join("sources").join(&id);
        let path = folder.join("recipe.toml");
        if path.exists() {
            return Err(Problem::new(
                "recipe-exists",
                path.display().to_string(),
                Both::new("there is a recipe of this name already", "ya existe una receta con este nombre"),
                Both::new("edit it, or draft under another name with --id", "edítela, o haga el borrador con otro nombre con --id"),
            ));
        }
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(&path, &drafted.recipe))
            .map_err(|e| Problem::io(path.display().to_string(), &e))?;
        drafted.written = Some(path.display().to_string());
    }
    Ok(drafted)
}

/// Looks at a file and drafts a recipe with what a person said about it; writes nothing.
///
/// # Errors
/// As [`draft`], and `choice`, `why-needed`.
pub fn draft_as(file: &Path, id: &str, said: &Choices) -> Result<Drafted, Problem> {
    let name = file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let draft = atalaya_sources::draft::draft_as(file, &name, id, said)?;
    let rows = draft.rows_looked_at;
    Ok(Drafted { source: id.into(), written: None, recipe: draft.recipe, doubts: draft.doubts, columns: draft.columns, rows })
}

/// Every key of a recipe, explained.
pub fn explain(lang: Lang) -> String {
    atalaya_sources::draft::explain(lang)
}

/// `Incautaciones 2024.xlsx` to `incautaciones-2024`.
pub(super) fn id_from(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(s, _)| s);
    let words: String = stem.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    words.split('-').filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-")
}

impl Say for Drafted {
    fn say(&self, lang: Lang) -> String {
        let head: [&str; 4] = match lang {
            Lang::En => ["column", "taken for", "sure", "examples"],
            Lang::Es => ["columna", "se toma por", "seguro", "ejemplos"],
        };
        let rows: Vec<Vec<String>> = self
            .columns
            .iter()
            .map(|c| {
                vec![
                    c.name.clone(),
                    c.field.clone().unwrap_or_else(|| "–".into()),
                    if c.sure { "✓".into() } else { "?".into() },
                    c.examples.join(" | "),
                ]
            })
            .collect();
        let mut out = table(&head, &rows);
        for doubt in &self.doubts {
            out += &format!("? {}: {}; {}\n", doubt.place, doubt.found.in_lang(lang), doubt.todo.in_lang(lang));
        }
        let id = &self.source;
        match &self.written {
            Some(path) => {
                out += both!(
                    "\nwritten: {path}\nlook at the doubts in it, then: atalaya collect {id} --from FILE\n",
                    "\nescrita: {path}\nrevise las dudas en ella y luego: atalaya collect {id} --from ARCHIVO\n"
                )
                .in_lang(lang)
            }
            None => out += &format!("\n{}", self.recipe),
        }
        out
    }
}

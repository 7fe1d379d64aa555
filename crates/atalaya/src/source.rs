//! The sources of an observatory: folders with a recipe, or built in.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atalaya_kernel::{Both, Problem, both};
use atalaya_sources::{Recipe, SOURCES, arq_recipe, builtin};
use atalaya_store::{Decision, DecisionBody, sha256_text};
use serde::{Deserialize, Serialize};

use crate::Observatory;
use crate::shelf::Standing;

/// File names within a source's folder.
const RECIPE: &str = "recipe.toml";
const FROM: &str = "from.toml";

/// Where a source was collected from, and what its host last said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// A file or folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// An https address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The `ETag` of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The `Last-Modified` of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

/// A source: its recipe as text and as read.
#[derive(Debug, Clone)]
pub struct Source {
    /// The recipe.
    pub recipe: Recipe,
    /// Its text, whose hash is in every receipt.
    pub text: String,
}

impl Observatory {
    /// The ids of the sources that have a folder here; outside the observatory, of those of which
    /// something may be seen.
    ///
    /// # Errors
    /// `io`, `store`.
    pub fn source_ids(&self) -> Result<Vec<String>, Problem> {
        let mut ids: BTreeSet<String> = self.standing()?.intakes.iter().map(|i| i.source.clone()).collect();
        if self.clearance().inside {
            let entries = fs::read_dir(self.root().join("sources")).ok();
            let found = entries.into_iter().flatten().filter_map(Result::ok).filter(|e| e.path().join(RECIPE).is_file());
            let named = found.filter_map(|e| e.file_name().into_string().ok()).filter(|id| is_id(id));
            ids.extend(named.filter(|id| self.clearance().sees_all() || self.source(id).is_ok()));
        }
        Ok(ids.into_iter().collect())
    }

    /// A source by its id: the observatory's own recipe, else the built-in one. Outside the
    /// observatory only a source of which something may be seen is known, by the recipe its
    /// newest vintage was read under.
    ///
    /// # Errors
    /// `unknown-source`, `recipe`, `io`.
    pub fn source(&self, id: &str) -> Result<Source, Problem> {
        let nothing = || unknown(id, &self.source_ids().unwrap_or_default(), self.clearance().inside);
        let collected = |standing: &Standing| standing.intakes.iter().rev().find(|i| i.source == id).cloned();
        if !self.clearance().inside {
            let newest = collected(&*self.standing()?).ok_or_else(nothing)?;
            let recipe = self.recipe_of(&newest).ok_or_else(nothing)?;
            return Ok(Source { recipe: Recipe::clone(&recipe), text: self.store().recipe(&newest.recipe)? });
        }
        let path = self.root().join("sources").join(id).join(RECIPE);
        let text = if is_id(id) && path.is_file() {
            fs::read_to_string(&path).map_err(|e| Problem::io(path.display().to_string(), &e))?
        } else {
            builtin_text(id).ok_or_else(nothing)?
        };
        let recipe = self.parsed(&text, &path)?;
        if recipe.id != id {
            let found = &recipe.id;
            return Err(Problem::new(
                "recipe",
                path.display().to_string(),
                both!("its id is {found:?}, its folder {id:?}", "su id es {found:?}, su carpeta {id:?}"),
                Both::new("make them the same", "hágalos iguales"),
            ));
        }
        if !self.clearance().sees(&recipe.label) && collected(&*self.standing()?).is_none() {
            return Err(unknown(id, &[], true));
        }
        Ok(Source { recipe, text })
    }

    /// A recipe's text as read, parsed once however often it is asked for.
    fn parsed(&self, text: &str, path: &Path) -> Result<Recipe, Problem> {
        let sha256 = sha256_text(text);
        if let Some(recipe) = self.shelf().recipe(&sha256) {
            return Ok(Recipe::clone(&recipe));
        }
        let recipe = Recipe::parse(text, &path.display().to_string())?;
        self.shelf().put_recipe(&sha256, &Arc::new(recipe.clone()));
        Ok(recipe)
    }

    /// Where a source is collected from without `--from`.
    /// What was said last, else what the recipe says.
    pub fn source_from(&self, id: &str) -> Option<Place> {
        let said = fs::read_to_string(self.root().join("sources").join(id).join(FROM)).ok().and_then(|text| toml::from_str(&text).ok());
        let written = || self.source(id).ok().map(|s| Place { path: s.recipe.from.path, url: s.recipe.from.url, ..Place::default() });
        said.or_else(written).filter(|p| p.path.is_some() || p.url.is_some())
    }

    /// Gives a source its folder: the recipe as text, and where it was collected from.
    ///
    /// # Errors
    /// `io`.
    pub fn remember_source(&self, source: &Source, from: Option<&Place>) -> Result<(), Problem> {
        let folder = self.root().join("sources").join(&source.recipe.id);
        let failed = |e: std::io::Error| Problem::io(folder.display().to_string(), &e);
        fs::create_dir_all(&folder).map_err(failed)?;
        if !folder.join(RECIPE).exists() {
            fs::write(folder.join(RECIPE), &source.text).map_err(failed)?;
        }
        if let Some(from) = from {
            fs::write(folder.join(FROM), toml::to_string(from).unwrap_or_default()).map_err(failed)?;
        }
        Ok(())
    }
}

/// Applies renamed columns to a recipe.
pub(crate) fn with_renames(mut recipe: Recipe, decisions: &[Decision]) -> Recipe {
    for decision in decisions {
        let DecisionBody::Rename { field, column } = &decision.body else { continue };
        for layout in &mut recipe.layouts {
            if let Some(spec) = layout.fields.get_mut(field) {
                spec.from.push(column.clone());
            }
            for observe in &mut layout.observe {
                if observe.value == *field {
                    observe.value.clone_from(column);
                }
            }
        }
    }
    recipe
}

/// The files at `path` in name order: itself, or what lies in the folder.
pub(crate) fn files_at(path: &Path) -> Result<Vec<PathBuf>, Problem> {
    let failed = |e: std::io::Error| Problem::io(path.display().to_string(), &e);
    if fs::metadata(path).map_err(failed)?.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files: Vec<PathBuf> = fs::read_dir(path)
        .map_err(failed)?
        .filter_map(Result::ok)
        .map(|e| e.path())
        .filter(|p| p.is_file() && !p.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.')))
        .collect();
    files.sort();
    Ok(files)
}

/// Whether a text can be a source's id. It names a folder, so nothing in it may lead elsewhere.
fn is_id(text: &str) -> bool {
    !text.starts_with('.') && !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

fn unknown(id: &str, own: &[String], inside: bool) -> Problem {
    let found = Both::new("there is no source of this name", "no existe una fuente con este nombre");
    if !inside {
        let list = own.join(", ");
        return Problem::new("unknown-source", id, found, both!("sources: {list}", "fuentes: {list}"));
    }
    let known: BTreeSet<&str> = SOURCES.iter().map(|s| s.id).chain(own.iter().map(String::as_str)).collect();
    let list = known.into_iter().collect::<Vec<_>>().join(", ");
    Problem::new(
        "unknown-source",
        id,
        found,
        both!(
            "sources here and built in: {list}; for a file of your own begin with `atalaya recipe draft FILE`",
            "fuentes de aquí e incluidas: {list}; para un archivo propio empiece con `atalaya recipe draft ARCHIVO`"
        ),
    )
}

/// The recipe of a built-in source, as text.
pub fn builtin_text(id: &str) -> Option<String> {
    builtin(id).map(|b| b.recipe.to_string()).or_else(|| arq_recipe(id))
}

//! Whether a file has the shape a recipe knows, and which columns stand in the way if not.

use std::path::Path;

use atalaya_kernel::Problem;
use atalaya_kernel::both::shown;
use serde::Serialize;

use super::fit::{Part, clean, closest, fits_part, knows, parts_of};
use crate::draft::words::hints_at;
use crate::format::archive;
use crate::recipe::{Layout, Recipe};

/// A column a recipe reads and a file has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The field.
    pub field: String,
    /// The names it has gone by.
    pub was: Vec<String>,
    /// The new column it is most likely to be.
    pub likely: Option<String>,
}

/// How a file compares with a recipe.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Shape {
    /// Whether a layout fits.
    pub fits: bool,
    /// Required columns that are not there.
    pub missing: Vec<Missing>,
    /// Columns the recipe does not know.
    pub new: Vec<String>,
}

/// Which of these recipes know the shape of a file. The file is opened once.
///
/// # Errors
/// Those of the formats.
pub fn fitting(recipes: &[Recipe], path: &Path, name: &str) -> Result<Vec<usize>, Problem> {
    let parts = open(path, name)?;
    Ok((0..recipes.len()).filter(|i| parts.iter().any(|part| fits_part(&recipes[*i], part))).collect())
}

/// How a file compares with a recipe that should read it.
///
/// # Errors
/// Those of the formats.
pub fn shape(recipe: &Recipe, path: &Path, name: &str) -> Result<Shape, Problem> {
    let parts = open(path, name)?;
    if parts.iter().any(|part| fits_part(recipe, part)) {
        return Ok(Shape { fits: true, ..Shape::default() });
    }
    let Some(found) = parts.iter().map(columns).find(|c| !c.is_empty()) else { return Ok(Shape::default()) };
    let Some(layout) = closest(recipe, &found) else { return Ok(Shape::default()) };
    let new: Vec<String> = found.iter().filter(|c| !knows(layout, c)).cloned().collect();
    Ok(Shape { fits: false, missing: missing(layout, &found, &new), new: new.iter().map(|c| shown(c)).collect() })
}

fn open(path: &Path, name: &str) -> Result<Vec<Part>, Problem> {
    let mut parts = Vec::new();
    for member in archive::members(path, name)? {
        parts.extend(parts_of(&member)?);
    }
    Ok(parts)
}

fn columns(part: &Part) -> Vec<String> {
    part.head.iter().find(|r| !r.is_blank()).map(super::cells).unwrap_or_default()
}

fn missing(layout: &Layout, found: &[String], new: &[String]) -> Vec<Missing> {
    let gone = layout.fields.iter().filter(|(_, f)| f.required && f.value.is_none() && !f.from.iter().any(|c| found.contains(&clean(c))));
    gone.map(|(field, f)| {
        let likely = new.iter().find(|c| hints_at(c, field)).or(if new.len() == 1 { new.first() } else { None });
        Missing { field: field.clone(), was: f.from.clone(), likely: likely.map(|c| shown(c)) }
    })
    .collect()
}

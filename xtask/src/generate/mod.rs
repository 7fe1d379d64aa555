//! Pages that the program writes itself, so that nothing is written twice.

mod rules;

use std::fs;
use std::path::Path;

use crate::Said;

/// One generated page.
pub struct Page {
    /// Where it is committed.
    pub path: &'static str,
    /// What it must say.
    pub text: fn() -> String,
}

/// Every generated page.
pub const PAGES: &[Page] = &[Page { path: "docs/rules.md", text: rules::page }];

/// Writes the pages that are not fresh.
///
/// # Errors
/// A page that cannot be written.
pub fn write(root: &Path) -> Result<Said, String> {
    let mut text = String::new();
    for page in PAGES {
        let (path, fresh) = (root.join(page.path), (page.text)());
        let failed = |error: std::io::Error| format!("{}: {error}", page.path);
        if fs::read_to_string(&path).is_ok_and(|held| held == fresh) {
            text += &format!("{} is fresh\n", page.path);
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&path, fresh).map_err(failed)?;
        text += &format!("{} written\n", page.path);
    }
    Ok(Said { text, good: true })
}

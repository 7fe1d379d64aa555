//! Pages that the program writes itself, so that nothing is written twice.

mod methods;
mod rules;

use std::fs;
use std::path::Path;

use crate::Said;
use crate::tree::Tree;

/// One generated page.
pub struct Page {
    /// Where it is committed.
    pub path: String,
    /// What it must say.
    pub text: String,
}

/// Every generated page.
pub fn pages(tree: &Tree) -> Vec<Page> {
    let mut pages = vec![Page { path: "docs/rules.md".into(), text: rules::page() }];
    pages.extend(methods::pages(tree));
    pages
}

/// Writes the pages that are not fresh.
///
/// # Errors
/// A checkout that cannot be read, a page that cannot be written.
pub fn write(root: &Path) -> Result<Said, String> {
    let mut text = String::new();
    let tree = Tree::read(root).map_err(|error| format!("{}: {error}; is this a checkout?", root.display()))?;
    for Page { path: name, text: fresh } in pages(&tree) {
        let path = root.join(&name);
        let failed = |error: std::io::Error| format!("{name}: {error}");
        if fs::read_to_string(&path).is_ok_and(|held| held == fresh) {
            text += &format!("{name} is fresh\n");
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&path, fresh).map_err(failed)?;
        text += &format!("{name} written\n");
    }
    Ok(Said { text, good: true })
}

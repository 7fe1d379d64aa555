//! `cargo xtask new source ID`: the folder of a built-in source, ready to be filled in.

use std::fs;
use std::path::Path;

use crate::Said;

const HOME: &str = "crates/atalaya-sources/src/builtin";

/// The files of a source and what they begin with; `{id}` is filled in.
const FILES: &[(&str, &str)] = &[
    ("recipe.toml", include_str!("../templates/source/recipe.toml")),
    ("sample.csv", include_str!("../templates/source/sample.csv")),
    ("expected.csv", include_str!("../templates/source/expected.csv")),
];

/// Writes the skeleton.
///
/// # Errors
/// An id that is none, a folder that is there already, a file that cannot be written.
pub fn source(root: &Path, id: &str) -> Result<Said, String> {
    if !is_id(id) {
        return Err(format!("`{id}` is no id: small letters, digits and single hyphens, a letter first, as in `unodc-ids`"));
    }
    let folder = root.join(HOME).join(id);
    if folder.exists() {
        return Err(format!("{HOME}/{id} is there already; edit it, or choose another id"));
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{HOME}/{id}: {error}"))?;
    let mut text = String::new();
    for (name, begin) in FILES {
        fs::write(folder.join(name), begin.replace("{id}", id)).map_err(|error| format!("{HOME}/{id}/{name}: {error}"))?;
        text += &format!("wrote {HOME}/{id}/{name}\n");
    }
    text += &format!("\nNow add one line to SOURCES in {HOME}/mod.rs:\n\n    {}\n\n", row(id));
    text += "Then fill in the three files, and run `cargo test -p atalaya-sources` and `cargo xtask check`.\n";
    Ok(Said { text, good: true })
}

/// The line of the table `SOURCES`.
pub fn row(id: &str) -> String {
    format!("Builtin {{ id: \"{id}\", recipe: include_str!(\"{id}/recipe.toml\") }},")
}

fn is_id(id: &str) -> bool {
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let parts = || id.split('-');
    parts().all(|part| !part.is_empty() && part.chars().all(small)) && id.starts_with(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;

    #[test]
    fn ids_are_kebab_case() {
        for id in ["unodc-ids", "a", "us-cbp2"] {
            assert!(is_id(id), "{id}");
        }
        for id in ["", "Unodc", "a--b", "-a", "a-", "2a", "a_b", "../a", "a/b", "á"] {
            assert!(!is_id(id), "{id}");
        }
    }

    #[test]
    fn a_new_source_lacks_only_its_line_and_is_never_written_over() {
        let root = std::env::temp_dir().join(format!("xtask-skeleton-{}", std::process::id()));
        let said = source(&root, "my-source");
        let tree = Tree::read(&root);
        let again = source(&root, "my-source");
        assert!(fs::remove_dir_all(&root).is_ok());
        assert!(said.is_ok_and(|said| said.text.contains(&row("my-source"))));
        assert!(again.is_err_and(|why| why.contains("there already")));
        let tree = tree.unwrap();
        let recipe = tree.text("crates/atalaya-sources/src/builtin/my-source/recipe.toml").unwrap();
        assert!(recipe.contains("id = \"my-source\""));
        assert!(recipe.parse::<toml::Table>().is_ok());
    }
}

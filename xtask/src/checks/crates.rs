//! The workspace's crates, read from their `Cargo.toml`.

use std::collections::BTreeSet;

use crate::tree::Tree;

/// One crate of the workspace.
pub struct Crate {
    /// Its package name.
    pub name: String,
    /// The path of its `Cargo.toml`.
    pub path: String,
    /// What it needs to be built and run.
    pub needs: Vec<Need>,
}

/// One line of a dependency table.
pub struct Need {
    /// The package's name, whatever the crate calls it.
    pub name: String,
    /// Whether only tests need it.
    pub dev: bool,
    /// The keys of the entry: `workspace`, `version`, `git`, ...
    pub keys: BTreeSet<String>,
    /// The line of the entry, or 1.
    pub line: usize,
}

/// The crates of a tree, by path; a `Cargo.toml` that is no TOML is left to cargo.
pub fn crates(tree: &Tree) -> Vec<Crate> {
    tree.ending("Cargo.toml").filter_map(|(path, text)| read(path, text)).collect()
}

fn read(path: &str, text: &str) -> Option<Crate> {
    let toml: toml::Table = text.parse().ok()?;
    let name = toml.get("package")?.get("name")?.as_str()?.to_string();
    Some(Crate { name, path: path.into(), needs: needs(&toml, text) })
}

/// Every dependency of a manifest, those of single platforms and of the workspace included.
pub fn needs(toml: &toml::Table, text: &str) -> Vec<Need> {
    let platforms = toml.get("target").and_then(toml::Value::as_table).into_iter().flat_map(|t| t.values());
    let workspace = toml.get("workspace");
    let tables = platforms.filter_map(toml::Value::as_table).chain([toml]);
    let tables = tables.chain(workspace.and_then(toml::Value::as_table));
    let kinds = [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)];
    let mut out = Vec::new();
    for table in tables {
        for (kind, dev) in kinds {
            for (key, value) in table.get(kind).and_then(toml::Value::as_table).into_iter().flatten() {
                out.push(need(key, value, dev, text));
            }
        }
    }
    out
}

fn need(key: &str, value: &toml::Value, dev: bool, text: &str) -> Need {
    let table = value.as_table();
    let name = table.and_then(|t| t.get("package")).and_then(toml::Value::as_str).unwrap_or(key);
    let starts = |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.starts_with([' ', '=', '.']));
    let line = text.lines().position(starts).map_or(1, |n| n + 1);
    Need { name: name.into(), dev, keys: table.into_iter().flat_map(|t| t.keys().cloned()).collect(), line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_dependency_is_read() {
        let text = "[package]\nname = \"a\"\n[dependencies]\nb.workspace = true\nc = { package = \"d\", version = \"1\" }\n\
                    [target.'cfg(unix)'.build-dependencies]\ne = \"1\"\n[dev-dependencies]\nf = \"1\"\n";
        let tree = Tree::of(&[("crates/a/Cargo.toml", text)]);
        let crates = crates(&tree);
        let mut names: Vec<(&str, bool)> = crates[0].needs.iter().map(|n| (n.name.as_str(), n.dev)).collect();
        names.sort_unstable();
        assert_eq!(names, [("b", false), ("d", false), ("e", false), ("f", true)]);
        let b = crates[0].needs.iter().find(|n| n.name == "b");
        assert_eq!(b.map(|n| n.line), Some(4));
    }
}

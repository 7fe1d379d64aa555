//! Each built-in source is a folder with a recipe, a sample and what must come out of it, and
//! each stands in the table `SOURCES`.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::skeleton::row;
use crate::text::words::literals;
use crate::tree::Tree;

const HOME: &str = "crates/atalaya-sources/src/builtin";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let folders = tree.folders(HOME);
    let table = format!("{HOME}/mod.rs");
    let rows = tree.text(&table).map(rows).unwrap_or_default();
    let mut out = Vec::new();
    for id in &folders {
        let folder = format!("{HOME}/{id}");
        out.extend(lacks(tree, &folder).into_iter().map(|(what, todo)| Finding::failure(&folder, 1, format!("no {what}"), todo)));
        if !rows.contains_key(*id) {
            out.push(Finding::failure(&table, 1, format!("`{id}` is not in SOURCES"), format!("add the line `{}`", row(id))));
        }
    }
    let gone = rows.iter().filter(|(id, _)| !folders.contains(id.as_str()));
    out.extend(gone.map(|(id, line)| {
        Finding::failure(&table, *line, format!("`{id}` has no folder"), format!("run `cargo xtask new source {id}`, or delete the line"))
    }));
    out
}

/// What a source's folder lacks, and what to do.
fn lacks(tree: &Tree, folder: &str) -> Vec<(&'static str, &'static str)> {
    let has = |wanted: fn(&str) -> bool| tree.under(folder).any(|name| wanted(name.rsplit('/').next().unwrap_or(name)));
    let mut out = Vec::new();
    if !has(|name| name == "recipe.toml") {
        out.push(("recipe.toml", "write where the data come from and how columns, codes and units map"));
    }
    if !has(|name| name.starts_with("sample")) {
        out.push(("sample file", "write a few rows of our own in the form of the source, its oddities included"));
    }
    if !has(|name| name.starts_with("expected") && name.ends_with(".csv")) {
        out.push(("expected.csv", "write by hand what must come out of the sample"));
    }
    out
}

/// The ids in the table: `"id/recipe.toml"` of an include, or the argument of a `source!("id")`.
fn rows(table: &str) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for (n, line) in table.lines().enumerate() {
        let code = line.split("//").next().unwrap_or(line);
        let called = code.contains("source!(").then(|| literals(code).into_iter().next()).flatten();
        let included = literals(code).into_iter().find_map(|text| text.strip_suffix("/recipe.toml"));
        let id = called.or(included).map(|id| id.rsplit('/').next().unwrap_or(id));
        if let Some(id) = id.filter(|id| !id.is_empty() && !id.contains(['$', '{'])) {
            out.entry(id.to_string()).or_insert(n + 1);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::said;

    const TABLE: &str = "crates/atalaya-sources/src/builtin/mod.rs";
    const RECIPE: (&str, &str) = ("crates/atalaya-sources/src/builtin/a-b/recipe.toml", "");
    const SAMPLE: (&str, &str) = ("crates/atalaya-sources/src/builtin/a-b/sample.xlsx.txt", "");
    const EXPECTED: (&str, &str) = ("crates/atalaya-sources/src/builtin/a-b/expected.csv", "");

    #[test]
    fn a_whole_source_passes_in_either_spelling() {
        for line in ["source!(\"a-b\"),".to_string(), row("a-b")] {
            assert_eq!(said(check, &[(TABLE, &line), RECIPE, SAMPLE, EXPECTED]), "", "{line}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let line = "source!(\"a-b\"),";
        assert!(said(check, &[(TABLE, line), RECIPE, SAMPLE]).contains("no expected.csv"));
        assert!(said(check, &[(TABLE, line), RECIPE, EXPECTED]).contains("no sample file"));
        assert!(said(check, &[(TABLE, line), SAMPLE, EXPECTED]).contains("no recipe.toml"));
        assert!(said(check, &[(TABLE, ""), RECIPE, SAMPLE, EXPECTED]).contains("`a-b` is not in SOURCES"));
        assert!(said(check, &[(TABLE, line)]).contains("`a-b` has no folder"));
    }
}

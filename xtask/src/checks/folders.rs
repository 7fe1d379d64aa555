//! Every top-level folder stands in the block `folders` of ARCHITECTURE.md and the other way
//! round, and a path that a document names in `code` is there.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::text::block::{code, fenced};
use crate::tree::Tree;

const MAP: &str = "ARCHITECTURE.md";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut out = top(tree);
    for (path, page) in tree.ending(".md") {
        out.extend(code(page).into_iter().filter_map(|(line, piece)| absent(tree, path, line, piece)));
    }
    out
}

fn top(tree: &Tree) -> Vec<Finding> {
    let Some(lines) = tree.text(MAP).and_then(|page| fenced(page, "folders")) else {
        return vec![Finding::failure(MAP, 1, "no block fenced as ```folders", "add one line per top-level folder")];
    };
    let first = |line: &'_ str| line.split_whitespace().next().map(|word| word.trim_end_matches('/').to_string());
    let named: BTreeSet<String> = lines.iter().filter_map(|(_, line)| first(line)).collect();
    let real = tree.folders("");
    let mut out: Vec<Finding> = lines
        .iter()
        .filter(|(_, line)| first(line).is_some_and(|name| !real.contains(name.as_str())))
        .map(|(n, line)| Finding::failure(MAP, *n, format!("`{}` is not there", line.trim()), "delete the line"))
        .collect();
    for folder in real.iter().filter(|folder| !named.contains(**folder)) {
        out.push(Finding::failure(
            folder,
            1,
            "a folder the map does not name",
            format!("say what it is for in the block `folders` of {MAP}"),
        ));
    }
    out
}

/// A finding when `piece` is a path into this checkout that leads nowhere.
fn absent(tree: &Tree, page: &str, line: usize, piece: &str) -> Option<Finding> {
    let looks = |word: &&str| ["crates/", "xtask/", "docs/", "bench/", ".ci/"].iter().any(|top| word.starts_with(top));
    // `<id>`, `ID`, `*` and `...` stand for something else.
    let plain =
        |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "/._-".contains(c)) && !word.contains("..");
    let word = piece.split_whitespace().find(looks).filter(plain)?;
    if tree.has(word) {
        return None;
    }
    Some(Finding::failure(page, line, format!("names `{word}`, which is not there"), "correct the path"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{places, said};

    #[test]
    fn folders_and_the_map_agree() {
        let page = "```folders\ncrates/   the code\n```\nSee `crates/a/src/lib.rs`, `crates/<id>/x`, `crates/ID`.";
        assert_eq!(said(check, &[(MAP, page), ("crates/a/src/lib.rs", "")]), "");
    }

    #[test]
    fn a_folder_on_one_side_only_is_found() {
        let files = [(MAP, "```folders\ngone/  was here\n```\n"), ("crates/a.rs", "")];
        assert_eq!(places(check, &files), ["ARCHITECTURE.md:2", "crates:1"]);
        assert_eq!(places(check, &[("README.md", "")]), ["ARCHITECTURE.md:1"]);
    }

    #[test]
    fn a_path_that_leads_nowhere_is_found() {
        let files = [(MAP, "```folders\n```\n"), ("README.md", "\nsee `docs/gone.md`")];
        assert_eq!(places(check, &files), ["README.md:2"]);
    }
}

//! Generated pages are committed and fresh.

use crate::finding::Finding;
use crate::generate::pages;
use crate::tree::Tree;

/// A folder in which every page is generated.
const METHODS: &str = "docs/methods";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let pages = pages(tree);
    let mut out: Vec<Finding> = pages.iter().filter_map(|page| stale(tree, &page.path, &page.text)).collect();
    let held = tree.under(METHODS).map(|name| format!("{METHODS}/{name}"));
    let orphans = held.filter(|path| pages.iter().all(|page| page.path != *path));
    out.extend(orphans.map(|path| Finding::failure(&path, 1, "a page no method has", "delete it")));
    out
}

fn stale(tree: &Tree, path: &str, fresh: &str) -> Option<Finding> {
    let held = tree.text(path).unwrap_or_default();
    if held == fresh {
        return None;
    }
    let line = held.lines().zip(fresh.lines()).take_while(|(a, b)| a == b).count() + 1;
    Some(Finding::failure(path, line, "not what the program would write", "run `cargo xtask gen` and commit the page"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::places;

    #[test]
    fn a_fresh_page_passes_and_a_stale_or_missing_one_is_found() {
        let fresh = pages(&Tree::default());
        let mut files: Vec<(&str, &str)> = fresh.iter().map(|page| (page.path.as_str(), page.text.as_str())).collect();
        assert!(places(check, &files).is_empty());
        assert_eq!(places(check, &[]).len(), fresh.len());
        files.push(("docs/methods/gone.md", "old"));
        assert_eq!(places(check, &files), ["docs/methods/gone.md:1"]);
        assert!(stale(&Tree::of(&[("a", "1\n2\n3\n")]), "a", "1\n2\n4\n").is_some_and(|f| f.line == 3));
    }
}

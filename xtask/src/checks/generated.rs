//! Generated pages are committed and fresh.

use crate::finding::Finding;
use crate::generate::PAGES;
use crate::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Finding> {
    PAGES.iter().filter_map(|page| stale(tree, page.path, &(page.text)())).collect()
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
        let fresh: Vec<(&str, String)> = PAGES.iter().map(|page| (page.path, (page.text)())).collect();
        let files: Vec<(&str, &str)> = fresh.iter().map(|(path, text)| (*path, text.as_str())).collect();
        assert!(places(check, &files).is_empty());
        assert_eq!(places(check, &[]).len(), PAGES.len());
        assert!(stale(&Tree::of(&[("a", "1\n2\n3\n")]), "a", "1\n2\n4\n").is_some_and(|f| f.line == 3));
    }
}

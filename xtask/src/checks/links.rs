//! Relative links of the documents lead to a file or folder of the checkout.

use crate::finding::Finding;
use crate::text::block::prose;
use crate::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut out = Vec::new();
    for (path, page) in tree.ending(".md") {
        for (n, line) in prose(page).lines().enumerate() {
            let broken = targets(line).into_iter().filter(|target| !leads(tree, path, target));
            out.extend(broken.map(|target| {
                Finding::failure(path, n + 1, format!("the link `{target}` leads nowhere"), "correct it, or write the file")
            }));
        }
    }
    out
}

/// The `target` of every `](target)`.
fn targets(line: &str) -> Vec<&str> {
    line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()).collect()
}

fn leads(tree: &Tree, page: &str, target: &str) -> bool {
    let target = target.split('#').next().unwrap_or_default();
    let outside = target.contains("://") || target.starts_with("mailto:");
    outside || target.is_empty() || resolved(page, target).is_some_and(|path| tree.has(&path))
}

/// A link as a path from the root; `None` when it leaves the checkout.
fn resolved(page: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    if target.starts_with('/') {
        return None;
    }
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::places;

    #[test]
    fn links_that_lead_somewhere_pass() {
        let page = "[a](../README.md) [b](b.md#part \"title\") [c](https://x.org) [d](#here) `[e](e.md)` [f](./)";
        assert!(places(check, &[("docs/a.md", page), ("docs/b.md", ""), ("README.md", "")]).is_empty());
    }

    #[test]
    fn links_that_do_not_are_found() {
        for link in ["gone.md", "../../README.md", "/README.md", "../docs/gone/"] {
            let page = format!("\n[a]({link})");
            assert_eq!(places(check, &[("docs/a.md", &page), ("README.md", "")]), ["docs/a.md:2"], "{link}");
        }
    }
}

//! No path of somebody's machine in a committed text: it leaks, and it works nowhere else.

use crate::finding::Finding;
use crate::tree::Tree;

/// Home folders, spelled so that this file does not carry them.
const HOMES: &[&str] = &[concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!(":\\Us", "ers\\")];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut out = Vec::new();
    for (path, text) in tree.texts() {
        for (n, line) in text.lines().enumerate() {
            if let Some(home) = HOMES.iter().find(|home| absolute(line, home)) {
                out.push(Finding::failure(
                    path,
                    n + 1,
                    format!("`{home}`, a path of one machine"),
                    "write it relative to the checkout or to a temporary folder",
                ));
            }
        }
    }
    out
}

/// Whether a path begins there: `example.org/home/` is part of an address.
fn absolute(line: &str, home: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || "._-~)}>/".contains(c);
    line.match_indices(home).any(|(at, _)| home.starts_with(':') || !line[..at].ends_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::places;

    #[test]
    fn home_paths_are_found_and_addresses_are_not() {
        for home in HOMES {
            let line = format!("\nread \"{}{home}ana/x.csv\"", if home.starts_with(':') { "C" } else { "" });
            assert_eq!(places(check, &[("a.md", &line)]), ["a.md:2"], "{home}");
            let address = format!("https://example.org{home}");
            assert!(home.starts_with(':') || places(check, &[("a.md", &address)]).is_empty(), "{address}");
        }
    }
}

//! Crates depend on each other as the block `crates` of ARCHITECTURE.md says, no less, no more.
//!
//! A line of the block is `atalaya-app -> atalaya, atalaya-kernel`. Tests may lean on the
//! testkit beside that.

use std::collections::{BTreeMap, BTreeSet};

use super::crates::{Crate, crates};
use crate::finding::Finding;
use crate::text::block::fenced;
use crate::tree::Tree;

const MAP: &str = "ARCHITECTURE.md";
const FOR_TESTS: &str = "atalaya-testkit";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(lines) = tree.text(MAP).and_then(|page| fenced(page, "crates")) else {
        return vec![Finding::failure(MAP, 1, "no block fenced as ```crates", "add one line per crate: `a -> b, c`")];
    };
    let map: BTreeMap<&str, (usize, BTreeSet<&str>)> = lines.into_iter().filter_map(|(n, line)| row(n, line)).collect();
    let crates = crates(tree);
    let names: BTreeSet<&str> = crates.iter().map(|c| c.name.as_str()).collect();
    let gone = map.iter().filter(|(name, _)| !names.contains(*name));
    let mut out: Vec<Finding> = gone
        .map(|(name, (line, _))| {
            Finding::failure(MAP, *line, format!("names `{name}`, which is no crate here"), "delete the line or add the crate")
        })
        .collect();
    for one in &crates {
        match map.get(one.name.as_str()) {
            Some((line, allowed)) => compare(one, *line, allowed, &names, &mut out),
            None => out.push(Finding::failure(
                &one.path,
                1,
                format!("`{}` is not in the map", one.name),
                format!("add its line to the block `crates` of {MAP}"),
            )),
        }
    }
    out
}

fn row(line: usize, text: &str) -> Option<(&str, (usize, BTreeSet<&str>))> {
    let (name, needs) = text.split_once("->")?;
    let needs = needs.split(',').map(str::trim).filter(|need| !need.is_empty()).collect();
    Some((name.trim(), (line, needs)))
}

fn compare(one: &Crate, line: usize, allowed: &BTreeSet<&str>, names: &BTreeSet<&str>, out: &mut Vec<Finding>) {
    let inner = || one.needs.iter().filter(|need| names.contains(need.name.as_str()));
    for need in inner() {
        let fine = allowed.contains(need.name.as_str()) || (need.dev && need.name == FOR_TESTS);
        if !fine {
            let found = format!("`{}` depends on `{}`, which the map of {MAP} does not allow", one.name, need.name);
            out.push(Finding::failure(
                &one.path,
                need.line,
                found,
                "move the code to where both may meet (`atalaya`), or change the map and say why",
            ));
        }
    }
    let real: BTreeSet<&str> = inner().filter(|need| !need.dev).map(|need| need.name.as_str()).collect();
    for missing in allowed.difference(&real) {
        let found = format!("`{} -> {missing}` is not in {}", one.name, one.path);
        out.push(Finding::failure(MAP, line, found, "delete it from the map"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::said;

    const KERNEL: (&str, &str) = ("crates/k/Cargo.toml", "[package]\nname = \"k\"\n");

    fn with(map: &str, needs: &str) -> String {
        let page = format!("```crates\nk ->\ns -> {map}\n```\n");
        let toml = format!("[package]\nname = \"s\"\n{needs}\n");
        said(check, &[(MAP, &page), KERNEL, ("crates/s/Cargo.toml", &toml)])
    }

    #[test]
    fn the_map_and_the_crates_agree() {
        assert_eq!(with("k", "[dependencies]\nk.workspace = true"), "");
    }

    #[test]
    fn an_edge_that_is_not_in_the_map_is_found() {
        let said = with("", "[dependencies]\nk.workspace = true");
        assert!(said.starts_with("crates/s/Cargo.toml:4: `s` depends on `k`"), "{said}");
        let said = with("", "[dev-dependencies]\nk.workspace = true");
        assert!(said.contains("`s` depends on `k`"), "{said}");
    }

    #[test]
    fn an_edge_that_is_only_in_the_map_is_found() {
        assert!(with("k", "").starts_with("ARCHITECTURE.md:3: `s -> k` is not in"));
    }

    #[test]
    fn a_crate_on_one_side_only_is_found() {
        assert!(said(check, &[(MAP, "```crates\n```\n"), KERNEL]).contains("`k` is not in the map"));
        assert!(said(check, &[(MAP, "```crates\nk ->\n```\n")]).contains("no crate here"));
        assert!(said(check, &[KERNEL]).contains("no block"));
    }
}

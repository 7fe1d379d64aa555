//! Every dependency comes from crates.io or from this checkout, and nothing redirects it.

use super::crates::{crates, needs};
use crate::finding::Finding;
use crate::tree::Tree;

const HOME: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut out = Vec::new();
    let root = tree.text("Cargo.toml").and_then(|text| Some((text, text.parse::<toml::Table>().ok()?)));
    let shared = root.into_iter().flat_map(|(text, toml)| needs(&toml, text)).map(|need| ("Cargo.toml".to_string(), need));
    let own = crates(tree).into_iter().flat_map(|one| one.needs.into_iter().map(move |need| (one.path.clone(), need)));
    for (path, need) in shared.chain(own) {
        if let Some(key) = ["git", "registry", "registry-index"].iter().find(|key| need.keys.contains(**key)) {
            out.push(Finding::failure(
                &path,
                need.line,
                format!("`{}` comes from `{key}`", need.name),
                "take a release from crates.io, or do without",
            ));
        }
    }
    out.extend(lock(tree));
    out.extend(redirects(tree));
    out
}

fn lock(tree: &Tree) -> Vec<Finding> {
    let lines = tree.text("Cargo.lock").unwrap_or_default().lines().enumerate();
    let foreign = lines.filter(|(_, line)| line.starts_with("source = ") && !line.contains(HOME));
    foreign.map(|(n, line)| Finding::failure("Cargo.lock", n + 1, line, "take a release from crates.io, or do without")).collect()
}

fn redirects(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(".cargo/config.toml") else { return Vec::new() };
    let lines = text.lines().enumerate();
    let turned = lines.filter(|(_, line)| ["[source", "[registr"].iter().any(|head| line.trim_start().starts_with(head)));
    turned
        .map(|(n, line)| Finding::failure(".cargo/config.toml", n + 1, line.trim(), "keep it in your own home folder, not in the project"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::places;

    #[test]
    fn crates_io_and_paths_pass() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\nb = \"1\"\nc = { path = \"../c\" }\n";
        let lock = format!("[[package]]\nsource = \"{HOME}\"\n");
        assert!(places(check, &[("crates/a/Cargo.toml", manifest), ("Cargo.lock", &lock)]).is_empty());
    }

    #[test]
    fn other_origins_are_found() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\nb = { git = \"https://x.org/b\" }\n";
        assert_eq!(places(check, &[("crates/a/Cargo.toml", manifest)]), ["crates/a/Cargo.toml:4"]);
        let shared = "[workspace.dependencies]\nb = { version = \"1\", registry = \"x\" }\n";
        assert_eq!(places(check, &[("Cargo.toml", shared)]), ["Cargo.toml:2"]);
        assert_eq!(places(check, &[("Cargo.lock", "source = \"git+https://x.org\"")]), ["Cargo.lock:1"]);
        assert_eq!(places(check, &[(".cargo/config.toml", "[source.crates-io]")]), [".cargo/config.toml:1"]);
    }
}

//! The licence of every Rust dependency, as `cargo metadata` tells it.

use std::process::Command;

use serde::Deserialize;

use crate::finding::Finding;
use crate::licence::{self, Allowed};
use crate::tree::Tree;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
}

pub fn check(tree: &Tree) -> Vec<Finding> {
    if tree.root.as_os_str().is_empty() {
        return Vec::new();
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let asked = Command::new(cargo).args(["metadata", "--format-version", "1", "--locked"]).current_dir(&tree.root).output();
    match asked {
        Ok(answer) if answer.status.success() => refused(&String::from_utf8_lossy(&answer.stdout)),
        Ok(answer) => vec![unknown(&String::from_utf8_lossy(&answer.stderr).trim().replace('\n', " "))],
        Err(error) => vec![unknown(&error.to_string())],
    }
}

/// The packages whose licence is none or not allowed.
fn refused(metadata: &str) -> Vec<Finding> {
    let packages = match serde_json::from_str::<Metadata>(metadata) {
        Ok(metadata) => metadata.packages,
        Err(error) => return vec![unknown(&error.to_string())],
    };
    packages.iter().filter_map(refuse).collect()
}

fn refuse(package: &Package) -> Option<Finding> {
    let who = format!("{} {}", package.name, package.version);
    let todo = "do without it, or add the licence to xtask/src/licence.rs and say why it is free enough";
    let found = match package.license.as_deref() {
        Some(text) => match licence::satisfied(text, Allowed::Linked) {
            Ok(true) => return None,
            Ok(false) => format!("{who} is licensed `{text}`"),
            Err(why) => format!("{who}: `{text}` is not a licence expression ({why})"),
        },
        None => format!("{who} states no licence"),
    };
    Some(Finding::failure("Cargo.lock", 1, found, todo))
}

fn unknown(why: &str) -> Finding {
    Finding::failure("Cargo.lock", 1, format!("`cargo metadata --locked` did not answer: {why}"), "run it by hand")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(licence: &str) -> Vec<Finding> {
        refused(&format!("{{\"packages\":[{{\"name\":\"a\",\"version\":\"1.0.0\",\"license\":{licence}}}]}}"))
    }

    #[test]
    fn free_licences_pass_and_others_are_named() {
        assert!(metadata("\"MIT OR GPL-3.0\"").is_empty());
        assert!(metadata("\"GPL-3.0\"")[0].found.contains("a 1.0.0 is licensed `GPL-3.0`"));
        assert!(metadata("null")[0].found.contains("no licence"));
        assert!(metadata("\"MIT (\"")[0].found.contains("not a licence expression"));
        assert_eq!(refused("{}").len(), 1);
    }
}

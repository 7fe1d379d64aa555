//! The licence of every package of the browser app, from its lock file; and a lock file that
//! names no host, so that any registry may serve it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::Finding;
use crate::licence::{self, Allowed};
use crate::tree::Tree;

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    license: Option<String>,
    resolved: Option<String>,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    dev: bool,
}

pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.ending("package-lock.json").flat_map(|(path, text)| lock(path, text)).collect()
}

fn lock(path: &str, text: &str) -> Vec<Finding> {
    let lock = match serde_json::from_str::<Lock>(text) {
        Ok(lock) => lock,
        Err(error) => return vec![Finding::failure(path, error.line(), error.to_string(), "run `npm install` with npm 11")],
    };
    let mut out = Vec::new();
    // The root package has no name here: it is the app itself.
    for (name, package) in lock.packages.iter().filter(|(name, package)| !name.is_empty() && !package.link) {
        let line = text.lines().position(|line| line.contains(&format!("\"{name}\":"))).map_or(1, |n| n + 1);
        if package.resolved.is_some() {
            out.push(Finding::failure(
                path,
                line,
                format!("`{name}` is tied to a host"),
                "set `omit-lockfile-registry-resolved=true` in .npmrc and run `npm install` again",
            ));
        }
        out.extend(
            refuse(name, package).map(|found| {
                Finding::failure(path, line, found, "do without it, or allow the licence in xtask/src/licence.rs and say why")
            }),
        );
    }
    out
}

fn refuse(name: &str, package: &Package) -> Option<String> {
    let allowed = if package.dev { Allowed::Tool } else { Allowed::Linked };
    let Some(text) = package.license.as_deref() else { return Some(format!("`{name}` states no licence")) };
    match licence::satisfied(text, allowed) {
        Ok(true) => None,
        Ok(false) => Some(format!("`{name}` is licensed `{text}`")),
        Err(why) => Some(format!("`{name}`: `{text}` is not a licence expression ({why})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::said;

    fn with(package: &str) -> String {
        let text = format!("{{\"packages\": {{\n\"\": {{}},\n\"node_modules/a\": {{{package}}}}}}}");
        said(check, &[("crates/atalaya-web/ui/package-lock.json", &text)])
    }

    #[test]
    fn free_packages_without_a_host_pass() {
        assert_eq!(with("\"license\": \"ISC\""), "");
        assert_eq!(with("\"license\": \"BlueOak-1.0.0\", \"dev\": true"), "");
        assert_eq!(with("\"resolved\": \"../b\", \"link\": true"), "");
    }

    #[test]
    fn hosts_and_other_licences_are_found() {
        assert!(with("\"license\": \"ISC\", \"resolved\": \"https://x.org/a.tgz\"").contains("json:3: `node_modules/a` is tied"));
        assert!(with("\"license\": \"GPL-2.0\"").contains("GPL-2.0"));
        assert!(with("\"license\": \"CC-BY-4.0\"").contains("CC-BY-4.0"));
        assert!(with("").contains("no licence"));
        assert!(said(check, &[("package-lock.json", "{")]).contains("package-lock.json:1"));
    }
}

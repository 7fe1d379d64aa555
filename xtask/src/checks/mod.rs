//! Every check, in one table.

mod absences;
mod crates;
mod edges;
mod folders;
mod generated;
mod licences;
mod limits;
mod links;
mod methods;
mod npm;
mod panics;
mod registries;
mod sources;
mod unfinished;
mod verbs;
mod workplace;

use std::path::Path;

use crate::Said;
use crate::finding::{Finding, Weight};
use crate::tree::Tree;

/// One check: its name, what it holds, and the function.
struct Check {
    name: &'static str,
    holds: &'static str,
    run: fn(&Tree) -> Vec<Finding>,
}

const CHECKS: &[Check] = &[
    Check { name: "edges", holds: "crates depend on each other as ARCHITECTURE.md says", run: edges::check },
    Check { name: "folders", holds: "every folder and path the documents name is there", run: folders::check },
    Check { name: "absences", holds: "what a crate must not mention", run: absences::check },
    Check { name: "limits", holds: "files of 500 lines, functions of 60", run: limits::check },
    Check { name: "panics", holds: "bad input is an error, never a panic", run: panics::check },
    Check { name: "unfinished", holds: "no work left marked in the text", run: unfinished::check },
    Check { name: "sources", holds: "each built-in source is whole and in its table", run: sources::check },
    Check { name: "methods", holds: "each method has its seven headings, its card and its line", run: methods::check },
    Check { name: "links", holds: "relative links of the documents lead somewhere", run: links::check },
    Check { name: "verbs", holds: "the documents name only commands that exist", run: verbs::check },
    Check { name: "registries", holds: "dependencies come from crates.io", run: registries::check },
    Check { name: "licences", holds: "licences of Rust dependencies are free enough", run: licences::check },
    Check { name: "npm", holds: "licences of the browser app's dependencies, too", run: npm::check },
    Check { name: "workplace", holds: "no path of somebody's machine", run: workplace::check },
    Check { name: "generated", holds: "generated pages are fresh", run: generated::check },
];

/// Runs the named checks, or all of them.
///
/// # Errors
/// A name no check has, or a checkout that cannot be read.
pub fn run(root: &Path, names: &[&str]) -> Result<Said, String> {
    if let Some(name) = names.iter().find(|name| CHECKS.iter().all(|check| check.name != **name)) {
        let known: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        return Err(format!("no check is called `{name}`; choose from {}", known.join(", ")));
    }
    let tree = Tree::read(root).map_err(|error| format!("{}: {error}; is this a checkout?", root.display()))?;
    let chosen = CHECKS.iter().filter(|check| names.is_empty() || names.contains(&check.name));
    let (mut text, mut failures) = (String::new(), 0);
    for check in chosen {
        let findings = (check.run)(&tree);
        let failed = findings.iter().filter(|f| f.weight == Weight::Failure).count();
        let verdict = if failed == 0 { "ok".to_string() } else { format!("{failed} to repair") };
        text += &format!("{:<11} {:<55} {verdict}\n", check.name, check.holds);
        text.extend(findings.iter().map(|finding| format!("  {finding}\n")));
        failures += failed;
    }
    Ok(Said { text, good: failures == 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_an_unknown_one_is_refused() {
        let mut names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CHECKS.len());
        assert!(run(Path::new("."), &["nonesuch"]).is_err());
    }
}

//! Files and functions short enough to be read in one go.

use crate::finding::{Finding, Weight};
use crate::text::{functions, mask};
use crate::tree::Tree;

/// The most lines of a Rust file.
const FILE: usize = 500;
/// Lines of a function that call for a look.
const ALARM: usize = 60;
/// Lines of a function that nobody reads any more.
const FUNCTION: usize = 100;

/// Files that hold one table of data, which is not read but looked up.
const TABLES: &[&str] = &["crates/atalaya-kernel/src/rule.rs"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut out = Vec::new();
    for path in TABLES.iter().filter(|path| tree.text(path).is_none() && tree.has("crates/atalaya-kernel")) {
        out.push(Finding::failure("xtask/src/checks/limits.rs", 1, format!("`{path}` is exempt but not there"), "delete it from TABLES"));
    }
    for (path, source) in tree.ending(".rs") {
        let lines = source.lines().count();
        if lines > FILE && !TABLES.contains(&path) {
            out.push(Finding::failure(path, lines, format!("{lines} lines, more than {FILE}"), "split it along its ideas, one file each"));
        }
        out.extend(functions::functions(&mask::mask(source)).into_iter().filter(|f| f.lines > ALARM).map(|f| long(path, &f)));
    }
    out
}

fn long(path: &str, function: &functions::Function) -> Finding {
    let found = format!("`{}` has {} lines, more than {ALARM}", function.name, function.lines);
    let finding = Finding::failure(path, function.line, found, "give its steps names of their own");
    if function.lines > FUNCTION { finding } else { finding.weighs(Weight::Warning) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::said;

    #[test]
    fn files_and_functions_up_to_the_limit_pass() {
        let function = format!("fn f() {{\n{}}}\n", "    a();\n".repeat(ALARM - 2));
        assert_eq!(said(check, &[("a.rs", &function)]), "");
        assert_eq!(said(check, &[("a.rs", &"\n".repeat(FILE))]), "");
    }

    #[test]
    fn one_line_more_is_found() {
        let function = |lines| format!("\nfn f() {{\n{}}}\n", "    a();\n".repeat(lines - 2));
        assert!(said(check, &[("a.rs", &function(ALARM + 1))]).starts_with("warning: a.rs:2: `f` has 61 lines"));
        assert!(said(check, &[("a.rs", &function(FUNCTION + 1))]).starts_with("a.rs:2: `f` has 101 lines"));
        assert!(said(check, &[("a.rs", &"\n".repeat(FILE + 1))]).starts_with("a.rs:501: 501 lines"));
    }
}

//! The documents name only commands the program has: `atalaya <verb>` in code, against the
//! table `VERBS`.

use std::collections::BTreeSet;

use crate::finding::{Finding, Weight};
use crate::text::block::code;
use crate::text::{closing, mask, words};
use crate::tree::Tree;

const PAGES: &[&str] = &["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let verbs: BTreeSet<String> =
        tree.ending(".rs").filter(|(path, _)| path.starts_with("crates/")).flat_map(|(_, text)| table(text)).collect();
    if verbs.is_empty() {
        let found = "no table `VERBS` in crates/, so commands were not compared";
        return vec![Finding::failure("README.md", 1, found, "add `pub const VERBS` with one row per command").weighs(Weight::Skipped)];
    }
    let mut out = Vec::new();
    for page in PAGES {
        for (line, piece) in tree.text(page).map(code).unwrap_or_default() {
            let unknown = command(piece).filter(|verb| !verbs.contains(*verb));
            out.extend(unknown.map(|verb| Finding::failure(page, line, format!("`atalaya {verb}` is no command"), "correct the page")));
        }
    }
    out
}

/// The strings of `const VERBS: ... = &[ ... ];` that look like a verb.
fn table(source: &str) -> Vec<String> {
    let masked = mask::mask(source);
    let Some(at) = masked.find("const VERBS") else { return Vec::new() };
    let Some(open) = masked[at..].find('=').and_then(|eq| masked[at + eq..].find('[').map(|n| at + eq + n)) else { return Vec::new() };
    let Some(close) = closing(&masked, open) else { return Vec::new() };
    let verb = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    words::literals(&source[open..close]).into_iter().filter(verb).map(str::to_string).collect()
}

/// The verb of a piece of code that is a call of the program.
fn command(piece: &str) -> Option<&str> {
    let mut words = piece.split_whitespace().skip_while(|word| matches!(*word, "$" | "&&"));
    let call = words.next() == Some("atalaya") || piece.split_once("&& atalaya ").is_some();
    let verb = if call { words.find(|word| !word.starts_with('-')) } else { None }?;
    verb.chars().all(|c| c.is_ascii_lowercase() || c == '-').then_some(verb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::said;

    const TABLE: (&str, &str) = (
        "crates/atalaya/src/verbs.rs",
        "/// VERBS\npub const VERBS: &[(&str, &str)] = &[\n (\"collect\", \"Reads files\"), (\"status\", \"x y\")];\nconst A: &str = \"other\";",
    );

    #[test]
    fn commands_that_exist_pass() {
        let page = "```\natalaya collect x\n$ atalaya --json status\n```\n`atalaya status`, `atalaya VERB`, `atalaya-app new`";
        assert_eq!(said(check, &[TABLE, ("README.md", page)]), "");
    }

    #[test]
    fn commands_that_do_not_are_found() {
        for page in ["```\natalaya other\n```", "\nsee `atalaya other`"] {
            assert!(said(check, &[TABLE, ("README.md", page)]).starts_with("README.md:2: `atalaya other`"));
        }
    }

    #[test]
    fn without_a_table_it_says_that_it_did_not_look() {
        assert!(said(check, &[("README.md", "`atalaya other`")]).starts_with("SKIPPED: "));
    }
}

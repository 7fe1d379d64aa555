//! No work left marked in the text: a wish belongs in the tracker, a gap in an error message.

use crate::finding::Finding;
use crate::text::{line_of, mask, words::whole};
use crate::tree::Tree;

/// The marks, spelled so that this file does not carry them.
const MARKS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
const MACROS: &[&str] = &[concat!("to", "do!"), concat!("unimple", "mented!")];
/// Data may say anything.
const DATA: &[&str] = &[".csv", ".json", ".svg", ".geojson", ".txt", ".xml", "LICENSE"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut out = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| !DATA.iter().any(|end| path.ends_with(end))) {
        for (n, line) in text.lines().enumerate() {
            let mark = MARKS.iter().find(|mark| whole(line, mark).any(|at| marks(line, at, mark.len())));
            out.extend(mark.map(|mark| finding(path, n + 1, mark)));
        }
        if path.ends_with(".rs") {
            let code = mask::mask(text);
            let calls = MACROS.iter().flat_map(|call| whole(&code, call).map(move |at| (at, call)));
            out.extend(calls.map(|(at, call)| finding(path, line_of(&code, at), call)));
        }
    }
    out
}

/// Whether a word is meant as a mark: it opens a comment or is followed by `:` or `(`.
/// (`TODO` alone is also Spanish for "everything".)
fn marks(line: &str, at: usize, len: usize) -> bool {
    let before = line[..at].trim_end();
    let opens = ["//", "///", "//!", "/*", "#", "<!--", "*"].iter().any(|comment| before.ends_with(comment));
    opens || line[at + len..].starts_with([':', '('])
}

fn finding(path: &str, line: usize, mark: &str) -> Finding {
    Finding::failure(path, line, format!("`{mark}`"), "do it now, or open an issue and delete the mark")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::places;

    #[test]
    fn marks_and_macros_are_found() {
        for line in
            [concat!("// TO", "DO later"), concat!("x = 1 # FIX", "ME"), concat!("see TO", "DO(ana)"), concat!("fn f() { to", "do!() }")]
        {
            assert_eq!(places(check, &[("a.rs", line)]), ["a.rs:1"], "{line}");
        }
    }

    #[test]
    fn a_word_and_a_field_are_no_marks() {
        for line in ["let todo = 1;", "la fila TODO EL PAÍS", "// see Rule::todo", "\"todo!()\""] {
            assert!(places(check, &[("a.rs", line)]).is_empty(), "{line}");
        }
        assert!(places(check, &[("a.csv", concat!("TO", "DO: x"))]).is_empty());
    }
}

//! Bad input is an error, never a panic: no `unwrap()` and no `expect("...")` outside tests.

use crate::finding::Finding;
use crate::text::{line_of, product, words::whole};
use crate::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut out = Vec::new();
    for (path, source) in tree.ending(".rs") {
        let code = product::product(path, source);
        let unwraps = whole(&code, ".unwrap()").chain(whole(&code, ".unwrap_err()"));
        // A parser may have its own `expect(byte)`; the one that panics takes a sentence.
        let expects = whole(&code, ".expect(").filter(|at| code[at + ".expect(".len()..].trim_start().starts_with(['"', '&']));
        let mut lines: Vec<usize> = unwraps.chain(expects).map(|at| line_of(&code, at)).collect();
        lines.sort_unstable();
        out.extend(lines.into_iter().map(|line| {
            Finding::failure(path, line, "a panic on what may be bad input", "return an error: where, what was found, what to do")
        }));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::places;

    #[test]
    fn panics_of_the_product_are_found() {
        let source = "fn f() {\n    a.unwrap();\n    b.expect(\"b\");\n    c\n        .expect(\n            \"c\",\n        );\n}\n";
        assert_eq!(places(check, &[("crates/a/src/a.rs", source)]), ["crates/a/src/a.rs:2", "crates/a/src/a.rs:3", "crates/a/src/a.rs:5"]);
    }

    #[test]
    fn tests_and_lookalikes_are_not() {
        let source = "// .unwrap()\nfn f() { a.unwrap_or(1); self.expect(b'x')?; }\n#[cfg(test)]\nmod tests { fn t() { a.unwrap() } }\n";
        assert!(places(check, &[("crates/a/src/a.rs", source)]).is_empty());
        assert!(places(check, &[("crates/a/tests/it/main.rs", "a.unwrap()")]).is_empty());
    }
}

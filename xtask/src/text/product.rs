//! What of a Rust file is the product, and what is its tests.

use super::words::whole;
use super::{closing, mask};

/// Whether a whole file is no part of the product: tests, benchmarks, examples.
pub fn is_test_file(path: &str) -> bool {
    let tests = |part: &str| matches!(part, "tests" | "benches" | "examples" | "tests.rs" | "testing.rs");
    path.split('/').any(tests) || path.ends_with("_tests.rs")
}

/// The masked code of a file without its test items; empty for a test file.
pub fn product(path: &str, source: &str) -> String {
    if is_test_file(path) {
        return String::new();
    }
    without_tests(mask::mask(source))
}

fn without_tests(mut code: String) -> String {
    let mut from = 0;
    while let Some(start) = code[from..].find("#[cfg(").map(|n| from + n) {
        let Some(end) = closing(&code, start + 1) else { break };
        let condition = &code[start..end];
        from = end;
        if whole(condition, "test").next().is_some() && !condition.contains("not(test") {
            let stop = item_end(&code, end + 1);
            blank(&mut code, start, stop);
            from = stop;
        }
    }
    code
}

/// The end of the item that starts at `from`: its closing brace or its semicolon.
fn item_end(code: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = code.as_bytes().get(at) {
        match byte {
            b';' => return at + 1,
            b'{' => return closing(code, at).map_or(code.len(), |end| end + 1),
            b'(' | b'[' => at = closing(code, at).unwrap_or(code.len()),
            _ => at += 1,
        }
        if matches!(code.as_bytes().get(at), Some(b')' | b']')) {
            at += 1;
        }
    }
    code.len()
}

fn blank(code: &mut String, from: usize, to: usize) {
    let spaces: String = code[from..to].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
    code.replace_range(from..to, &spaces);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_modules_and_functions_are_left_out() {
        let source = "a();\n#[cfg(test)]\n#[allow(x)]\nmod tests { fn f() { hidden() } }\nb();\n#[cfg(test)]\nuse hidden;\nc();";
        let code = product("src/a.rs", source);
        assert!(!code.contains("hidden"), "{code}");
        assert!(code.contains("a();") && code.contains("b();") && code.contains("c();"), "{code}");
        assert_eq!(code.lines().count(), source.lines().count());
    }

    #[test]
    fn code_that_is_not_for_tests_stays() {
        let source = "#[cfg(not(test))]\nfn f() { kept() }\n#[cfg(feature = \"test\")]\nfn g() { kept() }";
        assert_eq!(product("src/a.rs", source).matches("kept").count(), 2);
    }

    #[test]
    fn test_files_are_empty() {
        for path in ["crates/a/tests/it/main.rs", "crates/a/src/cube/tests.rs", "crates/a/benches/b.rs"] {
            assert_eq!(product(path, "x.unwrap()"), "", "{path}");
        }
        assert_ne!(product("crates/a/src/testset.rs", "x.unwrap()"), "");
    }
}

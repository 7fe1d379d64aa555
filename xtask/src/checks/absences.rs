//! Invariants as absences: words that must not stand in a part of the product.
//!
//! Only code counts: comments, literals and tests may say what they like.

use crate::finding::Finding;
use crate::text::words::whole;
use crate::text::{line_of, product};
use crate::tree::Tree;

/// One absence: these words, everywhere but there.
struct Absence {
    words: &'static [&'static str],
    /// Where the rule holds; empty means everywhere.
    within: &'static [&'static str],
    /// Where the words are at home.
    except: &'static [&'static str],
    todo: &'static str,
}

const KERNEL: &str = "crates/atalaya-kernel/";
const METHODS: &str = "crates/atalaya-methods/";
const STORE: &str = "crates/atalaya-store/";
const APP: &str = "crates/atalaya-app/";

const ABSENCES: &[Absence] = &[
    Absence { words: &["rusqlite"], within: &[], except: &[STORE], todo: "only the store knows SQL: ask it through its functions" },
    Absence {
        words: &["std::fs", "std::net", "std::env", "std::process", "SystemTime", "Instant"],
        within: &[KERNEL, METHODS],
        except: &[],
        todo: "words and methods read no file, clock, environment or network: take the value as an argument",
    },
    Absence {
        words: &["async", "await", "tokio"],
        within: &[],
        except: &[STORE, APP],
        todo: "threads of control live in the app: make this a plain function",
    },
    Absence {
        words: &["println!", "print!", "eprintln!", "eprint!", "dbg!"],
        within: &["crates/"],
        except: &[APP],
        todo: "return what is to be said: the app prints",
    },
    Absence {
        words: &["thread_rng", "from_entropy", "OsRng"],
        within: &[],
        except: &[],
        todo: "chance comes from a seed the caller gives",
    },
    Absence { words: &["unsafe"], within: &[], except: &[], todo: "write it without, the measured cost is small" },
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut out = Vec::new();
    for (path, source) in tree.ending(".rs").filter(|(path, _)| !path.ends_with("build.rs")) {
        let code = spelled_out(&product::product(path, source));
        for absence in ABSENCES.iter().filter(|absence| absence.holds(path)) {
            for word in absence.words {
                let lines = whole(&code, word).map(|at| line_of(&code, at));
                out.extend(lines.map(|line| Finding::failure(path, line, format!("`{word}`"), absence.todo)));
            }
        }
    }
    out
}

impl Absence {
    fn holds(&self, path: &str) -> bool {
        let starts = |tops: &[&str]| tops.iter().any(|top| path.starts_with(top));
        (self.within.is_empty() || starts(self.within)) && !starts(self.except)
    }
}

/// `use std::{fs, io};` with its paths written out, so that `std::fs` is found.
fn spelled_out(code: &str) -> String {
    let mut out = code.to_string();
    let mut from = 0;
    while let Some(at) = out[from..].find("std::{").map(|n| from + n) {
        let open = at + "std::".len();
        let Some(close) = crate::text::closing(&out, open) else { break };
        let inner = out[open + 1..close].split(',').map(|one| format!("std::{},", one.trim_start()));
        let inner: String = inner.collect();
        // Lines must stay: the new text keeps the line breaks of the old one.
        let breaks = "\n".repeat(out[open..close].matches('\n').count().saturating_sub(inner.matches('\n').count()));
        out.replace_range(at..=close, &format!("{inner}{breaks}"));
        from = at + inner.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::places;

    #[test]
    fn each_absence_is_found_where_it_holds_and_only_there() {
        for (path, line) in [
            ("crates/atalaya/src/a.rs", "use rusqlite::Connection;"),
            ("crates/atalaya-kernel/src/a.rs", "use std::fs;"),
            ("crates/atalaya-kernel/src/a.rs", "use std::{collections::BTreeMap, fs};"),
            ("crates/atalaya-methods/src/a.rs", "let t = Instant::now();"),
            ("crates/atalaya-sources/src/a.rs", "async fn f() {}"),
            ("crates/atalaya-report/src/a.rs", "println!(\"x\");"),
        ] {
            let source = format!("\n{line}\n");
            assert_eq!(places(check, &[(path, &source)]), [format!("{path}:2")], "{line}");
        }
        for (path, line) in [
            ("crates/atalaya-store/src/a.rs", "use rusqlite::Connection;"),
            ("crates/atalaya-store/src/a.rs", "use std::fs;"),
            ("crates/atalaya-app/src/a.rs", "async fn f() { println!(\"x\") }"),
            ("crates/atalaya-kernel/src/a.rs", "// std::fs, rusqlite\nlet fs = \"std::fs\";"),
            ("crates/atalaya-kernel/src/a.rs", "#[cfg(test)]\nmod tests { use std::fs; }"),
            ("crates/atalaya-web/build.rs", "fn main() { println!(\"cargo::rerun-if-changed=ui\"); }"),
        ] {
            assert!(places(check, &[(path, line)]).is_empty(), "{path}: {line}");
        }
    }

    #[test]
    fn spelling_out_keeps_the_lines_below() {
        let source = "use std::{\n    collections::BTreeMap,\n    fs,\n};\nuse std::net;\n";
        let found = places(check, &[("crates/atalaya-kernel/src/a.rs", source)]);
        assert!(found.contains(&"crates/atalaya-kernel/src/a.rs:5".into()), "{found:?}");
        assert_eq!(found.len(), 2, "{found:?}");
    }
}

//! What the checks' own tests share.

use crate::finding::Finding;
use crate::tree::Tree;

/// The findings of a check on inline files, as `path:line`.
pub fn places(check: fn(&Tree) -> Vec<Finding>, files: &[(&str, &str)]) -> Vec<String> {
    check(&Tree::of(files)).iter().map(|f| format!("{}:{}", f.path, f.line)).collect()
}

/// The findings of a check on inline files, in full.
pub fn said(check: fn(&Tree) -> Vec<Finding>, files: &[(&str, &str)]) -> String {
    check(&Tree::of(files)).iter().map(|f| format!("{f}\n")).collect()
}

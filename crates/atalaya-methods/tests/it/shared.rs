//! The third-party files beside the repository, which the project itself does not hold.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests: they may fail loudly and must say what they skip")]

use std::path::PathBuf;
use std::process::Command;

/// A file under `../shared`, or `None` with a loud reason.
pub fn path(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is absent: this test checks nothing without it", path.display());
    None
}

/// The text of a file under `../shared`. Bytes that are not UTF-8 are replaced.
pub fn text(name: &str) -> Option<String> {
    let bytes = std::fs::read(path(name)?).unwrap();
    Some(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_string())
}

/// The one file inside a zip under `../shared`, unpacked by the system's `unzip`.
pub fn unzipped(name: &str) -> Option<String> {
    let path = path(name)?;
    match Command::new("unzip").arg("-p").arg(&path).output() {
        Ok(done) if done.status.success() => Some(String::from_utf8_lossy(&done.stdout).trim_start_matches('\u{feff}').to_string()),
        other => {
            eprintln!("SKIPPED: `unzip -p {}` did not work: {other:?}", path.display());
            None
        }
    }
}

/// A whole CSV, quotes understood.
pub fn table(text: &str, separator: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            c if c == separator && !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            c => field.push(c),
        }
    }
    if !field.is_empty() || !row.is_empty() {
        row.push(field);
        rows.push(row);
    }
    rows
}

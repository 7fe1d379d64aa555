//! The checkout as the checks see it: every path, and the text of those that are text.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Folders that are made by tools and never committed.
const MADE: &[&str] = &[".git", "target", "node_modules", "dist", "test-results", "playwright-report"];

/// Every file of a checkout, read once.
#[derive(Debug, Default)]
pub struct Tree {
    /// The folder on disk; empty for a tree made of inline texts.
    pub root: PathBuf,
    /// Path from the root, with `/`, to text; `None` for what is not UTF-8 text.
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads a checkout.
    ///
    /// # Errors
    /// A folder or file that cannot be read.
    pub fn read(root: &Path) -> io::Result<Tree> {
        let mut tree = Tree { root: root.to_path_buf(), files: BTreeMap::new() };
        tree.walk(root, "")?;
        Ok(tree)
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                let built = path.join("CACHEDIR.TAG").exists();
                if !built && !MADE.contains(&name.as_str()) {
                    self.walk(&path, &format!("{prefix}{name}/"))?;
                }
            } else if kind.is_file() {
                self.files.insert(format!("{prefix}{name}"), text_of(fs::read(&path)?));
            }
        }
        Ok(())
    }

    /// Every text file with its path, in the order of the paths.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// The text files whose path ends so.
    pub fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts().filter(move |(path, _)| path.ends_with(end))
    }

    /// One file's text.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether a file or folder is there.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty() || self.files.contains_key(path) || self.under(path).next().is_some()
    }

    /// The paths below a folder, relative to it.
    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let below = move |path: &'a String| path.strip_prefix(folder)?.strip_prefix('/');
        self.files.keys().filter_map(below)
    }

    /// The folders directly below a folder; `""` is the root.
    pub fn folders(&self, folder: &str) -> BTreeSet<&str> {
        let inner = |path: &'_ str| path.find('/');
        let all: Vec<&str> = if folder.is_empty() {
            self.files.keys().map(String::as_str).collect()
        } else {
            let cut = folder.len() + 1;
            let below = |path: &&String| path.starts_with(folder) && path.as_bytes().get(cut - 1) == Some(&b'/');
            self.files.keys().filter(below).map(|path| &path[cut..]).collect()
        };
        all.into_iter().filter_map(|path| Some(&path[..inner(path)?])).collect()
    }

    /// A tree made of inline texts.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let files = files.iter().map(|(path, text)| ((*path).into(), Some((*text).into()))).collect();
        Tree { root: PathBuf::new(), files }
    }
}

fn text_of(bytes: Vec<u8>) -> Option<String> {
    if bytes.contains(&0) {
        return None;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_files_are_found_by_path() {
        let tree = Tree::of(&[("crates/a/src/lib.rs", ""), ("crates/ab/Cargo.toml", ""), ("README.md", "")]);
        assert_eq!(tree.folders("crates"), BTreeSet::from(["a", "ab"]));
        assert_eq!(tree.folders(""), BTreeSet::from(["crates"]));
        assert!(tree.has("crates/a") && tree.has("crates/a/src/") && tree.has("README.md"));
        assert!(!tree.has("crates/b") && !tree.has("READ"));
    }

    #[test]
    fn bytes_that_are_not_text_have_no_text() {
        assert_eq!(text_of(vec![b'a', 0]), None);
        assert_eq!(text_of(vec![0xff]), None);
        assert_eq!(text_of(b"a".to_vec()), Some("a".into()));
    }
}

//! Each method is a file with seven headings and a card, and each stands in the table `METHODS`.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::text::headings::{HEADINGS, headings};
use crate::tree::Tree;

const HOME: &str = "crates/atalaya-methods/src/";
const TABLE: &str = "crates/atalaya-methods/src/card.rs";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let table = tree.text(TABLE).map(rows).unwrap_or_default();
    let mut out = Vec::new();
    let mut files = BTreeMap::new();
    for (path, source) in tree.ending(".rs").filter(|(path, _)| path.starts_with(HOME)) {
        let Some(line) = source.lines().position(|l| l.starts_with("pub const CARD: Card")) else { continue };
        let id = path.trim_start_matches(HOME).trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
        out.extend(unlike(path, source));
        if !source.contains(&format!("id: \"{}\"", id.rsplit("::").next().unwrap_or(&id))) {
            out.push(Finding::failure(path, line + 1, "a card whose id is not the name of its file", "name them alike"));
        }
        if !table.contains_key(&id) {
            out.push(Finding::failure(TABLE, 1, format!("`{id}` is not in METHODS"), format!("add the line `&crate::{id}::CARD`")));
        }
        files.insert(id, ());
    }
    let gone = table.iter().filter(|(id, _)| !files.contains_key(*id));
    out.extend(gone.map(|(id, line)| Finding::failure(TABLE, *line, format!("`{id}` has no card"), "write its file or delete the line")));
    out
}

/// A finding where the headings are not the seven, in their order.
fn unlike(path: &str, source: &str) -> Option<Finding> {
    let found = headings(source);
    let names: Vec<&str> = found.iter().map(|(_, name)| *name).collect();
    if names == HEADINGS {
        return None;
    }
    let line = found.iter().zip(HEADINGS).find(|((_, name), wanted)| name != wanted).map_or(1, |((line, _), _)| *line);
    Some(Finding::failure(path, line, format!("headings: {}", names.join(", ")), format!("write {}", HEADINGS.join(", "))))
}

/// The rows of the table: `&crate::link::batches::CARD` or `&link::batches::CARD`.
fn rows(table: &str) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for (at, line) in table.lines().enumerate() {
        let code = line.split("//").next().unwrap_or(line);
        for piece in code.split('&').skip(1) {
            let path = piece.split([',', ']', ' ', ')']).next().unwrap_or("").trim();
            if let Some(id) = path.strip_suffix("::CARD") {
                out.insert(id.trim_start_matches("crate::").to_string(), at + 1);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{places, said};

    const FILE: &str = "crates/atalaya-methods/src/link/batches.rs";

    fn method(headings: &[&str]) -> String {
        let head: String = headings.iter().map(|h| format!("//! # {h}\n//! Text.\n")).collect();
        format!("//! Lists.\n{head}\npub const CARD: Card = Card {{ id: \"batches\" }};\n")
    }

    #[test]
    fn a_whole_method_in_the_table_passes() {
        let table = "pub const METHODS: &[&Card] = &[&crate::link::batches::CARD];\n";
        assert_eq!(said(check, &[(TABLE, table), (FILE, &method(&HEADINGS))]), "");
    }

    #[test]
    fn a_heading_out_of_place_is_found() {
        let table = "const METHODS: &[&Card] = &[\n    &link::batches::CARD,\n];\n";
        let mut turned = HEADINGS;
        turned.swap(0, 1);
        assert_eq!(places(check, &[(TABLE, table), (FILE, &method(&turned))]), [format!("{FILE}:2")]);
    }

    #[test]
    fn a_method_on_one_side_only_is_found() {
        assert!(said(check, &[(TABLE, ""), (FILE, &method(&HEADINGS))]).contains("`link::batches` is not in METHODS"));
        assert!(said(check, &[(TABLE, "&[&link::gone::CARD]")]).contains("`link::gone` has no card"));
    }
}

//! docs/methods: one page a method, from the head of its file and its card, and an index.

use atalaya_methods::{Card, METHODS};

use super::Page;
use crate::text::headings;
use crate::tree::Tree;

const FOLDER: &str = "docs/methods";

const HEAD: &str = "\
# Methods

<!-- Written by `cargo xtask gen` from the cards and heads of crates/atalaya-methods/src. Do not edit. -->

What computes in Atalaya, each in one file, with the paper it comes from. A method reads no file,
clock or network: the same input and seed give the same answer on any machine.

*Lo que calcula en Atalaya, cada método en un archivo, con el artículo del que proviene. Un método
no lee archivos, reloj ni red: la misma entrada y semilla dan la misma respuesta en toda máquina.*

| Method · Método | Serves · Sirve a | Answers | Responde |
|---|---|---|---|
";

/// The index and the pages.
pub fn pages(tree: &Tree) -> Vec<Page> {
    let mut index = HEAD.to_string();
    for card in METHODS {
        let ([en, es], [asks, pregunta]) = (card.name, card.answers);
        index += &format!("| [{en} · {es}]({}.md) | `{}` | {asks} | {pregunta} |\n", card.id, card.verb);
    }
    let each = METHODS.iter().map(|card| Page { path: format!("{FOLDER}/{}.md", card.id), text: page(tree, card) });
    std::iter::once(Page { path: format!("{FOLDER}/README.md"), text: index }).chain(each).collect()
}

fn page(tree: &Tree, card: &Card) -> String {
    let home = format!("crates/atalaya-methods/src/{}", card.verb);
    // A family of methods may have a folder of its own below the verb's.
    let ends = [format!("/{}.rs", card.id), format!("/{}/mod.rs", card.id)];
    let is_home = |path: &str| path.strip_prefix(&home).is_some_and(|rest| ends.iter().any(|end| rest.ends_with(end)));
    let path = tree.ending(".rs").map(|(path, _)| path).find(|path| is_home(path)).map(str::to_string);
    let path = path.unwrap_or_else(|| format!("{home}.rs"));
    let head = headings::page(tree.text(&path).unwrap_or_default());
    let ([_, es], [_, pregunta]) = (card.name, card.answers);
    format!(
        "# {head}\n<!-- Written by `cargo xtask gen` from {path}. Do not edit. -->\n\n*{es}: {pregunta}*\n\nCode: [{path}](../../{path}). Source: {}.\n",
        card.source.trim_end_matches('.')
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_a_page_and_a_line() {
        let pages = pages(&Tree::default());
        assert_eq!(pages.len(), METHODS.len() + 1);
        for card in METHODS {
            assert_eq!(pages[0].text.matches(&format!("]({}.md)", card.id)).count(), 1, "{}", card.id);
        }
    }
}

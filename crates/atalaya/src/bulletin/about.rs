//! The blocks that speak about the numbers: sources, methods, caveats.

use atalaya_kernel::{Both, Lang};
use atalaya_report::bulletin::{Block, Grid, GridCell, Span, number};

use super::cell::Asker;
use crate::query::list_versions;

/// A heading of a part.
fn heading(id: &str, words: &Both, lang: Lang) -> Block {
    Block::Heading { level: 1, id: id.into(), spans: vec![text(words.in_lang(lang))] }
}

fn text(words: &str) -> Span {
    Span::Text { text: words.into() }
}

/// Words with commands between grave accents.
fn coded(words: &str) -> Vec<Span> {
    let pieces = words.split('`').enumerate().filter(|(_, piece)| !piece.is_empty());
    pieces.map(|(at, piece)| if at % 2 == 1 { Span::Code { text: piece.into() } } else { text(piece) }).collect()
}

fn items(all: Vec<String>) -> Block {
    Block::List { start: None, items: all.into_iter().map(|t| vec![Block::Paragraph { spans: coded(&t) }]).collect() }
}

/// The sources used: who, what, which vintage, up to when, prepared when, on what terms.
pub(super) fn sources(asker: &Asker<'_>, lang: Lang) -> Block {
    let absent = || GridCell { text: Both::new("not stated", "no se indica").in_lang(lang).into(), absent: true, figure: None };
    let plain = |text: String| GridCell { text, ..GridCell::default() };
    let rows = asker
        .sources
        .values()
        .map(|s| {
            let simulated = if s.simulated { Both::new(" (SIMULATED)", " (SIMULADO)").in_lang(lang).to_string() } else { String::new() };
            let day = |d: &Option<String>| d.as_ref().map_or_else(absent, |d| plain(number::day(d, lang)));
            vec![
                plain(format!("{}{simulated}", s.title.in_lang(lang))),
                plain(s.producer.clone()),
                plain(s.vintages.join(", ")),
                day(&s.cut_off),
                day(&s.prepared),
                plain(s.label.tlp.as_str().into()),
                plain(s.licence.clone()),
            ]
        })
        .collect();
    let head = [
        Both::new("Source", "Fuente"),
        Both::new("Producer", "Produce"),
        Both::new("Vintage", "Edición"),
        Both::new("Cut-off", "Corte"),
        Both::new("Prepared", "Elaboración"),
        Both::new("Label", "Etiqueta"),
        Both::new("Terms", "Condiciones"),
    ];
    let head: Vec<String> = head.iter().map(|h| h.in_lang(lang).to_string()).collect();
    let numeric = vec![false; head.len()];
    let grid = Block::Grid(Grid { head, numeric, rows, ..Grid::default() });
    Block::Group { blocks: vec![heading("sources", &Both::new("Sources", "Fuentes"), lang), grid] }
}

/// How the numbers were made.
pub(super) fn methods(asker: &Asker<'_>, derived: bool, lang: Lang) -> Block {
    let mut out = Vec::new();
    let mut push = |en: &str, es: &str| out.push(Both::new(en, es).in_lang(lang).to_string());
    push(
        "Values are those the sources published, as they stand in the vintages named under Sources. Where sources or definitions differ, one is named or they stand side by side; none is averaged.",
        "Los valores son los que publicaron las fuentes, tal como están en las ediciones nombradas en Fuentes. Donde difieren fuentes o definiciones, se nombra una o están una junto a otra; ninguna se promedia.",
    );
    if derived {
        push(
            "Changes in percent are on the value of the first period (its base); each formula stands in the table at the end. They are computed from unrounded values.",
            "Los cambios en porcentaje son sobre el valor del primer periodo (su base); cada fórmula está en la tabla del final. Se calculan con los valores sin redondear.",
        );
    }
    push(
        "Numbers are rounded only for reading, halves to the even digit. “Not known” means that no value was reported; it is never zero.",
        "Los números se redondean solo para leerlos, las mitades a la cifra par. «No se conoce» significa que no se informó un valor; nunca es cero.",
    );
    let mut defined: Vec<(&str, Vec<&str>)> = Vec::new();
    for (what, definition) in &asker.definitions {
        let (what, definition) = (what.in_lang(lang), definition.in_lang(lang).trim_end_matches('.'));
        match defined.iter_mut().find(|(w, _)| *w == what) {
            Some((_, all)) => all.push(definition),
            None => defined.push((what, vec![definition])),
        }
    }
    out.extend(defined.into_iter().map(|(what, all)| format!("{what}: {}.", all.join("; "))));
    let lists =
        list_versions().iter().map(|(k, v)| if *k == "program" { format!("Atalaya {v}") } else { (*v).to_string() }).collect::<Vec<_>>();
    let said = Both::new("Lists and program: ", "Listas y programa: ").in_lang(lang).to_string();
    out.push(format!("{said}{}.", lists.join(", ")));
    Block::Group { blocks: vec![heading("methods", &Both::new("Methods", "Métodos"), lang), items(out)] }
}

/// What to keep in mind: what the answers say, what the recipes of the sources say.
pub(super) fn caveats(asker: &Asker<'_>, lang: Lang) -> Block {
    let mut out: Vec<String> = asker.notes.iter().map(|n| sentence(n.in_lang(lang))).collect();
    for source in asker.sources.values() {
        let Ok(found) = asker.observatory.source(&source.id) else { continue };
        for note in &found.recipe.notes {
            out.push(format!("{}: {}", source.producer, note.in_lang(lang)));
        }
    }
    if out.is_empty() {
        out.push(Both::new("The sources state none.", "Las fuentes no indican ninguna.").in_lang(lang).into());
    }
    out.dedup();
    Block::Group { blocks: vec![heading("caveats", &Both::new("Caveats", "Advertencias"), lang), items(out)] }
}

/// A note as a sentence: a capital first, a stop last.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let mut out: String = chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect());
    if !out.ends_with(['.', '!', '?', ':']) {
        out.push('.');
    }
    out
}

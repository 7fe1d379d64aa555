//! The fixed words of a bulletin, side by side.

use std::collections::BTreeMap;

use atalaya_kernel::Lang;

/// Key, English, Spanish.
const WORDS: &[(&str, &str, &str)] = &[
    ("issue", "Issue", "Número"),
    ("period", "Period", "Periodo"),
    ("cut-off", "Cut-off date", "Fecha de corte"),
    ("no-cut-off", "see each source", "véase cada fuente"),
    ("prepared", "Prepared", "Elaborado"),
    ("for", "For", "Para"),
    ("label", "Label", "Etiqueta"),
    ("draft", "DRAFT", "BORRADOR"),
    ("draft-long", "Draft: not signed off", "Borrador: sin aprobación"),
    ("approved", "Signed off", "Aprobado"),
    ("simulated", "SIMULATED DATA", "DATOS SIMULADOS"),
    ("simulated-long", "Some of these data are made up for a demonstration.", "Parte de estos datos son inventados para una demostración."),
    ("page", "Page", "Página"),
    ("of", "of", "de"),
    ("figure", "figure", "cifra"),
    ("figures", "figures", "cifras"),
    ("line", "Figure", "Cifra"),
    ("lines", "Figures", "Cifras"),
    ("contents", "Contents", "Contenido"),
    ("notes", "Notes", "Notas"),
    ("snapshot", "Snapshot", "Instantánea"),
    ("contact", "Contact", "Contacto"),
    ("check", "How to check a number", "Cómo verificar una cifra"),
    (
        "check-text",
        "Every number in this bulletin was asked of the observatory's store. The small number behind it is its line in this table; the line names the figures it rests on. The command reads the raw files again, under the rules of then, and says whether the same number comes out.",
        "Cada número de este boletín se pidió al almacén del observatorio. El número pequeño que lo acompaña es su línea en esta tabla; la línea nombra las cifras en que se apoya. El comando lee de nuevo los archivos originales, con las reglas de entonces, y dice si sale el mismo número.",
    ),
    ("check-command", "atalaya verify FIGURE", "atalaya verify CIFRA"),
    (
        "check-file",
        "All figures, cell by cell, stand in figures.csv beside this document.",
        "Todas las cifras, celda por celda, están en figures.csv junto a este documento.",
    ),
    ("number", "No.", "N.º"),
    ("value", "Value", "Valor"),
    ("question", "What it is", "Qué es"),
    ("figure-id", "Figure", "Cifra"),
    ("source", "Source", "Fuente"),
    ("sources", "Sources", "Fuentes"),
    ("computed", "Computed as", "Se calcula como"),
    ("skip", "Skip to the text", "Ir al texto"),
];

/// A word in one language.
pub fn word(key: &str, lang: Lang) -> &'static str {
    WORDS.iter().find(|(k, ..)| *k == key).map_or("", |(_, en, es)| if lang == Lang::Es { es } else { en })
}

/// All of them, as the typesetter reads them.
pub(super) fn words(lang: Lang) -> BTreeMap<&'static str, &'static str> {
    WORDS.iter().map(|(key, ..)| (*key, word(key, lang))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_exists_once_in_both_languages() {
        assert_eq!(words(Lang::En).len(), WORDS.len());
        let same: Vec<_> = WORDS.iter().filter(|(_, en, es)| en == es || en.is_empty() || es.is_empty()).collect();
        assert!(same.is_empty(), "{same:?}");
    }
}

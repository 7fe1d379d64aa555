//! Words of certificates that methods give in English, for readers of Spanish.

use atalaya_kernel::Lang;

/// English and Spanish.
const WORDS: &[(&str, &str)] = &[
    ("closed form", "fórmula cerrada"),
    ("factored", "factorización"),
    ("conjugate gradients", "gradientes conjugados"),
    ("clustered", "por conglomerados"),
    ("iid", "iguales e independientes"),
    ("all", "todas"),
    ("untreated", "sin tratamiento"),
    ("exact", "exacto"),
    ("frank-wolfe", "Frank-Wolfe"),
    ("equal", "iguales"),
    ("regression", "regresión"),
    ("given", "dados"),
    ("search", "búsqueda"),
];

/// A word of a certificate in the reader's language; names of persons and codes stay.
pub(super) fn word(text: &str, lang: Lang) -> &str {
    match lang {
        Lang::En => text,
        Lang::Es => WORDS.iter().find(|(en, _)| *en == text).map_or(text, |(_, es)| es),
    }
}

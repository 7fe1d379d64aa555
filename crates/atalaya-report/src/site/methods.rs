//! How to read the figures, and what they are not.

use atalaya_kernel::{Both, Lang};
use maud::html;

use super::{Site, shell};
use crate::said::say;

/// A heading and a text, both in English and Spanish.
type Said = ([&'static str; 2], [&'static str; 2]);

const TEXTS: [Said; 7] = [
    (
        ["Zero is not absent", "Cero no es ausencia"],
        [
            "A zero was observed. “Not known”, “suppressed” and “not applicable” are three other things and are written in words.",
            "Un cero se observó. «No se conoce», «reservado» y «no aplica» son otras tres cosas y se escriben con palabras.",
        ],
    ),
    (
        ["Rivals stand side by side", "Las rivales van lado a lado"],
        [
            "Where sources, definitions or estimates differ, each is its own line with its own name. Nothing is averaged and none is chosen.",
            "Donde difieren las fuentes, las definiciones o las estimaciones, cada una es su propia línea con su nombre. Nada se promedia y no se elige ninguna.",
        ],
    ),
    (
        ["What may be added", "Qué se puede sumar"],
        [
            "Leaf, paste and hydrochloride are never added to each other. A quantity without a unit is counted and never guessed. A sum says of how many values it is.",
            "Hoja, pasta y clorhidrato nunca se suman entre sí. Una cantidad sin unidad se cuenta y nunca se adivina. Una suma dice de cuántos valores es.",
        ],
    ),
    (
        ["Records are not events", "Un registro no es un hecho"],
        [
            "A record is one seizure as one agency reported it. Two agencies may report the same event; until records are linked, a count is of reports.",
            "Un registro es una incautación como la informó una agencia. Dos agencias pueden informar el mismo hecho; hasta que los registros se enlacen, se cuentan informes.",
        ],
    ),
    (
        ["Seizures measure effort too", "Las incautaciones también miden el esfuerzo"],
        [
            "More seizures may mean more drugs, more patrols or better reporting. A figure here is what was reported, not how much there was.",
            "Más incautaciones pueden significar más droga, más patrullaje o mejor registro. Una cifra aquí es lo que se informó, no cuánto había.",
        ],
    ),
    (
        ["Two dates", "Dos fechas"],
        [
            "The cut-off date says up to when the data count; the preparation date says when they were put together. A newer vintage may revise an older one, and both are kept.",
            "La fecha de corte dice hasta cuándo cuentan los datos; la de elaboración, cuándo se prepararon. Una edición nueva puede revisar una anterior, y ambas se conservan.",
        ],
    ),
    (
        ["Figure ids", "Identificadores de cifra"],
        [
            "An id is a hash of the question, of the snapshot it was asked of, of the code lists and of the label. Another question, row or list gives another id.",
            "Un identificador es un resumen criptográfico de la pregunta, de la instantánea consultada, de las listas de códigos y de la etiqueta. Otra pregunta, fila o lista da otro.",
        ],
    ),
];

pub(super) fn page(site: &Site, lang: Lang) -> String {
    let both = |pair: &[&'static str; 2]| Both::new(pair[0], pair[1]).in_lang(lang).to_string();
    let content = html! {
        h1 { (say(lang, "Methods", "Métodos")) }
        p.lead { (say(lang, "How to read these figures, and what they are not.", "Cómo leer estas cifras, y qué no son.")) }
        @for (title, text) in &TEXTS { section { h2 { (both(title)) } p { (both(text)) } } }
        section aria-labelledby="lists" {
            h2 #lists { (say(lang, "Code lists", "Listas de códigos")) }
            dl { @for (name, version) in &site.lists { div { dt { (name) } dd { code { (version) } } } } }
        }
        section aria-labelledby="caveats" {
            h2 #caveats { (say(lang, "What each source says of itself", "Qué dice cada fuente de sí misma")) }
            dl.caveats { @for source in site.sources.iter().filter(|s| !s.notes.is_empty()) {
                div { dt { a href={ "sources.html#source-" (source.note.id) } { (source.note.title.in_lang(lang)) } }
                    dd { @for note in &source.notes { p { (note.in_lang(lang)) } } } }
            } }
        }
    };
    shell::page(site, lang, "methods.html", say(lang, "Methods", "Métodos"), &content)
}

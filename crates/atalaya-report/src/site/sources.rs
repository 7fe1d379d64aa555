//! The sources: the account of rows, vintages, licences, labels.

use atalaya_kernel::Lang;
use maud::{Markup, html};

use super::number::shown;
use super::{Site, Source, shell};
use crate::said::{self, say};

pub(super) fn page(site: &Site, lang: Lang) -> String {
    let content = html! {
        h1 { (say(lang, "Sources", "Fuentes")) }
        p.lead { (say(lang,
            "Every row that was read is accounted for: read = accepted + held + rejected. A held row waits for a person's decision; a rejected one is a note, a subtotal or an exact repeat.",
            "Se da cuenta de cada fila leída: leídas = aceptadas + retenidas + rechazadas. Una fila retenida espera la decisión de una persona; una rechazada es una nota, un subtotal o una repetición exacta.")) }
        @for source in &site.sources { (entry(source, lang)) }
    };
    shell::page(site, lang, "sources.html", say(lang, "Sources", "Fuentes"), &content)
}

fn entry(source: &Source, lang: Lang) -> Markup {
    let note = &source.note;
    let [read, accepted, held, rejected] = source.account.map(|n| shown(&n.to_string(), lang));
    let unsaid = || say(lang, "not stated", "no indicada").to_string();
    let pair = |key: &str, text: String| html! { div { dt { (key) } dd { (text) } } };
    let covers = match &source.covers {
        [Some(first), Some(last)] => format!("{first} – {last}"),
        _ => unsaid(),
    };
    html! {
        section.source #{ "source-" (note.id) } aria-labelledby={ "title-" (note.id) } {
            h2 #{ "title-" (note.id) } { (note.title.in_lang(lang)) " " code { (note.id) } }
            @if note.simulated { p.simulated { (say(lang, "SIMULATED: these data are made up.", "SIMULADO: estos datos son ficticios.")) } }
            dl {
                (pair(say(lang, "Published by", "La publica"), note.producer.clone()))
                (pair(say(lang, "Terms", "Términos"), note.licence.clone()))
                @for (key, text) in said::label(Some(&source.label), lang) { (pair(key, text)) }
                (pair(say(lang, "Rows", "Filas"), format!("{read} {} = {accepted} {} + {held} {} + {rejected} {}",
                    say(lang, "read", "leídas"), say(lang, "accepted", "aceptadas"), say(lang, "held", "retenidas"), say(lang, "rejected", "rechazadas"))))
                (pair(say(lang, "Vintages", "Ediciones"), note.vintages.join(", ")))
                (pair(say(lang, "Cut-off date", "Fecha de corte"), note.cut_off.clone().unwrap_or_else(unsaid)))
                (pair(say(lang, "Preparation date", "Fecha de elaboración"), note.prepared.clone().unwrap_or_else(unsaid)))
                (pair(say(lang, "Covers", "Cubre"), covers))
                (pair(say(lang, "Areas", "Áreas"), shown(&source.areas.to_string(), lang)))
                @if !source.url.is_empty() { div { dt { (say(lang, "Read about it", "Léalo en")) } dd { a href=(source.url) rel="noreferrer external" { (source.url) } } } }
            }
            @if !source.notes.is_empty() { ul.plain { @for note in &source.notes { li { (note.in_lang(lang)) } } } }
        }
    }
}

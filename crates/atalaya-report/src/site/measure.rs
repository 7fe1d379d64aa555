//! A measure: its drawings with their tables, its downloads, how to verify a figure.

use atalaya_kernel::Lang;
use maud::{Markup, html};

use super::number::size;
use super::{Measure, Site, blocks, shell};
use crate::said::{self, say};

pub(super) fn page(site: &Site, measure: &Measure, lang: Lang) -> String {
    let about = &measure.table.about;
    let content = html! {
        h1 { (measure.title.in_lang(lang)) }
        p.lead { (measure.lead.in_lang(lang)) }
        @if measure.table.simulated() {
            p.simulated { (say(lang, "SIMULATED: some of these data are made up.", "SIMULADO: parte de estos datos es ficticia.")) }
        }
        div.views { @for view in &measure.views { (blocks::view(view, lang, measure.views.len() == 1 && view.svg[0][0].is_empty())) } }
        section aria-labelledby="downloads" {
            h2 #downloads { (say(lang, "Download", "Descargar")) }
            p { (say(lang, "All of it, with sources, licences, dates and caveats.", "Todo, con fuentes, licencias, fechas y advertencias.")) }
            ul.downloads { @for (name, path, bytes) in &measure.downloads {
                li { a href={ "../" (path) } { (name.in_lang(lang)) } " " span { (size(*bytes, lang)) } }
            } }
        }
        section aria-labelledby="sources" {
            h2 #sources { (say(lang, "Sources", "Fuentes")) }
            ul.plain { @for source in &about.sources { li { (said::source(source, lang)) } } }
        }
        @if !about.notes.is_empty() {
            section aria-labelledby="notes" {
                h2 #notes { (say(lang, "What to know", "Qué hay que saber")) }
                ul.plain { @for note in &about.notes { li { (note.in_lang(lang)) } } }
            }
        }
        (verify(measure, lang))
    };
    shell::page(site, lang, &format!("{}.html", measure.id), measure.title.in_lang(lang), &content)
}

fn verify(measure: &Measure, lang: Lang) -> Markup {
    let figure = measure.table.column("figure").and_then(|at| measure.table.rows.iter().find_map(|r| r[at].clone()));
    html! {
        section aria-labelledby="verify" {
            h2 #verify { (say(lang, "How to verify a figure", "Cómo verificar una cifra")) }
            p { (say(lang,
                "Each row has a figure id, in the tables and in the downloads. Whoever holds this observatory computes it again from its raw files, without a network:",
                "Cada fila tiene un identificador de cifra, en las tablas y en las descargas. Quien tenga este observatorio la recalcula desde sus archivos originales, sin red:")) }
            pre { code { "atalaya verify " (figure.unwrap_or_else(|| "fig-0123456789abcdef".into())) } }
        }
    }
}

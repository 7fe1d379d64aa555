//! Home: what is held, what changed, the key series.

use atalaya_kernel::Lang;
use maud::{Markup, html};

use super::number::shown;
use super::{Changed, Site, blocks, shell};
use crate::said::say;

/// Drawings on the first page.
const KEY: usize = 4;

pub(super) fn page(site: &Site, lang: Lang) -> String {
    let content = html! {
        h1 { (site.name) }
        p.lead { (say(lang,
            "Figures on drugs as their sources published them, each with its source, its dates and an id by which it can be computed again.",
            "Cifras sobre drogas como las publicaron sus fuentes, cada una con su fuente, sus fechas y un identificador con el que se puede recalcular.")) }
        dl.held { @for (what, number) in &site.held { div { dt { (what.in_lang(lang)) } dd { (shown(number, lang)) } } } }
        @if !site.changes.is_empty() { (changes(site, lang)) }
        section aria-labelledby="key" {
            h2 #key { (say(lang, "Key series", "Series principales")) }
            div.views {
                @for measure in site.measures.iter().filter(|m| !m.views.is_empty()).take(KEY) {
                    div {
                        @if let Some(first) = measure.views.first() { (blocks::view(first, lang, false)) }
                        p.onward { a href={ (measure.id) ".html" } { (say(lang, "All of", "Todo sobre")) ": " (measure.title.in_lang(lang)) } }
                    }
                }
            }
        }
        (every_measure(site, lang))
        (bulletins(site, lang))
    };
    shell::page(site, lang, "index.html", say(lang, "Home", "Inicio"), &content)
}

fn every_measure(site: &Site, lang: Lang) -> Markup {
    html! {
        section aria-labelledby="measures" {
            h2 #measures { (say(lang, "What is measured", "Qué se mide")) }
            ul.cards {
                @for measure in &site.measures {
                    li { a href={ (measure.id) ".html" } { b { (measure.title.in_lang(lang)) } span { (measure.lead.in_lang(lang)) } } }
                }
            }
        }
    }
}

fn changes(site: &Site, lang: Lang) -> Markup {
    html! {
        section aria-labelledby="changed" {
            h2 #changed { (say(lang, "What changed", "Qué cambió")) }
            ul.changes { @for change in &site.changes { li { (changed(change, lang)) } } }
        }
    }
}

fn changed(change: &Changed, lang: Lang) -> Markup {
    let [revised, new, gone] = change.counts.map(|n| shown(&n.to_string(), lang));
    let [before, now] = &change.vintages;
    html! {
        p {
            b { (change.source.in_lang(lang)) } ", " (before) " → " (now) ": "
            (revised) " " (say(lang, "revised", "revisadas")) ", " (new) " " (say(lang, "new", "nuevas")) ", " (gone) " " (say(lang, "gone", "retiradas"))
            " (" time datetime=(change.collected) { (change.collected) } ")"
        }
        @if !change.revisions.is_empty() {
            details {
                summary { (say(lang, "The largest revisions", "Las mayores revisiones")) }
                ul { @for (what, before, now, percent) in &change.revisions {
                    li { (what.in_lang(lang)) ": " (shown(before, lang)) " → " b { (shown(now, lang)) } " (" (shown(percent.trim_start_matches('+'), lang)) " %)" }
                } }
            }
        }
    }
}

fn bulletins(site: &Site, lang: Lang) -> Markup {
    if site.bulletins.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="bulletins" {
            h2 #bulletins { (say(lang, "Bulletins", "Boletines")) }
            ul.changes { @for bulletin in &site.bulletins { li {
                b { (bulletin.title.in_lang(lang)) } ", " time datetime=(bulletin.date) { (bulletin.date) } ": "
                @for (at, (name, path)) in bulletin.files.iter().enumerate() {
                    @if at > 0 { ", " }
                    a href={ "../" (path) } { (name.in_lang(lang)) }
                }
            } } }
        }
    }
}

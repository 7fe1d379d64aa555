//! What every page has: head, navigation, the link to the other language, foot.

use atalaya_kernel::Lang;
use maud::{DOCTYPE, Markup, html};

use super::{LANGS, Site};
use crate::said::say;

/// A page: its file name, its title and its content.
pub(super) fn page(site: &Site, lang: Lang, name: &str, title: &str, content: &Markup) -> String {
    let code = say(lang, "en", "es");
    let whole = html! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (site.name) }
                link rel="stylesheet" href="../style.css";
                link rel="alternate" hreflang=(say(lang, "es", "en")) href=(other(lang, name));
            }
            body {
                a.skip href="#content" { (say(lang, "Skip to the content", "Ir al contenido")) }
                header { (top(site, lang, name)) }
                main #content tabindex="-1" { (content) }
                footer { (foot(site, lang)) }
            }
        }
    };
    whole.into_string()
}

/// The same page in the other language.
fn other(lang: Lang, name: &str) -> String {
    format!("../{}/{name}", say(lang, "es", "en"))
}

fn top(site: &Site, lang: Lang, name: &str) -> Markup {
    let link = |file: &str, text: &str| {
        html! { li { a href=(file) aria-current=[(file == name).then_some("page")] { (text) } } }
    };
    html! {
        div.bar {
            a.name href="index.html" { (site.name) }
            span.tlp { (site.audience) }
            a.lang href=(other(lang, name)) hreflang=(say(lang, "es", "en")) lang=(say(lang, "es", "en")) { (say(lang, "Español", "English")) }
        }
        nav aria-label=(say(lang, "Pages", "Páginas")) {
            ul {
                (link("index.html", say(lang, "Home", "Inicio")))
                @for measure in &site.measures { (link(&format!("{}.html", measure.id), measure.title.in_lang(lang))) }
                (link("sources.html", say(lang, "Sources", "Fuentes")))
                (link("methods.html", say(lang, "Methods", "Métodos")))
            }
        }
    }
}

fn foot(site: &Site, lang: Lang) -> Markup {
    html! {
        p {
            (say(lang, "Shows what is marked for this audience:", "Muestra lo que está marcado para este público:")) " " b { (site.audience) } ". "
            (say(lang, "Data up to the vintages of", "Datos hasta las ediciones del")) " " time datetime=(site.date) { (site.date) } "."
        }
        p {
            (say(lang, "Snapshot", "Instantánea")) " " code { (site.snapshot.get(..16).unwrap_or(&site.snapshot)) } ". "
            (say(lang, "Made with", "Hecho con")) " " (site.program) ". "
            a href="../ro-crate-metadata.json" { (say(lang, "What was made from what (RO-Crate)", "Qué se hizo a partir de qué (RO-Crate)")) }
        }
    }
}

/// The first page: which language.
pub(super) fn choice(site: &Site) -> String {
    let whole = html! {
        (DOCTYPE)
        html lang="es" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (site.name) }
                link rel="stylesheet" href="style.css";
            }
            body.choice {
                main {
                    h1 { (site.name) }
                    p.tlp { (site.audience) }
                    ul {
                        @for (lang, folder) in LANGS {
                            li { a href={ (folder) "/index.html" } lang=(folder) hreflang=(folder) {
                                b { (say(lang, "English", "Español")) }
                                span { (say(lang, "Figures, sources and methods", "Cifras, fuentes y métodos")) }
                            } }
                        }
                    }
                }
            }
        }
    };
    whole.into_string()
}

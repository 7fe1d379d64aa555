//! Pieces that pages share: tables, drawings, figure ids.

use atalaya_kernel::{Lang, Missing};
use maud::{Markup, PreEscaped, html};

use super::View;
use super::number::shown;
use crate::said::{self, say};
use crate::table::{Field, FieldKind, Table};

/// Rows of a table inside a page; the whole of it is in the downloads.
const ROWS: usize = 300;

/// A drawing, its sources, and the table behind it.
pub(super) fn view(view: &View, lang: Lang, open_table: bool) -> Markup {
    let [wide, narrow] = &view.svg[usize::from(lang == Lang::En)];
    html! {
        figure.view {
            @if !wide.is_empty() {
                div.drawing.wide { (PreEscaped(wide)) }
                div.drawing.narrow { (PreEscaped(narrow)) }
            }
            figcaption {
                @if wide.is_empty() { h3 { (view.title.in_lang(lang)) } p { (sources_line(&view.table, lang)) } }
                @if !view.figure.is_empty() { p.figure-id { (say(lang, "Figure", "Cifra")) " " code { (view.figure) } } }
                (folded(&view.table, view.title.in_lang(lang), lang, open_table))
            }
        }
    }
}

/// `Source: ...` under a table.
pub(super) fn sources_line(table: &Table, lang: Lang) -> String {
    let each: Vec<String> = table.about.sources.iter().map(|s| said::source(s, lang)).collect();
    format!("{}: {}", say(lang, "Source", "Fuente"), each.join("; "))
}

/// A table folded away, with the number of its rows.
fn folded(table: &Table, caption: &str, lang: Lang, open: bool) -> Markup {
    let n = shown(&table.rows.len().to_string(), lang);
    html! {
        details open[open] {
            summary { (say(lang, "Table", "Tabla")) ": " (n) " " (if table.rows.len() == 1 { say(lang, "row", "fila") } else { say(lang, "rows", "filas") }) }
            (self::table(table, caption, lang))
        }
    }
}

/// Columns a reader of a page does not need: they stand in the downloads.
const QUIET: [&str; 4] = ["flags", "vintage", "status", "missing"];

/// A table as it is read: names for codes, numbers in the reader's form, absences in words.
pub(super) fn table(table: &Table, caption: &str, lang: Lang) -> Markup {
    let shown_columns: Vec<usize> = (0..table.columns.len()).filter(|at| wanted(table, *at)).collect();
    html! {
        div.scroll role="region" aria-label=(caption) tabindex="0" {
            table {
                caption { (caption) }
                thead { tr {
                    @for at in &shown_columns {
                        th scope="col" .num[table.columns[*at].kind.is_number()] { (heading(&table.columns[*at], lang)) }
                    }
                } }
                tbody {
                    @for row in table.rows.iter().take(ROWS) {
                        tr { @for at in &shown_columns { (cell(table, row, *at, lang)) } }
                    }
                }
            }
        }
        @if table.rows.len() > ROWS {
            p.more { (say(lang, "The first rows; the whole table is in the downloads.", "Las primeras filas; la tabla completa está en las descargas.")) }
        }
    }
}

/// Whether a column says anything that differs, or is a number or a figure.
fn wanted(table: &Table, at: usize) -> bool {
    let field = &table.columns[at];
    if QUIET.contains(&field.id.as_str()) {
        return false;
    }
    let any = table.rows.iter().any(|r| r[at].is_some());
    let differs = table.rows.iter().any(|r| r[at] != table.rows[0][at]);
    any && (differs || field.kind != FieldKind::Text || table.rows.len() == 1)
}

fn heading(field: &Field, lang: Lang) -> String {
    let label = field.label.in_lang(lang);
    if field.unit.is_empty() || field.unit == "count" { label.into() } else { format!("{label} ({})", field.unit) }
}

fn cell(table: &Table, row: &[Option<String>], at: usize, lang: Lang) -> Markup {
    let field = &table.columns[at];
    let text = row[at].as_deref().unwrap_or("");
    match field.kind {
        FieldKind::Count | FieldKind::Decimal => {
            let missing = table.column("missing").and_then(|m| row[m].as_deref()).and_then(Missing::from_code);
            match (text, missing) {
                ("", Some(kind)) if field.id == "value" => html! { td.num.absent { (absent(kind, lang)) } },
                _ => html! { td.num { (shown(text, lang)) } },
            }
        }
        FieldKind::Figure => html! { td { code { (text) } } },
        _ => {
            let said = table.meaning(&field.id, text).map_or(text, |b| b.in_lang(lang));
            html! { td { (said) } }
        }
    }
}

/// A kind of absence in words.
fn absent(kind: Missing, lang: Lang) -> &'static str {
    match kind {
        Missing::NotKnown => say(lang, "not known", "no se conoce"),
        Missing::Suppressed => say(lang, "suppressed", "reservado"),
        Missing::NotApplicable => say(lang, "not applicable", "no aplica"),
    }
}

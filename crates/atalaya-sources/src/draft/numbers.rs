//! How a column's numbers are written, and the texts that stand among them.

use atalaya_kernel::{Both, both};

use super::Doubt;
use super::column::{Column, is_not_known};
use super::plan::{Desk, list, quoted};
use crate::map::plain_number;
use crate::recipe::{Format, NumberStyle};

/// The keys that read the numbers of these columns, and what is not sure about them. Several
/// columns share one set of keys where a table has a column a year.
pub(super) fn keys(desk: &Desk<'_>, columns: &[&Column]) -> (Vec<(&'static str, String)>, Vec<Doubt>) {
    let (mut keys, mut doubts) = (Vec::new(), Vec::new());
    if let Some(style) = style(desk, columns, &mut doubts) {
        keys.push(("number", quoted(style)));
    }
    let (mut not_known, mut zeros, mut starred, mut strange) = (Vec::new(), Vec::new(), false, Vec::new());
    for column in columns {
        for text in &column.odd {
            let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            if is_not_known(text) {
                add(&mut not_known, text);
            } else if squeezed == "-0" {
                add(&mut zeros, text);
            } else if text.ends_with('*')
                && plain_number(text.trim_end_matches('*').trim_end(), NumberStyle::Column, None) != Err("bad-number")
            {
                starred = true;
            } else {
                add(&mut strange, text);
            }
        }
    }
    if !not_known.is_empty() {
        keys.push(("not_known", list(&not_known)));
    }
    if !zeros.is_empty() {
        keys.push(("map", format!("{{ {} }}", zeros.iter().map(|z| format!("{} = \"0\"", quoted(z))).collect::<Vec<_>>().join(", "))));
    }
    if starred {
        keys.push(("strip", quoted("*")));
    }
    if let (false, Some(column)) = (strange.is_empty(), columns.first()) {
        let shown = strange.iter().take(6).map(|t| atalaya_kernel::both::shown(t)).collect::<Vec<_>>().join("”, “");
        doubts.push(desk.doubt(
            column,
            both!(
                "“{shown}” stands where a number should; such cells are held",
                "“{shown}” está donde debería haber un número; esas celdas quedan retenidas"
            ),
            Both::new(
                "say what it means: not_known = [...], suppressed = [...], not_applicable = [...] or map = { text = \"0\" }",
                "diga qué significa: not_known = [...], suppressed = [...], not_applicable = [...] o map = { texto = \"0\" }",
            ),
        ));
    }
    (keys, doubts)
}

fn add(list: &mut Vec<String>, text: &str) {
    if !list.iter().any(|t| t == text) {
        list.push(text.to_string());
    }
}

/// The `number` key, if the default will not do.
fn style(desk: &Desk<'_>, columns: &[&Column], doubts: &mut Vec<Doubt>) -> Option<&'static str> {
    // A sheet keeps numbers as numbers, except where somebody typed them as text.
    let written: Vec<&&Column> = columns.iter().filter(|c| desk.table.format != Format::Xlsx || desk.table.typed.contains(&c.at)).collect();
    if written.is_empty() {
        return None;
    }
    let told: Vec<&&Column> = written.iter().filter(|c| c.separators).copied().collect();
    let decided: Vec<Option<NumberStyle>> = told.iter().map(|c| c.numbers.decide()).collect();
    let grouped = told.iter().any(|c| c.texts().any(|(t, _)| t.contains(',')));
    match decided.first() {
        // Whole numbers only: the first point or comma that comes along must not be guessed.
        None => Some("column"),
        Some(Some(style)) if decided.iter().all(|d| d == &Some(*style)) => match style {
            NumberStyle::Comma => Some("comma"),
            _ if grouped => Some("point-thousands"),
            _ => None,
        },
        _ => {
            let column =
                told.iter().zip(&decided).find(|(_, d)| d.is_none() || Some(d) != decided.first().as_ref()).map_or(told[0], |(c, _)| c);
            let example = column.texts().map(|(t, _)| t).find(|t| t.contains(['.', ','])).unwrap_or("");
            doubts.push(desk.doubt(
                column,
                both!("“{example}”: thousands or decimals? Not all columns or cells tell the same", "“{example}”: ¿miles o decimales? No todas las columnas o celdas dicen lo mismo"),
                Both::new(
                    "each column is read as its own cells tell, cells that do not tell are held; or declare number = \"point\" or \"comma\"",
                    "cada columna se lee según sus propias celdas y las que no lo dicen quedan retenidas; o declare number = \"point\" o \"comma\"",
                ),
            ));
            Some("column")
        }
    }
}

//! The sentences that stand beside a table in files for people.

use atalaya_kernel::label::RowRelease;
use atalaya_kernel::{Both, Label, Lang};

use crate::table::SourceNote;

/// One language of a pair.
pub(crate) fn say(lang: Lang, en: &'static str, es: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Es => es,
    }
}

/// A source in one line: who, what, which vintages, up to when, prepared when.
pub(crate) fn source(source: &SourceNote, lang: Lang) -> String {
    let mut line = format!("{}, {}", source.producer, source.title.in_lang(lang));
    if source.simulated {
        line.push_str(say(lang, " (SIMULATED)", " (SIMULADO)"));
    }
    if !source.vintages.is_empty() {
        line.push_str(&format!(" [{}]", source.vintages.join(", ")));
    }
    if let Some(day) = &source.cut_off {
        line.push_str(&format!("; {} {day}", say(lang, "cut-off", "fecha de corte")));
    }
    if let Some(day) = &source.prepared {
        line.push_str(&format!("; {} {day}", say(lang, "prepared", "fecha de elaboración")));
    }
    line.push_str(&format!("; {} {}", say(lang, "licence:", "licencia:"), source.licence));
    line
}

/// The lines of a label: the marking in its original form, then what else it holds.
pub(crate) fn label(label: Option<&Label>, lang: Lang) -> Vec<(&'static str, String)> {
    let head = say(lang, "Label", "Etiqueta");
    let Some(label) = label else {
        return vec![(head, say(lang, "none given: not to be passed on", "no indicada: no se debe compartir").into())];
    };
    let recipients = match label.recipients.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => say(lang, "nobody named", "nadie indicado").to_string(),
        ["*"] => say(lang, "anybody", "cualquiera").to_string(),
        names => names.join(", "),
    };
    let rows = match label.rows {
        RowRelease::Releasable => say(lang, "may leave under the label", "pueden salir según la etiqueta"),
        RowRelease::NotReleasable => say(lang, "may not leave: only totals", "no pueden salir: solo totales"),
    };
    vec![
        (head, label.tlp.as_str().into()),
        (say(lang, "Purpose", "Finalidad"), label.purpose.clone()),
        (say(lang, "Recipients", "Destinatarios"), recipients),
        (say(lang, "Single rows", "Filas individuales"), rows.into()),
    ]
}

/// How a defused cell is read, for people.
pub(crate) fn defused() -> Both {
    Both::new(
        "Text cells that a spreadsheet could run as a formula begin with an apostrophe ('). Take one apostrophe away from the beginning of every text cell that has it to read the exact text.",
        "Las celdas de texto que una hoja de cálculo podría ejecutar como fórmula comienzan con un apóstrofo ('). Para leer el texto exacto, quite un apóstrofo del comienzo de cada celda de texto que lo tenga.",
    )
}

//! The first sheet: for whom, from what, and how to fill the others in.

use atalaya_kernel::{Both, Lang};

use super::Book;
use crate::said::{self, say};

/// A line of the sheet: its key and its text.
pub(super) type Pair = (String, String);

/// Every line of the sheet.
pub(super) fn lines(book: &Book, lang: Lang) -> Vec<Pair> {
    let about = &book.about;
    let pair = |key: &str, text: &str| (key.to_string(), text.to_string());
    let mut out = vec![
        pair(say(lang, "Reporting", "Informa"), book.area.in_lang(lang)),
        pair(say(lang, "Year", "Año"), &book.year),
        pair(say(lang, "For whom", "Para quién"), say(lang, FOR_WHOM.0, FOR_WHOM.1)),
    ];
    out.extend(said::label(about.label.as_ref(), lang).into_iter().map(|(key, text)| pair(key, &text)));
    out.push(pair(say(lang, "Snapshot", "Instantánea"), &about.snapshot));
    if about.sources.iter().any(|s| s.simulated) {
        out.push(pair(
            say(lang, "SIMULATED", "SIMULADO"),
            say(lang, "some of these data are made up: do not send", "parte de estos datos es ficticia: no los envíe"),
        ));
    }
    out.push(pair("", ""));
    out.extend(HOW.iter().map(|(key_en, key_es, en, es)| pair(say(lang, key_en, key_es), say(lang, en, es))));
    let (id, threshold) = (&book.collect_as, book.threshold);
    out.push((
        say(lang, "Read it back", "Leerlo de vuelta").into(),
        Both::new(
            format!("`atalaya collect {id} --from FILE.xlsx` reads this workbook back, each cell with its value, unit and kind of absence; `atalaya diff {id}` then shows what you changed. What is read back is TLP:RED until somebody who knows widens the label in sources/{id}/recipe.toml."),
            format!("`atalaya collect {id} --from ARCHIVO.xlsx` lee este libro de vuelta, cada celda con su valor, unidad y tipo de ausencia; luego `atalaya diff {id}` muestra lo que usted cambió. Lo leído de vuelta es TLP:RED hasta que alguien con conocimiento amplíe la etiqueta en sources/{id}/recipe.toml."),
        )
        .in_lang(lang)
        .into(),
    ));
    out.push((
        say(lang, "Changes", "Cambios").into(),
        Both::new(
            format!("The sheet “changes” lists every cell that changed by {threshold} % or more since the vintage before, or since the workbook last collected as {id}. Look at it before you send."),
            format!("La hoja «cambios» lista cada celda que cambió {threshold} % o más desde la edición anterior, o desde el último libro recogido como {id}. Revísela antes de enviar."),
        )
        .in_lang(lang)
        .into(),
    ));
    out.push(pair("", ""));
    out.extend(about.sources.iter().map(|s| (format!("{}: {}", say(lang, "Source", "Fuente"), s.id), said::source(s, lang))));
    out.extend(about.notes.iter().map(|n| pair(say(lang, "Note", "Nota"), n.in_lang(lang))));
    out
}

const FOR_WHOM: (&str, &str) = (
    "the office that answers the UNODC annual report questionnaire. The sheets have the shape of its modules and their ids (A06, A08, A09); the layout is Atalaya's own and not UNODC's form: copy the values over, or send the workbook with it.",
    "la oficina que responde el cuestionario anual de la UNODC. Las hojas tienen la forma de sus módulos y sus identificadores (A06, A08, A09); el diseño es propio de Atalaya y no es el formulario de la UNODC: pase los valores, o envíe el libro junto con él.",
);

/// How to fill it in: key in English and Spanish, text in English and Spanish.
const HOW: [(&str, &str, &str, &str); 7] = [
    (
        "Fill in",
        "Llenar",
        "Write in the pale cells. A blank cell says nothing. A cell that should say something and cannot is absent in one of three ways, and zero is none of them:",
        "Escriba en las celdas claras. Una celda vacía no dice nada. Una celda que debería decir algo y no puede está ausente de una de tres maneras, y cero no es ninguna de ellas:",
    ),
    ("0", "0", "zero: it was looked at and there was none", "cero: se observó y no hubo"),
    (
        "--",
        "--",
        "not known (or write “not known”): nobody knows, or nobody has said yet",
        "no se conoce (o escriba «no se conoce»): nadie lo sabe, o nadie lo ha dicho aún",
    ),
    ("suppressed", "reservado", "known and withheld", "se conoce y se reserva"),
    ("not applicable", "no aplica", "the question does not apply", "la pregunta no aplica"),
    (
        "Rivals",
        "Rivales",
        "Where sources or definitions differ, each has its own row. Put an x under “Chosen” on the one you send: the program never chooses and never averages.",
        "Donde las fuentes o definiciones difieren, cada una tiene su fila. Ponga una x en «Elegida» en la que envía: el programa no elige ni promedia.",
    ),
    (
        "Do not touch",
        "No toque",
        "the hidden row of ids under the headings, and write values, not formulas: a row with a formula is held. New rows may be added below.",
        "la fila oculta de identificadores bajo los encabezados, y escriba valores, no fórmulas: una fila con fórmula queda retenida. Puede agregar filas al final.",
    ),
];

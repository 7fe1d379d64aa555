//! The rules a row can meet on its way in. Each has an id, an action and two sentences.
//!
//! A rule never rescales and never drops: it holds a row until a person decides, rejects it with
//! a reason that is kept, or accepts it with a flag that travels along.

use serde::Serialize;

use crate::{Both, Lang};

/// What happens to a row that meets a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Accepted, with a mark that stays on it.
    Flag,
    /// Kept aside until a person decides.
    Hold,
    /// Not data (a note, a subtotal, an exact repeat); kept and counted, never used.
    Reject,
}

/// One rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its name on every surface.
    pub id: &'static str,
    /// What happens.
    pub action: Action,
    /// The bit of [`Action::Flag`] rules in a row's `flags`; stable for ever.
    pub bit: Option<u8>,
    /// What was found: English, Spanish.
    pub title: [&'static str; 2],
    /// What to do: English, Spanish.
    pub todo: [&'static str; 2],
}

impl Rule {
    /// The mask of a flag rule, 0 for others.
    pub fn mask(&self) -> u32 {
        self.bit.map_or(0, |bit| 1 << bit)
    }

    /// What was found.
    pub fn title(&self) -> Both {
        Both::new(self.title[0], self.title[1])
    }

    /// What to do.
    pub fn todo(&self) -> Both {
        Both::new(self.todo[0], self.todo[1])
    }

    /// What was found, in one language.
    pub fn title_in(&self, lang: Lang) -> &'static str {
        self.title[usize::from(lang == Lang::Es)]
    }
}

/// A rule by its id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|r| r.id == id)
}

/// The flag rules set in a mask, in the order of the table.
pub fn flags_of(mask: u32) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(move |r| r.mask() & mask != 0)
}

const fn hold(id: &'static str, title: [&'static str; 2], todo: [&'static str; 2]) -> Rule {
    Rule { id, action: Action::Hold, bit: None, title, todo }
}

const fn reject(id: &'static str, title: [&'static str; 2], todo: [&'static str; 2]) -> Rule {
    Rule { id, action: Action::Reject, bit: None, title, todo }
}

const fn flag(id: &'static str, bit: u8, title: [&'static str; 2], todo: [&'static str; 2]) -> Rule {
    Rule { id, action: Action::Flag, bit: Some(bit), title, todo }
}

/// Every rule. A source's recipe switches the ones that need a parameter.
pub const RULES: &[Rule] = &[
    hold(
        "ragged-row",
        ["the row has more or fewer cells than the header", "la fila tiene más o menos celdas que el encabezado"],
        [
            "correct the file at its origin, or reject the row with a reason",
            "corrija el archivo en su origen, o rechace la fila con un motivo",
        ],
    ),
    hold(
        "unknown-area",
        ["a country or place that no list knows", "un país o lugar que ninguna lista conoce"],
        ["map it to a code: --map 'area:FOUND=CODE'", "asígnele un código: --map 'area:HALLADO=CÓDIGO'"],
    ),
    hold(
        "unknown-substance",
        ["a drug name that the register does not know", "un nombre de droga que el registro no conoce"],
        ["map it to a substance: --map 'substance:FOUND=ID'", "asígnele una sustancia: --map 'substance:HALLADO=ID'"],
    ),
    hold(
        "unknown-unit",
        ["a unit that no list knows", "una unidad que ninguna lista conoce"],
        ["map it to a unit: --map 'unit:FOUND=ID'", "asígnele una unidad: --map 'unit:HALLADO=ID'"],
    ),
    hold(
        "bad-number",
        ["a cell that should be a number is not one", "una celda que debería ser un número no lo es"],
        ["map the text to a number, or reject the row", "asigne un número al texto, o rechace la fila"],
    ),
    hold(
        "ambiguous-number",
        ["1.234 or 1,234: thousands or decimals, the column does not tell", "1.234 o 1,234: ¿miles o decimales? La columna no lo dice"],
        ["declare number = \"point\" or \"comma\" in the recipe", "declare number = \"point\" o \"comma\" en la receta"],
    ),
    hold(
        "bad-date",
        ["a date that no calendar has", "una fecha que ningún calendario tiene"],
        ["map it to a date, or reject the row", "asígnele una fecha, o rechace la fila"],
    ),
    hold(
        "ambiguous-date",
        ["03/04/2016: day or month first, nothing in the column tells", "03/04/2016: ¿día o mes primero? Nada en la columna lo dice"],
        ["declare dates = \"day-first\" or \"month-first\" in the recipe", "declare dates = \"day-first\" o \"month-first\" en la receta"],
    ),
    hold(
        "formula-cell",
        ["a formula where the source declares values", "una fórmula donde la fuente declara valores"],
        [
            "put the number in its place (copy, paste as value) and collect the file again",
            "ponga el número en su lugar (copiar, pegar como valor) y recoja el archivo de nuevo",
        ],
    ),
    hold(
        "unknown-status",
        ["a status that is neither final nor provisional", "un estado que no es ni definitivo ni provisional"],
        [
            "write final or provisional, or map it: --map 'status:FOUND=A'",
            "escriba definitivo o provisional, o asígnelo: --map 'status:HALLADO=A'",
        ],
    ),
    hold(
        "date-outside",
        ["a date outside the years the source declares", "una fecha fuera de los años que la fuente declara"],
        ["accept it, map it, or widen `years` in the recipe", "acéptela, corríjala, o amplíe `years` en la receta"],
    ),
    hold(
        "missing-required",
        ["a cell that every row must have is empty", "está vacía una celda que toda fila debe tener"],
        ["accept the row without it, or reject it", "acepte la fila sin ella, o rechácela"],
    ),
    hold(
        "negative-amount",
        ["an amount below zero", "una cantidad menor que cero"],
        ["ask the agency, then accept or reject", "consulte a la agencia y luego acepte o rechace"],
    ),
    hold(
        "rival-values",
        ["the same key stands in several rows with different values", "la misma clave está en varias filas con valores distintos"],
        ["accept the right one; Atalaya does not choose and does not average", "acepte la correcta; Atalaya no elige ni promedia"],
    ),
    hold(
        "code-name-conflict",
        ["the place code and the place name do not belong together", "el código y el nombre del lugar no corresponden"],
        ["map the name to its code, or reject the row", "asigne al nombre su código, o rechace la fila"],
    ),
    reject(
        "repeated-row",
        ["another row has the same key and says the same", "otra fila tiene la misma clave y dice lo mismo"],
        ["nothing: the other row counts", "nada: cuenta la otra fila"],
    ),
    reject(
        "note-row",
        ["a note below or beside the table", "una nota debajo o al lado de la tabla"],
        ["nothing: it is kept with the file", "nada: se conserva con el archivo"],
    ),
    reject(
        "rejected-by-decision",
        ["a person decided that this row is not to be used", "una persona decidió que esta fila no se use"],
        ["see `atalaya held SOURCE --decisions`; undo with `--undo N`", "vea `atalaya held FUENTE --decisions`; deshaga con `--undo N`"],
    ),
    reject("empty-row", ["no cell holds anything", "ninguna celda contiene nada"], ["nothing", "nada"]),
    flag(
        "departure-is-destination",
        0,
        [
            "R1: departure and destination are the same country and not the country of seizure",
            "R1: salida y destino son el mismo país y no el de la incautación",
        ],
        [
            "check the record with the reporting country before routes use it",
            "verifique el registro con el país que informa antes de usarlo en rutas",
        ],
    ),
    flag(
        "inflow-to-producer",
        1,
        ["R2: cocaine flowing into Colombia, Peru or Bolivia", "R2: cocaína que fluye hacia Colombia, Perú o Bolivia"],
        [
            "often a seizure on the high seas; routes leave it out unless told",
            "a menudo es una incautación en alta mar; rutas la omite salvo indicación",
        ],
    ),
    flag(
        "too-heavy-for-air",
        2,
        ["R3: more than 2,000 kg at an airport or by commercial or private air", "R3: más de 2 000 kg en un aeropuerto o por vía aérea"],
        [
            "suspect the unit (grams for kilograms); never rescaled here",
            "sospeche de la unidad (gramos por kilogramos); aquí nunca se reescala",
        ],
    ),
    flag(
        "subtotal",
        3,
        ["the row is a subtotal that includes other rows", "la fila es un subtotal que incluye otras filas"],
        ["shown, never added to its parts", "se muestra, nunca se suma a sus partes"],
    ),
    flag(
        "unit-not-stated",
        4,
        ["the amount has no unit", "la cantidad no tiene unidad"],
        ["counted as a seizure, left out of kilograms", "cuenta como incautación, queda fuera de los kilogramos"],
    ),
    flag(
        "amount-not-stated",
        5,
        ["no amount was reported", "no se informó cantidad"],
        ["counted as a seizure, left out of kilograms", "cuenta como incautación, queda fuera de los kilogramos"],
    ),
    flag(
        "leading-zero-number",
        6,
        [
            "06.01 where a number is meant: a spreadsheet may have taken 6.1 for a date",
            "06.01 donde se espera un número: una hoja de cálculo pudo tomar 6.1 por una fecha",
        ],
        ["compare with another release before using the digit", "compárelo con otra edición antes de usar el dígito"],
    ),
    flag(
        "old-name",
        7,
        ["a country name used outside the years it was valid", "un nombre de país usado fuera de los años en que era válido"],
        ["nothing: the code is right, the name is kept as written", "nada: el código es correcto, el nombre se conserva como está escrito"],
    ),
    flag(
        "substance-not-identified",
        8,
        ["a name reported as a drug that nobody has identified yet", "un nombre informado como droga que nadie ha identificado aún"],
        ["kept as written; map it when you learn what it is", "se conserva como está escrito; asígnelo cuando sepa qué es"],
    ),
    flag(
        "day-not-known",
        9,
        ["the day is a placeholder: this reporter gives months", "el día es un relleno: quien informa da meses"],
        ["do not compare by day", "no compare por día"],
    ),
    flag(
        "provisional",
        10,
        ["provisional, or a year that is not over", "provisional, o un año que no ha terminado"],
        ["do not compare with whole years", "no lo compare con años completos"],
    ),
    flag(
        "decided",
        11,
        ["accepted by a decision that is in the log", "aceptada por una decisión que está en el registro"],
        ["see `atalaya held SOURCE --decisions`", "vea `atalaya held FUENTE --decisions`"],
    ),
    flag(
        "assumed-year",
        12,
        ["the file does not state the year; the recipe does", "el archivo no indica el año; la receta sí"],
        ["say so when you publish", "dígalo al publicar"],
    ),
    flag(
        "footnote",
        13,
        ["the publisher put a footnote on this value", "quien publica puso una nota a este valor"],
        ["read it before comparing", "léala antes de comparar"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_and_bits_are_unique_and_every_flag_has_a_bit() {
        let ids: BTreeSet<_> = RULES.iter().map(|r| r.id).collect();
        assert_eq!(ids.len(), RULES.len());
        let bits: Vec<_> = RULES.iter().filter_map(|r| r.bit).collect();
        assert_eq!(bits.iter().collect::<BTreeSet<_>>().len(), bits.len());
        assert!(RULES.iter().all(|r| (r.action == Action::Flag) == r.bit.is_some()));
    }
}

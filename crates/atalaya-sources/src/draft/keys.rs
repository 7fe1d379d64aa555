//! Every key of a recipe, in the order a person meets them. `atalaya recipe explain` prints this
//! table; tests compare it with the structs a recipe is read into, and with `docs/recipes.md`.

/// One key of a recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The table it stands in: one of [`TABLES`].
    pub table: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: &'static str,
    /// What it is for: English, Spanish.
    pub says: [&'static str; 2],
}

/// A table of a recipe: its heading, and what it is: English, Spanish.
pub const TABLES: &[(&str, &str, [&str; 2])] = &[
    (
        "recipe",
        "recipe.toml",
        ["the source: who publishes it, on what terms, how often", "la fuente: quién la publica, en qué términos, cada cuánto"],
    ),
    ("from", "[from]", ["where `atalaya collect` looks", "dónde busca `atalaya collect`"]),
    (
        "vintage",
        "[vintage]",
        [
            "how an edition of the data is named; without it, by the day it was collected",
            "cómo se nombra una edición de los datos; si falta, por el día en que se recogió",
        ],
    ),
    ("absent", "[absent]", ["what a row that is not there means", "qué significa una fila que no está"]),
    (
        "layout",
        "[[layout]]",
        ["one shape the file comes in; the first that fits is used", "una forma en que viene el archivo; se usa la primera que encaja"],
    ),
    ("unpivot", "unpivot = { ... }", ["columns that are periods become rows", "columnas que son períodos se vuelven filas"]),
    ("field", "[layout.fields]  area = { ... }", ["how one field is read", "cómo se lee un campo"]),
    ("scheme_by", "scheme_by = { ... }", ["another column tells the code list", "otra columna dice la lista de códigos"]),
    (
        "observe",
        "[[layout.observe]]",
        ["a value each row gives, in a source of observations", "un valor que da cada fila, en una fuente de observaciones"],
    ),
    ("check", "[[check]]", ["what must hold; `rule` names it", "qué debe cumplirse; `rule` lo nombra"]),
];

const fn key(table: &'static str, name: &'static str, holds: &'static str, en: &'static str, es: &'static str) -> Key {
    Key { table, name, holds, says: [en, es] }
}

/// Every key.
#[rustfmt::skip]
pub const KEYS: &[Key] = &[
    key("recipe", "id", "text", "the source's name: small letters, digits, hyphens", "el nombre de la fuente: minúsculas, dígitos, guiones"),
    key("recipe", "title", "{ en, es }", "what it is", "qué es"),
    key("recipe", "producer", "text", "who publishes it", "quién la publica"),
    key("recipe", "licence", "text", "on what terms", "en qué términos"),
    key("recipe", "url", "text", "where to read about it", "dónde leer sobre ella"),
    key("recipe", "kind", "records | observations", "what a row is: one seizure as reported, or a published value of a series", "qué es una fila: una incautación como se informó, o un valor publicado de una serie"),
    key("recipe", "label", "{ tlp, purpose, recipients, rows }", "the label every intake carries: TLP 2.0, and whether single rows may leave (not-releasable | releasable)", "la etiqueta de toda recogida: TLP 2.0, y si pueden salir filas sueltas (not-releasable | releasable)"),
    key("recipe", "simulated", "true | false", "the data are made up; shown wherever they appear", "los datos son inventados; se muestra donde aparezcan"),
    key("recipe", "keeps", "replace | extend", "the newest vintage is the whole account (replace), or older ones stand where it is silent (extend)", "la edición más nueva es toda la cuenta (replace), o las viejas valen donde ella calla (extend)"),
    key("recipe", "counts", "event | structure | participation", "what the source counts as one: each event once, each structure of a laboratory, or each event it took part in; said where sources differ", "qué cuenta la fuente como uno: cada hecho una vez, cada estructura de un laboratorio, o cada hecho en que participó; se dice donde las fuentes difieren"),
    key("recipe", "every", "1m | 3m | 1y", "how often a new vintage is due", "cada cuánto toca una edición nueva"),
    key("recipe", "from", "table", "see [from]", "vea [from]"),
    key("recipe", "years", "[first, last]", "years a date may fall in; rows outside are held", "años en que puede caer una fecha; las filas de fuera quedan retenidas"),
    key("recipe", "vintage", "table", "see [vintage]", "vea [vintage]"),
    key("recipe", "absent", "table", "see [absent]", "vea [absent]"),
    key("recipe", "precision", "{ NZ = \"month\" }", "countries whose days are placeholders, with the precision that is real", "países cuyos días son relleno, con la precisión verdadera"),
    key("recipe", "notes", "[{ en, es }]", "what a reader should know; printed with exports", "lo que debe saber quien lee; se imprime con las exportaciones"),
    key("recipe", "words", "{ 'english' = 'spanish' }", "words of definitions and breakdowns in Spanish", "palabras de definiciones y desgloses en español"),
    key("recipe", "not_persons", "{ column = \"reason\" }", "columns named like persons that are not; documents, plates and telephones are never waived", "columnas con nombre de persona que no lo son; documentos, placas y teléfonos nunca se exceptúan"),
    key("recipe", "layout", "tables", "see [[layout]]", "vea [[layout]]"),
    key("recipe", "check", "tables", "see [[check]]", "vea [[check]]"),

    key("from", "path", "text", "a file or folder, relative to the observatory", "un archivo o carpeta, relativo al observatorio"),
    key("from", "url", "text", "an https address; read only when the observatory is online and the host is allowed", "una dirección https; se lee solo si el observatorio está en línea y el servidor está permitido"),

    key("vintage", "column", "text", "the column that names it: one file, several vintages", "la columna que la nombra: un archivo, varias ediciones"),
    key("vintage", "file_name", "pattern", "the first group of this pattern in the file's name", "el primer grupo de este patrón en el nombre del archivo"),
    key("vintage", "called", "text with $1", "how it is then called: `FY20$1`", "cómo se llama entonces: `FY20$1`"),
    key("vintage", "is_prepared", "true | false", "the name is also the day the file was prepared", "el nombre es también el día de elaboración"),

    key("absent", "means", "zero", "by the source's definition a missing area-year is zero", "por definición de la fuente, un área-año ausente es cero"),
    key("absent", "note", "{ en, es }", "the reason, shown with every figure", "el motivo, mostrado con cada cifra"),

    key("layout", "name", "text", "its name in receipts", "su nombre en los recibos"),
    key("layout", "format", "any | csv | xlsx | json", "only files of this format; any if not said", "solo archivos de este formato; cualquiera si no se dice"),
    key("layout", "delimiter", "one character", "separator of delimited text; found out if not said", "separador del texto; se averigua si no se dice"),
    key("layout", "sheets", "[text]", "sheets (or members of a zip) by name; * at either end stands for anything", "hojas (o archivos de un zip) por nombre; * al inicio o al final vale por cualquier cosa"),
    key("layout", "header", "[text]", "texts the header row holds, where titles stand above it", "textos que tiene la fila de encabezado, si hay títulos encima"),
    key("layout", "title", "[text]", "words above the header, one of which must stand there", "palabras sobre el encabezado, una de las cuales debe estar"),
    key("layout", "without", "[text]", "columns the header must not have: they tell a look-alike", "columnas que el encabezado no debe tener: delatan a un parecido"),
    key("layout", "fill_down", "[column]", "columns where a blank cell repeats the one above (merged cells)", "columnas donde una celda vacía repite la de arriba (celdas combinadas)"),
    key("layout", "notes_begin", "[text]", "a row that begins so ends the table: what follows are notes", "una fila que empieza así termina la tabla: lo que sigue son notas"),
    key("layout", "footnotes", "true | false", "cells right of a value without a header are footnotes to it", "las celdas a la derecha de un valor sin encabezado son notas a él"),
    key("layout", "formulas", "values | hold", "a formula in a sheet: its value as the file has it (values), or the row is held (hold)", "una fórmula en una hoja: su valor como está en el archivo (values), o la fila queda retenida (hold)"),
    key("layout", "unpivot", "table", "see unpivot", "vea unpivot"),
    key("layout", "vintage", "text", "the vintage of files in this shape", "la edición de los archivos con esta forma"),
    key("layout", "ignore", "{ column = \"reason\" }", "columns left unread on purpose", "columnas que no se leen a propósito"),
    key("layout", "fields", "tables", "see [layout.fields]", "vea [layout.fields]"),
    key("layout", "observe", "tables", "see [[layout.observe]]", "vea [[layout.observe]]"),

    key("unpivot", "columns", "pattern", "a pattern over column names; its first group is the year", "un patrón sobre nombres de columnas; su primer grupo es el año"),
    key("unpivot", "century", "[pivot, base]", "years of two digits: [50, 1900] reads 90 as 1990 and 13 as 2013", "años de dos cifras: [50, 1900] lee 90 como 1990 y 13 como 2013"),

    key("field", "from", "[column]", "columns it may stand in; the first that exists is read: add last month's name and this month's", "columnas donde puede estar; se lee la primera que existe: ponga el nombre del mes pasado y el de este"),
    key("field", "value", "text", "a constant instead of a column; in observations {Column} is filled in, {Column|otherwise}, {@sheet}", "una constante en vez de una columna; en observaciones se rellena {Columna}, {Columna|si vacía}, {@sheet}"),
    key("field", "required", "true | false", "every row must have it, or it is held", "toda fila debe tenerlo, o queda retenida"),
    key("field", "not_known", "[text]", "texts that mean \"not known\", besides the empty cell", "textos que significan \"no conocido\", además de la celda vacía"),
    key("field", "not_applicable", "[text]", "texts that mean \"does not apply\"", "textos que significan \"no aplica\""),
    key("field", "suppressed", "[text]", "texts that mean \"withheld\"", "textos que significan \"reservado\""),
    key("field", "map", "{ text = \"CODE\" }", "what a text means here, before any list is asked", "qué significa un texto aquí, antes de consultar listas"),
    key("field", "hold", "[text]", "texts to be held whatever a list says of them", "textos que quedan retenidos digan lo que digan las listas"),
    key("field", "also", "{ place = \"CODE\" }", "for parent: places the publisher counts to another region", "para parent: lugares que quien publica cuenta en otra región"),
    key("field", "scheme", "iso3 | ubigeo | divipola | devida | m49 | euda | usps", "for places: the code list", "para lugares: la lista de códigos"),
    key("field", "scheme_by", "table", "for places: another column tells the code list", "para lugares: otra columna dice la lista de códigos"),
    key("field", "pad", "digits", "codes that lost leading zeros: this many digits", "códigos que perdieron ceros a la izquierda: tantos dígitos"),
    key("field", "first", "digits", "only the first so many characters are the code, after padding", "solo los primeros tantos caracteres son el código, ya rellenado"),
    key("field", "strip", "characters", "cut off at the end: footnote stars", "se quitan al final: asteriscos de notas"),
    key("field", "number", "point | comma | point-thousands | column", "1234.5 | 1.234,5 | 1,234.5 | each column tells by its cells, or ambiguous ones are held", "1234.5 | 1.234,5 | 1,234.5 | cada columna lo dice con sus celdas, o las ambiguas quedan retenidas"),
    key("field", "dates", "iso | day-first | month-first | column | year | year-month | excel | us-fiscal-month | month-only", "2016-01-31 | 31/01/2016 or 31 de enero de 2016 | 01/31/2016 | the column tells, or ambiguous dates are held | a year and what follows | a year, with month | 42461 | a US fiscal year, with month | a month, with assume_year", "2016-01-31 | 31/01/2016 o 31 de enero de 2016 | 01/31/2016 | la columna lo dice, o las ambiguas quedan retenidas | un año y lo que siga | un año, con month | 42461 | un año fiscal de EE. UU., con month | un mes, con assume_year"),
    key("field", "month", "column", "the column of the month", "la columna del mes"),
    key("field", "assume_year", "year", "the year, where the file has only months; flagged assumed-year", "el año, si el archivo solo trae meses; queda marcado assumed-year"),
    key("field", "provisional", "text", "a text within the cell that marks a provisional value", "un texto dentro de la celda que marca un valor provisional"),
    key("field", "within", "country code", "the country a place must lie in for its name to be looked up", "el país en que debe estar un lugar para buscar su nombre"),

    key("scheme_by", "column", "column", "the column that tells", "la columna que lo dice"),
    key("scheme_by", "is", "{ text = \"scheme\" }", "what it says, and the code list meant", "qué dice, y la lista de códigos que significa"),

    key("observe", "measure", "id", "the measure: coca-area, homicides, seized-mass ...", "la medida: coca-area, homicides, seized-mass ..."),
    key("observe", "unit", "id", "the unit: ha, kg, count, percent ...; left out, the field unit of the row says it", "la unidad: ha, kg, count, percent ...; si falta, la dice el campo unit de la fila"),
    key("observe", "value", "column | @cell | name@", "the column of the value; in an unpivoted table @cell, or pob@ for pob90 beside hom90", "la columna del valor; en una tabla girada @cell, o pob@ para pob90 junto a hom90"),
    key("observe", "not_known", "[text]", "texts that mean \"not known\" for this value", "textos que significan \"no conocido\" para este valor"),
    key("observe", "low", "column", "the low end of the interval", "el extremo bajo del intervalo"),
    key("observe", "high", "column", "the high end of the interval", "el extremo alto del intervalo"),
    key("observe", "definition", "text", "what exactly is measured; {Column} is filled in; rival definitions are never merged", "qué se mide exactamente; se rellena {Columna}; definiciones rivales nunca se mezclan"),
    key("observe", "breakdown", "text", "sex, age ...; {Column} is filled in", "sexo, edad ...; se rellena {Columna}"),
    key("observe", "optional", "true | false", "the cell may be blank without being an observation", "la celda puede estar vacía sin ser una observación"),

    key("check", "departure-is-destination", "", "R1: flags records that leave and arrive in the same country", "R1: marca registros que salen y llegan al mismo país"),
    key("check", "inflow-to-producer", "substance = [id], areas = [code]", "R2: flags a drug flowing into the countries that make it", "R2: marca una droga que fluye hacia los países que la producen"),
    key("check", "too-heavy-for-air", "kg = number", "R3: flags more than this by air", "R3: marca más que esto por aire"),
    key("check", "repeats", "are = rivals | parts", "the same key twice: hold rival values, or keep parts of a whole", "la misma clave dos veces: retener valores rivales, o conservar partes de un todo"),
    key("check", "rows", "at_least = number", "a file with fewer rows is reported", "se avisa si un archivo tiene menos filas"),
    key("check", "page", "rows = number", "exactly so many rows look like one page of an API", "exactamente tantas filas parecen una página de una API"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::de::DeserializeOwned;

    use super::*;
    use crate::recipe::{Absent, Check, FIELDS, Field, From, Layout, Observe, Recipe, SchemeBy, Unpivot, VintageRule};

    /// The keys a struct takes: what its refusal of another key lists.
    fn taken_by<T: DeserializeOwned>(toml: &str) -> BTreeSet<String> {
        let refusal = match toml::from_str::<T>(toml) {
            Ok(_) => panic!("{toml} was taken"),
            Err(e) => e.message().to_string(),
        };
        let list = refusal.split("expected").nth(1).unwrap_or_else(|| panic!("{refusal}"));
        list.split('`').skip(1).step_by(2).map(str::to_string).collect()
    }

    #[test]
    fn the_table_lists_exactly_the_keys_a_recipe_takes() {
        let real: Vec<(&str, BTreeSet<String>)> = vec![
            ("recipe", taken_by::<Recipe>("zzz = 1")),
            ("from", taken_by::<From>("zzz = 1")),
            ("vintage", taken_by::<VintageRule>("zzz = 1")),
            ("absent", taken_by::<Absent>("zzz = 1")),
            ("layout", taken_by::<Layout>("zzz = 1")),
            ("unpivot", taken_by::<Unpivot>("zzz = 1")),
            ("field", taken_by::<Field>("zzz = 1")),
            ("scheme_by", taken_by::<SchemeBy>("zzz = 1")),
            ("observe", taken_by::<Observe>("zzz = 1")),
            ("check", taken_by::<Check>("rule = \"zzz\"")),
        ];
        assert_eq!(real.iter().map(|(t, _)| *t).collect::<Vec<_>>(), TABLES.iter().map(|(t, ..)| *t).collect::<Vec<_>>());
        for (table, keys) in real {
            let told: BTreeSet<String> = KEYS.iter().filter(|k| k.table == table).map(|k| k.name.to_string()).collect();
            assert_eq!(told, keys, "{table}");
        }
    }

    #[test]
    fn the_page_of_the_recipe_language_names_every_key_and_field() {
        let page = include_str!("../../../../docs/recipes.md");
        for key in KEYS {
            assert!(page.contains(&format!("`{}`", key.name)), "docs/recipes.md does not say `{}` ({})", key.name, key.table);
        }
        for field in FIELDS {
            assert!(page.contains(&format!("`{field}`")), "docs/recipes.md does not say the field `{field}`");
        }
    }
}

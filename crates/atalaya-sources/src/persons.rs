//! Columns that look like persons are refused at the door, by name.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Exit, Problem, both};

/// Words that name a person wherever they stand in a column's name. Never waived.
const ALWAYS: [&str; 38] = [
    "dni",
    "cedula",
    "pasaporte",
    "passport",
    "apellido",
    "apellidos",
    "surname",
    "lastname",
    "firstname",
    "telefono",
    "telefonos",
    "celular",
    "phone",
    "phones",
    "mobile",
    "email",
    "correo",
    "placa",
    "placas",
    "plate",
    "plates",
    "ssn",
    "curp",
    "imei",
    "detenido",
    "detenidos",
    "detenida",
    "imputado",
    "imputados",
    "sospechoso",
    "suspect",
    "arrestee",
    "defendant",
    "victima",
    "victim",
    "nacimiento",
    "birthdate",
    "dob",
];

/// Whole column names that are a person's, unless the recipe says why not.
const WHOLE: [&str; 12] = [
    "nombre",
    "nombres",
    "name",
    "names",
    "full name",
    "first name",
    "last name",
    "nombre completo",
    "nombres y apellidos",
    "alias",
    "person",
    "persona",
];

/// The words of a column name: lower case, without accents, split at anything else.
pub(crate) fn words(column: &str) -> Vec<String> {
    use unicode_normalization::UnicodeNormalization;
    let plain: String = column.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).collect();
    let mut spaced = String::new();
    let mut previous_lower = false;
    for c in plain.chars() {
        if c.is_uppercase() && previous_lower {
            spaced.push(' ');
        }
        previous_lower = c.is_lowercase();
        spaced.push(c);
    }
    spaced.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_string).collect()
}

/// Whether a column's name looks like a person's name, document, plate or telephone.
pub fn looks_like_a_person(column: &str) -> bool {
    let words = words(column);
    words.iter().any(|w| ALWAYS.contains(&w.as_str())) || WHOLE.contains(&words.join(" ").as_str())
}

/// Refuses columns that look like persons.
///
/// # Errors
/// `persons`, naming the columns; nothing of the file has been kept.
pub fn refuse_persons<'a>(columns: impl Iterator<Item = &'a str>, waived: &BTreeMap<String, String>, place: &str) -> Result<(), Problem> {
    let never = |column: &str| words(column).iter().any(|w| ALWAYS.contains(&w.as_str()));
    let found: Vec<&str> = columns.filter(|c| looks_like_a_person(c) && (never(c) || !waived.contains_key(*c))).collect();
    if found.is_empty() {
        return Ok(());
    }
    let names = found.iter().map(|c| atalaya_kernel::both::shown(c)).collect::<Vec<_>>().join("”, “");
    Err(Problem::new(
        "persons",
        place,
        both!("the column “{names}” looks like data about persons; Atalaya holds none, so nothing of this file was kept", "la columna “{names}” parece contener datos de personas; Atalaya no guarda ninguno, así que no se conservó nada de este archivo"),
        Both::new(
            "remove the column at its origin and collect the file again; if a column called “name” holds places, say so under not_persons in the recipe",
            "elimine la columna en su origen y recoja de nuevo el archivo; si una columna llamada “name” contiene lugares, dígalo en not_persons de la receta",
        ),
    )
    .exits(Exit::Refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_recognised_in_both_languages_and_places_are_not() {
        for column in
            ["Nombre", "CÉDULA", "dni_conductor", "Nombre del detenido", "Placa vehículo", "phoneNumber", "Teléfono", "Name", "apellidos"]
        {
            assert!(looks_like_a_person(column), "{column}");
        }
        for column in ["COUNTRY", "NOMBRE_MPIO", "Country name", "municipio", "Place", "Drug name", "nombre del distrito", "pbi_dist"] {
            assert!(!looks_like_a_person(column), "{column}");
        }
    }

    #[test]
    fn a_document_number_is_never_waived() {
        let waived = BTreeMap::from([("dni".to_string(), "not really".to_string()), ("name".to_string(), "town".to_string())]);
        assert!(refuse_persons(["name"].into_iter(), &waived, "f.csv").is_ok());
        assert_eq!(refuse_persons(["dni"].into_iter(), &waived, "f.csv").unwrap_err().id, "persons");
    }
}

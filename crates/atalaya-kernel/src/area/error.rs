//! Why a text is not a place.

use crate::{Both, Problem};

use super::{Area, Scheme};

/// Why a text did not resolve to one place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AreaError {
    /// No list has it.
    #[error("`{found}` is no place we know{}: correct it, or add it to areas_aliases.csv", hint(*nearest))]
    Unknown {
        /// The text.
        found: String,
        /// The place whose name is closest, if one is close.
        nearest: Option<&'static Area>,
    },
    /// Several places have that name.
    #[error("`{found}` may be {}: give the code, or say in which country or scheme to look", candidates.join(", "))]
    Ambiguous {
        /// The text.
        found: String,
        /// Their codes, sorted.
        candidates: Vec<&'static str>,
    },
    /// The place did not exist in that year.
    #[error("`{found}` ({code}) existed {}: use the place of that year", years(*from, *to))]
    NotValid {
        /// The text.
        found: String,
        /// Its canonical code.
        code: &'static str,
        /// First year.
        from: Option<u16>,
        /// Last year.
        to: Option<u16>,
    },
    /// A code that does not have its scheme's shape.
    #[error("`{found}` is not a code of {}, which has {}: restore the leading zeros the file lost", scheme.as_str(), scheme.shape())]
    Shape {
        /// The text.
        found: String,
        /// The scheme asked for.
        scheme: Scheme,
    },
}

impl AreaError {
    /// The same error as every surface prints it, in both languages.
    ///
    /// * `place`: where the text stood: a file with its line, a flag.
    pub fn problem(&self, place: &str) -> Problem {
        let english = self.to_string();
        let (found_en, todo_en) = english.rsplit_once(": ").unwrap_or((&english, ""));
        let (id, found_es, todo_es) = match self {
            AreaError::Unknown { found, nearest } => {
                let hint = nearest.map(|area| format!(" (¿{}, {}?)", area.name_es, area.code)).unwrap_or_default();
                ("area-unknown", format!("`{found}` no es un lugar conocido{hint}"), "corríjalo o agréguelo a areas_aliases.csv")
            }
            AreaError::Ambiguous { found, candidates } => (
                "area-ambiguous",
                format!("`{found}` puede ser {}", candidates.join(", ")),
                "dé el código, o indique en qué país o esquema buscar",
            ),
            AreaError::NotValid { found, code, from, to } => {
                ("area-not-valid", format!("`{found}` ({code}) existió {}", anios(*from, *to)), "use el lugar de ese año")
            }
            AreaError::Shape { found, scheme } => (
                "area-code-shape",
                format!("`{found}` no es un código de {} ({})", scheme.as_str(), forma(*scheme)),
                "restituya los ceros iniciales que el archivo perdió",
            ),
        };
        Problem::new(id, place, Both::new(found_en, found_es), Both::new(todo_en, todo_es))
    }
}

fn hint(nearest: Option<&'static Area>) -> String {
    nearest.map(|area| format!(" (is it {}, {}?)", area.name_en, area.code)).unwrap_or_default()
}

fn years(from: Option<u16>, to: Option<u16>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("from {from} to {to}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) => "always".into(),
    }
}

fn anios(from: Option<u16>, to: Option<u16>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("de {from} a {to}"),
        (Some(from), None) => format!("desde {from}"),
        (None, Some(to)) => format!("hasta {to}"),
        (None, None) => "siempre".into(),
    }
}

fn forma(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Iso3166_1 | Scheme::Usps | Scheme::Euda => "2 letras",
        Scheme::Iso3 => "3 letras",
        Scheme::Iso3166_3 => "4 letras",
        Scheme::M49 => "3 dígitos",
        Scheme::Ubigeo => "2, 4 o 6 dígitos",
        Scheme::Divipola => "2 o 5 dígitos",
        Scheme::Iso3166_2 => "un país, un guion y una parte",
        Scheme::Devida | Scheme::User => "un identificador en minúsculas con guiones",
    }
}

//! Places: countries, their parts, regions, and the names files call them by.
//!
//! A place has one canonical code: a country its ISO 3166-1 alpha-2 (`PE`), a department or state
//! its ISO 3166-2 (`PE-AYA`), a Peruvian province or district `ubigeo:0809` / `ubigeo:080910`, a
//! Colombian municipality `divipola:05031`, a coca zone `devida:vraem`, a region `m49:005`, a
//! state that no longer exists its ISO 3166-3 (`SUHH`). Names are looked up whatever their case,
//! accents and spacing; a name used outside its years still resolves and is marked so.

mod error;
mod find;
pub(crate) mod list;
mod register;

pub use error::AreaError;
pub use find::{Resolution, Scope};
pub use list::fold;
pub use register::{Areas, areas};

use crate::{Both, Lang};

/// Version of the area lists.
pub const VERSION: &str = "areas-2026.11";

/// Who gives out a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// ISO 3166-1 alpha-2: `PE`.
    Iso3166_1,
    /// ISO 3166-2: `PE-AYA`, `US-CA`.
    Iso3166_2,
    /// ISO 3166-3, states that no longer exist: `SUHH`.
    Iso3166_3,
    /// ISO 3166-1 alpha-3, never canonical: `PER`.
    Iso3,
    /// United Nations M49, three digits; canonical for regions only: `m49:005`.
    M49,
    /// INEI of Peru: 2 (department), 4 (province) or 6 digits (district).
    Ubigeo,
    /// DANE of Colombia: 2 (department) or 5 digits (municipality).
    Divipola,
    /// Coca zones of DEVIDA's reports, our ids: `devida:vraem`.
    Devida,
    /// State abbreviations of the United States, never canonical: `CA`.
    Usps,
    /// Country codes of the European Union Drugs Agency, never canonical: `EL`, `UK`.
    Euda,
    /// Given by Atalaya where no one else does: `XK`, `user:iq-central`.
    User,
}

impl Scheme {
    /// Its name in the lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Iso3166_1 => "iso3166-1",
            Scheme::Iso3166_2 => "iso3166-2",
            Scheme::Iso3166_3 => "iso3166-3",
            Scheme::Iso3 => "iso3",
            Scheme::M49 => "m49",
            Scheme::Ubigeo => "ubigeo",
            Scheme::Divipola => "divipola",
            Scheme::Devida => "devida",
            Scheme::Usps => "usps",
            Scheme::Euda => "euda",
            Scheme::User => "user",
        }
    }

    /// The scheme of that name.
    pub fn parse(name: &str) -> Option<Scheme> {
        Some(match name {
            "iso3166-1" => Scheme::Iso3166_1,
            "iso3166-2" => Scheme::Iso3166_2,
            "iso3166-3" => Scheme::Iso3166_3,
            "iso3" => Scheme::Iso3,
            "m49" => Scheme::M49,
            "ubigeo" => Scheme::Ubigeo,
            "divipola" => Scheme::Divipola,
            "devida" => Scheme::Devida,
            "usps" => Scheme::Usps,
            "euda" => Scheme::Euda,
            "user" => Scheme::User,
            _ => return None,
        })
    }

    /// What its codes look like, for messages.
    pub(crate) fn shape(self) -> &'static str {
        match self {
            Scheme::Iso3166_1 | Scheme::Usps | Scheme::Euda => "2 letters",
            Scheme::Iso3 => "3 letters",
            Scheme::Iso3166_3 => "4 letters",
            Scheme::M49 => "3 digits",
            Scheme::Ubigeo => "2, 4 or 6 digits",
            Scheme::Divipola => "2 or 5 digits",
            Scheme::Iso3166_2 => "a country, a hyphen and a part",
            Scheme::Devida | Scheme::User => "a kebab-case id",
        }
    }
}

/// How large a place is, largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The world.
    World,
    /// A continent.
    Region,
    /// A part of a continent.
    Subregion,
    /// A country or territory, present or past.
    Country,
    /// Department, state, province of the first order, constituent country.
    First,
    /// Peruvian province, Colombian municipality.
    Second,
    /// Peruvian district.
    Third,
    /// A zone that cuts across the administrative division.
    Zone,
}

impl Level {
    /// Its name in the lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::World => "world",
            Level::Region => "region",
            Level::Subregion => "subregion",
            Level::Country => "country",
            Level::First => "first",
            Level::Second => "second",
            Level::Third => "third",
            Level::Zone => "zone",
        }
    }

    /// The level of that name.
    pub fn parse(name: &str) -> Option<Level> {
        use Level::{Country, First, Region, Second, Subregion, Third, World, Zone};
        [World, Region, Subregion, Country, First, Second, Third, Zone].into_iter().find(|level| level.as_str() == name)
    }
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Canonical code, what the store keeps: `PE`, `PE-AYA`, `ubigeo:080910`.
    pub code: &'static str,
    /// Who gave it.
    pub scheme: Scheme,
    /// How large it is.
    pub level: Level,
    /// English name.
    pub name_en: &'static str,
    /// Spanish name.
    pub name_es: &'static str,
    /// Code of the next larger place; `None` for the world.
    pub parent: Option<&'static str>,
    /// ISO 3166-1 alpha-3, countries only.
    pub iso3: Option<&'static str>,
    /// UN M49 with leading zeros, countries and regions only.
    pub m49: Option<&'static str>,
    /// First year it existed, where that matters.
    pub valid_from: Option<u16>,
    /// Last year it existed, for what no longer does.
    pub valid_to: Option<u16>,
}

impl Area {
    /// Its name in one language.
    pub fn name(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.name_en,
            Lang::Es => self.name_es,
        }
    }

    /// Its name in both languages.
    pub fn both(&self) -> Both {
        Both::new(self.name_en, self.name_es)
    }

    /// Whether it existed in a year.
    pub fn exists_in(&self, year: i32) -> bool {
        within_years(self.valid_from, self.valid_to, year)
    }
}

pub(crate) fn within_years(from: Option<u16>, to: Option<u16>, year: i32) -> bool {
    from.is_none_or(|from| year >= i32::from(from)) && to.is_none_or(|to| year <= i32::from(to))
}

/// Texts that stand where a place should and name none: they are missing values, not places.
const NO_AREA: [&str; 41] = [
    "",
    "-",
    "--",
    "...",
    "?",
    "*",
    "n/a",
    "n.a.",
    "n.d.",
    "s/d",
    "s/i",
    "null",
    "none",
    "nan",
    "other",
    "others",
    "unknown",
    "not known",
    "not available",
    "not applicable",
    "not specified",
    "not stated",
    "unspecified",
    "multiple",
    "multiple countries",
    "various",
    "various countries",
    "high seas",
    "international waters",
    "otro",
    "otros",
    "otra",
    "desconocido",
    "desconocida",
    "no especificado",
    "no aplica",
    "no determinado",
    "sin dato",
    "sin datos",
    "alta mar",
    "aguas internacionales",
];

/// Whether a text stands for "no place given": `Unknown`, `Other`, `Multiple Countries`, empty ...
///
/// `NA` is not among them: it is the code of Namibia, and only the caller knows what was meant.
pub fn is_no_area(text: &str) -> bool {
    NO_AREA.contains(&list::fold(text).as_str())
}

/// Whether a text heads a total row: `TOTAL`, `Total*`, `Total nacional`. Never add such a row.
pub fn is_total(text: &str) -> bool {
    let folded = list::fold(text);
    let bare = folded.trim_end_matches(['*', ':', ' ']);
    matches!(bare, "total" | "totals" | "grand total" | "subtotal" | "total general" | "total nacional" | "national total" | "gran total")
}

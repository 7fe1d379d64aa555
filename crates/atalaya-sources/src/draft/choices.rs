//! What a person says about a file. The draft takes it as said, and says where the cells disagree.

use std::collections::BTreeMap;

use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Problem, both};
use serde::{Deserialize, Serialize};

use super::Doubt;
use super::look::Table;
use super::places;
use super::words::{Measured, Word};
use crate::recipe::Kind;

/// What a column may be said to be.
pub const ROLES: [&str; 20] = [
    "area",
    "date",
    "substance",
    "amount",
    "unit",
    "place",
    "admin",
    "agency",
    "transport",
    "departure",
    "destination",
    "producing",
    "price",
    "purity",
    "low",
    "high",
    "definition",
    "breakdown",
    "vintage",
    "ignore",
];

/// What may be said once for every row.
const ALWAYS: [&str; 4] = ["area", "date", "substance", "unit"];
const TLP: [&str; 5] = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"];

/// What a person says about a file: all of it may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    /// What the source is called.
    pub title: Option<String>,
    /// Who publishes it.
    pub producer: Option<String>,
    /// On what terms.
    pub licence: Option<String>,
    /// Its label, `TLP:AMBER` if nobody says.
    pub tlp: Option<String>,
    /// What a row is.
    pub kind: Option<Kind>,
    /// What the numbers of a table of series measure.
    pub measure: Option<String>,
    /// Columns by name.
    pub columns: BTreeMap<String, Choice>,
    /// Where no column says it: the same in every row.
    pub always: BTreeMap<String, String>,
}

/// What one column is said to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choice {
    /// One of [`ROLES`].
    pub is: String,
    /// For a column left unread: the reason.
    pub why: String,
}

impl Choices {
    /// Whether every word said is one there is.
    ///
    /// # Errors
    /// `choice`, naming the word and what it may be.
    pub(super) fn check(&self) -> Result<(), Problem> {
        for (column, choice) in &self.columns {
            known(&choice.is, &ROLES, column)?;
            if choice.is == "ignore" && choice.why.trim().is_empty() {
                return Err(Problem::new(
                    "why-needed",
                    atalaya_kernel::both::shown(column),
                    Both::new("a column is left unread without a reason", "una columna queda sin leer sin un motivo"),
                    Both::new("say why in a few words", "diga por qué en pocas palabras"),
                ));
            }
        }
        for field in self.always.keys() {
            known(field, &ALWAYS, "always")?;
        }
        if let Some(tlp) = &self.tlp {
            known(tlp, &TLP, "label")?;
        }
        match &self.measure {
            Some(id) if measures().get(id).is_none() => Err(wrong(id, "measure", "docs/code-lists.md")),
            _ => Ok(()),
        }
    }

    /// Writes what was said into the columns of the tables.
    pub(super) fn put(&self, tables: &mut [Table]) {
        for table in tables {
            for column in &mut table.columns {
                let Some(choice) = self.columns.get(&column.name) else { continue };
                let Some(said) = ROLES.into_iter().find(|r| *r == choice.is) else { continue };
                column.said = Some(said);
                column.why.clone_from(&choice.why);
                let coded = || ["ubigeo", "divipola"].into_iter().find(|s| places::coded(column, s).is_some());
                let word = match said {
                    "area" => coded().map_or(Word { role: "area", hint: "" }, |hint| Word { role: "code", hint }),
                    role => Word { role, hint: "" },
                };
                column.word = Some(word);
            }
            if table.columns.iter().any(|c| c.said == Some("area")) {
                table.columns.iter_mut().filter(|c| c.said.is_none()).for_each(|c| c.word = c.word.map(elsewhere));
            }
        }
    }

    /// What was said of every row, as a field of a recipe is called.
    pub(super) fn always(&self, field: &str) -> Option<&str> {
        let field = if field == "period" { "date" } else { field };
        self.always.get(field).map(|v| v.trim()).filter(|v| !v.is_empty())
    }

    /// The measure, if one was said.
    pub(super) fn measured(&self) -> Option<Measured> {
        let measure = measures().get(self.measure.as_deref()?)?;
        Some(Measured { measure: measure.id, unit: measure.unit, substance: "" })
    }

    /// What was said and could not be done.
    pub(super) fn unheard(&self, name: &str, field: Option<&str>, place: &str) -> Option<Doubt> {
        let said = &self.columns.get(name)?.is;
        let heard = match field {
            None => said == "ignore",
            Some("value") => said == "amount",
            Some("area") => said == "area",
            Some(field) => said == field,
        };
        let name = atalaya_kernel::both::shown(name);
        (!heard).then(|| Doubt {
            place: format!("{place} › {name}"),
            found: both!(
                "said to be “{said}”, but its cells cannot be read as that",
                "indicada como «{said}», pero sus celdas no se pueden leer así"
            ),
            todo: Both::new("choose again, or write the line of the recipe", "elija de nuevo, o escriba la línea de la receta"),
        })
    }
}

/// A column of places where a person named another one for the area.
fn elsewhere(word: Word) -> Word {
    match word.role {
        "country" | "area" | "zone" | "code" | "first-code" | "region" => Word { role: "elsewhere", hint: "" },
        "first" => Word { role: "admin", hint: "" },
        _ => word,
    }
}

fn known(found: &str, list: &[&str], place: &str) -> Result<(), Problem> {
    if list.contains(&found) { Ok(()) } else { Err(wrong(found, place, &list.join(", "))) }
}

fn wrong(found: &str, place: &str, list: &str) -> Problem {
    let found = atalaya_kernel::both::shown(found);
    Problem::new(
        "choice",
        atalaya_kernel::both::shown(place),
        both!("there is no “{found}” here", "aquí no existe «{found}»"),
        both!("choose one of: {list}", "elija entre: {list}"),
    )
}

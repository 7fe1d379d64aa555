//! What a recipe must say to be usable: its words are words of the lists.

use atalaya_kernel::area::Scheme;
use atalaya_kernel::{Both, Problem, both};

use super::{Kind, Recipe};

impl Recipe {
    pub(super) fn check(&self, place: &str) -> Result<(), Problem> {
        let wrong = |found: Both| Problem::new("recipe", place, found, Both::new("correct the recipe", "corrija la receta"));
        if self.layouts.is_empty() {
            return Err(wrong(Both::new("it has no [[layout]]", "no tiene ningún [[layout]]")));
        }
        for layout in &self.layouts {
            let name = &layout.name;
            if self.kind == Kind::Observations && layout.observe.is_empty() {
                return Err(wrong(both!(
                    "layout {name:?} gives no value: add [[layout.observe]]",
                    "la forma {name:?} no da ningún valor: agregue [[layout.observe]]"
                )));
            }
            for observe in &layout.observe {
                let (measure, unit) = (&observe.measure, &observe.unit);
                if atalaya_kernel::measure::measures().get(measure).is_none() {
                    return Err(wrong(both!("there is no measure {measure:?}", "no existe la medida {measure:?}")));
                }
                let by_row = unit.is_empty() && layout.fields.contains_key("unit");
                if !by_row && atalaya_kernel::unit::units().get(unit).is_none() {
                    return Err(wrong(both!("there is no unit {unit:?}", "no existe la unidad {unit:?}")));
                }
            }
            for (field, spec) in &layout.fields {
                let schemes = spec.scheme.iter().chain(spec.scheme_by.iter().flat_map(|by| by.is.values()));
                if let Some(scheme) = schemes.into_iter().find(|s| Scheme::parse(s).is_none()) {
                    return Err(wrong(both!("there is no code list {scheme:?}", "no existe la lista de códigos {scheme:?}")));
                }
                if !FIELDS.contains(&field.as_str()) {
                    let known = FIELDS.join(", ");
                    return Err(wrong(both!(
                        "there is no field {field:?}; fields are {known}",
                        "no existe el campo {field:?}; los campos son {known}"
                    )));
                }
            }
        }
        Ok(())
    }
}

/// Every field a layout can have. A row with anything in a column of `footnote` is flagged.
pub const FIELDS: [&str; 23] = [
    "area",
    "admin",
    "place",
    "date",
    "period",
    "substance",
    "amount",
    "unit",
    "producing",
    "departure",
    "destination",
    "transport",
    "routing",
    "hiding",
    "installation",
    "agency",
    "price",
    "purity",
    "definition",
    "breakdown",
    "status",
    "parent",
    "footnote",
];

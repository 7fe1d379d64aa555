//! A table of records as the methods take it: coded columns, one dictionary, a day and its precision.

use atalaya_kernel::record::{NO_DAY, Terms};

use super::LinkError;

/// A column of [`Records`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The source the record came by.
    Source,
    /// Who seized or reported.
    Agency,
    /// Code of the area.
    Area,
    /// The area as written.
    AreaReported,
    /// The division of the area.
    Admin,
    /// The place.
    Place,
    /// Id of the substance.
    Substance,
    /// The substance as written.
    SubstanceReported,
    /// The amount, a plain number as written.
    Amount,
    /// Id of the unit.
    Unit,
    /// Where it was produced.
    Producing,
    /// Where it left.
    Departure,
    /// Where it was bound for.
    Destination,
    /// How it travelled.
    Transport,
    /// Its route.
    Routing,
    /// What it was hidden in.
    Hiding,
    /// Where it was found.
    Installation,
}

impl Field {
    /// Every column, in order.
    pub const ALL: [Field; 17] = [
        Field::Source,
        Field::Agency,
        Field::Area,
        Field::AreaReported,
        Field::Admin,
        Field::Place,
        Field::Substance,
        Field::SubstanceReported,
        Field::Amount,
        Field::Unit,
        Field::Producing,
        Field::Departure,
        Field::Destination,
        Field::Transport,
        Field::Routing,
        Field::Hiding,
        Field::Installation,
    ];

    /// Its name, as records carry it.
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 17] = [
            "source",
            "agency",
            "area",
            "area_reported",
            "admin",
            "place",
            "substance",
            "substance_reported",
            "amount",
            "unit",
            "producing",
            "departure",
            "destination",
            "transport",
            "routing",
            "hiding",
            "installation",
        ];
        NAMES[self as usize]
    }
}

/// Records: columns of codes of one dictionary, 0 where absent. All columns are of one length.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// A column for each of [`Field::ALL`].
    pub columns: [Vec<u32>; Field::ALL.len()],
    /// What the codes stand for.
    pub terms: Terms,
    /// First day of the date, days from 1970-01-01; [`NO_DAY`] where not known.
    pub day: Vec<i32>,
    /// [`atalaya_kernel::Precision::code`] of the date.
    pub precision: Vec<u8>,
}

impl Records {
    /// How many.
    pub fn len(&self) -> usize {
        self.day.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.day.is_empty()
    }

    /// The code of a field of a record.
    pub fn code(&self, row: usize, field: Field) -> u32 {
        self.columns[field as usize][row]
    }

    /// The text of a field of a record; empty where absent.
    pub fn text(&self, row: usize, field: Field) -> &str {
        self.terms.text(self.code(row, field))
    }

    /// Adds a record; fields not named are absent.
    pub fn push(&mut self, fields: &[(Field, &str)], day: Option<i32>, precision: u8) {
        for field in Field::ALL {
            let text = fields.iter().find(|(f, _)| *f == field).map_or("", |(_, text)| *text);
            let code = self.terms.code(text);
            self.columns[field as usize].push(code);
        }
        self.day.push(day.unwrap_or(NO_DAY));
        self.precision.push(precision);
    }

    /// # Errors
    /// [`LinkError::Ragged`] if a column is not as long as the others.
    pub(super) fn check(&self) -> Result<(), LinkError> {
        let rows = self.len();
        let ragged = |column: &'static str, len: usize| LinkError::Ragged { column, rows: len, expected: rows };
        for field in Field::ALL {
            let len = self.columns[field as usize].len();
            if len != rows {
                return Err(ragged(field.name(), len));
            }
        }
        if self.precision.len() != rows {
            return Err(ragged("precision", self.precision.len()));
        }
        Ok(())
    }
}

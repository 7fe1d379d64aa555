//! The hidden sheet of what may be chosen: drugs, units, statuses, ways to be absent.

use atalaya_kernel::substance::substances;
use atalaya_kernel::unit::units;
use atalaya_kernel::{Both, Lang};
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::ABSENT;
use crate::said::say;

/// The sheet's name, the same in both languages: formulas name it.
pub(super) const NAME: &str = "lists";

/// Statuses: what the store has, English, Spanish.
pub(super) const STATUS: [(&str, &str, &str); 2] = [("A", "final", "definitivo"), ("P", "provisional", "provisional")];

/// The lists, each a column of the sheet.
pub(super) struct Lists {
    columns: [Vec<String>; 4],
}

/// Position of a list in the sheet.
#[derive(Debug, Clone, Copy)]
pub(super) enum List {
    Drugs,
    Units,
    Status,
    Absent,
}

impl Lists {
    /// The lists in one language.
    pub(super) fn new(lang: Lang) -> Lists {
        let sorted = |mut names: Vec<String>| {
            names.sort_by_key(|n| n.to_lowercase());
            names
        };
        let drugs = substances().iter().map(|s| Both::new(s.label_en, s.label_es).in_lang(lang).to_string()).collect();
        let mut absent: Vec<String> = ABSENT.iter().map(|(_, en, es)| say(lang, en, es).to_string()).collect();
        absent.push(say(lang, "not known", "no se conoce").into());
        Lists {
            columns: [
                sorted(drugs),
                sorted(units().iter().map(|u| u.label(lang).to_string()).collect()),
                STATUS.iter().map(|(_, en, es)| say(lang, en, es).to_string()).collect(),
                absent,
            ],
        }
    }

    /// `lists!$A$1:$A$9`.
    pub(super) fn range(&self, list: List) -> String {
        let column = char::from(b'A' + list as u8);
        format!("{NAME}!${column}$1:${column}${}", self.columns[list as usize].len())
    }

    /// Writes the sheet and hides it.
    pub(super) fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(NAME)?;
        sheet.set_hidden(true);
        for (column, names) in (0u16..).zip(&self.columns) {
            for (row, name) in (0u32..).zip(names) {
                sheet.write_string(row, column, name)?;
            }
        }
        Ok(())
    }
}

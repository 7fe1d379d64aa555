//! The words a recipe chooses among: what rows are, what stands where vintages are silent, formats.

use serde::{Deserialize, Serialize};

/// What a source's rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Reported seizures or purchases, one a row.
    Records,
    /// Purchases of drugs, one a row: amounts, prices and purity, never counted as seizures.
    Purchases,
    /// Published values of series.
    Observations,
}

impl Kind {
    /// The word the store uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Records => "records",
            Kind::Purchases => "purchases",
            Kind::Observations => "observations",
        }
    }
}

/// Whether an older vintage still stands where the newest is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keeps {
    /// The newest vintage is the whole account.
    #[default]
    Replace,
    /// Each vintage covers a window; cells it lacks stand as they were.
    Extend,
}

impl Keeps {
    /// The word the store uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Keeps::Replace => "replace",
            Keeps::Extend => "extend",
        }
    }
}

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Whichever of the others it is.
    #[default]
    Any,
    /// Delimited text.
    Csv,
    /// A workbook: xlsx.
    Xlsx,
    /// A JSON list of flat objects.
    Json,
}

/// What a formula in a sheet is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Formulas {
    /// For the value that stands in the file beside it.
    #[default]
    Values,
    /// For no value: the row is held.
    Hold,
}

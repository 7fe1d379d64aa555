//! The words a recipe chooses among: what rows are, what stands where vintages are silent, formats.

use atalaya_kernel::Both;
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

/// What a source of records counts as one. Sources that count by different rules say different
/// numbers of the same operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// The event: one seizure or one operation, however many took part; a laboratory is the whole
    /// complex.
    Event,
    /// Each structure found: every shed, pit or drying floor of a laboratory is one.
    Structure,
    /// The part taken: everybody who took part counts the event, on the high seas also one that
    /// others carried out.
    Participation,
}

impl Counts {
    /// In words, after "counts".
    pub fn say(self) -> Both {
        match self {
            Counts::Event => Both::new("each event once", "cada hecho una vez"),
            Counts::Structure => Both::new("each structure found", "cada estructura hallada"),
            Counts::Participation => Both::new("each event it took part in", "cada hecho en que participó"),
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

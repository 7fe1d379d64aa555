//! Absent is a type, never 0.

use serde::{Deserialize, Serialize};

/// Why a value is not there. A reported zero is a value, not one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Asked and not known, or not reported.
    NotKnown,
    /// Known and withheld.
    Suppressed,
    /// The question does not apply there or then.
    NotApplicable,
}

impl Missing {
    /// The word the store and the exports use.
    pub fn code(self) -> &'static str {
        match self {
            Missing::NotKnown => "not-known",
            Missing::Suppressed => "suppressed",
            Missing::NotApplicable => "not-applicable",
        }
    }

    /// Reads [`Missing::code`].
    pub fn from_code(code: &str) -> Option<Missing> {
        [Missing::NotKnown, Missing::Suppressed, Missing::NotApplicable].into_iter().find(|m| m.code() == code)
    }

    /// The SDMX `OBS_STATUS` of an absent value, in the words of the cross-domain list
    /// `CL_OBS_STATUS` 2.2: `O` missing value, `Q` suppressed, `M` data cannot exist.
    pub fn obs_status(self) -> &'static str {
        match self {
            Missing::NotKnown => "O",
            Missing::Suppressed => "Q",
            Missing::NotApplicable => "M",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SDMX `CL_OBS_STATUS` 2.2: O "Missing value", Q "Missing value; suppressed", M "Missing
    /// value; data cannot exist".
    #[test]
    fn each_absence_has_the_letter_of_the_sdmx_list() {
        let letters = [Missing::NotKnown, Missing::Suppressed, Missing::NotApplicable].map(Missing::obs_status);
        assert_eq!(letters, ["O", "Q", "M"]);
    }
}

//! A bulletin from its text: figures by query, charts, tables and notes, as PDF and HTML.

use std::path::PathBuf;

use atalaya_kernel::{Lang, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Say, Verb};
use crate::Observatory;
use crate::observatory::Caller;

/// Publish a bulletin as PDF and HTML, in Spanish and English, from a text you edit.
///
/// The text is `bulletins/ID/en.md` and `es.md`. Every number is asked of the store and carries a
/// figure id that `atalaya verify` recomputes. Without an id, the bulletins there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Bulletin {
    /// The bulletin: its folder in bulletins/; the bulletins there are if left out
    pub id: Option<String>,
    /// Write a first text in both languages from what this observatory holds
    #[cfg_attr(feature = "cli", arg(long))]
    pub new: bool,
    /// Languages to publish: es, en, both [default: both]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "LANG"))]
    pub languages: Vec<String>,
    /// Folder to write to [default: published/ID of the observatory]
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIR"))]
    pub out: Option<PathBuf>,
    /// Day it was prepared [default: the text's, else the day of the newest intake used]
    #[cfg_attr(feature = "cli", arg(long, value_name = "DAY"))]
    pub prepared: Option<String>,
    /// Approve it as it stands now, with the reason; until then every page says DRAFT
    #[cfg_attr(feature = "cli", arg(long, value_name = "REASON"))]
    pub sign_off: Option<String>,
    /// Say what would be published and what changed since the last edition; write nothing
    #[cfg_attr(feature = "cli", arg(long))]
    pub check: bool,
}

/// What there is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Bulletins {
    /// The bulletins, by id.
    pub bulletins: Vec<String>,
}

impl Verb for Bulletin {
    const NAME: &'static str = "publish/bulletin";
    type Outcome = Bulletins;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<Bulletins, Problem> {
        let folder = observatory.root().join("bulletins");
        let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Bulletins::default()) };
        let mut bulletins: Vec<String> = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        bulletins.sort_unstable();
        Ok(Bulletins { bulletins })
    }
}

impl Say for Bulletins {
    fn say(&self, _lang: Lang) -> String {
        self.bulletins.iter().map(|b| format!("{b}\n")).collect()
    }
}

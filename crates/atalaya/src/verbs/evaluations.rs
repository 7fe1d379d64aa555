//! What evaluations found, as others take it: drawings, the appendix, the folder.

use std::path::PathBuf;

use atalaya_kernel::Lang;
use atalaya_kernel::{Both, Problem, both};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chart::{Drawn, wanted};
use super::{Say, Verb};
use crate::Observatory;
use crate::evaluate::draw::{What, chart_of};
use crate::evaluate::folder::{self, Files, FolderChecked};
use crate::evaluate::kept;
use crate::observatory::Caller;

/// Draw a part of what a design found, as svg or png.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct EvaluateDraw {
    /// Id of the design
    #[cfg_attr(feature = "cli", arg(value_name = "ID"))]
    pub id: String,
    /// Part: verdict effect events donors placebos specifications map; verdict if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "PART"))]
    pub what: Option<String>,
    /// Width in pixels, 280 to 2400
    #[cfg_attr(feature = "cli", arg(long, value_name = "PIXELS"))]
    pub width: Option<u32>,
    /// Colours: light dark
    #[cfg_attr(feature = "cli", arg(long, value_name = "THEME"))]
    pub theme: Option<String>,
    /// Format: svg png; told by the file's name if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "FORMAT"))]
    pub format: Option<String>,
    /// File to write; standard output if left out
    #[cfg_attr(feature = "cli", arg(long, short, value_name = "FILE"))]
    pub out: Option<PathBuf>,
}

/// Write a whole evaluation as one folder that can be run again: design, data, numbers, tables,
/// drawings, methods appendix.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct EvaluateFolder {
    /// Id of the design
    #[cfg_attr(feature = "cli", arg(value_name = "ID"))]
    pub id: String,
    /// Folder to write: a new or empty one, or one made before; the id if left out
    #[cfg_attr(feature = "cli", arg(long, short, value_name = "DIR"))]
    pub out: Option<PathBuf>,
}

/// The methods appendix of an evaluation, in Markdown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct EvaluateAppendix {
    /// Id of the design
    #[cfg_attr(feature = "cli", arg(value_name = "ID"))]
    pub id: String,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvaluationFolder {
    /// The folder.
    pub folder: PathBuf,
    /// Its files.
    pub files: Vec<String>,
    /// Whether the data are among them.
    pub with_data: bool,
}

/// A text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvaluationAppendix {
    /// Its design.
    pub id: String,
    /// Markdown.
    pub text: String,
}

impl EvaluateFolder {
    /// The files, written nowhere.
    ///
    /// # Errors
    /// Those of running the design.
    pub fn files(&self, observatory: &Observatory, caller: &mut Caller<'_>) -> Result<Files, Problem> {
        folder::files(observatory, &self.id, caller)
    }
}

impl Verb for EvaluateDraw {
    const NAME: &'static str = "evaluate";
    type Outcome = Drawn;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Drawn, Problem> {
        let (look, format) = wanted((&self.theme, self.width), &self.format, self.out.as_deref(), caller.lang)?;
        let what = What::parse(self.what.as_deref().unwrap_or("verdict"))?;
        let finding = kept::finding(observatory, &self.id, caller)?;
        let outlines = if what == What::Map { observatory.outlines(&mut Vec::new()) } else { Vec::new() };
        let chart = chart_of(&finding, what, &outlines);
        Drawn::of_chart(&chart, &look, (&finding.sources, &finding.label, &finding.data)).filed(format, self.out.as_deref())
    }
}

impl Verb for EvaluateFolder {
    const NAME: &'static str = "evaluate";
    type Outcome = EvaluationFolder;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<EvaluationFolder, Problem> {
        let files = self.files(observatory, caller)?;
        let to = self.out.clone().unwrap_or_else(|| PathBuf::from(&self.id));
        folder::write(&to, &files)?;
        Ok(EvaluationFolder { folder: to, with_data: files.contains_key("data.csv"), files: files.into_keys().collect() })
    }
}

impl Verb for EvaluateAppendix {
    const NAME: &'static str = "evaluate";
    type Outcome = EvaluationAppendix;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<EvaluationAppendix, Problem> {
        let finding = kept::finding(observatory, &self.id, caller)?;
        Ok(EvaluationAppendix { id: self.id.clone(), text: crate::evaluate::appendix::appendix(&finding, caller.lang) })
    }
}

impl Say for EvaluationAppendix {
    fn say(&self, _lang: Lang) -> String {
        self.text.clone()
    }
}

impl Say for EvaluationFolder {
    fn say(&self, lang: Lang) -> String {
        let (folder, count) = (self.folder.display(), self.files.len());
        let mut out = both!(
            "{folder}: {count} files. Run it again from there: atalaya evaluate verify {folder}\n",
            "{folder}: {count} archivos. Ejecútelo de nuevo desde ahí: atalaya evaluate verify {folder}\n"
        )
        .in_lang(lang)
        .to_string();
        if !self.with_data {
            let said = Both::new(
                "The data are not in it: their label does not let single rows leave.\n",
                "Los datos no están en ella: su etiqueta no permite que salgan filas individuales.\n",
            );
            out += said.in_lang(lang);
        }
        out
    }
}

impl Say for FolderChecked {
    fn say(&self, lang: Lang) -> String {
        let (id, was, is, files) = (&self.id, self.was, self.is, self.files);
        let mut out = if self.same {
            both!("{id}: computed again, everything is as it was: {is}\n", "{id}: calculado de nuevo, todo es como era: {is}\n")
        } else {
            both!("{id}: NOT the same: {was} before, {is} now\n", "{id}: NO es lo mismo: {was} antes, {is} ahora\n")
        }
        .in_lang(lang)
        .to_string();
        out += both!("{files} files are as listed\n", "{files} archivos están como se listaron\n").in_lang(lang);
        if self.not_near {
            let said = Both::new(
                "Effects on other places were not computed again: outlines and networks are not in the folder.\n",
                "Los efectos en otros lugares no se calcularon de nuevo: los contornos y las redes no están en la carpeta.\n",
            );
            out += said.in_lang(lang);
        }
        for name in &self.changed {
            out += both!("  changed: {name}\n", "  cambió: {name}\n").in_lang(lang);
        }
        out
    }

    fn is_no(&self) -> bool {
        !self.same || !self.changed.is_empty()
    }
}

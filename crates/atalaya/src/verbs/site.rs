//! A static site of what an audience may see.

use std::path::PathBuf;

use atalaya_kernel::{Both, Clearance, Exit, Lang, Problem, Tlp, both};
use atalaya_report::publication;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::say::count;
use super::{Say, Verb};
use crate::Observatory;
use crate::observatory::Caller;
use crate::site;

/// Publish a static site, in Spanish and English, of what an audience may see.
///
/// It works from a USB stick and without scripts. Only what is marked for the audience, and for
/// everybody in it, is in its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct PublishSite {
    /// Folder to write to [default: published/site of the observatory]
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIR"))]
    pub out: Option<PathBuf>,
    /// For whom: the strictest label shown [default: TLP:CLEAR]
    #[cfg_attr(feature = "cli", arg(long, value_name = "LABEL"))]
    pub tlp: Option<String>,
}

/// The site that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedSite {
    /// Its folder.
    pub folder: PathBuf,
    /// Its files.
    pub files: usize,
    /// Pages among them.
    pub pages: usize,
    /// All their bytes.
    pub bytes: u64,
    /// For whom.
    pub audience: String,
}

impl Verb for PublishSite {
    const NAME: &'static str = "publish/site";
    type Outcome = PublishedSite;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<PublishedSite, Problem> {
        let tlp = self.audience(observatory.clearance())?;
        let clearance = Clearance { tlp, ..Clearance::public() };
        let mut seen = Observatory::open(observatory.root())?.seen_by(clearance);
        let files = site::files(&mut seen, caller)?;
        let folder = self.out.clone().unwrap_or_else(|| observatory.root().join("published").join("site"));
        publication::write(&folder, &files)?;
        Ok(PublishedSite {
            folder,
            files: files.len(),
            pages: files.iter().filter(|f| f.path.ends_with(".html")).count(),
            bytes: files.iter().map(|f| f.bytes.len() as u64).sum(),
            audience: tlp.as_str().into(),
        })
    }
}

impl PublishSite {
    /// The strictest label shown, which the one who publishes must be cleared for.
    fn audience(&self, own: &Clearance) -> Result<Tlp, Problem> {
        let Some(text) = &self.tlp else { return Ok(Tlp::Clear) };
        let known = Tlp::ALL.map(Tlp::as_str).join(", ");
        let tlp = Tlp::parse(text).ok_or_else(|| {
            Problem::new(
                "unknown-label",
                format!("--tlp {text}"),
                Both::new("this is not a label of TLP 2.0", "esto no es una etiqueta de TLP 2.0"),
                both!("labels, as they are written: {known}", "etiquetas, tal como se escriben: {known}"),
            )
        })?;
        if tlp > own.tlp {
            return Err(Problem::new(
                "label",
                format!("--tlp {text}"),
                Both::new("the account that publishes may not see this itself", "la cuenta que publica no puede ver esto"),
                Both::new("ask a desk with that clearance", "pídalo a una oficina con esa autorización"),
            )
            .exits(Exit::Refused));
        }
        Ok(tlp)
    }
}

impl Say for PublishedSite {
    fn say(&self, lang: Lang) -> String {
        let (pages, files) = (count(self.pages as u64, lang), count(self.files as u64, lang));
        let (kilobytes, audience) = (count(self.bytes / 1000, lang), &self.audience);
        let index = self.folder.join("index.html").display().to_string();
        both!(
            "{pages} pages, {files} files, {kilobytes} kB, for {audience}\n{index}\n",
            "{pages} páginas, {files} archivos, {kilobytes} kB, para {audience}\n{index}\n"
        )
        .in_lang(lang)
        .into()
    }
}

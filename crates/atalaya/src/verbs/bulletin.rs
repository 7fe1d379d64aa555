//! A bulletin from its text: figures by query, charts, tables and notes, as PDF and HTML.

use std::path::PathBuf;

use atalaya_kernel::{Both, Lang, Problem, both};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Say, Verb};
use crate::Observatory;
use crate::bulletin::{self, Listed, Manifest, Moved, Order, tag};
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

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "did")]
pub enum Bulletins {
    /// The bulletins there are.
    Listed {
        /// By id.
        bulletins: Vec<Listed>,
    },
    /// First texts were written.
    Started {
        /// Their paths.
        texts: Vec<PathBuf>,
        /// The bulletin.
        id: String,
    },
    /// A bulletin was made, or looked at.
    Made(Box<MadeOf>),
}

/// A bulletin that was made, or only looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct MadeOf {
    /// What stands beside it.
    pub manifest: Manifest,
    /// The files written; none if it was only looked at.
    pub files: Vec<PathBuf>,
    /// Why it is a draft.
    pub why: Vec<Both>,
    /// Numbers that moved since the last edition.
    pub moved: Vec<Moved>,
    /// Numbers typed by hand, that nothing checks.
    pub typed: Vec<Typed>,
}

/// A number typed by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// The file.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The number.
    pub text: String,
}

impl Bulletin {
    fn langs(&self) -> Result<Vec<Lang>, Problem> {
        let mut out = Vec::new();
        for name in &self.languages {
            match name.as_str() {
                "es" => out.push(Lang::Es),
                "en" => out.push(Lang::En),
                "both" => out.extend([Lang::Es, Lang::En]),
                other => {
                    return Err(Problem::new(
                        "unknown-language",
                        format!("--languages {other}"),
                        Both::new("bulletins are in Spanish and English", "los boletines son en español e inglés"),
                        Both::new("es, en or both", "es, en o both"),
                    ));
                }
            }
        }
        Ok(out)
    }
}

impl Verb for Bulletin {
    const NAME: &'static str = "publish/bulletin";
    type Outcome = Bulletins;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Bulletins, Problem> {
        let Some(id) = self.id.clone() else {
            return Ok(Bulletins::Listed { bulletins: bulletin::list(observatory)? });
        };
        if self.new {
            return Ok(Bulletins::Started { texts: bulletin::start(observatory, &id)?, id });
        }
        let order = Order {
            id,
            languages: self.langs()?,
            out: self.out.clone(),
            prepared: self.prepared.clone(),
            sign_off: self.sign_off.clone(),
            check: self.check,
        };
        let output = bulletin::publish(observatory, &order, caller)?;
        let mut files: Vec<PathBuf> = Vec::new();
        if let Some(folder) = &output.folder {
            files = output.manifest.files.iter().map(|f| folder.join(&f.name)).collect();
            files.push(folder.join(bulletin::MANIFEST));
        }
        let typed = output.typed.into_iter().map(|(file, line, text)| Typed { file, line, text }).collect();
        Ok(Bulletins::Made(Box::new(MadeOf { manifest: output.manifest, files, why: output.why, moved: output.moved, typed })))
    }
}

impl Say for Bulletins {
    fn say(&self, lang: Lang) -> String {
        match self {
            Bulletins::Listed { bulletins } if bulletins.is_empty() => Both::new(
                "no bulletin yet: `atalaya publish bulletin ID --new` writes a first text\n",
                "todavía no hay boletines: `atalaya publish bulletin ID --new` escribe un primer texto\n",
            )
            .in_lang(lang)
            .into(),
            Bulletins::Listed { bulletins } => bulletins.iter().map(|b| listed(b, lang)).collect(),
            Bulletins::Started { texts, id } => {
                let mut out: String = texts.iter().map(|t| format!("{}\n", t.display())).collect();
                out += both!("edit them, then: atalaya publish bulletin {id}\n", "edítelos, y luego: atalaya publish bulletin {id}\n")
                    .in_lang(lang);
                out
            }
            Bulletins::Made(made) => made.say(lang),
        }
    }
}

fn listed(bulletin: &Listed, lang: Lang) -> String {
    let langs = bulletin.languages.iter().map(|l| tag(*l)).collect::<Vec<_>>().join(" ");
    let mut out = format!("{}  [{langs}]  {}\n", bulletin.id, bulletin.title.in_lang(lang));
    match &bulletin.problem {
        Some(problem) => out += &format!("    {}\n", problem.say(lang)),
        None if bulletin.approved => out += &format!("    {}\n", Both::new("signed off", "aprobado").in_lang(lang)),
        None => out += &format!("    {}: {}\n", Both::new("draft", "borrador").in_lang(lang), joined(&bulletin.why, lang)),
    }
    if let Some(last) = bulletin.published.as_ref().and_then(|m| m.edition.as_ref()) {
        let (issue, on) = (&last.issue, &last.on);
        out += both!("    last edition: issue {issue}, signed off {on}\n", "    última edición: número {issue}, aprobada el {on}\n")
            .in_lang(lang);
    }
    out
}

fn joined(why: &[Both], lang: Lang) -> String {
    why.iter().map(|w| w.in_lang(lang)).collect::<Vec<_>>().join("; ")
}

impl MadeOf {
    fn say(&self, lang: Lang) -> String {
        let mut out = String::new();
        if !self.moved.is_empty() {
            let n = self.moved.len();
            out += both!("changed since the last edition ({n}):\n", "cambió desde la última edición ({n}):\n").in_lang(lang);
            self.moved.iter().for_each(|m| out += &format!("  {}\n", m.say(lang)));
        }
        if !self.typed.is_empty() {
            let n = self.typed.len();
            out += both!("typed by hand, so nothing checks them ({n}):\n", "escritos a mano, así que nada los verifica ({n}):\n")
                .in_lang(lang);
            self.typed.iter().take(20).for_each(|t| out += &format!("  {} line {}: {}\n", t.file, t.line, t.text));
        }
        out += &match &self.manifest.approved {
            Some(signed) => {
                let (by, on, reason) = (&signed.by, &signed.on, &signed.reason);
                both!("signed off by {by}, {on}: {reason}\n", "aprobado por {by}, {on}: {reason}\n").in_lang(lang).to_string()
            }
            None => format!("{}: {}\n", Both::new("DRAFT", "BORRADOR").in_lang(lang), joined(&self.why, lang)),
        };
        let (figures, day) = (self.manifest.figures.len(), &self.manifest.prepared);
        out +=
            both!("{figures} numbers in the text, prepared {day}\n", "{figures} números en el texto, elaborado el {day}\n").in_lang(lang);
        // The data beside it are many files: where they are is enough.
        let data = self.files.iter().find_map(|f| f.ancestors().find(|a| a.ends_with("data")));
        let (inside, plain): (Vec<_>, Vec<_>) = self.files.iter().partition(|f| data.is_some_and(|data| f.starts_with(data)));
        plain.iter().for_each(|f| out += &format!("  {}\n", f.display()));
        if let Some(data) = data {
            let (n, data) = (inside.len(), data.display());
            out += both!("  {data}: {n} files\n", "  {data}: {n} archivos\n").in_lang(lang);
        }
        out += &format!("{}\n", self.manifest.audience.tlp.as_str());
        out
    }
}

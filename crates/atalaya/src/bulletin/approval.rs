//! Signing off: what was approved is bound by hash; if anything of it changes it is a draft again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_report::bulletin::number;
use atalaya_store::sha256_text;
use serde::{Deserialize, Serialize};

use super::edition::{Cell, Said};
use crate::query::list_versions;

/// The file beside the texts.
pub const APPROVAL: &str = "approval.toml";

/// What somebody signed off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The desk or role that signed off.
    pub by: String,
    /// The day.
    pub on: String,
    /// Why.
    pub reason: String,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// The day of preparation printed.
    pub prepared: String,
    /// Lists and program, by their hash.
    pub lists: String,
    /// Every cell with its value, by their hash.
    pub cells: String,
    /// The texts, by language, by their hash.
    pub texts: BTreeMap<String, String>,
    /// The numbers said in the texts: ask and value.
    pub values: BTreeMap<String, String>,
}

/// What an approval is bound to, as it is now.
pub(super) struct Now {
    pub snapshot: String,
    pub prepared: String,
    pub texts: BTreeMap<String, String>,
    pub cells: String,
    pub values: BTreeMap<String, String>,
}

impl Now {
    /// What the editions rest on.
    pub fn of(snapshot: &str, prepared: &str, texts: BTreeMap<String, String>, cells: &[Cell], said: &[Said]) -> Now {
        let mut lines: Vec<String> = cells.iter().map(|c| format!("{} {} {} {}", c.figure, c.unit, c.value, c.missing)).collect();
        lines.sort();
        lines.dedup();
        Now {
            snapshot: snapshot.into(),
            prepared: prepared.into(),
            texts,
            cells: sha256_text(&lines.join("\n")),
            values: said.iter().map(|s| (s.ask.clone(), s.value.clone())).collect(),
        }
    }
}

/// The versions of lists and program, by their hash.
pub(super) fn lists() -> String {
    sha256_text(&list_versions().iter().map(|(k, v)| format!("{k} {v}")).collect::<Vec<_>>().join("\n"))
}

impl Approval {
    /// Signs off what is now.
    pub(super) fn sign(now: &Now, by: &str, on: &str, reason: &str) -> Approval {
        Approval {
            by: by.into(),
            on: on.get(..10).unwrap_or(on).into(),
            reason: reason.into(),
            snapshot: now.snapshot.clone(),
            prepared: now.prepared.clone(),
            lists: lists(),
            cells: now.cells.clone(),
            texts: now.texts.clone(),
            values: now.values.clone(),
        }
    }

    /// The approval of a bulletin's folder, if there is one.
    ///
    /// # Errors
    /// `bulletin-approval` if it cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Approval>, Problem> {
        let path = folder.join(APPROVAL);
        if !path.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(|e| Problem::io(path.display().to_string(), &e))?;
        toml::from_str(&text).map(Some).map_err(|e| {
            let message = e.message().to_string();
            Problem::new(
                "bulletin-approval",
                path.display().to_string(),
                both!("{message}", "{message}"),
                Both::new("delete it and sign off again", "bórrelo y apruebe de nuevo"),
            )
        })
    }

    /// What changed since it was signed off, as far as it can be told without asking the store.
    pub(super) fn moved(&self, snapshot: &str, texts: &BTreeMap<String, String>) -> Vec<Both> {
        let mut out = Vec::new();
        for (lang, name) in [("en", Both::new("English", "en inglés")), ("es", Both::new("Spanish", "en español"))] {
            if self.texts.get(lang) != texts.get(lang) {
                out.push(Both::new(format!("the {} text changed", name.en), format!("el texto {} cambió", name.es)));
            }
        }
        if self.snapshot != snapshot {
            let (was, is) = (short(&self.snapshot), short(snapshot));
            out.push(both!("the store changed (snapshot {was}, now {is})", "el almacén cambió (instantánea {was}, ahora {is})"));
        }
        if self.lists != lists() {
            out.push(Both::new("the code lists or the program changed", "cambiaron las listas de códigos o el programa"));
        }
        out
    }

    /// What changed since it was signed off; nothing if it stands.
    pub(super) fn changed(&self, now: &Now) -> Vec<Both> {
        let mut out = self.moved(&now.snapshot, &now.texts);
        if self.prepared != now.prepared {
            let (was, is) = (&self.prepared, &now.prepared);
            out.push(both!("the day of preparation changed ({was}, now {is})", "cambió el día de elaboración ({was}, ahora {is})"));
        }
        let differs: Vec<&String> =
            now.values.iter().filter(|(ask, v)| self.values.get(*ask).is_some_and(|w| w != *v)).map(|(a, _)| a).collect();
        if !differs.is_empty() {
            let n = differs.len();
            let each = |lang: Lang| {
                let say = |v: &str| if v.is_empty() { number::absent("", lang).into() } else { number::full(v, lang) };
                let one = |ask: &&&String| format!("{ask}: {} → {}", say(&self.values[**ask]), say(&now.values[**ask]));
                differs.iter().take(5).map(|a| one(&a)).collect::<Vec<_>>().join("; ")
            };
            let (en, es) = (each(Lang::En), each(Lang::Es));
            out.push(both!("{n} numbers changed: {en}", "{n} números cambiaron: {es}"));
        } else if self.cells != now.cells && out.is_empty() {
            out.push(Both::new("cells of its tables or charts changed", "cambiaron celdas de sus tablas o gráficos"));
        }
        out
    }

    /// Who, when and why, in one line.
    pub fn say(&self, lang: Lang) -> String {
        let (by, on, reason) = (&self.by, number::day(&self.on, lang), &self.reason);
        both!("By {by}, {on}: {reason}", "Por {by}, {on}: {reason}").in_lang(lang).into()
    }
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

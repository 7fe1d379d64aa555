//! Bulletins: texts that people edit, filled from the store, signed off, published.

mod about;
mod approval;
mod cell;
mod data;
mod edition;
mod folder;
mod make;
mod manifest;
mod numbers;
mod pictures;
mod starter;
mod tables;

use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Date, Exit, Label, Lang, Problem, both};
use atalaya_report::bulletin::{Front, html, pdf};
use atalaya_store::sha256_bytes;

pub use approval::{APPROVAL, Approval};
pub use edition::{Cell, Said};
pub use folder::tag;
pub use manifest::{MANIFEST, Made, Manifest, Moved, Signed};

use crate::observatory::{Caller, Observatory};
use crate::publication::{self, Reader};
use edition::Cells;
use folder::{LANGS, Texts, published_at};
use make::Edition;
use manifest::Last;

/// What to publish, and how.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// The bulletin.
    pub id: String,
    /// The languages; all there are if empty.
    pub languages: Vec<Lang>,
    /// Where to.
    pub out: Option<PathBuf>,
    /// The day of preparation.
    pub prepared: Option<String>,
    /// Why it is signed off now.
    pub sign_off: Option<String>,
    /// Write nothing.
    pub check: bool,
}

/// What was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// What stands beside it.
    pub manifest: Manifest,
    /// Where it was written; nothing if it was only checked.
    pub folder: Option<PathBuf>,
    /// Why it is a draft.
    pub why: Vec<Both>,
    /// Numbers that moved since the last edition.
    pub moved: Vec<Moved>,
    /// Numbers typed by hand: file, line, text.
    pub typed: Vec<(String, usize, String)>,
}

/// Makes a bulletin: from the store to files.
///
/// # Errors
/// `bulletin-*`, `rivals`, `audience` and those of asking and writing. Nothing is half written.
pub fn publish(observatory: &mut Observatory, order: &Order, caller: &Caller<'_>) -> Result<Output, Problem> {
    inside(observatory)?;
    if let Some(day) = order.prepared.as_deref().filter(|d| Date::parse_iso(d).is_none()) {
        let todo = Both::new("write it as 2026-01-31", "escríbalo como 2026-01-31");
        return Err(Problem::new("day", "--prepared", both!("{day:?} is not a day", "{day:?} no es un día"), todo));
    }
    let texts = Texts::read(observatory, &order.id)?;
    let mut editions = Vec::new();
    for (lang, place, template) in &texts.templates {
        let edition = make::make(observatory, &order.id, place, template, order.prepared.as_deref(), *lang)?;
        make::refuse(&edition, &template.front, place)?;
        editions.push(edition);
    }
    if let Some(lang) = order.languages.iter().find(|l| !editions.iter().any(|e| e.document.lang == **l)) {
        return Err(manifest::missing_language(*lang));
    }
    let (cells, said) = together(&editions);
    let document = &editions[0].document;
    let now = approval::Now::of(&document.snapshot, &document.prepared, texts.hashes.clone(), &cells, &said);
    let front = texts.templates[0].2.front.clone();
    let target = published_at(observatory, &order.id);
    let before = Manifest::read(&target);
    let moved = before.as_ref().and_then(|m| m.edition.as_ref()).map(|l| manifest::moved(l, &said, front.threshold)).unwrap_or_default();
    let approval = sign_off(&texts, &now, order, caller)?;
    let why = match &approval {
        None => vec![Both::new("nobody has signed it off yet", "nadie lo ha aprobado todavía")],
        Some(approval) => approval.changed(&now),
    };
    let approval = approval.filter(|_| why.is_empty());
    let typed = texts.templates.iter().flat_map(|(_, p, t)| t.typed.iter().map(|(l, n)| (p.clone(), *l, n.clone()))).collect();
    let mut files: Vec<(Made, Vec<u8>)> = Vec::new();
    if !order.check {
        for edition in &mut editions {
            let lang = edition.document.lang;
            edition.document.draft = approval.is_none();
            edition.document.state = match &approval {
                Some(approval) => approval.say(lang),
                None => sentence(&why, lang),
            };
            if order.languages.is_empty() || order.languages.contains(&lang) {
                files.push(made_of(format!("{}.pdf", tag(lang)), "application/pdf", Some(lang), pdf(&edition.document)?));
                let page = html(&edition.document).into_bytes();
                files.push(made_of(format!("{}.html", tag(lang)), "text/html; charset=utf-8", Some(lang), page));
            }
        }
        files.push(made_of("figures.csv".into(), "text/csv; charset=utf-8", None, manifest::figures_csv(&cells)));
        let title = title_of(&texts);
        let reader = Reader { sees: &|label| front.audience.sees(label), inside: front.audience.inside };
        files.extend(data::beside(observatory, &title, &editions, &cells, &files, reader)?);
    }
    let made = files.iter().map(|(made, _)| made.clone()).collect();
    let manifest = manifest_of(order, &texts, &front, &editions, approval.as_ref(), (made, said), before.and_then(|m| m.edition));
    let folder = if order.check { None } else { Some(order.out.clone().unwrap_or(target)) };
    if let Some(folder) = &folder {
        clear(folder, &manifest);
        let mut files: Vec<(String, Vec<u8>)> = files.into_iter().map(|(made, bytes)| (made.name, bytes)).collect();
        files.push((MANIFEST.into(), manifest.text().into_bytes()));
        folder::write(folder, &files)?;
    }
    Ok(Output { manifest, folder, why, moved, typed })
}

/// Only a desk of the observatory publishes: a reader's view would leave cells out.
fn inside(observatory: &Observatory) -> Result<(), Problem> {
    if observatory.clearance().inside {
        return Ok(());
    }
    Err(Problem::new(
        "not-inside",
        "",
        Both::new("only a desk of this observatory publishes", "solo publica una mesa de este observatorio"),
        Both::new("ask one to publish it", "pida a una que lo publique"),
    )
    .exits(Exit::Refused))
}

/// Signs off if that is ordered; else the approval there is.
fn sign_off(texts: &Texts, now: &approval::Now, order: &Order, caller: &Caller<'_>) -> Result<Option<Approval>, Problem> {
    let Some(reason) = &order.sign_off else { return Approval::read(&texts.folder) };
    if reason.trim().is_empty() {
        return Err(Problem::new(
            "sign-off",
            "--sign-off",
            Both::new("there is no reason", "no hay un motivo"),
            Both::new("say in a sentence why it may go out", "diga en una oración por qué puede salir"),
        ));
    }
    let approval = Approval::sign(now, &caller.who, &caller.now, reason.trim());
    if !order.check {
        let text = toml::to_string(&approval).unwrap_or_default();
        folder::write(&texts.folder, &[(APPROVAL.into(), text.into_bytes())])?;
    }
    Ok(Some(approval))
}

/// Cells and numbers of all languages, each once.
fn together(editions: &[Edition]) -> (Vec<Cell>, Vec<Said>) {
    let (mut cells, mut said) = (Cells::default(), Vec::<Said>::new());
    for edition in editions {
        for c in &edition.cells {
            cells.add(&c.figure, &c.question, &c.value, &c.missing, &c.unit, &c.sources);
        }
        for one in &edition.said {
            if !said.iter().any(|s| s.ask == one.ask) {
                said.push(one.clone());
            }
        }
    }
    said.sort();
    (cells.all, said)
}

fn sentence(why: &[Both], lang: Lang) -> String {
    let text = why.iter().map(|w| w.in_lang(lang)).collect::<Vec<_>>().join("; ");
    let mut chars = text.chars();
    let head: String = chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect());
    format!("{head}.")
}

fn made_of(name: String, mime: &str, lang: Option<Lang>, bytes: Vec<u8>) -> (Made, Vec<u8>) {
    (Made { name, mime: mime.into(), lang, bytes: bytes.len(), sha256: sha256_bytes(&bytes) }, bytes)
}

/// A bulletin's title, by language; a language without a text says the other's.
fn title_of(texts: &Texts) -> Both {
    let title = |lang: Lang| {
        let own = texts.templates.iter().find(|(l, ..)| *l == lang).or(texts.templates.first());
        own.map_or_else(String::new, |(_, _, t)| t.front.title.clone())
    };
    Both::new(title(Lang::En), title(Lang::Es))
}

/// Whether a name stays below its folder.
fn stays(name: &str) -> bool {
    !name.starts_with('/') && !name.contains(['\\', ':']) && name.split('/').all(|part| !part.is_empty() && part != "..")
}

fn manifest_of(
    order: &Order,
    texts: &Texts,
    front: &Front,
    editions: &[Edition],
    approval: Option<&Approval>,
    (files, figures): (Vec<Made>, Vec<Said>),
    last: Option<Last>,
) -> Manifest {
    let document = &editions[0].document;
    let label: Option<Label> = editions.iter().flat_map(|e| &e.sources).map(|s| s.label.clone()).reduce(|a, b| a.combine(&b));
    let edition = approval.map(|a| Last {
        issue: front.issue.clone(),
        prepared: document.prepared.clone(),
        on: a.on.clone(),
        figures: figures.clone(),
    });
    Manifest {
        made_by: format!("atalaya {}", env!("CARGO_PKG_VERSION")),
        id: order.id.clone(),
        title: title_of(texts),
        issue: front.issue.clone(),
        draft: approval.is_none(),
        approved: approval.map(Signed::of),
        prepared: document.prepared.clone(),
        cut_off: document.cut_off.clone(),
        snapshot: document.snapshot.clone(),
        audience: front.audience.clone(),
        label,
        files,
        figures,
        edition: edition.or(last),
    }
}

/// Takes away files of an earlier edition that this one does not have.
fn clear(folder: &Path, manifest: &Manifest) {
    let Some(before) = Manifest::read(folder).filter(|m| m.id == manifest.id) else { return };
    for file in before.files.iter().filter(|f| !manifest.files.iter().any(|n| n.name == f.name)) {
        // Names come from our own manifest, yet only those that stay below the folder are touched.
        if stays(&file.name) {
            let _ = std::fs::remove_file(folder.join(&file.name));
        }
    }
}

/// A bulletin in the list.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Both,
    /// The languages there is a text in.
    pub languages: Vec<Lang>,
    /// Whether it is signed off as it stands.
    pub approved: bool,
    /// Why it is a draft.
    pub why: Vec<Both>,
    /// Why its text cannot be read.
    pub problem: Option<Problem>,
    /// What is published of it.
    pub published: Option<Manifest>,
}

/// The bulletins there are. A reader sees those that are published and meant for him.
///
/// # Errors
/// Those of the store.
pub fn list(observatory: &mut Observatory) -> Result<Vec<Listed>, Problem> {
    let snapshot = observatory.eye(None)?.snapshot.to_string();
    let clearance = observatory.clearance().clone();
    let mut out = Vec::new();
    for id in folder::ids(observatory) {
        let published = Manifest::read(&published_at(observatory, &id)).filter(|m| may_see(&clearance, m));
        if !clearance.inside {
            if let Some(manifest) = published {
                let languages = LANGS.into_iter().filter(|l| manifest.files.iter().any(|f| f.lang == Some(*l))).collect();
                let manifest = for_readers(observatory, manifest);
                let (title, approved) = (manifest.title.clone(), !manifest.draft);
                out.push(Listed { id, title, languages, approved, why: Vec::new(), problem: None, published: Some(manifest) });
            }
            continue;
        }
        out.push(listed(observatory, id, &snapshot, published));
    }
    Ok(out)
}

fn listed(observatory: &Observatory, id: String, snapshot: &str, published: Option<Manifest>) -> Listed {
    let empty =
        Listed { title: Both::same(id.clone()), id, languages: Vec::new(), approved: false, why: Vec::new(), problem: None, published };
    let texts = match Texts::read(observatory, &empty.id) {
        Ok(texts) => texts,
        Err(problem) => return Listed { problem: Some(problem), ..empty },
    };
    let why = match Approval::read(&texts.folder) {
        Ok(None) => vec![Both::new("nobody has signed it off yet", "nadie lo ha aprobado todavía")],
        Ok(Some(approval)) => approval.moved(snapshot, &texts.hashes),
        Err(problem) => vec![problem.found.clone()],
    };
    Listed {
        title: title_of(&texts),
        languages: texts.templates.iter().map(|(l, ..)| *l).collect(),
        approved: why.is_empty(),
        why,
        ..empty
    }
}

/// Whether somebody may see what is published: a desk all of it, a reader what is for him.
fn may_see(clearance: &atalaya_kernel::Clearance, manifest: &Manifest) -> bool {
    clearance.inside || !manifest.audience.inside && !manifest.draft && clearance.sees(&manifest.audience.label())
}

/// What a reader sees of a manifest: an earlier edition may have been for others.
fn for_readers(observatory: &Observatory, manifest: Manifest) -> Manifest {
    if observatory.clearance().inside { manifest } else { Manifest { edition: None, ..manifest } }
}

/// A published file: its media type and bytes. Only files the manifest names are given.
///
/// # Errors
/// `unknown-published`.
pub fn published_file(observatory: &Observatory, id: &str, name: &str) -> Result<(String, Vec<u8>), Problem> {
    let unknown = || {
        Problem::new(
            "unknown-published",
            format!("{id}/{name}"),
            Both::new("nothing of this name is published", "no se publicó nada con este nombre"),
            Both::new("`atalaya publish bulletin` lists what there is", "`atalaya publish bulletin` lista lo que hay"),
        )
    };
    let folder = published_at(observatory, folder::checked(id).map_err(|_| unknown())?);
    let Some(manifest) = Manifest::read(&folder) else {
        return publication::file_of(observatory, &folder, name).ok_or_else(unknown);
    };
    let manifest = Some(manifest).filter(|m| may_see(observatory.clearance(), m)).ok_or_else(unknown)?;
    if name == MANIFEST {
        return Ok(("application/json".into(), for_readers(observatory, manifest).text().into_bytes()));
    }
    let file = manifest.files.iter().find(|f| f.name == name && stays(name)).ok_or_else(unknown)?;
    let bytes = std::fs::read(folder.join(&file.name)).map_err(|_| unknown())?;
    // A file that is not what was published is not given out under its name.
    if sha256_bytes(&bytes) != file.sha256 {
        return Err(unknown());
    }
    Ok((file.mime.clone(), bytes))
}

/// Writes first texts in both languages from what the observatory holds. Returns their paths.
///
/// # Errors
/// `bulletin-exists`, `bulletin-empty`, and those of asking and writing.
pub fn start(observatory: &mut Observatory, id: &str) -> Result<Vec<PathBuf>, Problem> {
    inside(observatory)?;
    let folder = folder::texts_at(observatory, folder::checked(id)?);
    if LANGS.iter().any(|l| folder.join(format!("{}.md", tag(*l))).exists()) {
        return Err(Problem::new(
            "bulletin-exists",
            format!("bulletins/{id}"),
            Both::new("there is a text already", "ya hay un texto"),
            Both::new("edit it, or choose another name", "edítelo, o elija otro nombre"),
        ));
    }
    let files: Vec<(String, Vec<u8>)> =
        starter::texts(observatory)?.into_iter().map(|(lang, text)| (format!("{}.md", tag(lang)), text.into_bytes())).collect();
    folder::write(&folder, &files)?;
    Ok(files.iter().map(|(name, _)| folder.join(name)).collect())
}

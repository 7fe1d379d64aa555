//! An evaluation as one folder: the design, the data, what came out, tables, drawings, the methods
//! appendix, and how to run it again. Made twice, it is the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use atalaya_kernel::label::RowRelease;
use atalaya_kernel::{Both, Exit, Lang, Problem, both};
use atalaya_report::chart::{Look, Theme, draw};
use atalaya_report::{Format, render};
use atalaya_store::sha256_bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::appendix::appendix;
use super::draw::{What, chart_of};
use super::finding::Finding;
use super::finding_tables::tables;
use super::found::{Panel, Stood};
use super::typeset;
use super::verdict_word;
use crate::Observatory;
use crate::observatory::Caller;

/// The list of files with their SHA-256, as `sha256sum --check` reads it.
pub const MANIFEST: &str = "MANIFEST";
/// The design's text.
const DESIGN: &str = "design.toml";
/// What stood beside the data: registrations, sources, label, vintages.
const STATE: &str = "state.json";
/// The data, as they were read.
const DATA: &str = "data.csv";
/// What came out.
const FINDING: &str = "finding.json";
/// Width of drawings in pixels.
const WIDTH: f64 = 900.0;
/// Formats of tables that programs read.
const FORMATS: [(Format, &str); 2] = [(Format::Csv, "csv"), (Format::Xlsx, "xlsx")];

/// A file of the folder, by its path in it.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What is needed to run an evaluation again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct State {
    /// The design's id.
    id: String,
    /// What stood beside the data.
    held: Stood,
}

/// Every file of the folder of an evaluation.
///
/// # Errors
/// Those of running the design and of the formats.
pub fn files(observatory: &Observatory, id: &str, caller: &mut Caller<'_>) -> Result<Files, Problem> {
    let written = super::written(observatory, id)?;
    let (panel, finding) = super::found::both_of(observatory, &written, caller)?;
    let outlines = observatory.outlines(&mut Vec::new());
    let leaves = may_leave(observatory, &finding);
    let mut out = Files::new();
    let state = State { id: id.into(), held: panel.held.clone() };
    out.insert(DESIGN.into(), written.text.clone().into_bytes());
    out.insert(STATE.into(), pretty(&state));
    out.insert(FINDING.into(), pretty(finding.as_ref()));
    if leaves {
        out.insert(DATA.into(), csv(&panel));
    }
    for lang in [Lang::En, Lang::Es] {
        let tag = lang_tag(lang);
        out.insert(format!("appendix.{tag}.md"), appendix(&finding, lang).into_bytes());
        for what in What::of(&finding) {
            let chart = chart_of(&finding, what, &outlines);
            let drawing = draw(&chart, &Look { lang, theme: Theme::Light, width: WIDTH });
            out.insert(format!("drawings/{}.{tag}.svg", what.id()), drawing.svg.into_bytes());
        }
        table_files(&finding, lang, &mut out)?;
    }
    out.insert("README.md".into(), readme(&finding, leaves).into_bytes());
    let lines: Vec<String> = out.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256_bytes(bytes))).collect();
    out.insert(MANIFEST.into(), lines.concat().into_bytes());
    Ok(out)
}

/// The files that people open: all of the folder but the facts that stand beside tables.
pub fn names(observatory: &Observatory, finding: &Finding) -> Vec<String> {
    let mut out: Vec<String> = ["README.md", DESIGN, FINDING, STATE, MANIFEST].map(String::from).to_vec();
    out.extend(may_leave(observatory, finding).then(|| DATA.to_string()));
    for lang in [Lang::En, Lang::Es] {
        let tag = lang_tag(lang);
        out.push(format!("appendix.{tag}.md"));
        out.extend(What::of(finding).into_iter().map(|what| format!("drawings/{}.{tag}.svg", what.id())));
        let each = |id: &str| ["csv", "xlsx", "md", "tex"].map(|ending| format!("tables/{tag}/{id}.{ending}"));
        out.extend(tables(finding, lang).iter().flat_map(|t| each(&t.id)));
    }
    out.sort();
    out
}

/// The folder as one zip file, the same bytes each time.
///
/// # Errors
/// `zip`.
pub fn zipped(id: &str, files: &Files) -> Result<Vec<u8>, Problem> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    let failed = |e: &dyn std::fmt::Display| Problem::new("zip", id, both!("{e}", "{e}"), Both::default()).exits(Exit::No);
    for (name, bytes) in files {
        zip.start_file(format!("{id}/{name}"), options).map_err(|e| failed(&e))?;
        zip.write_all(bytes).map_err(|e| failed(&e))?;
    }
    Ok(zip.finish().map_err(|e| failed(&e))?.into_inner())
}

fn lang_tag(lang: Lang) -> &'static str {
    if lang == Lang::Es { "es" } else { "en" }
}

/// Whether the rows behind a finding may be handed on.
fn may_leave(observatory: &Observatory, finding: &Finding) -> bool {
    let label = finding.label.as_ref();
    label.is_none_or(|l| l.rows != RowRelease::NotReleasable && observatory.clearance().sees_rows(l))
}

fn pretty<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn table_files(finding: &Finding, lang: Lang, out: &mut Files) -> Result<(), Problem> {
    let tag = lang_tag(lang);
    for table in tables(finding, lang) {
        let id = &table.id;
        for (format, ending) in FORMATS {
            for piece in render(&table, format, lang, &format!("{id}.{ending}"))? {
                out.insert(format!("tables/{tag}/{}", piece.name), piece.bytes);
            }
        }
        out.insert(format!("tables/{tag}/{id}.md"), typeset::markdown(&table, lang).into_bytes());
        out.insert(format!("tables/{tag}/{id}.tex"), typeset::latex(&table, lang).into_bytes());
    }
    Ok(())
}

/// The data as they were read, cell by cell.
fn csv(panel: &Panel) -> Vec<u8> {
    let quoted = |cell: &str| {
        if cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_string()
        }
    };
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let mut out = line(panel.names.iter().map(|n| quoted(n)).collect());
    let rows = panel.columns.first().map_or(0, Vec::len);
    for row in 0..rows {
        out += &line(panel.columns.iter().map(|c| quoted(&c[row])).collect());
    }
    out.into_bytes()
}

/// What is in the folder and how to run it again, in both languages.
fn readme(finding: &Finding, leaves: bool) -> String {
    let one = |lang: Lang| {
        let title = finding.design.title.in_lang(lang);
        let verdict = verdict_word(finding.verdict);
        let verdict = verdict.in_lang(lang);
        let sentences: Vec<&str> = finding.sentences.iter().map(|s| s.in_lang(lang)).collect();
        let (sentences, version, id) = (sentences.join(" "), &finding.version, &finding.id);
        let head = both!(
            "# {title}\n\n**{verdict}**. {sentences}\n\nMade by Atalaya {version}: `atalaya evaluate folder {id} -o FOLDER`\n\n",
            "# {title}\n\n**{verdict}**. {sentences}\n\nHecho por Atalaya {version}: `atalaya evaluate folder {id} -o CARPETA`\n\n"
        );
        let again = if leaves {
            Both::new(
                "Run it again from this folder alone, which must give the same numbers, and check every file:\n\n    atalaya evaluate verify .\n    sha256sum --check MANIFEST\n\n",
                "Ejecútelo de nuevo solo con esta carpeta, lo que debe dar los mismos números, y revise cada archivo:\n\n    atalaya evaluate verify .\n    sha256sum --check MANIFEST\n\n",
            )
        } else {
            Both::new(
                "The label of the data does not let single rows leave: `data.csv` is not here, and the evaluation runs again only in the observatory that holds them. Check the files:\n\n    sha256sum --check MANIFEST\n\n",
                "La etiqueta de los datos no permite que salgan filas individuales: `data.csv` no está aquí y la evaluación solo se ejecuta de nuevo en el observatorio que los tiene. Revise los archivos:\n\n    sha256sum --check MANIFEST\n\n",
            )
        };
        let what = Both::new(
            "- `design.toml`: what was asked and how, as registered\n- `data.csv`: the data as they were read\n- `state.json`: registrations, sources and vintages\n- `finding.json`: what came out\n- `appendix.en.md`: methods\n- `tables/en`: csv, xlsx, Markdown, LaTeX\n- `drawings`: svg\n- `MANIFEST`: SHA-256 of every file\n",
            "- `design.toml`: qué se preguntó y cómo, tal como se registró\n- `data.csv`: los datos como se leyeron\n- `state.json`: registros, fuentes y ediciones\n- `finding.json`: lo que resultó\n- `appendix.es.md`: métodos\n- `tables/es`: csv, xlsx, Markdown, LaTeX\n- `drawings`: svg\n- `MANIFEST`: SHA-256 de cada archivo\n",
        );
        let label = finding.label.as_ref().map_or(String::new(), |l| format!("\n{}\n", l.tlp.as_str()));
        format!("{}{}{}{label}", head.in_lang(lang), again.in_lang(lang), what.in_lang(lang))
    };
    format!("{}\n---\n\n{}", one(Lang::Es), one(Lang::En))
}

/// Writes the files into a folder: a new or empty one, or one that an evaluation made.
///
/// # Errors
/// `folder-in-use`, and those of the disk.
pub fn write(to: &Path, files: &Files) -> Result<(), Problem> {
    let at = |path: &Path, e: &std::io::Error| Problem::io(path.display().to_string(), e);
    fs::create_dir_all(to).map_err(|e| at(to, &e))?;
    let old = listed(to);
    let empty = fs::read_dir(to).map_err(|e| at(to, &e))?.next().is_none();
    if !empty && old.is_empty() {
        return Err(Problem::new(
            "folder-in-use",
            to.display().to_string(),
            Both::new("holds something else", "contiene otra cosa"),
            Both::new("choose another folder, or empty it", "elija otra carpeta, o vacíela"),
        )
        .exits(Exit::Refused));
    }
    for name in old.keys().filter(|name| !files.contains_key(*name)) {
        // A file of the earlier evaluation that this one does not have; gone already is as good.
        let _ = fs::remove_file(to.join(name));
    }
    for (name, bytes) in files {
        let path = to.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| at(folder, &e))?;
        }
        fs::write(&path, bytes).map_err(|e| at(&path, &e))?;
    }
    Ok(())
}

/// The files a manifest names, with their SHA-256. Names that lead elsewhere are not among them.
fn listed(folder: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    let inside = |name: &str| Path::new(name).components().all(|c| matches!(c, std::path::Component::Normal(_)));
    let pairs = text.lines().filter_map(|line| line.split_once("  "));
    pairs.filter(|(sha, name)| sha.len() == 64 && inside(name)).map(|(sha, name)| (name.to_string(), sha.to_string())).collect()
}

/// What is read of a finding to compare with.
#[derive(Deserialize)]
struct Was {
    version: String,
    effect: WasEffect,
}

/// Its effect.
#[derive(Deserialize)]
struct WasEffect {
    estimate: f64,
}

/// Whether a folder says what it says again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FolderChecked {
    /// The design's id.
    pub id: String,
    /// Files that are as the manifest has them.
    pub files: usize,
    /// Files that are not.
    pub changed: Vec<String>,
    /// The effect as the folder has it.
    pub was: f64,
    /// The effect computed again.
    pub is: f64,
    /// Whether everything computed again is as it was, to the last digit.
    pub same: bool,
    /// Whether effects on other places were left as they are: outlines and networks stay behind.
    pub not_near: bool,
    /// The version that made the folder.
    pub made_by: String,
}

/// Runs an evaluation again from its folder alone.
///
/// # Errors
/// `not-an-evaluation`, `folder-without-data`; those of running a design.
pub fn verify(folder: &Path, caller: &mut Caller<'_>) -> Result<FolderChecked, Problem> {
    let place = folder.display().to_string();
    let manifest = listed(folder);
    let read = |name: &str| fs::read(folder.join(name)).map_err(|_| foreign(&place, name));
    let state: State = serde_json::from_slice(&read(STATE)?).map_err(|_| foreign(&place, STATE))?;
    let before = read(FINDING)?;
    let was: Was = serde_json::from_slice(&before).map_err(|_| foreign(&place, FINDING))?;
    let text = String::from_utf8(read(DESIGN)?).map_err(|_| foreign(&place, DESIGN))?;
    let id = &state.id;
    if !folder.join(DATA).is_file() {
        return Err(Problem::new(
            "folder-without-data",
            place,
            Both::new("the data were not allowed to leave with the folder", "no se permitió que los datos salieran con la carpeta"),
            both!("run it where they are: atalaya evaluate run {id}", "ejecútelo donde están: atalaya evaluate run {id}"),
        )
        .exits(Exit::Refused));
    }
    let (names, columns) = super::data::Data::read(&folder.join(DATA))?.into_columns();
    let panel = Panel { names, columns, held: state.held.clone() };
    let is = super::found::again(id, &text, &panel, caller)?;
    let changed: Vec<String> = manifest
        .iter()
        .filter(|(name, sha)| fs::read(folder.join(name)).map_or(true, |bytes| sha256_bytes(&bytes) != **sha))
        .map(|(name, _)| name.clone())
        .collect();
    let near = &is.design.spillover;
    let near = !near.rings.is_empty() || near.borders || near.network.is_some();
    let same = comparable(&pretty(&is), near) == comparable(&before, near);
    Ok(FolderChecked {
        id: state.id.clone(),
        files: manifest.len() - changed.len(),
        changed,
        was: if same { is.effect.estimate } else { was.effect.estimate },
        is: is.effect.estimate,
        same,
        not_near: near,
        made_by: was.version,
    })
}

/// What must be the same. The version may be another one. Where a design looks next door, outlines
/// and networks stay in the observatory, so that what rests on them is not computed again.
fn comparable(text: &[u8], near: bool) -> Option<Value> {
    let mut value: Value = serde_json::from_slice(text).ok()?;
    let fields = value.as_object_mut()?;
    fields.remove("version");
    if near {
        for name in ["spillovers", "verdict", "because", "sentences"] {
            fields.remove(name);
        }
        fields.get_mut("diagnostics")?.as_array_mut()?.retain(|d| d["id"] != "displacement");
    }
    Some(value)
}

fn foreign(place: &str, name: &str) -> Problem {
    Problem::new(
        "not-an-evaluation",
        place,
        both!("{name} is not there, or is not what an evaluation writes", "{name} no está, o no es lo que escribe una evaluación"),
        Both::new("name a folder made by `atalaya evaluate folder`", "indique una carpeta hecha por `atalaya evaluate folder`"),
    )
}

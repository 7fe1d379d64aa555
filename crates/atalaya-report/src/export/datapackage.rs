//! A folder: `datapackage.json` (Data Package 2), the data, the codes and a README.

use std::collections::BTreeSet;

use atalaya_kernel::{Both, Date, Label, Lang, Problem, both::shown};
use serde::Serialize;

use super::csv::{Dialect, data, hash, lines};
use super::{Piece, json_file};
use crate::defuse::defuse;
use crate::said::{self, say};
use crate::table::{FieldKind, MADE_BY, Table};

/// The files of the folder. The descriptor is the first: it is what makes the folder a package.
pub(super) fn make(table: &Table, lang: Lang, _: &str) -> Result<Vec<Piece>, Problem> {
    let rows = Piece { name: format!("{}.csv", table.id), bytes: data(table)? };
    let mut resources = vec![Resource::new(&table.id, table.title.in_lang(lang), &rows, fields(table, lang))];
    let codes = codes(table)?;
    if let Some(piece) = &codes {
        let labels =
            [("column", "Column", "Columna"), ("code", "Code", "Código"), ("en", "English", "Inglés"), ("es", "Spanish", "Español")];
        let fields = labels.iter().map(|(id, en, es)| FieldDoc::text(id, say(lang, en, es))).collect();
        resources.push(Resource::new(&codes_name(table), say(lang, "What codes mean", "Qué significan los códigos"), piece, fields));
    }
    let package = Package::new(table, lang, resources);
    let readme = Piece { name: "README.md".into(), bytes: readme(table).into_bytes() };
    Ok([json_file("datapackage.json", &package)?, rows, readme].into_iter().chain(codes).collect())
}

fn codes_name(table: &Table) -> String {
    format!("{}-codes", table.id)
}

/// What codes mean, as a table of its own.
fn codes(table: &Table) -> Result<Option<Piece>, Problem> {
    let all = table.about.codes.iter().flat_map(|(column, codes)| codes.iter().map(move |(code, label)| (column, code, label)));
    let rows: Vec<Vec<String>> =
        all.map(|(column, code, label)| [column, code, &label.en, &label.es].map(|t| defuse(t).into_owned()).to_vec()).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let header = ["column", "code", "en", "es"].map(String::from).to_vec();
    let bytes = lines(std::iter::once(header).chain(rows))?;
    Ok(Some(Piece { name: format!("{}.csv", codes_name(table)), bytes }))
}

fn fields(table: &Table, lang: Lang) -> Vec<FieldDoc> {
    let described = table.columns.iter().enumerate().map(|(at, field)| {
        let mut doc = FieldDoc::text(&field.id, field.label.in_lang(lang));
        doc.kind = match field.kind {
            FieldKind::Text | FieldKind::Figure => "string",
            FieldKind::Count => "integer",
            FieldKind::Decimal => "number",
            // A month is not a date of Table Schema.
            FieldKind::Date if table.rows.iter().all(|r| r[at].as_ref().is_none_or(|c| Date::parse_iso(c).is_some())) => "date",
            FieldKind::Date => "string",
        };
        doc.unit = Some(field.unit.clone()).filter(|u| !u.is_empty());
        doc
    });
    described.collect()
}

#[derive(Serialize)]
struct Package<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    #[serde(rename = "made-by")]
    made_by: &'static str,
    name: &'a str,
    title: &'a str,
    titles: &'a Both,
    snapshot: &'a str,
    label: &'a Option<Label>,
    notes: &'a [Both],
    licenses: Vec<Licence<'a>>,
    sources: Vec<Source<'a>>,
    resources: Vec<Resource>,
}

impl<'a> Package<'a> {
    fn new(table: &'a Table, lang: Lang, resources: Vec<Resource>) -> Package<'a> {
        let about = &table.about;
        let mut licences: Vec<Licence<'_>> = Vec::new();
        let mut seen = BTreeSet::new();
        for source in about.sources.iter().filter(|s| seen.insert(s.licence.as_str())) {
            licences.push(Licence { name: licence_id(&source.licence), title: &source.licence });
        }
        if licences.is_empty() {
            licences.push(Licence { name: "notspecified", title: say(lang, "not stated", "no indicada") });
        }
        let source = |s: &'a crate::table::SourceNote| Source {
            title: format!("{}: {}", s.producer, s.title.in_lang(lang)),
            id: &s.id,
            vintages: &s.vintages,
            cut_off: s.cut_off.as_deref(),
            prepared: s.prepared.as_deref(),
            simulated: s.simulated,
            licence: &s.licence,
        };
        Package {
            schema: "https://datapackage.org/profiles/2.0/datapackage.json",
            made_by: MADE_BY,
            name: &table.id,
            title: table.title.in_lang(lang),
            titles: &table.title,
            snapshot: &about.snapshot,
            label: &about.label,
            notes: &about.notes,
            licenses: licences,
            sources: about.sources.iter().map(source).collect(),
            resources,
        }
    }
}

/// The Open Definition's id of a licence if its words name one we can tell, else `notspecified`:
/// the words of the publisher stand beside it.
fn licence_id(words: &str) -> &'static str {
    let known = [
        ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
        ("CC-BY-SA-4.0", "CC-BY-SA-4.0"),
        ("CC BY-NC 4.0", "CC-BY-NC-4.0"),
        ("CC-BY-NC-4.0", "CC-BY-NC-4.0"),
        ("CC BY 4.0", "CC-BY-4.0"),
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("CC0 1.0", "CC0-1.0"),
        ("CC0-1.0", "CC0-1.0"),
        ("ODC-BY-1.0", "ODC-BY-1.0"),
        ("ODbL-1.0", "ODbL-1.0"),
    ];
    known.iter().find(|(name, _)| words.starts_with(name)).map_or("notspecified", |(_, id)| id)
}

#[derive(Serialize)]
struct Licence<'a> {
    name: &'static str,
    title: &'a str,
}

#[derive(Serialize)]
struct Source<'a> {
    title: String,
    id: &'a str,
    vintages: &'a [String],
    #[serde(rename = "cut-off")]
    cut_off: Option<&'a str>,
    prepared: Option<&'a str>,
    simulated: bool,
    licence: &'a str,
}

#[derive(Serialize)]
struct Resource {
    name: String,
    title: String,
    #[serde(rename = "type")]
    kind: &'static str,
    path: String,
    format: &'static str,
    mediatype: &'static str,
    encoding: &'static str,
    bytes: usize,
    hash: String,
    dialect: Dialect,
    schema: TableSchema,
}

impl Resource {
    fn new(name: &str, title: &str, piece: &Piece, fields: Vec<FieldDoc>) -> Resource {
        Resource {
            name: name.into(),
            title: title.into(),
            kind: "table",
            path: piece.name.clone(),
            format: "csv",
            mediatype: "text/csv",
            encoding: "utf-8",
            bytes: piece.bytes.len(),
            hash: hash(&piece.bytes),
            dialect: Dialect::OURS,
            schema: TableSchema { fields, missing_values: [""] },
        }
    }
}

#[derive(Serialize)]
struct TableSchema {
    fields: Vec<FieldDoc>,
    #[serde(rename = "missingValues")]
    missing_values: [&'static str; 1],
}

#[derive(Serialize)]
struct FieldDoc {
    name: String,
    title: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
}

impl FieldDoc {
    fn text(name: &str, title: &str) -> FieldDoc {
        FieldDoc { name: name.into(), title: title.into(), kind: "string", unit: None }
    }
}

/// The README, in Spanish and in English.
fn readme(table: &Table) -> String {
    format!("{}\n---\n\n{}", page(table, Lang::Es), page(table, Lang::En))
}

fn page(table: &Table, lang: Lang) -> String {
    let about = &table.about;
    let mut page = format!("# {}\n\n", plain(table.title.in_lang(lang)));
    if table.simulated() {
        page.push_str(say(lang, "**SIMULATED: these data are made up.**\n\n", "**SIMULADO: estos datos son ficticios.**\n\n"));
    }
    for (key, text) in said::label(about.label.as_ref(), lang) {
        page.push_str(&format!("- {key}: {}\n", plain(&text)));
    }
    page.push_str(&format!("- {}: {}\n", say(lang, "Snapshot", "Instantánea"), plain(&about.snapshot)));
    let mut section = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            page.push_str(&format!("\n## {title}\n\n"));
            items.iter().for_each(|item| page.push_str(&format!("- {item}\n")));
        }
    };
    section(say(lang, "Sources", "Fuentes"), about.sources.iter().map(|s| plain(&said::source(s, lang))).collect());
    section(say(lang, "Notes", "Notas"), about.notes.iter().map(|n| plain(n.in_lang(lang))).collect());
    let columns = table.columns.iter().map(|f| {
        let unit = if f.unit.is_empty() { String::new() } else { format!(" ({})", f.unit) };
        format!("`{}`: {}", f.id, plain(&format!("{}{unit}", f.label.in_lang(lang))))
    });
    section(say(lang, "Columns", "Columnas"), columns.collect());
    section(say(lang, "How to read the CSV", "Cómo leer el CSV"), vec![said::defused().in_lang(lang).into()]);
    page
}

/// Text from outside inside Markdown: one line, and nothing in it is markup.
fn plain(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    shown(&one_line).chars().flat_map(|c| if "\\`*_[]<>|#!&".contains(c) { vec!['\\', c] } else { vec![c] }).collect()
}

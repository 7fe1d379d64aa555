//! Reading a file under a recipe and keeping what comes, in the words of `expected.csv`.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use atalaya_kernel::record::{Batch, HeldRow, NO_DAY, OBSERVATION_FIELDS, RECORD_FIELDS, Row, Terms};
use atalaya_kernel::{Action, Both, Date, Period, Precision, Problem, rule};
use atalaya_sources::map::{MemberRead, Rulings};
use atalaya_sources::{Context, Reading, Recipe, Slice, builtin, read};

/// Folder of the built-in sources.
pub const HOME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/builtin");

/// An accepted record or observation, in texts.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub file: u32,
    pub ordinal: u32,
    pub cell: u32,
    pub fields: BTreeMap<String, String>,
}

impl Accepted {
    /// A field's text: a column of the store, `vintage`, `period` or `flags`.
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }
}

/// What a reading gave.
#[derive(Debug, Default)]
pub struct Taken {
    terms: Terms,
    vintage: String,
    pub vintages: Vec<String>,
    pub accepted: Vec<Accepted>,
    pub held: Vec<HeldRow>,
    pub read: u64,
    pub members: Vec<MemberRead>,
    pub notices: Vec<String>,
}

impl Taken {
    /// Items accepted: rows, or cells of an unpivoted table, each once.
    pub fn items(&self) -> u64 {
        let mut items: Vec<(&str, u32, u32, u32)> = self.accepted.iter().map(|a| (a.text("vintage"), a.file, a.ordinal, a.cell)).collect();
        items.sort_unstable();
        items.dedup();
        items.len() as u64
    }

    /// How many items a rule kept out.
    pub fn stopped_by(&self, rule: &str) -> usize {
        self.held.iter().filter(|h| h.rule == rule).count()
    }

    /// Accepted rows with a flag.
    pub fn flagged(&self, flag: &str) -> impl Iterator<Item = &Accepted> {
        self.accepted.iter().filter(move |a| a.text("flags").split(' ').any(|f| f == flag))
    }

    /// What must hold of every reading: each item is accepted, held or rejected.
    pub fn adds_up(&self) {
        assert_eq!(self.read, self.items() + self.held.len() as u64, "read = accepted + held + rejected");
    }

    fn keep<const W: usize>(&mut self, row: &Row<W>, names: &[&str; W]) {
        let mut fields: BTreeMap<String, String> =
            names.iter().zip(row.codes).map(|(n, c)| ((*n).to_string(), self.terms.text(c).to_string())).collect();
        let precision = Precision::from_code(row.precision).unwrap_or(Precision::Day);
        let period = if row.day == NO_DAY { String::new() } else { Period { start: Date(row.day), precision }.to_string() };
        let flags: Vec<&str> = rule::flags_of(row.flags).map(|r| r.id).collect();
        fields.extend([("vintage".into(), self.vintage.clone()), ("period".into(), period), ("flags".into(), flags.join(" "))]);
        self.accepted.push(Accepted { file: row.file, ordinal: row.ordinal, cell: row.cell, fields });
    }
}

impl Slice for Taken {
    fn begin(&mut self, vintage: Option<&str>) -> Result<Terms, Problem> {
        self.terms = Terms::default();
        self.vintage = vintage.unwrap_or_default().to_string();
        self.vintages.push(self.vintage.clone());
        Ok(Terms::default())
    }

    fn batch(&mut self, batch: Batch) -> Result<(), Problem> {
        for (code, text) in &batch.terms {
            assert_eq!(self.terms.code(text), *code, "terms come in the order of their codes");
        }
        self.read += batch.leaves.len() as u64;
        batch.records.iter().for_each(|r| self.keep(r, &RECORD_FIELDS));
        batch.observations.iter().for_each(|o| self.keep(o, &OBSERVATION_FIELDS));
        self.held.extend(batch.held);
        Ok(())
    }

    fn end(&mut self, members: Vec<MemberRead>, notices: Vec<Both>) -> Result<(), Problem> {
        self.members.extend(members);
        self.notices.extend(notices.into_iter().map(|n| n.en));
        Ok(())
    }
}

/// The recipe of a built-in source.
pub fn recipe(id: &str) -> Recipe {
    let source = builtin(id).unwrap_or_else(|| panic!("{id} is not in SOURCES"));
    Recipe::parse(source.recipe, id).unwrap_or_else(|e| panic!("{id}: {e:?}"))
}

/// Reads a file under a recipe.
pub fn take_under(recipe: &Recipe, path: &Path) -> Result<(Taken, Reading), Problem> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut taken = Taken::default();
    let mut context = Context { recipe, rulings: &Rulings::default(), progress: &mut |_| {} };
    let reading = read(&mut context, path, &name, &mut taken)?;
    Ok((taken, reading))
}

/// Reads a file as a built-in source; it must read, and its account must add up.
pub fn take(id: &str, path: &Path) -> Taken {
    let (taken, _) = take_under(&recipe(id), path).unwrap_or_else(|e| panic!("{id}: {}: {e:?}", path.display()));
    taken.adds_up();
    taken
}

/// Whether a held row waits or was rejected.
pub fn status(held: &HeldRow) -> &'static str {
    match rule::rule(&held.rule).map(|r| r.action) {
        Some(Action::Hold) => "held",
        Some(Action::Reject) => "rejected",
        other => panic!("{} is {other:?}: it keeps no row out", held.rule),
    }
}

/// A folder for this process, by a name.
pub fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("atalaya-sources-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    folder
}

/// Writes a workbook from its text: `[Name]` begins a sheet, the rest are rows of CSV. A cell
/// `date:2010-01-04` is a date, `text:5` is text, `formula:1+1` a formula, what reads as a number is one.
pub fn workbook(text: &str) -> Vec<u8> {
    let mut sheets: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            Some(name) => sheets.push((name.into(), String::new())),
            None => sheets
                .iter_mut()
                .last()
                .unwrap_or_else(|| panic!("a sheet's name in brackets comes first"))
                .1
                .push_str(&format!("{line}\n")),
        }
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, body) in parts(&sheets) {
        zip.start_file(name, options).and_then(|()| Ok(zip.write_all(body.as_bytes())?)).unwrap_or_else(|e| panic!("{e}"));
    }
    zip.finish().unwrap_or_else(|e| panic!("{e}")).into_inner()
}

/// The files inside a workbook: the least that spreadsheets read.
fn parts(sheets: &[(String, String)]) -> Vec<(String, String)> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let each = |f: &dyn Fn(usize) -> String| (1..=sheets.len()).map(f).collect::<String>();
    let types = each(&|n| format!(r#"<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>"#));
    let list = each(&|n| format!(r#"<sheet name="{}" sheetId="{n}" r:id="rId{n}"/>"#, escaped(&sheets[n - 1].0)));
    let links = each(&|n| format!(r#"<Relationship Id="rId{n}" Type="{REL}/worksheet" Target="worksheets/sheet{n}.xml"/>"#));
    let styles = sheets.len() + 1;
    let mut out = vec![
        (
            "[Content_Types].xml".into(),
            format!(
                r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{types}</Types>"#
            ),
        ),
        (
            "_rels/.rels".into(),
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        ("xl/workbook.xml".into(), format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{list}</sheets></workbook>"#)),
        (
            "xl/_rels/workbook.xml.rels".into(),
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships">{links}<Relationship Id="rId{styles}" Type="{REL}/styles" Target="styles.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/styles.xml".into(),
            format!(
                r#"<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>"#
            ),
        ),
    ];
    for (n, (_, rows)) in sheets.iter().enumerate() {
        out.push((
            format!("xl/worksheets/sheet{}.xml", n + 1),
            format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{}</sheetData></worksheet>"#, cells(rows)),
        ));
    }
    out.into_iter().map(|(name, body): (String, String)| (name, format!(r#"<?xml version="1.0" encoding="UTF-8"?>{body}"#))).collect()
}

fn cells(rows: &str) -> String {
    let mut out = String::new();
    for (at, line) in rows.lines().enumerate().filter(|(_, l)| !l.is_empty()) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
        let row = reader.records().next().and_then(Result::ok).unwrap_or_default();
        out += &format!(r#"<row r="{}">"#, at + 1);
        for (column, cell) in row.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
            let place = format!("{}{}", char::from(b'A' + column as u8), at + 1);
            if let Some(formula) = cell.strip_prefix("formula:") {
                out += &format!(r#"<c r="{place}"><f>{}</f><v>1</v></c>"#, escaped(formula));
                continue;
            }
            out += &match (cell.strip_prefix("date:").and_then(Date::parse_iso), cell.parse::<f64>()) {
                (Some(date), _) => format!(r#"<c r="{place}" s="1"><v>{}</v></c>"#, date.0 + 25_569),
                (None, Ok(_)) => format!(r#"<c r="{place}"><v>{cell}</v></c>"#),
                (None, Err(_)) => format!(
                    r#"<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#,
                    escaped(cell.strip_prefix("text:").unwrap_or(cell))
                ),
            };
        }
        out += "</row>";
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

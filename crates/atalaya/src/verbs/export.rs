//! Tables out of the observatory, with everything that must stand beside them.

use std::path::PathBuf;

use atalaya_kernel::label::RowRelease;
use atalaya_kernel::{Both, Exit, Label, Lang, Problem, both};
use atalaya_report::{About, FORMATS, Field, FieldKind, Format, SourceNote, Table, export, export_geojson, render};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::query::Ask;
use super::records::{Records, RecordsPage};
use super::{Say, Verb};
use crate::Observatory;
use crate::answer::{Answer, ColumnKind, SourceLine};
use crate::observatory::Caller;

/// Write a table with its sources, licence, dates and caveats.
///
/// Formats: csv, xlsx, parquet, json, datapackage, sdmx-csv, geojson. The label travels along; single
/// rows of third parties leave only with --internal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Export {
    /// The question whose answer is written.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub ask: Ask,
    /// Format: csv xlsx parquet json datapackage sdmx-csv geojson; told by the file's name if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "FORMAT"))]
    pub format: Option<String>,
    /// File to write (a folder for datapackage)
    #[cfg_attr(feature = "cli", arg(long, short, value_name = "FILE"))]
    pub out: Option<PathBuf>,
    /// The records themselves instead of an answer
    #[cfg_attr(feature = "cli", arg(long))]
    pub rows: bool,
    /// For use inside this organisation: allows rows whose label does not let them leave
    #[cfg_attr(feature = "cli", arg(long))]
    pub internal: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Rows in them.
    pub rows: usize,
    /// The label they carry.
    pub label: Option<Label>,
}

impl Export {
    /// The answer to a question, written to a file whose name tells the format.
    pub fn of_query(ask: Ask, out: PathBuf) -> Export {
        Export { ask, out: Some(out), ..Export::default() }
    }

    fn format(&self) -> Result<Format, Problem> {
        let known = || FORMATS.iter().map(|f| f.id).collect::<Vec<_>>().join(", ");
        let by_name = || self.out.as_ref().and_then(|o| o.extension()).map(|e| e.to_string_lossy().into_owned());
        let name = self.format.clone().or_else(by_name).unwrap_or_else(|| "csv".into());
        Format::parse(&name).ok_or_else(|| {
            let known = known();
            Problem::new(
                "unknown-format",
                format!("--format {name}"),
                Both::new("there is no format of this name", "no existe un formato con este nombre"),
                both!("known: {known}", "se conocen: {known}"),
            )
        })
    }
}

impl Verb for Export {
    const NAME: &'static str = "export";
    type Outcome = Exported;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Exported, Problem> {
        let format = self.format()?;
        let mut table = if self.rows { self.rows_table(observatory, caller)? } else { table_of(&self.ask.run(observatory, caller)?) };
        let out = self.out.clone().unwrap_or_else(|| {
            let row = format.row();
            PathBuf::from(if row.is_folder() { table.id.clone() } else { format!("{}.{}", table.id, row.extension) })
        });
        let files = if format == Format::GeoJson {
            let shapes = observatory.shapes(&mut table.about.notes);
            export_geojson(&table, &shapes.iter().map(|s| s.as_ref()).collect::<Vec<_>>(), caller.lang, &out)?
        } else {
            export(&table, format, caller.lang, &out)?
        };
        Ok(Exported { files, rows: table.rows.len(), label: table.about.label })
    }
}

/// An answer as one file, for a page to hand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFile {
    /// What it is called.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// It.
    pub bytes: Vec<u8>,
}

impl Export {
    /// The answer as one file, written nowhere.
    ///
    /// # Errors
    /// `unknown-format` for a folder, and those of the query and the format.
    pub fn file(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<AnswerFile, Problem> {
        let format = self.format()?;
        let row = format.row();
        if row.is_folder() {
            return Err(Problem::new(
                "unknown-format",
                row.id,
                Both::new("this format is a folder, not a file", "este formato es una carpeta, no un archivo"),
                Both::new("write it with: atalaya export", "escríbalo con: atalaya export"),
            ));
        }
        let table = table_of(&self.ask.run(observatory, caller)?);
        let name = format!("{}.{}", table.id, row.extension);
        let bytes = render(&table, format, caller.lang, &name)?.into_iter().next().map(|p| p.bytes).unwrap_or_default();
        Ok(AnswerFile { name, media_type: row.media_type, bytes })
    }

    fn rows_table(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Table, Problem> {
        let page = Records { ask: self.ask.clone(), offset: 0, limit: usize::MAX }.run(observatory, caller)?;
        // Nobody outside says that a file stays inside.
        let internal = self.internal && observatory.clearance().inside;
        if !internal && page.label.as_ref().is_some_and(|l| l.rows == RowRelease::NotReleasable) {
            return Err(Problem::new(
                "not-releasable",
                "--rows",
                Both::new("single rows of these sources may not leave", "las filas individuales de estas fuentes no pueden salir"),
                Both::new(
                    "export totals instead, ask the producer, or say --internal for a file that stays in this organisation",
                    "exporte totales, consulte a quien produce los datos, o use --internal para un archivo que queda en esta organización",
                ),
            )
            .exits(Exit::Refused));
        }
        let answer = Ask { what: "seizures".into(), ..self.ask.clone() }.run(observatory, caller)?;
        Ok(table_of_records(page, &answer))
    }
}

/// An answer as a table.
pub(crate) fn table_of(answer: &Answer) -> Table {
    let columns = answer
        .columns
        .iter()
        .map(|c| Field {
            id: c.id.clone(),
            label: c.label.clone(),
            kind: match c.kind {
                ColumnKind::Text if matches!(c.id.as_str(), "year" | "quarter" | "month") => FieldKind::Date,
                ColumnKind::Text => FieldKind::Text,
                ColumnKind::Count => FieldKind::Count,
                ColumnKind::Decimal => FieldKind::Decimal,
                ColumnKind::Figure => FieldKind::Figure,
            },
            unit: c.unit.clone(),
        })
        .collect();
    let cell = |row, id: &str| Some(Answer::text(row, id)).filter(|t| !t.is_empty());
    let rows = answer.rows.iter().map(|row| answer.columns.iter().map(|c| cell(row, &c.id)).collect()).collect();
    Table { id: slug(&answer.title.en), title: answer.title.clone(), columns, rows, about: about(answer) }
}

fn table_of_records(page: RecordsPage, answer: &Answer) -> Table {
    let kind = |id: &str| match id {
        "intake" | "part" | "ordinal" => FieldKind::Count,
        "kg" => FieldKind::Decimal,
        _ => FieldKind::Text,
    };
    let columns = page
        .columns
        .iter()
        .map(|id| Field {
            id: id.clone(),
            label: Both::same(id.replace('_', " ")),
            kind: kind(id),
            unit: if id == "kg" { "kg".into() } else { String::new() },
        })
        .collect();
    let rows = page.rows.into_iter().map(|r| r.into_iter().map(|c| Some(c).filter(|t| !t.is_empty())).collect()).collect();
    let title = Both::new("Records", "Registros");
    Table { id: "records".into(), title, columns, rows, about: About { codes: page.labels, label: page.label, ..about(answer) } }
}

/// What must stand beside an answer.
pub(crate) fn about(answer: &Answer) -> About {
    About {
        figure: answer.figure.clone(),
        snapshot: answer.snapshot.clone(),
        label: answer.label.clone(),
        sources: answer.sources.iter().map(source_note).collect(),
        notes: answer.notes.clone(),
        codes: answer.labels.clone(),
    }
}

/// A source as a table names it.
pub(crate) fn source_note(source: &SourceLine) -> SourceNote {
    SourceNote {
        id: source.id.clone(),
        title: source.title.clone(),
        producer: source.producer.clone(),
        licence: source.licence.clone(),
        vintages: source.vintages.clone(),
        cut_off: source.cut_off.clone(),
        prepared: source.prepared.clone(),
        simulated: source.simulated,
    }
}

/// `Reported seizures, cocaine, PE` to `reported-seizures-cocaine-pe`.
pub(crate) fn slug(title: &str) -> String {
    let words: String = title.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    words.split('-').filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-")
}

impl Say for Exported {
    fn say(&self, lang: Lang) -> String {
        let rows = self.rows;
        let mut out = both!("{rows} rows\n", "{rows} filas\n").in_lang(lang).to_string();
        for file in &self.files {
            out += &format!("  {}\n", file.display());
        }
        if let Some(label) = &self.label {
            out += &format!("{}\n", label.tlp.as_str());
        }
        out
    }
}

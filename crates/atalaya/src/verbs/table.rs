//! A table as one reads it: filtered, counted by value, sorted, a page at a time, or written whole.

mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use atalaya_kernel::{Both, Exit, Label, Lang, Problem, both};
use atalaya_report::{About, FORMATS, Format, export, render};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::say::{count, table as lines};
use super::{Say, Verb};
use crate::Observatory;
use crate::answer::SourceLine;
use crate::events::Events;
use crate::observatory::{Caller, Eye};
use crate::query::source_lines;
use words::{asked, field, names, note_of, told};

use crate::table::{self, Column, Condition, FacetOf, Frame, Kind, Name, Selection};

/// Values of a facet that are given.
const MOST_VALUES: usize = 30;
/// Rows up to which observations carry figure ids: each is remembered for `verify`.
const MOST_FIGURES: usize = 2000;

/// Read a table: filter, sort, count by value, page through it, or write it as seen.
///
/// Conditions: area=PE, year>=2018, place~callao (has the text), substance:cocaine (with what it
/// includes), unit!=kg. Several `=` of one column are alternatives. Mind the quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Table {
    /// Table: observations, records, vintages, revisions
    #[cfg_attr(feature = "cli", arg(default_value = "observations"))]
    pub table: String,
    /// Condition, repeatable: 'area=PE' 'year>=2018' 'place~callao' 'substance:cocaine'
    #[cfg_attr(feature = "cli", arg(long = "where", value_name = "CONDITION"))]
    #[serde(rename = "where")]
    pub conditions: Vec<String>,
    /// Rows in which this text stands, in any column shown
    #[cfg_attr(feature = "cli", arg(long, value_name = "TEXT"))]
    pub find: Option<String>,
    /// Column to sort by; -COLUMN for downwards
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", allow_hyphen_values = true))]
    pub sort: Option<String>,
    /// Columns whose values are counted
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "COLUMN"))]
    pub facet: Vec<String>,
    /// Columns shown, in this order
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "COLUMN"))]
    pub columns: Vec<String>,
    /// Rows to skip
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0, value_name = "ROWS"))]
    pub offset: usize,
    /// Rows shown
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 50, value_name = "ROWS"))]
    pub limit: usize,
    /// As the observatory stood after this intake
    #[cfg_attr(feature = "cli", arg(long, value_name = "INTAKE"))]
    pub as_of: Option<i64>,
    /// Format of the file: csv xlsx parquet json; told by the file's name if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "FORMAT"))]
    pub format: Option<String>,
    /// File to write all rows to, not only those shown
    #[cfg_attr(feature = "cli", arg(long, short, value_name = "FILE"))]
    pub out: Option<PathBuf>,
    /// A file for this organisation only: it may hold rows whose label keeps them here
    #[cfg_attr(feature = "cli", arg(long))]
    pub internal: bool,
}

/// A column as the page is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableColumn {
    /// Its name.
    pub id: String,
    /// Its heading.
    pub label: Both,
    /// `text`, `code`, `words`, `date`, `count`, `decimal`, `figure`.
    pub kind: &'static str,
    /// Its unit, empty if it has none.
    pub unit: String,
    /// Whether its values can be counted.
    pub facet: bool,
    /// Whether it is shown unless columns are chosen.
    pub usual: bool,
}

/// A source whose single rows are not shown, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// The source.
    pub source: String,
    /// What it is.
    pub title: Both,
    /// Why, in words.
    pub why: Both,
}

/// A page of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TablePage {
    /// Its name.
    pub table: String,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// The strictest label of what is in it.
    pub label: Option<Label>,
    /// Where it comes from.
    pub sources: Vec<SourceLine>,
    /// Every column there is.
    pub columns: Vec<TableColumn>,
    /// The columns shown.
    pub shown: Vec<String>,
    /// The sorting in force.
    pub sort: String,
    /// The conditions as understood: `area=Perú` is `area=PE`.
    #[serde(rename = "where")]
    pub conditions: Vec<String>,
    /// Rows that meet the conditions.
    pub total: usize,
    /// Of records: the events they report, each once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<usize>,
    /// Rows there are.
    pub all: usize,
    /// The page: one text a column shown, `null` where absent.
    pub rows: Vec<Vec<Option<String>>>,
    /// What codes mean: column, code, name.
    pub labels: BTreeMap<String, BTreeMap<String, Both>>,
    /// Counts by value.
    pub facets: Vec<FacetOf>,
    /// Sources whose single rows are not shown.
    pub withheld: Vec<Withheld>,
    /// Files written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<PathBuf>,
}

impl Verb for Table {
    const NAME: &'static str = "table";
    type Outcome = TablePage;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<TablePage, Problem> {
        let view = View::of(self, observatory, caller.lang)?;
        let mut page = view.page(self, observatory, caller.lang)?;
        if self.out.is_some() || self.format.is_some() {
            let format = self.format()?;
            let whole = view.whole(self, observatory, caller.lang)?;
            let name = || PathBuf::from(format!("{}.{}", whole.id, format.row().extension));
            page.files = export(&whole, format, caller.lang, &self.out.clone().unwrap_or_else(name))?;
        }
        Ok(page)
    }
}

/// A file of a table on its way to a browser.
#[derive(Debug)]
pub struct TableFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Table {
    /// The table as a file: every row that meets the conditions, the columns shown.
    ///
    /// # Errors
    /// Those of [`Table`], `unknown-format`, `not-releasable`.
    pub fn file(&self, observatory: &mut Observatory, lang: Lang) -> Result<TableFile, Problem> {
        let format = self.format()?;
        let table = View::of(self, observatory, lang)?.whole(self, observatory, lang)?;
        let row = format.row();
        let name = format!("{}.{}", table.id, row.extension);
        let piece = render(&table, format, lang, &name)?.into_iter().next().map(|p| p.bytes).unwrap_or_default();
        Ok(TableFile { name, media_type: row.media_type, bytes: piece })
    }

    fn format(&self) -> Result<Format, Problem> {
        let by_name = || self.out.as_ref().and_then(|o| o.extension()).map(|e| e.to_string_lossy().into_owned());
        let name = self.format.clone().or_else(by_name).unwrap_or_else(|| "csv".into());
        let fits = |f: &&atalaya_report::FormatRow| f.id == name && matches!(f.id, "csv" | "xlsx" | "parquet" | "json");
        FORMATS.iter().find(fits).map(|f| f.format).ok_or_else(|| {
            Problem::new(
                "unknown-format",
                name.as_str(),
                Both::new("a table is not written in this format", "una tabla no se escribe en este formato"),
                Both::new("formats: csv, xlsx, parquet, json", "formatos: csv, xlsx, parquet, json"),
            )
        })
    }
}

/// A table with its conditions tried.
struct View {
    eye: Eye,
    events: std::sync::Arc<Events>,
    name: Name,
    frame: std::sync::Arc<Frame>,
    conditions: Vec<Condition>,
    selection: Selection,
    shown: Vec<String>,
    sort: String,
    withheld: Vec<Withheld>,
}

impl View {
    fn of(ask: &Table, observatory: &mut Observatory, lang: Lang) -> Result<View, Problem> {
        let name = Name::parse(if ask.table.is_empty() { "observations" } else { &ask.table })?;
        let eye = observatory.eye(ask.as_of)?;
        let events = if name == Name::Records { observatory.events(&eye, None)? } else { Default::default() };
        let frame = table::frame(observatory, &eye, &events, name)?;
        let conditions = ask.conditions.iter().map(|c| Condition::parse(c, &frame)).collect::<Result<Vec<_>, _>>()?;
        let shown = shown(&frame, &ask.columns)?;
        // What is written of a row in a file of somebody else's is seen only where its label allows.
        let hidden: BTreeSet<i64> =
            eye.intakes.iter().filter(|i| name == Name::Records && !observatory.clearance().sees_rows(&i.label)).map(|i| i.id).collect();
        let withheld = withheld(observatory, &eye, &hidden, lang);
        let by = frame.column("intake").filter(|_| !hidden.is_empty());
        let test =
            by.map(|c| move |row: usize| c.values.get(c.code(row)).and_then(|v| v.parse().ok()).is_none_or(|id: i64| hidden.contains(&id)));
        let looked: Vec<&str> = shown.iter().map(String::as_str).collect();
        let test: Option<&dyn Fn(usize) -> bool> = test.as_ref().map(|t| t as &dyn Fn(usize) -> bool);
        let selection = table::select(&frame, &conditions, ask.find.as_deref().unwrap_or(""), &looked, test)?;
        let sort = ask.sort.clone().filter(|s| !s.is_empty()).unwrap_or_else(|| frame.order.to_string());
        Ok(View { eye, events, name, frame, conditions, selection, shown, sort, withheld })
    }

    fn columns(&self) -> Vec<&Column> {
        self.shown.iter().filter_map(|id| self.frame.column(id)).collect()
    }

    /// The rows in order: the first `most` of them.
    fn ordered(&self, mut rows: Vec<u32>, most: usize, lang: Lang) -> Result<Vec<u32>, Problem> {
        if !self.sort.is_empty() {
            table::sort(&self.frame, &mut rows, &self.sort, most, lang)?;
        }
        Ok(rows)
    }

    fn page(&self, ask: &Table, observatory: &mut Observatory, lang: Lang) -> Result<TablePage, Problem> {
        let rows = self.selection.rows();
        let (total, sources) = (rows.len(), self.sources_in(&rows));
        let events = (self.name == Name::Records).then(|| self.events.among(&rows));
        let rows = self.ordered(rows, ask.offset.saturating_add(ask.limit), lang)?;
        let rows: Vec<u32> = rows.into_iter().skip(ask.offset).take(ask.limit).collect();
        let mut labels: BTreeMap<String, BTreeMap<String, Both>> = BTreeMap::new();
        let mut out: Vec<Vec<Option<String>>> = vec![Vec::with_capacity(self.shown.len()); rows.len()];
        for column in self.columns() {
            if column.kind == Kind::Figure {
                self.put_figures(observatory, &rows, &mut out)?;
                continue;
            }
            for (row, out) in rows.iter().zip(&mut out) {
                let text = column.text(*row as usize);
                if column.kind == Kind::Words {
                    let named = text.split(' ').filter_map(|w| Some((w.to_string(), atalaya_kernel::rule::rule(w)?.title())));
                    labels.entry(column.id.into()).or_default().extend(named);
                } else if let Some(name) = column.names.get(column.code(*row as usize)).and_then(Option::as_ref) {
                    labels.entry(column.id.into()).or_default().entry(text.clone()).or_insert_with(|| name.clone());
                }
                out.push(Some(text).filter(|t| !t.is_empty()));
            }
        }
        let facets =
            ask.facet.iter().map(|id| table::facet(&self.frame, &self.selection, id, MOST_VALUES, lang)).collect::<Result<_, _>>()?;
        let (label, lines) = self.provenance(observatory, &sources);
        Ok(TablePage {
            table: self.name.as_str().into(),
            snapshot: self.eye.snapshot.to_string(),
            label,
            sources: lines,
            columns: self.frame.columns.iter().map(told).collect(),
            shown: self.shown.clone(),
            sort: self.sort.clone(),
            conditions: self.conditions.iter().map(|c| c.to_string()).collect(),
            total,
            events,
            all: self.selection.all(),
            rows: out,
            labels,
            facets,
            withheld: self.withheld.clone(),
            files: Vec::new(),
        })
    }

    /// Figure ids of the rows, kept so that `verify` finds them.
    fn put_figures(&self, observatory: &mut Observatory, rows: &[u32], out: &mut [Vec<Option<String>>]) -> Result<(), Problem> {
        let figures = if rows.len() <= MOST_FIGURES { table::figures(&self.eye, rows) } else { vec![None; rows.len()] };
        for (figure, out) in figures.iter().zip(out) {
            out.push(figure.as_ref().map(|f| f.id.clone()));
        }
        let kept: Vec<_> = figures.into_iter().flatten().collect();
        match observatory.keep_figures(&kept) {
            // Somebody is collecting: the ids stand, and are remembered when they are asked for again.
            Err(problem) if problem.exit == Exit::Busy => Ok(()),
            other => other,
        }
    }

    /// The sources the rows come from.
    fn sources_in(&self, rows: &[u32]) -> BTreeSet<String> {
        let Some(column) = self.frame.column("source") else { return BTreeSet::new() };
        let mut there = vec![false; column.values.len()];
        rows.iter().for_each(|row| there[column.code(*row as usize)] = true);
        column.values.iter().zip(there).filter(|(_, t)| *t).map(|(v, _)| v.clone()).collect()
    }

    fn provenance(&self, observatory: &Observatory, sources: &BTreeSet<String>) -> (Option<Label>, Vec<SourceLine>) {
        let used: Vec<_> = self.eye.intakes.iter().filter(|i| sources.contains(&i.source)).cloned().collect();
        let label = used.iter().map(|i| i.label.clone()).reduce(|a, b| a.combine(&b));
        (label, source_lines(observatory, &used))
    }

    /// The whole table on its way out.
    fn whole(&self, ask: &Table, observatory: &mut Observatory, lang: Lang) -> Result<atalaya_report::Table, Problem> {
        let rows = self.selection.rows();
        let sources = self.sources_in(&rows);
        let kept: Vec<&str> = self
            .eye
            .intakes
            .iter()
            .filter(|i| {
                self.name == Name::Records
                    && sources.contains(&i.source)
                    && i.label.rows == atalaya_kernel::label::RowRelease::NotReleasable
            })
            .map(|i| i.source.as_str())
            .collect();
        if !ask.internal && !kept.is_empty() {
            return Err(not_releasable(&kept));
        }
        let rows = self.ordered(rows, usize::MAX, lang)?;
        let (label, lines) = self.provenance(observatory, &sources);
        // A figure's id is of use only where it is remembered: more than a page of them is not.
        let all = rows.len() <= MOST_FIGURES;
        let columns: Vec<&Column> = self.columns().into_iter().filter(|c| all || c.kind != Kind::Figure).collect();
        let mut out: Vec<Vec<Option<String>>> = vec![Vec::with_capacity(columns.len()); rows.len()];
        for column in &columns {
            if column.kind == Kind::Figure {
                self.put_figures(observatory, &rows, &mut out)?;
            } else {
                rows.iter().zip(&mut out).for_each(|(row, out)| out.push(Some(column.text(*row as usize)).filter(|t| !t.is_empty())));
            }
        }
        let mut notes = vec![asked(&self.conditions, ask.find.as_deref())];
        if !all && self.columns().iter().any(|c| c.kind == Kind::Figure) {
            notes.push(both!(
                "figure ids are given for tables of up to {MOST_FIGURES} rows",
                "los identificadores de cifra se dan en tablas de hasta {MOST_FIGURES} filas"
            ));
        }
        let codes = columns.iter().map(|c| (c.id.to_string(), names(c))).filter(|(_, n)| !n.is_empty()).collect();
        let about = About {
            snapshot: self.eye.snapshot.to_string(),
            figure: String::new(),
            label,
            sources: lines.into_iter().map(note_of).collect(),
            notes,
            codes,
        };
        Ok(atalaya_report::Table {
            id: self.name.as_str().into(),
            title: self.name.title(),
            columns: columns.iter().enumerate().map(|(at, c)| field(c, &out, at)).collect(),
            rows: out,
            about,
        })
    }
}

fn shown(frame: &Frame, chosen: &[String]) -> Result<Vec<String>, Problem> {
    if chosen.is_empty() {
        return Ok(frame.columns.iter().filter(|c| c.usual).map(|c| c.id.to_string()).collect());
    }
    let known = frame.columns.iter().map(|c| c.id).collect::<Vec<_>>().join(", ");
    for id in chosen {
        if frame.column(id).is_none() {
            return Err(Problem::new(
                "unknown-column",
                id.as_str(),
                Both::new("the table has no column of this name", "la tabla no tiene una columna con este nombre"),
                both!("columns: {known}", "columnas: {known}"),
            ));
        }
    }
    Ok(chosen.to_vec())
}

fn withheld(observatory: &Observatory, eye: &Eye, hidden: &BTreeSet<i64>, _lang: Lang) -> Vec<Withheld> {
    let sources: BTreeSet<&str> =
        eye.intakes.iter().filter(|i| i.kind != "observations" && hidden.contains(&i.id)).map(|i| i.source.as_str()).collect();
    let title = |id: &str| observatory.source(id).map_or_else(|_| Both::same(id), |s| s.recipe.title);
    let why = || {
        Both::new(
            "the label of this source keeps its single rows with the desk that holds them; its totals are shown",
            "la etiqueta de esta fuente deja sus filas individuales en la mesa que las guarda; sus totales se muestran",
        )
    };
    sources.into_iter().map(|id| Withheld { source: id.into(), title: title(id), why: why() }).collect()
}

fn not_releasable(sources: &[&str]) -> Problem {
    let list: BTreeSet<&&str> = sources.iter().collect();
    let list = list.into_iter().copied().collect::<Vec<_>>().join(", ");
    Problem::new(
        "not-releasable",
        list,
        Both::new("single rows of this source may not leave", "las filas individuales de esta fuente no pueden salir"),
        Both::new(
            "take totals instead, or ask for a file that stays in this organisation (--internal)",
            "use totales, o pida un archivo que queda en esta organización (--internal)",
        ),
    )
    .exits(Exit::Refused)
}

impl Say for TablePage {
    fn say(&self, lang: Lang) -> String {
        let heads: Vec<&str> =
            self.shown.iter().map(|id| self.columns.iter().find(|c| c.id == *id).map_or(id.as_str(), |c| c.label.in_lang(lang))).collect();
        let rows: Vec<Vec<String>> = self.rows.iter().map(|r| r.iter().map(|c| c.clone().unwrap_or_default()).collect()).collect();
        let mut out = format!("{}\n", lines(&heads, &rows));
        for facet in &self.facets {
            out += &format!("{}\n", facet.label.in_lang(lang));
            for value in &facet.values {
                let n = count(value.count, lang);
                let name = if value.value.is_empty() { "–" } else { &value.value };
                out += &format!("  {n:>9}  {name}  {}\n", if value.label.en == value.value { "" } else { value.label.in_lang(lang) });
            }
        }
        let [total, all] = [self.total, self.all].map(|n| count(n as u64, lang));
        out += both!("{total} of {all} rows\n", "{total} de {all} filas\n").in_lang(lang);
        if let Some(events) = self.events.filter(|n| *n != self.total).map(|n| count(n as u64, lang)) {
            out += both!("{total} records, {events} events\n", "{total} registros, {events} hechos\n").in_lang(lang);
        }
        for one in &self.withheld {
            out += &format!("* {}: {}\n", one.source, one.why.in_lang(lang));
        }
        for file in &self.files {
            out += &format!("  {}\n", file.display());
        }
        let label = self.label.as_ref().map_or("", |l| l.tlp.as_str());
        out += &format!("{label}  snapshot {}\n", self.snapshot.get(..16).unwrap_or(""));
        out
    }
}

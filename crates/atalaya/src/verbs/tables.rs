//! National tables as a workbook: prefilled, with what changed listed before it is sent.

use std::fs;
use std::path::{Path, PathBuf};

use atalaya_kernel::area::areas;
use atalaya_kernel::{Both, Label, Lang, Period, Problem, both};
use atalaya_report::About;
use atalaya_report::arq::{Book, Cell, Change, MODULES, Module, Sheet, place, workbook};
use atalaya_sources::is_arq;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::say::table;
use super::{Ask, Say, Verb, source_note};
use crate::Observatory;
use crate::answer::Answer;
use crate::national::beside;
use crate::national::changes::changes;
use crate::national::facts::{ASKED, Scope, facts};
use crate::national::lines::{Places, is_absent, plain, sheet};
use crate::observatory::Caller;

/// Write the national tables of a year as a workbook, in the shape of UNODC's questionnaire.
///
/// Modules A06 (seizures), A08 (cultivation and eradication) and A09 (price and purity), prefilled.
/// Rival figures stand side by side; "not known" is not zero. What changed since the vintage
/// before, or since the workbook last collected, is listed. `atalaya collect arq-pe --from FILE`
/// reads it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct PublishTables {
    /// Area that reports, by code or name: `PE`, `Perú`
    #[cfg_attr(feature = "cli", arg(long, value_name = "AREA"))]
    pub area: String,
    /// Year reported
    #[cfg_attr(feature = "cli", arg(long, value_name = "YEAR"))]
    pub year: String,
    /// Modules: A06, A08, A09; all if left out
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ID"))]
    pub modules: Vec<String>,
    /// List changes of so many per cent and more
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERCENT", default_value_t = THRESHOLD))]
    pub threshold: u32,
    /// Sources; all but workbooks read back if left out
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ID"))]
    pub source: Vec<String>,
    /// File to write; one that is there and says something else is not replaced [default:
    /// published/arq-AREA-YEAR of the observatory, with the data behind it]
    #[cfg_attr(feature = "cli", arg(long, short, value_name = "FILE"))]
    pub out: Option<PathBuf>,
    /// End with exit code 1 if a change is listed
    #[cfg_attr(feature = "cli", arg(long))]
    pub strict: bool,
}

/// Changes from so many per cent on are listed, if nobody says otherwise.
const THRESHOLD: u32 = 10;

impl Default for PublishTables {
    fn default() -> PublishTables {
        PublishTables {
            area: String::new(),
            year: String::new(),
            modules: Vec::new(),
            threshold: THRESHOLD,
            source: Vec::new(),
            out: None,
            strict: false,
        }
    }
}

/// The tables that were written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedTables {
    /// The workbook.
    pub file: PathBuf,
    /// Its modules.
    pub modules: Vec<ModuleCount>,
    /// What changed.
    pub changes: Vec<TableChange>,
    /// From how many per cent on.
    pub threshold: u32,
    /// The label it carries.
    pub label: Option<Label>,
    /// The source under which it is collected again.
    pub collect_as: String,
    /// Whether a listed change is a "no".
    pub strict: bool,
}

/// A module by its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleCount {
    /// Its id.
    pub module: String,
    /// Rows with a value or an absence.
    pub filled: usize,
    /// Cells that say they are absent.
    pub absent: usize,
    /// Rows that stand beside a rival.
    pub rivals: usize,
    /// Rows left to be filled in.
    pub blank: usize,
}

/// A cell that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableChange {
    /// `A06!D5`; only the module if it no longer has the cell.
    pub cell: String,
    /// What is measured.
    pub what: Both,
    /// Of which drug.
    pub drug: Both,
    /// When.
    pub period: String,
    /// Before.
    pub before: String,
    /// Now.
    pub now: String,
    /// In per cent of before.
    pub percent: Option<String>,
    /// Against what.
    pub since: Both,
    /// By which source.
    pub source: String,
}

impl Verb for PublishTables {
    const NAME: &'static str = "publish/tables";
    type Outcome = PublishedTables;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<PublishedTables, Problem> {
        let built = self.build(observatory)?;
        let bytes = workbook(&built.book, caller.lang)?;
        let file = match &self.out {
            Some(file) => {
                put(file, &bytes)?;
                file.clone()
            }
            None => beside::write(observatory, &built, bytes)?,
        };
        Ok(self.outcome(&built.book, file))
    }
}

/// The book and where its facts stand.
pub(crate) struct Built {
    pub book: Book,
    /// The answers it was filled from.
    pub asked: Vec<(Ask, Answer)>,
}

impl PublishTables {
    /// The workbook before it is written.
    ///
    /// # Errors
    /// `unknown-area`, `year`, `unknown-module`, `unknown-source`, `nothing-to-report`, and those of the store.
    pub(crate) fn build(&self, observatory: &mut Observatory) -> Result<Built, Problem> {
        let area = area(&self.area)?;
        let year = Period::parse(&self.year).filter(|_| self.year.len() == 4).ok_or_else(|| year_needed(&self.year))?;
        let year = year.to_string();
        let modules = self.modules()?;
        let ids: Vec<&'static str> = modules.iter().map(|m| m.id).collect();
        let sources = self.sources(observatory)?;
        let collect_as = format!("arq-{}", slug(area.0));
        let scope = Scope { area: area.0, year: &year, modules: &ids, sources: &sources };
        let now = facts(observatory, &scope, None)?;
        let sheets: Vec<(Sheet, Places)> = modules.iter().map(|m| sheet(m, area.0, &year, &now.facts)).collect();
        let changes = changes(observatory, &scope, &now, (&collect_as, self.threshold), &sheets)?;
        let label = now.sources.values().map(|s| s.label.clone()).reduce(|a, b| a.combine(&b));
        let mut notes = now.notes;
        for id in now.sources.keys() {
            notes.extend(observatory.source(id).into_iter().flat_map(|s| s.recipe.notes));
        }
        let sources = now.sources.values().map(source_note).collect();
        let about = About { snapshot: now.snapshot, label, sources, notes, ..About::default() };
        let sheets = sheets.into_iter().map(|(s, _)| s).collect();
        Ok(Built { asked: now.asked, book: Book { area: area.1, year, about, sheets, changes, threshold: self.threshold, collect_as } })
    }

    fn modules(&self) -> Result<Vec<&'static Module>, Problem> {
        if self.modules.is_empty() {
            return Ok(MODULES.iter().collect());
        }
        let known = MODULES.iter().map(|m| m.id).collect::<Vec<_>>().join(", ");
        let mut chosen = Vec::new();
        for id in &self.modules {
            chosen.push(Module::parse(id).ok_or_else(|| {
                Problem::new(
                    "unknown-module",
                    format!("--modules {id}"),
                    Both::new("no such module can be written", "no se puede escribir un módulo así"),
                    both!("known: {known}", "se conocen: {known}"),
                )
            })?);
        }
        chosen.sort_by_key(|m| m.id);
        chosen.dedup_by_key(|m| m.id);
        Ok(chosen)
    }

    /// The sources to read: those named, else all but workbooks read back.
    fn sources(&self, observatory: &mut Observatory) -> Result<Vec<String>, Problem> {
        let there: std::collections::BTreeSet<String> = observatory.store().visible(None)?.into_iter().map(|i| i.source).collect();
        if self.source.is_empty() {
            return Ok(there.into_iter().filter(|s| !is_arq(s)).collect());
        }
        if let Some(id) = self.source.iter().find(|id| !there.contains(*id)) {
            let known = there.iter().cloned().collect::<Vec<_>>().join(", ");
            return Err(Problem::new(
                "unknown-source",
                format!("--source {id}"),
                Both::new("nothing was collected from a source of this name", "no se ha recogido nada de una fuente con este nombre"),
                both!("sources here: {known}", "fuentes de aquí: {known}"),
            ));
        }
        Ok(self.source.clone())
    }

    fn outcome(&self, book: &Book, file: PathBuf) -> PublishedTables {
        PublishedTables {
            file,
            modules: book.sheets.iter().map(count).collect(),
            changes: book.changes.iter().map(|c| told(book, c)).collect(),
            threshold: self.threshold,
            label: book.about.label.clone(),
            collect_as: book.collect_as.clone(),
            strict: self.strict,
        }
    }
}

fn area(text: &str) -> Result<(&'static str, Both), Problem> {
    if text.trim().is_empty() {
        return Err(Problem::new(
            "area-needed",
            "--area",
            Both::new("nobody said who reports", "nadie dijo quién informa"),
            Both::new("say it by code or name: --area PE", "dígalo por código o nombre: --area PE"),
        ));
    }
    let found = areas().get(text).map_or_else(|| areas().resolve(text, None, None).map(|r| r.area), Ok);
    found.map(|a| (a.code, a.both())).map_err(|e| e.problem("--area"))
}

fn year_needed(found: &str) -> Problem {
    Problem::new(
        "year",
        format!("--year {found}"),
        Both::new("this is not a year", "esto no es un año"),
        Both::new("write it with four digits: --year 2023", "escríbalo con cuatro cifras: --year 2023"),
    )
}

fn slug(code: &str) -> String {
    code.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn count(sheet: &Sheet) -> ModuleCount {
    let values = |line: &atalaya_report::arq::Line| {
        let cells = ASKED.iter().filter(|a| a.module == sheet.module.id).filter_map(|a| line.cells.get(a.column));
        cells.filter(|c| **c != Cell::Blank).cloned().collect::<Vec<_>>()
    };
    let filled: Vec<Vec<Cell>> = sheet.lines.iter().map(values).filter(|v| !v.is_empty()).collect();
    ModuleCount {
        module: sheet.module.id.into(),
        filled: filled.len(),
        absent: filled.iter().flatten().filter(|c| is_absent(c).is_some()).count(),
        rivals: sheet.lines.iter().filter(|l| l.rival).count(),
        blank: sheet.lines.len() - filled.len(),
    }
}

fn told(book: &Book, change: &Change) -> TableChange {
    let module = book.sheets.iter().find(|s| s.module.id == change.module).map(|s| s.module);
    let cell = module.zip(change.at).map(|(m, (line, column))| format!("{}!{}", m.id, place(m, line, column)));
    TableChange {
        cell: cell.unwrap_or_else(|| change.module.into()),
        what: change.what.clone(),
        drug: change.drug.clone(),
        period: change.period.clone(),
        before: plain(&change.before),
        now: plain(&change.now),
        percent: change.percent.clone(),
        since: change.since.clone(),
        source: change.source.clone(),
    }
}

/// Somebody may have filled in the workbook that is there.
pub(crate) fn filled_in(file: &Path) -> Problem {
    Problem::new(
        "export-exists",
        file.display().to_string(),
        Both::new("a file of this name is there and says something else", "ya hay un archivo con este nombre y dice otra cosa"),
        Both::new(
            "somebody may have filled it in: collect it, then choose another name or move it away",
            "puede que alguien lo haya llenado: recójalo y luego elija otro nombre o muévalo a otro lugar",
        ),
    )
}

/// Writes the workbook, unless a file that says something else is there: somebody may have filled
/// it in.
fn put(file: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let failed = |e: std::io::Error| Problem::io(file.display().to_string(), &e);
    match fs::read(file) {
        Ok(there) if there == bytes => return Ok(()),
        Ok(_) => return Err(filled_in(file)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(failed(e)),
    }
    if let Some(folder) = file.parent().filter(|p| !p.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut temporary = file.as_os_str().to_os_string();
    temporary.push(".tmp");
    let temporary = PathBuf::from(temporary);
    fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, file)).map_err(failed)
}

impl Say for PublishedTables {
    fn say(&self, lang: Lang) -> String {
        let (n, threshold) = (self.changes.len(), self.threshold);
        let head = match n {
            0 => both!(
                "no cell changed by {threshold} % or more since the vintage before or the workbook last collected\n",
                "ninguna celda cambió {threshold} % o más desde la edición anterior o el último libro recogido\n"
            ),
            _ => both!(
                "{n} cells changed by {threshold} % or more; look at them before you send:\n\n",
                "{n} celdas cambiaron {threshold} % o más; revíselas antes de enviar:\n\n"
            ),
        };
        let mut out = head.in_lang(lang).to_string();
        let columns: [&str; 8] = match lang {
            Lang::En => ["cell", "what", "drug", "period", "before", "now", "%", "since"],
            Lang::Es => ["celda", "qué", "droga", "período", "antes", "ahora", "%", "desde"],
        };
        let row = |c: &TableChange| {
            let since = c.since.in_lang(lang).to_string();
            let (what, drug) = (c.what.in_lang(lang).to_string(), c.drug.in_lang(lang).to_string());
            let percent = c.percent.clone().unwrap_or_default();
            vec![c.cell.clone(), what, drug, c.period.clone(), c.before.clone(), c.now.clone(), percent, since]
        };
        if n > 0 {
            out += &table(&columns, &self.changes.iter().map(row).collect::<Vec<_>>());
        }
        out.push('\n');
        for m in &self.modules {
            let ModuleCount { module, filled, absent, rivals, blank } = m;
            out += both!(
                "{module}: {filled} rows filled ({absent} cells absent, {rivals} rows beside a rival), {blank} to fill in\n",
                "{module}: {filled} filas llenas ({absent} celdas ausentes, {rivals} filas junto a una rival), {blank} por llenar\n"
            )
            .in_lang(lang);
        }
        let (file, id) = (self.file.display(), &self.collect_as);
        let label = self.label.as_ref().map_or("", |l| l.tlp.as_str());
        out += both!(
            "{file}  {label}\nread it back: atalaya collect {id} --from {file}\n",
            "{file}  {label}\nléalo de vuelta: atalaya collect {id} --from {file}\n"
        )
        .in_lang(lang);
        out
    }

    fn is_no(&self) -> bool {
        self.strict && !self.changes.is_empty()
    }
}

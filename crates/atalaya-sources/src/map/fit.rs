//! Which layout of a recipe fits a member: by its header, not by its name.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::both::shown;
use atalaya_kernel::{Both, Problem, both};

use crate::draft::words::hints_at;
use crate::format::archive::Member;
use crate::format::csv::{CsvRows, sniff_delimiter};
use crate::format::text::{self, Facts};
use crate::format::{MAX_COLUMNS, MemoryRows, RawRow, Rows, json, sheet, too_many_columns};
use crate::persons::refuse_persons;
use crate::recipe::{Format, Formulas, Layout, Recipe};

/// Rows looked at to find the header.
const HEADER_WITHIN: usize = 40;

/// A member with the layout that fits it.
pub struct Fitted {
    /// `file`, `file › member` or `file › sheet`.
    pub place: String,
    /// The member or sheet.
    pub name: String,
    /// Position of the layout in the recipe.
    pub layout: usize,
    /// What the file is.
    pub format: Format,
    /// The header, cell by cell.
    pub header: Vec<String>,
    /// Rows before and with the header.
    skip: usize,
    source: Source,
    /// Rows by line in which a formula stands, with its column; looked for if a layout says so.
    pub formulas: BTreeMap<u64, usize>,
    /// What a reader should know about the file itself.
    pub notices: Vec<Both>,
}

enum Source {
    Text { member: Member, facts: Box<Facts>, delimiter: u8 },
    Rows(Vec<RawRow>),
}

impl Source {
    fn rows(&self, skip: usize) -> Result<Box<dyn Rows>, Problem> {
        Ok(match self {
            Source::Text { member, facts, delimiter } => {
                let mut rows = CsvRows::open(member, facts, *delimiter)?;
                let mut row = RawRow::default();
                for _ in 0..skip {
                    rows.next(&mut row)?;
                }
                Box::new(rows)
            }
            Source::Rows(rows) => Box::new(MemoryRows::new(rows[skip.min(rows.len())..].to_vec())),
        })
    }
}

impl Fitted {
    /// The rows after the header.
    ///
    /// # Errors
    /// Those of the format.
    pub fn rows(&self) -> Result<Box<dyn Rows>, Problem> {
        self.source.rows(self.skip)
    }

    /// The column of a name, spaces and line breaks collapsed.
    pub fn column(&self, name: &str) -> Option<usize> {
        let exact = self.header.iter().position(|h| h == name);
        exact.or_else(|| self.header.iter().position(|h| *h == clean(name)))
    }

    /// Whether it is text, where a blank line is a row of separators; in a sheet it is layout.
    pub fn is_text(&self) -> bool {
        self.format == Format::Csv
    }

    /// A row's cells under their names, for those who must look at it.
    pub fn raw(&self, row: &RawRow) -> Vec<(String, String)> {
        let named = self.header.iter().enumerate().map(|(at, h)| (h.clone(), row.cell(at).to_string()));
        let extra = (self.header.len()..row.cells.len()).map(|at| (format!("+{}", at + 1), row.cell(at).to_string()));
        named.chain(extra).collect()
    }
}

/// Opens a member and fits every part of it (a sheet, the text) to a layout.
pub(super) fn fit_member(
    recipe: &Recipe,
    member: &Member,
    fitted: &mut Vec<Fitted>,
    unread: &mut Vec<(String, Vec<String>)>,
) -> Result<(), Problem> {
    for part in parts(member, recipe)? {
        match fit(recipe, part)? {
            Ok(part) => {
                refuse_persons(part.header.iter().map(String::as_str), &recipe.not_persons, &part.place)?;
                fitted.push(part);
            }
            Err((place, columns)) => {
                refuse_persons(columns.iter().map(String::as_str), &recipe.not_persons, &place)?;
                unread.push((place, columns));
            }
        }
    }
    Ok(())
}

/// A part of a file before a layout is chosen.
pub struct Part {
    /// `file`, `file › member` or `file › sheet`.
    pub place: String,
    /// The member or sheet.
    pub name: String,
    /// Its format.
    pub format: Format,
    /// Its first rows.
    pub head: Vec<RawRow>,
    /// Columns of a sheet where a number stands as text.
    pub typed: BTreeSet<usize>,
    formulas: BTreeMap<u64, usize>,
    source: Source,
    notices: Vec<Both>,
}

impl Part {
    /// The rows after the first `skip`.
    ///
    /// # Errors
    /// Those of the format.
    pub fn rows(&self, skip: usize) -> Result<Box<dyn Rows>, Problem> {
        self.source.rows(skip)
    }

    /// What a text is encoded in, and its separator.
    pub fn text_facts(&self) -> Option<(&'static str, char)> {
        match &self.source {
            Source::Text { facts, delimiter, .. } => Some((facts.encoding.name(), char::from(*delimiter))),
            Source::Rows(_) => None,
        }
    }
}

/// Every part of a file, whatever its columns: what `recipe draft` looks at.
///
/// # Errors
/// Those of the formats.
pub fn parts_of(member: &Member) -> Result<Vec<Part>, Problem> {
    open_parts(member, None, &[], false)
}

fn parts(member: &Member, recipe: &Recipe) -> Result<Vec<Part>, Problem> {
    let delimiter = recipe.layouts.iter().find_map(|l| l.delimiter).filter(|_| recipe.layouts.iter().all(|l| l.delimiter.is_some()));
    let sheets: Vec<String> = if recipe.layouts.iter().all(|l| !l.sheets.is_empty() || !matches!(l.format, Format::Xlsx | Format::Any)) {
        recipe.layouts.iter().flat_map(|l| l.sheets.clone()).collect()
    } else {
        Vec::new()
    };
    let formulas = recipe.layouts.iter().any(|l| l.formulas == Formulas::Hold);
    open_parts(member, delimiter, &sheets, formulas)
}

fn open_parts(member: &Member, delimiter: Option<char>, sheets: &[String], formulas: bool) -> Result<Vec<Part>, Problem> {
    let lower = member.format_name().to_lowercase();
    let ends = |list: &[&str]| list.iter().any(|e| lower.ends_with(e));
    if ends(&[".xlsx", ".xlsm"]) {
        let found = sheet::read(member, sheets, formulas)?;
        return Ok(found
            .into_iter()
            .map(|s| Part {
                place: format!("{} › {}", member.place(), s.name),
                name: s.name,
                format: Format::Xlsx,
                typed: s.typed,
                formulas: s.formulas,
                head: s.rows.iter().take(HEADER_WITHIN).cloned().collect(),
                source: Source::Rows(s.rows),
                notices: Vec::new(),
            })
            .collect());
    }
    if ends(&[".json"]) {
        let rows = json::read(member)?;
        let head = rows.iter().take(HEADER_WITHIN).cloned().collect();
        return Ok(vec![Part {
            place: member.place(),
            name: member.name.clone(),
            format: Format::Json,
            head,
            typed: BTreeSet::new(),
            formulas: BTreeMap::new(),
            source: Source::Rows(rows),
            notices: Vec::new(),
        }]);
    }
    if ends(&[".csv", ".txt", ".tsv", ".tab"]) {
        return Ok(vec![text_part(member, delimiter)?]);
    }
    let name = shown(member.format_name());
    Err(crate::format::refused(
        "format",
        &member.place(),
        both!(
            "{name}: Atalaya reads csv, tsv, txt, xlsx and json, alone or in a zip or gz",
            "{name}: Atalaya lee csv, tsv, txt, xlsx y json, solos o en zip o gz"
        ),
    ))
}

fn text_part(member: &Member, delimiter: Option<char>) -> Result<Part, Problem> {
    let facts = text::inspect(member, None)?;
    let delimiter = delimiter.and_then(|d| u8::try_from(d).ok()).unwrap_or_else(|| sniff_delimiter(&facts.head));
    let mut notices = Vec::new();
    if facts.encoding != encoding_rs::UTF_8 {
        let (place, name) = (member.place(), facts.encoding.name());
        notices.push(if facts.guessed {
            both!(
                "{place}: not UTF-8; read as {name}, as its letters suggest",
                "{place}: no es UTF-8; se leyó como {name}, según sus letras"
            )
        } else {
            both!("{place}: read as {name}", "{place}: leído como {name}")
        });
    }
    let mut rows = CsvRows::open(member, &facts, delimiter)?;
    let mut head = Vec::new();
    let mut row = RawRow::default();
    while head.len() < HEADER_WITHIN && rows.next(&mut row)? {
        if row.cells.len() > MAX_COLUMNS {
            return Err(too_many_columns(&member.place(), row.cells.len()));
        }
        head.push(row.clone());
    }
    let source = Source::Text { member: member.clone(), facts: Box::new(facts), delimiter };
    Ok(Part {
        place: member.place(),
        name: member.name.clone(),
        format: Format::Csv,
        head,
        typed: BTreeSet::new(),
        formulas: BTreeMap::new(),
        source,
        notices,
    })
}

/// Fits a part to the first layout whose header it has; otherwise the columns it has.
#[allow(clippy::type_complexity)]
pub fn fit(recipe: &Recipe, part: Part) -> Result<Result<Fitted, (String, Vec<String>)>, Problem> {
    for (at, layout) in recipe.layouts.iter().enumerate() {
        if !may_fit(layout, &part) {
            continue;
        }
        if let Some((skip, header)) = header_of(layout, &part.head) {
            let Part { place, name, format, source, formulas, notices, .. } = part;
            return Ok(Ok(Fitted { place, name, layout: at, format, header, skip, source, formulas, notices }));
        }
    }
    Ok(Err((part.place, part.head.iter().find(|r| !r.is_blank()).map(cells).unwrap_or_default())))
}

/// Whether any layout of a recipe fits a part.
pub(super) fn fits_part(recipe: &Recipe, part: &Part) -> bool {
    recipe.layouts.iter().any(|layout| may_fit(layout, part) && header_of(layout, &part.head).is_some())
}

/// Whether a layout is for parts of this format and name.
fn may_fit(layout: &Layout, part: &Part) -> bool {
    let same_format = layout.format == part.format || layout.format == Format::Any;
    same_format && (layout.sheets.is_empty() || layout.sheets.iter().any(|s| sheet::fits(&part.name, s)))
}

/// The layout that knows most of these columns.
pub(super) fn closest<'a>(recipe: &'a Recipe, found: &[String]) -> Option<&'a Layout> {
    recipe.layouts.iter().max_by_key(|l| matched(l, found))
}

pub(crate) fn cells(row: &RawRow) -> Vec<String> {
    (0..row.cells.len()).map(|at| clean(row.cell(at))).collect()
}

/// A column name as compared: spaces and line breaks collapsed.
pub(super) fn clean(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The header row of a layout: rows up to and with it, and its cells.
fn header_of(layout: &Layout, head: &[RawRow]) -> Option<(usize, Vec<String>)> {
    for (at, row) in head.iter().enumerate() {
        let mut names = cells(row);
        if row.is_blank() {
            continue;
        }
        name_blank_columns(&mut names);
        if !has_title(layout, &head[..at]) {
            continue;
        }
        if layout.without.iter().any(|c| names.contains(&clean(c))) {
            continue;
        }
        if !layout.header.is_empty() {
            if layout.header.iter().all(|h| names.contains(&clean(h))) && has_columns(layout, &names) {
                return Some((at + 1, names));
            }
        } else if has_columns(layout, &names) {
            return Some((at + 1, names));
        } else if layout.unpivot.is_none() {
            // Without marks the header is the first row that holds anything.
            return None;
        }
    }
    None
}

/// Whether one of the words of the layout's title stands above the header.
fn has_title(layout: &Layout, above: &[RawRow]) -> bool {
    let titles: Vec<String> = above.iter().flat_map(cells).map(|c| c.to_lowercase()).collect();
    layout.title.is_empty() || layout.title.iter().any(|t| titles.iter().any(|c| c.contains(&t.to_lowercase())))
}

/// Columns without a name get one: `(column 3)`.
pub(crate) fn name_blank_columns(names: &mut [String]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (at, name) in names.iter_mut().enumerate() {
        if name.is_empty() {
            *name = format!("(column {})", at + 1);
        }
        let count = seen.entry(name.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            *name = format!("{name} ({count})");
        }
    }
}

/// Whether every required field has a column, and an unpivoted table its periods.
fn has_columns(layout: &Layout, names: &[String]) -> bool {
    let has = |column: &str| names.iter().any(|n| *n == clean(column));
    let fields = layout.fields.values().filter(|f| f.required && f.value.is_none()).all(|f| f.from.iter().any(|c| has(c)));
    let values = layout.observe.iter().all(|o| o.optional || o.value.contains('@') || has(&o.value));
    let periods = layout.unpivot.as_ref().is_none_or(|u| regex::Regex::new(&u.columns).is_ok_and(|p| names.iter().any(|n| p.is_match(n))));
    fields && values && periods
}

/// No layout fits: say which columns were expected and which stand there, and the likely pairs.
pub(super) fn nothing_fits(recipe: &Recipe, file: &str, unread: &[(String, Vec<String>)]) -> Problem {
    let (place, found) = unread.first().cloned().unwrap_or((file.to_string(), Vec::new()));
    if unread.iter().all(|(_, columns)| columns.is_empty()) {
        return nothing_in(&place);
    }
    if let Some(column) = recipe.layouts.iter().flat_map(|l| &l.without).find(|c| found.contains(&clean(c))) {
        return look_alike(recipe, place, column);
    }
    let closest = closest(recipe, &found);
    let missing: Vec<String> = closest.map(|l| missing_columns(l, &found)).unwrap_or_default();
    let new: Vec<&String> = found.iter().filter(|c| !closest.is_some_and(|l| knows(l, c))).take(12).collect();
    if missing.is_empty() && new.is_empty() {
        return other_format(recipe, place);
    }
    let (source, missing_list) = (&recipe.id, missing.join("”, “"));
    let new_list = new.iter().map(|c| shown(c)).collect::<Vec<_>>().join("”, “");
    let field = closest.and_then(|l| {
        l.fields.iter().find(|(_, f)| f.required && !f.from.iter().any(|c| found.contains(&clean(c)))).map(|(k, _)| k.clone())
    });
    let field = field.unwrap_or_else(|| "FIELD".into());
    let likely = new.iter().find(|c| hints_at(c, &field)).or(if new.len() == 1 { new.first() } else { None });
    let new_name = likely.map_or_else(|| "COLUMN".into(), |c| shown(c));
    Problem::new(
        "layout",
        place,
        both!(
            "no layout of `{source}` fits: missing column “{missing_list}”, new column “{new_list}”",
            "ninguna forma de `{source}` encaja: falta la columna “{missing_list}”, columna nueva “{new_list}”"
        ),
        both!(
            "if a column was renamed, say so once: atalaya held {source} --rename '{field}={new_name}' --why '…'; otherwise add a [[layout]] to its recipe",
            "si se renombró una columna, dígalo una vez: atalaya held {source} --rename '{field}={new_name}' --why '…'; si no, agregue un [[layout]] a su receta"
        ),
    )
}

/// The right columns in a format or sheet that the recipe does not read.
fn other_format(recipe: &Recipe, place: String) -> Problem {
    let source = &recipe.id;
    Problem::new(
        "layout",
        place,
        both!(
            "its columns are those of `{source}`, but the recipe reads another format or other sheets",
            "sus columnas son las de `{source}`, pero la receta lee otro formato u otras hojas"
        ),
        Both::new(
            "collect the file in the format the recipe names, or add a [[layout]] to it",
            "recoja el archivo en el formato que la receta indica, o agréguele un [[layout]]",
        ),
    )
}

/// A file that is not the publisher's own.
fn look_alike(recipe: &Recipe, place: String, column: &str) -> Problem {
    let (source, column) = (&recipe.id, shown(column));
    Problem::new(
        "layout",
        place,
        both!(
            "it has a column “{column}”, so it is not a file of `{source}` as published but made from one",
            "tiene una columna “{column}”, así que no es un archivo de `{source}` como se publicó sino hecho a partir de uno"
        ),
        Both::new("collect the files it was made from", "recoja los archivos de los que se hizo"),
    )
}

/// A file without a single cell.
pub(crate) fn nothing_in(place: &str) -> Problem {
    Problem::new(
        "empty-file",
        place,
        Both::new("no cell holds anything", "ninguna celda contiene nada"),
        Both::new("ask for the file again: it may have been cut off on its way", "pida el archivo otra vez: pudo cortarse en el camino"),
    )
}

pub(super) fn knows(layout: &Layout, column: &str) -> bool {
    layout.ignore.keys().any(|i| sheet::fits(column, i))
        || layout.fields.values().any(|f| f.from.iter().any(|c| clean(c) == column) || f.beside() == Some(column))
        || in_templates(layout, column)
        || layout.observe.iter().any(|o| o.value == column || o.low.as_deref() == Some(column) || o.high.as_deref() == Some(column))
}

/// Whether a template fills a column in: `{Column}` or `{Column|otherwise}`.
fn in_templates(layout: &Layout, column: &str) -> bool {
    let constants = layout.fields.values().filter_map(|f| f.value.as_ref());
    let mut templates = layout.observe.iter().flat_map(|o| [&o.definition, &o.breakdown]).chain(constants);
    templates.any(|t| t.contains(&format!("{{{column}}}")) || t.contains(&format!("{{{column}|")))
}

fn matched(layout: &Layout, found: &[String]) -> usize {
    found.iter().filter(|c| knows(layout, c)).count()
}

fn missing_columns(layout: &Layout, found: &[String]) -> Vec<String> {
    layout
        .fields
        .values()
        .filter(|f| f.required && f.value.is_none() && !f.from.iter().any(|c| found.contains(&clean(c))))
        .filter_map(|f| f.from.first().cloned())
        .collect()
}

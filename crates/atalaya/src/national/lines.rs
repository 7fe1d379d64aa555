//! Facts laid out as the rows of a module, rivals side by side.

use std::collections::BTreeMap;

use atalaya_kernel::substance::substances;
use atalaya_kernel::unit::units;
use atalaya_kernel::{Both, Missing};
use atalaya_report::arq::{Cell, FigureNote, Line, Module, Sheet};

use super::facts::{ASKED, Asked, Fact, Key};

/// Where a fact came to stand: row of its module, counted from 0.
pub(crate) type Places = BTreeMap<Key, usize>;

/// Drugs, and levels of the market, that a module asks for whether or not the store has them.
const TEMPLATE: [(&str, &[&str], &[&str]); 3] = [
    (
        "A06",
        &[
            "coca-leaf",
            "coca-paste",
            "cocaine-base",
            "cocaine-hcl",
            "crack",
            "opium",
            "morphine",
            "heroin",
            "cannabis-herb",
            "cannabis-resin",
            "cannabis-plant",
            "amphetamine",
            "methamphetamine",
            "mdma",
            "lsd",
            "ketamine",
        ],
        &[""],
    ),
    ("A08", &["coca-bush", "opium-poppy", "cannabis-plant"], &[""]),
    ("A09", &["coca-paste", "cocaine-hcl", "heroin", "cannabis-herb", "methamphetamine", "mdma"], &["retail", "wholesale"]),
];

/// The sheet of a module, and where each fact stands in it.
pub(crate) fn sheet(module: &'static Module, area: &str, year: &str, facts: &[Fact]) -> (Sheet, Places) {
    let asked: Vec<&Asked> = ASKED.iter().filter(|a| a.module == module.id).collect();
    let order = |column: &str| asked.iter().position(|a| a.column == column).unwrap_or(0);
    let mut mine: Vec<&Fact> = facts.iter().filter(|f| asked.iter().any(|a| a.column == f.key.column)).collect();
    mine.sort_by_key(|f| (rank(&f.key.substance), f.key.period.clone(), f.key.breakdown.clone(), order(f.key.column), f.key.clone()));
    let (mut rows, mut places): (Vec<Row>, Places) = (Vec::new(), Places::new());
    for fact in mine {
        let Some(column) = asked.iter().find(|a| a.column == fact.key.column) else { continue };
        // A value with a unit of its own joins the row of the same thing; others have their row.
        let joined = column.unit.and_then(|_| rows.iter().position(|r| r.takes(fact)));
        let at = joined.unwrap_or_else(|| {
            rows.push(Row::new(area, fact));
            rows.len() - 1
        });
        rows[at].put(column, fact);
        places.insert(fact.key.clone(), at);
    }
    mark_rivals(&mut rows);
    let blank = template(module.id, area, year, facts);
    let lines = rows.into_iter().map(|r| r.line).chain(blank).collect();
    (Sheet { module, lines }, places)
}

/// A row, and what it is about.
struct Row {
    key: Key,
    status: String,
    line: Line,
}

impl Row {
    fn new(area: &str, fact: &Fact) -> Row {
        let key = &fact.key;
        let text = |t: &str| if t.is_empty() { Cell::Blank } else { Cell::Text(t.into()) };
        let cells = BTreeMap::from([
            ("arq:area", text(area)),
            ("arq:period", text(&key.period)),
            ("arq:drug", drug(&key.substance)),
            ("arq:status", text(&fact.status)),
            ("arq:definition", text(&key.definition)),
            ("arq:in-spanish", text(&fact.spanish)),
            ("arq:breakdown", text(&key.breakdown)),
            ("arq:source", text(&key.source)),
        ]);
        Row { key: key.clone(), status: fact.status.clone(), line: Line { cells, ..Line::default() } }
    }

    /// Whether a fact is about the same thing and its column is free.
    fn takes(&self, fact: &Fact) -> bool {
        let same = Key { column: self.key.column, unit: self.key.unit.clone(), ..fact.key.clone() };
        same == self.key && self.status == fact.status && !self.line.cells.contains_key(fact.key.column)
    }

    fn put(&mut self, column: &Asked, fact: &Fact) {
        let cells = &mut self.line.cells;
        cells.insert(column.column, fact.value.clone());
        if let Some([low, high]) = column.bounds {
            cells.insert(low, fact.low.clone());
            cells.insert(high, fact.high.clone());
        }
        if column.unit.is_none() {
            cells.insert("arq:unit", unit(&fact.key.unit));
        }
        if !fact.figure.is_empty() {
            let (basis, vintage, note) = (fact.basis.clone(), fact.vintage.clone(), fact.note.clone());
            self.line.figures.push(FigureNote { column: column.column, figure: fact.figure.clone(), basis, vintage, note });
        }
    }
}

/// Rows that give the same thing by another source, definition or unit.
fn mark_rivals(rows: &mut [Row]) {
    let mut by_thing: BTreeMap<(String, String, String, &str), Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        for asked in ASKED.iter().filter(|a| row.line.cells.contains_key(a.column)) {
            let key = &row.key;
            by_thing.entry((key.substance.clone(), key.period.clone(), key.breakdown.clone(), asked.column)).or_default().push(at);
        }
    }
    for at in by_thing.into_values().filter(|at| at.len() > 1).flatten() {
        rows[at].line.rival = true;
    }
}

/// Rows to fill in for what a module asks and the store does not have.
fn template(module: &str, area: &str, year: &str, facts: &[Fact]) -> Vec<Line> {
    let Some((_, drugs, levels)) = TEMPLATE.iter().find(|(id, ..)| *id == module) else { return Vec::new() };
    let columns: Vec<&str> = ASKED.iter().filter(|a| a.module == module).map(|a| a.column).collect();
    let there = |id: &str, level: &str| {
        facts.iter().any(|f| columns.contains(&f.key.column) && f.key.substance == id && (level.is_empty() || f.key.breakdown == level))
    };
    let unit_id = match module {
        "A06" => "kg",
        "A08" => "ha",
        _ => "usd/g",
    };
    let mut lines = Vec::new();
    for id in *drugs {
        for level in levels.iter().filter(|level| !there(id, level)) {
            let mut cells = BTreeMap::from([
                ("arq:area", Cell::Text(area.into())),
                ("arq:period", Cell::Text(year.into())),
                ("arq:drug", drug(id)),
                ("arq:unit", unit(unit_id)),
            ]);
            if !level.is_empty() {
                cells.insert("arq:breakdown", Cell::Text((*level).into()));
            }
            lines.push(Line { cells, ..Line::default() });
        }
    }
    lines
}

/// The place of a substance in the register: families stand together.
fn rank(id: &str) -> usize {
    substances().iter().position(|s| s.id == id).unwrap_or(usize::MAX)
}

/// A drug by its name.
pub(crate) fn drug(id: &str) -> Cell {
    substances().get(id).map_or_else(|| Cell::Text(id.into()), |s| Cell::Named(Both::new(s.label_en, s.label_es)))
}

fn unit(id: &str) -> Cell {
    match units().get(id) {
        Some(unit) => Cell::Named(unit.both()),
        None if id.is_empty() => Cell::Blank,
        None => Cell::Text(id.into()),
    }
}

/// A value as text for people who read no workbook.
pub(crate) fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Number(text) | Cell::Text(text) => text.clone(),
        Cell::Absent(kind) => kind.code().into(),
        Cell::Named(name) => name.en.clone(),
    }
}

/// Whether a cell says that something is absent.
pub(crate) fn is_absent(cell: &Cell) -> Option<Missing> {
    if let Cell::Absent(kind) = cell { Some(*kind) } else { None }
}

//! From what the tables of a file tell to what the recipe will say.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, both};

use super::column::Column;
use super::look::Table;
use super::{Choices, Doubt, DraftedColumn, space, time, values};
use crate::recipe::Kind;

/// A field as it will be written.
#[derive(Debug, Clone, Default)]
pub(super) struct FieldPlan {
    /// The field.
    pub name: &'static str,
    /// Its keys, each with its value as TOML.
    pub keys: Vec<(&'static str, String)>,
    /// What is not sure about it.
    pub doubts: Vec<Doubt>,
}

/// A value as it will be written.
#[derive(Debug, Clone, Default)]
pub(super) struct ObservePlan {
    /// Its keys, each with its value as TOML.
    pub keys: Vec<(&'static str, String)>,
    /// What is not sure about it.
    pub doubts: Vec<Doubt>,
}

/// A layout as it will be written.
#[derive(Debug, Clone, Default)]
pub(super) struct LayoutPlan {
    /// Its name.
    pub name: String,
    /// `csv`, `xlsx`, `json`.
    pub format: crate::recipe::Format,
    /// The separator of a text.
    pub delimiter: Option<char>,
    /// Sheets or members it is for.
    pub parts: Vec<String>,
    /// Whether it must name them, because others are left unread or read otherwise.
    pub name_parts: bool,
    /// Marks of the header row.
    pub header: Vec<String>,
    /// Beginnings of notes.
    pub notes_begin: Vec<String>,
    /// Whether columns without a name hold marks of footnotes.
    pub footnotes: bool,
    /// Pattern of the columns that are years, and the century of two digits.
    pub unpivot: Option<(String, Option<[i32; 2]>)>,
    /// Columns left unread.
    pub ignore: Vec<(String, Both)>,
    /// The fields.
    pub fields: Vec<FieldPlan>,
    /// The values.
    pub observe: Vec<ObservePlan>,
}

/// A recipe as it will be written.
pub(super) struct Plan {
    /// The table most rows stand in.
    pub main: usize,
    /// What a row is.
    pub kind: Kind,
    /// The layouts.
    pub layouts: Vec<LayoutPlan>,
    /// First and last year a date may fall in.
    pub years: Option<(i32, i32)>,
    /// The column that names the vintage.
    pub vintage: Option<String>,
    /// What each column was taken for.
    pub columns: Vec<DraftedColumn>,
    /// Doubts about the whole.
    pub doubts: Vec<Doubt>,
}

/// One table while it is being understood.
pub(super) struct Desk<'a> {
    /// The table.
    pub table: &'a Table,
    /// The file's name.
    pub file: &'a str,
    /// What a person said.
    pub said: &'a Choices,
    /// Columns that are something: field, sure, why.
    pub taken: BTreeMap<usize, (String, bool, Both)>,
    /// The layout so far.
    pub layout: LayoutPlan,
    /// The year of the table's name, where no column has one.
    pub years: Option<(i32, i32)>,
    /// The column of the vintage.
    pub vintage: Option<String>,
}

impl<'a> Desk<'a> {
    /// Free columns in a role, in the order of the table. A column without a cell is none, but
    /// in a table without rows only names can tell.
    pub(super) fn all(&self, role: &str) -> Vec<&'a Column> {
        let is = |c: &&Column| {
            c.word.is_some_and(|w| w.role == role) && (c.filled > 0 || self.table.rows == 0) && !self.taken.contains_key(&c.at)
        };
        let all: Vec<&Column> = self.table.columns.iter().filter(is).collect();
        // What a person said goes before what names and cells say.
        if all.iter().any(|c| c.said.is_some()) { all.into_iter().filter(|c| c.said.is_some()).collect() } else { all }
    }

    /// The first free column in a role.
    pub(super) fn one(&self, role: &str) -> Option<&'a Column> {
        self.all(role).into_iter().next()
    }

    /// Free columns with cells and no name we know.
    pub(super) fn unnamed(&self) -> impl Iterator<Item = &'a Column> + '_ {
        self.table.columns.iter().filter(|c| c.word.is_none() && c.filled > 0 && !self.taken.contains_key(&c.at))
    }

    /// Takes a column for a field.
    pub(super) fn take(&mut self, column: &Column, field: &str, sure: bool, why: Both) {
        self.taken.insert(column.at, (field.into(), sure, why));
    }

    /// A doubt about a column.
    pub(super) fn doubt(&self, column: &Column, found: Both, todo: Both) -> Doubt {
        Doubt { place: format!("{} › {}", self.table.place, atalaya_kernel::both::shown(&column.name)), found, todo }
    }

    /// A doubt about the table.
    pub(super) fn table_doubt(&self, found: Both, todo: Both) -> Doubt {
        Doubt { place: self.table.place.clone(), found, todo }
    }

    /// Writes what a person said is the same in every row; whether anything was said.
    pub(super) fn always(&mut self, name: &'static str) -> bool {
        let Some(value) = self.said.always(name) else { return false };
        self.layout.fields.push(FieldPlan { name, keys: vec![("value", quoted(value))], doubts: Vec::new() });
        true
    }

    /// A field nothing tells: every row waits until a person says what it is.
    pub(super) fn hold(&mut self, name: &'static str, found: Both, todo: Both) {
        if self.always(name) {
            return;
        }
        let doubts = vec![self.table_doubt(found, todo)];
        self.layout.fields.push(FieldPlan { name, keys: vec![("value", quoted("")), ("required", "true".into())], doubts });
    }
}

/// A text as TOML.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.into()).to_string()
}

/// Texts as a TOML list.
pub(super) fn list<S: AsRef<str>>(texts: &[S]) -> String {
    format!("[{}]", texts.iter().map(|t| quoted(t.as_ref())).collect::<Vec<_>>().join(", "))
}

/// The reason most columns have.
pub(super) fn by_name_and_cells() -> Both {
    Both::new("its name says so and its cells agree", "lo dice su nombre y sus celdas concuerdan")
}

/// Plans the recipe of a file.
pub(super) fn plan(tables: &[Table], file: &str, said: &Choices) -> Plan {
    let main = (0..tables.len()).max_by_key(|i| (tables[*i].rows, std::cmp::Reverse(*i))).unwrap_or(0);
    let (kind, desk) = understand(&tables[main], file, said, said.kind);
    let mut plan = Plan { main, kind, layouts: Vec::new(), years: None, vintage: None, columns: Vec::new(), doubts: Vec::new() };
    let mut left = Vec::new();
    plan.add(desk, &mut left);
    for (at, table) in tables.iter().enumerate().filter(|(at, _)| *at != main) {
        let (_, other) = understand(table, file, said, Some(kind));
        if makes_sense(&other) {
            plan.add(other, &mut left);
        } else {
            left.extend(tables[at].names.iter().cloned());
        }
    }
    for (at, layout) in plan.layouts.iter_mut().enumerate() {
        layout.name = if at == 0 { "table".into() } else { format!("table-{}", at + 1) };
        layout.name_parts = tables.len() > 1 || layout.name_parts;
    }
    if !left.is_empty() {
        let names = left.join("”, “");
        plan.doubts.push(Doubt {
            place: file.into(),
            found: both!(
                "“{names}” looks like no table of the same kind and is left unread",
                "“{names}” no parece una tabla del mismo tipo y queda sin leer"
            ),
            todo: Both::new("add a [[layout]] for it if it holds data", "agregue un [[layout]] si contiene datos"),
        });
    }
    plan
}

/// Whether a second table says where and when, or nothing that would be read wrongly.
fn makes_sense(desk: &Desk<'_>) -> bool {
    let fields = ["area", "substance", "date", "period"];
    let found = desk.layout.fields.iter().filter(|f| fields.contains(&f.name) && f.keys.iter().any(|(k, _)| *k == "from")).count();
    found + usize::from(desk.layout.unpivot.is_some()) >= 2
}

fn understand<'a>(table: &'a Table, file: &'a str, said: &'a Choices, kind: Option<Kind>) -> (Kind, Desk<'a>) {
    let layout = LayoutPlan { format: table.format, delimiter: table.delimiter, parts: table.names.clone(), ..LayoutPlan::default() };
    let mut desk = Desk { table, file, said, taken: BTreeMap::new(), layout, years: None, vintage: None };
    let when = time::find(&mut desk);
    let kind = kind.unwrap_or_else(|| values::kind(&desk, &when));
    time::write(&mut desk, &when, kind);
    space::find(&mut desk, kind);
    match kind {
        Kind::Records | Kind::Purchases => values::records(&mut desk),
        Kind::Observations => values::observations(&mut desk, &when),
    }
    values::leave(&mut desk);
    if table.has_title {
        let used = table.columns.iter().filter(|c| desk.taken.get(&c.at).is_some_and(|(field, ..)| !field.is_empty()));
        desk.layout.header = used.take(3).map(|c| c.name.clone()).collect();
    }
    if kind == Kind::Observations {
        desk.layout.notes_begin.clone_from(&table.notes_begin);
    }
    (kind, desk)
}

impl Plan {
    fn add(&mut self, desk: Desk<'_>, left: &mut Vec<String>) {
        for column in &desk.table.columns {
            let (field, sure, mut why) = desk.taken.get(&column.at).cloned().unwrap_or_default();
            let field = Some(field).filter(|f| !f.is_empty());
            let unheard = desk.said.unheard(&column.name, field.as_deref(), &desk.table.place);
            if column.said.is_some() && unheard.is_none() {
                why = Both::new("you said so", "usted lo indicó");
            }
            self.doubts.extend(unheard);
            self.columns.push(DraftedColumn { name: column.name.clone(), field, sure, examples: column.examples(), why });
        }
        self.vintage = self.vintage.take().or(desk.vintage.clone());
        if let Some((first, last)) = desk.years {
            let (from, to) = self.years.unwrap_or((first, last));
            self.years = Some((from.min(first), to.max(last)));
        }
        if !desk.table.whole {
            let rows = desk.table.rows;
            self.doubts.push(desk.table_doubt(
                both!("only the first {rows} rows were looked at", "solo se miraron las primeras {rows} filas"),
                Both::new(
                    "nothing, unless the rest is written otherwise: such rows will be held",
                    "nada, salvo que el resto esté escrito de otro modo: esas filas quedarán retenidas",
                ),
            ));
        }
        if [1_000, 5_000, 10_000, 50_000].contains(&desk.table.rows) {
            let rows = desk.table.rows;
            self.doubts.push(desk.table_doubt(
                both!(
                    "exactly {rows} rows, the size of one page of an API: it looks cut off",
                    "exactamente {rows} filas, el tamaño de una página de una API: parece cortado"
                ),
                Both::new("ask for the whole table", "pida la tabla completa"),
            ));
        }
        if desk.table.rows == 0 {
            self.doubts.push(desk.table_doubt(
                Both::new(
                    "there is a header and no row below it: only names could be looked at",
                    "hay un encabezado y ninguna fila debajo: solo se pudieron mirar los nombres",
                ),
                Both::new("draft again from a file with rows", "haga el borrador de nuevo con un archivo que tenga filas"),
            ));
        }
        let layouts = time::one_a_sheet(desk.layout, left);
        self.layouts.extend(layouts);
    }
}

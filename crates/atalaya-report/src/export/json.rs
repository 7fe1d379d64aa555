//! One JSON document: `about`, `columns`, `rows`; rows are objects by column id.
//!
//! Counts are numbers. Decimals are texts, because most readers make a float of a JSON number.

use atalaya_kernel::{Lang, Problem};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{Piece, json_file};
use crate::table::{Facts, Field, FieldKind, Table};

/// `NAME.json`.
pub(super) fn make(table: &Table, _: Lang, name: &str) -> Result<Vec<Piece>, Problem> {
    let rows = table.rows.iter().map(|cells| Row { columns: &table.columns, cells }).collect();
    Ok(vec![json_file(name, &Document { about: Facts::of(table), columns: &table.columns, rows })?])
}

#[derive(Serialize)]
struct Document<'a> {
    about: Facts<'a>,
    columns: &'a [Field],
    rows: Vec<Row<'a>>,
}

struct Row<'a> {
    columns: &'a [Field],
    cells: &'a [Option<String>],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.cells.len()))?;
        for (field, cell) in self.columns.iter().zip(self.cells) {
            let count = cell.as_deref().filter(|_| field.kind == FieldKind::Count).and_then(|c| c.parse::<i64>().ok());
            match count {
                Some(count) => map.serialize_entry(&field.id, &count)?,
                None => map.serialize_entry(&field.id, cell)?,
            }
        }
        map.end()
    }
}

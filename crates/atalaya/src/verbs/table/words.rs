//! Columns, conditions and sources of a table in the words of a page and of a file.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, both};
use atalaya_report::{Field, FieldKind, SourceNote};

use super::TableColumn;
use crate::answer::SourceLine;
use crate::table::{Column, Condition, Kind};

/// A column as the page is told of it.
pub(super) fn told(column: &Column) -> TableColumn {
    let kind = match column.kind {
        Kind::Text => "text",
        Kind::Code => "code",
        Kind::Words => "words",
        Kind::Date => "date",
        Kind::Count => "count",
        Kind::Decimal => "decimal",
        Kind::Figure => "figure",
    };
    TableColumn {
        id: column.id.into(),
        label: column.head.clone(),
        kind,
        unit: column.unit.into(),
        facet: column.countable(),
        usual: column.usual,
    }
}

/// What the codes of a column mean.
pub(super) fn names(column: &Column) -> BTreeMap<String, Both> {
    column.values.iter().zip(&column.names).filter_map(|(v, n)| Some((v.clone(), n.clone()?))).filter(|(v, _)| !v.is_empty()).collect()
}

/// A column on its way out; one of numbers that also holds words goes as text.
pub(super) fn field(column: &Column, rows: &[Vec<Option<String>>], at: usize) -> Field {
    let numbers = || rows.iter().filter_map(|r| r[at].as_deref()).all(|t| atalaya_kernel::Decimal::parse(t).is_ok());
    let kind = match column.kind {
        Kind::Count if numbers() => FieldKind::Count,
        Kind::Decimal if numbers() => FieldKind::Decimal,
        Kind::Figure => FieldKind::Figure,
        _ => FieldKind::Text,
    };
    Field { id: column.id.into(), label: column.head.clone(), kind, unit: column.unit.into() }
}

pub(super) fn asked(conditions: &[Condition], find: Option<&str>) -> Both {
    let all: Vec<String> =
        conditions.iter().map(|c| c.to_string()).chain(find.filter(|f| !f.is_empty()).map(|f| format!("{f:?}"))).collect();
    if all.is_empty() {
        return Both::new("every row of the table", "todas las filas de la tabla");
    }
    let all = all.join(", ");
    both!("rows that meet: {all}", "filas que cumplen: {all}")
}

pub(super) fn note_of(line: SourceLine) -> SourceNote {
    SourceNote {
        id: line.id,
        title: line.title,
        producer: line.producer,
        licence: line.licence,
        vintages: line.vintages,
        cut_off: line.cut_off,
        prepared: line.prepared,
        simulated: line.simulated,
    }
}

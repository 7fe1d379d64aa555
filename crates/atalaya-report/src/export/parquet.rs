//! Parquet: texts as UTF-8, counts as 64-bit integers, decimals as `decimal(38, 9)`.
//!
//! The facts are key-value metadata: `atalaya` holds them all as JSON, `title`, `snapshot`,
//! `label` and `columns` can be read without parsing it.

use std::sync::Arc;

use ::parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use ::parquet::basic::Compression;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use arrow_array::{ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field as ArrowField, Schema};
use atalaya_kernel::{Both, Decimal, Lang, Problem, both};

use super::{Piece, cannot};
use crate::table::{Facts, FieldKind, Table};

/// Decimal digits in all; with nine behind the point they hold what the kernel's [`Decimal`] holds.
const PRECISION: u8 = 38;
/// Digits behind the point.
const SCALE: i8 = 9;

/// `NAME.parquet`.
pub(super) fn make(table: &Table, lang: Lang, name: &str) -> Result<Vec<Piece>, Problem> {
    let fields: Vec<ArrowField> = table.columns.iter().map(|f| ArrowField::new(&f.id, data_type(f.kind), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = (0..table.columns.len()).map(|at| array(table, at, name)).collect::<Result<Vec<ArrayRef>, Problem>>()?;
    let failed = |e: String| cannot(name, &e);
    let properties = WriterProperties::builder()
        .set_created_by(concat!("atalaya version ", env!("CARGO_PKG_VERSION")).into())
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(facts(table, lang, name)?))
        .build();
    // Readers that find an Arrow schema in the file look for facts there and miss those of the file.
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), schema.clone(), options).map_err(|e| failed(e.to_string()))?;
    let batch = RecordBatch::try_new(schema, arrays).map_err(|e| failed(e.to_string()))?;
    writer.write(&batch).map_err(|e| failed(e.to_string()))?;
    let bytes = writer.into_inner().map_err(|e| failed(e.to_string()))?;
    Ok(vec![Piece { name: name.into(), bytes }])
}

fn data_type(kind: FieldKind) -> DataType {
    match kind {
        FieldKind::Text | FieldKind::Date | FieldKind::Figure => DataType::Utf8,
        FieldKind::Count => DataType::Int64,
        FieldKind::Decimal => DataType::Decimal128(PRECISION, SCALE),
    }
}

fn array(table: &Table, at: usize, name: &str) -> Result<ArrayRef, Problem> {
    let cells = table.rows.iter().map(|row| row[at].as_deref());
    Ok(match table.columns[at].kind {
        FieldKind::Text | FieldKind::Date | FieldKind::Figure => Arc::new(StringArray::from_iter(cells)),
        FieldKind::Count => Arc::new(cells.map(|c| c.and_then(|c| c.parse::<i64>().ok())).collect::<Int64Array>()),
        FieldKind::Decimal => {
            let values = cells.enumerate().map(|(row, cell)| cell.map(|c| exact(c).ok_or_else(|| inexact(table, at, row, c))).transpose());
            let values = values.collect::<Result<Vec<Option<i128>>, Problem>>()?;
            let array = Decimal128Array::from(values).with_precision_and_scale(PRECISION, SCALE);
            Arc::new(array.map_err(|e| cannot(name, &e.to_string()))?)
        }
    })
}

/// Billionths of a plain decimal, if nine places hold it exactly.
fn exact(text: &str) -> Option<i128> {
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len());
    Decimal::parse(text).ok().filter(|_| places <= SCALE as usize).map(|d| d.0)
}

fn inexact(table: &Table, at: usize, row: usize, cell: &str) -> Problem {
    let place = format!("{} row {} column {}", table.id, row + 1, table.columns[at].id);
    let what = both!(
        "{cell} has more digits than Parquet's decimal(38, 9) holds",
        "{cell} tiene más cifras de las que caben en decimal(38, 9) de Parquet"
    );
    Problem::new("parquet-digits", place, what, Both::new("export to csv or json", "exporte a csv o json"))
}

fn facts(table: &Table, lang: Lang, name: &str) -> Result<Vec<KeyValue>, Problem> {
    let json = |value: serde_json::Result<String>| value.map_err(|e| cannot(name, &e.to_string()));
    let label = table.about.label.as_ref().map_or("", |l| l.tlp.as_str());
    Ok(vec![
        KeyValue::new("atalaya".into(), json(serde_json::to_string(&Facts::of(table)))?),
        KeyValue::new("columns".into(), json(serde_json::to_string(&table.columns))?),
        KeyValue::new("title".into(), table.title.in_lang(lang).to_string()),
        KeyValue::new("snapshot".into(), table.about.snapshot.clone()),
        KeyValue::new("label".into(), label.to_string()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_place_is_refused_and_never_rounded() {
        assert_eq!(exact("-0.000000001"), Some(-1));
        assert_eq!(exact("1.5000000000000"), Some(1_500_000_000));
        assert_eq!(exact("0.0000000001"), None);
        assert_eq!(exact("100000000000000000000000000000"), None);
    }
}

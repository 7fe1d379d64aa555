//! CSV (RFC 4180, UTF-8): a header of column ids, and `NAME.meta.json` beside it.
//!
//! An absent cell and an empty text are both an empty cell. Text cells are defused, see
//! [`crate::defuse()`]; numbers are checked to be plain numbers and stand as they are.

use atalaya_kernel::{Lang, Problem};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Piece, cannot, json_file, sibling};
use crate::defuse::defuse;
use crate::table::{Facts, Field, Table};

/// `NAME.csv` and `NAME.meta.json`.
pub(super) fn make(table: &Table, _: Lang, name: &str) -> Result<Vec<Piece>, Problem> {
    let bytes = data(table)?;
    let meta = Meta {
        facts: Facts::of(table),
        file: name,
        bytes: bytes.len(),
        hash: hash(&bytes),
        rows: table.rows.len(),
        columns: &table.columns,
        dialect: Dialect::OURS,
        encoding: "utf-8",
        missing_values: [""],
    };
    let meta = json_file(&sibling(name, "meta.json"), &meta)?;
    Ok(vec![Piece { name: name.into(), bytes }, meta])
}

/// The rows as CSV.
pub(super) fn data(table: &Table) -> Result<Vec<u8>, Problem> {
    let header = table.columns.iter().map(|f| f.id.clone()).collect();
    let rows = table.rows.iter().map(|row| row.iter().zip(&table.columns).map(|(cell, field)| written(cell.as_deref(), field)).collect());
    lines(std::iter::once(header).chain(rows))
}

fn written(cell: Option<&str>, field: &Field) -> String {
    match cell {
        None => String::new(),
        Some(number) if field.kind.is_number() => number.into(),
        Some(text) => defuse(text).into_owned(),
    }
}

/// Records as RFC 4180 has them: commas, quotes where needed, CRLF.
pub(super) fn lines(records: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, Problem> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    for record in records {
        writer.write_record(&record).map_err(|e| cannot("csv", &e.to_string()))?;
    }
    writer.into_inner().map_err(|e| cannot("csv", &e.to_string()))
}

/// `sha256:` and the hash in small hexadecimals.
pub(super) fn hash(bytes: &[u8]) -> String {
    format!("sha256:{}", sha256(bytes))
}

/// The hash in small hexadecimals.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// How the CSV is written, in the words of Data Package's Table Dialect, and how it is defused.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dialect {
    header: bool,
    delimiter: &'static str,
    line_terminator: &'static str,
    quote_char: &'static str,
    double_quote: bool,
    /// The mark to take away from the beginning of a text or figure cell.
    defused: char,
}

impl Dialect {
    /// The one dialect every CSV of ours has.
    pub(super) const OURS: Dialect =
        Dialect { header: true, delimiter: ",", line_terminator: "\r\n", quote_char: "\"", double_quote: true, defused: crate::DEFUSED };
}

#[derive(Serialize)]
struct Meta<'a> {
    #[serde(flatten)]
    facts: Facts<'a>,
    file: &'a str,
    bytes: usize,
    hash: String,
    rows: usize,
    columns: &'a [Field],
    dialect: Dialect,
    encoding: &'static str,
    #[serde(rename = "missingValues")]
    missing_values: [&'static str; 1],
}

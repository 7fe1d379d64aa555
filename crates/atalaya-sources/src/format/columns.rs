//! Tables read column by column as text: csv (and packed csv) and Parquet.

use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use atalaya_kernel::{Both, Problem, both};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::archive::{self, Member};
use super::csv::{CsvRows, sniff_delimiter};
use super::{MAX_CELL, MAX_COLUMNS, too_many_columns};
use super::{RawRow, Rows, cell_too_long, text};

/// Takes the rows of a table: the line or row, and a text for each column asked for.
pub type Take<'t> = dyn FnMut(u64, &[&str]) -> Result<(), Problem> + 't;

/// A table whose columns are known.
pub struct ColumnFile {
    place: String,
    columns: Vec<String>,
    of: Of,
}

enum Of {
    Csv { rows: Box<CsvRows> },
    Parquet { builder: Box<ParquetRecordBatchReaderBuilder<File>> },
}

impl ColumnFile {
    /// Opens a file by what it holds: Parquet by its first bytes, else delimited text.
    ///
    /// # Errors
    /// `io`, `parquet`, `no-header`, and those of the formats.
    pub fn open(path: &Path) -> Result<ColumnFile, Problem> {
        let place = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        if is_parquet(path)? {
            let file = File::open(path).map_err(|e| Problem::io(path.display().to_string(), &e))?;
            let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| broken(&place, &e.to_string()))?;
            let columns: Vec<String> = builder.schema().fields().iter().map(|f| f.name().trim().to_owned()).collect();
            if columns.len() > MAX_COLUMNS {
                return Err(too_many_columns(&place, columns.len()));
            }
            return Ok(ColumnFile { place, columns, of: Of::Parquet { builder: Box::new(builder.with_batch_size(8192)) } });
        }
        let members = archive::members(path, &place)?;
        let [member] = members.as_slice() else {
            let n = members.len();
            return Err(Problem::new(
                "several-tables",
                &place,
                both!("the archive holds {n} files", "el archivo comprimido contiene {n} archivos"),
                Both::new("give the one file to link", "indique el archivo que se vincula"),
            ));
        };
        csv(member, place)
    }

    /// The columns' names, without blanks around them.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Hands on the rows, each with the columns at these places; what is absent is empty, and
    /// blanks around a value are left out.
    ///
    /// # Errors
    /// `ragged-row`, `parquet`, `column-type`, those of the formats, and what `take` answers.
    pub fn read(self, pick: &[usize], take: &mut Take<'_>) -> Result<(), Problem> {
        match self.of {
            Of::Csv { mut rows } => {
                let mut row = RawRow::default();
                while rows.next(&mut row)? {
                    if row.is_blank() {
                        continue;
                    }
                    if row.cells.len() > self.columns.len() {
                        return Err(ragged(&self.place, row.line, row.cells.len(), self.columns.len()));
                    }
                    let cells: Vec<&str> = pick.iter().map(|at| row.cell(*at).trim()).collect();
                    take(row.line, &cells)?;
                }
                Ok(())
            }
            Of::Parquet { builder } => parquet(*builder, &self.place, pick, take),
        }
    }
}

fn csv(member: &Member, place: String) -> Result<ColumnFile, Problem> {
    let facts = text::inspect(member, None)?;
    let mut rows = CsvRows::open(member, &facts, sniff_delimiter(&facts.head))?;
    let mut head = RawRow::default();
    while rows.next(&mut head)? && head.is_blank() {}
    let columns: Vec<String> = (0..head.cells.len()).map(|at| head.cell(at).trim().to_owned()).collect();
    if columns.is_empty() {
        let todo = Both::new("the first line must name the columns", "la primera línea debe nombrar las columnas");
        return Err(Problem::new("no-header", place, Both::new("the file is empty", "el archivo está vacío"), todo));
    }
    Ok(ColumnFile { place, columns, of: Of::Csv { rows: Box::new(rows) } })
}

fn is_parquet(path: &Path) -> Result<bool, Problem> {
    use std::io::Read;
    let failed = |e: std::io::Error| Problem::io(path.display().to_string(), &e);
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Ok(false);
    }
    let mut magic = Vec::with_capacity(4);
    File::open(path).map_err(failed)?.take(4).read_to_end(&mut magic).map_err(failed)?;
    Ok(magic == b"PAR1")
}

fn parquet(builder: ParquetRecordBatchReaderBuilder<File>, place: &str, pick: &[usize], take: &mut Take<'_>) -> Result<(), Problem> {
    let mask = ProjectionMask::roots(builder.parquet_schema(), pick.iter().copied());
    let mut sorted = pick.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    // The reader hands on the columns in the file's order, each once.
    let places: Vec<usize> = pick.iter().map(|at| sorted.partition_point(|s| s < at)).collect();
    let reader = builder.with_projection(mask).build().map_err(|e| broken(place, &e.to_string()))?;
    let mut line = 0;
    for batch in reader {
        let batch = batch.map_err(|e| broken(place, &e.to_string()))?;
        let columns = (0..batch.num_columns()).map(|at| texts(&batch, at, place)).collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            line += 1;
            let cells: Vec<&str> = places.iter().map(|at| columns[*at].get(row)).collect();
            if let Some(long) = cells.iter().find(|c| c.len() > MAX_CELL) {
                return Err(cell_too_long(place, line, long.len()));
            }
            take(line, &cells)?;
        }
    }
    Ok(())
}

/// A column of a batch as texts.
enum Cells<'a> {
    Text(Vec<&'a str>),
    Made(Vec<String>),
}

impl Cells<'_> {
    fn get(&self, row: usize) -> &str {
        match self {
            Cells::Text(texts) => texts[row],
            Cells::Made(texts) => &texts[row],
        }
    }
}

fn texts<'a>(batch: &'a RecordBatch, at: usize, place: &str) -> Result<Cells<'a>, Problem> {
    let array = batch.column(at);
    Ok(match array.data_type() {
        DataType::Utf8 => Cells::Text(array.as_string::<i32>().iter().map(|t| t.unwrap_or_default().trim()).collect()),
        DataType::LargeUtf8 => Cells::Text(array.as_string::<i64>().iter().map(|t| t.unwrap_or_default().trim()).collect()),
        DataType::Utf8View => Cells::Text(array.as_string_view().iter().map(|t| t.unwrap_or_default().trim()).collect()),
        DataType::Boolean => Cells::Made(array.as_boolean().iter().map(|b| b.map_or_else(String::new, |b| b.to_string())).collect()),
        DataType::Int8 => numbers::<Int8Type>(array),
        DataType::Int16 => numbers::<Int16Type>(array),
        DataType::Int32 => numbers::<Int32Type>(array),
        DataType::Int64 => numbers::<Int64Type>(array),
        DataType::UInt8 => numbers::<UInt8Type>(array),
        DataType::UInt16 => numbers::<UInt16Type>(array),
        DataType::UInt32 => numbers::<UInt32Type>(array),
        DataType::UInt64 => numbers::<UInt64Type>(array),
        DataType::Float32 => numbers::<Float32Type>(array),
        DataType::Float64 => numbers::<Float64Type>(array),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>();
            Cells::Made(days.iter().map(|d| d.map_or_else(String::new, day)).collect())
        }
        DataType::Null => Cells::Made(vec![String::new(); array.len()]),
        other => {
            let name = batch.schema_ref().field(at).name().clone();
            return Err(Problem::new(
                "column-type",
                format!("{place} column {name}"),
                both!("values of type {other}", "valores de tipo {other}"),
                Both::new(
                    "write the column as text, number, date or true/false",
                    "escriba la columna como texto, número, fecha o verdadero/falso",
                ),
            ));
        }
    })
}

fn numbers<T: ArrowPrimitiveType>(array: &dyn Array) -> Cells<'static>
where
    T::Native: std::fmt::Display,
{
    Cells::Made(array.as_primitive::<T>().iter().map(|n| n.map_or_else(String::new, |n| n.to_string())).collect())
}

/// `2022-03-28` of days since 1 January 1970 (Hinnant 2013, days to civil).
fn day(days: i32) -> String {
    let days = i64::from(days) + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + i64::from(month <= 2))
}

fn broken(place: &str, error: &str) -> Problem {
    Problem::new(
        "parquet",
        place,
        both!("cannot be read as Parquet ({error})", "no se puede leer como Parquet ({error})"),
        Both::new("write it again, with Snappy or no compression", "escríbalo de nuevo, con Snappy o sin compresión"),
    )
}

fn ragged(place: &str, line: u64, cells: usize, columns: usize) -> Problem {
    Problem::new(
        "ragged-row",
        format!("{place} line {line}"),
        both!("{cells} cells under {columns} columns", "{cells} celdas bajo {columns} columnas"),
        Both::new("quote the cells that hold the separator", "ponga entre comillas las celdas que contienen el separador"),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Date32Array, Float64Array, StringArray};
    use parquet::arrow::ArrowWriter;

    use super::*;

    fn all(path: &Path, pick: &[usize]) -> Result<Vec<Vec<String>>, Problem> {
        let mut rows = Vec::new();
        ColumnFile::open(path)?.read(pick, &mut |_, cells| {
            rows.push(cells.iter().map(|c| (*c).to_string()).collect());
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn parquet_and_csv_of_one_table_read_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let batch = RecordBatch::try_from_iter([
            ("name", Arc::new(StringArray::from(vec![Some(" ana "), None])) as Arc<dyn Array>),
            ("day", Arc::new(Date32Array::from(vec![Some(19_079), Some(-1)]))),
            ("kg", Arc::new(Float64Array::from(vec![Some(36.36), None]))),
        ])
        .unwrap();
        let path = folder.path().join("t.parquet");
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let csv = folder.path().join("t.csv");
        std::fs::write(&csv, "name; day; kg\nana ;2022-03-28;36.36\n;1969-12-31;\n\n").unwrap();
        assert_eq!(ColumnFile::open(&csv).unwrap().columns(), ["name", "day", "kg"]);
        for pick in [vec![0, 1, 2], vec![2, 0], vec![1, 1]] {
            assert_eq!(all(&path, &pick).unwrap(), all(&csv, &pick).unwrap());
        }
        assert_eq!(all(&csv, &[0, 1, 2]).unwrap(), [["ana", "2022-03-28", "36.36"], ["", "1969-12-31", ""]]);
    }

    #[test]
    fn files_that_are_no_table_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            all(&path, &[0]).unwrap_err().id
        };
        assert_eq!(file("broken.parquet", b"PAR1 and then nothing"), "parquet");
        assert_eq!(file("ragged.csv", b"a,b\n1,2\n1,2,3\n"), "ragged-row");
        assert_eq!(file("empty.csv", b"\n"), "no-header");
        assert_eq!(all(&folder.path().join("none.csv"), &[0]).unwrap_err().id, "io");
    }
}

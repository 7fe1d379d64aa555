//! Each format says the same: cells, absences, facts.

use std::collections::BTreeMap;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int64Type};
use atalaya_kernel::{Decimal, Lang};
use atalaya_report::{FORMATS, Format, Table, export, render, restore};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::support::{attacks, folder, made, read_csv, records, row, series, text};

#[test]
fn the_same_table_gives_the_same_bytes_twice() {
    for table in [series(), records(), attacks()] {
        for format in FORMATS {
            assert_eq!(made(&table, format.format), made(&table, format.format), "{} {}", table.id, format.id);
        }
    }
}

/// Reads a CSV back as the cells of a table.
fn back(table: &Table) -> Vec<Vec<Option<String>>> {
    let rows = read_csv(&text(&made(table, Format::Csv), "out.csv"));
    let ids: Vec<&str> = table.columns.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(rows[0], ids);
    let cell = |(at, text): (usize, &String)| {
        let text = if table.columns[at].kind.is_number() { text } else { restore(text) };
        (!text.is_empty()).then(|| text.to_string())
    };
    rows[1..].iter().map(|r| r.iter().enumerate().map(cell).collect()).collect()
}

#[test]
fn csv_reads_back_as_it_was() {
    for table in [series(), records(), attacks()] {
        // An empty text and an absent one are both an empty cell.
        let wanted: Vec<Vec<Option<String>>> =
            table.rows.iter().map(|r| r.iter().map(|c| c.clone().filter(|c| !c.is_empty())).collect()).collect();
        assert_eq!(back(&table), wanted);
    }
}

#[test]
fn the_csv_is_what_rfc_4180_says() {
    let mut table = series();
    table.columns.truncate(2);
    table.rows = vec![row(&["2021", "a,\"b\"\r\nc"]), row(&["~", "~"])];
    assert_eq!(text(&made(&table, Format::Csv), "out.csv"), "year,area\r\n2021,\"a,\"\"b\"\"\r\nc\"\r\n,\r\n");
}

#[test]
fn the_kinds_of_absence_survive() {
    let kinds = ["not-known", "suppressed", "not-applicable"];
    let (value, missing) = (5, 8);
    let absent: Vec<String> = back(&series()).into_iter().filter(|r| r[value].is_none()).map(|r| r[missing].clone().unwrap()).collect();
    assert_eq!(absent, kinds);
    let document: serde_json::Value = serde_json::from_str(&text(&made(&series(), Format::Json), "out.json")).unwrap();
    let rows = document["rows"].as_array().unwrap();
    let absent: Vec<&str> = rows.iter().filter(|r| r["value"].is_null()).map(|r| r["missing"].as_str().unwrap()).collect();
    assert_eq!(absent, kinds);
    assert_eq!(rows[5]["value"], "0", "a reported zero is a value");
    assert_eq!(rows[6]["value"], "-12.5");
}

#[test]
fn json_has_exact_counts_and_decimals() {
    let json = text(&made(&records(), Format::Json), "out.json");
    assert!(json.contains("\"records\": 9007199254740993"), "{json}");
    assert!(json.contains("\"kg\": \"1234567890123.123456789\""));
}

#[test]
fn parquet_reads_back_with_its_facts() {
    let table = records();
    let folder = folder("parquet");
    let to = folder.join("out.parquet");
    export(&table, Format::Parquet, Lang::En, &to).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&to).unwrap()).unwrap();
    let facts: BTreeMap<String, Option<String>> =
        reader.metadata().file_metadata().key_value_metadata().unwrap().iter().map(|k| (k.key.clone(), k.value.clone())).collect();
    assert_eq!(facts["label"].as_deref(), Some("TLP:AMBER"));
    assert_eq!(facts["snapshot"].as_deref(), Some("snap-5f2c"));
    let about: serde_json::Value = serde_json::from_str(facts["atalaya"].as_deref().unwrap()).unwrap();
    assert_eq!(about["sources"][0]["cut_off"], "2022-12-31");
    let batch = reader.build().unwrap().next().unwrap().unwrap();
    let column = |id: &str| batch.column_by_name(id).unwrap();
    assert_eq!(column("records").as_primitive::<Int64Type>().value(2), 9_007_199_254_740_993);
    let kg = column("kg").as_primitive::<Decimal128Type>();
    assert_eq!(Decimal(kg.value(0)).to_string(), "1234567890123.123456789");
    assert!(kg.is_null(1));
    assert_eq!(column("unit").as_string::<i32>().value(1), "L");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_cell_that_is_not_of_its_kind_is_refused_in_every_format() {
    let mut table = records();
    for (column, bad) in [(3, "1.5"), (3, "=1"), (4, "1,5"), (4, "1e5"), (4, "-"), (4, "")] {
        table.rows[0][column] = Some(bad.into());
        for format in FORMATS {
            assert_eq!(render(&table, format.format, Lang::En, "out").unwrap_err().id, "table-cell", "{bad:?} {}", format.id);
        }
        table = records();
    }
    table.rows[0].pop();
    assert_eq!(render(&table, Format::Csv, Lang::En, "out").unwrap_err().id, "table-shape");
    table = records();
    table.columns[1].id = "=cmd".into();
    assert_eq!(render(&table, Format::Csv, Lang::En, "out").unwrap_err().id, "table-name");
    table = records();
    table.id = "../up".into();
    assert_eq!(render(&table, Format::DataPackage, Lang::En, "out").unwrap_err().id, "table-name");
}

#[test]
fn a_value_parquet_would_round_is_refused() {
    let mut table = records();
    table.rows[0][4] = Some("0.1234567891".into());
    let problem = render(&table, Format::Parquet, Lang::En, "out").unwrap_err();
    assert_eq!((problem.id.as_str(), problem.place.as_str()), ("parquet-digits", "seizures row 1 column kg"));
}

#[test]
fn a_text_longer_than_a_cell_is_refused_and_not_cut() {
    let mut table = series();
    table.rows[0][10] = Some("x".repeat(32_768));
    assert_eq!(render(&table, Format::Xlsx, Lang::En, "out").unwrap_err().id, "xlsx-too-long");
}

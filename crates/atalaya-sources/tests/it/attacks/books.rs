//! Workbooks that harm whoever reads them trustingly.

use super::pack::workbook_of;
use super::{accepted, places, refused};

const SHEET: &str = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";

fn sheet(cells: &str) -> String {
    format!("{SHEET}{cells}</sheetData></worksheet>")
}

#[test]
fn the_tricks_of_xml_inside_a_workbook() {
    let text = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>"#;
    let laughs = format!("<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY e \"ha\">]>{}", sheet(text));
    let problem = refused("billion_laughs.xlsx", &workbook_of(&laughs, None), "xml-doctype");
    assert!(problem.place.ends_with("sheet1.xml"), "{problem:?}");
    let outside = format!("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>{}", sheet(text));
    refused("xxe.xlsx", &workbook_of(&outside, None), "xml-doctype");
    refused("deep.xlsx", &workbook_of(&format!("{SHEET}{}", "<a>".repeat(200_000)), None), "xml-deep");
}

#[test]
fn workbooks_made_to_exhaust_who_reads_them() {
    let cell = |r: &str| sheet(&format!("<row r=\"1\"><c r=\"{r}\"><v>1</v></c></row>"));
    refused("far.xlsx", &workbook_of(&cell("ZZZZZZZZZZ99999999999"), None), "sheet-broken");
    let corners = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    refused("corners.xlsx", &workbook_of(&sheet(corners), None), "too-many-columns");
    let counted = "<sst count=\"4294967295\" uniqueCount=\"4294967295\"></sst>";
    refused(
        "counted.xlsx",
        &workbook_of(&sheet("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>99999999</v></c></row>"), Some(counted)),
        "sheet-broken",
    );
    let bomb = format!("<sst><si><t>{}</t></si></sst>", "A".repeat(64 << 20));
    refused("strings.xlsx", &workbook_of(&cell("A1"), Some(&bomb)), "archive-bomb");
    // One text of a megabyte under two thousand cells.
    let rows: String = (1..2_000).map(|i| format!("<row r=\"{i}\"><c r=\"A{i}\" t=\"s\"><v>0</v></c></row>")).collect();
    let noise: String = (0..(1u32 << 20)).map(|i| char::from(b'!' + (i.wrapping_mul(2_654_435_761) >> 25) as u8 % 26 + 32)).collect();
    refused("shared.xlsx", &workbook_of(&sheet(&rows), Some(&format!("<sst><si><t>{noise}</t></si></sst>"))), "file-too-large");
    let table: String = (1..20_000).map(|i| format!("<row r=\"{i}\"><c r=\"A{i}\"><v>1</v></c></row>")).collect();
    let wide = format!("{table}<row r=\"20000\"><c r=\"EZZ20000\"><v>1</v></c></row>");
    refused("sparse.xlsx", &workbook_of(&sheet(&wide), None), "table-too-large");
}

#[test]
fn a_cell_a_million_rows_down_is_a_row_not_a_million() {
    let rows = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>place</t></is></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>x</t></is></c></row><row r="1048576"><c r="A1048576" t="inlineStr"><is><t>y</t></is></c></row>"#;
    let taken = accepted("down.xlsx", &workbook_of(&sheet(rows), None));
    assert_eq!(places(&taken), ["x", "y"]);
}

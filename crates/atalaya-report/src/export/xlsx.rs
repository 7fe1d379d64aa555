//! A workbook: the sheet `data`, and a sheet that says what it is.
//!
//! Texts are text cells and never formulas. A number is a number cell if its digits fit a
//! spreadsheet's fifteen, otherwise a text with every digit.

use atalaya_kernel::{Both, Lang, Problem, both};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Look, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{Piece, cannot};
use crate::said::{self, say};
use crate::table::Table;

/// Significant digits a spreadsheet keeps.
const DIGITS: usize = 15;
/// Rows of a sheet, its header among them.
const MAX_ROWS: usize = 1_048_576;
/// Columns of a sheet.
const MAX_COLUMNS: usize = 16_384;
/// Characters of a cell.
const MAX_CHARS: usize = 32_767;

/// `NAME.xlsx`.
pub(super) fn make(table: &Table, lang: Lang, name: &str) -> Result<Vec<Piece>, Problem> {
    too_large(table)?;
    let failed = |e: XlsxError| cannot(name, &e.to_string());
    let mut book = Workbook::new();
    // The same table gives the same bytes: a workbook carries the time it was made.
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    let properties = DocProperties::new().set_title(table.title.in_lang(lang)).set_author("Atalaya").set_creation_datetime(&made);
    book.set_properties(&properties);
    data(book.add_worksheet(), table, lang).map_err(failed)?;
    about(book.add_worksheet(), table, lang).map_err(failed)?;
    let bytes = book.save_to_buffer().map_err(failed)?;
    Ok(vec![Piece { name: name.into(), bytes }])
}

fn too_large(table: &Table) -> Result<(), Problem> {
    let todo = || Both::new("export to csv or parquet", "exporte a csv o parquet");
    let (rows, columns) = (table.rows.len(), table.columns.len());
    if rows >= MAX_ROWS || columns > MAX_COLUMNS {
        let what = both!("{rows} rows and {columns} columns do not fit a sheet", "{rows} filas y {columns} columnas no caben en una hoja");
        return Err(Problem::new("xlsx-too-large", &table.id, what, todo()));
    }
    for (row, cells) in table.rows.iter().enumerate() {
        if let Some(at) = cells.iter().position(|c| c.as_ref().is_some_and(|c| c.encode_utf16().count() > MAX_CHARS)) {
            let place = format!("{} row {} column {}", table.id, row + 1, table.columns[at].id);
            let what = Both::new("a text is longer than a cell can hold", "un texto es más largo de lo que admite una celda");
            return Err(Problem::new("xlsx-too-long", place, what, todo()));
        }
    }
    Ok(())
}

fn heading() -> Look {
    Look::new().set_bold().set_text_wrap().set_align(FormatAlign::Top)
}

fn data(sheet: &mut Worksheet, table: &Table, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_name("data")?;
    sheet.set_freeze_panes(1, 0)?;
    let (head, right) = (heading(), Look::new().set_align(FormatAlign::Right));
    for (at, field) in (0u16..).zip(&table.columns) {
        let label = field.label.in_lang(lang);
        let title = if field.unit.is_empty() || field.unit == label { label.to_string() } else { format!("{label} ({})", field.unit) };
        sheet.write_string_with_format(0, at, &title, &head)?;
        let cells = table.rows.iter().filter_map(|r| r[usize::from(at)].as_ref()).map(|c| c.chars().count());
        let wide = cells.chain([field.id.len(), title.chars().count().min(24)]).max().unwrap_or(0);
        sheet.set_column_width(at, (wide + 2).clamp(8, 48) as f64)?;
    }
    for (row, cells) in (1u32..).zip(&table.rows) {
        for ((at, field), cell) in (0u16..).zip(&table.columns).zip(cells) {
            let Some(text) = cell else { continue };
            match number(text).filter(|_| field.kind.is_number()) {
                Some(number) => sheet.write_number(row, at, number)?,
                None if field.kind.is_number() => sheet.write_string_with_format(row, at, text, &right)?,
                None => sheet.write_string(row, at, text)?,
            };
        }
    }
    Ok(())
}

/// A plain number that a spreadsheet shows with every digit it has.
pub(crate) fn number(text: &str) -> Option<f64> {
    let digits: String = text.bytes().filter(u8::is_ascii_digit).map(char::from).collect();
    let whole = digits.trim_start_matches('0');
    let significant = if text.contains('.') { whole.trim_end_matches('0') } else { whole };
    if significant.len() > DIGITS { None } else { text.parse().ok() }
}

/// Lines of the second sheet; the first cell of a line is bold.
fn about(sheet: &mut Worksheet, table: &Table, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_name(say(lang, "about", "acerca de"))?;
    sheet.set_column_width(0, 22)?;
    sheet.set_column_width(1, 40)?;
    sheet.set_column_width(2, 60)?;
    let head = heading();
    for (row, line) in (0u32..).zip(lines(table, lang)) {
        for (at, cell) in (0u16..).zip(&line) {
            if at == 0 {
                sheet.write_string_with_format(row, at, cell, &head)?
            } else {
                sheet.write_string(row, at, cell)?
            };
        }
    }
    Ok(())
}

fn lines(table: &Table, lang: Lang) -> Vec<Vec<String>> {
    let about = &table.about;
    let mut lines: Vec<Vec<String>> = vec![
        vec![say(lang, "Title", "Título").into(), table.title.in_lang(lang).into()],
        vec![say(lang, "Snapshot", "Instantánea").into(), about.snapshot.clone()],
    ];
    lines.extend(said::label(about.label.as_ref(), lang).into_iter().map(|(key, text)| vec![key.into(), text]));
    lines.extend(about.notes.iter().map(|n| vec![say(lang, "Note", "Nota").into(), n.in_lang(lang).into()]));
    for source in &about.sources {
        lines.push(Vec::new());
        lines.push(vec![say(lang, "Source", "Fuente").into(), source.id.clone(), said::source(source, lang)]);
        let day = |day: &Option<String>| day.clone().unwrap_or_else(|| say(lang, "not stated", "no indicada").into());
        for (key, text) in [
            (say(lang, "Licence", "Licencia"), source.licence.clone()),
            (say(lang, "Cut-off date", "Fecha de corte"), day(&source.cut_off)),
            (say(lang, "Preparation date", "Fecha de elaboración"), day(&source.prepared)),
        ] {
            lines.push(vec![key.into(), text]);
        }
    }
    lines.push(Vec::new());
    for field in &table.columns {
        let label = field.label.in_lang(lang);
        let label = if field.unit.is_empty() { label.to_string() } else { format!("{label} ({})", field.unit) };
        lines.push(vec![say(lang, "Column", "Columna").into(), field.id.clone(), label]);
    }
    lines.push(Vec::new());
    for (column, codes) in &about.codes {
        for (code, label) in codes {
            lines.push(vec![format!("{}: {column}", say(lang, "Code", "Código")), code.clone(), label.in_lang(lang).into()]);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_more_than_fifteen_digits_stays_text() {
        assert_eq!(number("-5"), Some(-5.0));
        assert_eq!(number("0.000000001"), Some(0.000_000_001));
        assert_eq!(number("123456789012345"), Some(123_456_789_012_345.0));
        assert_eq!(number("123456.500000000"), Some(123_456.5));
        assert_eq!(number("1234567890123456"), None);
        assert_eq!(number("1234567.123456789"), None);
    }
}

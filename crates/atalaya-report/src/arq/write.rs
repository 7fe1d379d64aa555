//! The workbook's bytes: the same tables give the same bytes.

use atalaya_kernel::{Lang, Problem};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format as Look, FormatAlign, FormatBorder, Formula,
    Workbook, Worksheet, XlsxError,
};

use super::columns::{Column, Holds};
use super::lists::{List, Lists, STATUS};
use super::{ABSENT, Book, Cell, FIRST_ROW, Line, Sheet, about, place};
use crate::export::{cannot, number};
use crate::said::say;

/// Blank rows below the last in which the drop-downs still work.
const ROOM: u32 = 200;

/// The workbook of national tables.
///
/// # Errors
/// `export-failed` for what a workbook cannot hold.
pub fn workbook(book: &Book, lang: Lang) -> Result<Vec<u8>, Problem> {
    build(book, lang).map_err(|e| cannot("xlsx", &e.to_string()))
}

fn build(book: &Book, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut out = Workbook::new();
    // The same tables give the same bytes: a workbook carries the time it was made.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let title = format!("{}, {}", book.area.in_lang(lang), book.year);
    out.set_properties(&DocProperties::new().set_title(&title).set_author("Atalaya").set_creation_datetime(&made));
    let lists = Lists::new(lang);
    about_sheet(out.add_worksheet(), book, lang)?;
    for sheet in &book.sheets {
        module_sheet(out.add_worksheet(), book, sheet, &lists, lang)?;
    }
    changes_sheet(out.add_worksheet(), book, lang)?;
    figures_sheet(out.add_worksheet(), book, lang)?;
    lists.write(out.add_worksheet())?;
    out.save_to_buffer()
}

fn bold() -> Look {
    Look::new().set_bold().set_align(FormatAlign::Top)
}

fn heading() -> Look {
    Look::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(Color::RGB(0x1F_3A_4D))
        .set_font_color(Color::White)
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0x1F_3A_4D))
}

fn plain() -> Look {
    Look::new().set_align(FormatAlign::Top).set_text_wrap().set_border(FormatBorder::Thin).set_border_color(Color::RGB(0xD5_DC_E0))
}

/// A pale cell: here people write.
fn to_fill() -> Look {
    plain().set_background_color(Color::RGB(0xFF_F8_E1))
}

fn label(book: &Book) -> &'static str {
    book.about.label.as_ref().map_or("", |l| l.tlp.as_str())
}

fn print_setup(sheet: &mut Worksheet, book: &Book) {
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    // An ampersand begins a field of the footer; labels and ids have none.
    sheet.set_footer(format!("&L{}&R&P / &N", label(book)));
}

fn about_sheet(sheet: &mut Worksheet, book: &Book, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_name(say(lang, "about", "acerca de"))?;
    sheet.set_column_width(0, 24)?.set_column_width(1, 110)?;
    let title = Look::new().set_bold().set_font_size(15);
    sheet.write_string_with_format(0, 0, say(lang, "National tables", "Cuadros nacionales"), &title)?;
    let text = Look::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, (key, said)) in (2u32..).zip(about::lines(book, lang)) {
        if !key.is_empty() {
            sheet.write_string_with_format(row, 0, &key, &bold())?;
        }
        if !said.is_empty() {
            sheet.write_string_with_format(row, 1, &said, &text)?;
            let lines = said.chars().count().div_ceil(112).max(1);
            sheet.set_row_height(row, 15.5 * lines as f64)?;
        }
    }
    print_setup(sheet, book);
    Ok(())
}

fn module_sheet(sheet: &mut Worksheet, book: &Book, module: &Sheet, lists: &Lists, lang: Lang) -> Result<(), XlsxError> {
    let table = module.module;
    sheet.set_name(table.id)?;
    let title = format!("{} · {} · {} · {} · {}", table.id, say(lang, table.en, table.es), book.area.in_lang(lang), book.year, label(book));
    sheet.write_string_with_format(0, 1, title.trim_end_matches([' ', '·']), &Look::new().set_bold().set_font_size(13))?;
    sheet.set_row_height(0, 24)?.set_row_height(1, 48)?;
    for (at, column) in (0u16..).zip(table.columns) {
        sheet.write_string_with_format(1, at, say(lang, column.en, column.es), &heading())?;
        sheet.write_string(2, at, column.id)?;
        sheet.set_column_width(at, f64::from(column.width))?;
        // In English the definition needs no translation.
        if column.holds == Holds::Hidden || column.id == "arq:in-spanish" && lang == Lang::En {
            sheet.set_column_hidden(at)?;
        }
        validate(sheet, at, column, module, lists, lang)?;
    }
    sheet.set_row_hidden(2)?;
    sheet.set_freeze_panes(FIRST_ROW, 3)?;
    for (row, line) in (FIRST_ROW..).zip(&module.lines) {
        for (at, column) in (0u16..).zip(table.columns) {
            let rival = line.rival && column.id == "arq:chosen";
            write(sheet, (row, at), line.cells.get(column.id).unwrap_or(&Cell::Blank), column, rival, lang)?;
        }
        // Programs do not all make a row as high as its wrapped text.
        let high = table.columns.iter().map(|column| lines_in(line, column, lang)).max().unwrap_or(1);
        sheet.set_row_height(row, 15.0 * high as f64)?;
    }
    print_setup(sheet, book);
    sheet.set_repeat_rows(0, 1)?;
    Ok(())
}

/// The lines that a cell's text takes in its column.
fn lines_in(line: &Line, column: &Column, lang: Lang) -> usize {
    let text = match line.cells.get(column.id) {
        Some(Cell::Text(text)) => text.as_str(),
        Some(Cell::Named(name)) => name.in_lang(lang),
        _ => return 1,
    };
    let shown = column.holds != Holds::Hidden && !(column.id == "arq:in-spanish" && lang == Lang::En);
    if shown { text.chars().count().div_ceil(usize::from(column.width).max(1)) } else { 1 }
}

/// The form of a number with as many decimals as its text has.
fn decimals(text: &str) -> String {
    let after = text.split_once('.').map_or(0, |(_, after)| after.len());
    if after == 0 { "#,##0".into() } else { format!("#,##0.{}", "0".repeat(after.min(15))) }
}

fn look(column: &Column, rival: bool) -> Look {
    match column.holds {
        Holds::Value | Holds::Bound => to_fill(),
        _ if rival => plain().set_background_color(Color::RGB(0xFB_E3_D6)).set_align(FormatAlign::Center),
        _ if column.id == "arq:remark" => to_fill(),
        _ => plain(),
    }
}

fn write(sheet: &mut Worksheet, (row, at): (u32, u16), cell: &Cell, column: &Column, rival: bool, lang: Lang) -> Result<(), XlsxError> {
    let look = look(column, rival);
    let right = || look.clone().set_align(FormatAlign::Right);
    match cell {
        Cell::Blank => sheet.write_blank(row, at, &look)?,
        Cell::Number(text) => match number(text) {
            // As many decimals as were published.
            Some(n) => sheet.write_number_with_format(row, at, n, &look.set_num_format(decimals(text)))?,
            None => sheet.write_string_with_format(row, at, text, &right())?,
        },
        Cell::Absent(kind) => {
            let word = ABSENT.iter().find(|(k, ..)| k == kind).map_or("--", |(_, en, es)| say(lang, en, es));
            sheet.write_string_with_format(row, at, word, &right().set_italic())?
        }
        Cell::Text(text) if column.holds == Holds::Status => {
            let word = STATUS.iter().find(|(code, ..)| code == text).map_or(text.as_str(), |(_, en, es)| say(lang, en, es));
            sheet.write_string_with_format(row, at, word, &look)?
        }
        Cell::Text(text) => sheet.write_string_with_format(row, at, text, &look)?,
        Cell::Named(name) => sheet.write_string_with_format(row, at, name.in_lang(lang), &look)?,
    };
    Ok(())
}

/// The drop-downs and limits of a column.
fn validate(sheet: &mut Worksheet, at: u16, column: &Column, module: &Sheet, lists: &Lists, lang: Lang) -> Result<(), XlsxError> {
    let last = FIRST_ROW + module.lines.len() as u32 + ROOM;
    let list = |list: List| DataValidation::new().allow_list_formula(Formula::new(format!("={}", lists.range(list))));
    let rule = match column.holds {
        Holds::Drug => list(List::Drugs).set_error_style(DataValidationErrorStyle::Warning),
        Holds::Unit => list(List::Units).set_error_style(DataValidationErrorStyle::Warning),
        Holds::Status => list(List::Status),
        Holds::Value | Holds::Bound => {
            let cell = place(module.module, 0, column.id);
            let absent = lists.range(List::Absent);
            DataValidation::new()
                .allow_custom(Formula::new(format!("=OR(AND(ISNUMBER({cell}),{cell}>=0),COUNTIF({absent},{cell})>0)")))
                .set_error_title(say(lang, "Not a value", "No es un valor"))?
                .set_error_message(say(
                    lang,
                    "Write a number that is not negative, or: --, not known, suppressed, not applicable. Blank says nothing.",
                    "Escriba un número no negativo, o: --, no se conoce, reservado, no aplica. Vacío no dice nada.",
                ))?
        }
        Holds::Hidden | Holds::Text => return Ok(()),
    };
    sheet.add_data_validation(FIRST_ROW, at, last, at, &rule)?;
    Ok(())
}

fn head(sheet: &mut Worksheet, columns: &[(&'static str, &'static str, u8)], lang: Lang) -> Result<(), XlsxError> {
    for (at, (en, es, width)) in (0u16..).zip(columns) {
        sheet.write_string_with_format(0, at, say(lang, en, es), &heading())?;
        sheet.set_column_width(at, f64::from(*width))?;
    }
    sheet.set_row_height(0, 30)?;
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// What each column of the sheet of changes and of figures is written as.
const TEXT: Column = Column { id: "", holds: Holds::Text, en: "", es: "", width: 0 };

fn changes_sheet(sheet: &mut Worksheet, book: &Book, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_name(say(lang, "changes", "cambios"))?;
    head(
        sheet,
        &[
            ("Sheet", "Hoja", 8),
            ("Cell", "Celda", 8),
            ("What", "Qué", 28),
            ("Drug", "Droga", 28),
            ("Period", "Período", 10),
            ("Before", "Antes", 14),
            ("Now", "Ahora", 14),
            ("Change in %", "Cambio en %", 10),
            ("Since", "Desde", 34),
            ("Source", "Fuente", 20),
            ("Definition", "Definición", 44),
        ],
        lang,
    )?;
    if book.changes.is_empty() {
        let threshold = book.threshold;
        let none = atalaya_kernel::both!(
            "no cell changed by {threshold} % or more, or there is nothing before to compare with",
            "ninguna celda cambió {threshold} % o más, o no hay nada anterior con qué comparar"
        );
        sheet.write_string(1, 0, none.in_lang(lang))?;
    }
    for (row, change) in (1u32..).zip(&book.changes) {
        let module = book.sheets.iter().find(|s| s.module.id == change.module).map(|s| s.module);
        let at = module.zip(change.at).map(|(m, (line, column))| place(m, line, column)).unwrap_or_default();
        let text = |t: &str| Cell::Text(t.to_string());
        let percent = change.percent.clone().map_or(Cell::Blank, |p| Cell::Number(p.trim_start_matches('+').into()));
        let cells = [
            text(change.module),
            text(&at),
            Cell::Named(change.what.clone()),
            Cell::Named(change.drug.clone()),
            text(&change.period),
            change.before.clone(),
            change.now.clone(),
            percent,
            Cell::Named(change.since.clone()),
            text(&change.source),
            text(&change.definition),
        ];
        for (at, cell) in (0u16..).zip(&cells) {
            write(sheet, (row, at), cell, &TEXT, false, lang)?;
        }
    }
    print_setup(sheet, book);
    Ok(())
}

fn figures_sheet(sheet: &mut Worksheet, book: &Book, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_name(say(lang, "figures", "cifras"))?;
    head(
        sheet,
        &[
            ("Sheet", "Hoja", 8),
            ("Cell", "Celda", 8),
            ("Figure: atalaya verify FIGURE", "Cifra: atalaya verify CIFRA", 30),
            ("Basis", "Base", 26),
            ("Vintage", "Edición", 24),
            ("Note", "Nota", 60),
        ],
        lang,
    )?;
    let mut row = 1;
    for module in &book.sheets {
        for (line, of) in module.lines.iter().enumerate() {
            for note in &of.figures {
                let cells = [
                    Cell::Text(module.module.id.into()),
                    Cell::Text(place(module.module, line, note.column)),
                    Cell::Text(note.figure.clone()),
                    Cell::Named(note.basis.clone()),
                    Cell::Text(note.vintage.clone()),
                    Cell::Named(note.note.clone()),
                ];
                for (at, cell) in (0u16..).zip(&cells) {
                    write(sheet, (row, at), cell, &TEXT, false, lang)?;
                }
                row += 1;
            }
        }
    }
    print_setup(sheet, book);
    Ok(())
}

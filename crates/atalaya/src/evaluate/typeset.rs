//! A table as Markdown and as LaTeX: what goes into a report or a paper as it stands.

use atalaya_kernel::Lang;
use atalaya_report::chart::number;
use atalaya_report::{FieldKind, Table};

/// A cell as a reader of the language writes it.
fn cell(table: &Table, row: &[Option<String>], column: usize, lang: Lang) -> String {
    let Some(text) = row.get(column).and_then(Option::as_deref) else { return String::new() };
    match (table.columns[column].kind, text.parse::<f64>()) {
        (FieldKind::Decimal, Ok(value)) => number::estimate(value, lang),
        _ => text.replace(['\n', '\r'], " "),
    }
}

/// The table in Markdown, its title above it.
pub(crate) fn markdown(table: &Table, lang: Lang) -> String {
    let safe = |text: &str| text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;");
    let mut out = format!("**{}**\n\n|", safe(table.title.in_lang(lang)));
    for column in &table.columns {
        out += &format!(" {} |", safe(column.label.in_lang(lang)));
    }
    out += "\n|";
    for column in &table.columns {
        out += if column.kind.is_number() { " ---: |" } else { " --- |" };
    }
    out.push('\n');
    for row in &table.rows {
        out.push('|');
        for at in 0..table.columns.len() {
            out += &format!(" {} |", safe(&cell(table, row, at, lang)));
        }
        out.push('\n');
    }
    out
}

/// The table in LaTeX, for `booktabs`.
pub(crate) fn latex(table: &Table, lang: Lang) -> String {
    let align: String = table.columns.iter().map(|c| if c.kind.is_number() { 'r' } else { 'l' }).collect();
    let line = |cells: Vec<String>| format!("    {} \\\\\n", cells.join(" & "));
    let mut out = format!(
        "\\begin{{table}}\n  \\centering\n  \\caption{{{}}}\n  \\begin{{tabular}}{{{align}}}\n    \\toprule\n",
        tex(table.title.in_lang(lang))
    );
    out += &line(table.columns.iter().map(|c| tex(c.label.in_lang(lang))).collect());
    out += "    \\midrule\n";
    for row in &table.rows {
        out += &line((0..table.columns.len()).map(|at| tex(&cell(table, row, at, lang))).collect());
    }
    out + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n"
}

/// Text in which TeX sees nothing but text.
fn tex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out += "\\textbackslash{}",
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '~' => out += "\\textasciitilde{}",
            '^' => out += "\\textasciicircum{}",
            '−' => out += "$-$",
            '\u{202f}' => out += "\\,",
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use atalaya_kernel::Both;
    use atalaya_report::{About, Field};

    fn table() -> Table {
        let field = |id: &str, kind| Field { id: id.into(), label: Both::same(id), kind, unit: String::new() };
        Table {
            id: "t".into(),
            title: Both::new("100 % of it", "100 % de ello"),
            columns: vec![field("name", FieldKind::Text), field("value", FieldKind::Decimal)],
            rows: vec![vec![Some("a | b_{c}\\input{x}".into()), Some("-0.08123".into())], vec![Some("d".into()), None]],
            about: About::default(),
        }
    }

    #[test]
    fn a_name_cannot_break_out_of_its_cell() {
        let said = markdown(&table(), Lang::Es);
        assert!(said.contains("| a \\| b_{c}\\\\input{x} | −0,0812 |") && said.contains("| d |  |"), "{said}");
        let said = latex(&table(), Lang::En);
        assert!(said.contains("a | b\\_\\{c\\}\\textbackslash{}input\\{x\\} & $-$0.0812 \\\\"), "{said}");
        assert!(said.contains("\\caption{100 \\% of it}") && said.contains("{lr}"), "{said}");
    }
}

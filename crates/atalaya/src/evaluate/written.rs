//! An answer as a file: a workbook, a table for LaTeX or Markdown, CSV, JSON.

use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_report::{About, Field, FieldKind, Format, Table, export};

use super::fitted::set;
use super::{FitLine, Fitted};

/// Headings of the columns after the term.
const HEADS: [(&str, &str, &str); 6] = [
    ("estimate", "estimate", "estimación"),
    ("se", "std. error", "error est."),
    ("low", "low", "desde"),
    ("high", "high", "hasta"),
    ("p", "p", "p"),
    ("weight", "weight", "peso"),
];

fn numbers(line: &FitLine) -> [Option<f64>; 6] {
    let [low, high] = line.interval.map_or([None; 2], |i| i.map(Some));
    [line.estimate, line.se, low, high, line.p, line.weight].map(|v| v.filter(|v| v.is_finite()))
}

/// Writes an answer where `to` says, in the format its name ends with.
///
/// # Errors
/// `unknown-format`, `io`, and those of the formats.
pub fn write(fitted: &Fitted, to: &Path, lang: Lang) -> Result<Vec<PathBuf>, Problem> {
    let ending = to.extension().map_or(String::new(), |e| e.to_string_lossy().to_ascii_lowercase());
    let text = match ending.as_str() {
        "xlsx" => return export(&fitted.table(), Format::Xlsx, lang, to),
        "csv" => return export(&fitted.table(), Format::Csv, lang, to),
        "md" => fitted.markdown(lang),
        "tex" => fitted.latex(lang),
        "json" => serde_json::to_string_pretty(fitted).map(|t| t + "\n").map_err(|e| Problem::io(to.display().to_string(), &e.into()))?,
        _ => {
            return Err(Problem::new(
                "unknown-format",
                to.display().to_string(),
                Both::new("no table is written to a file of this name", "no se escribe una tabla en un archivo con este nombre"),
                Both::new("end it in .xlsx .tex .md .csv or .json", "termínelo en .xlsx .tex .md .csv o .json"),
            ));
        }
    };
    std::fs::write(to, text).map_err(|e| Problem::io(to.display().to_string(), &e))?;
    Ok(vec![to.to_owned()])
}

impl Fitted {
    /// One row an estimate, every digit.
    fn table(&self) -> Table {
        let field = |id: &str, en: &'static str, es: &'static str, kind| Field {
            id: id.into(),
            label: Both::new(en, es),
            kind,
            unit: String::new(),
        };
        let mut columns = vec![field("section", "section", "sección", FieldKind::Text), field("term", "term", "término", FieldKind::Text)];
        columns.extend(HEADS.map(|(id, en, es)| field(id, en, es, FieldKind::Decimal)));
        let row = |section: &str, line: &FitLine| {
            let mut cells = vec![Some(section.to_string()), Some(line.term.clone())];
            cells.extend(numbers(line).map(|v| v.map(|v| v.to_string())));
            cells
        };
        let rows = self.sections.iter().flat_map(|s| s.lines.iter().map(|l| row(&s.id, l))).collect();
        let said = |lang| self.facts(lang);
        let facts = said(Lang::En).into_iter().zip(said(Lang::Es)).map(|(en, es)| Both::new(en, es));
        let notes = facts.chain(self.notes.iter().cloned()).collect();
        let (outcome, name) = (&self.outcome, &self.name);
        let title = Both::new(format!("{}: {outcome}", name.en), format!("{}: {outcome}", name.es));
        Table { id: "evaluate-fit".into(), title, columns, rows, about: About { notes, ..About::default() } }
    }

    /// Which columns of numbers hold anything, in the order of [`HEADS`].
    fn held(&self) -> Vec<usize> {
        let holds = |k: &usize| self.sections.iter().flat_map(|s| &s.lines).any(|l| numbers(l)[*k].is_some());
        (0..HEADS.len()).filter(holds).collect()
    }

    /// Headings and cells of a section as texts.
    fn cells(&self, line: &FitLine, held: &[usize], lang: Lang) -> Vec<String> {
        let all = numbers(line);
        held.iter().map(|&k| all[k].map_or(String::new(), |v| set(v, if k == 4 { 4 } else { 5 }, lang))).collect()
    }

    /// What stands below a table.
    fn below(&self, lang: Lang) -> Vec<String> {
        let (level, rows) = (set(self.level, 0, lang), self.rows);
        let first = both!("Intervals of {level} %. {rows} rows.", "Intervalos del {level} %. {rows} filas.");
        std::iter::once(first.in_lang(lang).to_string())
            .chain(self.facts(lang))
            .chain(self.notes.iter().map(|n| n.in_lang(lang).to_string()))
            .collect()
    }

    /// Tables of Markdown.
    fn markdown(&self, lang: Lang) -> String {
        let safe = |t: &str| t.replace('|', "\\|");
        let held = self.held();
        let heads: Vec<&str> = held.iter().map(|&k| if lang == Lang::En { HEADS[k].1 } else { HEADS[k].2 }).collect();
        let mut out = format!("# {}: {}\n", self.name.in_lang(lang), self.outcome);
        for section in &self.sections {
            out += &format!("\n## {}\n\n| | {} |\n|---|{}\n", section.title.in_lang(lang), heads.join(" | "), "---:|".repeat(heads.len()));
            for line in &section.lines {
                out += &format!("| {} | {} |\n", safe(&line.term), self.cells(line, &held, lang).join(" | "));
            }
        }
        out.push('\n');
        self.below(lang).iter().for_each(|line| out += &format!("- {line}\n"));
        out
    }

    /// A table for LaTeX, with the rules of `booktabs`.
    fn latex(&self, lang: Lang) -> String {
        let held = self.held();
        let heads: Vec<String> = held.iter().map(|&k| escaped(if lang == Lang::En { HEADS[k].1 } else { HEADS[k].2 })).collect();
        let width = heads.len() + 1;
        let mut out = format!("% \\usepackage{{booktabs}}\n% {}: {}\n", self.name.in_lang(lang), self.outcome);
        out += &format!("\\begin{{tabular}}{{l{}}}\n\\toprule\n & {} \\\\\n", "r".repeat(heads.len()), heads.join(" & "));
        for section in &self.sections {
            out += &format!("\\midrule\n\\multicolumn{{{width}}}{{l}}{{\\emph{{{}}}}} \\\\\n", escaped(section.title.in_lang(lang)));
            for line in &section.lines {
                let cells = self.cells(line, &held, lang).iter().map(|c| c.replace('-', "$-$")).collect::<Vec<_>>();
                out += &format!("{} & {} \\\\\n", escaped(&line.term), cells.join(" & "));
            }
        }
        out += "\\bottomrule\n\\end{tabular}\n\n{\\footnotesize\n";
        self.below(lang).iter().for_each(|line| out += &format!("{}\\\\\n", escaped(line)));
        out + "}\n"
    }
}

/// A text with what LaTeX would take as commands made harmless.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out += "\\textbackslash{}",
            '~' => out += "\\textasciitilde{}",
            '^' => out += "\\textasciicircum{}",
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Section, finding};

    fn fitted() -> Fitted {
        let line = FitLine::of("a_b|c", -1.5).with(Some(0.25), Some([-2.0, -1.0]), Some(0.0123));
        Fitted {
            method: "did".into(),
            name: Both::new("Effects & more", "Efectos y más"),
            outcome: "kg_100%".into(),
            rows: 12,
            level: 95.0,
            effect: Some(line.clone()),
            size: finding::Size::default(),
            sections: vec![Section::new("all", "All", "Todo", vec![line, FitLine::of("b", 1e-9)])],
            certificate: Vec::new(),
            notes: vec![Both::new("mind this", "ojo con esto")],
            plots: finding::Plots::default(),
        }
    }

    #[test]
    fn each_ending_is_its_format_and_others_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.md", "a.tex", "a.csv", "a.json", "a.xlsx"] {
            let files = write(&fitted(), &folder.path().join(name), Lang::Es).unwrap();
            assert!(files.iter().all(|f| f.exists()) && std::fs::metadata(&files[0]).unwrap().len() > 50, "{name}");
        }
        assert_eq!(write(&fitted(), &folder.path().join("a.doc"), Lang::En).unwrap_err().id, "unknown-format");
        assert_eq!(write(&fitted(), Path::new("/nowhere/at/all.md"), Lang::En).unwrap_err().exit, atalaya_kernel::Exit::Io);
    }

    #[test]
    fn marks_of_a_language_are_made_harmless() {
        let (md, tex) = (fitted().markdown(Lang::Es), fitted().latex(Lang::En));
        assert!(md.contains("| a_b\\|c | -1,50000 | 0,25000 |") && md.contains("- ojo con esto"), "{md}");
        assert!(tex.contains("a\\_b|c & $-$1.50000") && tex.contains("\\toprule"), "{tex}");
        assert!(tex.lines().filter(|l| !l.starts_with('%')).all(|l| !l.contains("kg_")), "{tex}");
        assert_eq!(tex.matches("\\midrule").count(), 1);
    }

    #[test]
    fn a_workbook_holds_every_digit() {
        let table = fitted().table();
        assert_eq!(table.rows[1][2].as_deref(), Some("0.000000001"));
        assert_eq!(table.rows[0][4].as_deref(), Some("-2"));
    }
}

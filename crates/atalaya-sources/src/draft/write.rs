//! The plan as TOML that a person can read, correct and keep.

use std::fmt::Write;

use atalaya_kernel::both::shown;
use atalaya_kernel::{Both, both};

use super::plan::{LayoutPlan, Plan, list, quoted};
use super::{Choices, Doubt};
use crate::recipe::{Format, Kind};

/// The recipe's text, and every doubt in the order it stands there.
pub(super) fn write(plan: &Plan, file: &str, id: &str, said: &Choices) -> (String, Vec<Doubt>) {
    let mut page = Page { text: String::new(), doubts: Vec::new() };
    page.head(plan, file, id, said);
    for layout in &plan.layouts {
        page.layout(layout, plan.kind);
    }
    (page.text, page.doubts)
}

struct Page {
    text: String,
    doubts: Vec<Doubt>,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn comment(&mut self, mark: &str, words: &str) {
        let flat = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(self.text, "# {mark}{}", shown(&flat));
    }

    fn say(&mut self, doubts: &[Doubt]) {
        for doubt in doubts {
            self.comment("DOUBT: ", &format!("{}: {}; {}", doubt.place, doubt.found.en, doubt.todo.en));
            self.comment("DUDA: ", &format!("{}: {}; {}", doubt.place, doubt.found.es, doubt.todo.es));
            if !self.doubts.contains(doubt) {
                self.doubts.push(doubt.clone());
            }
        }
    }

    fn head(&mut self, plan: &Plan, file: &str, id: &str, said: &Choices) {
        self.comment("", &format!("Drafted from “{file}”. Look at every DOUBT, then delete its comment."));
        self.comment("", &format!("Borrador hecho a partir de «{file}». Revise cada DUDA y luego borre su comentario."));
        self.say(&plan.doubts);
        let stem = shown(said.title.as_deref().unwrap_or_else(|| file.rsplit_once('.').map_or(file, |(stem, _)| stem)));
        self.line(&format!("id = {}", quoted(id)));
        self.line(&format!("title = {{ en = {0}, es = {0} }}", quoted(&stem)));
        self.terms(id, said);
        self.line(&format!("kind = {}", quoted(plan.kind.as_str())));
        if said.tlp.is_none() {
            self.comment("", "The label of a draft is strict; widen it only with the producer's word.");
            self.comment("", "La etiqueta de un borrador es estricta; amplíela solo con la palabra de quien produce los datos.");
        }
        let tlp = quoted(said.tlp.as_deref().unwrap_or("TLP:AMBER"));
        self.line(&format!("label = {{ tlp = {tlp}, purpose = \"analysis\", rows = \"not-releasable\" }}"));
        if let Some((first, last)) = plan.years {
            self.years(first, last);
        }
        self.vintage(plan, file);
    }

    /// Who publishes it and on what terms.
    fn terms(&mut self, id: &str, said: &Choices) {
        let stated = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_string);
        let (producer, licence) = (stated(&said.producer), stated(&said.licence));
        let doubt = Doubt {
            place: format!("{id} › producer, licence"),
            found: Both::new(
                "the file does not say who publishes it and on what terms",
                "el archivo no dice quién lo publica ni en qué términos",
            ),
            todo: Both::new("fill in both: they stand under every figure", "complete ambos: figuran bajo cada cifra"),
        };
        if producer.is_none() || licence.is_none() {
            self.say(&[doubt]);
        }
        self.line(&format!("producer = {}", quoted(producer.as_deref().unwrap_or("not stated"))));
        self.line(&format!("licence = {}", quoted(licence.as_deref().unwrap_or("not stated"))));
    }

    fn years(&mut self, first: i32, last: i32) {
        let (from, to) = (first.max(1900), last.min(2100) + 10);
        if first < 1950 || last > 2050 {
            self.say(&[Doubt {
                place: "years".into(),
                found: both!(
                    "dates from {first} to {last}: some may be typing errors",
                    "fechas de {first} a {last}: algunas pueden ser errores de digitación"
                ),
                todo: Both::new("narrow `years`; rows outside are held", "reduzca `years`; las filas de fuera quedan retenidas"),
            }]);
        }
        self.line(&format!("years = [{from}, {to}]"));
    }

    fn vintage(&mut self, plan: &Plan, file: &str) {
        let dated = regex::Regex::new(r"20\d\d-\d\d-\d\d").is_ok_and(|r| r.is_match(file));
        if plan.vintage.is_none() && !dated {
            return;
        }
        self.line("\n[vintage]");
        match &plan.vintage {
            Some(column) => self.line(&format!("column = {}", quoted(column))),
            None => self.line("file_name = '(20\\d\\d-\\d\\d-\\d\\d)'"),
        }
    }

    fn layout(&mut self, layout: &LayoutPlan, kind: Kind) {
        self.line("\n[[layout]]");
        self.line(&format!("name = {}", quoted(&layout.name)));
        if let Some(delimiter) = layout.delimiter.filter(|_| layout.format == Format::Csv) {
            self.line(&format!("delimiter = {}", quoted(&delimiter.to_string())));
        }
        let parts: Vec<&String> = layout.parts.iter().filter(|p| !p.is_empty()).collect();
        if layout.name_parts && !parts.is_empty() {
            self.line(&format!("sheets = {}", list(&parts)));
        }
        for (key, texts) in [("header", &layout.header), ("notes_begin", &layout.notes_begin)] {
            if !texts.is_empty() {
                self.line(&format!("{key} = {}", list(texts)));
            }
        }
        if layout.footnotes {
            self.line("footnotes = true");
        }
        if let Some((pattern, century)) = &layout.unpivot {
            let century = century.map_or(String::new(), |[pivot, base]| format!(", century = [{pivot}, {base}]"));
            self.line(&format!("unpivot = {{ columns = {}{century} }}", quoted(pattern)));
        }
        self.fields(layout);
        if kind == Kind::Observations {
            for observe in &layout.observe {
                self.line("\n[[layout.observe]]");
                self.say(&observe.doubts);
                observe.keys.iter().for_each(|(key, value)| self.line(&format!("{key} = {value}")));
            }
        }
        if !layout.ignore.is_empty() {
            self.line("\n[layout.ignore]");
            for (column, why) in &layout.ignore {
                self.line(&format!("{} = {}", quoted(column), quoted(&format!("{} / {}", why.en, why.es))));
            }
        }
    }

    fn fields(&mut self, layout: &LayoutPlan) {
        self.line("\n[layout.fields]");
        for field in &layout.fields {
            self.say(&field.doubts);
            let keys: Vec<String> = field.keys.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            self.line(&format!("{} = {{ {} }}", field.name, keys.join(", ")));
        }
    }
}

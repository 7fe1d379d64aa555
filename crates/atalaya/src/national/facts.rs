//! The numbers of the modules, each as one fact: asked of the store like any other question.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Missing, Problem, both};
use atalaya_report::arq::Cell;
use atalaya_sources::{Recipe, is_arq};
use atalaya_store::Dim;
use serde_json::Value;

use crate::answer::{Answer, SourceLine};
use crate::query::{SEIZURES, answer_and_keep, answer_only};
use crate::verbs::Ask;
use crate::{Observatory, source::builtin_text};

/// A column of numbers, and the question that fills it.
pub(crate) struct Asked {
    /// The module.
    pub module: &'static str,
    /// The column of the value.
    pub column: &'static str,
    /// The columns of its bounds.
    pub bounds: Option<[&'static str; 2]>,
    /// The measure.
    pub measure: &'static str,
    /// The only unit the column holds; `None` if the row says it.
    pub unit: Option<&'static str>,
    /// The time it is broken down by: what may not be added over time keeps its months.
    by: Dim,
}

const BOUNDS: Option<[&str; 2]> = Some(["arq:low", "arq:high"]);

/// Every column of numbers. A module's first columns come first: others join their rows.
pub(crate) const ASKED: [Asked; 8] = [
    Asked { module: "A06", column: "arq:quantity", bounds: BOUNDS, measure: "seized-mass", unit: None, by: Dim::Year },
    Asked { module: "A06", column: "arq:cases", bounds: None, measure: "seizure-count", unit: Some("count"), by: Dim::Year },
    Asked { module: "A08", column: "arq:coca", bounds: BOUNDS, measure: "coca-area", unit: None, by: Dim::Year },
    Asked { module: "A08", column: "arq:poppy", bounds: BOUNDS, measure: "poppy-area", unit: None, by: Dim::Year },
    Asked { module: "A08", column: "arq:eradicated", bounds: BOUNDS, measure: "eradicated-area", unit: None, by: Dim::Year },
    Asked { module: "A08", column: "arq:production", bounds: BOUNDS, measure: "potential-production", unit: None, by: Dim::Year },
    Asked { module: "A09", column: "arq:price", bounds: BOUNDS, measure: "price", unit: None, by: Dim::Month },
    Asked {
        module: "A09",
        column: "arq:purity",
        bounds: Some(["arq:purity-low", "arq:purity-high"]),
        measure: "purity",
        unit: Some("percent"),
        by: Dim::Month,
    },
];

/// The definition of a sum of records.
const OF_RECORDS: &str = "reported records added up, not linked";
/// Whose value it is where a workbook does not say.
const OWN: &str = "own";

/// What makes a cell of a module: everything but its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub substance: String,
    pub period: String,
    pub breakdown: String,
    pub definition: String,
    /// The source the value came from first.
    pub source: String,
    pub column: &'static str,
    pub unit: String,
}

/// One number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub key: Key,
    /// The source that holds it: a workbook's own id where it was read from one.
    pub held_by: String,
    pub spanish: String,
    pub status: String,
    pub value: Cell,
    pub low: Cell,
    pub high: Cell,
    pub figure: String,
    pub basis: Both,
    pub vintage: String,
    pub note: Both,
}

/// Facts, and what stands beside them.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub facts: Vec<Fact>,
    pub sources: BTreeMap<String, SourceLine>,
    pub notes: Vec<Both>,
    pub snapshot: String,
    /// The answers they were taken from.
    pub asked: Vec<(Ask, Answer)>,
}

/// Which facts.
pub(crate) struct Scope<'a> {
    pub area: &'a str,
    pub year: &'a str,
    pub modules: &'a [&'static str],
    pub sources: &'a [String],
}

/// The facts of the modules: as the store stands now, their figures kept, or as it stood.
pub(crate) fn facts(observatory: &mut Observatory, scope: &Scope<'_>, as_of: Option<i64>) -> Result<Facts, Problem> {
    let mut out = Facts::default();
    if scope.sources.is_empty() {
        return Ok(out);
    }
    let mut words = Words::default();
    for asked in ASKED.iter().filter(|a| scope.modules.contains(&a.module)) {
        let (question, answer) = ask(observatory, scope, as_of, asked.measure, &[asked.by, Dim::Breakdown])?;
        for row in &answer.rows {
            let fact = of_row(observatory, &mut words, asked, &answer, row);
            match asked.unit.filter(|unit| *unit != fact.key.unit) {
                None => out.facts.push(fact),
                Some(wanted) => out.left_out(&fact, wanted),
            }
        }
        out.take_about(question, answer);
    }
    if scope.modules.contains(&"A06") {
        let (question, answer) = ask(observatory, scope, as_of, SEIZURES, &[Dim::Year, Dim::Substance, Dim::Source])?;
        out.facts.extend(answer.rows.iter().flat_map(|row| of_records(&mut words, observatory, row)));
        out.take_about(question, answer);
    }
    let used: BTreeSet<&String> = out.facts.iter().map(|f| &f.held_by).collect();
    out.sources.retain(|id, _| used.contains(id));
    Ok(out)
}

fn ask(observatory: &mut Observatory, scope: &Scope<'_>, as_of: Option<i64>, what: &str, by: &[Dim]) -> Result<(Ask, Answer), Problem> {
    let ask = Ask {
        what: what.into(),
        area: vec![scope.area.into()],
        source: scope.sources.to_vec(),
        from: Some(scope.year.into()),
        to: Some(scope.year.into()),
        by: by.iter().map(|d| d.name().to_string()).collect(),
        as_of,
        ..Ask::default()
    };
    let query = ask.query()?;
    let answer = if as_of.is_some() { answer_only(observatory, &query)? } else { answer_and_keep(observatory, &query)? };
    Ok((ask, answer))
}

impl Facts {
    fn take_about(&mut self, ask: Ask, answer: Answer) {
        self.snapshot.clone_from(&answer.snapshot);
        if answer.rows.is_empty() {
            return;
        }
        self.sources.extend(answer.sources.iter().map(|s| (s.id.clone(), s.clone())));
        self.notes.extend(answer.notes.iter().filter(|n| !n.en.starts_with("SIMULATED")).cloned());
        self.asked.push((ask, answer));
        let mut seen = BTreeSet::new();
        self.notes.retain(|n| seen.insert(n.clone()));
    }

    fn left_out(&mut self, fact: &Fact, wanted: &str) {
        let (source, unit) = (&fact.held_by, &fact.key.unit);
        self.notes.push(both!(
            "a value of {source} in the unit {unit} is not in these tables: its column holds {wanted} only",
            "un valor de {source} en la unidad {unit} no está en estos cuadros: su columna solo admite {wanted}"
        ));
    }
}

fn of_row(observatory: &Observatory, words: &mut Words, asked: &Asked, answer: &Answer, row: &BTreeMap<String, Value>) -> Fact {
    let text = |column: &str| Answer::text(row, column);
    let basis = answer.labels.get("basis").and_then(|l| l.get(&text("basis"))).cloned().unwrap_or_default();
    let held_by = text("source");
    let (source, mut definition) = origin(&held_by, &text("definition"));
    // What was added up here is another thing than what was published.
    if basis.en != "reported" && !basis.en.is_empty() {
        definition = [definition.as_str(), basis.en.as_str()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; ");
    }
    let number = |column: &str| match text(column) {
        t if t.is_empty() => Cell::Blank,
        t => Cell::Number(t),
    };
    let missing = Missing::from_code(&text("missing"));
    let period = [text("year"), text("month")].into_iter().find(|t| !t.is_empty()).unwrap_or_default();
    Fact {
        spanish: words.spanish(observatory, &source, &definition),
        key: Key {
            substance: text("substance"),
            period,
            breakdown: text("breakdown"),
            definition,
            source,
            column: asked.column,
            unit: text("unit"),
        },
        held_by,
        status: text("status"),
        value: missing.map_or_else(|| number("value"), Cell::Absent),
        low: if asked.bounds.is_some() { number("low") } else { Cell::Blank },
        high: if asked.bounds.is_some() { number("high") } else { Cell::Blank },
        figure: text("figure"),
        basis,
        vintage: text("vintage"),
        note: Both::default(),
    }
}

/// The two facts of a group of records: how many kilograms, in how many records.
fn of_records(words: &mut Words, observatory: &Observatory, row: &BTreeMap<String, Value>) -> [Fact; 2] {
    let text = |column: &str| Answer::text(row, column);
    let (records, without) = (text("records"), text("without_kg"));
    let source = text("source");
    let key = Key {
        substance: text("substance"),
        period: text("year"),
        breakdown: String::new(),
        definition: OF_RECORDS.into(),
        source: source.clone(),
        column: "arq:quantity",
        unit: "kg".into(),
    };
    let bound = |column: &str| if text(column) == text("kg") || text(column).is_empty() { Cell::Blank } else { Cell::Number(text(column)) };
    let note = if without == "0" {
        Both::default()
    } else {
        both!("{without} of {records} records have no mass that can be added", "{without} de {records} registros no tienen masa que sumar")
    };
    let quantity = Fact {
        spanish: words.spanish(observatory, &source, OF_RECORDS),
        held_by: source,
        status: "A".into(),
        value: if text("kg").is_empty() || records == without { Cell::Absent(Missing::NotKnown) } else { Cell::Number(text("kg")) },
        low: bound("kg_low"),
        high: bound("kg_high"),
        figure: text("figure"),
        basis: both!("sum of {records} records", "suma de {records} registros"),
        vintage: String::new(),
        note,
        key,
    };
    let cases = Fact {
        key: Key { column: "arq:cases", unit: "count".into(), ..quantity.key.clone() },
        value: Cell::Number(records.clone()),
        low: Cell::Blank,
        high: Cell::Blank,
        note: Both::new("records as reported; one event may be several", "registros como se informaron; un hecho puede ser varios"),
        ..quantity.clone()
    };
    [quantity, cases]
}

/// Where a value came from first, and its definition: a workbook read back says both in one.
fn origin(held_by: &str, definition: &str) -> (String, String) {
    let one_line = definition.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = if is_arq(held_by) { one_line.strip_prefix('[').and_then(|d| d.split_once(']')) } else { None };
    match said {
        Some((OWN, rest)) => (String::new(), rest.trim().into()),
        Some((source, rest)) => (source.into(), rest.trim().into()),
        None => (held_by.into(), one_line),
    }
}

/// The recipes whose words say definitions in Spanish.
#[derive(Default)]
struct Words {
    recipes: BTreeMap<String, Option<Recipe>>,
}

impl Words {
    fn spanish(&mut self, observatory: &Observatory, source: &str, definition: &str) -> String {
        let mut said = definition.to_string();
        for id in [source, "arq-workbook"].into_iter().filter(|id| !id.is_empty()) {
            let recipe = self.recipes.entry(id.into()).or_insert_with(|| {
                let builtin = || Recipe::parse(&builtin_text(id)?, id).ok();
                observatory.source(id).ok().map(|s| s.recipe).or_else(builtin)
            });
            if let Some(recipe) = recipe {
                said = recipe.in_both(&said).es;
            }
        }
        if said == definition { String::new() } else { said }
    }
}

/// What a column of numbers is called.
pub(crate) fn measure_of(column: &str) -> Both {
    let id = ASKED.iter().find(|a| a.column == column).map_or("", |a| a.measure);
    measures().get(id).map_or_else(Both::default, |m| m.both())
}

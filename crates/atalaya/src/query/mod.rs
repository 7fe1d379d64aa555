//! Questions to answers.

mod behind;
mod dims;
pub(crate) mod ghosts;
mod records;
mod series;
mod sieve;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use atalaya_kernel::measure::measures;
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, Exit, Label, Lang, Period, Problem, area, both, unit};
use atalaya_sources::recipe::Counts;
use atalaya_store::{Axis, Digester, Dim, Figure, Intake, ObservedCell, Query};
use serde_json::Value;

use crate::answer::{Answer, SourceLine};
use crate::events::Events;
use crate::observatory::{Eye, Observatory};

/// The word for counting reported seizures.
pub const SEIZURES: &str = "seizures";
/// The word for counting purchases.
pub const PURCHASES: &str = "purchases";

/// The kind of intake a question is about.
pub(crate) fn kind_of(what: &str) -> &'static str {
    match what {
        SEIZURES => "records",
        PURCHASES => "purchases",
        _ => "observations",
    }
}

pub use behind::Behind;
pub(crate) use behind::{after_a_number, again, behind, by_vintage, decisions_behind, figure_now, is_series, of_rows, title_of, unit_name};
pub(crate) use series::time;

/// Answers a question and keeps the figures in the store so that `verify` finds them.
///
/// # Errors
/// `unknown-*` for words no list knows, and those of the store.
pub(crate) fn answer_and_keep(observatory: &mut Observatory, query: &Query) -> Result<Answer, Problem> {
    understood_answer(observatory, query).map(|(answer, ..)| answer)
}

/// The same, with what it rests on: the question in its canonical form and the store as seen.
///
/// # Errors
/// Those of [`answer_and_keep`].
pub(crate) fn understood_answer(observatory: &mut Observatory, query: &Query) -> Result<(Answer, Query, Eye), Problem> {
    let query = understood(query)?;
    let eye = observatory.eye(query.as_of)?;
    let events = events_for(observatory, &eye, &query)?;
    let (mut answer, mut figures) = on_eye(observatory, &eye, &events, &query)?;
    figures.push(whole(&eye, &events, &query, &answer));
    match observatory.keep_figures(&figures) {
        // Somebody is collecting: the answer stands, only its ids are not looked up later.
        Err(problem) if problem.exit == Exit::Busy => answer.notes.push(Both::new(
            "another atalaya is writing, so these figures were not remembered: ask again before you cite one",
            "otro atalaya está escribiendo, así que estas cifras no se recordaron: pregunte de nuevo antes de citar una",
        )),
        kept => kept?,
    }
    Ok((answer, query, eye))
}

/// Answers a question and keeps nothing: for comparing with how the store stood.
///
/// # Errors
/// Those of [`answer_and_keep`].
pub(crate) fn answer_only(observatory: &mut Observatory, query: &Query) -> Result<Answer, Problem> {
    let query = understood(query)?;
    let eye = observatory.eye(query.as_of)?;
    let events = events_for(observatory, &eye, &query)?;
    Ok(on_eye(observatory, &eye, &events, &query)?.0)
}

/// A page of the records that fit a question.
pub(crate) struct Page {
    pub eye: Eye,
    pub total: usize,
    pub rows: Vec<usize>,
    /// Sources asked for whose rows may not leave.
    pub withheld: BTreeSet<String>,
}

/// A page of the records that fit a question, of those intakes whose single rows may be shown.
///
/// # Errors
/// `not-releasable` if none may, `unknown-*`, and those of the store.
pub(crate) fn record_rows(observatory: &Observatory, query: &Query, offset: usize, limit: usize) -> Result<Page, Problem> {
    let query = understood(query)?;
    let eye = observatory.eye(query.as_of)?;
    let kind = kind_of(&query.what);
    let asked = |i: &&Intake| i.kind == kind && (query.source.is_empty() || query.source.contains(&i.source));
    let (shown, kept): (Vec<&Intake>, Vec<&Intake>) =
        eye.intakes.iter().filter(asked).partition(|i| observatory.clearance().sees_rows(&i.label));
    let withheld: BTreeSet<String> = kept.iter().map(|i| i.source.clone()).collect();
    if shown.is_empty() && !kept.is_empty() {
        return Err(not_releasable(&withheld));
    }
    let mut filters = records::filters(&eye, &query)?;
    if let Some(column) = eye.cube.column("intake").filter(|_| !kept.is_empty()) {
        let open = |n: &u32| kept.iter().all(|i| i.id != i64::from(*n));
        filters.push(Axis { column, groups: eye.cube.numbers(column).iter().map(|n| open(n).then_some(0)).collect(), len: 1 });
    }
    let (total, rows) = eye.cube.rows(&filters, offset, limit);
    Ok(Page { eye, total, rows, withheld })
}

/// All records that fit a question, for what is made of them together: totals, networks.
///
/// # Errors
/// `unknown-*`, and those of the store.
pub(crate) fn rows_of(observatory: &Observatory, query: &Query) -> Result<(Eye, Vec<usize>), Problem> {
    let query = understood(query)?;
    let eye = observatory.eye(query.as_of)?;
    let (_, rows) = eye.cube.rows(&records::filters(&eye, &query)?, 0, usize::MAX);
    Ok((eye, rows))
}

/// The canonical code of an area that a person named.
///
/// # Errors
/// `unknown-area` and its kin.
pub(crate) fn area_named(text: &str, option: &str) -> Result<&'static str, Problem> {
    let register = area::areas();
    match register.get(text) {
        Some(area) => Ok(area.code),
        None => register.resolve(text, None, None).map(|r| r.area.code).map_err(|e| e.problem(option)),
    }
}

/// Single rows of these sources stay inside; totals of them do not.
fn not_releasable(sources: &BTreeSet<String>) -> Problem {
    let list = sources.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    Problem::new(
        "not-releasable",
        list,
        Both::new("single rows of these sources may not leave", "las filas individuales de estas fuentes no pueden salir"),
        Both::new("ask for totals, or ask the producer", "pida totales, o consulte a quien produce los datos"),
    )
    .exits(Exit::Refused)
}

/// What a code of a record's field is called.
pub(crate) fn label_of(field: &str, code: &str) -> Option<Both> {
    Dim::parse(field).and_then(|dim| dims::label(dim, code))
}

/// What a dimension is called.
pub(crate) fn heading(dim: Dim) -> Both {
    dims::column(dim).label
}

/// The question of a figure with records linked as they were then. Where the log is shorter than
/// it was, as it stands: its root then tells that they are not the same rulings.
///
/// # Errors
/// `store`.
pub(crate) fn as_then(observatory: &Observatory, figure: &Figure) -> Result<Query, Problem> {
    Ok(Query { links: Some(figure.links.min(observatory.links()?.upto)), ..figure.query.clone() })
}

/// Computes a figure again on the rows of then: the id and value that come out now.
///
/// # Errors
/// Those of the store.
pub(crate) fn recompute(observatory: &mut Observatory, figure: &Figure) -> Result<(String, Value), Problem> {
    if figure.query.routes.is_some() {
        return crate::routes::make::recompute(observatory, figure);
    }
    let eye = observatory.eye(Some(figure.as_of))?;
    let query = as_then(observatory, figure)?;
    let events = events_for(observatory, &eye, &query)?;
    let (answer, figures) = on_eye(observatory, &eye, &events, &query)?;
    if figure.value.get("sha256").is_some() {
        let now = whole(&eye, &events, &query, &answer);
        return Ok((now.id, now.value));
    }
    Ok(figures.into_iter().next().map_or((String::new(), Value::Null), |f| (f.id, f.value)))
}

/// One cell of an answer before it has an id.
pub(crate) struct Cell {
    pub at: BTreeMap<Dim, String>,
    pub value: Value,
}

/// The events a question counts: those among its records, none for a series.
///
/// # Errors
/// `no-link-decision`, and those of the store.
pub(crate) fn events_for(observatory: &Observatory, eye: &Eye, query: &Query) -> Result<Arc<Events>, Problem> {
    if is_series(&query.what) { Ok(Arc::default()) } else { observatory.events(eye, query.links) }
}

fn on_eye(observatory: &Observatory, eye: &Eye, events: &Events, query: &Query) -> Result<(Answer, Vec<Figure>), Problem> {
    let (mut answer, cells) =
        if is_series(&query.what) { series::answer(observatory, eye, query)? } else { records::answer(eye, events, query)? };
    let used = used_intakes(eye, &answer, query);
    answer.sources = source_lines(observatory, &used);
    if !is_series(&query.what) {
        answer.notes.extend(counting(observatory, &used));
    }
    answer.label = used.iter().map(|i| i.label.clone()).reduce(|a, b| a.combine(&b));
    answer.snapshot = eye.snapshot.to_string();
    if answer.sources.iter().any(|s| s.simulated) {
        answer.notes.insert(
            0,
            Both::new(
                "SIMULATED: some of these data are made up for the demo",
                "SIMULADO: parte de estos datos son inventados para la demostración",
            ),
        );
    }
    let figures = figures(eye, events, query, cells, answer.label.as_ref());
    for (row, figure) in answer.rows.iter_mut().zip(&figures) {
        row.insert("figure".into(), Value::from(figure.id.clone()));
    }
    if answer.rows.len() > figures.len() {
        // Rows that are zero by definition take their place among the reported ones.
        answer.rows.sort_by_cached_key(|r| ["year", "area", "source", "definition"].map(|c| Answer::text(r, c)));
    }
    answer.figure = whole_id(eye, events, query, answer.label.as_ref());
    Ok((answer, figures))
}

/// By which rules the sources count, where one states another rule than the others, or counts more
/// than events.
fn counting(observatory: &Observatory, used: &[Intake]) -> Option<Both> {
    let rule = |i: &Intake| observatory.recipe_of(i)?.counts.map(|counts| (i.source.clone(), counts));
    let rules: BTreeMap<String, Counts> = used.iter().filter_map(rule).collect();
    let kinds: BTreeSet<Counts> = rules.values().copied().collect();
    if kinds.is_empty() || kinds == BTreeSet::from([Counts::Event]) {
        return None;
    }
    let list = |lang: Lang| rules.iter().map(|(id, rule)| format!("{id}: {}", rule.say().in_lang(lang))).collect::<Vec<_>>().join("; ");
    let (en, es) = (list(Lang::En), list(Lang::Es));
    Some(if kinds.len() > 1 {
        both!(
            "the sources count by different rules, so their numbers do not add up to events. {en}",
            "las fuentes cuentan con reglas distintas, así que sus números no suman hechos. {es}"
        )
    } else {
        both!("what is counted as one is not the event. {en}", "lo que se cuenta como uno no es el hecho. {es}")
    })
}

/// The figure of one cell of a series: `query` is narrowed to it and names its source.
pub(crate) fn figure_of_cell(eye: &Eye, query: Query, cell: &ObservedCell<'_>) -> Figure {
    let used = eye.intakes.iter().filter(|i| i.kind == "observations" && query.source.contains(&i.source));
    let label = used.map(|i| i.label.clone()).reduce(|a, b| a.combine(&b));
    let label = serde_json::to_string(&label).unwrap_or_default();
    let id = Figure::digest(&query, &eye.snapshot, &list_versions(), &label);
    let (value, _) = series::value_of(&[cell]);
    Figure { id, query, as_of: eye.as_of, links: 0, snapshot: eye.snapshot.to_string(), value }
}

/// The id of a whole answer. Marked as such: an answer of one cell is another figure than its cell.
fn whole_id(eye: &Eye, events: &Events, query: &Query, label: Option<&Label>) -> String {
    let mut lists = rests_on(events);
    lists.push(("answer", "whole"));
    let label = serde_json::to_string(&label).unwrap_or_default();
    Figure::digest(&Query { as_of: None, links: None, ..query.clone() }, &eye.snapshot, &lists, &label)
}

/// A whole answer as a figure: how many rows, and the hash of their canonical JSON (keys sorted,
/// no spaces).
fn whole(eye: &Eye, events: &Events, query: &Query, answer: &Answer) -> Figure {
    let rows = serde_json::to_string(&answer.rows).unwrap_or_default();
    Figure {
        id: answer.figure.clone(),
        query: Query { as_of: None, links: None, ..query.clone() },
        as_of: eye.as_of,
        links: events.upto,
        snapshot: eye.snapshot.to_string(),
        value: serde_json::json!({ "rows": answer.rows.len(), "sha256": atalaya_store::sha256_text(&rows) }),
    }
}

/// Every cell as a figure: the question narrowed to it.
fn figures(eye: &Eye, events: &Events, query: &Query, cells: Vec<Cell>, label: Option<&Label>) -> Vec<Figure> {
    let label = serde_json::to_string(&label).unwrap_or_default();
    let narrowed = Query { by: Vec::new(), at: BTreeMap::new(), as_of: None, links: None, ..query.clone() };
    let digester = Digester::new(&narrowed, &eye.snapshot, &rests_on(events), &label);
    cells
        .into_iter()
        .map(|cell| {
            let id = digester.id(&cell.at);
            Figure {
                id,
                query: Query { at: cell.at, ..narrowed.clone() },
                as_of: eye.as_of,
                links: events.upto,
                snapshot: eye.snapshot.to_string(),
                value: cell.value,
            }
        })
        .collect()
}

/// The versions of the lists a figure rests on, and the rulings in force about its records.
pub(crate) fn rests_on(events: &Events) -> Vec<(&'static str, &str)> {
    let mut lists: Vec<(&'static str, &str)> = list_versions();
    if !events.root.is_empty() {
        lists.push(("links", &events.root));
    }
    lists
}

/// The versions of the lists a figure rests on.
pub(crate) fn list_versions() -> Vec<(&'static str, &'static str)> {
    vec![
        ("areas", area::VERSION),
        ("measures", atalaya_kernel::measure::VERSION),
        ("program", env!("CARGO_PKG_VERSION")),
        ("substances", atalaya_kernel::substance::VERSION),
        ("units", unit::VERSION),
    ]
}

fn used_intakes(eye: &Eye, answer: &Answer, query: &Query) -> Vec<Intake> {
    let named: BTreeSet<String> = answer.rows.iter().map(|r| Answer::text(r, "source")).filter(|s| !s.is_empty()).collect();
    let kind = kind_of(&query.what);
    let wanted = |i: &&Intake| {
        i.kind == kind
            && (query.source.is_empty() || query.source.contains(&i.source))
            && (kind != "observations" || named.contains(&i.source))
    };
    eye.intakes.iter().filter(wanted).cloned().collect()
}

pub(crate) fn source_lines(observatory: &Observatory, intakes: &[Intake]) -> Vec<SourceLine> {
    let mut lines: BTreeMap<&str, SourceLine> = BTreeMap::new();
    for intake in intakes {
        if let Some(line) = lines.get_mut(intake.source.as_str()) {
            if !line.vintages.contains(&intake.vintage) {
                line.vintages.push(intake.vintage.clone());
            }
            line.cut_off.clone_from(&intake.cut_off);
            line.prepared.clone_from(&intake.prepared);
            line.label = line.label.combine(&intake.label);
            continue;
        }
        let Some(recipe) = observatory.recipe_of(intake) else { continue };
        lines.insert(
            &intake.source,
            SourceLine {
                id: intake.source.clone(),
                title: recipe.title.clone(),
                producer: recipe.producer.clone(),
                licence: recipe.licence.clone(),
                vintages: vec![intake.vintage.clone()],
                cut_off: intake.cut_off.clone(),
                prepared: intake.prepared.clone(),
                simulated: recipe.simulated,
                label: intake.label.clone(),
            },
        );
    }
    lines.into_values().collect()
}

/// The question with every word checked and in its canonical form.
///
/// # Errors
/// `unknown-*` for words no list knows.
pub(crate) fn understood(query: &Query) -> Result<Query, Problem> {
    let mut query = query.clone();
    query.what = match query.what.as_str() {
        "" | SEIZURES | "records" => SEIZURES.into(),
        PURCHASES => PURCHASES.into(),
        "coca" => "coca-area".into(),
        other if measures().get(other).is_some() => other.into(),
        other => {
            return Err(unknown(
                "what",
                other,
                &measures().iter().map(|m| m.id).chain([SEIZURES, PURCHASES]).collect::<Vec<_>>().join(", "),
            ));
        }
    };
    for substance in &mut query.substance {
        *substance = match substances().get(substance).map(|s| s.id).or_else(|| substances().resolve(substance).map(|m| m.substance.id)) {
            Some(id) => id.into(),
            None => return Err(unknown("substance", substance, "`atalaya query --list substances`")),
        };
    }
    for area in &mut query.area {
        *area = area_named(area, "--area")?.into();
    }
    let end = |text: &Option<String>, last: bool| -> Result<Option<String>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let period = Period::parse(text).ok_or_else(|| unknown("period", text, "2016, 2016-Q1, 2016-03, 2016-03-31, 2019/US"))?;
        Ok(Some((if last { period.end() } else { period.start }).to_string()))
    };
    (query.from, query.to) = (end(&query.from, false)?, end(&query.to, true)?);
    Ok(query)
}

fn unknown(kind: &str, found: &str, known: &str) -> Problem {
    Problem::new(
        &format!("unknown-{kind}"),
        format!("--{kind} {found}"),
        both!("there is no {kind} of this name", "no existe `{kind}` con este nombre"),
        both!("known: {known}", "se conocen: {known}"),
    )
}

//! A page a measure: the whole answer, and the drawings that tell most of it.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Precision, Problem, both};
use atalaya_report::Table;
use atalaya_report::publication::Part;
use atalaya_report::site::{Measure, View};
use atalaya_store::Dim;

use crate::answer::Answer;
use crate::observatory::Caller;
use crate::publication::part_of;
use crate::query::{PURCHASES, SEIZURES};
use crate::verbs::{Ask, Verb, facets, table_of};
use crate::{Observatory, verbs};

/// Drawings on a page.
const VIEWS: usize = 6;

/// A measure as asked: its page and its part of the publication.
pub(super) struct Asked {
    pub measure: Measure,
    pub part: Part,
}

/// Every measure this audience may see anything of, the fullest first.
pub(super) fn ask(observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Vec<Asked>, Problem> {
    let mut what = facets(observatory)?.what;
    what.sort_by_key(|c| (order(&c.id), c.id.clone()));
    let mut asked = Vec::new();
    for choice in what {
        let ask = question(observatory, &choice)?;
        let answer = ask.run(observatory, caller)?;
        if answer.rows.is_empty() {
            continue;
        }
        asked.push(page(observatory, &choice, &ask, &answer)?);
    }
    Ok(asked)
}

/// Measures in the order of the code list, records after them.
fn order(id: &str) -> usize {
    measures().iter().position(|m| m.id == id).unwrap_or(usize::MAX)
}

/// The question behind a page: everything of the measure, in the time it is published by. The
/// sources are named, so that whoever sees more computes the same figure.
fn question(observatory: &mut Observatory, choice: &verbs::Choice) -> Result<Ask, Problem> {
    let records = matches!(choice.id.as_str(), SEIZURES | PURCHASES);
    let monthly = !records && is_monthly(observatory, &choice.id)?;
    let time = if monthly { Dim::Month } else { Dim::Year };
    let by = if records { vec![time, Dim::Area, Dim::Substance, Dim::Source] } else { vec![time, Dim::Area, Dim::Breakdown] };
    Ok(Ask {
        what: choice.id.clone(),
        source: choice.sources.iter().cloned().collect(),
        by: by.into_iter().map(|d| d.name().to_string()).collect(),
        ..Ask::default()
    })
}

/// Whether a measure that may not be added over time is published by the month.
fn is_monthly(observatory: &mut Observatory, id: &str) -> Result<bool, Problem> {
    if measures().get(id).is_none_or(|m| m.adds_over_time) {
        return Ok(false);
    }
    let eye = observatory.eye(None)?;
    let finer = |p: u8| p < Precision::Year.code();
    Ok(eye.observations.current().iter().any(|c| c.text("measure") == id && finer(c.row.precision)))
}

fn page(observatory: &Observatory, choice: &verbs::Choice, ask: &Ask, answer: &Answer) -> Result<Asked, Problem> {
    let part = part_of(observatory, &choice.id, &said(ask), answer)?;
    let years: BTreeSet<String> = answer.rows.iter().map(|r| year(r)).filter(|y| !y.is_empty()).collect();
    let areas: BTreeSet<String> = answer.rows.iter().map(|r| Answer::text(r, "area")).collect();
    let (rows, places, sources) = (answer.rows.len(), areas.len(), answer.sources.len());
    let (first, last) = (years.first().cloned().unwrap_or_default(), years.last().cloned().unwrap_or_default());
    let lead = both!(
        "{rows} figures, {places} areas, {first}–{last}, {sources} sources",
        "{rows} cifras, {places} áreas, {first}–{last}, {sources} fuentes"
    );
    let measure = Measure {
        id: choice.id.clone(),
        title: choice.label.clone(),
        lead,
        views: views(choice, answer),
        table: part.table.clone(),
        downloads: Vec::new(),
    };
    Ok(Asked { measure, part })
}

fn year(row: &BTreeMap<String, serde_json::Value>) -> String {
    ["year", "month"]
        .into_iter()
        .map(|c| Answer::text(row, c))
        .find(|t| !t.is_empty())
        .and_then(|t| t.get(..4).map(str::to_string))
        .unwrap_or_default()
}

/// The question as it would be typed.
fn said(ask: &Ask) -> String {
    format!("atalaya query {} --source {} --by {}", ask.what, ask.source.join(","), ask.by.join(","))
}

/// The series with most figures, one drawing each: an area, a substance, a breakdown.
fn views(choice: &verbs::Choice, answer: &Answer) -> Vec<View> {
    let mut series: BTreeMap<[String; 4], Vec<usize>> = BTreeMap::new();
    for (at, row) in answer.rows.iter().enumerate() {
        series.entry(["area", "substance", "place", "breakdown"].map(|c| Answer::text(row, c))).or_default().push(at);
    }
    let mut fullest: Vec<([String; 4], Vec<usize>)> = series.into_iter().collect();
    fullest.sort_by_key(|(key, rows)| (std::cmp::Reverse(rows.len()), key.clone()));
    fullest.into_iter().take(VIEWS).map(|(key, rows)| view(choice, answer, &key, &rows)).collect()
}

fn view(choice: &verbs::Choice, answer: &Answer, key: &[String; 4], rows: &[usize]) -> View {
    let mut part = answer.clone();
    part.rows = rows.iter().map(|at| answer.rows[*at].clone()).collect();
    let used: BTreeSet<String> = part.rows.iter().map(|r| Answer::text(r, "source")).collect();
    part.sources.retain(|s| used.contains(&s.id));
    let name = |column: &str, code: &str| answer.labels.get(column).and_then(|l| l.get(code)).cloned().unwrap_or_else(|| Both::same(code));
    let words: Vec<Both> =
        ["area", "substance", "place", "breakdown"].into_iter().zip(key).filter(|(_, k)| !k.is_empty()).map(|(c, k)| name(c, k)).collect();
    let joined = |pick: &dyn Fn(&Both) -> String| words.iter().map(pick).collect::<Vec<_>>().join(", ");
    let (en, es) = (joined(&|b| b.en.clone()), joined(&|b| b.es.clone()));
    let (what_en, what_es) = (&choice.label.en, &choice.label.es);
    let title = both!("{what_en}: {en}", "{what_es}: {es}");
    part.title = title.clone();
    let table: Table = table_of(&part);
    View { title, svg: Default::default(), table, figure: String::new() }
}

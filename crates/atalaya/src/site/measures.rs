//! A page a measure: the whole answer, and the drawings that tell most of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use atalaya_kernel::measure::measures;
use atalaya_kernel::shape::Outlines;
use atalaya_kernel::{Both, Lang, Precision, Problem};
use atalaya_report::chart::{Look, Theme, draw};
use atalaya_report::publication::Part;
use atalaya_report::site::{Measure, View};
use atalaya_store::Dim;

use crate::answer::Answer;
use crate::chart::{Wish, of_answer};
use crate::observatory::Caller;
use crate::publication::{Reader, part_of, typed};
use crate::query::{PURCHASES, SEIZURES, understood_answer};
use crate::verbs::{Ask, Verb, count, facets, table_of};
use crate::{Observatory, verbs};

mod maps;

/// Drawings on a page, beside its maps.
const VIEWS: usize = 6;
/// Widths of a drawing in CSS pixels: beside another, and on a telephone.
const WIDE: f64 = 600.0;
const NARROW: f64 = 340.0;

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
        let mut views = views(observatory, &ask, &answer)?;
        let maps = maps::maps(observatory, &ask, &answer)?;
        // The first page shows a measure's first drawing: where there are lines, lines.
        let at = views.len().min(1);
        views.splice(at..at, maps);
        asked.push(page(observatory, &choice, &ask, &answer, views)?);
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
    let records = is_records(&choice.id);
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

fn is_records(what: &str) -> bool {
    matches!(what, SEIZURES | PURCHASES)
}

/// Whether a measure that may not be added over time is published by the month.
fn is_monthly(observatory: &mut Observatory, id: &str) -> Result<bool, Problem> {
    if measures().get(id).is_none_or(|m| m.adds_over_time) {
        return Ok(false);
    }
    let eye = observatory.eye(None)?;
    let finer = |p: u8| p < Precision::Year.code();
    Ok(eye.observations.current().any(|c| c.text("measure") == id && finer(c.row.precision)))
}

fn page(observatory: &Observatory, choice: &verbs::Choice, ask: &Ask, answer: &Answer, views: Vec<View>) -> Result<Asked, Problem> {
    let clearance = observatory.clearance();
    let reader = Reader { sees: &|label| clearance.sees(label), inside: clearance.inside };
    let part = part_of(observatory, &choice.id, &typed(ask), answer, reader)?;
    let years: BTreeSet<String> = answer.rows.iter().map(year).filter(|y| !y.is_empty()).collect();
    let areas: BTreeSet<String> = answer.rows.iter().map(|r| Answer::text(r, "area")).collect();
    let counts = [answer.rows.len(), areas.len(), answer.sources.len()];
    let lead = Both::new(lead(counts, &years, Lang::En), lead(counts, &years, Lang::Es));
    let measure =
        Measure { id: choice.id.clone(), title: choice.label.clone(), lead, views, table: part.table.clone(), downloads: Vec::new() };
    Ok(Asked { measure, part })
}

/// `48 982 figures, 214 areas, 1970–2025, 3 sources`
fn lead(counts: [usize; 3], years: &BTreeSet<String>, lang: Lang) -> String {
    let words = match lang {
        Lang::En => [["figure", "figures"], ["area", "areas"], ["source", "sources"]],
        Lang::Es => [["cifra", "cifras"], ["área", "áreas"], ["fuente", "fuentes"]],
    };
    let said = |at: usize| format!("{} {}", count(counts[at] as u64, lang), words[at][usize::from(counts[at] != 1)]);
    let span = match (years.first(), years.last()) {
        (Some(first), Some(last)) if first != last => format!("{first}–{last}"),
        (Some(only), _) => only.clone(),
        _ => String::new(),
    };
    [said(0), said(1), span, said(2)].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ")
}

fn year(row: &BTreeMap<String, serde_json::Value>) -> String {
    ["year", "month"]
        .into_iter()
        .map(|c| Answer::text(row, c))
        .find(|t| !t.is_empty())
        .and_then(|t| t.get(..4).map(str::to_string))
        .unwrap_or_default()
}

/// The series with most figures, one drawing each: an area and a substance, asked for by itself so
/// that the drawing has a figure id of its own.
fn views(observatory: &mut Observatory, ask: &Ask, answer: &Answer) -> Result<Vec<View>, Problem> {
    let mut series: BTreeMap<[String; 2], usize> = BTreeMap::new();
    for row in &answer.rows {
        *series.entry(["area", "substance"].map(|c| Answer::text(row, c))).or_default() += 1;
    }
    let mut fullest: Vec<([String; 2], usize)> = series.into_iter().filter(|(_, rows)| *rows > 1).collect();
    fullest.sort_by_key(|(key, rows)| (std::cmp::Reverse(*rows), key.clone()));
    let one = |text: &String| Some(text.clone()).filter(|t| !t.is_empty()).into_iter().collect::<Vec<_>>();
    let narrowed = |[area, substance]: &[String; 2]| Ask { area: one(area), substance: one(substance), ..ask.clone() };
    fullest.into_iter().take(VIEWS).map(|(key, _)| view(observatory, &narrowed(&key), &Wish::default(), &[])).collect()
}

/// A drawing whose ids are its own: several stand on a page.
fn apart(svg: &str, tag: &str) -> String {
    let ids: BTreeSet<&str> = svg.match_indices(" id=\"").filter_map(|(at, start)| svg[at + start.len()..].split('"').next()).collect();
    ids.into_iter().fold(svg.to_string(), |svg, id| {
        svg.replace(&format!(" id=\"{id}\""), &format!(" id=\"{id}-{tag}\"")).replace(&format!("#{id})"), &format!("#{id}-{tag})"))
    })
}

/// A question drawn in both languages and both widths.
fn view(observatory: &mut Observatory, ask: &Ask, wish: &Wish, outlines: &[Arc<Outlines>]) -> Result<View, Problem> {
    let (answer, query, eye) = understood_answer(observatory, &ask.query()?)?;
    let (chart, _) = of_answer(&eye, &query, &answer, wish, outlines)?;
    let drawn = |lang, width| {
        let tag = format!("{}-{width}", chart.figure);
        apart(&draw(&chart, &Look { lang, theme: Theme::Light, width }).svg, &tag)
    };
    let svg = [Lang::Es, Lang::En].map(|lang| [drawn(lang, WIDE), drawn(lang, NARROW)]);
    Ok(View { title: chart.title.clone(), svg, table: table_of(&answer), figure: chart.figure })
}

//! From an answer to a chart: which rows make a line, what lines are called, what broke, what was
//! said before.

mod breaks;
mod lines;
mod maps;
mod names;
mod time;
mod words;

use std::sync::Arc;

use atalaya_kernel::shape::Outlines;
use atalaya_kernel::{Both, Problem, both};
use atalaya_report::chart::{Bar, Bars, Body, Chart, Line, Lines, Panel};
use atalaya_store::Query;

use crate::answer::Answer;
use crate::observatory::Eye;
use crate::query::ghosts;
use lines::{Drawn, Kept};

/// What is wanted beside the question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wish {
    /// `lines`, `bars`, `map`, `maps`, `multiples`; told by the answer if absent.
    pub kind: Option<String>,
    /// `records`, `events`, `kg`, `kg_unique`, `value`.
    pub value: Option<String>,
    /// The year of bars and maps; the last one if absent.
    pub year: Option<String>,
}

/// Lines past which panels are easier to read.
const MANY: usize = 8;
/// Lines past which the rest is left out and said.
const MOST_LINES: usize = 18;
/// Panels past which the rest is left out and said.
const MOST_PANELS: usize = 30;
/// Bars past which the rest is left out and said.
const MOST_BARS: usize = 40;

/// The chart of an answer, and the years there are to choose from.
///
/// # Errors
/// `unknown-kind`, `unknown-value`.
pub(crate) fn of_answer(
    eye: &Eye,
    query: &Query,
    answer: &Answer,
    wish: &Wish,
    outlines: &[Arc<Outlines>],
) -> Result<(Chart, Vec<String>), Problem> {
    let value = lines::value_column(answer, wish.value.as_deref())?;
    let mut drawn = lines::of(answer, query, value);
    let years: Vec<String> = drawn.times();
    let kind = kind(wish.kind.as_deref(), &drawn)?;
    let mut notes: Vec<Both> = answer.notes.iter().filter(|n| !n.en.starts_with("SIMULATED")).cloned().collect();
    if matches!(value, lines::Value::Records | lines::Value::Events) {
        // What is not drawn needs no excuse.
        notes.retain(|n| !n.en.starts_with("kilograms of different"));
    }
    notes.append(&mut drawn.notes);
    let at = wish.year.clone().or_else(|| years.last().cloned()).unwrap_or_default();
    let along = matches!(kind, "lines" | "multiples");
    if along {
        drawn.join_definitions(answer, query);
        drawn.add_ghosts(&ghosts::of(eye, query));
    } else if kind == "bars" {
        notes.extend(drawn.keep_time(&at));
    }
    let title = words::title(query, &drawn.kept, &if along || kind == "maps" { span(&years) } else { at.clone() });
    notes.extend(words::silent(query, &drawn.kept));
    let names = names::of(answer, &drawn.kept);
    let subtitle = words::subtitle(answer, &drawn.kept, value);
    if matches!(kind, "lines" | "bars") {
        notes.extend(names::definitions(answer, &drawn.kept, &names));
    }
    let body = match kind {
        "bars" => Body::Bars(bars(&drawn.kept, &names, &at, &mut notes)),
        "map" | "maps" => {
            let maps = maps::Maps { kept: &drawn.kept, answer, query, years: &years, outlines };
            if kind == "map" { maps.at(&at, &mut notes) } else { maps.all(&mut notes) }
        }
        "multiples" => Body::Multiples { panels: panels(&drawn.kept, answer, &mut notes) },
        _ => Body::Lines(lines_of(drawn.kept, &names, &mut notes)),
    };
    let about = atalaya_report::About { notes, codes: Default::default(), ..crate::verbs::about(answer) };
    let id = words::id(&title.en);
    Ok((Chart { id, title, subtitle, unit: words::unit(answer, value), body, about, figure: answer.figure.clone() }, years))
}

/// The kind asked for, or the one that suits the answer.
fn kind(asked: Option<&str>, drawn: &Drawn) -> Result<&'static str, Problem> {
    const KINDS: [&str; 5] = ["lines", "bars", "map", "multiples", "maps"];
    match asked {
        Some(asked) => KINDS.into_iter().find(|k| *k == asked).ok_or_else(|| {
            Problem::new(
                "unknown-kind",
                format!("--kind {asked}"),
                Both::new("there is no kind of chart of this name", "no existe un tipo de gráfico con este nombre"),
                both!("known: lines, bars, map, maps, multiples", "se conocen: lines, bars, map, maps, multiples"),
            )
        }),
        None if !drawn.timed => Ok("bars"),
        None if drawn.kept.len() > MANY => Ok("multiples"),
        None => Ok("lines"),
    }
}

fn span(years: &[String]) -> String {
    match (years.first(), years.last()) {
        (Some(first), Some(last)) if first != last && first.contains('-') => format!("{first} – {last}"),
        (Some(first), Some(last)) if first != last => format!("{first}–{last}"),
        (Some(only), _) => only.clone(),
        _ => String::new(),
    }
}

fn left_out(notes: &mut Vec<Both>, count: usize, en: &str, es: &str) {
    if count > 0 {
        notes.push(both!(
            "{count} {en} are not drawn: narrow the question to see them",
            "{count} {es} no se dibujan: acote la pregunta para verlas"
        ));
    }
}

fn lines_of(kept: Vec<Kept>, names: &[Both], notes: &mut Vec<Both>) -> Lines {
    left_out(notes, kept.len().saturating_sub(MOST_LINES), "more lines", "líneas más");
    let lines = kept.into_iter().zip(names).take(MOST_LINES).map(|(k, name)| Line { name: name.clone(), ..k.line }).collect();
    Lines { lines }
}

/// Bars of one time, largest first.
fn bars(kept: &[Kept], names: &[Both], at: &str, notes: &mut Vec<Both>) -> Bars {
    let mut bars: Vec<Bar> = kept
        .iter()
        .zip(names)
        .filter_map(|(kept, name)| {
            let point = kept.line.points.iter().find(|p| p.at == at || at.is_empty())?;
            Some(Bar { name: name.clone(), point: point.clone() })
        })
        .collect();
    let size = |bar: &Bar| bar.point.value.as_ref().and_then(|v| v.parse::<f64>().ok()).unwrap_or(f64::NEG_INFINITY);
    bars.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));
    left_out(notes, bars.len().saturating_sub(MOST_BARS), "more bars", "barras más");
    bars.truncate(MOST_BARS);
    Bars { bars }
}

/// Small charts: one an area where there are several, else one a line.
fn panels(kept: &[Kept], answer: &Answer, notes: &mut Vec<Both>) -> Vec<Panel> {
    let split = names::splitting(kept);
    let key_of = |one: &Kept| -> Vec<String> { split.iter().map(|d| one.key(d)).collect() };
    let mut order: Vec<Vec<String>> = Vec::new();
    for one in kept {
        let key = key_of(one);
        if !order.contains(&key) {
            order.push(key);
        }
    }
    left_out(notes, order.len().saturating_sub(MOST_PANELS), "more panels", "gráficos más");
    order.truncate(MOST_PANELS);
    // Within panels a line is called by what differs beside the panel.
    let inner: Vec<Both> = names::within(answer, kept, &split);
    order
        .iter()
        .map(|key| {
            let mine = || kept.iter().zip(&inner).filter(|(k, _)| key_of(k) == *key);
            let title = mine().next().map_or_else(Both::default, |(k, _)| names::panel(answer, k, &split));
            let lines = mine().map(|(k, name)| Line { name: name.clone(), ..k.line.clone() }).collect();
            Panel { title, body: Body::Lines(Lines { lines }) }
        })
        .collect()
}

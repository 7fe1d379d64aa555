//! What a screen reader says of a chart: what, where, from when to when, the extremes, what is missing.

use std::collections::BTreeMap;

use atalaya_kernel::Missing;

use super::lines::marks::told;
use super::stage::Stage;
use super::{Chart, Line, Point, bars, plate};

/// The whole sentence of a chart: its title, its unit, then what its marks show.
pub fn sentence(chart: &Chart, stage: &Stage<'_>, marks: &str) -> String {
    let (title, subtitle) = (chart.title.in_lang(stage.lang), chart.subtitle.in_lang(stage.lang));
    let mut said = vec![title.to_string()];
    said.extend((!subtitle.is_empty()).then(|| subtitle.to_string()));
    let unit = plate::capital(chart.unit.in_lang(stage.lang));
    said.extend((!unit.is_empty()).then_some(unit));
    said.extend((!marks.is_empty()).then(|| marks.to_string()));
    let said: Vec<String> = said.iter().map(|s| s.trim_end_matches('.').to_string()).collect();
    format!("{}.", said.join(". "))
}

/// A line in words: first and last value, highest and lowest, what is missing.
pub fn line(line: &Line, stage: &Stage<'_>) -> String {
    let name = line.name.in_lang(stage.lang);
    let known: Vec<(&Point, &String, f64)> =
        line.points.iter().filter_map(|p| Some((p, p.value.as_ref()?, bars::number(p.value.as_ref())?))).collect();
    let mut said = Vec::new();
    let at = |p: &Point, value: &str| format!("{} {}{}", p.at, stage.value(value), interval(p, stage));
    if let Some((point, value, _)) = known.first() {
        said.push(at(point, value));
    }
    if known.len() > 1
        && let Some((point, value, _)) = known.last()
    {
        said.push(at(point, value));
    }
    let highest = known.iter().max_by(|a, b| a.2.total_cmp(&b.2).then(b.0.x.total_cmp(&a.0.x)));
    let lowest = known.iter().min_by(|a, b| a.2.total_cmp(&b.2).then(a.0.x.total_cmp(&b.0.x)));
    if let (Some((high, top, _)), Some((low, bottom, _))) = (highest, lowest)
        && known.len() > 2
    {
        said.push(format!("{} {} ({})", stage.say("highest", "máximo"), stage.value(top), high.at));
        said.push(format!("{} {} ({})", stage.say("lowest", "mínimo"), stage.value(bottom), low.at));
    }
    said.extend(missing(line, stage));
    if said.is_empty() {
        said.push(stage.say("nothing reported", "nada informado").into());
    }
    if name.is_empty() { said.join(", ") } else { format!("{name}: {}", said.join(", ")) }
}

/// `not known in 2015, 2017–2019`, one text a kind of missing.
pub fn missing(line: &Line, stage: &Stage<'_>) -> Vec<String> {
    let mut kinds: BTreeMap<Missing, Vec<usize>> = BTreeMap::new();
    for (at, point) in line.points.iter().enumerate() {
        if let Some(kind) = point.missing.filter(|_| told(line, point)) {
            kinds.entry(kind).or_default().push(at);
        }
    }
    let when = stage.say(" in ", " en ");
    kinds.into_iter().map(|(kind, at)| format!("{}{when}{}", missing_word(Some(kind), stage), runs(line, &at))).collect()
}

/// Neighbouring times in one: `2015, 2017–2019`.
fn runs(line: &Line, at: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &at in at {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == at => *last = at,
            _ => runs.push((at, at)),
        }
    }
    let said = |(from, to): &(usize, usize)| {
        let (from, to) = (&line.points[*from].at, &line.points[*to].at);
        if from == to { from.clone() } else { format!("{from}–{to}") }
    };
    runs.iter().map(said).collect::<Vec<_>>().join(", ")
}

/// The word for an absent value.
pub fn missing_word<'s>(missing: Option<Missing>, stage: &Stage<'s>) -> &'s str {
    match missing {
        Some(Missing::Suppressed) => stage.say("suppressed", "suprimido"),
        Some(Missing::NotApplicable) => stage.say("not applicable", "no aplica"),
        Some(Missing::NotKnown) | None => stage.say("not known", "no se conoce"),
    }
}

/// ` (from 4 to 9)`, where there is an interval.
pub fn interval(point: &Point, stage: &Stage<'_>) -> String {
    match (&point.low, &point.high) {
        (Some(low), Some(high)) if low != high => {
            format!(" ({} {} {} {})", stage.say("from", "de"), stage.value(low), stage.say("to", "a"), stage.value(high))
        }
        _ => String::new(),
    }
}

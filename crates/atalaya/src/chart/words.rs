//! Titles, subtitles and units of charts.

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::measure::measures;
use atalaya_kernel::substance::substances;
use atalaya_kernel::unit::units;
use atalaya_kernel::{Both, both};
use atalaya_store::Query;

use super::lines::{Kept, Value};
use super::names;
use crate::answer::Answer;
use crate::query::{PURCHASES, SEIZURES};

/// What it shows, of what, where, when.
pub(super) fn title(query: &Query, kept: &[Kept], when: &str) -> Both {
    let head = match query.what.as_str() {
        SEIZURES => Both::new("Reported seizures", "Incautaciones informadas"),
        PURCHASES => Both::new("Purchases", "Compras"),
        id => measures().get(id).map_or_else(|| Both::same(id), |m| m.both()),
    };
    // `Cocaine, form not stated` stands for all forms where it is asked for.
    let head_word = |text: &str| text.split(',').next().unwrap_or(text).to_lowercase();
    let substance =
        |id: &String| substances().get(id).map_or_else(|| Both::same(id), |s| Both::new(head_word(s.label_en), head_word(s.label_es)));
    let drugs = list(&query.substance.iter().map(substance).collect::<Vec<_>>(), 3);
    let spoken: Vec<Both> = query.area.iter().filter(|a| kept.is_empty() || speaks(kept, a)).map(|a| area(a)).collect();
    let places = list(&spoken, 3);
    let put = |pick: fn(&Both) -> &str| {
        let drug = if drugs.en.is_empty() { String::new() } else { format!(": {}", pick(&drugs)) };
        let tail: Vec<&str> = [pick(&places), when].into_iter().filter(|t| !t.is_empty()).collect();
        let tail = if tail.is_empty() { String::new() } else { format!(", {}", tail.join(", ")) };
        format!("{}{drug}{tail}", pick(&head))
    };
    Both::new(put(|b| &b.en), put(|b| &b.es))
}

fn area(id: &str) -> Both {
    areas().get(id).map_or_else(|| Both::same(id), |a| a.both())
}

/// Whether a line is about an area or a part of it. Lines without areas are about all asked for.
fn speaks(kept: &[Kept], area: &str) -> bool {
    kept.iter().any(|k| !k.about.contains_key("area") || areas().is_within(&k.key("area"), area))
}

/// Says for which of the areas asked for nothing was reported.
pub(super) fn silent(query: &Query, kept: &[Kept]) -> Option<Both> {
    let silent: Vec<Both> = query.area.iter().filter(|a| !speaks(kept, a)).map(|a| area(a)).collect();
    let names = list(&silent, 12);
    let (en, es) = (&names.en, &names.es);
    (!silent.is_empty())
        .then(|| both!("nothing reported for {en}, which is not zero", "nada informado para {es}, que no es lo mismo que cero"))
}

/// Names in one breath; past `most` only how many.
fn list(names: &[Both], most: usize) -> Both {
    let count = names.len();
    match names {
        [] => Both::default(),
        [one] => one.clone(),
        _ if count > most => both!("{count} areas", "{count} áreas"),
        [front @ .., last] => {
            let join = |pick: fn(&Both) -> &str| front.iter().map(pick).collect::<Vec<_>>().join(", ");
            let and = if last.es.to_lowercase().starts_with(['i', 'í']) { "e" } else { "y" };
            Both::new(format!("{} and {}", join(|b| &b.en), last.en), format!("{} {and} {}", join(|b| &b.es), last.es))
        }
    }
}

/// The definition and the breakdown that all lines share.
pub(super) fn subtitle(answer: &Answer, kept: &[Kept], value: Value) -> Both {
    let shared = |dim: &str| -> Option<Both> {
        let first = kept.first()?;
        let same = kept.iter().all(|k| k.key(dim) == first.key(dim));
        (same && first.about.contains_key(dim)).then(|| names::one(answer, first, dim))
    };
    let mut parts: Vec<Both> = ["breakdown", "definition"].into_iter().filter_map(shared).filter(|b| !b.en.is_empty()).collect();
    parts.extend(total(answer, value));
    let join = |pick: fn(&Both) -> &str| parts.iter().map(pick).collect::<Vec<_>>().join(" · ");
    Both::new(join(|b| &b.en), join(|b| &b.es))
}

/// Which of the two totals is drawn, where they differ or the second one was asked for.
fn total(answer: &Answer, value: Value) -> Option<Both> {
    let differ = answer.rows.iter().any(|r| r.get("events") != r.get("records"));
    match value {
        Value::Events | Value::Unique => Some(Both::new("each event once", "cada hecho una vez")),
        Value::Records | Value::Kilograms if differ => Some(Both::new(
            "as each source reports: an event may count twice",
            "según informa cada fuente: un hecho puede contar dos veces",
        )),
        _ => None,
    }
}

/// The unit as it is said of many.
pub(super) fn unit(answer: &Answer, value: Value) -> Both {
    let id = match value {
        Value::Records => return Both::new("records", "registros"),
        Value::Events => return Both::new("events", "hechos"),
        Value::Kilograms | Value::Unique => "kg",
        Value::Series => answer.columns.iter().find(|c| c.id == "value").map_or("", |c| c.unit.as_str()),
    };
    match id {
        "ha" => Both::new("hectares", "hectáreas"),
        "kg" => Both::new("kilograms", "kilogramos"),
        "count" => Both::new("number", "número"),
        "percent" => Both::new("per cent", "porcentaje"),
        "usd" => Both::new("United States dollars", "dólares estadounidenses"),
        id => units().get(id).map_or_else(|| Both::same(id), |u| u.both()),
    }
}

/// The level of an area, as maps call it.
pub(super) fn level(area: &str) -> &'static str {
    match areas().get(area).map(|a| a.level) {
        Some(Level::First | Level::Zone) => "admin1",
        Some(Level::Second) => "admin2",
        Some(Level::Third) => "admin3",
        _ => "country",
    }
}

/// `Reported seizures: cocaine, Peru` to `reported-seizures-cocaine-peru`.
pub(super) fn id(title: &str) -> String {
    let plain: String = title.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let id = plain.split('-').filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-");
    if id.is_empty() { "chart".into() } else { id.chars().take(80).collect() }
}

//! What lines are called: only what differs between them.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, both};

use super::breaks;
use super::lines::Kept;
use crate::answer::Answer;

/// Dimensions in the order in which they tell lines apart best.
const ORDER: [&str; 14] = [
    "area",
    "admin",
    "place",
    "substance",
    "breakdown",
    "source",
    "definition",
    "transport",
    "departure",
    "destination",
    "producing",
    "agency",
    "unit",
    "year",
];

/// The name of each line: as few dimensions as tell it from the others.
pub(super) fn of(answer: &Answer, kept: &[Kept]) -> Vec<Both> {
    within(answer, kept, &[])
}

/// The names of lines inside panels that some dimensions already tell apart.
pub(super) fn within(answer: &Answer, kept: &[Kept], panel: &[&'static str]) -> Vec<Both> {
    let dims: Vec<&'static str> = ORDER.into_iter().filter(|d| !panel.contains(d)).collect();
    let mut parts: Vec<Vec<Both>> = vec![Vec::new(); kept.len()];
    let all: Vec<usize> = (0..kept.len()).collect();
    tell_apart(answer, kept, &all, &dims, &mut parts);
    let join = |parts: &[Both], pick: fn(&Both) -> &str| parts.iter().map(pick).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" · ");
    parts.iter().map(|parts| Both::new(join(parts, |b| &b.en), join(parts, |b| &b.es))).collect()
}

/// Gives the lines of a group a word of the first dimension that differs between them, then each
/// smaller group in turn, until every line stands alone.
fn tell_apart(answer: &Answer, kept: &[Kept], group: &[usize], dims: &[&'static str], parts: &mut [Vec<Both>]) {
    let Some((dim, rest)) = dims.split_first() else { return };
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for at in group {
        groups.entry(kept[*at].key(dim)).or_default().push(*at);
    }
    if groups.len() > 1 {
        for at in group {
            parts[*at].push(one(answer, &kept[*at], dim));
        }
    }
    for group in groups.into_values().filter(|g| g.len() > 1) {
        tell_apart(answer, kept, &group, rest, parts);
    }
}

fn differs(kept: &[Kept], dim: &str) -> bool {
    kept.first().is_some_and(|first| kept.iter().any(|k| k.key(dim) != first.key(dim)))
}

/// The dimensions that panels are made by: the first that differs, and more until a panel has
/// few lines.
pub(super) fn splitting(kept: &[Kept]) -> Vec<&'static str> {
    const FEW: usize = 4;
    let mut split: Vec<&'static str> = Vec::new();
    for dim in ORDER.into_iter().filter(|dim| differs(kept, dim)) {
        split.push(dim);
        let mut panels: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for one in kept {
            *panels.entry(split.iter().map(|d| one.key(d)).collect()).or_default() += 1;
        }
        if panels.into_values().all(|lines| lines <= FEW) {
            break;
        }
    }
    split
}

/// What a panel is called.
pub(super) fn panel(answer: &Answer, kept: &Kept, split: &[&'static str]) -> Both {
    let parts: Vec<Both> = split.iter().map(|d| one(answer, kept, d)).filter(|b| !b.en.is_empty()).collect();
    let join = |pick: fn(&Both) -> &str| parts.iter().map(pick).collect::<Vec<_>>().join(" · ");
    Both::new(join(|b| &b.en), join(|b| &b.es))
}

/// What a line's code of a dimension is called.
pub(super) fn one(answer: &Answer, kept: &Kept, dim: &str) -> Both {
    let code = kept.key(dim);
    if dim == "source" {
        return source(answer, &code);
    }
    if dim == "definition" {
        let each: Vec<Both> = breaks::definitions(kept).iter().map(|d| said(answer, dim, d)).collect();
        return match each.as_slice() {
            [] => Both::default(),
            [one] => one.clone(),
            // What changed on the way stands beside the break.
            [first, .., last] => Both::new(format!("{} → {}", first.en, last.en), format!("{} → {}", first.es, last.es)),
        };
    }
    said(answer, dim, &code)
}

fn said(answer: &Answer, dim: &str, code: &str) -> Both {
    if code.is_empty() {
        return match dim {
            "breakdown" | "place" => Both::new("total", "total"),
            "definition" => Both::default(),
            _ => Both::new("not stated", "no indicado"),
        };
    }
    answer.labels.get(dim).and_then(|known| known.get(code)).cloned().unwrap_or_else(|| Both::same(code))
}

/// A source by its producer in short, or by its title where that is not enough.
fn source(answer: &Answer, id: &str) -> Both {
    let Some(line) = answer.sources.iter().find(|s| s.id == id) else { return Both::same(id) };
    let alone = answer.sources.iter().filter(|s| short(&s.producer) == short(&line.producer)).count() == 1;
    if alone { Both::same(short(&line.producer)) } else { line.title.clone() }
}

/// A producer in short: its letters in brackets, else its name up to the first comma.
fn short(producer: &str) -> &str {
    let letters = producer.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside.trim());
    match letters {
        Some(letters) if (2..=14).contains(&letters.len()) && !letters.contains(' ') => letters,
        _ => producer.split([',', ';']).next().unwrap_or(producer).trim(),
    }
}

/// Says the definition of each line where they differ and the names do not say it.
pub(super) fn definitions(answer: &Answer, kept: &[Kept], names: &[Both]) -> Vec<Both> {
    const SAID: usize = 6;
    let told = kept.iter().zip(names).all(|(k, n)| n.en.contains(&one(answer, k, "definition").en));
    if !differs(kept, "definition") || told {
        return Vec::new();
    }
    let each = |pick: fn(&Both) -> &str| {
        let lines = kept.iter().zip(names).filter(|(k, _)| k.about.contains_key("definition")).take(SAID);
        lines.map(|(k, name)| format!("{}: {}", pick(name), pick(&one(answer, k, "definition")))).collect::<Vec<_>>().join("; ")
    };
    let (en, es) = (each(|b| &b.en), each(|b| &b.es));
    vec![both!("definitions differ. {en}", "las definiciones difieren. {es}")]
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_producer_is_called_by_its_letters() {
        assert_eq!(short("United Nations Office on Drugs and Crime (UNODC)"), "UNODC");
        assert_eq!(short("UNODC/SIMCI, through the Observatorio de Drogas de Colombia"), "UNODC/SIMCI");
        assert_eq!(short("Comisión Nacional (DEVIDA), SISCOD"), "DEVIDA");
        assert_eq!(short("A producer (with words)"), "A producer (with words)");
    }
}

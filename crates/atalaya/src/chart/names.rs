//! What lines are called: only what differs between them.

use atalaya_kernel::{Both, both};
use atalaya_store::Query;

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

/// The name of each line: as few dimensions as tell them apart.
pub(super) fn of(answer: &Answer, query: &Query, kept: &[Kept]) -> Vec<Both> {
    within(answer, query, kept, "")
}

/// The names of lines inside panels that a dimension already tells apart.
pub(super) fn within(answer: &Answer, query: &Query, kept: &[Kept], panel: &str) -> Vec<Both> {
    let mut used: Vec<&str> = Vec::new();
    // Dimensions asked for by name are said even where another would tell lines apart.
    for dim in ORDER.iter().copied().filter(|d| *d != panel && differs(kept, d)) {
        let asked = query.by.iter().any(|b| b.name() == dim);
        let key =
            |k: &Kept, dims: &[&str]| -> Vec<String> { std::iter::once(panel).chain(dims.iter().copied()).map(|d| k.key(d)).collect() };
        let mut more = used.clone();
        more.push(dim);
        let count = |dims: &[&str]| kept.iter().map(|k| key(k, dims)).collect::<std::collections::BTreeSet<_>>().len();
        if asked || count(&more) > count(&used) {
            used = more;
        }
    }
    kept.iter()
        .map(|one| {
            let parts: Vec<Both> = used.iter().map(|dim| self::one(answer, one, dim)).filter(|b| !b.en.is_empty()).collect();
            let join = |pick: fn(&Both) -> &str| parts.iter().map(pick).collect::<Vec<_>>().join(" · ");
            Both::new(join(|b| &b.en), join(|b| &b.es))
        })
        .collect()
}

fn differs(kept: &[Kept], dim: &str) -> bool {
    kept.first().is_some_and(|first| kept.iter().any(|k| k.key(dim) != first.key(dim)))
}

/// The dimension that panels are made by: the first that differs.
pub(super) fn splitting(kept: &[Kept]) -> &'static str {
    ORDER.into_iter().find(|dim| differs(kept, dim)).unwrap_or("area")
}

/// What a line's code of a dimension is called.
pub(super) fn one(answer: &Answer, kept: &Kept, dim: &str) -> Both {
    let code = kept.key(dim);
    if dim == "source" {
        return source(answer, &code);
    }
    if dim == "definition" {
        let each: Vec<Both> = breaks::definitions(kept).iter().map(|d| said(answer, dim, d)).collect();
        let join = |pick: fn(&Both) -> &str| each.iter().map(pick).collect::<Vec<_>>().join(" → ");
        return Both::new(join(|b| &b.en), join(|b| &b.es));
    }
    said(answer, dim, &code)
}

fn said(answer: &Answer, dim: &str, code: &str) -> Both {
    if code.is_empty() {
        return if dim == "substance" || dim == "area" { Both::new("not stated", "no indicado") } else { Both::default() };
    }
    answer.labels.get(dim).and_then(|known| known.get(code)).cloned().unwrap_or_else(|| Both::same(code))
}

/// A source by its producer, or by its title where producers are the same.
fn source(answer: &Answer, id: &str) -> Both {
    let Some(line) = answer.sources.iter().find(|s| s.id == id) else { return Both::same(id) };
    let alone = answer.sources.iter().filter(|s| s.producer == line.producer).count() == 1;
    if alone { Both::same(line.producer.clone()) } else { line.title.clone() }
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

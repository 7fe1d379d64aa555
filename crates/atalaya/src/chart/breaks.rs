//! Where one line changes what it counts: drawn as a break, only where the data say so.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, both};

use super::lines::Kept;
use crate::answer::Answer;

/// Between definitions of a chained line, in [`Kept::about`].
const THEN: &str = " → ";

/// Lines of one source, area and substance that follow each other under different definitions
/// become one line with a break; where their times meet they stay rivals, side by side.
pub(super) fn chain(kept: Vec<Kept>, answer: &Answer) -> Vec<Kept> {
    let mut alike: BTreeMap<Vec<(&'static str, String)>, Vec<Kept>> = BTreeMap::new();
    for one in kept {
        let key = one.about.iter().filter(|(d, _)| **d != "definition").map(|(d, c)| (*d, c.clone())).collect();
        alike.entry(key).or_default().push(one);
    }
    alike.into_values().flat_map(|group| chained(group, answer)).collect()
}

fn chained(mut group: Vec<Kept>, answer: &Answer) -> Vec<Kept> {
    let ends = |kept: &Kept| Some((kept.line.points.first()?.x, kept.line.points.last()?.x));
    group.sort_by(|a, b| ends(a).map_or(0.0, |e| e.0).total_cmp(&ends(b).map_or(0.0, |e| e.0)));
    let follow = group.windows(2).all(|w| match (ends(&w[0]), ends(&w[1])) {
        (Some(before), Some(after)) => before.1 < after.0,
        _ => false,
    });
    if group.len() < 2 || !follow || !group.iter().all(|k| k.about.contains_key("definition")) {
        return group;
    }
    let mut parts = group.into_iter();
    let Some(mut whole) = parts.next() else { return Vec::new() };
    let mut last = whole.key("definition");
    for part in parts {
        let next = part.key("definition");
        let named = |code: &str| answer.labels.get("definition").and_then(|l| l.get(code)).cloned().unwrap_or_else(|| Both::same(code));
        let (old, new) = (named(&last), named(&next));
        let (old_en, new_en, old_es, new_es) = (&old.en, &new.en, &old.es, &new.es);
        let reason = both!("the definition changes from “{old_en}” to “{new_en}”", "la definición cambia de «{old_es}» a «{new_es}»");
        whole.single.extend(part.single);
        for (at, mut point) in part.line.points.into_iter().enumerate() {
            if at == 0 {
                point.breaks = Some(reason.clone());
            }
            whole.line.points.push(point);
        }
        let before = whole.key("definition");
        whole.about.insert("definition", format!("{before}{THEN}{next}"));
        last = next;
    }
    vec![whole]
}

/// The definitions of a line in order: one, or more where it is chained.
pub(super) fn definitions(kept: &Kept) -> Vec<String> {
    kept.key("definition").split(THEN).filter(|d| !d.is_empty()).map(str::to_string).collect()
}

/// Whether a line is, in some part, of this definition.
pub(super) fn defined_as(kept: &Kept, definition: Option<&String>) -> bool {
    match definition {
        None => !kept.about.contains_key("definition"),
        Some(definition) => definitions(kept).contains(definition),
    }
}

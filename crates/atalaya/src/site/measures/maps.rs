//! The maps of a measure: one a level of areas, of the substance that is known for most of them.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::Problem;
use atalaya_report::site::View;
use serde_json::Value;

use super::{is_records, view};
use crate::Observatory;
use crate::answer::Answer;
use crate::chart::Wish;
use crate::query::answer_only;
use crate::verbs::Ask;

/// Maps on a page.
const MAPS: usize = 3;
/// Areas below which a map says less than a table: on the world, and within a country.
const FEWEST: [usize; 2] = [8, 3];

/// The areas known at each time.
type Times = BTreeMap<String, BTreeSet<String>>;

/// The maps of a measure where there are outlines, the one with most areas first.
pub(super) fn maps(observatory: &mut Observatory, ask: &Ask, answer: &Answer) -> Result<Vec<View>, Problem> {
    let mut notes = Vec::new();
    let outlines = observatory.outlines(&mut notes);
    let known: BTreeSet<&str> = outlines.iter().flat_map(|o| &o.areas).map(|o| o.area.as_str()).collect();
    let mut drawable: BTreeMap<(String, String), Times> = BTreeMap::new();
    if is_records(&ask.what) {
        gather(&mut drawable, "", &answer.rows, &known);
    } else {
        gather(&mut drawable, "country", &answer.rows, &known);
        let finer: BTreeSet<&str> = outlines.iter().map(|o| o.level.as_str()).filter(|l| *l != "country").collect();
        for level in finer {
            let at_level = answer_only(observatory, &Ask { level: Some(level.into()), ..ask.clone() }.query()?)?;
            gather(&mut drawable, level, &at_level.rows, &known);
        }
    }
    let most = |times: &Times| times.values().map(BTreeSet::len).max().unwrap_or(0);
    let mut ranked: Vec<_> = drawable.iter().filter(|((level, _), times)| most(times) >= fewest(level)).collect();
    ranked.sort_by_key(|(_, times)| std::cmp::Reverse(most(times)));
    let mut out = Vec::new();
    let mut levels = BTreeSet::new();
    for ((level, substance), times) in ranked {
        if out.len() == MAPS || !levels.insert(level.clone()) {
            continue;
        }
        // The last time that is known for half as many areas as the best: a last year of one
        // area shows nothing.
        let year = times.iter().rev().find(|(_, areas)| areas.len() * 2 >= most(times)).map(|(at, _)| at.clone());
        let narrowed = Ask {
            substance: Some(substance.clone()).filter(|s| !s.is_empty()).into_iter().collect(),
            level: Some(level.clone()).filter(|l| !l.is_empty()),
            by: ask.by.iter().filter(|d| *d != "substance").cloned().collect(),
            ..ask.clone()
        };
        let wish = Wish { kind: Some("map".into()), year, ..Wish::default() };
        // What is published for places alone says nothing of areas.
        let map = view(observatory, &narrowed, &wish, &outlines)?;
        if !map.table.rows.is_empty() {
            out.push(map);
        }
    }
    Ok(out)
}

fn fewest(level: &str) -> usize {
    FEWEST[usize::from(!matches!(level, "" | "country"))]
}

/// Notes the areas with an outline that rows speak of.
fn gather(into: &mut BTreeMap<(String, String), Times>, level: &str, rows: &[BTreeMap<String, Value>], known: &BTreeSet<&str>) {
    for row in rows {
        let [area, year, month, substance] = ["area", "year", "month", "substance"].map(|c| Answer::text(row, c));
        let at = if year.is_empty() { month } else { year };
        if known.contains(area.as_str()) && !at.is_empty() {
            into.entry((level.into(), substance)).or_default().entry(at).or_default().insert(area);
        }
    }
}

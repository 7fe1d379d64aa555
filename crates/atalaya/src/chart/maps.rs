//! From lines to maps: one map a time, rivals side by side, the same classes for every year.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use atalaya_kernel::shape::Outlines;
use atalaya_kernel::{Both, Missing, both};
use atalaya_report::chart::{AreaValue, Body, Classes, MapBody, Panel, map};
use atalaya_store::Query;

use super::lines::Kept;
use super::{MOST_PANELS, left_out, names, words};
use crate::answer::Answer;

/// Panels of rivals past which the rest is left out and said.
const MOST_RIVALS: usize = 9;

/// What maps are made of.
pub(super) struct Maps<'a> {
    pub kept: &'a [Kept],
    pub answer: &'a Answer,
    pub query: &'a Query,
    pub years: &'a [String],
    pub outlines: &'a [Arc<Outlines>],
}

impl<'a> Maps<'a> {
    /// The map of one time. Where several sources or definitions say something of it, one map
    /// each: none is chosen.
    pub(super) fn at(&self, at: &str, notes: &mut Vec<Both>) -> Body {
        let mut groups = together(self.groups(|k| self.speaks(k, at)));
        if groups.len() <= 1 {
            let kept = groups.into_iter().next().map(|(_, kept)| kept).unwrap_or_default();
            notes.extend(self.definitions(&kept));
            let classes = self.classes(&kept);
            let frames = self.years.iter().map(|year| map::frame(year, &self.values(&kept, year), &classes)).collect();
            return Body::Map(MapBody { frames, palette: map::palette(&classes), ..self.map(&kept, at, &classes) });
        }
        left_out(notes, groups.len().saturating_sub(MOST_RIVALS), "more sources or definitions", "fuentes o definiciones más");
        groups.truncate(MOST_RIVALS);
        let panel =
            |(title, kept): &(Both, Vec<&Kept>)| Panel { title: title.clone(), body: Body::Map(self.map(kept, at, &self.shared(&groups))) };
        Body::Multiples { panels: groups.iter().map(panel).collect() }
    }

    /// One small map a time, and a rival.
    pub(super) fn all(&self, notes: &mut Vec<Both>) -> Body {
        let groups = self.groups(|_| true);
        let shared = self.shared(&groups);
        let mut panels = Vec::new();
        for (title, kept) in &groups {
            for year in self.years.iter().filter(|year| kept.iter().any(|k| k.line.points.iter().any(|p| p.at == **year))) {
                let join = |text: &str| if groups.len() > 1 { format!("{year} · {text}") } else { year.clone() };
                let title = Both::new(join(&title.en), join(&title.es));
                panels.push(Panel { title, body: Body::Map(self.map(kept, year, &shared)) });
            }
        }
        let more = panels.len().saturating_sub(MOST_PANELS);
        left_out(notes, more, "earlier maps", "mapas anteriores");
        panels.drain(..more);
        Body::Multiples { panels }
    }

    /// Whether a line says something of a time: a definition that does not apply to an area is no
    /// rival of one that does.
    fn speaks(&self, kept: &Kept, at: &str) -> bool {
        let point = |k: &'a Kept| k.line.points.iter().find(|p| p.at == at);
        let Some(own) = kept.line.points.iter().find(|p| p.at == at) else { return false };
        let value = |k: &&'a Kept| k.key("area") == kept.key("area") && point(k).is_some_and(|p| p.value.is_some());
        own.missing != Some(Missing::NotApplicable) || own.value.is_some() || !self.kept.iter().any(|k| value(&k))
    }

    /// Lines that differ by area alone, with what tells the groups apart, the largest first.
    fn groups(&self, wanted: impl Fn(&Kept) -> bool) -> Vec<(Both, Vec<&'a Kept>)> {
        let mut groups: BTreeMap<Vec<(&str, String)>, Vec<&Kept>> = BTreeMap::new();
        for one in self.kept.iter().filter(|k| wanted(k)) {
            let key = one.about.iter().filter(|(dim, _)| **dim != "area").map(|(dim, code)| (*dim, code.clone())).collect();
            groups.entry(key).or_default().push(one);
        }
        let firsts: Vec<Kept> = groups.values().map(|kept| kept[0].clone()).collect();
        let titles = names::within(self.answer, &firsts, &["area"]);
        let mut groups: Vec<(Both, Vec<&Kept>)> = titles.into_iter().zip(groups.into_values()).collect();
        groups.sort_by_key(|(_, kept)| std::cmp::Reverse(kept.len()));
        groups
    }

    /// Says which areas count by which definition, where they differ.
    fn definitions(&self, kept: &[&Kept]) -> Option<Both> {
        let mut by: BTreeMap<Both, Vec<Both>> = BTreeMap::new();
        for one in kept {
            by.entry(names::one(self.answer, one, "definition")).or_default().push(names::one(self.answer, one, "area"));
        }
        let each = |pick: fn(&Both) -> &str| -> String {
            let areas = |areas: &[Both]| areas.iter().take(6).map(pick).collect::<Vec<_>>().join(", ");
            let more = |areas: &[Both]| if areas.len() > 6 { ", …" } else { "" };
            by.iter().map(|(said, of)| format!("{}{}: {}", areas(of), more(of), pick(said))).collect::<Vec<_>>().join("; ")
        };
        let (en, es) = (each(|b| &b.en), each(|b| &b.es));
        (by.len() > 1).then(|| {
            both!(
                "definitions differ between areas, so compare with care. {en}",
                "las definiciones difieren entre áreas; compare con cuidado. {es}"
            )
        })
    }

    fn shared(&self, groups: &[(Both, Vec<&Kept>)]) -> Classes {
        self.classes(&groups.iter().flat_map(|(_, kept)| kept.iter().copied()).collect::<Vec<_>>())
    }

    /// Classes of the values of every year, so that years compare.
    fn classes(&self, kept: &[&Kept]) -> Classes {
        let points = kept.iter().flat_map(|k| &k.line.points).filter(|p| self.years.contains(&p.at));
        let values: Vec<f64> = points.filter_map(|p| p.value.as_ref()?.parse::<f64>().ok()).collect();
        Classes::of(&values, &[])
    }

    fn map(&self, kept: &[&Kept], at: &str, classes: &Classes) -> MapBody {
        let levels: BTreeSet<&str> = kept.iter().map(|k| words::level(&k.key("area"))).collect();
        let level = self.query.level.clone().unwrap_or_else(|| levels.into_iter().next_back().unwrap_or("country").to_string());
        MapBody {
            level,
            within: self.query.area.join(","),
            values: self.values(kept, at),
            at: at.to_string(),
            limits: classes.limits.clone(),
            outlines: self.outlines.to_vec(),
            ..MapBody::default()
        }
    }

    fn values(&self, kept: &[&Kept], at: &str) -> Vec<AreaValue> {
        let value = |kept: &&Kept| {
            let point = kept.line.points.iter().find(|p| p.at == at)?;
            Some(AreaValue { area: kept.key("area"), name: names::one(self.answer, kept, "area"), point: point.clone() })
        };
        kept.iter().filter_map(value).collect()
    }
}

/// Groups that differ by definition alone and share no area stand on one map: there is nothing to
/// choose between, and the note on definitions says that they differ.
fn together(groups: Vec<(Both, Vec<&Kept>)>) -> Vec<(Both, Vec<&Kept>)> {
    let key = |kept: &Kept| -> Vec<String> {
        kept.about.iter().filter(|(dim, _)| !matches!(**dim, "area" | "definition")).map(|(dim, code)| format!("{dim}={code}")).collect()
    };
    let mut out: Vec<(Both, Vec<&Kept>)> = Vec::new();
    for (title, kept) in groups {
        let areas: BTreeSet<String> = kept.iter().map(|k| k.key("area")).collect();
        let fits =
            |other: &&mut (Both, Vec<&Kept>)| key(other.1[0]) == key(kept[0]) && !other.1.iter().any(|k| areas.contains(&k.key("area")));
        match out.iter_mut().find(|other| fits(other)) {
            Some(other) => other.1.extend(kept),
            None => out.push((title, kept)),
        }
    }
    out
}

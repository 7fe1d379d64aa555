//! Areas coloured by class, with what is missing drawn as missing.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::Both;
use atalaya_kernel::area::areas;

use super::ink::Ink;
use super::key::NOTE;
use super::stage::{Piece, Stage};
use super::svg::{Svg, n};
use super::{AreaValue, Bar, Bars, Body, ChartKind, MapBody, Theme, bars};

mod classes;
mod frames;
pub(in crate::chart) mod ground;
mod legend;
mod project;

pub use classes::{Class, Classes, Good, MOST, Method};
pub use frames::{Frame, frame, palette};
use ground::{Ground, Mark};
pub use project::Projection;

/// The row of maps.
pub const KIND: ChartKind = ChartKind {
    id: "map",
    label: ("Map", "Mapa"),
    draw: |body, stage| if let Body::Map(map) = body { draw(map, stage) } else { Piece::default() },
    say: |body, stage| if let Body::Map(map) = body { say(map, stage) } else { String::new() },
};

/// Draws the areas of a map.
pub fn draw(map: &MapBody, stage: &Stage<'_>) -> Piece {
    // Without outlines the values are shown by size.
    let Some(ground) = Ground::lay(map, stage.width, stage.small()) else { return bars::draw(&by_size(map), stage) };
    let reading = Reading::of(map, &ground);
    let mut svg = Svg::new();
    let mut y = 0.0;
    if !stage.small() {
        let legend = legend::draw(map, stage, &reading.classes, Some(&reading.counts));
        svg.place(0.0, 0.0, &legend.svg);
        y = legend.height + 10.0;
    }
    land(&mut svg, map, stage, &ground, &reading, y);
    y += ground.height + 6.0;
    y = without_outline(&mut svg, map, stage, &reading, y);
    if !stage.small() {
        y = below(&mut svg, stage, &ground, y);
    }
    Piece { svg, height: y }
}

/// The key of a map, drawn once over several small maps.
pub fn legend(map: &MapBody, stage: &Stage<'_>) -> Option<Piece> {
    let ground = Ground::lay(map, stage.width, true)?;
    let classes = classes_of(map);
    let mut piece = legend::draw(map, stage, &classes, None);
    piece.height = below(&mut piece.svg, stage, &ground, piece.height + 6.0);
    Some(piece)
}

/// What a map shows, in words.
pub fn say(map: &MapBody, stage: &Stage<'_>) -> String {
    bars::say(&by_size(map), stage)
}

/// The classes of a map: those given, or of its values; on both sides of zero where it has a good
/// and a bad side.
pub fn classes_of(map: &MapBody) -> Classes {
    let values: Vec<f64> = map.values.iter().filter_map(|v| v.point.value.as_ref()?.parse().ok()).collect();
    match map.good {
        Some(good) => Classes::sides(&values, good),
        None => Classes::of(&values, &map.limits),
    }
}

/// What every area is.
struct Reading<'m> {
    classes: Classes,
    by_area: BTreeMap<&'m str, &'m AreaValue>,
    counts: BTreeMap<Class, usize>,
    /// Values whose area has no outline.
    outside: Vec<&'m AreaValue>,
    /// Whether some values, but not all, are provisional.
    some_provisional: bool,
}

impl<'m> Reading<'m> {
    fn of(map: &'m MapBody, ground: &Ground<'_>) -> Reading<'m> {
        let classes = classes_of(map);
        let by_area: BTreeMap<&str, &AreaValue> = map.values.iter().map(|v| (v.area.as_str(), v)).collect();
        let drawn: BTreeSet<&str> = ground.marks.iter().filter(|m| !m.aside).map(|m| m.area).collect();
        let mut counts: BTreeMap<Class, usize> = BTreeMap::new();
        map.values.iter().for_each(|v| *counts.entry(classes.class(&v.point)).or_default() += 1);
        let nothing = drawn.iter().filter(|area| !by_area.contains_key(*area)).count();
        if nothing > 0 {
            counts.insert(Class::Nothing, nothing);
        }
        let outside = map.values.iter().filter(|v| !drawn.contains(v.area.as_str())).collect();
        let provisional = map.values.iter().filter(|v| v.point.provisional).count();
        Reading { classes, by_area, counts, outside, some_provisional: provisional > 0 && provisional < map.values.len() }
    }
}

/// The fill of a class.
fn fill(class: Class, classes: &Classes, ink: &Ink) -> String {
    let theme = if std::ptr::eq(ink, Ink::of(Theme::Dark)) { "dark" } else { "light" };
    match class {
        Class::Of(at) => match classes.method {
            Method::Sides(Good::Low) => ink.sides[5 - at.min(5)].into(),
            Method::Sides(Good::High) => ink.sides[at.min(5)].into(),
            Method::Equal | Method::Steps => ink.ramp[classes.shade(at).min(MOST - 1)].into(),
        },
        Class::Zero => ink.zero.into(),
        Class::Nothing => ink.sunken.into(),
        missing => format!("url(#map-{}-{theme})", missing.id()),
    }
}

/// The areas, ten units a pixel so that whole numbers suffice.
fn land(svg: &mut Svg, map: &MapBody, stage: &Stage<'_>, ground: &Ground<'_>, reading: &Reading<'_>, y: f64) {
    let ink = stage.ink;
    let (width, height) = (stage.width, ground.height);
    svg.tag("svg")
        .num("y", y)
        .num("width", width)
        .num("height", height)
        .at("viewBox", &format!("0 0 {} {}", n(width * 10.0), n(height * 10.0)))
        .at("class", "land")
        .at("data-at", &map.at)
        .at("overflow", "hidden")
        .at("stroke-linejoin", "round")
        .open();
    legend::patterns(svg, ink);
    svg.tag("g").at("fill", ink.sunken).at("stroke", ink.edge).at("stroke-opacity", ".35").num("stroke-width", 5.0).open();
    ground.marks.iter().filter(|m| m.aside).for_each(|mark| svg.tag("path").at("d", &mark.path).end());
    svg.close("g");
    let mut by_class: BTreeMap<(bool, Class), Vec<&Mark<'_>>> = BTreeMap::new();
    for mark in ground.marks.iter().filter(|m| !m.aside) {
        let value = reading.by_area.get(mark.area);
        let class = value.map_or(Class::Nothing, |v| reading.classes.class(&v.point));
        let marked = reading.some_provisional && value.is_some_and(|v| v.point.provisional);
        by_class.entry((marked, class)).or_default().push(mark);
    }
    // Many small areas: a border must not be wider than what it borders.
    let border = if ground.marks.len() > 600 || stage.small() { 3.0 } else { 6.0 };
    for ((marked, class), marks) in by_class {
        let pale = matches!(class, Class::Nothing | Class::NotKnown | Class::NotApplicable | Class::Suppressed);
        let tag = svg.tag("g").at("class", &class.id()).at("fill", &fill(class, &reading.classes, ink));
        let tag = if marked {
            tag.at("stroke", ink.ink).num("stroke-width", 8.0).at("stroke-dasharray", "20 16")
        } else {
            tag.at("stroke", if pale { ink.edge } else { ink.surface })
                .num("stroke-width", border)
                .at("stroke-opacity", if pale { ".5" } else { "1" })
        };
        tag.open();
        marks.iter().for_each(|mark| one(svg, mark, reading, stage));
        svg.close("g");
    }
    svg.close("svg");
}

fn one(svg: &mut Svg, mark: &Mark<'_>, reading: &Reading<'_>, stage: &Stage<'_>) {
    let value = reading.by_area.get(mark.area);
    let known = areas().get(mark.area);
    let name = value.map(|v| v.name.in_lang(stage.lang)).or_else(|| known.map(|a| a.name(stage.lang))).unwrap_or(mark.area);
    let tag = svg.tag("path").at("data-area", mark.area).at("data-name", name);
    let tag = match value {
        Some(v) => tag
            .maybe("data-value", v.point.value.as_deref())
            .maybe("data-missing", v.point.missing.map(|m| m.code()))
            .maybe("data-provisional", v.point.provisional.then_some("1"))
            .maybe("data-figure", v.point.figure.as_deref()),
        None => tag,
    };
    tag.at("d", &mark.path).end();
}

/// Areas that have data and no outline: said, never dropped.
fn without_outline(svg: &mut Svg, map: &MapBody, stage: &Stage<'_>, reading: &Reading<'_>, y: f64) -> f64 {
    const SAID: usize = 24;
    if reading.outside.is_empty() {
        return y;
    }
    let count = reading.outside.len();
    let value =
        |v: &AreaValue| v.point.value.as_ref().map_or_else(|| super::alt::missing_word(v.point.missing, stage).into(), |t| stage.value(t));
    let size = |v: &&&AreaValue| v.point.value.as_ref().and_then(|t| t.parse::<f64>().ok()).unwrap_or(-1.0);
    let mut largest: Vec<&&AreaValue> = reading.outside.iter().collect();
    largest.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.area.cmp(&b.area)));
    let most = if stage.small() { 3 } else { SAID };
    let mut each: Vec<String> = largest.iter().take(most).map(|v| format!("{} {}", v.name.in_lang(stage.lang), value(v))).collect();
    if count > most {
        each.push(bars::more(count - most).in_lang(stage.lang).into());
    }
    let head = match (count, map.level.as_str()) {
        (1, _) => Both::new("1 area with data and no outline here", "1 área con datos y sin contorno aquí"),
        (n, _) => atalaya_kernel::both!("{n} areas with data and no outline here", "{n} áreas con datos y sin contorno aquí"),
    };
    let text = format!("{}: {}", head.in_lang(stage.lang), each.join(", "));
    svg.paragraph(0.0, y + NOTE.size, NOTE, stage.ink.muted, &NOTE.wrap(&text, stage.width)) - NOTE.size + 4.0
}

/// Projection, and whose outlines they are.
fn below(svg: &mut Svg, stage: &Stage<'_>, ground: &Ground<'_>, y: f64) -> f64 {
    let head = stage.say("Outlines: ", "Contornos: ");
    let name = ground.projection.name();
    let mut lines = vec![format!("{head}{}", ground.source(stage.lang))];
    let mut projection = name.in_lang(stage.lang).to_string();
    if let Some(first) = projection.get(..1).map(str::to_uppercase) {
        projection.replace_range(..1, &first);
    }
    lines.push(projection);
    let text = lines.join(". ");
    svg.paragraph(0.0, y + NOTE.size, NOTE, stage.ink.muted, &NOTE.wrap(&text, stage.width)) - NOTE.size
}

fn by_size(map: &MapBody) -> Bars {
    let mut bars: Vec<Bar> = map.values.iter().map(|v| Bar { name: v.name.clone(), point: v.point.clone() }).collect();
    let size = |bar: &Bar| bar.point.value.as_ref().and_then(|v| v.parse::<f64>().ok()).unwrap_or(f64::NEG_INFINITY);
    bars.sort_by(|a, b| size(b).total_cmp(&size(a)));
    Bars { bars }
}

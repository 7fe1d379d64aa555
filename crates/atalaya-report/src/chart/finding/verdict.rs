//! The effect against zero and against the smallest that matters: what the verdict rests on.

use atalaya_kernel::Both;
use serde::Serialize;

use super::super::ink::Shape;
use super::super::key;
use super::super::map::Good;
use super::super::number;
use super::super::scale::{self, Linear};
use super::super::stage::{Piece, Stage};
use super::super::svg::{Svg, path};
use super::super::text::Type;
use super::{sides, signed, with_interval};

const NAME: Type = Type::bold(13.0);
const SMALL: Type = Type::regular(12.0);

/// One effect, and the intervals in which it lies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weighed {
    /// The estimate.
    pub estimate: f64,
    /// Its intervals, each with what it holds for.
    pub ranges: Vec<Range>,
    /// The smallest effect that matters.
    pub smallest: f64,
    /// Which side of zero is good.
    pub good: Good,
    /// The verdict, in words.
    pub verdict: Both,
}

/// An interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Range {
    /// What it holds for: one look, or however many.
    pub name: Both,
    /// Its ends.
    pub ends: [f64; 2],
}

/// Draws the intervals under each other, over the zones that matter.
pub fn draw(weighed: &Weighed, stage: &Stage<'_>) -> Piece {
    let mut svg = Svg::new();
    let head = Type::bold(if stage.width >= 560.0 { 18.0 } else { 16.0 });
    let lines = head.wrap(&super::super::plate::capital(weighed.verdict.in_lang(stage.lang)), stage.width);
    let mut y = svg.paragraph(0.0, head.size, head, stage.ink.ink, &lines) - head.size + 10.0;
    let x = scale_of(weighed, stage);
    y = zones(&mut svg, stage, weighed, y);
    for range in &weighed.ranges {
        y = row(&mut svg, stage, &x, (weighed, Some(range), y));
    }
    if weighed.ranges.is_empty() {
        y = row(&mut svg, stage, &x, (weighed, None, y));
    }
    y = axis(&mut svg, stage, &x, y);
    y = key::notes(&mut svg, stage, &notes(weighed, stage), y + 4.0);
    Piece { svg, height: y }
}

/// The axis, zero in the picture and as much to one side as needed.
fn scale_of(weighed: &Weighed, stage: &Stage<'_>) -> Linear {
    let ends = weighed.ranges.iter().flat_map(|r| r.ends).chain([weighed.estimate, weighed.smallest, -weighed.smallest]);
    let far = ends.filter(|v| v.is_finite()).fold(0.0_f64, |m, v| m.max(v.abs()));
    let far = if far > 0.0 { far * 1.12 } else { 1.0 };
    Linear { domain: (-far, far), range: (6.0, stage.width - 6.0) }
}

/// Names of the zones over the plot; returns the place below.
fn zones(svg: &mut Svg, stage: &Stage<'_>, weighed: &Weighed, y: f64) -> f64 {
    let [below, above] = sides(weighed.good, stage);
    let half = stage.width / 2.0 - 8.0;
    svg.words(0.0, y + 12.0, NAME, stage.ink.muted).text(&NAME.shorten(&format!("← {below}"), half));
    svg.words(stage.width, y + 12.0, NAME, stage.ink.muted).at("text-anchor", "end").text(&NAME.shorten(&format!("{above} →"), half));
    y + 22.0
}

/// The zone too small to matter, and zero: beside the marks only, so that nothing crosses a word.
fn ground(svg: &mut Svg, stage: &Stage<'_>, weighed: &Weighed, (x, top, bottom): (&Linear, f64, f64)) {
    if weighed.smallest > 0.0 {
        let (from, to) = (x.at(-weighed.smallest), x.at(weighed.smallest));
        svg.rect(from, top, to - from, bottom - top).at("fill", stage.ink.edge).at("opacity", "0.18").at("class", "smallest").end();
    }
    let zero = x.at(0.0);
    svg.line((zero, top), (zero, bottom)).stroke(stage.ink.ink, 1.4).at("class", "zero").end();
}

/// One interval with its name above it; returns the place below.
fn row(svg: &mut Svg, stage: &Stage<'_>, x: &Linear, (weighed, range, top): (&Weighed, Option<&Range>, f64)) -> f64 {
    let name = range
        .map_or_else(|| stage.say("the estimate, without an interval", "la estimación, sin intervalo"), |r| r.name.in_lang(stage.lang));
    let said = range.map_or_else(|| signed(weighed.estimate, stage), |r| with_interval(weighed.estimate, Some(r.ends), stage));
    let lines = SMALL.wrap(&format!("{name}: {said}"), stage.width);
    let below = svg.paragraph(0.0, top + 16.0, SMALL, stage.ink.ink, &lines) - 12.0;
    let y = below + 14.0;
    ground(svg, stage, weighed, (x, y - 13.0, y + 13.0));
    let pen = stage.ink.pen(0);
    if let Some(Range { ends: [low, high], .. }) = range {
        let (low, high) = (x.at(*low), x.at(*high));
        let caps = path(&[(low, y - 6.0), (low, y + 6.0)]) + &path(&[(high, y - 6.0), (high, y + 6.0)]);
        svg.tag("path").at("d", &(path(&[(low, y), (high, y)]) + &caps)).stroke(pen.colour, 3.0).at("class", "interval").end();
    }
    let [low, high] = range.map_or([None, None], |r| r.ends.map(|v| Some(number::plain(v))));
    svg.tag("path")
        .at("d", &Shape::Circle.path(x.at(weighed.estimate), y, 5.5))
        .at("class", "point")
        .at("fill", pen.colour)
        .at("stroke", stage.ink.surface)
        .num("stroke-width", 1.5)
        .at("data-name", name)
        .at("data-at", stage.say("effect", "efecto"))
        .at("data-value", &number::plain(weighed.estimate))
        .maybe("data-low", low.as_deref())
        .maybe("data-high", high.as_deref())
        .end();
    y + 16.0
}

/// Marks of values under the plot; returns the place below.
fn axis(svg: &mut Svg, stage: &Stage<'_>, x: &Linear, y: f64) -> f64 {
    let (left, right) = x.range;
    svg.line((left, y), (right, y)).stroke(stage.ink.edge, 1.0).end();
    let half = scale::axis(0.0, x.domain.1, if stage.width >= 520.0 { 4 } else { 2 });
    let mut ticks: Vec<f64> = half.ticks.iter().rev().map(|t| -t).chain(half.ticks.iter().copied().skip(1)).collect();
    ticks.retain(|t| t.abs() <= x.domain.1);
    let labels = number::axis(&ticks, stage.lang);
    let mut taken = f64::NEG_INFINITY;
    for (tick, label) in ticks.iter().zip(&labels) {
        let wide = SMALL.width(label);
        let at = x.at(*tick);
        svg.line((at, y), (at, y + 4.0)).stroke(stage.ink.edge, 1.0).end();
        let middle = at.clamp(wide / 2.0, stage.width - wide / 2.0);
        if middle - wide / 2.0 > taken + 6.0 {
            taken = middle + wide / 2.0;
            svg.words(middle, y + 6.0 + SMALL.size, SMALL, stage.ink.muted).at("text-anchor", "middle").text(label);
        }
    }
    y + 10.0 + SMALL.size
}

fn notes(weighed: &Weighed, stage: &Stage<'_>) -> Vec<String> {
    if weighed.smallest <= 0.0 {
        return Vec::new();
    }
    let smallest = number::estimate(weighed.smallest, stage.lang);
    let said = atalaya_kernel::both!(
        "Grey: effects smaller than {smallest}, which the design says do not matter. A verdict needs the whole interval on one side of zero and the estimate outside the grey, or the whole interval within the grey.",
        "Gris: efectos menores que {smallest}, que según el diseño no importan. Un veredicto requiere todo el intervalo a un lado de cero y la estimación fuera del gris, o todo el intervalo dentro del gris."
    );
    vec![said.in_lang(stage.lang).to_string()]
}

/// What the intervals show, in words.
pub fn say(weighed: &Weighed, stage: &Stage<'_>) -> String {
    let mut said = vec![weighed.verdict.in_lang(stage.lang).to_string()];
    let each = |r: &Range| format!("{}: {}", r.name.in_lang(stage.lang), with_interval(weighed.estimate, Some(r.ends), stage));
    said.extend(weighed.ranges.iter().map(each));
    if weighed.ranges.is_empty() {
        said.push(signed(weighed.estimate, stage));
    }
    said.extend(notes(weighed, stage));
    said.join(". ")
}

//! The marks of one line: bands, strokes, points, whiskers, breaks, ghosts, strokes for the missing.

use atalaya_kernel::Missing;

use super::super::bars::number;
use super::super::ink::Pen;
use super::super::key::{absence, cross};
use super::super::stage::Stage;
use super::super::svg::{Svg, Tag, path};
use super::super::{Line, Point};
use super::frame::Frame;

/// A point with its numbers read and its place found.
struct Mark<'a> {
    point: &'a Point,
    x: f64,
    y: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

/// What a page and a test find on every mark.
pub fn data<'a>(tag: Tag<'a>, point: &Point, name: &str) -> Tag<'a> {
    tag.at("data-name", name)
        .at("data-at", &point.at)
        .maybe("data-value", point.value.as_deref())
        .maybe("data-low", point.low.as_deref())
        .maybe("data-high", point.high.as_deref())
        .maybe("data-missing", point.missing.filter(|_| point.value.is_none()).map(|m| m.code()))
        .maybe("data-provisional", point.provisional.then_some("yes"))
        .maybe("data-figure", point.figure.as_deref())
}

/// Whether a point has nothing to draw.
pub fn absent(point: &Point) -> bool {
    point.value.is_none() && (point.low.is_none() || point.high.is_none())
}

/// Whether an absent point is worth a mark: what does not apply before a line begins or after it
/// ends goes without saying.
pub fn told(line: &Line, point: &Point) -> bool {
    let Some(missing) = point.missing.filter(|_| absent(point)) else { return false };
    let known = || line.points.iter().filter(|p| !absent(p));
    missing != Missing::NotApplicable || known().any(|p| p.x < point.x) && known().any(|p| p.x > point.x)
}

/// The usual distance in time between neighbouring points: the smallest.
fn step(line: &Line) -> f64 {
    line.points.windows(2).map(|w| w[1].x - w[0].x).filter(|d| *d > 0.0).fold(f64::INFINITY, f64::min)
}

/// Runs of points that one stroke may join: no missing value, no break, no time left out.
fn runs(line: &Line) -> Vec<Vec<usize>> {
    let step = step(line);
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut last: Option<usize> = None;
    for (at, point) in line.points.iter().enumerate() {
        if point.value.is_none() {
            last = None;
            continue;
        }
        let joined = last.is_some_and(|l| point.breaks.is_none() && point.x - line.points[l].x <= step * 1.5);
        match runs.last_mut() {
            Some(run) if joined => run.push(at),
            _ => runs.push(vec![at]),
        }
        last = Some(at);
    }
    runs
}

/// Neighbouring runs between which nothing was reported, but nothing broke: joined by dots.
fn gaps(line: &Line, runs: &[Vec<usize>]) -> Vec<(usize, usize)> {
    let ends = runs.windows(2).filter_map(|w| Some((*w[0].last()?, *w[1].first()?)));
    ends.filter(|(from, to)| from + 1 == *to && line.points[*to].breaks.is_none()).collect()
}

/// Whether a line has dotted stretches.
pub fn has_gaps(line: &Line) -> bool {
    !gaps(line, &runs(line)).is_empty()
}

/// Draws what lies under the strokes: bands of intervals and ghosts.
pub fn under(svg: &mut Svg, stage: &Stage<'_>, frame: &Frame, line: &Line, pen: &Pen) {
    let marks = marks(frame, line);
    for run in runs(line) {
        let whole = run.len() > 1 && run.iter().all(|at| marks[*at].low.is_some() && marks[*at].high.is_some());
        if !whole {
            continue;
        }
        let upper = run.iter().filter_map(|at| Some((marks[*at].x, marks[*at].high?)));
        let lower = run.iter().rev().filter_map(|at| Some((marks[*at].x, marks[*at].low?)));
        let outline: Vec<(f64, f64)> = upper.chain(lower).collect();
        svg.tag("path").at("d", &format!("{}Z", path(&outline))).at("class", "band").at("fill", pen.colour).at("opacity", "0.16").end();
    }
    for ghost in &line.ghosts {
        let Some(value) = number(Some(&ghost.value)) else { continue };
        let (x, y) = (frame.x.at(ghost.x), frame.y.at(value));
        svg.tag("g")
            .at("class", "ghost")
            .at("data-name", line.name.in_lang(stage.lang))
            .at("data-at", &ghost.at)
            .at("data-value", &ghost.value)
            .at("data-vintage", &ghost.vintage)
            .open();
        cross(svg, x, y, 3.4, pen.colour);
        svg.close("g");
    }
}

fn marks<'a>(frame: &Frame, line: &'a Line) -> Vec<Mark<'a>> {
    let place = |text: Option<&String>| number(text).map(|v| frame.y.at(v));
    line.points
        .iter()
        .map(|point| Mark {
            point,
            x: frame.x.at(point.x),
            y: place(point.value.as_ref()),
            low: place(point.low.as_ref()),
            high: place(point.high.as_ref()),
        })
        .collect()
}

/// Draws the strokes and points of a line.
pub fn over(svg: &mut Svg, stage: &Stage<'_>, frame: &Frame, line: &Line, pen: &Pen) {
    let marks = marks(frame, line);
    let runs = runs(line);
    let thick = if stage.small() { 1.8 } else { 2.25 };
    svg.tag("g").at("class", "line").at("data-name", line.name.in_lang(stage.lang)).open();
    for (from, to) in gaps(line, &runs) {
        if let (Some(y0), Some(y1)) = (marks[from].y, marks[to].y) {
            let dotted = svg.line((marks[from].x, y0), (marks[to].x, y1)).stroke(pen.colour, 1.4);
            dotted.at("stroke-dasharray", "1.5 3.5").at("class", "gap").end();
        }
    }
    for run in &runs {
        let points: Vec<(f64, f64)> = run.iter().filter_map(|at| Some((marks[*at].x, marks[*at].y?))).collect();
        if points.len() > 1 {
            let stroke = svg.tag("path").at("d", &path(&points)).stroke(pen.colour, thick).maybe("stroke-dasharray", pen.dash);
            stroke.at("stroke-linejoin", "round").at("class", "stroke").end();
        }
        let banded = run.len() > 1 && run.iter().all(|at| marks[*at].low.is_some() && marks[*at].high.is_some());
        if !banded {
            run.iter().for_each(|at| whisker(svg, &marks[*at], pen, stage));
        }
    }
    let known = marks.iter().filter(|m| m.y.is_some()).count().max(1);
    let room = (frame.x.range.1 - frame.x.range.0) / known as f64;
    let radius = if room >= 16.0 {
        3.6
    } else if room >= 8.0 {
        2.4
    } else {
        1.3
    };
    let radius = if stage.small() { radius * 0.72 } else { radius };
    for mark in &marks {
        point(svg, stage, frame, mark, (line, pen, radius));
    }
    svg.close("g");
}

fn point(svg: &mut Svg, stage: &Stage<'_>, frame: &Frame, mark: &Mark<'_>, (line, pen, radius): (&Line, &Pen, f64)) {
    let name = line.name.in_lang(stage.lang);
    match mark.y {
        Some(y) => {
            let hollow = mark.point.provisional;
            let tag =
                svg.tag("path").at("d", &pen.shape.path(mark.x, y, if hollow { radius.max(2.6) } else { radius })).at("class", "point");
            let tag = tag.at("fill", if hollow { stage.ink.surface } else { pen.colour }).at("stroke", pen.colour);
            data(tag.num("stroke-width", if hollow { 1.6 } else { 0.8 }), mark.point, name).end();
        }
        None if !absent(mark.point) => {
            whisker(svg, mark, pen, stage);
            let middle = mark.low.zip(mark.high).map_or(0.0, |(l, h)| (l + h) / 2.0);
            let tag = svg.tag("path").at("d", &pen.shape.path(mark.x, middle, 1.0)).at("class", "point range").at("fill", pen.colour);
            data(tag, mark.point, name).end();
        }
        None => {
            let Some(missing) = mark.point.missing.filter(|_| told(line, mark.point)) else { return };
            let (_, _, _, bottom) = frame.plot;
            data(absence(svg, missing, (mark.x, bottom), pen.colour).at("class", "missing"), mark.point, name).end();
        }
    }
}

/// The interval of a point that stands alone.
fn whisker(svg: &mut Svg, mark: &Mark<'_>, pen: &Pen, stage: &Stage<'_>) {
    let (Some(low), Some(high)) = (mark.low.or(mark.y), mark.high.or(mark.y)) else { return };
    if (low - high).abs() < 0.01 {
        return;
    }
    let cap = if stage.small() { 2.0 } else { 3.5 };
    let d = format!(
        "{}{}{}",
        path(&[(mark.x, low), (mark.x, high)]),
        path(&[(mark.x - cap, low), (mark.x + cap, low)]),
        path(&[(mark.x - cap, high), (mark.x + cap, high)])
    );
    svg.tag("path").at("d", &d).stroke(pen.colour, 1.4).at("class", "interval").at("opacity", "0.75").end();
}

//! The specification curve: what other choices would have said, and which choices those were.
//!
//! Estimates stand in order with their intervals; below them a dot tells each choice. The design's
//! own answer is marked in both.

use atalaya_kernel::{Both, both};
use serde::Serialize;

use super::super::ink::Shape;
use super::super::key;
use super::super::number;
use super::super::scale::Linear;
use super::super::stage::{Piece, Stage};
use super::super::svg::{Svg, path};
use super::super::text::Type;
use super::grid::Grid;
use super::sample::{self, Sample};
use super::{signed, with_interval};

const HEAD: Type = Type::bold(12.0);
const NAME: Type = Type::regular(12.0);
const ROW: f64 = 19.0;

/// Every way of answering that the design left open.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Specifications {
    /// The answers, in any order.
    pub rows: Vec<Specification>,
    /// The choices there were.
    pub choices: Vec<Choice>,
}

/// One way of answering.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Specification {
    /// What it would have said, on a scale that compares.
    pub estimate: f64,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
    /// Whether it is the design's own.
    pub chosen: bool,
    /// Which option of each choice it took, in the order of choices.
    pub picks: Vec<Option<usize>>,
}

/// A choice with its options.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Choice {
    /// What is chosen.
    pub name: Both,
    /// Among what.
    pub options: Vec<Both>,
}

impl Specifications {
    /// Lowest estimate first; equal ones as they came.
    fn sorted(&self) -> Vec<&Specification> {
        let mut rows: Vec<&Specification> = self.rows.iter().filter(|r| r.estimate.is_finite()).collect();
        rows.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
        rows
    }

    /// How many lie above zero, how many below, each with its interval off zero.
    pub fn counts(&self) -> [usize; 4] {
        let count = |f: &dyn Fn(&Specification) -> bool| self.rows.iter().filter(|r| f(r)).count();
        let off = |r: &Specification| r.interval.is_some_and(|[low, high]| low > 0.0 || high < 0.0);
        [
            count(&|r| r.estimate > 0.0),
            count(&|r| r.estimate > 0.0 && off(r)),
            count(&|r| r.estimate < 0.0),
            count(&|r| r.estimate < 0.0 && off(r)),
        ]
    }
}

/// Draws the curve and the matrix of choices under it.
pub fn draw(all: &Specifications, stage: &Stage<'_>) -> Piece {
    let mut svg = Svg::new();
    let rows = all.sorted();
    let height = (stage.width * 0.36).clamp(170.0, 300.0);
    let ends = rows.iter().flat_map(|r| [r.estimate, r.interval.map_or(r.estimate, |i| i[0]), r.interval.map_or(r.estimate, |i| i[1])]);
    let (low, high) = ends.filter(|v| v.is_finite()).fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
    let mut grid = Grid::new(stage, (10.0, height), (0, 1), (low, high));
    let room = names_room(all, stage);
    let beside = room.is_some();
    // Curve and matrix share their columns, so both begin where the longer labels end.
    let left = room.unwrap_or(0.0).max(grid.plot.0);
    grid.plot.0 = left;
    let last = rows.len().saturating_sub(1).max(1) as f64;
    let inset = ((grid.plot.1 - left) * 0.02).clamp(7.0, 16.0);
    grid.x = Linear { domain: (0.0, last), range: (left + inset, grid.plot.1 - inset) };
    let chosen: Vec<f64> = rows.iter().enumerate().filter(|(_, r)| r.chosen).map(|(at, _)| grid.x.at(at as f64)).collect();
    let bottom = matrix_height(all, beside) + grid.plot.3 + 12.0;
    for x in &chosen {
        let half = (grid.step() / 2.0).clamp(4.0, 9.0);
        svg.rect(x - half, grid.plot.2, half * 2.0, bottom - grid.plot.2)
            .at("fill", stage.ink.series[1])
            .at("opacity", "0.14")
            .at("class", "chosen")
            .end();
    }
    grid.values(&mut svg, stage);
    for (at, row) in rows.iter().enumerate() {
        mark(&mut svg, stage, &grid, (at, row));
    }
    matrix(&mut svg, stage, &grid, all, (&rows, beside));
    let mut y = sample::key(&mut svg, stage, &samples(stage), bottom + 4.0);
    y = key::notes(&mut svg, stage, &[summary(all, stage)], y);
    Piece { svg, height: y }
}

/// The room for names of options beside the matrix, if there is any.
fn names_room(all: &Specifications, stage: &Stage<'_>) -> Option<f64> {
    let each = all.choices.iter().flat_map(|c| &c.options).map(|o| o.in_lang(stage.lang));
    (stage.width >= 520.0).then(|| NAME.widest(each).min(stage.width * 0.32) + 14.0)
}

fn matrix_height(all: &Specifications, beside: bool) -> f64 {
    let each = |c: &Choice| 20.0 + c.options.len() as f64 * if beside { ROW } else { ROW + 14.0 } + 6.0;
    all.choices.iter().map(each).sum()
}

fn mark(svg: &mut Svg, stage: &Stage<'_>, grid: &Grid, (at, row): (usize, &Specification)) {
    let (x, y) = (grid.x.at(at as f64), grid.y.at(row.estimate));
    let colour = if row.chosen { stage.ink.series[1] } else { stage.ink.series[0] };
    if let Some([low, high]) = row.interval {
        let wide = (grid.step() * 0.3).clamp(1.0, 3.0);
        let line = svg.tag("path").at("d", &path(&[(x, grid.y.at(low)), (x, grid.y.at(high))])).stroke(colour, wide);
        line.at("opacity", if row.chosen { "0.9" } else { "0.45" }).at("class", "interval").end();
    }
    let radius = (grid.step() * 0.35).clamp(1.6, 4.2);
    let (shape, radius) = if row.chosen { (Shape::Diamond, radius.max(4.2) * 1.15) } else { (Shape::Circle, radius) };
    let [low, high] = row.interval.map_or([None, None], |i| i.map(|v| Some(number::plain(v))));
    let name = if row.chosen { stage.say("the design's own", "la del diseño") } else { stage.say("another choice", "otra elección") };
    svg.tag("path")
        .at("d", &shape.path(x, y, radius))
        .at("class", "point")
        .at("fill", colour)
        .at("data-name", name)
        .at("data-at", &(at + 1).to_string())
        .at("data-value", &number::plain(row.estimate))
        .maybe("data-low", low.as_deref())
        .maybe("data-high", high.as_deref())
        .end();
}

/// A row of dots for each option, under the name of its choice.
fn matrix(svg: &mut Svg, stage: &Stage<'_>, grid: &Grid, all: &Specifications, (rows, beside): (&[&Specification], bool)) {
    let (left, right, _, bottom) = grid.plot;
    let radius = (grid.step() * 0.3).clamp(1.3, 3.6);
    let mut y = bottom + 12.0;
    for (which, choice) in all.choices.iter().enumerate() {
        let head = HEAD.shorten(choice.name.in_lang(stage.lang), stage.width);
        svg.words(0.0, y + 12.0, HEAD, stage.ink.ink).text(&head);
        y += 20.0;
        for (option, name) in choice.options.iter().enumerate() {
            let name = name.in_lang(stage.lang);
            if beside {
                svg.words(left - 9.0, y + 13.0, NAME, stage.ink.muted).at("text-anchor", "end").text(&NAME.shorten(name, left - 12.0));
            } else {
                svg.words(0.0, y + 12.0, NAME, stage.ink.muted).text(&NAME.shorten(name, stage.width));
                y += 14.0;
            }
            let middle = y + ROW / 2.0;
            svg.line((left, middle), (right, middle)).stroke(stage.ink.line, 1.0).end();
            for (at, row) in rows.iter().enumerate().filter(|(_, r)| r.picks.get(which) == Some(&Some(option))) {
                let x = grid.x.at(at as f64);
                let (shape, colour) = if row.chosen { (Shape::Diamond, stage.ink.series[1]) } else { (Shape::Circle, stage.ink.ink) };
                let radius = if row.chosen { radius.max(3.2) } else { radius };
                svg.tag("path").at("d", &shape.path(x, middle, radius)).at("fill", colour).at("class", "pick").end();
            }
            y += ROW;
        }
        y += 6.0;
    }
}

fn samples(stage: &Stage<'_>) -> Vec<(Sample, String)> {
    let ink = stage.ink;
    vec![
        (
            Sample::Point(Shape::Diamond, ink.series[1], ink.series[1]),
            stage.say("the design's own, registered", "la del diseño, registrada").into(),
        ),
        (
            Sample::Point(Shape::Circle, ink.series[0], ink.series[0]),
            stage.say("another choice, with its interval", "otra elección, con su intervalo").into(),
        ),
    ]
}

fn summary(all: &Specifications, stage: &Stage<'_>) -> String {
    let [above, above_off, below, below_off] = all.counts();
    let count = all.rows.len();
    both!(
        "{count} ways of answering: {above} above zero ({above_off} with the whole interval), {below} below ({below_off} with the whole interval).",
        "{count} maneras de responder: {above} por encima de cero ({above_off} con todo el intervalo), {below} por debajo ({below_off} con todo el intervalo)."
    )
    .in_lang(stage.lang)
    .to_string()
}

/// What the curve shows, in words.
pub fn say(all: &Specifications, stage: &Stage<'_>) -> String {
    let mut said = vec![summary(all, stage)];
    let rows = all.sorted();
    if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
        let (from, to) = (signed(first.estimate, stage), signed(last.estimate, stage));
        said.push(both!("They reach from {from} to {to}.", "Van de {from} a {to}.").in_lang(stage.lang).to_string());
    }
    if let Some(own) = rows.iter().find(|r| r.chosen) {
        said.push(format!("{}: {}", stage.say("The design's own", "La del diseño"), with_interval(own.estimate, own.interval, stage)));
    }
    said.join(" ")
}

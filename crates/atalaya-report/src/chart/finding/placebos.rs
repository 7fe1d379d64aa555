//! The placebo cloud: the treated gap over the gaps of places without treatment.

use atalaya_kernel::{Both, both};
use serde::Serialize;

use super::super::ink::Shape;
use super::super::key;
use super::super::number;
use super::super::stage::{Piece, Stage};
use super::super::svg::{Svg, path};
use super::grid::Grid;
use super::sample::{self, Sample};
use super::signed;

/// Placebos past which only some are drawn; it is said.
const MOST: usize = 300;

/// The treated gap over those of places without treatment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Placebos {
    /// The gaps, in any order; at least one is of a treated place.
    pub gaps: Vec<Gap>,
    /// The first treated period.
    pub start: i64,
}

/// Outcome less what was predicted, over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// The place.
    pub name: Both,
    /// Whether it was treated.
    pub treated: bool,
    /// Period and gap, in order.
    pub points: Vec<(i64, f64)>,
    /// Mean square error after the start over that before.
    pub ratio: Option<f64>,
}

impl Placebos {
    /// The rank of the treated place by its ratio, and among how many; the largest is first, and
    /// equals count against it.
    pub fn rank(&self) -> Option<(usize, usize)> {
        let mine = self.gaps.iter().find(|g| g.treated)?.ratio?;
        let ratios: Vec<f64> = self.gaps.iter().filter(|g| !g.treated).filter_map(|g| g.ratio).collect();
        (!ratios.is_empty()).then(|| (1 + ratios.iter().filter(|r| **r >= mine).count(), ratios.len() + 1))
    }

    /// The placebos drawn: all, or evenly some of them by ratio.
    fn drawn(&self) -> Vec<&Gap> {
        let mut all: Vec<&Gap> = self.gaps.iter().filter(|g| !g.treated).collect();
        if all.len() > MOST {
            all.sort_by(|a, b| a.ratio.unwrap_or(0.0).total_cmp(&b.ratio.unwrap_or(0.0)).then_with(|| a.name.cmp(&b.name)));
            let count = all.len();
            all = (0..MOST).map(|at| all[at * (count - 1) / (MOST - 1)]).collect();
        }
        all
    }
}

/// Draws the cloud and the treated gap over it.
pub fn draw(placebos: &Placebos, stage: &Stage<'_>) -> Piece {
    let mut svg = Svg::new();
    let height = (stage.width * 0.48).clamp(210.0, 400.0);
    let points = || placebos.gaps.iter().flat_map(|g| &g.points).filter(|p| p.1.is_finite());
    let (first, last) = points().fold((i64::MAX, i64::MIN), |(a, b), p| (a.min(p.0), b.max(p.0)));
    let (low, high) = points().fold((0.0_f64, 0.0_f64), |(l, h), p| (l.min(p.1), h.max(p.1)));
    let grid = Grid::new(stage, (10.0, height), if first > last { (0, 1) } else { (first, last) }, (low, high));
    let (left, right, top, bottom) = grid.plot;
    let x = grid.x.at(placebos.start as f64 - 0.5).clamp(left, right);
    svg.rect(x, top, right - x, bottom - top).at("fill", stage.ink.edge).at("opacity", "0.1").at("class", "after").end();
    let drawn = placebos.drawn();
    for gap in &drawn {
        line(&mut svg, stage, &grid, gap, (stage.ink.edge, 1.0, if drawn.len() > 60 { "0.4" } else { "0.6" }));
    }
    grid.values(&mut svg, stage);
    svg.line((x, top), (x, bottom)).stroke(stage.ink.ink, 1.4).at("stroke-dasharray", "5 3").at("class", "start").end();
    let pen = stage.ink.pen(0);
    for gap in placebos.gaps.iter().filter(|g| g.treated) {
        line(&mut svg, stage, &grid, gap, (pen.colour, 2.6, "1"));
        let radius = (grid.step() * 0.2).clamp(1.4, 3.4);
        for (period, value) in gap.points.iter().filter(|p| p.1.is_finite()) {
            let d = Shape::Circle.path(grid.x.at(*period as f64), grid.y.at(*value), radius);
            svg.tag("path")
                .at("d", &d)
                .at("class", "point")
                .at("fill", pen.colour)
                .at("data-name", gap.name.in_lang(stage.lang))
                .at("data-at", &period.to_string())
                .at("data-value", &number::plain(*value))
                .end();
        }
    }
    let mut y = grid.periods(&mut svg, stage, "", false);
    y = sample::key(&mut svg, stage, &samples(placebos, stage, drawn.len()), y + 6.0);
    y = key::notes(&mut svg, stage, &notes(placebos, stage, drawn.len()), y);
    Piece { svg, height: y }
}

fn line(svg: &mut Svg, stage: &Stage<'_>, grid: &Grid, gap: &Gap, (colour, wide, opacity): (&str, f64, &str)) {
    let points: Vec<(f64, f64)> =
        gap.points.iter().filter(|p| p.1.is_finite()).map(|(t, v)| (grid.x.at(*t as f64), grid.y.at(*v))).collect();
    let class = if gap.treated { "stroke treated" } else { "stroke placebo" };
    let tag = svg.tag("path").at("d", &path(&points)).stroke(colour, wide).at("stroke-linejoin", "round");
    tag.at("opacity", opacity).at("class", class).at("data-name", gap.name.in_lang(stage.lang)).end();
}

fn samples(placebos: &Placebos, stage: &Stage<'_>, drawn: usize) -> Vec<(Sample, String)> {
    let treated: Vec<&str> = placebos.gaps.iter().filter(|g| g.treated).map(|g| g.name.in_lang(stage.lang)).collect();
    let mine = format!("{}: {}", stage.say("treated", "tratado"), treated.first().copied().unwrap_or_default());
    let others = both!("{drawn} places without treatment, as if treated", "{drawn} lugares sin tratamiento, como si lo hubieran tenido");
    vec![
        (Sample::Stroke(stage.ink.series[0], 2.6, None), mine),
        (Sample::Stroke(stage.ink.edge, 1.0, None), others.in_lang(stage.lang).to_string()),
    ]
}

fn notes(placebos: &Placebos, stage: &Stage<'_>, drawn: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some((rank, of)) = placebos.rank() {
        let share = number::estimate(rank as f64 / of as f64, stage.lang);
        let said = both!(
            "By the ratio of its error after the start to that before, the treated place is number {rank} of {of}: by chance alone that happens with a share of {share}.",
            "Por la razón entre su error después del inicio y el de antes, el lugar tratado es el número {rank} de {of}: por puro azar eso ocurre con una proporción de {share}."
        );
        notes.push(said.in_lang(stage.lang).to_string());
    }
    let all = placebos.gaps.iter().filter(|g| !g.treated).count();
    if drawn < all {
        let said = both!(
            "{drawn} of {all} placebos are drawn, evenly by their ratio.",
            "Se dibujan {drawn} de {all} placebos, de manera pareja según su razón."
        );
        notes.push(said.in_lang(stage.lang).to_string());
    }
    notes
}

/// What the cloud shows, in words.
pub fn say(placebos: &Placebos, stage: &Stage<'_>) -> String {
    let mut said = notes(placebos, stage, placebos.drawn().len());
    for gap in placebos.gaps.iter().filter(|g| g.treated) {
        let last = gap.points.last().map(|(t, v)| format!("{t} {}", signed(*v, stage))).unwrap_or_default();
        said.push(format!("{}: {last}", gap.name.in_lang(stage.lang)));
    }
    said.join(" ")
}

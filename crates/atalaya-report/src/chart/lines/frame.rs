//! The frame of lines: times across, values upwards, a quiet grid.

use super::super::bars::number;
use super::super::number as numbers;
use super::super::scale::{self, Axis, Linear};
use super::super::stage::Stage;
use super::super::svg::Svg;
use super::super::text::Type;
use super::super::{Line, Point};

const LABEL: Type = Type::regular(12.0);
const SMALL: Type = Type::regular(11.0);

/// Where times and values lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Times across.
    pub x: Linear,
    /// Values upwards.
    pub y: Linear,
    /// The axis of values.
    pub axis: Axis,
    /// Labels of the axis of values.
    pub labels: Vec<String>,
    /// Left, right, top and bottom of the plot.
    pub plot: (f64, f64, f64, f64),
}

/// First and last time of lines.
pub fn times(lines: &[Line]) -> (f64, f64) {
    let all = lines.iter().flat_map(|l| l.points.iter().map(|p| p.x).chain(l.ghosts.iter().map(|g| g.x)));
    let (from, to) = all.filter(|x| x.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    match (from.is_finite(), from == to) {
        (false, _) => (0.0, 1.0),
        (true, true) => (from - 1.0, to + 1.0),
        (true, false) => (from, to),
    }
}

/// The axis of values for lines with about so many steps.
pub fn axis(lines: &[Line], steps: usize) -> Axis {
    let of_point = |p: &Point| [number(p.value.as_ref()), number(p.low.as_ref()), number(p.high.as_ref())];
    let ends =
        lines.iter().flat_map(|l| l.points.iter().flat_map(of_point).chain(l.ghosts.iter().map(|g| number(Some(&g.value))))).flatten();
    super::super::bars::axis_of(ends, steps)
}

impl Frame {
    /// The frame of lines in a plot of a height, with room at the right for names.
    pub fn new(lines: &[Line], stage: &Stage<'_>, (top, height, right): (f64, f64, f64)) -> Frame {
        let (times, axis) = match stage.shared {
            Some(shared) => (shared.times, shared.axis.clone()),
            None => (times(lines), axis(lines, if height > 260.0 { 5 } else { 4 })),
        };
        let labels = numbers::axis(&axis.ticks, stage.lang);
        let style = if stage.small() { SMALL } else { LABEL };
        let left = style.widest(labels.iter().map(String::as_str)).ceil() + 9.0;
        let (right, bottom) = ((stage.width - right).max(left + 40.0), top + height);
        let inset = ((right - left) * 0.02).clamp(5.0, 12.0);
        Frame {
            x: Linear { domain: times, range: (left + inset, right - inset) },
            y: Linear { domain: axis.domain, range: (bottom, top) },
            axis,
            labels,
            plot: (left, right, top, bottom),
        }
    }

    /// Draws grid and labels; returns the place below them.
    pub fn draw(&self, svg: &mut Svg, stage: &Stage<'_>, lines: &[Line]) -> f64 {
        let (left, right, _, bottom) = self.plot;
        let ink = stage.ink;
        let style = if stage.small() { SMALL } else { LABEL };
        for (tick, label) in self.axis.ticks.iter().zip(&self.labels) {
            let y = self.y.at(*tick);
            let (colour, dash) = if *tick == 0.0 { (ink.edge, None) } else { (ink.line, Some("3 3")) };
            svg.line((left, y), (right, y)).stroke(colour, 1.0).maybe("stroke-dasharray", dash).end();
            svg.words(left - 7.0, y + style.size * 0.36, style, ink.muted).at("text-anchor", "end").text(label);
        }
        for (x, label) in self.time_labels(stage, lines, style) {
            svg.line((x, bottom), (x, bottom + 4.0)).stroke(ink.edge, 1.0).end();
            let half = style.width(&label) / 2.0;
            // The last label must not leave the plate.
            let x = x.clamp(half, stage.width - half);
            svg.words(x, bottom + 6.0 + style.size, style, ink.muted).at("text-anchor", "middle").text(&label);
        }
        bottom + 10.0 + style.size
    }

    /// Times and their labels, as many as there is room for.
    fn time_labels(&self, stage: &Stage<'_>, lines: &[Line], style: Type) -> Vec<(f64, String)> {
        let (from, to) = self.x.domain;
        let fiscal = lines.iter().flat_map(|l| &l.points).any(|p| p.at.starts_with("FY"));
        let prefix = if fiscal { "FY" } else { "" };
        let step = style.width(&format!("{prefix}2000")) + if stage.small() { 12.0 } else { 18.0 };
        let most = ((self.x.range.1 - self.x.range.0) / step).floor().max(1.0) as usize + 1;
        let ticks = if stage.small() && to - from >= 2.0 { vec![from.ceil(), to.floor()] } else { scale::years(from, to, most) };
        let mut at: Vec<(f64, String)> = if ticks.len() >= 2 || to - from >= 2.0 {
            ticks.into_iter().map(|t| (t, format!("{prefix}{t:.0}"))).collect()
        } else {
            // Less than two years: the periods themselves.
            let mut each: Vec<(f64, String)> = lines.iter().flat_map(|l| l.points.iter().map(|p| (p.x, p.at.clone()))).collect();
            each.sort_by(|a, b| a.0.total_cmp(&b.0));
            each.dedup_by(|a, b| a.0 == b.0);
            each
        };
        let mut taken = f64::NEG_INFINITY;
        at.retain(|(t, label)| {
            let (x, half) = (self.x.at(*t), style.width(label) / 2.0);
            let fits = x - half >= taken && x + half <= stage.width + half;
            if fits {
                taken = x + half + 10.0;
            }
            fits
        });
        at.into_iter().map(|(t, label)| (self.x.at(t), label)).collect()
    }
}

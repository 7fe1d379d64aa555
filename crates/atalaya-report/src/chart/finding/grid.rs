//! Values upwards over whole periods: the ground of events and gaps.

use super::super::number as numbers;
use super::super::scale::{self, Axis, Linear};
use super::super::stage::Stage;
use super::super::svg::Svg;
use super::super::text::Type;

const LABEL: Type = Type::regular(12.0);

/// Where periods and values lie.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// Periods across.
    pub x: Linear,
    /// Values upwards.
    pub y: Linear,
    /// Left, right, top and bottom of the plot.
    pub plot: (f64, f64, f64, f64),
    axis: Axis,
    labels: Vec<String>,
}

impl Grid {
    /// A grid from `top` on, of a height, that holds some periods and values, and zero.
    pub fn new(stage: &Stage<'_>, (top, height): (f64, f64), periods: (i64, i64), values: (f64, f64)) -> Grid {
        let axis = scale::axis(values.0.min(0.0), values.1.max(0.0), if height > 260.0 { 6 } else { 4 });
        let labels = numbers::axis(&axis.ticks, stage.lang);
        let left = LABEL.widest(labels.iter().map(String::as_str)).ceil() + 9.0;
        let (right, bottom) = (stage.width.max(left + 40.0), top + height);
        let inset = ((right - left) * 0.03).clamp(7.0, 20.0);
        let periods = if periods.0 == periods.1 { (periods.0 - 1, periods.1 + 1) } else { periods };
        Grid {
            x: Linear { domain: (periods.0 as f64, periods.1 as f64), range: (left + inset, right - inset) },
            y: Linear { domain: axis.domain, range: (bottom, top) },
            plot: (left, right, top, bottom),
            axis,
            labels,
        }
    }

    /// Pixels from one period to the next.
    pub fn step(&self) -> f64 {
        let (from, to) = self.x.domain;
        (self.x.range.1 - self.x.range.0) / (to - from).max(1.0)
    }

    /// Draws lines of values with their labels, zero the strongest.
    pub fn values(&self, svg: &mut Svg, stage: &Stage<'_>) {
        let (left, right, ..) = self.plot;
        for (tick, label) in self.axis.ticks.iter().zip(&self.labels) {
            let y = self.y.at(*tick);
            let (colour, wide, dash) = if *tick == 0.0 { (stage.ink.ink, 1.2, None) } else { (stage.ink.line, 1.0, Some("3 3")) };
            let line = svg.line((left, y), (right, y)).stroke(colour, wide).maybe("stroke-dasharray", dash);
            line.at("class", if *tick == 0.0 { "zero" } else { "grid" }).end();
            svg.words(left - 7.0, y + LABEL.size * 0.36, LABEL, stage.ink.muted).at("text-anchor", "end").text(label);
        }
    }

    /// Draws periods and what they count; returns the place below. `signed` periods count from a start.
    pub fn periods(&self, svg: &mut Svg, stage: &Stage<'_>, name: &str, signed: bool) -> f64 {
        let (.., bottom) = self.plot;
        let (from, to) = self.x.domain;
        let said = |t: f64| match (signed, t < 0.0) {
            (true, true) => format!("−{}", -t),
            (true, false) if t > 0.0 => format!("+{t}"),
            _ => format!("{t}"),
        };
        let wide = LABEL.widest([said(from).as_str(), said(to).as_str()]) + 16.0;
        let most = ((self.x.range.1 - self.x.range.0) / wide).floor().max(1.0) as usize;
        for tick in scale::years(from, to, most) {
            let x = self.x.at(tick);
            svg.line((x, bottom), (x, bottom + 4.0)).stroke(stage.ink.edge, 1.0).end();
            svg.words(x, bottom + 6.0 + LABEL.size, LABEL, stage.ink.muted).at("text-anchor", "middle").text(&said(tick));
        }
        let below = bottom + 10.0 + LABEL.size;
        if name.is_empty() {
            return below;
        }
        let lines = LABEL.wrap(name, stage.width);
        svg.paragraph(0.0, below + LABEL.size, LABEL, stage.ink.muted, &lines) - LABEL.size + 4.0
    }
}

//! Bars: one value a category, its number beside it, its interval across its end.

use atalaya_kernel::Both;

use super::alt::{interval, missing_word};
use super::lines::marks::data;
use super::scale::{self, Linear};
use super::stage::{Piece, Stage};
use super::svg::Svg;
use super::text::Type;
use super::{Bar, Bars, Body, ChartKind, Point};

/// The row of bars.
pub const KIND: ChartKind = ChartKind {
    id: "bars",
    label: ("Bars", "Barras"),
    draw: |body, stage| if let Body::Bars(bars) = body { draw(bars, stage) } else { Piece::default() },
    say: |body, stage| if let Body::Bars(bars) = body { say(bars, stage) } else { String::new() },
};

const NAME: Type = Type::regular(13.0);
const VALUE: Type = Type::bold(13.0);

/// Draws bars under each other.
pub fn draw(bars: &Bars, stage: &Stage<'_>) -> Piece {
    let rows: Vec<Row<'_>> = bars.bars.iter().map(|bar| Row::of(bar, stage)).collect();
    let beside = stage.width >= 420.0;
    let names = NAME.widest(rows.iter().map(|r| r.name.as_str())).min(stage.width * 0.36) + 1.0;
    let left = if beside { names + 10.0 } else { 0.0 };
    let values = VALUE.widest(rows.iter().map(|r| r.said.as_str())) + 10.0;
    let ends = rows.iter().flat_map(|r| [r.value, r.low, r.high]).flatten();
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
    let below = if low < 0.0 { values } else { 0.0 };
    let x = Linear {
        domain: (low, if high == low { low + 1.0 } else { high }),
        range: (left + below, (stage.width - values).max(left + below + 20.0)),
    };
    let mut svg = Svg::new();
    let mut y = 2.0;
    for row in &rows {
        y = row.draw(&mut svg, stage, &x, (y, left, beside));
    }
    if beside {
        svg.line((x.at(0.0), 0.0), (x.at(0.0), y)).stroke(stage.ink.edge, 1.0).end();
    }
    Piece { svg, height: y }
}

/// A bar with its numbers read.
struct Row<'a> {
    bar: &'a Bar,
    name: String,
    said: String,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

/// A decimal text as a place on a scale.
pub fn number(text: Option<&String>) -> Option<f64> {
    text.and_then(|t| t.parse::<f64>().ok()).filter(|v| v.is_finite())
}

impl<'a> Row<'a> {
    fn of(bar: &'a Bar, stage: &Stage<'_>) -> Row<'a> {
        let Point { value, low, high, missing, .. } = &bar.point;
        let said = match (value, missing) {
            (Some(value), _) => stage.value(value),
            (None, missing) => missing_word(*missing, stage).to_string(),
        };
        Row {
            bar,
            name: super::svg::clean(bar.name.in_lang(stage.lang)),
            said,
            value: number(value.as_ref()),
            low: number(low.as_ref()),
            high: number(high.as_ref()),
        }
    }

    /// Draws the row from `top` on; returns the place below.
    fn draw(&self, svg: &mut Svg, stage: &Stage<'_>, x: &Linear, (top, left, beside): (f64, f64, bool)) -> f64 {
        let ink = stage.ink;
        let room = if beside { left - 10.0 } else { stage.width };
        let lines = NAME.wrap_to(&self.name, room, 2);
        let tall = lines.len() as f64 * NAME.leading();
        let (bar_top, bar_height, bottom) = if beside {
            (top + (tall.max(26.0) - 20.0) / 2.0, 20.0, top + tall.max(26.0) + 3.0)
        } else {
            (top + tall + 2.0, 16.0, top + tall + 27.0)
        };
        let middle = bar_top + bar_height / 2.0;
        if beside {
            let first = middle - tall / 2.0 + NAME.size * 0.98;
            for (at, line) in lines.iter().enumerate() {
                svg.words(left - 10.0, first + at as f64 * NAME.leading(), NAME, ink.ink).at("text-anchor", "end").text(line);
            }
        } else {
            svg.paragraph(0.0, top + NAME.size, NAME, ink.ink, &lines);
        }
        let zero = x.at(0.0);
        if let Some(value) = self.value {
            let (from, to) = (zero.min(x.at(value)), zero.max(x.at(value)));
            let fill = if self.bar.point.provisional { ink.surface } else { ink.series[0] };
            let tag = svg.rect(from, bar_top, (to - from).max(if value == 0.0 { 0.0 } else { 1.0 }), bar_height);
            let tag = tag.at("class", "bar").at("fill", fill).at("stroke", ink.series[0]).num("stroke-width", 1.0);
            data(tag, &self.bar.point, self.bar.name.in_lang(stage.lang)).end();
        }
        let mut end = self.value.map_or(zero, |v| x.at(v));
        if let (Some(low), Some(high)) = (self.low, self.high)
            && low < high
        {
            for (width, colour) in [(4.0, ink.surface), (1.5, ink.ink)] {
                svg.line((x.at(low), middle), (x.at(high), middle)).stroke(colour, width).at("class", "interval").end();
            }
            for at in [low, high] {
                svg.line((x.at(at), middle - 4.0), (x.at(at), middle + 4.0)).stroke(ink.ink, 1.5).end();
            }
            end = end.max(x.at(high));
        }
        let (style, colour) = if self.value.is_some() { (VALUE, ink.ink) } else { (NAME, ink.muted) };
        let negative = self.value.is_some_and(|v| v < 0.0);
        let at = if negative { x.at(self.low.or(self.value).unwrap_or(0.0)) - 7.0 } else { end + 7.0 };
        let tag = svg.words(at, middle + 4.6, style, colour).at("class", "value");
        if negative {
            tag.at("text-anchor", "end").text(&self.said)
        } else {
            tag.text(&self.said)
        }
        bottom
    }
}

/// What the bars show, in words.
pub fn say(bars: &Bars, stage: &Stage<'_>) -> String {
    const SAID: usize = 12;
    let each = |bar: &Bar| {
        let name = bar.name.in_lang(stage.lang);
        match &bar.point.value {
            Some(value) => format!("{name}: {}{}", stage.value(value), interval(&bar.point, stage)),
            None => format!("{name}: {}", missing_word(bar.point.missing, stage)),
        }
    };
    let mut said: Vec<String> = bars.bars.iter().take(SAID).map(each).collect();
    if bars.bars.len() > SAID {
        said.push(more(bars.bars.len() - SAID).in_lang(stage.lang).into());
    }
    said.join("; ")
}

/// `and 3 more`.
pub fn more(count: usize) -> Both {
    atalaya_kernel::both!("and {count} more", "y {count} más")
}

/// The axis of values for these ends.
pub fn axis_of(ends: impl Iterator<Item = f64>, steps: usize) -> scale::Axis {
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    scale::axis(low, high, steps)
}

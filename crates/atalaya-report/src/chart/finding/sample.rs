//! A key of marks: a sample of each and what it means.

use super::super::ink::Shape;
use super::super::key::NOTE;
use super::super::stage::Stage;
use super::super::svg::Svg;

/// A mark of the key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sample {
    /// A point: its shape, fill and outline.
    Point(Shape, &'static str, &'static str),
    /// A stroke: its colour, width and dash.
    Stroke(&'static str, f64, Option<&'static str>),
    /// A band: its colour and opacity.
    Band(&'static str, &'static str),
}

impl Sample {
    fn draw(self, svg: &mut Svg, x: f64, y: f64) {
        match self {
            Sample::Point(shape, fill, outline) => {
                svg.tag("path")
                    .at("d", &shape.path(x + 10.0, y, 4.0))
                    .at("fill", fill)
                    .at("stroke", outline)
                    .num("stroke-width", 1.6)
                    .end();
            }
            Sample::Stroke(colour, wide, dash) => {
                svg.line((x, y), (x + 20.0, y)).stroke(colour, wide).maybe("stroke-dasharray", dash).end();
            }
            Sample::Band(colour, opacity) => svg.rect(x, y - 5.5, 20.0, 11.0).at("fill", colour).at("opacity", opacity).end(),
        }
    }
}

/// The samples in rows from `y` on; returns the place below.
pub(super) fn key(svg: &mut Svg, stage: &Stage<'_>, samples: &[(Sample, String)], y: f64) -> f64 {
    const ROOM: f64 = 27.0;
    let (mut x, mut y) = (0.0, y);
    for (sample, word) in samples {
        let lines = NOTE.wrap_to(word, stage.width - ROOM, 3);
        let wide = ROOM + NOTE.widest(lines.iter().map(String::as_str)) + 16.0;
        if x > 0.0 && (x + wide - 16.0 > stage.width || lines.len() > 1) {
            (x, y) = (0.0, y + 18.0);
        }
        sample.draw(svg, x, y + 7.5);
        svg.paragraph(x + ROOM, y + 11.5, NOTE, stage.ink.muted, &lines);
        if lines.len() > 1 {
            (x, y) = (0.0, y + lines.len() as f64 * NOTE.leading() + 3.0);
        } else {
            x += wide;
        }
    }
    if x > 0.0 { y + 19.0 } else { y }
}

//! What marks mean, said under or above the marks.

use atalaya_kernel::Missing;

use super::alt::missing_word;
use super::ink::{Pen, Shape};
use super::stage::Stage;
use super::svg::{Svg, Tag, path};
use super::text::Type;

const NAME: Type = Type::bold(12.5);
/// The type of notes under the marks.
pub const NOTE: Type = Type::regular(12.0);

/// The names of lines with a piece of each, in rows; returns the place below.
pub fn names(svg: &mut Svg, stage: &Stage<'_>, pens: &[(Pen, String)]) -> f64 {
    const SAMPLE: f64 = 30.0;
    let (mut x, mut y) = (0.0, 0.0);
    for (pen, name) in pens {
        let room = stage.width - SAMPLE;
        let lines = NAME.wrap_to(name, room, 3);
        let wide = SAMPLE + NAME.widest(lines.iter().map(String::as_str)) + 16.0;
        if x > 0.0 && x + wide - 16.0 > stage.width {
            (x, y) = (0.0, y + 19.0);
        }
        sample(svg, pen, x, y + 8.0);
        svg.paragraph(x + SAMPLE, y + 12.5, NAME, pen.name, &lines);
        if lines.len() > 1 {
            (x, y) = (0.0, y + lines.len() as f64 * NAME.leading() + 3.0);
        } else {
            x += wide;
        }
    }
    if x > 0.0 { y + 24.0 } else { y + 5.0 }
}

/// A short piece of a line with its mark.
fn sample(svg: &mut Svg, pen: &Pen, x: f64, y: f64) {
    svg.line((x, y), (x + 24.0, y)).stroke(pen.colour, 2.25).maybe("stroke-dasharray", pen.dash).end();
    svg.tag("path").at("d", &pen.shape.path(x + 12.0, y, 3.6)).at("fill", pen.colour).end();
}

/// A kind of mark that needs a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// A band or a whisker.
    Interval,
    /// A hollow mark.
    Provisional,
    /// A cross.
    Ghost,
    /// A dotted line.
    Gap,
    /// Where small charts break; large ones say why.
    Break,
    /// One stroke on the axis.
    NotKnown,
    /// Two strokes on the axis.
    Suppressed,
    /// A ring on the axis.
    NotApplicable,
}

impl Sign {
    /// What it means.
    fn word<'s>(self, stage: &Stage<'s>) -> &'s str {
        match self {
            Sign::Interval => stage.say("interval, low to high", "intervalo, mínimo a máximo"),
            Sign::Provisional => stage.say("provisional", "provisional"),
            Sign::Ghost => stage.say("earlier vintage, since revised", "edición anterior, luego revisada"),
            Sign::Gap => stage.say("nothing reported in between", "sin datos entre ambos"),
            Sign::Break => stage.say("break: the definition changes", "ruptura: cambia la definición"),
            Sign::NotKnown => missing_word(Some(Missing::NotKnown), stage),
            Sign::Suppressed => missing_word(Some(Missing::Suppressed), stage),
            Sign::NotApplicable => missing_word(Some(Missing::NotApplicable), stage),
        }
    }

    fn draw(self, svg: &mut Svg, stage: &Stage<'_>, x: f64, y: f64) {
        let ink = stage.ink;
        match self {
            Sign::Interval => {
                svg.rect(x, y - 5.0, 20.0, 10.0).at("fill", ink.muted).at("opacity", "0.25").end();
                svg.line((x, y), (x + 20.0, y)).stroke(ink.muted, 1.5).end();
            }
            Sign::Provisional => {
                let circle = Shape::Circle.path(x + 10.0, y, 3.6);
                svg.tag("path").at("d", &circle).at("fill", ink.surface).at("stroke", ink.muted).num("stroke-width", 1.6).end();
            }
            Sign::Ghost => cross(svg, x + 10.0, y, 3.4, ink.muted),
            Sign::Gap => svg.line((x, y), (x + 20.0, y)).stroke(ink.muted, 1.4).at("stroke-dasharray", "1.5 3.5").end(),
            Sign::Break => svg.line((x + 10.0, y - 6.0), (x + 10.0, y + 6.0)).stroke(ink.edge, 1.2).at("stroke-dasharray", "2 3").end(),
            Sign::NotKnown => absence(svg, Missing::NotKnown, (x + 10.0, y), ink.muted).end(),
            Sign::Suppressed => absence(svg, Missing::Suppressed, (x + 10.0, y), ink.muted).end(),
            Sign::NotApplicable => absence(svg, Missing::NotApplicable, (x + 10.0, y), ink.muted).end(),
        }
    }
}

/// The mark of an absent value on the axis: one stroke not known, two suppressed, a ring not applicable.
pub fn absence<'a>(svg: &'a mut Svg, missing: Missing, (x, y): (f64, f64), colour: &str) -> Tag<'a> {
    let strokes = |places: &[f64]| places.iter().map(|at| path(&[(*at, y - 4.0), (*at, y + 4.0)])).collect::<String>();
    let d = match missing {
        Missing::NotKnown => strokes(&[x]),
        Missing::Suppressed => strokes(&[x - 1.8, x + 1.8]),
        Missing::NotApplicable => Shape::Circle.path(x, y, 2.4),
    };
    svg.tag("path").at("d", &d).stroke(colour, if missing == Missing::NotKnown { 2.0 } else { 1.3 })
}

/// A small cross.
pub fn cross(svg: &mut Svg, x: f64, y: f64, r: f64, colour: &str) {
    let d = format!("{}{}", path(&[(x - r, y - r), (x + r, y + r)]), path(&[(x - r, y + r), (x + r, y - r)]));
    svg.tag("path").at("d", &d).stroke(colour, 1.4).end();
}

/// The signs in use, in rows from `y` on; returns the place below.
pub fn signs(svg: &mut Svg, stage: &Stage<'_>, signs: &[Sign], y: f64) -> f64 {
    const SAMPLE: f64 = 27.0;
    let (mut x, mut y) = (0.0, y);
    for sign in signs {
        let word = NOTE.shorten(sign.word(stage), stage.width - SAMPLE);
        let wide = SAMPLE + NOTE.width(&word) + 16.0;
        if x > 0.0 && x + wide - 16.0 > stage.width {
            (x, y) = (0.0, y + 18.0);
        }
        sign.draw(svg, stage, x, y + 7.5);
        svg.words(x + SAMPLE, y + 11.5, NOTE, stage.ink.muted).text(&word);
        x += wide;
    }
    if x > 0.0 { y + 19.0 } else { y }
}

/// Sentences under the marks; returns the place below.
pub fn notes(svg: &mut Svg, stage: &Stage<'_>, notes: &[String], mut y: f64) -> f64 {
    for note in notes {
        y = svg.paragraph(0.0, y + 11.5, NOTE, stage.ink.muted, &NOTE.wrap(note, stage.width)) - 11.5 + 2.0;
    }
    y
}

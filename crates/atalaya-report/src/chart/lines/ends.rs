//! Names at the ends of lines, moved apart so that none covers another.

use super::super::ink::Pen;
use super::super::stage::Stage;
use super::super::svg::Svg;
use super::super::text::Type;
use super::super::{Line, Lines};
use super::frame::Frame;

const NAME: Type = Type::bold(12.5);
const VALUE: Type = Type::regular(12.0);
const BETWEEN: f64 = 5.0;

/// A name with its lines of text.
pub struct End {
    at: usize,
    name: Vec<String>,
    value: Option<String>,
    height: f64,
}

/// The names of lines and the room they need.
pub struct Ends {
    /// The names.
    pub ends: Vec<End>,
    /// Their width with the space before them.
    pub room: f64,
    /// Their height under each other.
    pub height: f64,
}

/// The names, if they fit beside a plot of about this height.
pub fn plan(lines: &Lines, stage: &Stage<'_>, height: f64) -> Option<Ends> {
    let most = (stage.width * 0.3).min(220.0);
    if stage.width < 500.0 || stage.small() {
        return None;
    }
    let latest = lines.lines.iter().flat_map(|l| &l.points).map(|p| p.x).fold(f64::NEG_INFINITY, f64::max);
    let each = |valued: bool| -> Vec<End> {
        lines.lines.iter().enumerate().filter_map(|(at, line)| End::of(at, line, stage, (most, latest, valued))).collect()
    };
    let tall = |ends: &[End]| ends.iter().map(|e| e.height + BETWEEN).sum::<f64>();
    // Values are left out before names leave the ends of their lines.
    let ends = [true, false].into_iter().map(each).find(|ends| tall(ends) <= height * 1.2 + 24.0)?;
    if ends.len() < lines.lines.len() {
        return None;
    }
    let widths = ends.iter().map(|e| NAME.widest(e.name.iter().map(String::as_str)).max(VALUE.width(e.value.as_deref().unwrap_or(""))));
    let wide = widths.fold(0.0, f64::max);
    let height = tall(&ends);
    Some(Ends { ends, room: if wide > 0.0 { wide + 20.0 } else { 0.0 }, height })
}

impl End {
    fn of(at: usize, line: &Line, stage: &Stage<'_>, (most, latest, valued): (f64, f64, bool)) -> Option<End> {
        let last = line.points.iter().rev().find(|p| p.value.is_some())?;
        let name = NAME.wrap_to(line.name.in_lang(stage.lang), most, 3);
        let said = |value: &String| {
            let value = stage.value(value);
            if last.x < latest { format!("{value} ({})", last.at) } else { value }
        };
        let value = last.value.as_ref().filter(|_| valued || name.is_empty()).map(said);
        let height = name.len() as f64 * NAME.leading() + if value.is_some() { VALUE.leading() } else { 0.0 };
        Some(End { at, name, value, height })
    }
}

/// Draws the names.
pub fn draw(svg: &mut Svg, stage: &Stage<'_>, frame: &Frame, lines: &Lines, ends: &[End], pens: &[Pen]) {
    let (_, right, top, bottom) = frame.plot;
    let last = |line: &Line| {
        let point = line.points.iter().rev().find(|p| p.value.is_some())?;
        Some((frame.x.at(point.x), frame.y.at(super::super::bars::number(point.value.as_ref())?)))
    };
    let mut placed: Vec<(&End, (f64, f64), f64)> = ends
        .iter()
        .filter_map(|end| {
            let at = last(&lines.lines[end.at])?;
            Some((end, at, at.1 - end.height / 2.0))
        })
        .collect();
    placed.sort_by(|a, b| a.1.1.total_cmp(&b.1.1).then(a.0.at.cmp(&b.0.at)));
    let heights: Vec<f64> = placed.iter().map(|p| p.0.height).collect();
    let wanted: Vec<f64> = placed.iter().map(|p| p.2).collect();
    let tops = apart(&wanted, &heights, (top - 10.0, bottom + 14.0));
    for ((end, (x, y), _), label_top) in placed.iter().zip(&tops) {
        let pen = &pens[end.at];
        let left = right + 12.0;
        let middle = label_top + end.height / 2.0;
        if (middle - y).abs() > 5.0 || right - x > 16.0 {
            let elbow = right + 1.0;
            let d = super::super::svg::path(&[(x + 5.0, *y), (elbow.max(x + 5.0), *y), (left - 3.0, middle)]);
            svg.tag("path").at("d", &d).stroke(pen.colour, 0.9).at("opacity", "0.65").at("class", "leader").end();
        }
        let below = svg.paragraph(left, label_top + NAME.size * 0.95, NAME, pen.name, &end.name);
        if let Some(value) = &end.value {
            svg.words(left, below - 1.0, VALUE, stage.ink.muted).at("class", "value").text(value);
        }
    }
}

/// The tops of labels as near as may be to where they are wanted, none over another, all between
/// two bounds. Wanted places come in order.
fn apart(wanted: &[f64], heights: &[f64], (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut tops: Vec<f64> = Vec::new();
    let mut floor = top;
    for (want, height) in wanted.iter().zip(heights) {
        let at = want.max(floor);
        tops.push(at);
        floor = at + height + BETWEEN;
    }
    let mut ceiling = bottom;
    for (at, height) in tops.iter_mut().zip(heights).rev() {
        *at = at.min(ceiling - height);
        ceiling = *at - BETWEEN;
    }
    tops
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_never_cover_each_other() {
        let heights = [30.0, 30.0, 30.0];
        let tops = apart(&[100.0, 101.0, 102.0], &heights, (0.0, 140.0));
        assert!(tops.windows(2).all(|w| w[1] - w[0] >= 30.0), "{tops:?}");
        assert!(tops[2] + 30.0 <= 140.0);
        assert_eq!(apart(&[10.0, 80.0], &[20.0, 20.0], (0.0, 200.0)), [10.0, 80.0]);
    }
}

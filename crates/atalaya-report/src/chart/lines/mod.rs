//! Lines along time: rivals side by side, intervals as bands, breaks as breaks, revisions as ghosts.

mod ends;
pub mod frame;
pub mod marks;

use atalaya_kernel::Missing;

use super::ink::Pen;
use super::key::{self, Sign};
use super::stage::{Piece, Stage};
use super::svg::Svg;
use super::text::Type;
use super::{Body, ChartKind, Line, Lines, alt, bars};
use frame::Frame;

/// The row of lines.
pub const KIND: ChartKind = ChartKind {
    id: "lines",
    label: ("Lines", "Líneas"),
    draw: |body, stage| if let Body::Lines(lines) = body { draw(lines, stage) } else { Piece::default() },
    say: |body, stage| if let Body::Lines(lines) = body { say(lines, stage) } else { String::new() },
};

/// Draws lines with their names, axes and notes.
pub fn draw(lines: &Lines, stage: &Stage<'_>) -> Piece {
    draw_over(lines, stage, 0.0, &|_, _| ())
}

/// Draws lines over something of the caller's, who has so much room above the plot.
pub(super) fn draw_over(lines: &Lines, stage: &Stage<'_>, above: f64, under: &dyn Fn(&mut Svg, &Frame)) -> Piece {
    let mut svg = Svg::new();
    let pens = pens(lines, stage);
    let height = if stage.small() { (stage.width * 0.6).clamp(84.0, 150.0) } else { (stage.width * 0.5).clamp(210.0, 420.0) };
    let named = lines.lines.len() > 1 || lines.lines.iter().any(|l| !l.name.en.is_empty());
    let ends = ends::plan(lines, stage, height);
    let height = ends.as_ref().map_or(height, |e| height.max(e.height - 24.0));
    let mut top = 6.0;
    if named && ends.is_none() && !stage.small() {
        let names: Vec<(Pen, String)> =
            pens.iter().copied().zip(lines.lines.iter().map(|l| l.name.in_lang(stage.lang).to_string())).collect();
        top += key::names(&mut svg, stage, &names) + 6.0;
    }
    let breaks = breaks(lines, stage);
    if !breaks.is_empty() && !stage.small() {
        top += 14.0;
    }
    top += above;
    let room = ends.as_ref().map_or(0.0, |e| e.room);
    let frame = Frame::new(&lines.lines, stage, (top, height, room));
    under(&mut svg, &frame);
    let mut below = frame.draw(&mut svg, stage, &lines.lines);
    draw_breaks(&mut svg, stage, &frame, &breaks);
    for (line, pen) in lines.lines.iter().zip(&pens) {
        marks::under(&mut svg, stage, &frame, line, pen);
    }
    // The first line is the one that matters: it lies on top.
    for (line, pen) in lines.lines.iter().zip(&pens).rev() {
        marks::over(&mut svg, stage, &frame, line, pen);
    }
    if let Some(ends) = &ends {
        ends::draw(&mut svg, stage, &frame, lines, &ends.ends, &pens);
        below = below.max(frame.plot.3 + 18.0);
    }
    if !stage.small() {
        below = key::signs(&mut svg, stage, &signs(lines, false), below + 8.0);
        below = key::notes(&mut svg, stage, &notes(lines, stage, &frame, &breaks), below);
    }
    Piece { svg, height: below }
}

/// The pens of lines: their place here, or the place of their name among all panels.
fn pens(lines: &Lines, stage: &Stage<'_>) -> Vec<Pen> {
    let place = |at: usize, line: &Line| stage.shared.and_then(|s| s.names.iter().position(|n| *n == line.name)).unwrap_or(at);
    lines.lines.iter().enumerate().map(|(at, line)| stage.ink.pen(place(at, line))).collect()
}

/// The signs that lines use, each once.
pub fn signs(lines: &Lines, small: bool) -> Vec<Sign> {
    let told = |kind: Missing| lines.lines.iter().any(|l| l.points.iter().any(|p| p.missing == Some(kind) && marks::told(l, p)));
    let points = || lines.lines.iter().flat_map(|l| &l.points);
    let used = [
        (Sign::Interval, points().any(|p| p.low.is_some() && p.high.is_some() && p.low != p.high)),
        (Sign::Provisional, points().any(|p| p.provisional && p.value.is_some())),
        (Sign::Ghost, lines.lines.iter().any(|l| !l.ghosts.is_empty())),
        (Sign::Gap, lines.lines.iter().any(marks::has_gaps)),
        (Sign::Break, small && points().any(|p| p.breaks.is_some())),
        (Sign::NotKnown, told(Missing::NotKnown)),
        (Sign::Suppressed, told(Missing::Suppressed)),
        (Sign::NotApplicable, told(Missing::NotApplicable)),
    ];
    used.into_iter().filter(|(_, used)| *used).map(|(sign, _)| sign).collect()
}

/// A place in time where a method changed, and why.
struct Break {
    x: f64,
    letter: String,
    reason: String,
}

fn breaks(lines: &Lines, stage: &Stage<'_>) -> Vec<Break> {
    let mut found: Vec<(f64, String)> = Vec::new();
    for line in &lines.lines {
        for (at, point) in line.points.iter().enumerate() {
            let Some(reason) = &point.breaks else { continue };
            let before = at.checked_sub(1).map_or(point.x - 1.0, |before| line.points[before].x);
            let name = if lines.lines.len() > 1 { format!("{}, ", line.name.in_lang(stage.lang)) } else { String::new() };
            found.push(((before + point.x) / 2.0, format!("{name}{}: {}", point.at, reason.in_lang(stage.lang))));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    found.dedup();
    let letter = |at: usize| char::from(b'a' + (at % 26) as u8).to_string();
    found.into_iter().enumerate().map(|(at, (x, reason))| Break { x, letter: letter(at), reason }).collect()
}

/// A dotted stroke from top to bottom with a letter, explained below.
fn draw_breaks(svg: &mut Svg, stage: &Stage<'_>, frame: &Frame, breaks: &[Break]) {
    const LETTER: Type = Type::bold(11.0);
    let (_, _, top, bottom) = frame.plot;
    let mut taken = f64::NEG_INFINITY;
    for one in breaks {
        let x = frame.x.at(one.x);
        svg.line((x, top - 4.0), (x, bottom)).stroke(stage.ink.edge, 1.2).at("stroke-dasharray", "2 3").at("class", "break").end();
        if stage.small() {
            continue;
        }
        let at = (x - LETTER.width(&one.letter) / 2.0).max(taken);
        taken = at + LETTER.width(&one.letter) + 3.0;
        svg.words(at, top - 7.0, LETTER, stage.ink.muted).text(&one.letter);
    }
}

/// `The axis does not start at zero.`
pub fn cut_axis(stage: &Stage<'_>) -> String {
    stage.say("The vertical axis does not start at zero.", "El eje vertical no comienza en cero.").into()
}

fn notes(lines: &Lines, stage: &Stage<'_>, frame: &Frame, breaks: &[Break]) -> Vec<String> {
    let mut notes: Vec<String> = breaks
        .iter()
        .map(|b| format!("{} {}", b.letter, stage.say("Break in the series", "Ruptura de la serie")) + &format!(" · {}", b.reason))
        .collect();
    notes.extend(frame.axis.cut.then(|| cut_axis(stage)));
    let missing: Vec<String> = lines
        .lines
        .iter()
        .filter_map(|line| {
            let said = alt::missing(line, stage).join(", ");
            let name = line.name.in_lang(stage.lang);
            (!said.is_empty()).then(|| if name.is_empty() { said } else { format!("{name} {said}") })
        })
        .collect();
    if !missing.is_empty() {
        const SAID: usize = 4;
        let rest = missing.len().saturating_sub(SAID);
        let mut said = missing[..missing.len().min(SAID)].join("; ");
        if rest > 0 {
            said += &format!("; {}", bars::more(rest).in_lang(stage.lang));
        }
        notes.push(format!("{}: {said}.", stage.say("Missing", "Ausente")));
    }
    notes
}

/// What lines show, in words.
pub fn say(lines: &Lines, stage: &Stage<'_>) -> String {
    const SAID: usize = 8;
    let mut said: Vec<String> = lines.lines.iter().take(SAID).map(|l| alt::line(l, stage)).collect();
    if lines.lines.len() > SAID {
        said.push(bars::more(lines.lines.len() - SAID).in_lang(stage.lang).into());
    }
    said.join("; ")
}

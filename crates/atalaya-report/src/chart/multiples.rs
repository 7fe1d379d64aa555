//! Small multiples: the same kind of chart again and again on one scale, so that panels compare.

use atalaya_kernel::Both;

use super::lines::{self, frame};
use super::stage::{Piece, Shared, Stage};
use super::svg::Svg;
use super::text::Type;
use super::{Body, ChartKind, Line, Panel, alt, bars, key, map};

/// The row of small multiples.
pub const KIND: ChartKind = ChartKind {
    id: "multiples",
    label: ("Small multiples", "Gráficos pequeños"),
    draw: |body, stage| if let Body::Multiples { panels } = body { draw(panels, stage) } else { Piece::default() },
    say: |body, stage| if let Body::Multiples { panels } = body { say(panels, stage) } else { String::new() },
};

const GAP: f64 = 22.0;
const HEADING: Type = Type::bold(13.0);

/// Draws panels in rows, all on one scale.
pub fn draw(panels: &[Panel], stage: &Stage<'_>) -> Piece {
    let shared = share(panels);
    let least = if panels.iter().any(|p| matches!(p.body, Body::Map(_))) { 200.0 } else { 150.0 };
    let columns = (((stage.width + GAP) / (least + GAP)).floor() as usize).clamp(1, 5).min(panels.len().max(1));
    // No row with one panel alone where a more even split has as many rows.
    let rows = panels.len().div_ceil(columns);
    let columns = panels.len().div_ceil(rows.max(1)).max(1);
    let width = (stage.width - GAP * (columns - 1) as f64) / columns as f64;
    let small = Stage { width, shared: Some(&shared), ..*stage };
    let mut svg = Svg::new();
    let mut y = above(&mut svg, stage, panels, &shared);
    let mut signs = Vec::new();
    for row in panels.chunks(columns) {
        let headings: Vec<Vec<String>> = row.iter().map(|p| HEADING.wrap_to(p.title.in_lang(stage.lang), width, 2)).collect();
        let tall = headings.iter().map(Vec::len).max().unwrap_or(0) as f64 * HEADING.leading();
        let mut height = 0.0_f64;
        for (at, (panel, heading)) in row.iter().zip(&headings).enumerate() {
            let x = at as f64 * (width + GAP);
            svg.paragraph(x, y + HEADING.size, HEADING, stage.ink.ink, heading);
            let piece = (panel.body.kind().draw)(&panel.body, &small);
            svg.place(x, y + tall + 6.0, &piece.svg);
            height = height.max(piece.height);
            if let Body::Lines(body) = &panel.body {
                signs.extend(lines::signs(body, true));
            }
        }
        y += tall + 6.0 + height + 16.0;
    }
    signs.sort_unstable();
    signs.dedup();
    y = key::signs(&mut svg, stage, &signs, y - 6.0);
    if shared.axis.cut {
        y = key::notes(&mut svg, stage, &[lines::cut_axis(stage)], y);
    }
    Piece { svg, height: y }
}

/// The key all panels share.
fn above(svg: &mut Svg, stage: &Stage<'_>, panels: &[Panel], shared: &Shared) -> f64 {
    if let Some(Panel { body: Body::Map(first), .. }) = panels.first()
        && let Some(legend) = map::legend(first, stage)
    {
        svg.place(0.0, 0.0, &legend.svg);
        return legend.height + 8.0;
    }
    if shared.names.len() < 2 {
        return 0.0;
    }
    let pens: Vec<_> =
        shared.names.iter().enumerate().map(|(at, name)| (stage.ink.pen(at), name.in_lang(stage.lang).to_string())).collect();
    key::names(svg, stage, &pens) + 6.0
}

/// The scale that holds every panel.
fn share(panels: &[Panel]) -> Shared {
    let of = |panel: &Panel| -> Vec<Line> { if let Body::Lines(lines) = &panel.body { lines.lines.clone() } else { Vec::new() } };
    let lines: Vec<Line> = panels.iter().flat_map(of).collect();
    let mut names: Vec<Both> = Vec::new();
    for line in &lines {
        if !names.contains(&line.name) {
            names.push(line.name.clone());
        }
    }
    Shared { times: frame::times(&lines), axis: frame::axis(&lines, 3), names }
}

/// What the panels show, in words.
fn say(panels: &[Panel], stage: &Stage<'_>) -> String {
    const SAID: usize = 12;
    let each = |panel: &Panel| {
        let title = panel.title.in_lang(stage.lang);
        let said = match &panel.body {
            Body::Lines(lines) => lines.lines.iter().map(|l| alt::line(l, stage)).collect::<Vec<_>>().join("; "),
            body => (body.kind().say)(body, stage),
        };
        format!("{title}: {said}")
    };
    let mut said: Vec<String> = panels.iter().take(SAID).map(each).collect();
    if panels.len() > SAID {
        said.push(bars::more(panels.len() - SAID).in_lang(stage.lang).into());
    }
    said.join(". ")
}
